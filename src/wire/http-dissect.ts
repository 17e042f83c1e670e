// HTTP/1.1 read for people, segment by segment: start line, header lines, body. A segment that begins in the middle of a
// message is shown as data: what it means depends on earlier segments.
// Reading list: RFC 9112 §2.1, §3, §4, §5.

import { decodeLatin1 } from '../base/text.js';
import { note, warning } from './dissect-part.js';
import {
  type DissectedField,
  type DissectedLayer,
  derived,
  octets,
  type Problem,
  rawOctets,
} from './dissection.js';
import { STATUS_REASONS } from './http.js';
import { httpHeaderFields } from './http-fields.js';

const LF = 0x0a;
const CR = 0x0d;
/** No start line is looked for beyond this many bytes. */
const LONGEST_START = 8192;

/** Headers with a field of their own in Wireshark; all others are `http.unknown_header`. */
const HEADER_FIELDS: ReadonlyMap<string, string> = new Map(
  httpHeaderFields.fields.map(({ label, name }) => [label.toLowerCase(), name]),
);

/** The parts of a start line, as places in the line's text. */
interface StartLine {
  readonly response: boolean;
  /** Method, target, version, or version, status, reason. */
  readonly words: readonly string[];
}

/** True when the bytes begin with a request line or status line of HTTP/1. */
export function looksLikeHttp(bytes: Uint8Array, start: number, end: number): boolean {
  // Both begin with a capital letter; most segments of a long page are found out by their first byte.
  const first = bytes[start] ?? 0;
  return first >= 0x41 && first <= 0x5a && readStartLine(bytes, start, end) !== undefined;
}

/**
 * Dissects what one TCP segment has of an HTTP message: `bytes[start … end)` of the frame. The layer covers all of it;
 * bytes behind the head are `http.file_data`, which may be the body of this message or go on with the next one.
 */
export function dissectHttp(bytes: Uint8Array, start: number, end: number): DissectedLayer {
  const layer = { protocol: 'http', title: 'Hypertext Transfer Protocol', rfc: 'RFC 9112', start, end };
  const startLine = readStartLine(bytes, start, end);
  if (startLine === undefined) {
    const fields = start < end ? [rawOctets('data', 'Continuation of a message', bytes, start, end)] : [];
    return { ...layer, summary: 'Continuation', fields, problems: [] };
  }
  const kind = startLine.response ? 'response' : 'request';
  const problems: Problem[] = [];
  let line = lineAt(bytes, start, end);
  const fields: DissectedField[] = [dissectStartLine(startLine, line, start)];
  let at = line.next;
  let complete = false;
  while (at < end && !complete) {
    line = lineAt(bytes, at, end);
    complete = line.ended && line.text === '';
    fields.push(complete ? endOfHead(kind, at, line.next) : dissectHeader(kind, line, at, problems));
    at = line.next;
  }
  if (!complete) problems.push(note(`http.${kind}`, 'the head goes on in the next segment'));
  if (at < end) fields.push(dissectBody(bytes, at, end));
  fields.push(...workedOut(fields, startLine, start));
  return { ...layer, summary: startLine.words.join(' ').trim(), fields, problems };
}

interface Line {
  /** Without its end. */
  readonly text: string;
  readonly next: number;
  /** False when the segment ends before the line does. */
  readonly ended: boolean;
}

function lineAt(bytes: Uint8Array, start: number, end: number): Line {
  const found = bytes.subarray(start, end).indexOf(LF);
  if (found < 0) return { text: decodeLatin1(bytes, start, end), next: end, ended: false };
  const next = start + found + 1;
  const cr = found > 0 && bytes[next - 2] === CR;
  return { text: decodeLatin1(bytes, start, next - (cr ? 2 : 1)), next, ended: true };
}

function readStartLine(bytes: Uint8Array, start: number, end: number): StartLine | undefined {
  const { text } = lineAt(bytes, start, Math.min(end, start + LONGEST_START));
  const status = /^(HTTP\/1\.\d) (\d{3})(?: (.*))?$/.exec(text);
  if (status) return { response: true, words: [status[1], status[2], status[3] ?? ''] };
  const request = /^([A-Z][A-Z-]*) (\S+) (HTTP\/1\.\d)$/.exec(text);
  if (request) return { response: false, words: [request[1], request[2], request[3]] };
  return undefined;
}

function dissectStartLine({ response, words }: StartLine, line: Line, start: number): DissectedField {
  const names = response
    ? (['response.version', 'response.code', 'response.phrase'] as const)
    : (['request.method', 'request.uri', 'request.version'] as const);
  const labels = response ? ['Version', 'Status Code', 'Phrase'] : ['Method', 'Target', 'Version'];
  const children: DissectedField[] = [];
  // Each word covers the white space behind it, the last one the end of the line.
  const last = words.findLastIndex((word) => word !== '');
  let at = start;
  for (const [i, word] of words.entries()) {
    if (i > last) break;
    const next = i === last ? line.next : at + word.length + 1;
    const isCode = names[i] === 'response.code';
    const description = isCode ? STATUS_REASONS[Number(word)] : undefined;
    const text = description === undefined ? word : `${word} (${description})`;
    children.push(octets(`http.${names[i]}`, labels[i], isCode ? Number(word) : word, at, next, text));
    if (description !== undefined) {
      children.push(derived('http.response.code.desc', 'Status Code Description', description, at));
    }
    at = next;
  }
  const [name, label] = response ? ['http.response', 'Status line'] : ['http.request', 'Request line'];
  return { ...octets(name, label, true, start, line.next, line.text), children };
}

function dissectHeader(
  kind: 'request' | 'response',
  line: Line,
  start: number,
  problems: Problem[],
): DissectedField {
  const match = /^([^\s:]+):[ \t]*(.*)$/s.exec(line.text);
  if (match === null) {
    if (line.ended && !/^[ \t]/.test(line.text)) {
      problems.push(warning(`http.${kind}.line`, `"${line.text}" is no header line`, 'RFC 9112 §5'));
    }
    return octets(`http.${kind}.line`, 'Header line', line.text, start, line.next);
  }
  const [, name, rawValue] = match;
  const value = rawValue.trimEnd();
  const filter = HEADER_FIELDS.get(name.toLowerCase());
  if (filter === undefined)
    return octets('http.unknown_header', name, `${name}: ${value}`, start, line.next, value);
  const field = octets(filter, name, value, start, line.next);
  if (filter !== 'http.content_length_header') return field;
  if (!/^\d+$/.test(value)) {
    problems.push(warning(filter, `the Content-Length "${value}" is no length`, 'RFC 9112 §6.3'));
    return field;
  }
  return { ...field, children: [derived('http.content_length', 'Content length', Number(value), start)] };
}

function endOfHead(kind: 'request' | 'response', start: number, end: number): DissectedField {
  return octets(`http.${kind}.line`, 'End of the headers', '', start, end, '(empty line)');
}

function dissectBody(bytes: Uint8Array, start: number, end: number): DissectedField {
  const length = end - start;
  const text = `${length} ${length === 1 ? 'byte' : 'bytes'}`;
  return octets('http.file_data', 'File Data', decodeLatin1(bytes, start, end), start, end, text);
}

/** What stands nowhere as such: the whole URL of a request. */
function workedOut(fields: readonly DissectedField[], startLine: StartLine, start: number): DissectedField[] {
  const host = fields.find(({ name }) => name === 'http.host')?.value;
  const target = startLine.words[1];
  if (startLine.response || host === undefined || !target.startsWith('/')) return [];
  return [derived('http.request.full_uri', 'Full request URI', `http://${host}${target}`, start)];
}
