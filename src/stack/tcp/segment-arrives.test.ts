// Every kind of segment in every state: what is answered, what state follows, and why the segment was dropped, if it was.
// The order of the rows is that of RFC 9293 §3.10.7; RFC 5961 says which resets, SYNs and acknowledgments are challenged.

import { describe, expect, it } from 'vitest';
import { dropsIn, expectNoLeaks } from '../../../test/kit.js';
import { type SegmentValues, TcpBench } from '../../../test/tcp-peer.js';
import { MILLISECOND } from '../../base/time.js';

expectNoLeaks();

/** A way into each state; `next` is the number the host expects, `old` and `new` what it has had acknowledged and sent. */
const STATES: Record<
  string,
  { readonly next: number; readonly old: number; readonly new: number; reach(): TcpBench }
> = {
  CLOSED: { next: 1, old: 1, new: 1, reach: () => new TcpBench() },
  LISTEN: { next: 1, old: 1, new: 1, reach: () => new TcpBench().listens() },
  'SYN-SENT': {
    next: 1,
    old: 0,
    new: 1,
    reach() {
      const t = new TcpBench();
      t.connects();
      return t;
    },
  },
  'SYN-RECEIVED': { next: 1, old: 0, new: 1, reach: () => new TcpBench().listens().sends('S') },
  'SYN-RECEIVED (called)': {
    next: 1,
    old: 0,
    new: 1,
    reach() {
      const t = new TcpBench();
      t.connects();
      return t.sends('S');
    },
  },
  ESTABLISHED: { next: 1, old: 1, new: 1, reach: () => new TcpBench().accepted() },
  'FIN-WAIT-1': { next: 1, old: 1, new: 2, reach: () => new TcpBench().accepted().closes() },
  'FIN-WAIT-2': {
    next: 1,
    old: 2,
    new: 2,
    reach: () => new TcpBench().accepted().closes().sends('.', { ack: 2 }),
  },
  'CLOSE-WAIT': { next: 2, old: 1, new: 1, reach: () => new TcpBench().accepted().sends('F.') },
  CLOSING: {
    next: 2,
    old: 1,
    new: 2,
    reach: () => new TcpBench().accepted().closes().sends('F.', { ack: 1 }),
  },
  'LAST-ACK': { next: 2, old: 1, new: 2, reach: () => new TcpBench().accepted().sends('F.').closes() },
  'TIME-WAIT': {
    next: 2,
    old: 2,
    new: 2,
    reach: () => new TcpBench().accepted().closes().sends('F.', { ack: 2 }),
  },
};

type Numbers = { readonly next: number; readonly old: number; readonly new: number };
/** The kinds of segment. Text and FIN acknowledge nothing new, except where nothing has been acknowledged yet. */
const KINDS: Record<string, readonly [flags: string, values: (n: Numbers) => SegmentValues]> = {
  SYN: ['S', (n) => ({ seq: n.next })],
  'SYN, ACK': ['S.', (n) => ({ seq: n.next, ack: n.new })],
  ACK: ['.', (n) => ({ seq: n.next, ack: n.new })],
  'ACK old': ['.', (n) => ({ seq: n.next, ack: n.old - 1 })],
  'ACK too high': ['.', (n) => ({ seq: n.next, ack: n.new + 1 })],
  text: ['P.', (n) => ({ seq: n.next, ack: n.old || 1, text: 'hello' })],
  'text old': ['P.', (n) => ({ seq: n.next - 5, ack: n.old || 1, text: 'hello' })],
  'text beyond': ['P.', (n) => ({ seq: n.next + 262144, ack: n.old || 1, text: 'hello' })],
  FIN: ['F.', (n) => ({ seq: n.next, ack: n.old || 1 })],
  'RST exact': ['R.', (n) => ({ seq: n.next, ack: n.new })],
  'RST within': ['R.', (n) => ({ seq: n.next + 1, ack: n.new })],
  'RST outside': ['R.', (n) => ({ seq: n.next - 1, ack: n.new })],
  'no flag': ['', (n) => ({ seq: n.next })],
  'bad checksum': ['P.', (n) => ({ seq: n.next, ack: n.new, text: 'hello', checksum: 0xbad })],
  'bad offset': ['P.', (n) => ({ seq: n.next, ack: n.new, text: 'hello', dataOffset: 4 })],
  'long offset': ['P.', (n) => ({ seq: n.next, ack: n.new, text: 'hello', dataOffset: 15 })],
};

