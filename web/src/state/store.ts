// The state of the page in one place: read by components through `usePage`, changed through `update`.

import { useSyncExternalStore } from 'react';
import type { LabSource, OpenedLab, RefusedLab, RunAnswer } from '../worker/protocol.js';

/** A run that the page holds: the first one, or a branch that somebody's command made. */
export interface HeldRun extends RunAnswer {
  /** `first run`, or `branch 1: pc: ping 192.0.2.1, after 2c`. */
  readonly label: string;
}

/** What the middle shows. */
export const CENTRES = ['network', 'ladder', 'packets'] as const;
export type Centre = (typeof CENTRES)[number];

/** What the right side shows. */
export const SIDES = ['step', 'packet', 'tables', 'console'] as const;
export type Side = (typeof SIDES)[number];

/** On a narrow screen there is one pane at a time. */
export const PANES = ['outline', 'centre', 'side'] as const;
export type Pane = (typeof PANES)[number];

export interface PageState {
  /** The lab that is open; undefined while the first one is being read. */
  readonly lab: OpenedLab | undefined;
  /** A lab file with mistakes that somebody wanted to open. */
  readonly refused: RefusedLab | undefined;
  /** What is under way, in words; undefined when nothing is. */
  readonly busy: string | undefined;
  /** Something that did not work, in words, until it is put away. */
  readonly notice: string | undefined;
  /** As typed in the address bar. */
  readonly url: string;
  /** Undefined: the lab's own. */
  readonly seed: number | undefined;
  /** The first run and its branches; empty before Enter. */
  readonly runs: readonly HeldRun[];
  /** The run that is looked at. */
  readonly run: HeldRun | undefined;
  /** The chosen moment: place of the step in the outline … */
  readonly step: number;
  /** … and the event up to which everything has happened. */
  readonly seq: number;
  /** The frame that is looked at (place in the columns), −1 when the moment has none. */
  readonly frame: number;
  /** The node that is looked at, by index; −1: none was chosen, tables show the step's. */
  readonly node: number;
  /** Tables of all nodes rather than of one. */
  readonly allNodes: boolean;
  /** seq of the table row that somebody wants to see; −1 none. */
  readonly row: number;
  readonly centre: Centre;
  readonly side: Side;
  readonly pane: Pane;
  readonly playing: boolean;
  /** 1 is one step in about 1.2 s. */
  readonly speed: number;
  /** Counts step changes made by walking forward: such a step shows its frames moving. */
  readonly motion: number;
  /** The display filter of the packet list and the ladder. */
  readonly filter: string;
  readonly helpOpen: boolean;
}

export const START: PageState = {
  lab: undefined,
  refused: undefined,
  busy: 'Opening the lab',
  notice: undefined,
  url: '',
  seed: undefined,
  runs: [],
  run: undefined,
  step: 0,
  seq: -1,
  frame: -1,
  node: -1,
  allNodes: false,
  row: -1,
  centre: 'network',
  side: 'step',
  pane: 'centre',
  playing: false,
  speed: 1,
  motion: 0,
  filter: '',
  helpOpen: false,
};

let state: PageState = START;
const listeners = new Set<() => void>();

/** The state as it is now, for event handlers. */
export function page(): PageState {
  return state;
}

export function update(change: Partial<PageState>): void {
  state = { ...state, ...change };
  for (const listener of [...listeners]) listener();
}

/** Calls back after every change, until the returned function is called. */
export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** A part of the state. The selector must return something that is the same (`===`) while nothing changed. */
export function usePage<Part>(select: (state: PageState) => Part): Part {
  return useSyncExternalStore(subscribe, () => select(state));
}

export type { LabSource };
