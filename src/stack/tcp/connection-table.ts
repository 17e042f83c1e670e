// All connections of a host, found by addresses and ports: the first question about every segment.

import type { Ipv4 } from '../../base/address.js';
import type { RowView } from '../../trace/events.js';
import { type RecordedRow, RecordedTable } from '../../trace/recorded-table.js';
import { atNode } from '../../trace/recorder.js';
import type { Context } from '../context.js';
import { formatEndpoint } from '../endpoint.js';
import type { TcpConnection } from './connection.js';
import { phaseOf } from './info.js';
import { thresholdOf } from './output.js';

export class ConnectionTable {
  private readonly context: Context;
  /** The first connection of each hash; the others of that hash follow by `nextOfHash`. */
  private readonly first = new Map<number, TcpConnection>();
  /** The one that was asked for last: often the next question is the same. */
  private last: TcpConnection | undefined;
  private readonly recorded: RecordedTable<string, TcpConnection>;
  /** Windows and timers of each, as views see them. */
  private readonly infos: RecordedTable<string, InfoRow>;

  constructor(context: Context) {
    this.context = context;
    this.recorded = new RecordedTable(context.recorder, atNode(context.node), 'tcp', (connection) => ({
      local: formatEndpoint(connection.local),
      remote: formatEndpoint(connection.remote),
      state: connection.state,
    }));
    this.infos = new RecordedTable(context.recorder, atNode(context.node), 'tcp-info', ({ shown }) => shown);
  }

  find(local: Ipv4, localPort: number, remote: Ipv4, remotePort: number): TcpConnection | undefined {
    const { last } = this;
    if (last !== undefined && isBetween(last, local, localPort, remote, remotePort)) return last;
    let connection = this.first.get(hashOf(local, localPort, remote, remotePort));
    while (connection !== undefined && !isBetween(connection, local, localPort, remote, remotePort))
      connection = connection.nextOfHash;
    this.last = connection;
    return connection;
  }

  *values(): Generator<TcpConnection> {
    for (const first of this.first.values()) {
      for (let one: TcpConnection | undefined = first; one !== undefined; one = one.nextOfHash) yield one;
    }
  }

  add(connection: TcpConnection): void {
    const hash = hashOfConnection(connection);
    connection.nextOfHash = this.first.get(hash);
    this.first.set(hash, connection);
  }

  /** Records the connection's row as it is now. */
  record(connection: TcpConnection): void {
    if (this.context.recorder.on) this.recorded.set(keyOf(connection), connection);
  }

  /** Records windows and timers, if they are not as they were. */
  recordInfo(connection: TcpConnection): void {
    if (!this.context.recorder.on || connection.state === 'CLOSED') return;
    const key = keyOf(connection);
    const shown = infoRow(connection);
    const last = this.infos.get(key)?.shown;
    if (last !== undefined && Object.entries(shown).every(([name, value]) => last[name] === value)) return;
    this.infos.set(key, { shown, recordedAs: -1 });
  }

  remove(connection: TcpConnection): void {
    const hash = hashOfConnection(connection);
    const first = this.first.get(hash);
    if (first !== connection) {
      let before = first;
      while (before !== undefined && before.nextOfHash !== connection) before = before.nextOfHash;
      if (before !== undefined) before.nextOfHash = connection.nextOfHash;
    } else if (connection.nextOfHash === undefined) this.first.delete(hash);
    else this.first.set(hash, connection.nextOfHash);
    connection.nextOfHash = undefined;
    if (this.last === connection) this.last = undefined;
    if (!this.context.recorder.on) return;
    this.recorded.remove(keyOf(connection), 'closed');
    this.infos.remove(keyOf(connection), 'closed');
  }
}

interface InfoRow extends RecordedRow {
  readonly shown: RowView;
}

/** Bytes and ns; −1: not known yet. */
function infoRow(connection: TcpConnection): RowView {
  const { sender, local, remote } = connection;
  const { congestion, board, timer } = sender;
  return {
    local: formatEndpoint(local),
    remote: formatEndpoint(remote),
    phase: phaseOf(connection),
    cwnd: congestion.size,
    ssthresh: thresholdOf(connection),
    flight: sender.flight,
    sacked: board.sacked,
    lost: board.lost,
    window: sender.window,
    mss: sender.mss,
    srtt: timer.smoothed,
    rttvar: timer.smoothed < 0 ? -1 : timer.variation,
    rto: timer.timeout,
  };
}

/** 30 bits, so that the engine keeps it as a small integer. */
function hashOf(local: Ipv4, localPort: number, remote: Ipv4, remotePort: number): number {
  let hash = Math.imul(remote ^ Math.imul(local, 0x5f356495), 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 15) ^ ((localPort << 16) | remotePort), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) & 0x3fffffff;
}

function hashOfConnection({ local, remote }: TcpConnection): number {
  return hashOf(local.address, local.port, remote.address, remote.port);
}

function isBetween(
  { local: ours, remote: theirs }: TcpConnection,
  local: Ipv4,
  localPort: number,
  remote: Ipv4,
  remotePort: number,
): boolean {
  if (ours.port !== localPort || theirs.port !== remotePort) return false;
  return ours.address === local && theirs.address === remote;
}

function keyOf({ local, remote }: TcpConnection): string {
  return `${formatEndpoint(local)} ${formatEndpoint(remote)}`;
}
