// A watch over two hosts that speak TCP: after every event it looks at what must always be true, whatever the line does.

import type { Frame } from '../src/base/frame-store.js';
import { seqAdd, seqDiff, seqLess } from '../src/base/sequence.js';
import { NEVER, type Time } from '../src/base/time.js';
import type { World } from '../src/net/world.js';
import type { NetworkInterface } from '../src/stack/network-interface.js';
import type { TcpConnection } from '../src/stack/tcp/connection.js';
import { MAX_STRETCHES } from '../src/stack/tcp/reassembler.js';
import { PROTOCOL } from '../src/wire/iana.js';
import { TCP_FLAG, TCP_HEADER, tcp } from '../src/wire/tcp.js';
import { findWindowScale, readTcpOptions } from '../src/wire/tcp-options.js';

const IP = 14;
const TCP = 34;

/** What one end of the cable has sent and has been told. */
interface End {
  /** Its ISN; −1: not known. */
  initial: number;
  /** Shift of its windows, as its SYN has it; −1: none. */
  shift: number;
  /** The furthest edge of its window that it has told, and how much of it has got through to the other end. */
  told: number;
  heard: number;
}

/**
 * Watches the first cable of a world, and both hosts at it, until nothing goes on any more.
 * @returns what was wrong, with the time, the first ten; and whether it came to rest within `limit` ns
 */
export function watched(world: World, limit: Time): { readonly wrong: string[]; readonly rests: boolean } {
  const watch = new TcpWatch(world);
  const until = world.now + limit;
  while (world.engine.pending > 0 && world.engine.nextAt <= until && watch.wrong.length < 10) {
    world.engine.step();
    watch.look();
  }
  return { wrong: watch.wrong, rests: world.engine.pending === 0 };
}

class TcpWatch {
  readonly wrong: string[] = [];
  private readonly world: World;
  private readonly ends = new Map<NetworkInterface, End>();

  constructor(world: World) {
    this.world = world;
    const [link] = world.links;
    for (const direction of link === undefined ? [] : [link.forth, link.back]) {
      const { from, to } = direction;
      this.ends.set(from, { initial: -1, shift: -1, told: NEVER, heard: NEVER });
      direction.faults.unshift((frame) => {
        if (isTcp(frame)) this.sent(frame, from, to);
        return 'pass';
      });
      const arrive = to.arrive.bind(to);
      to.arrive = (frame) => {
        if (isTcp(frame) && !frame.damaged) this.arrives(frame, from);
        arrive(frame);
      };
    }
  }

  /** After an event. */
  look(): void {
    for (const { device } of this.world.nodes) {
      if (device.kind === 'switch' || device.kind === 'tap') continue;
      for (const connection of this.world.station(device.context.name).stack.tcp.list()) {
        for (const problem of problemsOf(connection)) this.note(`${connection.name}: ${problem}`);
      }
    }
  }

  private note(problem: string): void {
    this.wrong.push(`${this.world.now}: ${problem}`);
  }

  private end(port: NetworkInterface): End {
    return this.ends.get(port) as End;
  }

  private sent(frame: Frame, from: NetworkInterface, to: NetworkInterface): void {
    const { sequence, end, isSyn, isReset, edge, shift } = this.segment(frame, from, to);
    const own = this.end(from);
    if (isSyn && own.initial !== sequence) {
      // Another connection: a SYN that came twice, and late.
      own.initial = sequence;
      own.told = NEVER;
    }
    if (isSyn) own.shift = shift;
    if (isReset) return;
    // RFC 9293 §3.8.6: the edge of a window does not move left, but for what scaling cuts off (RFC 7323 §2.4).
    if (own.told !== NEVER && edge !== NEVER) {
      const unit = isSyn ? 1 : 1 << Math.max(0, own.shift);
      if (seqDiff(own.told, edge) >= unit) this.note(`${from}: the window's edge moves left, to ${edge}`);
    }
    if (edge !== NEVER && (own.told === NEVER || seqLess(own.told, edge))) own.told = edge;
    // Nothing goes beyond the edge that was heard, but for what probes a closed window: one number.
    const { heard } = this.end(to);
    if (isSyn || sequence === end || heard === NEVER) return;
    const beyond = seqDiff(end, heard);
    if (beyond > (seqDiff(end, sequence) === 1 ? 1 : 0)) this.note(`${from}: ${beyond} beyond the window`);
  }

  private arrives(frame: Frame, from: NetworkInterface): void {
    const to = [...this.ends.keys()].find((port) => port !== from) as NetworkInterface;
    const { edge, isReset, isSyn, shift } = this.segment(frame, from, to);
    const end = this.end(from);
    // The first SYN was sent before the watch began.
    if (isSyn) end.shift = shift;
    if (!isReset && edge !== NEVER && (end.heard === NEVER || seqLess(end.heard, edge))) end.heard = edge;
  }

