// Runs of labs for tests: the frames at chosen interfaces with their fields, and tables at any point.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { formatProblem } from '../src/lab/problem.js';
import { type Lab, readLab } from '../src/lab/read-lab.js';
import { type LabRun, type RunOptions, runLab } from '../src/lab/run-lab.js';
import type { RowView, TableName, TraceEvent } from '../src/trace/events.js';
import type { Trace } from '../src/trace/trace.js';
import { TableFold } from '../src/view/tables.js';
import { dissect } from '../src/wire/dissect.js';
import type { Dissection, FieldValue } from '../src/wire/dissection.js';
import { allFields } from './tiling.js';

/** The text of a built-in lab. */
export function labText(name: string): string {
  return readFileSync(fileURLToPath(new URL(`../labs/${name}.yaml`, import.meta.url)), 'utf8');
}

/** The lab; fails with what is wrong with it. */
export function labOf(text: string, file = 'test.yaml'): Lab {
  const result = readLab(text, file);
  if ('errors' in result) throw new Error(result.errors.map(formatProblem).join('\n'));
  return result.lab;
}

export function runText(text: string, options: RunOptions = {}): LabRun {
  return runLab(labOf(text), options);
}

/** One frame where it was seen. */
export interface SeenFrame {
  readonly event: Extract<TraceEvent, { kind: 'frame-sent' | 'frame-arrived' }>;
  /** `node:interface` */
  readonly at: string;
  /** The same for one packet at every place. */
  readonly packet: number;
  readonly bytes: Uint8Array;
  readonly dissection: Dissection;
  /** The first value of each field. */
  readonly fields: Readonly<Record<string, FieldValue>>;
}

/** Frames that these interfaces sent or got, in the order in which that happened. */
export function framesAt(trace: Trace, ...places: readonly string[]): SeenFrame[] {
  const { nodes, interfaces } = trace.world;
  const names = interfaces.map(({ node, name }) => `${nodes[node]?.name}:${name}`);
  for (const place of places) if (!names.includes(place)) throw new Error(`there is no interface ${place}`);
  const frames: SeenFrame[] = [];
  for (const event of trace.events()) {
    if (event.kind !== 'frame-sent' && event.kind !== 'frame-arrived') continue;
    const at = names[event.interface] as string;
    if (!places.includes(at)) continue;
    const bytes = trace.frameBytes(event.frame);
    const dissection = dissect(bytes);
    const fields: Record<string, FieldValue> = {};
    for (const { name, value } of allFields(dissection)) fields[name] ??= value;
    frames.push({ event, at, packet: trace.packetId(event.frame), bytes, dissection, fields });
  }
  return frames;
}

/** `ACK, PSH` as the fact sheets write it. */
export function flagsOf({ fields }: SeenFrame): string {
  const names = { syn: 'SYN', ack: 'ACK', push: 'PSH', fin: 'FIN', reset: 'RST' };
  return Object.entries(names)
    .filter(([flag]) => fields[`tcp.flags.${flag}`] === true)
    .map(([, name]) => name)
    .join(', ');
}

export function nodeIndex(trace: Trace, name: string): number {
  const index = trace.world.nodes.findIndex((node) => node.name === name);
  if (index < 0) throw new Error(`there is no node ${name}`);
  return index;
}

/** A node's rows of a table before event `seq`, by key; at the end when absent. */
export function tableAt(
  trace: Trace,
  node: string,
  table: TableName,
  seq = Number.POSITIVE_INFINITY,
): Readonly<Record<string, RowView>> {
  const fold = new TableFold(trace.world);
  for (const event of trace.events(0, seq)) fold.advance(event);
  return Object.fromEntries(fold.rows(nodeIndex(trace, node), table).map(({ key, row }) => [key, row]));
}

/** The events of one kind at a node. */
export function eventsOf<Kind extends TraceEvent['kind']>(
  trace: Trace,
  kind: Kind,
  node?: string,
): Extract<TraceEvent, { kind: Kind }>[] {
  const index = node === undefined ? -1 : nodeIndex(trace, node);
  return [...trace.events()].filter(
    (event): event is Extract<TraceEvent, { kind: Kind }> =>
      event.kind === kind && (index < 0 || event.node === index),
  );
}
