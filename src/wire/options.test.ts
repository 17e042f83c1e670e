// The option lists of IPv4 and TCP, from bytes written in RFCs and by hand.

import { describe, expect, it } from 'vitest';
import { parseIpv4 } from '../base/address.js';
import { formatHex, parseHex } from '../base/text.js';
import { isCopiedOption, readIpv4Options, writeIpv4Options } from './ipv4-options.js';
import {
  findMss,
  findSackBlocks,
  findTimestamps,
  findWindowScale,
  hasSackPermitted,
  readTcpOptions,
  type TcpOption,
  writeTcpOptions,
} from './tcp-options.js';

const bytesOf = (hex: string) => parseHex(hex) as Uint8Array;
const readTcp = (hex: string) => readTcpOptions(bytesOf(hex), 0, hex.replaceAll(' ', '').length / 2);
const readIp = (hex: string) => readIpv4Options(bytesOf(hex), 0, hex.replaceAll(' ', '').length / 2);

describe('TCP options', () => {
  // What Linux sends in a SYN: the order of RFC 7323 appendix A.
  const LINUX_SYN = '020405b4 0402 080a 00000064 00000000 01 030307';

  it('reads a SYN', () => {
    const { options, problem } = readTcp(LINUX_SYN);
    expect(problem).toBeUndefined();
    expect(options).toEqual([
      { kind: 'mss', value: 1460 },
      { kind: 'sack-permitted' },
      { kind: 'timestamps', value: 100, echo: 0 },
      { kind: 'nop' },
      { kind: 'window-scale', shift: 7 },
    ]);
    expect(findMss(options)).toBe(1460);
    expect(findWindowScale(options)).toBe(7);
    expect(hasSackPermitted(options)).toBe(true);
    expect(findTimestamps(options)).toMatchObject({ value: 100, echo: 0 });
    expect(findMss([])).toBeUndefined();
    expect(findSackBlocks([])).toEqual([]);
  });

  it('takes no shift beyond 14 (RFC 7323 §2.3)', () => {
    expect(findWindowScale([{ kind: 'window-scale', shift: 200 }])).toBe(14);
  });

  it.each<[string, TcpOption[]]>([
    [
      '01 01 05 0a 00000001 00000002',
      [{ kind: 'nop' }, { kind: 'nop' }, { kind: 'sack', blocks: [{ left: 1, right: 2 }] }],
    ],
    ['1c 04 8005', [{ kind: 'user-timeout', inMinutes: true, timeout: 5 }]],
    ['1d 08 01 02 aabbccdd', [{ kind: 'authentication', keyId: 1, nextKeyId: 2, mac: bytesOf('aabbccdd') }]],
    ['22 02 01 01', [{ kind: 'fast-open', cookie: new Uint8Array() }, { kind: 'nop' }, { kind: 'nop' }]],
    [
      '22 06 01020304 01 01',
      [{ kind: 'fast-open', cookie: bytesOf('01020304') }, { kind: 'nop' }, { kind: 'nop' }],
    ],
    ['fd 04 1234', [{ kind: 'unknown', number: 253, data: bytesOf('1234') }]],
    [
      `1312${'ab'.repeat(16)} 01 01`,
      [{ kind: 'md5', digest: bytesOf('ab'.repeat(16)) }, { kind: 'nop' }, { kind: 'nop' }],
    ],
  ])('reads and writes %s', (hex, options) => {
    expect(readTcp(hex)).toEqual({ options });
    expect(formatHex(writeTcpOptions(options))).toBe(hex.replaceAll(' ', ''));
  });

  it('pads to whole words', () => {
    expect(formatHex(writeTcpOptions([{ kind: 'window-scale', shift: 2 }]))).toBe('03030200');
    expect(writeTcpOptions([])).toEqual(new Uint8Array());
  });

  it.each([
    ['02', 'has no length'],
    ['02 00 05 b4', 'the least is 2'],
    ['02 05 05 b4', '4 are left'],
    ['02 03 05 00', 'can not have 3 bytes'],
    ['00 01 02 03', 'not zero'],
  ])('says what is wrong with %s', (hex, text) => {
    const { options, problem } = readTcp(hex);
    expect(problem).toContain(text);
    expect(formatHex(writeTcpOptions(options))).toBe(hex.replaceAll(' ', ''));
  });
});

describe('IPv4 options', () => {
  const routers = ['192.0.2.1', '192.0.2.2'].map((text) => parseIpv4(text) as number);

  it('reads routes and clocks', () => {
    expect(readIp('07 0b 08 c0000201 c0000202 00').options).toEqual([
      { kind: 'record-route', pointer: 8, addresses: routers },
      { kind: 'end' },
    ]);
    expect(readIp('83 07 04 c0000201 01').options[0]).toEqual({
      kind: 'loose-source-route',
      pointer: 4,
      addresses: routers.slice(0, 1),
    });
    expect(readIp('44 0c 0d 21 c0000201 00000005').options).toEqual([
      { kind: 'timestamp', pointer: 13, overflow: 2, form: 1, words: [0xc0000201, 5] },
    ]);
    // RFC 2113 §2.1
    expect(readIp('94 04 0000').options).toEqual([{ kind: 'router-alert', value: 0 }]);
    expect(readIp('82 04 ab 80 88 04 0001').options).toEqual([
      { kind: 'security', level: 0xab, flags: Uint8Array.of(0x80) },
      { kind: 'stream-id', id: 1 },
    ]);
  });

  it('knows which options every fragment carries', () => {
    expect(isCopiedOption({ kind: 'loose-source-route', pointer: 4, addresses: [] })).toBe(true);
    expect(isCopiedOption({ kind: 'record-route', pointer: 4, addresses: [] })).toBe(false);
    expect(isCopiedOption({ kind: 'unknown', number: 0x85, data: new Uint8Array() })).toBe(true);
  });

  it('writes what it reads', () => {
    const options = [{ kind: 'strict-source-route', pointer: 4, addresses: routers }] as const;
    expect(formatHex(writeIpv4Options(options))).toBe('890b04c0000201c000020200');
  });

  it('says what is wrong', () => {
    expect(readIp('07 05 04 c0 00 00 00 00').problem).toContain('can not have 5 bytes');
    expect(readIp('07 27 04 00').problem).toContain('39 bytes');
  });
});
