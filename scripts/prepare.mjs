// What `npm start` and `npm test` do first: install and build what is missing. Speaks on stderr only.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
export const main = path.join(root, 'dist/cli/wirewalk.mjs');

/** @param {string} line */
export const progress = (line) => process.stderr.write(`wirewalk: ${line}\n`);

/** Runs npm itself: the one that runs us, otherwise the one in PATH. @param {string[]} args */
export function npm(args, options = {}) {
  const own = process.env.npm_execpath;
  const [command, ...first] = own?.endsWith('.js') ? [process.execPath, own] : ['npm'];
  const shell = command === 'npm' && process.platform === 'win32';
  return spawnSync(command, [...first, ...args], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    shell,
    ...options,
  });
}

/** Is what npm noted in node_modules what the lockfile asks for? Packages for other machines may be missing. */
function isInstalled() {
  const [wanted, present] = ['package-lock.json', 'node_modules/.package-lock.json'].map((file) =>
    existsSync(path.join(root, file)) ? JSON.parse(readFileSync(path.join(root, file), 'utf8')).packages : {},
  );
  return Object.keys(wanted).every((at) => {
    if (at === '') return true;
    if (!present[at]) return wanted[at].optional || wanted[at].devOptional;
    return present[at].version === wanted[at].version && present[at].integrity === wanted[at].integrity;
  });
}

/** Installs the packages of the lockfile unless they are there. False when that failed. */
export function install() {
  if (isInstalled()) return true;
  progress('installing packages (npm ci) …');
  const { status } = npm(['ci', '--ignore-scripts', '--include=dev', '--loglevel=error'], {
    stdio: ['ignore', 2, 2],
  });
  if (status === 0) return true;
  progress('the packages could not be installed');
  return false;
}

/** Compiles what changed, bundles the command line and builds the page; prints only when that fails. False when it did. */
export function build() {
  const compiled = path.join(root, 'dist/node/main.js');
  // The compiler trusts its notes in dist/: when somebody removed the program but left the notes, start over.
  const again = existsSync(path.join(root, 'dist')) && !existsSync(compiled) ? ['--force'] : [];
  if (!quietly(path.join(root, 'node_modules/typescript/bin/tsc'), ['-b', ...again])) return false;
  if (!isBundled() && !quietly(path.join(root, 'scripts/bundle.mjs'), [])) return false;
  return isPageBuilt() || quietly(path.join(root, 'node_modules/vite/bin/vite.js'), ['build', 'web']);
}

/** Is the bundle newer than what the compiler noted when it last wrote something? */
function isBundled() {
  return existsSync(main) && isCompiledBefore(statSync(main).mtimeMs);
}

/** What the page is made of, besides the program. */
const PAGE_PARTS = [
  'web',
  'labs',
  'package.json',
  'package-lock.json',
  'scripts/lab-data.mjs',
  'scripts/licences.mjs',
];

/** Is the page newer than everything it is made of? */
function isPageBuilt() {
  const page = path.join(root, 'dist/web/index.html');
  if (!existsSync(page)) return false;
  const { mtimeMs } = statSync(page);
  return isCompiledBefore(mtimeMs) && PAGE_PARTS.every((part) => isOlder(path.join(root, part), mtimeMs));
}

/** Of a folder: with all that is in it but packages. @param {string} file @param {number} time @returns {boolean} */
function isOlder(file, time) {
  const entry = statSync(file);
  if (!entry.isDirectory()) return entry.mtimeMs < time;
  const names = readdirSync(file).filter((name) => name !== 'node_modules');
  // A folder's own time tells that something was removed from it.
  return entry.mtimeMs < time && names.every((name) => isOlder(path.join(file, name), time));
}

/** @param {number} time */
function isCompiledBefore(time) {
  const notes = readdirSync(path.join(root, 'dist'), { recursive: true, encoding: 'utf8' });
  return notes
    .filter((file) => file.endsWith('.tsbuildinfo'))
    .every((file) => statSync(path.join(root, 'dist', file)).mtimeMs < time);
}

/** Runs a script of Node's; shows what it says only when it fails. @param {string} script @param {string[]} args */
function quietly(script, args) {
  const run = spawnSync(process.execPath, [script, ...args], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (run.status === 0) return true;
  process.stderr.write(run.stdout + run.stderr);
  progress('the build failed');
  return false;
}
