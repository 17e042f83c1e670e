// Domain names: texts, comparing, reading from messages. Sources of the examples stand beside them.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeLatin1 } from '../../base/text.js';
import {
  canonicalName,
  formatName,
  isSubdomain,
  isValidHostName,
  nameLabels,
  parentName,
  parseName,
  readName,
  sameName,
} from './name.js';

/** A message of 12 header octets and these; in a text, `\0` to `\x3f` are lengths. */
function message(text: string): Uint8Array {
  return encodeLatin1(`${'\0'.repeat(12)}${text}`);
}

/** Any name that fits into 255 octets. */
const labels = fc
  .array(fc.uint8Array({ minLength: 1, maxLength: 63 }), { maxLength: 8 })
  .filter((all) => all.reduce((sum, label) => sum + 1 + label.length, 1) <= 255);

describe('names as text', () => {
  it('loses no octet', () => {
    fc.assert(
      fc.property(labels, (all) => {
        expect(parseName(formatName(all))).toEqual({ labels: all });
      }),
    );
  });

  it('escapes dots, backslashes and what is no printable ASCII (RFC 1035 §5.1)', () => {
    expect(formatName([encodeLatin1('a.b\\c d\xff"'), encodeLatin1('org')])).toBe(
      'a\\.b\\\\c\\032d\\255".org',
    );
    expect(formatName([])).toBe('.');
  });

  it('accepts a dot at the end and any escape', () => {
    expect(parseName('example.org.')).toEqual(parseName('example.org'));
    expect(parseName('\\101xample.org')).toEqual(parseName('example.org'));
  });

  it.each([
    ['', 'empty'],
    ['..', 'empty label'],
    ['.org', 'empty label'],
    ['a..org', 'empty label'],
    ['a b.org', 'printable'],
    ['bücher.example', 'printable'],
    ['a\\', 'followed by no octet'],
    ['a\\256', 'followed by no octet'],
    [`${'a'.repeat(64)}.org`, '63 is the limit'],
    [`${'abc.'.repeat(64)}`, '255 is the limit'],
  ])('refuses "%s"', (text, reason) => {
    expect(parseName(text)).toEqual({ error: expect.stringContaining(reason) });
  });

  it('takes exactly 63 octets in a label and 255 in a name (RFC 1035 §2.3.4)', () => {
    const longest = `${`${'a'.repeat(63)}.`.repeat(3)}${'b'.repeat(61)}`;
    expect(parseName(longest)).toHaveProperty('labels.length', 4);
    expect(parseName(`${longest}b`)).toHaveProperty('error');
  });
});

describe('how names relate', () => {
  it('ignores case, the dot at the end and how an octet is spelled (RFC 4343)', () => {
    expect(sameName('WWW.Example.ORG', 'www.example.org.')).toBe(true);
    expect(sameName('\\119ww.example.org', 'www.example.org')).toBe(true);
    expect(sameName('w\\.w.example.org', 'w.w.example.org')).toBe(false);
    expect(canonicalName('EXAMPLE.org.')).toBe('example.org');
    expect(canonicalName('.')).toBe('.');
  });

  it('changes ASCII letters only', () => {
    expect(canonicalName('\\195\\132.ORG')).toBe('\\195\\132.org');
  });

  it('knows what lies below what', () => {
    expect(isSubdomain('www.example.org', 'example.ORG')).toBe(true);
    expect(isSubdomain('example.org', 'example.org')).toBe(true);
    expect(isSubdomain('badexample.org', 'example.org')).toBe(false);
    expect(isSubdomain('a\\.example.org', 'example.org')).toBe(false);
    expect(isSubdomain('org', '.')).toBe(true);
    expect(isSubdomain('.', 'org')).toBe(false);
  });

  it('goes up label by label to the root', () => {
    expect(parentName('a\\.b.example.org')).toBe('example.org');
    expect(parentName('org')).toBe('.');
    expect(parentName('.')).toBeUndefined();
    expect(nameLabels('a\\.b\\\\.org')).toEqual(['a\\.b\\\\', 'org']);
    expect(nameLabels('.')).toEqual([]);
  });
});

