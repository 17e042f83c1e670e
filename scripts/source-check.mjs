// The rules of the house that the compiler cannot see (DESIGN §2, §11). A test runs them over the real tree;
// `node scripts/source-check.mjs [ROOT]` prints each violation as `file:line  rule  reason`.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { codeOf } from './code-of.mjs';

/** @typedef {{ rule: string, file: string, line: number, reason: string }} Violation */
/** @typedef {{ file: string, floor: string, test: boolean, text: string, code: string }} Source */
/** @typedef {{ specifier: string, offset: number, target: string | undefined }} Import */
/** @typedef {(rule: string, source: Source, offset: number, reason: string) => void} Report */

const BELOW_SERVICE = ['base', 'wire', 'trace', 'stack'];
const BELOW_LAB = [...BELOW_SERVICE, 'service', 'device', 'engine', 'net'];

/** Which floor may import which; a floor may always import itself. Keep in step with src/<floor>/tsconfig.json. */
/** @type {Record<string, readonly string[]>} */
export const IMPORT_TABLE = {
  base: [],
  wire: ['base'],
  trace: ['base'],
  engine: ['base'],
  stack: ['base', 'wire', 'trace'],
  service: BELOW_SERVICE,
  device: [...BELOW_SERVICE, 'service'],
  net: ['base', 'wire', 'trace', 'engine', 'stack', 'device'],
  lab: [...BELOW_LAB, 'view'],
  view: ['base', 'wire', 'trace'],
  index: [...BELOW_LAB, 'lab', 'view'],
  adapter: BELOW_LAB,
  node: [...BELOW_LAB, 'lab', 'view', 'adapter', 'index'],
};

/** The floors that a lab runs on: no number that a lab pins may stand there. */
const ENGINE = new Set(['base', 'wire', 'trace', 'engine', 'stack', 'service', 'device', 'net']);

/** Packages a floor may import; node/ may import every package. */
/** @type {Record<string, readonly string[]>} */
const PACKAGES = { lab: ['yaml', 'zod'], service: ['@noble/hashes'] };

/** Where the promises of the platform meet the engine: it may make promises, and wait for a turn of the event loop. */
const BETWEEN = 'adapter';
const PROMISING = new Set(['Promise', 'async', 'await', 'setImmediate']);

/** Classes of Node that are made to be extended. */
const NODE_CLASSES = new Set(['Duplex', 'EventEmitter']);

/** What would make two runs differ, and why. Matched in code only: never inside comments or strings. */
/** @type {readonly (readonly [RegExp, string])[]} */
const NOT_REPEATABLE = [
  [/(?<![.\w$])Date\b(?!\s*:)/g, 'is the clock of the machine: take the time from the context'],
  [/(?<![.\w$])Math\s*\.\s*random\b/g, 'differs in every run: take randomness from the context'],
  [
    /(?<![.\w$])Math\b(?!\s*\.\s*(?:random|abs|ceil|floor|round|trunc|sign|min|max|imul|clz32|fround|sqrt)\b)(?:\s*\.\s*\w+)?/g,
    'is not exact on every machine: use whole numbers, + - * / or Math.sqrt',
  ],
  [/(?<![.\w$])(?:Promise|async|await|queueMicrotask)\b/g, 'lets the machine choose the order: use events'],
  [/(?<![.\w$])import\s*\(/g, 'makes a promise: write an import statement'],
  [
    /(?<![.\w$])(?:setTimeout|setInterval|setImmediate|performance)\b/g,
    'is no clock of ours: use a named timer',
  ],
  [/(?<![\w$])(?:Intl|toLocale\w*|localeCompare)\b/g, 'depends on the language of the machine'],
  [/(?<![.\w$])(?:WeakRef|FinalizationRegistry)\b/g, 'depends on the garbage collector'],
  [/(?<![.\w$])globalThis\b/g, 'is a way around the rules of the core'],
];

const VAGUE_NAMES = /^(?:util|utils|helper|helpers|manager|managers|impl)$/;

/** Values that belong to the Internet and not to a lab: any-host, loopback, masks, multicast, special names. */
const GENERAL_VALUES = [
  /^(?:0|255)(?:\.\d+){3}$|^127\.0\.0\.[01]$|^224\.0\.0\.\d+$/,
  /^00(?::00){5}$|^[\da-f][13579bdf](?::[\da-f]{2}){5}$/i,
  /^(?:home|in-addr|ip6)\.arpa$/i,
];
/** Blocks that the RFCs set aside (RFC 1918, RFC 5737), as long as they carry their own length. */
const GENERAL_BLOCKS =
  /\b(?:10\.0\.0\.0\/8|172\.16\.0\.0\/12|192\.168\.0\.0\/16|192\.0\.2\.0\/24|198\.51\.100\.0\/24|203\.0\.113\.0\/24)\b/g;

/** Where a value that a lab also uses may stand. */
const ALLOWED_LAB_VALUES = [
  {
    folder: 'src/node/',
    text: 'http://www.example.com/',
    reason: 'the example in --help and the default of the command line',
  },
];

const LAB_VALUES = [
  { kind: 'IPv4 address', pattern: /(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w]|\.\d)/g },
  { kind: 'MAC address', pattern: /(?<![\w:])[\da-f]{2}(?::[\da-f]{2}){5}(?![\w:])/gi },
  {
    kind: 'host name', // the top-level domains a lab uses: not every dotted word, because ip.ttl is a field
    pattern:
      /(?<![\w.-])(?:[a-z0-9_-]+\.)+(?:com|net|org|edu|io|dev|arpa|example|test|invalid|local|lan|internal)(?![\w-]|\.\w)/gi,
  },
];