  private segment({ view, u8, start }: Frame, from: NetworkInterface, to: NetworkInterface) {
    const at = start + TCP;
    const { fields } = tcp;
    const header = fields.dataOffset.get(view, at) * 4;
    const flags = u8[at + 13] as number;
    const isSyn = (flags & TCP_FLAG.syn) !== 0;
    const text = view.getUint16(start + IP + 2) - 20 - header;
    const sequence = fields.sequence.get(view, at);
    const { options } = readTcpOptions(u8, at + TCP_HEADER, at + header);
    const shift = isSyn ? (findWindowScale(options) ?? -1) : this.end(from).shift;
    const scaled = !isSyn && shift >= 0 && this.end(to).shift >= 0 ? 1 << shift : 1;
    const acknowledges = (flags & TCP_FLAG.ack) !== 0;
    const edge = seqAdd(fields.acknowledgment.get(view, at), fields.window.get(view, at) * scaled);
    return {
      sequence,
      end: seqAdd(sequence, text + (flags & TCP_FLAG.fin)),
      edge: acknowledges ? edge : NEVER,
      isSyn,
      isReset: (flags & TCP_FLAG.rst) !== 0,
      shift,
    };
  }
}

function isTcp({ view, u8, start, length }: Frame): boolean {
  return (
    length >= TCP + TCP_HEADER && view.getUint16(start + 12) === 0x0800 && u8[start + IP + 9] === PROTOCOL.tcp
  );
}

/** What a receiver keeps to itself: bytes up to the last one that is here, and where the stretches behind gaps begin. */
interface Kept {
  readonly buffer: { readonly extent: number };
  readonly early: { readonly starts: readonly number[] };
}

/** What is not as it must be between two events. */
export function problemsOf(connection: TcpConnection): string[] {
  const { state, sender, receiver, retransmission } = connection;
  const { board, congestion } = sender;
  const wrong: string[] = [];
  const must = (holds: boolean, problem: string): void => {
    if (!holds) wrong.push(`${state}: ${problem}`);
  };

  // The scoreboard: what it has counted is what there is.
  let sacked = 0;
  let lost = 0;
  let segments = 0;
  let inOrder = true;
  for (let index = 0; index < board.size; index++) {
    const length = seqDiff(board.endOf(index), board.startOf(index));
    if (length <= 0) inOrder = false;
    if (board.isSacked(index)) {
      sacked += length;
      segments++;
    }
    if (board.isLost(index)) lost += length;
    must(!(board.isSacked(index) && board.isLost(index)), `segment ${index} is here and lost`);
  }
  must(inOrder, 'the scoreboard is out of order');
  must(sacked === board.sacked && segments === board.sackedSegments, `${board.sacked} sacked, not ${sacked}`);
  must(lost === board.lost, `${board.lost} lost, not ${lost}`);
  must(
    board.pipe === seqDiff(board.end, board.start) - sacked - lost && board.pipe >= 0,
    `pipe ${board.pipe}`,
  );
  must(sender.pipe >= 0 && sender.pipe <= board.pipe, `${sender.pipe} under way of ${board.pipe}`);
  must(board.size <= Math.max(0, sender.flight), `${board.size} segments for ${sender.flight} bytes`);

  // What is sent, and what for.
  if (sender.synAcknowledged) {
    must(board.start === sender.unacknowledged, 'the scoreboard does not begin at SND.UNA');
    const probed = seqDiff(sender.max, board.end);
    must(probed === 0 || probed === 1, `SND.NXT ${probed} behind the scoreboard`);
    must(congestion.size >= congestion.mss, `cwnd ${congestion.size} below ${congestion.mss}`);
    must(congestion.threshold >= 2 * congestion.mss, `ssthresh ${congestion.threshold}`);
    must(Number.isInteger(congestion.size), `cwnd ${congestion.size} is no whole number`);
  }
  const ends = state === 'TIME-WAIT' || state === 'CLOSED';
  const waits = !sender.allAcknowledged || sender.isHeld;
  must(ends || !waits || retransmission.at !== NEVER, 'waits without a timer');
  must(sender.free >= 0, 'the send buffer is over its limit');

  // What is received.
  const unit = 1 << receiver.windowShift;
  const { buffer, early } = receiver as unknown as Kept;
  must(buffer.extent < receiver.limit + unit, `${buffer.extent} bytes in a buffer of ${receiver.limit}`);
  must(early.starts.length <= MAX_STRETCHES, 'too many gaps');
  must(receiver.window >= 0, `a window of ${receiver.window}`);
  return wrong;
}
