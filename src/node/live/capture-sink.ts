// Where a capture goes that is written while it happens: a file, a pipe, standard output.

import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { systemReason } from '../system-reason.js';
import { UsageError } from '../usage-error.js';
import type { CaptureSink } from './capture-lab.js';

export interface OpenSink extends CaptureSink {
  /** Called when nobody reads any more: then there is no reason to go on. */
  onGone(gone: () => void): void;
  /** All that was written has been taken. */
  end(): Promise<void>;
}

/**
 * Opens a file or pipe; `-` is standard output. A pipe is open when somebody reads it.
 * @throws UsageError when it can not be opened
 */
export async function openSink(file: string): Promise<OpenSink> {
  const stream: Writable = file === '-' ? process.stdout : createWriteStream(file);
  let gone = (): void => {};
  let isGone = false;
  if (file !== '-') {
    await new Promise<void>((resolve, reject) => {
      stream.once('open', resolve);
      stream.once('error', (error) =>
        reject(new UsageError(`The capture ${file} can not be written: ${systemReason(error)}.`)),
      );
    });
    stream.removeAllListeners('error');
    stream.on('error', () => {
      isGone = true;
      gone();
    });
  }
  return {
    write: (bytes) => isGone || stream.write(bytes),
    get writableLength() {
      return stream.writableLength;
    },
    onGone: (act) => {
      gone = act;
    },
    end: () =>
      isGone || file === '-'
        ? Promise.resolve()
        : new Promise((resolve) => {
            stream.once('error', () => resolve());
            stream.end(resolve);
          }),
  };
}
