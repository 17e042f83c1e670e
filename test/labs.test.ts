// Lab files: what is read, what is refused and in which words, and that no text whatever breaks the reader.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkLab } from '../src/lab/check-lab.js';
import { startCommand } from '../src/lab/console/console.js';
import { formatProblem, type LabProblem } from '../src/lab/problem.js';
import { readLab } from '../src/lab/read-lab.js';
import { type RunCommand, runLab } from '../src/lab/run-lab.js';
import { labJsonSchema } from '../src/lab/schema.js';
import { flagsOf, framesAt, labOf, labText, runText, tableAt } from './lab-runs.js';

const LABS = readdirSync(fileURLToPath(new URL('../labs/', import.meta.url))).map((file) =>
  file.replace(/\.yaml$/, ''),
);

function problemsOf(text: string): readonly LabProblem[] {
  const result = readLab(text, 'test.yaml');
  return 'errors' in result ? result.errors : [];
}

const runCommand: RunCommand = (world, node, command, done) => {
  let output = '';
  startCommand(world, node, command, {
    write: (text) => {
      output += text;
    },
    done: (exitCode) => done({ output, ok: exitCode === 0 }),
  });
};

/** A small sound lab; `change` is what a test is about. */
function small(change: (text: string) => string = (text) => text): string {
  const text = `
name: small
topology:
  nodes:
    a:
      kind: host
      interfaces: { eth0: { ip: 192.0.2.1/24 } }
      gateway: 192.0.2.254
      dns: [192.0.2.254]
    b:
      kind: host
      interfaces: { eth0: { mac: 02:00:00:00:0b:0b, ip: 192.0.2.2/24 } }
    sw: { kind: switch }
    r:
      kind: nat-router
      interfaces:
        lan: { ip: 192.0.2.254/24 }
        wan: { ip: 198.51.100.1/24 }
      nat: { outside: wan }
  links:
    - { endpoints: ["a:eth0", "sw:1"], delay: 1ms }
    - { endpoints: ["b:eth0", "sw:2"] }
    - { endpoints: ["r:lan", "sw:3"] }
script:
  - { at: 0s, node: a, browse: "http://192.0.2.2/" }
`;
  return change(text);
}

describe('the built-in labs', () => {
  it.each(LABS)('%s is sound, comes to rest, and keeps what it promises', (name) => {
    const lab = labOf(labText(name), `labs/${name}.yaml`);
    expect(lab.name).toBe(name);
    expect(lab.title).toBeDefined();
    const run = runLab(lab, { runCommand });
    expect(run.finished).toBe(true);
    // A refused connection and one that is broken off are what tcp-reset is about.
    expect(run.commands.every(({ ok }) => ok !== (name === 'tcp-reset'))).toBe(true);
    const failed = checkLab(run).filter(({ ok }) => !ok);
    expect(failed).toEqual([]);
  });

  it.each(LABS)('%s repeats itself to the last byte, and not with another seed', (name) => {
    const hash = (seed?: number) =>
      runText(labText(name), seed === undefined ? {} : { seed })
        .trace()
        .hash();
    expect(hash()).toBe(hash());
    expect(hash(99)).not.toBe(hash());
  });

  it('campus: two browsers share one address, keep connections, and remember pages', () => {
    const run = runText(labText('campus'));
    const trace = run.trace();
    const outside = framesAt(trace, 'gate:outside');
    expect(
      new Set(
        outside.filter(({ fields }) => fields['tcp.dstport'] === 80).map(({ fields }) => fields['ip.src']),
      ),
    ).toEqual(new Set(['198.51.100.130']));
    expect(
      new Set(outside.filter((frame) => flagsOf(frame) === 'SYN').map(({ fields }) => fields['tcp.srcport']))
        .size,
    ).toBe(2);
    const alice = framesAt(trace, 'alice:eth0').filter(({ fields }) => fields['tcp.dstport'] === 80);
    expect(alice.filter((frame) => flagsOf(frame) === 'SYN')).toHaveLength(1);
    expect(alice.filter(({ fields }) => fields['http.request.method'] === 'GET')).toHaveLength(2);
    expect(run.pages.map(({ node, page }) => [node, page.fromCache])).toEqual([
      ['alice', false],
      ['carol', false],
      ['alice', false],
      ['alice', true],
      ['bob', false],
    ]);
    expect(Object.keys(tableAt(trace, 'alice', 'http-cache'))).toEqual(['http://library.example.net/']);
  });
});

