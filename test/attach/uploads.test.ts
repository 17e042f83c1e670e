// What curl posts arrives: the lab's server tells the digest of what it got, or sends it back.

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Folder } from '../cli.js';
import { pagesLab } from './labs.js';
import { describeAttached, LiveLab, sha256 } from './netns.js';

const SIZE = 10_000_000;
/** No two words of it are the same, so that nothing can change places. */
const BODY = new Uint8Array(
  Uint32Array.from({ length: SIZE / 4 }, (_, index) => Math.imul(index, 2654435761)).buffer,
);

describeAttached('curl posts', ['curl'], () => {
  const folder = new Folder();
  let lab: LiveLab;
  beforeAll(async () => {
    lab = await LiveLab.up(folder.write('pages.yaml', pagesLab()), '--attach', 'pc');
    writeFileSync(path.join(lab.home, 'body'), BODY);
  });
  afterAll(async () => {
    await lab?.down();
    folder.remove();
  });

  /** What curl printed, and what it said with -v. */
  const curl = async (...args: string[]) => {
    const { code, stdout, stderr } = await lab.run('pc', 'curl', ['-v', '-f', '--max-time', '30', ...args]);
    expect(code, stderr).toBe(0);
    return { stdout, stderr };
  };
  const page = (name: string): string => `http://www.lab.test/${name}`;
  const posted = ['--data-binary', '@body', '-H', 'Content-Type: image/png'];

  it.each([
    ['waiting for the word to go on', [], '< HTTP/1.1 100 Continue'],
    ['at once', ['-H', 'Expect:'], '> Content-Length: 10000000'],
    ['in chunks', ['-H', 'Transfer-Encoding: chunked'], '> Transfer-Encoding: chunked'],
    ['in chunks, at once', ['-H', 'Transfer-Encoding: chunked', '-H', 'Expect:'], '< HTTP/1.1 200 OK'],
  ])('10 MB, %s', async (_, options, sign) => {
    const { stdout, stderr } = await curl(...options, ...posted, page('in'));
    expect(JSON.parse(stdout)).toEqual({
      method: 'POST',
      target: '/in',
      type: 'image/png',
      length: SIZE,
      sha256: sha256(BODY),
    });
    expect(stderr).toContain(sign);
    expect(stderr.includes('100 Continue')).toBe(!options.includes('Expect:'));
  });

  it('10 MB by PUT, and they come back', async () => {
    const { stderr } = await curl('-T', 'body', page('back'), '-o', 'back');
    expect(stderr).toContain('> PUT /back HTTP/1.1');
    expect(sha256(readFileSync(path.join(lab.home, 'back')))).toBe(sha256(BODY));
  });

  it('a form', async () => {
    const { stdout } = await curl('-d', 'name=Ada', '-d', 'born=1815', page('back'));
    expect(stdout).toBe('name=Ada&born=1815');
  });

  it('more than the server keeps: 300 MB take no memory', async () => {
    const most = () => Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${lab.pid}/status`, 'utf8'))?.[1]);
    const before = most();
    const command = `head -c 300000000 /dev/zero | curl -sS -f --max-time 40 -T - ${page('in')}`;
    const told = await lab.expect('pc', 'sh', '-c', command);
    expect(JSON.parse(told)).toMatchObject({
      method: 'PUT',
      length: 300_000_000,
      sha256: sha256(new Uint8Array(300_000_000)),
    });
    // KiB.
    expect(most() - before).toBeLessThan(100_000);
  });

  it('two of them, and a page, on one connection', async () => {
    const { stderr } = await curl(
      ...['-d', 'one', page('in'), '--next', '-v', '-d', 'two', page('in'), '--next', '-v', page('1k')],
      ...['-o', '/dev/null'],
    );
    expect(stderr.match(/Re-using existing connection/g)).toHaveLength(2);
    expect(stderr.match(/Connected to www\.lab\.test/g)).toHaveLength(1);
    expect(stderr.match(/< HTTP\/1\.1 200 OK/g)).toHaveLength(3);
  });
});
