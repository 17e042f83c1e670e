// HTTP messages from byte streams: the law of reading what was written, framing rule by rule, and real captures.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeWithCaptures, payloadsOf } from '../../test/capture-payloads.js';
import { decodeLatin1, encodeLatin1 } from '../base/text.js';
import {
  checkHost,
  type HttpFields,
  type HttpRequest,
  type HttpResponse,
  header,
  headerTokens,
  headerValues,
  keepsAlive,
  writeChunked,
  writeHttpRequest,
  writeHttpResponse,
} from './http.js';
import { HttpReader } from './http-reader.js';

type Kind = 'request' | 'response';

/** Pushes texts one after the other and gives the reader back. */
function read<K extends Kind>(kind: K, ...pieces: string[]): HttpReader<K> {
  const reader = new HttpReader(kind);
  for (const piece of pieces) reader.push(encodeLatin1(piece));
  return reader;
}

/** All messages that are complete. */
function all<K extends Kind>(reader: HttpReader<K>) {
  const messages: NonNullable<ReturnType<typeof reader.next>>[] = [];
  for (let message = reader.next(); message !== undefined; message = reader.next()) messages.push(message);
  return messages;
}

const bodyOf = (message: HttpRequest | HttpResponse | undefined) =>
  message === undefined ? undefined : decodeLatin1(message.body);

const token = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}$/);
const value = fc.stringMatching(/^(?:[!-~\x80-\xff](?:[\t -~\x80-\xff]{0,15}[!-~\x80-\xff])?)?$/);
const body = fc.uint8Array({ maxLength: 300 });
const framing = new Set(['content-length', 'transfer-encoding', 'connection']);
const fields: fc.Arbitrary<HttpFields> = fc.array(
  fc.tuple(
    token.filter((name) => !framing.has(name.toLowerCase())),
    value,
  ),
  { maxLength: 6 },
);
const withLength = (headers: HttpFields, bytes: Uint8Array): HttpFields => [
  ...headers,
  ['Content-Length', String(bytes.length)],
];
const request: fc.Arbitrary<HttpRequest> = fc
  .record({ method: token, target: fc.stringMatching(/^[!-~]{1,30}$/), headers: fields, body })
  .map((parts) => ({ ...parts, version: 'HTTP/1.1', headers: withLength(parts.headers, parts.body) }));
const response: fc.Arbitrary<HttpResponse> = fc
  .record({
    status: fc.integer({ min: 200, max: 599 }).filter((status) => status !== 204 && status !== 304),
    reason: fc.stringMatching(/^[\t -~\x80-\xff]{0,20}$/),
    headers: fields,
    body,
  })
  .map((parts) => ({ ...parts, version: 'HTTP/1.1', headers: withLength(parts.headers, parts.body) }));

/** The bytes in pieces; `cuts` says where to cut. */
function inPieces(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((place, i) => bytes.subarray(places[i], place));
}

