// Carries out a lab's script. The console is loaded only for labs that type commands.

import type { Lab } from '../lab/read-lab.js';
import type { LabRun } from '../lab/run-lab.js';

/** Builds the lab's world and runs its script until everything is at rest. */
export async function carryOut(
  lab: Lab,
  options: { readonly url?: string; readonly seed?: number } = {},
): Promise<LabRun> {
  const { runLab } = await import('../lab/run-lab.js');
  const { url, seed } = options;
  return runLab(lab, {
    ...(url === undefined ? {} : { url }),
    ...(seed === undefined ? {} : { seed }),
    ...(lab.script.some((step) => 'run' in step) ? await import('../lab/console/run-command.js') : {}),
  });
}
