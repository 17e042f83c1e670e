// Proposals while a filter is typed: the right kind at every place, and taking them leads to filters that are sound.

import { CompletionContext, type CompletionResult } from '@codemirror/autocomplete';
import { EditorState } from '@codemirror/state';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { fieldCatalogue, parseFilter } from 'wirewalk';
import { anyText, runOfLab } from '../test/kit.js';
import { completeFilter, type FilterWords, filterWords, unknownNames } from './filter-completion.js';

let words: FilterWords;
beforeAll(async () => {
  words = filterWords(fieldCatalogue(), (await runOfLab('nat-http')).world);
});

/** What is proposed behind `text`. */
function proposed(text: string, explicit = true): CompletionResult | null {
  return completeFilter(
    words,
    new CompletionContext(EditorState.create({ doc: text }), text.length, explicit),
  );
}

const labels = (text: string, explicit = true): string[] =>
  proposed(text, explicit)?.options.map(({ label }) => label) ?? [];

/** The text after a proposal was taken. */
function taken(text: string, label: string): string {
  const result = proposed(text);
  const option = result?.options.find((one) => one.label === label);
  if (result === null || option === undefined)
    throw new Error(`nothing called ${label} is proposed at ${text}`);
  return text.slice(0, result.from) + (typeof option.apply === 'string' ? option.apply : label);
}

describe('at the beginning, and behind a joint', () => {
  it.each(['', 'arp && ', 'arp || (', '!', 'not ', 'ip.ttl == 3 and '])(
    '%j: names of fields and protocols',
    (text) => {
      expect(labels(text)).toEqual(expect.arrayContaining(['tcp', 'dns', 'ip.ttl', 'tcp.flags.syn']));
      // Unasked nothing comes before something was begun.
      expect(proposed(text, false)).toBeNull();
      expect(labels(`${text}ip.t`, false)).toContain('ip.ttl');
    },
  );

  it('replaces what was begun', () => {
    expect(proposed('arp && tcp.fl', false)?.from).toBe('arp && '.length);
    expect(taken('arp && tcp.fl', 'tcp.flags.syn')).toBe('arp && tcp.flags.syn');
  });

  it('proposes all that can be there, each once', () => {
    const names = labels('');
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect('error' in parseFilter(name), name).toBe(false);
    expect(unknownNames(names, words)).toEqual([]);
  });
});

describe('behind a field', () => {
  it.each([
    ['ip.ttl ', ['==', '!=', '>', '<', '>=', '<=', 'in', '&&', '||']],
    ['tcp.flags.syn ', ['==', '!=', '&&', '||']],
    ['http.host ', ['==', '!=', 'contains', 'matches', 'in', '&&', '||']],
    ['ip.src ', ['==', '!=', 'in', '&&', '||']],
    ['arp ', ['&&', '||']],
    ['data ', ['&&', '||']],
    ['no.such.field ', ['&&', '||']],
  ])('%j', (text, signs) => {
    expect(labels(text)).toEqual(signs);
  });

  it('leads to a filter that is sound, with every operator of every field', () => {
    const values: Readonly<Record<string, string>> = {
      number: '1',
      flag: '1',
      text: '"a"',
      address: '192.0.2.1',
      bytes: '0a:0b',
    };
    for (const { name, type } of words.fields.values()) {
      for (const sign of labels(`${name} `)) {
        const begun = taken(`${name} `, sign);
        const end = sign === 'in' ? `${values[type]}}` : ['&&', '||'].includes(sign) ? 'arp' : values[type];
        const parsed = parseFilter(`${begun}${end}`);
        expect('error' in parsed && parsed.error, `${begun}${end}`).toBe(false);
      }
    }
  });
});

describe('behind an operator', () => {
  it('proposes what the value can be', () => {
    expect(labels('tcp.flags.syn == ')).toEqual(['1', '0']);
    expect(labels('ip.src == ')).toEqual(expect.arrayContaining(['192.168.0.10', '8.8.8.8']));
    expect(labels('eth.dst == ')).toEqual(expect.arrayContaining(['aa:aa:aa:aa:aa:aa', 'bb:bb:bb:bb:bb:bb']));
    expect(labels('arp.src.hw_mac == ')).toContain('aa:aa:aa:aa:aa:aa');
    expect(labels('arp.opcode == ')).toEqual(expect.arrayContaining(['1', '2']));
    expect(labels('dns.flags.rcode == ')).toContain('3');
    expect(labels('ip.ttl == ')).toEqual([]);
    expect(labels('http.host == ')).toEqual([]);
  });

  it('replaces as much of an address as stands there', () => {
    expect(taken('ip.src == 192.168.', '192.168.0.10')).toBe('ip.src == 192.168.0.10');
    expect(taken('eth.src == aa:a', 'aa:aa:aa:aa:aa:aa')).toBe('eth.src == aa:aa:aa:aa:aa:aa');
    expect(taken('ip.src in {8.8.8.8, 192', '192.168.0.10')).toBe('ip.src in {8.8.8.8, 192.168.0.10');
  });

  it('proposes values that a filter takes', () => {
    for (const { name } of words.fields.values()) {
      for (const value of labels(`${name} == `)) {
        const parsed = parseFilter(`${name} == ${value}`);
        expect('error' in parsed && parsed.error, `${name} == ${value}`).toBe(false);
      }
    }
  });
});

describe('elsewhere', () => {
  it('proposes joints behind a part that is complete, when asked', () => {
    expect(labels('ip.ttl == 64 ')).toEqual(['&&', '||']);
    expect(labels('ip.src in {1.2.3.4} ')).toEqual(['&&', '||']);
    expect(labels('(arp) ')).toEqual(['&&', '||']);
    expect(proposed('ip.ttl == 64 ', false)).toBeNull();
  });

  it('proposes nothing within a text or a slice', () => {
    for (const text of ['http.host == "www.', 'http.host matches "a\\"', 'eth.src[0:'])
      expect(labels(text), text).toEqual([]);
  });

  it('never throws, whatever was typed, and never replaces more than was begun', () => {
    const token = fc.constantFrom(
      'ip.src',
      '==',
      '"',
      '{',
      '}',
      '[',
      ']',
      '(',
      '!',
      '&&',
      'in',
      '..',
      ' ',
      '.',
      'ü',
    );
    const text = fc.oneof(
      anyText(),
      fc.array(token).map((tokens) => tokens.join('')),
    );
    fc.assert(
      fc.property(text, fc.boolean(), (typed, explicit) => {
        const line = typed.replace(/[\r\n]/g, ' ');
        const result = proposed(line, explicit);
        if (result === null) return;
        expect(line.slice(result.from)).toMatch(/^[A-Za-z0-9_:/.-]*$/);
        expect(result.options.length).toBeGreaterThan(0);
      }),
    );
  });
});

it('tells names that no frame can have', () => {
  expect(unknownNames(['ip.ttl', 'tcp', 'ip.tt', 'constructor'], words)).toEqual(['ip.tt', 'constructor']);
});
