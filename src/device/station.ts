// A station: a box with an IP stack. A host keeps to its own packets; a router forwards; a gateway is a router that
// translates between inside and outside. They differ in what the stack is allowed to do, not in the stack.

import { type Ipv4, type Ipv4Prefix, prefixOf } from '../base/address.js';
import type { Frame } from '../base/frame-store.js';
import { Browser, type BrowserOptions } from '../service/browser.js';
import { Resolver } from '../service/dns/resolver.js';
import { DnsServer } from '../service/dns/server.js';
import { HttpServer } from '../service/http/server.js';
import type { Context } from '../stack/context.js';
import { Nat } from '../stack/nat.js';
import type { NetworkInterface } from '../stack/network-interface.js';
import { NetworkStack } from '../stack/network-stack.js';

export type StationKind = 'host' | 'router' | 'nat-router';

export class Station {
  readonly kind: StationKind;
  readonly context: Context;
  readonly stack: NetworkStack;
  readonly ports: NetworkInterface[] = [];
  browserOptions: BrowserOptions = {};
  private ownResolver: Resolver | undefined;
  private ownBrowser: Browser | undefined;
  private ownDnsServer: DnsServer | undefined;
  private ownHttpServer: HttpServer | undefined;

  constructor(context: Context, kind: StationKind) {
    this.context = context;
    this.kind = kind;
    this.stack = new NetworkStack(context, kind !== 'host');
  }

  get name(): string {
    return this.context.name;
  }

  addPort(port: NetworkInterface): void {
    this.ports.push(port);
    this.stack.ipv4.addPort(port);
  }

  /** Gives an interface its address; its network becomes a connected route. */
  configure(port: NetworkInterface, address: Ipv4, length: number): void {
    port.setAddress(address, prefixOf(address, length));
    this.stack.ipv4.portConfigured(port);
  }

  /** Adds a static route. Returns false when no interface is on the next hop's network. */
  addRoute(prefix: Ipv4Prefix, gateway: Ipv4, metric = 0): boolean {
    const onLink = this.stack.ipv4.routes.lookup(gateway);
    if (onLink === undefined || onLink.gateway !== 0) return false;
    this.stack.ipv4.routes.add({ prefix, gateway, port: onLink.port, source: 'static', metric });
    return true;
  }

  /** Translates what leaves by this interface, and lets in only what belongs to it. */
  translateAt(outside: NetworkInterface): Nat {
    const nat = new Nat(this.context, outside);
    this.stack.ipv4.nat = nat;
    return nat;
  }

  get nat(): Nat | null {
    return this.stack.ipv4.nat;
  }

  /** The stub resolver with the operating system's cache. */
  get resolver(): Resolver {
    this.ownResolver ??= new Resolver(this.stack);
    return this.ownResolver;
  }

  get browser(): Browser {
    this.ownBrowser ??= new Browser(this.stack, this.resolver, this.browserOptions);
    return this.ownBrowser;
  }

  /** The DNS server on this station; asking for it starts it. */
  get dnsServer(): DnsServer {
    this.ownDnsServer ??= new DnsServer(this.stack);
    return this.ownDnsServer;
  }

  /** The web server on this station; asking for it starts it. */
  get httpServer(): HttpServer {
    this.ownHttpServer ??= new HttpServer(this.stack);
    return this.ownHttpServer;
  }

  receive(port: NetworkInterface, frame: Frame): void {
    this.stack.receive(port, frame);
  }
}
