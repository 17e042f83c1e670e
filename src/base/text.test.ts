// UTF-8 and hexadecimal, against the host's own coders where they say the same.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeLatin1, decodeUtf8, encodeLatin1, encodeUtf8, formatHex, harmless, parseHex } from './text.js';

describe('UTF-8', () => {
  it('is written as the host writes it, and comes back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(encodeUtf8(text)).toEqual(new Uint8Array(new TextEncoder().encode(text)));
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(decodeUtf8(encodeUtf8(text))).toBe(text);
      }),
    );
  });

  it('can be read from any bytes', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void decodeUtf8(bytes)));
  });

  it.each([
    ['c080', '\ufffd\ufffd'], // overlong
    ['e0809f', '\ufffd\ufffd\ufffd'],
    ['eda080', '\ufffd\ufffd\ufffd'], // a surrogate
    ['f4908080', '\ufffd\ufffd\ufffd\ufffd'], // beyond U+10FFFF
    ['41c3', 'A\ufffd'],
    ['c3a4', 'ä'],
  ])('reads %s as %j', (hex, text) => expect(decodeUtf8(parseHex(hex) as Uint8Array)).toBe(text));

  it('reads a part', () => {
    expect(decodeUtf8(encodeUtf8('xäx'), 1, 3)).toBe('ä');
  });
});

describe('Latin-1', () => {
  it('keeps every octet', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(encodeLatin1(decodeLatin1(bytes))).toEqual(bytes);
      }),
    );
    expect(encodeLatin1('€')).toEqual(Uint8Array.of(0x3f));
  });
});

describe('hexadecimal', () => {
  it('comes back', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.constantFrom('', ':', ' '), (bytes, separator) => {
        expect(parseHex(formatHex(bytes, separator))).toEqual(bytes);
      }),
    );
  });

  it.each(['0', '0g', '00-00'])('is not %j', (text) => expect(parseHex(text)).toBeUndefined());
});

describe('text for a terminal', () => {
  it('loses what could do things to it, and nothing else', () => {
    expect(harmless('a\x1b[2J\u202eb\r\nc\td\r')).toBe('a\\x1b[2J\\u202eb\nc\td\\x0d');
    expect(harmless('grüße → 世界')).toBe('grüße → 世界');
  });
});
