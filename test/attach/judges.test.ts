// Real programs judge labs that run in real time: ping, traceroute, dig, curl and nc in a network namespace, with the
// stack of Linux under them.

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Folder } from '../cli.js';
import { filler, pagesLab } from './labs.js';
import { describeAttached, LiveLab, sha256 } from './netns.js';

describeAttached('real programs in nat-http', ['ping', 'traceroute', 'dig', 'curl'], () => {
  let lab: LiveLab;
  beforeAll(async () => {
    lab = await LiveLab.up('nat-http', '--attach', 'pc');
  });
  afterAll(() => lab?.down());

  it('ping goes through the NAT router, three routers less in its TTL and 56 ms later', async () => {
    const told = await lab.expect('pc', 'ping', '-c', '3', '-i', '0.2', '-w', '10', '93.184.216.34');
    expect(told).toContain('3 received, 0% packet loss');
    expect(told.match(/ttl=61/g)).toHaveLength(3);
    const [, least] = /rtt min\/avg\/max\/mdev = ([\d.]+)\//.exec(told) ?? [];
    expect(Number(least)).toBeGreaterThan(54);
    expect(Number(least)).toBeLessThan(75);
  });

  const hops = ['192.168.0.1', '51.0.0.1', '198.51.100.2', '93.184.216.34'];
  it.each([
    ['UDP', []],
    ['ICMP', ['-I']],
    ['TCP', ['-T', '-p', '80']],
  ])('traceroute by %s shows every router', async (_, options) => {
    const told = await lab.expect(
      'pc',
      'traceroute',
      '-n',
      '-w',
      '2',
      '-q',
      '2',
      ...options,
      '93.184.216.34',
    );
    const [, ...lines] = told.trimEnd().split('\n');
    expect(lines.map((line) => line.trim().split(/\s+/)[1])).toEqual(hops);
  });

  it('dig finds the name in the DNS server of the lab', async () => {
    const told = await lab.expect('pc', 'dig', '+tries=2', 'www.example.com');
    expect(told).toContain('status: NOERROR');
    expect(told).toMatch(/www\.example\.com\.\s+\d+\s+IN\s+A\s+93\.184\.216\.34/);
    expect(told).toContain('SERVER: 8.8.8.8#53(8.8.8.8) (UDP)');
  });

  it('curl opens the page by its name', async () => {
    const told = await lab.expect('pc', 'curl', '-sS', '-i', '--max-time', '10', 'http://www.example.com/');
    expect(told).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(told).toContain('<h1>An example page</h1>');
  });

  it('nothing else can be reached: there is no way out of the lab', async () => {
    const { code, stderr } = await lab.run('pc', 'curl', ['-sS', '--max-time', '3', 'http://198.18.0.1/']);
    expect(code, stderr).not.toBe(0);
    expect(await lab.expect('pc', 'ip', '-brief', 'link')).toMatch(/^lo\s.*\neth0\s.*\n$/);
  });
});

