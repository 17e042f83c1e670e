// What can be said of Linux without asking it.

import { describe, expect, it } from 'vitest';
import { isCardName, missingForNamespaces } from './linux.js';

describe('names of cards', () => {
  it.each(['eth0', 'a', 'wan.1', 'abcdefghijklmno'])('%s is one', (name) => {
    expect(isCardName(name)).toBe(true);
  });

  it.each(['', 'abcdefghijklmnop', 'a/b', 'a b', 'lo', 'all', 'default', '.', '..', 'é'])(
    '%j is none',
    (name) => {
      expect(isCardName(name)).toBe(false);
    },
  );
});

describe('what stands in the way', () => {
  it('is said of koffi in one line', async () => {
    const missing = await missingForNamespaces(() => Promise.reject(new Error('Cannot find package\nat x')));
    expect(missing.at(-1)).toMatch(
      process.platform === 'linux'
        ? /^The package koffi .*npm install koffi.*\(Cannot find package\)/
        : /Linux/,
    );
  });
});
