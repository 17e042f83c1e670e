// Captures of real and crafted traffic: every byte of every packet is accounted for and explained, in bounded time, the
// field that lies is named, and what both we and tshark know, both read alike.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Capture, CapturePacket } from '../src/wire/capture.js';
import { readCapture } from '../src/wire/capture-file.js';
import { dissect } from '../src/wire/dissect.js';
import type { Dissection, Problem } from '../src/wire/dissection.js';
import { unexplained } from './explained.js';
import { describeWithJudge } from './judge.js';
import { allFields, flatten, tilingFaults } from './tiling.js';
import { plain, plainValue, readWithTshark, type TsharkFrame } from './tshark.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const given = process.env.WIREWALK_CONFORMANCE;
const folder = path.resolve(root, given ?? '../shared/conformance', 'captures');
const files = capturesBelow(folder);

/** Milliseconds; far more than any of the files needs. */
const TIME_LIMIT = 5000;

/** The lies that others have found in the crafted files, by the field that tells them. */
const LIES: Readonly<Record<string, readonly string[]>> = {
  'ipfrag/pcapplusplus__ipv4-malformed.pcap': ['ip.len'],
  'robust/sv__decode-too-small__test.pcap': ['ip.len', 'udp'],
  'robust/sv__ipv4-truncated__truncated.pcap': ['ip.len', 'udp.length'],
  'robust/tcpdump__dns-zlip-1.pcap': ['udp.length'],
  'robust/tcpdump__dns-zlip-2.pcap': ['udp.length'],
  'robust/tcpdump__dns_fwdptr.pcap': ['dns.qry.name'],
  'robust/tcpdump__heapoverflow-tcp_print.pcap': ['frame.cap_len', 'ip.checksum', 'tcp.flags.res'],
  'robust/tcpdump__icmp-cksum-oobr-2.pcap': ['ip.len', 'icmp.checksum'],
  'robust/tcpdump__icmp_ext_oob_poc.pcap': ['icmp.ext.checksum', 'icmp.ext.length'],
  'robust/tcpdump__ipv4_invalid_length.pcap': ['ip'],
  'robust/tcpdump__ipv4_invalid_total_length.pcap': ['ip.len'],
  'robust/tcpdump__ipv4_invalid_total_length_2.pcap': ['ip.len'],
  'robust/tcpdump__tcp_header_heapoverflow.pcap': ['frame.cap_len', 'tcp'],
};

function capturesBelow(start: string): string[] {
  if (!existsSync(start)) return [];
  return readdirSync(start, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(?:pcap|pcapng|cap)$/.test(name))
    .map((name) => name.replaceAll(path.sep, '/'))
    .sort();
}

function read(name: string): Capture {
  return readCapture(new Uint8Array(readFileSync(path.join(folder, name))));
}

function dissectPacket(capture: Capture, packet: CapturePacket): Dissection {
  const fcsLength = packet.fcsLength ?? capture.interfaces[packet.interface]?.fcsLength;
  const { originalLength, linkType } = packet;
  return dissect(packet.captured, { originalLength, linkType, fcs: fcsLength === 4 });
}

if (files.length === 0) {
  if (given !== undefined) {
    it('finds the captures', () => expect.fail(`WIREWALK_CONFORMANCE is set, but ${folder} has no captures`));
  } else {
    console.warn('\n!!! no folder of conformance captures beside the checkout: they are SKIPPED\n');
    describe.skip('captures', () => it('are not there', () => undefined));
  }
}

it.each(files)('%s is read to its last byte, and its packets to theirs', (name) => {
  const started = performance.now();
  const capture = read(name);
  const unread = capture.remainders.filter(({ type }) => type === undefined);
  // What can not be read is the end of the file, and somebody is to blame for it.
  if (unread.length > 0) expect(capture.problems).not.toEqual([]);
  if (capture.format === 'pcap') {
    const start = 24 + capture.packets.reduce((sum, { captured }) => sum + 16 + captured.length, 0);
    const end = readFileSync(path.join(folder, name)).length;
    expect(unread).toEqual(start < end ? [{ type: undefined, start, end }] : []);
  }
  for (const packet of capture.packets) {
    const dissection = dissectPacket(capture, packet);
    expect(tilingFaults(dissection)).toEqual([]);
    expect(unexplained(dissection)).toEqual([]);
  }
  expect(performance.now() - started).toBeLessThan(TIME_LIMIT);
});

