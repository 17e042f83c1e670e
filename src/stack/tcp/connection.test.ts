// How connections begin and end, step by step, with a peer that sends raw segments. RFC 9293 §3.5, §3.6, §3.10.

import { describe, expect, it } from 'vitest';
import { expectNoLeaks } from '../../../test/kit.js';
import { TcpBench } from '../../../test/tcp-peer.js';
import { SECOND } from '../../base/time.js';

expectNoLeaks();

const MSS = { kind: 'mss', value: 1460 } as const;

describe('opening', () => {
  it('is three segments when the host calls; the last goes out before the program writes', () => {
    const t = new TcpBench();
    t.connects();
    t.program.when.connected = (connection) => void connection.write(new Uint8Array([1, 2, 3]));
    t.gets('It sends its SYN, with MSS and window scale.', 'S', {
      seq: 0,
      ack: 0,
      mss: 1460,
      shift: 3,
      window: 65535,
    });
    t.isIn('SYN-SENT').sends('S.', { options: [MSS] });
    t.gets('It acknowledges by itself.', '.', { seq: 1, ack: 1, length: 0 });
    t.gets('Then comes what the program writes.', 'P.', { seq: 1, ack: 1, length: 3 });
    t.isIn('ESTABLISHED').hasTold('connected');
    t.connection.abort();
    t.gets('The peer is reset.', 'R.', { seq: 4, ack: 1 });
  });

  it('is three segments when the peer calls', () => {
    const t = new TcpBench()
      .listens()
      .sends('S', { options: [MSS, { kind: 'nop' }, { kind: 'window-scale', shift: 7 }] });
    t.gets('The host answers, with the options the peer has too.', 'S.', {
      seq: 0,
      ack: 1,
      mss: 1460,
      shift: 3,
    });
    t.isIn('SYN-RECEIVED').hasTold();
    t.sends('.').isIn('ESTABLISHED').hasTold('connected');
    t.getsNothing('An acknowledgment is not acknowledged.');
    t.connection.abort();
  });

  it('has no window scale in the answer to a SYN without', () => {
    const t = new TcpBench().listens().sends('S');
    t.gets('The answer has none.', 'S.', { shift: undefined, window: 65535 });
    t.sends('.').sends('P.', { text: 'hello' }).waits(SECOND);
    t.gets('Windows are not scaled.', '.', { ack: 6, window: 65535 });
    t.connection.abort();
  });

  it('works from both sides at once', () => {
    const t = new TcpBench();
    t.connects();
    t.gets('The host calls.', 'S', { seq: 0 });
    t.sends('S', { options: [MSS] });
    t.gets('It answers the other SYN with its own again.', 'S.', { seq: 0, ack: 1, mss: 1460 });
    t.isIn('SYN-RECEIVED');
    t.sends('S.', { seq: 0, ack: 1, options: [MSS] })
      .isIn('ESTABLISHED')
      .hasTold('connected');
    t.connection.abort();
  });

  it('works from both sides at once when the second SYN of the peer is lost', () => {
    const t = new TcpBench();
    t.connects();
    t.gets('The host calls.', 'S');
    t.sends('S', { options: [MSS] });
    t.gets('It answers.', 'S.', { ack: 1 });
    t.sends('.', { seq: 1, ack: 1 }).isIn('ESTABLISHED');
    t.connection.abort();
  });

  it('answers a SYN that comes twice once more', () => {
    const t = new TcpBench().listens().sends('S', { options: [MSS] });
    t.gets('The answer gets lost.', 'S.', { seq: 0, ack: 1 });
    t.sends('S', { seq: 0, options: [MSS] });
    t.gets('It comes again.', 'S.', { seq: 0, ack: 1, mss: 1460 });
    t.sends('.').isIn('ESTABLISHED');
    t.connection.abort();
  });

  it('acknowledges a SYN, ACK that comes twice, as its acknowledgment may be lost', () => {
    const t = new TcpBench();
    t.connects();
    t.gets('The host calls.', 'S');
    t.sends('S.');
    t.gets('It acknowledges.', '.', { seq: 1, ack: 1 });
    t.sends('S.', { seq: 0, ack: 1 });
    t.gets('It acknowledges again.', '.', { seq: 1, ack: 1 });
    t.isIn('ESTABLISHED').hasTold('connected');
    t.connection.abort();
  });

  it('takes text and FIN that come with the SYN, ACK', () => {
    const t = new TcpBench();
    t.connects();
    t.gets('The host calls.', 'S');
    t.sends('SF.', { text: 'hello' });
    t.gets('The SYN is acknowledged.', '.', { ack: 1 + 5 + 1 });
    t.hasTold('connected', 'readable 5', 'ended');
    expect(t.program.received).toBe('hello');
    t.closes().gets('The host closes.', 'F.', { seq: 1, ack: 7 });
    t.sends('.', { seq: 7, ack: 2 }).isOver();
  });

  it('lets text and FIN in a SYN come again', () => {
    const t = new TcpBench().listens().sends('S', { text: 'hello' });
    t.gets('Only the SYN is acknowledged.', 'S.', { ack: 1 });
    t.sends('P.', { seq: 1, text: 'hello' }).hasTold('connected', 'readable 5');
    t.connection.abort();
  });

  it('sends what was written before the handshake was done', () => {
    const t = new TcpBench();
    t.connects();
    t.writes('hello').gets('The SYN carries nothing.', 'S', { length: 0 });
    t.sends('S.');
    t.gets('The acknowledgment goes first.', '.', { length: 0 });
    t.gets('Then the text.', 'P.', { text: 'hello' });
    t.connection.abort();
  });

  it('closes without a trace while nobody has answered', () => {
    const t = new TcpBench();
    t.connects();
    t.gets('The host calls.', 'S');
    t.closes().hasTold('closed').getsNothing('There is nobody to tell.');
    expect(t.connection.state).toBe('CLOSED');
    t.sends('S.').gets('Who answers now is told so.', 'R', { seq: 1 });
    t.isOver();
  });

  it('closes with a FIN in SYN-RECEIVED, and sends again what is lost', () => {
    const t = new TcpBench();
    t.connects();
    t.gets('The host calls.', 'S');
    t.sends('S', { options: [MSS] }).gets('The host answers.', 'S.');
    t.closes().gets('FIN', 'F.', { seq: 1, ack: 1 });
    t.isIn('FIN-WAIT-1').waits(SECOND);
    t.gets('The SYN comes again first.', 'S.', { seq: 0, ack: 1 });
    t.sends('.', { ack: 1 });
    t.gets('Then the FIN.', 'F.', { seq: 1, ack: 1 });
    t.sends('.', { ack: 2 }).isIn('FIN-WAIT-2').sends('F.', { ack: 2 });
    t.gets('Its FIN is acknowledged.', '.', { seq: 2, ack: 2 });
    t.hasTold('ended', 'closed').isOver();
  });

  it('sends first what was written in SYN-RECEIVED, then the FIN', () => {
    const t = new TcpBench();
    t.connects();
    t.gets('The host calls.', 'S');
    t.sends('S', { options: [MSS] }).gets('The host answers.', 'S.');
    t.writes('hello').closes().isIn('SYN-RECEIVED').getsNothing('All must wait.');
    t.sends('.', { ack: 1 });
    t.gets('Text and FIN go together.', 'FP.', { seq: 1, ack: 1, text: 'hello' });
    t.isIn('FIN-WAIT-1').hasTold('connected');
    t.connection.abort();
  });
});

