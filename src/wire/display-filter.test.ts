// The filter language: its meaning on frames of real programs as tshark sees it, its errors, and that it is total.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeWithCaptures } from '../../test/capture-payloads.js';
import { describeWithJudge } from '../../test/judge.js';
import { readCapture } from './capture-file.js';
import { type DisplayFilter, parseFilter } from './display-filter.js';
import { dissect } from './dissect.js';
import type { Dissection } from './dissection.js';

function filter(text: string): DisplayFilter {
  const parsed = parseFilter(text);
  if ('error' in parsed) throw new Error(`${text}: ${parsed.error} at ${parsed.position}`);
  return parsed;
}

/** A frame with the fields a test is about. */
function frame(fields: Readonly<Record<string, readonly (string | number | boolean)[]>>): Dissection {
  return {
    length: 0,
    layers: Object.entries(fields).map(([name, values]) => ({
      protocol: name.split('.')[0] as string,
      title: '',
      summary: '',
      start: 0,
      end: 0,
      problems: [],
      fields: values.map((value) => ({ name, label: '', value, text: String(value), bitOffset: 0, bits: 0 })),
    })),
  };
}

const SAMPLE = frame({
  'eth.src': ['02:00:00:00:00:0a'],
  'ip.addr': ['10.0.0.1', '192.0.2.200'],
  'ip.ttl': [64],
  'tcp.flags.syn': [true],
  'tcp.flags.ack': [false],
  'tcp.port': [49152, 80],
  'http.host': ['www.example.org'],
  'http.request.method': ['GET'],
  'data.data': ['00ff47455448'],
});

describe('what a filter means', () => {
  it.each([
    ['', true],
    ['ip', true],
    ['arp', false],
    ['ip.ttl', true],
    ['ip.ttl == 64 && tcp.flags.syn == 1', true],
    ['tcp.flags.ack == 1 || tcp.flags.syn == true', true],
    ['not tcp.flags.syn == 1 or ip.ttl gt 0x41', false],
    ['!(ip.ttl < 64) and ip.ttl <= 64', true],
    // Any of several values, or all of them.
    ['ip.addr == 10.0.0.1', true],
    ['ip.addr != 10.0.0.1', false],
    ['ip.addr !== 10.0.0.1', true],
    ['ip.addr === 10.0.0.1', false],
    ['ip.addr != 10.9.9.9', true],
    ['udp.port != 53', false],
    ['!(udp.port == 53)', true],
    // Addresses are compared as numbers, a network stands for all in it.
    ['ip.addr == 192.0.2.0/24', true],
    ['ip.addr == 192.0.2.77/24', true],
    ['ip.addr == 0.0.0.0/0', true],
    ['ip.addr == 192.0.3.0/24', false],
    ['ip.addr > 192.0.2.30', true],
    ['ip.addr in {192.0.2.1..192.0.2.250}', true],
    ['eth.src == 02-00-00-00-00-0A', true],
    ['eth.src[0:3] == 02:00:00', true],
    ['eth.src[5] == 0a', true],
    ['eth.src[4-5] == 00:0b', false],
    ['tcp.port in {80, 443}', true],
    ['tcp.port in {1..79, 81..49151}', false],
    ['http.request.method in {"GET", "HEAD"}', true],
    ['http.host == www.example.org', true],
    ['http.host == "WWW.example.org"', false],
    ['http.host contains "example"', true],
    ['data.data contains 47:45:54', true],
    ['data.data contains "GETH"', true],
    ['http.host matches "^WWW\\\\.[a-z]+\\\\.(com|org)$"', true],
    ['http.host ~ r"^\\w{3}\\."', true],
    ['http.host matches "^example"', false],
    ['ip.ttl == sixty', false],
    ['ip.ttl == constructor', false],
    ['tcp.flags.syn == toString', false],
  ])('%s: %s', (text, expected) => {
    expect(filter(text).matches(SAMPLE)).toBe(expected);
  });

  it('binds && closer than ||', () => {
    expect(filter('ip || arp && arp').matches(SAMPLE)).toBe(true);
    expect(filter('(ip || arp) && arp').matches(SAMPLE)).toBe(false);
  });

  it('tells which fields it names', () => {
    expect(filter('ip.src == 10.0.0.1 && (tcp || ip.src == 10.0.0.2)').fields).toEqual(['ip.src', 'tcp']);
  });
});

