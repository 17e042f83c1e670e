// TCP over time, as an SVG that stands alone: above, what the sender allows itself and what is in flight; below, every
// segment by its numbers, with what came back. Everything is read from the trace.
// Reading list: RFC 5681 §3.1 (cwnd, ssthresh), RFC 9293 §3.8.6 (windows); SVG 1.1; SVG Accessibility (title and desc).

import { formatSeconds, type Time } from '../base/time.js';
import type { Trace } from '../trace/trace.js';
import { count, duration } from './explain/words.js';
import { fitLines, fitText, textWidth } from './layout/text-width.js';
import { type Axis, byteAxis, grouped, timeAxis } from './plot-axis.js';
import { drawLegend, lowerLegend, upperLegend } from './plot-legend.js';
import {
  barPath,
  bars,
  cross,
  diamond,
  greatest,
  px,
  ring,
  type Scale,
  stepPath,
  textAt,
} from './plot-marks.js';
import { type PlotTheme, plotStyles } from './plot-style.js';
import { type SentSegment, type TcpSeries, type TcpWindows, tcpSeries } from './tcp-series.js';
import { escaped } from './xml-text.js';

export interface PlotOptions {
  /** Only ends of connections that contain this, written `pc 192.0.2.1:50000 → 192.0.2.2:80`. */
  readonly connection?: string;
  /** At most so many, those that sent most; default 4. */
  readonly most?: number;
  /** `auto` (the default) follows what the reader's screen prefers. */
  readonly theme?: PlotTheme;
  /** In px, at least 480; default 960. */
  readonly width?: number;
}

const LEAST_WIDTH = 480;
const [LEFT, RIGHT, TOP] = [72, 24, 20];
/** Heights in px: heading of a connection, legend, panels, the gap between them, the time axis. */
const [HEADING, LEGEND, UPPER, LOWER, AXIS] = [66, 22, 190, 260, 62];
const BLOCK = HEADING + LEGEND + UPPER + LEGEND + 14 + LOWER + AXIS;
const [TITLE_SIZE, TEXT_SIZE] = [14, 11];
/** Marks that say by themselves what they are: more would only make the file long. */
const MOST_TITLES = 300;

/** The picture, drawn for one px per unit, with a line break at the end; undefined when no TCP connection fits. */
export function plotTcp(trace: Trace, options: PlotOptions = {}): string | undefined {
  const chosen = chosenOf(trace, options);
  if (chosen.length === 0) return undefined;
  const width = Math.max(LEAST_WIDTH, options.width ?? 960);
  const height = TOP + BLOCK * chosen.length;
  const title = `TCP over time: ${trace.world.name}`;
  const words = chosen.map((series) => `${nameOf(trace, series)}: ${inWords(series)}`).join(' ');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title desc">`,
    `<title id="title">${escaped(title)}</title>`,
    `<desc id="desc">${escaped(words)}</desc>`,
    `<style>${plotStyles(options.theme ?? 'auto')}</style>`,
    `<rect class="ground" width="${width}" height="${height}"/>`,
    ...chosen.flatMap((series, index) => drawSeries(trace, series, TOP + index * BLOCK, width)),
    '</svg>',
    '',
  ].join('\n');
}

/** The ends to draw; of a conversation the one that sent more, unless somebody wants another. */
function chosenOf(trace: Trace, { connection, most = 4 }: PlotOptions): TcpSeries[] {
  const chosen: TcpSeries[] = [];
  for (const series of tcpSeries(trace)) {
    if (chosen.length === most) break;
    const isOther = chosen.some(({ local, remote }) => local === series.remote && remote === series.local);
    if (connection === undefined ? !isOther : nameOf(trace, series).includes(connection)) chosen.push(series);
  }
  return chosen;
}

/** `pc 192.0.2.1:50000 → 192.0.2.2:80` */
function nameOf({ world }: Trace, { node, local, remote }: TcpSeries): string {
  return `${world.nodes[node]?.name ?? ''} ${local} → ${remote}`;
}

