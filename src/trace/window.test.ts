// A run that goes on: recording pauses, begins again and forgets; a window onto it is a trace of its own.

import { describe, expect, it } from 'vitest';
import { labText, runText } from '../../test/lab-runs.js';
import { FrameStore } from '../base/frame-store.js';
import { explainWalk } from '../view/explain/explain-walk.js';
import { tablesAt } from '../view/tables.js';
import type { TraceEvent } from './events.js';
import { atNode, type RecordedAnew, Recorder } from './recorder.js';
import { TraceWindow } from './window.js';

function recorderWith(table?: RecordedAnew) {
  const recorder = new Recorder('bytes', { now: 0 });
  recorder.addInterface(0);
  if (table !== undefined) recorder.addTable(table);
  return recorder;
}

const note = (name: 'ping.reply' | 'ping.timeout' = 'ping.reply') =>
  ({ kind: 'app', name, data: {} }) as const;

describe('a recorder that pauses', () => {
  it('keeps nothing meanwhile, and begins with the tables', () => {
    let rows = 0;
    const recorder: Recorder = recorderWith({
      recordAnew: () => {
        for (let row = 0; row < rows; row++)
          recorder.record(atNode(0), { kind: 'table-set', table: 'arp', key: String(row), after: { row } });
      },
    });
    recorder.record(atNode(0), note());
    const before = recorder.length;
    recorder.pause();
    expect(recorder.on).toBe(false);
    expect(recorder.record(atNode(0), note())).toBe(-1);
    rows = 3;
    recorder.resume();
    // Numbers go on: what still has an old one finds nothing.
    expect(recorder.first).toBeGreaterThanOrEqual(before);
    const trace = recorder.trace({ name: 'w', seed: 1, epoch: 0, nodes: [], interfaces: [], links: [] });
    expect([...trace.events()].map((event) => event.kind === 'table-set' && event.after.row)).toEqual([
      0, 1, 2,
    ]);
    expect(() => trace.event(0)).toThrow(RangeError);
    expect([...trace.events()].map(({ seq }) => seq)).toEqual(
      [0, 1, 2].map((place) => recorder.first + place),
    );
    // Told twice to go on, it begins once.
    recorder.resume();
    expect(recorder.length).toBe(recorder.first + 3);
  });

  it('at level off stays off', () => {
    const recorder = new Recorder('off', { now: 0 });
    recorder.resume();
    expect(recorder.on).toBe(false);
  });

  it('knows frames in full that were under way before', () => {
    const recorder = recorderWith();
    const store = new FrameStore();
    const frame = store.takeWith(Uint8Array.from({ length: 300 }, (_, i) => i & 255));
    recorder.frameSent(0, frame);
    recorder.pause();
    recorder.resume();
    frame.u8[frame.start] = 77;
    frame.touch(1);
    recorder.frameArrived(0, frame);
    const event = recorder.read(recorder.first);
    expect(event.kind).toBe('frame-arrived');
    const { frame: id } = event as Extract<TraceEvent, { kind: 'frame-arrived' }>;
    expect(recorder.frameBytes(id)).toEqual(
      Uint8Array.from({ length: 300 }, (_, i) => (i === 0 ? 77 : i & 255)),
    );
    expect(recorder.packetIdOf(id)).toBe(frame.packetId);
  });
});

describe('a recorder that forgets', () => {
  it('keeps what comes later, in bounded memory', () => {
    const recorder = recorderWith();
    const store = new FrameStore();
    const frame = store.takeWith(new Uint8Array(1000).fill(3));
    const memory = () => process.memoryUsage().arrayBuffers;
    let most = 0;
    const start = memory();
    for (let i = 0; i < 200_000; i++) {
      frame.touch(1000);
      recorder.frameSent(0, frame);
      if (i % 5 === 0) recorder.record(atNode(0), note());
      if (i % 1000 === 0) {
        recorder.forget(recorder.length);
        most = Math.max(most, memory() - start);
      }
    }
    expect(recorder.length).toBe(240_000);
    expect(recorder.first).toBeGreaterThan(160_000);
    // All of it together are 200 MB.
    expect(most).toBeLessThan(150 << 20);
    for (let seq = recorder.first; seq < recorder.length; seq++) {
      const event = recorder.read(seq);
      if (event.kind === 'app') expect(event.name).toBe('ping.reply');
    }
    const last = recorder.read(recorder.length - 2);
    expect(last.kind === 'frame-sent' && recorder.frameBytes(last.frame)).toEqual(
      new Uint8Array(1000).fill(3),
    );
    // Nothing can be said of what is gone, and asking does no harm.
    expect(recorder.frameBytes(0)).toHaveLength(0);
    expect([recorder.lengthOf(0), recorder.packetIdOf(0), recorder.lengthOf(-1)]).toEqual([0, 0, 0]);
  });
});

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
