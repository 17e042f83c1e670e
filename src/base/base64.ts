// Bytes written as text. Reading list: RFC 4648 §4.

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const VALUES = new Map([...ALPHABET].map((character, value) => [character, value]));

/** Reads base64, with white space anywhere; undefined when it is none, or not padded to groups of four. */
export function parseBase64(text: string): Uint8Array | undefined {
  const digits = text.replace(/\s/g, '');
  const padding = digits.endsWith('==') ? 2 : digits.endsWith('=') ? 1 : 0;
  if (digits.length % 4 !== 0) return undefined;
  const bytes = new Uint8Array((digits.length / 4) * 3 - padding);
  let [held, bits, at] = [0, 0, 0];
  for (let i = 0; i < digits.length - padding; i++) {
    const value = VALUES.get(digits[i] as string);
    if (value === undefined) return undefined;
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at++] = held >> bits;
  }
  // What is left over belongs to no byte and must be nothing, or two texts would mean the same bytes (§3.5).
  return (held & ((1 << bits) - 1)) === 0 ? bytes : undefined;
}
