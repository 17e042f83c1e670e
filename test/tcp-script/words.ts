// One line of a script as words, taken one after the other. A mistake says where it is, what stands there, and what
// would be right.

import { parseDuration, type Time } from '../../src/base/time.js';

export class ScriptMistake extends Error {
  constructor(file: string, line: number, problem: string, mend: string) {
    super(`${file}:${line}: ${problem}. ${mend}`);
  }
}

/** A number that a field must have: from `low` to `high`, both included. */
export interface Bounds {
  readonly low: number;
  readonly high: number;
}

export class Words {
  readonly text: string;
  private readonly file: string;
  private readonly line: number;
  private readonly list: string[];
  private at = 0;

  /** Commas only help the reader; what stands between quotes is one word, quotes included. */
  constructor(text: string, file: string, line: number) {
    this.text = text.trim();
    this.file = file;
    this.line = line;
    this.list = (text.match(/"[^"]*"?|[^\s,"]+/g) ?? []) as string[];
  }

  get isOver(): boolean {
    return this.at >= this.list.length;
  }

  /** The next word, without taking it; '' at the end. */
  get ahead(): string {
    return this.list[this.at] ?? '';
  }

  /** Takes the next word. `wanted` says what should stand there. */
  take(wanted: string): string {
    if (this.isOver) this.fail('the line ends too early', `Here should stand ${wanted}.`);
    return this.list[this.at++] as string;
  }

  /** Takes the next words if they are these. */
  has(words: string): boolean {
    const wanted = words.split(' ');
    if (!wanted.every((word, index) => this.list[this.at + index] === word)) return false;
    this.at += wanted.length;
    return true;
  }

  /** Nothing may be left. */
  end(): void {
    if (!this.isOver) this.fail(`“${this.rest}” is too much`, 'The step is complete without it.');
  }

  get rest(): string {
    return this.list.slice(this.at).join(' ');
  }

  /** A whole number; `1_000_000` is one too. */
  number(wanted: string): number {
    const word = this.take(wanted);
    const value = asNumber(word);
    if (value === undefined)
      this.fail(`“${word}” is no whole number`, `Here should stand ${wanted}, as 1000.`);
    return value;
  }

  /** A number, or what it may be: `5`, `5..9`, `>=5`, `<=9`. */
  bounds(wanted: string): Bounds {
    const word = this.take(wanted);
    const bounds = asBounds(word);
    if (bounds === undefined) {
      this.fail(
        `“${word}” is no number`,
        `Here should stand ${wanted}, as 1000, 1000..2000, >=1000 or <=2000.`,
      );
    }
    return bounds;
  }

  duration(wanted: string): Time {
    const word = this.take(wanted);
    const time = parseDuration(word);
    if (time === undefined)
      this.fail(`“${word}” is no time`, `Here should stand ${wanted}, as 200ms or 1.5s.`);
    return time;
  }

  /** A text between quotes, without them. */
  quoted(wanted: string): string {
    const word = this.take(wanted);
    if (!/^"[^"]*"$/.test(word)) this.fail(`${word} is no text`, `Here should stand ${wanted}, as "hello".`);
    return word.slice(1, -1);
  }

  /** One of a closed list. */
  choice<Choice extends string>(wanted: string, choices: readonly Choice[]): Choice {
    const word = this.take(wanted);
    const found = choices.find((choice) => choice === word);
    if (found === undefined) this.fail(`“${word}” is no ${wanted}`, `It is one of: ${choices.join(', ')}.`);
    return found;
  }

  fail(problem: string, mend: string): never {
    throw new ScriptMistake(this.file, this.line, problem, mend);
  }
}

export function asNumber(word: string): number | undefined {
  return /^-?\d[\d_]*$/.test(word) ? Number(word.replaceAll('_', '')) : undefined;
}

/** Both a number and a duration, which is a number of ns. */
export function asNumberOrTime(word: string): number | undefined {
  return asNumber(word) ?? parseDuration(word);
}

/** `5`, `5..9`, `>=5`, `<=9`; `read` reads one of the numbers. */
export function asBounds(word: string, read = asNumber): Bounds | undefined {
  const [, sign, rest] = /^(>=|<=)(.*)$/.exec(word) ?? [];
  if (sign !== undefined) {
    const limit = read(rest as string);
    if (limit === undefined) return undefined;
    return sign === '>='
      ? { low: limit, high: Number.POSITIVE_INFINITY }
      : { low: Number.NEGATIVE_INFINITY, high: limit };
  }
  const [low, high] = word.split('..').map(read);
  if (low === undefined) return undefined;
  if (!word.includes('..')) return { low, high: low };
  return high === undefined ? undefined : { low, high };
}
