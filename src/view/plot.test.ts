// The picture of TCP over time: well-formed whatever a lab holds, with everything that happened in it, also in words.

import { describe, expect, it } from 'vitest';
import { labOf, labText } from '../../test/lab-runs.js';
import { type Read, readXml as readAll } from '../../test/read-xml.js';
import { runCommand } from '../lab/console/run-command.js';
import { type RunOptions, runLab } from '../lab/run-lab.js';
import type { Trace } from '../trace/trace.js';
import { plotTcp } from './plot.js';

const traceOf = (name: string, options: RunOptions = {}): Trace =>
  runLab(labOf(labText(name)), { runCommand, ...options }).trace();

const plotOf = (name: string, options = {}): string => plotTcp(traceOf(name), options) ?? '';

/** What it is made of, without the line breaks between the elements. */
function readXml(svg: string): Read {
  const { elements, texts } = readAll(svg);
  return { elements, texts: texts.filter((text) => text.trim() !== '') };
}

/** How many elements have exactly this class. */
const count = (svg: string, name: string): number => svg.split(`class="${name}"`).length - 1;

describe.each(['tcp-loss', 'tcp-window', 'tcp-reset', 'tcp-close', 'nat-http', 'campus'])('%s', (name) => {
  const svg = plotOf(name);

  it('is well-formed, says what it is, and takes nothing from elsewhere', () => {
    const { elements, texts } = readXml(svg);
    expect(elements[0]).toBe('svg');
    expect(elements.slice(1, 3)).toEqual(['title', 'desc']);
    expect(texts[0]).toBe(`TCP over time: ${name}`);
    expect(svg).not.toMatch(/<script|<image|<foreignObject|href=|url\((?!#)/);
    expect(svg).toMatch(/role="img" aria-labelledby="title desc"/);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('repeats itself', () => {
    expect(plotOf(name)).toBe(svg);
  });

  it('stays within its frame', () => {
    const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg) as unknown as [string, string, string];
    for (const [, x, y] of svg.matchAll(/<text class="[a-z -]*" x="([\d.-]+)" y="([\d.-]+)"/g)) {
      expect(Number(x)).toBeGreaterThanOrEqual(0);
      expect(Number(x)).toBeLessThanOrEqual(Number(width));
      expect(Number(y)).toBeLessThanOrEqual(Number(height));
    }
  });
});

describe('tcp-loss', () => {
  const svg = plotOf('tcp-loss');

  it('has marks for the loss, for what died and for what was sent again, with words', () => {
    expect(count(svg, 'loss')).toBe(3);
    expect(svg).toContain('7241–8688 lost on the way</title>');
    expect(svg).toContain('7241–8688 sent again</title>');
    expect(readXml(svg).texts).toContain('loss: RACK');
    for (const line of ['line cwnd', 'line ssthresh', 'line flight', 'line ack', 'block'])
      expect(count(svg, line), line).toBeGreaterThan(1);
  });

  it('says the same in words', () => {
    const { texts } = readXml(svg);
    expect(texts[1]).toMatch(
      /^web 192\.0\.2\.43:80 → 192\.0\.2\.21:51000: 20,122 bytes in 17 segments within [\d.]+ ms, congestion window up to 10,136 bytes, 1 segment lost on the way, loss found once, 1 segment sent again\.$/,
    );
  });

  it('has axes with units', () => {
    const { texts } = readXml(svg);
    expect(texts).toEqual(
      expect.arrayContaining([
        'simulated time, ms',
        'sequence numbers, kB',
        'bytes allowed and in flight, kB',
      ]),
    );
  });

  it('does not say in the legend what is not there', () => {
    const { texts } = readXml(svg);
    expect(texts).not.toContain('window 0');
    expect(texts).not.toContain('window probe');
    // The peer's window is far above what is drawn.
    expect(texts).not.toContain('peer’s window');
    expect(texts).toContain('slow-start threshold (ssthresh)');
  });
});

it('tcp-window: closed windows are shaded, probes are rings', () => {
  const svg = plotOf('tcp-window');
  // Two spans in two panels, and one in the legend.
  expect(count(svg, 'closed')).toBe(5);
  expect(count(svg, 'sign probe')).toBe(4);
  expect(readXml(svg).texts).toEqual(expect.arrayContaining(['window 0', 'peer’s window', 'window probe']));
});

describe('options', () => {
  const trace = traceOf('tcp-close');

  it('choose connections by what they are called', () => {
    const { texts } = readXml(plotTcp(trace, { connection: 'pc ' }) ?? '');
    expect(texts.filter((text) => /^pc /.test(text) && !text.includes(':  '))).toContain(
      'pc 192.0.2.21:51001 → 192.0.2.43:9000',
    );
    expect(texts.some((text) => text.startsWith('server 192'))).toBe(false);
    expect(plotTcp(trace, { connection: 'nobody' })).toBeUndefined();
  });

  it('of a conversation the end that sent more is drawn, and at most so many', () => {
    const headings = (svg: string | undefined): string[] =>
      [...(svg ?? '').matchAll(/class="heading"[^>]*>([^<]*)</g)].map(([, text]) => text as string);
    expect(headings(plotTcp(trace))).toEqual([
      'server 192.0.2.43:9000 → 192.0.2.21:51000',
      expect.stringContaining('192.0.2.21:51001'),
    ]);
    expect(headings(plotTcp(trace, { most: 1 }))).toHaveLength(1);
    expect(headings(plotTcp(trace, { connection: '192.0.2' }))).toHaveLength(4);
  });

  it('a theme is one set of colours, auto is both', () => {
    const themes = (['light', 'dark', 'auto'] as const).map((theme) => plotTcp(trace, { theme }) ?? '');
    const [light, dark, auto] = themes.map((svg) => /<style>(.*)<\/style>/.exec(svg)?.[1] ?? '');
    expect(light).not.toBe(dark);
    expect(auto).toContain('@media (prefers-color-scheme:dark)');
    expect(`${light}${dark}`).not.toContain('@media');
  });

  it('a width below the least is the least', () => {
    expect(plotTcp(trace, { width: 10 })).toContain('width="480"');
    expect(plotTcp(trace, { width: 1200 })).toContain('width="1200"');
  });
});

it('there is no picture where there is no TCP, or where no bytes are kept', () => {
  expect(plotTcp(traceOf('tcp-loss', { record: 'events' }))).toBeUndefined();
  const ping = labText('tcp-loss')
    .replace(/^(faults|checks):[\s\S]*/m, '')
    .replace(/browse: .*\}/, 'run: "ping -c 1 192.0.2.43" }');
  expect(plotTcp(runLab(labOf(ping), { runCommand }).trace())).toBeUndefined();
});

it('names of a lab are text and nothing else', () => {
  const text = labText('tcp-loss')
    .replace(/^(faults|checks):[\s\S]*/m, '')
    .replace('title: Two lost frames, and how TCP finds out', 'title: "<b>"');
  const { world } = runLab(labOf(text), { runCommand }).trace();
  expect(world.nodes.length).toBe(2);
  const trace = traceOf('tcp-loss');
  const hostile = new Proxy(trace, {
    get: (target, key) =>
      key === 'world'
        ? {
            ...trace.world,
            name: '</title><script>',
            nodes: trace.world.nodes.map((node) => ({ ...node, name: '"<&\u0000' })),
          }
        : (Reflect.get(target, key).bind?.(target) ?? Reflect.get(target, key)),
  });
  const svg = plotTcp(hostile) ?? '';
  expect(() => readXml(svg)).not.toThrow();
  expect(svg).not.toContain('<script>');
});