/** State, kind, answer with its numbers, state afterwards, reason. */
const TABLE = `
CLOSED | SYN | R. 0 2 | CLOSED | tcp-no-connection
CLOSED | SYN, ACK | R 1 0 | CLOSED | tcp-no-connection
CLOSED | ACK | R 1 0 | CLOSED | tcp-no-connection
CLOSED | ACK old | R 0 0 | CLOSED | tcp-no-connection
CLOSED | ACK too high | R 2 0 | CLOSED | tcp-no-connection
CLOSED | text | R 1 0 | CLOSED | tcp-no-connection
CLOSED | text old | R 1 0 | CLOSED | tcp-no-connection
CLOSED | text beyond | R 1 0 | CLOSED | tcp-no-connection
CLOSED | FIN | R 1 0 | CLOSED | tcp-no-connection
CLOSED | RST exact | - | CLOSED | tcp-no-connection
CLOSED | RST within | - | CLOSED | tcp-no-connection
CLOSED | RST outside | - | CLOSED | tcp-no-connection
CLOSED | no flag | R. 0 1 | CLOSED | tcp-no-connection
CLOSED | bad checksum | - | CLOSED | tcp-bad-checksum
CLOSED | bad offset | - | CLOSED | tcp-bad-header-length
CLOSED | long offset | - | CLOSED | tcp-bad-header-length
LISTEN | SYN | S. 0 2 | SYN-RECEIVED | -
LISTEN | SYN, ACK | R 1 0 | LISTEN | tcp-no-connection
LISTEN | ACK | R 1 0 | LISTEN | tcp-no-connection
LISTEN | ACK old | R 0 0 | LISTEN | tcp-no-connection
LISTEN | ACK too high | R 2 0 | LISTEN | tcp-no-connection
LISTEN | text | R 1 0 | LISTEN | tcp-no-connection
LISTEN | text old | R 1 0 | LISTEN | tcp-no-connection
LISTEN | text beyond | R 1 0 | LISTEN | tcp-no-connection
LISTEN | FIN | R 1 0 | LISTEN | tcp-no-connection
LISTEN | RST exact | - | LISTEN | tcp-unexpected
LISTEN | RST within | - | LISTEN | tcp-unexpected
LISTEN | RST outside | - | LISTEN | tcp-unexpected
LISTEN | no flag | - | LISTEN | tcp-unexpected
LISTEN | bad checksum | - | LISTEN | tcp-bad-checksum
LISTEN | bad offset | - | LISTEN | tcp-bad-header-length
LISTEN | long offset | - | LISTEN | tcp-bad-header-length
SYN-SENT | SYN | S. 0 2 | SYN-RECEIVED | -
SYN-SENT | SYN, ACK | . 1 2 | ESTABLISHED | -
SYN-SENT | ACK | - | SYN-SENT | tcp-unexpected
SYN-SENT | ACK old | R -1 0 | SYN-SENT | tcp-bad-ack
SYN-SENT | ACK too high | R 2 0 | SYN-SENT | tcp-bad-ack
SYN-SENT | text | - | SYN-SENT | tcp-unexpected
SYN-SENT | text old | - | SYN-SENT | tcp-unexpected
SYN-SENT | text beyond | - | SYN-SENT | tcp-unexpected
SYN-SENT | FIN | - | SYN-SENT | tcp-unexpected
SYN-SENT | RST exact | - | CLOSED | -
SYN-SENT | RST within | - | CLOSED | -
SYN-SENT | RST outside | - | CLOSED | -
SYN-SENT | no flag | - | SYN-SENT | tcp-unexpected
SYN-SENT | bad checksum | - | SYN-SENT | tcp-bad-checksum
SYN-SENT | bad offset | - | SYN-SENT | tcp-bad-header-length
SYN-SENT | long offset | - | SYN-SENT | tcp-bad-header-length
SYN-RECEIVED | SYN | - | CLOSED | tcp-unexpected
SYN-RECEIVED | SYN, ACK | - | CLOSED | tcp-unexpected
SYN-RECEIVED | ACK | - | ESTABLISHED | -
SYN-RECEIVED | ACK old | R -1 0 | SYN-RECEIVED | tcp-bad-ack
SYN-RECEIVED | ACK too high | R 2 0 | SYN-RECEIVED | tcp-bad-ack
SYN-RECEIVED | text | . 1 6 | ESTABLISHED | -
SYN-RECEIVED | text old | . 1 1 | SYN-RECEIVED | tcp-unacceptable
SYN-RECEIVED | text beyond | . 1 1 | SYN-RECEIVED | tcp-unacceptable
SYN-RECEIVED | FIN | . 1 2 | CLOSE-WAIT | -
SYN-RECEIVED | RST exact | - | CLOSED | -
SYN-RECEIVED | RST within | . 1 1 | SYN-RECEIVED | tcp-challenged
SYN-RECEIVED | RST outside | - | SYN-RECEIVED | tcp-unacceptable
SYN-RECEIVED | no flag | - | SYN-RECEIVED | tcp-no-ack
SYN-RECEIVED | bad checksum | - | SYN-RECEIVED | tcp-bad-checksum
SYN-RECEIVED | bad offset | - | SYN-RECEIVED | tcp-bad-header-length
SYN-RECEIVED | long offset | - | SYN-RECEIVED | tcp-bad-header-length
SYN-RECEIVED (called) | SYN | . 1 1 | SYN-RECEIVED | tcp-challenged
SYN-RECEIVED (called) | SYN, ACK | . 1 1 | SYN-RECEIVED | tcp-challenged
SYN-RECEIVED (called) | ACK | - | ESTABLISHED | -
SYN-RECEIVED (called) | ACK old | R -1 0 | SYN-RECEIVED | tcp-bad-ack
SYN-RECEIVED (called) | ACK too high | R 2 0 | SYN-RECEIVED | tcp-bad-ack
SYN-RECEIVED (called) | text | . 1 6 | ESTABLISHED | -
SYN-RECEIVED (called) | text old | . 1 1 | SYN-RECEIVED | tcp-unacceptable
SYN-RECEIVED (called) | text beyond | . 1 1 | SYN-RECEIVED | tcp-unacceptable
SYN-RECEIVED (called) | FIN | . 1 2 | CLOSE-WAIT | -
SYN-RECEIVED (called) | RST exact | - | CLOSED | -
SYN-RECEIVED (called) | RST within | . 1 1 | SYN-RECEIVED | tcp-challenged
SYN-RECEIVED (called) | RST outside | - | SYN-RECEIVED | tcp-unacceptable
SYN-RECEIVED (called) | no flag | - | SYN-RECEIVED | tcp-no-ack
SYN-RECEIVED (called) | bad checksum | - | SYN-RECEIVED | tcp-bad-checksum
SYN-RECEIVED (called) | bad offset | - | SYN-RECEIVED | tcp-bad-header-length
SYN-RECEIVED (called) | long offset | - | SYN-RECEIVED | tcp-bad-header-length
ESTABLISHED | SYN | . 1 1 | ESTABLISHED | tcp-challenged
ESTABLISHED | SYN, ACK | . 1 1 | ESTABLISHED | tcp-challenged
ESTABLISHED | ACK | - | ESTABLISHED | -
ESTABLISHED | ACK old | - | ESTABLISHED | -
ESTABLISHED | ACK too high | . 1 1 | ESTABLISHED | tcp-bad-ack
ESTABLISHED | text | . 1 6 | ESTABLISHED | -
ESTABLISHED | text old | . 1 1 | ESTABLISHED | tcp-unacceptable
ESTABLISHED | text beyond | . 1 1 | ESTABLISHED | tcp-unacceptable
ESTABLISHED | FIN | . 1 2 | CLOSE-WAIT | -
ESTABLISHED | RST exact | - | CLOSED | -
ESTABLISHED | RST within | . 1 1 | ESTABLISHED | tcp-challenged
ESTABLISHED | RST outside | - | ESTABLISHED | tcp-unacceptable
ESTABLISHED | no flag | - | ESTABLISHED | tcp-no-ack
ESTABLISHED | bad checksum | - | ESTABLISHED | tcp-bad-checksum
ESTABLISHED | bad offset | - | ESTABLISHED | tcp-bad-header-length
ESTABLISHED | long offset | - | ESTABLISHED | tcp-bad-header-length
FIN-WAIT-1 | SYN | . 2 1 | FIN-WAIT-1 | tcp-challenged
FIN-WAIT-1 | SYN, ACK | . 2 1 | FIN-WAIT-1 | tcp-challenged
FIN-WAIT-1 | ACK | - | FIN-WAIT-2 | -
FIN-WAIT-1 | ACK old | - | FIN-WAIT-1 | -
FIN-WAIT-1 | ACK too high | . 2 1 | FIN-WAIT-1 | tcp-bad-ack
FIN-WAIT-1 | text | . 2 6 | FIN-WAIT-1 | -
FIN-WAIT-1 | text old | . 2 1 | FIN-WAIT-1 | tcp-unacceptable
FIN-WAIT-1 | text beyond | . 2 1 | FIN-WAIT-1 | tcp-unacceptable
FIN-WAIT-1 | FIN | . 2 2 | CLOSING | -
FIN-WAIT-1 | RST exact | - | CLOSED | -
FIN-WAIT-1 | RST within | . 2 1 | FIN-WAIT-1 | tcp-challenged
FIN-WAIT-1 | RST outside | - | FIN-WAIT-1 | tcp-unacceptable
FIN-WAIT-1 | no flag | - | FIN-WAIT-1 | tcp-no-ack
FIN-WAIT-1 | bad checksum | - | FIN-WAIT-1 | tcp-bad-checksum
FIN-WAIT-1 | bad offset | - | FIN-WAIT-1 | tcp-bad-header-length
FIN-WAIT-1 | long offset | - | FIN-WAIT-1 | tcp-bad-header-length
FIN-WAIT-2 | SYN | . 2 1 | FIN-WAIT-2 | tcp-challenged
FIN-WAIT-2 | SYN, ACK | . 2 1 | FIN-WAIT-2 | tcp-challenged
FIN-WAIT-2 | ACK | - | FIN-WAIT-2 | -
FIN-WAIT-2 | ACK old | - | FIN-WAIT-2 | -
FIN-WAIT-2 | ACK too high | . 2 1 | FIN-WAIT-2 | tcp-bad-ack
FIN-WAIT-2 | text | . 2 6 | FIN-WAIT-2 | -
FIN-WAIT-2 | text old | . 2 1 | FIN-WAIT-2 | tcp-unacceptable
FIN-WAIT-2 | text beyond | . 2 1 | FIN-WAIT-2 | tcp-unacceptable
FIN-WAIT-2 | FIN | . 2 2 | TIME-WAIT | -
FIN-WAIT-2 | RST exact | - | CLOSED | -
FIN-WAIT-2 | RST within | . 2 1 | FIN-WAIT-2 | tcp-challenged
FIN-WAIT-2 | RST outside | - | FIN-WAIT-2 | tcp-unacceptable
FIN-WAIT-2 | no flag | - | FIN-WAIT-2 | tcp-no-ack
FIN-WAIT-2 | bad checksum | - | FIN-WAIT-2 | tcp-bad-checksum
FIN-WAIT-2 | bad offset | - | FIN-WAIT-2 | tcp-bad-header-length
FIN-WAIT-2 | long offset | - | FIN-WAIT-2 | tcp-bad-header-length
CLOSE-WAIT | SYN | . 1 2 | CLOSE-WAIT | tcp-challenged
CLOSE-WAIT | SYN, ACK | . 1 2 | CLOSE-WAIT | tcp-challenged
CLOSE-WAIT | ACK | - | CLOSE-WAIT | -
CLOSE-WAIT | ACK old | - | CLOSE-WAIT | -
CLOSE-WAIT | ACK too high | . 1 2 | CLOSE-WAIT | tcp-bad-ack
CLOSE-WAIT | text | - | CLOSE-WAIT | tcp-unexpected
CLOSE-WAIT | text old | . 1 2 | CLOSE-WAIT | tcp-unacceptable
CLOSE-WAIT | text beyond | . 1 2 | CLOSE-WAIT | tcp-unacceptable
CLOSE-WAIT | FIN | - | CLOSE-WAIT | tcp-unexpected
CLOSE-WAIT | RST exact | - | CLOSED | -
CLOSE-WAIT | RST within | . 1 2 | CLOSE-WAIT | tcp-challenged
CLOSE-WAIT | RST outside | - | CLOSE-WAIT | tcp-unacceptable
CLOSE-WAIT | no flag | - | CLOSE-WAIT | tcp-no-ack
CLOSE-WAIT | bad checksum | - | CLOSE-WAIT | tcp-bad-checksum
CLOSE-WAIT | bad offset | - | CLOSE-WAIT | tcp-bad-header-length
CLOSE-WAIT | long offset | - | CLOSE-WAIT | tcp-bad-header-length
CLOSING | SYN | . 2 2 | CLOSING | tcp-challenged
CLOSING | SYN, ACK | . 2 2 | CLOSING | tcp-challenged
CLOSING | ACK | - | TIME-WAIT | -
CLOSING | ACK old | - | CLOSING | -
CLOSING | ACK too high | . 2 2 | CLOSING | tcp-bad-ack
CLOSING | text | - | CLOSING | tcp-unexpected
CLOSING | text old | . 2 2 | CLOSING | tcp-unacceptable
CLOSING | text beyond | . 2 2 | CLOSING | tcp-unacceptable
CLOSING | FIN | - | CLOSING | tcp-unexpected
CLOSING | RST exact | - | CLOSED | -
CLOSING | RST within | . 2 2 | CLOSING | tcp-challenged
CLOSING | RST outside | - | CLOSING | tcp-unacceptable
CLOSING | no flag | - | CLOSING | tcp-no-ack
CLOSING | bad checksum | - | CLOSING | tcp-bad-checksum
CLOSING | bad offset | - | CLOSING | tcp-bad-header-length
CLOSING | long offset | - | CLOSING | tcp-bad-header-length
LAST-ACK | SYN | . 2 2 | LAST-ACK | tcp-challenged
LAST-ACK | SYN, ACK | . 2 2 | LAST-ACK | tcp-challenged
LAST-ACK | ACK | - | CLOSED | -
LAST-ACK | ACK old | - | LAST-ACK | -
LAST-ACK | ACK too high | . 2 2 | LAST-ACK | tcp-bad-ack
LAST-ACK | text | - | LAST-ACK | tcp-unexpected
LAST-ACK | text old | . 2 2 | LAST-ACK | tcp-unacceptable
LAST-ACK | text beyond | . 2 2 | LAST-ACK | tcp-unacceptable
LAST-ACK | FIN | - | LAST-ACK | tcp-unexpected
LAST-ACK | RST exact | - | CLOSED | -
LAST-ACK | RST within | . 2 2 | LAST-ACK | tcp-challenged
LAST-ACK | RST outside | - | LAST-ACK | tcp-unacceptable
LAST-ACK | no flag | - | LAST-ACK | tcp-no-ack
LAST-ACK | bad checksum | - | LAST-ACK | tcp-bad-checksum
LAST-ACK | bad offset | - | LAST-ACK | tcp-bad-header-length
LAST-ACK | long offset | - | LAST-ACK | tcp-bad-header-length
TIME-WAIT | SYN | . 2 2 | TIME-WAIT | tcp-challenged
TIME-WAIT | SYN, ACK | . 2 2 | TIME-WAIT | tcp-challenged
TIME-WAIT | ACK | - | TIME-WAIT | -
TIME-WAIT | ACK old | - | TIME-WAIT | -
TIME-WAIT | ACK too high | . 2 2 | TIME-WAIT | tcp-bad-ack
TIME-WAIT | text | - | TIME-WAIT | tcp-unexpected
TIME-WAIT | text old | . 2 2 | TIME-WAIT | tcp-unacceptable
TIME-WAIT | text beyond | . 2 2 | TIME-WAIT | tcp-unacceptable
TIME-WAIT | FIN | - | TIME-WAIT | tcp-unexpected
TIME-WAIT | RST exact | - | CLOSED | -
TIME-WAIT | RST within | . 2 2 | TIME-WAIT | tcp-challenged
TIME-WAIT | RST outside | - | TIME-WAIT | tcp-unacceptable
TIME-WAIT | no flag | - | TIME-WAIT | tcp-no-ack
TIME-WAIT | bad checksum | - | TIME-WAIT | tcp-bad-checksum
TIME-WAIT | bad offset | - | TIME-WAIT | tcp-bad-header-length
TIME-WAIT | long offset | - | TIME-WAIT | tcp-bad-header-length
`;

function run(state: string, kind: string): string {
  const numbers = STATES[state] as (typeof STATES)[string];
  const [flags, values] = KINDS[kind] as (typeof KINDS)[string];
  const t = numbers.reach();
  t.all();
  const before = dropsIn(t.world).length;
  t.sends(flags, values(numbers)).waits(100 * MILLISECOND);
  const answers = t.all().map(({ flags: answer, seq, ack }) => `${answer} ${seq} ${ack}`);
  const listens =
    [...t.host.stack.tcp.listeningPorts()].length > 0 && state === 'LISTEN' && t.state === 'CLOSED';
  const after = listens ? 'LISTEN' : t.state;
  const drops = dropsIn(t.world).slice(before);
  for (const connection of [...t.host.stack.tcp.list()]) connection.abort();
  t.isOver();
  return `${state} | ${kind} | ${answers.join(', ') || '-'} | ${after} | ${drops.join(', ') || '-'}`;
}

describe.each(Object.keys(STATES))('in %s', (state) => {
  it.each(Object.keys(KINDS))('%s', (kind) => {
    const wanted = TABLE.trim()
      .split('\n')
      .find((line) => line.startsWith(`${state} | ${kind} |`));
    expect(run(state, kind)).toBe(wanted);
  });
});
