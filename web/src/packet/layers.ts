// Which layer a protocol belongs to, for its colour and its word.

import type { DissectedLayer, StepLayer } from 'wirewalk';

const LAYERS: Readonly<Record<string, StepLayer>> = {
  frame: 'link',
  eth: 'link',
  vlan: 'link',
  sll: 'link',
  ppp: 'link',
  arp: 'link',
  ip: 'network',
  icmp: 'network',
  udp: 'transport',
  tcp: 'transport',
};

/** The layer of a protocol; what TCP and UDP carry is application. */
export function layerOf(protocol: string): StepLayer {
  return LAYERS[protocol] ?? 'application';
}

/** By place, the layers of a frame; bytes without a meaning belong to whoever carries them, or to an application. */
export function layersOf(layers: readonly Pick<DissectedLayer, 'protocol'>[]): StepLayer[] {
  let carrier: StepLayer = 'link';
  return layers.map(({ protocol }) => {
    if (protocol === 'data') return carrier === 'transport' ? 'application' : carrier;
    carrier = layerOf(protocol);
    return carrier;
  });
}
