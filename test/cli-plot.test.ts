// `--plot`: the picture of TCP over time, as a file or on standard output, and what is said when there is none.

import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { Folder, wirewalk } from './cli.js';
import { labText } from './lab-runs.js';
import { readXml } from './read-xml.js';

const folder = new Folder();
afterAll(() => folder.remove());

const LAB = folder.write(
  'ping.yaml',
  labText('tcp-loss')
    .replace(/^(faults|checks):[\s\S]*/m, '')
    .replace(/browse: .*\}/, 'run: "ping -c 1 192.0.2.43" }'),
);

describe.concurrent('wirewalk run --plot', () => {
  it('writes the picture beside the walk', async () => {
    const file = folder.file('loss.svg');
    const { code, stdout, stderr } = await wirewalk(['run', 'tcp-loss', '--plot', file]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe((await wirewalk(['run', 'tcp-loss'])).stdout);
    const svg = readFileSync(file, 'utf8');
    expect(readXml(svg).elements[0]).toBe('svg');
    expect(svg).toContain('TCP over time: tcp-loss');
  });

  it('- is standard output, without the walk, and the exit code stays that of the run', async () => {
    const good = await wirewalk(['run', 'tcp-loss', '--plot', '-']);
    expect({ code: good.code, stderr: good.stderr }).toEqual({ code: 0, stderr: '' });
    expect(good.stdout).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
    expect(() => readXml(good.stdout)).not.toThrow();
    const failed = await wirewalk(['run', 'tcp-reset', '--plot', '-']);
    expect({ code: failed.code, stderr: failed.stderr }).toEqual({ code: 1, stderr: '' });
    expect(failed.stdout).toMatch(/^<svg /);
  });

  it('is there for a URL too, and --connection chooses', async () => {
    const { stdout } = await wirewalk(['http://www.example.com/', '--plot', '-', '--connection', 'pc ']);
    expect(stdout).toContain('pc 192.168.0.10:9999 → 93.184.216.34:80');
    expect(stdout).not.toContain('web 93');
  });

  it.each([
    [['run', LAB, '--plot', '-'], /There is nothing to plot: this run has no TCP connection\./],
    [
      ['run', 'tcp-loss', '--plot', '-', '--connection', 'nobody'],
      /No end of a TCP connection contains 'nobody'\. There are: web 192\.0\.2\.43:80 → 192\.0\.2\.21:51000, pc /,
    ],
    [['run', 'tcp-loss', '--connection', 'pc'], /--connection chooses what --plot draws/],
    [
      ['run', 'tcp-loss', '--plot', '/nowhere/at/all.svg'],
      /The picture \/nowhere\/at\/all\.svg can not be written: /,
    ],
  ])('%j is a mistake', async (args, words) => {
    const { code, stdout, stderr } = await wirewalk(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.replace(/\s+/g, ' ')).toMatch(words);
  });
});
