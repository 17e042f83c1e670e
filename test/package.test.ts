// The package as a stranger gets it: packed, installed in an empty folder, run, imported and type-checked.

import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'wirewalk-package-'));
const consumer = path.join(folder, 'consumer');

const run = (command: string, ...args: string[]) =>
  execFileSync(command, args, { cwd: consumer, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

describe('the packed package', { timeout: 180_000 }, () => {
  let packed: string[] = [];

  beforeAll(() => {
    if (!existsSync(path.join(root, 'dist/index.js')))
      throw new Error('dist is empty: run `npm run build` first');
    const report = execFileSync(
      'npm',
      ['pack', '--json', '--ignore-scripts', '--loglevel=error', '--pack-destination', folder],
      { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
    );
    packed = JSON.parse(report)[0].files.map((file: { path: string }) => file.path);
    mkdirSync(consumer);
    writeFileSync(path.join(consumer, 'package.json'), '{ "private": true, "type": "module" }\n');
    const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'))!;
    run('npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', `../${tarball}`);
  }, 180_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('holds the program and its types, and no tests, sources or build notes', () => {
    expect(packed).toEqual(
      expect.arrayContaining(['dist/index.js', 'dist/index.d.ts', 'dist/cli/wirewalk.mjs', 'LICENSE']),
    );
    expect(
      packed.filter((file) => /\.test\.|\.tsbuildinfo$|^(?:src|test|scripts|bench)\//.test(file)),
    ).toEqual([]);
  });

  it('holds every file its entry points name', () => {
    const { bin, exports } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
    const named = [...Object.values(bin), ...Object.values(exports['.'])] as string[];
    expect(packed).toEqual(expect.arrayContaining(named.map((file) => file.replace(/^\.\//, ''))));
  });

  it('runs as a command', () => {
    const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
    expect(run('npx', '--no-install', 'wirewalk', '--version')).toContain(version);
  });

  it('is imported by its name', () => {
    const names = run(
      'node',
      '-e',
      "import('wirewalk').then((all) => console.log(Object.keys(all).join(' ')))",
    );
    expect(names.trim()).not.toBe('');
  });

  it('has types that need nothing but ES2023', () => {
    const lines = [
      "import * as wirewalk from 'wirewalk';",
      'export const names: string[] = Object.keys(wirewalk);',
      '',
    ];
    writeFileSync(path.join(consumer, 'consumer.ts'), lines.join('\n'));
    const compiler = path.join(root, 'node_modules/typescript/bin/tsc');
    const options = '--noEmit --strict --target ES2023 --lib ES2023 --module nodenext --skipLibCheck false';
    const { stdout } = spawnSync(process.execPath, [compiler, ...options.split(' '), 'consumer.ts'], {
      cwd: consumer,
      encoding: 'utf8',
    });
    // Complaints about the types of our dependencies are not ours to fix.
    const ours = stdout
      .split('\n')
      .filter((line) => /^(?:consumer\.ts|node_modules\/wirewalk\/)|^error/.test(line));
    expect(ours).toEqual([]);
  });
});
