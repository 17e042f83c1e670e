// Lines as a shell splits them, and options as getopt reads them.

import { describe, expect, it } from 'vitest';
import { harmless } from '../../base/text.js';
import { getoptMessage, parseOptions, seconds, wholeNumber } from './options.js';
import { shellWords } from './shell-words.js';

const words = (line: string): readonly string[] => {
  const read = shellWords(line);
  if ('error' in read) throw new Error(read.error);
  return read.words;
};
const error = (line: string): string => {
  const read = shellWords(line);
  return 'error' in read ? read.error : `no error: ${read.words.join('|')}`;
};

describe('words of a line', () => {
  it.each([
    ['', []],
    ['   ', []],
    ['ping  -c 3\t192.0.2.1 ', ['ping', '-c', '3', '192.0.2.1']],
    [`-H 'A: b' "c d"e f\\ g`, ['-H', 'A: b', 'c de', 'f g']],
    [`"a\\"b\\\\c\\n" 'a\\b'`, ['a"b\\c\\n', 'a\\b']],
    [`'' "" x`, ['', '', 'x']],
    [`'%{http_code}\\n'`, ['%{http_code}\\n']],
    [`"'" '"'`, ["'", '"']],
    ['http://x/?a=1#b', ['http://x/?a=1#b']],
    ['arp -n # the cache', ['arp', '-n']],
    ['a$ b\\$c 5\\', ['a$', 'b$c', '5\\']],
  ])('%j', (line, expected) => {
    expect(words(line)).toEqual(expected);
  });

  it.each([
    ['ping x | grep y', 'pipes are not spoken here: type one command, or put | between single quotes'],
    ['arp > file', 'redirection is not spoken here: type one command, or put > between single quotes'],
    ['a; b', 'lists of commands are not spoken here: type one command, or put ; between single quotes'],
    [
      'a\nb',
      'lists of commands are not spoken here: type one command, or put a line end between single quotes',
    ],
    [
      'curl http://x/?a=1&b=2',
      'background commands are not spoken here: type one command, or put & between single quotes',
    ],
    ['echo $HOME', 'variables are not spoken here: type one command, or put $ between single quotes'],
    ['echo "$HOME"', 'variables are not spoken here: type one command, or put $ between single quotes'],
    ["ping 'x", "syntax error: the quote ' has no end"],
    ['ping "x', 'syntax error: the quote " has no end'],
  ])('%j is refused', (line, expected) => {
    expect(error(line)).toBe(expected);
  });
});

describe('options', () => {
  const table = { c: 'value', n: 'flag', q: 'flag', H: 'value', 'max-time': 'value' } as const;
  const read = (...args: string[]) => {
    const options = parseOptions(args, table, { header: 'H' });
    if ('problem' in options) return getoptMessage('x', options);
    return {
      ...Object.fromEntries(Object.keys(table).map((name) => [name, options.values(name)])),
      rest: options.operands,
    };
  };

  it('come in all the forms of getopt_long', () => {
    expect(read('-nqc3', 'host', '-H', 'A: b', '--header=C: d', '--max-time', '5')).toEqual({
      ...{ c: ['3'], n: [''], q: [''], H: ['A: b', 'C: d'], 'max-time': ['5'], rest: ['host'] },
    });
    expect(read('--', '-n')).toMatchObject({ n: [], rest: ['-n'] });
    expect(read('-')).toMatchObject({ rest: ['-'] });
  });

  it('that are wrong are named', () => {
    expect(read('-nZ')).toBe("x: invalid option -- 'Z'");
    expect(read('-c')).toBe("x: option requires an argument -- 'c'");
    expect(read('--zap')).toBe("x: unrecognized option '--zap'");
    expect(read('--n')).toBe("x: unrecognized option '--n'");
    expect(read('--constructor')).toBe("x: unrecognized option '--constructor'");
    expect(read('--max-time')).toBe("x: option requires an argument -- 'max-time'");
  });

  it('have numbers within their ranges', () => {
    expect(wholeNumber('12', 1, 12)).toBe(12);
    for (const text of ['13', '0', '-1', '1e3', '0x1', '', ' 1', '9999999999999999']) {
      expect(wholeNumber(text, 1, 12)).toBeUndefined();
    }
    expect(seconds('0.2', 0, 1e9)).toBe(200_000_000);
    expect(seconds('.5', 0, 1e9)).toBe(500_000_000);
    for (const text of ['', '.', '-1', '2', '1s', 'NaN']) expect(seconds(text, 0, 1e9)).toBeUndefined();
  });
});

describe('output', () => {
  it('can do nothing to a terminal', () => {
    expect(harmless('a\tb\r\nc\n')).toBe('a\tb\nc\n');
    expect(harmless('\x1b[2J\x07\x7f\x9b\r\u202e\u2028')).toBe('\\x1b[2J\\x07\\x7f\\x9b\\x0d\\u202e\\u2028');
    expect(harmless('naïve — 漢字 👍')).toBe('naïve — 漢字 👍');
  });
});
