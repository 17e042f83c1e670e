// The event vocabulary: what can happen in a network, as data. Producers record these, views fold them.

import type { Time } from '../base/time.js';
import type { DropReason } from './drop-reasons.js';

/** The layer or mechanism that decides. */
export const LAYERS = ['link', 'switch', 'arp', 'ipv4', 'icmp', 'udp', 'tcp', 'nat', 'app'] as const;
export type Layer = (typeof LAYERS)[number];

/**
 * What was decided about a packet:
 * `send` to a next hop (own packet), `forward` (somebody else's), `flood` out of all other ports, `deliver` to the
 * layer above, `reply`, `translate` (NAT), `hold` until something is known, `drop` with a reason, `mark` as having met
 * congestion (ECN).
 */
export const VERDICTS = [
  'send',
  'forward',
  'flood',
  'deliver',
  'reply',
  'translate',
  'hold',
  'drop',
  'mark',
] as const;
export type Verdict = (typeof VERDICTS)[number];

/** A value in a table row or an application event; what views show and checks compare. */
export type Value = string | number | boolean;

/** A table row as views see it: its columns by name. */
export type RowView = Readonly<Record<string, Value>>;

/** The tables a node can have. */
export type TableName =
  | 'arp'
  | 'mac'
  | 'route'
  | 'path-mtu'
  | 'nat'
  | 'dns-cache'
  | 'http-cache'
  | 'tcp'
  | 'tcp-info'
  | 'udp'
  | 'interface';

interface EventBase {
  /** Place in the trace, from 0. */
  readonly seq: number;
  readonly time: Time;
  /** Index into the description's nodes. */
  readonly node: number;
  /** Index into the description's interfaces, or −1 when the event belongs to the whole node. */
  readonly interface: number;
  /** The event that led to this one, or −1. */
  readonly cause: number;
}

/** The frame's snapshot: `trace.frameBytes(frame)`, `trace.packetId(frame)`; −1 when no frame is meant. */
export interface FrameEvent {
  readonly frame: number;
}

export type TraceEvent = EventBase & EventDetail;

export type EventDetail =
  /** A frame is handed to the link. */
  | ({ readonly kind: 'frame-sent' } & FrameEvent)
  /** A frame has arrived at an interface; the cause is its `frame-sent`. */
  | ({ readonly kind: 'frame-arrived' } & FrameEvent)
  /** A frame died on the link. */
  | ({ readonly kind: 'frame-lost'; readonly reason: DropReason } & FrameEvent)
  /** A layer decided. `row`: seq of the table-set event of the deciding row (−1 none); `row2`: a second row (ARP beside a route). */
  | ({
      readonly kind: 'decided';
      readonly layer: Layer;
      readonly verdict: Verdict;
      /** With verdict `drop` only. */
      readonly reason?: DropReason;
      readonly row: number;
      readonly row2: number;
    } & FrameEvent)
  | TableSet
  | TableRemoved
  /** A row proved good again; only its age changes. `row`: seq of its table-set. */
  | { readonly kind: 'table-refreshed'; readonly row: number }
  | StateChange
  | Held
  | Released
  | TimerSet
  | TimerFired
  | ActivityBegun
  | ActivityEnded
  | AppEvent;

/** A row was added (`before` undefined) or changed. */
export interface TableSet {
  readonly kind: 'table-set';
  readonly table: TableName;
  readonly key: string;
  readonly before?: RowView;
  readonly after: RowView;
}

export interface TableRemoved {
  readonly kind: 'table-removed';
  readonly table: TableName;
  readonly key: string;
  readonly before: RowView;
  /** `aged`: its time was up. `replaced`: another row needs its place. `closed`: what it stood for ended. `cleared`: on request. */
  readonly why: 'aged' | 'replaced' | 'closed' | 'cleared' | 'failed';
}

/** A state machine moved; `machine` names it, such as `tcp` with the connection as `key`. */
export interface StateChange {
  readonly kind: 'state';
  readonly machine: string;
  readonly key: string;
  readonly from: string;
  readonly to: string;
}

