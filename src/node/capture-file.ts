// Writes a run as a file for Wireshark, with the sentences of its walk.

import { writeFileSync } from 'node:fs';
import type { Trace } from '../trace/trace.js';
import type { Walk } from '../view/explain/step.js';
import type { TracePcapngOptions } from '../view/pcapng.js';
import { systemReason } from './system-reason.js';
import { UsageError } from './usage-error.js';
import { version } from './version.js';

/** Stands for stdout in place of a file's name. */
const STDOUT = '-';

/** @throws UsageError when the file can not be written */
export async function writeCapture(
  file: string,
  trace: Trace,
  walk: Walk,
  options: TracePcapngOptions = {},
): Promise<void> {
  const [{ tracePcapng }, { captureComments }] = await Promise.all([
    import('../view/pcapng.js'),
    import('../view/capture-comments.js'),
  ]);
  const comments = captureComments(walk, trace);
  const bytes = Buffer.concat(
    tracePcapng(trace, { ...options, comments, application: `wirewalk ${version()}` }),
  );
  if (file === STDOUT) {
    process.stdout.write(bytes);
    return;
  }
  try {
    writeFileSync(file, bytes);
  } catch (error) {
    throw new UsageError(`The capture ${file} can not be written: ${systemReason(error)}.`);
  }
}
