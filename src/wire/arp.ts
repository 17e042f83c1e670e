// ARP for IPv4 over Ethernet: which network card has this address?
// Reading list: RFC 826, RFC 5227 (probes and announcements), RFC 1122 §2.3.2.

import { ipv4Address, layout, macAddress, uint8, uint16 } from './layout.js';

export const ARP_REQUEST = 1;
export const ARP_REPLY = 2;
export const ARP_HARDWARE_ETHERNET = 1;

export const arp = layout('arp', 'Address Resolution Protocol', 'RFC 826', {
  hardwareType: uint16('arp.hw.type', 'Hardware type', 'The kind of link; 1 is Ethernet.', {
    names: { 1: 'Ethernet' },
  }),
  protocolType: uint16('arp.proto.type', 'Protocol type', 'The kind of address asked for; 0x0800 is IPv4.', {
    format: 'hex',
    names: { 2048: 'IPv4' },
  }),
  hardwareSize: uint8('arp.hw.size', 'Hardware size', 'Bytes in a link-layer address; 6 for a MAC address.'),
  protocolSize: uint8('arp.proto.size', 'Protocol size', 'Bytes in a protocol address; 4 for IPv4.'),
  operation: uint16('arp.opcode', 'Operation', 'Request (1) or reply (2).', {
    names: { 1: 'request', 2: 'reply' },
  }),
  senderMac: macAddress('arp.src.hw_mac', 'Sender MAC address', 'The card that sends this message.'),
  senderIp: ipv4Address('arp.src.proto_ipv4', 'Sender IP address', 'The address of the sender.'),
  targetMac: macAddress(
    'arp.dst.hw_mac',
    'Target MAC address',
    'What a request wants to know: all zeros in it.',
  ),
  targetIp: ipv4Address('arp.dst.proto_ipv4', 'Target IP address', 'The address whose card is wanted.'),
});

export const ARP_LENGTH = 28;
