// The fields of a frame as a tree that can be walked both ways: from a field to its bytes, and from a byte to its field.

import type { DissectedField, DissectedLayer, Dissection, FieldValue, Problem, StepLayer } from 'wirewalk';
import { layersOf } from './layers.js';

/** A layer or a field of the frame. */
export interface FieldNode {
  /** The same for the same field of another frame: `eth/eth.dst`. */
  readonly key: string;
  readonly parent: FieldNode | undefined;
  /** 1 for the layers of the frame. */
  readonly level: number;
  readonly layer: StepLayer;
  readonly isLayer: boolean;
  /** Wireshark's filter name; of a layer that of its protocol. */
  readonly name: string;
  readonly label: string;
  /** For people; `????` while it is open. */
  readonly text: string;
  /** As filters compare it; absent for layers, and for fields that are made of others. */
  readonly value: FieldValue | undefined;
  readonly meaning: string | undefined;
  readonly rfc: string | undefined;
  /** In bits of the frame. The two are equal when the field was worked out and stands nowhere. */
  readonly start: number;
  readonly end: number;
  /** Of a layer: its bytes behind what it carries, in bytes. */
  readonly trailer: { readonly start: number; readonly end: number } | undefined;
  /** Not known yet. */
  readonly open: boolean;
  /** Other names by which a filter finds it: `ip.addr`. */
  readonly aliases: readonly string[];
  readonly problems: readonly Problem[];
  readonly children: readonly FieldNode[];
}

export interface FieldModel {
  /** The layers. */
  readonly roots: readonly FieldNode[];
  readonly byKey: ReadonlyMap<string, FieldNode>;
  /** The layers without `frame`, quoted ones too, from the outside in. */
  readonly layers: readonly FieldNode[];
  /** All nodes that have a problem. */
  readonly troubled: readonly FieldNode[];
  /** By byte: the innermost field that holds it whole, or else the first that holds bits of it. */
  readonly ofByte: readonly (FieldNode | undefined)[];
  readonly length: number;
}

export const UNKNOWN = '????';

interface Draft extends FieldNode {
  readonly children: Draft[];
  readonly problems: Problem[];
}

/** @param open filter names of what is not known yet; they do not count within quoted packets */
export function fieldModel(dissection: Dissection, open: ReadonlySet<string>): FieldModel {
  const byKey = new Map<string, FieldNode>();
  const layers: FieldNode[] = [];
  const roots = layerNodes(dissection.layers, undefined, open, byKey, layers);
  const troubled = [...byKey.values()].filter(({ problems }) => problems.length > 0);
  return {
    roots,
    byKey,
    layers,
    troubled,
    ofByte: ownersOf(roots, dissection.length),
    length: dissection.length,
  };
}

/** The fields that hold bits of a byte, in order; layers and fields made of others do not count. */
export function fieldsInByte(model: FieldModel, byte: number): FieldNode[] {
  const found: FieldNode[] = [];
  const visit = (node: FieldNode): void => {
    if (!node.isLayer && node.children.every((child) => child.start === child.end)) {
      if (node.start < byte * 8 + 8 && node.end > byte * 8) found.push(node);
    } else for (const child of node.children) visit(child);
  };
  for (const root of model.roots) visit(root);
  return found.sort((a, b) => a.start - b.start);
}

/** Does a node cover the byte: wholly, in part, or not at all? */
export function coverOf(node: FieldNode, byte: number): 'whole' | 'part' | 'none' {
  const from = byte * 8;
  if (node.trailer !== undefined && byte >= node.trailer.start && byte < node.trailer.end) return 'whole';
  if (node.start >= from + 8 || node.end <= from) return 'none';
  return node.start <= from && node.end >= from + 8 ? 'whole' : 'part';
}

/** A node and all around it, from the inside out. */
export function ancestorsOf(node: FieldNode): FieldNode[] {
  const found: FieldNode[] = [];
  for (let at = node.parent; at !== undefined; at = at.parent) found.push(at);
  return found;
}

function layerNodes(
  layers: readonly DissectedLayer[],
  parent: Draft | undefined,
  open: ReadonlySet<string>,
  byKey: Map<string, FieldNode>,
  all: FieldNode[],
): Draft[] {
  const colours = layersOf(layers);
  return layers.map((layer, index) => {
    const colour = colours[index] as StepLayer;
    const node: Draft = {
      key: keyOf(layer.protocol, parent, byKey),
      parent,
      level: parent === undefined ? 1 : parent.level + 1,
      layer: colour,
      isLayer: true,
      name: layer.protocol,
      label: layer.title,
      text: withoutOpen(layer, open),
      value: undefined,
      meaning: undefined,
      rfc: layer.rfc,
      start: layer.start * 8,
      end: layer.end * 8,
      trailer: layer.trailer,
      open: false,
      aliases: [],
      problems: [],
      children: [],
    };
    byKey.set(node.key, node);
    if (layer.protocol !== 'frame') all.push(node);
    for (const field of arranged(layer.fields))
      node.children.push(fieldNode(field, node, layer, open, byKey));
    for (const problem of layer.problems)
      (nodeNamed(node.children, problem.field) ?? node).problems.push(problem);
    if (layer.quoted !== undefined) node.children.push(...layerNodes(layer.quoted, node, NONE, byKey, all));
    return node;
  });
}

