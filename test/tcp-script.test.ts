// The script language itself: mistakes are named with their place and mend, failures say what happened, and every law
// about the host's segments can be broken.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { TCP_FLAG } from '../src/wire/tcp.js';
import { type TcpOption, writeTcpOptions } from '../src/wire/tcp-options.js';
import { FrameMaker, ip } from './frame-maker.js';
import { join } from './frames.js';
import { expectNoLeaks } from './kit.js';
import { Laws, programByte } from './tcp-script/laws.js';
import { readCells } from './tcp-script/read-cells.js';
import { readScripts } from './tcp-script/read-script.js';
import { USUAL_PEER } from './tcp-script/read-settings.js';
import { runScript } from './tcp-script/run-script.js';
import { Talk } from './tcp-script/talk.js';

expectNoLeaks();

const HEAD = 'script A title\nfrom RFC 9293 §3.5\nA sentence.\n';

/** What a script fails with; '' when it holds. */
function failureOf(text: string): string {
  const { scripts, openings } = readScripts('some.tcp', text);
  for (const script of scripts) {
    try {
      runScript(script, openings);
    } catch (problem) {
      return (problem as Error).message;
    }
  }
  return '';
}

describe('mistakes in scripts', () => {
  it.each([
    ['  +0 program listens', 1, 'a step without a sentence', 'Say in the line before'],
    ['Somebody calls.', 1, 'a sentence before any script', 'Begin with “script TITLE”'],
    [`${HEAD}another sentence.`, 4, '“another” is nothing a line can begin with', 'script, opening, from'],
    [`${HEAD}-- a ruler`, 4, '“-- a ruler” is no sentence', 'Sentences begin with a capital'],
    [`script A\nA sentence.\n  +0 program listens`, 1, 'does not say which rules', 'Add a line “from RFC'],
    [HEAD, 1, '“A title” has no steps', 'Add sentences, and steps below'],
    [
      `${HEAD}  +0 program listens\n${HEAD}  +0 program listens`,
      5,
      '“A title” is there already',
      'of its own',
    ],
    [`${HEAD}  +soon program listens`, 4, '“+soon” is no time', 'Write +0, +200ms'],
    [`${HEAD}  +0 postman rings`, 4, '“postman” does nothing', 'Steps are about program, peer'],
    [`${HEAD}  +0 peer:x sends SYN`, 4, '“x” is no port', 'Write host:40001'],
    [`${HEAD}  +0 program sleeps`, 4, '“sleeps” is no thing a program does', 'It is one of: listens'],
    [`${HEAD}  +0 program listens twice`, 4, '“twice” is too much', 'complete without it'],
    [`${HEAD}  +0 program writes much`, 4, '“much” is no whole number', 'a number of bytes, or a text'],
    [
      `${HEAD}  +0 program hears nonsense`,
      4,
      '“nonsense” is no thing a program is told',
      'connected, readable',
    ],
    [`${HEAD}  +0 program sets colour red`, 4, '“colour” is no option', 'Options are receive-buffer'],
    [`${HEAD}  +0 peer sends`, 4, 'the line ends too early', 'flags, as ACK or SYN+ACK'],
    [`${HEAD}  +0 peer sends SYN+BIN`, 4, '“BIN” is no flag', 'Flags are SYN, FIN'],
    [
      `${HEAD}  +0 peer sends ACK, ackk 5`,
      4,
      '“ackk” is no field of a segment',
      'Fields are seq, length, ack',
    ],
    [`${HEAD}  +0 peer sends ACK, ack x`, 4, '“x” is no number', 'as 1000, 1000..2000'],
    [
      `${HEAD}  +0 peer sends ACK, ack 1..5`,
      4,
      'ack has no single value',
      'What the peer sends must be exact',
    ],
    [`${HEAD}  +0 peer sends ...`, 4, '“...” can not be sent', 'Name the flags'],
    [`${HEAD}  +0 peer sends ACK, seq 5:1`, 4, '“5:1” is no range of numbers', 'seq 1:1001'],
    [`${HEAD}  +0 peer sends ACK, sack none`, 4, '“none” is no block', 'sack 1001-2001'],
    [`${HEAD}  +0 peer sends ACK, text hello`, 4, 'hello is no text', 'as "hello"'],
    [`${HEAD}  +0 peer sends ACK, options xyz`, 4, '“xyz” are no bytes', 'Write them as'],
    [`${HEAD}  +0 host sends ACK, checksum wrong`, 4, '“checksum” is no field', 'Fields are'],
    [`${HEAD}  +0 host is in BED`, 4, '“BED” is no state', 'CLOSED, LISTEN'],
    [`${HEAD}  +0 host drops tired`, 4, '“tired” is no reason to drop', 'docs/reference/drops.md'],
    [`${HEAD}  +0 router says good morning`, 4, '“good morning” is no error', 'network unreachable'],
    [`${HEAD}  +0 begin somehow`, 4, 'there is no opening “somehow”', 'There are'],
    [`${HEAD}  +0 program closes`, 4, 'there is no program yet', 'It listens and is called'],
    [`script A\nhost speed 5`, 2, '“speed” is no option', 'Options are'],
    [`script A\nhost keep-alive idle 10s`, 2, 'the interval is missing', 'interval 1s probes 3'],
    [`script A\npeer mood good`, 2, '“mood” is no setting of the peer', 'mss, shift'],
  ])('%j', (text, line, problem, mend) => {
    let said = '';
    try {
      said = failureOf(text);
    } catch (mistake) {
      said = (mistake as Error).message;
    }
    expect(said.split('\n')).toHaveLength(1);
    expect(said).toContain(`some.tcp:${line}: `);
    expect(said).toContain(problem);
    expect(said).toContain(mend);
  });
});

