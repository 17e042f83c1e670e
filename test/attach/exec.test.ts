// `wirewalk exec --live` with a lot of output: it comes as fast as it is read, whole, and nothing piles up in the lab.

import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { filler, pagesLab } from './labs.js';
import { sha256 } from './netns.js';
import { RunningLabs, until } from './running.js';

const SIZE = 30_000_000;
/** A page in memory, a copy of it in the server's hands, and what is on its way. KiB. */
const ENOUGH = 150_000;

let labs: RunningLabs;
let pid: number;
beforeEach(async () => {
  labs = new RunningLabs();
  const lab = pagesLab().replace('/100M: { size: 100MB }', '/30M: { size: 30MB }');
  ({ pid } = await labs.up(labs.folder.write('pages.yaml', lab), '--no-attach'));
});
afterEach(() => labs.end());

const status = (name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
const get = ['exec', '--live', 'pages', 'pc', '--', 'curl', 'http://www.lab.test/30M'];

it('30 MB are the same bytes, and take little memory', async () => {
  const before = status('VmHWM');
  const { stdout, code } = await labs.run(...get);
  expect(code).toBe(0);
  expect(sha256(Buffer.from(stdout))).toBe(sha256(filler(SIZE)));
  expect(status('VmHWM') - before).toBeLessThan(ENOUGH);
});

it('who does not read slows it down, and gets all of it in the end', async () => {
  const before = status('VmHWM');
  const child = labs.start(...get);
  child.stdout?.pause();
  const sent = async (): Promise<number> => {
    const { stdout } = await labs.run('exec', '--live', 'pages', 'web', '--', 'ss', '-tinH');
    return Number(/bytes_acked:(\d+)/.exec(stdout)?.[1] ?? 0);
  };
  // Until pipes, sockets and buffers on the way are full.
  let stuck = 0;
  await until(async () => {
    const before = stuck;
    stuck = await sent();
    return stuck > 0 && stuck === before;
  });
  await new Promise((resolve) => setTimeout(resolve, 500));
  // What the probes of a closed window carry.
  expect((await sent()) - stuck).toBeLessThan(10_000);
  expect(stuck).toBeLessThan(SIZE / 3);
  expect(status('VmHWM') - before).toBeLessThan(ENOUGH);
  const pieces: Buffer[] = [];
  child.stdout?.on('data', (piece: Buffer) => pieces.push(piece));
  child.stdout?.resume();
  expect(await new Promise((resolve) => child.on('close', resolve))).toBe(0);
  expect(sha256(Buffer.concat(pieces))).toBe(sha256(filler(SIZE)));
});
