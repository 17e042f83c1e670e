// Reads a lab file: YAML, then its shape, then how its parts fit together. Total: whatever the text, it returns either
// a lab or what is wrong with it, as much of that as can be found at once.

import { type LabReading, ordered, readPlaced } from './read-lab-data.js';
import { YamlSource } from './yaml-source.js';

export type { Lab } from './read-lab-data.js';

/**
 * @param text the content of the file
 * @param file its name, for messages
 */
export function readLab(text: string, file: string): LabReading {
  const source = new YamlSource(text, file);
  if (source.problems.length > 0 && source.data === undefined) return { errors: ordered(source.problems) };
  return readPlaced(source, file, source.problems);
}
