// SHA-256 beside that of OpenSSL, and beside what the standard prints.

import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isLong } from '../../test/proof/long.js';
import { Sha256 } from './sha256.js';
import { encodeUtf8 } from './text.js';

it.each([
  ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [
    'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  ],
])('RFC 6234 §8.5: %j', (text, digest) => {
  expect(new Sha256().push(encodeUtf8(text)).hex()).toBe(digest);
});

it('any bytes in any pieces', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 8 }), (pieces) => {
      const [ours, theirs] = [new Sha256(), createHash('sha256')];
      for (const piece of pieces) {
        ours.push(piece);
        theirs.update(piece);
      }
      expect(ours.hex()).toBe(theirs.digest('hex'));
    }),
  );
});

it.runIf(isLong)('half a GiB: its length in bits needs more than 32', { timeout: 60_000 }, () => {
  const piece = new Uint8Array(1 << 20).fill(7);
  const [ours, theirs] = [new Sha256(), createHash('sha256')];
  for (let i = 0; i < 513; i++) {
    ours.push(piece);
    theirs.update(piece);
  }
  expect(ours.hex()).toBe(theirs.digest('hex'));
});
