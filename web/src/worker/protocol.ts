// What the page asks the engine, and what it answers: plain data that can be sent between threads.

import type {
  Dissection,
  FieldEntry,
  FrameColumns,
  FrameLine,
  LabProblem,
  NetworkLayout,
  NodeTables,
  PacketBox,
  PacketHop,
  RouteLookup,
  Step,
  StepLayer,
  TypedResult,
  WorldDescription,
} from 'wirewalk';

/** Where a lab comes from: one that comes with the page, one that the server holds, or a text somebody brought. */
export type LabSource =
  | { readonly kind: 'built-in'; readonly name: string }
  /** A file that `wirewalk serve FILE` was given, fetched anew each time. */
  | { readonly kind: 'served'; readonly name: string }
  | { readonly kind: 'text'; readonly file: string; readonly text: string };

/** A command line typed at a console, when the event `after` has happened. */
export interface TypedLine {
  readonly after: number;
  readonly node: string;
  readonly line: string;
}

/** All it takes to make a run again, anywhere, byte for byte. */
export interface RunSpec {
  readonly lab: LabSource;
  /** The lab's own unless given. */
  readonly seed?: number;
  /** What the address bar says; the lab's own script unless given. */
  readonly url?: string;
  /** What was typed at consoles: none in the first run, some in its branches. */
  readonly typed: readonly TypedLine[];
}

/** A lab that was read and built, before anything happens in it. */
export interface OpenedLab {
  readonly source: LabSource;
  readonly file: string;
  readonly text: string;
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly seed: number;
  /** The first URL of its script; empty when it opens none. */
  readonly url: string;
  readonly world: WorldDescription;
  readonly layout: NetworkLayout;
  /** The same for a screen that is higher than wide. */
  readonly layoutDown: NetworkLayout;
  /** By node: does it have a console? */
  readonly consoles: readonly boolean[];
}

/** A lab file with mistakes. */
export interface RefusedLab {
  readonly file: string;
  readonly text: string;
  readonly problems: readonly LabProblem[];
}

/** A step as the outline shows it. */
export interface StepHead {
  /** `2c` */
  readonly id: string;
  readonly phase: number;
  readonly node: number;
  readonly nodeLabel: string;
  readonly layer: StepLayer;
  readonly headline: string;
  readonly sentence: string;
  /** First and last event; tables after the step are those at `lastSeq`. */
  readonly seq: number;
  readonly lastSeq: number;
  /** Of its first event, in ns. */
  readonly time: number;
  /** Something died here that should not have. */
  readonly failed: boolean;
}

export interface PhaseHead {
  readonly number: number;
  readonly title: string;
  /** Its steps: places in the list of all steps, from `first` up to but without `end`. */
  readonly first: number;
  readonly end: number;
  readonly outcome?: { readonly ok: boolean; readonly sentence: string };
}

/** A run as the page holds it; everything else is asked for when it is looked at. */
export interface RunAnswer {
  /** Names the run in later questions. */
  readonly run: number;
  readonly spec: RunSpec;
  readonly world: WorldDescription;
  /** Events of the trace. */
  readonly length: number;
  /** The first event that is told; what comes before is the state in which the network starts. */
  readonly start: number;
  readonly title: string;
  readonly ok: boolean;
  readonly summary: readonly string[];
  readonly phases: readonly PhaseHead[];
  readonly steps: readonly StepHead[];
  /** Every frame, as columns. */
  readonly frames: FrameColumns;
  /** By frame: the step that sends it, −1 when none tells it. */
  readonly stepOfFrame: Int32Array;
  /** By step: the frame to look at, −1 when there is none. */
  readonly frameOfStep: Int32Array;
  readonly typed: readonly TypedResult[];
  /** False when a limit ended the run before everything was at rest. */
  readonly finished: boolean;
}

/** Everything about one step. */
export interface StepAnswer {
  readonly run: number;
  readonly place: number;
  readonly step: Step;
  /** The packet as nested boxes; empty without one. */
  readonly boxes: readonly PacketBox[];
  /** Frames that are sent in this step: places in the columns. */
  readonly frames: readonly number[];
}

