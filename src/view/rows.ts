// Rows of tables in one short line, and what has changed in them.

import type { RowView, TableName } from '../trace/events.js';

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
    case 'udp':
      return String(row.local);
    default:
      return Object.entries(row)
        .map(([column, value]) => `${column} ${value}`)
        .join(', ');
  }
}

/** What was there before, in the columns that differ: `SYN-SENT`. Empty when nothing differs. */
export function describeBefore(before: RowView, after: RowView): string {
  return Object.entries(before)
    .filter(([column, value]) => after[column] !== value)
    .map(([, value]) => String(value))
    .join(', ');
}
