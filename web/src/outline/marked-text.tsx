// A text in which the words of a search are marked.

import { memo } from 'react';

export interface MarkedTextProps {
  readonly text: string;
  /** In lower case; none marks nothing. */
  readonly words: readonly string[];
}

export const MarkedText = memo(function MarkedText({ text, words }: MarkedTextProps) {
  if (words.length === 0) return text;
  // Between two parts stands what fits: every second part is marked.
  const parts = text.split(patternOf(words));
  let at = 0;
  return parts.map((part, index) => {
    const key = at;
    at += part.length;
    return index % 2 === 1 ? <mark key={`m${key}`}>{part}</mark> : part;
  });
});

function patternOf(words: readonly string[]): RegExp {
  const longestFirst = [...words].sort((a, b) => b.length - a.length);
  return new RegExp(
    `(${longestFirst.map((word) => word.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|')})`,
    'gi',
  );
}

/** How much is shown on each side of what was found. */
const AROUND = 48;

/** The part of a sentence in which a word stands that the other texts do not have; empty when there is none. */
export function excerptOf(sentence: string, shown: string, words: readonly string[]): string {
  const missing = words.find((word) => !shown.toLowerCase().includes(word));
  if (missing === undefined) return '';
  const at = sentence.toLowerCase().indexOf(missing);
  if (at < 0) return '';
  let from = Math.max(0, at - AROUND);
  while (from > 0 && sentence[from - 1] !== ' ') from--;
  const end = at + missing.length + AROUND;
  const to = end >= sentence.length ? sentence.length : Math.max(end, sentence.indexOf(' ', end));
  return `${from > 0 ? '… ' : ''}${sentence.slice(from, to)}${to < sentence.length ? ' …' : ''}`;
}
