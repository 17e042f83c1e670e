// Completing words, and words in columns and lines.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellAfter } from './cell-width.js';
import { completionOf, inColumns, lastWord, wrapped } from './completion.js';

describe('completing', () => {
  it.each([
    ['pi', ['ping'], 'ng '],
    ['ping', ['ping'], ' '],
    ['show ip r', ['route'], 'oute '],
    ['show ', ['arp', 'ip'], ''],
    ['show i', ['interfaces', 'ip'], ''],
    ['tr', ['traceroute', 'traceroute6'], 'aceroute'],
    ['zz', [], ''],
  ])('%j with %j', (partial, candidates, added) => {
    expect(completionOf(partial, candidates)).toBe(added);
  });

  it('adds nothing that some candidate does not have', () => {
    const word = fc.stringMatching(/^[ab]{0,4}$/);
    fc.assert(
      fc.property(word, fc.array(word, { minLength: 2, maxLength: 5 }), (begun, ends) => {
        const candidates = ends.map((end) => begun + end);
        const completed = lastWord(`dig ${begun}`) + completionOf(`dig ${begun}`, candidates);
        for (const candidate of candidates) expect(candidate.startsWith(completed)).toBe(true);
      }),
    );
  });
});

describe('columns', () => {
  it('run down, as those of ls', () => {
    expect(inColumns(['a', 'bb', 'c', 'd', 'e'], 9)).toEqual(['a   d', 'bb  e', 'c']);
    expect(inColumns([], 80)).toEqual([]);
    expect(inColumns(['日本', 'x'], 12)).toEqual(['日本  x']);
  });

  it('show every word once, within the width if they can', () => {
    const words = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,12}$/), { maxLength: 40 });
    fc.assert(
      fc.property(words, fc.integer({ min: 14, max: 100 }), (list, columns) => {
        const lines = inColumns(list, columns);
        expect(lines.flatMap((line) => line.split(/ +/)).sort()).toEqual(list.toSorted());
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
      }),
    );
  });
});

describe('lines', () => {
  it('are broken between words, and never within one', () => {
    expect(wrapped(' 1  192.0.2.1  0.1 ms', 12)).toEqual([' 1', '   192.0.2.1', '   0.1 ms']);
    expect(wrapped('abcdefghij', 4)).toEqual(['abcdefghij']);
    expect(wrapped('short', 80)).toEqual(['short']);
    expect(wrapped('a\tb that is longer', 8)).toEqual(['a\tb that is longer']);
    expect(wrapped('', 8)).toEqual(['']);
  });

  it('keep every word in order, and fit unless a word is too long by itself', () => {
    const text = fc
      .array(fc.stringMatching(/^[a-z日]{1,9}$/), { maxLength: 20 })
      .map((list) => list.join(' '));
    fc.assert(
      fc.property(text, fc.integer({ min: 8, max: 60 }), (line, columns) => {
        const lines = wrapped(line, columns);
        expect(lines.join(' ').split(/ +/).filter(Boolean)).toEqual(line.split(/ +/).filter(Boolean));
        for (const one of lines) {
          const { column } = cellAfter(one, Number.POSITIVE_INFINITY);
          if (one.trim().includes(' ')) expect(column).toBeLessThanOrEqual(columns);
        }
      }),
    );
  });
});
