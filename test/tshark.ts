// Asking tshark what it reads in a capture, field by field, and telling our reading the same way.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { DissectedField } from '../src/wire/dissection.js';

/** One frame as tshark reads it: the values of each field, as text, in the order of the frame. */
export type TsharkFrame = Readonly<Record<string, readonly string[]>>;

/** Checksums are verified, and each frame is judged by itself: no reassembly, no state. */
const PREFERENCES = [
  'eth.check_fcs:TRUE',
  'ip.check_checksum:TRUE',
  'tcp.check_checksum:TRUE',
  'udp.check_checksum:TRUE',
  'ip.defragment:FALSE',
  'tcp.desegment_tcp_streams:FALSE',
  'tcp.analyze_sequence_numbers:FALSE',
  'http.desegment_headers:FALSE',
  'http.desegment_body:FALSE',
  'dns.desegment_dns_messages:FALSE',
];

/** Runs tshark on a file, without asking any name server; the result is what it prints. */
export async function runTshark(
  tshark: string,
  file: string,
  ...options: readonly string[]
): Promise<string> {
  const preferences = PREFERENCES.flatMap((preference) => ['-o', preference]);
  const run = promisify(execFile)(tshark, ['-n', '-r', file, ...preferences, ...options], {
    maxBuffer: 1 << 28,
  });
  // A file that ends too soon is read as far as it goes; tshark says so with its exit code.
  const { stdout } = await run.catch((error: { stdout?: string; stderr?: string }) => {
    if (/cut short|damaged or corrupt/.test(error.stderr ?? '')) return { stdout: error.stdout ?? '' };
    throw error;
  });
  return stdout;
}

/** The fields of every frame of a file. */
export async function readWithTshark(
  tshark: string,
  file: string,
  fields: readonly string[],
): Promise<TsharkFrame[]> {
  const form = ['separator=/t', 'occurrence=a', 'aggregator=|'].flatMap((setting) => ['-E', setting]);
  const output = await runTshark(
    tshark,
    file,
    '-T',
    'fields',
    ...form,
    ...fields.flatMap((field) => ['-e', field]),
  );
  return output
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const cells = line.split('\t');
      return Object.fromEntries(
        fields.map((field, index) => [
          field,
          (cells[index] ?? '') === '' ? [] : (cells[index] as string).split('|'),
        ]),
      );
    });
}

/** A value as tshark prints it, with its numbers in decimal. */
export function plain(value: string): string {
  return /^-?0x[0-9a-f]+$/i.test(value) ? String(Number(value)) : value;
}

/** Our value, as {@link plain} gives tshark's. */
export function plainValue({ value }: DissectedField): string {
  return typeof value === 'boolean' ? (value ? '1' : '0') : String(value).replaceAll('\t', '\\t');
}
