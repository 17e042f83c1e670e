// Plain data with the places where they stand: what reading a lab needs, whether it comes from a text or not.

import { formatPath, type LabProblem, type Path, type Place } from './problem.js';

export interface PlacedData {
  /** What is found to be wrong is taken out of them. */
  readonly data: unknown;
  /** Reports a problem with the value at a path, or with its key. */
  problem(path: Path, message: string, mend?: string, at?: 'value' | 'key'): LabProblem;
  /** Where the value at a path stands; where it is missing, what is above it. */
  valuePlace(path: Path): Place;
}

const BEGINNING: Place = { line: 1, column: 1, length: 1 };

/** Data that stand in no text: every place is the beginning of an empty line. */
export function unplaced(data: unknown, file: string): PlacedData {
  return {
    data,
    problem: (path, message, mend) => {
      const base = { file, ...BEGINNING, path: formatPath(path), message, source: '' };
      return mend === undefined ? base : { ...base, mend };
    },
    valuePlace: () => BEGINNING,
  };
}
