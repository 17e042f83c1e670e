// Commands that send: frames really go over the links, and what comes back is printed as the originals print it.

import { describe, expect, it } from 'vitest';
import { consoleWorld, framesWith, ipv4, serveRaw, type } from '../../../test/console-world.js';
import { encodeLatin1 } from '../../base/text.js';
import { SECOND } from '../../base/time.js';
import { runCommandToEnd } from './console.js';
import { pageText } from './page-text.js';

describe('ping', () => {
  it('puts echo requests on the link and learns the way', () => {
    const world = consoleWorld();
    expect(type(world, 'pc', 'arp -n')).toBe('');
    expect(type(world, 'pc', 'ping -c 3 203.0.113.80')).toBe(
      `PING 203.0.113.80 (203.0.113.80) 56(84) bytes of data.
64 bytes from 203.0.113.80: icmp_seq=1 ttl=62 time=16.0 ms
64 bytes from 203.0.113.80: icmp_seq=2 ttl=62 time=8.00 ms
64 bytes from 203.0.113.80: icmp_seq=3 ttl=62 time=8.00 ms

--- 203.0.113.80 ping statistics ---
3 packets transmitted, 3 received, 0% packet loss, time 2000ms
rtt min/avg/max/mdev = 8.000/10.666/16.000/3.773 ms
`,
    );
    expect(type(world, 'pc', 'arp -n')).toContain('192.0.2.1                ether   02:00:00:00:00:01   C');
    // Three requests and one ARP request from pc, three replies from the server.
    expect(world.interface('pc:eth0').sentFrames).toBe(4);
    expect(framesWith(world, 'server:eth0', encodeText(0, 16))).toBe(3);
    expect(framesWith(world, 'r2:down', encodeText(0, 16))).toBe(3);
  });

  it('asks DNS for a name, and the hosts file for names to show', () => {
    const world = consoleWorld();
    expect(type(world, 'pc', 'ping -c 1 alias.example.org').split('\n').slice(0, 2)).toEqual([
      'PING alias.example.org (203.0.113.80) 56(84) bytes of data.',
      '64 bytes from 203.0.113.80 (203.0.113.80): icmp_seq=1 ttl=62 time=8.00 ms',
    ]);
    expect(type(world, 'pc', 'ping -c 1 gw.example.org')).toContain(
      '64 bytes from gw.example.org (192.0.2.1): icmp_seq=1',
    );
    expect(type(world, 'pc', 'ping -nc 1 gw.example.org')).toContain('64 bytes from 192.0.2.1: icmp_seq=1');
    expect(type(world, 'pc', 'ping -c 1 localhost')).toContain(
      '64 bytes from localhost (127.0.0.1): icmp_seq=1 ttl=64 time=0.000 ms',
    );
  });

  it('tells why there is no answer', () => {
    const world = consoleWorld();
    expect(type(world, 'pc', 'ping -c 2 -t 1 203.0.113.80')).toBe(
      `PING 203.0.113.80 (203.0.113.80) 56(84) bytes of data.
From 192.0.2.1 icmp_seq=1 Time to live exceeded
From 192.0.2.1 icmp_seq=2 Time to live exceeded

--- 203.0.113.80 ping statistics ---
2 packets transmitted, 0 received, +2 errors, 100% packet loss, time 1000ms

[exit 1]`,
    );
    expect(type(world, 'pc', 'ping -c 2 192.0.2.99')).toBe(
      `PING 192.0.2.99 (192.0.2.99) 56(84) bytes of data.
From 192.0.2.10 icmp_seq=1 Destination Host Unreachable
From 192.0.2.10 icmp_seq=2 Destination Host Unreachable

--- 192.0.2.99 ping statistics ---
2 packets transmitted, 0 received, +2 errors, 100% packet loss, time 1000ms
pipe 2
[exit 1]`,
    );
    expect(type(world, 'pc', 'ping -c 1 10.9.9.9')).toContain(
      'From 192.0.2.1 icmp_seq=1 Destination Net Unreachable\n',
    );
    expect(type(world, 'pc', 'ping -c 1 203.0.113.99')).toContain(
      'From 198.51.100.2 icmp_seq=1 Destination Host Unreachable\n',
    );
    expect(type(world, 'r1', 'ping -c 1 10.9.9.9')).toBe('ping: connect: Network is unreachable\n[exit 2]');
    expect(type(world, 'pc', 'ping none.example.org')).toBe(
      'ping: none.example.org: Name or service not known\n[exit 2]',
    );
    expect(type(world, 'pc', 'ping evil.example.org')).toBe(
      'ping: evil.example.org: No address associated with hostname\n[exit 2]',
    );
    expect(type(world, 'nb', 'ping www.example.org')).toBe(
      'ping: www.example.org: Temporary failure in name resolution\n[exit 2]',
    );
  });

  it('waits for the last answer, and no longer than -W', () => {
    const world = consoleWorld();
    type(world, 'pc', 'ping -c 1 203.0.113.80');
    world.links.at(-1)!.up = false;
    const before = world.now;
    expect(type(world, 'pc', 'ping -c 3 -i 0.5 -W 2 203.0.113.80')).toBe(
      `PING 203.0.113.80 (203.0.113.80) 56(84) bytes of data.

--- 203.0.113.80 ping statistics ---
3 packets transmitted, 0 received, 100% packet loss, time 1000ms

[exit 1]`,
    );
    expect(world.now - before).toBe(3 * SECOND);
  });

  it('counts what is lost', () => {
    const world = consoleWorld();
    let seen = 0;
    world.links[0]?.back.faults.push(() => (++seen === 3 ? 'drop' : 'pass'));
    expect(type(world, 'pc', 'ping -q -c 3 -i 0.1 192.0.2.1')).toContain(
      '3 packets transmitted, 2 received, 33.3333% packet loss, time 200ms\nrtt min/avg/max/mdev = 4.000/6.000/8.000/2.000 ms\n',
    );
  });

  it('finds how much fits', () => {
    const world = consoleWorld({ mtu: 1400 });
    expect(type(world, 'pc', 'ping -c 1 -s 1372 -M do 203.0.113.80')).toContain(
      '1380 bytes from 203.0.113.80: icmp_seq=1',
    );
    expect(type(world, 'pc', 'ping -c 1 -s 1373 -M do 203.0.113.80')).toContain(
      'From 198.51.100.2 icmp_seq=1 Frag needed and DF set (mtu = 1400)\n',
    );
    expect(type(world, 'pc', 'ping -c 1 -s 1373 203.0.113.80')).toContain(
      '1381 bytes from 203.0.113.80: icmp_seq=1',
    );
    // From now on it is known at home; another destination has the whole link.
    expect(type(world, 'pc', 'ping -c 1 -s 1373 -M do 203.0.113.80')).toContain(
      'ping: local error: message too long, mtu=1400\n',
    );
    expect(type(world, 'pc', 'ping -c 1 -s 1473 -M do 203.0.113.81')).toContain(
      'ping: local error: message too long, mtu=1500\n',
    );
    expect(type(world, 'pc', 'ip route get 203.0.113.80')).toBe(
      '203.0.113.80 via 192.0.2.1 dev eth0 src 192.0.2.10 uid 0\n    cache expires 600sec mtu 1400\n',
    );
    world.advance(63.5 * SECOND);
    expect(type(world, 'pc', 'ip route get 203.0.113.80')).toContain('    cache expires 537sec mtu 1400\n');
    world.advance(600 * SECOND);
    expect(type(world, 'pc', 'ip route get 203.0.113.80')).toContain('uid 0\n    cache\n');
  });

  it.each([
    ['ping', 'ping: usage error: Destination address required', 1],
    ['ping -c 0 x', "ping: invalid argument: '0': out of range: 1 <= value <= 999999999", 1],
    ['ping -c x x', "ping: invalid argument: 'x'", 1],
    ['ping -s 70000 x', "ping: invalid argument: '70000': out of range: 0 <= value <= 65507", 1],
    ['ping -t 300 x', "ping: invalid argument: '300': out of range: 1 <= value <= 255", 1],
    [
      'ping -i 0 x',
      'ping: cannot flood, minimal interval for user must be >= 2 ms, use -i 0.002 (or higher)',
      2,
    ],
    ['ping -M maybe x', 'ping: invalid -M argument: maybe', 2],
    ['ping -Z x', "ping: invalid option -- 'Z'", 2],
    ['ping -c', "ping: option requires an argument -- 'c'", 2],
    ['ping x y', "ping: one host at a time: 'y' is too much", 2],
  ])('%s is wrong usage', (line, message, exitCode) => {
    const usage =
      'usage: ping [-bnq] [-c COUNT] [-i SECONDS] [-s SIZE] [-t TTL] [-M do|dont|want] [-W SECONDS] HOST';
    expect(type(consoleWorld(), 'pc', line)).toBe(`${message}\n${usage}\n[exit ${exitCode}]`);
  });

  it('pings broadcast addresses only on purpose', () => {
    const world = consoleWorld();
    expect(type(world, 'pc', 'ping -c 1 192.0.2.255')).toMatch(
      /^ping: Do you want to ping broadcast\? Then -b\..*\n\[exit 2\]$/,
    );
    expect(type(world, 'pc', 'ping -b -c 1 192.0.2.255')).toMatch(
      /^WARNING: pinging broadcast address\nPING 192\.0\.2\.255 /,
    );
  });
});

