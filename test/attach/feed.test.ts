// Looking at a lab in which a lot happens: a capture has every frame, and who can't be told everything is told that.

import { afterEach, beforeEach, expect, it } from 'vitest';
import { outcomeOf } from '../cli.js';
import { describeWithJudge } from '../judge.js';
import { readWithTshark } from '../tshark.js';
import { pagesLab } from './labs.js';
import { RunningLabs } from './running.js';

const SIZE = 5_000_000;

let labs: RunningLabs;
beforeEach(() => {
  labs = new RunningLabs();
});
afterEach(() => labs.end());

/** A lab whose longest cable carries so much; returns how to get a page in it. */
async function up(rate: string) {
  const lab = pagesLab(`rate: ${rate}`).replace('/100M: { size: 100MB }', '/5M: { size: 5MB }');
  await labs.up(labs.folder.write('pages.yaml', lab), '--no-attach');
  return async (): Promise<void> => {
    const get = ['curl', '-s', '-o', '/dev/null', '-w', '%{size_download}', 'http://www.lab.test/5M'];
    const { stdout } = await labs.run('exec', '--live', 'pages', 'pc', '--', ...get);
    expect(stdout).toBe(String(SIZE));
  };
}

/** A command that looks at the lab; `end` gives what it said on stderr. */
async function looking(...args: readonly string[]): Promise<{ end(): Promise<string> }> {
  const child = labs.start(...args);
  const outcome = outcomeOf(child);
  await new Promise<void>((resolve) => child.stderr?.once('data', () => resolve()));
  await new Promise((resolve) => setTimeout(resolve, 300));
  return {
    async end() {
      await new Promise((resolve) => setTimeout(resolve, 500));
      child.kill('SIGINT');
      return (await outcome).stderr;
    },
  };
}

describeWithJudge('tshark', 'a capture of 5 MB at 100 Mbit/s', (tshark) => {
  it.each([
    ['with sentences', []],
    ['without', ['--no-comments']],
  ])('has every byte at every place: %s', async (_, options) => {
    const get = await up('100M');
    const file = labs.folder.file('bulk.pcapng');
    const { end } = await looking('capture', '--live', ...options, '-w', file);
    await get();
    const said = await end();
    expect(said).not.toContain('are not there');
    const frames = await readWithTshark(tshark, file, ['frame.interface_name', 'tcp.srcport', 'tcp.len']);
    expect(said).toContain(`${frames.length} frames`);
    const bytes = new Map<string, number>();
    for (const { 'frame.interface_name': place, 'tcp.srcport': port, 'tcp.len': length } of frames)
      if (port?.[0] === '80')
        bytes.set(place?.[0] ?? '', (bytes.get(place?.[0] ?? '') ?? 0) + Number(length?.[0]));
    for (const place of ['web:eth0', 'pc:eth0', 'router:lan', 'router:net', 'switch:1', 'switch:3']) {
      expect(bytes.get(place), place).toBeGreaterThan(SIZE);
      expect(bytes.get(place), place).toBeLessThan(SIZE + 1_000);
    }
  });
});

it('`watch` says how much it skipped, and goes on', async () => {
  const get = await up('1G');
  const child = labs.start('watch', 'pages', '--brief');
  const outcome = outcomeOf(child);
  await new Promise<void>((resolve) => child.stderr?.once('data', () => resolve()));
  await new Promise((resolve) => setTimeout(resolve, 300));
  await get();
  await new Promise((resolve) => setTimeout(resolve, 500));
  await labs.run('exec', '--live', 'pages', 'laptop', '--', 'ping', '-c', '1', '10.2.0.2');
  await new Promise((resolve) => setTimeout(resolve, 500));
  child.kill('SIGINT');
  const { stdout, stderr } = await outcome;
  expect(stderr).toMatch(/^wirewalk: \d{4,} events were skipped: they came faster than they can be told\.$/m);
  expect(stdout).toMatch(/laptop .*echo request/i);
});
