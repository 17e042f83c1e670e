// The kit itself: a script that fails tells the steps so far and the fields that are not as wanted.

import { describe, expect, it } from 'vitest';
import { SECOND } from '../src/base/time.js';
import { bench, expectNoLeaks, fieldsOf, HOST, pattern, problemsOf, steps } from './kit.js';

expectNoLeaks();

describe('the test kit', () => {
  it('makes frames that the dissector finds nothing wrong with', () => {
    const { from } = bench('host', { eth0: HOST });
    const maker = from.eth0;
    const udp = maker.udp(pattern(5));
    for (const frame of [
      maker.arp(),
      udp,
      maker.tcp(pattern(5)),
      maker.echo(pattern(5)),
      maker.icmpError(3, 3, udp),
    ]) {
      expect(problemsOf(frame)).toEqual([]);
    }
    expect(fieldsOf(maker.icmpError(3, 3, udp)).get('quoted.udp.dstport')).toBe(4000);
  });

  it('tells the steps so far and the fields that differ when a script fails', () => {
    const { world, peer, from } = bench('host', { eth0: HOST });
    const script = steps(world, peer.eth0)
      .at(0, 'the peer asks who has the address', () => peer.eth0.send(from.eth0.arp()))
      .at(SECOND, 'a second passes');
    const wrong = { 'arp.opcode': 3, 'arp.src.hw_mac': '02:00:00:00:00:01' };
    expect(() => script.gets('the host answers', wrong)).toThrow(
      /✓ +0 ns {2}the peer asks who.*\n✓ +1 s {2}a second passes\n✗ +1 s {2}the host answers\n {2}arp.opcode: wanted 3, got 2$/,
    );
    expect(() => script.gets('the host answers again')).toThrow(/no frame came/);
  });
});
