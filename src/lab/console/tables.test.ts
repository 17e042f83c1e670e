// Commands that only look: their output is that of net-tools, iproute2 and IOS, to the column.

import { describe, expect, it } from 'vitest';
import { consoleWorld, ipv4, type } from '../../../test/console-world.js';
import { natHttp } from '../../../test/worlds.js';
import { parseMac } from '../../base/address.js';
import { MINUTE } from '../../base/time.js';

/** A world in which pc has talked to its gateway, and asks for a host that is not there. */
function talked() {
  const world = consoleWorld();
  type(world, 'pc', 'ping -c 1 192.0.2.1');
  type(world, 'pc', 'ping -c 1 192.0.2.99', 1e9);
  const pc = world.station('pc');
  pc.stack.ipv4
    .neighborsOf(world.interface('pc:eth0'))
    .addPermanent(ipv4('192.0.2.5'), parseMac('02:00:00:00:00:05') as number);
  return world;
}

describe('arp', () => {
  it('-n shows figures, as net-tools do', () => {
    expect(type(talked(), 'pc', 'arp -n')).toBe(
      `Address                  HWtype  HWaddress           Flags Mask            Iface
192.0.2.1                ether   02:00:00:00:00:01   C                     eth0
192.0.2.99                       (incomplete)                              eth0
192.0.2.5                ether   02:00:00:00:00:05   CM                    eth0
`,
    );
    expect(type(talked(), 'pc', 'arp -n 192.0.2.1').split('\n')).toHaveLength(3);
    expect(type(talked(), 'pc', 'arp -n 192.0.2.2')).toBe('192.0.2.2 (192.0.2.2) -- no entry\n');
    expect(type(consoleWorld(), 'pc', 'arp -n')).toBe('');
  });

  it('names what the hosts file names', () => {
    expect(type(talked(), 'pc', 'arp gw.example.org')).toBe(
      `Address                  HWtype  HWaddress           Flags Mask            Iface
gw.example.org           ether   02:00:00:00:00:01   C                     eth0
`,
    );
    expect(type(talked(), 'pc', 'arp -a')).toBe(
      `gw.example.org (192.0.2.1) at 02:00:00:00:00:01 [ether] on eth0
? (192.0.2.99) at <incomplete> on eth0
? (192.0.2.5) at 02:00:00:00:00:05 [ether] PERM on eth0
`,
    );
    expect(type(talked(), 'pc', 'arp -an 192.0.2.1')).toBe(
      '? (192.0.2.1) at 02:00:00:00:00:01 [ether] on eth0\n',
    );
    expect(type(talked(), 'pc', 'arp -a 203.0.113.80')).toBe('arp: in 3 entries no match found.\n');
  });

  it('-d deletes, and the next packet asks anew', () => {
    const world = talked();
    expect(type(world, 'pc', 'arp -d 192.0.2.1')).toBe('');
    expect(type(world, 'pc', 'arp -n 192.0.2.1')).toBe('192.0.2.1 (192.0.2.1) -- no entry\n');
    expect(type(world, 'pc', 'arp -d 192.0.2.1')).toBe('No ARP entry for 192.0.2.1\n[exit 255]');
    expect(type(world, 'pc', 'arp -d 203.0.113.80')).toBe(
      'SIOCDARP(dontpub): Network is unreachable\n[exit 255]',
    );
    expect(type(world, 'pc', 'arp -d no.such.host')).toBe(
      'no.such.host: Host name lookup failure\n[exit 255]',
    );
    expect(type(world, 'pc', 'arp -d')).toMatch(/^arp: need host name\nusage: arp .*\n.*\n\[exit 255\]$/);
    expect(type(world, 'pc', 'ping -c 1 192.0.2.1')).toContain('time=8.00 ms');
  });

  it('refuses what it does not know', () => {
    expect(type(talked(), 'pc', 'arp -Z')).toBe(
      "arp: invalid option -- 'Z'\nusage: arp [-n] [-a] [-i INTERFACE] [HOST]\n       arp -d HOST\n[exit 2]",
    );
  });
});

