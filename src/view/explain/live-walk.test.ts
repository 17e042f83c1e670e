// A walk told while it happens says what the walk says that is told in the end.

import { describe, expect, it } from 'vitest';
import { labText, runText } from '../../../test/lab-runs.js';
import type { Trace } from '../../trace/trace.js';
import { explainWalk } from './explain-walk.js';
import { LiveWalk, RIPE } from './live-walk.js';

/** Tells a trace in pieces, each as long as this in simulated time. */
function toldInPieces(trace: Trace, every: number) {
  const live = new LiveWalk(trace.world);
  const steps: { id: string; sentence: string; seq: number; phase: number }[] = [];
  const titles = new Map<number, string>();
  const tell = (now: number): void => {
    const told = live.tell(now);
    for (const { number, title, steps: fresh } of told?.walk.phases ?? []) {
      titles.set(number, title);
      for (const { id, sentence, seq } of fresh)
        steps.push({ id, sentence, seq: told?.originalSeq(seq) ?? -1, phase: number });
    }
  };
  let next = every;
  for (const event of trace.events()) {
    for (; event.time > next; next += every) tell(next);
    if ('frame' in event && event.frame >= 0)
      live.addFrame(event.frame, {
        packetId: trace.packetId(event.frame),
        bytes: trace.frameBytes(event.frame),
      });
    live.add(event);
  }
  tell(Number.POSITIVE_INFINITY);
  return { steps, titles, untold: live.untold };
}

describe('LiveWalk', () => {
  it.each([1, 7, 40, 500])('tells nat-http in pieces of %i ms', (milliseconds) => {
    const trace = runText(labText('nat-http')).trace();
    const { steps, untold } = toldInPieces(trace, milliseconds * 1_000_000);
    const whole = explainWalk(trace).phases.flatMap((phase) => phase.steps);
    expect(untold).toBe(0);
    const bySeq = (a: { seq: number }, b: { seq: number }) => a.seq - b.seq;
    expect(steps.map(({ seq }) => seq).sort((a, b) => a - b)).toEqual(
      whole.map(({ seq }) => seq).sort((a, b) => a - b),
    );
    const told = [...steps].sort(bySeq).map(({ sentence }) => sentence);
    const wanted = [...whole].sort(bySeq).map(({ sentence }) => sentence);
    // What is said at the first time only may be said again.
    const same = told.filter((sentence, place) => sentence === wanted[place]).length;
    expect(same).toBeGreaterThan(wanted.length * 0.9);
    expect(new Set(steps.map(({ id }) => id)).size).toBe(steps.length);
    for (const { id, phase } of steps) expect(id).toMatch(new RegExp(`^${phase}[a-z]+$`));
  });

  it('tells nothing that is not ripe, and nothing twice', () => {
    const trace = runText(labText('nat-http')).trace();
    const live = new LiveWalk(trace.world);
    for (const event of trace.events()) live.add(event);
    const first = trace.event(trace.length - 1).time;
    const told = live.tell(first + RIPE - 1);
    const last =
      told?.walk.phases.flatMap(({ steps }) => steps.map(({ seq }) => told.originalSeq(seq))) ?? [];
    expect(last.length).toBeGreaterThan(0);
    for (const seq of last) expect(trace.event(seq).time).toBeLessThan(first);
    expect(live.tell(first + RIPE)).toBeDefined();
    expect(live.tell(first + RIPE)).toBeUndefined();
  });

  it('goes on for long in a window', () => {
    const trace = runText(labText('tcp-loss')).trace();
    const { steps } = toldInPieces(trace, 10_000_000);
    expect(new Set(steps.map(({ seq }) => seq)).size).toBe(steps.length);
    for (const { sentence } of steps) expect(sentence).not.toMatch(/undefined|NaN/);
  });

  it('says how much came too fast, and goes on', () => {
    const trace = runText(labText('nat-http')).trace();
    const live = new LiveWalk(trace.world);
    const last = trace.event(trace.length - 1);
    for (let seq = 0; seq < 5_000; seq++) live.add({ ...last, seq, cause: -1 });
    expect(live.tell(last.time + RIPE)).toBeUndefined();
    expect(live.untold).toBe(5_000);
    live.add({ ...last, kind: 'app', name: 'ping.timeout', data: {}, seq: 5_000, cause: -1 });
    live.tell(last.time + RIPE);
    expect(live.untold).toBe(5_000);
  });
});