/** The line of a layer, without the values that are not known yet. */
function withoutOpen({ summary, fields }: DissectedLayer, open: ReadonlySet<string>): string {
  let text = summary;
  for (const field of fields) {
    if (open.has(field.name) && field.text !== '') text = text.replaceAll(field.text, UNKNOWN);
  }
  return text;
}

/** What is summed over the whole frame is not known before all of it is. */
function isOpenField(name: string, open: ReadonlySet<string>): boolean {
  return open.has(name) || (open.size > 0 && name === 'eth.fcs');
}

const NONE: ReadonlySet<string> = new Set();

/** A field with its parts, and the names that mean it too. */
interface Arranged {
  readonly field: DissectedField;
  readonly aliases: string[];
  readonly parts: Arranged[];
}

/** Names that mean any of several fields; they stand for what is shown already. */
const ALIAS = /\.(addr|port|host)$/;

/**
 * The fields as a tree: what was worked out of others stands around them (`tcp.flags`), what was worked out of one stands
 * in it (`ip.checksum.status`).
 */
function arranged(fields: readonly DissectedField[]): Arranged[] {
  const all = fields.map(
    (field): Arranged => ({ field, aliases: [], parts: arranged(field.children ?? []) }),
  );
  const real = all.filter(({ field }) => field.bits > 0);
  const gone = new Set<Arranged>();
  for (const one of all) {
    const { field } = one;
    if (field.bits > 0) continue;
    const same = real.find(
      ({ field: { bitOffset, value } }) => bitOffset === field.bitOffset && value === field.value,
    );
    if (same !== undefined && ALIAS.test(field.name)) {
      same.aliases.push(field.name);
      gone.add(one);
      continue;
    }
    const parts = real.filter((other) => other.field.name.startsWith(`${field.name}.`) && !gone.has(other));
    for (const part of parts) gone.add(part);
    one.parts.unshift(...parts);
    const whole = real.find((other) => field.name.startsWith(`${other.field.name}.`));
    if (whole !== undefined && parts.length === 0) {
      whole.parts.push(one);
      gone.add(one);
    }
  }
  return all.filter((one) => !gone.has(one)).sort((a, b) => rankOf(a) - rankOf(b));
}

/** Where it stands; what stands nowhere and has no parts comes behind everything. */
function rankOf({ field, parts }: Arranged): number {
  const [first] = parts;
  if (field.bits === 0) return first === undefined ? Number.MAX_SAFE_INTEGER : first.field.bitOffset;
  return field.bitOffset;
}

function fieldNode(
  { field, aliases, parts }: Arranged,
  parent: Draft,
  layer: DissectedLayer,
  open: ReadonlySet<string>,
  byKey: Map<string, FieldNode>,
): Draft {
  const isOpen = isOpenField(field.name, open);
  const made = field.bits === 0 ? parts.filter((part) => part.field.bits > 0) : [];
  const start = made[0]?.field.bitOffset ?? field.bitOffset;
  const last = made.at(-1)?.field;
  const end = last === undefined ? start + field.bits : last.bitOffset + last.bits;
  const node: Draft = {
    key: keyOf(field.name, parent, byKey),
    parent,
    level: parent.level + 1,
    layer: parent.layer,
    isLayer: false,
    name: field.name,
    label: field.label,
    text: isOpen ? UNKNOWN : field.text,
    value: isOpen ? undefined : field.value,
    meaning: field.meaning,
    rfc: field.rfc ?? layer.rfc,
    start,
    end,
    trailer: undefined,
    open: isOpen,
    aliases,
    problems: [],
    children: [],
  };
  byKey.set(node.key, node);
  for (const part of parts) node.children.push(fieldNode(part, node, layer, open, byKey));
  return node;
}

/** The key of a child that is about to be made; the second of a name is told from the first. */
function keyOf(name: string, parent: FieldNode | undefined, taken: ReadonlyMap<string, FieldNode>): string {
  const key = parent === undefined ? name : `${parent.key}/${name}`;
  if (!taken.has(key)) return key;
  // Siblings of one name are few, or a message full of records: those follow each other.
  let number = Math.max(2, 1 + (parent?.children.filter((child) => child.name === name).length ?? 0));
  while (taken.has(`${key}~${number}`)) number++;
  return `${key}~${number}`;
}

function nodeNamed(nodes: readonly Draft[], name: string): Draft | undefined {
  for (const node of nodes) {
    const found = node.name === name ? node : nodeNamed(node.children, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

function ownersOf(roots: readonly FieldNode[], length: number): (FieldNode | undefined)[] {
  const owners = new Array<FieldNode | undefined>(length).fill(undefined);
  const fill = (node: FieldNode, from: number, to: number): void => {
    for (let byte = from; byte < Math.min(to, length); byte++) owners[byte] = node;
  };
  const visit = (node: FieldNode): void => {
    if (node.end > node.start) fill(node, Math.ceil(node.start / 8), Math.floor(node.end / 8));
    if (node.trailer !== undefined) fill(node, node.trailer.start, node.trailer.end);
    for (const child of node.children) visit(child);
  };
  for (const root of roots) visit(root);
  const visitParts = (node: FieldNode): void => {
    if (!node.isLayer && node.end > node.start) {
      for (const byte of [node.start >> 3, (node.end - 1) >> 3]) {
        if (coverOf(node, byte) !== 'part') continue;
        const owner = owners[byte];
        if (byte < length && (owner === undefined || owner.isLayer)) owners[byte] = node;
      }
    }
    for (const child of node.children) visitParts(child);
  };
  for (const root of roots) visitParts(root);
  return owners;
}
