// What can be said of Linux without asking it.

import { describe, expect, it } from 'vitest';
import { isCardName, loadLinux, missingForNamespaces } from './linux.js';

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

describe.runIf(process.platform === 'linux')('an alarm', () => {
  const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

  it('rings once, when it was last set for, and not when it is closed', async () => {
    const { alarm } = await loadLinux();
    const rung: number[] = [];
    const made = alarm(() => rung.push(performance.now()));
    const begun = performance.now();
    made.set(1e9 * 3600);
    made.set(20e6);
    await pause(60);
    expect(rung).toHaveLength(1);
    expect(rung[0]).toBeGreaterThanOrEqual(begun + 20);
    made.set(0);
    await pause(20);
    expect(rung).toHaveLength(2);
    made.set(10e6);
    made.close();
    made.close();
    made.set(0);
    await pause(30);
    expect(rung).toHaveLength(2);
  });
});
