// The frames of runs as columns, compared with the events one by one.

import { describe, expect, it } from 'vitest';
import { bench, eventsOf, expectNoLeaks, LEFT, Peer, pattern, RIGHT } from '../../test/kit.js';
import { natHttp } from '../../test/worlds.js';
import { MILLISECOND } from '../base/time.js';
import type { Fault } from '../net/link.js';
import type { World } from '../net/world.js';
import type { Trace } from '../trace/trace.js';
import { FRAME_LAYERS, type FrameColumns, frameColumns, frameIndex } from './frame-columns.js';
import { innermostLayer } from './innermost-layer.js';

expectNoLeaks();

function browsed(record: 'bytes' | 'events' = 'bytes'): World {
  const world = natHttp({ record });
  world.station('pc').browser.open('http://www.example.com/', () => {});
  world.runToRest();
  return world;
}

/** The columns as one record per frame. */
function rowsOf({ length, ...columns }: FrameColumns) {
  return Array.from({ length }, (_, index) =>
    Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, column[index]])),
  );
}

/** The same from the events, the slow way. */
function rowsExpected(trace: Trace) {
  const events = [...trace.events()];
  return events.flatMap((event) => {
    if (event.kind !== 'frame-sent') return [];
    const ends = events.filter(({ cause }) => cause === event.seq);
    const end =
      ends.find(({ kind }) => kind === 'frame-arrived') ?? ends.find(({ kind }) => kind === 'frame-lost');
    const link = trace.world.links.find((one) => one.ends.includes(event.interface));
    return [
      {
        seq: event.seq,
        endSeq: end?.seq ?? -1,
        lost: end?.kind === 'frame-lost' ? 1 : 0,
        sentAt: event.time,
        endAt: end?.time ?? -1,
        from: event.interface,
        to: link?.ends.find((id) => id !== event.interface),
        layer: FRAME_LAYERS.indexOf(innermostLayer(trace.frameBytes(event.frame))),
        packet: trace.packetId(event.frame),
        frame: event.frame,
      },
    ];
  });
}

describe('frames as columns', () => {
  it('has every frame of a walk, from sending to arrival', () => {
    const trace = browsed().trace();
    const columns = frameColumns(trace);
    expect(rowsOf(columns)).toEqual(rowsExpected(trace));
    expect(columns.length).toBeGreaterThan(30);
    expect(new Set(columns.layer)).toEqual(new Set([0, 2, 3]));
  });

  it('is the same of a run recorded without bytes, but for the layer', () => {
    const { layer, frame: _, ...columns } = frameColumns(browsed('events').trace());
    const { layer: _layer, frame: _frame, ...withBytes } = frameColumns(browsed().trace());
    expect(columns).toEqual(withBytes);
    expect(new Set(layer)).toEqual(new Set([0]));
  });

  it('can be handed over without a copy', () => {
    const columns = frameColumns(browsed().trace());
    const arrays = Object.values(columns).filter((column) => typeof column !== 'number');
    const received = structuredClone(columns, {
      transfer: arrays.map(({ buffer }) => buffer as ArrayBuffer),
    });
    expect(received.seq.length).toBe(received.length);
    expect(columns.seq.length).toBe(0);
  });

  it('finds the frame that an event has sent', () => {
    const trace = browsed().trace();
    const columns = frameColumns(trace);
    for (const { seq, kind } of trace.events()) {
      const index = frameIndex(columns, seq);
      if (kind === 'frame-sent') expect(columns.seq[index]).toBe(seq);
      else expect(index).toBe(-1);
    }
    expect(frameIndex(columns, -1)).toBe(-1);
    expect(frameIndex(columns, trace.length)).toBe(-1);
  });

  it('has nothing when nothing was sent', () => {
    expect(frameColumns(natHttp().trace())).toMatchObject({ length: 0, seq: new Int32Array() });
  });
});

describe('the end of a frame', () => {
  /** A frame from the left peer of a router, with a fault on the cable; what the columns say of it. */
  function fateWith(fault: Fault, after = MILLISECOND, loss = 0) {
    const { world, peer, from, port } = bench('router', {
      left: { ...LEFT, delay: MILLISECOND / 2, loss },
      right: RIGHT,
    });
    const link = world.links.find(({ b }) => b === port.left);
    link?.forth.faults.push(fault);
    peer.left.send(from.left.withIp({ destination: RIGHT.peer }).udp(pattern(4)));
    world.advance(after);
    const { seq, endSeq, lost, sentAt, endAt } = frameColumns(world.trace());
    const [arrived] = eventsOf(world, 'frame-arrived');
    const [died] = eventsOf(world, 'frame-lost');
    return { seq: seq[0], endSeq: endSeq[0], lost: lost[0], time: endAt[0] - sentAt[0], arrived, died };
  }

  it('is its arrival', () => {
    const fate = fateWith(() => 'pass');
    expect(fate).toMatchObject({ endSeq: fate.arrived?.seq, lost: 0, time: MILLISECOND / 2 });
  });

  it('is not there while it is under way', () => {
    expect(fateWith(() => 'pass', 10)).toMatchObject({ endSeq: -1, lost: 0, arrived: undefined });
  });

  it('is its loss', () => {
    const fate = fateWith(() => 'drop');
    expect(fate).toMatchObject({ endSeq: fate.died?.seq, lost: 1, time: 0, arrived: undefined });
  });

  it('is the first arrival of one that was doubled', () => {
    const fate = fateWith(() => 'duplicate');
    expect(fate).toMatchObject({ endSeq: fate.arrived?.seq, lost: 0 });
  });

  it('is the arrival of the double where the frame itself was lost', () => {
    const fate = fateWith(() => 'duplicate', MILLISECOND, 1);
    expect(fate.died?.seq).toBeLessThan(fate.arrived?.seq ?? -1);
    expect(fate).toMatchObject({ endSeq: fate.arrived?.seq, lost: 0, time: MILLISECOND / 2 });
  });
});

it('leaves out what never got onto a cable, and keeps the two ends apart', () => {
  const { world, peer, from } = bench('router', { left: LEFT, right: RIGHT });
  const third = new Peer(world, 'third');
  peer.left.send(from.left.arp());
  third.send(from.left.arp());
  world.advance(MILLISECOND);
  const { length, from: senders, to: receivers } = frameColumns(world.trace());
  expect(length).toBe(2);
  expect([senders[0], receivers[0]]).toEqual([receivers[1], senders[1]]);
});
