// Which packet the pane shows: a frame of the run, or one that waits in the chosen step and was not sent yet.

import { useState } from 'react';
import { useAnswer } from '../state/answers.js';
import { type HeldRun, usePage } from '../state/store.js';
import type { HeldAnswer, PacketAnswer } from '../worker/protocol.js';

export type Shown = 'frame' | 'held';

export interface Subject {
  /** The frame that is looked at. */
  readonly packet: PacketAnswer | undefined;
  /** The packet that waits in the chosen step. */
  readonly held: HeldAnswer | undefined;
  readonly shown: Shown;
  /** Undefined where there is no choice. */
  readonly choose: ((shown: Shown) => void) | undefined;
  /** Filter names of what is not known yet about the frame itself. */
  readonly open: ReadonlySet<string>;
}

const NONE: ReadonlySet<string> = new Set();

export function useSubject(run: HeldRun | undefined): Subject {
  const frame = usePage((state) => state.frame);
  const place = usePage((state) => state.step);
  const [choice, setChoice] = useState<{ readonly place: number; readonly shown: Shown }>();
  const step = useAnswer('step', run === undefined ? undefined : { run: run.run, place });
  const packet = useAnswer('packet', run === undefined || frame < 0 ? undefined : { run: run.run, frame });
  const own = step?.run === run?.run && step?.place === place ? step?.step.packet : undefined;
  const isOpen = own !== undefined && own.open.length > 0;
  const isSent = own !== undefined && 'frame' in own && run?.frames.frame[frame] === own.frame;
  // Whoever chose another frame than the step's wants to see that one.
  const waits = isOpen && !isSent && (frame < 0 || frame === run?.frameOfStep[place]);
  const answer = useAnswer('held', waits && run !== undefined ? { run: run.run, place } : undefined);
  const held = waits && answer?.run === run?.run && answer?.place === place ? answer : undefined;
  const shown = held === undefined ? 'frame' : choice?.place === place ? choice.shown : 'held';
  return {
    packet: packet?.run === run?.run ? packet : undefined,
    held,
    shown: frame < 0 ? (held === undefined ? 'frame' : 'held') : shown,
    choose: held === undefined || frame < 0 ? undefined : (wanted) => setChoice({ place, shown: wanted }),
    open: isOpen && isSent ? new Set(own.open) : NONE,
  };
}