it.each(files.filter((name) => LIES[name] !== undefined))('%s is found to lie', (name) => {
  const capture = read(name);
  const found = capture.packets
    .flatMap((packet) => flatten(dissectPacket(capture, packet).layers))
    .flatMap((layer) => layer.problems.map(({ field }) => field));
  expect(found).toEqual(expect.arrayContaining([...(LIES[name] ?? [])]));
});

/** The fields that are compared, all occurrences of each; one column per protocol. */
const FIELDS: readonly string[] = [
  ...names('frame', 'len cap_len protocols'),
  ...names('eth', 'dst src addr type len padding trailer'),
  ...names('vlan', 'id priority dei etype'),
  ...names('arp', 'hw.type proto.type hw.size proto.size opcode isgratuitous isprobe isannouncement'),
  ...names('arp', 'src.hw_mac src.proto_ipv4 dst.hw_mac dst.proto_ipv4'),
  ...names('ip', 'version hdr_len dsfield dsfield.dscp dsfield.ecn len id flags flags.rb flags.df flags.mf'),
  ...names(
    'ip',
    'frag_offset ttl proto checksum checksum.status src dst addr opt.type opt.len opt.ptr opt.ra',
  ),
  ...names('ip', 'opt.sid opt.overflow opt.flag opt.time_stamp opt.time_stamp_addr rec_rt src_rt empty_rt'),
  ...names(
    'icmp',
    'type code checksum checksum.status ident seq mtu length pointer redir_gw ext.version ext.res',
  ),
  ...names('icmp', 'ext.checksum ext.checksum.status ext.length ext.class ext.ctype ext.echo.seq'),
  ...names('icmp', 'originate_timestamp receive_timestamp transmit_timestamp'),
  ...names('udp', 'srcport dstport port length checksum checksum.status'),
  ...names(
    'tcp',
    'srcport dstport port seq_raw ack_raw hdr_len len window_size_value checksum checksum.status',
  ),
  ...names(
    'tcp',
    'urgent_pointer flags flags.res flags.ae flags.cwr flags.ece flags.urg flags.ack flags.push',
  ),
  ...names('tcp', 'flags.reset flags.syn flags.fin options option_kind option_len'),
  ...names('tcp.options', 'mss_val wscale.shift wscale.multiplier sack_le sack_re sack.count tfo.cookie'),
  ...names('tcp.options', 'timestamp.tsval timestamp.tsecr md5.digest user_to_val ao.keyid ao.mac'),
  ...names('dns', 'length id flags flags.response flags.opcode flags.authoritative flags.truncated flags.z'),
  ...names('dns', 'flags.recdesired flags.recavail flags.authenticated flags.checkdisable flags.rcode'),
  ...names('dns', 'count.queries count.answers count.auth_rr count.add_rr qry.name qry.type qry.class'),
  ...names('dns', 'resp.name resp.type resp.class resp.ttl resp.len a aaaa cname ns ptr.domain_name txt'),
  ...names('dns', 'mx.preference mx.mail_exchange soa.mname soa.rname soa.serial_number rr.udp_payload_size'),
  ...names(
    'http',
    'request.method request.uri request.version response.version response.code response.phrase',
  ),
  ...names(
    'http',
    'host user_agent accept server content_type content_length_header content_length location',
  ),
  ...names('http', 'date connection cookie set_cookie referer transfer_encoding cache_control last_modified'),
];

function names(protocol: string, fields: string): string[] {
  return fields.split(' ').map((field) => `${protocol}.${field}`);
}

interface Reading {
  readonly field: string;
  /** Values, joined. */
  readonly ours: string;
  readonly theirs: string;
  readonly frame: TsharkFrame;
  readonly dissection: Dissection;
}

