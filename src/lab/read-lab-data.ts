// Reads a lab that is plain data already: its shape, then how its parts fit together. Total: whatever the data, it returns
// either a lab or what is wrong with it, as much of that as can be found at once.

import { checkActions } from './action-check.js';
import { LabNames } from './names.js';
import { type PlacedData, unplaced } from './placed-data.js';
import type { LabProblem, Path, Place } from './problem.js';
import type { LabFile } from './schema.js';
import { readShape } from './shape.js';
import { checkTopology } from './topology-check.js';

/** A lab whose parts fit together, in the units of the engine. */
export interface Lab extends LabFile {
  /** The name of the file, for messages. */
  readonly file: string;
  /** Where a value stands in the file. */
  placeOf(path: Path): Place;
}

/** A lab, or what is wrong with it. */
export type LabReading = { readonly lab: Lab } | { readonly errors: LabProblem[] };

/** Problems reported at once; a file with more of them is probably no lab. */
const MAX_PROBLEMS = 100;

/**
 * Reads what a lab file would hold, put together by a program or read from JSON. Problems say the path of the value; its
 * line is always 1.
 * @param data lists, mappings, texts, numbers, true and false; they are copied
 * @param file what to call them in messages
 */
export function readLabData(data: unknown, file: string): LabReading {
  let copy: unknown;
  try {
    const text = JSON.stringify(data) as string | undefined;
    if (text !== undefined) copy = JSON.parse(text);
  } catch {
    // A cycle, a bigint, or nested too deeply.
    return { errors: [unplaced(undefined, file).problem([], 'this is no plain data')] };
  }
  return readPlaced(unplaced(copy, file), file);
}

/** @param before problems that were found already */
export function readPlaced(source: PlacedData, file: string, before: readonly LabProblem[] = []): LabReading {
  const shape = readShape(source);
  const problems = [...before, ...shape.problems];
  if (shape.file !== undefined) {
    const names = new LabNames(shape.file, shape, source);
    checkTopology(shape.file, names);
    checkActions(shape.file, names);
    problems.push(...names.problems);
  }
  if (problems.length > 0) return { errors: ordered(problems) };
  return { lab: { ...(shape.file as LabFile), file, placeOf: (path) => source.valuePlace(path) } };
}

/** In the order in which they stand in the file, not too many. */
export function ordered(problems: readonly LabProblem[]): LabProblem[] {
  return [...problems].sort((a, b) => a.line - b.line || a.column - b.column).slice(0, MAX_PROBLEMS);
}