describe('the routing table', () => {
  it('by route -n and route', () => {
    const world = consoleWorld();
    expect(type(world, 'pc', 'route -n')).toBe(
      `Kernel IP routing table
Destination     Gateway         Genmask         Flags Metric Ref    Use Iface
0.0.0.0         192.0.2.1       0.0.0.0         UG    0      0        0 eth0
192.0.2.0       0.0.0.0         255.255.255.0   U     0      0        0 eth0
`,
    );
    expect(type(world, 'pc', 'route')).toBe(
      `Kernel IP routing table
Destination     Gateway         Genmask         Flags Metric Ref    Use Iface
default         gw.example.org  0.0.0.0         UG    0      0        0 eth0
192.0.2.0       0.0.0.0         255.255.255.0   U     0      0        0 eth0
`,
    );
    expect(type(world, 'pc', 'netstat -rn')).toBe(
      `Kernel IP routing table
Destination     Gateway         Genmask         Flags   MSS Window  irtt Iface
0.0.0.0         192.0.2.1       0.0.0.0         UG        0 0          0 eth0
192.0.2.0       0.0.0.0         255.255.255.0   U         0 0          0 eth0
`,
    );
    expect(type(world, 'pc', 'route add default')).toMatch(/^route: routes are only shown here/);
    expect(type(world, 'pc', 'netstat -an')).toMatch(/\[exit 2\]$/);
  });

  it('by ip route', () => {
    const world = consoleWorld();
    expect(type(world, 'r1', 'ip route')).toBe(
      `192.0.2.0/24 dev lan proto kernel scope link src 192.0.2.1
198.51.100.0/30 dev up proto kernel scope link src 198.51.100.1
203.0.113.0/24 via 198.51.100.2 dev up proto static
`,
    );
    expect(type(world, 'pc', 'ip r')).toMatch(/^default via 192\.0\.2\.1 dev eth0 proto static\n/);
  });

  it('by ip route get', () => {
    const world = consoleWorld();
    expect(type(world, 'pc', 'ip route get 203.0.113.80')).toBe(
      '203.0.113.80 via 192.0.2.1 dev eth0 src 192.0.2.10 uid 0\n    cache\n',
    );
    expect(type(world, 'pc', 'ip route get 192.0.2.7')).toBe(
      '192.0.2.7 dev eth0 src 192.0.2.10 uid 0\n    cache\n',
    );
    expect(type(world, 'pc', 'ip route get 192.0.2.10')).toBe(
      'local 192.0.2.10 dev lo src 192.0.2.10 uid 0\n    cache <local>\n',
    );
    expect(type(world, 'r1', 'ip route get 10.0.0.1')).toBe(
      'RTNETLINK answers: Network is unreachable\n[exit 2]',
    );
    expect(type(world, 'pc', 'ip route get x')).toBe(
      'Error: any valid prefix is expected rather than "x".\n[exit 1]',
    );
    expect(type(world, 'pc', 'ip route get')).toMatch(/^need at least a destination address\n/);
  });

  it('by show ip route, with the groups of IOS', () => {
    const world = consoleWorld();
    expect(type(world, 'r1', 'show ip route')).toBe(
      `Codes: L - local, C - connected, S - static, B - BGP, O - OSPF
       * - candidate default

Gateway of last resort is not set

      192.0.2.0/24 is variably subnetted, 2 subnets, 2 masks
C        192.0.2.0/24 is directly connected, lan
L        192.0.2.1/32 is directly connected, lan
      198.51.100.0/24 is variably subnetted, 2 subnets, 2 masks
C        198.51.100.0/30 is directly connected, up
L        198.51.100.1/32 is directly connected, up
S     203.0.113.0/24 [1/0] via 198.51.100.2
`,
    );
    expect(type(natHttp(), 'router', 'show ip route')).toContain(
      'Gateway of last resort is 51.0.0.1 to network 0.0.0.0\n\nS*    0.0.0.0/0 [1/0] via 51.0.0.1\n',
    );
  });
});

