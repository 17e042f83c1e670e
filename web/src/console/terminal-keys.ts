// What a terminal sends when keys are pressed or text is pasted, as things to do.
// Reading list: ECMA-48 §5.4 (control sequences), XTerm Control Sequences ("PC-style function keys", "bracketed paste").

import type { LineEditor } from './line-editor.js';

export type Deed =
  | { readonly do: 'edit'; readonly edit: (line: LineEditor) => void }
  | { readonly do: 'enter' | 'complete' | 'cancel' | 'clear' };

const edit = (change: (line: LineEditor) => void): Deed => ({ do: 'edit', edit: change });

const LEFT = edit((line) => line.left());
const RIGHT = edit((line) => line.right());
const UP = edit((line) => line.older());
const DOWN = edit((line) => line.newer());
const HOME = edit((line) => line.home());
const END = edit((line) => line.end());
const WORD_LEFT = edit((line) => line.wordLeft());
const WORD_RIGHT = edit((line) => line.wordRight());
const DELETE = edit((line) => line.delete());
const CUT_WORD = edit((line) => line.cutWord());
const CUT_WORD_RIGHT = edit((line) => line.cutWordRight());

const KEYS: Readonly<Record<string, Deed>> = {
  '\r': { do: 'enter' },
  '\n': { do: 'enter' },
  '\t': { do: 'complete' },
  '\x03': { do: 'cancel' },
  '\x0c': { do: 'clear' },
  '\x01': HOME,
  '\x02': LEFT,
  '\x04': DELETE,
  '\x05': END,
  '\x06': RIGHT,
  '\x08': CUT_WORD,
  '\x0b': edit((line) => line.cutToEnd()),
  '\x0e': DOWN,
  '\x10': UP,
  '\x15': edit((line) => line.cutToStart()),
  '\x17': CUT_WORD,
  '\x19': edit((line) => line.yank()),
  '\x7f': edit((line) => line.backspace()),
  '\x1b[A': UP,
  '\x1b[B': DOWN,
  '\x1b[C': RIGHT,
  '\x1b[D': LEFT,
  '\x1bOA': UP,
  '\x1bOB': DOWN,
  '\x1bOC': RIGHT,
  '\x1bOD': LEFT,
  '\x1b[H': HOME,
  '\x1b[F': END,
  '\x1bOH': HOME,
  '\x1bOF': END,
  '\x1b[1~': HOME,
  '\x1b[4~': END,
  '\x1b[3~': DELETE,
  '\x1b[3;5~': CUT_WORD_RIGHT,
  '\x1b[1;5C': WORD_RIGHT,
  '\x1b[1;5D': WORD_LEFT,
  '\x1b[1;3C': WORD_RIGHT,
  '\x1b[1;3D': WORD_LEFT,
  '\x1bb': WORD_LEFT,
  '\x1bf': WORD_RIGHT,
  '\x1bd': CUT_WORD_RIGHT,
  '\x1b\x7f': CUT_WORD,
};

const ESC = '\x1b';
/** In this order: a paste between its brackets (or up to the end of what came), a key that sends several characters, one control character, text. */
const PIECES = new RegExp(
  [
    `${ESC}\\[200~([\\s\\S]*?)(?:${ESC}\\[201~|$)`,
    `${ESC}(?:[[O][0-9;]*[A-Za-z~]|[\\s\\S])?`,
    '\\p{Cc}',
    '\\P{Cc}+',
  ].join('|'),
  'gu',
);

/** Unknown keys do nothing. In pasted text line ends count as Enter, and nothing else as a key. */
export function readKeys(data: string): Deed[] {
  const deeds: Deed[] = [];
  for (const [piece, pasted] of data.matchAll(PIECES)) {
    if (pasted !== undefined) {
      pasted.split(/\r\n|\r|\n/).forEach((line, i) => {
        if (i > 0) deeds.push({ do: 'enter' });
        if (line !== '') deeds.push(edit((editor) => editor.insert(line)));
      });
      continue;
    }
    const deed = KEYS[piece];
    if (deed !== undefined) deeds.push(deed);
    else if (!/^\p{Cc}/u.test(piece)) deeds.push(edit((editor) => editor.insert(piece)));
  }
  return deeds;
}
