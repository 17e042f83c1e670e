// The walk as a whole: nothing is left out or told twice, causes come before effects, failures are told where they
// happen, and the text keeps to its screen.

import { describe, expect, it } from 'vitest';
import { parseIpv4 } from '../src/base/address.js';
import { MINUTE, SECOND } from '../src/base/time.js';
import { runCommand } from '../src/lab/console/run-command.js';
import { runLab } from '../src/lab/run-lab.js';
import type { World } from '../src/net/world.js';
import { Ping } from '../src/service/ping.js';
import { Traceroute } from '../src/service/traceroute.js';
import type { Trace } from '../src/trace/trace.js';
import { explainWalk, startOf } from '../src/view/explain/explain-walk.js';
import { FrameFacts } from '../src/view/explain/facts.js';
import type { Step, Walk } from '../src/view/explain/step.js';
import { walkToJson } from '../src/view/json.js';
import { walkToMarkdown } from '../src/view/markdown.js';
import { renderWalk } from '../src/view/text.js';
import { dissect } from '../src/wire/dissect.js';
import { labOf, labText } from './lab-runs.js';
import { type NatHttpOptions, natHttp, threeRouters } from './worlds.js';

const URL = 'http://www.example.com/';
const ipv4 = (text: string): number => parseIpv4(text) as number;

function traceOfLab(name: string): Trace {
  return runLab(labOf(labText(name), `labs/${name}.yaml`), { runCommand }).trace();
}

/** The computer of `natHttp` opens the page; `change` breaks something before. */
function browse(options: NatHttpOptions = {}, change: (world: World) => void = () => {}): Trace {
  const world = natHttp(options);
  change(world);
  world.station('pc').browser.open(URL, () => {});
  world.runToRest();
  return world.trace();
}

function ping(
  world: World,
  from: string,
  to: string,
  options: { count?: number; size?: number } = {},
): Trace {
  const listener = { result() {}, done() {} };
  new Ping(world.station(from).stack, ipv4(to), listener, { count: 1, ...options });
  world.runToRest();
  return world.trace();
}

function threeVisits(): Trace {
  const world = natHttp({ keepAlive: true });
  const { browser } = world.station('pc');
  browser.open(URL, () => {});
  world.runToRest(SECOND);
  browser.open(URL, () => {});
  world.runToRest(SECOND);
  browser.clearCache();
  browser.open(URL, () => {});
  world.runToRest();
  world.advance(10 * MINUTE);
  return world.trace();
}

function traceroute(): Trace {
  const world = threeRouters();
  const listener = { hop() {}, done() {} };
  new Traceroute(world.station('A').stack, ipv4('33.6.6.33'), listener, { probes: 1 });
  world.runToRest();
  return world.trace();
}

/** Frames 2 and 4 of those that the home router sends to its provider are lost: the SYN and an ACK. */
function loseTwo(world: World): void {
  let count = 0;
  world.links[4]?.forth.faults.push(() => {
    count++;
    return count === 2 || count === 4 ? 'drop' : 'pass';
  });
}

const unplugRouter = (world: World): void => {
  const link = world.links[3];
  if (link !== undefined) link.up = false;
};
const forget = (node: string, unwanted: (gateway: number, port: string) => boolean) => (world: World) => {
  world.station(node).stack.ipv4.routes.remove(({ gateway, port }) => unwanted(gateway, port.name));
};

const RUNS: Readonly<Record<string, () => Trace>> = {
  'the lab nat-http': () => traceOfLab('nat-http'),
  'the lab three-routers': () => traceOfLab('three-routers'),
  'the lab tcp-loss': () => traceOfLab('tcp-loss'),
  'the lab tcp-window': () => traceOfLab('tcp-window'),
  'the lab tcp-reset': () => traceOfLab('tcp-reset'),
  'the lab tcp-close': () => traceOfLab('tcp-close'),
  'three visits and ten minutes': threeVisits,
  'a name that does not exist': () => browse({ dns: 'nxdomain' }),
  'no DNS server': () => browse({ dns: 'deaf' }),
  'no web server': () => browse({ web: 'refuses' }),
  'an unplugged router': () => browse({}, unplugRouter),
  'no default route': () =>
    browse(
      {},
      forget('pc', (gateway) => gateway !== 0),
    ),
  'no route at the provider': () =>
    browse(
      {},
      forget('isp', (_, port) => port === 'web'),
    ),
  'lost frames': () => browse({}, loseTwo),
  'ping through the translator': () => ping(natHttp({ labels: false }), 'pc', '93.184.216.34', { count: 2 }),
  'ping with fragments': () => ping(threeRouters(), 'A', '33.6.6.33', { size: 3000 }),
  'ping of nobody': () => ping(natHttp(), 'pc', '192.168.0.77'),
  traceroute,
};