it('the published JSON Schema is up to date (node scripts/write-schema.mjs)', () => {
  const file = fileURLToPath(new URL('../schema/lab.schema.json', import.meta.url));
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(labJsonSchema());
});

describe('what is wrong is told with file, line, column, value and mend', () => {
  it('in the form of compilers', () => {
    const text = small((lab) => lab.replace('gateway: 192.0.2.254', 'gatway: 192.0.2.254'));
    expect(problemsOf(text).map(formatProblem)).toEqual([
      [
        'test.yaml:8:7: there is no key "gatway" here (topology.nodes.a.gatway)',
        ' 8 |       gatway: 192.0.2.254',
        '   |       ^^^^^^',
        '   = did you mean gateway?',
      ].join('\n'),
    ]);
  });

  const marked = (problem: LabProblem | undefined) =>
    problem?.source.slice(problem.column - 1, problem.column - 1 + problem.length);

  // What is replaced by what; then the line and what is marked in it, message, mend.
  it.each([
    ['name: small', 'name: Small Lab', '2: Small Lab', '"Small Lab" is no name for a lab', 'small letters'],
    ['name: small\n', '', '2: t', '"name" is missing', 'text'],
    ['name: small', 'name: [', '3: t', 'this is no lab file: flow sequence', ''],
    ['name: small', 'name: small\ntitle: "a\\eb"', '3: "a\\eb"', 'is no title', 'that a screen can show'],
    ['name: small', 'name: small\nseed: -1', '3: -1', '-1 is too small', 'at least 0'],
    ['name: small', 'name: small\nseed: many', '3: many', '"many" is not a number', 'a number'],
    [
      'name: small',
      'name: small\nepoch: yesterday',
      '3: yesterday',
      '"yesterday" is no date',
      '2026-01-01T00:00:00Z',
    ],
    [
      'name: small',
      'name: small\nphases: jurney',
      '3: jurney',
      '"jurney" is none of: activity, journey',
      'did you mean journey?',
    ],
    ['kind: host', 'kind: hots', '6: hots', '"hots" is none of', 'did you mean host?'],
    ['    b:\n', '    a:\n', '10: a', '"a" stands here twice', 'another name'],
    ['    b:\n', '    b b:\n', '10: b b', '"b b" is no name for a node', 'letters'],
    [
      '192.0.2.1/24',
      '192.0.2.1',
      '7: 192.0.2.1',
      '"192.0.2.1" is no address with prefix length',
      '192.0.2.1/24',
    ],
    ['192.0.2.1/24', '192.0.2.300/24', '7: 192.0.2.300/24', '"192.0.2.300/24" is no address', ''],
    ['192.0.2.1/24', '192.0.2.1/33', '7: 192.0.2.1/33', '"192.0.2.1/33" is no address', ''],
    ['192.0.2.1/24', '192.0.2.0/24', '7: 192.0.2.0/24', 'is the network itself', 'the first machine'],
    ['192.0.2.1/24', '192.0.2.255/24', '7: 192.0.2.255/24', 'is the broadcast address', 'the last machine'],
    ['192.0.2.1/24', '224.0.0.1/24', '7: 224.0.0.1/24', 'is a multicast address', ''],
    [
      '192.0.2.1/24',
      '192.0.2.2/24',
      '12: 192.0.2.2/24',
      '192.0.2.2 is the address of a:eth0 already (line 7)',
      'its own address',
    ],
    [
      '{ ip: 192.0.2.1/24 }',
      '{ ip: 192.0.2.1/24, mac: 02:00:00:00:0b:0b }',
      '12: 02:00:00:00:0b:0b',
      '02:00:00:00:0b:0b is the address of a:eth0 already',
      'its own address',
    ],
    [
      '02:00:00:00:0b:0b',
      '02:00:00:00:0b',
      '12: 02:00:00:00:0b',
      '"02:00:00:00:0b" is no MAC address',
      'six pairs',
    ],
    ['02:00:00:00:0b:0b', 'ff:ff:ff:ff:ff:ff', '12: ff:ff:ff:ff:ff:ff', 'is no address of a card', ''],
    [
      'gateway: 192.0.2.254',
      'gateway: 192.0.3.254',
      '8: 192.0.3.254',
      '192.0.3.254 is on no network of a',
      '192.0.2.0/24',
    ],
    [
      'gateway: 192.0.2.254',
      'gateway: 192.0.2.1',
      '8: 192.0.2.1',
      "192.0.2.1 is a's own address",
      'next router',
    ],
    ['gateway: 192.0.2.254', 'gateway: 300', '8: 300', '300 is not text', ''],
    ['dns: [192.0.2.254]', 'dns: 192.0.2.254', '9: 192.0.2.254', '"192.0.2.254" is not a list', 'a list'],
    ['"a:eth0", "sw:1"', '"a:eth1", "sw:1"', '21: "a:eth1"', 'a has no interface eth1', 'did you mean eth0?'],
    ['"a:eth0", "sw:1"', '"c:eth0", "sw:1"', '21: "c:eth0"', 'there is no node c', 'did you mean a?'],
    ['"a:eth0", "sw:1"', '"a", "sw:1"', '21: "a"', '"a" names no interface', 'pc:eth0'],
    ['"a:eth0", "sw:1"', '"a:eth0"', '21: endpoints', 'the list has fewer entries than 2', '2 entries'],
    [
      '"b:eth0", "sw:2"',
      '"b:eth0", "sw:1"',
      '22: "sw:1"',
      'sw:1 has a cable already (line 21)',
      'another interface',
    ],
    [
      '"b:eth0", "sw:2"',
      '"sw:4", "sw:5"',
      '22: endpoints',
      'the link connects sw with itself',
      'another node',
    ],
    ['delay: 1ms', 'delay: 1', '21: 1', '1 is no time', '1ms or 1s'],
    ['delay: 1ms', 'rate: fast', '21: fast', '"fast" is no rate', '100Mbit'],
    ['delay: 1ms', 'loss: 101%', '21: 101%', '"101%" is no probability', '1%'],
    ['delay: 1ms', 'mtu: 20', '21: 20', '20 is too small', 'at least 68'],
    ['nat: { outside: wan }', '', '14: r', 'r is a nat-router without nat', 'outside'],
    [
      'nat: { outside: wan }',
      'nat: { outside: won }',
      '19: won',
      'r has no interface won',
      'did you mean wan?',
    ],
    ['kind: nat-router', 'kind: router', '19: nat', 'r is a router and does not translate', 'nat-router'],
    [
      'sw: { kind: switch }',
      'sw: { kind: switch, gateway: 192.0.2.1 }',
      '13: gateway',
      'a switch has no gateway',
      'router',
    ],
    [
      'kind: nat-router',
      "kind: nat-router\n      services: { http: { sites: { '*': { /a.png: { base64: iVBORw= } } } } }",
      '16: iVBORw=',
      '"iVBORw=" is no base64',
      'base64 FILE',
    ],
    [
      'kind: nat-router',
      "kind: nat-router\n      services: { http: { sites: { '*': { /a: { base64: AAAA, size: 2 } } } } }",
      '16: size',
      'a page has one of body, base64 and size',
      'remove',
    ],
    ['script:', 'pins: { a: { udp-port: 0 } }\nscript:', '24: 0', '0 is too small', 'at least 1'],
    [
      'script:',
      'pins: { a: { isn: [4294967296] } }\nscript:',
      '24: 4294967296',
      '4294967296 is too large',
      'at most 4294967295',
    ],
    ['script:', 'pins: { c: { isn: 1 } }\nscript:', '24: c', 'there is no node c', ''],
    ['node: a, browse', 'node: aa, browse', '25: aa', 'there is no node aa', 'did you mean a?'],
    ['http://192.0.2.2/', 'gopher://192.0.2.2/', '25: "gopher://192.0.2.2/"', 'can not be opened', 'http://'],
    ['http://192.0.2.2/', 'http://192.0.2.2:99999/', '25: "http://192.0.2.2:99999/"', 'is no port', ''],
    [
      'script:',
      'faults: [{ link: ["a:eth0", "sw:9"], do: drop }]\nscript:',
      '24: link',
      'no link connects a:eth0 and sw:9',
      'a:eth0 – sw:1',
    ],
    [
      'script:',
      'faults: [{ link: ["a:eth0", "sw:1"], do: drop, match: "ip.src =" }]\nscript:',
      '24: "ip.src ="',
      'is no filter',
      '',
    ],
    [
      'script:',
      'checks: [{ packets: arp, at: "a:eth9" }]\nscript:',
      '24: "a:eth9"',
      'a has no interface eth9',
      'did you mean eth0?',
    ],
    [
      'script:',
      'checks: [{ table: apr, node: a, row: {} }]\nscript:',
      '24: apr',
      '"apr" is none of',
      'did you mean arp?',
    ],
    [
      'script:',
      'checks: [{ explain: x }]\nscript:',
      '24: explain',
      'there is no key "explain" here',
      'did you mean explains?',
    ],
  ])('%j → %j', (from, to, position, message, mend) => {
    const problems = problemsOf(small((text) => text.replace(from, to)));
    const first = problems.find((problem) => problem.message.includes(message));
    expect(problems.map(formatProblem).join('\n')).toContain(message);
    expect(`${first?.line}: ${marked(first)}`).toBe(position);
    if (mend !== '') expect(first?.mend).toContain(mend);
  });

  it('all at once, in the order of the file', () => {
    const text = small((lab) =>
      lab
        .replace('name: small', 'name: small\ntitel: x')
        .replace('192.0.2.1/24', '192.0.2.1/99')
        .replace('gateway: 192.0.2.254', 'gatewy: 192.0.2.254')
        .replace('"b:eth0"', '"b:eth9"')
        .replace('node: a', 'node: z'),
    );
    const problems = problemsOf(text);
    expect(problems.map(({ path }) => path)).toEqual([
      'titel',
      'topology.nodes.a.interfaces.eth0.ip',
      'topology.nodes.a.gatewy',
      'topology.links[1].endpoints[0]',
      'script[0].node',
    ]);
    for (const problem of problems)
      expect(formatProblem(problem)).toMatch(/^test\.yaml:\d+:\d+: .*\n \d+ \| .*\n +\| +\^+\n/);
  });

  it('a fault in one place does not hide what is elsewhere, and is not told twice', () => {
    // The node is wrong as a whole; links to it are not wrong for that.
    const problems = problemsOf(small((text) => text.replace('kind: host', 'kind: toaster')));
    expect(problems.map(({ path }) => path)).toEqual(['topology.nodes.a.kind']);
  });
});

