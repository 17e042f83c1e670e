// The law of explanations: whatever field a frame has, a person can be told what it is for and where that is defined.

import type { DissectedField, DissectedLayer, Dissection } from '../src/wire/dissection.js';
import { findField } from '../src/wire/field-catalogue.js';
import { flatten } from './tiling.js';

/** Layers that no document defines: the frame as a whole, and bytes that nothing is known about. */
const UNDEFINED_LAYERS: ReadonlySet<string> = new Set(['frame', 'data']);

/** The fields of a frame that lack an explanation, each with what it lacks; empty when all is well. */
export function unexplained(dissection: Dissection): string[] {
  const lacking = flatten(dissection.layers).flatMap((layer) =>
    layer.fields.flatMap((field) => lacks(field, layer)),
  );
  return [...new Set(lacking)];
}

function lacks(field: DissectedField, layer: DissectedLayer): string[] {
  const { name, meaning, rfc = layer.rfc, children = [] } = field;
  return [
    ...(meaning === undefined ? [`${name}: meaning`] : []),
    ...(rfc === undefined && !UNDEFINED_LAYERS.has(layer.protocol) ? [`${name}: RFC`] : []),
    ...(findField(name) === undefined ? [`${name}: place in the catalogue`] : []),
    ...children.flatMap((child) => lacks(child, layer)),
  ];
}