/** What the picture of a connection shows, for whoever does not see it. */
function inWords({ bytes, sent, losses, closed, windows, begin, end }: TcpSeries): string {
  const again = sent.filter((segment) => segment.again && !segment.probe).length;
  const probes = sent.filter(({ probe }) => probe).length;
  const died = sent.filter((segment) => segment.died).length;
  const most = greatest(windows.map(({ cwnd }) => cwnd));
  const parts = [
    `${grouped(bytes)} ${bytes === 1 ? 'byte' : 'bytes'} in ${count(sent.length, 'segment')} within ${duration(end - begin)}`,
    ...(windows.length === 0 ? [] : [`congestion window up to ${grouped(most)} bytes`]),
    ...(died === 0 ? [] : [`${count(died, 'segment')} lost on the way`]),
    ...(losses.length === 0 ? [] : [`loss found ${times(losses.length)}`]),
    ...(again === 0 ? [] : [`${count(again, 'segment')} sent again`]),
    ...(closed.length === 0 ? [] : [`the peer’s window closed ${times(closed.length)}`]),
    ...(probes === 0 ? [] : [`${count(probes, 'window probe')}`]),
  ];
  return `${parts.join(', ')}.`;
}

function times(number: number): string {
  return ['', 'once', 'twice'][number] ?? `${number} times`;
}

/** A connection that is idle for long before it is closed is drawn without that: nothing else could be seen. */
function shownEnd({ sent, acks, begin, end, bytes, closed }: TcpSeries): Time {
  const last = Math.max(
    sent.findLast(({ left }) => left <= bytes)?.time ?? end,
    acks.find(({ number }) => number > bytes)?.time ?? end,
    closed.at(-1)?.to ?? begin,
  );
  const active = Math.max(last - begin, 1);
  return end - last > active ? last + active / 10 : end;
}

/** Where a panel stands, and its axes. */
interface Panel {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly scale: Scale;
  readonly time: Axis;
  readonly bytes: Axis;
}

function drawSeries(trace: Trace, series: TcpSeries, top: number, width: number): string[] {
  const time = timeAxis(series.begin, shownEnd(series), (width - LEFT - RIGHT) / 90);
  const upperTop = top + HEADING + LEGEND;
  const lowerTop = upperTop + UPPER + LEGEND + 14;
  const upper = panelOf(upperTop, UPPER, width, time, byteAxis(highestWindow(series), 5));
  const lower = panelOf(lowerTop, LOWER, width, time, byteAxis(highestNumber(series), 6));
  const room = width - LEFT - RIGHT;
  return [
    `<g><title>${escaped(nameOf(trace, series))}</title>`,
    textAt('heading', LEFT, top + 18, fitText(nameOf(trace, series), TITLE_SIZE * 1.08, room)),
    ...fitLines(inWords(series), TEXT_SIZE * 0.97, room, 2).map((line, index) =>
      textAt('soft', LEFT, top + 36 + 15 * index, line),
    ),
    ...drawLegend(upperLegend(series, upper.bytes.to), LEFT, upperTop - 8),
    ...drawGrid(upper, `bytes allowed and in flight`),
    ...clipped(`upper${top}`, upper, [
      ...drawClosed(series, upper),
      ...drawWindows(series, upper),
      ...drawLosses(series, upper, true),
    ]),
    ...drawLegend(lowerLegend(series, lower.bytes.to), LEFT, lowerTop - 8),
    ...drawGrid(lower, 'sequence numbers'),
    ...clipped(`lower${top}`, lower, [
      ...drawClosed(series, lower),
      ...drawSegments(series, lower),
      ...drawLosses(series, lower, false),
    ]),
    ...drawTimeAxis(lower),
    '</g>',
  ];
}

function panelOf(top: number, height: number, width: number, time: Axis, bytes: Axis): Panel {
  const [left, right, bottom] = [LEFT, width - RIGHT, top + height];
  const across = (right - left) / (time.to - time.from);
  const up = height / (bytes.to - bytes.from);
  const scale = {
    x: (value: number) => left + (value - time.from) * across,
    y: (value: number) => bottom - (value - bytes.from) * up,
  };
  return { left, right, top, bottom, scale, time, bytes };
}

