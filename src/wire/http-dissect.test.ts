// HTTP as a dissection: the law of tiling on anything, and the fields Wireshark has.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeWithCaptures, payloadsOf, tsharkLinesOf } from '../../test/capture-payloads.js';
import { allFields, tilingFaults } from '../../test/tiling.js';
import { encodeLatin1 } from '../base/text.js';
import { dissectHttp, looksLikeHttp } from './http-dissect.js';

const REQUEST =
  'GET /a?b HTTP/1.1\r\nHost: example.org\r\nUser-Agent: x\r\nX-Own: 1\r\nContent-Length: 2\r\n\r\nab';
const RESPONSE = 'HTTP/1.1 404 Not Found\r\nServer: y\r\nContent-Type: text/html\r\n\r\n<p>';

function dissect(text: string) {
  const bytes = encodeLatin1(text);
  const layer = dissectHttp(bytes, 0, bytes.length);
  const dissection = { layers: [layer], length: bytes.length };
  expect(tilingFaults(dissection)).toEqual([]);
  return { layer, values: allFields(dissection).map(({ name, value }) => [name, value]) };
}

describe('dissectHttp', () => {
  it('names the fields of a request', () => {
    const { layer, values } = dissect(REQUEST);
    expect(layer.summary).toBe('GET /a?b HTTP/1.1');
    expect(layer.problems).toEqual([]);
    expect(values).toEqual([
      ['http.request', true],
      ['http.request.method', 'GET'],
      ['http.request.uri', '/a?b'],
      ['http.request.version', 'HTTP/1.1'],
      ['http.host', 'example.org'],
      ['http.user_agent', 'x'],
      ['http.unknown_header', 'X-Own: 1'],
      ['http.content_length_header', '2'],
      ['http.content_length', 2],
      ['http.request.line', ''],
      ['http.file_data', 'ab'],
      ['http.request.full_uri', 'http://example.org/a?b'],
    ]);
  });

  it('names the fields of a response', () => {
    const { layer, values } = dissect(RESPONSE);
    expect(layer.summary).toBe('HTTP/1.1 404 Not Found');
    expect(values).toEqual([
      ['http.response', true],
      ['http.response.version', 'HTTP/1.1'],
      ['http.response.code', 404],
      ['http.response.code.desc', 'Not Found'],
      ['http.response.phrase', 'Not Found'],
      ['http.server', 'y'],
      ['http.content_type', 'text/html'],
      ['http.response.line', ''],
      ['http.file_data', '<p>'],
    ]);
  });

  it('shows what goes on from an earlier segment as data', () => {
    const { layer, values } = dissect('rest of a page');
    expect(layer.summary).toBe('Continuation');
    expect(values.map(([name]) => name)).toEqual(['data']);
  });

  it('says when the head goes on in the next segment', () => {
    expect(dissect(REQUEST.slice(0, 30)).layer.problems).toMatchObject([{ severity: 'note' }]);
    expect(dissect('HTTP/1.1 204 \r\n').layer.problems).toMatchObject([{ severity: 'note' }]);
  });

  it('names the line that lies', () => {
    const { layer } = dissect('GET / HTTP/1.1\r\nno colon\r\nContent-Length: two\r\n folded\r\n\r\n');
    expect(layer.problems).toMatchObject([
      { severity: 'warning', field: 'http.request.line' },
      { severity: 'warning', field: 'http.content_length_header' },
    ]);
  });

  it('tiles every prefix, wherever the layer begins in the frame', () => {
    for (const text of [REQUEST, RESPONSE, 'HTTP/1.0 200\r\n\r\n', 'GET / HTTP/1.1\nA:b\n\n']) {
      const bytes = encodeLatin1(`${' '.repeat(5)}${text}`);
      for (let end = 5; end <= bytes.length; end++) {
        const { fields } = dissectHttp(bytes, 5, end);
        const shifted = dissectHttp(bytes.subarray(5), 0, end - 5);
        expect(tilingFaults({ layers: [shifted], length: end - 5 })).toEqual([]);
        expect(fields.map(({ bitOffset }) => bitOffset - 40)).toEqual(
          shifted.fields.map(({ bitOffset }) => bitOffset),
        );
      }
    }
  });

  it('is total on noise between good lines', () => {
    const lines = fc.array(
      fc.oneof(
        fc.constantFrom(
          'GET / HTTP/1.1\r\n',
          'HTTP/1.1 200 \r\n',
          'Host: a\r\n',
          'Content-Length: 1\r\n',
          '\r\n',
          '\n',
          '\r',
        ),
        fc.uint8Array({ maxLength: 10 }).map((bytes) => String.fromCharCode(...bytes)),
      ),
    );
    fc.assert(
      fc.property(lines, (all) => {
        dissect(all.join(''));
      }),
    );
  });

  it('is recognized by its start line', () => {
    const looks = (text: string) => looksLikeHttp(encodeLatin1(text), 0, text.length);
    expect([REQUEST, RESPONSE, 'HTTP/1.1 204\r\n'].map(looks)).toEqual([true, true, true]);
    expect(
      ['', 'GET /', 'EHLO example.org\r\n', 'HTTP/2.0 200 OK\r\n', '\x16\x03\x01'].map(looks),
    ).not.toContain(true);
  });
});

describeWithCaptures('HTTP captures as tshark tells them', () => {
  it.each([
    'chain/arkime__http-301-get.pcap',
    'chain/arkime__http-content-gzip.pcap',
    'chain/sv__output-pcap-log-filter__input.pcap',
    'app/sv__http-chunked__input.pcap',
  ])('%s', (capture) => {
    const lines = tsharkLinesOf(capture);
    const told = payloadsOf(capture).filter(({ frame }) => lines.get(frame)?.protocol.startsWith('HTTP'));
    expect(told.length).toBeGreaterThan(0);
    for (const { frame, bytes } of told) {
      const layer = dissectHttp(bytes, 0, bytes.length);
      expect(tilingFaults({ layers: [layer], length: bytes.length })).toEqual([]);
      // tshark adds the type of the body in parentheses.
      expect(lines.get(frame)?.info.replace(/ {2}\(.*\)$/, '')).toBe(layer.summary);
    }
  });
});