describe('ip', () => {
  it('addr shows addresses', () => {
    expect(type(consoleWorld(), 'pc', 'ip addr')).toBe(
      `1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
    inet 127.0.0.1/8 scope host lo
       valid_lft forever preferred_lft forever
2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc pfifo_fast state UP group default qlen 1000
    link/ether 02:00:00:00:00:0a brd ff:ff:ff:ff:ff:ff
    inet 192.0.2.10/24 brd 192.0.2.255 scope global eth0
       valid_lft forever preferred_lft forever
`,
    );
  });

  it('-s link shows counters', () => {
    const world = consoleWorld();
    type(world, 'pc', 'ping -c 1 192.0.2.1');
    expect(type(world, 'pc', 'ip -s link show dev eth0')).toBe(
      `2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc pfifo_fast state UP mode DEFAULT group default qlen 1000
    link/ether 02:00:00:00:00:0a brd ff:ff:ff:ff:ff:ff
    RX:  bytes packets errors dropped  missed   mcast
           158       2      0       0       0       0
    TX:  bytes packets errors dropped carrier collsns
           158       2      0       0       0       0
`,
    );
  });

  it('-br shows one line each, and a pulled cable', () => {
    const world = consoleWorld();
    expect(type(world, 'r1', 'ip -br a')).toBe(
      `lo               UNKNOWN        127.0.0.1/8
lan              UP             192.0.2.1/24
up               UP             198.51.100.1/30
`,
    );
    for (const link of world.links) link.up = false;
    expect(type(world, 'pc', 'ip -br link')).toBe(
      `lo               UNKNOWN        00:00:00:00:00:00 <LOOPBACK,UP,LOWER_UP>
eth0             DOWN           02:00:00:00:00:0a <NO-CARRIER,BROADCAST,MULTICAST,UP>
`,
    );
    expect(type(world, 'pc', 'ip link show eth0')).toMatch(/^2: eth0: <NO-CARRIER,.*state DOWN mode DEFAULT/);
  });

  it('neigh shows neighbours', () => {
    expect(type(talked(), 'pc', 'ip neigh')).toBe(
      `192.0.2.1 dev eth0 lladdr 02:00:00:00:00:01 REACHABLE
192.0.2.99 dev eth0 INCOMPLETE
192.0.2.5 dev eth0 lladdr 02:00:00:00:00:05 PERMANENT
`,
    );
    expect(type(talked(), 'pc', 'ip neighbor show dev eth9')).toBe('Device "eth9" does not exist.\n[exit 1]');
  });

  it('names what it does not know', () => {
    const world = consoleWorld();
    expect(type(world, 'pc', 'ip foo')).toBe('Object "foo" is unknown, try "ip help".\n[exit 1]');
    expect(type(world, 'pc', 'ip route foo')).toBe(
      'Command "foo" is unknown, try "ip route help".\n[exit 255]',
    );
    expect(type(world, 'pc', 'ip')).toMatch(/usage: ip[\s\S]*\[exit 255\]$/);
    expect(type(world, 'pc', 'ip -z a')).toMatch(/^Option "-z" is unknown, try "ip help"\.\n/);
  });
});

