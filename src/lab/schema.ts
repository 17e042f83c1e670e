// The shape of a lab file, said once: it reads the file, gives the types, and becomes the JSON Schema for editors.
// The names follow containerlab where it has them (`name`, `topology.nodes`, `topology.links[].endpoints`).

import * as z from 'zod/mini';
import {
  converted,
  described,
  integer,
  mapping,
  named,
  oneOrMore,
  optional,
  withDefault,
} from './mapping.js';
import {
  base64,
  duration,
  endpoint,
  filter,
  hostAddress,
  instant,
  interfaceAddress,
  ipv4,
  mac,
  nodeName,
  portName,
  prefix,
  probability,
  rate,
  size,
  url,
  word,
} from './scalars.js';
import { tcpSchema } from './tcp-options.js';

const PRINTABLE = 'one line of printable ASCII';
/** What to write in the place of a text with control characters. */
const VISIBLE = 'one line of characters that a screen can show; up to 80 in a label, 200 in a title';

const portNumber = integer(1, 65535);
const uint16 = integer(0, 0xffff);
const uint32 = integer(0, 0xffffffff);
const mtu = integer(68, 65535);

const interfaceSchema = mapping({
  mac: optional(mac, 'The address of the card; made up when absent.'),
  ip: optional(interfaceAddress),
  mtu: optional(mtu, 'The longest packet it sends, in bytes; 1500 when absent.'),
});

const routeSchema = mapping({
  to: prefix,
  via: described(ipv4, 'The next hop; it must be on a network of this node.'),
  metric: withDefault(uint32, 0, 'The smaller one wins among routes to the same network.'),
});

const browserSchema = mapping({
  'keep-alive': withDefault(
    z.boolean(),
    true,
    'Keep connections for later requests; otherwise close after the response.',
  ),
  'idle-timeout': optional(duration, 'How long an unused connection is kept; 30s when absent.'),
  reaction: optional(duration, 'How long it takes to notice that a connection stands; 0 when absent.'),
  'user-agent': optional(
    word(/^[\x20-\x7e]{0,1000}$/, 'is no value of a header line', PRINTABLE),
    'What the browser calls itself.',
  ),
});

const forwardSchema = mapping({
  protocol: z.enum(['tcp', 'udp']),
  port: described(portNumber, 'The port outside.'),
  to: described(
    word(/^(\d{1,3}\.){3}\d{1,3}:\d{1,5}$/, 'is no address with port', 'write it as 192.168.99.10:80'),
    'Address and port of the server inside: 192.168.99.10:80.',
  ),
});

const natSchema = mapping({
  outside: described(z.string(), 'The interface towards the Internet.'),
  forward: withDefault(
    z.array(forwardSchema),
    [],
    'Ports through which the outside may begin a conversation.',
  ),
});

const headerName = word(
  /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/,
  'is no name of a header line',
  'letters, digits and -',
);
const headerValue = converted(
  z.union([word(/^[\x20-\x7e\x80-\xff\t]*$/, 'is no value of a header line', PRINTABLE), z.number()]),
  String,
);

const pageSchema = mapping({
  status: withDefault(integer(200, 599), 200),
  type: optional(
    word(/^[\x20-\x7e]*$/, 'is no media type', 'write it as text/html'),
    'The value of Content-Type; when absent what the ending of the path says: image/png for /logo.png, otherwise text/html.',
  ),
  headers: optional(named(headerName, headerValue), 'Further header lines.'),
  body: optional(z.string(), 'The page itself.'),
  base64: optional(base64, 'In place of a body: its bytes in base64, such as those of a picture.'),
  size: optional(size(0, 100_000_000), 'In place of a body: that many bytes of filler.'),
  upload: optional(
    z.enum(['digest', 'echo']),
    'Takes what is sent here by POST or PUT: digest answers with its length and SHA-256, echo sends it back.',
  ),
});

