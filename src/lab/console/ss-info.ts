// What `ss -i`, `-o` and `-m` add to a socket: TCP's own figures, its timer, its memory, in the words and units of
// iproute2, so that what reads the original's output reads this.
// Reading list: ss(8); tcp(7), TCP_INFO.

import { MILLISECOND, SECOND, type Time } from '../../base/time.js';
import type { TcpConnection } from '../../stack/tcp/connection.js';
import type { TcpInfo } from '../../stack/tcp/info.js';

/** What of it is wanted. */
export interface SsDetail {
  /** `-o`: what the SYNs agreed on. */
  readonly options: boolean;
  /** `-n`: rates in figures. */
  readonly numeric: boolean;
}

/** What TCP knows of a connection, each word with a space before it; cwnd and ssthresh count segments. */
export function internals(info: TcpInfo, detail: SsDetail): string {
  const { mss, srtt, cwnd, ssthresh, flight, sendQueue } = info;
  const segments = (bytes: number): number => (mss === 0 ? 0 : Math.floor(bytes / mss));
  const begun = (bytes: number): number => (mss === 0 ? 0 : Math.ceil(bytes / mss));
  const rate = srtt > 0 ? Math.round((segments(cwnd) * mss * 8 * SECOND) / srtt) : 0;
  const unsent = Math.max(0, sendQueue - flight);
  const { sendShift, receiveShift } = info;
  const words = [
    ...(detail.options && info.timestamps ? ['ts'] : []),
    ...(detail.options && info.sack ? ['sack'] : []),
    ...(detail.options && info.ecn ? ['ecn'] : []),
    info.congestion === 'newreno' ? 'reno' : info.congestion,
    ...(sendShift > 0 || receiveShift > 0 ? [`wscale:${sendShift},${receiveShift}`] : []),
    ...(info.rto > 0 ? [`rto:${milliseconds(info.rto)}`] : []),
    ...(info.backoff > 0 ? [`backoff:${info.backoff}`] : []),
    ...(srtt > 0 ? [`rtt:${milliseconds(srtt)}/${milliseconds(info.rttvar)}`] : []),
    ...figure('mss', mss),
    ...figure('cwnd', segments(cwnd)),
    ...(Number.isFinite(ssthresh) ? figure('ssthresh', segments(ssthresh)) : []),
    ...figure('bytes_sent', info.bytesSent),
    ...figure('bytes_acked', info.bytesAcked),
    ...figure('bytes_received', info.bytesReceived),
    ...figure('segs_out', info.segmentsSent),
    ...figure('segs_in', info.segmentsReceived),
    ...(rate > 0 ? [`send ${rateText(rate, detail.numeric)}bps`] : []),
    ...figure('unacked', begun(flight)),
    ...(info.retransmissions > 0 ? [`retrans:0/${info.retransmissions}`] : []),
    ...figure('lost', begun(info.lost)),
    ...figure('sacked', begun(info.sacked)),
    ...figure('dsack_dups', info.duplicatesReported),
    ...figure('notsent', unsent),
    ...(info.minRtt > 0 ? [`minrtt:${milliseconds(info.minRtt)}`] : []),
    ...figure('snd_wnd', info.peerWindow),
    ...figure('rcv_wnd', info.receiveWindow),
  ];
  return words.map((word) => ` ${word}`).join('');
}

function figure(name: string, value: number): string[] {
  return value === 0 ? [] : [`${name}:${value}`];
}

/** In ms, with six digits that count. */
function milliseconds(time: Time): string {
  return String(Number((time / MILLISECOND).toPrecision(6)));
}

const RATES = [
  ['T', 1e12],
  ['G', 1e9],
  ['M', 1e6],
  ['k', 1e3],
] as const;

/** `1.45M`, or `1448000` in figures. */
function rateText(rate: number, numeric: boolean): string {
  const [unit, size] = (numeric ? undefined : RATES.find(([, least]) => rate >= least)) ?? ['', 1];
  return unit === '' ? String(rate) : `${Number((rate / size).toPrecision(3))}${unit}`;
}

const TIMERS: Readonly<Record<NonNullable<TcpInfo['timer']>['name'], string>> = {
  rto: 'on',
  tail: 'on',
  reorder: 'on',
  override: 'on',
  probe: 'persist',
  'keep-alive': 'keepalive',
  'time-wait': 'timewait',
};

/** ` timer:(on,204ms,0)`: which timer runs, for how long still, and the time-outs in a row; empty when none does. */
export function timerText({ timer, backoff }: TcpInfo, now: Time): string {
  if (timer === undefined) return '';
  return ` timer:(${TIMERS[timer.name]},${shortTime(timer.at - now)},${backoff})`;
}

/** As iproute2 has it: `204ms`, `1.204ms` for 1.204 s, `12sec`, `1min5sec`, `59min`. */
function shortTime(left: Time): string {
  const all = Math.max(0, Math.round(left / MILLISECOND));
  const minutes = Math.floor(all / 60_000);
  const seconds = minutes > 9 ? 0 : Math.floor(all / 1000) % 60;
  const rest = minutes > 0 || seconds > 9 ? 0 : all % 1000;
  const parts = [
    ...(minutes > 0 ? [`${minutes}min`] : []),
    ...(seconds > 0 ? [rest > 0 ? `${seconds}.` : `${seconds}sec`] : []),
    ...(rest > 0 ? [seconds > 0 ? `${String(rest).padStart(3, '0')}ms` : `${rest}ms`] : []),
  ];
  return parts.join('') || '0';
}

/** ` skmem:(r0,rb262144,t0,tb262144,f0,w0,o0,bl0,d0)`: what waits to be read and to be acknowledged, and the buffers. */
export function memoryText({ wants }: TcpConnection, { receiveQueue, sendQueue }: TcpInfo): string {
  return ` skmem:(r${receiveQueue},rb${wants.receiveBuffer},t0,tb${wants.sendBuffer},f0,w${sendQueue},o0,bl0,d0)`;
}
