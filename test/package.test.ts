// The package as a stranger gets it: packed, installed in an empty folder, run, imported and type-checked.

import { execFileSync, spawn, spawnSync } from 'node:child_process';
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
  let unpackedSize = 0;

  beforeAll(() => {
    if (!existsSync(path.join(root, 'dist/index.js')))
      throw new Error('dist is empty: run `npm run build` first');
    const report = execFileSync(
      'npm',
      ['pack', '--json', '--ignore-scripts', '--loglevel=error', '--pack-destination', folder],
      { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const [{ files, ...sizes }] = JSON.parse(report);
    packed = files.map((file: { path: string }) => file.path);
    unpackedSize = sizes.unpackedSize;
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
      packed.filter((file) =>
        /\.test\.|\.tsbuildinfo$|\.map$|\.tsx$|^(?:src|web|test|scripts|bench)\//.test(file),
      ),
    ).toEqual([]);
  });

  it('is not heavy', () => {
    expect(unpackedSize).toBeGreaterThan(1_000_000);
    expect(unpackedSize).toBeLessThan(6_000_000);
  });

  it('holds the page, and the licences of what page and program are made of', () => {
    expect(packed).toEqual(
      expect.arrayContaining(['dist/web/index.html', 'dist/web/service-worker.js', 'dist/web/icon.svg']),
    );
    const licences = (file: string) =>
      readFileSync(path.join(consumer, 'node_modules/wirewalk', file), 'utf8');
    const program = licences('dist/cli/LICENCES.txt');
    for (const name of ['commander', 'yaml', 'zod']) expect(program).toMatch(new RegExp(`^${name} \\d`, 'm'));
    // yaml and zod are in the page's worker only.
    const page = licences('dist/web/LICENCES.txt');
    for (const name of ['react', 'react-dom', '@codemirror/view', '@xterm/xterm', 'yaml', 'zod'])
      expect(page).toMatch(new RegExp(`^${name} \\d`, 'm'));
    expect(page.match(/^Copyright|\bCopyright \(c\)/gm)?.length).toBeGreaterThan(10);
  });

  it('holds every file its entry points name', () => {
    const { bin, exports } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
    const entries = Object.values(exports as Record<string, string | Record<string, string>>);
    const listed = entries.flatMap((entry) => (typeof entry === 'string' ? [] : Object.values(entry)));
    const named = [...Object.values(bin), ...listed] as string[];
    expect(named.length).toBe(8);
    expect(packed).toEqual(expect.arrayContaining(named.map((file) => file.replace(/^\.\//, ''))));
  });

  it('runs as a command', () => {
    const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
    expect(run('npx', '--no-install', 'wirewalk', '--version')).toContain(version);
  });

  it('serves its page', async () => {
    const child = spawn('npx', ['--no-install', 'wirewalk', 'serve', '--port', '0', 'campus'], {
      cwd: consumer,
      stdio: ['ignore', 'pipe', 'inherit'],
      // A group of its own, so that npx and the program can be stopped together.
      detached: true,
    });
    const end = new Promise((resolve) => child.once('close', resolve));
    try {
      const address = await new Promise<string>((resolve, reject) => {
        child.stdout.on('data', (piece: Buffer) => {
          const [found] = /http:\S+/.exec(piece.toString()) ?? [];
          if (found !== undefined) resolve(found);
        });
        child.once('exit', (code) => reject(new Error(`ended with ${code}`)));
      });
      expect(address).toMatch(/#lab=campus$/);
      const html = await (await fetch(address)).text();
      expect(html).toContain('<title>wirewalk</title>');
      const parts = [...html.matchAll(/\b(?:src|href)="([^"]+)"/g)].map(([, part]) => part!);
      expect(parts.filter((part) => part.endsWith('.js')).length).toBeGreaterThan(0);
      // The files that the service worker keeps are all there are, the workers' among them.
      const worker = await (await fetch(new URL('service-worker.js', address))).text();
      const kept = [...worker.matchAll(/"(assets\/[^"]+)"/g)].map(([, part]) => part!);
      expect(kept.some((part) => part.includes('engine-worker'))).toBe(true);
      for (const part of [...parts, ...kept]) {
        const response = await fetch(new URL(part, address));
        expect(response.status, part).toBe(200);
        expect((await response.arrayBuffer()).byteLength, part).toBeGreaterThan(0);
      }
    } finally {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGINT');
    }
    await end;
  });

  it.each([
    ['wirewalk', 'World readLab runLab'],
    ['wirewalk/streams', 'SocketError Turns connectTcp listenTcp'],
    ['wirewalk/node', 'HostNet SimulatedNet SimulatedServer SimulatedSocket Turns simulatedNet'],
  ])('is imported as %s', (name, some) => {
    const names = run(
      'node',
      '-e',
      `import('${name}').then((all) => console.log(Object.keys(all).join(' ')))`,
    );
    expect(names.trim().split(' ')).toEqual(expect.arrayContaining(some.split(' ')));
  });

  const NODE_TYPES = `--types node --typeRoots ${path.join(root, 'node_modules/@types')}`;
  const FETCH = `
    import { World } from 'wirewalk';
    import { connectTcp, Turns, type TcpStreams } from 'wirewalk/streams';
    const world = new World();
    const streams: TcpStreams = connectTcp(new Turns(world), world.addHost('a'), { hostname: 'b', port: 80 });
    export const piped: Promise<void> = streams.readable.pipeTo(streams.writable);
  `;
  it.each([
    [
      'wirewalk needs nothing but ES2023',
      '--lib ES2023',
      `import * as wirewalk from 'wirewalk';
       export const names: string[] = Object.keys(wirewalk);`,
    ],
    ['wirewalk/streams needs streams: of the DOM', '--lib ES2023,DOM', FETCH],
    ['wirewalk/streams needs streams: or of Node', `--lib ES2023 ${NODE_TYPES}`, FETCH],
    [
      'wirewalk/node fits node:http',
      `--lib ES2023 ${NODE_TYPES}`,
      `import http from 'node:http';
       import type { Duplex } from 'node:stream';
       import { World } from 'wirewalk';
       import { simulatedNet } from 'wirewalk/node';
       const { agent, connect, createConnection, serve } = simulatedNet(new World()).host('a');
       export const socket: Duplex = connect({ port: 80, host: 'b' }, () => {});
       serve(http.createServer(), 80).close();
       http.get('http://b/', { agent: agent({ keepAlive: true }) });
       http.get('http://b/', { createConnection });`,
    ],
  ])('has types: %s', (_name, options, program) => {
    writeFileSync(path.join(consumer, 'consumer.ts'), program);
    const compiler = path.join(root, 'node_modules/typescript/bin/tsc');
    const words = `--noEmit --strict --target ES2023 --module nodenext --skipLibCheck false ${options}`.split(
      ' ',
    );
    const { stdout } = spawnSync(process.execPath, [compiler, ...words, 'consumer.ts'], {
      cwd: consumer,
      encoding: 'utf8',
    });
    // Complaints about the types of our dependencies are not ours to fix.
    const ours = stdout
      .split('\n')
      .filter((line) => /^(?:consumer\.ts|node_modules\/wirewalk\/)|^error/.test(line));
    expect(ours).toEqual([]);
  });

  it('carries node:http when it is installed', () => {
    const program = readFileSync(path.join(root, 'examples/node-http.mjs'), 'utf8');
    writeFileSync(path.join(consumer, 'node-http.mjs'), program);
    expect(run('node', 'node-http.mjs')).toMatch(/^200 GET \/ with 0 bytes/);
  });
});
