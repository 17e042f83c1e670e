// The console itself: which command a line means, what unknown ones are told, stopping, completion, hostile input.

import { describe, expect, it } from 'vitest';
import { consoleWorld, type } from '../../../test/console-world.js';
import { natHttp } from '../../../test/worlds.js';
import { SECOND } from '../../base/time.js';
import { commandNames, completeCommand, runCommandToEnd, startCommand } from './console.js';

describe('a line', () => {
  it('of nothing does nothing', () => {
    expect(type(consoleWorld(), 'pc', '  # only a comment')).toBe('');
  });

  it('with an unknown command is answered as by a shell, with what there is', () => {
    const world = consoleWorld();
    expect(type(world, 'pc', 'grep x')).toBe(
      'sh: grep: command not found\n' +
        'pc has these commands: arp, browse, cat, curl, dig, getent, help, hostname, ip, iperf3, nc, netstat, ping, route, ss, traceroute\n' +
        '[exit 127]',
    );
    expect(type(world, 'sw', 'ping pc')).toBe(
      'sh: ping: command not found\n' +
        'sw has these commands: help, show interfaces, show interfaces status, show mac address-table\n' +
        '[exit 127]',
    );
    expect(type(world, 'pc', 'show ip route')).toContain('sh: show: command not found');
    expect(type(world, 'pc', 'ping x | more')).toMatch(/^sh: pipes are not spoken here.*\n\[exit 2\]$/);
  });

  it('for a node that is not there names those that are', () => {
    expect(type(consoleWorld(), 'nobody', 'help')).toBe(
      'there is no node named nobody; there are pc, nb, sw, r1, r2, server\n[exit 127]',
    );
  });

  it('may shorten the words of show', () => {
    const world = consoleWorld();
    const long = type(world, 'r1', 'show ip route');
    expect(type(world, 'r1', 'sh ip ro')).toBe(long);
    expect(type(world, 'r1', 'show ip r')).toBe(long);
    expect(type(world, 'r1', 'show ip')).toBe(
      '% Incomplete or ambiguous command\n' +
        'r1 has these: show arp, show interfaces, show ip arp, show ip interface brief, show ip route\n[exit 2]',
    );
    expect(type(world, 'r1', 'show clock')).toMatch(/^% Invalid input: show clock\n/);
    expect(type(world, 'r1', 'show ip route now')).toBe("% Invalid input detected at 'now'\n[exit 2]");
  });

  it('is explained by help', () => {
    const world = consoleWorld();
    expect(type(world, 'sw', 'help')).toBe(
      'Commands on sw (switch):\n' +
        '  help                    list the commands, or say how to call one\n' +
        '  show interfaces         show the ports with their counters\n' +
        '  show interfaces status  show the ports, one per line\n' +
        '  show mac address-table  show which MAC address sits behind which port\n',
    );
    const manual = 'usage: netstat -r [-n]\nshow the routing table; for sockets see ss\n';
    expect(type(world, 'pc', 'help netstat')).toBe(manual);
    expect(type(world, 'pc', 'netstat --help')).toBe(manual);
    expect(type(world, 'pc', 'help nothing')).toContain('sh: nothing: command not found');
    for (const node of ['pc', 'r1', 'sw']) {
      for (const line of type(world, node, 'help').split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    }
  });
});

describe('the commands of a device', () => {
  it('depend on what it is', () => {
    const world = natHttp();
    const names = (node: string): string[] => commandNames(world.node(node)?.device as never);
    expect(names('pc')).not.toContain('show ip route');
    expect(names('isp')).toContain('show ip route');
    expect(names('isp')).not.toContain('show ip nat translations');
    expect(names('router')).toContain('show ip nat translations');
    expect(names('switch')).toEqual([
      'help',
      'show interfaces',
      'show interfaces status',
      'show mac address-table',
    ]);
    world.addTap('tap');
    expect(names('tap')).toEqual(['help']);
    expect(type(world, 'tap', 'ping x')).toContain('tap has these commands: help');
  });
});

describe('completion', () => {
  const world = consoleWorld();
  it.each([
    ['pc', 'p', ['ping']],
    ['pc', 'ne', ['netstat']],
    ['pc', 'n', ['nc', 'netstat']],
    ['r1', 'sh', ['show']],
    ['r1', 'show ', ['arp', 'interfaces', 'ip']],
    ['r1', 'show ip ', ['arp', 'interface', 'route']],
    ['sw', 'show mac', ['mac']],
    ['pc', 'ip ', ['addr', 'link', 'neigh', 'route']],
    ['pc', 'ip route g', ['get']],
    ['pc', 'ip addr show dev ', ['eth0']],
    ['pc', 'ping g', ['gw.example.org']],
    ['pc', 'ping -c 3 1', ['192.0.2.1']],
    ['pc', 'dig @', ['@203.0.113.80']],
    ['pc', 'cat /etc/h', ['/etc/hostname', '/etc/hosts']],
    ['pc', 'help pi', ['ping']],
    ['pc', 'nothing ', []],
    ['nobody', 'p', []],
  ])('on %s: %j', (node, partial, expected) => {
    expect(completeCommand(world, node, partial)).toEqual(expected);
  });
});

describe('a running command', () => {
  it('prints as time goes on and ends when it is stopped', () => {
    const world = consoleWorld();
    const output: string[] = [];
    const codes: number[] = [];
    const run = startCommand(world, 'pc', 'ping 192.0.2.1', {
      write: (text) => output.push(text),
      done: (code) => codes.push(code),
    });
    world.advance(1.5 * SECOND);
    expect(output.join('')).toMatch(/icmp_seq=2 ttl=64/);
    expect(codes).toEqual([]);
    run.stop();
    run.stop();
    expect(codes).toEqual([0]);
    expect(output.join('')).toMatch(/2 packets transmitted, 2 received, 0% packet loss, time 1000ms\n/);
    const length = output.length;
    world.advance(10 * SECOND);
    expect(output).toHaveLength(length);
    expect(world.runToRest(SECOND)).toBe(true);
  });

  it.each([
    'ping www.example.org',
    'traceroute www.example.org',
    'dig www.example.org',
    'curl http://www.example.org/',
    'nc -N --send-bytes 100000 www.example.org 80',
    'nc -l 5000',
    'nc -ul 5000',
  ])('%s leaves nothing behind when it is stopped at any time', (line) => {
    for (const at of [0, 0.001, 0.004, 0.009, 0.02, 0.0265, 0.05]) {
      const world = consoleWorld();
      const codes: number[] = [];
      let last = '';
      const io = {
        write: (text: string) => {
          last = text;
        },
        done: (code: number) => codes.push(code),
      };
      const run = startCommand(world, 'pc', line, io);
      world.advance(at * SECOND);
      run.stop();
      expect(codes).toHaveLength(1);
      last = '';
      expect(world.runToRest(300 * SECOND)).toBe(true);
      expect(codes).toHaveLength(1);
      expect(last).toBe('');
    }
  });

  it('is stopped when its time is up', () => {
    const world = consoleWorld();
    const { output, exitCode } = runCommandToEnd(world, 'pc', 'ping 192.0.2.1', 2.5 * SECOND);
    expect(exitCode).toBe(0);
    expect(output).toContain('3 packets transmitted, 3 received');
    expect(world.now).toBe(2.5 * SECOND);
    expect(runCommandToEnd(world, 'pc', 'traceroute 192.0.2.77', SECOND).exitCode).toBe(130);
  });

  it('that ends early leaves the clock where it ended', () => {
    const world = consoleWorld();
    runCommandToEnd(world, 'pc', 'ping -c 1 192.0.2.11', 100 * SECOND);
    expect(world.now).toBe(8_000_000);
  });

  it('is an activity of its own in the trace', () => {
    const world = consoleWorld();
    type(world, 'pc', "curl -s 'http://www.example.org/plain'");
    const begun = [...world.trace().events()].flatMap((event) =>
      event.kind === 'activity-begun' ? [`${event.activity} ${event.subject}`] : [],
    );
    expect(begun.slice(0, 4)).toEqual([
      "program curl -s 'http://www.example.org/plain'",
      'resolve www.example.org',
      'dns-answer www.example.org',
      'connect 203.0.113.80:80',
    ]);
  });

  it('gives the same twice', () => {
    const lines = [
      'ping -c 2 www.example.org',
      'traceroute 203.0.113.80',
      'curl -v http://www.example.org/',
      'ss -tain',
    ];
    const runs = [0, 1].map(() => {
      const world = consoleWorld();
      return [...lines.map((line) => type(world, 'pc', line)), world.trace().hash()];
    });
    expect(runs[0]).toEqual(runs[1]);
  });
});

describe('hostile lines', () => {
  it('never throw and never write control characters', () => {
    const parts = [
      '\x1b[2J',
      '\0',
      '\u202e',
      '-',
      '--',
      '=',
      '@',
      '+',
      '%{',
      '\\',
      "''",
      '..',
      '%00',
      '999999999999999999999',
      'é',
      '\ud800',
      'constructor',
      '__proto__',
      '255.255.255.255',
      '0.0.0.0',
      'x'.repeat(300),
    ];
    const world = consoleWorld();
    for (const node of ['pc', 'r1', 'sw']) {
      for (const name of commandNames(world.node(node)?.device as never)) {
        for (const part of parts) {
          for (const line of [
            `${name} ${part}`,
            `${name} -${part}`,
            `${name} -c ${part} ${part} ${part}`,
            `${part} ${name}`,
          ]) {
            const { output } = runCommandToEnd(world, node, line, SECOND / 10);
            expect(output).not.toMatch(/[^\n\t\P{Cc}]/u);
          }
          expect(() => completeCommand(world, node, `${name} ${part}`)).not.toThrow();
        }
      }
    }
  });
});