describe('mistakes in tables', () => {
  const STATES = 'state CLOSED una 1 nxt 1 rcv 1 ok 1\nstate OTHER is CLOSED una 1 nxt 1 rcv 1 ok 1\n';
  const CELL = 'from RFC 9293 §3.10.7.1\nA sentence.\n  host stays\n  host drops nothing\n';
  const KIND = `${STATES}kind Nothing\n  peer sends RST\n`;

  it.each([
    [`${KIND}in CLOSED\n${CELL}`, 3, 'nobody has said what follows when “Nothing” meets OTHER'],
    [`${KIND}in CLOSED, OTHER\n${CELL}in OTHER\n${CELL}`, 3, 'it is said twice what follows'],
    [`${KIND}in BED\n${CELL}`, 5, '“BED” is no state of this file'],
    [`${KIND}in all\nA sentence.\n  host stays\n  host drops nothing`, 5, 'a cell says too little'],
    [`${KIND}in all\nfrom RFC 1\n  host stays\n  host drops nothing`, 5, 'a cell says too little'],
    [`${KIND}in all\nfrom RFC 1\nA sentence.\n  host drops nothing`, 5, 'a cell says too little'],
    [`${KIND}in all\nfrom RFC 1\nA sentence.\n  host stays`, 5, 'a cell says too little'],
    [`${KIND}from RFC 1`, 5, '“from RFC 1” stands in no cell'],
    ['  peer sends RST', 1, 'a step before any kind'],
    ['state CLOSED una 1 rcv 1 ok 1', 1, 'CLOSED has no nxt'],
  ])('%#', (text, line, problem) => {
    expect(() => readCells('some.cells', text, () => '')).toThrow(`some.cells:${line}: ${problem}`);
  });

  it('none: each cell is a script', () => {
    const text = `${KIND}in all\nfrom RFC 9293 §3.10.7.1\nA sentence.\n  host stays\n  host drops tcp-no-connection\n`;
    const scripts = readCells('some.cells', text, () => '');
    expect(scripts.map(({ title }) => title)).toEqual(['Nothing in CLOSED', 'Nothing in OTHER']);
    for (const script of scripts) runScript(script, new Map());
  });

  it('numbers stand for the state they are in', () => {
    const text = `state CLOSED una 1 nxt 1 rcv 7 ok 1\nkind Text\n  peer sends ACK, seq rcv-2:rcv+3, ack nxt+ok
in all\nfrom RFC 1\nA sentence.\n  host sends RST, seq 2\n  host stays\n  host drops tcp-no-connection`;
    const [script] = readCells('some.cells', text, () => '');
    expect(script?.beats[0]?.steps[0]?.text).toBe('peer sends ACK, seq 5:10, ack 2');
  });
});

