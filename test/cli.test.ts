// Every command and option of the command line, as a person or a script uses it.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { readCapture } from '../src/wire/capture-file.js';
import {
  changed,
  Folder,
  labText,
  outcomeOf,
  plainEnvironment,
  program,
  root,
  start,
  tooLong,
  wirewalk,
} from './cli.js';
import { describeWithJudge } from './judge.js';

const URL = 'http://www.example.com/';
const LABS = ['nat-http', 'three-routers', 'campus', 'tcp-loss', 'tcp-window', 'tcp-reset', 'tcp-close'];
/** Two programs of it fail, as they are meant to. */
const FAILS = 'tcp-reset';
const ESCAPE = '\x1b[';

const folder = new Folder();
afterAll(() => folder.remove());

/** Calls and expects that it went well and nothing was said on the side. */
async function output(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await wirewalk(args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

describe.concurrent('wirewalk URL', () => {
  it('walks from the URL to the page', async () => {
    const text = await output(URL);
    expect(text).toMatch(/\b1a\b/);
    for (const word of ['ARP', 'DNS', 'TCP', 'HTTP', '????', '192.168.0.1', 'www.example.com']) {
      expect(text).toContain(word);
    }
    expect(text.endsWith('\n')).toBe(true);
  });

  it('says the same every time', async () => {
    expect(await output(URL)).toBe(await output(URL));
  });

  it('takes a URL without http://', async () => {
    expect(await output('www.example.com', '--brief')).toContain('www.example.com');
  });

  it('finds the lab that serves the host', async () => {
    expect(await output('http://www.google.com/', '--brief')).toMatch(/\bR1\b/);
    expect(await output('http://93.184.216.34/', '--brief')).toContain('93.184.216.34');
  });

  it('--lab takes a name or a file', async () => {
    const file = folder.write('mine.yaml', labText('nat-http').replace('name: nat-http', 'name: mine'));
    expect(await output(URL, '--lab', file, '--brief')).toContain('mine');
    const { code, stdout } = await wirewalk([URL, '--lab', 'three-routers']);
    expect(code).toBe(1);
    expect(stdout).toContain('www.example.com');
  });

  it('--seed changes what is drawn at random, and only that', async () => {
    const [one, again, two] = await Promise.all(
      ['7', '7', '8'].map((seed) => output(URL, '--seed', seed, '--json')),
    );
    expect(one).toBe(again);
    expect(one).not.toBe(two);
    expect(JSON.parse(two!).world.seed).toBe(8);
  });

  it('takes an error page for a page: the network has done its work', async () => {
    expect(await output('http://www.example.com/nope', '--brief')).toContain('404 Not Found');
  });

  it('--brief, the usual and --full tell more and more', async () => {
    const [brief, usual, full] = await Promise.all([
      output(URL, '--brief'),
      output(URL),
      output(URL, '--full'),
    ]);
    const lines = (text: string) => text.split('\n').length;
    expect(lines(brief)).toBeLessThan(lines(usual));
    expect(lines(usual)).toBeLessThan(lines(full));
    expect(full).toMatch(/RFC \d+ §/);
  });

  it('--step tells one step', async () => {
    const text = await output(URL, '--step', '2c');
    expect(text).toMatch(/^\s*2c\b/);
    expect(text).not.toMatch(/^\s*2d\b/m);
    expect(await output(URL, '--step', '2C')).toBe(text);
  });

  it('--step with a step that is not there says which there are', async () => {
    const { code, stdout, stderr } = await wirewalk([URL, '--step', '99z']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/There is no step '99z'\. The steps are 1a to 1\w+, 2a to/);
  });

  it('--json is data: phases, steps, frames', async () => {
    const walk = JSON.parse(await output(URL, '--json'));
    expect(walk.ok).toBe(true);
    expect(walk.world.name).toBe('nat-http');
    const steps = walk.phases.flatMap((phase: { steps: unknown[] }) => phase.steps);
    expect(steps.length).toBeGreaterThan(20);
    expect(steps[0]).toMatchObject({ id: '1a', sentence: expect.any(String) });
    const frames = steps.flatMap((step: { frames: unknown[] }) => step.frames);
    expect(frames.length).toBeGreaterThan(0);
  });

  it('--markdown is Markdown', async () => {
    expect(await output(URL, '--markdown')).toMatch(/^# /m);
  });

  it('--pcap writes a capture besides, with our sentences', async () => {
    const file = folder.file('walk.pcapng');
    expect(await output(URL, '--pcap', file)).toBe(await output(URL));
    const { packets, problems, application } = readCapture(new Uint8Array(readFileSync(file)));
    expect(problems).toEqual([]);
    expect(application).toMatch(/^wirewalk \d/);
    expect(packets[0]!.comments[0]).toMatch(/^\d[a-z]+ .+\./);
  });

  it('--node opens the browser of another machine', async () => {
    const walk = JSON.parse(await output(URL, '--node', 'laptop', '--json'));
    expect(walk.phases[0].steps[0].node).toBe('laptop');
  });

  it('--width breaks lines sooner', async () => {
    expect(tooLong(await output(URL, '--width', '60'), 60)).toEqual([]);
  });

  it('--ascii keeps to ASCII', async () => {
    const text = await output(URL, '--ascii', '--full');
    expect(text.match(/[^\n\x20-\x7e]/gu)).toBe(null);
  });
});

describe.concurrent('wirewalk run', () => {
  it.each(LABS)('runs the script of %s and tells the walk', async (lab) => {
    const { code, stdout, stderr } = await wirewalk(['run', lab]);
    expect({ code, stderr }).toEqual({ code: lab === FAILS ? 1 : 0, stderr: '' });
    expect(stdout).toMatch(/\b1a\b/);
  });

  it('is what the URL does when that is the script', async () => {
    expect(await output('run', 'nat-http')).toBe(await output(URL));
  });

  it('takes the options of the walk', async () => {
    expect(JSON.parse(await output('run', 'nat-http', '--json')).world.name).toBe('nat-http');
    expect(await output('run', 'nat-http', '--step', '1a')).toMatch(/^\s*1a\b/);
    expect(await output('run', 'nat-http', '--markdown')).toMatch(/^# /m);
  });

  it('takes a file of a lab', async () => {
    expect(await output('run', 'labs/nat-http.yaml', '--brief')).toBe(
      await output('run', 'nat-http', '--brief'),
    );
  });

  it('types commands that stand in a script', async () => {
    const file = folder.write(
      'typed.yaml',
      changed(labText('nat-http'), [
        '- { node: pc, browse: "http://www.example.com/" }',
        '- { node: pc, run: "ping -c 1 192.168.0.1" }',
      ]),
    );
    expect(await output('run', file, '--brief')).toMatch(/ping|echo/i);
  });
});

describe.concurrent('wirewalk labs', () => {
  it('lists the labs, the default one first', async () => {
    const lines = (await output('labs')).trimEnd().split('\n');
    expect(lines[0]).toMatch(/^nat-http +\S/);
    expect(lines.map((line) => line.split(' ')[0]).sort()).toEqual([...LABS].sort());
  });

  it('--json has title and file', async () => {
    const labs = JSON.parse(await output('labs', '--json'));
    expect(labs[0]).toMatchObject({
      name: 'nat-http',
      title: expect.stringMatching(/./),
      file: 'labs/nat-http.yaml',
    });
  });
});

describe.concurrent('wirewalk inspect', () => {
  it('shows all tables at the end', async () => {
    const text = await output('inspect', 'nat-http');
    for (const word of [
      'at the end',
      'routing table',
      'ARP cache',
      'NAT table',
      'MAC address table',
      'DNS cache',
    ]) {
      expect(text).toContain(word);
    }
  });

  it('shows one node', async () => {
    const text = await output('inspect', 'three-routers', 'switch');
    expect(text).toContain('02:00:00:00:a1:a1');
    expect(text).not.toContain('routing table');
  });

  const rowsOf = async (table: string, ...args: string[]) => {
    const { nodes } = JSON.parse(await output('inspect', 'nat-http', 'pc', '--json', ...args));
    expect(nodes.length).toBe(1);
    const found = nodes[0].tables.find((one: { table: string }) => one.table === table);
    return (found?.rows ?? []) as Record<string, unknown>[];
  };

  it('goes back to any step, any time, and the start', async () => {
    expect(await rowsOf('arp')).toHaveLength(1);
    expect(await rowsOf('arp', '--at', 'start')).toEqual([]);
    expect(await rowsOf('route', '--at', 'start')).toHaveLength(2);
    expect(await rowsOf('arp', '--at', '0ms')).toMatchObject([{ state: 'incomplete' }]);
    expect(await rowsOf('dns-cache', '--at', '1us')).toEqual([]);
    expect(await rowsOf('dns-cache', '--at', '1h')).toHaveLength(1);
    expect(await rowsOf('arp', '--at', '1a')).toEqual([]);
  });

  it('knows each step of the walk', async () => {
    const walk = JSON.parse(await output(URL, '--json'));
    const steps = walk.phases.flatMap((phase: { steps: unknown[] }) => phase.steps) as {
      id: string;
      changes: { table: string; node: string; kind: string }[];
    }[];
    const learns = steps.find(({ changes }) =>
      changes.some(({ table, node, kind }) => table === 'arp' && node === 'pc' && kind === 'added'),
    )!;
    const before = steps[steps.indexOf(learns) - 1]!;
    expect(await rowsOf('arp', '--at', learns.id)).toHaveLength(1);
    expect(await rowsOf('arp', '--at', before.id)).toEqual([]);
    expect(await output('inspect', 'nat-http', '--at', learns.id)).toContain(`after step ${learns.id}`);
  });
});

describe.concurrent('wirewalk capture', () => {
  it('writes every interface to a file', async () => {
    const file = folder.file('all.pcapng');
    expect(await output('capture', 'nat-http', '-w', file)).toBe('');
    const { interfaces, packets } = readCapture(new Uint8Array(readFileSync(file)));
    expect(interfaces.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['pc:eth0', 'switch:p1', 'router:lan', 'router:wan', 'web:eth0']),
    );
    expect(packets.length).toBeGreaterThan(50);
  });

  it('-i looks from one place, twice from two; -w - is standard output', async () => {
    const one = await wirewalk(['capture', 'nat-http', '-i', 'pc:eth0', '-w', '-']);
    expect(one.code).toBe(0);
    const capture = readCapture(new Uint8Array(one.bytes));
    expect(capture.problems).toEqual([]);
    expect(capture.interfaces.map(({ name }) => name)).toEqual(['pc:eth0']);
    expect(capture.packets).toHaveLength(12);
    const two = await wirewalk(['capture', 'nat-http', '-i', 'pc:eth0', '-i', 'router:wan', '-w', '-']);
    expect(readCapture(new Uint8Array(two.bytes)).packets).toHaveLength(22);
  });

  it('--fcs appends the frame check sequence', async () => {
    const { bytes } = await wirewalk(['capture', 'nat-http', '-i', 'pc:eth0', '--fcs', '-w', '-']);
    expect(readCapture(new Uint8Array(bytes)).interfaces[0]!.fcsLength).toBe(4);
  });

  it('is the same every time, and another one for another seed', async () => {
    const bytes = async (...args: string[]) =>
      (await wirewalk(['capture', 'three-routers', '-w', '-', ...args])).bytes;
    const [first, second, other] = await Promise.all([bytes(), bytes(), bytes('--seed', '9')]);
    expect(first!.equals(second!)).toBe(true);
    // Ports and sequence numbers differ, not only the comment that names the seed.
    const frames = (file: Buffer) =>
      readCapture(new Uint8Array(file)).packets.map(({ captured }) => Buffer.from(captured).toString('hex'));
    expect(frames(other!)).not.toEqual(frames(first!));
  });
});

describe.concurrent('wirewalk graph', () => {
  it('speaks Mermaid and DOT', async () => {
    const mermaid = await output('graph', 'nat-http');
    expect(mermaid).toMatch(/^graph LR\n/);
    expect(mermaid).toContain('eth0 192.168.0.10/24');
    expect(await output('graph', 'nat-http', '--format', 'mermaid')).toBe(mermaid);
    expect(await output('graph', 'nat-http', '--format', 'dot')).toMatch(
      /^graph "nat-http" \{\n[\s\S]*\}\n$/,
    );
  });

  it('--format svg is a picture that stands alone', async () => {
    const svg = await output('graph', 'nat-http', '--format', 'svg');
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" [\s\S]*<\/svg>\n$/);
    for (const text of ['>pc<', '>the home router<', '>192.168.0.10/24<', '>5 ms, 100 Mbit/s<'])
      expect(svg).toContain(text);
    expect(svg).not.toMatch(/<(?:script|image|foreignObject|a)\b/);
    expect(await output('graph', 'nat-http', '--format', 'svg')).toBe(svg);
  });
});

describe.concurrent('wirewalk check', () => {
  it('says what holds', async () => {
    const text = await output('check', ...LABS);
    for (const lab of LABS) expect(text).toMatch(new RegExp(`^${lab}: (\\d+) of \\1 checks hold$`, 'm'));
    expect(text).not.toContain('FAILED');
  });

  it('fails with exit code 1, and says what was found instead and where the check stands', async () => {
    const file = folder.write(
      'wrong.yaml',
      changed(labText('nat-http'), ['at: "pc:eth0", count: 12', 'at: "pc:eth0", count: 13']),
    );
    const { code, stdout, stderr } = await wirewalk(['check', file]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toMatch(/FAILED\s+frames at pc:eth0[^\n]*\n\s+expected\s+exactly 13\n\s+found\s+12 of 12/);
    expect(stdout).toMatch(/wrong\.yaml:\d+:\d+/);
    const json = await wirewalk(['check', 'nat-http', file, '--json']);
    expect(json.code).toBe(1);
    const [good, bad] = JSON.parse(json.stdout);
    expect(good).toMatchObject({ lab: 'nat-http', ok: true });
    expect(bad.ok).toBe(false);
    expect(bad.checks.filter(({ ok }: { ok: boolean }) => !ok)).toHaveLength(1);
  });
});

describe.concurrent('wirewalk exec', () => {
  it.each([
    ['pc', 'arp -a', /192\.168\.0\.1\b.*bb:bb:bb:bb:bb:bb/i],
    ['pc', 'route -n', /^0\.0\.0\.0\s+192\.168\.0\.1\s+0\.0\.0\.0/m],
    ['pc', 'ip route', /^default via 192\.168\.0\.1 dev eth0/m],
    ['pc', 'ip neigh', /^192\.168\.0\.1 dev eth0 lladdr bb:bb:bb:bb:bb:bb/im],
    ['switch', 'show mac address-table', /aaaa\.aaaa\.aaaa/],
    ['router', 'show ip nat translations', /51\.0\.0\.20:15000\s+192\.168\.0\.10:9999/],
    ['pc', 'ping -c 2 www.example.com', /2 packets transmitted, 2 received, 0% packet loss/],
    ['pc', 'traceroute -n www.example.com', /^ ?1 .*192\.168\.0\.1[\s\S]*93\.184\.216\.34/m],
    ['pc', 'dig www.example.com', /www\.example\.com\.\s+\d+\s+IN\s+A\s+93\.184\.216\.34/],
    ['pc', 'curl http://www.example.com/', /<h1>An example page<\/h1>/],
  ])('on %s: %s', async (node, command, expected) => {
    const { code, stdout, stderr } = await wirewalk(['exec', 'nat-http', node, '--', ...command.split(' ')]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(expected);
  });

  it('runs after the script, or on a fresh network', async () => {
    expect(await output('exec', 'nat-http', 'pc', '--', 'ip', 'neigh')).toContain('192.168.0.1');
    expect(await output('exec', '--fresh', 'nat-http', 'pc', '--', 'ip', 'neigh')).not.toContain(
      '192.168.0.1',
    );
    expect(await output('exec', 'nat-http', 'pc', '--fresh', '--', 'ip', 'neigh')).not.toContain(
      '192.168.0.1',
    );
  });

  it('--at types it in the middle of the script, at a step or a time, and the script goes on beside it', async () => {
    const at = (when: string, ...words: string[]) =>
      output('exec', 'nat-http', 'pc', '--at', when, '--', ...words);
    expect(await at('start', 'arp', '-a')).toBe('');
    expect(await at('2e', 'arp', '-a')).toContain('at <incomplete>');
    expect(await at('3ms', 'arp', '-a')).toContain('at bb:bb:bb:bb:bb:bb');
    expect(await at('end', 'arp', '-a')).toBe(await output('exec', 'nat-http', 'pc', '--', 'arp', '-a'));
    // The router has no neighbour yet when the first request leaves: its answer comes late.
    expect(await at('2e', 'ping', '-c', '2', '8.8.8.8')).toMatch(/time=22\.\d ms[\s\S]*time=16\.\d ms/);
    expect((await wirewalk(['exec', 'nat-http', 'pc', '--at', '2e', '--', 'frobnicate'])).code).toBe(127);
  });

  it('takes a line in quotes, and words with blanks in them', async () => {
    expect(await output('exec', 'nat-http', 'pc', '--', 'ip route')).toContain('default via');
    const { stdout } = await wirewalk(['exec', 'nat-http', 'pc', '--', 'cat', "it's not there"]);
    expect(stdout).toContain("it's not there");
  });

  it('has the exit code of the command', async () => {
    expect((await wirewalk(['exec', 'nat-http', 'pc', '--', 'ping', '-c', '1', '192.168.0.77'])).code).toBe(
      1,
    );
    expect((await wirewalk(['exec', 'nat-http', 'pc', '--', 'frobnicate'])).code).toBe(127);
  });

  it('--limit stops a command that has no end', async () => {
    const { stdout } = await wirewalk([
      'exec',
      '--limit',
      '3500ms',
      'nat-http',
      'pc',
      '--',
      'ping',
      '8.8.8.8',
    ]);
    expect(stdout).toMatch(/4 packets transmitted/);
  });
});

describe.concurrent('wirewalk schema', () => {
  it('is a JSON Schema that knows the keys of a lab', async () => {
    const schema = JSON.parse(await output('schema'));
    expect(schema.$schema).toMatch(/json-schema\.org/);
    expect(Object.keys(schema.properties)).toEqual(
      expect.arrayContaining(['name', 'topology', 'pins', 'script', 'checks']),
    );
    expect(schema).toEqual(JSON.parse(readFileSync(path.join(root, 'schema/lab.schema.json'), 'utf8')));
  });
});

describe.concurrent('help and version', () => {
  const COMMANDS = ['run', 'labs', 'inspect', 'exec', 'capture', 'graph', 'check', 'schema'];

  it('--version is the one of the package', async () => {
    const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
    expect(await output('--version')).toBe(`${version}\n`);
  });

  it('--help lists every command, with examples, in 80 columns', async () => {
    const text = await output('--help');
    for (const command of COMMANDS) expect(text).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
    expect(text).toContain('Examples:');
    expect(tooLong(text)).toEqual([]);
  });

  it.each(COMMANDS)('%s --help has examples, in 80 columns', async (command) => {
    const text = await output(command, '--help');
    expect(text).toContain(`Examples:\n  wirewalk ${command}`);
    expect(tooLong(text)).toEqual([]);
  });

  it('without arguments shows the help, as a mistake', async () => {
    const { code, stdout, stderr } = await wirewalk([]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Usage: wirewalk');
  });
});

describe.concurrent('in a pipe', () => {
  it.each(LABS)('%s stays within 80 columns', async (lab) => {
    for (const args of [[], ['--brief'], ['--full']]) {
      expect(tooLong((await wirewalk(['run', lab, ...args])).stdout)).toEqual([]);
    }
  });

  it('has no colours unless it is told to', async () => {
    const colored = async (args: string[], env: NodeJS.ProcessEnv = {}) =>
      (await wirewalk([URL, ...args], { env })).stdout.includes(ESCAPE);
    expect(await colored([])).toBe(false);
    expect(await colored(['--color'])).toBe(true);
    expect(await colored(['--no-color'], { FORCE_COLOR: '1' })).toBe(false);
    expect(await colored([], { FORCE_COLOR: '1' })).toBe(true);
    expect(await colored([], { FORCE_COLOR: '0' })).toBe(false);
    expect(await colored([], { FORCE_COLOR: '1', NO_COLOR: '1' })).toBe(false);
    expect(await colored(['--color'], { NO_COLOR: '1' })).toBe(true);
  });

  it('stops quietly when nobody reads any more', async () => {
    const child = start(['run', 'nat-http', '--json']);
    child.stdout?.once('data', () => child.stdout?.destroy());
    const { stderr, code } = await outcomeOf(child);
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  });
});

describeWithJudge('script', 'on a terminal', (script) => {
  /** Runs wirewalk on a pseudo-terminal of so many columns. */
  const onTerminal = (columns: number, args: string, env: NodeJS.ProcessEnv = {}) => {
    const line = `stty cols ${columns}; exec '${process.execPath}' '${program}' ${args}`;
    const child = spawn(script, ['-qec', line, '/dev/null'], {
      cwd: root,
      env: plainEnvironment({ TERM: 'xterm', ...env }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return outcomeOf(child);
  };
  const bare = (text: string) => stripVTControlCharacters(text).replaceAll('\r', '');

  it('has colours, and the width of the terminal', async () => {
    const { stdout, code } = await onTerminal(60, URL);
    expect(code).toBe(0);
    expect(stdout).toContain(ESCAPE);
    expect(tooLong(bare(stdout), 60)).toEqual([]);
    const wide = await onTerminal(130, URL);
    expect(tooLong(bare(wide.stdout), 130)).toEqual([]);
    expect(tooLong(bare(wide.stdout), 80)).not.toEqual([]);
  });

  it('has none with NO_COLOR', async () => {
    expect((await onTerminal(80, URL, { NO_COLOR: '1' })).stdout).not.toContain(ESCAPE);
  });

  it('refuses to write a capture to it', async () => {
    const { stdout, code } = await onTerminal(200, 'capture nat-http -w -');
    expect(code).toBe(2);
    expect(stdout).toContain('A capture is no text for a terminal');
  });
});
