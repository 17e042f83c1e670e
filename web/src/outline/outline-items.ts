// The outline as one flat list: what came of the run, then each phase with its steps and its outcome. With a search,
// only the steps that fit, under the titles of their phases.

import type { RunAnswer, StepHead } from '../worker/protocol.js';

export type OutlineItem =
  | { readonly kind: 'summary' }
  /** `steps` of it are listed: all, or those that fit the search. */
  | { readonly kind: 'phase'; readonly phase: number; readonly steps: number }
  | { readonly kind: 'step'; readonly place: number }
  | { readonly kind: 'outcome'; readonly phase: number };

export interface Outline {
  readonly items: readonly OutlineItem[];
  /** By step: its place among the items, −1 while it is not listed. */
  readonly itemOfStep: Int32Array;
  /** Places of the steps that are listed, ascending. */
  readonly places: readonly number[];
  /** Indices of the phases' titles, ascending. */
  readonly titles: readonly number[];
}

/** @param collapsed indices of phases whose steps are put away; without meaning in a search */
export function outlineOf(run: RunAnswer, collapsed: ReadonlySet<number>, words: readonly string[]): Outline {
  const searching = words.length > 0;
  const fits = searching ? fitting(run, words) : undefined;
  const items: OutlineItem[] = searching ? [] : [{ kind: 'summary' }];
  const itemOfStep = new Int32Array(run.steps.length).fill(-1);
  const places: number[] = [];
  const titles: number[] = [];
  run.phases.forEach(({ first, end, outcome }, phase) => {
    const listed: number[] = [];
    for (let place = first; place < end; place++) if (fits?.[place] !== 0) listed.push(place);
    if (searching && listed.length === 0) return;
    titles.push(items.length);
    items.push({ kind: 'phase', phase, steps: listed.length });
    if (searching || !collapsed.has(phase)) {
      for (const place of listed) {
        itemOfStep[place] = items.length;
        items.push({ kind: 'step', place });
        places.push(place);
      }
    }
    if (!searching && outcome !== undefined) items.push({ kind: 'outcome', phase });
  });
  return { items, itemOfStep, places, titles };
}

/** The same while the item stays, whatever stands around it; numbers, because they are asked for very often. */
export function keyOf(item: OutlineItem): number {
  switch (item.kind) {
    case 'summary':
      return -1;
    case 'step':
      return item.place;
    case 'phase':
      return -2 - 2 * item.phase;
    case 'outcome':
      return -3 - 2 * item.phase;
  }
}

/** What is looked for: a step fits when every word is in its id, its node, its headline or its sentence. */
export function wordsOf(query: string): readonly string[] {
  return query.toLowerCase().split(/\s+/).filter(Boolean);
}

/** Texts of steps in lower case, made when somebody searches for the first time. */
const texts = new WeakMap<readonly StepHead[], readonly string[]>();

function fitting({ steps }: RunAnswer, words: readonly string[]): Uint8Array {
  let known = texts.get(steps);
  if (known === undefined) {
    known = steps.map(({ id, nodeLabel, headline, sentence }) =>
      `${id}\n${nodeLabel}\n${headline}\n${sentence}`.toLowerCase(),
    );
    texts.set(steps, known);
  }
  return Uint8Array.from(known, (text) => (words.every((word) => text.includes(word)) ? 1 : 0));
}

/** The phase of a step, as an index. */
export function phaseOf(run: RunAnswer, place: number): number {
  return (run.steps[place]?.phase ?? 1) - 1;
}

/** The listed place after (1) or before (−1) another, `by` places further; the nearest end when there are fewer. */
export function placeBeside(
  places: readonly number[],
  place: number,
  way: 1 | -1,
  by = 1,
): number | undefined {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle] as number) < place) low = middle + 1;
    else high = middle;
  }
  // `low` is where the place stands, or would stand.
  const after = places[low] === place ? low + 1 : low;
  const wanted = way === 1 ? after + by - 1 : low - by;
  return places[Math.max(0, Math.min(wanted, places.length - 1))];
}