/** The characters low … high-1, as ping's data has them. */
function encodeText(low: number, high: number): string {
  return Array.from({ length: high - low }, (_, i) => String.fromCharCode(low + i)).join('');
}

describe('traceroute', () => {
  it('lists each router', () => {
    const world = consoleWorld();
    type(world, 'pc', 'ping -c 1 203.0.113.80');
    expect(type(world, 'pc', 'traceroute www.example.org')).toBe(
      `traceroute to www.example.org (203.0.113.80), 30 hops max, 60 byte packets
 1  gw.example.org (192.0.2.1)  4.000 ms  4.000 ms  4.000 ms
 2  198.51.100.2 (198.51.100.2)  6.000 ms  6.000 ms  6.000 ms
 3  203.0.113.80 (203.0.113.80)  8.000 ms  8.000 ms  8.000 ms
`,
    );
    expect(type(world, 'pc', 'traceroute -n -q 1 -m 2 203.0.113.80')).toBe(
      `traceroute to 203.0.113.80 (203.0.113.80), 2 hops max, 60 byte packets
 1  192.0.2.1  4.000 ms
 2  198.51.100.2  6.000 ms
`,
    );
  });

  it('shows where the way ends', () => {
    const world = consoleWorld();
    expect(type(world, 'pc', 'traceroute -n -q 1 203.0.113.99')).toMatch(
      / 1 {2}192\.0\.2\.1 {2}[\d.]+ ms\n 2 {2}198\.51\.100\.2 {2}[\d.]+ ms\n 3 {2}198\.51\.100\.2 {2}30\d\d\.\d{3} ms !H\n$/,
    );
    expect(type(world, 'pc', 'traceroute -n -q 2 10.1.1.1')).toMatch(
      /\n 2 {2}192\.0\.2\.1 {2}\d\.\d{3} ms !N {2}\d\.\d{3} ms !N\n$/,
    );
    world.links.at(-1)!.up = false;
    expect(type(world, 'pc', 'traceroute -n -m 4 -w 1 203.0.113.80')).toMatch(
      /\n 3 {2}\* \* \*\n 4 {2}\* \* \*\n$/,
    );
    expect(type(world, 'r1', 'traceroute 10.1.1.1')).toBe(
      'traceroute to 10.1.1.1 (10.1.1.1), 30 hops max, 60 byte packets\nconnect: Network is unreachable\n[exit 1]',
    );
    expect(type(consoleWorld(), 'pc', 'traceroute none.example.org')).toBe(
      'none.example.org: Name or service not known\n' +
        'Cannot handle "host" cmdline arg `none.example.org\' on position 1 (argc 1)\n[exit 2]',
    );
  });

  it.each([
    ['-m 0 x', 'first hop out of range'],
    ['-m 256 x', 'max hops cannot be more than 255'],
    ['-q 11 x', 'no more than 10 probes per hop'],
    ['-Q x', "Bad option `-Q'"],
    ['', 'traceroute: which host?'],
  ])('%s is wrong usage', (args, message) => {
    expect(type(consoleWorld(), 'pc', `traceroute ${args}`)).toMatch(
      new RegExp(`^${message.replace(/[`?.]/g, '\\$&')}\nusage: traceroute .*\n\\[exit 2\\]$`),
    );
  });
});

describe('dig', () => {
  it('shows an answer as the original does', () => {
    expect(type(consoleWorld(), 'pc', 'dig @203.0.113.80 www.example.org')).toBe(
      `
; <<>> DiG 9.18 (wirewalk) <<>> @203.0.113.80 www.example.org
; (1 server found)
;; global options: +cmd
;; Got answer:
;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 101
;; flags: qr aa rd; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 1
;; WARNING: recursion requested but not available

;; OPT PSEUDOSECTION:
; EDNS: version: 0, flags:; udp: 1232
;; QUESTION SECTION:
;www.example.org.		IN	A

;; ANSWER SECTION:
www.example.org.	300	IN	A	203.0.113.80

;; Query time: 16 msec
;; SERVER: 203.0.113.80#53(203.0.113.80) (UDP)
;; WHEN: Thu Jan 01 00:00:00 UTC 2026
;; MSG SIZE  rcvd: 60

`,
    );
  });

  it('asks past the cache and leaves nothing in it', () => {
    const world = consoleWorld();
    const question = '\x03www\x07example\x03org';
    type(world, 'pc', 'dig www.example.org');
    type(world, 'pc', 'dig +short www.example.org');
    expect(framesWith(world, 'pc:eth0', question)).toBe(2);
    expect([...world.station('pc').resolver.cache.rows()]).toEqual([]);
    expect(type(world, 'pc', 'dig +short gw.example.org')).toBe('');
  });

  it('shows aliases, referrals and what there is not', () => {
    const world = consoleWorld();
    expect(type(world, 'pc', 'dig +short alias.example.org')).toBe('www.example.org.\n203.0.113.80\n');
    expect(type(world, 'pc', 'dig +noall +answer alias.example.org')).toBe(
      'alias.example.org.\t300\tIN\tCNAME\twww.example.org.\nwww.example.org.\t300\tIN\tA\t203.0.113.80\n',
    );
    const none = type(world, 'pc', 'dig none.example.org');
    expect(none).toContain('status: NXDOMAIN');
    expect(none).toContain(
      ';; AUTHORITY SECTION:\nexample.org.\t\t60\tIN\tSOA\tns.example.org. hostmaster.example.org. 1 2 3 4 60\n\n',
    );
    const referral = type(world, 'pc', 'dig +norecurse www.sub.example.org');
    expect(referral).toContain(';; flags: qr; QUERY: 1, ANSWER: 0, AUTHORITY: 1, ADDITIONAL: 2\n\n');
    expect(referral).toContain(
      ';; AUTHORITY SECTION:\nsub.example.org.\t300\tIN\tNS\tns.sub.example.org.\n\n;; ADDITIONAL SECTION:\nns.sub.example.org.\t300\tIN\tA\t192.0.2.53\n\n',
    );
    expect(type(world, 'pc', 'dig www.elsewhere.test')).toContain('status: REFUSED');
    expect(type(world, 'pc', 'dig -x 203.0.113.80 +noedns')).toContain(
      ';80.113.0.203.in-addr.arpa.\tIN\tPTR\n',
    );
    expect(type(world, 'pc', 'dig')).toContain(';.\t\t\t\tIN\tNS\n');
  });

  it('shows hostile data as text', () => {
    const text = type(consoleWorld(), 'pc', 'dig evil.example.org TXT +short');
    expect(text).toBe('"\\027]0;gotcha\\007\\""\n');
    expect(type(consoleWorld(), 'pc', "dig 'a b.example.org'")).toMatch(
      /^dig: 'a b\.example\.org' is not a legal name .*\n\[exit 10\]$/,
    );
    expect(type(consoleWorld(), 'pc', "dig 'a\\032b.example.org'")).toContain(';a\\032b.example.org.');
    expect(type(consoleWorld(), 'pc', 'dig a..b')).toMatch(/\[exit 10\]$/);
  });

  it('tells why no server answers', () => {
    const world = consoleWorld();
    const unreached = (server: string, why: string, tries: number) =>
      `${`;; communications error to ${server}#53: ${why}\n`.repeat(tries)}
; <<>> DiG 9.18 (wirewalk) <<>> @${server} x
; (1 server found)
;; global options: +cmd
;; no servers could be reached
[exit 9]`;
    expect(type(world, 'pc', 'dig @192.0.2.11 x')).toBe(unreached('192.0.2.11', 'connection refused', 3));
    expect(type(world, 'pc', 'dig @192.0.2.99 x')).toBe(unreached('192.0.2.99', 'host unreachable', 3));
    expect(type(world, 'pc', 'dig @10.0.0.1 x')).toBe(unreached('10.0.0.1', 'network unreachable', 3));
    expect(type(world, 'r1', 'dig @10.0.0.1 x')).toBe(unreached('10.0.0.1', 'network unreachable', 3));
    expect(type(world, 'nb', 'dig x')).toBe(
      ';; no servers could be reached\n; nb has no DNS server in /etc/resolv.conf: name one with @SERVER\n[exit 9]',
    );
    world.links.at(-1)!.up = false;
    const before = world.now;
    expect(type(world, 'pc', 'dig +short +time=1 +tries=2 x')).toBe(
      `${';; communications error to 203.0.113.80#53: timed out\n'.repeat(2)};; no servers could be reached\n[exit 9]`,
    );
    expect(world.now - before).toBe(2 * SECOND);
  });

  it('takes a server by name, and refuses what it does not know', () => {
    const world = consoleWorld();
    expect(type(world, 'pc', 'dig @www.example.org www.example.org')).toContain(
      'SERVER: 203.0.113.80#53(www.example.org) (UDP)',
    );
    expect(type(world, 'pc', 'dig @none.example.org x')).toBe(
      "dig: couldn't get address for 'none.example.org': Name or service not known\n[exit 1]",
    );
    for (const [args, message] of [
      ['+bogus x', 'Invalid option: +bogus'],
      ['-z x', 'Invalid option: -z'],
      ['-t FOO x', 'invalid type: FOO'],
      ['x FOO', "'FOO' is no record type, and there is a name already: 'x'"],
      ['-x nine', 'Invalid IP address nine'],
      ['-p 0 x', "Couldn't parse port number '0'"],
      ['+time=x x', "Couldn't parse timeout 'x'"],
    ]) {
      const text = type(world, 'pc', `dig ${args}`);
      expect(text.startsWith(`${message}\nusage: dig `)).toBe(true);
      expect(text.endsWith('[exit 1]')).toBe(true);
    }
  });

  it('does not believe an answer with another id', () => {
    const world = consoleWorld();
    const server = world.station('nb');
    server.stack.udp.open(53, {
      received(data, from) {
        const forged = data.slice();
        forged[0] = 0;
        forged[1] = 0;
        forged[2] = 0x81;
        for (const socket of server.stack.udp.list()) socket.send(forged, from);
      },
    });
    expect(type(world, 'pc', 'dig +time=1 +tries=1 +short @192.0.2.11 x')).toBe(
      ';; Warning: ID mismatch: expected ID 101, got 0\n;; communications error to 192.0.2.11#53: timed out\n;; no servers could be reached\n[exit 9]',
    );
  });
});

describe('getent', () => {
  it('looks up as programs do, cache included', () => {
    const world = consoleWorld();
    expect(type(world, 'pc', 'getent hosts gw.example.org')).toBe('192.0.2.1       gw.example.org\n');
    expect(world.interface('pc:eth0').sentFrames).toBe(0);
    expect(type(world, 'pc', 'getent hosts www.example.org')).toBe('203.0.113.80    www.example.org\n');
    const { sentFrames } = world.interface('pc:eth0');
    expect(type(world, 'pc', 'getent hosts www.example.org')).toBe('203.0.113.80    www.example.org\n');
    expect(world.interface('pc:eth0').sentFrames).toBe(sentFrames);
    expect(type(world, 'pc', 'getent hosts none.example.org')).toBe('[exit 2]');
    expect(type(world, 'pc', 'getent hosts 192.0.2.1')).toBe('192.0.2.1       gw.example.org\n');
    expect(type(world, 'pc', 'getent passwd root')).toMatch(/^Unknown database: passwd\n[\s\S]*\[exit 1\]$/);
  });
});

describe('curl', () => {
  it('-v shows what is said', () => {
    expect(
      type(consoleWorld(), 'pc', "curl -v -H 'X-Test: 1' -H 'Accept:' http://www.example.org/plain"),
    ).toBe(
      `*   Trying 203.0.113.80:80...
* Connected to www.example.org (203.0.113.80) port 80 (#0)
> GET /plain HTTP/1.1
> Host: www.example.org
> User-Agent: curl/7.88.1
> X-Test: 1
>${' '}
< HTTP/1.1 200 OK
< Date: Thu, 01 Jan 2026 00:00:00 GMT
< Server: wirewalk
< Content-Type: text/plain
< Content-Length: 10
<${' '}
just text
* Connection #0 to host www.example.org left intact
`,
    );
  });

  it('prints the page, its head, or what -w wants', () => {
    const world = consoleWorld();
    const url = 'http://203.0.113.80/plain';
    const head =
      'HTTP/1.1 200 OK\nDate: Thu, 01 Jan 2026 00:00:00 GMT\nServer: wirewalk\nContent-Type: text/plain\nContent-Length: 10\n\n';
    expect(type(world, 'pc', `curl ${url}`)).toBe('just text\n');
    expect(type(world, 'pc', `curl -i ${url}`)).toBe(`${head}just text\n`);
    expect(type(world, 'pc', `curl -sI ${url}`)).toBe(head);
    expect(type(world, 'pc', `curl -s -o /dev/null -w '%{http_code}\\n' ${url}`)).toBe('200\n');
    expect(
      type(
        world,
        'pc',
        `curl -so /dev/null -w '%{remote_ip} %{local_port} %{size_download} %{time_connect} %{time_total} %% %{foo}|' ${url}`,
      ),
    ).toBe("203.0.113.80 50005 10 0.008000 0.016000 % |curl: unknown --write-out variable: 'foo'\n");
    expect(type(world, 'pc', `curl -so /dev/null -v ${url}`)).toContain('{ [10 bytes data]\n');
    expect(type(world, 'pc', 'curl http://203.0.113.80/nothing')).toContain('404 Not Found');
  });

  it('closes its connection behind it', () => {
    const world = consoleWorld();
    type(world, 'pc', 'curl -s http://203.0.113.80/plain');
    expect(world.runToRest(2 * SECOND)).toBe(false);
    expect([...world.station('pc').stack.tcp.list()].map(({ state }) => state)).toEqual(['TIME-WAIT']);
    expect([...world.station('server').stack.tcp.list()]).toEqual([]);
  });

  it('follows redirects when told to', () => {
    const world = consoleWorld();
    expect(type(world, 'pc', "curl -s -w '%{http_code} %{url_effective}\\n' http://203.0.113.80/old")).toBe(
      '301 http://203.0.113.80/old\n',
    );
    expect(
      type(
        world,
        'pc',
        "curl -sL -w '%{http_code} %{num_redirects} %{url_effective}\\n' http://203.0.113.80/old",
      ),
    ).toBe('just text\n200 1 http://203.0.113.80/plain\n');
  });

  it('shows hostile pages and headers as text', () => {
    const text = type(consoleWorld(), 'pc', 'curl -i http://203.0.113.80/evil');
    expect(text).toContain('X-Evil: \\x9b31mred\n');
    expect(text).toContain('\\x1b[2Jgone\\u202e\n');
    expect(type(consoleWorld(), 'pc', 'curl http://203.0.113.80/binary')).toMatch(
      /^Warning: Binary output[\s\S]*curl: \(23\) .*\n\[exit 23\]$/,
    );
  });

  it('exits as the original does when it fails', () => {
    const world = consoleWorld();
    const pc = (line: string): string => type(world, 'pc', line);
    expect(pc('curl http://none.example.org/')).toBe(
      'curl: (6) Could not resolve host: none.example.org\n[exit 6]',
    );
    expect(pc('curl http://192.0.2.11/')).toBe(
      "curl: (7) Failed to connect to 192.0.2.11 port 80 after 8 ms: Couldn't connect to server\n[exit 7]",
    );
    expect(pc('curl -v http://192.0.2.99:81/')).toBe(
      `*   Trying 192.0.2.99:81...
* connect to 192.0.2.99 port 81 failed: No route to host
* Failed to connect to 192.0.2.99 port 81 after 3000 ms: Couldn't connect to server
* Closing connection 0
curl: (7) Failed to connect to 192.0.2.99 port 81 after 3000 ms: Couldn't connect to server
[exit 7]`,
    );
    expect(type(world, 'r1', 'curl -v http://10.0.0.1/')).toContain(
      '* Immediate connect fail for 10.0.0.1: Network is unreachable\n',
    );
    expect(pc('curl -s http://192.0.2.11/')).toBe('[exit 7]');
    expect(pc('curl -sS http://192.0.2.11/')).toMatch(/^curl: \(7\)/);
    expect(pc('curl http://')).toBe(
      'curl: (3) URL using bad/illegal format or missing URL: the URL has no host\n[exit 3]',
    );
    expect(pc("curl 'http://a b/'")).toMatch(/^curl: \(3\) .*\n\[exit 3\]$/);
    expect(pc('curl https://www.example.org/')).toBe(
      'curl: (1) Protocol "https" not supported or disabled in libcurl\n[exit 1]',
    );
    expect(pc('curl')).toMatch(/^curl: no URL given\nusage: curl [\s\S]*\[exit 2\]$/);
    expect(pc('curl --bogus x')).toMatch(/^curl: option --bogus: is unknown\n/);
    expect(pc('curl -H')).toMatch(/^curl: option -H: requires parameter\n/);
    expect(pc('curl -o page.html http://x/')).toMatch(/^curl: there are no files here: only -o \/dev\/null/);
    expect(pc("curl -H 'A: b\tc' http://x/")).toMatch(/^curl: a header has no control characters/);
  });

  it('gives up when time is up', () => {
    const world = consoleWorld();
    serveRaw(world.station('server'), 8000, undefined);
    expect(type(world, 'pc', 'curl -m 2 http://203.0.113.80:8000/')).toBe(
      'curl: (28) Operation timed out after 2000 milliseconds with 0 bytes received\n[exit 28]',
    );
    world.links.at(-1)!.up = false;
    expect(type(world, 'pc', 'curl --connect-timeout 3 http://203.0.113.80/')).toBe(
      'curl: (28) Connection timed out after 3000 milliseconds\n[exit 28]',
    );
    // Nobody goes on sending SYNs.
    expect([...world.station('pc').stack.tcp.list()].filter(({ state }) => state === 'SYN-SENT')).toEqual([]);
    expect(type(world, 'pc', 'curl -m 1 http://slow.example.org/')).toBe(
      'curl: (28) Resolving timed out after 1000 milliseconds\n[exit 28]',
    );
    const { output, exitCode } = runCommandToEnd(world, 'pc', 'curl http://203.0.113.80/', 600 * SECOND);
    expect(exitCode).toBe(28);
    expect(output).toMatch(
      /^curl: \(28\) Failed to connect to 203\.0\.113\.80 port 80 after \d+ ms: Couldn't connect to server\n$/,
    );
  });

  it('tells an empty, a broken and a cut answer apart', () => {
    const world = consoleWorld();
    const server = world.station('server');
    serveRaw(server, 8001, '');
    serveRaw(server, 8002, 'HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nabc');
    serveRaw(server, 8003, 'garbage\r\n\r\n');
    serveRaw(server, 8004, 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n');
    serveRaw(server, 8005, 'HTTP/1.0 200 OK\r\n\r\nuntil the end');
    const at = (port: number, options = ''): string =>
      type(world, 'pc', `curl ${options} http://203.0.113.80:${port}/`);
    expect(at(8001)).toBe('curl: (52) Empty reply from server\n[exit 52]');
    expect(at(8002)).toBe('abccurl: (18) transfer closed with 47 bytes remaining to read\n[exit 18]');
    expect(at(8002, '-v')).toContain(
      '< HTTP/1.1 200 OK\n< Content-Length: 50\n< \nabc* transfer closed with 47 bytes',
    );
    expect(at(8003)).toMatch(/^curl: \(8\) Weird server reply: .*\n\[exit 8\]$/);
    expect(at(8004)).toBe('curl: (56) "zz" is no chunk size\n[exit 56]');
    expect(at(8005, '-v')).toMatch(/until the end\* Closing connection 0\n$/);
  });
});

