// Pictures of coloured tiles as PNG, and the colours in a PNG that a browser made: 8 bits per sample, not interlaced.
// Reading list: W3C "Portable Network Graphics" §9.2 (filters), §11.2 (chunks).

import { crc32, deflateSync, inflateSync } from 'node:zlib';

/** `#rrggbb` */
export type Colour = string;

export interface Picture {
  readonly width: number;
  readonly height: number;
  colourAt(x: number, y: number): Colour;
}

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');

/** A picture of `rows` of square tiles, each `tile` pixels wide. */
export function tilesPng(rows: readonly (readonly Colour[])[], tile: number): Buffer {
  const columns = rows[0]?.length ?? 0;
  const lines = rows.flatMap((colours) => {
    const pixels = colours.map((colour) => Buffer.alloc(3 * tile, colour.slice(1), 'hex'));
    return Array(tile).fill(Buffer.concat([Buffer.from([0]), ...pixels]));
  });
  const header = Buffer.alloc(13);
  header.writeUInt32BE(columns * tile, 0);
  header.writeUInt32BE(rows.length * tile, 4);
  header.set([8, 2], 8);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(lines))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const bytes = Buffer.alloc(named.length + 8);
  bytes.writeUInt32BE(data.length, 0);
  bytes.set(named, 4);
  bytes.writeUInt32BE(crc32(named), named.length + 4);
  return bytes;
}

/** Reads a PNG. @throws Error when it is none, or of another kind than browsers write */
export function readPng(bytes: Buffer): Picture {
  if (!bytes.subarray(0, 8).equals(SIGNATURE)) throw new Error('this is no PNG');
  const data: Buffer[] = [];
  let header = Buffer.alloc(0);
  for (let at = 8; at + 12 <= bytes.length; at += bytes.readUInt32BE(at) + 12) {
    const type = bytes.toString('latin1', at + 4, at + 8);
    const content = bytes.subarray(at + 8, at + 8 + bytes.readUInt32BE(at));
    if (type === 'IHDR') header = Buffer.from(content);
    if (type === 'IDAT') data.push(content);
  }
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const [depth, kind, , , interlaced] = header.subarray(8);
  if (depth !== 8 || (kind !== 2 && kind !== 6) || interlaced !== 0)
    throw new Error(`a PNG of ${depth} bits and kind ${kind} is not read here`);
  const size = kind === 2 ? 3 : 4;
  const samples = unfiltered(inflateSync(Buffer.concat(data)), width * size, height, size);
  return {
    width,
    height,
    colourAt(x, y) {
      const at = (y * width + x) * size;
      return `#${samples.toString('hex', at, at + 3)}`;
    },
  };
}

/** Takes the filter of each line back. */
function unfiltered(bytes: Buffer, length: number, height: number, size: number): Buffer {
  const samples = Buffer.alloc(length * height);
  for (let y = 0; y < height; y++) {
    const filter = bytes[y * (length + 1)] as number;
    for (let x = 0; x < length; x++) {
      const here = y * length + x;
      const left = x < size ? 0 : (samples[here - size] as number);
      const up = y === 0 ? 0 : (samples[here - length] as number);
      const corner = x < size || y === 0 ? 0 : (samples[here - length - size] as number);
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter] as number;
      samples[here] = (bytes[y * (length + 1) + 1 + x] as number) + guess;
    }
  }
  return samples;
}

/** Whichever of the three is nearest to left + up - corner. */
function paeth(left: number, up: number, corner: number): number {
  const aim = left + up - corner;
  const [toLeft, toUp, toCorner] = [Math.abs(aim - left), Math.abs(aim - up), Math.abs(aim - corner)];
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}
