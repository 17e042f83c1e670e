// The licences of the packages that a bundle contains: they ask to travel with it.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const FOLDER = 'node_modules/';

/** The text for LICENCES.txt. @param {Iterable<string>} modules paths of all modules of the bundle @returns {string} @throws when a package brings no licence */
export function licencesOf(modules) {
  const folders = new Map([...modules].map(packageOf).filter((one) => one !== undefined));
  const texts = [...folders].map(([folder, name]) => {
    const { version } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
    const file = readdirSync(folder).find((one) => /^licen[cs]e(?:\.(?:md|txt))?$/i.test(one));
    if (file === undefined) throw new Error(`${name} brings no licence: ${folder}`);
    return `${name} ${version}\n\n${readFileSync(path.join(folder, file), 'utf8').trim()}\n`;
  });
  return texts.sort().join(`\n${'-'.repeat(72)}\n\n`);
}

/** Folder and name of the package that a module is of; undefined for our own. @param {string} module @returns {readonly [string, string] | undefined} */
function packageOf(module) {
  const at = module.lastIndexOf(FOLDER);
  const name = /^(?:@[^/]+\/)?[^/]+/.exec(module.slice(at + FOLDER.length))?.[0];
  if (at < 0 || name === undefined) return undefined;
  // Names that bundlers make up begin with a NUL.
  return [path.join(module.slice(0, at).replace(/^\0/, ''), FOLDER, name), name];
}
