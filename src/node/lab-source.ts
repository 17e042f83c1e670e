// Where labs come from: the ones that come with the program, and files.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { nearest } from '../lab/problem.js';
import { systemReason } from './system-reason.js';
import { UsageError } from './usage-error.js';

/** A lab's text and where it stands. */
export interface LabSource {
  /** How it is named on the command line: a built-in lab's name, or a path. */
  readonly name: string;
  /** For messages: the path as given, or the one of the built-in lab. */
  readonly file: string;
  readonly text: string;
}

/** `labs/` stands beside `dist/` and `src/`. */
const FOLDER = fileURLToPath(new URL('../../labs/', import.meta.url));
const ENDING = '.yaml';

/** The lab that is walked when no lab serves the host: it answers for itself that the name does not exist. */
export const DEFAULT_LAB = 'nat-http';

/** The built-in labs' names: the default first, the others in the order of the alphabet. */
export function builtInLabNames(): string[] {
  const names = readdirSync(FOLDER)
    .filter((file) => file.endsWith(ENDING))
    .map((file) => file.slice(0, -ENDING.length))
    .sort();
  return [...names.filter((name) => name === DEFAULT_LAB), ...names.filter((name) => name !== DEFAULT_LAB)];
}

export function readBuiltInLab(name: string): LabSource {
  const file = path.join(FOLDER, name + ENDING);
  return { name, file: showPath(file), text: readFileSync(file, 'utf8') };
}

/** A built-in lab by its name, or a file by its path. @throws UsageError when there is neither */
export function findLab(given: string): LabSource {
  const names = builtInLabNames();
  if (names.includes(given)) return readBuiltInLab(given);
  const looksLikePath = /[/\\]|\.ya?ml$/i.test(given);
  if (looksLikePath || statSync(given, { throwIfNoEntry: false })?.isFile()) {
    try {
      return { name: given, file: given, text: readFileSync(given, 'utf8') };
    } catch (error) {
      throw new UsageError(`The lab file ${given} can not be read: ${systemReason(error)}.`);
    }
  }
  throw new UsageError(
    `There is no lab '${given}'.${didYouMean(given, names)} The built-in labs are ${names.join(', ')}; a file is given by its path, such as ./my-lab.yaml.`,
  );
}

/** ` Did you mean 'nat-http'?` with a space before it; empty when no candidate is near. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const near = nearest(word, candidates);
  return near === undefined ? '' : ` Did you mean '${near}'?`;
}

/** Relative where that is shorter to read. */
function showPath(file: string): string {
  const relative = path.relative(process.cwd(), file);
  return relative.startsWith('..') ? file : relative;
}
