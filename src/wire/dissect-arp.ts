// ARP read for people: who asks for whom, and what does not fit.
// Reading list: RFC 826, RFC 5227 §1.1 (probe, announcement).

import { formatIpv4 } from '../base/address.js';
import { formatHex } from '../base/text.js';
import { ARP_HARDWARE_ETHERNET, ARP_LENGTH, ARP_REPLY, ARP_REQUEST, arp } from './arp.js';
import { cutShort, type Dissected, error, note, type Part } from './dissect-part.js';
import {
  type DissectedField,
  type DissectedLayer,
  derived,
  dissectLayout,
  endOfFields,
  octets,
  type Problem,
  rawOctets,
} from './dissection.js';
import { ETHERTYPE } from './iana.js';
import { readUint16, readUint32 } from './octets.js';

const NO_MAC = '00:00:00:00:00:00';
const NO_IP = '0.0.0.0';

/** Dissects an ARP message; what follows it is padding of the frame. */
export function dissectArp(part: Part): Dissected {
  const { bytes, start, end } = part;
  const fields = dissectLayout(arp, bytes, start, end);
  const value = (name: string) => fields.find((field) => field.name === name)?.value;
  if (end - start < 8) return cutShort(part, { ...arp, size: 8 }, fields);
  const hardwareSize = bytes[start + 4];
  const protocolSize = bytes[start + 5];
  const hasMacs = value('arp.hw.type') === ARP_HARDWARE_ETHERNET && hardwareSize === 6;
  const hasIpv4 = value('arp.proto.type') === ETHERTYPE.ipv4 && protocolSize === 4;
  if (!hasMacs || !hasIpv4) return dissectOtherAddresses(part, fields.slice(0, 5), hasMacs, hasIpv4);
  if (end - start < ARP_LENGTH) return cutShort(part, arp, fields);

  const operation = value('arp.opcode');
  const [senderMac, senderIp] = [value('arp.src.hw_mac'), value('arp.src.proto_ipv4')];
  const [targetMac, targetIp] = [value('arp.dst.hw_mac'), value('arp.dst.proto_ipv4')];
  const problems: Problem[] = [];
  if (operation !== ARP_REQUEST && operation !== ARP_REPLY) {
    problems.push(note('arp.opcode', `operation ${operation} is neither a request nor a reply`));
  }
  const isGratuitous = senderIp === targetIp;
  const isProbe = operation === ARP_REQUEST && senderIp === NO_IP && targetIp !== NO_IP;
  const isAnnouncement = operation === ARP_REQUEST && isGratuitous && targetMac === NO_MAC;
  const summary = isProbe
    ? `Who has ${targetIp}? (probe)`
    : isAnnouncement
      ? `Announcement for ${senderIp}: ${senderMac}`
      : operation === ARP_REQUEST
        ? `Who has ${targetIp}? Tell ${senderIp}`
        : operation === ARP_REPLY
          ? `${senderIp} is at ${senderMac}`
          : `ARP operation ${operation}`;
  const layer: DissectedLayer = {
    protocol: 'arp',
    title: arp.title,
    summary,
    rfc: arp.rfc,
    start,
    end: start + ARP_LENGTH,
    fields: [
      ...fields,
      ...(isGratuitous ? [derived('arp.isgratuitous', 'Is gratuitous', true, start)] : []),
      ...(isProbe ? [derived('arp.isprobe', 'Is probe', true, start)] : []),
      ...(isAnnouncement ? [derived('arp.isannouncement', 'Is announcement', true, start)] : []),
    ],
    problems,
  };
  return { layers: [layer], end: start + ARP_LENGTH };
}

/** ARP for other kinds of addresses, or one that gives their sizes wrongly. */
function dissectOtherAddresses(
  part: Part,
  head: readonly DissectedField[],
  hasMacs: boolean,
  hasIpv4: boolean,
): Dissected {
  const { bytes, start } = part;
  const hardwareSize = bytes[start + 4];
  const protocolSize = bytes[start + 5];
  const whole = start + 8 + 2 * (hardwareSize + protocolSize);
  const end = Math.min(whole, part.end);
  const fields: DissectedField[] = [...head];
  const problems: Problem[] = [];
  if (readUint16(bytes, start) === ARP_HARDWARE_ETHERNET && hardwareSize !== 6) {
    problems.push(error('arp.hw.size', `a MAC address has 6 bytes, not ${hardwareSize}`, arp.rfc));
  }
  if (readUint16(bytes, start + 2) === ETHERTYPE.ipv4 && protocolSize !== 4) {
    problems.push(error('arp.proto.size', `an IPv4 address has 4 bytes, not ${protocolSize}`, arp.rfc));
  }
  if (whole > part.end && problems.length === 0) {
    const field = hardwareSize > 6 ? 'arp.hw.size' : 'arp.proto.size';
    const there = part.end - start - 8;
    problems.push(error(field, `the addresses need ${whole - start - 8} bytes, ${there} are there`));
  }
  let at = start + 8;
  for (const [name, label, size, kind] of [
    ['arp.src.hw', 'Sender hardware address', hardwareSize, hasMacs ? 'mac' : ''],
    ['arp.src.proto', 'Sender protocol address', protocolSize, hasIpv4 ? 'ipv4' : ''],
    ['arp.dst.hw', 'Target hardware address', hardwareSize, hasMacs ? 'mac' : ''],
    ['arp.dst.proto', 'Target protocol address', protocolSize, hasIpv4 ? 'ipv4' : ''],
  ] as const) {
    const next = Math.min(at + size, end);
    if (next - at < size || kind === '') {
      if (next > at) fields.push(rawOctets(name, label, bytes, at, next));
    } else {
      const value =
        kind === 'mac' ? formatHex(bytes.subarray(at, next), ':') : formatIpv4(readUint32(bytes, at));
      fields.push(octets(`${name}_${kind}`, label, value, at, next));
    }
    at = next;
  }
  const layer: DissectedLayer = {
    protocol: 'arp',
    title: arp.title,
    summary: 'ARP for other addresses than IPv4 over Ethernet',
    rfc: arp.rfc,
    start,
    end: endOfFields(fields, start) / 8,
    fields,
    problems,
  };
  return { layers: [layer], end };
}