/** The peer's window is often far above all the others: it is shown as far as there is room. */
function highestWindow({ windows }: TcpSeries): number {
  const own = greatest(windows.map((row) => Math.max(row.cwnd, row.ssthresh, underWay(row))));
  return own === 0 ? greatest(windows.map(({ window }) => window)) : own;
}

/** What is really in the network, as far as the sender knows: it is this that cwnd limits (RFC 6675 §4). */
function underWay({ flight, sacked, lost }: TcpWindows): number {
  return flight - sacked - lost;
}

function highestNumber({ sent, acks }: TcpSeries): number {
  return Math.max(greatest(sent.map(({ right }) => right)), greatest(acks.map(({ number }) => number)));
}

// ---- what is in the panels ----

/** What lies beyond the axes is not drawn; signs at their ends are. */
function clipped(id: string, { left, right, top, bottom }: Panel, parts: readonly string[]): string[] {
  const box = `x="${left - 6}" y="${top - 1}" width="${right - left + 12}" height="${bottom - top + 7}"`;
  return [`<clipPath id="${id}"><rect ${box}/></clipPath>`, `<g clip-path="url(#${id})">`, ...parts, '</g>'];
}

function drawGrid({ left, right, top, bottom, scale, time, bytes }: Panel, name: string): string[] {
  const across = bytes.ticks.map(({ value }) => `M${left} ${px(scale.y(value))}H${right}`).join('');
  const down = time.ticks.map(({ value }) => `M${px(scale.x(value))} ${top}V${bottom}`).join('');
  const middle = (top + bottom) / 2;
  return [
    `<path class="grid" d="${across}${down}"/>`,
    `<path class="axis" d="M${left} ${top}V${bottom}H${right}"/>`,
    ...bytes.ticks.map(({ value, label }) => textAt('tick end', left - 8, px(scale.y(value)) + 4, label)),
    `<text class="soft middle" transform="translate(14 ${px(middle)}) rotate(-90)">${escaped(`${name}${bytes.unit === 'bytes' ? '' : `, ${bytes.unit}`}`)}</text>`,
  ];
}

function drawTimeAxis({ left, right, bottom, scale, time }: Panel): string[] {
  return [
    ...time.ticks.map(({ value, label }) => textAt('tick middle', px(scale.x(value)), bottom + 16, label)),
    textAt('soft middle', (left + right) / 2, bottom + 34, `simulated time, ${time.unit}`),
  ];
}

function drawWindows(series: TcpSeries, { scale, bottom }: Panel): string[] {
  const { windows, end } = series;
  const line = (name: string, value: (row: TcpSeries['windows'][number]) => number): string => {
    const points = windows.map((row) => ({ time: row.time, value: value(row) }));
    const path = stepPath(points, scale, end);
    return path === '' ? '' : `<path class="line ${name}" d="${path}"/>`;
  };
  const known = windows.filter(({ ssthresh }) => ssthresh >= 0);
  const threshold = stepPath(
    known.map(({ time, ssthresh }) => ({ time, value: ssthresh })),
    scale,
    end,
  );
  const flight = stepPath(
    windows.map((row) => ({ time: row.time, value: underWay(row) })),
    scale,
    end,
  );
  const start = windows[0] === undefined ? 0 : px(scale.x(windows[0].time));
  return [
    flight === '' ? '' : `<path class="area flight" d="${flight}V${bottom}H${start}z"/>`,
    line('flight', underWay),
    line('window', (row) => row.window),
    line('cwnd', (row) => row.cwnd),
    threshold === '' ? '' : `<path class="line ssthresh" d="${threshold}"/>`,
  ].filter((part) => part !== '');
}