describe('ss', () => {
  it('shows who listens', () => {
    expect(type(consoleWorld(), 'server', 'ss -tan')).toBe(
      `State  Recv-Q Send-Q Local Address:Port Peer Address:Port Process
LISTEN 0      128          0.0.0.0:80        0.0.0.0:*
`,
    );
    expect(type(consoleWorld(), 'server', 'ss -uan')).toBe(
      `State  Recv-Q Send-Q Local Address:Port Peer Address:Port Process
UNCONN 0      0            0.0.0.0:53        0.0.0.0:*
`,
    );
    expect(type(consoleWorld(), 'server', 'ss -l')).toBe(
      `Netid State  Recv-Q Send-Q Local Address:Port   Peer Address:Port Process
udp   UNCONN 0      0            0.0.0.0:domain      0.0.0.0:*
tcp   LISTEN 0      128          0.0.0.0:http        0.0.0.0:*
`,
    );
  });

  it('shows whom a UDP socket talks with', () => {
    const world = consoleWorld();
    const socket = world.station('server').stack.udp.open(5000, {});
    if (typeof socket !== 'string') socket.connect({ address: ipv4('192.0.2.10'), port: 9 });
    expect(type(world, 'server', 'ss -un')).toBe(
      `State Recv-Q Send-Q Local Address:Port Peer Address:Port Process
ESTAB 0      0       203.0.113.80:5000   192.0.2.10:9
`,
    );
  });

  it('shows connections with what TCP knows of them', () => {
    const world = consoleWorld();
    type(world, 'pc', 'curl -s http://203.0.113.80/plain');
    expect(type(world, 'pc', 'ss -ta')).toMatch(
      /FIN-WAIT-1 0 {6}0 {9}192\.0\.2\.10:50001 203\.0\.113\.80:http\n$/,
    );
    world.advance(1e9);
    expect(type(world, 'pc', 'ss -t')).not.toContain('TIME-WAIT');
    // Of a connection in TIME-WAIT there is nothing but its timer.
    expect(type(world, 'pc', 'ss -tanioH')).toMatch(
      /^TIME-WAIT 0 {6}0 .*192\.0\.2\.10:50001 203\.0\.113\.80:80 timer:\(timewait,\d+sec,0\)\n\t\n$/,
    );
    expect(type(world, 'pc', 'ss dst x')).toMatch(/\[exit 1\]$/);
  });

  it('shows windows, timers and memory of a connection that is open', () => {
    const world = consoleWorld();
    const { tcp } = world.station('pc').stack;
    world.station('server').stack.tcp.listen(9000, { accept: () => ({}) });
    const connection = tcp.connect({ address: ipv4('203.0.113.80'), port: 9000 }, {});
    world.advance(1e9);
    if (typeof connection === 'string') throw new Error(connection);
    connection.write(new Uint8Array(5000));
    const [, first, second] = type(world, 'pc', 'ss -tinom').split('\n') as [string, string, string];
    expect(first).toMatch(/^ESTAB 0 {6}5000 .*203\.0\.113\.80:9000 timer:\(on,\d+ms,0\)$/);
    expect(second).toMatch(
      /^\t skmem:\(r0,rb262144,t0,tb262144,f0,w5000,o0,bl0,d0\) ts sack cubic wscale:\d,\d rto:\d+ rtt:[\d.]+\/[\d.]+ mss:1448 cwnd:10 bytes_sent:4344 segs_out:5 segs_in:1 send \d+bps unacked:3 notsent:656 (?:minrtt:[\d.]+ )?snd_wnd:\d+ rcv_wnd:262144$/,
    );
    expect(type(world, 'pc', 'ss -t')).not.toContain('cubic');
    expect(type(world, 'pc', 'ss -t --info --options --memory')).toContain('skmem:');
  });
});

