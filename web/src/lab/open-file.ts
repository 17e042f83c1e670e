// Opens a lab file that somebody picked or dropped. It is read in the browser and goes nowhere else.

import { openLab } from '../state/actions.js';
import { page, update } from '../state/store.js';

/** Bytes; a lab with 500 nodes has about 100 kB. */
export const FILE_LIMIT = 1_000_000;

/** Opens the file, or says why it can not be one of ours. Resolves to whether a lab stands open now. */
export async function openFile(file: File): Promise<boolean> {
  const name = file.name.slice(0, 200) || 'lab.yaml';
  const read = await readText(file, name);
  if ('reason' in read) {
    update({ notice: read.reason });
    return false;
  }
  return openLab({ kind: 'text', file: name, text: read.text });
}

/** Of several files the first is opened. */
export async function openFiles(files: readonly File[]): Promise<void> {
  const [first] = files;
  if (first === undefined) return;
  await openFile(first);
  const others = files.length - 1;
  if (others > 0 && page().notice === undefined)
    update({
      notice: `One lab is open at a time: this is ${first.name}; ${others === 1 ? 'the other file was' : `the other ${others} files were`} left aside.`,
    });
}

async function readText(
  file: File,
  name: string,
): Promise<{ readonly text: string } | { readonly reason: string }> {
  if (file.size > FILE_LIMIT)
    return { reason: `${name} has ${megabytes(file.size)} MB; a lab file has at most 1 MB.` };
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer());
  } catch (error) {
    const isText = !(error instanceof TypeError);
    return {
      reason: isText
        ? `${name} can not be read. Is it a folder?`
        : `${name} is not text: a lab is a YAML file in UTF-8.`,
    };
  }
  if (text.includes('\0')) return { reason: `${name} is not text: a lab is a YAML file in UTF-8.` };
  return { text };
}

/** Rounded up: what is a little too large must not look as if it were not. */
function megabytes(bytes: number): string {
  return bytes < 10e6 ? (Math.ceil(bytes / 1e5) / 10).toFixed(1) : String(Math.ceil(bytes / 1e6));
}
