// What holds for every segment a host sends, whatever the script is about. Each law names its place in the RFCs.

import { seqDiff } from '../../src/base/sequence.js';
import { HOUR, type Time } from '../../src/base/time.js';
import { TCP_FLAG } from '../../src/wire/tcp.js';
import { problemsOf } from '../frame-check.js';
import { endOf, type Got, type PeerSyn, type Talk } from './talk.js';

const { syn: SYN, fin: FIN, rst: RST, ack: ACK, urg: URG, ece: ECE, cwr: CWR } = TCP_FLAG;
/** The host sends no segments with less text than this, however small the peer's MSS (its own protection). */
const LEAST_MSS = 48;
const DAY: Time = 24 * HOUR;

/** The byte that the host's program writes at a place of its stream (from 0). */
export function programByte(at: number): number {
  return (at * 11 + (at >> 8) + 77) & 255;
}

export class Laws {
  private readonly talk: Talk;
  /** Bytes of a packet on the host's cable. */
  private readonly mtu: number;
  private hostSyn: Got | undefined;
  /** What the peer had said when the handshake was done. */
  private agreed: PeerSyn | undefined;
  /** The last segment with ACK, and the right edge it told. */
  private lastAck = 0;
  private lastClock = 0;
  private lastClockAt: Time = 0;
  private edge = 0;
  /** Behind the last byte that the host has sent. */
  private sent = 0;
  private finAt: number | undefined;

  constructor(talk: Talk, mtu: number) {
    this.talk = talk;
    this.mtu = mtu;
  }

  /** What is wrong with a segment, one line each. `written`: text where a program has written its own. */
  check(got: Got, written: Uint8Array | undefined): string[] {
    const wrong = problemsOf(got.frame).map((problem) => `the frame is not sound: ${problem}`);
    const complain = (isRight: boolean, law: string): void => {
      if (!isRight) wrong.push(law);
    };
    const has = (flag: number): boolean => (got.flags & flag) !== 0;
    complain(got.reserved === 0, 'RFC 9293 §3.1: reserved bits are sent as zero');
    complain(has(URG) || got.urgent === 0, 'RFC 9293 §3.1: an urgent pointer goes with URG');
    complain(
      !(has(SYN) && (has(FIN) || has(RST))),
      'RFC 9293 §3.5: SYN stands neither with FIN nor with RST',
    );
    if (has(RST)) {
      complain(got.text.length === 0, 'RFC 9293 §3.5.3: our resets carry no text');
      return wrong;
    }
    if (has(SYN)) this.checkSyn(got, complain);
    else this.checkLater(got, written, complain);
    return wrong;
  }

  private checkSyn(got: Got, complain: (isRight: boolean, law: string) => void): void {
    const before = this.hostSyn;
    const isSame = before !== undefined && same(before.frame, got.frame, 38);
    if (before !== undefined && !isSame) this.begin();
    this.hostSyn = got;
    complain(
      got.mss !== undefined && got.mss >= 536 - 0,
      'RFC 9293 §3.7.1 (MUST-14, SHLD-5): a SYN tells the MSS',
    );
    complain(got.sack === undefined, 'RFC 2018 §3: no SACK blocks in a SYN');
    if ((got.flags & ACK) === 0) {
      complain(got.ecr === undefined || got.ecr === 0, 'RFC 7323 §3.2: TSecr is 0 where ACK is not set');
      return;
    }
    const { syn } = this.talk;
    this.agreed = syn;
    if (syn === undefined) return;
    complain(
      got.shift === undefined || syn.shift !== undefined,
      'RFC 7323 §2.2: no window scale unless the SYN had it',
    );
    complain(!got.sackPermitted || syn.sack, 'RFC 2018 §2: no SACK-permitted unless the SYN had it');
    complain(got.ts === undefined || syn.timestamps, 'RFC 7323 §3.2: no timestamps unless the SYN had them');
    complain((got.flags & ECE) === 0 || syn.ecn, 'RFC 3168 §6.1.1: no ECE in SYN, ACK unless the SYN asked');
    complain((got.flags & CWR) === 0 || (got.flags & ACK) === 0, 'RFC 3168 §6.1.1: no CWR in SYN, ACK');
    this.lastAck = got.ack ?? 0;
  }

  private begin(): void {
    this.agreed = undefined;
    this.lastAck = 0;
    this.edge = 0;
    this.sent = 0;
    this.lastClock = 0;
    this.finAt = undefined;
  }

