// The glossary: every word of it is said somewhere, is found where it is meant, and is explained as promised.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DROP_REASONS } from 'wirewalk';
import { ALL_LABS, anyText, runOfLab } from '../test/kit.js';
import { answerTo } from '../worker/questions.js';
import { explainedParts } from './explained-text.js';
import { GLOSSARY } from './glossary.js';

/** The words of a sentence that are explained, with the headline of what explains them. */
const explained = (sentence: string): [string, string][] =>
  explainedParts(sentence).flatMap(({ text, entry }) => (entry === undefined ? [] : [[text, entry.term]]));

/** For each entry a sentence and the word in it that is meant. */
const MEANT: Readonly<Record<string, readonly [word: string, sentence: string]>> = {
  'ARP request and reply': ['ARP request', 'The ARP request goes to everybody.'],
  'ARP cache': ['ARP cache', 'It looks into its ARP cache: no entry.'],
  'ARP (Address Resolution Protocol)': ['ARP', 'Without ARP every machine would need a list.'],
  'MAC address table': ['MAC address table', 'It notes in its MAC address table who sits there.'],
  'MAC address': ['MAC addresses', 'Only MAC addresses count there.'],
  'Broadcast address': ['broadcast address', 'It goes to the broadcast address ff:ff:ff:ff:ff:ff.'],
  Broadcast: ['broadcast', 'A broadcast interrupts everybody.'],
  Flooding: ['all other ports', 'It sends it out of all other ports.'],
  'Port of a switch': ['port', 'It knows that this one sits behind port p2.'],
  Frame: ['frame', 'The frame ends at every router.'],
  Link: ['link', 'It asks everybody on the link.'],
  Switch: ['switch', 'A switch learns from source addresses only.'],
  'Default route': ['default route', 'It takes the default route.'],
  'Longest-prefix match': ['longest-prefix match', 'longest-prefix match: the only row that holds it'],
  'Routing table': ['routing table', 'It looks into its routing table.'],
  'Next hop': ['next hop', 'It knows only the next hop.'],
  Router: ['router', 'The frame goes to a router and no further.'],
  'TTL (time to live), of a packet': ['TTL', 'It goes out with a TTL of 63.'],
  Checksum: ['checksum', 'The checksum of the header is wrong.'],
  'MTU (maximum transmission unit)': ['MTU', 'Raise the MTU of the link.'],
  Fragment: ['fragments', 'It is cut into 2 fragments.'],
  'ICMP (Internet Control Message Protocol)': ['ICMP error', 'It tells the sender with an ICMP error.'],
  'Echo request and reply': ['echo request', 'It sends an echo request.'],
  'NAT table': ['NAT table', 'It finds in its NAT table whose it is.'],
  'NAT, NAPT (network address and port translation)': [
    'translates',
    'The home router translates: it is new.',
  ],
  Packet: ['packet', 'The packet waits.'],
  Interface: ['interface', 'It goes out of interface wan to 51.0.0.1.'],
  Handshake: ['handshake', 'The request needs no handshake.'],
  'Sequence number': ['initial sequence number', 'Its initial sequence number is 80.'],
  SYN: ['SYN, ACK', 'It answers with SYN, ACK.'],
  FIN: ['FIN', 'It gets FIN: the other side will send no more.'],
  'RST (reset)': ['RST', 'It answers with RST: there is no such connection.'],
  'PSH (push)': ['PSH', 'PSH says: hand it over now.'],
  'Duplicate ACK': ['duplicate ACK', 'It says so again: a duplicate ACK, as something is missing.'],
  'SACK (selective acknowledgment)': ['D-SACK', 'It learns from a D-SACK that it came twice.'],
  'Retransmission time-out (RTO)': [
    'retransmission time-out',
    'It has waited for its whole retransmission time-out (RTO).',
  ],
  'Congestion window (cwnd)': ['congestion window', 'Its congestion window is 7240 bytes.'],
  'Slow start and its threshold (ssthresh)': ['slow-start threshold', 'Its slow-start threshold is 7240.'],
  'Half-closed': ['half-closed', 'The connection is half-closed.'],
  'ACK (acknowledgment)': ['acknowledgment', 'It has seen no acknowledgment in time.'],
  Retransmission: ['sends again', 'TCP sends again what was lost.'],
  Window: ['window', 'It finds the window of the other side closed.'],
  'TIME-WAIT': ['TIME-WAIT', 'It waits in TIME-WAIT for 1 min.'],
  ESTABLISHED: ['ESTABLISHED', 'It is ESTABLISHED on this side.'],
  Segment: ['segment', 'It is the third segment.'],
  'TCP connection': ['connection', 'The connection is closed.'],
  'TCP (Transmission Control Protocol)': ['TCP', 'TCP keeps the time.'],
  'UDP (User Datagram Protocol)': ['UDP', 'UDP promises nothing.'],
  Datagram: ['datagram', 'The datagram stands for itself.'],
  'Port number': ['port', 'It listens on port 80.'],
  Socket: ['socket', 'It is handed to the socket.'],
  'DNS query and answer': ['DNS query', 'It writes a DNS query.'],
  'DNS cache': ['DNS cache', 'It has it in its DNS cache.'],
  'DNS server': ['DNS server', 'It asks the DNS server 8.8.8.8.'],
  'DNS (Domain Name System)': ['DNS', 'The question is one for DNS.'],
  'Alias (CNAME)': ['another name for', 'It is another name for www.example.org.'],
  'Time to live, of an answer': ['time to live', 'Its time to live is 300 s.'],
  NXDOMAIN: ['NXDOMAIN', 'It answers that it does not exist (NXDOMAIN).'],
  URL: ['URL', 'It takes the URL apart.'],
  'Browser cache': ['browser cache', 'It looks into its browser cache.'],
  'Keep-alive': ['kept open', 'It is kept open for the next one.'],
  'HTTP request and response': ['HTTP request', 'It writes an HTTP request.'],
  'HTTP (Hypertext Transfer Protocol)': ['HTTP', 'The rest is HTTP.'],
  Cache: ['cache', 'It finds it in its cache.'],
};