describe('docs/tcp-scripts.md', () => {
  const page = readFileSync(path.join(import.meta.dirname, '../docs/tcp-scripts.md'), 'utf8');

  it('shows a script that holds', () => {
    const examples = [...page.matchAll(/```tcp\n([\s\S]*?)```/g)].map(([, text]) => text as string);
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) expect(failureOf(example)).toBe('');
  });

  it('names every option, setting, field, verb and error', () => {
    const lists = [
      `${HEAD}  +0 program ?`,
      `${HEAD}  +0 program sets ?`,
      `${HEAD}  +0 program hears ?`,
      `${HEAD}  +0 peer ?`,
      `${HEAD}  +0 peer sends ACK, ?`,
      `${HEAD}  +0 host ?`,
      `${HEAD}  +0 router says ?`,
      'script A\npeer ?',
    ];
    for (const text of lists) {
      let said = '';
      try {
        failureOf(text);
      } catch (mistake) {
        said = (mistake as Error).message.replace(
          /^.*?(It is one of|Options are|Fields are|says one of:|It has)/,
          '',
        );
      }
      const words =
        said.match(/[a-z][\w-]+( (unreachable|needed|prohibited|quench|exceeded|problem))?/g) ?? [];
      expect(words.length, text).toBeGreaterThan(2);
      for (const word of words) expect(page).toContain(word === 'of' ? '' : word);
    }
  });
});

describe('failures', () => {
  const OPEN = `${HEAD}  +0 program listens\n  +0 peer sends SYN\n`;

  it('tell the steps so far, and field by field what differs', () => {
    expect(
      failureOf(`${OPEN}The host answers.\n  +0 host sends SYN+ACK, seq 5, ack 1..3, mss 100\n`)
        .replace(/win .*$/m, '…')
        .split('\n'),
    ).toEqual([
      'some.tcp:7: A title (RFC 9293 §3.5)',
      '  A sentence.',
      '  ✓        0 ns  +0 program listens',
      '  ✓        0 ns  +0 peer sends SYN',
      '  The host answers.',
      '  ✗        0 ns  +0 host sends SYN+ACK, seq 5, ack 1..3, mss 100',
      '        field  wanted  got',
      '        seq    5       0',
      '        mss    100     1460',
      '      the segment that came: 0 ns: SYN+ACK seq 0, ack 1, …',
    ]);
  });

  it.each([
    ['another flag', '  +0 host sends ACK', 'flags  ACK     SYN+ACK'],
    ['an option too many', '  +0 host sends SYN+ACK, no mss', 'mss    none    1460'],
    ['the wrong time', '  +1s host sends SYN+ACK', 'time   1 s     0 ns'],
    ['a range of times', '  +1s..2s host sends SYN+ACK', 'time   1 s to 2 s  0 ns'],
    ['nothing', '  +0 host sends SYN+ACK\n  +0.5s host sends ACK', 'no segment came'],
    ['something', '  +0 host sends nothing for 1s', 'also sent: 0 ns: SYN+ACK seq 0, ack 1'],
    ['something before the next step', '  +0 peer sends ACK', 'what no step expects'],
    ['something at the end', '  +0 host is in SYN-RECEIVED', 'what no step expects'],
    ['the wrong number', '  +0 host sends 2 segments of 1460 from 1', 'segments  2 of 1460 from 1  0'],
    ['another state', '  +0 host is in LISTEN', 'state  LISTEN  SYN-RECEIVED'],
    ['another reason', '  +0 host drops tcp-bad-ack', 'dropped  tcp-bad-ack  nothing'],
    ['other news', '  +0 program hears connected', 'told   connected  nothing'],
    ['another event', '  +0 host tells tcp.cookie-sent', 'event  tcp.cookie-sent  nothing'],
    ['another fact', '  +0 host knows mss 5, timestamps true', 'timestamps  true    false'],
    ['less taken', '  +0 host sends SYN+ACK\n  +0 program writes 10 takes 5', 'bytes taken  5       10'],
    ['less read', '  +0 host sends SYN+ACK\n  +0 program reads gets 5', 'bytes read  5       0'],
  ])('%s', (_, steps, wanted) => {
    expect(failureOf(`${OPEN}Then it goes on.\n${steps}\n`)).toContain(wanted);
  });

  it('none when all is as wanted', () => {
    expect(
      failureOf(`${OPEN}Then it goes on.\n  +0 host sends SYN+ACK or ACK\n  +1s..2s host sends ...\n`),
    ).toBe('');
  });
});

