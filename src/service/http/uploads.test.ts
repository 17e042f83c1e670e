// What is sent to a page by POST or PUT: told by its digest, or sent back.

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { exchange, NOTHING, page, request, SERVER, site } from '../../../test/http-pair.js';
import { expectBytes, expectNoLeaks, pattern } from '../../../test/kit.js';
import { decodeLatin1, decodeUtf8, encodeLatin1 } from '../../base/text.js';
import { MINUTE } from '../../base/time.js';
import { type HttpResponse, header, writeChunked, writeHttpRequest } from '../../wire/http.js';
import { digestReceipt, echoReceipt } from './uploads.js';

expectNoLeaks();

const digestOf = (bytes: Uint8Array) => ({
  length: bytes.length,
  sha256: createHash('sha256').update(bytes).digest('hex'),
});
const told = (response: HttpResponse | undefined): unknown =>
  JSON.parse(decodeUtf8(response?.body ?? NOTHING));
const pages = () => ({
  '/in': { ...page('<form method="post">'), receipt: digestReceipt },
  '/back': { ...page(''), receipt: echoReceipt },
});
const post = (target: string, body: Uint8Array, method = 'POST') =>
  request(target, method, [['Content-Length', String(body.length)]], body);

describe('a page that tells what it got', () => {
  it.each([
    ['POST', 0],
    ['POST', 1],
    ['PUT', 1_000_000],
  ])('%s of %i bytes', (method, size) => {
    const body = pattern(size);
    const { response } = exchange(site(pages()), post('/in?name=x', body, method));
    expect([response?.status, header(response as HttpResponse, 'Content-Type')]).toEqual([
      200,
      'application/json',
    ]);
    expect(told(response)).toEqual({ method, target: '/in?name=x', type: null, ...digestOf(body) });
  });

  it('in chunks, with its type', () => {
    const headers: [string, string][] = [
      ['Transfer-Encoding', 'chunked'],
      ['Content-Type', 'text/csv'],
    ];
    const body = writeChunked([pattern(10), pattern(5_000), pattern(1)]);
    const { response } = exchange(site(pages()), request('/in', 'POST', headers, body));
    const whole = Buffer.concat([pattern(10), pattern(5_000), pattern(1)]);
    expect(told(response)).toMatchObject({ type: 'text/csv', ...digestOf(whole) });
  });

  it('is read as any other page, and takes nothing but POST and PUT', () => {
    expect(decodeLatin1(exchange(site(pages()), request('/in')).response?.body ?? NOTHING)).toBe(
      '<form method="post">',
    );
    const { response } = exchange(site(pages()), post('/in', pattern(3), 'PATCH'));
    expect([response?.status, header(response as HttpResponse, 'Allow')]).toEqual([
      405,
      'GET, HEAD, POST, PUT',
    ]);
  });

  it('keeps those apart that come one right behind the other', () => {
    const made = site(pages());
    const bodies = [pattern(3), pattern(0), pattern(40_000), pattern(7)];
    const targets = ['/in', '/back', '/nowhere', '/in'];
    const bytes = bodies.map((body, index) => writeHttpRequest(post(targets[index] as string, body)));
    let heard = '';
    made.here.stack.tcp.connect(
      { address: SERVER, port: 80 },
      {
        connected: (connection) => connection.write(Buffer.concat(bytes)),
        readable: (connection) => {
          heard += decodeLatin1(connection.read());
        },
      },
    );
    made.world.advance(MINUTE);
    expect([...heard.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual([
      '200',
      '200',
      '404',
      '200',
    ]);
    const digests = [...heard.matchAll(/"sha256":"(\w+)"/g)].map(([, digest]) => digest);
    expect(digests).toEqual([digestOf(pattern(3)).sha256, digestOf(pattern(7)).sha256]);
    for (const connection of [...made.here.stack.tcp.list()]) connection.abort();
  });
});

describe('a page that sends back', () => {
  it('what it got, as what it came', () => {
    const body = pattern(200_000);
    const wanted = post('/back', body);
    wanted.headers.push(['Content-Type', 'image/png']);
    const { response } = exchange(site(pages()), wanted);
    expectBytes(response?.body ?? NOTHING, body);
    expect(header(response as HttpResponse, 'Content-Type')).toBe('image/png');
  });

  it('but not what is too long', () => {
    const receipt = echoReceipt();
    const piece = pattern(1 << 20);
    for (let i = 0; i < 64; i++) receipt.take(piece);
    expect(receipt.answer(request()).status).toBe(200);
    receipt.take(encodeLatin1('x'));
    const answer = receipt.answer(request());
    expect([answer.status, answer.body.length < 200]).toEqual([413, true]);
  });
});