describe('what is wrong with a filter', () => {
  it.each([
    ['ip.ttl ==', /value was expected/, 9],
    ['ip.ttl == 64 64', /"64" was not expected/, 13],
    ['(ip', /has no \)/, 3],
    ['ip &&', /the end/, 5],
    ['tcp == 6', /tcp is a protocol/, 0],
    ['tcp contains "GET"', /tcp is a protocol/, 0],
    ['http.host contains "GET', /no end/, 19],
    ['ip.ttl == 6 § 3', /"§" means nothing/, 12],
    ['tcp.port in 80', /set such as/, 12],
    ['tcp.port in {80', /"the end"|not expected|expected in the set/, 15],
    ['http.host matches "a("', /has no \)/, 18],
    ['http.host matches "*"', /nothing stands before/, 18],
    ['192.0.2.1 == ip.src', /a field such as/, 0],
    ['ip.src constructor 1', /was not expected/, 7],
    [`${'('.repeat(5000)}ip`, /too deeply/, 101],
    ['x'.repeat(20000), /longer than/, 10000],
  ])('%s', (text, error, position) => {
    const parsed = parseFilter(text);
    expect(parsed).toMatchObject({ error: expect.stringMatching(error), position });
  });

  it('is total', () => {
    const word = fc.constantFrom(
      ...[
        'ip.src',
        'tcp',
        'eth.src',
        '==',
        '!=',
        '===',
        'in',
        '{',
        '}',
        '(',
        ')',
        '!',
        '&&',
        'or',
        'contains',
        'matches',
      ],
      ...[
        '"a*(b|c)+[x-z]{2,}"',
        '10.0.0.0/8',
        '02:00:00:00:00:01',
        '0x10',
        '..',
        ',',
        '[',
        ']',
        '0:3',
        '"',
        '~',
        '-1',
        'r"',
      ],
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.array(word, { maxLength: 12 }).map((words) => words.join(' ')),
    );
    fc.assert(
      fc.property(text, (input) => {
        const parsed = parseFilter(input);
        if ('error' in parsed) {
          expect(parsed.error).not.toBe('');
          expect(parsed.position).toBeLessThanOrEqual(input.length);
        } else expect(typeof parsed.matches(SAMPLE)).toBe('boolean');
      }),
      { numRuns: 2000 },
    );
  });

  it('takes no pattern that could stall it', () => {
    const long = frame({ 'http.host': ['a'.repeat(20000)] });
    for (const pattern of ['(a*)*b', '(a|a)*b', '(a+)+(a+)+b', 'a{0,200}{0,9}b', '.*.*.*.*.*b']) {
      expect(filter(`http.host matches "${pattern}"`).matches(long)).toBe(false);
    }
    expect(parseFilter('http.host matches "((a{99}){99}){99}"')).toMatchObject({
      error: expect.stringMatching(/too large/),
    });
  });
});

/** Without commas, so that tshark can count for all of them in one go. */
const FILTERS = [
  'ip',
  'tcp || arp',
  'ip.addr == 10.0.0.0/8',
  'ip.src == 192.168.0.0/16',
  'ip.ttl > 60',
  'ip.ttl != 64',
  'ip.flags.df == 1',
  'tcp.port == 80',
  'tcp.port != 80',
  'tcp.port === 80',
  'tcp.dstport in {80..443}',
  'tcp.flags.syn == 1 && tcp.flags.ack == 0',
  'tcp.flags == 0x018',
  'tcp.len > 0',
  '!(tcp.flags.ack == 1)',
  'tcp.flags.fin',
  'udp.port == 53 && dns.flags.response == 1',
  'dns.qry.name contains "a"',
  'dns.qry.name matches "\\\\.(com|net)$"',
  'dns.a',
  'http.request.method == "GET"',
  'http.host contains "."',
  'http.response.code >= 300',
  'eth.dst[0:2] == 00:00',
  'eth.addr == ff:ff:ff:ff:ff:ff',
  'arp.opcode == 1',
  'frame.len > 100',
];

const CAPTURES = [
  'app/arkime__dns-udp',
  'chain/arkime__http-301-get',
  'app/sv__http-chunked__input',
  'app/arkime__cloudshark-arp',
];

describeWithCaptures('frames of real programs', () => {
  describeWithJudge('tshark', 'are picked as tshark picks them', (tshark) => {
    it.each(CAPTURES)('%s', (name) => {
      const file = fileURLToPath(
        new URL(`../../../shared/conformance/captures/${name}.pcap`, import.meta.url),
      );
      const capture = readCapture(new Uint8Array(readFileSync(file)));
      const dissections = capture.packets.map(({ captured, originalLength, linkType }) =>
        dissect(captured, { originalLength, linkType }),
      );
      const ours = FILTERS.map(
        (text) => dissections.filter((dissection) => filter(text).matches(dissection)).length,
      );
      expect(Object.fromEntries(FILTERS.map((text, i) => [text, ours[i]]))).toEqual(
        countWithTshark(tshark, file),
      );
    });
  });
});

function countWithTshark(tshark: string, file: string): Record<string, number> {
  const preferences = [
    'ip.defragment:FALSE',
    'tcp.desegment_tcp_streams:FALSE',
    'http.desegment_headers:FALSE',
    'http.desegment_body:FALSE',
  ];
  const output = execFileSync(
    tshark,
    [
      '-n',
      '-q',
      '-r',
      file,
      ...preferences.flatMap((preference) => ['-o', preference]),
      '-z',
      `io,stat,0,${FILTERS.join(',')}`,
    ],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
  );
  // `| 0.0 <> 1.5 |  frames |  bytes |  frames | …`, two columns for each filter.
  const row = output.split('\n').find((line) => line.includes('<>')) ?? '';
  const cells = row.split('|').slice(2, -1);
  return Object.fromEntries(FILTERS.map((text, i) => [text, Number(cells[2 * i])]));
}
