// Why a packet can die: one closed table. The same words stand in the terminal, the page, JSON and pcapng.
// Reading list: RFC 1122 §3.2 and RFC 1812 §5 say which of these drops a host or router owes to whom.

/** One way to die. */
export interface DropReasonText {
  /** One sentence, without the packet's own values. */
  readonly sentence: string;
  /** Where the drop is demanded or described. */
  readonly rfc: string;
  /** What a person who did not expect it would do. */
  readonly mend: string;
}

const TABLE = {
  // The link
  'queue-full': {
    sentence: 'The queue in front of the link is full.',
    rfc: 'RFC 7567 §1',
    mend: 'Give the link more rate or a longer queue, or send less.',
  },
  'link-loss': {
    sentence: 'The link lost the frame on the way.',
    rfc: 'RFC 3366 §1',
    mend: 'Lower the loss of this link in the lab file.',
  },
  'link-fault': {
    sentence: 'A fault of the lab takes this frame off the link.',
    rfc: 'RFC 3366 §1',
    mend: 'Remove the fault from the lab file.',
  },
  'link-down': {
    sentence: 'Nothing is plugged into this port, or the link is down.',
    rfc: 'RFC 1812 §5.3.12',
    mend: 'Add a link to this interface or bring the link up.',
  },
  'mtu-exceeded': {
    sentence: 'The frame is longer than this link can carry.',
    rfc: 'RFC 1122 §3.3.2',
    mend: 'Raise the MTU of the link, or lower that of the sender.',
  },
  'bad-fcs': {
    sentence: 'The frame check sequence does not fit the frame: it was damaged on the way.',
    rfc: 'IEEE 802.3 §3.2.9',
    mend: 'Lower the corruption of the link in the lab file.',
  },
  // Ethernet
  'frame-too-short': {
    sentence: 'The frame ends before its Ethernet header does.',
    rfc: 'IEEE 802.3 §3.4',
    mend: 'Look at the program that sent this frame.',
  },
  'other-host': {
    sentence: 'The frame is addressed to another network card.',
    rfc: 'RFC 894',
    mend: 'Nothing: this happens whenever a switch floods.',
  },
  'unknown-ethertype': {
    sentence: 'Nothing here understands this EtherType.',
    rfc: 'RFC 894',
    mend: 'Nothing, unless the protocol should be spoken here.',
  },
  // The switch
  'same-port': {
    sentence: 'The destination sits on the port the frame came from, so it has it already.',
    rfc: 'IEEE 802.1D §7.7',
    mend: 'Nothing: the switch is right not to repeat the frame.',
  },
  'reserved-group': {
    sentence: 'The destination is a group address that bridges must not forward.',
    rfc: 'IEEE 802.1D §7.12.6',
    mend: 'Nothing: such frames are for the bridge itself.',
  },
  // ARP
  'arp-malformed': {
    sentence: 'The ARP message is cut short or is not about IPv4 over Ethernet.',
    rfc: 'RFC 826',
    mend: 'Look at the program that sent this message.',
  },
  'arp-other-target': {
    sentence: 'The ARP request asks for the address of another machine.',
    rfc: 'RFC 826',
    mend: 'Nothing: a broadcast reaches everybody, and one answers.',
  },
  'arp-unasked': {
    sentence: 'The ARP reply was not asked for and concerns no entry in use.',
    rfc: 'RFC 826, RFC 5227 §2.4',
    mend: 'Nothing, unless two machines claim one address.',
  },
  'neighbor-unresolved': {
    sentence: 'Nobody on the link answered the ARP requests for the next hop.',
    rfc: 'RFC 1122 §2.3.2.1',
    mend: 'Check the next hop: address, netmask, link, and whether the machine is on.',
  },
  'neighbor-queue-full': {
    sentence: 'Too many packets already wait for the MAC address of this next hop.',
    rfc: 'RFC 1122 §2.3.2.2',
    mend: 'Send less before the address is known.',
  },
  // IPv4
  'no-address': {
    sentence: 'The interface has no IPv4 address.',
    rfc: 'RFC 1122 §3.3.1.6',
    mend: 'Give the interface an address.',
  },
  'ipv4-truncated': {
    sentence: 'The packet is shorter than its header says.',
    rfc: 'RFC 1122 §3.2.1',
    mend: 'Look at the program that sent this packet.',
  },
  'ipv4-bad-version': {
    sentence: 'The version in the IP header is not 4.',
    rfc: 'RFC 1122 §3.2.1.1',
    mend: 'Look at the program that sent this packet.',
  },
  'ipv4-bad-header-length': {
    sentence: 'The header length is below 20 bytes or beyond the packet.',
    rfc: 'RFC 791 §3.1',
    mend: 'Look at the program that sent this packet.',
  },
  'ipv4-bad-total-length': {
    sentence: 'The total length is below the header length or beyond the frame.',
    rfc: 'RFC 791 §3.1',
    mend: 'Look at the program that sent this packet.',
  },
  'ipv4-bad-checksum': {
    sentence: 'The header checksum is wrong: the header was damaged.',
    rfc: 'RFC 1122 §3.2.1.2',
    mend: 'Look for the box that damages packets between here and the last place where the sum was right.',
  },
  'ipv4-bad-options': {
    sentence: 'The IP options are malformed.',
    rfc: 'RFC 1122 §3.2.1.8',
    mend: 'Look at the program that sent this packet.',
  },
  'ipv4-bad-source': {
    sentence: 'The source address is one that no single machine can have.',
    rfc: 'RFC 1122 §3.2.1.3, RFC 1812 §5.3.7',
    mend: 'Look at the configuration of the sender.',
  },
  'ipv4-bad-destination': {
    sentence: 'The destination address is one that must not appear on a link.',
    rfc: 'RFC 1122 §3.2.1.3, RFC 1812 §5.3.7',
    mend: 'Look at the configuration of the sender.',
  },
  'ipv4-other-host': {
    sentence: 'The packet is addressed to another machine, and a host does not forward.',
    rfc: 'RFC 1122 §3.2.1.3',
    mend: 'Make this node a router, or mend the sender’s route.',
  },
  'ipv4-ttl-exceeded': {
    sentence: 'The time to live ran out here.',
    rfc: 'RFC 1812 §5.3.1',
    mend: 'Look for a routing loop; otherwise send with a higher TTL.',
  },
  'ipv4-no-route': {
    sentence: 'No row of the routing table matches the destination.',
    rfc: 'RFC 1812 §5.2.7.1',
    mend: 'Add a route to this network, or a default route.',
  },
  'ipv4-fragmentation-needed': {
    sentence: 'The packet is too long for the next link and must not be fragmented.',
    rfc: 'RFC 1812 §5.2.7.1, RFC 1191 §4',
    mend: 'Lower the packet size, raise the MTU, or clear the DF bit.',
  },
  'ipv4-link-broadcast': {
    sentence: 'The frame was a link broadcast but the packet is not: it must not be forwarded or answered.',
    rfc: 'RFC 1122 §3.3.6, RFC 1812 §5.3.4',
    mend: 'Look at the program that sent this packet.',
  },
  'ipv4-directed-broadcast': {
    sentence: 'Routers do not forward broadcasts into a network by default.',
    rfc: 'RFC 2644',
    mend: 'Nothing: this keeps one packet from becoming many.',
  },
  'ipv4-source-route': {
    sentence: 'The packet asks for a source route, which is not followed here.',
    rfc: 'RFC 1812 §5.2.4.1, RFC 7126 §4.3',
    mend: 'Send without source-route options.',
  },
  'fragment-malformed': {
    sentence: 'The fragment has an impossible length or offset.',
    rfc: 'RFC 791 §3.2',
    mend: 'Look at the program that sent this packet.',
  },
  'fragment-overlap': {
    sentence: 'The fragment overlaps another one of its packet; the whole packet is given up.',
    rfc: 'RFC 5722 §4, RFC 1858 §4',
    mend: 'Nothing: honest senders do not do this.',
  },
  'fragment-duplicate': {
    sentence: 'This fragment is here already.',
    rfc: 'RFC 791 §3.2',
    mend: 'Nothing: the network delivered it twice.',
  },
  'fragment-mixed-ecn': {
    sentence:
      'Some fragments are marked as having met congestion, others come from a sender that does not speak ECN.',
    rfc: 'RFC 3168 §5.3',
    mend: 'Look for a box on the way that changes the ECN bits of some packets.',
  },
  'reassembly-timeout': {
    sentence: 'The other fragments of the packet did not arrive in time.',
    rfc: 'RFC 1122 §3.3.2',
    mend: 'Look for the loss of a fragment on the way.',
  },
  'reassembly-full': {
    sentence: 'Too many packets wait for fragments.',
    rfc: 'RFC 1122 §3.3.2',
    mend: 'Send fewer fragmented packets.',
  },
  'protocol-unreachable': {
    sentence: 'No protocol here has this number.',
    rfc: 'RFC 1122 §3.2.2.1',
    mend: 'Nothing, unless the protocol should be spoken here.',
  },
  // ICMP
  'icmp-truncated': {
    sentence: 'The ICMP message is shorter than its type needs.',
    rfc: 'RFC 792',
    mend: 'Look at the program that sent this message.',
  },
  'icmp-bad-checksum': {
    sentence: 'The ICMP checksum is wrong.',
    rfc: 'RFC 792',
    mend: 'Look for the box that damages packets.',
  },
  'icmp-unknown-type': {
    sentence: 'This ICMP type is not understood; such messages are discarded in silence.',
    rfc: 'RFC 1122 §3.2.2',
    mend: 'Nothing.',
  },
  'icmp-unmatched': {
    sentence: 'The ICMP message concerns nothing that is going on here.',
    rfc: 'RFC 5927 §4.1',
    mend: 'Nothing, unless you expected an answer.',
  },
  'icmp-broadcast-echo': {
    sentence: 'Echo requests to a broadcast address are not answered.',
    rfc: 'RFC 1122 §3.2.2.6',
    mend: 'Ping one machine at a time.',
  },
  // UDP
  'udp-truncated': {
    sentence: 'The UDP datagram is shorter than its header.',
    rfc: 'RFC 768',
    mend: 'Look at the program that sent this datagram.',
  },
  'udp-bad-length': {
    sentence: 'The UDP length is below 8 or beyond the packet.',
    rfc: 'RFC 768',
    mend: 'Look at the program that sent this datagram.',
  },
  'udp-bad-checksum': {
    sentence: 'The UDP checksum is wrong.',
    rfc: 'RFC 1122 §4.1.3.4',
    mend: 'Look for the box that damages packets.',
  },
  'udp-port-unreachable': {
    sentence: 'No program listens on this UDP port.',
    rfc: 'RFC 1122 §4.1.3.1',
    mend: 'Start the program, or send to the right port.',
  },
  'udp-buffer-full': {
    sentence: 'The program reads too slowly: its receive buffer has no room for the datagram.',
    rfc: 'RFC 8085 §3.1',
    mend: 'Read faster, send less, or open the socket with a larger receive buffer.',
  },
  // TCP
  'tcp-truncated': {
    sentence: 'The TCP segment is shorter than its header.',
    rfc: 'RFC 9293 §3.1',
    mend: 'Look at the program that sent this segment.',
  },
  'tcp-bad-header-length': {
    sentence: 'The data offset is below 5 words or beyond the segment.',
    rfc: 'RFC 9293 §3.1',
    mend: 'Look at the program that sent this segment.',
  },
  'tcp-bad-checksum': {
    sentence: 'The TCP checksum is wrong.',
    rfc: 'RFC 9293 §3.1 (MUST-3)',
    mend: 'Look for the box that damages packets.',
  },
  'tcp-bad-destination': {
    sentence: 'TCP speaks with one machine; a segment to a broadcast or multicast address is ignored.',
    rfc: 'RFC 9293 §3.9.2.3 (MUST-57)',
    mend: 'Look at the program that sent this segment.',
  },
  'tcp-no-connection': {
    sentence: 'No connection and no listener fits this segment.',
    rfc: 'RFC 9293 §3.10.7.1',
    mend: 'Start the server, or connect to the right port.',
  },
  'tcp-unacceptable': {
    sentence: 'The segment lies outside the receive window.',
    rfc: 'RFC 9293 §3.10.7.4',
    mend: 'Nothing: it is an old duplicate, or somebody guesses.',
  },
  'tcp-bad-ack': {
    sentence: 'The segment acknowledges something that was never sent.',
    rfc: 'RFC 9293 §3.10.7.4, RFC 5961 §5',
    mend: 'Nothing: it is an old duplicate, or somebody guesses.',
  },
  'tcp-no-ack': {
    sentence: 'Every segment of a synchronised connection must carry an acknowledgment; this one does not.',
    rfc: 'RFC 9293 §3.10.7.4',
    mend: 'Look at the program that sent this segment.',
  },
  'tcp-unexpected': {
    sentence: 'The segment means nothing in this state of the connection.',
    rfc: 'RFC 9293 §3.10.7',
    mend: 'Nothing: it is an old duplicate, or somebody guesses.',
  },
  'tcp-challenged': {
    sentence:
      'A reset or SYN that anybody could have forged is not believed at once: its sender is told where the connection is.',
    rfc: 'RFC 5961 §3.2, §4.2',
    mend: 'Nothing: an honest sender answers with a reset that fits exactly, a forger can not.',
  },
  'tcp-paws': {
    sentence: 'The timestamp of the segment is older than what has arrived already: it is an old duplicate.',
    rfc: 'RFC 7323 §5.3',
    mend: 'Nothing: the network delivered it late. If it happens often, look for machines that share an address.',
  },
  'tcp-no-timestamp': {
    sentence: 'Both sides have promised a timestamp in every segment, and this one has none.',
    rfc: 'RFC 7323 §3.2',
    mend: 'Look for a box on the way that removes TCP options.',
  },
  'tcp-closed': {
    sentence: 'The program has closed the connection: nobody would read the text any more.',
    rfc: 'RFC 1122 §4.2.2.13',
    mend: 'Let the program read to the end before it closes, or shut down only its own direction.',
  },
  'tcp-backlog-full': {
    sentence: 'Too many connections already wait to be accepted.',
    rfc: 'RFC 4987 §3',
    mend: 'Accept faster, or listen with a longer backlog.',
  },
  'tcp-buffer-full': {
    sentence: 'The data lies beyond what the receive buffer can take.',
    rfc: 'RFC 9293 §3.10.7.4',
    mend: 'Nothing: the sender ignores the window or probes it.',
  },
  // NAT
  'nat-no-entry': {
    sentence: 'No row of the translation table fits this packet from outside.',
    rfc: 'RFC 4787 §5, RFC 5382 §5',
    mend: 'Start the conversation from inside, or forward the port.',
  },
  'nat-unsupported': {
    sentence: 'The translator can not tell whose packet this is: it has no ports it knows.',
    rfc: 'RFC 3022 §2.2',
    mend: 'Use TCP, UDP or ICMP echo across the translator.',
  },
  'nat-no-port': {
    sentence: 'Every external port is taken.',
    rfc: 'RFC 4787 §4.2',
    mend: 'Give the translator more addresses, or shorter time-outs.',
  },
} as const satisfies Readonly<Record<string, DropReasonText>>;

export type DropReason = keyof typeof TABLE;

/** The table by code. */
export const DROP_REASONS: Readonly<Record<DropReason, DropReasonText>> = TABLE;

/** All codes, in an order that does not change within a version; a recorded event holds an index into it. */
export const DROP_REASON_CODES = Object.keys(TABLE) as readonly DropReason[];

const INDEX = new Map(DROP_REASON_CODES.map((code, index) => [code, index]));

export function dropReasonIndex(reason: DropReason): number {
  return INDEX.get(reason) as number;
}
