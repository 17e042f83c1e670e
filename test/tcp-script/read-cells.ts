// Tables of states and what may happen in them: each cell becomes a script, and every cell must be there.
// A file declares states (an opening, and the numbers that hold then), then kinds: steps that happen, and for groups of
// states what follows. In its steps `una`, `nxt`, `rcv`, `wnd` and `ok` stand for the state's numbers; docs/tcp-scripts.md.

import { readStep } from './read-script.js';
import { readHost, readPeer, USUAL_HOST, USUAL_PEER } from './read-settings.js';
import type { Beat, Script, Step } from './script.js';
import { ScriptMistake, Words } from './words.js';

const SYMBOLS = ['una', 'nxt', 'rcv', 'wnd', 'ok'] as const;
type Numbers = Readonly<Record<(typeof SYMBOLS)[number], number>>;

interface StateRow {
  readonly name: string;
  /** Its name in RFC 9293. */
  readonly state: string;
  readonly opening: string;
  readonly numbers: Numbers;
}

interface Line {
  readonly line: number;
  readonly text: string;
}

interface Group {
  readonly line: number;
  readonly states: readonly string[];
  from: string;
  sentence: string;
  readonly steps: Line[];
}

interface Kind {
  readonly line: number;
  readonly name: string;
  readonly steps: Line[];
  readonly groups: Group[];
}

/**
 * One script per cell.
 * @param other the text of another file of tables, whose states and settings this one uses
 * @throws ScriptMistake, also when a cell is missing or there twice
 */
export function readCells(file: string, text: string, other: (name: string) => string): Script[] {
  const { kinds, states, host, peer } = readTables(file, text, other);
  return kinds.flatMap((kind) => {
    for (const group of kind.groups) checkGroup(file, group);
    return states.map((state) => {
      const groups = kind.groups.filter((group) => group.states.includes(state.name));
      if (groups.length !== 1) {
        const count = groups.length === 0 ? 'nobody has said what follows' : 'it is said twice what follows';
        throw new ScriptMistake(
          file,
          kind.line,
          `${count} when “${kind.name}” meets ${state.name}`,
          'One “in” must name it.',
        );
      }
      return cellScript(file, kind, groups[0] as Group, state, { host, peer });
    });
  });
}

interface Tables extends Pick<Script, 'host' | 'peer'> {
  readonly states: StateRow[];
  readonly kinds: Kind[];
}

function readTables(file: string, text: string, other: (name: string) => string): Tables {
  const states: StateRow[] = [];
  const kinds: Kind[] = [];
  let host = USUAL_HOST;
  let peer = USUAL_PEER;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = index + 1;
    const fail = (problem: string, mend: string): never => {
      throw new ScriptMistake(file, line, problem, mend);
    };
    if (/^\s*(#.*)?$/.test(raw)) continue;
    const kind = kinds.at(-1);
    const group = kind?.groups.at(-1);
    if (/^\s/.test(raw)) {
      if (kind === undefined) fail('a step before any kind', 'Begin with “kind NAME”.');
      (group ?? kind)?.steps.push({ line, text: raw });
      continue;
    }
    const [, keyword, rest = ''] = /^([a-z]+) +(.*)$/.exec(raw) ?? [];
    const words = new Words(rest, file, line);
    if (keyword === 'use') {
      const used = readTables(rest, other(rest), other);
      states.push(...used.states);
      ({ host, peer } = used);
    } else if (keyword === 'state') states.push(readState(words));
    else if (keyword === 'host') host = readHost(words, host);
    else if (keyword === 'peer') peer = readPeer(words, peer);
    else if (keyword === 'kind') kinds.push({ line, name: rest.trim(), steps: [], groups: [] });
    else if (keyword === 'in') {
      const names = rest.trim() === 'all' ? states.map(({ name }) => name) : rest.trim().split(/,\s*/);
      const unknown = names.find((name) => states.every((known) => known.name !== name));
      if (unknown !== undefined)
        fail(
          `“${unknown}” is no state of this file`,
          `States are ${states.map(({ name }) => name).join(', ')}.`,
        );
      kind?.groups.push({ line, states: names, from: '', sentence: '', steps: [] });
    } else if (group === undefined) fail(`“${raw}” stands in no cell`, 'Begin with “in STATE, STATE”.');
    else if (keyword === 'from') group.from = rest.trim();
    else group.sentence += `${group.sentence === '' ? '' : ' '}${raw.trim()}`;
  }
  return { states, kinds, host, peer };
}

function readState(words: Words): StateRow {
  const name = words.take('the name of a state');
  const state = words.has('is') ? words.take('a state of RFC 9293') : name;
  const opening = words.has('opening') ? words.take('an opening') : '';
  const numbers: Record<string, number> = { wnd: 0 };
  while (!words.isOver) numbers[words.choice('number of a state', SYMBOLS)] = words.number('its value');
  for (const symbol of SYMBOLS)
    if (numbers[symbol] === undefined) words.fail(`${name} has no ${symbol}`, 'Add its value.');
  return { name, state, opening, numbers: numbers as Numbers };
}

/** Every cell says where its rule stands, why, which state follows and whether anything is dropped. */
function checkGroup(file: string, { line, from, sentence, steps }: Group): void {
  const all = steps.map(({ text }) => text).join('\n');
  for (const [is, what] of [
    [from !== '', 'from RFC …'],
    [sentence !== '', 'a sentence'],
    [/host (is in|stays)/.test(all), 'host is in STATE, or host stays'],
    [/host drops/.test(all), 'host drops REASON, or host drops nothing'],
  ] as const) {
    if (!is) throw new ScriptMistake(file, line, 'a cell says too little', `It needs “${what}”.`);
  }
}

function cellScript(
  file: string,
  kind: Kind,
  group: Group,
  state: StateRow,
  settings: Pick<Script, 'host' | 'peer'>,
): Script {
  const step = ({ line, text }: Line): Step => readStep(filled(text, state), file, line);
  const silence = { line: group.line, text: '  +0 host sends nothing for 0.2s' };
  const { line } = group;
  const beats: Beat[] = [
    ...(state.opening === ''
      ? []
      : [
          {
            line,
            sentence: `The connection is in ${state.name}.`,
            steps: [step({ line, text: ` begin ${state.opening}` })],
          },
        ]),
    { line: kind.line, sentence: `${kind.name}.`, steps: kind.steps.map(step) },
    { line, sentence: group.sentence, steps: [...group.steps, silence].map(step) },
  ];
  return { file, line, title: `${kind.name} in ${state.name}`, from: group.from, beats, ...settings };
}

/** The step with the numbers of the state. */
function filled(text: string, { state, numbers }: StateRow): string {
  const symbol = SYMBOLS.join('|');
  return text
    .replace('host stays', `host is in ${state}`)
    .replace(new RegExp(`\\b(?:${symbol})(?:[+-](?:\\d+|${symbol}))*\\b`, 'g'), (sum) => {
      const terms = sum.match(/[+-]?\w+/g) as string[];
      return String(
        terms.reduce((total, term) => {
          const sign = term.startsWith('-') ? -1 : 1;
          const name = term.replace(/^[+-]/, '');
          const value = (numbers as Readonly<Record<string, number>>)[name] ?? Number(name);
          return total + sign * value;
        }, 0),
      );
    });
}