export interface TablesAnswer {
  readonly run: number;
  readonly seq: number;
  /** Simulated time of that event, in ns. */
  readonly time: number;
  readonly nodes: readonly NodeTables[];
  /** By seq of a row. */
  readonly notes: ReadonlyMap<number, RowNote>;
}

/** What is known of a table row besides its columns. */
export interface RowNote {
  /** Simulated time at which it became what it is, in ns. */
  readonly setAt: number;
  /** … and at which it last proved good: the same time, or later. */
  readonly confirmedAt: number;
  /** Place of the step that set it; −1 when none tells it, as for rows with which the network starts. */
  readonly step: number;
}

export interface PacketAnswer {
  readonly run: number;
  /** Place in the columns. */
  readonly frame: number;
  readonly line: FrameLine;
  readonly bytes: Uint8Array;
  readonly dissection: Dissection;
  readonly boxes: readonly PacketBox[];
  /** The same packet on every cable it crosses, in order. */
  readonly hops: readonly PacketHop[];
}

/** A packet that waits in a step, with fields still open. */
export interface HeldAnswer {
  readonly run: number;
  /** Of the step. */
  readonly place: number;
  /** Filter names of what is not known yet. */
  readonly open: readonly string[];
  readonly boxes: readonly PacketBox[];
  /** Empty, and nothing to dissect, when no byte of it exists yet. */
  readonly bytes: Uint8Array;
  readonly dissection: Dissection;
}

/** The commands of a node's console. */
export interface CommandsAnswer {
  readonly node: number;
  readonly names: readonly string[];
}

/** What can be taken away. */
export type TakeAway = 'pcapng' | 'markdown' | 'svg' | 'yaml' | 'json';

export interface FileAnswer {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** A filter's verdict over all frames, or where the filter is wrong. */
export type FilterAnswer =
  | { readonly matches: Int32Array; readonly names: readonly string[] }
  | { readonly error: string; readonly position: number };

/** Every question with its answer. */
export interface Questions {
  open: { ask: LabSource; answer: OpenedLab | RefusedLab };
  run: { ask: RunSpec; answer: RunAnswer };
  step: { ask: { run: number; place: number }; answer: StepAnswer };
  /** Tables after an event; of all nodes unless some are named by index. */
  tables: { ask: { run: number; seq: number; nodes?: readonly number[] }; answer: TablesAnswer };
  /** Who wins the longest-prefix match. Undefined when the address is malformed. */
  lookup: {
    ask: { run: number; seq: number; node: number; destination: string };
    answer: RouteLookup | undefined;
  };
  packet: { ask: { run: number; frame: number }; answer: PacketAnswer };
  /** Of a step whose packet has open fields. */
  held: { ask: { run: number; place: number }; answer: HeldAnswer };
  /** Rows of the packet list, in the order asked for. */
  lines: { ask: { run: number; frames: readonly number[] }; answer: readonly FrameLine[] };
  filter: { ask: { run: number; text: string }; answer: FilterAnswer };
  fields: { ask: Record<string, never>; answer: readonly FieldEntry[] };
  /** What can be typed at a node, by its index. */
  commands: { ask: { run: number; node: number }; answer: CommandsAnswer };
  complete: { ask: { run: number; node: string; partial: string }; answer: readonly string[] };
  takeAway: {
    ask: { run: number; what: TakeAway; interfaces?: readonly string[] };
    answer: FileAnswer;
  };
  hash: { ask: { run: number }; answer: string };
  /** The run is no longer looked at. */
  release: { ask: { run: number }; answer: boolean };
}

export type Subject = keyof Questions;
export type Ask<S extends Subject> = Questions[S]['ask'];
export type Answer<S extends Subject> = Questions[S]['answer'];

/** To the worker. */
export interface Question {
  readonly id: number;
  readonly subject: Subject;
  readonly ask: unknown;
}

/** From the worker. */
export type Reply =
  | { readonly id: number; readonly answer: unknown }
  /** A defect of ours, or a question about a run that was released. */
  | { readonly id: number; readonly failure: string };
