// Patterns for the filter operator `matches`: a small part of regular expressions, in time that grows with the text and
// not with the ways to read it. It walks all alternatives at once (Thompson's construction), so no pattern can stall.
// Reading list: K. Thompson, "Regular Expression Search Algorithm", CACM 11 (6), 1968.

/** Does the pattern fit somewhere in the text? Case does not matter, as in Wireshark. */
export interface Pattern {
  test(text: string): boolean;
}

type Test = (code: number) => boolean;

/** States by number. `split` goes on in two places without a character, `assert` in one where its condition holds. */
type State =
  | { readonly kind: 'match' }
  | { readonly kind: 'step'; readonly test: Test; next: number }
  | { readonly kind: 'split'; next: number; other: number }
  | { readonly kind: 'assert'; readonly where: 'start' | 'end'; next: number };

/** A part of the machine: where it begins, and what still has to be told where to go on. */
interface Piece {
  readonly start: number;
  readonly open: readonly ((next: number) => void)[];
}

const MAX_PATTERN = 500;
const MAX_STATES = 2000;

/** Reads literals, `.`, `[a-z]`, `\d \w \s`, `( )`, `|`, `* + ?`, `{2,5}`, `^ $`; anything else is an error. */
export function parsePattern(text: string): Pattern | { readonly error: string } {
  if (text.length > MAX_PATTERN) return { error: `the pattern is longer than ${MAX_PATTERN} characters` };
  const parser = new PatternParser(text);
  const piece = parser.alternatives(0);
  if (parser.error !== undefined) return { error: parser.error };
  if (piece === undefined || !parser.atEnd) return { error: `"${parser.rest}" does not belong to a pattern` };
  const match = parser.add({ kind: 'match' });
  for (const connect of piece.open) connect(match);
  const { states } = parser;
  return { test: (subject) => run(states, piece.start, subject) };
}

function run(states: readonly State[], start: number, text: string): boolean {
  let current = new Set<number>();
  for (let at = 0; ; at++) {
    // The pattern may begin anywhere.
    if (follow(states, start, current, at, text.length)) return true;
    if (at >= text.length) return false;
    const code = text.charCodeAt(at);
    const next = new Set<number>();
    for (const number of current) {
      const state = states[number] as State;
      if (state.kind !== 'step' || !state.test(code)) continue;
      if (follow(states, state.next, next, at + 1, text.length)) return true;
    }
    current = next;
  }
}

/** Adds a state and all that is reached from it without a character; true when the end of the pattern is among them. */
function follow(
  states: readonly State[],
  from: number,
  into: Set<number>,
  at: number,
  length: number,
): boolean {
  const todo = [from];
  for (let number = todo.pop(); number !== undefined; number = todo.pop()) {
    if (into.has(number)) continue;
    into.add(number);
    const state = states[number] as State;
    if (state.kind === 'match') return true;
    if (state.kind === 'split') todo.push(state.next, state.other);
    else if (state.kind === 'assert' && at === (state.where === 'start' ? 0 : length)) todo.push(state.next);
  }
  return false;
}

class PatternParser {
  readonly states: State[] = [];
  error: string | undefined;
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  get atEnd(): boolean {
    return this.at >= this.text.length;
  }

  get rest(): string {
    return this.text.slice(this.at);
  }

  add(state: State): number {
    if (this.states.length >= MAX_STATES) this.error ??= 'the pattern is too large';
    return this.states.push(state) - 1;
  }

  alternatives(depth: number): Piece | undefined {
    if (depth > 50) {
      this.error = 'the pattern nests too deeply';
      return undefined;
    }
    let piece = this.sequence(depth);
    while (piece !== undefined && this.text[this.at] === '|') {
      this.at++;
      const other = this.sequence(depth);
      if (other === undefined) return undefined;
      piece = {
        start: this.add({ kind: 'split', next: piece.start, other: other.start }),
        open: [...piece.open, ...other.open],
      };
    }
    return piece;
  }

  private sequence(depth: number): Piece | undefined {
    let piece = this.empty();
    while (!this.atEnd && this.text[this.at] !== '|' && this.text[this.at] !== ')') {
      const from = this.at;
      const atom = this.atom(depth);
      if (atom === undefined) return undefined;
      const repeated = this.repeated(atom, from, depth);
      if (repeated === undefined || this.error !== undefined) return undefined;
      for (const connect of piece.open) connect(repeated.start);
      piece = { start: piece.start, open: repeated.open };
    }
    return piece;
  }

  private empty(): Piece {
    const state = { kind: 'split' as const, next: 0, other: 0 };
    const start = this.add(state);
    return {
      start,
      open: [
        (next) => {
          state.next = next;
          state.other = next;
        },
      ],
    };
  }

