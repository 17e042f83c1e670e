// Looking at a lab that runs, from other processes: `watch`, `inspect --live`, `exec --live`, `capture --live`, and
// Wireshark's extcap. Needs no root.

import { execFile, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, symlinkSync, unlinkSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { outcomeOf, plainEnvironment, program, root, wirewalk } from '../cli.js';
import { describeWithJudge } from '../judge.js';
import { readWithTshark, runTshark } from '../tshark.js';
import { RunningLabs, until } from './running.js';

const extcap = path.join(root, 'dist/cli/wirewalk-extcap.mjs');

let labs: RunningLabs;
beforeEach(() => {
  labs = new RunningLabs();
});
afterEach(() => labs.end());

/** A lab in which nothing happens but what is typed, once its script is over. */
async function upAlone(): Promise<{ readonly pid: number }> {
  const lab = await labs.up('nat-http', '--no-attach');
  await new Promise((resolve) => setTimeout(resolve, 400));
  return lab;
}
const type = (...words: string[]) => labs.run('exec', '--live', 'nat-http', 'laptop', '--', ...words);

/** A command that looks, with what it has said so far. */
async function looking(sign: RegExp, ...args: string[]) {
  const child = labs.start(...args);
  const said = { out: '', err: '' };
  child.stdout?.on('data', (piece: Buffer) => {
    said.out += piece.toString('utf8');
  });
  child.stderr?.on('data', (piece: Buffer) => {
    said.err += piece.toString('utf8');
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  await until(() => sign.test(said.err));
  // It says so before the lab knows of it.
  await new Promise((resolve) => setTimeout(resolve, 300));
  const end = async () => {
    // What has just happened is told a moment later.
    await new Promise((resolve) => setTimeout(resolve, 400));
    child.kill('SIGINT');
    return ended;
  };
  return { said, end, ended };
}

describe('wirewalk watch', () => {
  it('tells a page load in the words of the walk, as it happens', async () => {
    await upAlone();
    const { said, end } = await looking(/Watching/, 'watch');
    expect((await type('curl', 'http://www.example.com/')).stdout).toContain('<h1>An example page</h1>');
    expect(await end()).toBe(0);
    const plain = said.out.replace(/\s+/g, ' ');
    for (const sentence of [
      'Finding the address of www.example.com: DNS',
      'The laptop asks everybody on the link: who has 192.168.0.1?',
      'The switch notes that 02:00:00:00:00:20 is behind port p3.',
      '8.8.8.8 lies outside its own network 192.168.0.0/24, so the packet goes to the next hop 192.168.0.1',
      'The home router translates',
      'Connecting to 93.184.216.34:80: TCP',
      'The request and its answer: HTTP',
    ])
      expect(plain).toContain(sentence);
    expect(said.err).not.toContain('too fast');
    // Every step is told once, and its letters go on.
    const ids = [...said.out.matchAll(/^ {0,3}(\d+[a-z]+) {2}/gm)].map(([, id]) => id as string);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(40);
    expect(ids[0]).toBe('1a');
  });

  it('--brief, --node and --json', async () => {
    await upAlone();
    const brief = await looking(/Watching/, 'watch', '--brief', '--node', 'router');
    const json = await looking(/Watching/, 'watch', '--json', '--node', 'router');
    await type('ping', '-c', '1', '8.8.8.8');
    await brief.end();
    await json.end();
    const lines = brief.said.out.split('\n').filter((line) => /^ +\d+[a-z]+ /.test(line));
    expect(lines.length).toBeGreaterThan(2);
    for (const line of lines) expect(line).toMatch(/^ +\d+[a-z]+ {2}router {2}\S/);
    const steps = json.said.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(steps.map(({ node }) => node)).toEqual(lines.map(() => 'router'));
    expect(steps.some(({ frames }) => frames.length > 0 && frames[0].fields['icmp.type'] === 8)).toBe(true);
  });

  it('ends when the lab does', async () => {
    const { pid } = await upAlone();
    const { ended } = await looking(/Watching/, 'watch');
    process.kill(pid, 'SIGINT');
    expect(await ended).toBe(0);
  });

  it('says when no lab runs, when it is another one, and when there are two', async () => {
    expect((await labs.run('watch')).stderr).toContain('No lab is running.');
    const first = await upAlone();
    expect((await labs.run('watch', 'campus')).stderr).toContain("No lab 'campus' is running.");
    expect((await labs.run('watch', '--node', 'labtop')).stderr).toContain('did you mean laptop');
    const second = await upAlone();
    const { stderr, code } = await labs.run('inspect', '--live');
    expect(stderr).toContain('More than one lab is running');
    for (const { pid } of [first, second]) expect(stderr).toContain(String(pid));
    expect(code).toBe(2);
    expect((await labs.run('inspect', '--live', String(first.pid), 'router')).code).toBe(0);
  });

  it('leaves the lab alone however many look, and however they end', async () => {
    await upAlone();
    const watchers = await Promise.all([1, 2, 3].map(() => looking(/Watching/, 'watch', '--json')));
    await type('ping', '-c', '2', '8.8.8.8');
    for (const { end } of watchers) await end();
    const told = watchers.map(({ said }) =>
      said.out.split('\n').map((line) => line.replace(/.*"sentence"/, '')),
    );
    expect(told[0]?.length).toBeGreaterThan(20);
    expect(told[1]).toEqual(told[0]);
    expect(told[2]).toEqual(told[0]);
    expect((await type('ping', '-c', '1', '8.8.8.8')).stdout).toContain('1 received');
  });
});

describe('wirewalk inspect --live', () => {
  it('shows tables as they stand, watched or not', async () => {
    await upAlone();
    const arp = async () => (await labs.run('inspect', '--live', 'laptop')).stdout;
    expect(await arp()).not.toMatch(/ARP cache of eth0\n.*\n\s+192\.168\.0\.1 /);
    await type('ping', '-c', '1', '8.8.8.8');
    const after = await arp();
    expect(after).toMatch(/ARP cache of eth0\n.*\n\s+192\.168\.0\.1 +bb:bb:bb:bb:bb:bb/);
    expect(after).toMatch(/routing table\n.*\n(?:.*\n)*\s+0\.0\.0\.0\/0 +192\.168\.0\.1/);
    const { end } = await looking(/Watching/, 'watch');
    expect((await arp()).split('\n').slice(1)).toEqual(after.split('\n').slice(1));
    await end();
    const { nodes } = JSON.parse(
      (await labs.run('inspect', '--live', 'nat-http', 'switch', '--json')).stdout,
    );
    expect(nodes).toHaveLength(1);
    expect(JSON.stringify(nodes[0].tables)).toContain('02:00:00:00:00:20');
  });
});

describe('wirewalk exec --live', () => {
  it('hands on output and exit codes, and who hangs up stops the command', async () => {
    await upAlone();
    const { code, stderr } = await labs.run('exec', '--live', 'nat-http', 'labtop', '--', 'arp');
    expect(stderr).toContain('did you mean laptop');
    expect(code).toBe(2);
    expect((await type('no-such-command')).code).toBe(127);
    const child = labs.start('exec', '--live', 'nat-http', 'laptop', '--', 'ping', '8.8.8.8');
    await new Promise<void>((resolve) =>
      child.stdout?.on('data', (piece: Buffer) => piece.includes('icmp_seq=1') && resolve()),
    );
    child.kill('SIGKILL');
    const watching = await looking(/Watching/, 'watch', '--json');
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    await watching.end();
    expect(watching.said.out).not.toContain('echo request');
  });
});

describeWithJudge('tshark', 'wirewalk capture --live', (tshark) => {
  it('writes what a capture has: names, nanoseconds, interfaces, directions, sentences', async () => {
    await upAlone();
    const file = labs.folder.file('live.pcapng');
    const { said, end } = await looking(/Capturing/, 'capture', '--live', '-w', file);
    await type('curl', 'http://www.example.com/');
    expect(await end()).toBe(0);
    expect(said.err).toMatch(/\d+ frames\.\n$/);
    const fields = [
      'frame.interface_name',
      'frame.comment',
      'frame.time_epoch',
      '_ws.malformed',
      'frame.packet_id',
    ];
    const frames = await readWithTshark(tshark, file, fields);
    expect(said.err).toContain(`${frames.length} frames.`);
    expect(frames.length).toBeGreaterThan(60);
    expect(frames.flatMap((frame) => frame['_ws.malformed'])).toEqual([]);
    const places = new Set(frames.map((frame) => frame['frame.interface_name']?.[0]));
    for (const place of ['laptop:eth0', 'router:lan', 'router:wan', 'web:eth0'])
      expect(places).toContain(place);
    // Nearly every frame is explained; none may carry the number of a step that nobody knows.
    const comments = frames.map((frame) => frame['frame.comment']?.join() ?? '');
    expect(comments.filter((comment) => comment !== '').length).toBeGreaterThan(frames.length * 0.9);
    expect(comments.some((comment) => comment.startsWith('The home router translates'))).toBe(true);
    // In order, and not all at whole microseconds.
    const times = frames.map((frame) => BigInt((frame['frame.time_epoch']?.[0] ?? '').replace('.', '')));
    expect(times).toEqual([...times].sort((a, b) => Number(a - b)));
    expect(times.some((time) => time % 1000n !== 0n)).toBe(true);
    // Checksums hold, and nothing is wrong but that tshark takes a frame's second sighting for one sent twice.
    expect(await runTshark(tshark, file, '-Y', '_ws.expert.severity >= "Error" || _ws.malformed')).toBe('');
    const hosts = await runTshark(tshark, file, '-q', '-z', 'hosts');
    expect(hosts).toMatch(/^93\.184\.216\.34\s+www\.example\.com$/m);
    expect(hosts).toMatch(/^192\.168\.0\.20\s+laptop$/m);
  });

  it('into a pipe, one interface, so many frames and no more', async () => {
    await upAlone();
    const call = `'${process.execPath}' '${program}' capture --live -i laptop:eth0 -c 6 --no-comments -w -`;
    const read = `'${tshark}' -l -n -r - -T fields -e frame.interface_name -e icmp.type`;
    const child = spawn('sh', ['-c', `${call} | ${read}`], { env: plainEnvironment(labs.env) });
    const outcome = outcomeOf(child);
    await new Promise<void>((resolve) =>
      child.stderr.on('data', (piece: Buffer) => piece.includes('Capturing') && resolve()),
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
    await type('ping', '-c', '6', '-i', '0.2', '8.8.8.8');
    const { stdout } = await outcome;
    const lines = stdout.trim().split('\n');
    expect(lines).toHaveLength(6);
    for (const line of lines) expect(line).toMatch(/^laptop:eth0(?:\t[08]?)?$/);
  });

  it('says what is wrong with the call', async () => {
    await upAlone();
    const wrong = async (...args: string[]) => {
      const { code, stderr } = await labs.run('capture', ...args);
      expect(code).toBe(2);
      return stderr;
    };
    expect(await wrong('--live', '-w', labs.folder.file('no/such/file'))).toContain('can not be written');
    expect(await wrong('--live', '-i', 'pc:eth7', '-w', labs.folder.file('x'))).toContain(
      "no interface 'pc:eth7'",
    );
    expect(await wrong('-w', labs.folder.file('x'))).toContain('--live');
    expect(existsSync(labs.folder.file('x'))).toBe(false);
  });
});

describe('extcap', () => {
  const run = promisify(execFile);
  const call = async (...args: string[]) =>
    (await run(process.execPath, [extcap, ...args], { env: plainEnvironment(labs.env) })).stdout;

  it('lists the interfaces of running labs as Wireshark asks for them', async () => {
    expect(await call('--extcap-interfaces', '--extcap-version=4.0')).toMatch(
      /^extcap \{version=[\d.]+\}.*\n$/,
    );
    await upAlone();
    const listed = await call('--extcap-interfaces', '--extcap-version=4.0');
    expect(listed).toContain(
      'interface {value=wirewalk-nat-http}{display=wirewalk nat-http: all interfaces}\n',
    );
    expect(listed).toContain(
      'interface {value=wirewalk-nat-http-pc-eth0}{display=wirewalk nat-http: pc:eth0}\n',
    );
    const values = [...listed.matchAll(/value=([^}]*)/g)].map(([, value]) => value);
    expect(new Set(values).size).toBe(values.length);
    expect(await call('--extcap-dlts', '--extcap-interface', 'wirewalk-nat-http')).toBe(
      'dlt {number=1}{name=EN10MB}{display=Ethernet}\n',
    );
    expect(await call('--extcap-config', '--extcap-interface', 'wirewalk-nat-http')).toMatch(
      /^arg \{number=0\}/,
    );
    expect(await call()).toContain('ln -s');
  });

  it('captures into a pipe until it is told to stop', async () => {
    await upAlone();
    const fifo = labs.folder.file('fifo');
    await run('mkfifo', [fifo]);
    const child = spawn(
      process.execPath,
      [extcap, '--capture', '--extcap-interface', 'wirewalk-nat-http-laptop-eth0', '--fifo', fifo],
      { env: plainEnvironment(labs.env), stdio: 'ignore' },
    );
    const ended = new Promise((resolve) => child.on('close', resolve));
    const file = labs.folder.file('read.pcapng');
    const reader = spawn('sh', ['-c', `cat ${fifo} > ${file}`], { stdio: 'ignore' });
    const read = new Promise((resolve) => reader.on('close', resolve));
    await until(() => existsSync(file) && readFileSync(file).length > 0);
    await type('ping', '-c', '1', '8.8.8.8');
    await until(() => readFileSync(file).includes('echo reply'));
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    await read;
    const wrong = run(process.execPath, [extcap, '--capture', '--extcap-interface', 'x', '--fifo', fifo], {
      env: plainEnvironment(labs.env),
    });
    await expect(wrong).rejects.toThrow(/No running lab has the interface x/);
  });
});

describeWithJudge('tshark', 'tshark with the extcap program', (tshark) => {
  it('lists the interfaces of a lab and captures from one, comments included', async () => {
    await upAlone();
    // tshark of root looks into the folder of the system only; anybody else's where the environment says.
    const { stdout: folders } = await promisify(execFile)(tshark, ['-G', 'folders']);
    const [, system] = /^Extcap path:\s+(\S+)$/m.exec(folders) ?? [];
    const isRoot = process.getuid?.() === 0;
    const folder = isRoot ? (system as string) : labs.folder.path;
    const link = path.join(folder, `wirewalk-test-${process.pid}`);
    symlinkSync(extcap, link);
    try {
      const env = plainEnvironment({ ...labs.env, WIRESHARK_EXTCAP_DIR: folder });
      const { stdout: listed } = await promisify(execFile)(tshark, ['-D'], { env });
      expect(listed).toContain('wirewalk-nat-http-laptop-eth0 (wirewalk nat-http: laptop:eth0)');
      const child = spawn(
        tshark,
        [
          '-l',
          '-n',
          '-i',
          'wirewalk-nat-http-laptop-eth0',
          '-c',
          '4',
          '-T',
          'fields',
          '-e',
          'frame.interface_name',
          '-e',
          'frame.comment',
        ],
        { env, stdio: ['ignore', 'pipe', 'pipe'] },
      );
      let read = '';
      child.stdout.on('data', (piece: Buffer) => {
        read += piece.toString('utf8');
      });
      let complaint = '';
      child.stderr.on('data', (piece: Buffer) => {
        complaint += piece.toString('utf8');
      });
      const ended = new Promise((resolve) => child.on('close', resolve));
      const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
      await until(() => complaint.includes('Capturing on'));
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      await type('ping', '-c', '3', '-i', '0.2', '8.8.8.8');
      await ended;
      clearTimeout(timer);
      const lines = read.trim().split('\n');
      expect(lines).toHaveLength(4);
      for (const line of lines) expect(line).toMatch(/^laptop:eth0\t/);
      expect(read).toContain('The laptop asks everybody on the link: who has 192.168.0.1?');
    } finally {
      unlinkSync(link);
    }
  });
});

it('a lab survives whatever is said to its control socket', async () => {
  await upAlone();
  const folder = path.join(labs.env.XDG_RUNTIME_DIR, 'wirewalk');
  const [file] = readdirSync(folder);
  const nonsense = [
    '\n',
    '[]\n',
    'null\n',
    '{"ask":7}\n',
    '{"ask":"exec"}\n',
    '{"ask":"watch"}\n{"ask":"watch"}\n',
    'x'.repeat(1e6),
  ];
  for (const words of nonsense) {
    const socket = connect(path.join(folder, file as string));
    socket.on('error', () => {});
    socket.end(words);
    await new Promise((resolve) => socket.on('close', resolve).resume());
  }
  expect((await type('ping', '-c', '1', '8.8.8.8')).stdout).toContain('1 received');
});

it('the commands explain themselves', async () => {
  const { stdout, code } = await wirewalk(['watch', '--help']);
  expect(code).toBe(0);
  expect(stdout).toContain('wirewalk watch --brief');
});
