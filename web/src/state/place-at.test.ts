// Which step stands there at a moment.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LABS, runOfLab } from '../test/kit.js';
import type { StepHead } from '../worker/protocol.js';
import { placeAt } from './place-at.js';

const stepsAt = (seqs: readonly number[]): { readonly steps: readonly StepHead[] } => ({
  steps: seqs.map((seq) => ({ seq }) as StepHead),
});

it('the step that began last, wherever it stands in the outline', () => {
  const run = stepsAt([5, 20, 10, 30]);
  expect([5, 9, 10, 19, 20, 29, 30, 99].map((seq) => placeAt(run, seq))).toEqual([0, 0, 2, 2, 1, 1, 3, 3]);
});

it('of two that begin with one event the first', () => {
  expect(placeAt(stepsAt([5, 8, 8, 3]), 9)).toBe(1);
});

it('the first step before anything has begun, and in a run without steps', () => {
  expect(placeAt(stepsAt([5, 10]), -1)).toBe(0);
  expect(placeAt(stepsAt([]), 7)).toBe(0);
});

it('begins no later than the moment, and none begins in between', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(100), { minLength: 1 }), fc.integer({ min: -1, max: 120 }), (seqs, seq) => {
      const begun = seqs.filter((one) => one <= seq);
      const found = seqs[placeAt(stepsAt(seqs), seq)];
      expect(found).toBe(begun.length === 0 ? seqs[0] : Math.max(...begun));
    }),
  );
});

it.each(LABS)('%s: at the first event of a step that step stands there', async (name) => {
  const run = await runOfLab(name);
  for (const [place, { seq }] of run.steps.entries()) {
    const found = placeAt(run, seq);
    // Two steps may begin with one event: then the first of them.
    expect(run.steps[found]?.seq).toBe(seq);
    expect(found).toBeLessThanOrEqual(place);
  }
});
