// A text that may be very long: its beginning, and all of it when somebody wants it.

import { useState } from 'react';
import style from './long-text.module.css';
import { ScrollArea } from './scroll-area.js';

interface LongTextProps {
  readonly text: string;
  /** Characters that are shown at first. */
  readonly shown: number;
  /** Names what is shown, for the button and for those who scroll by keyboard. */
  readonly name: string;
  /** Lines as they are; otherwise broken where they fit. */
  readonly block?: boolean;
}

export function LongText({ text, shown, name, block = false }: LongTextProps) {
  const [whole, setWhole] = useState<string>();
  const isLong = text.length > shown * 1.2;
  const isCut = isLong && whole !== text;
  const visible = visibleText(isCut ? text.slice(0, shown) : text);
  return (
    <>
      {block ? (
        <ScrollArea className={style.block} name={name}>
          <pre>
            {visible}
            {isCut ? '…' : ''}
          </pre>
        </ScrollArea>
      ) : (
        <span className={style.line}>
          {visible}
          {isCut ? '…' : ''}
        </span>
      )}
      {isLong ? (
        <button type="button" className={style.more} onClick={() => setWhole(isCut ? text : undefined)}>
          {isCut ? `Show all of ${name} (${text.length.toLocaleString('en-GB')} characters)` : 'Show less'}
        </button>
      ) : null}
    </>
  );
}

/** Characters that move or turn what stands around them, made visible. */
export function visibleText(text: string): string {
  return text.replace(/\p{Cc}|[\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu, (character) => {
    if (character === '\n' || character === '\t') return character;
    if (character === '\r') return '';
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x20) return String.fromCodePoint(0x2400 + code);
    if (code === 0x7f) return '␡';
    return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
  });
}
