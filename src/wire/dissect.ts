// The dissection of a whole frame: every layer, every field with its place, every lie with the field that tells it.
// Never throws; the fields of all layers together cover every bit of the frame exactly once.
// Reading list: that of each layer.

import { dissectLink } from './dissect-link.js';
import { dataLayers, note, type Part, type PortProtocols, warning } from './dissect-part.js';
import { type DissectedLayer, type Dissection, derived, type Problem } from './dissection.js';
import { LINK_TYPE } from './link-types.js';

/** What is known about a frame besides its bytes. */
export interface DissectOptions {
  /** True when the last four bytes are the frame check sequence; otherwise it is computed and shown as derived. */
  readonly fcs?: boolean;
  /** How long the frame was on the wire, in bytes, when the capture cut it off. */
  readonly originalLength?: number;
  /** What kind of frame it is, from the registry of link types; Ethernet unless given. */
  readonly linkType?: number;
  /** Ports whose payload is to be read as something else than usual. */
  readonly ports?: PortProtocols;
}

/** Dissects a frame. Offsets in the result count from the first byte of `frame`. */
export function dissect(frame: Uint8Array, options: DissectOptions = {}): Dissection {
  const part: Part = {
    bytes: frame,
    start: 0,
    end: frame.length,
    wholeEnd: Math.max(frame.length, options.originalLength ?? 0),
    fragment: false,
    quoted: false,
    ports: options.ports ?? {},
  };
  const linkType = options.linkType ?? LINK_TYPE.ethernet;
  const { layers, end } = dissectLink(part, linkType, options.fcs ?? false);
  const all = [...layers, ...dataLayers(frame, end, frame.length)];
  return { layers: [frameLayer(frame, options, all), ...all], length: frame.length };
}

/** What is known about the frame as a whole; it has no bytes of its own. */
function frameLayer(
  frame: Uint8Array,
  options: DissectOptions,
  layers: readonly DissectedLayer[],
): DissectedLayer {
  const length = options.originalLength ?? frame.length;
  const problems: Problem[] = [];
  if (length > frame.length)
    problems.push(note('frame.cap_len', `the capture kept ${frame.length} of ${length} bytes`));
  if (length < frame.length) {
    problems.push(
      warning('frame.len', `the frame is to have had ${length} bytes, but the capture has ${frame.length}`),
    );
  }
  const protocols = protocolsOf(layers).join(':');
  return {
    protocol: 'frame',
    title: 'Frame',
    summary: `${length} bytes, ${protocols}`,
    start: 0,
    end: 0,
    fields: [
      derived('frame.len', 'Length on the wire', length, 0, `${length} bytes`),
      derived('frame.cap_len', 'Length captured', frame.length, 0, `${frame.length} bytes`),
      derived('frame.protocols', 'Protocols in frame', protocols, 0),
    ],
    problems,
  };
}

/** Fields behind which Wireshark lists the step from a type to its protocol. */
const TYPES: ReadonlySet<string> = new Set(['eth.type', 'vlan.etype', 'sll.etype']);

/** As Wireshark lists them: `eth:ethertype:ip:udp:dns`, with the packet an error quotes behind the error. */
function protocolsOf(layers: readonly DissectedLayer[]): string[] {
  return layers.flatMap((layer) => [
    layer.protocol,
    ...(layer.fields.some(({ name }) => TYPES.has(name)) ? ['ethertype'] : []),
    ...protocolsOf(layer.quoted ?? []),
  ]);
}
