// What an event is, as one word: its kind, and of a decision the layer, the verdict and the reason of a drop.
//
// From the lowest bit: 8 bits kind, 4 layer, 4 verdict, 16 reason.

import { DROP_REASON_CODES, type DropReason, dropReasonIndex } from './drop-reasons.js';
import { type EventKind, LAYERS, type Layer, VERDICTS, type Verdict } from './events.js';

const KINDS = [
  'frame-sent',
  'frame-arrived',
  'frame-lost',
  'decided',
  'table-set',
  'table-removed',
  'table-refreshed',
  'state',
  'held',
  'released',
  'timer-set',
  'timer-fired',
  'activity-begun',
  'activity-ended',
  'app',
] as const satisfies readonly EventKind[];

/** The word of an event of which the kind says all. */
export const KIND = Object.fromEntries(KINDS.map((kind, index) => [kind, index])) as Record<
  EventKind,
  number
>;
const LAYER = Object.fromEntries(LAYERS.map((layer, index) => [layer, index])) as Record<Layer, number>;
const VERDICT = Object.fromEntries(VERDICTS.map((verdict, index) => [verdict, index])) as Record<
  Verdict,
  number
>;

export function lossCode(reason: DropReason): number {
  return KIND['frame-lost'] | (dropReasonIndex(reason) << 16);
}

export function decisionCode(layer: Layer, verdict: Verdict): number {
  return KIND.decided | (LAYER[layer] << 8) | (VERDICT[verdict] << 12);
}

export function dropCode(layer: Layer, reason: DropReason): number {
  return KIND.decided | (LAYER[layer] << 8) | (VERDICT.drop << 12) | (dropReasonIndex(reason) << 16);
}

export function kindOfCode(code: number): EventKind {
  return KINDS[code & 255] as EventKind;
}

export function layerOfCode(code: number): Layer {
  return LAYERS[(code >> 8) & 15] as Layer;
}

export function verdictOfCode(code: number): Verdict {
  return VERDICTS[(code >> 12) & 15] as Verdict;
}

/** Of a loss or a drop. */
export function reasonOfCode(code: number): DropReason {
  return DROP_REASON_CODES[code >>> 16] as DropReason;
}
