// Sockets as streams in a browser: what runs there is what runs in Node, to the byte.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { root } from '../cli.js';
import { describeWithJudge } from '../judge.js';
import { QUIET_CHROMIUM } from '../quiet-chromium.js';

/** A server that sends back what it gets, a client that sends much and reads slowly, and a port where nobody listens. */
const PROGRAM = `
import { MILLISECOND, World } from ${JSON.stringify(path.join(root, 'dist/index.js'))};
import { connectTcp, listenTcp, Turns } from ${JSON.stringify(path.join(root, 'dist/adapter/streams.js'))};

export async function run() {
  const world = new World();
  const [client, server] = ['client', 'server'].map((name) => world.addHost(name));
  world.connect(
    world.addInterface(client, 'eth0', { address: '192.0.2.1/24' }),
    world.addInterface(server, 'eth0', { address: '192.0.2.2/24' }),
    { delay: 5 * MILLISECOND, rate: 10_000_000, loss: 0.03 },
  );
  const turns = new Turns(world);
  const accepted = listenTcp(turns, server, 80).getReader();
  const echo = accepted.read().then(({ value }) => value.readable.pipeTo(value.writable));
  const { readable, writable, closed } = connectTcp(turns, client, { hostname: '192.0.2.2', port: 80 });
  const writer = writable.getWriter();
  const writing = (async () => {
    for (let i = 0; i < 30; i++) await writer.write(new Uint8Array(10_000).fill(i));
    await writer.close();
  })();
  const reader = readable.getReader();
  let sum = 0;
  let size = 0;
  for (let { value } = await reader.read(); value !== undefined; { value } = await reader.read()) {
    size += value.length;
    for (const byte of value) sum += byte;
    await turns.sleep(client, MILLISECOND);
  }
  await Promise.all([writing, echo, closed]);
  const refused = connectTcp(turns, client, { hostname: '192.0.2.2', port: 81 });
  const code = await refused.opened.catch((error) => error.code);
  await turns.rest();
  return { size, sum, code, now: world.now, hash: world.trace().hash() };
}
`;

describeWithJudge('chromium', 'streams in the browser', (program) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'wirewalk-streams-'));
  const bundled = async (format: 'iife' | 'esm') => {
    const input = path.join(folder, 'program.js');
    writeFileSync(input, PROGRAM);
    const bundle = await rolldown({ input, platform: 'browser', logLevel: 'warn' });
    const file = path.join(folder, `${format}.mjs`);
    await bundle.write({ file, format, name: 'program' });
    await bundle.close();
    return file;
  };
  let browser: Awaited<ReturnType<typeof chromium.launch>>;
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: program,
      args: QUIET_CHROMIUM,
      env: { ...process.env, HOME: folder } as Record<string, string>,
    });
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('give the same run as in Node', async () => {
    const { run } = await import(pathToFileURL(await bundled('esm')).href);
    const here = await run();
    const page = await (await browser.newContext()).newPage();
    const script = readFileSync(await bundled('iife'), 'utf8');
    const there = await page.evaluate(`(() => { ${script}; return program.run(); })()`);
    expect(here).toMatchObject({ size: 300_000, sum: 10_000 * ((29 * 30) / 2), code: 'ECONNREFUSED' });
    expect(there).toEqual(here);
  });
});