function drawSegments({ sent, acks, end }: TcpSeries, { scale }: Panel): string[] {
  const first = sent.filter(({ again, probe }) => !again && !probe);
  const again = sent.filter((segment) => segment.again && !segment.probe);
  const probes = sent.filter(({ probe }) => probe);
  const died = sent.filter((segment) => segment.died);
  const acked = stepPath(
    acks.map(({ time, number }) => ({ time, value: number })),
    scale,
    end,
  );
  const edge = stepPath(
    acks.map((ack) => ({ time: ack.time, value: ack.edge })),
    scale,
    end,
  );
  return [
    edge === '' ? '' : `<path class="line window" d="${edge}"/>`,
    ...drawBlocks(acks, scale),
    acked === '' ? '' : `<path class="line ack" d="${acked}"/>`,
    `<path class="bar" d="${barPath(bars(first, scale), scale)}"/>`,
    ...marks(again, 'again', 'sent again', ({ x, y }) => diamond(x, y, 4), scale),
    ...(again.length === 0 ? [] : [`<path class="bar again" d="${barPath(bars(again, scale), scale)}"/>`]),
    ...marks(probes, 'probe', 'window probe', ({ x, y }) => ring(x, y, 4), scale),
    ...marks(died, 'died', 'lost on the way', ({ x, y }) => cross(x, y, 4.5), scale),
  ].filter((part) => part !== '');
}

/** What SACK reports, of each column of pixels what was heard last. */
function drawBlocks(acks: TcpSeries['acks'], scale: Scale): string[] {
  const shown = acks.filter(({ time, blocks }, place) => {
    const next = acks[place + 1];
    return blocks.length > 0 && Math.floor(scale.x(time)) !== Math.floor(scale.x(next?.time ?? -1));
  });
  const all = shown.flatMap(({ time, blocks }) => blocks.map((block) => ({ time, ...block, count: 1 })));
  return all.length === 0 ? [] : [`<path class="block" d="${barPath(all, scale)}"/>`];
}

/** A sign at every segment, with its words as long as there are not too many. */
function marks(
  segments: readonly SentSegment[],
  name: string,
  what: string,
  draw: (place: { readonly x: number; readonly y: number }) => string,
  { x, y }: Scale,
): string[] {
  if (segments.length === 0) return [];
  const place = ({ time, left, right }: SentSegment) => ({ x: x(time), y: y((left + right) / 2) });
  if (segments.length > MOST_TITLES) {
    const seen = new Set<string>();
    const all = segments.map((segment) => draw(place(segment)));
    return [
      `<path class="sign ${name}" d="${all.filter((path) => !seen.has(path) && seen.add(path)).join('')}"/>`,
    ];
  }
  return segments.map((segment) => {
    const { time, left, right } = segment;
    const words = `${formatSeconds(time)} s: ${left}–${right - 1} ${what}`;
    return `<path class="sign ${name}" d="${draw(place(segment))}"><title>${escaped(words)}</title></path>`;
  });
}

const LOSS_WORDS: Readonly<Record<string, string>> = {
  'time-out': 'time-out',
  'duplicate acknowledgments': 'duplicate ACKs',
  sack: 'SACK',
  rack: 'RACK',
};

/** An upright line wherever the sender takes something for lost; its words where there is room for them. */
function drawLosses({ losses }: TcpSeries, { scale, top, bottom, right }: Panel, isNamed: boolean): string[] {
  let free = 0;
  return losses.slice(0, MOST_TITLES).flatMap(({ time, by }) => {
    const x = px(scale.x(time));
    const words = `loss: ${LOSS_WORDS[by] ?? by}`;
    const line = `<path class="loss" d="M${x} ${top}V${bottom}"><title>${escaped(`${formatSeconds(time)} s: ${words}`)}</title></path>`;
    const room = textWidth(words, TEXT_SIZE) + 8;
    const at = x + 4 + room > right ? x - room : x + 4;
    if (!isNamed || at < free) return [line];
    free = at + room;
    return [line, textAt('loss-text', at, top + 11, words)];
  });
}

/** While the peer's window is closed. */
function drawClosed({ closed }: TcpSeries, { scale, top, bottom }: Panel): string[] {
  return closed.slice(0, MOST_TITLES).map(({ from, to }) => {
    const [left, right] = [px(scale.x(from)), px(scale.x(to))];
    const words = `window 0 from ${formatSeconds(from)} s to ${formatSeconds(to)} s`;
    return `<rect class="closed" x="${left}" y="${top}" width="${px(Math.max(1, right - left))}" height="${bottom - top}"><title>${escaped(words)}</title></rect>`;
  });
}
