// Frame ports over sockets: frames get through both ways, strangers and nonsense do not.

import { createSocket } from 'node:dgram';
import { chmodSync, statSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { openDgramPort } from '../../src/node/live/dgram-port.js';
import type { FramePort } from '../../src/node/live/frame-port.js';
import { framed } from '../../src/node/live/frame-stream.js';
import { connectStream, listenForStream, type StreamPort } from '../../src/node/live/stream-port.js';
import { openWebSocketPort } from '../../src/node/live/websocket-port.js';
import { Folder } from '../cli.js';
import { RunningLabs, until } from './running.js';

const clean: (() => unknown)[] = [];
afterEach(async () => {
  for (const act of clean.splice(0).reverse()) await act();
});

function folder(): Folder {
  const made = new Folder();
  clean.push(() => made.remove());
  return made;
}

/** The port is closed with the test; its frames are kept. */
function heard<Port extends FramePort>(port: Port): { port: Port; frames: Buffer[] } {
  const frames: Buffer[] = [];
  port.onFrame = (frame) => frames.push(Buffer.from(frame));
  clean.push(() => port.close());
  return { port, frames };
}

/** A frame of which every byte says which it is. */
function numbered(number: number, length = 60): Uint8Array {
  return new Uint8Array(length).fill(number);
}

async function dialled(address: object): Promise<Socket> {
  const socket = connect(address as { path: string });
  clean.push(() => socket.destroy());
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  return socket;
}

const FRAMES = 1_000;

/** Many frames of all lengths each way, each overwritten as soon as it was handed over. */
async function exchange(
  a: ReturnType<typeof heard>,
  b: ReturnType<typeof heard>,
  most: number,
): Promise<void> {
  const lengths = Array.from({ length: FRAMES }, (_, i) => (i % 50 === 0 ? most : 14 + ((i * 37) % 1500)));
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    for (const [i, length] of lengths.entries()) {
      const frame = numbered(i & 255, length);
      from.port.send(frame);
      frame.fill(0xee);
      // A card too has a queue with an end.
      if (i % 20 === 0) await until(() => to.frames.length >= i);
    }
    await until(() => to.frames.length >= FRAMES);
    expect(to.frames.map(({ length }) => length)).toEqual(lengths);
    expect(to.frames.every((frame, i) => frame.every((byte) => byte === (i & 255)))).toBe(true);
  }
}

describe('a stream', () => {
  const opened = async (address: StreamPort['address']) => {
    const listener = heard(await listenForStream('here', address));
    const client = heard(connectStream('there', listener.port.address));
    await until(() => listener.port.connected && client.port.connected);
    return { listener, client };
  };

  it('carries frames both ways by a UNIX socket that only its user can open', async () => {
    const path = folder().file('cable.sock');
    const { listener, client } = await opened({ path });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await exchange(listener, client, 65_549);
  });

  it('carries frames both ways by TCP on loopback', async () => {
    const { listener, client } = await opened({ host: '127.0.0.1', port: 0 });
    await exchange(listener, client, 65_549);
  });

  it('has one peer at a time, and the next when it has gone', async () => {
    const { port, frames } = heard(await listenForStream('here', { path: folder().file('cable.sock') }));
    const seen: boolean[] = [];
    port.onPeer = (connected) => seen.push(connected);
    const first = await dialled(port.address);
    await until(() => port.connected);
    const second = await dialled(port.address);
    await new Promise((resolve) => second.once('close', resolve));
    first.write(framed(numbered(1)));
    await until(() => frames.length === 1);
    first.destroy();
    await until(() => !port.connected);
    const third = await dialled(port.address);
    third.write(framed(numbered(3)));
    await until(() => frames.length === 2);
    expect(seen).toEqual([true, false, true]);
  });

  it('hangs up on whoever speaks another language, and goes on', async () => {
    const { port, frames } = heard(await listenForStream('here', { path: folder().file('cable.sock') }));
    const stranger = await dialled(port.address);
    stranger.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await new Promise((resolve) => stranger.once('close', resolve));
    await until(() => !port.connected);
    const friend = await dialled(port.address);
    for (const byte of framed(numbered(7))) friend.write(Uint8Array.of(byte));
    await until(() => frames.length === 1);
    expect(frames[0]).toEqual(Buffer.from(numbered(7)));
  });

  it('connects again when the other end comes back', async () => {
    const path = folder().file('cable.sock');
    const { port } = heard(connectStream('there', { path }));
    for (let turn = 0; turn < 2; turn++) {
      const listener = await listenForStream('here', { path });
      await until(() => port.connected);
      await listener.close();
      await until(() => !port.connected);
    }
  });

  it('takes the place of a socket that was left behind, and of nothing else', async () => {
    const made = folder();
    const path = made.file('cable.sock');
    // A process that is killed leaves its socket.
    const { spawnSync } = await import('node:child_process');
    spawnSync(process.execPath, [
      '-e',
      `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`,
    ]);
    expect(statSync(path).isSocket()).toBe(true);
    heard(await listenForStream('here', { path }));
    await expect(listenForStream('again', { path })).rejects.toThrow(/already/);
    writeFileSync(made.file('text'), 'text');
    await expect(listenForStream('text', { path: made.file('text') })).rejects.toThrow(/a file of that name/);
    await expect(listenForStream('none', { path: made.file('no/such/folder') })).rejects.toThrow(
      /ENOENT|EACCES/,
    );
  });

  it('loses frames rather than keep them for a peer that does not read', async () => {
    const { port } = heard(await listenForStream('here', { path: folder().file('cable.sock') }));
    const lazy = await dialled(port.address);
    lazy.pause();
    await until(() => port.connected);
    for (let i = 0; i < 20_000; i++) {
      port.send(numbered(1, 1514));
      if (i % 100 === 0) await new Promise(setImmediate);
    }
    // Some 3,000 wait here, and a few hundred in the kernel.
    expect(port.refused).toBeGreaterThan(15_000);
  });
});

