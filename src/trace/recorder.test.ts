// The recorder: what is read back is what was recorded; it pauses, goes on and forgets.

import { describe, expect, it } from 'vitest';
import { pattern } from '../../test/kit.js';
import { FrameStore } from '../base/frame-store.js';
import { DROP_REASON_CODES } from './drop-reasons.js';
import { type EventDetail, LAYERS, type TraceEvent, VERDICTS } from './events.js';
import { atNode, type RecordedAnew, Recorder } from './recorder.js';
import type { RecordLevel } from './trace.js';

const WORLD = { name: 'w', seed: 1, epoch: 0, nodes: [], interfaces: [], links: [] };

/** A recorder with two nodes: interfaces 0 and 1 belong to node 0, interface 2 to node 1. */
function recorderAt(level: RecordLevel = 'bytes') {
  const clock = { now: 0 };
  const recorder = new Recorder(level, clock);
  for (const node of [0, 0, 1]) recorder.addInterface(node);
  return { recorder, clock, store: new FrameStore(), trace: recorder.trace(WORLD) };
}

const note = (name: 'ping.reply' | 'ping.timeout' = 'ping.reply') =>
  ({ kind: 'app', name, data: {} }) as const;

function recorderWith(table?: RecordedAnew) {
  const recorder = new Recorder('bytes', { now: 0 });
  recorder.addInterface(0);
  if (table !== undefined) recorder.addTable(table);
  return recorder;
}

const DETAILS: readonly EventDetail[] = [
  { kind: 'table-set', table: 'arp', key: 'k', after: { a: 1 } },
  { kind: 'table-set', table: 'nat', key: 'k', before: { a: 1 }, after: { a: 2, b: 'x', c: true } },
  { kind: 'table-removed', table: 'mac', key: 'k', before: { a: 1 }, why: 'aged' },
  { kind: 'state', machine: 'tcp', key: 'k', from: 'LISTEN', to: 'SYN-RECEIVED' },
  {
    kind: 'held',
    frame: 3,
    what: 'ipv4',
    waitsFor: 'arp',
    wanted: 'x',
    open: ['eth.dst'],
    known: { 'ip.ttl': 1 },
  },
  { kind: 'released', held: 4, ok: false },
  { kind: 'timer-set', name: 't', at: 5e12 },
  { kind: 'timer-fired', name: 't' },
  { kind: 'activity-begun', activity: 'browse', subject: 'u', data: { x: 1 } },
  { kind: 'activity-ended', begun: 8, ok: true, outcome: 'o' },
  { kind: 'app', name: 'ping.reply', data: { from: 'x' } },
];

