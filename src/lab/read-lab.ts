// Reads a lab file: YAML, then its shape, then how its parts fit together. Total: whatever the text, it returns either
// a lab or what is wrong with it, as much of that as can be found at once.

import { checkActions } from './action-check.js';
import { LabNames } from './names.js';
import type { LabProblem, Path, Place } from './problem.js';
import type { LabFile } from './schema.js';
import { readShape } from './shape.js';
import { checkTopology } from './topology-check.js';
import { YamlSource } from './yaml-source.js';

/** A lab whose parts fit together, in the units of the engine. */
export interface Lab extends LabFile {
  /** The name of the file, for messages. */
  readonly file: string;
  /** Where a value stands in the file. */
  placeOf(path: Path): Place;
}

/** Problems reported at once; a file with more of them is probably no lab. */
const MAX_PROBLEMS = 100;

/**
 * @param text the content of the file
 * @param file its name, for messages
 */
export function readLab(
  text: string,
  file: string,
): { readonly lab: Lab } | { readonly errors: LabProblem[] } {
  const source = new YamlSource(text, file);
  if (source.problems.length > 0 && source.data === undefined) return { errors: ordered(source.problems) };
  const shape = readShape(source);
  const problems = [...source.problems, ...shape.problems];
  if (shape.file !== undefined) {
    const names = new LabNames(shape.file, shape, source);
    checkTopology(shape.file, names);
    checkActions(shape.file, names);
    problems.push(...names.problems);
  }
  if (problems.length > 0) return { errors: ordered(problems) };
  return { lab: { ...(shape.file as LabFile), file, placeOf: (path) => source.valuePlace(path) } };
}

function ordered(problems: readonly LabProblem[]): LabProblem[] {
  return [...problems].sort((a, b) => a.line - b.line || a.column - b.column).slice(0, MAX_PROBLEMS);
}
