// What the lines and signs of a plot mean; only those that are there.

import { textWidth } from './layout/text-width.js';
import { cross, diamond, ring, textAt } from './plot-marks.js';
import type { TcpSeries } from './tcp-series.js';

/** Of the texts of a plot, in px. */
const TEXT_SIZE = 11;

export interface LegendItem {
  readonly words: string;
  /** Draws the sign into 22 px from x on, around y. */
  draw(x: number, y: number): string;
}

const legendLine =
  (name: string) =>
  (x: number, y: number): string =>
    `<path class="line ${name}" d="M${x} ${y}h22"/>`;

/** @param top the greatest value that the panel has room for */
export function upperLegend({ windows, losses, closed }: TcpSeries, top: number): LegendItem[] {
  return [
    { words: 'congestion window (cwnd)', draw: legendLine('cwnd') },
    ...(windows.some(({ ssthresh }) => ssthresh >= 0)
      ? [{ words: 'slow-start threshold (ssthresh)', draw: legendLine('ssthresh') }]
      : []),
    {
      words: 'in flight',
      draw: (x, y) =>
        `<rect class="area flight" x="${x}" y="${y - 5}" width="22" height="10"/>${legendLine('flight')(x, y - 5)}`,
    },
    ...(windows.some(({ window }) => window <= top)
      ? [{ words: 'peer’s window', draw: legendLine('window') }]
      : []),
    ...(losses.length === 0
      ? []
      : [
          {
            words: 'loss found',
            draw: (x: number, y: number) => `<path class="loss" d="M${x + 11} ${y - 7}v14"/>`,
          },
        ]),
    ...(closed.length === 0
      ? []
      : [
          {
            words: 'window 0',
            draw: (x: number, y: number) =>
              `<rect class="closed" x="${x}" y="${y - 6}" width="22" height="12"/>`,
          },
        ]),
  ];
}

/** @param top the greatest number that the panel has room for */
export function lowerLegend({ sent, acks }: TcpSeries, top: number): LegendItem[] {
  return [
    { words: 'segment', draw: (x, y) => `<path class="bar" d="M${x + 11} ${y - 6}v12"/>` },
    ...(sent.some(({ again, probe }) => again && !probe)
      ? [
          {
            words: 'sent again',
            draw: (x: number, y: number) =>
              `<path class="sign again" d="${diamond(x + 11, y, 4)}"/><path class="bar again" d="M${x + 11} ${y - 6}v12"/>`,
          },
        ]
      : []),
    ...(sent.some(({ probe }) => probe)
      ? [
          {
            words: 'window probe',
            draw: (x: number, y: number) => `<path class="sign probe" d="${ring(x + 11, y, 4)}"/>`,
          },
        ]
      : []),
    ...(sent.some(({ died }) => died)
      ? [
          {
            words: 'lost on the way',
            draw: (x: number, y: number) => `<path class="sign died" d="${cross(x + 11, y, 4.5)}"/>`,
          },
        ]
      : []),
    { words: 'acknowledged', draw: legendLine('ack') },
    ...(acks.some(({ blocks }) => blocks.length > 0)
      ? [
          {
            words: 'arrived beyond a gap (SACK)',
            draw: (x: number, y: number) => `<path class="block" d="M${x + 11} ${y - 6}v12"/>`,
          },
        ]
      : []),
    ...(acks.some(({ edge }) => edge <= top)
      ? [{ words: 'edge of the peer’s window', draw: legendLine('window') }]
      : []),
  ];
}

/** One line from `x` on. */
export function drawLegend(items: readonly LegendItem[], left: number, y: number): string[] {
  let x = left;
  return items.map(({ words, draw }) => {
    const drawn = `${draw(x, y - 4)}${textAt('legend', x + 28, y, words)}`;
    x += 28 + textWidth(words, TEXT_SIZE) * 0.92 + 18;
    return drawn;
  });
}
