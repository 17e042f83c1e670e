// The shape of a lab file, said once: it reads the file, gives the types, and becomes the JSON Schema for editors.
// The names follow containerlab where it has them (`name`, `topology.nodes`, `topology.links[].endpoints`).

import { z } from 'zod';
import { mapping, named, oneOrMore } from './mapping.js';
import {
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

const portNumber = z.int().min(1).max(65535);
const uint16 = z.int().min(0).max(0xffff);
const uint32 = z.int().min(0).max(0xffffffff);
const mtu = z.int().min(68).max(65535);

const interfaceSchema = mapping({
  mac: mac.optional().describe('The address of the card; made up when absent.'),
  ip: interfaceAddress.optional(),
  mtu: mtu.optional().describe('The longest packet it sends, in bytes; 1500 when absent.'),
});

const routeSchema = mapping({
  to: prefix,
  via: ipv4.describe('The next hop; it must be on a network of this node.'),
  metric: uint32.default(0).describe('The smaller one wins among routes to the same network.'),
});

const browserSchema = mapping({
  'keep-alive': z
    .boolean()
    .default(true)
    .describe('Keep connections for later requests; otherwise close after the response.'),
  'idle-timeout': duration.optional().describe('How long an unused connection is kept; 30s when absent.'),
  reaction: duration
    .optional()
    .describe('How long it takes to notice that a connection stands; 0 when absent.'),
  'user-agent': word(/^[\x20-\x7e]{0,1000}$/, 'is no value of a header line', PRINTABLE)
    .optional()
    .describe('What the browser calls itself.'),
});

const forwardSchema = mapping({
  protocol: z.enum(['tcp', 'udp']),
  port: portNumber.describe('The port outside.'),
  to: word(
    /^(\d{1,3}\.){3}\d{1,3}:\d{1,5}$/,
    'is no address with port',
    'write it as 192.168.99.10:80',
  ).describe('Address and port of the server inside: 192.168.99.10:80.'),
});

const natSchema = mapping({
  outside: z.string().describe('The interface towards the Internet.'),
  forward: z
    .array(forwardSchema)
    .default([])
    .describe('Ports through which the outside may begin a conversation.'),
});

const headerName = word(
  /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/,
  'is no name of a header line',
  'letters, digits and -',
);
const headerValue = z
  .union([word(/^[\x20-\x7e\x80-\xff\t]*$/, 'is no value of a header line', PRINTABLE), z.number()])
  .transform(String);

const pageSchema = mapping({
  status: z.int().min(200).max(599).default(200),
  type: word(/^[\x20-\x7e]*$/, 'is no media type', 'write it as text/html')
    .default('text/html')
    .describe('The value of Content-Type.'),
  headers: named(headerName, headerValue).optional().describe('Further header lines.'),
  body: z.string().optional().describe('The page itself.'),
  size: size(0, 100_000_000).optional().describe('In place of a body: that many bytes of filler.'),
});

const hostName = word(
  /^(\*|[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?)$/,
  'is no host name',
  'write it as www.example.org, or * for every name',
);
const pagePath = word(/^\/[\x21-\x7e]*$/, 'is no path of a page', 'a path begins with / and has no spaces');

const httpSchema = mapping({
  port: portNumber.default(80),
  sites: named(hostName, named(pagePath, pageSchema)).describe(
    'Pages by host name and path; the host * is for every other name.',
  ),
});

const recordLine = z.string().describe('A line of a zone file: www 3600 A 192.0.2.1.');

const dnsServiceSchema = mapping({
  zones: named(z.string(), z.array(recordLine))
    .optional()
    .describe(
      'What this server answers for with authority: records by zone, as in zone files; @ is the zone itself.',
    ),
  cache: z
    .array(recordLine)
    .default([])
    .describe('What it learned from others before the start; names are complete.'),
});

const servicesSchema = mapping({
  dns: dnsServiceSchema.optional(),
  http: httpSchema.optional(),
  echo: z.boolean().default(false).describe('Port 7, TCP and UDP, sends everything back (RFC 862).'),
  discard: z.boolean().default(false).describe('Port 9, TCP and UDP, swallows everything (RFC 863).'),
  chargen: z
    .union([z.boolean(), size(1, 2 ** 40)])
    .default(false)
    .describe('TCP port 19 sends characters until the client closes, or so many bytes (RFC 864).'),
});

const nodeSchema = mapping({
  kind: z.enum(['host', 'router', 'nat-router', 'switch']),
  label: word(/^[^\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]{1,80}$/u, 'is no label', VISIBLE)
    .optional()
    .describe('How sentences call it: the computer.'),
  interfaces: named(portName, interfaceSchema).optional().describe('Those of a switch may be left out.'),
  gateway: ipv4.optional().describe('The next hop of the default route.'),
  dns: z.array(hostAddress).default([]).describe('The DNS servers this node asks, in order.'),
  routes: z.array(routeSchema).default([]),
  arp: named(z.string(), mac).optional().describe('MAC addresses by IPv4 address, learned before the start.'),
  hosts: named(z.string(), ipv4).optional().describe('The hosts file: addresses by name.'),
  browser: browserSchema.optional(),
  nat: natSchema.optional(),
  tcp: tcpSchema
    .optional()
    .describe('How its connections behave; what is not said here is as the lab has it.'),
  'icmp-errors': z
    .boolean()
    .optional()
    .describe('False: packets die here without a word to their senders, a black hole; true when absent.'),
  services: servicesSchema.optional(),
});

const linkSchema = mapping({
  endpoints: z.tuple([endpoint, endpoint]).describe('The two interfaces that the cable connects.'),
  delay: duration.optional().describe('One way; 0 when absent.'),
  rate: rate.optional().describe('No limit when absent.'),
  queue: z
    .int()
    .min(0)
    .max(10_000_000)
    .optional()
    .describe('Frames that may wait for the link; 1000 when absent.'),
  mark: z
    .int()
    .min(1)
    .max(10_000_000)
    .optional()
    .describe(
      'With so many waiting, packets of senders that speak ECN are marked (RFC 3168); none when absent.',
    ),
  mtu: mtu.optional(),
  loss: probability.optional(),
  corruption: probability.optional().describe('How often a bit of a frame is flipped.'),
  duplication: probability.optional(),
  reordering: probability.optional(),
  'reorder-delay': duration.optional().describe('How long a reordered frame is held back.'),
});

const ports = oneOrMore(portNumber);

const pinsSchema = mapping({
  'udp-port': ports
    .optional()
    .describe('Source ports of UDP sockets, in the order in which they are opened.'),
  'tcp-port': ports.optional(),
  isn: oneOrMore(uint32).optional().describe('Initial sequence numbers of TCP.'),
  'dns-id': oneOrMore(uint16).optional(),
  'ip-id': oneOrMore(uint16).optional(),
  'icmp-id': oneOrMore(uint16).optional(),
  'nat-udp-port': ports.optional().describe('External ports that the translator gives out.'),
  'nat-tcp-port': ports.optional(),
  'nat-icmp-id': oneOrMore(uint16).optional(),
});

const at = duration.describe('Simulated time since the start.');
const nodeReference = z.string().describe('A node of the topology.');
const commandLine = z.string().min(1).max(1000);

const stepSchema = z.union([
  mapping({ at: at.optional(), node: nodeReference, browse: url }),
  mapping({
    at: at.optional(),
    node: nodeReference,
    run: commandLine.describe('A command, such as ping -c 1 192.0.2.1.'),
  }),
]);

const linkReference = z.tuple([endpoint, endpoint]).describe('The endpoints of a link of the topology.');

const faultSchema = z.union([
  mapping({
    link: linkReference,
    from: nodeReference.optional().describe('Only frames from this end.'),
    match: filter.optional().describe('Only frames that fit; every frame when absent.'),
    nth: oneOrMore(z.int().min(1))
      .optional()
      .describe('Only the nth of them, or those of a list; all when absent.'),
    after: duration.optional().describe('Only from this simulated time on; before, none is counted.'),
    until: duration.optional().describe('Only before this simulated time.'),
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
    at: endpoint.optional().describe('Frames that this interface sent or got; everywhere when absent.'),
    count: z
      .int()
      .min(0)
      .optional()
      .describe('Exactly so many; at least one when neither count nor bounds are given.'),
    'at-least': z.int().min(0).optional(),
    'at-most': z.int().min(0).optional(),
  }),
  mapping({
    table: tableName,
    node: nodeReference,
    row: named(z.string(), value).describe('Columns and their values; other columns may hold anything.'),
    present: z.boolean().default(true),
    at: duration.optional().describe('At this simulated time; at the end when absent.'),
  }),
  mapping({
    page: url,
    node: nodeReference.optional(),
    status: z.int().min(100).max(999).optional().describe('200 when absent.'),
    'from-cache': z.boolean().optional(),
    contains: z.string().optional().describe('A text that the page contains.'),
    fails: z.boolean().default(false).describe('True: there is to be no page.'),
  }),
  mapping({ explains: z.string().min(1).describe('A text that some sentence of the walk contains.') }),
]);

export const labSchema = mapping({
  name: word(
    /^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$/,
    'is no name for a lab',
    'up to 64 small letters, digits and -',
  ),
  title: word(/^[^\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]{0,200}$/u, 'is no title', VISIBLE)
    .optional()
    .describe('One line.'),
  description: z.string().optional(),
  seed: z
    .int()
    .min(0)
    .max(0xffffffff)
    .default(1)
    .describe('Whatever is drawn at random is drawn from it: same seed, same bytes.'),
  epoch: instant.optional().describe('The wall clock at the start of the run.'),
  phases: z
    .enum(['activity', 'journey'])
    .default('activity')
    .describe('How the walk is grouped: by what programs do, or by where packets travel.'),
  tcp: tcpSchema.optional().describe('How connections behave on all hosts and routers.'),
  topology: mapping({
    nodes: named(nodeName, nodeSchema),
    links: z.array(linkSchema).default([]),
  }),
  pins: named(z.string(), pinsSchema)
    .optional()
    .describe('Values that would be drawn at random, by node; each is used once, in order.'),
  script: z
    .array(stepSchema)
    .default([])
    .describe('Who does what when. A step without a time follows when the world is at rest.'),
  faults: z.array(faultSchema).default([]),
  checks: z.array(checkSchema).default([]).describe('What must be true of the run.'),
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
