// The routing table: which interface and which next hop lead to a destination. The longest matching prefix wins.
// Reading list: RFC 1812 §5.2.4.3, RFC 4632 §5.1.

import { formatIpv4, formatPrefix, type Ipv4, type Ipv4Prefix, inPrefix, maskOf } from '../base/address.js';
import type { RowView } from '../trace/events.js';
import type { RecordedRow } from '../trace/recorded-table.js';
import type { RecordedAnew, Recorder } from '../trace/recorder.js';
import { atNode } from '../trace/recorder.js';
import type { NetworkInterface } from './network-interface.js';

/** Who put a route there. */
export type RouteSource = 'connected' | 'static' | 'dhcp' | 'ospf' | 'bgp';

export interface Route extends RecordedRow {
  readonly prefix: Ipv4Prefix;
  /** The next hop; 0: the destination is on the link itself. */
  readonly gateway: Ipv4;
  readonly port: NetworkInterface;
  readonly source: RouteSource;
  /** Smaller is better among routes to the same prefix. */
  readonly metric: number;
}

/** Up to this many routes are looked through one by one; beyond, one hash per prefix length is faster. */
const LINEAR_LIMIT = 8;

export class RoutingTable implements RecordedAnew {
  /** All routes, longest prefix first, then by network, then smallest metric, then oldest. */
  private readonly rows: Route[] = [];
  /** Best route per network, per prefix length, beyond LINEAR_LIMIT; the lengths in use, longest first. */
  private byLength: (Map<Ipv4, Route> | undefined)[] = [];
  private lengths: number[] = [];
  private lastDestination: Ipv4 = 0;
  private lastRoute: Route | undefined;
  /** Another one whenever the routes are other ones. */
  version = 0;
  private readonly recorder: Recorder;
  private readonly node: number;

  constructor(recorder: Recorder, node: number) {
    this.recorder = recorder;
    this.node = node;
    recorder.addTable(this);
  }

  /** The routes in the order in which they are looked at. */
  get routes(): readonly Route[] {
    return this.rows;
  }

  /** Adds a route; one with the same prefix, next hop and interface is replaced. */
  add(route: Omit<Route, 'recordedAs'>): void {
    // Written out, not spread: so all rows have one shape for the compiler, and reading them stays fast.
    const { prefix, gateway, port, source, metric } = route;
    const row: Route = { prefix, gateway, port, source, metric, recordedAs: -1 };
    const before = this.insert(row);
    this.changed();
    if (!this.recorder.on) return;
    row.recordedAs = this.recorder.record(atNode(this.node), {
      kind: 'table-set',
      table: 'route',
      key: routeKey(row),
      ...(before === undefined ? {} : { before: showRoute(before) }),
      after: showRoute(row),
    });
  }

  /** Records all routes as they are, for a recording that begins in the middle of a run. */
  recordAnew(): void {
    for (const row of this.rows)
      row.recordedAs = this.recorder.record(atNode(this.node), {
        kind: 'table-set',
        table: 'route',
        key: routeKey(row),
        after: showRoute(row),
      });
  }

  /** Removes every route the predicate names; returns how many. */
  remove(unwanted: (route: Route) => boolean): number {
    const kept: Route[] = [];
    const gone: Route[] = [];
    for (const route of this.rows) (unwanted(route) ? gone : kept).push(route);
    if (gone.length === 0) return 0;
    this.rows.length = 0;
    this.byLength = [];
    this.lengths = [];
    for (const route of kept) this.insert(route);
    this.changed();
    for (const route of gone) {
      this.recorder.record(atNode(this.node), {
        kind: 'table-removed',
        table: 'route',
        key: routeKey(route),
        before: showRoute(route),
        why: 'cleared',
      });
    }
    return gone.length;
  }

  /** The route with the longest prefix that holds the destination; undefined when no route does. */
  lookup(destination: Ipv4): Route | undefined {
    if (destination === this.lastDestination && this.lastRoute !== undefined) return this.lastRoute;
    const route = this.rows.length <= LINEAR_LIMIT ? this.scan(destination) : this.probe(destination);
    this.lastDestination = destination;
    this.lastRoute = route;
    return route;
  }

  /** Is looking through them so quick that nobody need remember what he has found? */
  get isShort(): boolean {
    return this.rows.length <= LINEAR_LIMIT;
  }

  private changed(): void {
    this.lastRoute = undefined;
    this.version++;
  }

  private scan(destination: Ipv4): Route | undefined {
    const rows = this.rows;
    for (let i = 0; i < rows.length; i++) {
      const route = rows[i] as Route;
      if (inPrefix(destination, route.prefix)) return route;
    }
    return undefined;
  }

  private probe(destination: Ipv4): Route | undefined {
    for (const length of this.lengths) {
      const route = (this.byLength[length] as Map<Ipv4, Route>).get(destination & maskOf(length));
      if (route !== undefined) return route;
    }
    return undefined;
  }

  /** Puts a row behind its equals. Returns the row that it replaces. */
  private insert(row: Route): Route | undefined {
    const { rows } = this;
    const first = this.firstOf(row.prefix);
    let place = first;
    let before: Route | undefined;
    for (let i = first; i < rows.length && compare((rows[i] as Route).prefix, row.prefix) === 0; i++) {
      const other = rows[i] as Route;
      if (other.gateway === row.gateway && other.port === row.port) {
        before = other;
        rows.splice(i--, 1);
      } else if (other.metric <= row.metric) place = i + 1;
    }
    rows.splice(place, 0, row);
    // The best of a prefix stands first, so it is entered last.
    if (rows.length === LINEAR_LIMIT + 1)
      for (let i = LINEAR_LIMIT; i >= 0; i--) this.enter(rows[i] as Route);
    else if (rows.length > LINEAR_LIMIT) this.enter(rows[first] as Route);
    return before;
  }

  /** Where the routes to this prefix begin, or would. */
  private firstOf(prefix: Ipv4Prefix): number {
    let low = 0;
    let high = this.rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compare((this.rows[middle] as Route).prefix, prefix) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Makes a row the best to its prefix. */
  private enter(row: Route): void {
    const { network, length } = row.prefix;
    let networks = this.byLength[length];
    if (networks === undefined) {
      networks = new Map();
      this.byLength[length] = networks;
      this.lengths.push(length);
      this.lengths.sort((a, b) => b - a);
    }
    networks.set(network, row);
  }
}

/** Longest prefix first, then by network. */
function compare(a: Ipv4Prefix, b: Ipv4Prefix): number {
  return b.length - a.length || (a.network >>> 0) - (b.network >>> 0);
}

function routeKey(route: Route): string {
  return `${formatPrefix(route.prefix)} ${formatIpv4(route.gateway)} ${route.port.name}`;
}

function showRoute(route: Route): RowView {
  return {
    destination: formatPrefix(route.prefix),
    gateway: route.gateway === 0 ? 'on-link' : formatIpv4(route.gateway),
    interface: route.port.name,
    source: route.source,
    metric: route.metric,
  };
}
