// Reads files of scripts. The grammar is in docs/tcp-scripts.md; every mistake names its place and its mend.

import { parseDuration, type Time } from '../../src/base/time.js';
import { DROP_REASONS } from '../../src/trace/drop-reasons.js';
import { readHost, readOptions, readPeer, USUAL_HOST, USUAL_PEER } from './read-settings.js';
import { type Action, type Beat, PEER_PORT, type Script, type Step, type Wanted } from './script.js';
import { readSegment } from './segment-text.js';
import { asBounds, asNumber, asNumberOrTime, ScriptMistake, Words } from './words.js';

/** Beginnings that many scripts share, by their names. */
export type Openings = ReadonlyMap<string, readonly Beat[]>;

export const STATES = [
  'CLOSED',
  'LISTEN',
  'SYN-SENT',
  'SYN-RECEIVED',
  'ESTABLISHED',
  'FIN-WAIT-1',
  'FIN-WAIT-2',
  'CLOSE-WAIT',
  'CLOSING',
  'LAST-ACK',
  'TIME-WAIT',
] as const;

/** What a router can say: type and code (RFC 792). */
const ICMP_ERRORS: Readonly<Record<string, readonly [type: number, code: number]>> = {
  'network unreachable': [3, 0],
  'host unreachable': [3, 1],
  'protocol unreachable': [3, 2],
  'port unreachable': [3, 3],
  'fragmentation needed': [3, 4],
  'administratively prohibited': [3, 13],
  'source quench': [4, 0],
  'time exceeded': [11, 0],
  'parameter problem': [12, 0],
};

type Draft = { -readonly [Key in keyof Script]: Script[Key] };
interface OpenBeat extends Beat {
  readonly steps: Step[];
}

