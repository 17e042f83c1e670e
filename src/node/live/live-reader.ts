// Reads what a running lab tells about itself, and hands it on now and then.

import type { Time } from '../../base/time.js';
import type { TraceEvent } from '../../trace/events.js';
import type { WindowFrame } from '../../trace/window.js';
import { type RunningLab, watchLab } from './control-client.js';
import type { Watched, Wish } from './control-messages.js';
import type { Sighting } from './feed-records.js';

/** How often what has come is looked at, in ms. */
const EVERY = 80;

/** What is done with it. */
export interface LiveListener {
  /** All rows of all tables as they stand. */
  state?(events: readonly TraceEvent[]): void;
  /** A frame that events of the same moment, or later ones, mean. */
  frame?(id: number, frame: WindowFrame): void;
  event?(event: TraceEvent): void;
  sighting?(sighting: Sighting): void;
  /** So many events were not told, and of these sightings by interface: too many at once. */
  missed(count: number, sightings: readonly number[]): void;
  /** Now and then, and at the end: time to say something. `now`: everything until then is known, in ns. */
  look(now: Time, isOver: boolean): void;
}

/** Listens to a lab until it ends or `close` is called. */
export function listenToLab(
  lab: RunningLab,
  wish: Wish,
  listener: LiveListener,
): { readonly ended: Promise<void>; close(): void } {
  let now: Time = 0;
  let fresh = false;
  const { ended, close } = watchLab(lab, wish, {
    head: (head) => {
      const { missed, missedFrames = [], state, events = [], now: told } = head as unknown as Watched;
      if (missed !== undefined) listener.missed(missed, missedFrames);
      if (state !== undefined) listener.state?.(state);
      for (const event of events) listener.event?.(event);
      now = told;
      fresh = true;
    },
    frame: (id, frame) => listener.frame?.(id, frame),
    sighting: (sighting) => listener.sighting?.(sighting),
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
