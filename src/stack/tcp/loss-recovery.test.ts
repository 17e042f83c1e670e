// How loss is found out, and how long the answer to it lasts: without SACK, by counting, by time.

import { describe, expect, it } from 'vitest';
import { seqAdd } from '../../base/sequence.js';
import { MILLISECOND } from '../../base/time.js';
import type { RecoveryName } from './connection-options.js';
import { LossRecovery, type Recovering } from './loss-recovery.js';
import { Rack } from './rack.js';
import { RetransmissionTimer } from './retransmission-timer.js';
import { Scoreboard } from './scoreboard.js';

const START = 0xfffffe00;
const MSS = 100;
const at = (segments: number): number => seqAdd(START, segments * MSS);

/** What a sender has under way, ten segments unless said otherwise, sent one each millisecond. */
class Sending implements Recovering {
  readonly board = new Scoreboard();
  readonly rack = new Rack();
  readonly timer = new RetransmissionTimer();
  readonly mss = MSS;
  readonly recovery: LossRecovery;
  unacknowledged = START;
  max = START;

  constructor(kind: RecoveryName | 'none', segments = 10) {
    this.recovery = new LossRecovery(kind === 'none' ? 'rack' : kind);
    this.recovery.withSack = kind !== 'none';
    this.board.begin(START);
    this.rack.begin(START);
    this.timer.measured(50 * MILLISECOND);
    this.send(segments);
  }

  send(segments: number): void {
    for (let count = 0; count < segments; count++) {
      this.max = seqAdd(this.max, MSS);
      this.board.sent(this.max, this.board.size * MILLISECOND);
    }
  }

  /** Acknowledges so many segments from the start. Returns whether a recovery is over. */
  acknowledge(segments: number): boolean {
    const before = this.unacknowledged;
    this.unacknowledged = at(segments);
    this.board.acknowledged(this.unacknowledged);
    this.recovery.progress(this, (this.unacknowledged - before) | 0);
    return this.recovery.isOver(this);
  }

  /** Duplicate acknowledgments; what each of them shows. */
  duplicates(count: number): unknown[] {
    return Array.from({ length: count }, () => {
      this.recovery.duplicate(this);
      return this.detect();
    });
  }

  sack(...indices: number[]): unknown {
    for (const index of indices) {
      this.board.sack(index);
      this.rack.delivered(this.board.sentAt(index), this.board.endOf(index), false, false, 60 * MILLISECOND);
    }
    return this.detect();
  }

  detect(now = 60 * MILLISECOND): unknown {
    return this.recovery.detect(this, now);
  }

  get lost(): number[] {
    return Array.from({ length: this.board.size }, (_, i) => i).filter((i) => this.board.isLost(i));
  }

  get pipe(): number {
    return (this.board.pipe - this.recovery.left) / MSS;
  }
}

describe('without SACK', () => {
  it('the third duplicate shows that the first one is lost, and no other does', () => {
    const sending = new Sending('none');
    expect(sending.duplicates(5)).toEqual([
      undefined,
      undefined,
      'duplicate acknowledgments',
      undefined,
      undefined,
    ]);
    expect(sending.lost).toEqual([0]);
  });

  it('each duplicate means that a segment has left the network, but not more than there are', () => {
    const sending = new Sending('none');
    sending.duplicates(3);
    sending.recovery.begin(sending);
    sending.board.resent(0, 0);
    expect(sending.pipe).toBe(7);
    sending.duplicates(4);
    expect(sending.pipe).toBe(3);
    sending.duplicates(20);
    expect(sending.pipe).toBe(0);
  });

  it('what is acknowledged only in part shows the next hole (RFC 6582 §3.2)', () => {
    const sending = new Sending('none');
    sending.duplicates(8);
    expect(sending.recovery.begin(sending)).toBe(true);
    sending.board.resent(0, 0);
    sending.recovery.mustSend = false;
    // The hole is filled, up to the next one: what was behind it had left the network already.
    expect(sending.acknowledge(4)).toBe(false);
    expect([sending.lost, sending.recovery.mustSend, sending.recovery.phase]).toEqual([
      [0],
      true,
      'recovery',
    ]);
    sending.board.resent(0, 0);
    expect(sending.pipe).toBe(1);
    expect(sending.acknowledge(10)).toBe(true);
    expect([sending.recovery.phase, sending.recovery.left]).toEqual(['open', 0]);
  });

  it('nothing is made of duplicates of what was sent before the last recovery', () => {
    const sending = new Sending('none');
    sending.recovery.timedOut(sending);
    expect(sending.acknowledge(10)).toBe(true);
    sending.send(5);
    expect(sending.duplicates(3)).toEqual([undefined, undefined, undefined]);
    sending.acknowledge(11);
    expect(sending.duplicates(3)).toEqual([undefined, undefined, 'duplicate acknowledgments']);
  });
});

