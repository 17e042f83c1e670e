// The second line of `ss -i`, word by word as iproute2 prints it, and its timers.

import { describe, expect, it } from 'vitest';
import { MILLISECOND, MINUTE, SECOND } from '../../base/time.js';
import type { TcpConnection } from '../../stack/tcp/connection.js';
import type { TcpInfo } from '../../stack/tcp/info.js';
import { internals, memoryText, timerText } from './ss-info.js';

const FRESH: TcpInfo = {
  ...{ state: 'ESTABLISHED', congestion: 'cubic', phase: 'slow start', cwnd: 14480, mss: 1448 },
  ...{ ssthresh: Number.POSITIVE_INFINITY, flight: 0, sacked: 0, lost: 0, peerWindow: 65535 },
  ...{ receiveWindow: 262144, srtt: -1, rttvar: -1, rto: SECOND, minRtt: -1, backoff: 0 },
  ...{ sendQueue: 0, receiveQueue: 0, sendShift: 0, receiveShift: 0, timestamps: true, sack: true },
  ...{ ecn: false, bytesSent: 0, bytesAcked: 0, bytesReceived: 0, segmentsSent: 1, segmentsReceived: 1 },
  ...{ retransmissions: 0, duplicatesReported: 0, reordering: false, rackWindow: 0, timer: undefined },
};

const BUSY: TcpInfo = {
  ...FRESH,
  ...{ ssthresh: 7 * 1448, flight: 2896, sacked: 1448, lost: 1, srtt: 3.2 * MILLISECOND },
  ...{ rttvar: 1.5 * MILLISECOND, rto: 204 * MILLISECOND, minRtt: 2_123_456, backoff: 2 },
  ...{ sendQueue: 5000, sendShift: 7, receiveShift: 7, bytesSent: 1_000_000, bytesAcked: 997_104 },
  ...{ bytesReceived: 71, segmentsSent: 700, segmentsReceived: 350, retransmissions: 1, ecn: true },
  ...{ duplicatesReported: 3 },
};

const PLAIN = { options: false, numeric: false };

describe('what TCP knows', () => {
  it('has the words, units and order of the original', () => {
    expect(internals(BUSY, PLAIN)).toBe(
      ' cubic wscale:7,7 rto:204 backoff:2 rtt:3.2/1.5 mss:1448 cwnd:10 ssthresh:7 bytes_sent:1000000 bytes_acked:997104 bytes_received:71 segs_out:700 segs_in:350 send 36.2Mbps unacked:2 retrans:0/1 lost:1 sacked:1 dsack_dups:3 notsent:2104 minrtt:2.12346 snd_wnd:65535 rcv_wnd:262144',
    );
  });

  it('leaves out what is 0 or was never measured', () => {
    expect(internals(FRESH, PLAIN)).toBe(
      ' cubic rto:1000 mss:1448 cwnd:10 segs_out:1 segs_in:1 snd_wnd:65535 rcv_wnd:262144',
    );
  });

  it('-o begins with what the SYNs agreed on, -n has rates in figures', () => {
    expect(internals(BUSY, { options: true, numeric: true })).toMatch(
      /^ ts sack ecn cubic wscale:7,7 .* send 36200000bps /,
    );
    expect(
      internals({ ...FRESH, congestion: 'newreno', timestamps: false }, { options: true, numeric: false }),
    ).toMatch(/^ sack reno rto:/);
  });

  it('is read by what reads the original', () => {
    const fields = new Map(
      [...internals(BUSY, PLAIN).matchAll(/ ([a-z_]+):([\d.,/]+)/g)].map(([, name, value]) => [name, value]),
    );
    expect(Object.fromEntries(fields)).toMatchObject({
      cwnd: '10',
      ssthresh: '7',
      rtt: '3.2/1.5',
      retrans: '0/1',
    });
  });

  it.each([
    [MILLISECOND, '116Mbps'],
    [100 * MILLISECOND, '1.16Mbps'],
    [200 * SECOND, '579bps'],
    [10_000, '11.6Gbps'],
  ])('a round trip of %i ns makes %s', (srtt, rate) => {
    expect(internals({ ...BUSY, srtt }, PLAIN)).toContain(` send ${rate} `);
  });

  it('nothing goes wrong before the handshake is done', () => {
    const text = internals({ ...FRESH, cwnd: 0, mss: 0, peerWindow: 0, flight: 1 }, PLAIN);
    expect(text).not.toMatch(/NaN|Infinity/);
  });
});

describe('timers', () => {
  const timer = (name: NonNullable<TcpInfo['timer']>['name'], left: number, backoff = 0): string =>
    timerText({ ...FRESH, backoff, timer: { name, at: 5 * SECOND + left } }, 5 * SECOND);

  it.each([
    ['rto', 204 * MILLISECOND, ' timer:(on,204ms,0)'],
    ['tail', 90.4 * MILLISECOND, ' timer:(on,90ms,0)'],
    ['rto', 1.204 * SECOND, ' timer:(on,1.204ms,0)'],
    ['reorder', SECOND, ' timer:(on,1sec,0)'],
    ['probe', 12.5 * SECOND, ' timer:(persist,12sec,0)'],
    ['time-wait', 59 * SECOND, ' timer:(timewait,59sec,0)'],
    ['keep-alive', 65 * SECOND, ' timer:(keepalive,1min5sec,0)'],
    ['keep-alive', 119 * MINUTE + 3 * SECOND, ' timer:(keepalive,119min,0)'],
    ['override', 0, ' timer:(on,0,0)'],
  ] as const)('%s in %d ns', (name, left, text) => {
    expect(timer(name, left)).toBe(text);
  });

  it('count time-outs, and are not shown when none runs', () => {
    expect(timer('rto', SECOND, 3)).toBe(' timer:(on,1sec,3)');
    expect(timerText(FRESH, 0)).toBe('');
  });
});

it('memory: what waits, and the buffers', () => {
  const connection = { wants: { receiveBuffer: 8192, sendBuffer: 4096 } } as TcpConnection;
  expect(memoryText(connection, { ...BUSY, receiveQueue: 7 })).toBe(
    ' skmem:(r7,rb8192,t0,tb4096,f0,w5000,o0,bl0,d0)',
  );
});
