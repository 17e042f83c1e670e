// What a walk is made of: phases, steps, the decisions with their rows, and what changed.

import type { Time } from '../../base/time.js';
import type { DropReason } from '../../trace/drop-reasons.js';
import type { RowView, TableName } from '../../trace/events.js';
import type { Rewrite } from './facts.js';

/** The layer of a step, for its colour and for people who look for one layer. */
export type StepLayer = 'application' | 'transport' | 'network' | 'link';

/** A row that decided, or the want of one. */
export interface Decision {
  readonly table: TableName;
  /** Absent when no row fits. */
  readonly row?: RowView;
  /** seq of the row's table-set event; −1 without a row. */
  readonly seq: number;
  /** Why this row, such as `the only row that holds 192.0.2.1`. */
  readonly why: string;
  /** Rows of the same table that lost, best first; only where there was a contest. */
  readonly losers: readonly { readonly row: RowView; readonly why: string }[];
}

/** A change of one row. */
export interface Change {
  readonly seq: number;
  readonly table: TableName;
  /** Name of the node. */
  readonly node: string;
  readonly key: string;
  readonly before?: RowView;
  readonly after?: RowView;
  /** `refreshed`: the row proved good again; only its age changed. */
  readonly kind: 'added' | 'changed' | 'removed' | 'refreshed';
  /** Of a removal. */
  readonly reason?: string;
  /** It decides nothing here: tables show it, the story does without. */
  readonly quiet?: boolean;
}

/** The packet of a step: a frame of the trace, or what is known of one that does not exist yet. */
export type StepPacket =
  | {
      readonly frame: number;
      /** Filter names of fields that are still unknown. */
      readonly open: readonly string[];
      /** First seen here, or waiting: worth a picture. */
      readonly fresh: boolean;
    }
  | { readonly known: RowView; readonly open: readonly string[]; readonly what: string };

/** Something died here. */
export interface StepDrop {
  readonly reason: DropReason;
  readonly sentence: string;
  readonly rfc: string;
  readonly mend: string;
  /** As it should be: nobody expected this frame here. */
  readonly harmless: boolean;
}

/** What a step would look like without its mechanism, and where the mechanism is defined. */
export interface Why {
  readonly text: string;
  readonly rfc: string;
}

/** What a narrator says about a step. */
export interface Telling {
  readonly layer: StepLayer;
  /** A few words without the subject, for one line. */
  readonly headline: string;
  /** For a beginner. */
  readonly sentence: string;
  readonly decisions?: readonly Decision[];
  readonly packet?: StepPacket;
  readonly rewrites?: readonly Rewrite[];
  readonly why?: Why;
  readonly drop?: StepDrop;
}

export interface Step {
  /** `2c`: phase and letter. */
  readonly id: string;
  /** First and last event; tables after the step are those at `lastSeq`. */
  readonly seq: number;
  readonly lastSeq: number;
  /** seqs of all its events. */
  readonly events: readonly number[];
  /** Of its first event, in ns. */
  readonly time: Time;
  /** Name and label of the node where it happens. */
  readonly node: string;
  readonly nodeLabel: string;
  /** Where the frame came in, or else went out. */
  readonly interface?: string;
  readonly layer: StepLayer;
  readonly headline: string;
  readonly sentence: string;
  readonly decisions: readonly Decision[];
  readonly changes: readonly Change[];
  readonly rewrites: readonly Rewrite[];
  readonly packet?: StepPacket;
  readonly why?: Why;
  readonly drop?: StepDrop;
  /** Timers that were armed: name and the time at which they fire. */
  readonly timers: readonly { readonly name: string; readonly at: Time }[];
}

export interface Phase {
  /** From 1. */
  readonly number: number;
  readonly title: string;
  readonly steps: readonly Step[];
  /** What came of it; absent when it did not end, or when there is nothing to add. */
  readonly outcome?: { readonly ok: boolean; readonly sentence: string };
}

export interface Walk {
  readonly title: string;
  /** A few sentences: what came of it, where and why it failed, how much it took. */
  readonly summary: readonly string[];
  /** Did everything come out as it was wanted? */
  readonly ok: boolean;
  readonly phases: readonly Phase[];
}