describe('routers', () => {
  it('show their ARP caches with ages', () => {
    const world = consoleWorld();
    type(world, 'pc', 'ping -c 1 192.0.2.1');
    world.advance(2 * MINUTE);
    type(world, 'r1', 'ping -c 1 192.0.2.88', 1e9);
    expect(type(world, 'r1', 'show ip arp')).toBe(
      `Protocol  Address          Age (min)  Hardware Addr   Type   Interface
Internet  192.0.2.1                -  0200.0000.0001  ARPA   lan
Internet  192.0.2.10               2  0200.0000.000a  ARPA   lan
Internet  192.0.2.88               0  Incomplete      ARPA
Internet  198.51.100.1             -  0200.0000.0002  ARPA   up
`,
    );
    expect(type(world, 'r1', 'show arp')).toBe(type(world, 'r1', 'show ip arp'));
  });

  it('show their interfaces', () => {
    const world = consoleWorld();
    expect(type(world, 'r1', 'show ip interface brief')).toBe(
      `Interface              IP-Address      OK? Method Status                Protocol
lan                    192.0.2.1       YES manual up                    up
up                     198.51.100.1    YES manual up                    up
`,
    );
    expect(type(world, 'r1', 'show interfaces')).toContain(
      `lan is up, line protocol is up (connected)
  Hardware is Ethernet, address is 0200.0000.0001 (bia 0200.0000.0001)
  Internet address is 192.0.2.1/24
  MTU 1500 bytes
     0 packets input, 0 bytes
     0 packets output, 0 bytes
`,
    );
  });

  it('show their translations', () => {
    const world = natHttp();
    type(world, 'pc', 'curl -s http://www.example.com/');
    expect(type(world, 'router', 'show ip nat translations')).toBe(
      `Pro Inside global         Inside local          Outside local      Outside global
udp 51.0.0.20:10000       192.168.0.10:3333     8.8.8.8            8.8.8.8
tcp 51.0.0.20:15000       192.168.0.10:9999     93.184.216.34      93.184.216.34
Total number of translations: 2
`,
    );
  });
});

describe('switches', () => {
  it('show what they have learned', () => {
    const world = consoleWorld();
    expect(type(world, 'sw', 'show mac address-table')).toContain(
      'Total Mac Addresses for this criterion: 0\n',
    );
    type(world, 'pc', 'ping -c 1 192.0.2.1');
    expect(type(world, 'sw', 'show mac address-table')).toBe(
      `          Mac Address Table
-------------------------------------------

Vlan    Mac Address       Type        Ports
----    -----------       --------    -----
   1    0200.0000.0001    DYNAMIC     p3
   1    0200.0000.000a    DYNAMIC     p1
Total Mac Addresses for this criterion: 2
`,
    );
  });

  it('show their ports', () => {
    const world = consoleWorld();
    world.connect(world.interface('sw:p4'), world.addInterface(world.addHost('fast'), 'eth0'), { rate: 1e8 });
    world.addInterface(world.node('sw')?.device as never, 'p5');
    expect(type(world, 'sw', 'show interfaces status').split('\n').slice(-4).join('\n')).toBe(
      `p3                           connected    1            full   auto Ethernet
p4                           connected    1            full    100 Ethernet
p5                           notconnect   1            auto   auto Ethernet
`,
    );
    expect(type(world, 'sw', 'show interfaces')).toContain(
      'p5 is down, line protocol is down (notconnect)\n',
    );
    expect(type(world, 'sw', 'show interfaces')).toContain('  MTU 1500 bytes, BW 100000 Kbit/sec\n');
  });
});

describe('files and names', () => {
  it('are shown', () => {
    const world = consoleWorld();
    expect(type(world, 'pc', 'hostname')).toBe('pc\n');
    expect(type(world, 'r1', 'hostname -I')).toBe('192.0.2.1 198.51.100.1\n');
    expect(type(world, 'pc', 'hostname new')).toMatch(/\[exit 2\]$/);
    expect(type(world, 'pc', 'cat /etc/resolv.conf')).toBe('nameserver 203.0.113.80\n');
    expect(type(world, 'pc', 'cat /etc/hosts /etc/hostname')).toBe(
      '127.0.0.1\tlocalhost\n192.0.2.1\tgw.example.org\npc\n',
    );
    expect(type(world, 'nb', 'cat /etc/resolv.conf')).toBe('');
    expect(type(world, 'pc', 'cat /etc/passwd /etc')).toBe(
      'cat: /etc/passwd: No such file or directory\ncat: /etc: Is a directory\n[exit 1]',
    );
  });
});
