// `wirewalk serve`: what it prints, what it hands out and to whom, and how it ends.

import { type ChildProcess, spawn } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { get } from 'node:http';
import { connect, createServer, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Folder, labText, plainEnvironment, root, start, wirewalk } from './cli.js';

interface Served {
  readonly process: ChildProcess;
  /** As printed, with what stands behind its #. */
  readonly address: string;
  readonly port: number;
  readonly printed: string;
}

const running = new Set<ChildProcess>();

/** Starts a server and waits until it has said where. */
function serve(args: readonly string[], child = start(['serve', ...args])): Promise<Served> {
  running.add(child);
  return new Promise((resolve, reject) => {
    let printed = '';
    child.stdout?.on('data', (piece: Buffer) => {
      printed += piece.toString();
      const [address, port] = /http:\/\/127\.0\.0\.1:(\d+)\/\S*/.exec(printed) ?? [];
      if (address !== undefined && printed.endsWith('it.\n'))
        resolve({ process: child, address, port: Number(port), printed });
    });
    child.once('exit', (code) => reject(new Error(`ended with ${code}: ${printed}`)));
  });
}

function ended(
  child: ChildProcess,
): Promise<{ readonly code: number | null; readonly signal: string | null }> {
  return new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
}

interface Said {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Sends a request exactly as it stands here, mistakes included, and reads all that comes. */
function ask(port: number, target: string, { method = 'GET', headers = {} as Record<string, string> } = {}) {
  const all = { Host: `127.0.0.1:${port}`, Connection: 'close', ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return new Promise<Said>((resolve, reject) => {
    const pieces: Buffer[] = [];
    const socket = connect(port, '127.0.0.1');
    socket.on('data', (piece) => pieces.push(piece));
    socket.on('error', reject);
    socket.on('close', () => {
      const bytes = Buffer.concat(pieces);
      const end = bytes.indexOf('\r\n\r\n');
      const [first = '', ...rest] = bytes.subarray(0, end).toString('latin1').split('\r\n');
      const pairs = rest.map((line) => [line.split(':', 1)[0]!.toLowerCase(), line.replace(/^[^:]*: */, '')]);
      resolve({
        status: Number(first.split(' ')[1]),
        headers: Object.fromEntries(pairs),
        body: bytes.subarray(end + 4),
      });
    });
    // No end(): a server may take a closed half for a client that has gone away.
    socket.write(Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`, 'latin1'));
  });
}

const folder = new Folder();
afterAll(async () => {
  for (const child of running) child.kill('SIGKILL');
  folder.remove();
});

describe('wirewalk serve', () => {
  it.each([
    [[], /^\/$/],
    [['three-routers'], /^\/#lab=three-routers$/],
    [[path.join(root, 'labs/campus.yaml')], /^\/#served=campus\.yaml$/],
  ])('with %j prints where, and how to end it', async (args, rest) => {
    const { process, address, port, printed } = await serve(['--port', '0', ...args]);
    expect(port).toBeGreaterThan(0);
    expect(address.slice(`http://127.0.0.1:${port}`.length)).toMatch(rest);
    expect(printed).toBe(`wirewalk is at ${address}\nCtrl-C ends it.\n`);
    process.kill();
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('ends with 0 and frees the port on %s', async (signal) => {
    const { process, port } = await serve(['--port', '0']);
    // A browser keeps its connection open; that must not hold the program up.
    const idle = connect(port, '127.0.0.1');
    await new Promise((resolve) => idle.once('connect', resolve));
    idle.on('error', () => {});
    const end = ended(process);
    process.kill(signal);
    expect(await end).toEqual({ code: 0, signal: null });
    const again = await serve(['--port', String(port)]);
    expect(again.port).toBe(port);
    again.process.kill();
  });

  it('says so when the wished port is taken', async () => {
    const { process, port } = await serve(['--port', '0']);
    const { code, stderr, stdout } = await wirewalk(['serve', '--port', String(port)]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe(
      `wirewalk: Port ${port} is taken. Choose another one with --port, or --port 0 for any.\n`,
    );
    process.kill();
  });

  it('takes the next port when the usual one is taken', async () => {
    const taken = await new Promise<Server | undefined>((resolve) => {
      const server = createServer().once('error', () => resolve(undefined));
      server.listen(9797, '127.0.0.1', () => resolve(server));
    });
    const [one, other] = await Promise.all([serve([]), serve([])]);
    taken?.close();
    for (const { port } of [one, other]) {
      expect(port).toBeGreaterThan(9797);
      expect(port).toBeLessThan(9820);
    }
    expect(one.port).not.toBe(other.port);
    one.process.kill();
    other.process.kill();
  });

  it.each([
    [['nat-htp'], /^wirewalk: There is no lab 'nat-htp'\. Did you mean 'nat-http'\?/],
    [['./nowhere.yaml'], /^wirewalk: The lab file \.\/nowhere\.yaml can not be read: there is no such file/],
    [['--port', '65536'], /^wirewalk: .*--port 65536.*from 0 to 65535/],
    [['--port', '-1'], /^wirewalk: .*--port/],
    [['--port', '80x'], /^wirewalk: .*--port 80x/],
    [['nat-http', 'campus'], /^wirewalk: too many arguments/],
  ])('%j is a mistake in the call', async (args, words) => {
    const { code, stdout, stderr } = await wirewalk(['serve', ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(words);
  });
});

describe('what it hands out', () => {
  const page = path.join(root, 'dist/web');
  const lab = folder.file('my lab#1.yaml');
  let served: Served;
  const at = (target: string, options?: Parameters<typeof ask>[2]) => ask(served.port, target, options);

  beforeAll(async () => {
    writeFileSync(lab, labText('nat-http'));
    served = await serve(['--port', '0', lab]);
  });
  afterAll(() => {
    served.process.kill();
  });

  const names = readdirSync(page, { recursive: true, encoding: 'utf8' })
    .map((name) => name.split(path.sep).join('/'))
    .filter((name) => name.includes('.'));

  it('is every file of the page, byte for byte, with its type', async () => {
    expect(names).toEqual(expect.arrayContaining(['index.html', 'service-worker.js', 'LICENCES.txt']));
    const types: Readonly<Record<string, RegExp>> = {
      html: /^text\/html; charset=utf-8$/,
      js: /^text\/javascript; charset=utf-8$/,
      css: /^text\/css; charset=utf-8$/,
      svg: /^image\/svg\+xml$/,
      yaml: /^application\/yaml; charset=utf-8$/,
      txt: /^text\/plain; charset=utf-8$/,
      webmanifest: /^application\/manifest\+json$/,
    };
    for (const name of names) {
      const { status, headers, body } = await at(`/${name}`);
      expect(status, name).toBe(200);
      expect(headers['content-type'], name).toMatch(types[name.split('.').at(-1)!] ?? /a known type/);
      expect(body.equals(readFileSync(path.join(page, name))), name).toBe(true);
    }
    const index = readFileSync(path.join(page, 'index.html'));
    for (const target of ['/', '/?some=thing', '/index.html?x', '/#step=2c'])
      expect((await at(target)).body.equals(index), target).toBe(true);
  });

  it('has the policy of the page itself, and says who may frame it', async () => {
    const html = readFileSync(path.join(page, 'index.html'), 'utf8');
    const own = /http-equiv="Content-Security-Policy"\s+content="([^"]+)"/.exec(html)?.[1];
    const { headers } = await at('/');
    expect(headers['content-security-policy']).toBe(`${own}; frame-ancestors 'none'`);
    expect(own).toMatch(/default-src 'none'; script-src 'self' 'wasm-unsafe-eval';/);
  });

  it('has the same guards in every answer', async () => {
    for (const [target, options] of [
      ['/'],
      ['/nothing'],
      ['/', { method: 'POST' }],
      ['/icon.svg'],
    ] as const) {
      const { headers } = await at(target, options);
      expect(headers, target).toMatchObject({
        'content-security-policy': expect.stringContaining("default-src 'none'"),
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
      });
      expect(headers).not.toHaveProperty('access-control-allow-origin');
    }
  });

  it('is kept by the browser only where its name changes with it', async () => {
    const kept = async (target: string) => (await at(target)).headers['cache-control'];
    const asset = names.find((name) => name.startsWith('assets/'))!;
    expect(await kept(`/${asset}`)).toBe('public, max-age=31536000, immutable');
    for (const target of ['/', '/index.html', '/service-worker.js', '/icon.svg'])
      expect(await kept(target)).toBe('no-cache');
    for (const target of ['/served/my%20lab%231.yaml', '/nothing'])
      expect(await kept(target)).toBe('no-store');
  });

  it('is packed for who can unpack it', async () => {
    const script = `/${names.find((name) => /^assets\/index-.*\.js$/.test(name))}`;
    const plain = readFileSync(path.join(page, script));
    for (const accepted of ['gzip', 'br, gzip;q=0.5', 'GZIP', '*']) {
      const { headers, body } = await at(script, { headers: { 'Accept-Encoding': accepted } });
      expect(headers, accepted).toMatchObject({ 'content-encoding': 'gzip', vary: 'Accept-Encoding' });
      expect(headers['content-length'], accepted).toBe(String(body.length));
      expect(body.length, accepted).toBeLessThan(plain.length / 2);
      expect(gunzipSync(body).equals(plain), accepted).toBe(true);
    }
    for (const accepted of ['identity', 'br', 'gzip;q=0', 'gzip; q=0.000', 'x-gzip-not']) {
      const { headers, body } = await at(script, { headers: { 'Accept-Encoding': accepted } });
      expect(headers, accepted).not.toHaveProperty('content-encoding');
      expect(headers, accepted).toMatchObject({ vary: 'Accept-Encoding' });
      expect(body.equals(plain), accepted).toBe(true);
    }
  });

  it('is told without a body to HEAD, with the length that GET would have', async () => {
    for (const target of ['/', '/icon.svg', '/nothing', '/served/my%20lab%231.yaml']) {
      for (const headers of [{}, { 'Accept-Encoding': 'gzip' }] as Record<string, string>[]) {
        const head = await at(target, { method: 'HEAD', headers });
        const full = await at(target, { headers });
        expect(head.body.length, target).toBe(0);
        expect({ ...head.headers, date: '' }, target).toEqual({ ...full.headers, date: '' });
        expect(full.headers['content-length'], target).toBe(String(full.body.length));
      }
    }
  });

  it('is for GET and HEAD only', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE']) {
      const { status, headers, body } = await at('/', { method });
      expect({ status, allow: headers.allow }, method).toEqual({ status: 405, allow: 'GET, HEAD' });
      expect(body.toString(), method).toBe('Only GET and HEAD.\n');
    }
  });

  it('is not for names that somebody else lets point here', async () => {
    for (const host of [
      'evil.example',
      'evil.example:80',
      '127.0.0.1.evil.example',
      'x@127.0.0.1',
      '0.0.0.0',
      '',
    ]) {
      const { status, body } = await at('/', { headers: { Host: host } });
      expect(status, host).toBe(421);
      expect(body.toString(), host).toBe('This server answers for 127.0.0.1 and localhost only.\n');
    }
    for (const host of ['localhost', `localhost:${served.port}`, '127.0.0.1'])
      expect((await at('/', { headers: { Host: host } })).status, host).toBe(200);
  });

  it('is the lab file as it is now, and words when it is gone', async () => {
    const target = '/served/my%20lab%231.yaml';
    expect((await at(target)).body.toString()).toBe(labText('nat-http'));
    writeFileSync(lab, 'name: changed\n');
    expect((await at(target)).body.toString()).toBe('name: changed\n');
    unlinkSync(lab);
    const { status, body } = await at(target);
    expect(status).toBe(404);
    expect(body.toString()).toBe('The file can not be read: there is no such file or folder.\n');
    for (const other of [
      '/served/',
      '/served/other.yaml',
      '/served/..',
      `/served/${encodeURIComponent(lab)}`,
    ])
      expect((await at(other)).status, other).toBe(404);
  });
});

describe('outside of the page', () => {
  /** A package of its own, so that there may be secrets in and around it. */
  const own = folder.file('own');
  let served: Served;

  beforeAll(async () => {
    mkdirSync(path.join(own, 'dist/cli'), { recursive: true });
    for (const part of ['package.json', 'labs', 'dist/web', 'dist/cli/wirewalk.mjs'])
      cpSync(path.join(root, part), path.join(own, part), { recursive: true });
    writeFileSync(path.join(own, 'dist/secret.txt'), 'secret');
    writeFileSync(path.join(own, 'dist/website.txt'), 'secret');
    writeFileSync(path.join(own, 'secret.txt'), 'secret');
    symlinkSync(path.join(own, 'secret.txt'), path.join(own, 'dist/web/link.txt'));
    symlinkSync(own, path.join(own, 'dist/web/linked'));
    served = await serve(
      [],
      spawn(process.execPath, [path.join(own, 'dist/cli/wirewalk.mjs'), 'serve', '--port', '0'], {
        env: plainEnvironment(),
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    );
  });

  const SECRETS = ['../secret.txt', '../../secret.txt', '../website.txt', 'link.txt', 'linked/secret.txt'];
  const WAYS: readonly ((name: string) => string)[] = [
    (name) => `/${name}`,
    (name) => `//${name}`,
    (name) => name,
    (name) => `/assets/../${name}`,
    (name) => `/./${name}`,
    (name) => `/${name.replaceAll('..', '%2e%2e')}`,
    (name) => `/${name.replaceAll('/', '%2f')}`,
    (name) => `/${encodeURIComponent(encodeURIComponent(name))}`,
    (name) => `/${name.replaceAll('/', '\\')}`,
    (name) => `/${name.replaceAll('/', '%5c')}`,
    (name) => `/${name}%00`,
    (name) => `/${name}%00.html`,
    (name) => `/index.html%00/${name}`,
    (name) => `/${name.replaceAll('..', '%c0%ae%c0%ae')}`,
    (name) => `/${name}/.`,
    () => `/%`,
    (name) => `/%zz/${name}`,
    (name) => `/${name}?x=/index.html`,
    (name) => `http://127.0.0.1/${name}`,
    (name) => `/served/${name}`,
    () => `/${encodeURIComponent(path.join(own, 'secret.txt'))}`,
    () => path.join(own, 'secret.txt'),
    () => `/${'../'.repeat(20)}etc/passwd`,
    () => `/${'a'.repeat(8000)}`,
  ];

  it('nothing is handed out, however one asks', async () => {
    for (const name of SECRETS) {
      for (const way of WAYS) {
        const { status, body } = await ask(served.port, way(name));
        expect([400, 404], way(name)).toContain(status);
        expect(body.toString(), way(name)).not.toContain('secret');
      }
    }
    // … and it still serves.
    expect((await ask(served.port, '/')).status).toBe(200);
  });

  it('a page that is built anew is served anew', async () => {
    writeFileSync(path.join(own, 'dist/web/assets/new-12345678.js'), 'export {};\n');
    expect((await ask(served.port, '/assets/new-12345678.js')).body.toString()).toBe('export {};\n');
  });

  it('a package without its page says what to do', async () => {
    const bare = folder.file('bare');
    mkdirSync(path.join(bare, 'dist/cli'), { recursive: true });
    for (const part of ['package.json', 'labs', 'dist/cli/wirewalk.mjs'])
      cpSync(path.join(root, part), path.join(bare, part), { recursive: true });
    const child = spawn(
      process.execPath,
      [path.join(bare, 'dist/cli/wirewalk.mjs'), 'serve', '--port', '0'],
      {
        env: plainEnvironment(),
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    let said = '';
    child.stderr.on('data', (piece: Buffer) => {
      said += piece.toString();
    });
    expect((await ended(child)).code).toBe(2);
    expect(said).toBe('wirewalk: The page is not built. `npm run build` builds it.\n');
  });

  it('no other machine can ask', async () => {
    const refused = (host: string): Promise<string | undefined> =>
      new Promise((resolve) => {
        const request = get({ host, port: served.port, timeout: 2000 }, () => resolve(undefined));
        request.on('timeout', () => resolve('ETIMEDOUT'));
        request.on('error', (error: NodeJS.ErrnoException) => resolve(error.code));
      });
    const others = Object.values(networkInterfaces())
      .flatMap((one) => one ?? [])
      .filter(({ address }) => address !== '127.0.0.1' && !address.startsWith('fe80'))
      .map(({ address }) => address);
    // On Linux all of 127/8 is this machine: who listens everywhere, listens here too.
    if (process.platform === 'linux') others.push('127.0.0.2');
    for (const host of others) expect(await refused(host), host).toBeDefined();
    expect(await refused('127.0.0.1')).toBeUndefined();
  });
});
