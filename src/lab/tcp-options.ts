// What a lab can say about TCP, for all its hosts and for single ones, and what of that the stack is told.
// Reading list: the RFCs named in src/stack/tcp/connection-options.ts.

import * as z from 'zod/mini';
import { HOUR, MILLISECOND, MINUTE, SECOND } from '../base/time.js';
import {
  CONGESTION_NAMES,
  RECOVERY_NAMES,
  type TcpOptions,
  USUAL_KEEP_ALIVE,
} from '../stack/tcp/connection-options.js';
import { integer, mapping, optional } from './mapping.js';
import { durationBetween, size } from './scalars.js';

const GIBIBYTE = 2 ** 30;

const keepAliveSchema = mapping({
  idle: optional(durationBetween(SECOND, 1000 * HOUR), 'Silence before the first probe; 2h when absent.'),
  interval: optional(durationBetween(SECOND, HOUR), 'Between two probes; 75s when absent.'),
  probes: optional(integer(1, 100), 'Unanswered ones after which the connection is given up; 9 when absent.'),
});

export const tcpSchema = mapping({
  congestion: optional(
    z.enum(CONGESTION_NAMES),
    'How fast is too fast: newreno (RFC 5681, 6582) or cubic (RFC 9438); cubic when absent.',
  ),
  recovery: optional(
    z.enum(RECOVERY_NAMES),
    'How loss is found where both sides have SACK: rack (RFC 8985) or sack (RFC 6675); rack when absent.',
  ),
  sack: optional(z.boolean(), 'Selective acknowledgments (RFC 2018); true when absent.'),
  timestamps: optional(z.boolean(), 'Clocks in every segment (RFC 7323 §3); true when absent.'),
  'window-scale': optional(z.boolean(), 'Windows over 64 KiB (RFC 7323 §2); true when absent.'),
  ecn: optional(z.boolean(), 'Hear of congestion by marks, not by loss alone (RFC 3168); false when absent.'),
  'initial-window': optional(
    integer(1, 100),
    'Segments that may be sent before the first acknowledgment; 10 when absent (RFC 6928).',
  ),
  mss: optional(
    integer(48, 65495),
    'Bytes of text in a segment that are asked for at most; what the link takes when absent.',
  ),
  'receive-buffer': optional(
    size(1, GIBIBYTE),
    'What may wait to be read: it bounds the window; 256KiB when absent.',
  ),
  'send-buffer': optional(size(1, GIBIBYTE), 'What may wait to be sent; 256KiB when absent.'),
  nodelay: optional(
    z.boolean(),
    'Small segments go out at once, without Nagle (RFC 9293 §3.7.4); false when absent.',
  ),
  'ack-delay': optional(
    durationBetween(0, 500 * MILLISECOND),
    'How long an acknowledgment may wait for something to go with; 40ms when absent.',
  ),
  'minimum-rto': optional(
    durationBetween(MILLISECOND, MINUTE),
    'The least retransmission time-out; 1s when absent (RFC 6298 §2.4).',
  ),
  'segment-lifetime': optional(
    durationBetween(0, HOUR),
    'How long a segment can live; TIME-WAIT takes twice as long; 30s when absent (RFC 9293 §3.4.2).',
  ),
  'keep-alive': optional(
    z.union([z.boolean(), keepAliveSchema]),
    'Ask a silent peer whether it is still there (RFC 9293 §3.8.4); false when absent.',
  ),
  'user-timeout': optional(
    durationBetween(MILLISECOND, 1000 * HOUR),
    'How long data may stay unacknowledged before the connection is given up (RFC 9293 §3.8.3).',
  ),
  'syn-backlog': optional(
    integer(1, 65535),
    'Connections of one port whose handshake may be open; 128 when absent (RFC 4987).',
  ),
  'syn-cookies': optional(
    z.boolean(),
    'Beyond that, answer without keeping anything (RFC 4987 §3.6); true when absent.',
  ),
});

export type LabTcp = z.output<typeof tcpSchema>;

/** What a node's TCP is told. */
export interface LabTcpSettings {
  /** For its connections. */
  readonly options: TcpOptions;
  /** For its listeners; undefined: nothing is said. */
  readonly backlog: number | undefined;
  readonly cookies: boolean | undefined;
}

/** What the lab says of a node: its own words before those for all. */
export function tcpOptionsOf(all: LabTcp | undefined, own: LabTcp | undefined): LabTcpSettings {
  const said: LabTcp = { ...all, ...own };
  const keepAlive = said['keep-alive'];
  const named: { readonly [Name in keyof TcpOptions]: TcpOptions[Name] | undefined } = {
    congestion: said.congestion,
    recovery: said.recovery,
    sack: said.sack,
    timestamps: said.timestamps,
    windowScale: said['window-scale'],
    ecn: said.ecn,
    initialWindow: said['initial-window'],
    mss: said.mss,
    receiveBuffer: said['receive-buffer'],
    sendBuffer: said['send-buffer'],
    nodelay: said.nodelay,
    ackDelay: said['ack-delay'],
    minimumRto: said['minimum-rto'],
    segmentLifetime: said['segment-lifetime'],
    keepAlive: typeof keepAlive === 'object' ? { ...USUAL_KEEP_ALIVE, ...given(keepAlive) } : keepAlive,
    userTimeout: said['user-timeout'],
  };
  return { options: given(named), backlog: said['syn-backlog'], cookies: said['syn-cookies'] };
}

type Given<T> = { -readonly [Name in keyof T]?: Exclude<T[Name], undefined> };

/** Without what was not said. */
function given<T extends object>(values: T): Given<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>;
}