const stepsOf = (walk: Walk): Step[] => walk.phases.flatMap((phase) => phase.steps);
const sentences = (walk: Walk): string =>
  stepsOf(walk)
    .map(({ sentence }) => sentence)
    .join('\n');

describe.each(Object.entries(RUNS))('%s', (_name, run) => {
  const trace = run();
  const walks = [explainWalk(trace), explainWalk(trace, { phases: 'journey' })];

  it('tells every frame and every changed row once', () => {
    const start = startOf(trace);
    const told = [
      'frame-sent',
      'frame-arrived',
      'frame-lost',
      'decided',
      'table-set',
      'table-removed',
      'held',
      'app',
    ];
    for (const walk of walks) {
      const seqs = stepsOf(walk).flatMap(({ events }) => events);
      expect(new Set(seqs).size).toBe(seqs.length);
      // That windows and timers have changed is by itself no news.
      const missing = [...trace.events(start)].filter(
        (event) =>
          told.includes(event.kind) &&
          !seqs.includes(event.seq) &&
          !('table' in event && event.table === 'tcp-info'),
      );
      expect(missing).toEqual([]);
      const changed = stepsOf(walk).flatMap(({ changes }) => changes.map(({ seq }) => seq));
      const changes = [...trace.events(start)]
        .filter(({ kind }) => kind.startsWith('table-'))
        .map(({ seq }) => seq);
      expect(changed.toSorted((a, b) => a - b)).toEqual(changes.filter((seq) => seqs.includes(seq)));
    }
  });

  it('tells causes before what they lead to, within every phase', () => {
    for (const { phases } of walks) {
      for (const { steps } of phases) {
        const place = new Map(
          steps.flatMap(({ events }, index) => events.map((seq) => [seq, index] as const)),
        );
        const early = steps.filter(({ events }, index) => {
          const cause = trace.event(events[0] as number).cause;
          return (place.get(cause) ?? -1) > index;
        });
        expect(early.map(({ id }) => id)).toEqual([]);
      }
    }
  });

  it('knows what it talks about', () => {
    for (const walk of walks) {
      const text = `${walk.summary.join('\n')}\n${sentences(walk)}\n${stepsOf(walk)
        .map(({ headline }) => headline)
        .join('\n')}`;
      expect(text).not.toMatch(/undefined|NaN|\[object/);
      for (const { sentence } of stepsOf(walk)) expect(sentence).toMatch(/[.?]$/);
    }
  });

  it.each([40, 80, 132])('stays within %i columns', (width) => {
    for (const walk of walks) {
      for (const detail of width === 80
        ? (['brief', 'normal', 'full'] as const)
        : (['brief', 'normal'] as const)) {
        const lines = renderWalk(walk, trace, { detail, width }).split('\n');
        expect(lines.filter((line) => line.length > width)).toEqual([]);
      }
    }
  });

  it('is plain without colours and ASCII', () => {
    const text = renderWalk(walks[0] as Walk, trace, { unicode: false, detail: 'full' });
    // RFC sections keep their sign; it is what they are cited with.
    expect(text.replaceAll('§', '')).toMatch(/^[\n -~]*$/);
  });

  it('colours without changing the text', () => {
    const walk = walks[0] as Walk;
    const colored = renderWalk(walk, trace, { color: true, step: String(walk.phases[0]?.number) });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escapes are what is looked for
    expect(colored.replace(/\x1b\[\d+m/g, '')).toBe(renderWalk(walk, trace, { step: '1' }));
  });

  it('is data that JSON can hold, and Markdown', () => {
    const walk = walks[0] as Walk;
    const data = walkToJson(walk, trace);
    expect(JSON.parse(JSON.stringify(data))).toEqual(data);
    const markdown = walkToMarkdown(walk, trace);
    for (const { id } of stepsOf(walk)) expect(markdown).toContain(`**${id}** `);
  });
});

describe('phases', () => {
  it('are the activities of the programs', () => {
    const walk = explainWalk(browse());
    expect(walk.phases.map(({ number, title }) => `${number} ${title}`)).toEqual([
      '1 The browser',
      '2 Finding the address of www.example.com: DNS',
      '3 Connecting to 93.184.216.34:80: TCP',
      '4 The request and its answer: HTTP',
      '5 Closing the connection: TCP',
    ]);
    expect(walk.phases.map(({ outcome }) => outcome?.sentence)).toEqual([
      undefined,
      'www.example.com is 93.184.216.34',
      'connected: 192.168.0.10:9999 → 93.184.216.34:80',
      '200 OK',
      'both directions are closed',
    ]);
  });

  it('are who talks to whom, when journeys are wanted', () => {
    const { phases } = explainWalk(traceOfLab('three-routers'), { phases: 'journey' });
    expect(phases.map(({ title }) => title)).toEqual([
      'Browser A → DNS server B: DNS query',
      'DNS server B → browser A: DNS answer',
      'Browser A → web server C and back: TCP and HTTP',
    ]);
  });

  it('name the machine behind a translator', () => {
    const { phases } = explainWalk(browse(), { phases: 'journey' });
    expect(phases[1]?.title).toBe('The DNS server → the computer: DNS answer');
  });

  it('come again when a program does it again', () => {
    const { phases } = explainWalk(threeVisits());
    expect(phases.map(({ title }) => title)).toEqual([
      'The browser',
      'Finding the address of www.example.com: DNS',
      'Connecting to 93.184.216.34:80: TCP',
      'The request and its answer: HTTP',
      'The browser',
      'Changes at the computer',
      'The browser',
      'Finding the address of www.example.com: DNS',
      'The request and its answer: HTTP',
      'Closing the connection: TCP',
      'Later: entries grow old',
    ]);
  });
});

describe('what waits', () => {
  const walk = explainWalk(browse());
  const text = renderWalk(walk, browse());

  it('is told with what is not known yet', () => {
    const open = stepsOf(walk).flatMap(({ packet }) =>
      packet !== undefined && packet.open.length > 0 ? [packet.open] : [],
    );
    expect(open).toEqual([
      ['ip.dst', 'eth.dst', 'tcp.srcport'],
      ['eth.dst'],
      ['tcp.srcport', 'tcp.seq', 'tcp.ack', 'eth.dst'],
    ]);
    expect(text).toContain('Ethernet[ SourceMac=AA:AA:AA:AA:AA:AA, DestMac=????,');
    expect(text).toContain('TCP[ SourcePort=????, DestPort=80, Flags=SYN ]');
  });

  it('goes on in order: the SYN after DNS, the request after the SYN', () => {
    const order = [
      'waits for DNS',
      'the packet waits',
      'the request waits for TCP',
      'sends the HTTP request',
    ];
    const places = order.map((words) => sentences(walk).indexOf(words));
    expect(places.every((place, index) => place > (places[index - 1] ?? -1))).toBe(true);
  });
});

describe('failures', () => {
  const failed = (trace: Trace) => {
    const walk = explainWalk(trace);
    const step = stepsOf(walk).find(({ id }) =>
      walk.summary.some((line) => line.startsWith(`It failed at step ${id}:`)),
    );
    return { ok: walk.ok, node: step?.node, reason: step?.drop?.reason, summary: walk.summary.join('\n') };
  };

  it('names the server that says the name does not exist', () => {
    expect(failed(browse({ dns: 'nxdomain' }))).toMatchObject({ ok: false, node: 'dns', reason: undefined });
  });

  it('names the machine where nobody listens', () => {
    expect(failed(browse({ dns: 'deaf' }))).toMatchObject({
      ok: false,
      node: 'dns',
      reason: 'udp-port-unreachable',
    });
    expect(failed(browse({ web: 'refuses' }))).toMatchObject({
      ok: false,
      node: 'web',
      reason: 'tcp-no-connection',
    });
  });

  it('names the machine that has no route, and what to do', () => {
    const outcome = failed(
      browse(
        {},
        forget('isp', (_, port) => port === 'web'),
      ),
    );
    expect(outcome).toMatchObject({ ok: false, node: 'isp', reason: 'ipv4-no-route' });
    expect(outcome.summary).toContain('What to do: Add a route to this network, or a default route.');
    const own = failed(
      browse(
        {},
        forget('pc', (gateway) => gateway !== 0),
      ),
    );
    expect(own).toMatchObject({ ok: false, node: 'pc', reason: 'ipv4-no-route' });
  });

  it('names the machine that got no answer to ARP', () => {
    const outcome = failed(browse({}, unplugRouter));
    expect(outcome).toMatchObject({ ok: false, node: 'pc', reason: 'neighbor-unresolved' });
    expect(failed(ping(natHttp(), 'pc', '192.168.0.77'))).toMatchObject({
      ok: false,
      reason: 'neighbor-unresolved',
    });
  });

  it('are no failures when TCP mends them', () => {
    const walk = explainWalk(browse({}, loseTwo));
    expect(walk.ok).toBe(true);
    expect(walk.summary.at(-1)).toMatch(
      /^2 packets died on the way, at 3., 3., without doing harm in the end\.$/,
    );
    expect(sentences(walk)).toMatch(/has had no answer to its SYN for 1 s and sends the SYN again/);
  });
});

describe('sentences', () => {
  it('begin with a capital, or with the bare name of a node', () => {
    const odd = ({ node, sentence }: Step): boolean => !/^[A-Z]/.test(sentence) && !sentence.startsWith(node);
    const bare = stepsOf(explainWalk(browse({ labels: false })));
    expect([...stepsOf(explainWalk(browse())), ...bare].filter(odd)).toEqual([]);
    expect(stepsOf(explainWalk(browse()))[0]?.sentence).toMatch(/^The computer takes the URL apart/);
    expect(bare[0]?.sentence).toMatch(/^pc takes the URL apart/);
  });

  it('say why an acknowledgment rides along', () => {
    const step = stepsOf(explainWalk(browse())).find(({ headline }) => headline.startsWith('HTTP 200'));
    expect(step?.sentence).toContain('rides along');
    expect(step?.why?.rfc).toContain('RFC 1122 §4.2.3.2');
  });
});

it('reads headers as the dissection does', () => {
  const trace = traceOfLab('nat-http');
  const names = [
    'eth.dst',
    'eth.type',
    'arp.opcode',
    'ip.src',
    'ip.ttl',
    'udp.dstport',
    'tcp.flags',
    'tcp.len',
    'tcp.ack_raw',
  ];
  for (const event of trace.events()) {
    if (event.kind !== 'frame-sent') continue;
    const bytes = trace.frameBytes(event.frame);
    const facts = new FrameFacts(bytes);
    const { layers } = dissect(bytes);
    const fields = layers.flatMap((layer) => layer.fields);
    for (const name of names)
      expect(facts.get(name)).toBe(fields.find((field) => field.name === name)?.value);
    for (const protocol of ['arp', 'ip', 'udp', 'tcp', 'dns', 'http'] as const) {
      expect(facts.has(protocol)).toBe(layers.some((layer) => layer.protocol === protocol));
    }
  }
});

it('tells a trace without bytes too', () => {
  const world = natHttp({ record: 'events' });
  world.station('pc').browser.open(URL, () => {});
  world.runToRest();
  const trace = world.trace();
  const walk = explainWalk(trace);
  expect(walk.ok).toBe(true);
  expect(walk.phases.length).toBe(5);
  expect(renderWalk(walk, trace, { detail: 'full' })).toContain('Finding the address');
});

it('tells nothing where nothing happens', () => {
  const walk = explainWalk(natHttp().trace());
  expect(walk).toMatchObject({ ok: true, phases: [] });
});

it('renders one step in full, or one phase', () => {
  const trace = browse();
  const walk = explainWalk(trace);
  const step = renderWalk(walk, trace, { step: '2c' });
  expect(step).toMatch(/^ {2}2c {2}The computer looks into its routing table/);
  expect(step).toContain('not 192.168.0.0/24 on the link dev eth0 (does not hold 8.8.8.8)');
  expect(step).toContain('Why: ');
  const phase = renderWalk(walk, trace, { step: '5', detail: 'brief' });
  expect(phase.split('\n')[0]).toMatch(/^── 5 {2}Closing the connection/);
  expect(phase).not.toContain(' 4a ');
});

it('has frames in JSON as hex and by filter name', () => {
  const trace = browse();
  const data = walkToJson(explainWalk(trace), trace);
  const frames = data.phases.flatMap(({ steps }) => steps.flatMap((step) => step.frames));
  const query = frames.find(({ event, node }) => event === 'held' && node === 'pc');
  expect(query?.protocols).toEqual(['eth', 'ip', 'udp', 'dns']);
  expect(query?.fields['udp.srcport']).toBe(3333);
  expect(query?.hex).toHaveLength((query?.length ?? 0) * 2);
  const sent = [...trace.events()].filter(({ kind }) => kind === 'frame-sent');
  expect(frames.filter(({ event }) => event === 'sent')).toHaveLength(sent.length);
});
