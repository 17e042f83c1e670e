// Text and bytes: UTF-8 and hexadecimal, without the host's encoders (the core runs where none are promised).
// Reading list: RFC 3629.

/** UTF-8 octets of a text; a lone surrogate becomes U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  const out: number[] = [];
  for (const character of text) {
    let code = character.codePointAt(0) as number;
    if (code >= 0xd800 && code <= 0xdfff) code = 0xfffd;
    if (code < 0x80) out.push(code);
    else if (code < 0x800) out.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) out.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else {
      out.push(
        0xf0 | (code >> 18),
        0x80 | ((code >> 12) & 63),
        0x80 | ((code >> 6) & 63),
        0x80 | (code & 63),
      );
    }
  }
  return Uint8Array.from(out);
}

/** The text of UTF-8 octets; every octet that is no part of a well-formed sequence becomes U+FFFD. Never throws. */
export function decodeUtf8(bytes: Uint8Array, start = 0, end = bytes.length): string {
  let text = '';
  let i = start;
  while (i < end) {
    const first = bytes[i] as number;
    const length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
    let code = length === 1 ? first : first & (0xff >> (length + 1));
    let good = length > 0 && first < 0xf5 && i + length <= end;
    for (let k = 1; good && k < length; k++) {
      const next = bytes[i + k] as number;
      good = (next & 0xc0) === 0x80;
      code = (code << 6) | (next & 63);
    }
    if (good && length === 3) good = code >= 0x800 && (code < 0xd800 || code > 0xdfff);
    if (good && length === 4) good = code >= 0x10000 && code <= 0x10ffff;
    text += good ? String.fromCodePoint(code) : '\ufffd';
    i += good ? length : 1;
  }
  return text;
}

/** One character per octet (ISO 8859-1): lossless both ways. */
export function decodeLatin1(bytes: Uint8Array, start = 0, end = bytes.length): string {
  let text = '';
  for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i] as number);
  return text;
}

/** The octets of a text whose characters are all below U+0100; others become `?`. */
export function encodeLatin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    bytes[i] = code < 256 ? code : 0x3f;
  }
  return bytes;
}

const HEX = Array.from({ length: 256 }, (_, octet) => octet.toString(16).padStart(2, '0'));

/** Lower-case hexadecimal, with `separator` between octets. */
export function formatHex(bytes: Uint8Array, separator = ''): string {
  let text = '';
  for (let i = 0; i < bytes.length; i++) {
    if (i > 0) text += separator;
    text += HEX[bytes[i] as number];
  }
  return text;
}

/** Reads hexadecimal digits, white space and colons between octets allowed; undefined when anything else is there. */
export function parseHex(text: string): Uint8Array | undefined {
  const digits = text.replace(/[\s:]/g, '');
  if (digits.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(digits)) return undefined;
  const bytes = new Uint8Array(digits.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

/**
 * Text that can do nothing to a terminal, whoever sent it: control characters, and those that turn the direction of
 * writing, become `\x1b` or `\u202e`. Line ends and tabs stay; CR LF becomes LF.
 */
export function harmless(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu, (character) => {
    if (character === '\n' || character === '\t') return character;
    const code = character.charCodeAt(0);
    return code < 0x100
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}
