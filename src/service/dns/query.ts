// One question on its way: asked of the servers in turn until one gives an answer that is of use.
// Reading list: RFC 1035 §4.1–4.2, RFC 5452 §9.1 (which answers to believe), RFC 6891 (EDNS), RFC 1122 §4.1.3.3.

import { formatIpv4, type Ipv4 } from '../../base/address.js';
import { SECOND, type Time } from '../../base/time.js';
import type { Timer, TimerOwner } from '../../base/timer.js';
import { type Context, drawNumber } from '../../stack/context.js';
import type { NetworkStack } from '../../stack/network-stack.js';
import type { ReportedError } from '../../stack/socket-error.js';
import type { UdpListener, UdpSocket } from '../../stack/udp-socket.js';
import {
  type DnsMessage,
  type DnsQuestion,
  newDnsMessage,
  readDnsMessage,
  writeDnsMessage,
} from '../../wire/dns/message.js';
import { type DnsRecord, optRecord } from '../../wire/dns/records.js';
import { rcodeName, typeName } from '../../wire/dns/registry.js';
import { formatData } from '../../wire/dns/zone-text.js';
import { PORT } from '../../wire/iana.js';
import { tell } from '../activity.js';

export interface DnsQueryOptions {
  /** Of the servers. Default 53. */
  readonly port?: number;
  /** Ask the server to ask others. Default true. */
  readonly recursionDesired?: boolean;
  /** Send an OPT record. Default false. */
  readonly edns?: boolean;
  /** How long each try waits, in ns. Default 5 s. */
  readonly timeout?: Time;
  /** How often each server is asked. Default 2. */
  readonly tries?: number;
}

/** Why a try came to nothing, besides what the asker found wrong with an answer. */
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
  /** Something in it is malformed. */
  readonly malformed: boolean;
}

/** What the asker makes of an answer: it is the one, it is none and the wait goes on, or this server is no use. */
export type Judgement = 'take' | 'wait' | { readonly next: string };

export interface DnsQueryListener {
  /** An answer with the right id from the server that was asked. */
  judge(answer: DnsQueryAnswer): Judgement;
  /** The answer that was taken; the question is over. */
  answered(answer: DnsQueryAnswer): void;
  tryFailed?(server: Ipv4, why: DnsTryFailure | string): void;
  /** A server answered with another id than it was asked with; the wait goes on. */
  idMismatch?(expected: number, got: number): void;
  /** Every try has failed; the reason of the last one. */
  failed(why: DnsTryFailure | string): void;
}

export class DnsQuery implements UdpListener, TimerOwner {
  private readonly stack: NetworkStack;
  private readonly servers: readonly Ipv4[];
  private readonly question: DnsQuestion;
  private readonly listener: DnsQueryListener;
  private readonly options: DnsQueryOptions;
  private readonly timer: Timer;
  private socket: UdpSocket | null = null;
  private id = 0;
  private asked = 0;
  private server: Ipv4 = 0;
  private askedAt: Time = 0;
  private over = false;

  /** @param servers at least one */
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
    this.timer = stack.context.timer(this, `dns ${question.name}`);
  }

  /** Asks. The listener may be told before this returns. */
  start(): void {
    this.ask();
  }

  /** Gives up; the listener is told nothing more. */
  stop(): void {
    this.over = true;
    this.endTry();
  }

  received(data: Uint8Array): void {
    const { message, problems, rest } = readDnsMessage(data.slice());
    if (!message.response) return;
    if (message.id !== this.id) {
      this.listener.idMismatch?.(this.id, message.id);
      return;
    }
    const answer: DnsQueryAnswer = {
      message,
      server: this.server,
      time: this.stack.context.clock.now - this.askedAt,
      size: data.length,
      unreadable: rest.length,
      malformed: problems.some(({ severity }) => severity === 'error'),
    };
    const judgement = this.listener.judge(answer);
    if (judgement === 'wait') return;
    if (judgement !== 'take') {
      this.tryFailed(judgement.next);
      return;
    }
    this.stop();
    this.listener.answered(answer);
  }

  failed(error: ReportedError): void {
    this.tryFailed(error);
  }

  timerFired(): void {
    this.tryFailed('TIMEOUT');
  }

  private ask(): void {
    const { context, udp } = this.stack;
    this.server = this.servers[this.asked % this.servers.length] as Ipv4;
    // A fresh port and id for every try make answers hard to forge (RFC 5452 §9.2); the socket takes them only from
    // whom it was asked of (§9.1).
    const socket = udp.connect({ address: this.server, port: this.options.port ?? PORT.domain }, this);
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
      additionals: this.options.edns ? [optRecord()] : [],
    });
    this.askedAt = context.clock.now;
    this.timer.set(this.askedAt + (this.options.timeout ?? DEFAULT_TIMEOUT));
    const error = socket.send(writeDnsMessage(message));
    if (error !== undefined) this.tryFailed(error);
  }

  private tryFailed(why: DnsTryFailure | string): void {
    this.endTry();
    this.asked++;
    this.listener.tryFailed?.(this.server, why);
    if (this.over) return;
    if (this.asked < (this.options.tries ?? DEFAULT_TRIES) * this.servers.length) {
      this.ask();
      return;
    }
    this.over = true;
    tell(this.stack.context, 'resolver.failed', { name: this.question.name, error: why });
    this.listener.failed(why);
  }

  private endTry(): void {
    this.timer.clear();
    this.socket?.close();
    this.socket = null;
  }
}

/** As other stub resolvers have it. */
const DEFAULT_TIMEOUT: Time = 5 * SECOND;
const DEFAULT_TRIES = 2;

/** Records what a server answered, as far as the asker looks at it. */
export function tellAnswer(
  context: Context,
  question: DnsQuestion,
  { message, server }: DnsQueryAnswer,
  records: readonly DnsRecord[],
): void {
  tell(context, 'resolver.answer', {
    name: question.name,
    type: typeName(question.type),
    rcode: rcodeName(message.rcode),
    data: formatRecords(records),
    ttl: records.length === 0 ? 0 : Math.min(...records.map((record) => record.ttl)),
    server: formatIpv4(server),
  });
}

/** The data of records, one behind the other. */
export function formatRecords(records: readonly DnsRecord[]): string {
  return records.map((record) => formatData(record.data, record.type)).join(', ');
}
