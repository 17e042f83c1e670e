// Transport endpoints: an address and a port. Reading list: RFC 6335 §6 (port ranges), RFC 6056.

import { formatIpv4, type Ipv4 } from '../base/address.js';

/** Where a datagram or segment comes from or goes to. */
export interface Endpoint {
  readonly address: Ipv4;
  readonly port: number;
}

/** The dynamic ports, from which programs that do not care get theirs. */
export const EPHEMERAL_LOW = 49152;
export const EPHEMERAL_HIGH = 65535;

/** `192.0.2.1:80` */
export function formatEndpoint(endpoint: Endpoint): string {
  return `${formatIpv4(endpoint.address)}:${endpoint.port}`;
}