describeAttached('bytes through a switch and a router', ['ping', 'curl', 'dig', 'nc'], () => {
  const folder = new Folder();
  let lab: LiveLab;
  beforeAll(async () => {
    lab = await LiveLab.up(folder.write('pages.yaml', pagesLab()), '--attach', 'pc');
  });
  afterAll(async () => {
    await lab?.down();
    folder.remove();
  });

  const page = (name: string): string => `http://www.lab.test/${name}`;
  const curl = (...args: string[]) => lab.expect('pc', 'curl', '-sS', '-f', '--max-time', '50', ...args);

  it('ping with packets that need fragments', async () => {
    const told = await lab.expect(
      'pc',
      'ping',
      '-c',
      '5',
      '-i',
      '0.05',
      '-w',
      '10',
      '-s',
      '3000',
      '10.2.0.2',
    );
    expect(told).toContain('5 received, 0% packet loss');
    expect(told.match(/3008 bytes from 10\.2\.0\.2: .*ttl=63/g)).toHaveLength(5);
  });

  it('a flood of pings', async () => {
    const told = await lab.expect('pc', 'ping', '-q', '-f', '-c', '500', '-w', '10', '10.2.0.2');
    expect(told).toContain('500 packets transmitted, 500 received, 0% packet loss');
  });

  it('a name that is not there', async () => {
    expect(await lab.expect('pc', 'dig', '+tries=2', 'nobody.lab.test')).toContain('status: NXDOMAIN');
    const { code } = await lab.run('pc', 'curl', ['-sS', '--max-time', '10', 'http://nobody.lab.test/']);
    expect(code).toBe(6);
  });

  it.each([
    ['1', 1],
    ['1M', 1_000_000],
    ['100M', 100_000_000],
  ])('curl gets the same bytes: /%s', async (name, size) => {
    const told = await lab.expect('pc', 'sh', '-c', `curl -sS -f --max-time 50 ${page(name)} | sha256sum`);
    expect(told.slice(0, 64)).toBe(sha256(filler(size)));
  });

  it('fifty at once', async () => {
    const urls = Array.from({ length: 50 }, () => [page('1k'), '-o', '/dev/null']).flat();
    const told = await curl(
      '-Z',
      '--parallel-immediate',
      '--parallel-max',
      '50',
      '-w',
      '%{http_code} %{size_download} %{num_connects}\n',
      ...urls,
    );
    const lines = told.trimEnd().split('\n');
    expect(lines).toHaveLength(50);
    expect(new Set(lines)).toEqual(new Set(['200 1000 1']));
  });

  it('keep-alive: five pages, one connection', async () => {
    const urls = Array.from({ length: 5 }, () => [page('1k'), '-o', '/dev/null']).flat();
    const told = await curl('-w', '%{num_connects}', ...urls);
    expect(told).toBe('10000');
  });

  it('10 MB go there and come back, and both are closed', async () => {
    const bytes = Buffer.alloc(10_000_000, 'there and back again, byte by byte. ');
    writeFileSync(path.join(lab.home, 'there'), bytes);
    await lab.expect('pc', 'sh', '-c', 'timeout 50 nc -N 10.2.0.2 7 < there > back');
    const told = await lab.expect('pc', 'sha256sum', 'back');
    expect(told.slice(0, 64)).toBe(sha256(bytes));
  });

  it('10 MB posted: the server takes them all, and says that the page can only be read', async () => {
    writeFileSync(path.join(lab.home, 'body'), Buffer.alloc(10_000_000, 'x'));
    const told = await lab.expect(
      'pc',
      'curl',
      '-sS',
      '--max-time',
      '30',
      '--data-binary',
      '@body',
      '-o',
      '/dev/null',
      '-w',
      '%{http_code} %{size_upload}',
      page('1'),
    );
    expect(told).toBe('405 10000000');
  });
});

describeAttached('through loss and delay', ['curl', 'ping'], () => {
  const folder = new Folder();
  let lab: LiveLab;
  beforeAll(async () => {
    const lossy = pagesLab('delay: 25ms, loss: 0.02');
    lab = await LiveLab.up(folder.write('lossy.yaml', lossy), '--attach', 'pc');
  });
  afterAll(async () => {
    await lab?.down();
    folder.remove();
  });

  it('curl gets 1 MB through 2 % loss and 50 ms', async () => {
    const told = await lab.expect(
      'pc',
      'sh',
      '-c',
      'curl -sS -f --max-time 50 --retry 3 --resolve www.lab.test:80:10.2.0.2 http://www.lab.test/1M | sha256sum',
    );
    expect(told.slice(0, 64)).toBe(sha256(filler(1_000_000)));
  });

  it('ping sees both', async () => {
    const { stdout } = await lab.run('pc', 'ping', ['-q', '-c', '200', '-i', '0.01', '-W', '1', '10.2.0.2']);
    const [, received = '0'] = /(\d+) received/.exec(stdout) ?? [];
    expect(Number(received)).toBeGreaterThan(170);
    expect(Number(received)).toBeLessThan(200);
    const [, least = '0'] = /= ([\d.]+)\//.exec(stdout) ?? [];
    expect(Number(least)).toBeGreaterThanOrEqual(50);
    expect(Number(least)).toBeLessThan(60);
  });
});
