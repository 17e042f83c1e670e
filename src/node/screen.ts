// Where text goes and what it can show there: colours, width, characters beyond ASCII.
// Reading list: no-color.org, force-color.org.

import type { Command } from 'commander';
import { harmless } from '../base/text.js';
import { UsageError } from './usage-error.js';

/** What the reader's screen can show. */
export interface Screen {
  readonly color: boolean;
  /** Characters per line. */
  readonly width: number;
  readonly unicode: boolean;
}

/** The options of {@link addScreenOptions}, as the command line gives them. */
export interface ScreenOptions {
  readonly width?: number;
  readonly color?: boolean;
  readonly ascii?: boolean;
}

const PIPE_WIDTH = 80;
const NARROWEST = 40;

/** Adds `--width`, `--color`, `--no-color` and `--ascii` to a command. */
export function addScreenOptions(command: Command): Command {
  return command
    .option('--width <columns>', 'characters per line (default: the terminal’s, 80 in a pipe)', parseWidth)
    .option('--color', 'colours also where there is no terminal')
    .option('--no-color', 'no colours')
    .option('--ascii', 'only ASCII characters in drawings');
}

/** What stdout can show. An option beats the environment, and that beats what the terminal says. */
export function screenOf(options: ScreenOptions): Screen {
  return {
    color: options.color ?? wantsColor(process.stdout),
    width: options.width ?? Math.max(process.stdout.columns ?? PIPE_WIDTH, NARROWEST),
    unicode: options.ascii !== true,
  };
}

/** Colours for a terminal, unless NO_COLOR is set; elsewhere only where FORCE_COLOR is. */
export function wantsColor(stream: NodeJS.WriteStream): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return stream.isTTY === true && TERM !== 'dumb';
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are made of them
const COLOUR = /(\x1b\[[\d;]*m)/;

/** Writes to stdout, with a line break at the end. Of control characters only colours get through, whoever made the text. */
export function print(output: string): void {
  const text = output
    .split(COLOUR)
    .map((part) => (COLOUR.test(part) ? part : harmless(part)))
    .join('');
  process.stdout.write(text.endsWith('\n') || text === '' ? text : `${text}\n`);
}

/** Writes a value as JSON, readable and always the same; control characters as JSON itself escapes them. */
export function printJson(value: unknown): void {
  const json = JSON.stringify(value, null, 2).replace(
    /[\x7f-\x9f\p{Bidi_Control}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  process.stdout.write(`${json}\n`);
}

function parseWidth(text: string): number {
  const width = Number(text);
  if (!/^\d+$/.test(text) || width < NARROWEST) {
    throw new UsageError(`--width ${text}: give a whole number of characters, at least ${NARROWEST}.`);
  }
  return width;
}
