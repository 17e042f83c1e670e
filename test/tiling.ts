// The law of dissection: the fields of all layers cover every bit of a frame exactly once, and each layer's own fields
// cover exactly the layer.

import type { DissectedField, DissectedLayer, Dissection } from '../src/wire/dissection.js';

type Span = readonly [from: number, to: number, name: string];

/** Where a dissection breaks the law; empty when it keeps it. */
export function tilingFaults(dissection: Dissection): string[] {
  const faults: string[] = [];
  const layers = flatten(dissection.layers);
  for (const layer of layers) {
    const parts = [{ start: layer.start, end: layer.end }, ...(layer.trailer ? [layer.trailer] : [])];
    const spans = layer.fields.flatMap((field) => spanOf(field, faults));
    const wanted = parts.filter(({ start, end }) => end > start);
    faults.push(...compare(spans, wanted, layer.protocol));
  }
  const covered = layers.flatMap((layer) => layer.fields.flatMap((field) => spanOf(field, [])));
  faults.push(
    ...compare(covered, dissection.length > 0 ? [{ start: 0, end: dissection.length }] : [], 'frame'),
  );
  return faults;
}

/** All layers, those of quoted packets included. */
export function flatten(layers: readonly DissectedLayer[]): DissectedLayer[] {
  return layers.flatMap((layer) => [layer, ...flatten(layer.quoted ?? [])]);
}

/** All fields of all layers, groups and what is in them. */
export function allFields(dissection: Dissection): DissectedField[] {
  const withChildren = (field: DissectedField): DissectedField[] => [
    field,
    ...(field.children ?? []).flatMap(withChildren),
  ];
  return flatten(dissection.layers).flatMap((layer) => layer.fields.flatMap(withChildren));
}

/** The span of a field; what is in a group must lie within it, one behind the other. */
function spanOf(field: DissectedField, faults: string[]): Span[] {
  if (field.bits === 0) return [];
  const end = field.bitOffset + field.bits;
  let at = field.bitOffset;
  for (const child of field.children ?? []) {
    spanOf(child, faults);
    if (child.bits === 0) continue;
    if (child.bitOffset < at || child.bitOffset + child.bits > end) {
      faults.push(`${field.name}: ${child.name} lies outside, or over another field`);
    }
    at = child.bitOffset + child.bits;
  }
  return [[field.bitOffset, end, field.name]];
}

function compare(spans: Span[], wanted: readonly { start: number; end: number }[], where: string): string[] {
  const faults: string[] = [];
  const sorted = [...spans].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  let at = 0;
  for (const { start, end } of [...wanted].sort((a, b) => a.start - b.start)) {
    let bit = start * 8;
    while (bit < end * 8) {
      const span = sorted[at];
      if (span === undefined || span[0] !== bit) {
        faults.push(
          `${where}: at bit ${bit} stands ${span === undefined ? 'nothing' : `${span[2]} from ${span[0]}`}`,
        );
        return faults;
      }
      bit = span[1];
      at++;
    }
    if (bit !== end * 8) faults.push(`${where}: ends at bit ${bit}, not ${end * 8}`);
  }
  if (at < sorted.length) faults.push(`${where}: ${sorted[at]?.[2]} covers bytes of others`);
  return faults;
}
