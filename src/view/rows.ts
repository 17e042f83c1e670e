// Rows of tables as people read them: in one short line, with units, and what has changed in them.

import { MILLISECOND } from '../base/time.js';
import type { RowView, TableName, Value } from '../trace/events.js';
import { NOTHING } from './tables.js';

/** A row in words: `0.0.0.0/0 via 192.0.2.1 dev eth0`. */
export function describeRow(table: TableName, row: RowView): string {
  switch (table) {
    case 'route': {
      const via = row.gateway === 'on-link' ? 'on the link' : `via ${row.gateway}`;
      return `${row.destination} ${via} dev ${row.interface}`;
    }
    case 'arp':
      return `${row.address} is at ${row.mac} on ${row.interface}`;
    case 'mac':
      return `${row.mac} is behind ${row.port}`;
    case 'path-mtu':
      return `packets to ${row.destination} may have ${row.mtu} bytes`;
    case 'nat': {
      const state = String(row.state).startsWith('tcp-') ? `, ${String(row.state).slice(4)}` : '';
      // An identifier stands in the place of the port.
      const sign = row.protocol === 'ICMP' ? ' id ' : ':';
      const inside = `inside ${row.inside}${sign}${row['inside port']}`;
      return `${row.protocol} ${inside}, outside ${row.external}${sign}${row['external port']}, remote ${row.remote}${state}`;
    }
    case 'dns-cache':
      return `${row.name} ${row.type} ${row.data}, ${row.ttl} s to live`;
    case 'http-cache':
      return `${row.url}: ${row.status}, ${row.bytes} bytes, fresh for ${row['fresh for']} s`;
    case 'tcp':
      return row.remote === '*' ? `${row.local} ${row.state}` : `${row.local} ↔ ${row.remote} ${row.state}`;
    case 'tcp-info':
      return `${row.local} ↔ ${row.remote}: ${tcpColumns(row).join(', ')}`;
    case 'udp':
      return row.remote === undefined ? String(row.local) : `${row.local} ↔ ${row.remote}`;
    default:
      return Object.entries(row)
        .map(([column, value]) => `${column} ${value}`)
        .join(', ');
  }
}

/** What was there before, in the columns that differ: `SYN-SENT`. Empty when nothing differs. */
export function describeBefore(table: TableName, before: RowView, after: RowView): string {
  if (table === 'tcp-info') {
    const now = tcpColumns(after);
    return tcpColumns(before)
      .filter((text) => !now.includes(text))
      .join(', ');
  }
  return Object.entries(before)
    .filter(([column, value]) => after[column] !== value)
    .map(([, value]) => String(value))
    .join(', ');
}

/**
 * A row as tables show it: times of TCP in ms, with the unit in the column's name, and – for what is not known yet. Rows of
 * other tables stay as they are.
 */
export function shownRow(table: TableName, row: RowView): RowView {
  if (table !== 'tcp-info') return row;
  const shown: Record<string, Value> = {};
  for (const [column, value] of Object.entries(row)) {
    const name = TCP_TIMES.has(column) ? `${column} ms` : column;
    shown[name] = value === UNKNOWN ? NOTHING : TCP_TIMES.has(column) ? inMilliseconds(Number(value)) : value;
  }
  return shown;
}

/** Columns of the table of windows and timers that hold times, in ns. */
const TCP_TIMES: ReadonlySet<string> = new Set(['srtt', 'rttvar', 'rto']);
/** What stands there for a time that was never measured, or a threshold that was never set. */
const UNKNOWN = -1;

function inMilliseconds(time: number): number {
  return Math.round(time / (MILLISECOND / 1000)) / 1000;
}

/** `slow start`, `cwnd 14480`, … as far as there is something to say. */
function tcpColumns(row: RowView): string[] {
  const bytes = (name: string, column: string): string[] =>
    row[column] === 0 || row[column] === undefined ? [] : [`${name} ${row[column]}`];
  const [srtt, rttvar, rto] = ['srtt', 'rttvar', 'rto'].map((column) => Number(row[column] ?? UNKNOWN));
  return [
    ...(row.phase === undefined || row.cwnd === 0 ? [] : [String(row.phase)]),
    // Before the handshake is done there is nothing to say of the rest.
    ...(row.cwnd === 0
      ? []
      : [`cwnd ${row.cwnd}`, `ssthresh ${row.ssthresh === UNKNOWN ? NOTHING : row.ssthresh}`]),
    ...(row.cwnd === 0 && row.flight === 0 ? [] : [`in flight ${row.flight}`]),
    ...bytes('sacked', 'sacked'),
    ...bytes('lost', 'lost'),
    ...(row.cwnd === 0 ? [] : [`peer’s window ${row.window}`]),
    ...(srtt === UNKNOWN
      ? []
      : [`RTT ${inMilliseconds(srtt as number)} ± ${inMilliseconds(rttvar as number)} ms`]),
    `RTO ${inMilliseconds(rto as number)} ms`,
  ];
}