  private checkLater(
    got: Got,
    written: Uint8Array | undefined,
    complain: (isRight: boolean, law: string) => void,
  ): void {
    const { talk } = this;
    this.agreed ??= talk.syn;
    const { agreed } = this;
    complain((got.flags & ACK) !== 0, 'RFC 9293 §3.1: once the connection stands every segment has ACK');
    complain(got.mss === undefined, 'RFC 9293 §3.7.1: MSS stands in SYNs only');
    complain(got.shift === undefined, 'RFC 7323 §2.2: window scale stands in SYNs only');
    complain(!got.sackPermitted, 'RFC 2018 §2: SACK-permitted stands in SYNs only');
    const ack = got.ack ?? 0;
    complain(ack >= this.lastAck, 'RFC 9293 §3.4: acknowledgments never go back');
    this.lastAck = Math.max(this.lastAck, ack);
    // Reset and FIN-less segments of a connection that never was: nothing more is known of it.
    if (agreed === undefined || this.hostSyn === undefined) return;
    this.checkText(got, written, agreed, complain);
    this.checkOptions(got, agreed, complain);
    // The window: told in units, so the edge may seem to go back by less than one of them (RFC 7323 §2.4).
    const unit = this.hostSyn.shift === undefined || agreed.shift === undefined ? 1 : 2 ** this.hostSyn.shift;
    const edge = ack + got.win * unit;
    complain(edge > this.edge - unit, 'RFC 9293 §3.8.6 (SHLD-14): the window does not shrink');
    this.edge = Math.max(this.edge, edge);
  }

  private checkText(
    got: Got,
    written: Uint8Array | undefined,
    agreed: PeerSyn,
    complain: (isRight: boolean, law: string) => void,
  ): void {
    const { talk } = this;
    const size = got.text.length;
    const most = Math.max(LEAST_MSS, Math.min(agreed.mss ?? 536, this.mtu - 40));
    complain(
      size === 0 || size + got.optionBytes <= most,
      `RFC 9293 §3.7.1 (MUST-16): text and options take at most the peer's MSS, ${most}`,
    );
    const end = endOf(got);
    // A closed window is probed with one byte.
    complain(end <= talk.edge || size <= 1, 'RFC 9293 §3.8.6: nothing is sent beyond the window');
    const wrongAt = got.text.findIndex((byte, index) => {
      const at = got.seq - 1 + index;
      return byte !== (written === undefined ? programByte(at) : written[at]);
    });
    complain(wrongAt < 0, `RFC 9293 §3.4: byte ${got.seq + wrongAt} is not what the program wrote there`);
    complain(
      this.finAt === undefined || end <= this.finAt + 1,
      'RFC 9293 §3.6: nothing is sent behind a FIN',
    );
    if ((got.flags & FIN) !== 0) this.finAt = end - 1;
    // Only new text may carry ECT: not repeats, not pure acknowledgments.
    const isNew = size > 0 && end > this.sent;
    complain(got.ecn === 'not-ect' || agreed.ecn, 'RFC 3168 §6.1: no ECT unless both sides have agreed');
    complain(
      got.ecn === 'not-ect' || isNew,
      'RFC 3168 §6.1.4, §6.1.5: neither repeats nor pure ACKs carry ECT',
    );
    complain((got.flags & (ECE | CWR)) === 0 || agreed.ecn, 'RFC 3168 §6.1: ECE and CWR only where agreed');
    this.sent = Math.max(this.sent, end);
  }

  private checkOptions(got: Got, agreed: PeerSyn, complain: (isRight: boolean, law: string) => void): void {
    const { hostSyn } = this;
    const timestamps = hostSyn?.ts !== undefined && agreed.timestamps;
    complain((got.ts !== undefined) === timestamps, 'RFC 7323 §3.2: timestamps in every segment, or in none');
    if (got.ts !== undefined) {
      // After 24 days nobody can tell any more.
      const isLate = got.time - this.lastClockAt > 24 * DAY;
      complain(
        isLate || seqDiff(got.ts, this.lastClock) >= 0,
        'RFC 7323 §5.4: the timestamp clock does not go back',
      );
      this.lastClock = got.ts;
      this.lastClockAt = got.time;
    }
    const { sack } = got;
    if (sack === undefined) return;
    complain(
      agreed.sack && hostSyn?.sackPermitted === true,
      'RFC 2018 §3: no SACK unless both sides permit it',
    );
    complain(sack.length > 0 && sack.length <= (timestamps ? 3 : 4), 'RFC 2018 §3: as many blocks as fit');
    complain(
      sack.every(([left, right]) => left < right),
      'RFC 2018 §3: a block ends behind its beginning',
    );
    complain(
      sack.slice(1).every(([left]) => left > (got.ack ?? 0)),
      'RFC 2018 §3, RFC 2883 §4: only the first block may repeat what is acknowledged or reported',
    );
  }
}

function same(a: Uint8Array, b: Uint8Array, at: number): boolean {
  return [0, 1, 2, 3].every((index) => a[at + index] === b[at + index]);
}
