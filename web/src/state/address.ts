// The address of the page: it holds lab, seed, what was typed and the chosen moment, so that a link shows exactly the same
// elsewhere. Everything stands behind the #, which no server ever sees.

import type { LabSource, RunSpec, TypedLine } from '../worker/protocol.js';
import { CENTRES, type Centre, type PageState, SIDES, type Side } from './store.js';

/** What an address says. */
export interface Address {
  readonly lab: LabSource | undefined;
  /** Why the lab that it means can not be shown, in words. */
  readonly problem: string | undefined;
  readonly seed: number | undefined;
  readonly url: string | undefined;
  readonly typed: readonly TypedLine[];
  /** Id of a step such as `2c`; undefined: nothing was run. */
  readonly step: string | undefined;
  /** seq of the moment, when it is not the end of the step. */
  readonly event: number | undefined;
  /** The frame that is looked at, when it is not that of the step. */
  readonly frame: number | undefined;
  readonly centre: Centre | undefined;
  readonly side: Side | undefined;
  /** Name of the node that is looked at. */
  readonly node: string | undefined;
  readonly allNodes: boolean;
  readonly filter: string | undefined;
}

/** A lab file that somebody brought travels in the address up to this many characters. */
const MAX_TEXT = 60_000;
/** Unpacked, a lab file has at most this many bytes: more is a bomb. */
const MAX_UNPACKED = 1_000_000;
/** Commands: nobody types more, and more would take long to run. */
const MAX_TYPED = 1000;
/** Characters of a file's name. */
const MAX_NAME = 200;
/** Characters of a URL, a command or a filter. */
const MAX_LINE = 2000;
const LARGEST_SEED = 0xffffffff;

/** Reads what stands behind the #. What makes no sense is left out. Never throws. */
export async function readAddress(hash: string): Promise<Address> {
  const words = new URLSearchParams(hash.replace(/^#/, ''));
  const get = (name: string): string | undefined => {
    const word = words.get(name);
    return word === null || word === '' || word.length > MAX_LINE ? undefined : word;
  };
  const seed = wholeNumber(get('seed'));
  return {
    ...(await readSource(words)),
    seed: seed !== undefined && seed >= 0 && seed <= LARGEST_SEED ? seed : undefined,
    url: get('url'),
    typed: readTyped(words.get('typed')),
    step: get('step'),
    event: wholeNumber(get('event')),
    frame: wholeNumber(get('frame')),
    centre: CENTRES.find((centre) => centre === get('view')),
    side: SIDES.find((side) => side === get('side')),
    node: get('node'),
    allNodes: get('nodes') === 'all',
    filter: get('filter'),
  };
}

/** What stands behind the # for a state; the lab's own words come from `sourceWords`. */
export function writeAddress(state: PageState, source: string): string {
  const { run, lab, step, seq, frame, node, allNodes, centre, side, filter } = state;
  const words = new URLSearchParams(source);
  const seed = run === undefined ? state.seed : run.spec.seed;
  const url = run === undefined ? state.url : run.spec.url;
  if (seed !== undefined) words.set('seed', String(seed));
  if (url !== undefined && url !== lab?.url && url.length <= MAX_LINE) words.set('url', url);
  if (run === undefined) return readable(words);
  const { typed } = run.spec;
  if (typed.length > 0)
    words.set('typed', JSON.stringify(typed.map(({ after, node: at, line }) => [after, at, line])));
  const head = run.steps[step];
  if (head !== undefined) words.set('step', head.id);
  if (head?.lastSeq !== seq) words.set('event', String(seq));
  if (frame >= 0 && frame !== run.frameOfStep[step]) words.set('frame', String(frame));
  if (centre !== 'network') words.set('view', centre);
  if (side !== 'step') words.set('side', side);
  const name = lab?.world.nodes[node]?.name;
  if (name !== undefined) words.set('node', name);
  if (allNodes) words.set('nodes', 'all');
  if (filter !== '' && filter.length <= MAX_LINE) words.set('filter', filter);
  return readable(words);
}

/** The part of the address that names the lab; a text is packed. */
export async function sourceWords(source: LabSource): Promise<string> {
  const words = new URLSearchParams();
  if (source.kind === 'text') {
    const packed = await pack(source.text);
    words.set('file', source.file);
    if (packed.length <= MAX_TEXT) words.set('text', packed);
  } else words.set(source.kind === 'served' ? 'served' : 'lab', source.name);
  return words.toString();
}

/** What a run is made of, as an address says it. */
export function specOf(address: Address, lab: LabSource): RunSpec {
  const { seed, url, typed } = address;
  return {
    lab,
    ...(seed === undefined ? {} : { seed }),
    ...(url === undefined ? {} : { url }),
    typed,
  };
}

async function readSource(words: URLSearchParams): Promise<Pick<Address, 'lab' | 'problem'>> {
  const get = (what: string): string | undefined => words.get(what)?.slice(0, MAX_NAME);
  const name = get('lab');
  if (name !== undefined) return { lab: { kind: 'built-in', name }, problem: undefined };
  const served = get('served');
  if (served !== undefined) return { lab: { kind: 'served', name: served }, problem: undefined };
  const packed = words.get('text');
  const file = get('file');
  if (packed === null) {
    const problem = `${file} is too long to be held in an address: open the file itself.`;
    return { lab: undefined, problem: file === undefined ? undefined : problem };
  }
  const text = await unpack(packed);
  if (text === undefined) return { lab: undefined, problem: 'The lab in this address is damaged.' };
  return { lab: { kind: 'text', file: file ?? 'lab.yaml', text }, problem: undefined };
}

function readTyped(text: string | null): TypedLine[] {
  if (text === null) return [];
  try {
    const list: unknown = JSON.parse(text);
    if (!Array.isArray(list)) return [];
    return list.slice(0, MAX_TYPED).flatMap((one: unknown): TypedLine[] => {
      if (!Array.isArray(one)) return [];
      const [after, node, line] = one as unknown[];
      const isSound = Number.isSafeInteger(after) && typeof node === 'string' && typeof line === 'string';
      return isSound && line.length <= MAX_LINE ? [{ after: after as number, node, line }] : [];
    });
  } catch {
    return [];
  }
}

function wholeNumber(text: string | undefined): number | undefined {
  const number = text !== undefined && /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(number) ? number : undefined;
}

/** Colons and slashes may stand behind a #. */
function readable(words: URLSearchParams): string {
  return words.toString().replaceAll('%3A', ':').replaceAll('%2F', '/');
}

async function pack(text: string): Promise<string> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

async function unpack(packed: string): Promise<string | undefined> {
  try {
    const binary = atob(packed.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader();
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    let text = '';
    let size = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return text + decoder.decode();
      size += value.length;
      if (size > MAX_UNPACKED) return undefined;
      text += decoder.decode(value, { stream: true });
    }
  } catch {
    return undefined;
  }
}
