// Reading base64 beside Node's, and what it refuses.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseBase64 } from './base64.js';

it('any bytes, in lines or not', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.integer({ min: 1, max: 80 }), (bytes, width) => {
      const text = Buffer.from(bytes).toString('base64');
      expect(parseBase64(text)).toEqual(bytes);
      const lines = text.replace(new RegExp(`.{${width}}`, 'g'), '$&\n  ');
      expect(parseBase64(lines)).toEqual(bytes);
    }),
  );
});

it.each([
  'A',
  'AA',
  'AAA',
  'AA=',
  'AA=A',
  'A===',
  '====',
  'AA-_',
  'AB==',
  'AAB=',
  'AAAA=',
  'AA==AAAA',
  'ÄAAA',
])('%j is none', (text) => {
  expect(parseBase64(text)).toBeUndefined();
});
