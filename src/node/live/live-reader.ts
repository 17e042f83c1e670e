// Reads what a running lab tells about itself, and hands it on as events with their frames.

import type { Time } from '../../base/time.js';
import type { TraceEvent } from '../../trace/events.js';
import type { WindowFrame } from '../../trace/window.js';
import { type RunningLab, watchLab } from './control-client.js';
import type { Watched } from './control-messages.js';

/** How often what has come is looked at, in ms. */
const EVERY = 80;

/** What is done with it. */
export interface LiveListener {
  /** All rows of all tables as they stand. */
  state(events: readonly TraceEvent[]): void;
  /** A frame that later events mean. */
  frame(id: number, frame: WindowFrame): void;
  event(event: TraceEvent): void;
  /** So many events were not told: too many at once. */
  missed(count: number, frames: readonly number[]): void;
  /** Now and then, and at the end: time to say something. `now`: everything until then is known, in ns. */
  look(now: Time, isOver: boolean): void;
}

/** Listens to a lab until it ends or `close` is called. */
export function listenToLab(
  lab: RunningLab,
  options: { readonly frames?: boolean },
  listener: LiveListener,
): { readonly ended: Promise<void>; close(): void } {
  let now: Time = 0;
  let fresh = false;
  const { ended, close } = watchLab(lab, options, (message) => {
    take(message, listener);
    now = message.now;
    fresh = true;
  });
  const timer = setInterval(() => {
    if (fresh) listener.look(now, false);
    fresh = false;
  }, EVERY);
  return {
    close,
    ended: ended.then(() => {
      clearInterval(timer);
      listener.look(now, true);
    }),
  };
}

function take(message: Watched, listener: LiveListener): void {
  const { missed, missedFrames = [], state, frames = [], events = [] } = message;
  if (missed !== undefined) listener.missed(missed, missedFrames);
  if (state !== undefined) listener.state(state);
  for (const [id, packetId, bytes] of frames)
    listener.frame(id, { packetId, bytes: Buffer.from(bytes, 'base64') });
  for (const event of events) listener.event(event);
}
