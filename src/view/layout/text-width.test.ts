// How wide texts are taken to be, and how they are cut.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitLines, fitText, textWidth } from './text-width.js';

describe('the estimated width of a text', () => {
  it('grows with the text and its size', () => {
    expect(textWidth('', 10)).toBe(0);
    expect(textWidth('WWWW', 10)).toBeGreaterThan(textWidth('aaaa', 10));
    expect(textWidth('aaaa', 10)).toBeGreaterThan(textWidth('iiii', 10));
    expect(textWidth('aaaa', 20)).toBe(2 * textWidth('aaaa', 10));
    // Letters beyond the Latin ones are as wide as they are high; marks that stand on others have no width.
    expect(textWidth('網路', 10)).toBeGreaterThan(20);
    expect(textWidth('e\u0301', 10)).toBe(textWidth('e', 10));
  });
});

describe('cutting', () => {
  it('keeps what fits and never exceeds the width', () => {
    expect(fitText('short', 10, 100)).toBe('short');
    expect(fitText('a much longer text', 10, 60)).toBe('a much l…');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 12, max: 300 }), (text, width) => {
        expect(textWidth(fitText(text, 10, width), 10)).toBeLessThanOrEqual(width);
        const lines = fitLines(text, 10, width, 2);
        expect(lines.length).toBeLessThanOrEqual(2);
        for (const line of lines) expect(textWidth(line, 10)).toBeLessThanOrEqual(width);
      }),
    );
  });

  it('breaks between words', () => {
    expect(fitLines('the switch in the cellar', 10, 100, 2)).toEqual(['the switch in the', 'cellar']);
    expect(fitLines('the switch in the cellar', 10, 100, 1)).toEqual(['the switch in the…']);
    expect(fitLines('', 10, 100, 2)).toEqual([]);
  });
});
