// Looking at frames in tests: all their fields, what is wrong with them, and where they are not as wanted.

import { expect } from 'vitest';
import { dissect } from '../src/wire/dissect.js';
import type { DissectedLayer, FieldValue } from '../src/wire/dissection.js';

/** All fields by their filter names; those of a packet that an ICMP error quotes as `quoted.ip.src`. */
export function fieldsOf(frame: Uint8Array): Map<string, FieldValue> {
  const fields = new Map<string, FieldValue>();
  const collect = (layers: readonly DissectedLayer[], before: string): void => {
    for (const layer of layers) {
      for (const field of layer.fields.flatMap((outer) => [outer, ...(outer.children ?? [])])) {
        const name = `${before}${field.name}`;
        if (!fields.has(name)) fields.set(name, field.value);
      }
      collect(layer.quoted ?? [], `${before}quoted.`);
    }
  };
  collect(dissect(frame).layers, '');
  return fields;
}

/** What the dissector finds wrong: bad checksums, lengths that lie. Notes are not listed. */
export function problemsOf(frame: Uint8Array): string[] {
  const all = (layers: readonly DissectedLayer[]): string[] =>
    layers.flatMap((layer) => [
      ...layer.problems
        .filter(({ severity }) => severity !== 'note')
        .map(({ field, text }) => `${field}: ${text}`),
      ...all(layer.quoted ?? []),
    ]);
  return all(dissect(frame).layers);
}

export type Wanted = Readonly<Record<string, FieldValue>>;

/** One line per field that is not as wanted. */
export function differences(frame: Uint8Array, wanted: Wanted | Uint8Array): string[] {
  const got = fieldsOf(frame);
  if (!(wanted instanceof Uint8Array)) {
    return Object.entries(wanted)
      .filter(([name, value]) => got.get(name) !== value)
      .map(([name, value]) => `  ${name}: wanted ${value}, got ${got.get(name) ?? 'no such field'}`);
  }
  const fields = fieldsOf(wanted);
  const names = new Set([...fields.keys(), ...got.keys()]);
  const lines = [...names]
    .filter((name) => fields.get(name) !== got.get(name))
    .map(
      (name) => `  ${name}: wanted ${fields.get(name) ?? 'no such field'}, got ${got.get(name) ?? 'none'}`,
    );
  const equal = wanted.length === frame.length && wanted.every((byte, i) => byte === frame[i]);
  return lines.length === 0 && !equal ? ['  the bytes differ where no field is'] : lines;
}

/** As `toEqual` for long arrays of bytes, in no time. */
export function expectBytes(got: Uint8Array, wanted: Uint8Array): void {
  const at = got.findIndex((byte, i) => byte !== wanted[i]);
  if (at >= 0) expect.fail(`byte ${at} of ${got.length}: wanted ${wanted[at]}, got ${got[at]}`);
  expect(got.length, 'bytes').toBe(wanted.length);
}

/** The frame is sound, and its fields are as wanted. */
export function expectFrame(frame: Uint8Array, wanted: Wanted | Uint8Array = {}): void {
  const wrong = [...differences(frame, wanted), ...problemsOf(frame).map((problem) => `  ${problem}`)];
  if (wrong.length > 0) throw new Error(`the frame is not as it should be:\n${wrong.join('\n')}`);
}
