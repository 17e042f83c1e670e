// A lab in real time within the test's own process, where a test can be the program on the other side: what curl posts
// arrives byte for byte, and a lab into which somebody shouts goes on serving.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, expect, it } from 'vitest';
import { encodeUtf8 } from '../../src/base/text.js';
import { MINUTE } from '../../src/base/time.js';
import { buildWorld } from '../../src/lab/build-world.js';
import { runCommandToEnd } from '../../src/lab/console/console.js';
import { readLab } from '../../src/lab/read-lab.js';
import { attachNamespace, removeMade } from '../../src/node/live/attach-namespace.js';
import type { FramePort } from '../../src/node/live/frame-port.js';
import { type LiveLab, type PluggedNode, prepareLive } from '../../src/node/live/live-lab.js';
import type { PageLoad } from '../../src/service/browser.js';
import { Folder } from '../cli.js';
import { pagesLab } from './labs.js';
import { describeAttached, runIn, sha256 } from './netns.js';

const lab = (() => {
  const result = readLab(pagesLab().replace('/100M: { size: 100MB }', ''), 'pages.yaml');
  if ('errors' in result) throw new Error(result.errors.map(({ message }) => message).join('\n'));
  return result.lab;
})();

describeAttached('a lab in this process', ['curl', 'ping', 'python3'], () => {
  let live: LiveLab | undefined;
  const folder = new Folder();
  afterEach(async () => {
    await live?.close();
    removeMade();
  });

  /** `pc` is a namespace, whose name is returned; `others` are outside too. */
  async function withPc(...others: readonly PluggedNode[]): Promise<string> {
    const waiting = prepareLive(lab, ['pc', ...others.map(({ node }) => node)]);
    const described = lab.topology.nodes.get('pc');
    if (described === undefined) throw new Error('there is no pc');
    const { name, ports } = await attachNamespace('pc', described, waiting.tap('pc'));
    live = waiting.start([{ node: 'pc', ports }, ...others]);
    return name;
  }

  it('10 MB posted by curl arrive as they are', async () => {
    const namespace = await withPc();
    const bodies: string[] = [];
    const server = live?.world.station('web').httpServer;
    if (server === undefined) throw new Error('there is no server');
    server.handler = ({ method, body }) => {
      bodies.push(`${method} ${body.length} ${sha256(body)}`);
      return { version: 'HTTP/1.1', status: 200, reason: 'OK', headers: [], body: encodeUtf8('taken\n') };
    };
    const body = Buffer.from(
      Uint32Array.from({ length: 2_500_000 }, (_, index) => index * 2654435761).buffer,
    );
    writeFileSync(folder.file('body'), body);
    const post = ['-sS', '-f', '--max-time', '30', '--data-binary', '@body', 'http://www.lab.test/post'];
    const chunked = ['-H', 'Transfer-Encoding: chunked', ...post];
    for (const args of [post, chunked]) {
      const { stdout, stderr } = await runIn(namespace, 'curl', args, { home: folder.path });
      expect(stdout, stderr).toBe('taken\n');
    }
    expect(bodies).toEqual(Array(2).fill(`POST 10000000 ${sha256(body)}`));
  });

  const NODE = `require('http').createServer((request, response) => {
    response.setHeader('Content-Type', 'text/html');
    response.end('<h1>from ' + request.socket.remoteAddress + '</h1>');
  }).listen(80, '0.0.0.0')`;
  it.each([
    ['Node', process.execPath, ['-e', NODE], '<h1>from 10.2.0.2</h1>'],
    ['Python', 'python3', ['-m', 'http.server', '80'], '<title>Directory listing for /</title>'],
  ])('a server of %s in the namespace, and a simulated browser', async (_, program, args, text) => {
    const namespace = await withPc();
    const home = mkdtempSync(path.join(tmpdir(), 'wirewalk-served-'));
    const stop = new AbortController();
    const server = runIn(namespace, program, args, { home, limit: 20_000, stop: stop.signal });
    const open = (): Promise<PageLoad> =>
      new Promise((resolve) => {
        live?.pacer.inject(() => live?.world.station('web').browser.open('http://10.1.0.2/', resolve));
      });
    let page = await open();
    // Until it listens, the kernel refuses the connection.
    for (let tries = 0; page.error !== undefined && tries < 50; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      page = await open();
    }
    stop.abort();
    await server;
    rmSync(home, { recursive: true });
    expect(page.error).toBeUndefined();
    expect(page.text).toContain(text);
  });

  it('100 000 random and changed frames, and it goes on serving', async () => {
    const laptop = new LoudPort();
    const namespace = await withPc({ node: 'laptop', ports: new Map([['eth0', laptop]]) });
    const ping = () => runIn(namespace, 'ping', ['-c', '1', '-W', '2', '10.2.0.2']);
    const get = () => runIn(namespace, 'curl', ['-sS', '-f', '--max-time', '10', 'http://www.lab.test/1k']);
    const own = framesOf(
      'laptop',
      'ping -c 1 -s 2000 10.2.0.2',
      'curl http://www.lab.test/1k',
      'traceroute 10.2.0.2',
    );
    expect(own.length).toBeGreaterThan(10);
    const change = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 });
    const random = fc.uint8Array({ minLength: 0, maxLength: 1600 });
    const frames = fc.oneof(
      { weight: 1, arbitrary: random },
      {
        weight: 4,
        arbitrary: fc.tuple(fc.nat(own.length - 1), change, fc.nat(1600)).map(([which, changes, cut]) => {
          const frame = (own[which] as Uint8Array).slice();
          for (const [at, value] of changes) frame[at % frame.length] = value;
          return cut < frame.length && cut % 3 === 0 ? frame.subarray(0, cut) : frame;
        }),
      },
    );
    for (let round = 0; round < 10; round++) {
      for (const frame of fc.sample(frames, { numRuns: 10_000, seed: round + 1 })) laptop.onFrame(frame);
      laptop.onFrame(new Uint8Array(200_000));
      expect((await ping()).stdout).toContain('1 received');
    }
    const { stdout, stderr } = await get();
    expect(stdout, stderr).toHaveLength(1000);
    expect(live?.world.frames.liveCount).toBeLessThan(1000);
  });
});

/** A port whose other end is this test. */
class LoudPort implements FramePort {
  readonly name = 'a loud neighbour';
  onFrame: (frame: Uint8Array) => void = () => {};
  send(): void {}
  close(): void {}
}

/** What a node sends when these commands are typed there, in a lab without anybody outside. */
function framesOf(node: string, ...commands: readonly string[]): Uint8Array[] {
  const world = buildWorld(lab);
  for (const command of commands)
    expect(runCommandToEnd(world, node, command, MINUTE).exitCode, command).toBe(0);
  const trace = world.trace();
  const { id } = world.interface(`${node}:eth0`);
  return [...trace.events()].flatMap((event) =>
    event.kind === 'frame-sent' && event.interface === id ? [trace.frameBytes(event.frame)] : [],
  );
}