describe('browse', () => {
  it('prints what a page says, from the cache the second time', () => {
    const world = consoleWorld();
    const page = 'http://www.example.org/: 200 OK, 106 bytes of text/html';
    expect(type(world, 'pc', 'browse www.example.org')).toBe(
      `${page}\n\n  Home & more\n\nHello\nA bold\nword.\n`,
    );
    const { sentFrames } = world.interface('pc:eth0');
    expect(type(world, 'pc', 'browse www.example.org')).toMatch(/ of text\/html, from the browser cache\n/);
    expect(world.interface('pc:eth0').sentFrames).toBe(sentFrames);
    expect(type(world, 'pc', 'browse http://none.example.org/')).toBe(
      'browse: the name none.example.org does not exist\n[exit 1]',
    );
    expect(type(world, 'pc', 'browse')).toMatch(/^browse: which URL\?\nusage: browse URL\n\[exit 2\]$/);
  });

  it('reads any page in time that grows with its length only', () => {
    expect(pageText('<a>x</a> &#65;&#x42;&nope;&#1114112; <!-- <p> --> y<style>z', true)).toEqual({
      title: '',
      lines: ['x AB&nope;\ufffd y'],
    });
    expect(pageText('a < b', true).lines).toEqual(['a']);
    expect(pageText('a < b', false).lines).toEqual(['a < b']);
    for (const piece of ['<', '<!--', '<title>', '&', '</', '<script>x'])
      pageText(piece.repeat(50_000), true);
  });
});

describe('a host without a way', () => {
  it('is told so by every command', () => {
    const world = consoleWorld();
    const island = world.addHost('island');
    island.resolver.servers = [ipv4('203.0.113.80')];
    expect(type(world, 'island', 'ping 192.0.2.1')).toBe('ping: connect: Network is unreachable\n[exit 2]');
    expect(type(world, 'island', 'traceroute 192.0.2.1')).toContain(
      'connect: Network is unreachable\n[exit 1]',
    );
    expect(type(world, 'island', 'dig +short x')).toContain('network unreachable\n');
    expect(type(world, 'island', 'curl http://192.0.2.1/')).toMatch(/^curl: \(7\)/);
    expect(type(world, 'island', 'ping www.example.org')).toBe(
      'ping: www.example.org: Temporary failure in name resolution\n[exit 2]',
    );
    expect(type(world, 'island', 'ip addr')).not.toContain('2:');
    expect(encodeLatin1(type(world, 'island', 'hostname -I'))).toHaveLength(1);
  });
});
