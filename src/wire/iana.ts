// Numbers and their names from the IANA registries, as far as the protocols here speak them.

export const ETHERTYPE = { ipv4: 0x0800, arp: 0x0806, vlan: 0x8100, ipv6: 0x86dd } as const;

export const ETHERTYPE_NAMES: Readonly<Record<number, string>> = {
  2048: 'IPv4',
  2054: 'ARP',
  33024: '802.1Q VLAN',
  34525: 'IPv6',
  34887: 'MPLS',
  34958: '802.1X',
  35020: 'LLDP',
};

export const PROTOCOL = { icmp: 1, tcp: 6, udp: 17 } as const;

export const PROTOCOL_NAMES: Readonly<Record<number, string>> = {
  1: 'ICMP',
  2: 'IGMP',
  4: 'IPv4',
  6: 'TCP',
  17: 'UDP',
  41: 'IPv6',
  47: 'GRE',
  50: 'ESP',
  51: 'AH',
  58: 'IPv6-ICMP',
  89: 'OSPF',
  132: 'SCTP',
};

export const PORT = { echo: 7, discard: 9, chargen: 19, domain: 53, http: 80, https: 443 } as const;

export const PORT_NAMES: Readonly<Record<number, string>> = {
  7: 'echo',
  9: 'discard',
  19: 'chargen',
  20: 'ftp-data',
  21: 'ftp',
  22: 'ssh',
  23: 'telnet',
  25: 'smtp',
  53: 'domain',
  67: 'bootps',
  68: 'bootpc',
  80: 'http',
  110: 'pop3',
  123: 'ntp',
  143: 'imap',
  179: 'bgp',
  443: 'https',
  853: 'domain-s',
  8080: 'http-alt',
};

export const ICMP_TYPE = {
  echoReply: 0,
  destinationUnreachable: 3,
  echoRequest: 8,
  timeExceeded: 11,
  parameterProblem: 12,
} as const;

export const ICMP_TYPE_NAMES: Readonly<Record<number, string>> = {
  0: 'Echo Reply',
  3: 'Destination Unreachable',
  4: 'Source Quench',
  5: 'Redirect',
  8: 'Echo Request',
  9: 'Router Advertisement',
  10: 'Router Solicitation',
  11: 'Time Exceeded',
  12: 'Parameter Problem',
  13: 'Timestamp',
  14: 'Timestamp Reply',
  42: 'Extended Echo Request',
  43: 'Extended Echo Reply',
};

export const UNREACHABLE = {
  network: 0,
  host: 1,
  protocol: 2,
  port: 3,
  fragmentationNeeded: 4,
  sourceRouteFailed: 5,
  administrativelyProhibited: 13,
} as const;

/** Codes of ICMP type 3 (RFC 792, RFC 1122 §3.2.2.1, RFC 1812 §5.2.7.1). */
export const UNREACHABLE_NAMES: Readonly<Record<number, string>> = {
  0: 'Network Unreachable',
  1: 'Host Unreachable',
  2: 'Protocol Unreachable',
  3: 'Port Unreachable',
  4: 'Fragmentation Needed and DF Set',
  5: 'Source Route Failed',
  6: 'Destination Network Unknown',
  7: 'Destination Host Unknown',
  9: 'Network Administratively Prohibited',
  10: 'Host Administratively Prohibited',
  11: 'Network Unreachable for ToS',
  12: 'Host Unreachable for ToS',
  13: 'Communication Administratively Prohibited',
};

export const TIME_EXCEEDED = { inTransit: 0, reassembly: 1 } as const;

export const TIME_EXCEEDED_NAMES: Readonly<Record<number, string>> = {
  0: 'Time to Live Exceeded in Transit',
  1: 'Fragment Reassembly Time Exceeded',
};
