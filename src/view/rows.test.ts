// Rows as people read them: windows and timers of TCP with units, – for what is not known.

import { describe, expect, it } from 'vitest';
import type { RowView } from '../trace/events.js';
import { describeBefore, describeRow, shownRow } from './rows.js';
import { formatTable } from './tables.js';

const ROW: RowView = {
  ...{ local: '192.0.2.1:50000', remote: '192.0.2.80:80', phase: 'recovery', cwnd: 7240, ssthresh: 7240 },
  ...{ flight: 4344, sacked: 1448, lost: 0, window: 65535, mss: 1448, srtt: 85_081_875 },
  ...{ rttvar: 30_626_750, rto: 1_000_000_000 },
};
const EARLY: RowView = { ...ROW, phase: 'slow start', ssthresh: -1, sacked: 0, srtt: -1, rttvar: -1 };
const OPENING: RowView = { ...EARLY, cwnd: 0, flight: 0, window: 0 };

describe('a row of windows and timers', () => {
  it('in words', () => {
    expect(describeRow('tcp-info', ROW)).toBe(
      '192.0.2.1:50000 ↔ 192.0.2.80:80: recovery, cwnd 7240, ssthresh 7240, in flight 4344, sacked 1448, peer’s window 65535, RTT 85.082 ± 30.627 ms, RTO 1000 ms',
    );
    expect(describeRow('tcp-info', EARLY)).toBe(
      '192.0.2.1:50000 ↔ 192.0.2.80:80: slow start, cwnd 7240, ssthresh –, in flight 4344, peer’s window 65535, RTO 1000 ms',
    );
    expect(describeRow('tcp-info', OPENING)).toBe('192.0.2.1:50000 ↔ 192.0.2.80:80: RTO 1000 ms');
  });

  it('of what was before, only what differs, with its name', () => {
    expect(describeBefore('tcp-info', EARLY, ROW)).toBe('slow start, ssthresh –');
    expect(describeBefore('tcp-info', ROW, ROW)).toBe('');
    expect(describeBefore('tcp', { state: 'A' }, { state: 'B' })).toBe('A');
  });

  it('as tables show it: ms, and the sign for nothing, which leaves numbers where they stand', () => {
    const shown = shownRow('tcp-info', EARLY);
    expect(shown).toMatchObject({ ssthresh: '–', 'srtt ms': '–', 'rto ms': 1000, cwnd: 7240 });
    expect(Object.keys(shown)).toHaveLength(Object.keys(EARLY).length);
    const { cwnd, ssthresh } = shown;
    expect(
      formatTable([
        { cwnd, ssthresh },
        { cwnd: 1, ssthresh: 7240 },
      ] as RowView[]),
    ).toEqual([...['cwnd  ssthresh', '7240         –', '   1      7240']]);
  });
});

it('other tables stay as they are', () => {
  const row = { destination: '192.0.2.1', mtu: -1 };
  expect(shownRow('route', row)).toBe(row);
  expect(describeRow('path-mtu', { destination: '192.0.2.1', mtu: 1400 })).toBe(
    'packets to 192.0.2.1 may have 1400 bytes',
  );
});
