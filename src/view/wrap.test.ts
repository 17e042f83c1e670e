// Lines of a given width.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cutText, plainText, wrapText } from './wrap.js';

it('breaks between words and indents what follows', () => {
  expect(wrapText('one two three four', 14, '1  ', '   ')).toEqual(['1  one two', '   three four']);
});

it('cuts a word that fits on no line', () => {
  expect(wrapText('abcdefghij', 6, '> ', '  ')).toEqual(['> abcd', '  efgh', '  ij']);
});

it('keeps every letter and never exceeds the width', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ minLength: 1, maxLength: 30, unit: 'grapheme-ascii' })),
      fc.integer({ min: 8, max: 60 }),
      (words, width) => {
        const lines = wrapText(words.join(' '), width, '* ', '  ');
        expect(lines.every((line) => line.length <= width)).toBe(true);
        const letters = (text: string): string => text.replace(/\s/g, '');
        expect(letters(lines.join('').slice(1))).toBe(letters(words.join('')));
      },
    ),
  );
});

it('cuts to one line', () => {
  expect(cutText('abcdef', 4)).toBe('abc…');
  expect(cutText('abcd', 4)).toBe('abcd');
});

it('has plain signs for screens that know no others', () => {
  expect(plainText('a → b’s “c” … – ─ µs ↔')).toBe('a -> b\'s "c" ... - - us <->');
});
