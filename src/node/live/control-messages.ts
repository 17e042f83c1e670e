// What a running lab and those who look at it say to each other: lines of JSON over its UNIX socket.
//
// The lab greets. Then it gets one question, and answers it with lines until it is answered, or until who asks hangs up.

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
  /** Everything that happens from now on; with `frames`, only what is sent and what arrives. */
  | { readonly ask: 'watch'; readonly frames?: boolean };

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

/** To `watch`: lines without end. */
export interface Watched {
  /** The lab's clock: everything that happened up to here was told. In ns. */
  readonly now: Time;
  /** All rows of all tables as they stand, in place of all that was known before: `table-set` events. */
  readonly state?: readonly TraceEvent[];
  readonly events?: readonly TraceEvent[];
  /** What events mean by a frame, before the first event that means it: id, packet id, bytes in base64. */
  readonly frames?: readonly (readonly [frame: number, packet: number, bytes: string])[];
  /** So many events happened that could not be told: too many at once. `state` comes with it. */
  readonly missed?: number;
  /** Frames among them, by the id of the interface. */
  readonly missedFrames?: readonly number[];
}
