// `wirewalk up` and `enter` from the command line: what they say, and that nothing stays behind, however it ends.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Folder, outcomeOf, root, wirewalk } from '../cli.js';
import { pagesLab } from './labs.js';
import { describeAttached, LiveLab, stateOfMachine } from './netns.js';

describeAttached('wirewalk up', ['ping', 'curl'], () => {
  let before: Record<string, unknown>;
  let labs: LiveLab[] = [];
  const up = async (...args: string[]): Promise<LiveLab> => {
    const lab = await LiveLab.up(...args);
    labs.push(lab);
    return lab;
  };
  beforeAll(async () => {
    // What a crash of an earlier run left behind is not ours to be blamed for.
    await (await LiveLab.up('nat-http', '--attach', 'pc')).down();
    before = stateOfMachine();
  });
  afterEach(async () => {
    for (const lab of labs)
      if (lab.child.exitCode === null && lab.child.signalCode === null) await lab.down();
    labs = [];
  });

  it('says how to use it, and `enter` does that', async () => {
    const lab = await up('nat-http');
    const [, example] = /^ *wirewalk enter pc -- (.*)$/m.exec(lab.said) ?? [];
    expect(example).toBe('curl -v http://www.example.com/');
    const enter = await wirewalk([
      'enter',
      'pc',
      '--pid',
      String(lab.pid),
      '--',
      ...(example as string).split(' '),
    ]);
    expect(enter.stdout).toContain('<h1>An example page</h1>');
    expect(enter.stderr).toContain('< HTTP/1.1 200 OK');
    expect(enter.code).toBe(0);
    expect(stateOfMachine()).not.toEqual(before);
    await lab.down();
    expect(stateOfMachine()).toEqual(before);
  });

  it('`enter` hands on the exit code, and starts the shell', async () => {
    const lab = await up('nat-http');
    const enter = (...args: string[]) =>
      wirewalk(['enter', 'pc', '--pid', String(lab.pid), ...args], { env: { SHELL: '/bin/true' } });
    expect((await enter('--', 'sh', '-c', 'exit 7')).code).toBe(7);
    expect((await enter()).code).toBe(0);
    expect((await enter('--', 'sh', '-c', 'kill -TERM $$')).code).toBe(143);
  });

  it('`enter` says which nodes there are', async () => {
    const lab = await up('nat-http', '--attach', 'laptop');
    const { code, stderr } = await wirewalk(['enter', 'loptop']);
    expect(code).toBe(2);
    expect(stderr).toContain("No node 'loptop' is attached.");
    expect(stderr).toContain('laptop');
    await lab.down();
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s leaves nothing behind, and is no failure',
    async (signal) => {
      const lab = await up('nat-http');
      const { code, stderr } = await lab.down(signal);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stateOfMachine()).toEqual(before);
    },
  );

  it('ends by itself when it is told so', async () => {
    const { code } = await wirewalk(['up', 'nat-http', '--detach-after', '500ms']);
    expect(code).toBe(0);
    expect(stateOfMachine()).toEqual(before);
  });

  it('ends in the middle of work, with programs in the namespace', async () => {
    const folder = new Folder();
    const lab = await up(folder.write('pages.yaml', pagesLab()), '--attach', 'pc');
    const getting = lab.run('pc', 'curl', [
      '-sS',
      '--max-time',
      '5',
      'http://www.lab.test/100M',
      '-o',
      '/dev/null',
    ]);
    const pinging = lab.run('pc', 'ping', ['-q', '-i', '0.01', '-w', '4', '10.2.0.2']);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect((await lab.down()).code).toBe(0);
    folder.remove();
    expect(stateOfMachine()).toEqual(before);
    await Promise.all([getting, pinging]);
  });

  it('a mistake in the program itself ends it, and leaves nothing behind either', async () => {
    const { code, stderr } = await outcomeOf(
      spawn(process.execPath, ['--input-type=module', '-e', BROKEN], {
        cwd: root,
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    );
    expect(stderr).toContain('a frame that nobody expected');
    expect(code).not.toBe(0);
    expect(stateOfMachine()).toEqual(before);
  });

  it('what was killed is cleared away by the next one', async () => {
    const killed = await up('nat-http', '--attach', 'pc', '--attach', 'laptop');
    const left = killed.namespace('laptop');
    await killed.down('SIGKILL');
    expect(existsSync(`/run/netns/${left}`)).toBe(true);
    const next = await up('nat-http', '--attach', 'pc');
    expect(existsSync(`/run/netns/${left}`)).toBe(false);
    expect(existsSync(`/etc/netns/${left}`)).toBe(false);
    await next.down();
    expect(stateOfMachine()).toEqual(before);
  });

  it('two labs side by side; neither takes away what is the other one’s', async () => {
    const [one, other] = [await up('nat-http'), await up('nat-http')];
    const enter = await wirewalk(['enter', 'pc', '--', 'true']);
    expect(enter.code).toBe(2);
    expect(enter.stderr).toContain(String(one.pid));
    expect(enter.stderr).toContain(String(other.pid));
    await one.down();
    expect(await other.expect('pc', 'ping', '-c', '1', '-w', '5', '192.168.0.1')).toContain('1 received');
    await other.down();
    expect(stateOfMachine()).toEqual(before);
  });

  it('two namespaces talk to each other across the lab', async () => {
    const lab = await up('nat-http', '--attach', 'pc', '--attach', 'laptop');
    expect(await lab.expect('pc', 'ping', '-c', '2', '-i', '0.2', '-w', '5', '192.168.0.20')).toContain(
      'ttl=64',
    );
  });

  it('Linux is a router in the middle', async () => {
    const lab = await up('three-routers', '--attach', 'A', '--attach', 'I1', '--attach', 'R2');
    const page = await lab.expect('A', 'curl', '-sS', '--max-time', '10', 'http://www.google.com/');
    expect(page).toContain('<h1>It arrived</h1>');
    await lab.down();
    expect(stateOfMachine()).toEqual(before);
  });

  it('a ring of switches ends the lab with a reason', async () => {
    const folder = new Folder();
    const lab = await up(folder.write('ring.yaml', RING), '--attach', 'a');
    await lab.run('a', 'ping', ['-c', '1', '-w', '2', '10.0.0.2']);
    const { code, stderr } = await lab.outcome;
    folder.remove();
    expect(stderr).toContain('they multiply');
    expect(code).toBe(1);
    expect(stateOfMachine()).toEqual(before);
  });

  it.each([
    [['up', 'nat-http', '--attach', 'pcc'], "There is no node 'pcc'"],
    [['up', 'nat-http', '--attach', 'switch'], 'switch is a switch'],
    [['up', 'nat-http', '--attach', 'router'], 'router is a nat-router'],
    [['up', 'nat-http', '--attach', 'pc', '--attach', 'pc'], 'pc is attached twice'],
    [['up', 'nat-http', '--attach', 'pc=carrier-pigeon:1'], '--attach pc=carrier-pigeon'],
    [['up', 'nat-http', '--detach-after', 'soon'], '--detach-after soon'],
    [['enter', 'pc', '--pid', 'x'], '--pid x'],
  ])('%j is a mistake in the call', async (args, message) => {
    const { code, stderr } = await wirewalk(args);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });
});

describe('wirewalk up where something is missing', () => {
  it('says what, and what works without it', async () => {
    const { code, stderr } = await wirewalk(['up', 'nat-http'], { env: { PATH: '/nowhere' } });
    expect(stderr).toMatch(/^wirewalk: pc can't become a network namespace here\.\n/);
    expect(stderr).toMatch(process.platform === 'linux' ? /the package iproute2 has it/ : /this is/);
    for (const way of [
      '--attach pc=stream:PATH',
      '--attach pc=ws:PORT',
      '--no-attach',
      'wirewalk exec nat-http pc',
    ])
      expect(stderr).toContain(way);
    expect(code).toBe(2);
  });

  it('runs with nothing attached', async () => {
    const { code, stdout, stderr } = await wirewalk([
      'up',
      'nat-http',
      '--no-attach',
      '--detach-after',
      '300ms',
    ]);
    expect(stderr).toBe('');
    expect(stdout).toContain('Nothing is attached.');
    expect(code).toBe(0);
  });
});

/** A lab that breaks when the first frame comes in. */
const BROKEN = `
import { readFileSync } from 'node:fs';
import { readLab } from './dist/lab/read-lab.js';
import { attachNamespace } from './dist/node/live/attach-namespace.js';
import { prepareLive } from './dist/node/live/live-lab.js';
import { execFileSync } from 'node:child_process';
const { lab } = readLab(readFileSync('labs/nat-http.yaml', 'utf8'), 'nat-http.yaml');
const waiting = prepareLive(lab, ['pc']);
const { name, ports } = await attachNamespace('pc', lab.topology.nodes.get('pc'), waiting.tap('pc'));
waiting.start([{ node: 'pc', ports }]);
waiting.tap('pc').send = () => { throw new Error('a frame that nobody expected'); };
try { execFileSync('ip', ['netns', 'exec', name, 'ping', '-c', '1', '-W', '1', '192.168.0.1']); } catch {}
`;

const RING = `
name: ring
topology:
  nodes:
    a: { kind: host, interfaces: { eth0: { ip: 10.0.0.1/24 } } }
    one: { kind: switch }
    two: { kind: switch }
    three: { kind: switch }
  links:
    - { endpoints: ["a:eth0", "one:1"] }
    - { endpoints: ["one:2", "two:1"] }
    - { endpoints: ["two:2", "three:1"] }
    - { endpoints: ["three:2", "one:3"] }
    - { endpoints: ["one:4", "two:4"] }
`;
