// What the two ends of iperf3 say to each other: one octet for where a test stands, and texts of JSON with their length
// in front. There is no RFC; this is what iperf3 3.12 sends and takes.
// Reading list: iperf3(1), the project's wiki page "IperfProtocolStates", RFC 8259 (JSON).

import { encodeUtf8 } from '../../base/text.js';

/** The port that iperf3 takes when nobody says otherwise; at IANA it has another name. */
export const IPERF_PORT = 5201;
/** Text that every connection of a test begins with, so that the server knows which belong together: 36 characters and a 0. */
export const COOKIE_LENGTH = 37;
/** Longer texts are not taken. Bytes. */
export const MOST_TEXT = 65536;

/** Where a test stands, told on the control connection; each is one octet. */
export const IPERF_STATE = {
  testStart: 1,
  testRunning: 2,
  testEnd: 4,
  parameterExchange: 9,
  createStreams: 10,
  serverTerminate: 11,
  clientTerminate: 12,
  exchangeResults: 13,
  displayResults: 14,
  done: 16,
  serverError: 0xfe,
  accessDenied: 0xff,
} as const;

/** What comes behind `serverError`: the client has a sentence for each. */
export const IPERF_ERROR = {
  duration: 5,
  streams: 6,
  blockSize: 7,
  omit: 12,
  notImplemented: 13,
  sctp: 18,
  udpBlockSize: 20,
  message: 110,
  parameters: 114,
  results: 117,
} as const;

const MOST_SECONDS = 86_400;
const MOST_OMITTED = 600;
const MOST_STREAMS = 128;
const MOST_BLOCK = 1 << 20;
const LEAST_DATAGRAM = 16;
const MOST_DATAGRAM = 65_507;

/** What the client wants to have measured. */
export interface IperfParameters {
  readonly protocol: 'tcp' | 'udp';
  /** From the client, to it, or both at once. */
  readonly direction: 'up' | 'down' | 'both';
  /** Streams in each direction. */
  readonly parallel: number;
  /** Seconds; 0: until so many bytes have passed. */
  readonly time: number;
  /** Seconds at the beginning that do not count. */
  readonly omit: number;
  /** Of all streams of a direction together; 0: as many as pass in the time. */
  readonly bytes: number;
  /** Bytes written at once; of UDP, the data of a datagram. */
  readonly length: number;
  /** bit/s of each stream; 0: as fast as can be. */
  readonly rate: number;
  /** Datagrams are counted with 8 octets in place of 4. */
  readonly wideCounters: boolean;
}

/** What one end has seen of a stream. */
export interface StreamReport {
  readonly id: number;
  readonly bytes: number;
  /** −1: not known at this end. */
  readonly retransmits: number;
  /** Of datagrams: seconds; how many were lost; how many were sent. */
  readonly jitter: number;
  readonly errors: number;
  readonly packets: number;
  /** Seconds that it took. */
  readonly seconds: number;
}

export interface IperfResults {
  readonly streams: readonly StreamReport[];
  /** Does this end send, and know of retransmissions? −1: it does not send. */
  readonly hasRetransmits: number;
  readonly congestion: string | undefined;
}

/** The ids of streams in the order in which they are made: 1, 3, 4, 5 … */
export function streamId(index: number): number {
  return index === 0 ? 1 : index + 2;
}

/** A text as it goes out: 4 octets of length, then UTF-8. */
export function framedText(text: string): Uint8Array {
  const bytes = encodeUtf8(text);
  const framed = new Uint8Array(4 + bytes.length);
  new DataView(framed.buffer).setUint32(0, bytes.length);
  framed.set(bytes, 4);
  return framed;
}

