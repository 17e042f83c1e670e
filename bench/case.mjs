// What the cases share: options on the command line, time measured, one JSON line as the answer.

import { parseArgs } from 'node:util';

/** @typedef {import('../dist/device/station.js').Station} Station */
/** @typedef {import('../dist/stack/udp-socket.js').UdpListener} UdpListener */
/** @typedef {import('../dist/trace/trace.js').RecordLevel} RecordLevel */

/**
 * Reads `--name value` for every name in `defaults`; a number where the default is one.
 * @template {Record<string, number | string>} T
 * @param {T} defaults
 * @returns {{ [K in keyof T]: T[K] extends number ? number : string }}
 * @throws TypeError for an unknown option, RangeError for a number that is none
 */
export function readOptions(defaults) {
  const names = Object.keys(defaults);
  const options = Object.fromEntries(names.map((name) => [name, { type: /** @type {const} */ ('string') }]));
  const { values } = parseArgs({ options });
  /** @type {Record<string, number | string>} */
  const read = { ...defaults };
  for (const [name, text] of Object.entries(values)) {
    if (typeof text !== 'string') continue;
    if (typeof defaults[name] === 'string') read[name] = text;
    else if (/^\d+$/.test(text)) read[name] = Number(text);
    else throw new RangeError(`--${name} wants a whole number, not ${text}`);
  }
  return /** @type {any} */ (read);
}

/** @param {string} text @returns {RecordLevel} @throws RangeError when it is no level */
export function recordLevel(text) {
  if (text === 'off' || text === 'events' || text === 'bytes') return text;
  throw new RangeError(`--record wants off, events or bytes, not ${text}`);
}

/** Opens a UDP port on a station; 0 takes a free one. @param {Station} station @param {number} port @param {UdpListener} listener */
export function openUdp(station, port, listener) {
  const socket = station.stack.udp.open(port, listener);
  if (typeof socket === 'string') throw new Error(`${station.name}, UDP port ${port}: ${socket}`);
  return socket;
}

/** Wall seconds a piece of work takes. @param {() => void} work */
export function secondsFor(work) {
  const begin = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - begin) / 1e9;
}

/** Peak memory of this process, in MB. */
export const peakMegabytes = () => Math.round(process.resourceUsage().maxRSS / 1024);

/** The middle one; of an even number, the mean of the middle two. @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The case's one line. @param {Record<string, unknown>} figures */
export const printCase = (figures) => console.log(JSON.stringify(figures));
