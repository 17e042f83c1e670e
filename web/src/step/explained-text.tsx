// A sentence whose technical words can be asked for: each of them a button that opens its explanation.

import { Fragment, memo, type ToggleEvent, useId, useMemo, useRef } from 'react';
import style from './explained-text.module.css';
import { GLOSSARY, type GlossaryEntry } from './glossary.js';

/** All entries as one pattern, each in a group of its own; no part of a longer word or of a name with dots. */
const PATTERN = new RegExp(
  GLOSSARY.map(({ pattern }) => `(?<![\\w.-])(${pattern})(?![\\w-]|\\.\\w)`).join('|'),
  'g',
);

interface Part {
  readonly text: string;
  readonly at: number;
  readonly entry?: GlossaryEntry;
}

/** The sentence in parts; each word is explained where it occurs first. */
export function explainedParts(sentence: string): readonly Part[] {
  const parts: Part[] = [];
  const told = new Set<GlossaryEntry>();
  let at = 0;
  for (const match of sentence.matchAll(PATTERN)) {
    const entry = GLOSSARY[match.findIndex((group, index) => index > 0 && group !== undefined) - 1];
    if (entry === undefined || told.has(entry)) continue;
    told.add(entry);
    if (match.index > at) parts.push({ text: sentence.slice(at, match.index), at });
    parts.push({ text: match[0], at: match.index, entry });
    at = match.index + match[0].length;
  }
  if (at < sentence.length) parts.push({ text: sentence.slice(at), at });
  return parts;
}

export const ExplainedText = memo(function ExplainedText({ text }: { readonly text: string }) {
  const parts = useMemo(() => explainedParts(text), [text]);
  return parts.map(({ text: words, at, entry }) =>
    entry === undefined ? (
      <Fragment key={at}>{words}</Fragment>
    ) : (
      <Word key={`${at} ${words}`} word={words} entry={entry} />
    ),
  );
});

function Word({ word, entry }: { readonly word: string; readonly entry: GlossaryEntry }) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const place = (event: ToggleEvent<HTMLSpanElement>): void => {
    if (event.newState === 'open' && button.current !== null) putBeside(event.currentTarget, button.current);
  };
  return (
    <>
      <button ref={button} type="button" className={style.word} popoverTarget={id}>
        {word}
      </button>
      <span id={id} className={style.card} popover="auto" onToggle={place}>
        <strong className={style.term}>{entry.term}</strong>
        <span className={style.text}>{entry.text}</span>
        <span className={style.rfc}>{entry.rfc}</span>
      </span>
    </>
  );
}

const GAP = 6;
const EDGE = 8;

/** Below the word, or above it where there is no room, and never over the edge of the page. */
function putBeside(card: HTMLElement, word: HTMLElement): void {
  const at = word.getBoundingClientRect();
  const { width, height } = card.getBoundingClientRect();
  const left = Math.max(EDGE, Math.min(at.left, window.innerWidth - width - EDGE));
  const below = at.bottom + GAP;
  const top = below + height + EDGE <= window.innerHeight ? below : Math.max(EDGE, at.top - height - GAP);
  card.style.left = `${left}px`;
  card.style.top = `${top}px`;
  card.dataset.placed = 'true';
}
