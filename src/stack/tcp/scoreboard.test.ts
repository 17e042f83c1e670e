// The scoreboard against a plain list of segments: whatever happens, both tell the same.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seqAdd, seqDiff, seqLess } from '../../base/sequence.js';
import { Scoreboard } from './scoreboard.js';

/** The tests go over the end of the number space. */
const START = 0xffffff00;
const at = (offset: number): number => seqAdd(START, offset);

/** A scoreboard with segments of 100 each, sent one millisecond after the other. */
function boardOf(segments: number): Scoreboard {
  const board = new Scoreboard();
  board.begin(START);
  for (let index = 1; index <= segments; index++) board.sent(at(100 * index), index);
  return board;
}

interface Segment {
  start: number;
  end: number;
  sentAt: number;
  state: 'under way' | 'here' | 'lost';
  resent: boolean;
}

/** The same, as one would write it down. */
class List {
  start = START;
  segments: Segment[] = [];

  acknowledged(number: number): void {
    this.segments = this.segments.filter(({ end }) => seqLess(number, end));
    const [first] = this.segments;
    if (first !== undefined) first.start = number;
    this.start = number;
  }

  sum(state: Segment['state']): number {
    return this.segments
      .filter((one) => one.state === state)
      .reduce((sum, { start, end }) => sum + seqDiff(end, start), 0);
  }
}

function expectSame(board: Scoreboard, list: List): void {
  expect([board.start, board.size]).toEqual([list.start, list.segments.length]);
  for (const [index, { start, end, sentAt, state, resent }] of list.segments.entries()) {
    expect([board.startOf(index), board.endOf(index), board.sentAt(index)]).toEqual([start, end, sentAt]);
    expect([board.isSacked(index), board.isLost(index)]).toEqual([state === 'here', state === 'lost']);
    expect(board.wasRetransmitted(index)).toBe(resent);
    expect([board.at(start), board.at(seqAdd(end, -1))]).toEqual([index, index]);
  }
  expect(board.end).toBe(list.segments.at(-1)?.end ?? list.start);
  expect(board.at(board.end)).toBe(list.segments.length);
  expect([board.sacked, board.lost, board.pipe]).toEqual([
    list.sum('here'),
    list.sum('lost'),
    list.sum('under way'),
  ]);
  expect(board.sackedSegments).toBe(list.segments.filter(({ state }) => state === 'here').length);
  expect(board.firstLost).toBe(list.segments.findIndex(({ state }) => state === 'lost'));
}

describe('a scoreboard', () => {
  it('tells the same as a list, whatever happens', () => {
    const what = fc.constantFrom(
      ...([
        'sent',
        'sent',
        'sent',
        'resent',
        'split',
        'here',
        'lost',
        'lost',
        'acknowledged',
        'forgotten',
      ] as const),
    );
    const act = fc.record({ what, where: fc.nat(99), size: fc.integer({ min: 1, max: 50 }) });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 150 }), (acts) => {
        const board = new Scoreboard();
        board.begin(START);
        const list = new List();
        for (const [time, { what, where, size }] of acts.entries()) {
          const { segments } = list;
          const index = segments.length === 0 ? -1 : where % segments.length;
          const one = segments[index];
          if (what === 'sent') {
            const end = seqAdd(board.end, size);
            segments.push({ start: board.end, end, sentAt: time, state: 'under way', resent: false });
            board.sent(end, time);
          } else if (one === undefined) continue;
          else if (what === 'resent' && one.state !== 'here') {
            board.resent(index, time);
            Object.assign(one, { state: 'under way', sentAt: time, resent: true });
          } else if (what === 'split' && seqDiff(one.end, one.start) > 1) {
            const place = seqAdd(one.start, 1 + (size % (seqDiff(one.end, one.start) - 1)));
            board.split(index, place);
            segments.splice(index, 1, { ...one, end: place }, { ...one, start: place });
          } else if (what === 'here') {
            expect(board.sack(index)).toBe(one.state !== 'here');
            one.state = 'here';
          } else if (what === 'lost') {
            expect(board.lose(index)).toBe(one.state === 'under way');
            if (one.state === 'under way') one.state = 'lost';
          } else if (what === 'acknowledged') {
            // In the middle of a segment, at its end, or behind everything (a probe of a closed window).
            const number =
              size < 5 ? seqAdd(board.end, 1) : seqAdd(one.start, size % (seqDiff(one.end, one.start) + 1));
            board.acknowledged(number);
            list.acknowledged(number);
          } else if (what === 'forgotten') {
            board.forgetSacked();
            for (const segment of segments) if (segment.state === 'here') segment.state = 'under way';
          }
          expectSame(board, list);
        }
      }),
    );
  });

  it('holds many, and goes round', () => {
    const board = boardOf(0);
    for (let round = 0; round < 50; round++) {
      for (let index = 0; index < 100; index++) board.sent(seqAdd(board.end, 100), round);
      board.acknowledged(seqAdd(board.end, -100 * (round % 3)));
    }
    expect([board.size, board.pipe, board.sentAt(0)]).toEqual([1, 100, 49]);
  });

  it('says what is here beyond gaps, counted from where one likes', () => {
    const board = boardOf(6);
    expect(board.describe(START)).toBe('');
    for (const index of [1, 2, 4]) board.sack(index);
    expect(board.describe(at(-1))).toBe('101-301 401-501');
    board.sack(5);
    expect(board.describe(at(-1))).toBe('101-301 401-601');
  });
});