describe('no text breaks the reader', () => {
  const total = (text: string) => {
    const result = readLab(text, 'fuzz.yaml');
    if ('lab' in result) return;
    expect(result.errors.length).toBeGreaterThan(0);
    for (const problem of result.errors) {
      const told = formatProblem(problem);
      expect(problem.line).toBeGreaterThan(0);
      expect(problem.column).toBeGreaterThan(0);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that there are none is what is asked.
      expect(told).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f]/);
    }
  };

  it('any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), total), { numRuns: 500 });
    fc.assert(
      fc.property(
        fc
          .array(
            fc.constantFrom(
              '{',
              '}',
              '[',
              ']',
              ':',
              '-',
              '\n',
              ' ',
              '&a',
              '*a',
              '"',
              '|',
              '#',
              '? ',
              'x',
              '!!',
              '\t',
            ),
            { maxLength: 40 },
          )
          .map((words) => words.join('')),
        total,
      ),
      { numRuns: 1000 },
    );
  });

  it('a lab with something changed somewhere', () => {
    const source = labText('campus');
    const words = source.match(/[A-Za-z0-9./:-]+/g) ?? [];
    const edit = fc.record({
      at: fc.nat(source.length - 1),
      length: fc.nat(30),
      by: fc.oneof(
        fc.constantFrom(...words),
        fc.string({ maxLength: 8 }),
        fc.constantFrom('', '\n', '  ', '{', '[', ': ', '- ', '0', '-1', '1e99', 'null', 'true', '~'),
      ),
    });
    const text = fc
      .array(edit, { minLength: 1, maxLength: 4 })
      .map((edits) =>
        edits.reduce((lab, { at, length, by }) => lab.slice(0, at) + by + lab.slice(at + length), source),
      );
    fc.assert(fc.property(text, total), { numRuns: 150 });
  });

  it('any data in the shape of a lab', () => {
    const leaf = fc.oneof(
      fc.constantFrom(
        null,
        true,
        0,
        -1,
        1.5,
        'a',
        'a:eth0',
        '192.0.2.1/24',
        '192.0.2.1',
        'drop',
        '__proto__',
        'constructor',
      ),
      fc.string({ maxLength: 5 }),
    );
    const keys = fc.constantFrom(
      ...[
        'name',
        'topology',
        'nodes',
        'links',
        'endpoints',
        'kind',
        'interfaces',
        'pins',
        'script',
        'faults',
        'checks',
        'a',
        'node',
        'nat',
        'services',
        'toString',
      ],
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 6, depthSize: 'small' },
        leaf,
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(keys, tie('tree'), { maxKeys: 6 }),
      ),
    }));
    fc.assert(
      fc.property(fc.dictionary(keys, tree, { maxKeys: 8 }), (data) =>
        total(JSON.stringify({ name: 'x', ...data })),
      ),
      { numRuns: 500 },
    );
  });

  it.each([
    ['nothing', ''],
    ['brackets', '['.repeat(100_000)],
    ['keys in keys', Array.from({ length: 3000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
    [
      'an alias bomb',
      `a0: &a0 [x]\n${Array.from({ length: 40 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`).join(', ')}]`).join('\n')}`,
    ],
    ['an anchor in itself', 'name: &a [*a]'],
    ['prototypes', small((text) => text.replace('    b:', '    __proto__:'))],
    ['two documents', `${small()}\n---\n${small()}`],
  ])('%s', (_, text) => {
    total(text);
    expect(problemsOf(text).length).toBeGreaterThan(0);
  });

  it('aliases are fine in reason', () => {
    const text = small((lab) =>
      lab.replace('delay: 1ms', 'delay: &slow 1ms').replace('"sw:2"] }', '"sw:2"], delay: *slow }'),
    );
    expect(labOf(text).topology.links.map(({ delay }) => delay)).toEqual([1_000_000, 1_000_000, undefined]);
  });

  it('keys that every object has are names like others', () => {
    const lab = labOf(small((text) => text.replaceAll(/\bb\b/g, 'constructor')));
    expect([...lab.topology.nodes.keys()]).toContain('constructor');
    expect(runLab(lab).finished).toBe(true);
  });
});

