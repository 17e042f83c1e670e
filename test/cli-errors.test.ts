// What a person sees when something is wrong: in the call, in a lab file, or in the network.

import { afterAll, describe, expect, it } from 'vitest';
import { changed, Folder, labText, tooLong, wirewalk } from './cli.js';

const folder = new Folder();
afterAll(() => folder.remove());

/** Calls and expects exit code 2 with nothing on stdout. */
async function complaint(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await wirewalk(args);
  expect({ code, stdout, args }).toEqual({ code: 2, stdout: '', args });
  expect(stderr).toMatch(/^wirewalk: /);
  expect(stderr).not.toMatch(/\bat .*\.js:\d+/);
  return stderr;
}

describe.concurrent('a mistake in the call', () => {
  it.each<[string, string[], RegExp]>([
    ['a command that is none', ['lbs'], /no command 'lbs'\. Did you mean 'labs'\?/],
    ['an option that is none', ['labs', '--jsn'], /unknown option '--jsn'[\s\S]*Did you mean --json\?/],
    [
      'an option of the walk before a command',
      ['--seed', '3', 'run', 'nat-http'],
      /--seed belongs behind the command/,
    ],
    ['an option that the command lacks', ['--lab', 'x', 'run', 'nat-http'], /--lab is no option of run/],
    ['no lab', ['run'], /missing required argument 'lab'/],
    ['a lab that is none', ['run', 'nat-htp'], /no lab 'nat-htp'\. Did you mean 'nat-http'\?/],
    ['a lab file that is none', ['run', './none.yaml'], /none\.yaml can not be read: there is no such file/],
    ['a folder for a lab', ['run', '/'], /can not be read: it is a folder/],
    ['a seed that is none', ['run', 'nat-http', '--seed', '1.5'], /--seed.*whole number/],
    ['a seed too large', ['run', 'nat-http', '--seed', '4294967296'], /4294967295/],
    ['a width that is none', ['run', 'nat-http', '--width', 'wide'], /--width wide.*at least 40/],
    ['a width too small', ['run', 'nat-http', '--width', '39'], /at least 40/],
    [
      'two formats',
      ['run', 'nat-http', '--json', '--markdown'],
      /'--json' cannot be used with option '--markdown'/,
    ],
    ['two details', ['run', 'nat-http', '--brief', '--full'], /cannot be used with/],
    ['a step that is none', ['run', 'nat-http', '--step', 'x'], /no step 'x'\. The steps are 1a to/],
    ['a URL that is none', ['http://www.example.com:99999/'], /can not be opened: .*port/],
    ['a scheme that is none', ['ftp://www.example.com/'], /can not be opened: /],
    ['a browser on a switch', ['http://www.example.com/', '--node', 'switch'], /switch is a switch/],
    [
      'a browser nowhere',
      ['http://www.example.com/', '--node', 'pcc'],
      /no node 'pcc' in nat-http.*pc, laptop/,
    ],
    [
      'a node that is none',
      ['inspect', 'nat-http', 'routr'],
      /no node 'routr' in nat-http; did you mean router\?/,
    ],
    [
      'a moment that is none',
      ['inspect', 'nat-http', '--at', 'soon'],
      /--at soon: give a step of the walk such as 2c/,
    ],
    ['a step out of range', ['inspect', 'nat-http', '--at', '9zz'], /no step '9zz'/],
    [
      'an interface that is none',
      ['capture', 'nat-http', '-w', '-', '-i', 'pc:eth1'],
      /no interface 'pc:eth1'; did you mean pc:eth0\?/,
    ],
    ['no file for a capture', ['capture', 'nat-http'], /-w, --write <file>' not specified/],
    [
      'a file that can not be written',
      ['capture', 'nat-http', '-w', '/nowhere/x.pcapng'],
      /x\.pcapng can not be written: there is no such file or folder/,
    ],
    [
      'a format that is none',
      ['graph', 'nat-http', '--format', 'png'],
      /Allowed choices are mermaid, dot, svg/,
    ],
    [
      'a node to type on that is none',
      ['exec', 'nat-http', 'pcx', '--', 'arp'],
      /no node 'pcx' in nat-http; did you mean pc\?/,
    ],
    [
      'a moment to type at that is none',
      ['exec', 'nat-http', 'pc', '--at', 'soon', '--', 'arp'],
      /--at soon: give a step of the walk such as 2c/,
    ],
    [
      'a step to type at that is none',
      ['exec', 'nat-http', 'pc', '--at', '9zz', '--', 'arp'],
      /no step '9zz'/,
    ],
    [
      'a moment without the script',
      ['exec', 'nat-http', 'pc', '--fresh', '--at', '2c', '--', 'arp'],
      /'--fresh' cannot be used with option '--at <when>'/,
    ],
    ['no command to type', ['exec', 'nat-http', 'pc'], /missing required argument 'command'/],
    ['a limit that is none', ['exec', '--limit', 'long', 'nat-http', 'pc', '--', 'arp'], /--limit long/],
    ['a capture and a walk on one stream', ['run', 'nat-http', '--pcap', '-'], /wirewalk capture/],
  ])('%s', async (_, args, expected) => {
    expect(await complaint(...args)).toMatch(expected);
  });
});

describe.concurrent('a mistake in a lab file', () => {
  let count = 0;
  const broken = (...changes: [string, string][]) =>
    folder.write(`broken-${++count}.yaml`, changed(labText('nat-http'), ...changes));

  it.each<[string, [string, string], RegExp]>([
    [
      'a key with a typo',
      ['gateway: 192.168.0.1', 'gatway: 192.168.0.1'],
      /there is no key "gatway" here[\s\S]*did you mean gateway\?/,
    ],
    ['an unknown key', ['seed: 1', 'seed: 1\ncolour: red'], /there is no key "colour" here/],
    ['an address with a typo', ['ip: 192.168.0.20/24', 'ip: 192.168.0.299/24'], /"192\.168\.0\.299\/24"/],
    ['a duplicate address', ['ip: 192.168.0.20/24', 'ip: 192.168.0.10/24'], /192\.168\.0\.10/],
    ['a link to a missing port', ['"router:lan"', '"router:lam"'], /lam[\s\S]*lan/],
    ['a link to a missing node', ['"router:lan"', '"ruoter:lan"'], /ruoter[\s\S]*router/],
    ['text that is no YAML', ['topology:', 'topology: ]'], /\]/],
  ])('%s: file, line, column, value and mend', async (_, change, expected) => {
    const file = broken(change);
    const text = await complaint('run', file);
    expect(text).toMatch(expected);
    expect(text).toContain(`${file} has `);
    // The place as editors read it, the line of the file, and a mark under the value.
    expect(text).toMatch(/broken-\d+\.yaml:\d+:\d+: /);
    expect(text).toMatch(/^ *\d+ \| .*\n *\| +\^+$/m);
  });

  it('finds all mistakes at once', async () => {
    const file = broken(
      ['gateway: 192.168.0.1', 'gatway: 192.168.0.1'],
      ['"router:lan"', '"router:lam"'],
      ['kind: switch', 'kind: swich'],
    );
    const text = await complaint('run', file);
    expect(text).toMatch(/has \d+ mistakes/);
    for (const word of ['gatway', 'lam', 'swich']) expect(text).toContain(word);
  });

  it.each(['inspect', 'graph', 'check'])('%s says the same', async (command) => {
    const file = broken(['gateway: 192.168.0.1', 'gatway: 192.168.0.1']);
    expect(await complaint(command, file)).toContain('gatway');
  });

  it('check runs nothing when one of the files has a mistake', async () => {
    await complaint('check', 'nat-http', broken(['seed: 1', 'seed: one']));
  });

  it('does nothing to the terminal that reads it', async () => {
    const text = await complaint('run', broken(['seed: 1', 'seed: "\\e[2J\x1b[2J"']));
    expect(text).not.toContain('\x1b');
  });
});

