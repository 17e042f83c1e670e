// What a frame carries for programs, as text that a person can read; nothing when it carries nothing such.

import type { DissectedField, DissectedLayer, Dissection } from 'wirewalk';

export interface PayloadText {
  /** `HTTP, head of the message`. */
  readonly title: string;
  readonly text: string;
  /** What is odd about it, in words. */
  readonly note: string | undefined;
}

export function payloadTexts({ layers }: Dissection, bytes: Uint8Array): PayloadText[] {
  return layers.flatMap((layer) => {
    if (layer.protocol === 'http') return httpTexts(layer, bytes);
    if (layer.protocol === 'dns') return [dnsText(layer)];
    if (layer.protocol === 'data') return dataTexts(layer, bytes);
    return [];
  });
}

function httpTexts(layer: DissectedLayer, bytes: Uint8Array): PayloadText[] {
  const body = layer.fields.find(({ name }) => name === 'http.file_data');
  const bodyStart = body === undefined ? layer.end : body.bitOffset >> 3;
  const begins = layer.fields.some(({ name }) => name === 'http.request' || name === 'http.response');
  if (!begins) return [decoded('HTTP: a message goes on', bytes, layer.start, layer.end)];
  const whole = decoded('HTTP: head of the message', bytes, layer.start, bodyStart);
  const head = { ...whole, text: whole.text.trimEnd() };
  return body === undefined ? [head] : [head, decoded('HTTP: body', bytes, bodyStart, layer.end)];
}

function dataTexts({ title, start, end }: DissectedLayer, bytes: Uint8Array): PayloadText[] {
  const readable = bytes
    .subarray(start, end)
    .filter((byte) => (byte >= 0x20 && byte < 0x7f) || byte === 10).length;
  // Numbers that happen to be letters are no text.
  return readable < (end - start) * 0.8 ? [] : [decoded(`${title}, read as text`, bytes, start, end)];
}

function decoded(title: string, bytes: Uint8Array, start: number, end: number): PayloadText {
  const part = bytes.subarray(start, end);
  try {
    // A segment may end in the middle of a character, and the next one begins there.
    const begin = part.findIndex((byte) => (byte & 0xc0) !== 0x80);
    const whole = begin > 0 && begin < 4 ? part.subarray(begin) : part;
    return {
      title,
      text: new TextDecoder('utf-8', { fatal: true }).decode(whole, { stream: true }),
      note: undefined,
    };
  } catch {
    const text = Array.from(part, (byte) => String.fromCharCode(byte)).join('');
    return { title, text, note: 'It is not UTF-8: each byte is shown as one character of Latin-1.' };
  }
}

function dnsText(layer: DissectedLayer): PayloadText {
  const lines = layer.fields
    .filter(({ name }) => name === 'dns.qry' || name === 'dns.resp')
    .map((field) => `${field.label}: ${field.text}${dataOf(field)}`);
  return { title: 'DNS', text: [layer.summary, ...lines].join('\n'), note: undefined };
}

/** The time to live of a record, where it has one. */
function dataOf({ children = [] }: DissectedField): string {
  const ttl = children.find(({ name }) => name === 'dns.resp.ttl');
  return ttl === undefined ? '' : `, TTL ${ttl.text}`;
}