describe('the laws', () => {
  const cuts = fc.array(fc.nat(), { maxLength: 6 });

  it('reads the requests that were written, wherever the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(request, { maxLength: 3 }), cuts, (requests, places) => {
        const reader = new HttpReader('request');
        const stream = requests.flatMap((each) => [...writeHttpRequest(each)]);
        for (const piece of inPieces(Uint8Array.from(stream), places)) reader.push(piece);
        reader.end();
        expect(reader.error).toBeUndefined();
        expect(all(reader)).toEqual(requests);
      }),
    );
  });

  it('reads the responses that were written, wherever the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(response, { maxLength: 3 }), cuts, (responses, places) => {
        const reader = new HttpReader('response');
        const stream = responses.flatMap((each) => [...writeHttpResponse(each)]);
        for (const piece of inPieces(Uint8Array.from(stream), places)) reader.push(piece);
        reader.end();
        expect(reader.error).toBeUndefined();
        expect(all(reader)).toEqual(responses);
      }),
    );
  });

  it('reads the chunks that were written', () => {
    fc.assert(
      fc.property(fc.array(body, { maxLength: 4 }), fields, cuts, (pieces, trailers, places) => {
        const chunks = writeChunked(pieces, trailers);
        const head = encodeLatin1('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
        const reader = new HttpReader('response');
        for (const piece of inPieces(Uint8Array.from([...head, ...chunks]), places)) reader.push(piece);
        const message = reader.next();
        expect([...(message?.body ?? [])]).toEqual(pieces.flatMap((piece) => [...piece]));
        expect(message?.trailers ?? []).toEqual(trailers);
      }),
    );
  });

  it('never throws, and cutting the stream changes nothing', () => {
    const pieces = fc.array(
      fc.constantFrom(
        'GET / HTTP/1.1\r\n',
        'HTTP/1.1 200 OK\r\n',
        'HTTP/1.0 304 \r\n',
        'Content-Length: 3\r\n',
        'Content-Length: 4, 4\r\n',
        'Transfer-Encoding: chunked\r\n',
        'Transfer-Encoding: gzip\r\n',
        'X: y\r\n',
        ' folded\r\n',
        '\r\n',
        '\n',
        '\r',
        'abc',
        '3\r\nabc\r\n',
        '0\r\n\r\n',
        ':',
        '\0\xff',
      ),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(fc.constantFrom<Kind>('request', 'response'), pieces, cuts, (kind, texts, places) => {
        const bytes = encodeLatin1(texts.join(''));
        const whole = new HttpReader(kind);
        whole.push(bytes);
        whole.end();
        const cut = new HttpReader(kind);
        for (const piece of inPieces(bytes, places)) cut.push(piece);
        cut.end();
        expect(all(cut)).toEqual(all(whole));
        expect(cut.error).toEqual(whole.error);
      }),
      { numRuns: 500 },
    );
  });

  it('never throws on noise', () => {
    fc.assert(
      fc.property(fc.constantFrom<Kind>('request', 'response'), fc.uint8Array(), (kind, bytes) => {
        const reader = new HttpReader(kind);
        reader.push(bytes);
        reader.end();
        reader.next();
      }),
    );
  });
});

describe('the example of RFC 9110 §3.9', () => {
  it('reads the request', () => {
    const reader = read(
      'request',
      'GET /hello.txt HTTP/1.1\r\nUser-Agent: curl/7.64.1\r\nHost: www.example.com\r\nAccept-Language: en, mi\r\n\r\n',
    );
    expect(reader.next()).toEqual({
      method: 'GET',
      target: '/hello.txt',
      version: 'HTTP/1.1',
      headers: [
        ['User-Agent', 'curl/7.64.1'],
        ['Host', 'www.example.com'],
        ['Accept-Language', 'en, mi'],
      ],
      body: new Uint8Array(0),
    });
    expect(reader.next()).toBeUndefined();
  });

  it('reads the response, and tells how far it has come', () => {
    const head =
      'HTTP/1.1 200 OK\r\nDate: Mon, 27 Jul 2009 12:28:53 GMT\r\nServer: Apache\r\nContent-Length: 51\r\nContent-Type: text/plain\r\n\r\n';
    const reader = read('response', head.slice(0, 40));
    expect(reader.head()).toBeUndefined();
    reader.push(encodeLatin1(head.slice(40)));
    expect(reader.head()).toMatchObject({ status: 200, reason: 'OK' });
    reader.push(encodeLatin1('Hello World! My '));
    expect([reader.bodyLength, reader.expectedLength, reader.next()]).toEqual([16, 51, undefined]);
    reader.push(encodeLatin1('content includes a trailing CRLF.\r\n'));
    expect(bodyOf(reader.next())).toBe('Hello World! My content includes a trailing CRLF.\r\n');
    expect([reader.head(), reader.bodyLength, reader.expectedLength]).toEqual([undefined, 0, undefined]);
  });
});