describe('laws', () => {
  const maker = new FrameMaker({ mac: 1, ip: ip('192.0.2.1') }, { mac: 2, ip: ip('192.0.2.2') });
  const ISN = 1000;
  const { syn: SYN, fin: FIN, rst: RST, ack: ACK, urg: URG, ece: ECE } = TCP_FLAG;
  const MSS: TcpOption = { kind: 'mss', value: 1460 };

  interface Sent {
    readonly flags?: number;
    readonly seq?: number;
    readonly ack?: number;
    readonly window?: number;
    readonly text?: Uint8Array;
    readonly length?: number;
    readonly options?: readonly TcpOption[];
    readonly reserved?: number;
    readonly urgentPointer?: number;
    readonly checksum?: number;
    readonly ecn?: number;
  }

  /** What the laws say about the last of these segments of the host's, after its SYN, ACK and the peer's words. */
  function judged(
    sent: readonly Sent[],
    peerOptions = 'sack-permitted, ts 5',
    host: readonly TcpOption[] = [],
  ): string[] {
    const talk = new Talk(40000, { ...USUAL_PEER, isn: 5000 });
    const laws = new Laws(talk, 1500);
    const say = (text: string): void => {
      const [script] = readScripts('some.tcp', `${HEAD}  peer sends ${text}`).scripts;
      const action = script?.beats[0]?.steps[0]?.action;
      if (action?.kind === 'send') talk.write(action.segment, maker, 0);
    };
    const read = (segment: Sent): string[] => {
      const flags = segment.flags ?? ACK;
      const options = writeTcpOptions(segment.options ?? []);
      const seq = segment.seq ?? 1;
      const text =
        segment.text ?? Uint8Array.from({ length: segment.length ?? 0 }, (_, i) => programByte(seq - 1 + i));
      const frame = maker.tcp(
        join(options, text),
        {
          sequence: ISN + seq,
          acknowledgment: (flags & ACK) === 0 ? 0 : 5000 + (segment.ack ?? 1),
          dataOffset: 5 + options.length / 4,
          sourcePort: 80,
          destinationPort: 40000,
          window: segment.window ?? 1000,
          urgentPointer: segment.urgentPointer ?? 0,
          reserved: segment.reserved ?? 0,
          ...Object.fromEntries(
            Object.entries(TCP_FLAG).map(([name, bit]) => [name, (flags & bit) === 0 ? 0 : 1]),
          ),
          ...(segment.checksum === undefined ? {} : { checksum: segment.checksum }),
        },
        { protocol: 6, ...(segment.ecn === undefined ? {} : { ecn: segment.ecn }) },
      );
      return laws.check(talk.read(frame, 0), undefined);
    };
    say(`SYN, ${peerOptions}`);
    const opened = read({ flags: SYN | ACK, seq: 0, options: [MSS, ...host] });
    if (sent.length === 0) return opened;
    say('ACK, win 10000');
    return sent.map(read).at(-1) ?? [];
  }

  const TIMES: TcpOption = { kind: 'timestamps', value: 9, echo: 5 };
  const SACK_OK: TcpOption = { kind: 'sack-permitted' };
  const sack = (...blocks: (readonly [number, number])[]): TcpOption => ({
    kind: 'sack',
    blocks: blocks.map(([left, right]) => ({ left: 5000 + left, right: 5000 + right })),
  });

  it('none is broken by what is right', () => {
    expect(judged([{ length: 10 }, { seq: 11, length: 10, flags: ACK | FIN }])).toEqual([]);
    expect(judged([{ options: [TIMES], length: 1448 }], 'ts 5', [TIMES])).toEqual([]);
    expect(judged([{ options: [sack([101, 201])] }], 'sack-permitted', [SACK_OK])).toEqual([]);
  });

  it.each<[string, readonly Sent[]]>([
    ['the frame is not sound', [{ checksum: 1 }]],
    ['reserved bits are sent as zero', [{ reserved: 4 }]],
    ['an urgent pointer goes with URG', [{ urgentPointer: 5 }]],
    ['SYN stands neither with FIN nor with RST', [{ flags: SYN | FIN, seq: 0, options: [MSS] }]],
    ['our resets carry no text', [{ flags: RST, length: 5 }]],
    ['a SYN tells the MSS', [{ flags: SYN | ACK, seq: 0 }]],
    ['no SACK blocks in a SYN', [{ flags: SYN | ACK, seq: 0, options: [MSS, sack([1, 2])] }]],
    ['TSecr is 0 where ACK is not set', [{ flags: SYN, seq: 0, options: [MSS, TIMES] }]],
    ['every segment has ACK', [{ flags: URG }]],
    ['MSS stands in SYNs only', [{ options: [MSS] }]],
    ['window scale stands in SYNs only', [{ options: [{ kind: 'window-scale', shift: 1 }] }]],
    ['SACK-permitted stands in SYNs only', [{ options: [SACK_OK] }]],
    ['acknowledgments never go back', [{ ack: 50 }, { ack: 40 }]],
    ['text and options take at most', [{ length: 1461 }]],
    ['nothing is sent beyond the window', [{ seq: 65000, length: 1400 }]],
    ['byte 3 is not what the program wrote', [{ text: Uint8Array.of(programByte(0), programByte(1), 0) }]],
    ['nothing is sent behind a FIN', [{ flags: ACK | FIN }, { seq: 2, length: 5 }]],
    ['no ECT unless both sides have agreed', [{ length: 5, ecn: 2 }]],
    ['ECE and CWR only where agreed', [{ flags: ACK | ECE }]],
    ['the window does not shrink', [{ window: 1000 }, { window: 999 }]],
    ['timestamps in every segment, or in none', [{ options: [TIMES] }]],
    ['no SACK unless both sides permit it', [{ options: [sack([101, 201])] }]],
  ])('%s', (law, sent) => {
    expect(judged(sent).join('\n')).toContain(law);
  });

  it.each<[string, string, readonly TcpOption[], readonly Sent[]]>([
    ['no window scale unless the SYN had it', '', [{ kind: 'window-scale', shift: 1 }], []],
    ['no SACK-permitted unless the SYN had it', '', [SACK_OK], []],
    ['no timestamps unless the SYN had them', '', [TIMES], []],
    ['timestamps in every segment, or in none', 'ts 5', [TIMES], [{}]],
    [
      'the timestamp clock does not go back',
      'ts 5',
      [TIMES],
      [{ options: [TIMES] }, { options: [{ kind: 'timestamps', value: 8, echo: 5 }] }],
    ],
    ['a block ends behind its beginning', 'sack-permitted', [SACK_OK], [{ options: [sack([201, 101])] }]],
    [
      'only the first block may repeat',
      'sack-permitted',
      [SACK_OK],
      [{ ack: 500, options: [sack([601, 701], [101, 201])] }],
    ],
    ['at most the peer’s MSS, 536', 'no mss', [], [{ length: 537 }]],
  ])('%s, by what was agreed', (law, peer, host, sent) => {
    expect(judged(sent, peer === '' ? 'mss 1460' : peer, host).join('\n')).toContain(law.replace('’', "'"));
  });

  it('repeats and pure acknowledgments carry no ECT', () => {
    const law = 'neither repeats nor pure ACKs carry ECT';
    expect(judged([{ ecn: 2 }]).join()).toContain(law);
    expect(
      judged([
        { length: 5, ecn: 2 },
        { length: 5, ecn: 2 },
      ]).join(),
    ).toContain(law);
  });
});
