// What things would look like without a mechanism, and where the mechanism is defined.

import type { Why } from './step.js';

const REASONS = {
  url: {
    text: 'One line says how to speak, with whom and about what. Without it, each of these would have to be told to the browser one by one.',
    rfc: 'RFC 3986 §3',
  },
  'browser-cache': {
    text: 'Without a cache in the browser every visit would fetch every byte again, also those that never change.',
    rfc: 'RFC 9111 §2',
  },
  'browser-cache-fresh': {
    text: 'The server said how long the copy may be used without asking. Without that, even an unchanged page would cost a question.',
    rfc: 'RFC 9111 §4.2',
  },
  'wait-for-name': {
    text: 'Packets carry addresses, never names. Without DNS people would have to know the address of every server, and servers could never move.',
    rfc: 'RFC 1034 §2.1',
  },
  'dns-cache': {
    text: 'Answers are kept for their time to live. Without the cache every connection to the same name would begin with the same question.',
    rfc: 'RFC 1034 §5.3.1, RFC 1035 §7.4',
  },
  'hosts-file': {
    text: 'The hosts file is older than DNS and is read first: fixed names for machines that no server knows.',
    rfc: 'RFC 952, RFC 1123 §6.1.3.8',
  },
  'dns-query': {
    text: 'One datagram asks, one answers. Over TCP the question would have to wait for a handshake first. Port and id are random, so that nobody can forge an answer blindly.',
    rfc: 'RFC 1035 §4.2.1, RFC 5452 §9.2',
  },
  'dns-retry': {
    text: 'UDP promises nothing: a lost question is never reported. Whoever asks has to keep the time and ask again.',
    rfc: 'RFC 1035 §4.2.1',
  },
  'dns-believe': {
    text: 'Only an answer to exactly this question, from the server that was asked, to the port that asked, is believed. Otherwise anybody could send wrong addresses.',
    rfc: 'RFC 5452 §9.1',
  },
  'dns-server': {
    text: 'The server answers from what it has: its own zones with authority, cached answers of others without. It tells how long the answer may be kept.',
    rfc: 'RFC 1034 §4.3.2',
  },
  'dns-negative': {
    text: 'That a name does not exist is an answer too, and is kept for a while. Without that, every typing mistake would be asked again and again.',
    rfc: 'RFC 2308 §5',
  },
  'wait-for-connection': {
    text: 'HTTP needs bytes that arrive complete and in order. IP alone promises neither, so a TCP connection has to be there first.',
    rfc: 'RFC 9110 §3.3, RFC 9293 §2.2',
  },
  'keep-alive': {
    text: 'A connection that is kept open saves the next request the handshake: one round trip.',
    rfc: 'RFC 9112 §9.3',
  },
  'http-request': {
    text: 'A request is text: a line that says what is wanted, then header lines. Host is needed because one address can serve many names.',
    rfc: 'RFC 9112 §3, §3.2',
  },
  'http-response': {
    text: 'Content-Length tells where the page ends. Without it the connection would have to be closed to mark the end.',
    rfc: 'RFC 9112 §6.3',
  },
  'http-store': {
    text: 'Cache-Control says how long the page may be shown again without asking. Without it the browser would have to guess or ask every time.',
    rfc: 'RFC 9111 §3, §5.2.2.1',
  },
  route: {
    text: 'A machine does not know the way, only the next hop. Without a default route it would need one row for every network of the Internet.',
    rfc: 'RFC 1122 §3.3.1',
  },
  'route-longest': {
    text: 'When several rows hold the destination, the longest prefix is the most exact one. Without this rule a default route would swallow all others.',
    rfc: 'RFC 1812 §5.2.4.3',
  },
  'wait-for-mac': {
    text: 'On the link only MAC addresses count. A packet sent without one would reach nobody, and one that was thrown away would have to be sent again.',
    rfc: 'RFC 826, RFC 1122 §2.3.2.2',
  },
  'arp-request': {
    text: 'The question goes to everybody because the asker does not know yet who has the address. Without ARP every machine would need a hand-made list of its neighbours.',
    rfc: 'RFC 826',
  },
  'arp-reply': {
    text: 'Who is asked notes the asker’s addresses at once, because an answer is likely to be followed by packets. Without that it would soon have to ask back.',
    rfc: 'RFC 826',
  },
  'arp-discard': {
    text: 'A broadcast interrupts everybody on the link. This is one reason why links are kept small and joined by routers.',
    rfc: 'RFC 826, RFC 919 §1',
  },
  'switch-flood': {
    text: 'A switch learns from source addresses only. What it has not learned yet, and what is for everybody, it must send everywhere, as a hub does with every frame.',
    rfc: 'IEEE 802.1D §7.7, §7.8',
  },
  'switch-forward': {
    text: 'Because the switch has learned who sits where, the frame disturbs nobody else. A hub would send it to all.',
    rfc: 'IEEE 802.1D §7.7, §7.9',
  },
  forward: {
    text: 'The frame ends at every router and a new one begins: MAC addresses change at each hop, IP addresses do not. Without the falling TTL a packet caught in a loop would circle for ever.',
    rfc: 'RFC 1812 §5.2.1, §5.3.1',
  },
  'nat-out': {
    text: 'Inside addresses mean nothing outside: an answer to them would find no way back. So the packet leaves with the outside address, and a port that tells whose it is.',
    rfc: 'RFC 3022 §2.2, RFC 4787 §4',
  },
  'nat-in': {
    text: 'All answers come to one address; only the port tells for whom. What fits no row is dropped, so nobody outside can begin.',
    rfc: 'RFC 3022 §2.2, RFC 4787 §5',
  },
  udp: {
    text: 'The port tells which program on the machine is meant. Without ports one address could run one program only.',
    rfc: 'RFC 768',
  },
  'tcp-listen': {
    text: 'Somebody has to wait before somebody else can call. A SYN for a port at which nobody listens is answered with a reset.',
    rfc: 'RFC 9293 §3.10.1',
  },
  'tcp-syn': {
    text: 'Each side numbers its bytes from a number of its own choice and must know the other’s. Starting at a random number keeps old and forged segments out.',
    rfc: 'RFC 9293 §3.5, §3.4.1',
  },
  'tcp-syn-ack': {
    text: 'Two things in one segment: yes to the other’s number, and its own. Sent apart they would cost one segment more.',
    rfc: 'RFC 9293 §3.5',
  },
  'tcp-handshake-ack': {
    text: 'Without the third segment the server could not know that its own number had arrived. An ACK without data is itself never acknowledged, or it would go on for ever.',
    rfc: 'RFC 9293 §3.5',
  },
  'tcp-data': {
    text: 'Each byte has a number, so that what is lost can be sent again and what comes twice be thrown away. PSH says: hand it over now, no more is coming.',
    rfc: 'RFC 9293 §3.4, §3.9.1.2',
  },
  'tcp-piggyback': {
    text: 'An acknowledgment may wait a moment (at most 0.5 s). Here there was something to send before the moment was over, so it rides along instead of costing a segment of its own.',
    rfc: 'RFC 1122 §4.2.3.2, RFC 9293 §3.8.6.3',
  },
  'tcp-ack': {
    text: 'Without acknowledgments the sender could not know what to send again.',
    rfc: 'RFC 9293 §3.4',
  },
  'tcp-retransmit': {
    text: 'IP may lose packets without a word. TCP keeps the time and sends again what nobody acknowledged, each time waiting twice as long.',
    rfc: 'RFC 6298 §5',
  },
  'tcp-window-probe': {
    text: 'The segment that opens a closed window may be lost, and it carries nothing that would be sent again. Without probes both sides would wait for ever.',
    rfc: 'RFC 9293 §3.8.6.1',
  },
  'tcp-fin': {
    text: 'FIN counts like a byte and is acknowledged like one: so both sides are sure that nothing is missing. Each direction is closed by itself.',
    rfc: 'RFC 9293 §3.6',
  },
  'tcp-time-wait': {
    text: 'Whoever closes first waits twice the life of a segment: its last ACK may be lost, and late duplicates must not fall into a new connection on the same ports.',
    rfc: 'RFC 9293 §3.6, §3.4.2',
  },
  'tcp-reset': {
    text: 'RST says at once that nobody is here. Without it the other side would try for minutes.',
    rfc: 'RFC 9293 §3.5.2',
  },
  'tcp-abort': {
    text: 'FIN ends a stream in order, RST ends a connection at once: what is under way or unread is thrown away, and the other side knows that it is.',
    rfc: 'RFC 9293 §3.10.5, §3.5.2',
  },
  'tcp-syn-lost': {
    text: 'Before the first answer nobody knows how far away the other side is. One second is a guess that fits almost everywhere, and each further try waits twice as long, so that a full network is not filled even more.',
    rfc: 'RFC 6298 §2.1, §5.5–5.7, RFC 9293 §3.8.1',
  },
  'tcp-time-out': {
    text: 'When not even duplicate ACKs come back, nothing is known of the path any more. So TCP begins anew with one segment, as at the start, and grows fast only up to half of what was under way.',
    rfc: 'RFC 6298 §5, RFC 5681 §3.1',
  },
  'tcp-fast-retransmit': {
    text: 'A duplicate ACK means that a segment has left the network behind a gap: so others still get through, and there is no need to wait for the time-out, which is many round trips long.',
    rfc: 'RFC 5681 §3.2, RFC 6582 §3.2',
  },
  'tcp-sack-recovery': {
    text: 'SACK tells exactly what has arrived beyond a gap: only what is missing is sent again, and several gaps are filled within one round trip. Without it a sender learns of one lost segment per round trip.',
    rfc: 'RFC 6675 §5, RFC 2018 §5',
  },
  'tcp-rack': {
    text: 'When segments may overtake each other, counting them says little. Time says more: what is missing although something that was sent later has arrived, and a while has passed, is lost.',
    rfc: 'RFC 8985 §6.2',
  },
  'tcp-tail-probe': {
    text: 'A gap shows only when something behind it arrives. Behind the last segment nothing comes, so its loss would have to wait for the time-out; one more segment brings an answer within a round trip.',
    rfc: 'RFC 8985 §7',
  },
  'tcp-recovered': {
    text: 'The window is cut once per round trip in which something was lost, not once per lost segment. So the end of the recovery is the acknowledgment of all that was sent before the loss was found.',
    rfc: 'RFC 6582 §3.2, RFC 6675 §5',
  },
  'tcp-dsack': {
    text: 'Only the receiver can know that a retransmission was not needed. Told so, the sender learns that segments here are late rather than lost, and is more patient.',
    rfc: 'RFC 2883 §4, RFC 8985 §6.2',
  },
  'tcp-gap': {
    text: 'Bytes are handed over in order, so what comes behind a gap has to wait. The receiver acknowledges it at once with the number it still waits for: that is how the sender hears of the gap.',
    rfc: 'RFC 9293 §3.10.7.4, RFC 5681 §4.2',
  },
  'tcp-duplicate-ack': {
    text: 'An ACK can say only up to where everything is there. Sent again for each segment behind a gap it tells that something arrives; with SACK, also what.',
    rfc: 'RFC 5681 §4.2, RFC 2018 §4',
  },
  'tcp-again': {
    text: 'The network may deliver twice, and an acknowledgment may be lost. Thanks to the numbers, what comes twice is noticed, thrown away, and acknowledged again.',
    rfc: 'RFC 9293 §3.10.7.4',
  },
  'tcp-ecn': {
    text: 'Without ECN a router with a full queue can say so only by dropping packets. With it, it marks them, and the senders slow down before anything is lost.',
    rfc: 'RFC 3168 §6.1',
  },
  'tcp-path-mtu': {
    text: 'Only the routers know how narrow the links on the way are. TCP forbids them to cut its packets and learns from their complaints, so nothing is cut and put together again on the way.',
    rfc: 'RFC 1191 §3, RFC 5927 §7',
  },
  'tcp-zero-window': {
    text: 'Every ACK says how many bytes there is room for. Without this a fast sender would flood a slow program, and what it has no room for would be thrown away.',
    rfc: 'RFC 9293 §3.8.6',
  },
  'tcp-window-opened': {
    text: 'The window is opened only when there is room for a whole segment or half the buffer. Otherwise every byte that is read would fetch a segment of one byte: the silly window syndrome.',
    rfc: 'RFC 9293 §3.8.6.2.2',
  },
  'tcp-keep-alive': {
    text: 'An idle connection sends nothing: one whose other side is gone would stay for ever. Who minds asks now and then; it is off by default, as a short break of the line should not end connections.',
    rfc: 'RFC 9293 §3.8.4, RFC 1122 §4.2.3.6',
  },
  'tcp-half-close': {
    text: 'A connection is two streams, and each ends by itself: one side can say that its request is complete, and still get the whole answer.',
    rfc: 'RFC 9293 §3.6, §3.10.4',
  },
  'tcp-simultaneous-close': {
    text: 'Nobody has to be first. When both FINs cross on the way, each side acknowledges the other’s and both wait in TIME-WAIT.',
    rfc: 'RFC 9293 §3.6 (case 3)',
  },
  'tcp-simultaneous-open': {
    text: 'TCP knows no client and no server. When both SYNs cross on the way, each side answers the other’s, and one connection comes of it, not two.',
    rfc: 'RFC 9293 §3.5 (figure 7)',
  },
  'tcp-cookie': {
    text: 'A flood of SYNs from forged addresses would fill the queue of connections that wait. A cookie keeps what has to be remembered in the initial number: whoever sends it back is real.',
    rfc: 'RFC 4987 §3.6',
  },
  'icmp-echo': {
    text: 'Every machine answers echo requests with the same data: the simplest way to see whether it can be reached.',
    rfc: 'RFC 792, RFC 1122 §3.2.2.6',
  },
  'icmp-error': {
    text: 'The router that drops a packet tells its sender why, quoting the packet’s beginning. Without that, all the sender would notice is silence.',
    rfc: 'RFC 792, RFC 1812 §4.3',
  },
  'ecn-mark': {
    text: 'A queue that says early that it grows need not overflow: the receiver passes the mark on, and the sender slows down as if a packet had been lost, but none was.',
    rfc: 'RFC 3168 §5, RFC 7567 §4.2',
  },
  'path-mtu': {
    text: 'Only the sender can make its packets fit the whole way. A router that drops a long one tells what would fit, and the sender keeps to it for ten minutes; then the way may have changed.',
    rfc: 'RFC 1191 §3, §6.3',
  },
  fragment: {
    text: 'A packet that is too long for the next link is cut into pieces, which are put together at the destination only.',
    rfc: 'RFC 791 §3.2',
  },
  ageing: {
    text: 'Rows die when nothing confirms them, so that machines may move and change without anybody cleaning up.',
    rfc: 'RFC 1122 §2.3.2.1',
  },
} as const satisfies Readonly<Record<string, Why>>;

export type Reason = keyof typeof REASONS;

/** Why a mechanism is there. */
export function because(reason: Reason): { why: Why } {
  return { why: REASONS[reason] };
}
