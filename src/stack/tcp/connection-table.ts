// All connections of a host, found by addresses and ports: the first question about every segment.

import type { Ipv4 } from '../../base/address.js';
import { RecordedTable } from '../../trace/recorded-table.js';
import { atNode } from '../../trace/recorder.js';
import type { Context } from '../context.js';
import { formatEndpoint } from '../endpoint.js';
import type { TcpConnection } from './connection.js';

export class ConnectionTable {
  private readonly context: Context;
  /** The first connection of each hash; the others of that hash follow by `nextOfHash`. */
  private readonly first = new Map<number, TcpConnection>();
  private readonly recorded: RecordedTable<string, TcpConnection>;

  constructor(context: Context) {
    this.context = context;
    this.recorded = new RecordedTable(context.recorder, atNode(context.node), 'tcp', (connection) => ({
      local: formatEndpoint(connection.local),
      remote: formatEndpoint(connection.remote),
      state: connection.state,
    }));
  }

  find(local: Ipv4, localPort: number, remote: Ipv4, remotePort: number): TcpConnection | undefined {
    let connection = this.first.get(hashOf(local, localPort, remote, remotePort));
    while (connection !== undefined) {
      const { local: ours, remote: theirs } = connection;
      const isThis = ours.port === localPort && theirs.port === remotePort;
      if (isThis && ours.address === local && theirs.address === remote) return connection;
      connection = connection.nextOfHash;
    }
    return undefined;
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
    if (this.context.recorder.on) this.recorded.remove(keyOf(connection), 'closed');
  }
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

function keyOf({ local, remote }: TcpConnection): string {
  return `${formatEndpoint(local)} ${formatEndpoint(remote)}`;
}