/** Where the two readings may differ, and why. */
const EXPLANATIONS: Readonly<Record<string, (reading: Reading) => boolean>> = {
  'IPv6, MPLS, GRE: not dissected here, so neither is what they carry': ({ frame, field, ours }) =>
    /:(?:ipv6|mpls|gre)\b/.test(text(frame, 'frame.protocols')) && !field.startsWith('eth.') && ours === '',
  'a trailer behind a protocol that is not dissected here can not be told from it': ({
    frame,
    field,
    dissection,
  }) =>
    field === 'eth.trailer' &&
    !/:(?:ip|arp)\b/.test(text(frame, 'frame.protocols')) &&
    dissection.layers.at(-1)?.protocol === 'data',
  'tshark takes the last four bytes of a trailer for a check sequence': ({ field, ours, theirs }) =>
    field === 'eth.trailer' && ours.length === theirs.length + 8 && ours.startsWith(theirs),
  'behind a lie, or where the capture was cut, each reads as far as it likes': (reading) =>
    isBroken(reading.dissection, reading.field) && isPartOfOther(reading),
  'the length of data behind a header that lies about its own': ({ field, dissection }) =>
    field === 'tcp.len' && problemsOf(dissection, 'tcp').some((problem) => problem.field === 'tcp.hdr_len'),
  'tshark reads every zero of the padding as one more end of the list': ({ field, ours, theirs }) =>
    /^(?:tcp\.option_kind|ip\.opt\.type)$/.test(field) && theirs.replace(/(?:\|0)+$/, '|0') === ours,
  'tshark shows the length of a quote only when it is not zero': ({ field, ours, theirs }) =>
    field === 'icmp.length' && ours === '0' && theirs === '',
  'tshark shows these flags in answers only': ({ field, frame, theirs }) =>
    /^dns\.flags\.(?:authoritative|recavail|authenticated|rcode)$/.test(field) &&
    theirs === '' &&
    text(frame, 'dns.flags.response') === '0',
  'tshark calls the root <Root>': ({ field, ours, theirs }) =>
    field.endsWith('.name') && theirs.replaceAll('<Root>', '.') === ours,
  'tshark knows more protocols, and what a later segment goes on with': ({ field, ours, theirs }) =>
    field === 'frame.protocols' && theirs.startsWith(ours.replace(/(?::data)+$/, '')),
};

function text(frame: TsharkFrame, field: string): string {
  return (frame[field] ?? []).map(plain).join('|');
}

function problemsOf(dissection: Dissection, protocol: string): readonly Problem[] {
  return dissection.layers.flatMap((layer) => (layer.protocol === protocol ? layer.problems : []));
}

/** True when the layer of a field is malformed or not all there. */
function isBroken(dissection: Dissection, field: string): boolean {
  const protocol = field.split('.')[0] as string;
  const isCut = problemsOf(dissection, 'frame').some((problem) => problem.field === 'frame.cap_len');
  return isCut || problemsOf(dissection, protocol).some(({ severity }) => severity === 'error');
}

function isPartOfOther({ ours, theirs }: Reading): boolean {
  const unknown = theirs === '<MISSING>' ? '' : theirs;
  return ours.startsWith(unknown) || unknown.startsWith(ours);
}

if (files.length > 0)
  describeWithJudge('tshark', 'tshark reads the same', (tshark) => {
    it.concurrent.each(files)('%s', async (name) => {
      const capture = read(name);
      const frames = await readWithTshark(tshark, path.join(folder, name), FIELDS);
      expect(frames.length).toBe(capture.packets.length);
      const differences: string[] = [];
      capture.packets.forEach((packet, index) => {
        if (packet.linkType !== 1) return;
        const frame = frames[index] as TsharkFrame;
        const dissection = dissectPacket(capture, packet);
        const values = new Map<string, string[]>();
        for (const found of allFields(dissection)) {
          values.set(found.name, [...(values.get(found.name) ?? []), plainValue(found)]);
        }
        for (const field of FIELDS) {
          const ours = (values.get(field) ?? []).join('|');
          const theirs = text(frame, field);
          if (ours === theirs) continue;
          const reading = { field, ours, theirs, frame, dissection };
          if (Object.values(EXPLANATIONS).some((explains) => explains(reading))) continue;
          differences.push(`#${index + 1} ${field}: tshark ${theirs || 'nothing'}, we ${ours || 'nothing'}`);
        }
      });
      expect(differences).toEqual([]);
    });
  });