  private atom(depth: number): Piece | undefined {
    const character = this.text[this.at++] as string;
    switch (character) {
      case '(': {
        const piece =
          this.text[this.at] === '?'
            ? this.fail('(? …) is not understood in a pattern')
            : this.alternatives(depth + 1);
        if (piece === undefined) return undefined;
        if (this.text[this.at++] !== ')') return this.fail('a ( in the pattern has no )');
        return piece;
      }
      case '^':
      case '$':
        return this.assertion(character === '^' ? 'start' : 'end');
      case '*':
      case '+':
      case '?':
        return this.fail(`nothing stands before the ${character} in the pattern`);
      case '.':
        return this.step(() => true);
      case '[':
        return this.characterClass();
      case '\\':
        return this.escape();
      default: {
        const code = lower(character.charCodeAt(0));
        return this.step((other) => lower(other) === code);
      }
    }
  }

  /** What follows an atom: `*`, `+`, `?`, `{n}`, `{n,}` or `{n,m}`. The atom's text is read again for each copy. */
  private repeated(atom: Piece, from: number, depth: number): Piece | undefined {
    const character = this.text[this.at];
    const counts = /^\{(\d{1,3})(,(\d{1,3})?)?\}/.exec(this.rest);
    if (counts !== null) {
      const least = Number(counts[1]);
      const most = counts[2] === undefined ? least : counts[3] === undefined ? undefined : Number(counts[3]);
      const end = this.at + counts[0].length;
      const piece = this.copies(from, least, most, depth);
      this.at = end;
      return piece;
    }
    if (character !== '*' && character !== '+' && character !== '?') return atom;
    this.at++;
    return character === '?' ? this.optional(atom) : this.loop(atom, character === '+');
  }

  private copies(from: number, least: number, most: number | undefined, depth: number): Piece | undefined {
    if (most !== undefined && most < least)
      return this.fail('a repetition in the pattern ends before it begins');
    let piece = this.empty();
    const count = most ?? least + 1;
    for (let i = 0; i < count; i++) {
      this.at = from;
      const atom = this.atom(depth);
      if (atom === undefined || this.error !== undefined) return undefined;
      const next = i < least ? atom : most === undefined ? this.loop(atom, false) : this.optional(atom);
      for (const connect of piece.open) connect(next.start);
      piece = { start: piece.start, open: next.open };
    }
    return piece;
  }

  private optional(atom: Piece): Piece {
    const state = { kind: 'split' as const, next: atom.start, other: 0 };
    const start = this.add(state);
    return {
      start,
      open: [
        ...atom.open,
        (next) => {
          state.other = next;
        },
      ],
    };
  }

  private loop(atom: Piece, atLeastOnce: boolean): Piece {
    const state = { kind: 'split' as const, next: atom.start, other: 0 };
    const start = this.add(state);
    for (const connect of atom.open) connect(start);
    return {
      start: atLeastOnce ? atom.start : start,
      open: [
        (next) => {
          state.other = next;
        },
      ],
    };
  }

  private step(test: Test): Piece {
    const state = { kind: 'step' as const, test, next: 0 };
    const start = this.add(state);
    return {
      start,
      open: [
        (next) => {
          state.next = next;
        },
      ],
    };
  }

  private assertion(where: 'start' | 'end'): Piece {
    const state = { kind: 'assert' as const, where, next: 0 };
    const start = this.add(state);
    return {
      start,
      open: [
        (next) => {
          state.next = next;
        },
      ],
    };
  }

  private escape(): Piece | undefined {
    const test = this.escapedTest();
    return test === undefined ? undefined : this.step(test);
  }

  private escapedTest(): Test | undefined {
    const character = this.text[this.at++];
    if (character === undefined) return this.fail('the pattern ends with a backslash');
    if (character === 'd') return isDigit;
    if (character === 'w') return isWord;
    if (character === 's') return isSpace;
    if (/[a-z0-9]/.test(character)) return this.fail(`\\${character} is not understood in a pattern`);
    const code = character.charCodeAt(0);
    return (other) => other === code;
  }

  private characterClass(): Piece | undefined {
    const negated = this.text[this.at] === '^';
    if (negated) this.at++;
    const tests: Test[] = [];
    for (let first = true; first || this.text[this.at] !== ']'; first = false) {
      const character = this.text[this.at++];
      if (character === undefined) return this.fail('a [ in the pattern has no ]');
      if (character === '\\') {
        const test = this.escapedTest();
        if (test === undefined) return undefined;
        tests.push(test);
        continue;
      }
      const low = character.charCodeAt(0);
      let high = low;
      if (this.text[this.at] === '-' && this.at + 1 < this.text.length && this.text[this.at + 1] !== ']') {
        high = this.text.charCodeAt(this.at + 1);
        this.at += 2;
      }
      if (high < low) return this.fail('a range in the pattern ends before it begins');
      tests.push((code) => code >= low && code <= high);
    }
    this.at++;
    const fits = (code: number) => tests.some((test) => test(code) || test(lower(code)) || test(upper(code)));
    return this.step((code) => fits(code) !== negated);
  }

  private fail(error: string): undefined {
    this.error ??= error;
    return undefined;
  }
}

/** ASCII letters only, as the text may be octets. */
function lower(code: number): number {
  return code >= 0x41 && code <= 0x5a ? code + 32 : code;
}

function upper(code: number): number {
  return code >= 0x61 && code <= 0x7a ? code - 32 : code;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isWord(code: number): boolean {
  return isDigit(code) || (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f;
}

function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 9 && code <= 13);
}
