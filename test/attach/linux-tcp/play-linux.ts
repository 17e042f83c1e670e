// Plays against Linux what was played against our TCP: the same acts at the same times, and writes down what it does.

import { MILLISECOND, type Time } from '../../../src/base/time.js';
import type { TcpState } from '../../../src/stack/tcp/state.js';
import { PROTOCOL } from '../../../src/wire/iana.js';
import { FrameMaker, ip, viewOf } from '../../frame-maker.js';
import { plainAck } from '../../tcp-script/acts.js';
import { programByte } from '../../tcp-script/laws.js';
import type { HostSettings, Step } from '../../tcp-script/script.js';
import { ECN_NAMES, type SegmentText } from '../../tcp-script/segment-text.js';
import { Talk } from '../../tcp-script/talk.js';
import { BROADCAST, HOST_MAC, type LinuxHost, PEER_MAC, type Place } from './linux-host.js';
import type { Plan } from './plan.js';
import { describeTold, type Happening, NOTHING_TOLD, Recording } from './recording.js';

/** How long a segment that our host has sent by now is waited for: so much, and half of the time that ours took. */
const GRACE: Time = 300 * MILLISECOND;

/**
 * What comes back sooner than anything before belongs to the first copy, for Linux, be it by a microsecond (RFC 8985 §6.2).
 * Scripts have round trips that are all the same, so here the later ones are longer by so much.
 */
const LONGER: Time = 6 * MILLISECOND;
const ROUND_TRIP: Time = 50 * MILLISECOND;

/** Something in the script that Linux has no call for. */
export class Unplayable extends Error {}

/** What can be said by the route to the peer. */
export function routeOf({ options, mtu }: HostSettings): string {
  return [
    ...(mtu === 1500 ? [] : [`mtu ${mtu}`]),
    ...(options.initialWindow === undefined ? [] : [`initcwnd ${options.initialWindow}`]),
    ...(options.minimumRto === undefined ? [] : [`rto_min ${options.minimumRto / MILLISECOND}ms`]),
  ].join(' ');
}

/** @throws Unplayable */
export async function playLinux(plan: Plan, ours: Recording, linux: LinuxHost): Promise<Recording> {
  const play = new Play(plan, linux);
  try {
    await play.run(ours.happenings);
  } finally {
    await play.end();
  }
  return play.recording;
}

class Play {
  readonly recording = new Recording();
  private readonly plan: Plan;
  private readonly linux: LinuxHost;
  private readonly place: Place;
  private readonly from: FrameMaker;
  private readonly talks = new Map<number, Talk>();
  private readonly programs = new Map<number, { written: number; read: number; ownText?: number[] }>();
  /** ms, on the machine's clock. */
  private start = 0;
  /** How much later than the plan everything happens, because Linux has taken its time. */
  private slip: Time = 0;
  private lastAct: Time = 0;
  /** Whether what is missing since the last act may still come. */
  private isPatient = true;
  private hasRoundTrip = false;
  private identification = 1;
  private hasEnded = false;

  constructor(plan: Plan, linux: LinuxHost) {
    this.plan = plan;
    this.linux = linux;
    this.place = linux.place((frame) => this.receive(frame), routeOf(plan.host));
    const peer = { mac: PEER_MAC, ip: ip(this.place.peer) };
    this.from = new FrameMaker(peer, { mac: HOST_MAC, ip: ip(this.place.host) });
  }

  async run(happenings: readonly Happening[]): Promise<void> {
    await this.call('settle');
    this.start = performance.now();
    for (const { at, kind, step, sent } of happenings) {
      if (kind === 'act') this.takeTime(step as Step);
      await this.waitUntil(at);
      await this.waitFor(sent, at);
      this.linux.drain();
      if (kind === 'act') {
        this.recording.happens(this.now, kind, step);
        this.lastAct = at;
        this.isPatient = true;
        await this.act(step as Step, at);
      } else if (kind === 'whatever') this.recording.happens(this.now, kind, step);
      else if (kind === 'state') {
        const { port } = step as Step;
        const { host, peer } = this.place;
        const local = this.talk(port).hostPort;
        this.recording.note(port, await this.call<TcpState>('state', host, local, peer, port));
      } else if (kind === 'told') await this.tell((step as Step).port);
    }
    for (const port of this.talks.keys()) await this.tell(port, true);
  }

  async end(): Promise<void> {
    this.hasEnded = true;
    await this.linux.call('forget', this.place.host);
  }

  // ---- time ----

  /** Makes every round trip but the first a little longer. */
  private takeTime({ action, after }: Step): void {
    if (action.kind !== 'send' || after.from < ROUND_TRIP) return;
    if (this.hasRoundTrip) this.slip += LONGER;
    this.hasRoundTrip = true;
  }

  /** ns since the beginning, less what Linux has taken for itself. */
  private get now(): Time {
    return (performance.now() - this.start) * MILLISECOND - this.slip;
  }

  private async waitUntil(time: Time): Promise<void> {
    while (this.now < time) await pause((time - this.now) / MILLISECOND);
    this.recording.late = Math.max(this.recording.late, this.now - time);
  }

  /** Waits until Linux has sent as many segments since the last act as ours had by now, within reason. */
  private async waitFor(sent: number, at: Time): Promise<void> {
    const { moment } = this.recording;
    if (moment.compared !== undefined || moment.segments.length >= sent || !this.isPatient) return;
    const limit = at + GRACE + (at - this.lastAct) / 2;
    while (moment.segments.length < sent && this.now < limit) await pause(5);
    // Once is enough: it will hardly come any more.
    if (moment.segments.length < sent) this.isPatient = false;
    this.slip += this.now - at;
  }

