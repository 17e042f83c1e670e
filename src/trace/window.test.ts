// A window onto a run that goes on is a trace of its own.

import { describe, expect, it } from 'vitest';
import { labText, runText } from '../../test/lab-runs.js';
import { explainWalk } from '../view/explain/explain-walk.js';
import { tablesAt } from '../view/tables.js';
import { TraceWindow } from './window.js';

/** The window of a whole run, after its first events have left it. */
function windowOf(name: string, gone: number) {
  const trace = runText(labText(name)).trace();
  const window = new TraceWindow(trace.world);
  for (const event of trace.events()) {
    if ('frame' in event && event.frame >= 0)
      window.addFrame(event.frame, {
        packetId: trace.packetId(event.frame),
        bytes: trace.frameBytes(event.frame),
      });
    window.add(event);
  }
  window.forget(gone);
  return { trace, window };
}

describe('TraceWindow', () => {
  it('onto everything is the trace itself', () => {
    const { trace, window } = windowOf('nat-http', 0);
    const view = window.view();
    expect(view.trace.hash()).toBe(trace.hash());
    expect(explainWalk(view.trace)).toEqual(explainWalk(trace));
    expect(view.start).toBe(0);
  });

  it.each(['nat-http', 'three-routers', 'tcp-loss'])(
    'of %s has the same tables and tells without harm',
    (name) => {
      const whole = runText(labText(name)).trace();
      const rowsOf = (nodes: ReturnType<typeof tablesAt>) =>
        nodes.map(({ name: node, tables }) => [
          node,
          ...tables
            .map((table) => [table.table, table.interface, table.rows.map(({ key, row }) => ({ key, row }))])
            .filter(([, , rows]) => (rows as unknown[]).length > 0)
            .map((table) => JSON.stringify(table)),
        ]);
      const expected = rowsOf(tablesAt(whole));
      const step = Math.max(1, Math.floor(whole.length / 25));
      for (let gone = 1; gone < Math.min(whole.length, 4_000); gone += step) {
        const { window } = windowOf(name, gone);
        const { trace, start, originalSeq } = window.view();
        expect(rowsOf(tablesAt(trace)).map((node) => [...node].sort())).toEqual(
          expected.map((node) => [...node].sort()),
        );
        expect(originalSeq(start)).toBe(gone);
        for (const event of trace.events()) {
          expect(event.cause).toBeLessThan(event.seq);
          if (event.kind === 'decided' && event.row >= 0) expect(trace.kindOf(event.row)).toBe('table-set');
        }
        const steps = explainWalk(trace).phases.flatMap((phase) => phase.steps);
        for (const { sentence } of steps) expect(sentence).not.toMatch(/undefined|NaN/);
      }
    },
  );
});
