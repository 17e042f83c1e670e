// The words of the picture: how devices, cables and frames are called, and the sentence that says what is seen.

import { type FrameLine, formatDuration, type LinkDescription, type WorldDescription } from 'wirewalk';
import type { HeldRun } from '../state/store.js';
import type { Mark } from './moment.js';

const KINDS: Readonly<Record<string, string>> = {
  host: 'host',
  switch: 'switch',
  router: 'router',
  'nat-router': 'NAT router',
  tap: 'TAP',
};

export function kindWord(kind: string): string {
  return Object.hasOwn(KINDS, kind) ? (KINDS[kind] as string) : kind;
}

/** `the home router`; the name of a node that has no label. */
export function calledNode({ nodes }: WorldDescription, node: number): string {
  const found = nodes[node];
  return found === undefined ? 'nobody' : (found.label ?? found.name);
}

/** `router, the home router, NAT router, lan 192.168.0.1/24, wan 51.0.0.20/24`: what is written on it comes first. */
export function deviceWords(world: WorldDescription, index: number): string {
  const node = world.nodes[index];
  if (node === undefined) return '';
  const names = node.label === undefined || node.label === node.name ? [node.name] : [node.name, node.label];
  return [...names, kindWord(node.kind), ...addressesOf(world, index)].join(', ');
}

/** `lan 192.168.0.1/24` for every interface that has an address. */
export function addressesOf({ nodes, interfaces }: WorldDescription, node: number): string[] {
  return (nodes[node]?.interfaces ?? []).flatMap((id) => {
    const own = interfaces[id];
    return own?.address === undefined ? [] : [`${own.name} ${own.address}`];
  });
}

/** `pc eth0 192.0.2.1/24 – switch p1, 10 µs, 1 Gbit/s` */
export function cableWords(world: WorldDescription, link: LinkDescription): string {
  const ends = link.ends.map((end) => endWords(world, end)).join(' – ');
  const properties = propertyWords(link);
  return properties === '' ? ends : `${ends}, ${properties}`;
}

export function endWords({ nodes, interfaces }: WorldDescription, end: number): string {
  const found = interfaces[end];
  if (found === undefined) return '?';
  const { node, name, address } = found;
  return [nodes[node]?.name ?? '?', name, ...(address === undefined ? [] : [address])].join(' ');
}

function propertyWords({ delay, rate }: LinkDescription): string {
  return [...(delay > 0 ? [formatDuration(delay)] : []), ...(rate > 0 ? [rateWord(rate)] : [])].join(', ');
}

/** Bits per second: `100 Mbit/s`. */
export function rateWord(rate: number): string {
  if (rate === 0) return 'unlimited';
  for (const [unit, factor] of [
    ['Gbit/s', 1e9],
    ['Mbit/s', 1e6],
    ['kbit/s', 1e3],
  ] as const) {
    if (rate >= factor) return `${Number((rate / factor).toFixed(3))} ${unit}`;
  }
  return `${rate} bit/s`;
}

/** `1 cable`, `8 cables` */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

export interface FrameWords {
  /** For a label, and for one with hardly any room: `ARP request`, `ARP`. */
  readonly short: string;
  readonly shortest: string;
  /** For a sentence: `SYN, ACK`, `HTTP request`. */
  readonly noun: string;
}

/** What a frame is called, from its row in the packet list. */
export function frameWords(line: FrameLine): FrameWords {
  const words = wordsOf(line);
  const { protocol } = line;
  return { ...words, shortest: words.short.length <= 4 ? words.short : cut(protocol, 6) };
}