/** @param {Source} source @returns {Import[]} */
function importsOf({ file, code, text }) {
  const imports = [];
  const pattern =
    /(?<![.\w$])(?:import\s*(?:type\s+)?(?:[\w$*{}\s,]+?\bfrom\s*)?|import\s*\(\s*|export\s+(?:type\s+)?(?:\*(?:\s+as\s+\w+)?|\{[^}]*\})\s*from\s*)(['"])(\s*)\1/g;
  for (const match of code.matchAll(pattern)) {
    const start = match.index + match[0].length - 1 - match[2].length;
    const specifier = text.slice(start, start + match[2].length);
    const target = specifier.startsWith('.')
      ? path.posix.join(path.posix.dirname(file), specifier).replace(/\.js$/, '.ts')
      : undefined;
    imports.push({ specifier, offset: match.index, target });
  }
  return imports;
}

/** @param {string} file */
const floorOf = (file) =>
  file.split('/').length > 2 ? file.split('/')[1] : path.posix.basename(file, '.ts');

/** @param {Source} source @param {Import[]} imports @param {Report} report */
function checkImports(source, imports, report) {
  const { floor } = source;
  if (!IMPORT_TABLE[floor]) report('import-table', source, 0, `'${floor}' is no floor of the house`);
  for (const { specifier, offset, target } of imports) {
    if (target === undefined) {
      const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
      if (floor === 'node' || PACKAGES[floor]?.includes(name)) continue;
      const may = PACKAGES[floor] ? `only ${PACKAGES[floor].join(' and ')}` : 'no packages: only node/ does';
      report('packages', source, offset, `imports '${specifier}', but ${floor}/ imports ${may}`);
    } else if (!target.startsWith('src/')) {
      if (floor !== 'node') report('import-table', source, offset, `imports '${specifier}' from outside src`);
    } else if (floorOf(target) !== floor && !IMPORT_TABLE[floor]?.includes(floorOf(target))) {
      const may = IMPORT_TABLE[floor]?.join(', ') || 'nothing';
      report(
        'import-table',
        source,
        offset,
        `${floor} must not import ${floorOf(target)} ('${specifier}'): it may import ${may}`,
      );
    }
  }
}

/** @param {Map<string, { source: Source, imports: Import[] }>} files @param {Report} report */
function checkCycles(files, report) {
  const done = new Set();
  /** @type {string[]} */
  const trail = [];
  const visit = (/** @type {string} */ file) => {
    trail.push(file);
    const { source, imports } = /** @type {{ source: Source, imports: Import[] }} */ (files.get(file));
    for (const { target, offset } of imports) {
      if (target === undefined || !files.has(target) || done.has(target)) continue;
      const at = trail.indexOf(target);
      if (at < 0) visit(target);
      else
        report(
          'import-cycle',
          source,
          offset,
          `closes a cycle: ${[...trail.slice(at), target].join(' -> ')}`,
        );
    }
    trail.pop();
    done.add(file);
  };
  for (const file of files.keys()) if (!done.has(file)) visit(file);
}

/** @param {Source} source @param {Report} report */
function checkShape(source, report) {
  const { code } = source;
  const find = (/** @type {RegExp} */ pattern, /** @type {string} */ reason) => {
    for (const match of code.matchAll(pattern)) report('shape', source, match.index, reason);
  };
  find(/(?<![.\w$])export\s*(?:type\s*)?\*/g, '`export *` hides what is public: list the names');
  find(
    /(?<![.\w$])export\s+default\b|\bas\s+default\b/g,
    'no default exports: a thing has one name everywhere',
  );
  find(
    /(?<![.\w$])enum\s+[A-Za-z_$][\w$]*\s*\{/g,
    'no enums: use a union of literals or an object `as const`',
  );
  for (const match of code.matchAll(/(?<![.\w$])class\b(?:\s+(?!extends\b)[\w$]+)?\s*/g)) {
    let at = match.index + match[0].length;
    for (let depth = 0; code[at] === '<' || depth > 0; at++) {
      if (at >= code.length) break;
      if (code[at] === '<') depth++;
      else if (code[at] === '>' && code[at - 1] !== '=') depth--;
    }
    const base = /^\s*extends\s+([\w$.]+)/.exec(code.slice(at, at + 200))?.[1];
    if (base && base !== 'Error' && !(source.floor === 'node' && NODE_CLASSES.has(base)))
      report(
        'shape',
        source,
        match.index,
        `no class hierarchies: \`extends ${base}\` (only Error is allowed)`,
      );
  }
}

/** @param {Source} source @param {Report} report */
function checkWords(source, report) {
  const { file, text } = source;
  const name = path.posix.basename(file).replace(/(?:\.test|\.d|\.config)?\.tsx?$/, '');
  const folders = path.posix.dirname(file).split('/');
  for (const part of [...folders, name]) {
    if (!/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(part)) report('names', source, 0, `'${part}' is not kebab-case`);
    const vague = part.split(/[-.]/).find((word) => VAGUE_NAMES.test(word));
    if (vague) report('names', source, 0, `'${vague}' in '${part}' says nothing: name the concept`);
  }
  const opening = /^\uFEFF?(?:#!.*\n)?((?:\/\/.*\n?)+|\/\*\*[\s\S]*?\*\/)/.exec(text)?.[1] ?? '';
  if (!/\w+\W+\w/.test(opening) || /^\W*(?:biome-|@?ts-)/.test(opening)) {
    report('opening-comment', source, 0, 'does not open with a comment that says what the file is');
  }
  for (const match of text.matchAll(/\b(?:TODO|FIXME)\b/g)) {
    report('unfinished', source, match.index, `${match[0]}: do it, or write it down outside the source`);
  }
}

/** @param {Source} source @param {Report} report */
function checkRepeatable(source, report) {
  for (const [pattern, reason] of NOT_REPEATABLE) {
    for (const match of source.code.matchAll(pattern)) {
      if (source.floor === BETWEEN && PROMISING.has(match[0])) continue;
      report('repeatable', source, match.index, `${match[0].replace(/\s/g, '')} ${reason}`);
    }
  }
}

/** The addresses and names of the built-in labs: value -> `kind in file`. @param {string} root */
function labValues(root) {
  const values = new Map();
  for (const file of filesBelow(root, 'labs').filter((name) => /\.ya?ml$/.test(name))) {
    const text = readFileSync(path.join(root, file), 'utf8').replace(GENERAL_BLOCKS, ' ');
    for (const { kind, pattern } of LAB_VALUES) {
      for (const [value] of text.matchAll(pattern)) {
        if (!GENERAL_VALUES.some((general) => general.test(value)))
          values.set(value.toLowerCase(), `${kind} in ${file}`);
      }
    }
  }
  return values;
}

/** @param {Source} source @param {Map<string, string>} values @param {Report} report */
function checkLabValues(source, values, report) {
  const hide = (/** @type {string} */ found) => ' '.repeat(found.length);
  let text = source.text.replace(GENERAL_BLOCKS, hide);
  for (const allowed of ALLOWED_LAB_VALUES) {
    if (source.file.startsWith(allowed.folder)) text = text.replaceAll(allowed.text, hide);
  }
  for (const { pattern } of LAB_VALUES) {
    for (const match of text.matchAll(pattern)) {
      const from = values.get(match[0].toLowerCase());
      if (from)
        report(
          'lab-value',
          source,
          match.index,
          `'${match[0]}' is a value of a lab (${from}): the engine must not know it`,
        );
    }
  }
}

/** Numbers that the labs pin: number -> file. Small ones mean many things. @param {string} root */
function pinnedNumbers(root) {
  const numbers = new Map();
  for (const file of filesBelow(root, 'labs').filter((name) => /\.ya?ml$/.test(name))) {
    const text = readFileSync(path.join(root, file), 'utf8');
    const [pins = ''] = /^pins:\n(?:(?:[ #].*)?\n)*/m.exec(text) ?? [];
    for (const [number] of pins.replace(/#.*/g, '').matchAll(/\b\d{4,}\b/g)) numbers.set(number, file);
  }
  return numbers;
}

/** @param {Source} source @param {Map<string, string>} numbers @param {Report} report */
function checkPinnedNumbers(source, numbers, report) {
  for (const match of source.text.matchAll(/(?<![\w.])\d{4,}(?![\w.]\d|\w)/g)) {
    const from = numbers.get(match[0]);
    if (from)
      report('lab-pin', source, match.index, `${match[0]} is pinned in ${from}: the engine must not know it`);
  }
}

/** All files below a folder, as paths from the root with `/`. @param {string} root @param {string} folder @returns {string[]} */
function filesBelow(root, folder) {
  if (!existsSync(path.join(root, folder))) return [];
  return readdirSync(path.join(root, folder), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) =>
      entry.isDirectory() ? filesBelow(root, `${folder}/${entry.name}`) : [`${folder}/${entry.name}`],
    );
}

/** What would let text of a lab, a packet or an address become markup or code, and why it is not needed. */
/** @type {readonly (readonly [RegExp, string])[]} */
const NOT_ON_A_PAGE = [
  [
    /\b(?:dangerouslySetInnerHTML|innerHTML|outerHTML|insertAdjacentHTML|srcdoc)\b|\bdocument\.write/g,
    'makes markup of text: let React show it',
  ],
  [/(?<![.\w$])(?:eval|Function)\s*\(/g, 'makes code of text'],
  [/^export default\b/gm, 'no default exports: a thing has one name everywhere'],
  [/^export \*/gm, '`export *` hides what is public: list the names'],
];

/** Tests of the page, and what they share; what they may import besides. */
const TEST_OF_PAGE = /\.test\.ts$|^web\/src\/test\//;
const TEST_PACKAGES = ['vitest', 'fast-check'];

/** The page: the package by its public names, its own packages, nothing that runs what it shows. @param {Source} source @param {readonly string[]} packages @param {Report} report */
function checkPage(source, packages, report) {
  const { file, text } = source;
  const isBuild = !file.startsWith('web/src/');
  for (const match of text.matchAll(/\b(?:from|import)\s*\(?\s*'([^']+)'/g)) {
    const specifier = match[1];
    if (specifier.startsWith('.')) {
      const target = path.posix.join(path.posix.dirname(file), specifier);
      if (!target.startsWith('web/') && !(isBuild && target.startsWith('scripts/')))
        report('page-imports', source, match.index, `'${specifier}': import 'wirewalk' by its public names`);
      else if (!source.test && TEST_OF_PAGE.test(target))
        report('page-imports', source, match.index, `'${specifier}' is for tests only`);
      continue;
    }
    const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
    const isKnown =
      name === 'wirewalk' ||
      name === 'virtual:labs' ||
      packages.includes(name) ||
      (source.test && TEST_PACKAGES.includes(name)) ||
      (isBuild && name.startsWith('node:'));
    if (!isKnown)
      report('page-imports', source, match.index, `'${specifier}' is no package of web/package.json`);
  }
  for (const [pattern, reason] of NOT_ON_A_PAGE) {
    if (isBuild && pattern.source.startsWith('^export default')) continue;
    for (const match of text.matchAll(pattern)) report('page', source, match.index, `${match[0]}: ${reason}`);
  }
}

/** Checks `root`/src and `root`/web against every rule. @param {string} root @returns {Violation[]} */
export function checkSources(root) {
  /** @type {Violation[]} */
  const violations = [];
  /** @type {Report} */
  const report = (rule, { file, text }, offset, reason) =>
    violations.push({ rule, file, line: text.slice(0, offset).split('\n').length, reason });
  const values = labValues(root);
  const numbers = pinnedNumbers(root);
  const files = new Map();
  for (const file of filesBelow(root, 'src').filter((name) => name.endsWith('.ts'))) {
    const text = readFileSync(path.join(root, file), 'utf8');
    const source = { file, floor: floorOf(file), test: /\.test\.ts$/.test(file), text, code: codeOf(text) };
    checkWords(source, report);
    checkShape(source, report);
    if (source.test) continue; // a test may import anything, wait for anything and use the values of the labs
    const imports = importsOf(source);
    files.set(file, { source, imports });
    checkImports(source, imports, report);
    if (source.floor !== 'node') checkRepeatable(source, report);
    checkLabValues(source, values, report);
    if (ENGINE.has(source.floor)) checkPinnedNumbers(source, numbers, report);
  }
  checkCycles(files, report);
  const manifest = path.join(root, 'web/package.json');
  const packages = existsSync(manifest)
    ? Object.keys(JSON.parse(readFileSync(manifest, 'utf8')).devDependencies ?? {})
    : [];
  for (const file of filesBelow(root, 'web').filter((name) => /(?<!node_modules.*)\.tsx?$/.test(name))) {
    const text = readFileSync(path.join(root, file), 'utf8');
    const source = { file, floor: 'web', test: TEST_OF_PAGE.test(file), text, code: text };
    checkWords(source, report);
    checkPage(source, packages, report);
  }
  return violations;
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const root = process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url));
  const violations = checkSources(root);
  for (const { file, line, rule, reason } of violations) console.log(`${file}:${line}  ${rule}  ${reason}`);
  if (violations.length > 0) process.exitCode = 1;
}
