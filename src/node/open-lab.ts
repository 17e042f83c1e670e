// From a lab's name or path to the lab, or to a readable list of what is wrong with its file.

import { formatProblem } from '../lab/problem.js';
import type { Lab } from '../lab/read-lab.js';
import { findLab, type LabSource } from './lab-source.js';
import { UsageError } from './usage-error.js';

/** @throws UsageError when there is no such lab, or its file has mistakes */
export async function openLab(given: string): Promise<Lab> {
  return readSource(findLab(given));
}

/** @throws UsageError when the file has mistakes */
export async function readSource({ file, text }: LabSource): Promise<Lab> {
  const { readLab } = await import('../lab/read-lab.js');
  const result = readLab(text, file);
  if ('lab' in result) return result.lab;
  const { errors } = result;
  const count = errors.length === 1 ? 'a mistake' : `${errors.length} mistakes`;
  throw new UsageError(`${file} has ${count}.\n\n${errors.map(formatProblem).join('\n\n')}`);
}
