// What labs say about TCP and about what happens to it on the way: options, marks of congestion, faults that hit single
// segments, narrow paths and black holes.

import { writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { MILLISECOND, MINUTE, SECOND } from '../src/base/time.js';
import { buildWorld } from '../src/lab/build-world.js';
import { runCommand } from '../src/lab/console/run-command.js';
import { formatProblem } from '../src/lab/problem.js';
import { readLab } from '../src/lab/read-lab.js';
import { type LabRun, runLab } from '../src/lab/run-lab.js';
import { USUAL_KEEP_ALIVE } from '../src/stack/tcp/connection-options.js';
import { explainWalk } from '../src/view/explain/explain-walk.js';
import { tracePcapng } from '../src/view/pcapng.js';
import { parseFilter } from '../src/wire/display-filter.js';
import { dissect } from '../src/wire/dissect.js';
import { Folder } from './cli.js';
import { describeWithJudge } from './judge.js';
import { flagsOf, framesAt, labOf, type SeenFrame, tableAt } from './lab-runs.js';
import { runTshark } from './tshark.js';

/** Two hosts, a router between them, and a server of everything on the right. */
function lab({ top = '', a = '', r = '', left = '', right = '', faults = '', script = '' } = {}): string {
  return `
name: pair
${top}
topology:
  nodes:
    a: { kind: host, interfaces: { eth0: { ip: 192.0.2.1/24 } }, gateway: 192.0.2.254${a} }
    r: { kind: router, interfaces: { left: { ip: 192.0.2.254/24 }, right: { ip: 198.51.100.254/24 } }${r} }
    b:
      kind: host
      interfaces: { eth0: { ip: 198.51.100.1/24 } }
      gateway: 198.51.100.254
      services: { echo: true, discard: true, chargen: 40kB }
  links:
    - { endpoints: ["a:eth0", "r:left"], delay: 1ms${left} }
    - { endpoints: ["r:right", "b:eth0"], delay: 5ms${right} }
script: [${script}]
faults: [${faults}]
`;
}

const SEND = (bytes: number) => `{ node: a, run: "nc -N --send-bytes ${bytes} 198.51.100.1 9" }`;

function run(text: string): LabRun {
  const done = runLab(labOf(text), { runCommand });
  expect(done.commands.filter(({ ok }) => !ok)).toEqual([]);
  expect(done.finished).toBe(true);
  return done;
}

const tcpAt = (done: LabRun, ...places: string[]): SeenFrame[] =>
  framesAt(done.trace(), ...places).filter(({ fields }) => fields['tcp.srcport'] !== undefined);
const dataAt = (done: LabRun, place: string): SeenFrame[] =>
  tcpAt(done, place).filter(({ fields }) => (fields['tcp.len'] as number) > 0);
const told = (done: LabRun): string =>
  explainWalk(done.trace())
    .phases.flatMap(({ steps }) => steps.map(({ headline, sentence }) => `${headline}\n${sentence}`))
    .join('\n');

describe('tcp:', () => {
  const defaults = (text: string, node: string) => buildWorld(labOf(text)).station(node).stack.tcp.defaults;

  it('says nothing by itself', () => {
    expect(defaults(lab(), 'a')).toEqual({});
  });

  it('at the top is for all, routers too; in a node for that node before it, key by key', () => {
    const text = lab({
      top: 'tcp: { congestion: newreno, ecn: true, receive-buffer: 64KiB }',
      a: ', tcp: { congestion: cubic, receive-buffer: 1MB, keep-alive: true }',
    });
    const all = { congestion: 'newreno', ecn: true, receiveBuffer: 65536 };
    expect([defaults(text, 'b'), defaults(text, 'r')]).toEqual([all, all]);
    expect(defaults(text, 'a')).toEqual({
      congestion: 'cubic',
      ecn: true,
      receiveBuffer: 1_000_000,
      keepAlive: true,
    });
  });

  it('reaches every option', () => {
    const top = `tcp:
  congestion: cubic
  recovery: sack
  sack: false
  timestamps: false
  window-scale: false
  ecn: true
  initial-window: 3
  mss: 536
  receive-buffer: 2000
  send-buffer: "1.5 KiB"
  nodelay: true
  ack-delay: 0
  minimum-rto: 200ms
  segment-lifetime: 1s
  keep-alive: { idle: 10s, probes: 3 }
  user-timeout: 5min`;
    expect(defaults(lab({ top }), 'a')).toEqual({
      congestion: 'cubic',
      recovery: 'sack',
      sack: false,
      timestamps: false,
      windowScale: false,
      ecn: true,
      initialWindow: 3,
      mss: 536,
      receiveBuffer: 2000,
      sendBuffer: 1536,
      nodelay: true,
      ackDelay: 0,
      minimumRto: 200 * MILLISECOND,
      segmentLifetime: SECOND,
      keepAlive: { ...USUAL_KEEP_ALIVE, idle: 10 * SECOND, probes: 3 },
      userTimeout: 5 * MINUTE,
    });
  });

  it('changes what goes over the link', () => {
    const syn = (top: string) => {
      const [frame] = tcpAt(run(lab({ top, script: SEND(1) })), 'a:eth0');
      return { flags: frame?.fields['tcp.flags'], options: Object.keys(frame?.fields ?? {}), frame };
    };
    const plain = syn('tcp: { sack: false, timestamps: false, window-scale: false, mss: 1000 }');
    expect(plain.options.filter((name) => name.startsWith('tcp.options.'))).toEqual([
      'tcp.options.mss',
      'tcp.options.mss_val',
    ]);
    expect(plain.frame?.fields['tcp.options.mss_val']).toBe(1000);
    const rich = syn('tcp: { ecn: true }');
    expect(rich.options).toEqual(
      expect.arrayContaining([
        'tcp.options.sack_perm',
        'tcp.options.timestamp.tsval',
        'tcp.options.wscale.shift',
      ]),
    );
    expect([plain.flags, rich.flags]).toEqual([0x002, 0x0c2]);
  });

  const problems = (text: string) => {
    const read = readLab(text, 'test.yaml');
    return 'errors' in read ? read.errors.map(formatProblem) : [];
  };

  it.each([
    ['{ congestion: newrno }', 'newrno', '"newrno" is none of: newreno, cubic', 'did you mean newreno?'],
    ['{ recovery: time }', 'time', '"time" is none of: rack, sack', ''],
    ['{ sak: true }', 'sak', 'there is no key "sak" here', 'did you mean sack?'],
    ['{ sack: maybe }', 'maybe', '"maybe" is not true or false', ''],
    ['{ initial-window: 0 }', '0', '0 is too small', 'at least 1'],
    ['{ initial-window: 101 }', '101', '101 is too large', 'at most 100'],
    ['{ mss: 40 }', '40', '40 is too small', 'at least 48'],
    ['{ receive-buffer: 64KB/s }', '64KB/s', '"64KB/s" is no number of bytes', '64KiB'],
    ['{ receive-buffer: 0 }', '0', '0 is too small', 'at least 1'],
    ['{ send-buffer: 2GiB }', '2GiB', '"2GiB" is too large', 'at most 1073741824'],
    ['{ send-buffer: 0.5 }', '0.5', '0.5 is no number of bytes', ''],
    ['{ ack-delay: 1s }', '1s', '"1s" is too long', 'at most 500ms'],
    ['{ ack-delay: 40 }', '40', '40 is no time', '40ms or 40s?'],
    ['{ minimum-rto: 0 }', '0', '0 is too short', 'at least 1ms'],
    ['{ keep-alive: 5s }', '5s', '"5s" is not true or false or a mapping', ''],
    ['{ keep-alive: { idle: 1ms } }', '1ms', '"1ms" is too short', 'at least 1s'],
    ['{ keep-alive: { probes: 0 } }', '0', '0 is too small', 'at least 1'],
    ['{ syn-backlog: many }', 'many', '"many" is not a number', ''],
  ])('%s is a mistake', (value, marked, message, mend) => {
    for (const place of [{ top: `tcp: ${value}` }, { a: `, tcp: ${value}` }]) {
      const [first = '', ...more] = problems(lab(place));
      expect(more).toEqual([]);
      expect(first).toContain(message);
      if (mend !== '') expect(first).toContain(mend);
      const [, source = '', under = ''] = first.split('\n');
      const at = under.indexOf('^');
      expect(source.slice(at, at + under.trim().replace(/^\| */, '').length)).toBe(marked);
    }
  });

  it('is nothing for a switch, as it has no TCP; nor has it ICMP errors to keep back', () => {
    const text = lab().replace(
      '    b:\n',
      '    s: { kind: switch, tcp: { ecn: true }, icmp-errors: false }\n    b:\n',
    );
    expect(problems(text).map((line) => line.split('\n')[0])).toEqual([
      expect.stringContaining('a switch has no tcp'),
      expect.stringContaining('a switch has no icmp-errors'),
    ]);
  });

  it.each([
    ['mark: 5', 'nothing ever waits for a link without a rate', 'give the link a rate'],
    [
      'rate: 1M, queue: 5, mark: 5',
      'the queue is full with 5 frames, before anything is marked',
      'at most 4',
    ],
    ['rate: 1M, queue: 1, mark: 1', 'the queue is full with 1 frames', 'longer'],
    ['rate: 1M, mark: 0', '0 is too small', 'at least 1'],
  ])('and a link with { %s } marks nothing', (options, message, mend) => {
    const [first] = problems(lab({ right: `, ${options}` }));
    expect(first).toContain(message);
    expect(first).toContain(mend);
  });

  it.each([
    ['nth: 0', '0 is too small'],
    ['nth: [2, 0]', '0 is too small'],
    ['after: 2s, until: 2s', 'the fault is over before it begins'],
    ['after: 2s, until: 1s', 'the fault is over before it begins'],
    ['until: 0', 'the fault is over before it begins'],
  ])('and a fault with { %s } is a mistake', (options, message) => {
    const faults = `{ link: ["a:eth0", "r:left"], ${options}, do: drop }`;
    expect(problems(lab({ faults })).join('\n')).toContain(message);
  });

  it('two programs can not have one port', () => {
    const text = lab().replace('services: {', 'services: { http: { port: 7, sites: {} },');
    expect(problems(text)[0]).toContain('port 7 is that of echo');
  });
});

describe('marks of congestion', () => {
  const ecn = 'tcp: { ecn: true }';
  const narrow = ', rate: 5M, queue: 50, mark: 8';

  it('slow TCP down where it speaks ECN: nothing is lost, and the walk tells it', () => {
    const done = run(lab({ top: ecn, left: ', rate: 1G', right: narrow, script: SEND(200_000) }));
    const marked = dataAt(done, 'b:eth0').filter(({ fields }) => fields['ip.dsfield.ecn'] === 3);
    expect(marked.length).toBeGreaterThan(0);
    expect(dataAt(done, 'a:eth0').every(({ fields }) => fields['ip.dsfield.ecn'] === 2)).toBe(true);
    const flags = (name: string, place: string) =>
      tcpAt(done, place).some(
        (frame) => frame.fields[`tcp.flags.${name}`] === true && !flagsOf(frame).includes('SYN'),
      );
    expect([flags('ece', 'b:eth0'), flags('cwr', 'a:eth0')]).toEqual([true, true]);
    const kinds = [...done.trace().events()];
    expect(kinds.some(({ kind }) => kind === 'frame-lost')).toBe(false);
    const text = told(done);
    expect(text).toMatch(/^TCP segment → 198\.51\.100\.1, TTL 64 → 63 .*, marked CE$/m);
    expect(text.match(/it is marked as having met congestion \(CE\)/g)).toHaveLength(1);
    expect(text).toContain('The queue in front of the link is long: the TCP segment is marked (CE).');
  });

  it('leave who does not speak it alone', () => {
    const done = run(lab({ left: ', rate: 1G', right: narrow, script: SEND(200_000) }));
    expect(tcpAt(done, 'b:eth0').every(({ fields }) => fields['ip.dsfield.ecn'] === 0)).toBe(true);
    expect(told(done)).not.toContain('CE');
  });

  it('of a fault hit one segment', () => {
    const fault = '{ link: ["r:right", "b:eth0"], from: r, match: "tcp.len > 0", nth: 3, do: mark }';
    const done = run(lab({ top: ecn, faults: fault, script: SEND(20_000) }));
    const marks = dataAt(done, 'b:eth0').map(({ fields }) => fields['ip.dsfield.ecn'] === 3);
    expect(marks.flatMap((isMarked, index) => (isMarked ? [index] : []))).toEqual([2]);
  });
});

describeWithJudge('tshark', 'marks of congestion, as tshark reads them', (tshark) => {
  const folder = new Folder();
  afterAll(() => folder.remove());

  it('are where our filters find them, under the same names, and all checksums fit', async () => {
    const top = 'tcp: { ecn: true }';
    const done = run(lab({ top, right: ', rate: 5M, queue: 50, mark: 8', script: SEND(200_000) }));
    const trace = done.trace();
    const file = folder.file('marks.pcapng');
    writeFileSync(file, Buffer.concat([...tracePcapng(trace)]));
    const frames = [...trace.events()].flatMap((event) =>
      event.kind === 'frame-sent' || event.kind === 'frame-arrived'
        ? [dissect(trace.frameBytes(event.frame))]
        : [],
    );
    for (const [text, isThere] of [
      ['ip.dsfield.ecn == 0', true],
      ['ip.dsfield.ecn == 2', true],
      ['ip.dsfield.ecn == 3', true],
      ['tcp.flags.ece == 1', true],
      ['tcp.flags.cwr == 1', true],
      ['tcp.flags.ae == 0 && tcp.flags.cwr == 1 && tcp.flags.ece == 1 && tcp.flags.syn == 1', true],
      ['tcp.flags.ae == 1', false],
      ['ip.checksum.status == 0 || tcp.checksum.status == 0', false],
    ] as const) {
      const filter = parseFilter(text);
      if ('error' in filter) throw new Error(filter.error);
      const ours = frames.filter((frame) => filter.matches(frame)).length;
      const theirs = (await runTshark(tshark, file, '-Y', text)).split('\n').length - 1;
      expect([text, ours, ours > 0]).toEqual([text, theirs, isThere]);
    }
  });
});

describe('faults that hit single segments', () => {
  const link = 'link: ["a:eth0", "r:left"]';
  const faulty = (fault: string, bytes = 20_000) =>
    run(lab({ faults: `{ ${link}, ${fault} }`, script: SEND(bytes) }));
  /** Places in the order of sending of those segments that never came to the router. */
  const missing = (done: LabRun, sent: SeenFrame[], at: string): number[] => {
    const arrived = new Set(tcpAt(done, at).map(({ packet }) => packet));
    return sent.flatMap(({ packet }, index) => (arrived.has(packet) ? [] : [index + 1]));
  };
  const isSyn = ({ fields }: SeenFrame) => fields['tcp.flags.syn'] === true;

  it('the second data segment', () => {
    const done = faulty('match: "tcp.len > 0", nth: 2, do: drop');
    expect(missing(done, dataAt(done, 'a:eth0'), 'r:left')).toEqual([2]);
  });

  it('several of them', () => {
    const done = faulty('from: a, match: "tcp.len > 0", nth: [3, 4, 6], do: drop');
    expect(missing(done, dataAt(done, 'a:eth0'), 'r:left')).toEqual([3, 4, 6]);
  });

  it('the first two SYNs, so that the third comes through', () => {
    const done = faulty('match: "tcp.flags.syn == 1 && tcp.flags.ack == 0", nth: [1, 2], do: drop', 10);
    const syns = tcpAt(done, 'a:eth0').filter((frame) => isSyn(frame) && flagsOf(frame) === 'SYN');
    expect(syns.map(({ event }) => Math.round(event.time / SECOND))).toEqual([0, 1, 3]);
    expect(missing(done, syns, 'r:left')).toEqual([1, 2]);
  });

  it('one acknowledgment, late; one segment, twice', () => {
    const late = faulty('from: r, match: "tcp.len == 0 && tcp.flags.syn == 0", nth: 2, do: { delay: 50ms }');
    const waits = tcpAt(late, 'r:left')
      .filter(({ event, fields }) => event.kind === 'frame-sent' && fields['tcp.flags.syn'] === false)
      .map(({ packet, event }) => {
        const arrival = tcpAt(late, 'a:eth0').find((seen) => seen.packet === packet);
        return ((arrival?.event.time as number) - event.time) / MILLISECOND;
      });
    expect(waits.slice(0, 4)).toEqual([1, 51, 1, 1]);
    const twin = faulty('from: a, match: "tcp.len > 0", nth: 4, do: duplicate');
    const sequences = dataAt(twin, 'b:eth0').map(({ fields }) => fields['tcp.seq_raw']);
    expect(sequences[4]).toBe(sequences[3]);
    expect(new Set(sequences).size).toBe(sequences.length - 1);
  });

  it('all of a time, and none before or after', () => {
    const script = '{ node: a, run: "ping -i 0.1 -c 10 198.51.100.1" }';
    const done = run(lab({ faults: `{ ${link}, from: a, after: 250ms, until: 0.55s, do: drop }`, script }));
    const sent = framesAt(done.trace(), 'a:eth0').filter(({ fields }) => fields['icmp.type'] === 8);
    const arrived = new Set(framesAt(done.trace(), 'b:eth0').map(({ packet }) => packet));
    expect(sent.flatMap(({ packet }, index) => (arrived.has(packet) ? [] : [index]))).toEqual([3, 4, 5]);
  });

  it('counts only from its time on', () => {
    const script = '{ node: a, run: "ping -i 0.1 -c 10 198.51.100.1" }';
    const done = run(lab({ faults: `{ ${link}, from: a, after: 250ms, nth: 2, do: drop }`, script }));
    const sent = framesAt(done.trace(), 'a:eth0').filter(({ fields }) => fields['icmp.type'] === 8);
    const arrived = new Set(framesAt(done.trace(), 'b:eth0').map(({ packet }) => packet));
    expect(sent.flatMap(({ packet }, index) => (arrived.has(packet) ? [] : [index]))).toEqual([4]);
  });
});

describe('a narrow path', () => {
  /** With a second router, so that neither end sees how narrow the link between them is. */
  const narrow = (text: string): string =>
    text
      .replace(
        '    b:\n',
        '    q: { kind: router, interfaces: { left: { ip: 203.0.113.2/24 }, right: { ip: 198.51.100.254/24 } }, gateway: 203.0.113.1 }\n    b:\n',
      )
      .replace('right: { ip: 198.51.100.254/24 } }', 'right: { ip: 203.0.113.1/24 } }, gateway: 203.0.113.2')
      .replace(
        '["r:right", "b:eth0"], delay: 5ms }',
        '["r:right", "q:left"], delay: 5ms, mtu: 1280 }\n    - { endpoints: ["q:right", "b:eth0"] }',
      );
  const script = `${SEND(20_000)}, { node: a, run: "ip route get 198.51.100.1" }`;
  const rowOf = (done: LabRun) => tableAt(done.trace(), 'a', 'path-mtu')['198.51.100.1'];

  it('is told by the router, once for all connections', () => {
    const done = run(narrow(lab({ script: `${script}, ${SEND(20_000)}` })));
    expect(rowOf(done)).toEqual({ destination: '198.51.100.1', mtu: 1280 });
    expect(done.commands[1]?.output).toMatch(/\n {4}cache expires \d{3}sec mtu 1280\n$/);
    const lengths = dataAt(done, 'a:eth0').map(({ fields }) => fields['ip.len'] as number);
    expect(Math.max(...lengths)).toBe(1500);
    // The second connection begins with what the first has learned.
    const ports = dataAt(done, 'a:eth0').map(({ fields }) => fields['tcp.srcport']);
    const second = lengths.filter((_, index) => ports[index] === ports.at(-1));
    expect(Math.max(...second)).toBe(1280);
    expect(told(done)).toContain(
      'So packets to 198.51.100.1 may have 1280 bytes and no more: it notes that in its path MTU cache.',
    );
  });

  it('behind a router that tells nobody is found out all the same', () => {
    const done = run(narrow(lab({ r: ', icmp-errors: false', script })));
    expect(rowOf(done)?.mtu).toBeLessThanOrEqual(1280);
    const errors = framesAt(done.trace(), 'r:left').filter(({ fields }) => fields['icmp.type'] === 3);
    expect(errors).toEqual([]);
    expect(told(done)).toContain(
      'the packet is too long for the next link and must not be fragmented. Its sender is not told.',
    );
  });
});
