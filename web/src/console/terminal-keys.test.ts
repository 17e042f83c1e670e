// What a terminal sends, as things to do.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyText } from '../test/kit.js';
import { LineEditor } from './line-editor.js';
import { readKeys } from './terminal-keys.js';

const deeds = (data: string): string[] => readKeys(data).map((deed) => deed.do);

/** What stands in the line, and in the lines before it, after all of it. */
function written(data: string): readonly string[] {
  const editor = new LineEditor();
  for (const deed of readKeys(data)) {
    if (deed.do === 'edit') deed.edit(editor);
    else if (deed.do === 'enter') editor.enter();
  }
  return [...editor.history, editor.text];
}

describe('keys', () => {
  it.each([
    ['\r', ['enter']],
    ['\n', ['enter']],
    ['\t', ['complete']],
    ['\x03', ['cancel']],
    ['\x0c', ['clear']],
    ['ab', ['edit']],
    ['a\rb', ['edit', 'enter', 'edit']],
    // Unknown, and cut off.
    ['\x1b', []],
    ['\x1b[', []],
    ['\x1b[99;9Z', []],
    ['\x00\x1c\x1f', []],
    ['', []],
  ])('%j: %j', (data, list) => {
    expect(deeds(data)).toEqual(list);
  });

  it('of whatever a terminal sends leave one line of letters', () => {
    const piece = fc.constantFrom(
      '\x1b',
      '\x1b[',
      '[200~',
      '\x1b[200~',
      '\x1b[201~',
      'O',
      '~',
      ';',
      '1',
      '\r',
      '\t',
      'a',
    );
    const data = fc.oneof(
      anyText(),
      fc.array(piece).map((list) => list.join('')),
    );
    fc.assert(
      fc.property(data, (keys) => {
        for (const line of written(keys)) expect(line).not.toMatch(/\p{Cc}/u);
      }),
    );
  });
});

describe('a paste', () => {
  it('takes line ends as Enter, and no other key of it', () => {
    expect(written('\x1b[200~arp -a\r\nss\x03\x15 -t\nping\x1b[201~!')).toEqual(['arp -a', 'ss -t', 'ping!']);
    expect(deeds('\x1b[200~a\tb\x1b[A\x1b[201~')).toEqual(['edit']);
  });

  it('may lack its end', () => {
    expect(written('\x1b[200~ping')).toEqual(['ping']);
  });
});
