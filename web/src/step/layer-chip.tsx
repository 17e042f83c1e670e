// The layer of something, in its colour and as a word.

import type { StepLayer } from 'wirewalk';
import style from './layer-chip.module.css';

export function LayerChip({ layer }: { readonly layer: StepLayer }) {
  return (
    <span className={style.chip} data-layer={layer}>
      {layer} layer
    </span>
  );
}

const LINK = new Set(['eth', 'vlan', 'sll', 'ppp', 'arp', 'llc', 'stp']);
const NETWORK = new Set(['ip', 'ipv6', 'icmp', 'icmpv6', 'igmp', 'ospf']);
const TRANSPORT = new Set(['udp', 'tcp']);

/** The layer of a protocol, by Wireshark's name for it. */
export function layerOfProtocol(protocol: string): StepLayer {
  if (LINK.has(protocol)) return 'link';
  if (NETWORK.has(protocol)) return 'network';
  return TRANSPORT.has(protocol) ? 'transport' : 'application';
}