describe('what a lab says is done', () => {
  it('units', () => {
    const text = small((lab) =>
      lab.replace('delay: 1ms', 'delay: 1.5ms, rate: 10Mbit, queue: 7, loss: 1%, corruption: 0.02, mtu: 900'),
    );
    expect(labOf(text).topology.links[0]).toMatchObject({
      delay: 1_500_000,
      rate: 10_000_000,
      queue: 7,
      loss: 0.01,
      corruption: 0.02,
      mtu: 900,
    });
    expect(labOf(small((lab) => `${lab}epoch: 2024-02-29T12:00:00Z`)).epoch).toBe(1709208000);
  });

  it('steps with a time come at that time, others when the world is at rest', () => {
    const text = small((lab) =>
      lab
        .replace(
          '  - { at: 0s, node: a, browse: "http://192.0.2.2/" }',
          ['10ms', '20ms'].map((at) => `  - { at: ${at}, node: a, run: x }`).join('\n'),
        )
        .concat('  - { node: b, run: ping }\n  - { node: b, run: last }\n'),
    );
    const times: [string, number][] = [];
    const run = runLab(labOf(text), {
      runCommand: (world, _node, command, done) => {
        times.push([command, world.now]);
        done({ output: `${command} done`, ok: true });
        if (command === 'ping') world.station('b').resolver.servers = [1];
      },
    });
    expect(times).toEqual([
      ['x', 10_000_000],
      ['x', 20_000_000],
      ['ping', 20_000_000],
      ['last', 20_000_000],
    ]);
    expect(run.commands.map(({ node, command, output, ok }) => [node, command, output, ok])[2]).toEqual([
      'b',
      'ping',
      'ping done',
      true,
    ]);
    expect(run.finished).toBe(true);
  });

  it('a URL given takes the place of the first one in the script', () => {
    expect(runText(labText('nat-http'), { url: 'http://www.example.com/nothing' }).pages).toMatchObject([
      { node: 'pc', url: 'http://www.example.com/nothing', page: { response: { status: 404 } } },
    ]);
    const silent = small((text) => text.slice(0, text.indexOf('script:')));
    expect(runText(silent, { url: 'http://192.0.2.2/' }).pages).toMatchObject([{ node: 'a' }]);
  });

  it('two switches in a ring do not hang it', () => {
    const text = small((lab) =>
      lab
        .replace('sw: { kind: switch }', 'sw: { kind: switch }\n    sw2: { kind: switch }')
        .replace(
          'script:',
          '    - { endpoints: ["sw:8", "sw2:8"] }\n    - { endpoints: ["sw:9", "sw2:9"] }\nscript:',
        ),
    );
    const run = runText(text, { record: 'off' });
    expect(run.finished).toBe(false);
  });

  it('it stops when it is told to', () => {
    const run = runText(labText('nat-http'), { until: 100_000_000 });
    expect(run.finished).toBe(false);
    expect(run.world.now).toBeLessThanOrEqual(100_000_000);
    expect(run.pages).toEqual([]);
  });

  it('faults meet single frames and whole cables', () => {
    const lose = (fault: string) => {
      const run = runText(labText('nat-http').replace('\nscript:', `\nfaults: [${fault}]\nscript:`));
      return { run, frames: framesAt(run.trace(), 'pc:eth0', 'router:wan') };
    };
    const link = 'link: ["pc:eth0", "switch:p1"]';
    const syn = lose(`{ ${link}, match: "tcp.flags.syn == 1 && tcp.flags.ack == 0", nth: 1, do: drop }`);
    expect(
      syn.frames.filter(
        ({ at, fields }) =>
          at === 'pc:eth0' && fields['tcp.flags.syn'] === true && fields['tcp.flags.ack'] === false,
      ),
    ).toHaveLength(2);
    expect(syn.run.pages[0]?.page.response?.status).toBe(200);
    const twin = lose(`{ ${link}, from: pc, match: arp, do: duplicate }`);
    expect(framesAt(twin.run.trace(), 'laptop:eth0')).toHaveLength(2);
    const damaged = lose(`{ ${link}, from: switch, match: dns, do: damage }`);
    expect(
      [...damaged.run.trace().events()].some(
        (event) => event.kind === 'decided' && event.reason === 'bad-fcs',
      ),
    ).toBe(true);
    const late = lose(`{ ${link}, match: "dns.flags.response == 1", do: { delay: 100ms } }`);
    const [query, answer] = late.frames.filter(
      ({ fields, at }) => at === 'pc:eth0' && fields['dns.id'] !== undefined,
    );
    expect((answer?.event.time ?? 0) - (query?.event.time ?? 0)).toBeGreaterThan(100_000_000);
    const cut = lose(
      '{ at: 100ms, link: ["router:wan", "isp:eth0"], do: down }, { at: 3s, link: ["isp:eth0", "router:wan"], do: up }',
    );
    expect(cut.run.pages[0]?.page.response?.status).toBe(200);
    expect(cut.frames.at(-1)?.event.time).toBeGreaterThan(3_000_000_000);
  });

  it('checks tell what was expected and what was there', () => {
    const text = labText('nat-http').replace(
      /\nchecks:[\s\S]*/,
      `
checks:
  - { packets: arp, at: "pc:eth0", count: 3 }
  - { packets: tcp.flag.syn, at: "pc:eth0", count: 0 }
  - { table: nat, node: router, row: { protocol: TCP }, present: false }
  - { table: arp, node: pc, row: { adress: 192.168.0.1 } }
  - { table: arp, node: pc, row: { address: 192.168.0.1 }, at: 10us }
  - { page: "http://www.example.com/", status: 404 }
  - { explains: "a sentence nobody wrote" }
`,
    );
    const results = checkLab(runText(text), { sentences: () => ['one', 'two'] });
    expect(results.map(({ ok, expected, found }) => [ok, expected, found])).toEqual([
      [false, 'exactly 3', expect.stringMatching(/^2 of 12 frames \(0 ns: Who has/)],
      [true, 'exactly 0', '0 of 12 frames; none of them has tcp.flag.syn'],
      [false, 'no row with protocol TCP', expect.stringContaining('protocol UDP')],
      [
        false,
        'a row with adress 192.168.0.1',
        expect.stringContaining('no row has a column adress, the columns are address, mac'),
      ],
      [true, 'a row with address 192.168.0.1', expect.stringContaining('????')],
      [false, 'status 404', 'status 200, 606 bytes'],
      [false, 'one that contains "a sentence nobody wrote"', '2 sentences, none of which does'],
    ]);
    expect(results.every(({ position }) => position.line > 100)).toBe(true);
  });
});

it('ten thousand hosts are read and built in a few seconds', () => {
  const hosts = Array.from(
    { length: 10_000 },
    (_, i) => `    h${i}: { kind: host, interfaces: { eth0: { ip: 10.${i >> 8}.${i & 255}.1/30 } } }`,
  );
  const lab = labOf(`name: big\ntopology:\n  nodes:\n${hosts.join('\n')}\n`);
  expect(lab.topology.nodes.size).toBe(10_000);
  expect(runLab(lab, { record: 'off' }).world.nodes).toHaveLength(10_000);
});
