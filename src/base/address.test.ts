// Addresses: texts there and back, prefixes, and what is no address.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  directedBroadcast,
  formatIpv4,
  formatMac,
  formatPrefix,
  inPrefix,
  isGroupMac,
  isLoopback,
  isMulticast,
  lengthOfMask,
  macFromParts,
  macHigh,
  macLow,
  maskOf,
  parseCidr,
  parseIpv4,
  parseMac,
  prefixOf,
} from './address.js';

const anyIpv4 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const anyMac = fc.maxSafeInteger().map((value) => Math.abs(value) % 2 ** 48);

describe('MAC addresses', () => {
  it('are read in the three usual forms', () => {
    const mac = 0xaabbccddeeff;
    for (const text of ['aa:bb:cc:dd:ee:ff', 'AA-BB-CC-DD-EE-FF', 'aabb.ccdd.eeff'])
      expect(parseMac(text)).toBe(mac);
    expect(formatMac(mac)).toBe('aa:bb:cc:dd:ee:ff');
    expect(formatMac(1)).toBe('00:00:00:00:00:01');
  });

  it.each([
    '',
    'aa:bb:cc:dd:ee',
    'aa:bb-cc:dd:ee:ff',
    'aa:bb:cc:dd:ee:fg',
    'aabbccddeeff',
    'aa:bb:cc:dd:ee:ff:00',
  ])('are not %j', (text) => expect(parseMac(text)).toBeUndefined());

  it('come back from their text and from their halves', () => {
    fc.assert(
      fc.property(anyMac, (mac) => {
        expect(parseMac(formatMac(mac))).toBe(mac);
        expect(macFromParts(macHigh(mac), macLow(mac))).toBe(mac);
      }),
    );
  });

  it('are of groups when the lowest bit of the first octet is set', () => {
    expect(isGroupMac(0xffffffffffff)).toBe(true);
    expect(isGroupMac(0x01005e000001)).toBe(true);
    expect(isGroupMac(0x020000000001)).toBe(false);
  });
});

describe('IPv4 addresses', () => {
  it('come back from their text', () => {
    fc.assert(
      fc.property(anyIpv4, (address) => {
        expect(parseIpv4(formatIpv4(address))).toBe(address);
      }),
    );
    expect(parseIpv4('255.255.255.255')).toBe(-1);
  });

  it.each(['', '1.2.3', '1.2.3.4.5', '256.0.0.1', '01.2.3.4', '1.2.3.4 ', '1.2.3.-4', '1..2.3', '0x1.2.3.4'])(
    'are not %j',
    (text) => expect(parseIpv4(text)).toBeUndefined(),
  );

  it('are of a kind', () => {
    const is = (text: string) => parseIpv4(text) as number;
    expect([isMulticast(is('224.0.0.1')), isMulticast(is('239.255.255.255'))]).toEqual([true, true]);
    expect([isMulticast(is('223.255.255.255')), isMulticast(is('240.0.0.0'))]).toEqual([false, false]);
    expect([isLoopback(is('127.1.2.3')), isLoopback(is('128.0.0.1'))]).toEqual([true, false]);
  });
});

describe('prefixes', () => {
  it('have a mask for each length, and only for these', () => {
    for (let length = 0; length <= 32; length++) expect(lengthOfMask(maskOf(length))).toBe(length);
    expect(lengthOfMask(parseIpv4('255.0.255.0') as number)).toBeUndefined();
    expect(lengthOfMask(1)).toBeUndefined();
  });

  it('hold the address they were made from', () => {
    fc.assert(
      fc.property(anyIpv4, fc.nat(32), (address, length) => {
        const prefix = prefixOf(address, length);
        expect(inPrefix(address, prefix)).toBe(true);
        expect(inPrefix(prefix.network, prefix)).toBe(true);
        const broadcast = directedBroadcast(prefix);
        if (broadcast !== undefined) expect(inPrefix(broadcast, prefix)).toBe(true);
      }),
    );
  });

  it('are read with the address as it was written', () => {
    const { address, prefix } = parseCidr('192.0.2.77/26') as NonNullable<ReturnType<typeof parseCidr>>;
    expect(formatIpv4(address)).toBe('192.0.2.77');
    expect(formatPrefix(prefix)).toBe('192.0.2.64/26');
    expect(formatIpv4(directedBroadcast(prefix) as number)).toBe('192.0.2.127');
    for (const text of ['192.0.2.1', '192.0.2.1/33', '192.0.2.1/', '/24', '192.0.2/24']) {
      expect(parseCidr(text)).toBeUndefined();
    }
  });

  it('have no broadcast address when they are too narrow (RFC 3021)', () => {
    expect(directedBroadcast(prefixOf(0, 31))).toBeUndefined();
    expect(directedBroadcast(prefixOf(0, 32))).toBeUndefined();
  });
});
