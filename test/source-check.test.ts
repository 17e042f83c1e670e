// The rules of the house hold in this tree, and every rule catches what it is there for.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the sources under test are written as text

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { codeOf } from '../scripts/code-of.mjs';
import { checkSources, IMPORT_TABLE } from '../scripts/source-check.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Checks a tree of its own: path -> text. A source that does not say what it is gets an opening comment. */
function check(files: Record<string, string>) {
  const folder = mkdtempSync(path.join(tmpdir(), 'wirewalk-source-'));
  try {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      writeFileSync(path.join(folder, file), text);
    }
    return checkSources(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const OPENING = '// A file that is made for this test.\n';
const source = (file: string, code: string) => ({ [file]: `${OPENING}${code}\n` });

it('the tree keeps the rules', () => {
  expect(
    checkSources(root).map(({ file, line, rule, reason }) => `${file}:${line}  ${rule}  ${reason}`),
  ).toEqual([]);
});

it('the import table and the project references say the same', () => {
  for (const [floor, allowed] of Object.entries(IMPORT_TABLE)) {
    const at = floor === 'index' ? 'src' : `src/${floor}`;
    const { references } = JSON.parse(readFileSync(path.join(root, at, 'tsconfig.json'), 'utf8'));
    const named = references.map((one: { path: string }) => path.posix.join(at, one.path));
    const expected = allowed.map((other) => (other === 'index' ? 'src' : `src/${other}`));
    expect(new Set(named), floor).toEqual(new Set(expected));
  }
});

describe('a violation is caught, with its path, its line and the reason', () => {
  const lab = {
    'labs/home.yaml':
      'pc: { mac: "02:00:00:00:00:0a", ip: 192.168.7.20/24, mask: 255.255.255.0 }\nurl: http://www.shop.example/\n',
    'labs/more.yaml': 'any: 0.0.0.0\nall: ff:ff:ff:ff:ff:ff\nfield: ip.ttl\nopen: http://www.example.com/\n',
  };
  // biome-ignore format: one case, one line
  const cases: [rule: string, name: string, files: Record<string, string>, at: string, reason: RegExp][] = [
    ['import-table', 'an upward import', source('src/wire/a.ts', "import { b } from '../stack/b.js';"), 'src/wire/a.ts:2', /wire must not import stack .*may import base/],
    ['import-table', 'an upward type', source('src/base/a.ts', "import type { B } from '../wire/b.js';"), 'src/base/a.ts:2', /base must not import wire .*may import nothing/],
    ['import-table', 'an import type in an expression', source('src/view/a.ts', "type A = import('../net/b.js').B;"), 'src/view/a.ts:2', /view must not import net/],
    ['page-imports', 'the page past the public names', source('web/src/a.tsx', "import { b } from '../../src/base/b.js';"), 'web/src/a.tsx:2', /by its public names/],
    ['page-imports', 'a package the page does not name', source('web/src/a.ts', "import { b } from 'left-pad';"), 'web/src/a.ts:2', /no package of web/],
    ['page-imports', 'a test of the page past the public names', source('web/src/a.test.ts', "import { it } from 'vitest';\nimport { b } from '../../test/b.js';"), 'web/src/a.test.ts:3', /by its public names/],
    ['page-imports', 'a test tool in the page', source('web/src/a.ts', "import { it } from 'vitest';"), 'web/src/a.ts:2', /no package of web/],
    ['page-imports', 'the kit of tests in the page', source('web/src/a.ts', "import { run } from './test/kit.js';"), 'web/src/a.ts:2', /is for tests only/],
    ['page', 'a test with text as code', source('web/src/a.test.ts', "eval('1');"), 'web/src/a.test.ts:2', /makes code of text/],
    ['page', 'text as markup', source('web/src/a.tsx', "export const b = <p dangerouslySetInnerHTML={{ __html: '' }} />;"), 'web/src/a.tsx:2', /makes markup of text/],
    ['page', 'text as code', source('web/src/a.ts', "eval('1');"), 'web/src/a.ts:2', /makes code of text/],
    ['page', 'a default export', source('web/src/a.ts', 'export default 1;'), 'web/src/a.ts:2', /no default exports/],
    ['import-table', 'a re-export', source('src/net/a.ts', "export {\n  b,\n} from '../service/b.js';"), 'src/net/a.ts:2', /net must not import service/],
    ['import-table', 'the public names from inside', source('src/lab/a.ts', "import { b } from '../index.js';"), 'src/lab/a.ts:2', /lab must not import index/],
    ['import-table', 'the command line in the public names', source('src/index.ts', "export { b } from './node/b.js';"), 'src/index.ts:2', /index must not import node/],
    ['import-table', 'a way out of src', source('src/lab/a.ts', "import b from '../../package.json';"), 'src/lab/a.ts:2', /from outside src/],
    ['import-table', 'a floor nobody knows', source('src/attic/a.ts', 'export const a = 1;'), 'src/attic/a.ts:1', /'attic' is no floor/],
    ['import-cycle', 'a cycle of types', { ...source('src/base/a.ts', "import type { B } from './b.js';"), ...source('src/base/b.ts', "import { c } from './c.js';"), ...source('src/base/c.ts', "export { a } from './a.js';"), }, 'src/base/c.ts:2', /src\/base\/a\.ts -> src\/base\/b\.ts -> src\/base\/c\.ts -> src\/base\/a\.ts/],
    ['repeatable', 'the clock', source('src/engine/a.ts', '\nexport const a = Date.now();'), 'src/engine/a.ts:3', /Date .*take the time from the context/],
    ['repeatable', 'the clock in a template', source('src/engine/a.ts', 'export const a = `at ${`${new Date()}`}`;'), 'src/engine/a.ts:2', /Date/],
    ['repeatable', 'random numbers', source('src/stack/a.ts', 'export const a = Math.random();'), 'src/stack/a.ts:2', /Math\.random differs in every run/],
    ['repeatable', 'inexact functions', source('src/stack/a.ts', 'export const a = Math.pow(2, 0.5);'), 'src/stack/a.ts:2', /Math\.pow is not exact/],
    ['repeatable', 'inexact functions by another name', source('src/stack/a.ts', 'const { sin } = Math;'), 'src/stack/a.ts:2', /Math is not exact/],
    ['repeatable', 'promises', source('src/net/a.ts', 'export const a = Promise.resolve();'), 'src/net/a.ts:2', /Promise lets the machine choose/],
    ['repeatable', 'async', source('src/net/a.ts', 'export async function a() {}'), 'src/net/a.ts:2', /async lets the machine choose/],
    ['repeatable', 'await', source('src/net/a.ts', 'await a;'), 'src/net/a.ts:2', /await lets the machine choose/],
    ['repeatable', 'the clock beside promises', source('src/adapter/a.ts', 'export const a = async () => await Date.now();'), 'src/adapter/a.ts:2', /Date .*take the time from the context/],
    ['repeatable', 'an import that waits', source('src/net/a.ts', "import('./b.js');"), 'src/net/a.ts:2', /makes a promise/],
    ['repeatable', "the machine's timers", source('src/lab/a.ts', 'setTimeout(a, 1);'), 'src/lab/a.ts:2', /setTimeout .*named timer/],
    ['repeatable', "the machine's stopwatch", source('src/lab/a.ts', 'performance.now();'), 'src/lab/a.ts:2', /performance .*named timer/],
    ['repeatable', "the machine's language", source('src/view/a.ts', 'export const a = (1).toLocaleString();'), 'src/view/a.ts:2', /toLocaleString depends on the language/],
    ['repeatable', "the machine's alphabet", source('src/view/a.ts', 'names.sort((x, y) => x.localeCompare(y));'), 'src/view/a.ts:2', /localeCompare depends on the language/],
    ['repeatable', 'Intl', source('src/index.ts', 'new Intl.Collator();'), 'src/index.ts:2', /Intl depends on the language/],
    ['repeatable', 'a way around', source('src/base/a.ts', "globalThis['Date'];"), 'src/base/a.ts:2', /globalThis is a way around/],
    ['shape', 'export *', source('src/index.ts', "export * from './base/a.js';"), 'src/index.ts:2', /`export \*` hides/],
    ['shape', 'a default export', source('src/base/a.ts', 'export default 1;'), 'src/base/a.ts:2', /no default exports/],
    ['shape', 'a default export by renaming', source('src/base/a.ts', 'export { a as default };'), 'src/base/a.ts:2', /no default exports/],
    ['shape', 'an enum', source('src/wire/a.ts', 'export const enum Flag { Syn }'), 'src/wire/a.ts:2', /no enums/],
    ['shape', 'a class hierarchy', source('src/device/a.ts', 'class Router<T extends Map<A, () => B>> extends Box<T> {}'), 'src/device/a.ts:2', /extends Box/],
    ['shape', 'a class of Node in the core', source('src/adapter/a.ts', 'class Socket extends Duplex {}'), 'src/adapter/a.ts:2', /extends Duplex/],
    ['names', 'a vague file', source('src/base/byte-utils.ts', ''), 'src/base/byte-utils.ts:1', /'utils' in 'byte-utils' says nothing/],
    ['names', 'a vague folder', source('src/base/helpers/a.ts', ''), 'src/base/helpers/a.ts:1', /'helpers' in 'helpers' says nothing/],
    ['names', 'capitals', source('src/base/frameStore.ts', ''), 'src/base/frameStore.ts:1', /'frameStore' is not kebab-case/],
    ['packages', 'Node in the core', source('src/net/a.ts', "import { readFileSync } from 'node:fs';"), 'src/net/a.ts:2', /imports 'node:fs', but net\/ imports no packages/],
    ['packages', 'a package in the core', source('src/stack/a.ts', "import '@noble/hashes/sha2.js';"), 'src/stack/a.ts:2', /imports '@noble\/hashes\/sha2\.js', but stack\//],
    ['packages', 'another package in lab', source('src/lab/a.ts', "import { Command } from 'commander';"), 'src/lab/a.ts:2', /lab\/ imports only yaml and zod/],
    ['opening-comment', 'a file that starts at once', { 'src/base/a.ts': 'export const a = 1;\n' }, 'src/base/a.ts:1', /does not open with a comment/],
    ['opening-comment', 'a comment that says nothing', { 'src/base/a.ts': '// a\nexport const a = 1;\n' }, 'src/base/a.ts:1', /does not open with a comment/],
    ['opening-comment', 'an order to a tool', { 'src/base/a.ts': '// biome-ignore-all lint: because of that\n' }, 'src/base/a.ts:1', /does not open with a comment/],
    ['unfinished', 'work left over', source('src/base/a.ts', '\n// TODO: the rest'), 'src/base/a.ts:3', /TODO: do it/],
    ['unfinished', 'work left over in a test', source('src/base/a.test.ts', '// FIXME'), 'src/base/a.test.ts:2', /FIXME: do it/],
    ['lab-value', 'an address', { ...lab, ...source('src/stack/a.ts', "const pc = '192.168.7.20';") }, 'src/stack/a.ts:2', /'192\.168\.7\.20' is a value of a lab \(IPv4 address in labs\/home\.yaml\)/],
    ['lab-value', 'an address in a comment', { ...lab, ...source('src/stack/a.ts', '// say 192.168.7.20.') }, 'src/stack/a.ts:2', /IPv4 address in labs\/home\.yaml/],
    ['lab-value', 'a MAC address', { ...lab, ...source('src/stack/a.ts', "const pc = '02:00:00:00:00:0A';") }, 'src/stack/a.ts:2', /'02:00:00:00:00:0A' is a value of a lab \(MAC address/],
    ['lab-value', 'a name', { ...lab, ...source('src/service/a.ts', "const shop = 'www.shop.example';") }, 'src/service/a.ts:2', /'www\.shop\.example' is a value of a lab \(host name/],
    ['lab-pin', 'a pinned port', { 'labs/home.yaml': 'name: home\npins:\n  pc:\n    udp-port: [4711] # 5 0000\nscript: []\n', ...source('src/stack/a.ts', 'const port = 4711;') }, 'src/stack/a.ts:2', /4711 is pinned in labs\/home\.yaml/],
    ['lab-value', 'the allowed example elsewhere', { ...lab, ...source('src/view/a.ts', '// http://www.example.com/') }, 'src/view/a.ts:2', /host name in labs\/more\.yaml/],
  ];

  it.each(cases)('%s: %s', (rule, _name, files, at, reason) => {
    const found = check(files).filter((violation) => violation.rule === rule);
    expect(found.map(({ file, line }) => `${file}:${line}`)).toEqual([at]);
    expect(found[0]?.reason).toMatch(reason);
  });

  it('covers every rule that is there', () => {
    const text = readFileSync(path.join(root, 'scripts/source-check.mjs'), 'utf8');
    const rules = [...text.matchAll(/report\(\s*'([a-z-]+)'/g)].map(([, rule]) => rule);
    expect(new Set(cases.map(([rule]) => rule))).toEqual(new Set(rules));
  });

  it('leaves alone what only looks like a violation', () => {
    const fine = [
      "import type { Mac } from '../base/mac.js';",
      '// Date, Math.random() and `export *` are words here; so are async and await.',
      '/* enum A {} class A extends B {} */',
      "export const text = 'Date.now() and \\' Math.sin(1)' + \"import a from '../node/a.js'\";",
      'export const template = `Date ${text.replace(/[`"/]Math.sin/g, "await")} import(\'../node/a.js\')`;',
      'export const header = { Date: text, class: 2 }.Date;',
      'export const half = (1 / 2) * Math.floor(Math.sqrt(16)); // Math.log(2) / 2',
      'export class Broken extends Error {}',
      'export class Table<K extends string, F extends (k: K) => void> {}',
      'export const simple = "255.255.255.0 0.0.0.0 ff:ff:ff:ff:ff:ff ip.ttl 1.192.168.7.20 192.168.7.201";',
    ].join('\n');
    const files = {
      ...lab,
      ...source('src/base/mac.ts', 'export type Mac = number;'),
      ...source('src/wire/simple-implicit.ts', fine),
      ...source(
        'src/wire/a.test.ts',
        "import { b } from '../node/b.js';\nawait Promise.resolve('192.168.7.20');",
      ),
      ...source(
        'web/src/a.test.ts',
        "import fc from 'fast-check';\nimport { it } from 'vitest';\nimport { run } from './test/kit.js';",
      ),
      ...source('web/src/test/kit.ts', "import fc from 'fast-check';\nimport { dissect } from 'wirewalk';"),
      ...source('src/lab/a.ts', "import { z } from 'zod';\nimport { parse } from 'yaml';"),
      ...source('src/adapter/b.ts', 'export const b = async () => new Promise(setImmediate);'),
      ...source('src/node/socket.ts', 'export class Socket extends Duplex {}'),
      'src/node/main.ts': `#!/usr/bin/env node\n${OPENING}import 'node:fs';\nawait Date.now(); // http://www.example.com/\n`,
    };
    expect(check(files)).toEqual([]);
  });
});

it('code keeps its length and lines when its words go', () => {
  expect(codeOf("a('b\\'c') // d\n/* e\n */ f")).toBe("a('    ')     \n    \n    f");
  expect(codeOf('`a${{ b: `c${d}` }}e` / /[/"]/g.f')).toBe('` ${{ b: ` ${d}` }} ` / /     /.f');
});
