// What a lab file says, as plain data: for the page, which has the built-in labs without their YAML.

import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** As `readLab` takes the text: YAML 1.2 with its core schema. @param {string} file @returns {unknown} @throws when it is no YAML */
export function labData(file) {
  return parse(readFileSync(file, 'utf8'), { version: '1.2', schema: 'core', stringKeys: true });
}