/** Something waits. What is not yet known of it is listed as open and shown as `????`. */
export interface Held {
  readonly kind: 'held';
  /** Snapshot of the frame as far as it is built, or −1 when no byte of it exists yet. */
  readonly frame: number;
  /** What waits, such as `ipv4` or `http`. */
  readonly what: string;
  /** What it waits for, such as `arp`, `dns`, `tcp`, with the thing wanted: `192.0.2.1`, `www.example.org`. */
  readonly waitsFor: string;
  readonly wanted: string;
  /** Display-filter names of the fields that are still unknown. */
  readonly open: readonly string[];
  /** What is known where there are no bytes: display-filter names and values. */
  readonly known?: RowView;
}

/** What was held goes on. `held`: seq of the held event. */
export interface Released {
  readonly kind: 'released';
  readonly held: number;
  /** False when it was given up instead. */
  readonly ok: boolean;
}

export interface TimerSet {
  readonly kind: 'timer-set';
  readonly name: string;
  readonly at: Time;
}

export interface TimerFired {
  readonly kind: 'timer-fired';
  readonly name: string;
}

/**
 * A program begins something that takes more than one event: the phases of a walk are made of these. An event belongs
 * to the activity that is nearest on the chain of its causes.
 */
export interface ActivityBegun {
  readonly kind: 'activity-begun';
  readonly activity: ActivityKind;
  /** What it is about, such as a URL, a name, `192.0.2.1:80`. */
  readonly subject: string;
  readonly data: RowView;
}

export type ActivityKind =
  | 'browse'
  | 'resolve'
  | 'dns-answer'
  | 'connect'
  | 'request'
  | 'close'
  | 'ping'
  | 'traceroute'
  | 'program';

export interface ActivityEnded {
  readonly kind: 'activity-ended';
  /** seq of its activity-begun. */
  readonly begun: number;
  readonly ok: boolean;
  /** One line: what came of it. */
  readonly outcome: string;
}

/** Something a program did or found, such as `browser.cache-miss`; the data are its facts. */
export interface AppEvent {
  readonly kind: 'app';
  readonly name: AppEventName;
  readonly data: RowView;
}

export type AppEventName =
  | 'browser.url-parsed'
  | 'browser.cache-miss'
  | 'browser.cache-hit'
  | 'browser.connection-reused'
  | 'browser.page-shown'
  | 'browser.failed'
  | 'resolver.hosts-hit'
  | 'resolver.cache-hit'
  | 'resolver.cache-miss'
  | 'resolver.query'
  | 'resolver.retry'
  | 'resolver.answer'
  | 'resolver.failed'
  | 'dns.query-received'
  | 'dns.answer-sent'
  | 'http.request-sent'
  | 'http.request-received'
  | 'http.response-sent'
  | 'http.response-received'
  | 'tcp.retransmitted'
  | 'tcp.loss-detected'
  | 'tcp.recovered'
  | 'tcp.window-closed'
  | 'tcp.window-opened'
  | 'tcp.window-probed'
  | 'tcp.tail-probed'
  | 'tcp.keep-alive-probed'
  | 'tcp.duplicate-reported'
  | 'tcp.congestion-told'
  | 'tcp.path-mtu'
  | 'tcp.cookie-sent'
  | 'ping.reply'
  | 'ping.timeout'
  | 'program.output';

export type EventKind = TraceEvent['kind'];

/** The world as it was built: what a view needs to know besides the events. */
export interface WorldDescription {
  readonly name: string;
  readonly seed: number;
  /** The wall clock at simulated time 0, in seconds since 1970-01-01 UTC. */
  readonly epoch: number;
  readonly nodes: readonly NodeDescription[];
  readonly interfaces: readonly InterfaceDescription[];
  readonly links: readonly LinkDescription[];
}

export interface NodeDescription {
  readonly name: string;
  /** `host`, `switch`, `router`, `nat-router`. */
  readonly kind: string;
  /** Ids of its interfaces. */
  readonly interfaces: readonly number[];
  /** How people call it in sentences; the name when absent. */
  readonly label?: string;
}

export interface InterfaceDescription {
  readonly node: number;
  readonly name: string;
  /** `aa:bb:cc:dd:ee:ff`. */
  readonly mac: string;
  /** `192.0.2.1/24`, absent on switch ports. */
  readonly address?: string;
}

export interface LinkDescription {
  /** Interface ids of both ends. */
  readonly ends: readonly [number, number];
  /** One way, in ns. */
  readonly delay: Time;
  /** Bits per second; 0 means unlimited. */
  readonly rate: number;
  /** Bytes of layer 3. */
  readonly mtu: number;
}
