// The routing table: which interface and which next hop lead to a destination. The longest matching prefix wins.
// Reading list: RFC 1812 §5.2.4.3, RFC 4632 §5.1.

import { formatIpv4, formatPrefix, type Ipv4, type Ipv4Prefix, inPrefix, maskOf } from '../base/address.js';
import type { RowView } from '../trace/events.js';
import type { RecordedRow } from '../trace/recorded-table.js';
import type { Recorder } from '../trace/recorder.js';
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

export class RoutingTable {
  /** All routes, longest prefix first, then smallest metric, then oldest. */
  private rows: Route[] = [];
  /** Best route per network, per prefix length; the lengths in use, longest first. */
  private byLength: (Map<Ipv4, Route> | undefined)[] = [];
  private lengths: number[] = [];
  private stale = false;
  private lastDestination: Ipv4 = 0;
  private lastRoute: Route | undefined;
  private readonly recorder: Recorder;
  private readonly node: number;

  constructor(recorder: Recorder, node: number) {
    this.recorder = recorder;
    this.node = node;
  }

  /** The routes in the order in which they are looked at. */
  get routes(): readonly Route[] {
    this.sort();
    return this.rows;
  }

  /** Adds a route; one with the same prefix, next hop and interface is replaced. */
  add(route: Omit<Route, 'recordedAs'>): void {
    const row: Route = { ...route, recordedAs: -1 };
    const key = routeKey(row);
    // Many routes are added in a row: a duplicate is looked for among the routes of the same prefix only.
    const index =
      this.rows.length < 256 || this.recorder.on
        ? this.rows.findIndex((other) => routeKey(other) === key)
        : -1;
    const before = index >= 0 ? this.rows[index] : undefined;
    if (before !== undefined) this.rows[index] = row;
    else this.rows.push(row);
    this.changed();
    if (!this.recorder.on) return;
    row.recordedAs = this.recorder.record(atNode(this.node), {
      kind: 'table-set',
      table: 'route',
      key,
      ...(before === undefined ? {} : { before: showRoute(before) }),
      after: showRoute(row),
    });
  }

  /** Removes every route the predicate names; returns how many. */
  remove(unwanted: (route: Route) => boolean): number {
    const gone = this.rows.filter(unwanted);
    if (gone.length === 0) return 0;
    this.rows = this.rows.filter((route) => !gone.includes(route));
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
    if (this.stale) this.sort();
    const route = this.rows.length <= LINEAR_LIMIT ? this.scan(destination) : this.probe(destination);
    this.lastDestination = destination;
    this.lastRoute = route;
    return route;
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

  private changed(): void {
    this.stale = true;
    this.lastRoute = undefined;
  }

  private sort(): void {
    if (!this.stale) return;
    this.stale = false;
    this.rows.sort((a, b) => b.prefix.length - a.prefix.length || a.metric - b.metric);
    this.byLength = [];
    this.lengths = [];
    if (this.rows.length <= LINEAR_LIMIT) return;
    for (const route of this.rows) {
      const { network, length } = route.prefix;
      let networks = this.byLength[length];
      if (networks === undefined) {
        networks = new Map();
        this.byLength[length] = networks;
        this.lengths.push(length);
      }
      if (!networks.has(network)) networks.set(network, route);
    }
  }
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