describe('entries', () => {
  it.each(GLOSSARY)('$term: in plain words, with where it is defined', ({ term, text, rfc, pattern }) => {
    expect(text).toMatch(/^[\p{Lu}\p{Ll}\d].*[.?]$/u);
    expect(text.length).toBeLessThan(260);
    for (const one of rfc.split(', ')) {
      expect(one, rfc).toMatch(/^((RFC \d{3,4}|IEEE 802\.\d[A-Z]?)( §\d+(\.\d+)*)?|§\d+(\.\d+)*)$/);
    }
    expect(rfc).toMatch(/^(RFC|IEEE) /);
    // Every pattern is put in one group; one of its own would shift those behind it.
    expect(new RegExp(`${pattern}|`).exec('')?.length).toBe(1);
    expect(term.trim()).toBe(term);
  });

  it('have names of their own', () => {
    expect(new Set(GLOSSARY.map(({ term }) => term)).size).toBe(GLOSSARY.length);
    expect(new Set(GLOSSARY.map(({ pattern }) => pattern)).size).toBe(GLOSSARY.length);
  });

  it('are all meant somewhere', () => {
    expect(Object.keys(MEANT).sort()).toEqual(GLOSSARY.map(({ term }) => term).sort());
  });

  it.each(Object.entries(MEANT))('%s is found, and no other entry in its place', (term, [word, sentence]) => {
    expect(explained(sentence)).toContainEqual([word, term]);
  });
});

describe('sentences', () => {
  async function saidInLabs(): Promise<string[]> {
    const said = new Set(Object.values(DROP_REASONS).flatMap(({ sentence, mend }) => [sentence, mend]));
    for (const name of ALL_LABS) {
      const { run, steps } = await runOfLab(name);
      for (const place of steps.keys()) {
        const { step } = await answerTo('step', { run, place });
        for (const { why } of step.decisions) said.add(why);
        said.add(step.sentence).add(step.why?.text ?? '');
      }
    }
    return [...said];
  }

  it('of the labs and about what is dropped use every word of the glossary', async () => {
    const sentences = await saidInLabs();
    const terms = new Set(sentences.flatMap((sentence) => explained(sentence).map(([, term]) => term)));
    const unused = GLOSSARY.map(({ term }) => term).filter((term) => !terms.has(term));
    expect(unused).toEqual([]);
  });

  it('stay as they were, word by word, and explain each entry once', async () => {
    for (const sentence of await saidInLabs()) {
      const parts = explainedParts(sentence);
      expect(parts.map(({ text }) => text).join('')).toBe(sentence);
      let at = 0;
      for (const part of parts) {
        expect(part.at).toBe(at);
        at += part.text.length;
      }
      const terms = explained(sentence).map(([, term]) => term);
      expect(new Set(terms).size).toBe(terms.length);
    }
  });

  it('of any kind stay as they were', () => {
    const words = fc.constantFrom(
      ...Object.values(MEANT).map(([word]) => word),
      ' ',
      '-',
      '.',
      'x',
      ' is ',
      '😀',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          anyText(),
          fc.array(words).map((list) => list.join('')),
        ),
        (text) => {
          expect(
            explainedParts(text)
              .map((part) => part.text)
              .join(''),
          ).toBe(text);
        },
      ),
    );
  });

  it.each([
    ['what stands within other words', 'The ARPANET had subframes, packetised-packets.', []],
    ['parts of host names and addresses', 'dns.DNS.example, router.lan, 10.0.0.1-frame', []],
    [
      'a device that is called so',
      "The home router, the provider's router and a router of the Internet.",
      [],
    ],
    ['a router of a number', 'It is sent to router R3.', []],
    [
      'ports of programs and of switches',
      'It goes from port 3333 behind port p1.',
      [
        ['port', 'Port number'],
        ['port', 'Port of a switch'],
      ],
    ],
    ['a word only once', 'The frame is a frame.', [['frame', 'Frame']]],
    [
      'the longer of two',
      'The ARP cache knows ARP.',
      [
        ['ARP cache', 'ARP cache'],
        ['ARP', 'ARP (Address Resolution Protocol)'],
      ],
    ],
  ] as const)('explain %s', (_, sentence, found) => {
    expect(explained(sentence)).toEqual(found);
  });
});
