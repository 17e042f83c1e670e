// The options of a command line: `-n`, `-c 3`, `-c3`, several letters behind one dash, `--long`, `--long=value`.
// Reading list: POSIX.1-2024, Base Definitions, §12.2 (utility syntax guidelines); getopt_long(3).

/** Whether an option is there alone or with a value, by its name without dashes; one letter or a long name. */
export type OptionTable = Readonly<Record<string, 'flag' | 'value'>>;

/** Why options can not be understood, with the option as it was typed. */
export interface OptionProblem {
  readonly problem: 'unknown' | 'no value';
  readonly option: string;
}

/** Options and what is left of a command line. */
export class Options {
  /** Words that are no options, in their order. */
  readonly operands: string[] = [];
  private readonly given = new Map<string, string[]>();

  has(name: string): boolean {
    return this.given.has(name);
  }

  /** The value given last. */
  value(name: string): string | undefined {
    return this.given.get(name)?.at(-1);
  }

  /** All values given, in their order. */
  values(name: string): readonly string[] {
    return this.given.get(name) ?? [];
  }

  /** @internal */
  add(name: string, value: string): void {
    const values = this.given.get(name);
    if (values === undefined) this.given.set(name, [value]);
    else values.push(value);
  }
}

/**
 * Reads options; they may stand behind operands too, up to `--`.
 * @param aliases other names, such as `{ head: 'I' }`
 */
export function parseOptions(
  args: readonly string[],
  table: OptionTable,
  aliases: Readonly<Record<string, string>> = {},
): Options | OptionProblem {
  const options = new Options();
  for (let i = 0; i < args.length; i++) {
    const word = args[i] as string;
    if (word === '--') {
      options.operands.push(...args.slice(i + 1));
      break;
    }
    if (word === '-' || !word.startsWith('-')) {
      options.operands.push(word);
      continue;
    }
    const taken = word.startsWith('--')
      ? takeLong(options, table, aliases, word, args[i + 1])
      : takeLetters(options, table, word, args[i + 1]);
    if (typeof taken !== 'number') return taken;
    i += taken;
  }
  return options;
}

/** Returns how many of the following words it used. */
function takeLong(
  options: Options,
  table: OptionTable,
  aliases: Readonly<Record<string, string>>,
  word: string,
  next: string | undefined,
): number | OptionProblem {
  const equals = word.indexOf('=');
  const typed = word.slice(2, equals < 0 ? word.length : equals);
  const name = Object.hasOwn(aliases, typed) ? (aliases[typed] as string) : typed;
  // A letter is no long name.
  const kind = typed.length > 1 && Object.hasOwn(table, name) ? table[name] : undefined;
  if (kind === undefined || (kind === 'flag' && equals >= 0)) return { problem: 'unknown', option: word };
  if (kind === 'flag') options.add(name, '');
  else if (equals >= 0) options.add(name, word.slice(equals + 1));
  else if (next === undefined) return { problem: 'no value', option: word };
  else {
    options.add(name, next);
    return 1;
  }
  return 0;
}

/** Returns how many of the following words it used. */
function takeLetters(
  options: Options,
  table: OptionTable,
  word: string,
  next: string | undefined,
): number | OptionProblem {
  for (let i = 1; i < word.length; i++) {
    const letter = word[i] as string;
    const kind = Object.hasOwn(table, letter) ? table[letter] : undefined;
    if (kind === undefined) return { problem: 'unknown', option: `-${letter}` };
    if (kind === 'flag') options.add(letter, '');
    else if (i + 1 < word.length) {
      options.add(letter, word.slice(i + 1));
      return 0;
    } else if (next === undefined) return { problem: 'no value', option: `-${letter}` };
    else {
      options.add(letter, next);
      return 1;
    }
  }
  return 0;
}

/** The message of getopt(3): `ping: invalid option -- 'Z'`. */
export function getoptMessage(command: string, { problem, option }: OptionProblem): string {
  if (problem === 'no value')
    return `${command}: option requires an argument -- '${option.replace(/^-+/, '')}'`;
  if (option.startsWith('--')) return `${command}: unrecognized option '${option}'`;
  return `${command}: invalid option -- '${option.slice(1)}'`;
}

/** A whole number in decimal from `low` to `high`; undefined when the text is none. */
export function wholeNumber(text: string, low: number, high: number): number | undefined {
  const number = /^\d{1,15}$/.test(text) ? Number(text) : -1;
  return number >= low && number <= high ? number : undefined;
}

const RATE_UNITS: Readonly<Record<string, number>> = { '': 1, b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };

/** Bytes per second as curl reads them, `2000`, `200K` (of 1024), `1.5M`; undefined when the text is none, or below 1. */
export function byteRate(text: string): number | undefined {
  const match = /^(\d{1,12}(?:\.\d{1,9})?)([bkmg]?)$/i.exec(text);
  if (match === null) return undefined;
  const rate = Math.floor(Number(match[1]) * (RATE_UNITS[(match[2] as string).toLowerCase()] as number));
  return rate >= 1 ? rate : undefined;
}

/** Seconds such as `2` or `0.2`, as ns, from `low` to `high` ns; undefined when the text is none. */
export function seconds(text: string, low: number, high: number): number | undefined {
  const time = /^(\d{1,9}(\.\d{0,9})?|\.\d{1,9})$/.test(text) ? Math.round(Number(text) * 1e9) : -1;
  return time >= low && time <= high ? time : undefined;
}