describe('how long a body is (RFC 9112 §6.3)', () => {
  it('1: none behind HEAD, 1xx, 204 and 304, whatever the headers say', () => {
    const reader = new HttpReader('response');
    reader.expectNoBody();
    const length = 'Content-Length: 5\r\n\r\n';
    for (const status of ['103 Early Hints', '200 OK', '204 No Content', '304 Not Modified', '200 OK']) {
      reader.push(encodeLatin1(`HTTP/1.1 ${status}\r\n${length}`));
    }
    expect(all(reader).map(({ status, body }) => [status, body.length])).toEqual([
      [103, 0],
      [200, 0],
      [204, 0],
      [304, 0],
    ]);
    expect(reader.head()).toMatchObject({ status: 200 });
  });

  it('leaves what follows a switch of protocols alone (RFC 9110 §7.8)', () => {
    const reader = read('response', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n\x81\x00', 'more');
    expect(reader.next()?.status).toBe(101);
    expect(decodeLatin1(reader.unread())).toBe('\x81\x00more');
    reader.end();
    expect(reader.error).toBeUndefined();
  });

  it('3: chunks win over Content-Length in a response; a request with both is refused', () => {
    const both = 'Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n';
    expect(bodyOf(read('response', `HTTP/1.1 200 OK\r\n${both}`).next())).toBe('x');
    expect(read('request', `POST / HTTP/1.1\r\n${both}`).error).toMatchObject({
      status: 400,
      rfc: 'RFC 9112 §6.3',
    });
  });

  it.each([
    ['request', 'POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n', 400],
    ['request', 'POST / HTTP/1.1\r\nTransfer-Encoding:\r\n\r\n', 400],
    ['request', 'POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n', 501],
    ['request', 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked, gzip\r\n\r\n', 400],
    ['request', 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n', 400],
    ['request', 'POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n', 400],
    ['response', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\n', 400],
  ] as const)('4: refuses %s %j', (kind, text, status) => {
    expect(read(kind, text).error?.status).toBe(status);
  });

  it.each(['', 'x', '-1', '+1', '1.0', '0x1', '1, 2', '1 1', '1,', '99999999999999999999'])(
    '5: refuses Content-Length %j',
    (length) => {
      const { error } = read('request', `POST / HTTP/1.1\r\nContent-Length: ${length}\r\n\r\n`);
      expect(error).toMatchObject({ status: 400, rfc: 'RFC 9112 §6.3' });
    },
  );

  it('5: refuses lines that contradict each other and takes those that agree', () => {
    const head = 'POST / HTTP/1.1\r\nContent-Length: 2\r\n';
    expect(read('request', `${head}Content-Length: 3\r\n\r\nab`).error?.text).toContain('2, 3');
    expect(bodyOf(read('request', `${head}Content-Length: 2, 2\r\n\r\nab`).next())).toBe('ab');
  });

  it('6: a connection that ends too early makes an error', () => {
    const reader = read('response', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc');
    reader.end();
    expect(reader.error?.text).toContain('3 of 5 bytes');
    expect(reader.next()).toBeUndefined();
    expect([reader.head()?.status, reader.bodyLength]).toEqual([200, 3]);
    const cutHead = read('request', 'GET / HT');
    cutHead.end();
    expect(cutHead.error?.text).toContain('head');
    const chunked = read('response', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n');
    chunked.end();
    expect(chunked.error?.rfc).toBe('RFC 9112 §8');
  });

  it('7: a request without either has none', () => {
    const reader = read('request', 'GET / HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n');
    expect(all(reader).map(({ target }) => target)).toEqual(['/', '/2']);
    reader.end();
    expect(reader.error).toBeUndefined();
  });

  it('8: a response without either lasts until the connection ends', () => {
    const reader = read('response', 'HTTP/1.0 200 OK\r\n\r\nab', 'cd');
    expect([reader.untilClose, reader.next(), reader.bodyLength]).toEqual([true, undefined, 4]);
    reader.end();
    expect(bodyOf(reader.next())).toBe('abcd');
    expect(reader.error).toBeUndefined();
  });
});

describe('chunks (RFC 9112 §7.1)', () => {
  const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';

  it('leaves out sizes, extensions and the last chunk, and keeps trailers', () => {
    const chunks =
      '4\r\nWiki\r\n006 ; name="a;b" ;x\r\npedia \r\nE;q\r\nin \r\n\r\nchunks.\r\n000\r\nX: 1\r\nY:2 \r\n\r\n';
    const message = read('response', head, chunks).next();
    expect(bodyOf(message)).toBe('Wikipedia in \r\n\r\nchunks.');
    expect(message?.trailers).toEqual([
      ['X', '1'],
      ['Y', '2'],
    ]);
  });

  it.each([
    ['\r\n', 'no chunk size'],
    ['g\r\n', 'no chunk size'],
    ['-1\r\n', 'no chunk size'],
    ['0x1\r\nx\r\n', 'no chunk size'],
    ['1 2\r\n', 'no chunk size'],
    ['11111111111111111\r\n', 'no chunk size'],
    ['1;\0\r\n', 'no chunk size'],
    ['1\nx\r\n', 'without CR'],
    ['1\r\nxy', 'longer than its size'],
    ['1\r\nx\ry', 'longer than its size'],
    ['1\r\nx\n', 'longer than its size'],
    ['0\r\nX: 1\n\n', 'without CR'],
    ['0\r\nX 1\r\n', 'no colon'],
  ])('refuses %j', (chunks, text) => {
    expect(read('response', head, chunks).error?.text).toContain(text);
  });

  it('writes what the grammar says', () => {
    const pieces = ['Hello', '', ' World!!'].map(encodeLatin1);
    expect(decodeLatin1(writeChunked(pieces, [['X', '1']]))).toBe(
      '5\r\nHello\r\n8\r\n World!!\r\n0\r\nX: 1\r\n\r\n',
    );
  });
});

describe('heads (RFC 9112 §2.2 to §5)', () => {
  it('takes a lone LF as the end of a line, and empty lines before a request', () => {
    expect(read('request', '\r\n\nGET / HTTP/1.1\nA: b\n\n').next()).toMatchObject({ headers: [['A', 'b']] });
  });

  it('takes a status line without a reason, with or without the space', () => {
    for (const line of ['HTTP/1.1 204 ', 'HTTP/1.1 204']) {
      expect(read('response', `${line}\r\n\r\n`).next()).toMatchObject({ status: 204, reason: '' });
    }
  });

  it('cuts white space around values, not inside', () => {
    const message = read('request', 'GET / HTTP/1.1\r\nA: \t b \t c\t \r\nB:\r\nC:d\r\n\r\n').next();
    expect(message?.headers).toEqual([
      ['A', 'b \t c'],
      ['B', ''],
      ['C', 'd'],
    ]);
  });

  it('joins folded lines in responses only (RFC 9112 §5.2)', () => {
    const folded = 'A: b\r\n \t c\r\n\td\r\n\r\n';
    expect(read('response', `HTTP/1.1 204 \r\n${folded}`).next()?.headers).toEqual([['A', 'b c d']]);
    expect(read('request', `GET / HTTP/1.1\r\n${folded}`).error?.rfc).toBe('RFC 9112 §5.2');
  });

  it.each<[Kind, string, string, number]>([
    ['request', 'GET  / HTTP/1.1\r\n', 'one space between', 400],
    ['request', 'GET /\r\n', 'one space between', 400],
    ['request', 'GET / HTTP/1.1 \r\n', 'one space between', 400],
    ['request', 'G(T / HTTP/1.1\r\n', 'no method', 400],
    ['request', 'GET /\xe4 HTTP/1.1\r\n', 'no request target', 400],
    ['request', 'GET / http/1.1\r\n', 'no HTTP version', 400],
    ['request', 'GET / HTTP/2.0\r\n', 'not spoken', 505],
    ['request', 'GET / HTTP/1.1\rA: b\r\n', 'CR stands alone', 400],
    ['request', 'GET / HTTP/1.1\r\nA : b\r\n', 'between a header name and its colon', 400],
    ['request', 'GET / HTTP/1.1\r\n: b\r\n', 'no header name', 400],
    ['request', 'GET / HTTP/1.1\r\nA(: b\r\n', 'no header name', 400],
    ['request', 'GET / HTTP/1.1\r\nA\r\n', 'no colon', 400],
    ['request', 'GET / HTTP/1.1\r\nA: \0\r\n', 'control character', 400],
    ['request', 'GET / HTTP/1.1\r\nA: b\rc\r\n', 'CR stands alone', 400],
    ['request', 'GET / HTTP/1.1\r\n A: b\r\n', 'before the first header', 400],
    ['response', '\r\n', 'a status line is', 400],
    ['response', 'HTTP/1.1 20 OK\r\n', 'a status line is', 400],
    ['response', 'HTTP/1.1 2000 OK\r\n', 'a status line is', 400],
    ['response', 'HTTP/3.0 200 OK\r\n', 'not spoken', 505],
    ['response', 'HTTP/1.1 200 OK\r\nA : b\r\n', 'between a header name and its colon', 400],
  ])('refuses %s %j', (kind, text, reason, status) => {
    const { error } = read(kind, text);
    expect(error).toMatchObject({ text: expect.stringContaining(reason), status });
  });

  it('has no head before the head is complete', () => {
    const reader = read('request', 'GET / HTTP/1.1\r\nA: b\r\n');
    expect(reader.head()).toBeUndefined();
    reader.push(encodeLatin1('broken\r\n'));
    expect([reader.head(), reader.error?.status]).toEqual([undefined, 400]);
  });

  it('keeps what was complete before an error and reads nothing after it', () => {
    const reader = read('request', 'GET /1 HTTP/1.1\r\n\r\nnonsense\r\n', 'GET /2 HTTP/1.1\r\n\r\n');
    expect(all(reader).map(({ target }) => target)).toEqual(['/1']);
    reader.end();
    expect(reader.error?.text).toContain('a request line is');
  });
});

describe('a body that somebody else takes', () => {
  const head = 'POST /in HTTP/1.1\r\nHost: x\r\n';
  const stream =
    `${head}Content-Length: 20\r\n\r\n${'a'.repeat(20)}${head}\r\n` +
    `${head}Transfer-Encoding: chunked\r\n\r\n8\r\nbbbbbbbb\r\n8\r\nBBBBBBBB\r\n0\r\n\r\n` +
    `${head.replace('/in', '/kept')}Content-Length: 3\r\n\r\nccc`;

  it.each([1, 7, 1000])('goes there, however long, in pieces of %i', (width) => {
    const taken: string[] = [];
    const reader = new HttpReader('request', { body: 10 }, ({ target }) => {
      if (target === '/kept') return undefined;
      const index = taken.push('') - 1;
      return (bytes) => {
        taken[index] += decodeLatin1(bytes);
      };
    });
    for (let at = 0; at < stream.length; at += width) reader.push(encodeLatin1(stream.slice(at, at + width)));
    expect(reader.error).toBeUndefined();
    expect(all(reader).map(bodyOf)).toEqual(['', '', '', 'ccc']);
    expect(taken).toEqual(['a'.repeat(20), '', 'bbbbbbbbBBBBBBBB']);
  });
});

describe('limits', () => {
  const limited = (text: string) => {
    const reader = new HttpReader('request', { head: 100, body: 10 });
    reader.push(encodeLatin1(text));
    return reader.error?.status;
  };

  it('refuses what is too long, before it is all there', () => {
    expect(limited(`GET /${'a'.repeat(100)}`)).toBe(414);
    expect(limited(`GET / HTTP/1.1\r\n${'A: b\r\n'.repeat(20)}`)).toBe(431);
    expect(limited(`GET / HTTP/1.1\r\nA: ${'a'.repeat(100)}`)).toBe(431);
    expect(limited('GET / HTTP/1.1\r\nContent-Length: 11\r\n\r\n')).toBe(413);
    const chunked = 'GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n';
    expect(limited(`${chunked}b\r\n`)).toBe(413);
    expect(limited(`${chunked}9\r\n123456789\r\n2\r\n`)).toBe(413);
    expect(limited(`${chunked}1;${'a'.repeat(100)}`)).toBe(400);
    expect(limited(`${chunked}0\r\n${'A: b\r\n'.repeat(20)}`)).toBe(431);
  });

  it('takes what just fits', () => {
    expect(limited('GET / HTTP/1.1\r\nContent-Length: 10\r\n\r\n')).toBeUndefined();
    const head = 'GET / HTTP/1.1\r\nA: ';
    expect(limited(`${head}${'a'.repeat(100 - head.length - 4)}\r\n\r\n`)).toBeUndefined();
  });
});

describe('headers', () => {
  const message = (...headers: HttpFields): HttpResponse => ({
    version: 'HTTP/1.1',
    status: 200,
    reason: '',
    headers,
    body: new Uint8Array(0),
  });

  it('are found in any case and joined', () => {
    const two = message(['Set-Cookie', 'a'], ['Vary', 'Accept'], ['vary', 'Cookie ,, Host']);
    expect(header(two, 'VARY')).toBe('Accept, Cookie ,, Host');
    expect(headerValues(two, 'vary')).toHaveLength(2);
    expect(headerTokens(two, 'Vary')).toEqual(['accept', 'cookie', 'host']);
    expect(header(two, 'Host')).toBeUndefined();
  });

  it('say whether the connection stays open (RFC 9112 §9.3)', () => {
    const old = (...headers: HttpFields) => ({ ...message(...headers), version: 'HTTP/1.0' });
    expect(keepsAlive(message())).toBe(true);
    expect(keepsAlive(message(['Connection', 'Upgrade, Close']))).toBe(false);
    expect(keepsAlive(old())).toBe(false);
    expect(keepsAlive(old(['Connection', 'Keep-Alive']))).toBe(true);
    expect(keepsAlive(old(['Connection', 'keep-alive, close']))).toBe(false);
  });

  it('name the host once (RFC 9112 §3.2)', () => {
    const check = (version: string, ...hosts: string[]) =>
      checkHost({
        method: 'GET',
        target: '/',
        version,
        headers: hosts.map((host) => ['Host', host]),
        body: new Uint8Array(0),
      })?.status;
    expect(check('HTTP/1.1', 'example.org:8080')).toBeUndefined();
    expect(check('HTTP/1.1', '')).toBeUndefined();
    expect(check('HTTP/1.1', '[2001:db8::1]:80')).toBeUndefined();
    expect(check('HTTP/1.0')).toBeUndefined();
    expect(check('HTTP/1.1')).toBe(400);
    expect(check('HTTP/1.1', 'a', 'a')).toBe(400);
    expect(check('HTTP/1.1', 'a b')).toBe(400);
    expect(check('HTTP/1.1', 'user@a')).toBe(400);
  });
});

/** Both directions of a capture with one connection to port 80. */
function readCapture(capture: string): { client: HttpReader<'request'>; server: HttpReader<'response'> } {
  const client = new HttpReader('request');
  const server = new HttpReader('response');
  const next = new Map<number, number>();
  for (const { sourcePort, destinationPort, sequence, bytes } of payloadsOf(capture)) {
    if ((sourcePort !== 80 && destinationPort !== 80) || bytes.length === 0) continue;
    // Segments that were sent twice count once.
    if (sequence < (next.get(sourcePort) ?? 0)) continue;
    next.set(sourcePort, sequence + bytes.length);
    (destinationPort === 80 ? client : server).push(bytes);
  }
  return { client, server };
}

describeWithCaptures('HTTP captures', () => {
  it.each([
    ['chain/arkime__http-301-get.pcap', '/', 301, 0],
    ['chain/arkime__http-content-gzip.pcap', '/crossdomain.xml', 200, 190],
    ['chain/sv__output-pcap-log-filter__input.pcap', '/base64-hello-world.txt', 200, 17],
  ])('%s: the request and its response', (capture, target, status, length) => {
    const { client, server } = readCapture(capture);
    expect([client.error, server.error]).toEqual([undefined, undefined]);
    expect(all(client)).toMatchObject([{ method: 'GET', target }]);
    expect(all(server)).toMatchObject([{ status, body: { length } }]);
  });

  it('app/sv__http-chunked__input.pcap: a request with two ways to tell its length is refused', () => {
    const { client } = readCapture('app/sv__http-chunked__input.pcap');
    expect(client.error).toMatchObject({
      rfc: 'RFC 9112 §6.3',
      text: expect.stringContaining('Content-Length'),
    });
  });
});