function wordsOf({ protocol, info }: FrameLine): Omit<FrameWords, 'shortest'> {
  const both = (word: string) => ({ short: word, noun: word });
  switch (protocol) {
    case 'ARP':
      return both(
        info.startsWith('Who has') ? 'ARP request' : info.includes(' is at ') ? 'ARP reply' : 'ARP message',
      );
    case 'DNS':
      // Behind the identifier stand names, which may be anything.
      return both(info.split(' 0x', 1)[0]?.endsWith(' response') ? 'DNS answer' : 'DNS query');
    case 'TCP':
      return tcpWords(info);
    case 'HTTP': {
      const answer = /^HTTP\/\S+ (.*)$/.exec(info)?.[1];
      if (answer !== undefined) return { short: cut(answer, 16), noun: 'HTTP response' };
      return { short: cut(info.replace(/ HTTP\/\S+$/, ''), 16), noun: 'HTTP request' };
    }
    case 'ICMP': {
      const what =
        info
          .split(/ id=|[:(,]/, 1)[0]
          ?.trim()
          .toLowerCase() ?? '';
      return what === '' ? both('ICMP message') : { short: cut(what, 20), noun: `ICMP ${cut(what, 40)}` };
    }
    case 'UDP':
      return both('UDP datagram');
    case 'IPv4':
      return both(/fragment/i.test(info) ? 'fragment' : 'IP packet');
    default:
      return { short: cut(protocol, 16), noun: `${cut(protocol, 24)} frame` };
  }
}

function tcpWords(info: string): Omit<FrameWords, 'shortest'> {
  const flags = /\[([A-Z, ]+)\]/.exec(info)?.[1];
  const length = Number(/ Len=(\d+)/.exec(info)?.[1] ?? 0);
  if (flags === undefined) return { short: 'TCP', noun: 'TCP segment' };
  if (length > 0 && !/SYN|FIN|RST/.test(flags))
    return { short: `TCP, ${counted(length, 'byte')}`, noun: 'TCP segment' };
  return { short: flags, noun: flags };
}

function cut(text: string, most: number): string {
  const letters = [...text];
  return letters.length <= most
    ? text
    : `${letters
        .slice(0, most - 1)
        .join('')
        .trimEnd()}…`;
}

/** Read aloud it begins with a vowel: a word, an abbreviation that is spelt (HTTP, but not SYN or UDP), a number. */
const VOWEL = /^(?:[AEIOaeio8]|URG|[FHLMNRSX](?=[B-DF-HJ-NP-TV-XZ]))/;

/** `an ARP request`, `a SYN`. */
export function withArticle(noun: string): string {
  return `${VOWEL.test(noun) ? 'an' : 'a'} ${noun}`;
}

/** Kinds of frames that are told one by one; of those that are under way still fewer. */
const MOST_TOLD = 3;
const MOST_UNDER_WAY = 1;

/** A frame before its words are known. */
const UNKNOWN = 'frame';

/** What is seen, as sentences: where the frames of the step go, or that nothing moves. */
export function pictureSentence(
  run: HeldRun,
  place: number,
  marks: readonly Mark[],
  words: ReadonlyMap<number, FrameWords>,
): string {
  const { world } = run;
  const head = run.steps[place];
  const nounOf = ({ frame }: Mark): string => words.get(frame)?.noun ?? UNKNOWN;
  const kinds = new Map<string, Mark[]>();
  const underWay: Mark[] = [];
  for (const mark of marks) {
    const kind = `${mark.lost} ${nounOf(mark)}`;
    if (mark.state === 'under way') underWay.push(mark);
    else kinds.set(kind, [...(kinds.get(kind) ?? []), mark]);
  }
  const all = [...kinds.values()];
  const sentences = all.slice(0, MOST_TOLD).map((same) => wayOf(world, nounOf(same[0] as Mark), same));
  const rest = counted(sum(all.slice(MOST_TOLD).flat()), 'more frame');
  if (all.length > MOST_TOLD) sentences.push(`${rest} of other kinds.`);
  if (all.length === 0 && head !== undefined) {
    const work = `${head.nodeLabel} is at work.`;
    sentences.push(underWay.length === 0 ? `Nothing moves on a cable; ${work}` : capital(work));
  }
  if (underWay.length > MOST_UNDER_WAY) sentences.push(`${sum(underWay)} frames are under way.`);
  else sentences.push(...underWay.map((mark) => wayOf(world, nounOf(mark), [mark])));
  return sentences.join(' ');
}

function sum(marks: readonly Mark[]): number {
  return marks.reduce((count, mark) => count + mark.count, 0);
}

/** One sentence about frames of one kind that leave one node. */
function wayOf(world: WorldDescription, noun: string, marks: readonly Mark[]): string {
  const [first] = marks as readonly [Mark];
  const count = sum(marks);
  const one = withArticle(noun);
  const from = calledNode(world, first.from);
  const to = listed([...new Set(marks.map((mark) => calledNode(world, mark.to)))]);
  const kind = noun === UNKNOWN ? '' : ` (${noun})`;
  const subject = count === 1 ? one : marks.length === count ? `copies of ${one}` : `${count} frames${kind}`;
  return capital(`${subject} ${predicate(first, count === 1, from, to)}.`);
}

function predicate({ state, lost }: Mark, isOne: boolean, from: string, to: string): string {
  if (lost) return `from ${from} to ${to} ${isOne ? 'is' : 'are'} lost on the way`;
  if (state === 'come') return `${isOne ? 'has' : 'have'} come from ${from} to ${to}`;
  if (state === 'under way') return `${isOne ? 'is' : 'are'} still on the way from ${from} to ${to}`;
  return `${isOne ? 'goes' : 'go'} from ${from} to ${to}`;
}

function capital(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

const MOST_NAMES = 4;

function listed(names: readonly string[]): string {
  const shown = names.slice(0, names.length > MOST_NAMES + 1 ? MOST_NAMES : names.length);
  const rest = names.length - shown.length;
  if (rest > 0) return `${shown.join(', ')} and ${rest} more`;
  if (shown.length < 2) return shown[0] ?? 'nobody';
  return `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}