/** What a client's first text says, or the number of what is wrong with it. Never throws. */
export function readParameters(text: string): IperfParameters | { readonly error: number } {
  const given = objectIn(text);
  if (given === undefined) return { error: IPERF_ERROR.parameters };
  if (isSet(given, 'sctp')) return { error: IPERF_ERROR.sctp };
  const protocol = isSet(given, 'udp') ? 'udp' : 'tcp';
  const [time, omit, parallel] = [count(given, 'time'), count(given, 'omit'), count(given, 'parallel') || 1];
  const length = count(given, 'len') || (protocol === 'udp' ? 1460 : 131_072);
  if (time > MOST_SECONDS) return { error: IPERF_ERROR.duration };
  if (omit > MOST_OMITTED) return { error: IPERF_ERROR.omit };
  if (parallel > MOST_STREAMS) return { error: IPERF_ERROR.streams };
  if (protocol === 'tcp' && length > MOST_BLOCK) return { error: IPERF_ERROR.blockSize };
  if (protocol === 'udp' && (length < LEAST_DATAGRAM || length > MOST_DATAGRAM))
    return { error: IPERF_ERROR.udpBlockSize };
  return {
    protocol,
    direction: isSet(given, 'bidirectional') ? 'both' : isSet(given, 'reverse') ? 'down' : 'up',
    parallel,
    time,
    omit,
    bytes: count(given, 'num') || count(given, 'blockcount') * length,
    length,
    rate: count(given, 'bandwidth'),
    wideCounters: isSet(given, 'udp_counters_64bit'),
  };
}

/** A client's first text. */
export function writeParameters(parameters: IperfParameters): string {
  const { protocol, direction, parallel, time, omit, bytes, length, rate, wideCounters } = parameters;
  return JSON.stringify({
    [protocol]: true,
    omit,
    time,
    num: bytes,
    blockcount: 0,
    parallel,
    ...(direction === 'down' ? { reverse: true } : {}),
    ...(direction === 'both' ? { bidirectional: true } : {}),
    len: length,
    ...(rate > 0 ? { bandwidth: rate } : {}),
    ...(wideCounters ? { udp_counters_64bit: 1 } : {}),
    pacing_timer: 1000,
    client_version: '3.12',
  });
}

/** What the other end has seen; undefined when it is no such text. Never throws. */
export function readResults(text: string): IperfResults | undefined {
  const given = objectIn(text);
  const streams = given?.streams;
  if (given === undefined || !Array.isArray(streams) || streams.length > 2 * MOST_STREAMS) return undefined;
  const { congestion_used: congestion } = given;
  return {
    hasRetransmits: signed(given, 'sender_has_retransmits'),
    congestion: typeof congestion === 'string' ? congestion : undefined,
    streams: streams.filter(isObject).map((stream) => ({
      id: count(stream, 'id'),
      bytes: count(stream, 'bytes'),
      retransmits: signed(stream, 'retransmits'),
      jitter: amount(stream, 'jitter'),
      errors: count(stream, 'errors'),
      packets: count(stream, 'packets'),
      seconds: Math.max(0, amount(stream, 'end_time') - amount(stream, 'start_time')),
    })),
  };
}

export function writeResults({ streams, hasRetransmits, congestion }: IperfResults): string {
  return JSON.stringify({
    // A simulated computer takes no time to think.
    cpu_util_total: 0,
    cpu_util_user: 0,
    cpu_util_system: 0,
    sender_has_retransmits: hasRetransmits,
    ...(congestion === undefined ? {} : { congestion_used: congestion }),
    streams: streams.map(({ seconds, ...stream }) => ({ ...stream, start_time: 0, end_time: seconds })),
  });
}

type Given = Readonly<Record<string, unknown>>;

function objectIn(text: string): Given | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Given {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSet(given: Given, key: string): boolean {
  const value = given[key];
  return value === true || (typeof value === 'number' && value !== 0);
}

function amount(given: Given, key: string): number {
  const value = given[key];
  return typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER ? value : 0;
}

/** A whole number; 0 where there is none. */
function count(given: Given, key: string): number {
  return Math.floor(amount(given, key));
}

/** A count, or −1: some write that as 2^64 − 1. */
function signed(given: Given, key: string): number {
  const value = given[key];
  return typeof value === 'number' && value >= 0 && value <= 0xffffffff ? Math.floor(value) : -1;
}
