// One question asked of given servers, past hosts file and cache: what dig and other tools that look into DNS need.
// Reading list: RFC 1035 §4.1–4.2, RFC 5452 §9.1 (which answers to believe), RFC 6891 (EDNS), RFC 1122 §4.1.3.3.

import { formatIpv4, type Ipv4 } from '../../base/address.js';
import { SECOND, type Time } from '../../base/time.js';
import type { Timer, TimerOwner } from '../../base/timer.js';
import { drawNumber } from '../../stack/context.js';
import type { Endpoint } from '../../stack/endpoint.js';
import type { IcmpErrorReport } from '../../stack/ipv4-packet.js';
import type { NetworkStack } from '../../stack/network-stack.js';
import type { UdpListener, UdpSocket } from '../../stack/udp.js';
import {
  type DnsMessage,
  type DnsQuestion,
  newDnsMessage,
  readDnsMessage,
  writeDnsMessage,
} from '../../wire/dns/message.js';
import { optRecord } from '../../wire/dns/records.js';
import { rcodeName, typeName } from '../../wire/dns/registry.js';
import { formatData } from '../../wire/dns/zone-text.js';
import { PORT, UNREACHABLE } from '../../wire/iana.js';
import { Activity, tell } from '../activity.js';

export interface DnsQueryOptions {
  /** Of the servers. Default 53. */
  readonly port?: number;
  /** Ask the server to ask others. Default true. */
  readonly recursionDesired?: boolean;
  /** Send an OPT record. Default true. */
  readonly edns?: boolean;
  /** How long each try waits, in ns. Default 5 s. */
  readonly timeout?: Time;
  /** How often each server is asked. Default 3. */
  readonly tries?: number;
}

/** Why a try came to nothing. */
export type DnsTryFailure = 'TIMEOUT' | 'ECONNREFUSED' | 'EHOSTUNREACH' | 'ENETUNREACH' | 'EADDRINUSE';

export interface DnsQueryAnswer {
  readonly message: DnsMessage;
  readonly server: Ipv4;
  /** From question to answer, in ns. */
  readonly time: Time;
  /** Bytes of the message. */
  readonly size: number;
  /** Bytes at its end that could not be read. */
  readonly unreadable: number;
}

export interface DnsQueryListener {
  tryFailed(server: Ipv4, why: DnsTryFailure): void;
  /** A server answered with another id than it was asked with; the wait goes on. */
  idMismatch(expected: number, got: number): void;
  answered(answer: DnsQueryAnswer): void;
  /** Every try has failed. */
  failed(): void;
}

export class DnsQuery implements UdpListener, TimerOwner {
  private readonly stack: NetworkStack;
  private readonly servers: readonly Ipv4[];
  private readonly question: DnsQuestion;
  private readonly listener: DnsQueryListener;
  private readonly options: DnsQueryOptions;
  private readonly activity: Activity;
  private readonly timer: Timer;
  private socket: UdpSocket | null = null;
  private id = 0;
  private asked = 0;
  private server: Ipv4 = 0;
  private askedAt: Time = 0;
  private over = false;

  /** Asks in an event of its own, so that the caller knows this object before it is told anything. */
  constructor(
    stack: NetworkStack,
    servers: readonly Ipv4[],
    question: DnsQuestion,
    listener: DnsQueryListener,
    options: DnsQueryOptions = {},
  ) {
    this.stack = stack;
    this.servers = servers;
    this.question = question;
    this.listener = listener;
    this.options = options;
    this.activity = new Activity(stack.context, 'resolve', question.name, { type: typeName(question.type) });
    this.timer = stack.context.timer(this, `dns query ${question.name}`);
    this.timer.set(stack.context.clock.now);
  }

  /** Gives up. */
  stop(): void {
    this.finish(false, 'given up');
  }

  received(data: Uint8Array, from: Endpoint): void {
    if (from.address !== this.server || from.port !== this.port) return;
    const { message, rest } = readDnsMessage(data.slice());
    if (!message.response) return;
    if (message.id !== this.id) {
      this.listener.idMismatch(this.id, message.id);
      return;
    }
    const { context } = this.stack;
    const records = message.answers.map((record) => formatData(record.data, record.type)).join(', ');
    tell(context, 'resolver.answer', {
      name: this.question.name,
      type: typeName(this.question.type),
      rcode: rcodeName(message.rcode),
      data: records,
      ttl: message.answers.length === 0 ? 0 : Math.min(...message.answers.map((record) => record.ttl)),
      server: formatIpv4(this.server),
    });
    this.finish(true, records || rcodeName(message.rcode));
    const time = context.clock.now - this.askedAt;
    this.listener.answered({
      message,
      server: this.server,
      time,
      size: data.length,
      unreadable: rest.length,
    });
  }

  failed(error: IcmpErrorReport): void {
    if (error.type !== 3) return;
    const refused = error.code === UNREACHABLE.port || error.code === UNREACHABLE.protocol;
    const why = error.code === UNREACHABLE.network ? 'ENETUNREACH' : 'EHOSTUNREACH';
    this.tryFailed(refused ? 'ECONNREFUSED' : why);
  }

  timerFired(): void {
    if (this.socket === null) this.ask();
    else this.tryFailed('TIMEOUT');
  }

  private get port(): number {
    return this.options.port ?? PORT.domain;
  }

  private ask(): void {
    const { context, udp } = this.stack;
    if (this.activity.seq >= 0) context.recorder.cause = this.activity.seq;
    this.server = this.servers[this.asked % this.servers.length] as Ipv4;
    const socket = udp.open(0, this);
    if (typeof socket === 'string') {
      this.tryFailed(socket);
      return;
    }
    this.socket = socket;
    this.id = drawNumber(context, 'dns-id', 0, 0xffff);
    tell(context, this.asked === 0 ? 'resolver.query' : 'resolver.retry', {
      name: this.question.name,
      type: typeName(this.question.type),
      server: formatIpv4(this.server),
      id: this.id,
      'source port': socket.port,
    });
    const message = newDnsMessage({
      id: this.id,
      recursionDesired: this.options.recursionDesired ?? true,
      questions: [this.question],
      additionals: (this.options.edns ?? true) ? [optRecord()] : [],
    });
    this.askedAt = context.clock.now;
    this.timer.set(this.askedAt + (this.options.timeout ?? 5 * SECOND));
    const error = socket.send(writeDnsMessage(message), { address: this.server, port: this.port });
    if (error !== undefined) this.tryFailed('ENETUNREACH');
  }

  private tryFailed(why: DnsTryFailure): void {
    this.socket?.close();
    this.socket = null;
    this.timer.clear();
    this.asked++;
    this.listener.tryFailed(this.server, why);
    if (this.over) return;
    if (this.asked < (this.options.tries ?? 3) * this.servers.length) {
      this.timer.set(this.stack.context.clock.now);
      return;
    }
    tell(this.stack.context, 'resolver.failed', { name: this.question.name, error: why });
    this.finish(false, why);
    this.listener.failed();
  }

  private finish(ok: boolean, outcome: string): void {
    if (this.over) return;
    this.over = true;
    this.timer.clear();
    this.socket?.close();
    this.socket = null;
    this.activity.end(ok, outcome);
  }
}