describe('datagrams', () => {
  const two = async () => {
    const ports: number[] = [];
    for (let i = 0; i < 2; i++) {
      const probe = createSocket('udp4');
      await new Promise<void>((resolve) => probe.bind(0, '127.0.0.1', resolve));
      ports.push(probe.address().port);
      await new Promise<void>((resolve) => probe.close(() => resolve()));
    }
    return ports as [number, number];
  };

  it('carry frames both ways', async () => {
    const [here, there] = await two();
    await exchange(
      heard(await openDgramPort('here', here, there)),
      heard(await openDgramPort('there', there, here)),
      65_507,
    );
  });

  it('come from the other end only, and runts from nobody', async () => {
    const [here, there] = await two();
    const { port, frames } = heard(await openDgramPort('here', here, there));
    // Nobody there yet: what is sent is lost, and no harm done.
    for (let i = 0; i < 5; i++) port.send(numbered(0));
    const stranger = createSocket('udp4');
    const friend = createSocket('udp4');
    clean.push(
      () => stranger.close(),
      () => friend.close(),
    );
    await new Promise<void>((resolve) => friend.bind(there, '127.0.0.1', resolve));
    const send = (socket: typeof friend, bytes: Uint8Array) =>
      new Promise((resolve) => socket.send(bytes, here, '127.0.0.1', resolve));
    await send(stranger, numbered(1));
    await send(friend, numbered(2, 13));
    await send(friend, new Uint8Array(0));
    await send(friend, numbered(3));
    await until(() => frames.length > 0);
    expect(frames).toEqual([Buffer.from(numbered(3))]);
  });

  it('say when the port is taken', async () => {
    const [here, there] = await two();
    heard(await openDgramPort('here', here, there));
    await expect(openDgramPort('again', here, there)).rejects.toThrow(`UDP port ${here} is taken.`);
  });
});

