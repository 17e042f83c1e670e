// Names and addresses as commands take and show them: what a host argument means, and how an address is called.
// Reading list: RFC 1123 §6.1, RFC 6761 §6.3 (localhost), getaddrinfo(3) for the words of its errors.

import { formatIpv4, type Ipv4, parseIpv4 } from '../../base/address.js';
import type { Station } from '../../device/station.js';
import { canonicalName } from '../../wire/dns/name.js';

export const LOOPBACK: Ipv4 = (127 << 24) | 1;

/**
 * Finds the address a host argument means; `failed` gets the words of getaddrinfo(3). Either may be called at once.
 * Returns how to make sure that neither is called any more.
 */
export function resolveHost(
  station: Station,
  host: string,
  found: (address: Ipv4) => void,
  failed: (why: string) => void,
): () => void {
  let wanted = true;
  const literal = canonicalName(host) === 'localhost' ? LOOPBACK : parseIpv4(host);
  if (literal !== undefined) {
    found(literal);
    return () => {};
  }
  station.resolver.lookup(host, (addresses, { error }) => {
    const address = addresses[0];
    if (!wanted) return;
    if (address !== undefined) found(address);
    else failed(lookupFailure(error));
  });
  return () => {
    wanted = false;
  };
}

/** The words of gai_strerror(3). */
function lookupFailure(error: string | undefined): string {
  switch (error) {
    case 'NXDOMAIN':
    case 'BAD NAME':
      return 'Name or service not known';
    case 'NODATA':
      return 'No address associated with hostname';
    default:
      return 'Temporary failure in name resolution';
  }
}

/**
 * The name of an address.
 * Differs: the original asks DNS too (PTR records); here only the hosts file is read, so that showing an address sends
 * nothing.
 */
export function nameOfAddress(station: Station, address: Ipv4): string | undefined {
  if (address === LOOPBACK) return 'localhost';
  for (const [name, other] of station.resolver.hostsFile()) if (other === address) return name;
  return undefined;
}

/** The address that an argument gives in figures or by the hosts file; undefined when neither. */
export function addressAtHand(station: Station, host: string): Ipv4 | undefined {
  const key = canonicalName(host);
  if (key === 'localhost') return LOOPBACK;
  const literal = parseIpv4(host);
  if (literal !== undefined) return literal;
  for (const [name, address] of station.resolver.hostsFile()) if (name === key) return address;
  return undefined;
}

/** `name (192.0.2.1)`; without a name the address stands there twice, as ping and traceroute print it. */
export function nameAndAddress(station: Station, address: Ipv4): string {
  const text = formatIpv4(address);
  return `${nameOfAddress(station, address) ?? text} (${text})`;
}

/** Hosts a person on this station may mean, for completion: its hosts file, DNS cache, gateways and servers. */
export function knownHosts(station: Station): string[] {
  const hosts = new Set<string>();
  for (const [name] of station.resolver.hostsFile()) hosts.add(name);
  for (const { name, records } of station.resolver.cache.rows()) if (records.length > 0) hosts.add(name);
  for (const { gateway } of station.stack.ipv4.routes.routes)
    if (gateway !== 0) hosts.add(formatIpv4(gateway));
  for (const server of station.resolver.servers) hosts.add(formatIpv4(server));
  return [...hosts];
}