describe('closing', () => {
  it('from this side passes FIN-WAIT-1, FIN-WAIT-2 and TIME-WAIT', () => {
    const t = new TcpBench().accepted();
    t.closes().gets('The host sends its FIN.', 'F.', { seq: 1, ack: 1 });
    t.isIn('FIN-WAIT-1').sends('.', { ack: 2 }).isIn('FIN-WAIT-2');
    t.sends('F.', { ack: 2 }).gets('It acknowledges the FIN of the peer.', '.', { seq: 2, ack: 2 });
    t.isIn('TIME-WAIT').hasTold('connected', 'ended', 'closed');
    t.waits(60 * SECOND - 1)
      .isIn('TIME-WAIT')
      .waits(1)
      .isIn('CLOSED');
    t.hasTold('connected', 'ended', 'closed').isOver();
  });

  it('skips FIN-WAIT-2 when FIN and acknowledgment come together', () => {
    const t = new TcpBench().accepted();
    t.closes().gets('FIN.', 'F.', { seq: 1 });
    t.sends('F.', { ack: 2 }).gets('ACK.', '.', { seq: 2, ack: 2 });
    t.isIn('TIME-WAIT').hasTold('connected', 'ended', 'closed').isOver();
  });

  it('from the other side passes CLOSE-WAIT and LAST-ACK', () => {
    const t = new TcpBench().accepted().sends('F.');
    t.gets('The FIN is acknowledged at once.', '.', { seq: 1, ack: 2 });
    t.isIn('CLOSE-WAIT').hasTold('connected', 'ended');
    t.closes().gets('The host sends its own.', 'F.', { seq: 1, ack: 2 });
    t.isIn('LAST-ACK').sends('.', { ack: 2 }).isIn('CLOSED').hasTold('connected', 'ended', 'closed').isOver();
  });

  it('sends one segment, ACK and FIN, when the program closes at once', () => {
    const t = new TcpBench().accepted();
    t.program.when.ended = (connection) => connection.shutdown();
    t.sends('F.').gets('Both in one.', 'F.', { seq: 1, ack: 2 });
    t.isIn('LAST-ACK').sends('.', { ack: 2 }).isOver();
  });

  it('sends the answer, the acknowledgment and the FIN together', () => {
    const t = new TcpBench().accepted();
    t.program.when.readable = (connection) => {
      connection.write(new Uint8Array(10));
      connection.shutdown();
    };
    t.sends('P.', { text: 'GET' }).gets('All in one.', 'FP.', { seq: 1, ack: 4, length: 10 });
    t.isIn('FIN-WAIT-1').getsNothing('And nothing else.');
    t.connection.abort();
  });

  it('from both sides at once passes CLOSING', () => {
    const t = new TcpBench().accepted();
    t.closes().gets('FIN.', 'F.', { seq: 1, ack: 1 });
    t.sends('F.', { ack: 1 }).gets('The other FIN is acknowledged.', '.', { seq: 2, ack: 2 });
    t.isIn('CLOSING').hasTold('connected', 'ended');
    t.sends('.', { ack: 2 }).isIn('TIME-WAIT').hasTold('connected', 'ended', 'closed').isOver();
  });

  it('reads on after it has closed, and writes on after the peer has', () => {
    const t = new TcpBench().accepted();
    t.closes().gets('FIN.', 'F.', { seq: 1 });
    t.sends('P.', { ack: 2, text: 'still here' }).waits(SECOND);
    t.gets('Text is still acknowledged.', '.', { seq: 2, ack: 11 });
    expect(t.program.received).toBe('still here');
    t.connection.abort();

    const u = new TcpBench().accepted().sends('F.');
    u.gets('ACK.', '.', { ack: 2 });
    u.writes('still here').gets('Text still goes out.', 'P.', { seq: 1, ack: 2, text: 'still here' });
    u.connection.abort();
  });

  it('sends its FIN again until it is acknowledged', () => {
    const t = new TcpBench().accepted();
    t.closes().gets('FIN.', 'F.', { seq: 1 });
    t.waits(SECOND - 1)
      .getsNothing('Not yet.')
      .waits(1);
    t.gets('Again.', 'F.', { seq: 1, ack: 1 });
    t.sends('F.', { ack: 1 }).gets('The peer’s is acknowledged meanwhile.', '.', { seq: 2, ack: 2 });
    t.waits(2 * SECOND).gets('And again.', 'F.', { seq: 1, ack: 2 });
    t.sends('.', { ack: 2 }).isIn('TIME-WAIT').isOver();
  });

  it('waits anew in TIME-WAIT for every FIN that comes again', () => {
    const t = new TcpBench().accepted();
    t.closes().gets('FIN.', 'F.');
    t.sends('F.', { ack: 2 }).gets('ACK.', '.', { ack: 2 });
    t.waits(50 * SECOND)
      .sends('F.', { seq: 1, ack: 2 })
      .gets('ACK again.', '.', { seq: 2, ack: 2 });
    t.waits(59 * SECOND)
      .isIn('TIME-WAIT')
      .waits(SECOND)
      .isIn('CLOSED')
      .isOver();
  });

  it('takes a FIN that comes before the text in front of it', () => {
    const t = new TcpBench().accepted();
    t.sends('F.', { seq: 6, text: 'world' }).gets('What is missing is asked for.', '.', { ack: 1 });
    t.isIn('ESTABLISHED').hasTold('connected');
    t.sends('P.', { seq: 1, text: 'hello' }).gets('Now all is there.', '.', { ack: 12 });
    t.isIn('CLOSE-WAIT').hasTold('connected', 'readable 10', 'ended');
    expect(t.program.received).toBe('helloworld');
    t.closes().gets('FIN.', 'F.', { ack: 12 });
    t.sends('.', { seq: 12, ack: 2 }).isOver();
  });

  it('takes no text behind the FIN', () => {
    const t = new TcpBench().accepted().sends('F.', { seq: 3 });
    t.gets('The FIN came too early.', '.', { ack: 1 });
    t.sends('P.', { seq: 1, text: 'abcd' }).gets('Text counts as far as the FIN.', '.', { ack: 4 });
    expect(t.program.received).toBe('ab');
    t.connection.abort();
  });

  it('tells of the FIN after the text that came with it, and is in CLOSE-WAIT by then', () => {
    const t = new TcpBench().accepted();
    t.program.when.readable = (connection) => connection.shutdown();
    t.sends('FP.', { text: 'bye' }).gets('ACK and FIN in one.', 'F.', { seq: 1, ack: 5 });
    t.isIn('LAST-ACK').hasTold('connected', 'readable 3', 'ended').sends('.', { ack: 2 }).isOver();
  });
});
