// What is said about a display filter while it is typed.

import { type FilterWords, unknownNames } from './filter-completion.js';
import type { Verdict } from './filter-verdicts.js';

/** `unknown`: sound, but it names something that no frame can have. */
export type FilterStatusKind = 'empty' | 'waiting' | 'sound' | 'unknown' | 'wrong';

export interface FilterStatus {
  readonly kind: FilterStatusKind;
  readonly sentence: string;
  /** Where it is wrong, in characters from 0. */
  readonly position?: number;
}

export interface FilterFacts {
  readonly text: string;
  /** The filter that the views go by. */
  readonly applied: string;
  /** Of this text or of the one before. */
  readonly verdict: Verdict | undefined;
  readonly words: FilterWords | undefined;
  /** Frames of the run. */
  readonly total: number;
}

export function filterStatus({ text, applied, verdict, words, total }: FilterFacts): FilterStatus {
  if (text === '') return { kind: 'empty', sentence: `${frames(total)}, no filter` };
  if (verdict === undefined) return { kind: 'waiting', sentence: `Looking through ${frames(total)} …` };
  if ('error' in verdict) {
    const place = verdict.position < verdict.text.length ? ` (character ${verdict.position + 1})` : '';
    const still =
      verdict.text === applied ? ' All frames are shown.' : applied === '' ? '' : ` Still shown: ${applied}`;
    return {
      kind: 'wrong',
      sentence: `No filter yet: ${verdict.error}${place}.${still}`,
      position: verdict.position,
    };
  }
  const count = verdict.matches.length;
  const unknown = words === undefined ? [] : unknownNames(verdict.names, words);
  if (unknown.length > 0) {
    const end = verdict.text === applied ? `${share(count, total)}.` : 'Enter applies it.';
    return { kind: 'unknown', sentence: `${nothingCalled(unknown)} ${end}` };
  }
  return {
    kind: 'sound',
    sentence: count === 0 ? `No frame fits: 0 of ${frames(total)}` : share(count, total),
  };
}

function share(count: number, total: number): string {
  return `${count.toLocaleString('en-GB')} of ${frames(total)}`;
}

function frames(count: number): string {
  return `${count.toLocaleString('en-GB')} ${count === 1 ? 'frame' : 'frames'}`;
}

function nothingCalled(names: readonly string[]): string {
  const [name] = names;
  return names.length === 1
    ? `No field or protocol is called ${name}.`
    : `No fields or protocols are called ${names.join(' or ')}.`;
}
