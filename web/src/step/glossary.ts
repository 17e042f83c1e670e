// The words of the trade that occur in sentences, each explained in two plain sentences, with where it is defined.

export interface GlossaryEntry {
  /** As a headline: `TTL (time to live)`. */
  readonly term: string;
  /** How it occurs in sentences, as the source of a regular expression; it must stand as a word of its own. */
  readonly pattern: string;
  readonly text: string;
  /** `RFC 826`, `IEEE 802.1D §7.9`. */
  readonly rfc: string;
}

/** Earlier entries win where two fit at the same place. */
export const GLOSSARY: readonly GlossaryEntry[] = [
  // ---- the link ----
  {
    term: 'ARP request and reply',
    pattern: 'ARP (?:request|reply|answer)s?',
    text: 'The request asks everybody on the link “who has this IP address?”; the reply comes from its owner alone and tells the MAC address. Both are small frames of their own and never pass a router.',
    rfc: 'RFC 826',
  },
  {
    term: 'ARP cache',
    pattern: 'ARP cache',
    text: 'A machine’s own list of which IP address on its link belongs to which MAC address. Entries are kept for a while only, so that machines may be exchanged.',
    rfc: 'RFC 826, RFC 1122 §2.3.2.1',
  },
  {
    term: 'ARP (Address Resolution Protocol)',
    pattern: 'ARP',
    text: 'Finds the MAC address that belongs to an IP address on the same link. It simply asks everybody there, and the owner answers.',
    rfc: 'RFC 826',
  },
  {
    term: 'MAC address table',
    pattern: 'MAC address table',
    text: 'A switch’s list of which MAC address sits behind which of its ports. It fills the table by itself, from the source address of every frame that comes in.',
    rfc: 'IEEE 802.1D §7.9',
  },
  {
    term: 'MAC address',
    pattern: 'MAC address(?:es)?',
    text: 'The 48-bit address of a network card, such as aa:bb:cc:dd:ee:ff. It counts on one link only: behind a router it means nothing.',
    rfc: 'RFC 9542 §2.1',
  },
  {
    term: 'Broadcast address',
    pattern: 'broadcast address',
    text: 'ff:ff:ff:ff:ff:ff, the address that means everybody on this link. A frame to it goes out of every port of every switch, but a router does not pass it on.',
    rfc: 'RFC 894, RFC 919 §1',
  },
  {
    term: 'Broadcast',
    pattern: 'broadcasts?',
    text: 'One frame for everybody on the link. Every machine there has to look at it, even if only to throw it away.',
    rfc: 'RFC 919 §1',
  },
  {
    term: 'Flooding',
    pattern: 'floods?|flooded|flooding|all (?:its )?other ports',
    text: 'A switch sends a frame out of every port but the one it came from. It does so with broadcasts, and with destinations it has not learned yet.',
    rfc: 'IEEE 802.1D §7.7',
  },
  {
    term: 'Port of a switch',
    pattern: '(?<=behind |out of |alone of )ports?',
    text: 'A socket in which a cable is plugged. It has nothing to do with the port numbers of TCP and UDP.',
    rfc: 'IEEE 802.1D §7.1',
  },
  {
    term: 'Frame',
    pattern: 'frames?',
    text: 'What really travels over a cable: MAC addresses in front, the packet inside, a check at the end. It lives for one link; the next link gets a new frame.',
    rfc: 'RFC 894, IEEE 802.3 §3',
  },
  {
    term: 'Link',
    pattern: '(?<=on the |on this |to the )link',
    text: 'A cable, or several joined by switches: all machines that reach each other without a router. MAC addresses and broadcasts are valid here.',
    rfc: 'RFC 1122 §1.3.3',
  },
  {
    term: 'Switch',
    pattern: 'switch(?:es)?',
    text: 'Joins cables to one link and sends each frame only to where its destination sits. It looks at MAC addresses and never at IP addresses.',
    rfc: 'IEEE 802.1D §7',
  },
  // ---- the network ----
  {
    term: 'Default route',
    pattern: 'default route',
    text: 'The row 0.0.0.0/0, which holds every address. As the shortest prefix of all it is taken only when no other row fits.',
    rfc: 'RFC 1122 §3.3.1.2',
  },
  {
    term: 'Longest-prefix match',
    pattern: 'longest[- ]prefix(?: match)?',
    text: 'When several rows of a routing table hold an address, the one that describes the smaller network wins. So an exception can stand beside a rule.',
    rfc: 'RFC 1812 §5.2.4.3',
  },
  {
    term: 'Routing table',
    pattern: 'routing tables?',
    text: 'Tells for each network by which interface, and by which next hop, a packet has to leave. Every host has one, not only routers.',
    rfc: 'RFC 1122 §3.3.1.2, RFC 1812 §5.2.4',
  },
  {
    term: 'Next hop',
    pattern: 'next hops?',
    text: 'The machine on the same link that gets the packet next: a router, or the destination itself. Nobody needs to know more of the way than this.',
    rfc: 'RFC 1812 §5.2.4',
  },
  {
    term: 'Router',
    pattern: "(?<!home |provider's |provider’s )routers?(?! (?:of|[A-Z]\\d))",
    text: 'Joins links of different networks and passes packets from one to the other. It looks only at the IP address of the destination.',
    rfc: 'RFC 1812 §2.2.3',
  },
  {
    term: 'TTL (time to live), of a packet',
    pattern: 'TTL',
    text: 'A number in each packet that every router makes smaller by one. At zero the packet is thrown away, so none can circle for ever.',
    rfc: 'RFC 791 §3.2, RFC 1812 §5.3.1',
  },
  {
    term: 'Checksum',
    pattern: 'checksums?',
    text: 'A sum over the bytes that the sender writes into the header and the receiver makes again. When they differ, something was damaged on the way.',
    rfc: 'RFC 1071',
  },
  {
    term: 'MTU (maximum transmission unit)',
    pattern: 'MTU',
    text: 'The longest packet that a link can carry, mostly 1500 bytes. What is longer has to be cut into fragments, or is refused.',
    rfc: 'RFC 791 §3.2, RFC 1191',
  },
  {
    term: 'Fragment',
    pattern: 'fragments?|fragmented',
    text: 'A piece of a packet that was too long for a link. The destination puts the pieces together again.',
    rfc: 'RFC 791 §3.2',
  },
  {
    term: 'ICMP (Internet Control Message Protocol)',
    pattern: 'ICMP(?: errors?)?',
    text: 'Messages of the network about itself: a packet could not be delivered, its time was up, are you there? Ping is made of two of them.',
    rfc: 'RFC 792',
  },
  {
    term: 'Echo request and reply',
    pattern: '[Ee]cho (?:request|reply|replies|requests)',
    text: 'The two messages of ping: whoever gets a request sends the same data back. The time until then is the round-trip time.',
    rfc: 'RFC 792',
  },
  {
    term: 'NAT table',
    pattern: 'NAT table',
    text: 'Where a translating router remembers which inside address and port stand behind which port of its own. Answers from outside find their way back by it.',
    rfc: 'RFC 3022 §2.2',
  },
  {
    term: 'NAT, NAPT (network address and port translation)',
    pattern: 'NAT|NAPT|translates|translated',
    text: 'A router replaces the private addresses inside by its own address outside, and tells the connections apart by port numbers. So a whole home needs only one public address.',
    rfc: 'RFC 3022, RFC 4787',
  },
  {
    term: 'Packet',
    pattern: 'packets?',
    text: 'What IP carries from the first sender to the last receiver, over as many links as it takes. Its addresses stay the same on the whole way, unless a translator stands in it.',
    rfc: 'RFC 791',
  },
  {
    term: 'Interface',
    pattern: 'interfaces?(?= (?:[a-z]|\\d))',
    text: 'The place where a device meets a link: a network card with its MAC address, and mostly an IP address. A router has several.',
    rfc: 'RFC 1122 §1.3.3',
  },
  // ---- the transport ----
  {
    term: 'Handshake',
    pattern: '(?:three-way )?handshake',
    text: 'Three segments open a TCP connection: SYN, SYN with ACK, ACK. Afterwards each side knows the other’s first sequence number.',
    rfc: 'RFC 9293 §3.5',
  },
  {
    term: 'Sequence number',
    pattern: '(?:initial )?sequence numbers?|initial number',
    text: 'TCP numbers every byte, beginning with a random number for each direction. So the receiver can put segments in order and sees what is missing.',
    rfc: 'RFC 9293 §3.4',
  },
  {
    term: 'SYN',
    pattern: 'SYN(?:, ACK)?',
    text: 'The flag of a segment that opens a connection and tells the sender’s first sequence number. The other side answers with SYN and ACK in one segment.',
    rfc: 'RFC 9293 §3.5',
  },
  {
    term: 'FIN',
    pattern: 'FIN(?:, ACK)?',
    text: 'The flag that says: I have no more to send. Each direction is closed by itself, so there is one from each side.',
    rfc: 'RFC 9293 §3.6',
  },
  {
    term: 'RST (reset)',
    pattern: 'RST(?:, ACK)?|reset(?:s)?(?= the connection)',
    text: 'The flag that ends a connection at once, or refuses one that nobody wants. It is the answer when no program listens on a port.',
    rfc: 'RFC 9293 §3.5.2',
  },
  {
    term: 'PSH (push)',
    pattern: 'PSH(?:, ACK)?',
    text: 'The flag that says: hand these bytes over now, no more are coming for the moment. Mostly it stands in the last segment of a request or an answer.',
    rfc: 'RFC 9293 §3.9.1.2',
  },
  {
    term: 'Duplicate ACK',
    pattern: 'duplicate ACKs?',
    text: 'The same acknowledgment once more: something has arrived, but not the byte that is waited for. Several of them mean that a segment is lost.',
    rfc: 'RFC 5681 §2',
  },
  {
    term: 'SACK (selective acknowledgment)',
    pattern: '(?:D-)?SACK',
    text: 'Beside what is complete, the receiver lists what has arrived beyond a gap, so that only the rest is sent again. A D-SACK lists what has arrived twice.',
    rfc: 'RFC 2018, RFC 2883',
  },
  {
    term: 'ACK (acknowledgment)',
    pattern: 'ACKs?|acknowledge[sd]?|acknowledgments?',
    text: 'Tells which byte is expected next: everything before it has arrived. What is not acknowledged in time is sent again.',
    rfc: 'RFC 9293 §3.4',
  },
  {
    term: 'Retransmission time-out (RTO)',
    pattern: 'retransmission time-out|RTO',
    text: 'How long a sender waits for an acknowledgment before it sends again. It is computed from the round trips that were measured, and doubled each time it runs out.',
    rfc: 'RFC 6298 §2, §5',
  },
  {
    term: 'Retransmission',
    pattern: 'retransmi(?:ssions?|ts|tted)|sen[dt] again|sends again',
    text: 'Something is sent a second time because its acknowledgment did not come in time. This is how TCP makes up for losses.',
    rfc: 'RFC 6298',
  },
  {
    term: 'Congestion window (cwnd)',
    pattern: 'congestion window|cwnd',
    text: 'How much the sender itself dares to have on the way, whatever the receiver has room for. It grows while all arrives, and shrinks when something is lost.',
    rfc: 'RFC 5681 §3.1',
  },
  {
    term: 'Slow start and its threshold (ssthresh)',
    pattern: 'slow[ -]start(?: threshold)?|ssthresh',
    text: 'At first the congestion window doubles with every round trip. Above the threshold, which a loss sets to about half of what was on the way, it grows slowly.',
    rfc: 'RFC 5681 §3.1',
  },
  {
    term: 'Half-closed',
    pattern: 'half-closed?',
    text: 'One of the two directions is closed, the other still open. Who has sent FIN can go on reading.',
    rfc: 'RFC 9293 §3.6',
  },
  {
    term: 'Window',
    pattern: '(?:receive |send )?windows?',
    text: 'How many bytes the receiver has room for. More than that the sender must not have on the way.',
    rfc: 'RFC 9293 §3.8.6',
  },
  {
    term: 'TIME-WAIT',
    pattern: 'TIME-WAIT',
    text: 'Whoever closes first keeps the connection in mind for a while. The last ACK may have to be sent again, and late duplicates must not fall into a new connection.',
    rfc: 'RFC 9293 §3.6, §3.4.2',
  },
  {
    term: 'ESTABLISHED',
    pattern: 'ESTABLISHED',
    text: 'The state in which a connection stands open and both sides may send. Each side gets there when its own SYN was acknowledged.',
    rfc: 'RFC 9293 §3.3.2',
  },
  {
    term: 'Segment',
    pattern: 'segments?',
    text: 'The piece of a byte stream that TCP puts into one packet, with ports, sequence number and flags in front.',
    rfc: 'RFC 9293 §3.1',
  },
  {
    term: 'TCP connection',
    pattern: '(?:TCP )?connections?',
    text: 'Two programs joined by two streams of bytes, one in each direction. It is known by four numbers: both addresses and both ports.',
    rfc: 'RFC 9293 §2.2',
  },
  {
    term: 'TCP (Transmission Control Protocol)',
    pattern: 'TCP',
    text: 'Carries streams of bytes that arrive complete and in order, over a network that promises neither. It numbers, acknowledges and repeats.',
    rfc: 'RFC 9293',
  },
  {
    term: 'UDP (User Datagram Protocol)',
    pattern: 'UDP',
    text: 'Carries single messages from program to program, without any promise: no handshake, no repetition. DNS questions mostly travel in it.',
    rfc: 'RFC 768',
  },
  {
    term: 'Datagram',
    pattern: 'datagrams?',
    text: 'A message of UDP that stands for itself. It arrives as a whole or not at all.',
    rfc: 'RFC 768',
  },
  {
    term: 'Port number',
    pattern: '(?<=TCP |UDP |from |to |on |of |by )ports?(?= \\d)',
    text: 'Tells for which program on a machine something is meant: 80 for web servers, 53 for DNS, any free one for whoever asks.',
    rfc: 'RFC 6335 §1',
  },
  {
    term: 'Socket',
    pattern: 'sockets?',
    text: 'A program’s end of a conversation: an address and a port. What arrives for them is handed to this program.',
    rfc: 'RFC 9293 §3.1',
  },
  // ---- names ----
  {
    term: 'DNS query and answer',
    pattern: 'DNS (?:query|queries|answers?)',
    text: 'The query asks for records of one name and type, such as the address (A) of www.example.com. The answer brings them, with the time for which they may be kept.',
    rfc: 'RFC 1035 §4.1',
  },
  {
    term: 'DNS cache',
    pattern: 'DNS cache',
    text: 'Answers that are kept until their time to live is over. So the same question is not asked twice within minutes.',
    rfc: 'RFC 1034 §5.3.1, RFC 1035 §7.4',
  },
  {
    term: 'DNS server',
    pattern: 'DNS servers?',
    text: 'A machine that answers questions about names. It knows them itself, or finds out from others.',
    rfc: 'RFC 9499 §6',
  },
  {
    term: 'DNS (Domain Name System)',
    pattern: 'DNS',
    text: 'Finds the address that belongs to a name: people know names, packets carry addresses. The knowledge is spread over very many servers.',
    rfc: 'RFC 1034 §2.1',
  },
  {
    term: 'Alias (CNAME)',
    pattern: 'alias(?:es)?|CNAME|another name for',
    text: 'A record which says that a name is only another one for the true name. The address then stands with the true name.',
    rfc: 'RFC 1034 §3.6.2',
  },
  {
    term: 'Time to live, of an answer',
    pattern: 'time to live',
    text: 'For how many seconds a DNS answer may be kept and used again. Whoever runs the name chooses it: long saves questions, short lets addresses change quickly.',
    rfc: 'RFC 1034 §3.6, RFC 2181 §8',
  },
  {
    term: 'NXDOMAIN',
    pattern: 'NXDOMAIN',
    text: 'The answer that a name does not exist at all. This, too, is kept in caches for a while.',
    rfc: 'RFC 2308, RFC 8020',
  },
  // ---- the web ----
  {
    term: 'URL',
    pattern: 'URL',
    text: 'One line that says how to speak, with whom, and about what: http, www.example.com, /. The browser takes it apart before anything else happens.',
    rfc: 'RFC 3986 §3',
  },
  {
    term: 'Browser cache',
    pattern: 'browser cache',
    text: 'Pages that the browser keeps for as long as the server allows. As long as one is fresh, showing it again takes not a single frame.',
    rfc: 'RFC 9111 §2',
  },
  {
    term: 'Keep-alive',
    pattern: 'keep-alive|kept open|keeps? the connection',
    text: 'The connection stays open after an answer, so that the next request needs no handshake. HTTP/1.1 does this unless somebody says close.',
    rfc: 'RFC 9112 §9.3',
  },
  {
    term: 'HTTP request and response',
    pattern: 'HTTP (?:requests?|responses?|answers?)',
    text: 'Text in both directions: the request says what is wanted, the response brings a status such as 200 OK, header lines and the page.',
    rfc: 'RFC 9112 §2.1',
  },
  {
    term: 'HTTP (Hypertext Transfer Protocol)',
    pattern: 'HTTP',
    text: 'The language of browsers and web servers: one asks for a page, the other brings it. It leaves all carrying to TCP.',
    rfc: 'RFC 9110',
  },
  {
    term: 'Cache',
    pattern: 'caches?',
    text: 'A store for what was found out or fetched before, so that it need not be done again. What lies in it too long is thrown away.',
    rfc: 'RFC 9111 §2, RFC 1034 §5.3.1',
  },
];