describe('a WebSocket', () => {
  const opened = async () => heard(await openWebSocketPort('here', 0));
  /** How a call ends: `open`, or the status with which it is turned away. */
  const call = (url: string, options: WebSocket.ClientOptions = {}) => {
    const socket = new WebSocket(url, options);
    clean.push(() => socket.terminate());
    const outcome = new Promise<string>((resolve) => {
      socket.on('open', () => resolve('open'));
      socket.on('unexpected-response', (_, { statusCode }) => resolve(String(statusCode)));
      socket.on('error', () => resolve('error'));
    });
    return { socket, outcome };
  };

  it('carries frames both ways, one message each', async () => {
    const { port, frames } = await opened();
    const { socket, outcome } = call(port.url);
    expect(await outcome).toBe('open');
    const messages: Buffer[] = [];
    socket.on('message', (data: Buffer, isBinary) => {
      expect(isBinary).toBe(true);
      messages.push(data);
    });
    const frame = numbered(5, 65_549);
    port.send(frame);
    frame.fill(0xee);
    socket.send(numbered(6, 1514));
    socket.send(numbered(6, 13));
    await until(() => frames.length === 1 && messages.length === 1);
    expect(frames[0]).toEqual(Buffer.from(numbered(6, 1514)));
    expect(messages[0]).toEqual(Buffer.from(numbered(5, 65_549)));
  });

  it('listens on loopback and lets nobody in without the token', async () => {
    const { port } = await opened();
    const { url } = port;
    expect(url).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/\?token=[0-9a-f]{32}$/);
    const last = url.at(-1) === '0' ? '1' : '0';
    for (const wrong of [
      url.replace(/\?.*/, ''),
      url.replace(/=.*/, '='),
      url.slice(0, -1),
      url.slice(0, -1) + last,
    ])
      expect(await call(wrong).outcome, wrong).toBe('401');
    expect(await call(url, { headers: { Host: 'evil.example' } }).outcome).toBe('401');
    expect(port.connected).toBe(false);
    expect(await call(url).outcome).toBe('open');
  });

  it('has one peer at a time; text and messages too long end it', async () => {
    const { port, frames } = await opened();
    const closed = (socket: WebSocket) => new Promise<number>((resolve) => socket.on('close', resolve));
    const first = call(port.url);
    expect(await first.outcome).toBe('open');
    const second = call(port.url);
    expect(await closed(second.socket)).toBe(1013);
    first.socket.send('text');
    expect(await closed(first.socket)).toBe(1003);
    await until(() => !port.connected);
    const third = call(port.url);
    await third.outcome;
    third.socket.send(numbered(1, 65_550));
    expect(await closed(third.socket)).toBe(1009);
    expect(frames).toEqual([]);
  });
});

it('a host behind a WebSocket is a host of the lab, whatever it sends', async () => {
  const labs = new RunningLabs();
  clean.push(() => labs.end());
  const { said } = await labs.up('nat-http', '--attach', 'laptop=ws:0');
  const [url] = /ws:\/\/\S+/.exec(said) ?? [];
  expect(url).toBeDefined();
  const socket = new WebSocket(url as string);
  clean.push(() => socket.terminate());
  await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
  const answers: Buffer[] = [];
  socket.on('message', (data: Buffer) => answers.push(data));
  const mac = Buffer.from('020000000020', 'hex');
  const request = Buffer.concat([
    Buffer.from('ffffffffffff', 'hex'),
    mac,
    Buffer.from('08060001080006040001', 'hex'),
    mac,
    Buffer.from([192, 168, 0, 20]),
    Buffer.alloc(6),
    Buffer.from([192, 168, 0, 1]),
    Buffer.alloc(18),
  ]);
  const isAnswer = (frame: Buffer): boolean => frame.readUInt32BE(12) === 0x08060001 && frame[21] === 2;
  const asked = async (): Promise<Buffer> => {
    // What was asked before is answered first.
    for (let before = -1; before !== answers.length; ) {
      before = answers.length;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    answers.length = 0;
    socket.send(request);
    await until(() => answers.some(isAnswer), 30_000);
    return answers.find(isAnswer) as Buffer;
  };
  expect((await asked()).subarray(22, 28).toString('hex')).toBe('bbbbbbbbbbbb');
  // A hundred thousand: nonsense of all lengths, and our own question with a few bytes changed.
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 1600 }),
      fc.array(fc.nat(59), { maxLength: 5 }),
      (noise, places) => {
        socket.send(noise);
        const changed = Buffer.from(request);
        for (const place of places) changed[place] = noise[place] ?? 0;
        socket.send(changed);
      },
    ),
    { numRuns: 50_000 },
  );
  expect((await asked()).subarray(22, 28).toString('hex')).toBe('bbbbbbbbbbbb');
  const page = await labs.run('exec', '--live', 'nat-http', 'pc', '--', 'curl', 'http://www.example.com/');
  expect(page.stdout).toContain('<h1>An example page</h1>');
});

it('a folder that others can open is no place for sockets of labs', async () => {
  const { controlFolder } = await import('../../src/node/live/control-folder.js');
  const { XDG_RUNTIME_DIR: before } = process.env;
  const made = folder();
  process.env.XDG_RUNTIME_DIR = made.path;
  try {
    expect(statSync(controlFolder()).mode & 0o777).toBe(0o700);
    chmodSync(made.file('wirewalk'), 0o755);
    expect(() => controlFolder()).toThrow(/open to others/);
  } finally {
    if (before === undefined) delete process.env.XDG_RUNTIME_DIR;
    else process.env.XDG_RUNTIME_DIR = before;
  }
});
