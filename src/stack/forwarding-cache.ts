// What a router has found out about the destinations of the last packets it forwarded: it would find the same again.

import type { Ipv4 } from '../base/address.js';
import type { Route } from './route.js';

/** Destinations remembered at most, as a power of two. */
const BITS = 10;
/** Knuth's multiplier: the upper bits of the product spread neighbouring addresses over all places. */
const SPREAD = 0x9e3779b1;

export class ForwardingCache {
  private readonly destinations = new Int32Array(1 << BITS);
  private readonly routes: (Route | undefined)[] = new Array(1 << BITS).fill(undefined);
  /** The state of the routing table that this holds for. */
  private version = -1;

  /** The route to a destination, if it was found while the table was as it is now. */
  find(destination: Ipv4, version: number): Route | undefined {
    if (version !== this.version) return undefined;
    const place = placeOf(destination);
    return this.destinations[place] === destination ? this.routes[place] : undefined;
  }

  /** Remembers a route, in place of another one that had its place. */
  keep(destination: Ipv4, route: Route, version: number): void {
    if (version !== this.version) {
      this.routes.fill(undefined);
      this.version = version;
    }
    const place = placeOf(destination);
    this.destinations[place] = destination;
    this.routes[place] = route;
  }
}

function placeOf(destination: Ipv4): number {
  return Math.imul(destination, SPREAD) >>> (32 - BITS);
}
