// Filters to begin with, made for the network at hand.

import type { WorldDescription } from 'wirewalk';

export interface FilterExample {
  readonly filter: string;
  readonly meaning: string;
}

export function filterExamples({ interfaces, nodes }: WorldDescription): readonly FilterExample[] {
  const host = interfaces.find(({ address, node }) => address !== undefined && nodes[node]?.kind === 'host');
  const address = host?.address?.split('/')[0];
  return [
    { filter: 'dns', meaning: 'questions and answers about names' },
    { filter: 'icmp || arp', meaning: 'pings, errors and questions for MAC addresses' },
    { filter: 'tcp.flags.syn == 1', meaning: 'the beginnings of TCP connections' },
    { filter: 'tcp.flags.fin == 1 || tcp.flags.reset == 1', meaning: 'and their ends' },
    { filter: 'http.request', meaning: 'requests for pages' },
    ...(address === undefined || host === undefined
      ? []
      : [{ filter: `ip.addr == ${address}`, meaning: `from or to ${nodes[host.node]?.name}` }]),
    { filter: 'eth.dst == ff:ff:ff:ff:ff:ff', meaning: 'broadcasts' },
    { filter: 'ip.ttl < 64', meaning: 'what has passed a router' },
  ];
}
