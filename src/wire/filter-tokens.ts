// The words of display filters: field names, numbers, addresses, quoted texts and signs.
// Reading list: wireshark-filter(4).

/** Why a text is no filter; `position` counts characters from 0. */
export interface FilterError {
  readonly error: string;
  readonly position: number;
}

/** A word, a quoted text or a sign of a filter. */
export interface Token {
  readonly kind: 'word' | 'string' | 'sign' | 'end';
  /** Without quotes, escapes resolved. */
  readonly text: string;
  readonly position: number;
}

const SIGNS = [
  '===',
  '!==',
  '==',
  '!=',
  '>=',
  '<=',
  '&&',
  '||',
  '..',
  '~',
  '>',
  '<',
  '!',
  '(',
  ')',
  '{',
  '}',
  '[',
  ']',
  ',',
];
/** Everything that field names, numbers, addresses and prefixes are made of. Two dots end a word: they make a range. */
const WORD = /(?:[A-Za-z0-9_:/-]|\.(?!\.))+/y;

/** Cuts a filter into tokens; the last one is the end. */
export function tokenize(text: string): Token[] | FilterError {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; ) {
    const character = text[at] as string;
    if (/\s/.test(character)) {
      at++;
      continue;
    }
    if (character === '"' || (character === 'r' && text[at + 1] === '"')) {
      const end = endOfString(text, character === 'r' ? at + 2 : at + 1);
      if (end < 0) return { error: 'a quoted text has no end', position: at };
      const raw = text.slice(character === 'r' ? at + 2 : at + 1, end);
      tokens.push({ kind: 'string', text: character === 'r' ? raw : resolveEscapes(raw), position: at });
      at = end + 1;
      continue;
    }
    const sign = SIGNS.find((candidate) => text.startsWith(candidate, at));
    if (sign !== undefined) {
      tokens.push({ kind: 'sign', text: sign, position: at });
      at += sign.length;
      continue;
    }
    WORD.lastIndex = at;
    const word = WORD.exec(text)?.[0];
    if (word === undefined) return { error: `"${character}" means nothing in a filter`, position: at };
    tokens.push({ kind: 'word', text: word, position: at });
    at += word.length;
  }
  tokens.push({ kind: 'end', text: 'the end', position: text.length });
  return tokens;
}

function endOfString(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at;
  }
  return -1;
}

/** `\"` and `\\`, `\n` and the like; the backslash of anything else stays, for patterns. */
function resolveEscapes(raw: string): string {
  return raw.replace(/\\(["\\nrt]|x[0-9a-fA-F]{2})/g, (_, code: string) => {
    if (code === 'n') return '\n';
    if (code === 'r') return '\r';
    if (code === 't') return '\t';
    return code.startsWith('x') ? String.fromCharCode(Number.parseInt(code.slice(1), 16)) : code;
  });
}
