// The walk as text: whatever the names in it are, a terminal only gets text and our colours.

import { describe, expect, it } from 'vitest';
import { World } from '../net/world.js';
import { explainWalk } from './explain/explain-walk.js';
import { renderWalk } from './text.js';

/** A run in which a name and a URL would do things to a terminal. */
function hostileRun() {
  const world = new World({ name: 'hostile' });
  const host = world.addHost('pc\x1b[2J');
  world.addInterface(host, 'eth0', { address: '192.0.2.1/24' });
  const node = world.node('pc\x1b[2J');
  if (node !== undefined) node.label = 'the \x1b]0;title\x07 computer\u202e';
  host.browser.open('http://example.org/\x1b[31m', () => {});
  world.runToRest();
  return world.trace();
}

describe('a walk with hostile names', () => {
  const trace = hostileRun();
  const walk = explainWalk(trace);

  it.each(['brief', 'normal', 'full'] as const)('is only text: %s', (detail) => {
    const text = renderWalk(walk, trace, { detail });
    expect(text).toContain('\\x1b');
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
  });

  it('has no control sequences but our colours', () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are made of them
    const plain = renderWalk(walk, trace, { color: true }).replace(/\x1b\[[\d;]*m/g, '');
    expect(plain.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
  });
});
