// What time tells about loss, by the example of single segments.

import { describe, expect, it } from 'vitest';
import { seqAdd } from '../../base/sequence.js';
import { MILLISECOND, NEVER, SECOND } from '../../base/time.js';
import { Rack } from './rack.js';
import { Scoreboard } from './scoreboard.js';

const START = 0xffffff00;
const at = (offset: number): number => seqAdd(START, offset);
const MS = MILLISECOND;

/** Segments of 100, one sent each millisecond from 1 ms on. */
function started(segments: number): { readonly rack: Rack; readonly board: Scoreboard } {
  const board = new Scoreboard();
  const rack = new Rack();
  board.begin(START);
  rack.begin(START);
  for (let index = 1; index <= segments; index++) board.sent(at(100 * index), index * MS);
  return { rack, board };
}

/** SACKs these segments: one acknowledgment reports them all. */
function report(rack: Rack, board: Scoreboard, indices: readonly number[], now: number): void {
  rack.reportArrives();
  for (const index of indices) {
    board.sack(index);
    rack.order(board.endOf(index), board.wasRetransmitted(index));
    rack.delivered(board.sentAt(index), board.endOf(index), board.wasRetransmitted(index), false, now);
  }
}

const lostIn = (board: Scoreboard): number[] =>
  Array.from({ length: board.size }, (_, index) => index).filter((index) => board.isLost(index));

describe('RACK', () => {
  it('knows nothing before anything has arrived', () => {
    const { rack, board } = started(5);
    expect(rack.detect(board, 0, SECOND)).toBe(NEVER);
    expect(lostIn(board)).toEqual([]);
  });

  it('takes for lost what was sent before something that has arrived, when the window is over', () => {
    const { rack, board } = started(5);
    // The third was sent at 3 ms and took 10 ms; the first two were sent 2 and 1 ms earlier.
    report(rack, board, [2], 13 * MS);
    expect(rack.detect(board, 2.5 * MS, 13 * MS)).toBe((1 + 10 + 2.5) * MS);
    expect(lostIn(board)).toEqual([]);
    expect(rack.detect(board, 2.5 * MS, 13.5 * MS)).toBe((2 + 10 + 2.5) * MS);
    expect(lostIn(board)).toEqual([0]);
    expect(rack.detect(board, 2.5 * MS, 14.5 * MS)).toBe(NEVER);
    expect(lostIn(board)).toEqual([0, 1]);
  });

  it('finds out that what was sent again is lost again', () => {
    const { rack, board } = started(4);
    report(rack, board, [1], 12 * MS);
    rack.detect(board, 0, 12 * MS);
    board.resent(0, 12 * MS);
    report(rack, board, [2], 13 * MS);
    expect(rack.detect(board, 0, 13 * MS)).toBe(NEVER);
    // Something sent after it arrives; 10 ms are what that took.
    board.sent(at(500), 13 * MS);
    report(rack, board, [4], 23 * MS);
    rack.detect(board, 0, 23 * MS);
    expect(lostIn(board)).toEqual([0, 3]);
  });

  it('waits for nobody where segments keep their order, three are beyond the gap, or a recovery goes on', () => {
    const { rack, board } = started(3);
    report(rack, board, [0, 1], 12 * MS);
    expect(rack.leastRoundTrip).toBe(10 * MS);
    expect(rack.window(20 * MS, false)).toBe(2.5 * MS);
    expect(rack.window(20 * MS, true)).toBe(0);
    expect(rack.window(2 * MS, false)).toBe(2 * MS);
  });

  it('sees segments overtake each other, but not in the order in which one acknowledgment reports them', () => {
    const { rack, board } = started(10);
    report(rack, board, [5, 3, 0], 16 * MS);
    expect(rack.reordering).toBe(false);
    report(rack, board, [7], 18 * MS);
    expect(rack.reordering).toBe(false);
    // Sent again it may come late.
    board.resent(1, 18 * MS);
    report(rack, board, [1], 28 * MS);
    expect(rack.reordering).toBe(false);
    report(rack, board, [4], 29 * MS);
    expect(rack.reordering).toBe(true);
    expect(rack.window(20 * MS, true)).toBe(2.5 * MS);
  });

  it('learns from duplicates to wait longer, once in a round trip, up to a round trip, for sixteen recoveries', () => {
    const { rack, board } = started(4);
    report(rack, board, [0], 11 * MS);
    const round = (number: number): void => rack.duplicateReported(at(number), at(number + 100));
    round(100);
    round(150);
    expect(rack.window(100 * MS, true)).toBe(5 * MS);
    for (let number = 200; number < 600; number += 100) round(number);
    expect(rack.window(100 * MS, true)).toBe(15 * MS);
    expect(rack.window(12 * MS, true)).toBe(12 * MS);
    for (let recovery = 1; recovery <= 15; recovery++) rack.recovered();
    expect(rack.window(100 * MS, true)).toBe(15 * MS);
    rack.recovered();
    expect(rack.window(100 * MS, true)).toBe(2.5 * MS);
  });

  it('believes no round trip of what was sent again and comes too soon', () => {
    const { rack, board } = started(3);
    report(rack, board, [1], 12 * MS);
    rack.delivered(20 * MS, at(100), true, false, 22 * MS);
    expect([rack.roundTrip, rack.leastRoundTrip, rack.sentAt]).toEqual([10 * MS, 10 * MS, 2 * MS]);
    rack.delivered(20 * MS, at(100), true, true, 40 * MS);
    expect(rack.sentAt).toBe(2 * MS);
    rack.delivered(20 * MS, at(100), true, false, 40 * MS);
    expect([rack.roundTrip, rack.leastRoundTrip, rack.sentAt]).toEqual([20 * MS, 10 * MS, 20 * MS]);
  });

  it('probes the tail after two round trips, and where only one is under way not before the peer must have answered', () => {
    const rack = new Rack();
    expect(rack.probeAfter(-1, true)).toBe(SECOND);
    expect(rack.probeAfter(30 * MS, false)).toBe(60 * MS);
    expect(rack.probeAfter(30 * MS, true)).toBe(260 * MS);
  });
});