describe('host names (RFC 1123 §2.1)', () => {
  it.each([
    'localhost',
    'www.example.org',
    '3com.example',
    'a-b.example',
    'xn--bcher-kva.example',
    'a'.repeat(63),
  ])('accepts %s', (name) => expect(isValidHostName(name)).toBe(true));

  it.each([
    '',
    '.',
    'a.',
    '-a.org',
    'a-.org',
    'a_b.org',
    'a..b',
    '192.0.2.1',
    'a.1',
    'a'.repeat(64),
    'bücher.example',
  ])('refuses "%s"', (name) => expect(isValidHostName(name)).toBe(false));
});

describe('names on the wire', () => {
  it('reads the examples of RFC 1035 §4.1.4', () => {
    const bytes = new Uint8Array(93);
    bytes.set(encodeLatin1('\x01F\x03ISI\x04ARPA\0'), 20);
    bytes.set(encodeLatin1('\x03FOO\xc0\x14'), 40);
    bytes.set(encodeLatin1('\xc0\x1a'), 64);
    expect(readName(bytes, 20)).toEqual({ name: 'F.ISI.ARPA', next: 32 });
    expect(readName(bytes, 40)).toEqual({ name: 'FOO.F.ISI.ARPA', next: 46 });
    expect(readName(bytes, 64)).toEqual({ name: 'ARPA', next: 66 });
    expect(readName(bytes, 92)).toEqual({ name: '.', next: 93 });
  });

  it.each([
    ['a pointer to itself', message('\xc0\x0c'), 12, 'not to an earlier name'],
    ['a pointer forward', message('\xc0\x0e\x01a\0'), 12, 'not to an earlier name'],
    ['a pointer into its own labels', message('\x01a\xc0\x0c'), 12, 'not to an earlier name'],
    ['two pointers in a ring', message('\x01a\xc0\x10\x01b\xc0\x0c'), 16, 'not to an earlier name'],
    ['a pointer into the header', message('\xc0\x0b'), 12, 'into the header'],
    ['half a pointer', message('\x01a\xc0'), 12, 'cut off'],
    ['a label that is too long for the message', message('\x05abc'), 12, 'past the end'],
    ['no end', message('\x03abc'), 12, 'past the end'],
    ['a reserved label type', message('\x41a\0'), 12, 'no label length'],
    ['too many octets', message(`${`\x3f${'a'.repeat(63)}`.repeat(4)}\0`), 12, 'longer than 255'],
  ])('refuses %s', (_, bytes, start, reason) => {
    expect(readName(bytes, start)).toEqual({
      error: expect.stringContaining(reason),
      rfc: expect.stringContaining('RFC 1035'),
    });
  });

  it('gives up on chains of pointers that no honest writer makes', () => {
    const links = Array.from({ length: 200 }, (_, i) => `\xc0${String.fromCharCode(12 + 2 * i)}`).slice(
      0,
      120,
    );
    const chain = message(`\0\0${links.join('')}`);
    expect(readName(chain, chain.length - 2)).toEqual({ name: '.', next: chain.length });
    const longer = new Uint8Array(12 + 2 + 2 * 140);
    for (let i = 1; i <= 140; i++) longer.set([0xc0 | ((10 + 2 * i) >> 8), 10 + 2 * i], 12 + 2 * i);
    expect(readName(longer, longer.length - 2)).toHaveProperty(
      'error',
      expect.stringContaining('127 pointers'),
    );
  });

  it('does not read past the end it is given, but pointers may lead anywhere before', () => {
    const bytes = message('\x03org\0\x02ab\xc0\x0c');
    expect(readName(bytes, 17, 22)).toEqual({ name: 'ab.org', next: 22 });
    expect(readName(bytes, 17, 21)).toHaveProperty('error');
    expect(readName(bytes, 17, 20)).toHaveProperty('error');
  });

  it('never throws and never reads outside', () => {
    const anywhere = fc.tuple(fc.uint8Array({ maxLength: 80 }), fc.nat(100));
    fc.assert(
      fc.property(anywhere, ([bytes, start]) => {
        const read = readName(bytes, start);
        if ('name' in read) expect(read.next).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });
});
