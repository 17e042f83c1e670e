// The line that is typed at a console: editing by keys as shells have it, cutting, history, limits.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineEditor, printable } from './line-editor.js';
import { readKeys } from './terminal-keys.js';

/** Presses keys as a terminal sends them; Enter ends the line. Shows the line with `|` for the cursor. */
function typed(keys: string, editor = new LineEditor()): string {
  for (const deed of readKeys(keys)) {
    if (deed.do === 'edit') deed.edit(editor);
    else if (deed.do === 'enter') editor.enter();
    else if (deed.do === 'cancel') editor.abandon();
  }
  return shown(editor);
}

function shown({ text, beforeCursor }: LineEditor): string {
  return `${beforeCursor}|${text.slice(beforeCursor.length)}`;
}

describe('editing a line', () => {
  it.each([
    ['letters', 'ping', 'ping|'],
    ['cursor keys', 'ping\x1b[D\x1b[D-', 'pi-|ng'],
    ['Home and End', 'b\x1b[Ha\x1b[Fc', 'abc|'],
    ['Ctrl-A and Ctrl-E', 'b\x01a\x05c', 'abc|'],
    ['Backspace and Delete', 'abc\x7f\x01\x1b[3~', '|b'],
    ['Ctrl-U cuts to the start', 'ping host\x1b[D\x1b[D\x15', '|st'],
    ['Ctrl-K cuts to the end', 'ping host\x1bb\x0b', 'ping |'],
    ['Ctrl-W cuts a word up to a blank', 'dig @192.0.2.1\x17', 'dig |'],
    ['Alt-D cuts the word that follows', 'dig name\x01\x1bd', '| name'],
    ['Ctrl-Y brings back what was cut', 'a b\x17\x01\x19', 'b|a '],
    ['a cut of nothing keeps what was cut', 'a b\x17\x05\x0b\x19', 'a b|'],
    ['words by Ctrl and cursor keys', 'a.b c\x1b[1;5D\x1b[1;5D!', 'a.!|b c'],
    ['Ctrl-C gives the line up', 'ping\x03', '|'],
    ['what people see as one character is one', 'e\u0301x\x7f\x7f', '|'],
    ['at the ends there is nothing to delete', '\x7fa\x1b[3~', 'a|'],
    ['unknown keys do nothing', 'a\x1b[15~\x1bOPb', 'ab|'],
  ])('%s', (_, keys, line) => {
    expect(typed(keys)).toBe(line);
  });

  it('joins a mark that is typed behind its letter', () => {
    const editor = new LineEditor();
    editor.insert('e');
    editor.insert('\u0301x');
    editor.left();
    editor.left();
    expect(shown(editor)).toBe('|e\u0301x');
  });

  it('takes no control characters, and no marks that turn the direction of writing', () => {
    expect(printable('a\tb\0\x1b[31mc\r\n\x7f\u0085\u202ed\u2066')).toBe('a b[31mcd');
    const editor = new LineEditor();
    editor.insert('rm\u202e x\x07');
    expect(editor.text).toBe('rm x');
  });

  it('ends where a line is longest, as links to what was typed can hold it', () => {
    for (const letter of ['a', '日', '😀', 'e\u0301\u0302', '👨‍👩‍👧']) {
      const editor = new LineEditor();
      editor.set('ping ');
      for (let i = 0; i < 3; i++) editor.insert(letter.repeat(900));
      expect(editor.text.length).toBeLessThanOrEqual(2000);
      expect(editor.text.length).toBeGreaterThan(2000 - letter.length);
      expect(editor.text.slice(5)).toBe(letter.repeat((editor.text.length - 5) / letter.length));
      expect(editor.beforeCursor).toBe(editor.text);
    }
  });

  it('is what an editor of plain letters would make of it', () => {
    /** The same with a string and a number. */
    const model = { text: '', at: 0, cut: '' };
    const remove = (from: number, to: number): void => {
      if (from === to) return;
      model.cut = model.text.slice(from, to);
      model.text = model.text.slice(0, from) + model.text.slice(to);
      model.at = from;
    };
    const insert = (text: string): void => {
      model.text = model.text.slice(0, model.at) + text + model.text.slice(model.at);
      model.at += text.length;
    };
    const before = (): string => model.text.slice(0, model.at);
    const deeds: Readonly<Record<string, (editor: LineEditor) => void>> = {
      left: (editor) => {
        editor.left();
        model.at = Math.max(0, model.at - 1);
      },
      right: (editor) => {
        editor.right();
        model.at = Math.min(model.text.length, model.at + 1);
      },
      home: (editor) => {
        editor.home();
        model.at = 0;
      },
      end: (editor) => {
        editor.end();
        model.at = model.text.length;
      },
      backspace: (editor) => {
        editor.backspace();
        const { cut } = model;
        remove(Math.max(0, model.at - 1), model.at);
        model.cut = cut;
      },
      delete: (editor) => {
        editor.delete();
        const { cut, at } = model;
        remove(at, Math.min(model.text.length, at + 1));
        model.cut = cut;
      },
      cutToStart: (editor) => {
        editor.cutToStart();
        remove(0, model.at);
      },
      cutToEnd: (editor) => {
        editor.cutToEnd();
        remove(model.at, model.text.length);
      },
      cutWord: (editor) => {
        editor.cutWord();
        remove(before().replace(/\S*\s*$/, '').length, model.at);
      },
      yank: (editor) => {
        editor.yank();
        insert(model.cut);
      },
      wordLeft: (editor) => {
        editor.wordLeft();
        model.at = before().replace(/[a-z]*[^a-z]*$/, '').length;
      },
      wordRight: (editor) => {
        editor.wordRight();
        model.at += /^[^a-z]*[a-z]*/.exec(model.text.slice(model.at))?.[0].length ?? 0;
      },
    };
    const steps = fc.array(
      fc.oneof(fc.constantFrom(...Object.keys(deeds)), fc.stringMatching(/^=[a-c .]{1,5}$/)),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(steps, (list) => {
        const editor = new LineEditor();
        Object.assign(model, { text: '', at: 0, cut: '' });
        for (const step of list) {
          if (step.startsWith('=')) {
            editor.insert(step.slice(1));
            insert(step.slice(1));
          } else deeds[step]?.(editor);
          expect(shown(editor), step).toBe(`${before()}|${model.text.slice(model.at)}`);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('history', () => {
  it('remembers lines, not twice in a row, and keeps the one that is being written', () => {
    const editor = new LineEditor();
    expect(typed('one\rtwo\rtwo\r  \rthr', editor)).toBe('thr|');
    expect(editor.history).toEqual(['one', 'two']);
    expect(typed('\x1b[A', editor)).toBe('two|');
    expect(typed('\x1b[A\x1b[A', editor)).toBe('one|');
    expect(typed('\x1b[B\x1b[B\x1b[B', editor)).toBe('thr|');
  });

  it('begins anew behind the last line after Enter and after Ctrl-C', () => {
    const editor = new LineEditor();
    typed('one\rtwo\r\x1b[A\x1b[A\r', editor);
    expect(typed('\x1b[A', editor)).toBe('one|');
    expect(typed('\x1b[A\x03\x1b[A', editor)).toBe('one|');
    expect(editor.history).toEqual(['one', 'two', 'one']);
  });

  it('takes a line that was typed elsewhere without touching the one that is written', () => {
    const editor = new LineEditor();
    typed('hal', editor);
    editor.remember('ping 192.0.2.1');
    expect(shown(editor)).toBe('hal|');
    expect(typed('\x1b[A', editor)).toBe('ping 192.0.2.1|');
    expect(typed('\x1b[B', editor)).toBe('hal|');
  });

  it('forgets the oldest lines', () => {
    const editor = new LineEditor();
    for (let i = 0; i < 620; i++) editor.remember(`line ${i}`);
    expect(editor.history.length).toBe(500);
    expect(editor.history.at(-1)).toBe('line 619');
    for (let i = 0; i < 700; i++) editor.older();
    expect(editor.text).toBe('line 120');
  });
});
