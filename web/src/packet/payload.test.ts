// What a frame carries, as text for people.

import { describe, expect, it } from 'vitest';
import { type Dissection, dissect, encodeUtf8 } from 'wirewalk';
import { runOfLab } from '../test/kit.js';
import { runOf } from '../worker/runs.js';
import { payloadTexts } from './payload.js';

/** Bytes that nothing is known about. */
function data(bytes: Uint8Array): Dissection {
  const layer = {
    protocol: 'data',
    title: 'Data',
    summary: '',
    start: 0,
    end: bytes.length,
    fields: [],
    problems: [],
  };
  return { layers: [layer], length: bytes.length };
}

async function textsOf(protocol: string): Promise<string[][]> {
  const { trace, frames } = runOf((await runOfLab('nat-http')).run);
  return [...frames.frame].flatMap((frame) => {
    const bytes = trace.frameBytes(frame);
    const dissection = dissect(bytes);
    if (!dissection.layers.some((layer) => layer.protocol === protocol)) return [];
    return [payloadTexts(dissection, bytes).map(({ title, text }) => `${title}\n${text}`)];
  });
}

describe('in the first lab', () => {
  it('the request is its head, the response head and body', async () => {
    const [request, ...others] = await textsOf('http');
    expect(request).toHaveLength(1);
    expect(request?.[0]).toMatch(/^HTTP: head of the message\nGET \/ HTTP\/1\.1\r\n/);
    const [head, body] = others.at(-1) as string[];
    expect(head).toMatch(/^HTTP: head of the message\nHTTP\/1\.1 200 OK/);
    expect(body).toMatch(/^HTTP: body\n<!doctype html>\n<html lang="en">/);
  });

  it('the DNS answer says question, record and time to live', async () => {
    const texts = (await textsOf('dns')).flat();
    expect(texts[0]).toMatch(/^DNS\nStandard query 0x/);
    expect(texts.at(-1)).toContain('93.184.216.34');
    expect(texts.at(-1)).toMatch(/TTL 3599 seconds$/);
  });

  it('an ARP request carries nothing for programs', async () => {
    expect((await textsOf('arp')).flat()).toEqual([]);
  });
});

describe('unknown bytes', () => {
  const text = (bytes: Uint8Array) => payloadTexts(data(bytes), bytes);

  it('are text when nearly all of them are letters', () => {
    expect(text(encodeUtf8('hello\nworld'))).toEqual([
      { title: 'Data, read as text', text: 'hello\nworld', note: undefined },
    ]);
    expect(text(Uint8Array.of(0x41, 0x42, 0, 1, 2))).toEqual([]);
  });

  it('may begin and end in the middle of a character', () => {
    const bytes = encodeUtf8(`${'ü'.repeat(2)} is what this is about, and so is the last one: ü`);
    expect(text(bytes.subarray(1, -1))[0]).toMatchObject({
      text: 'ü is what this is about, and so is the last one: ',
      note: undefined,
    });
  });

  it('are told as Latin-1 when they are no UTF-8, and it says so', () => {
    const bytes = Uint8Array.of(...encodeUtf8('an old text: '), 0xfc, 0x20, 0x61);
    expect(text(bytes)).toEqual([
      {
        title: 'Data, read as text',
        text: 'an old text: ü a',
        note: 'It is not UTF-8: each byte is shown as one character of Latin-1.',
      },
    ]);
  });
});