describe('by counting (RFC 6675)', () => {
  it('a segment is lost when three others behind it are here', () => {
    const sending = new Sending('sack');
    expect(sending.sack(3, 7)).toBeUndefined();
    expect(sending.sack(9)).toBe('sack');
    expect(sending.lost).toEqual([0, 1, 2]);
    expect(sending.sack(5)).toBe('sack');
    expect(sending.lost).toEqual([0, 1, 2, 4]);
  });

  it('or when more bytes are here than two segments have', () => {
    const sending = new Sending('sack', 2);
    // One long one, as after segments have become smaller.
    sending.max = seqAdd(sending.max, 2 * MSS);
    sending.board.sent(sending.max, 0);
    expect(sending.sack(2)).toBeUndefined();
    sending.max = seqAdd(sending.max, 1);
    sending.board.sent(sending.max, 0);
    expect(sending.sack(3)).toBe('sack');
    expect(sending.lost).toEqual([0, 1]);
  });

  it('what was sent again is not counted as lost a second time', () => {
    const sending = new Sending('sack');
    sending.sack(1, 2, 3);
    sending.board.resent(0, 0);
    expect(sending.sack(4, 5, 6, 7, 8, 9)).toBeUndefined();
    expect(sending.lost).toEqual([]);
  });
});

describe('by time (RFC 8985)', () => {
  it('looks again when the reordering window is over', () => {
    const sending = new Sending('rack');
    // Sent at 1 ms and here at 60 ms: the first one, sent 1 ms earlier, has a quarter of 59 ms.
    expect(sending.sack(1)).toBeUndefined();
    const quarter = Math.floor((59 * MILLISECOND) / 4);
    expect(sending.recovery.lookAgainAt).toBe(59 * MILLISECOND + quarter);
    expect(sending.detect(59 * MILLISECOND + quarter)).toBe('rack');
    expect(sending.lost).toEqual([0]);
  });

  it('does not wait when three are here', () => {
    const sending = new Sending('rack');
    expect(sending.sack(1, 2, 3)).toBe('rack');
    expect(sending.lost).toEqual([0]);
  });
});

describe('a recovery', () => {
  it('begins once, and is over when everything is acknowledged that was under way', () => {
    const sending = new Sending('sack');
    expect(sending.recovery.begin(sending)).toBe(true);
    expect(sending.recovery.begin(sending)).toBe(false);
    sending.send(3);
    expect(sending.acknowledge(9)).toBe(false);
    expect(sending.recovery.phase).toBe('recovery');
    expect(sending.acknowledge(10)).toBe(true);
    expect(sending.acknowledge(11)).toBe(false);
    expect(sending.recovery.phase).toBe('open');
  });

  it('gives way to a time-out: everything is lost that is not here', () => {
    const sending = new Sending('sack');
    sending.sack(3, 4, 5);
    sending.recovery.begin(sending);
    sending.board.resent(0, 0);
    sending.recovery.timedOut(sending);
    expect(sending.lost).toEqual([0, 1, 2, 6, 7, 8, 9]);
    expect([sending.recovery.phase, sending.recovery.mustSend]).toEqual(['loss', false]);
    expect(sending.recovery.begin(sending)).toBe(false);
  });

  it('believes nothing any more of a peer that does not acknowledge what it had reported (RFC 2018 §8)', () => {
    const sending = new Sending('sack');
    sending.sack(0, 4);
    sending.recovery.timedOut(sending);
    expect([sending.board.sacked, sending.lost.length]).toEqual([0, 10]);
  });
});
