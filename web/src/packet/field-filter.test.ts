// Filters made of fields: each can be read and finds its own frame again. Places and widths in words.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Dissection, dissect, type FieldValue, parseFilter } from 'wirewalk';
import { ALL_LABS, runOfLab } from '../test/kit.js';
import { runOf } from '../worker/runs.js';
import { copiedValue, filterOf, hex, joinedFilter, placeText, widthText } from './field-filter.js';
import { type FieldNode, fieldModel } from './field-model.js';

function fits(filter: string, dissection: Dissection): boolean {
  const parsed = parseFilter(filter);
  if ('error' in parsed) throw new Error(`${filter}: ${parsed.error} at ${parsed.position}`);
  return parsed.matches(dissection);
}

/** A frame with one field. */
function frameWith(name: string, value: FieldValue): Dissection {
  const field = { name, value, label: '', text: '', bitOffset: 0, bits: 8 };
  const layer = { protocol: 'x', title: '', summary: '', start: 0, end: 1, fields: [field], problems: [] };
  return { layers: [layer], length: 1 };
}

describe('the filter of a field', () => {
  it('finds its own frame, for every field and every other name of it in all frames of the labs', async () => {
    const tried = new Set<string>();
    for (const name of ALL_LABS) {
      const { trace, frames } = runOf((await runOfLab(name)).run);
      for (const frame of frames.frame) {
        const dissection = dissect(trace.frameBytes(frame));
        const wrong: string[] = [];
        for (const { name: own, value, aliases } of fieldModel(dissection, new Set()).byKey.values()) {
          for (const one of [own, ...aliases]) {
            const filter = filterOf({ name: one, value });
            tried.add(filter);
            if (!fits(filter, dissection)) wrong.push(filter);
          }
        }
        expect(wrong).toEqual([]);
      }
    }
    expect(tried.size).toBeGreaterThan(2000);
  });

  it('finds any value again, and no other', () => {
    const odd = fc.constantFrom(
      ...[
        '192.0.2.1',
        '02:00:00:00:00:01',
        'cafe',
        'deadbeef',
        '1',
        'true',
        '',
        ' ',
        '"',
        '\\',
        '\\"',
        '\\x41',
      ],
      ...[
        'a || b',
        '" || "',
        '\0',
        '\x7f',
        '\n\r\t',
        '}',
        '{1, 2}',
        '192.0.2.0/24',
        'r"a"',
        '\u0085',
        'ü',
        '😀',
      ],
    );
    const text = fc.oneof(odd, fc.string({ unit: 'grapheme', maxLength: 30 }), fc.string({ maxLength: 30 }));
    const value = fc.oneof(text, fc.boolean(), fc.nat(0xffffffff));
    fc.assert(
      fc.property(value, value, (one, other) => {
        const filter = filterOf({ name: 'x.y', value: one });
        expect(fits(filter, frameWith('x.y', one)), filter).toBe(true);
        if (typeof one === typeof other && one !== other)
          expect(fits(filter, frameWith('x.y', other)), `${filter} at ${other}`).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['ip.ttl', 64, 'ip.ttl == 64'],
    ['tcp.flags.syn', true, 'tcp.flags.syn == 1'],
    ['tcp.flags.syn', false, 'tcp.flags.syn == 0'],
    ['ip.src', '192.0.2.1', 'ip.src == 192.0.2.1'],
    ['eth.dst', 'ff:ff:ff:ff:ff:ff', 'eth.dst == ff:ff:ff:ff:ff:ff'],
    ['dns.qry.name', 'www.example.com', 'dns.qry.name == "www.example.com"'],
    ['http.user_agent', 'a "b" \\c\n', 'http.user_agent == "a \\"b\\" \\\\c\\n"'],
    // Nothing to compare with, or nothing that anybody would read.
    ['tcp', undefined, 'tcp'],
    ['data', 'ab', 'data'],
    ['data.data', 'ab'.repeat(101), 'data.data'],
  ])('%s %j: %s', (name, value, filter) => {
    expect(filterOf({ name, value })).toBe(filter);
  });
});

describe('two filters at once', () => {
  it.each([
    ['', 'arp', 'arp'],
    ['  ', 'arp', 'arp'],
    [' ip ', 'arp', 'ip && arp'],
    ['ip || tcp', 'arp', '(ip || tcp) && arp'],
    ['ip or tcp', 'arp', '(ip or tcp) && arp'],
    ['!ip', 'arp', '!ip && arp'],
    ['http.host == "or"', 'arp', '(http.host == "or") && arp'],
  ])('%j and %s: %s', (filter, added, both) => {
    expect(joinedFilter(filter, added)).toBe(both);
  });

  it('fit when both fit', () => {
    const part = fc.constantFrom(
      'x.y',
      'x.y == 1',
      'x.y == 2',
      '!(x.y == 1)',
      'not x.y == 2',
      'z.z',
      'x.y in {1, 2}',
    );
    const joint = fc.constantFrom(' && ', ' || ', ' and ', ' or ');
    const filter = fc
      .array(fc.tuple(part, joint), { minLength: 1, maxLength: 4 })
      .map((parts) => parts.flatMap(([one, by], place) => (place === 0 ? [one] : [by, one])).join(''));
    fc.assert(
      fc.property(filter, part, fc.nat(2), (old, added, value) => {
        const frame = frameWith('x.y', value);
        expect(fits(joinedFilter(old, added), frame)).toBe(fits(old, frame) && fits(added, frame));
      }),
    );
  });
});

describe('in words', () => {
  const place = (start: number, end: number, trailer?: FieldNode['trailer']) =>
    placeText({ start, end, trailer });

  it.each([
    [176, 184, 'byte 22 (0x16)'],
    [0, 48, 'bytes 0 (0x00) to 5 (0x05)'],
    [112, 116, 'bits 0 to 3 of byte 14 (0x0e)'],
    [117, 118, 'bit 5 of byte 14 (0x0e)'],
    [163, 176, 'bit 3 of byte 20 (0x14) to bit 7 of byte 21 (0x15)'],
    [8, 8, 'nowhere in the frame: worked out from what stands there'],
    [2400, 2408, 'byte 300 (0x12c)'],
  ])('from bit %i to %i: %s', (start, end, text) => {
    expect(place(start, end)).toBe(text);
  });

  it('tells what stands behind what a layer carries', () => {
    expect(place(0, 112, { start: 60, end: 64 })).toBe(
      'bytes 0 (0x00) to 13 (0x0d), and bytes 60 (0x3c) to 63 (0x3f) behind what it carries',
    );
  });

  it.each([
    [0, 0, ''],
    [3, 4, '1 bit'],
    [0, 3, '3 bits'],
    [0, 8, '8 bits'],
    [0, 16, '2 bytes'],
    [3, 16, '13 bits'],
  ])('the width from bit %i to %i: %s', (start, end, text) => {
    expect(widthText({ start, end })).toBe(text);
  });

  it.each([
    [0, 2, '00'],
    [255, 2, 'ff'],
    [0x1234, 4, '1234'],
    [0x12345, 4, '12345'],
  ])('%i with %i digits: %s', (value, digits, text) => {
    expect(hex(value, digits)).toBe(text);
  });

  it('copies values as programs want them', () => {
    const node = { text: '0x0800 (IPv4)', open: false } as FieldNode;
    expect(copiedValue({ ...node, value: 2048 })).toBe('2048');
    expect(copiedValue({ ...node, value: true, text: 'Set' })).toBe('Set');
    expect(copiedValue({ ...node, value: undefined })).toBe('0x0800 (IPv4)');
    expect(copiedValue({ ...node, value: 5, text: '????', open: true })).toBe('????');
  });
});
