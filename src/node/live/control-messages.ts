// What a running lab and those who look at it say to each other over its UNIX socket: lines of JSON.
//
// The lab greets. Then it gets one question, and answers it until it is answered, or until who asks hangs up; what it tells
// a watcher is in a language of its own, as there may be a lot of it.

import type { Time } from '../../base/time.js';
import type { TraceEvent, WorldDescription } from '../../trace/events.js';
import type { NodeTables } from '../../view/tables.js';

/** The first line of a lab. */
export interface Greeting {
  readonly wirewalk: string;
  readonly lab: string;
  readonly pid: number;
  readonly phases: 'activity' | 'journey';
  readonly world: WorldDescription;
  /** Names of the nodes that are outside of the lab. */
  readonly attached: readonly string[];
}

export type Question =
  | { readonly ask: 'inspect' }
  | { readonly ask: 'exec'; readonly node: string; readonly line: string }
  | ({ readonly ask: 'watch' } & Wish);

/** What somebody wants to be told of all that happens from now on. */
export interface Wish {
  /** Every event, with the frames that events mean. */
  readonly events?: boolean;
  /** Where frames are seen at the interfaces with these ids, however fast they come. */
  readonly sightings?: readonly number[];
}

/** To `inspect`: one line. */
export interface Inspected {
  readonly now: Time;
  readonly tables: readonly NodeTables[];
}

/** To `exec`: output as it comes, at last the exit code. */
export interface Executed {
  readonly write?: string;
  readonly done?: number;
}

/** To `watch`: heads of messages without end, see feed-records.ts. */
export interface Watched {
  /** The lab's clock: everything that happened up to here was told. In ns. */
  readonly now: Time;
  /** All rows of all tables as they stand, in place of all that was known before: `table-set` events. */
  readonly state?: readonly TraceEvent[];
  readonly events?: readonly TraceEvent[];
  /** So many events came too fast to be told; `state` comes with it. Sightings among them may have been told. */
  readonly missed?: number;
  /** Sightings that could not be told either, by the id of the interface. */
  readonly missedFrames?: readonly number[];
}