/** Openings and scripts of one file. @throws ScriptMistake */
export function readScripts(
  file: string,
  text: string,
): { readonly scripts: Script[]; readonly openings: Openings } {
  const scripts: Draft[] = [];
  const openings = new Map<string, readonly Beat[]>();
  let script: Draft | undefined;
  let beats: OpenBeat[] | undefined;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = index + 1;
    const fail = (problem: string, mend: string): never => {
      throw new ScriptMistake(file, line, problem, mend);
    };
    if (/^\s*(#.*)?$/.test(raw)) continue;
    if (/^\s/.test(raw)) {
      const beat = beats?.at(-1);
      if (beat === undefined)
        return fail('a step without a sentence', 'Say in the line before what happens, and why.');
      beat.steps.push(readStep(raw, file, line));
      continue;
    }
    const [, keyword, rest] = /^([a-z]+) +(.*)$/.exec(raw) ?? [];
    if (keyword === undefined) {
      if (!/^[A-Z0-9“"‘]/.test(raw))
        fail(`“${raw}” is no sentence`, 'Sentences begin with a capital, steps are indented.');
      if (beats === undefined) return fail('a sentence before any script', 'Begin with “script TITLE”.');
      beats.push({ line, sentence: raw.trim(), steps: [] });
      continue;
    }
    const words = new Words(rest as string, file, line);
    switch (keyword) {
      case 'script':
        beats = [];
        script = {
          file,
          line,
          title: (rest as string).trim(),
          from: '',
          host: USUAL_HOST,
          peer: USUAL_PEER,
          beats,
        };
        if (scripts.some(({ title }) => title === script?.title))
          fail(`“${script.title}” is there already`, 'Give each script a title of its own.');
        scripts.push(script);
        break;
      case 'opening':
        script = undefined;
        beats = [];
        openings.set((rest as string).trim(), beats);
        break;
      case 'from':
        if (script === undefined) return fail('“from” before any script', 'Begin with “script TITLE”.');
        script.from = (rest as string).trim();
        break;
      case 'host':
        if (script === undefined) return fail('“host” before any script', 'Begin with “script TITLE”.');
        script.host = readHost(words, script.host);
        break;
      case 'peer':
        if (script === undefined) return fail('“peer” before any script', 'Begin with “script TITLE”.');
        script.peer = readPeer(words, script.peer);
        break;
      default:
        fail(
          `“${keyword}” is nothing a line can begin with`,
          'Lines begin with script, opening, from, host, peer, a sentence with a capital, or blanks.',
        );
    }
  }
  for (const { title, line, from, beats: all } of scripts) {
    if (from === '')
      throw new ScriptMistake(
        file,
        line,
        `“${title}” does not say which rules it is about`,
        'Add a line “from RFC 9293 §3.5”.',
      );
    if (all.every(({ steps }) => steps.length === 0))
      throw new ScriptMistake(file, line, `“${title}” has no steps`, 'Add sentences, and steps below them.');
  }
  return { scripts, openings };
}

export function readStep(raw: string, file: string, line: number): Step {
  const words = new Words(raw, file, line);
  const text = words.text;
  const after = words.ahead.startsWith('+') ? readTime(words) : { from: 0, to: 0 };
  if (words.has('begin')) {
    const action: Action = { kind: 'begin', opening: words.take('the name of an opening') };
    words.end();
    return { line, text, after, port: PEER_PORT, action };
  }
  const actor = words.take('who does something');
  const [who, suffix] = actor.split(':') as [string, string?];
  const [port, lastPort] = (suffix ?? String(PEER_PORT)).split('-').map(asNumber) as [number?, number?];
  if (port === undefined || (lastPort ?? port) < port)
    return words.fail(`“${suffix}” is no port`, 'Write host:40001, or peers:40001-40010.');
  const read = ACTORS[who];
  if (read === undefined || !Object.hasOwn(ACTORS, who))
    words.fail(
      `“${actor}” does nothing`,
      `Steps are about ${Object.keys(ACTORS).join(', ')}; or begin with “begin”.`,
    );
  const action = read(words, lastPort === undefined ? 1 : lastPort - port + 1);
  words.end();
  return { line, text, after, port, action };
}

/** `+0.1s`, or `+0.1s..0.5s` where the host may choose. */
function readTime(words: Words): { from: Time; to: Time } {
  const word = words.take('a time').slice(1);
  const [from, to] = word.split('..').map(parseDuration) as [Time | undefined, Time?];
  if (from === undefined || (word.includes('..') && to === undefined))
    words.fail(`“+${word}” is no time`, 'Write +0, +200ms or +1.5s, or +0.1s..0.5s where it may vary.');
  return { from, to: to ?? from };
}

const ACTORS: Readonly<Record<string, (words: Words, peers: number) => Action>> = {
  program: readProgram,
  peer: readPeerStep,
  peers: readPeerStep,
  host: readHostStep,
  router: readRouter,
  all: (words) => {
    words.choice('thing about all', ['is']);
    words.choice('thing about all', ['over']);
    return { kind: 'over' };
  },
};

function readProgram(words: Words): Action {
  if (words.has('stops listening')) return { kind: 'stop-listening' };
  if (words.has('stops reading')) return { kind: 'reading', atOnce: false };
  if (words.has('reads at once')) return { kind: 'reading', atOnce: true };
  if (words.has('shuts down')) return { kind: 'shutdown' };
  const verb = words.choice('thing a program does (also: shuts down, stops listening, stops reading)', [
    'listens',
    'connects',
    'writes',
    'reads',
    'closes',
    'aborts',
    'sets',
    'hears',
  ]);
  switch (verb) {
    case 'listens':
      return {
        kind: 'listen',
        backlog: words.has('with backlog') ? words.number('a backlog') : undefined,
        cookies: !words.has('without cookies'),
      };
    case 'connects':
      return { kind: 'connect' };
    case 'closes':
      return { kind: 'close' };
    case 'aborts':
      return { kind: 'abort' };
    case 'sets':
      return { kind: 'set', options: readOptions(words) };
    case 'hears':
      return { kind: 'hears', told: readTold(words) };
    case 'writes': {
      const text = words.ahead.startsWith('"') ? words.quoted('a text') : undefined;
      const length = text?.length ?? words.number('a number of bytes, or a text');
      return {
        kind: 'write',
        length,
        text,
        urgent: words.has('urgently'),
        takes: words.has('takes') ? words.bounds('bytes taken') : undefined,
      };
    }
    case 'reads': {
      const most = words.isOver || /^(gets|")/.test(words.ahead) ? undefined : words.number('bytes at most');
      const text = words.ahead.startsWith('"') ? words.quoted('the text it gets') : undefined;
      return {
        kind: 'read',
        most,
        gets: words.has('gets') ? words.bounds('bytes it gets') : undefined,
        text,
      };
    }
  }
}

const TOLD = ['connected', 'readable', 'ended', 'writable', 'closed', 'failed', 'urgent'] as const;

function readTold(words: Words): string[] {
  if (words.has('nothing')) return [];
  const told: string[] = [];
  while (!words.isOver) {
    const what = words.choice('thing a program is told', TOLD);
    if (what === 'failed') told.push(`failed ${words.take('an error, as ECONNRESET')}`);
    else told.push(/^\d+$/.test(words.ahead) ? `${what} ${words.number('bytes')}` : what);
  }
  return told;
}

function readPeerStep(words: Words, peers: number): Action {
  const verb = words.choice('thing a peer does', ['sends', 'send', 'acknowledges']);
  if (verb === 'acknowledges') {
    const first = words.number('the first acknowledgment');
    words.choice('word', ['to']);
    const last = words.number('the last acknowledgment');
    words.choice('word', ['by']);
    return { kind: 'acknowledge', first, last, by: words.number('bytes for each') };
  }
  const times = asNumber(words.ahead) === undefined ? 1 : words.number('how often');
  if (times !== 1) words.choice('word', ['x']);
  return { kind: 'send', times, peers, segment: readSegment(words, true) };
}

function readHostStep(words: Words): Action {
  if (words.has('is in')) {
    const states = [words.choice('state', STATES)];
    while (words.has('or')) states.push(words.choice('state', STATES));
    return { kind: 'state', states };
  }
  if (words.has('sends nothing for')) return { kind: 'silence', time: words.duration('how long') };
  if (words.has('sends whatever for')) return { kind: 'whatever', time: words.duration('how long') };
  if (words.has('may send')) return { kind: 'expect', segments: [readSegment(words, false)], optional: true };
  const verb = words.choice('thing a host does (also: is in STATE, may send)', [
    'sends',
    'drops',
    'knows',
    'tells',
  ]);
  switch (verb) {
    case 'drops':
      return { kind: 'drops', choices: readReasons(words) };
    case 'knows':
      return { kind: 'knows', facts: readFacts(words) };
    case 'tells':
      return { kind: 'tells', event: words.take('the name of an event'), facts: readFacts(words) };
    case 'sends': {
      if (/^[<>=\d]/.test(words.ahead)) {
        const count = words.bounds('how many');
        words.choice('word', ['segments']);
        words.choice('word', ['of']);
        const length = words.number('bytes of text in each');
        words.choice('word', ['from']);
        return { kind: 'expect-run', count, length, first: words.number('the first sequence number') };
      }
      const segments = [readSegment(words, false)];
      while (words.has('or')) segments.push(readSegment(words, false));
      return { kind: 'expect', segments, optional: false };
    }
  }
}

/** `tcp-bad-ack, tcp-challenged`, or `nothing`; behind `or` what is fine too. */
function readReasons(words: Words): string[] {
  const choices: string[] = [];
  let reasons: string[] = [];
  while (!words.isOver) {
    const reason = words.take('a reason');
    if (reason === 'or') {
      choices.push(reasons.join(', '));
      reasons = [];
      continue;
    }
    if (reason !== 'nothing' && !Object.hasOwn(DROP_REASONS, reason) && !reason.startsWith('tcp-'))
      words.fail(
        `“${reason}” is no reason to drop`,
        'They are listed in docs/reference/drops.md; or write nothing.',
      );
    reasons.push(reason);
  }
  return [...choices, reasons.join(', ')];
}

/** `cwnd 14600, phase "slow start", srtt never` */
function readFacts(words: Words): Wanted[] {
  const facts: Wanted[] = [];
  while (!words.isOver) {
    const name = words.take('the name of a fact');
    if (words.ahead.startsWith('"')) facts.push([name, words.quoted('a text')]);
    else {
      const word = words.take('a value');
      facts.push([name, asBounds(word, asNumberOrTime) ?? word]);
    }
  }
  return facts;
}

function readRouter(words: Words): Action {
  words.choice('thing a router does', ['says']);
  const error = Object.entries(ICMP_ERRORS).find(([name]) => words.has(name))?.[1];
  if (error === undefined)
    words.fail(
      `“${words.rest}” is no error`,
      `A router says one of: ${Object.keys(ICMP_ERRORS).join(', ')}.`,
    );
  const mtu = words.has('mtu') ? words.number('bytes of a packet') : 0;
  words.choice('word', ['about']);
  words.choice('word', ['seq']);
  const about = words.number('the sequence number of the segment that died');
  return { kind: 'error', type: error[0], code: error[1], mtu, about };
}
