// Places in a display filter: what may stand there, and what an underline goes under.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFilter } from 'wirewalk';
import { anyText } from '../test/kit.js';
import { placeBehind, tokenAt } from './filter-position.js';

const field = fc.constantFrom('ip.ttl', 'ip.src', 'tcp.flags.syn', 'http.host', 'no.such');
const value = fc.constantFrom(
  '1',
  '0x10',
  '10.0.0.0/8',
  '02:00:00:00:00:01',
  '"a \\" b"',
  'r"\\d"',
  'www.a.b',
);
const relation = fc.oneof(
  fc.tuple(field, fc.constantFrom('==', '!=', '>=', 'eq', '==='), value).map((parts) => parts.join(' ')),
  fc.tuple(field, fc.constantFrom('==', '<'), value).map((parts) => parts.join('')),
  fc.tuple(field, value, value).map(([name, one, other]) => `${name} in {${one}, ${other}}`),
  fc.constantFrom(
    'arp',
    'eth.src[0:3] == 02:00:00',
    'tcp.port in {80, 8000..8999}',
    'http.host contains "a"',
  ),
);
const part = fc.oneof(
  relation,
  relation.map((one) => `(${one})`),
  relation.map((one) => `!(${one})`),
);
const joint = fc.constantFrom(' && ', ' || ', ' and ', ' or ', '&&', '||');
const sound = fc
  .array(fc.tuple(joint, part), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.flatMap(([by, one], place) => (place === 0 ? [one] : [by, one])).join(''));

describe('what may stand', () => {
  it.each([
    ['', { kind: 'field' }],
    ['ip.src ', { kind: 'operator', field: 'ip.src' }],
    ['ip.src == ', { kind: 'value', field: 'ip.src' }],
    ['ip.src == 10.0.0.1 ', { kind: 'join' }],
    ['ip.src == 10.0.0.1 && ', { kind: 'field' }],
    ['ip.src in {', { kind: 'value', field: 'ip.src' }],
    ['ip.src in {1.2.3.4, ', { kind: 'value', field: 'ip.src' }],
    ['ip.src in {1.2.3.4} ', { kind: 'join' }],
    ['eth.src[', { kind: 'nothing' }],
    ['eth.src[0:3] ', { kind: 'operator', field: 'eth.src' }],
    ['http.host == "a', { kind: 'nothing' }],
    ['http.host == "a\\"', { kind: 'nothing' }],
    ['http.host == "a" ', { kind: 'join' }],
    ['!(not ', { kind: 'field' }],
    ['arp || ', { kind: 'field' }],
  ])('behind %j', (text, place) => {
    expect(placeBehind(text)).toEqual(place);
  });

  it('behind a sound filter: another part, joined', () => {
    fc.assert(
      fc.property(sound, joint, (filter, by) => {
        expect('error' in parseFilter(filter), filter).toBe(false);
        // A name alone may be all, or be compared.
        expect(placeBehind(`${filter} `).kind, filter).toBe(/\barp$/.test(filter) ? 'operator' : 'join');
        expect(placeBehind(`${filter}${by} `)).toEqual({ kind: 'field' });
      }),
    );
  });

  it('is known at every place of any text', () => {
    fc.assert(
      fc.property(fc.oneof(sound, anyText()), (text) => {
        for (let end = 0; end <= text.length; end++)
          expect(['field', 'join', 'operator', 'value', 'nothing']).toContain(
            placeBehind(text.slice(0, end)).kind,
          );
      }),
    );
  });
});

describe('what is underlined', () => {
  const underlined = (text: string, position: number): string => {
    const { from, to } = tokenAt(text, position);
    return text.slice(from, to);
  };

  it.each([
    ['ip.ttl == 64 64', 13, '64'],
    ['(ip', 3, ''],
    ['http.host contains "GET', 19, '"GET'],
    ['ip.ttl == 6 § 3', 12, '§'],
    ['http.host matches "a("', 18, '"a("'],
    // Blanks are not what is wrong.
    ['ip   foo', 2, 'foo'],
    // Within a word: from there on.
    ['ip.srx', 3, 'srx'],
    ['', 0, ''],
  ])('in %j at %i: %j', (text, position, wrong) => {
    expect(underlined(text, position)).toBe(wrong);
  });

  it('is where the filter is wrong, or the end of it', () => {
    const broken = fc.oneof(
      fc.string(),
      sound.chain((text) => fc.nat(text.length).map((at) => text.slice(0, at))),
      sound.chain((text) => fc.nat(text.length).map((at) => `${text.slice(0, at)}§${text.slice(at)}`)),
    );
    fc.assert(
      fc.property(broken, (text) => {
        const parsed = parseFilter(text);
        const position = 'error' in parsed ? parsed.position : 0;
        const { from, to } = tokenAt(text, position);
        expect(from).toBeLessThanOrEqual(to);
        expect(to).toBeLessThanOrEqual(text.length);
        expect(from).toBeGreaterThanOrEqual(Math.min(position, text.length));
        expect(text.slice(position, from).trim()).toBe('');
        if (from === to) expect(text.slice(position).trim()).toBe('');
      }),
    );
  });
});