describe('events', () => {
  it.each(DETAILS)('$kind is read back as it was recorded', (detail) => {
    const { recorder, clock, trace } = recorderAt();
    clock.now = 123_456_789_012_345;
    expect(recorder.record(atNode(7), detail)).toBe(0);
    recorder.cause = 0;
    expect(recorder.record(2, detail)).toBe(1);
    expect(trace.event(0)).toEqual({ seq: 0, time: clock.now, node: 7, interface: -1, cause: -1, ...detail });
    expect(trace.event(1)).toEqual({ seq: 1, time: clock.now, node: 1, interface: 2, cause: 0, ...detail });
  });

  it('every layer, verdict and reason of a decision is read back, with its rows', () => {
    const { recorder, trace } = recorderAt();
    const expected: unknown[] = [];
    const base = { time: 0, node: 0, interface: 1, cause: -1, kind: 'decided', frame: -1 };
    for (const layer of LAYERS) {
      for (const verdict of VERDICTS) {
        if (verdict === 'drop') continue;
        const seq = recorder.decided(1, layer, verdict, null, 5, 6);
        expected.push({ ...base, seq, layer, verdict, row: 5, row2: 6 });
      }
      for (const reason of DROP_REASON_CODES) {
        const seq = recorder.dropped(1, layer, reason, null, 9);
        expected.push({ ...base, seq, layer, verdict: 'drop', reason, row: 9, row2: -1 });
      }
    }
    recorder.tableRefreshed(1, 77);
    const refreshed = { time: 0, node: 0, interface: 1, cause: -1, kind: 'table-refreshed', row: 77 };
    expected.push({ ...refreshed, seq: expected.length });
    expect([...trace.events()]).toEqual(expected);
    expect(trace.length).toBe(expected.length);
  });

  it('of a frame on its way are a chain of causes', () => {
    const { recorder, store, trace } = recorderAt();
    const frame = store.takeWith(pattern(60));
    recorder.cause = 41;
    recorder.frameSent(0, frame);
    recorder.cause = -1;
    recorder.frameArrived(2, frame);
    expect(recorder.cause).toBe(1);
    recorder.frameLost(2, frame, 'queue-full');
    expect([...trace.events()].map(({ kind, cause }) => [kind, cause])).toEqual([
      ['frame-sent', 41],
      ['frame-arrived', 0],
      ['frame-lost', 1],
    ]);
    expect(trace.event(2)).toMatchObject({ reason: 'queue-full', node: 1, interface: 2 });
  });

  it('go on over the end of a chunk', () => {
    const { recorder, clock, trace } = recorderAt('events');
    const store = new FrameStore();
    const count = 70_000;
    for (let i = 0; i < count; i++) {
      clock.now = i;
      if (i % 3 === 0) {
        const frame = store.take(60);
        recorder.frameSent(0, frame);
        store.release(frame);
      } else recorder.tableRefreshed(0, i);
    }
    expect(trace.length).toBe(count);
    for (const seq of [0, 32766, 32767, 32768, 65535, 65536, count - 1]) {
      expect(trace.event(seq)).toMatchObject({
        seq,
        time: seq,
        kind: seq % 3 === 0 ? 'frame-sent' : 'table-refreshed',
      });
    }
    // The packet ids count the frames, beyond the end of a chunk of snapshots too.
    expect(trace.packetId((trace.event(69_999) as { frame: number }).frame)).toBe(23_334);
  });
});

describe('a recorder at level off', () => {
  it('keeps nothing and costs no event', () => {
    const { recorder } = recorderAt('off');
    expect([recorder.on, recorder.record(0, DETAILS[0] as EventDetail), recorder.length]).toEqual([
      false,
      -1,
      0,
    ]);
  });
});

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
    const trace = recorder.trace(WORLD);
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
  it('keeps what comes later, and not what came long before', () => {
    const recorder = recorderWith();
    const store = new FrameStore();
    const frame = store.takeWith(new Uint8Array(1000).fill(3));
    for (let i = 0; i < 200_000; i++) {
      frame.touch(1000);
      recorder.frameSent(0, frame);
      if (i % 5 === 0) recorder.record(atNode(0), note());
      if (i % 1000 === 0) recorder.forget(recorder.length);
    }
    expect(recorder.length).toBe(240_000);
    expect(recorder.first).toBeGreaterThan(160_000);
    // Each frame is a snapshot of its own: of the first 120,000 none is there any more.
    expect([0, 60_000, 120_000].map((id) => recorder.lengthOf(id))).toEqual([0, 0, 0]);
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

  it('knows frames in full that were under way at the border', () => {
    const recorder = recorderWith();
    const frame = new FrameStore().takeWith(new Uint8Array(100).fill(7));
    const isFull = (seq: number) => {
      const event = recorder.read(seq);
      if (event.kind !== 'frame-sent') return false;
      const bytes = recorder.frameBytes(event.frame);
      return bytes.length === 100 && bytes.every((value) => value === 7);
    };
    while (recorder.length < 32_000) recorder.tableRefreshed(0, -1);
    recorder.frameSent(0, frame);
    while (recorder.length < 32_768) recorder.tableRefreshed(0, -1);
    for (let hop = 0; hop < 3; hop++) {
      frame.touch(1);
      recorder.frameSent(0, frame);
    }
    recorder.forget(recorder.length);
    expect(recorder.first).toBe(32_768);
    expect([32_768, 32_769, 32_770].map(isFull)).toEqual([true, true, true]);
  });
});
