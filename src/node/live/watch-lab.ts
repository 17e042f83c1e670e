// Tells what happens in a running lab, as it happens.

import { LiveWalk } from '../../view/explain/live-walk.js';
import { walkToJson } from '../../view/json.js';
import { renderWalk } from '../../view/text.js';
import { print, type Screen } from '../screen.js';
import type { RunningLab } from './control-client.js';
import { listenToLab } from './live-reader.js';

export interface TellOptions extends Screen {
  readonly form: 'brief' | 'normal' | 'full' | 'json';
  /** Only steps of these nodes; all of them when there is none. */
  readonly nodes: readonly string[];
}

/** Prints every step until the lab ends or `close` is called. */
export function watchSteps(
  lab: RunningLab,
  options: TellOptions,
): { readonly ended: Promise<void>; close(): void } {
  const { world, phases } = lab.greeting;
  const live = new LiveWalk(world, phases);
  return listenToLab(
    lab,
    { events: true },
    {
      state: (events) => live.setState(events),
      frame: (id, frame) => live.addFrame(id, frame),
      event: (event) => live.add(event),
      missed: (count) => {
        live.untold += count;
      },
      look: (now, isOver) => {
        const told = live.tell(isOver ? Number.POSITIVE_INFINITY : now);
        if (live.untold > 0)
          process.stderr.write(
            `wirewalk: ${live.untold} events were skipped: they came faster than they can be told.\n`,
          );
        live.untold = 0;
        if (told !== undefined) tell(told, options);
      },
    },
  );
}

function tell(
  { walk, trace }: NonNullable<ReturnType<LiveWalk['tell']>>,
  { form, nodes, ...screen }: TellOptions,
): void {
  const phases = walk.phases.flatMap((phase) => {
    const steps = phase.steps.filter(({ node }) => nodes.length === 0 || nodes.includes(node));
    return steps.length === 0 ? [] : [{ ...phase, steps }];
  });
  if (phases.length === 0) return;
  const shown = { ...walk, phases };
  if (form === 'json') {
    for (const { title, steps } of walkToJson(shown, trace).phases)
      for (const step of steps) process.stdout.write(`${JSON.stringify({ phase: title, ...step })}\n`);
    return;
  }
  const text = renderWalk(shown, trace, { ...screen, detail: form, head: false });
  print(form === 'brief' ? text : `${text}\n\n`);
}
