// Carries out a lab's script. The console is loaded only where something is typed.

import type { Lab } from '../lab/read-lab.js';
import type { LabRun } from '../lab/run-lab.js';
import type { TypedCommand } from '../lab/typed-commands.js';

/** Builds the lab's world and runs its script until everything is at rest. */
export async function carryOut(
  lab: Lab,
  options: { readonly url?: string; readonly seed?: number; readonly typed?: readonly TypedCommand[] } = {},
): Promise<LabRun> {
  const { runLab } = await import('../lab/run-lab.js');
  const { url, seed, typed = [] } = options;
  const isTyped = typed.length > 0 || lab.script.some((step) => 'run' in step);
  return runLab(lab, {
    ...(url === undefined ? {} : { url }),
    ...(seed === undefined ? {} : { seed }),
    ...(isTyped ? await loadConsole() : {}),
    typed,
  });
}

async function loadConsole() {
  const [{ runCommand }, { startCommand }] = await Promise.all([
    import('../lab/console/run-command.js'),
    import('../lab/console/console.js'),
  ]);
  return { runCommand, startCommand };
}
