// Domain names: labels on the wire, text with dots for people, and how two names relate.
// Texts have no dot at the end, except the root, which is `.`; octets that text cannot show are `\.`, `\\` and `\DDD`,
// so that no name loses anything. Case is kept; comparing ignores it.
// Reading list: RFC 1034 §3.1, RFC 1035 §3.1, §4.1.4, §5.1, RFC 1123 §2.1, RFC 4343.

/** The most octets in a label (RFC 1035 §2.3.4). */
export const MAX_LABEL = 63;
/** The most octets in a name on the wire, length octets and the root's included (RFC 1035 §2.3.4). */
export const MAX_NAME = 255;

/** No name has more labels than this, so a name that needs more pointers than this is an attack. */
const MAX_POINTERS = 127;
/** Names cannot start before the end of the message's header. */
const FIRST_NAME = 12;

/** A name read from a message, and where the bytes behind it begin. */
export interface ReadName {
  readonly name: string;
  readonly next: number;
}

/** Why something could not be read. */
export interface Unreadable {
  readonly error: string;
  readonly rfc: string;
}

/**
 * Reads the name at byte `start` of a DNS message. Its own octets must end before `end`; compression pointers may lead
 * to earlier bytes of the message only, so the work is bounded whatever the bytes are.
 */
export function readName(message: Uint8Array, start: number, end = message.length): ReadName | Unreadable {
  let text = '';
  let octets = 1;
  let at = start;
  let limit = end;
  let runStart = start;
  let next = -1;
  let pointers = 0;
  for (;;) {
    if (at >= limit) return unreadable('the name runs past the end', '§3.1');
    const length = message[at];
    if (length === 0) return { name: text === '' ? '.' : text, next: next < 0 ? at + 1 : next };
    if (length >= 0xc0) {
      if (at + 1 >= limit) return unreadable('the compression pointer is cut off', '§4.1.4');
      const target = ((length & 0x3f) << 8) | message[at + 1];
      if (next < 0) next = at + 2;
      if (target >= runStart || target < FIRST_NAME || ++pointers > MAX_POINTERS) {
        return unreadable(pointerError(at, target, runStart), '§4.1.4');
      }
      at = target;
      runStart = target;
      limit = message.length;
    } else if (length > MAX_LABEL) {
      return unreadable(`0x${length.toString(16)} is no label length and no compression pointer`, '§4.1.4');
    } else {
      if (at + 1 + length > limit) return unreadable('a label runs past the end', '§3.1');
      octets += 1 + length;
      if (octets > MAX_NAME) return unreadable(`the name is longer than ${MAX_NAME} octets`, '§2.3.4');
      const label = formatLabel(message.subarray(at + 1, at + 1 + length));
      text = text === '' ? label : `${text}.${label}`;
      at += 1 + length;
    }
  }
}

function unreadable(error: string, section: string): Unreadable {
  return { error, rfc: `RFC 1035 ${section}` };
}

function pointerError(at: number, target: number, runStart: number): string {
  const what = `the compression pointer at byte ${at} of the message leads to byte ${target}`;
  if (target < FIRST_NAME) return `${what}, into the header`;
  if (target >= runStart) return `${what}, not to an earlier name`;
  return `${what}: more than ${MAX_POINTERS} pointers for one name`;
}

/** A label's octets as text: `.` and `\` with a backslash, what is no printable ASCII as `\DDD` (RFC 1035 §5.1). */
export function formatLabel(label: Uint8Array): string {
  let text = '';
  for (const octet of label) {
    if (octet === 0x2e || octet === 0x5c) text += `\\${String.fromCharCode(octet)}`;
    else if (octet > 0x20 && octet < 0x7f) text += String.fromCharCode(octet);
    else text += `\\${String(octet).padStart(3, '0')}`;
  }
  return text;
}

/** The octets of each label, without the root's empty one, as a text of RFC 1035 §5.1. The dot at the end may be missing. */
export function parseName(text: string): { readonly labels: Uint8Array[] } | { readonly error: string } {
  if (text === '.') return { labels: [] };
  if (text === '') return { error: 'the name is empty' };
  const labels: Uint8Array[] = [];
  let label: number[] = [];
  let octets = 1;
  for (let i = 0; i <= text.length; i++) {
    let code = text.charCodeAt(i);
    if (i === text.length || text[i] === '.') {
      if (label.length === 0) {
        if (i === text.length) break;
        return { error: `"${text}" has an empty label` };
      }
      if (label.length > MAX_LABEL) {
        return { error: `"${text}" has a label of ${label.length} octets; ${MAX_LABEL} is the limit` };
      }
      octets += 1 + label.length;
      labels.push(Uint8Array.from(label));
      label = [];
      continue;
    }
    if (text[i] === '\\') {
      const digits = /^\d{3}/.exec(text.slice(i + 1, i + 4))?.[0];
      code = digits === undefined ? text.charCodeAt(i + 1) : Number(digits);
      i += digits === undefined ? 1 : 3;
      if (!(code <= 255)) return { error: `"${text}" has a "\\" that is followed by no octet` };
    } else if (code <= 0x20 || code >= 0x7f) {
      return { error: `"${text}" has a character that is no printable ASCII` };
    }
    label.push(code);
  }
  if (octets > MAX_NAME) return { error: `the name has ${octets} octets; ${MAX_NAME} is the limit` };
  return { labels };
}

/** The labels of a name as texts, first label first; none for the root. */
export function nameLabels(name: string): string[] {
  return name.match(/(?:\\[\s\S]|[^.\\])+/g) ?? [];
}

/** The one text for all spellings of a name: ASCII letters lower-case, only needed escapes, no dot at the end (RFC 4343 §3). */
export function canonicalName(name: string): string {
  let plain = name;
  if (name.includes('\\')) {
    const parsed = parseName(name);
    if ('labels' in parsed) plain = formatName(parsed.labels);
  } else if (name.length > 1 && name.endsWith('.')) {
    plain = name.slice(0, -1);
  }
  return plain.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** The text of labels given as octets. */
export function formatName(labels: readonly Uint8Array[]): string {
  return labels.length === 0 ? '.' : labels.map(formatLabel).join('.');
}

/** True when both texts mean the same name. */
export function sameName(a: string, b: string): boolean {
  return a === b || canonicalName(a) === canonicalName(b);
}

/** True when `name` is `zone` or lies below it. Everything lies below the root. */
export function isSubdomain(name: string, zone: string): boolean {
  const below = nameLabels(canonicalName(name));
  const above = nameLabels(canonicalName(zone));
  const skip = below.length - above.length;
  return skip >= 0 && above.every((label, i) => label === below[skip + i]);
}

/** The name without its first label; undefined for the root. */
export function parentName(name: string): string | undefined {
  const labels = nameLabels(name);
  if (labels.length === 0) return undefined;
  return labels.length === 1 ? '.' : labels.slice(1).join('.');
}

/** True for a name a host may have: letters, digits and inner hyphens in each label, no number at the end (RFC 1123 §2.1). */
export function isValidHostName(text: string): boolean {
  if (text.length > MAX_NAME - 2) return false;
  const labels = text.split('.');
  const good = labels.every((label) => /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i.test(label));
  // "the highest-level component label will be alphabetic": what ends in a number is an address or a mistake.
  return good && !/^\d+$/.test(labels.at(-1) as string);
}
