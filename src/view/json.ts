// The walk as plain data, for `--json` and for programs: every step with its rows, changes and frames.

import { formatHex } from '../base/text.js';
import type { Trace } from '../trace/trace.js';
import { dissect } from '../wire/dissect.js';
import type { DissectedField, DissectedLayer, FieldValue } from '../wire/dissection.js';
import type { Step, Walk } from './explain/step.js';

/** A frame as it was sent: its bytes without FCS, and every field by its filter name. */
export interface JsonFrame {
  /** seq of the event. */
  readonly seq: number;
  readonly time: number;
  readonly event: 'sent' | 'lost' | 'held';
  readonly node: string;
  readonly interface: string;
  /** The same number for one packet at every place it passes. */
  readonly packet: number;
  readonly length: number;
  /** Two digits per byte. */
  readonly hex: string;
  readonly protocols: readonly string[];
  /** A field that occurs more than once has a list. */
  readonly fields: Readonly<Record<string, FieldValue | readonly FieldValue[]>>;
}

/** The walk as data that JSON can hold: the walk's own names, and the frames of every step. */
export function walkToJson(walk: Walk, trace: Trace) {
  return {
    title: walk.title,
    ok: walk.ok,
    summary: walk.summary,
    world: trace.world,
    phases: walk.phases.map((phase) => ({
      number: phase.number,
      title: phase.title,
      ...(phase.outcome === undefined ? {} : { outcome: phase.outcome }),
      steps: phase.steps.map((step) => ({ ...step, frames: framesOf(step, trace) })),
    })),
  };
}

function framesOf(step: Step, trace: Trace): JsonFrame[] {
  const frames: JsonFrame[] = [];
  for (const seq of step.events) {
    const event = trace.event(seq);
    if (event.kind !== 'frame-sent' && event.kind !== 'frame-lost' && event.kind !== 'held') continue;
    if (event.frame < 0) continue;
    const bytes = trace.frameBytes(event.frame);
    const { layers } = dissect(bytes);
    frames.push({
      seq,
      time: event.time,
      event: event.kind === 'held' ? 'held' : event.kind === 'frame-sent' ? 'sent' : 'lost',
      node: trace.world.nodes[event.node]?.name ?? '',
      interface: trace.world.interfaces[event.interface]?.name ?? '',
      packet: trace.packetId(event.frame),
      length: trace.frameLength(event.frame),
      hex: formatHex(bytes),
      protocols: layers.map(({ protocol }) => protocol).filter((protocol) => protocol !== 'frame'),
      fields: fieldsOf(layers),
    });
  }
  return frames;
}

function fieldsOf(layers: readonly DissectedLayer[]): Record<string, FieldValue | FieldValue[]> {
  const fields: Record<string, FieldValue | FieldValue[]> = {};
  const add = ({ name, value, children }: DissectedField): void => {
    const before = fields[name];
    if (before === undefined) fields[name] = value;
    else if (Array.isArray(before)) before.push(value);
    else fields[name] = [before, value];
    for (const child of children ?? []) add(child);
  };
  for (const layer of layers) for (const field of layer.fields) add(field);
  return fields;
}
