// Text from bytes that come in pieces.

import { expect, it } from 'vitest';
import { harmless } from '../../base/text.js';
import { TextOutput } from './text-output.js';

it('never shows half a character, nor half a line end', () => {
  const text = 'aé€😀\r\nende';
  const bytes = new TextEncoder().encode(text);
  for (let cut = 0; cut <= bytes.length; cut++) {
    for (let next = cut; next <= bytes.length; next++) {
      let shown = '';
      const output = new TextOutput((piece) => {
        shown += harmless(piece);
      });
      for (const piece of [bytes.subarray(0, cut), bytes.subarray(cut, next), bytes.subarray(next)])
        output.add(piece);
      output.end();
      expect(shown).toBe('aé€😀\nende');
    }
  }
});

it('shows at the end what was never completed', () => {
  let shown = '';
  const output = new TextOutput((piece) => {
    shown += piece;
  });
  output.add(Uint8Array.of(0x41, 0xe2, 0x82));
  expect(shown).toBe('A');
  output.end();
  expect(shown).toBe('A\ufffd\ufffd');
});
