// What the walk says about each frame, for the comments of a capture.

import type { Trace } from '../trace/trace.js';
import type { Walk } from './explain/step.js';

/**
 * Sentences of the steps that send or receive a frame, by the seq of the frame's event, each behind the id of its step:
 * `2c The computer …`.
 */
export function captureComments(walk: Walk, trace: Trace): Map<number, string[]> {
  const comments = new Map<number, string[]>();
  for (const { steps } of walk.phases) {
    for (const { id, sentence, drop, events } of steps) {
      const text = drop === undefined ? `${id} ${sentence}` : `${id} ${sentence} (${drop.rfc})`;
      for (const seq of events) {
        const { kind } = trace.event(seq);
        if (kind !== 'frame-sent' && kind !== 'frame-arrived') continue;
        comments.set(seq, [...(comments.get(seq) ?? []), text]);
      }
    }
  }
  return comments;
}
