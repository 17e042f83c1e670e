// The links that a packet crosses, as the page tells them: in words, by branch, and field by field.

import type { DissectedField, DissectedLayer, PacketHop, WorldDescription } from 'wirewalk';

/** `pc:eth0`; a port without a cable leads nowhere. */
export function placeName(world: WorldDescription, id: number): string {
  const port = world.interfaces[id];
  if (port === undefined) return 'nowhere';
  return `${world.nodes[port.node]?.name ?? ''}:${port.name}`;
}

/** True when a box sent the packet on more than once. */
export function hasBranches(hops: readonly PacketHop[]): boolean {
  const seen = new Set<number>();
  return hops.some(({ before }) => before >= 0 && (seen.has(before) || !seen.add(before)));
}

/** Places in the list: those that lead to the hop at `place`, itself, and those that come of it. */
export function wayOf(hops: readonly PacketHop[], place: number): number[] {
  const way = new Set<number>();
  for (let at = place; at >= 0 && !way.has(at); at = hops[at]?.before ?? -1) way.add(at);
  const onward = new Set([place]);
  hops.forEach(({ before }, at) => {
    if (onward.has(before)) onward.add(at);
  });
  return [...new Set([...way, ...onward])].filter((at) => at >= 0).sort((a, b) => a - b);
}

/** The places at which the packet goes on from the one at `place`. */
export function placesAfter(hops: readonly PacketHop[], place: number): number[] {
  return hops.flatMap(({ before }, at) => (before === place ? [at] : []));
}

/** A field that some box changed, with what it is at each hop. */
export interface HopField {
  readonly name: string;
  readonly label: string;
  /** By hop; empty where it is not there. */
  readonly values: readonly { readonly text: string; readonly changed: boolean }[];
}

/** Every field that differs somewhere among these hops, in the order in which they stand in the frame. */
export function changedFields(hops: readonly PacketHop[]): HopField[] {
  const labels = new Map<string, string>();
  for (const { fields } of hops)
    for (const { name, label } of fields) if (!labels.has(name)) labels.set(name, label);
  if (labels.size === 0) return [];
  const tables = hops.map(({ dissection }) => valuesOf(dissection.layers, labels));
  const order = [...new Set(tables.flatMap((table) => [...table.keys()]))];
  return order.map((name) => ({
    name,
    label: labels.get(name) ?? name,
    values: hops.map(({ fields }, at) => ({
      text: tables[at]?.get(name) ?? '',
      changed: fields.some((field) => field.name === name),
    })),
  }));
}

/** The first value of each of these fields; those of quoted packets only where there is no other. */
function valuesOf(
  layers: readonly DissectedLayer[],
  wanted: ReadonlyMap<string, string>,
): Map<string, string> {
  const values = new Map<string, string>();
  const visit = ({ name, text, bits, children }: DissectedField): void => {
    if (bits > 0 && wanted.has(name) && !values.has(name)) values.set(name, text);
    children?.forEach(visit);
  };
  for (const { fields } of layers) fields.forEach(visit);
  for (const { quoted = [] } of layers)
    for (const [name, text] of valuesOf(quoted, wanted)) if (!values.has(name)) values.set(name, text);
  return values;
}

/** `1 byte`, `14 bytes`. */
export function bytesText(count: number): string {
  return `${count} ${count === 1 ? 'byte' : 'bytes'}`;
}

export function changedBytes({ changed }: Pick<PacketHop, 'changed'>): number {
  return changed.reduce((sum, { start, end }) => sum + end - start, 0);
}