  // ---- what happens ----

  private talk(port: number): Talk {
    let talk = this.talks.get(port);
    if (talk === undefined) {
      talk = new Talk(port, this.plan.peer);
      this.talks.set(port, talk);
    }
    return talk;
  }

  private receive(frame: Uint8Array): void {
    if (this.hasEnded) return;
    const port = viewOf(frame).getUint16(36);
    const talk = this.talk(port);
    const got = talk.read(frame, this.now);
    talk.got.length = 0;
    this.recording.saw(talk, got, this.programs.get(port)?.ownText);
  }

  private call<Result>(name: string, ...args: readonly unknown[]): Promise<Result> {
    return this.linux.call<Result>(name, ...args);
  }

  private async act({ action, port }: Step, at: Time): Promise<void> {
    const { place } = this;
    const name = `${place.host} ${port}`;
    // The numbers of tables are those of their window; scripts fill theirs.
    const options = { ...this.plan.host.options, hasExactWindow: this.plan.name.includes('.cells: ') };
    switch (action.kind) {
      case 'send':
        for (let peer = 0; peer < action.peers; peer++)
          for (let time = 0; time < action.times; time++) this.send(port + peer, action.segment, at);
        await this.call('settle');
        return;
      case 'acknowledge':
        for (let ack = action.first; ack <= action.last; ack += action.by) this.send(port, plainAck(ack), at);
        await this.call('settle');
        return;
      case 'error':
        this.sendError(port, action.type, action.code, action.mtu, action.about);
        await this.call('settle');
        return;
      case 'listen':
        await this.call('listen', place.host, action.backlog ?? null, options);
        return;
      case 'stop-listening':
        await this.call('stop_listening', place.host);
        return;
      case 'connect': {
        const local = await this.call<number | string>('connect', place.host, place.peer, port, options);
        if (typeof local === 'string') throw new Error(`connect: ${local}`);
        this.talk(port).hostPort = local;
        return;
      }
      default:
    }
    if (!(await this.call<boolean>('has', name)))
      throw new Unplayable('A program of Linux has its connection only when the handshake is done.');
    switch (action.kind) {
      case 'reading':
        await this.call('reading', name, action.atOnce);
        return;
      case 'write':
        await this.write(name, port, action.length, action.text, action.urgent);
        return;
      case 'read':
        await this.call('read', name, action.most ?? null);
        return;
      case 'shutdown':
      case 'close':
      case 'abort':
        await this.call(action.kind, name);
        return;
      case 'set':
        await this.call('set', name, action.options);
        return;
      default:
        throw new Error(`nobody has said how to play “${action.kind}”`);
    }
  }

  private program(port: number): { written: number; read: number; ownText?: number[] } {
    const known = this.programs.get(port) ?? { written: 0, read: 0 };
    this.programs.set(port, known);
    return known;
  }

  private async write(
    name: string,
    port: number,
    length: number,
    text: string | undefined,
    urgent: boolean,
  ): Promise<void> {
    const program = this.program(port);
    const bytes = Uint8Array.from({ length }, (_, index) =>
      text === undefined ? programByte(program.written + index) : text.charCodeAt(index),
    );
    if (text !== undefined)
      program.ownText ??= Array.from({ length: program.written }, (_, index) => programByte(index));
    program.ownText?.push(...bytes);
    program.written += await this.call<number>('write', name, Buffer.from(bytes).toString('hex'), urgent);
  }

  private send(port: number, segment: SegmentText, at: Time): void {
    const { broadcast, source } = segment.odd;
    const from = this.from.withIp({
      ...(broadcast === true ? { destination: BROADCAST } : {}),
      ...(source === undefined ? {} : { source: this.addressOf(source) }),
    });
    const bytes = this.talk(port).write(segment, from, at);
    this.linux.send(
      from.packet(bytes, {
        protocol: PROTOCOL.tcp,
        identification: this.identification++,
        ecn: segment.ecn === undefined ? 0 : ECN_NAMES.indexOf(segment.ecn),
      }),
    );
  }

  /** What an address of the scripts' network is here. */
  private addressOf(source: string): string {
    if (source === '192.0.2.1') return this.place.host;
    return source === '192.0.2.255' ? BROADCAST : source;
  }

  private sendError(port: number, type: number, code: number, mtu: number, about: number): void {
    const talk = this.talk(port);
    const newest = [...talk.frames.values()].at(-1);
    if (newest === undefined) return;
    const frame = (talk.frames.get(about) ?? newest).slice();
    viewOf(frame).setUint32(38, (talk.hostIsn + about) >>> 0);
    this.linux.send(this.from.icmpError(type, code, frame, 8, mtu));
  }

  private async tell(port: number, isLast = false): Promise<void> {
    const name = `${this.place.host} ${port}`;
    const told = await this.call<[string[], string, number, boolean] | null>('told', name);
    if (told === null) {
      if (!isLast) this.recording.note(port, NOTHING_TOLD);
      return;
    }
    const [words, received, waiting, isOpen] = told;
    // Who has closed hears nothing any more.
    if (!isOpen) return;
    const program = this.program(port);
    const from = program.read;
    const bytes = Buffer.from(received, 'hex');
    program.read += bytes.length;
    const what = describeTold(this.talk(port), { words, received: bytes, waiting, from });
    if (!isLast || what !== NOTHING_TOLD) this.recording.note(port, what);
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
