// The sending half by itself: what may be sent next, what is acknowledged, what is measured. And the timer's arithmetic.

import { describe, expect, it } from 'vitest';
import { pattern } from '../../../test/kit.js';
import { seqAdd } from '../../base/sequence.js';
import { MILLISECOND, SECOND } from '../../base/time.js';
import { DEFAULTS } from './connection-options.js';
import { RetransmissionTimer } from './retransmission-timer.js';
import { Sender } from './sender.js';

const ISN = 0xfffffff0;
const at = (offset: number): number => seqAdd(ISN, offset);

/** A sender whose SYN has been acknowledged after `roundTrip`. */
function sender(window: number, roundTrip = 100 * MILLISECOND): Sender {
  const made = new Sender(DEFAULTS);
  made.begin(ISN);
  made.resize(1000, 0);
  made.opened(roundTrip);
  made.congestion.begin(1000, 10);
  made.offered(window, 0, at(1));
  return made;
}

const MSS = 1000;

describe('a sender', () => {
  it('takes what it has room for', () => {
    const made = new Sender({ ...DEFAULTS, sendBuffer: 1000 });
    expect(made.take(pattern(600), false)).toBe(600);
    expect(made.take(pattern(600), false)).toBe(400);
    expect(made.take(pattern(600), false)).toBe(0);
    expect(made.free).toBe(0);
  });

  it('counts text and FIN apart', () => {
    const made = sender(10000);
    made.take(pattern(1500), false);
    made.finish();
    expect([made.unsent, made.nextText(MSS), made.finFollows(made.next, 1000)]).toEqual([1500, 1000, false]);
    made.sent(1000, 0);
    expect([made.unsent, made.nextText(MSS), made.finFollows(made.next, 500)]).toEqual([500, 500, true]);
    made.sent(501, 0);
    expect([made.unsent, made.nextText(MSS), made.finFollows(made.next, 0), made.isHeld]).toEqual([
      0,
      0,
      false,
      false,
    ]);
    made.acknowledged(at(1501));
    expect([made.finAcknowledged, made.buffer.length, made.allAcknowledged]).toEqual([false, 0, false]);
    made.acknowledged(at(1502));
    expect([made.finAcknowledged, made.allAcknowledged, made.unsent]).toEqual([true, true, 0]);
  });

  it('counts what is lost as not under way', () => {
    const made = sender(10000);
    made.take(pattern(3000), false);
    for (let i = 0; i < 3; i++) made.sent(1000, 0);
    expect([made.flight, made.pipe, made.board.firstLost]).toEqual([3000, 3000, -1]);
    made.board.loseAll();
    expect([made.flight, made.pipe, made.board.firstLost]).toEqual([3000, 0, 0]);
    const out = new Uint8Array(10);
    made.copyText(out, 0, at(1001), 10);
    expect([...out]).toEqual([...pattern(3000).subarray(1000, 1010)]);
    made.acknowledged(at(2001));
    expect([made.flight, made.pipe, made.board.size]).toEqual([1000, 0, 1]);
    made.board.resent(0, 5);
    expect([made.pipe, made.board.firstLost]).toEqual([1000, -1]);
  });

  it('puts what carries nothing within the window', () => {
    const made = sender(10000);
    made.take(pattern(3000), false);
    made.sent(1000, 0);
    expect(made.quietSequence).toBe(at(1001));
    made.offered(0, 0, at(1));
    expect(made.quietSequence).toBe(at(1));
  });

  it('takes about one measure for each round trip', () => {
    const made = sender(10000, 0);
    expect(made.timer.smoothed).toBe(0);
    made.take(pattern(5000), false);
    made.sent(1000, 0);
    made.acknowledged(at(1001));
    made.timed(8000);
    expect(made.timer.smoothed).toBe(1000);
    for (let i = 0; i < 3; i++) made.sent(1000, 9000);
    made.acknowledged(at(2001));
    made.timed(9000);
    expect(made.timer.smoothed).toBe(2000);
    made.acknowledged(at(3001));
    made.timed(50000);
    expect(made.timer.smoothed, 'of the same window').toBe(2000);
  });
});

describe('the retransmission timer', () => {
  it('computes as RFC 6298 §2 says', () => {
    const timer = new RetransmissionTimer();
    expect(timer.timeout).toBe(SECOND);
    timer.measured(2 * SECOND);
    expect([timer.smoothed, timer.variation, timer.timeout]).toEqual([2 * SECOND, SECOND, 6 * SECOND]);
    timer.measured(SECOND);
    // RTTVAR = 3/4 · 1 + 1/4 · |2 − 1|; SRTT = 7/8 · 2 + 1/8 · 1.
    expect([timer.smoothed, timer.variation, timer.timeout]).toEqual([
      1.875 * SECOND,
      SECOND,
      5.875 * SECOND,
    ]);
  });

  it('stays between 1 s and 60 s', () => {
    const timer = new RetransmissionTimer();
    timer.measured(1);
    expect(timer.timeout).toBe(SECOND);
    for (let i = 0; i < 10; i++) timer.backOff();
    expect([timer.timeout, timer.attempts]).toEqual([60 * SECOND, 10]);
    timer.progressed();
    expect([timer.timeout, timer.attempts]).toEqual([60 * SECOND, 0]);
    timer.measured(MILLISECOND);
    expect(timer.timeout).toBe(SECOND);
    timer.measured(100 * SECOND);
    expect(timer.timeout).toBe(60 * SECOND);
  });

  it('begins with 3 s after a SYN that was sent twice (RFC 6298 §5.7)', () => {
    const timer = new RetransmissionTimer();
    timer.opened();
    expect(timer.timeout).toBe(SECOND);
    for (let i = 0; i < 4; i++) timer.backOff();
    timer.opened();
    expect([timer.timeout, timer.attempts]).toEqual([3 * SECOND, 0]);
  });
});