describe.concurrent('a failure of the network is a walk that shows where and why, with exit code 1', () => {
  const failing = async (args: string[], ...expected: RegExp[]) => {
    const { code, stdout, stderr } = await wirewalk(args);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    for (const pattern of expected) expect(stdout).toMatch(pattern);
    expect(stdout).toMatch(/\b1a\b/);
    expect(tooLong(stdout)).toEqual([]);
    const json = await wirewalk([...args, '--json']);
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout).ok).toBe(false);
  };
  const changedLab = (name: string, ...changes: [string, string][]) =>
    folder.write(`${name}.yaml`, changed(labText('nat-http'), ...changes));

  it('a name that nobody serves', async () => {
    await failing(
      ['http://www.nobody.example/'],
      /www\.nobody\.example/,
      /NXDOMAIN|REFUSED|SERVFAIL|does not exist/,
    );
  });

  it('a port where nobody listens', async () => {
    await failing(['http://www.example.com:8080/'], /8080/, /RST|refused/i);
  });

  it('a network that no router knows', async () => {
    const file = changedLab('no-way', ['gateway: 198.51.100.2', 'dns: [8.8.8.8]']);
    await failing(['http://www.example.com/', '--lab', file], /unreachable/i, /isp|provider/);
  });

  it('a computer without a default route', async () => {
    const file = changedLab('no-gateway', ['gateway: 192.168.0.1', 'routes: []']);
    await failing(['http://www.example.com/', '--lab', file], /route/i);
  });

  it('a router that does not answer', async () => {
    const file = changedLab('wrong-gateway', ['gateway: 192.168.0.1', 'gateway: 192.168.0.99']);
    await failing(['run', file], /192\.168\.0\.99/);
  });

  it('a scheme that is not spoken yet', async () => {
    await failing(['https://www.example.com/'], /https/);
  });
});
