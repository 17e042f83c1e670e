// The labs that come with the page, and how the text of a lab is fetched. Used by the page and by the worker.

import { labs } from 'virtual:labs';
import type { LabSource } from '../worker/protocol.js';

export interface BuiltInLab {
  readonly name: string;
  readonly title: string;
  /** Where its file lies. */
  readonly url: string;
}

/** The lab that is open when nobody wished for another one. */
export const FIRST_LAB = 'nat-http';

const URLS: Readonly<Record<string, string>> = import.meta.glob('../../../labs/*.yaml', {
  query: '?url',
  import: 'default',
  eager: true,
});

/** The first lab first, the others in the order of the alphabet, as `wirewalk labs` has them. */
export function builtInLabs(): readonly BuiltInLab[] {
  const all = labs.map((lab) => ({ ...lab, url: URLS[`../../../labs/${lab.name}.yaml`] ?? '' }));
  return [...all.filter(({ name }) => name === FIRST_LAB), ...all.filter(({ name }) => name !== FIRST_LAB)];
}

/** The text of a lab and how its file is called. @throws Error, in words, when it can not be fetched */
export async function fetchLab(source: LabSource): Promise<{ readonly file: string; readonly text: string }> {
  if (source.kind === 'text') return { file: source.file, text: source.text };
  if (source.kind === 'served') {
    const url = new URL(`served/${encodeURIComponent(source.name)}`, pageFolder());
    return { file: source.name, text: await fetchText(url.href, source.name) };
  }
  const lab = builtInLabs().find(({ name }) => name === source.name);
  if (lab === undefined) {
    const names = labs.map(({ name }) => name).join(', ');
    throw new Error(`There is no lab '${source.name}'. The built-in labs are ${names}.`);
  }
  return { file: `labs/${lab.name}.yaml`, text: await fetchText(lab.url, lab.name) };
}

async function fetchText(url: string, name: string): Promise<string> {
  const response = await fetch(url);
  if (!response.ok)
    throw new Error(`The lab ${name} can not be fetched: the server says ${response.status}.`);
  return response.text();
}

/** The folder of index.html: a worker lies in a folder below it. */
function pageFolder(): string {
  const isWorker = typeof document === 'undefined';
  return isWorker ? new URL('../', location.href).href : new URL('./', document.baseURI).href;
}