const hostName = word(
  /^(\*|[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?)$/,
  'is no host name',
  'write it as www.example.org, or * for every name',
);
const pagePath = word(/^\/[\x21-\x7e]*$/, 'is no path of a page', 'a path begins with / and has no spaces');

const httpSchema = mapping({
  port: withDefault(portNumber, 80),
  sites: described(
    named(hostName, named(pagePath, pageSchema)),
    'Pages by host name and path; the host * is for every other name.',
  ),
});

const recordLine = described(z.string(), 'A line of a zone file: www 3600 A 192.0.2.1.');

const dnsServiceSchema = mapping({
  zones: optional(
    named(z.string(), z.array(recordLine)),
    'What this server answers for with authority: records by zone, as in zone files; @ is the zone itself.',
  ),
  cache: withDefault(
    z.array(recordLine),
    [],
    'What it learned from others before the start; names are complete.',
  ),
});

const servicesSchema = mapping({
  dns: optional(dnsServiceSchema),
  http: optional(httpSchema),
  echo: withDefault(z.boolean(), false, 'Port 7, TCP and UDP, sends everything back (RFC 862).'),
  discard: withDefault(z.boolean(), false, 'Port 9, TCP and UDP, swallows everything (RFC 863).'),
  chargen: withDefault(
    z.union([z.boolean(), size(1, 2 ** 40)]),
    false,
    'TCP port 19 sends characters until the client closes, or so many bytes (RFC 864).',
  ),
  iperf: withDefault(z.boolean(), false, 'Port 5201, TCP and UDP, measures with `iperf3 -c`.'),
});

const nodeSchema = mapping({
  kind: z.enum(['host', 'router', 'nat-router', 'switch']),
  label: optional(
    word(/^[^\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]{1,80}$/u, 'is no label', VISIBLE),
    'How sentences call it: the computer.',
  ),
  interfaces: optional(named(portName, interfaceSchema), 'Those of a switch may be left out.'),
  gateway: optional(ipv4, 'The next hop of the default route.'),
  dns: withDefault(z.array(hostAddress), [], 'The DNS servers this node asks, in order.'),
  routes: withDefault(z.array(routeSchema), []),
  arp: optional(named(z.string(), mac), 'MAC addresses by IPv4 address, learned before the start.'),
  hosts: optional(named(z.string(), ipv4), 'The hosts file: addresses by name.'),
  browser: optional(browserSchema),
  nat: optional(natSchema),
  tcp: optional(tcpSchema, 'How its connections behave; what is not said here is as the lab has it.'),
  'icmp-errors': optional(
    z.boolean(),
    'False: packets die here without a word to their senders, a black hole; true when absent.',
  ),
  services: optional(servicesSchema),
});

const linkSchema = mapping({
  endpoints: described(z.tuple([endpoint, endpoint]), 'The two interfaces that the cable connects.'),
  delay: optional(duration, 'One way; 0 when absent.'),
  rate: optional(rate, 'No limit when absent.'),
  queue: optional(integer(0, 10_000_000), 'Frames that may wait for the link; 1000 when absent.'),
  mark: optional(
    integer(1, 10_000_000),
    'With so many waiting, packets of senders that speak ECN are marked (RFC 3168); none when absent.',
  ),
  mtu: optional(mtu),
  loss: optional(probability),
  corruption: optional(probability, 'How often a bit of a frame is flipped.'),
  duplication: optional(probability),
  reordering: optional(probability),
  'reorder-delay': optional(duration, 'How long a reordered frame is held back.'),
});

const ports = oneOrMore(portNumber);

const pinsSchema = mapping({
  'udp-port': optional(ports, 'Source ports of UDP sockets, in the order in which they are opened.'),
  'tcp-port': optional(ports),
  isn: optional(oneOrMore(uint32), 'Initial sequence numbers of TCP.'),
  'dns-id': optional(oneOrMore(uint16)),
  'ip-id': optional(oneOrMore(uint16)),
  'icmp-id': optional(oneOrMore(uint16)),
  'nat-udp-port': optional(ports, 'External ports that the translator gives out.'),
  'nat-tcp-port': optional(ports),
  'nat-icmp-id': optional(oneOrMore(uint16)),
});

const at = described(duration, 'Simulated time since the start.');
const nodeReference = described(z.string(), 'A node of the topology.');
const commandLine = z.string().check(z.minLength(1), z.maxLength(1000));

const stepSchema = z.union([
  mapping({ at: optional(at), node: nodeReference, browse: url }),
  mapping({
    at: optional(at),
    node: nodeReference,
    run: described(commandLine, 'A command, such as ping -c 1 192.0.2.1.'),
  }),
]);

const linkReference = described(z.tuple([endpoint, endpoint]), 'The endpoints of a link of the topology.');

const faultSchema = z.union([
  mapping({
    link: linkReference,
    from: optional(nodeReference, 'Only frames from this end.'),
    match: optional(filter, 'Only frames that fit; every frame when absent.'),
    nth: optional(oneOrMore(integer(1)), 'Only the nth of them, or those of a list; all when absent.'),
    after: optional(duration, 'Only from this simulated time on; before, none is counted.'),
    until: optional(duration, 'Only before this simulated time.'),
    do: z.union([z.enum(['drop', 'damage', 'duplicate', 'mark']), mapping({ delay: duration })]),
  }),
  mapping({ at, link: linkReference, do: z.enum(['down', 'up']) }),
]);

const value = z.union([z.string(), z.number(), z.boolean()]);
const tableName = z.enum([
  ...([
    'arp',
    'mac',
    'route',
    'path-mtu',
    'nat',
    'dns-cache',
    'http-cache',
    'tcp',
    'tcp-info',
    'udp',
  ] as const),
]);

const checkSchema = z.union([
  mapping({
    packets: filter,
    at: optional(endpoint, 'Frames that this interface sent or got; everywhere when absent.'),
    count: optional(integer(0), 'Exactly so many; at least one when neither count nor bounds are given.'),
    'at-least': optional(integer(0)),
    'at-most': optional(integer(0)),
  }),
  mapping({
    table: tableName,
    node: nodeReference,
    row: described(named(z.string(), value), 'Columns and their values; other columns may hold anything.'),
    present: withDefault(z.boolean(), true),
    at: optional(duration, 'At this simulated time; at the end when absent.'),
  }),
  mapping({
    page: url,
    node: optional(nodeReference),
    status: optional(integer(100, 999), '200 when absent.'),
    'from-cache': optional(z.boolean()),
    contains: optional(z.string(), 'A text that the page contains.'),
    fails: withDefault(z.boolean(), false, 'True: there is to be no page.'),
  }),
  mapping({
    explains: described(z.string().check(z.minLength(1)), 'A text that some sentence of the walk contains.'),
  }),
]);

export const labSchema = mapping({
  name: word(
    /^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$/,
    'is no name for a lab',
    'up to 64 small letters, digits and -',
  ),
  title: optional(
    word(/^[^\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]{0,200}$/u, 'is no title', VISIBLE),
    'One line.',
  ),
  description: optional(z.string()),
  seed: withDefault(
    integer(0, 0xffffffff),
    1,
    'Whatever is drawn at random is drawn from it: same seed, same bytes.',
  ),
  epoch: optional(instant, 'The wall clock at the start of the run.'),
  phases: withDefault(
    z.enum(['activity', 'journey']),
    'activity',
    'How the walk is grouped: by what programs do, or by where packets travel.',
  ),
  tcp: optional(tcpSchema, 'How connections behave on all hosts and routers.'),
  topology: mapping({
    nodes: named(nodeName, nodeSchema),
    links: withDefault(z.array(linkSchema), []),
  }),
  pins: optional(
    named(z.string(), pinsSchema),
    'Values that would be drawn at random, by node; each is used once, in order.',
  ),
  script: withDefault(
    z.array(stepSchema),
    [],
    'Who does what when. A step without a time follows when the world is at rest.',
  ),
  faults: withDefault(z.array(faultSchema), []),
  checks: withDefault(z.array(checkSchema), [], 'What must be true of the run.'),
});

/** A lab file whose shape is right, in the engine's units: addresses as numbers, times in ns, rates in bit/s. */
export type LabFile = z.output<typeof labSchema>;
export type LabNode = z.output<typeof nodeSchema>;
export type LabLink = z.output<typeof linkSchema>;
export type LabStep = z.output<typeof stepSchema>;
export type LabFault = z.output<typeof faultSchema>;
export type LabCheck = z.output<typeof checkSchema>;
export type LabPage = z.output<typeof pageSchema>;

/** The JSON Schema of lab files (draft 2020-12), for editors. */
export function labJsonSchema(): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(labSchema, { io: 'input', unrepresentable: 'any' });
  return {
    $schema,
    title: 'wirewalk lab',
    description: 'A network, what happens in it, and what must be true of it.',
    ...rest,
  };
}
