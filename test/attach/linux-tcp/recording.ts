// What a host has done in a play: after each thing that happened to it, the segments it sent, and what its program and
// its table of connections knew. Written so that two hosts of different make can be compared.

import { MILLISECOND, type Time } from '../../../src/base/time.js';
import { TCP_FLAG } from '../../../src/wire/tcp.js';
import { programByte } from '../../tcp-script/laws.js';
import { PEER_PORT, type Step } from '../../tcp-script/script.js';
import { formatFlags } from '../../tcp-script/segment-text.js';
import { type Got, peerByte, type Talk } from '../../tcp-script/talk.js';

/** An acknowledgment that comes so long after the last act was delayed: Linux waits for 40 ms or more. */
const ACK_DELAY: Time = 25 * MILLISECOND;

/** Something happens to the host, or somebody waits for what it sends, or looks. */
export interface Happening {
  readonly at: Time;
  readonly kind: 'act' | 'await' | 'state' | 'told' | 'whatever' | 'end';
  readonly step: Step | undefined;
  /** Segments the host has sent since the last act. */
  readonly sent: number;
}

/** What followed an act. */
export interface Moment {
  /** The step, as the script has it. */
  readonly text: string;
  readonly segments: string[];
  /** Which of them only acknowledge, and came so late that only their delay can be the reason. */
  readonly delayed: Set<number>;
  /** From here on the script takes whatever comes, so nothing is compared. */
  compared: number | undefined;
  readonly notes: string[];
}

export class Recording {
  readonly happenings: Happening[] = [];
  readonly moments: Moment[] = [newMoment('at first')];
  private lastAct: Time = 0;
  /** How much later than planned anything was done. ns. */
  late: Time = 0;

  get moment(): Moment {
    return this.moments.at(-1) as Moment;
  }

  happens(at: Time, kind: Happening['kind'], step?: Step): void {
    this.happenings.push({ at, kind, step, sent: this.moment.segments.length });
    if (kind === 'act') {
      this.moments.push(newMoment(step?.text ?? ''));
      this.lastAct = at;
    }
    if (kind === 'whatever') this.moment.compared ??= this.moment.segments.length;
  }

  saw(talk: Talk, got: Got, text: readonly number[] | undefined): void {
    const { segments, delayed } = this.moment;
    const isPlain = got.flags === TCP_FLAG.ack && got.text.length === 0 && got.sack === undefined;
    if (isPlain && got.time - this.lastAct > ACK_DELAY) delayed.add(segments.length);
    segments.push(describeSegment(talk, got, text));
  }

  note(port: number, what: string): void {
    this.moment.notes.push(`${portPrefix(port)}${what}`);
  }
}

function newMoment(text: string): Moment {
  return { text, segments: [], delayed: new Set(), compared: undefined, notes: [] };
}

function portPrefix(port: number): string {
  return port === PEER_PORT ? '' : `${port}: `;
}

/**
 * The fields that mean something, in the numbers of scripts. Left out: PSH, the exact window, the values of the host's
 * clock and of its window scale; they are a host's own choice.
 * @param text all that the program has written, when that is not the usual
 */
function describeSegment({ port, hostIsn }: Talk, got: Got, text: readonly number[] | undefined): string {
  const flags = got.flags & ~TCP_FLAG.psh;
  const length = got.text.length;
  const isReset = (flags & TCP_FLAG.rst) !== 0;
  const wrong = got.text.findIndex((byte, index) => {
    const at = got.seq - 1 + index;
    return byte !== (text === undefined ? programByte(at) : text[at]);
  });
  // The number of a reset that knows none is 0, wherever the others begin.
  const seq = isReset && (got.seq + hostIsn) % 2 ** 32 === 0 ? 'none' : got.seq;
  const parts = [
    `${formatFlags(flags)}, seq ${length === 0 ? seq : `${got.seq}:${got.seq + length}`}`,
    ...(got.ack === undefined ? [] : [`ack ${got.ack}`]),
    ...(got.win === 0 && !isReset ? ['win 0'] : []),
    ...((flags & TCP_FLAG.urg) === 0 && got.urgent === 0 ? [] : [`urgent ${got.urgent}`]),
    ...(got.mss === undefined ? [] : [`mss ${got.mss}`]),
    ...(got.shift === undefined ? [] : ['shift']),
    ...(got.sackPermitted ? ['sack-permitted'] : []),
    ...(got.ts === undefined ? [] : [`ts, ecr ${got.ecr}`]),
    ...(got.sack === undefined ? [] : [`sack ${got.sack.map(([a, b]) => `${a}-${b}`).join(' ')}`]),
    ...(got.ecn === 'not-ect' ? [] : [`ecn ${got.ecn}`]),
    ...(wrong < 0 ? [] : [`with a wrong byte at ${got.seq + wrong}`]),
  ];
  return `${portPrefix(port)}${parts.join(', ')}`;
}

/** What a program has been told, and the bytes it has got or could get. */
export interface Told {
  readonly words: readonly string[];
  readonly received: Uint8Array;
  /** Bytes that wait for it. */
  readonly waiting: number;
  /** Where in its stream `received` begins. */
  readonly from: number;
}

export const NOTHING_TOLD = 'program: nothing';

/** In words that mean the same for both: which calls and call-backs there are is not compared. */
export function describeTold(talk: Talk, { words, received, waiting, from }: Told): string {
  const text = String.fromCharCode(...received);
  const isWrong = received.some((byte, index) => byte !== peerByte(from + index));
  const parts = [
    ...words.filter((word) => /^(connected|ended|failed)/.test(word)),
    ...(received.length === 0 ? [] : [`${received.length} bytes`]),
    ...(talk.hasOwnText && received.length > 0 ? [JSON.stringify(text)] : []),
    ...(!talk.hasOwnText && isWrong ? ['with a wrong byte'] : []),
    ...(waiting === 0 ? [] : [`${waiting} waiting`]),
  ];
  return parts.length === 0 ? NOTHING_TOLD : `program: ${parts.join(', ')}`;
}
