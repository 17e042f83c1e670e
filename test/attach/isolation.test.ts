// A lab is apart from the network of the machine it runs on: that one stays as it is, no namespace reaches it, and there is
// no way to ask for anything else.

import { createSocket } from 'node:dgram';
import { type AddressInfo, connect, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterEach, expect, it } from 'vitest';
import { wirewalk } from '../cli.js';
import { describeAttached, LiveLab, stateOfMachine } from './netns.js';

const LOOPBACK = '127.0.0.1';

/** Addresses of this machine, loopback included. */
const ADDRESSES = Object.values(networkInterfaces()).flatMap((cards = []) =>
  cards.filter(({ family }) => family === 'IPv4').map(({ address }) => address),
);

describeAttached('a running lab', ['ip', 'curl', 'ping'], () => {
  let lab: LiveLab | undefined;
  afterEach(async () => {
    await lab?.down();
    lab = undefined;
  });
  const up = async (): Promise<LiveLab> => {
    lab = await LiveLab.up('nat-http', '--attach', 'pc', '--attach', 'laptop');
    return lab;
  };

  it('leaves cards, addresses, routes, rules and names of the machine alone', async () => {
    const ownPart = () => {
      const { namespaces, files, ...rest } = stateOfMachine();
      return rest;
    };
    const before = ownPart();
    const { pid } = await up();
    await lab?.expect('pc', 'curl', '-sS', '-o', '/dev/null', 'http://www.example.com/');
    expect(ownPart()).toEqual(before);
    expect(stateOfMachine().namespaces).toContain(`ww-${pid}-pc`);
  });

  it('gives a namespace the card of the lab, a loopback of its own, and the routes of the lab', async () => {
    const running = await up();
    const ip = async (...args: string[]) =>
      JSON.parse(await running.expect('pc', 'ip', '-d', '-json', ...args));
    type Link = { readonly ifname: string; readonly linkinfo?: object; readonly link_netnsid?: number };
    const links = (await ip('link')) as Link[];
    expect(links.map(({ ifname }) => ifname)).toEqual(['lo', 'eth0']);
    // A TAP has no other end in the kernel, and no card above or below it.
    const [, card] = links;
    expect(card).toMatchObject({ linkinfo: { info_kind: 'tun', info_data: { type: 'tap' } } });
    for (const key of ['link', 'link_index', 'link_netnsid', 'master']) expect(card).not.toHaveProperty(key);
    expect(((await ip('route')) as { dst: string }[]).map(({ dst }) => dst)).toEqual([
      'default',
      '192.168.0.0/24',
    ]);
  });

  it('lets no namespace reach the machine', async () => {
    const heard: string[] = [];
    const server = createServer((socket) => {
      heard.push('TCP');
      socket.end();
    });
    const datagrams = createSocket('udp4', () => heard.push('UDP'));
    await new Promise<void>((resolve) => server.listen(0, LOOPBACK, resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise<void>((resolve) => datagrams.bind(port, LOOPBACK, resolve));
    try {
      // Who is on this machine is heard: silence means something.
      await new Promise((resolve) => connect(port, LOOPBACK).on('close', resolve).resume());
      expect(heard.splice(0)).toEqual(['TCP']);
      const running = await up();
      const attempt = `curl -sS --max-time 1 http://$0:${port}/; echo x > /dev/udp/$0/${port}; true`;
      expect(ADDRESSES).toContain(LOOPBACK);
      for (const address of [...ADDRESSES, '255.255.255.255']) {
        const { stdout, stderr } = await running.run('pc', 'bash', ['-c', attempt, address]);
        expect(stdout, address).toBe('');
        expect(stderr).toContain('curl: (');
        if (address === LOOPBACK) continue;
        expect(await running.expect('pc', 'ip', 'route', 'get', address)).toContain('dev eth0');
      }
      expect(heard).toEqual([]);
    } finally {
      server.close();
      datagrams.close();
    }
  });
});

it.each([
  'pc=eth0',
  'pc=bridge:eth0',
  'pc=tap:eth0',
  'pc=stream:0.0.0.0:7000',
  'pc=connect:192.0.2.1:7000',
  'pc=dgram:192.0.2.1:7000',
  'pc=ws:0.0.0.0:7000',
])('--attach %s: there is no way into a real network', async (attachment) => {
  const { code, stderr } = await wirewalk(['up', 'nat-http', '--attach', attachment]);
  expect(stderr).toContain(`--attach ${attachment}`);
  expect(code).toBe(2);
});

it('`wirewalk up --help` says so', async () => {
  const { stdout } = await wirewalk(['up', '--help']);
  expect(stdout).toContain('Nothing is bridged');
});
