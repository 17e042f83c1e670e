// The address: what is written is read as the same, whatever somebody pastes is survived, and what is too much is said.

import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { anyText, runOfLab } from '../test/kit.js';
import type { LabSource, OpenedLab, TypedLine } from '../worker/protocol.js';
import { openLab } from '../worker/runs.js';
import { type Address, readAddress, sourceWords, specOf, writeAddress } from './address.js';
import { CENTRES, type HeldRun, type PageState, SIDES, START } from './store.js';

let lab: OpenedLab;
let run: HeldRun;

beforeAll(async () => {
  run = await runOfLab('nat-http');
  const opened = await openLab(run.spec.lab);
  if ('problems' in opened) throw new Error('the lab has mistakes');
  lab = opened;
});

const words = fc.string({ unit: 'grapheme', maxLength: 40 });
const someWords = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });
const seed = fc.option(fc.integer({ min: 0, max: 0xffffffff }), { nil: undefined });

const source: fc.Arbitrary<LabSource> = fc.oneof(
  fc.record({ kind: fc.constant('built-in' as const), name: words }),
  fc.record({ kind: fc.constant('served' as const), name: words }),
  fc.record({
    kind: fc.constant('text' as const),
    file: words,
    text: fc.string({ unit: 'grapheme', maxLength: 400 }),
  }),
);

const typedLine: fc.Arbitrary<TypedLine> = fc.record({
  after: fc.integer({ min: -1, max: 1_000_000 }),
  node: words,
  line: words,
});

/** A state with a run, or before Enter. */
const pageState = fc
  .record({
    source,
    seed,
    url: fc.option(someWords, { nil: undefined }),
    typed: fc.array(typedLine, { maxLength: 5 }),
    step: fc.nat(90),
    seq: fc.option(fc.integer({ min: -1, max: 350 }), { nil: undefined }),
    frame: fc.integer({ min: -1, max: 61 }),
    node: fc.integer({ min: -1, max: 8 }),
    allNodes: fc.boolean(),
    centre: fc.constantFrom(...CENTRES),
    side: fc.constantFrom(...SIDES),
    filter: words,
    hasRun: fc.boolean(),
  })
  .map(({ source: from, seed: drawn, url, typed, seq, hasRun, ...rest }): PageState => {
    const spec = {
      lab: from,
      typed,
      ...(drawn === undefined ? {} : { seed: drawn }),
      ...(url === undefined ? {} : { url }),
    };
    const held: HeldRun = { ...run, spec };
    return {
      ...START,
      ...rest,
      lab: { ...lab, source: from },
      url: url ?? lab.url,
      seed: drawn,
      seq: seq ?? held.steps[rest.step]?.lastSeq ?? -1,
      run: hasRun ? held : undefined,
      runs: hasRun ? [held] : [],
    };
  });

async function throughAddress(state: PageState): Promise<Address> {
  const hash = `#${writeAddress(state, await sourceWords(state.lab?.source as LabSource))}`;
  // What a browser does to it.
  return readAddress(new URL(hash, 'http://127.0.0.1/').hash);
}

describe('what is written is read as the same', () => {
  it('lab, seed, URL, commands, moment and views', async () => {
    await fc.assert(
      fc.asyncProperty(pageState, async (state) => {
        const address = await throughAddress(state);
        const { lab: from, seed: drawn } = state.run?.spec ?? { lab: state.lab?.source, seed: state.seed };
        expect(address.lab).toEqual(from);
        expect(address.problem).toBeUndefined();
        expect(address.seed).toBe(drawn);
        const url = state.run === undefined ? state.url : state.run.spec.url;
        expect(address.url ?? lab.url).toBe(url ?? lab.url);
        if (state.run === undefined) {
          expect(address).toMatchObject({ step: undefined, event: undefined, typed: [] });
          return;
        }
        expect(address.typed).toEqual(state.run.spec.typed);
        const step = state.run.steps.findIndex(({ id }) => id === address.step);
        expect(step).toBe(state.step);
        expect(address.event ?? state.run.steps[step]?.lastSeq).toBe(state.seq);
        if (state.frame >= 0) expect(address.frame ?? state.run.frameOfStep[step]).toBe(state.frame);
        expect(address.centre ?? 'network').toBe(state.centre);
        expect(address.side ?? 'step').toBe(state.side);
        expect(address.node).toBe(state.lab?.world.nodes[state.node]?.name);
        expect(address.allNodes).toBe(state.allNodes);
        expect(address.filter ?? '').toBe(state.filter);
      }),
      { numRuns: 80 },
    );
  });

  it('the run that comes of it is made of the same', async () => {
    await fc.assert(
      fc.asyncProperty(pageState, async (state) => {
        if (state.run === undefined) return;
        const { spec } = state.run;
        const made = specOf(await throughAddress(state), spec.lab);
        // The lab's own URL needs no telling.
        expect({ url: lab.url, ...made }).toEqual({ url: lab.url, ...spec });
      }),
      { numRuns: 50 },
    );
  });

  it('the start of a usual run is a short address that can be read', async () => {
    const state: PageState = { ...START, lab, run, runs: [run], step: 0, seq: run.steps[0]?.lastSeq ?? 0 };
    const first = { ...state, frame: run.frameOfStep[0] ?? -1 };
    expect(writeAddress(first, await sourceWords({ kind: 'built-in', name: 'nat-http' }))).toBe(
      'lab=nat-http&step=1a',
    );
  });

  it('every command of a long session, as long as a console takes them', async () => {
    const typed = Array.from({ length: 300 }, (_, after) => ({ after, node: 'pc', line: 'x'.repeat(2000) }));
    const state = { ...START, lab, run: { ...run, spec: { ...run.spec, typed } } };
    expect((await throughAddress(state)).typed).toEqual(typed);
  });
});

describe('lab files in an address', () => {
  const file = 'mine.yaml';

  it('keeps a file as it is, to the last byte', async () => {
    const texts = ['', '\ufeff# with a mark\r\nname: a\r\n', 'name: "\u0000\u{1f4a1}"\n', '  \n\t\n'];
    for (const text of texts) {
      const from: LabSource = { kind: 'text', file, text };
      expect((await readAddress(`#${await sourceWords(from)}`)).lab).toEqual(from);
    }
  });

  it('says that a file is too long to be held, and which', async () => {
    // Noise does not get smaller.
    let noise = 1;
    const letter = (): string => {
      noise = (Math.imul(noise, 1_664_525) + 1_013_904_223) >>> 0;
      return String.fromCharCode(33 + ((noise >>> 8) % 90));
    };
    const text = Array.from({ length: 60_000 }, letter).join('');
    const address = await readAddress(await sourceWords({ kind: 'text', file, text }));
    expect(address.lab).toBeUndefined();
    expect(address.problem).toBe('mine.yaml is too long to be held in an address: open the file itself.');
  });

  it('holds a large lab that packs well', async () => {
    const text = '# a lab with many machines like each other\n'.repeat(5000);
    const written = await sourceWords({ kind: 'text', file, text });
    expect(written.length).toBeLessThan(5000);
    expect((await readAddress(written)).lab).toEqual({ kind: 'text', file, text });
  });

  it('does not unpack a bomb', async () => {
    const written = await sourceWords({ kind: 'text', file, text: 'a'.repeat(3_000_000) });
    expect(written.length).toBeLessThan(70_000);
    expect(await readAddress(written)).toMatchObject({
      lab: undefined,
      problem: 'The lab in this address is damaged.',
    });
  });

  it('says that a file is damaged: cut off, changed, or no file at all', async () => {
    const written = await sourceWords({ kind: 'text', file, text: 'name: a lab\n'.repeat(20) });
    for (const broken of [written.slice(0, -4), `${written}!`, 'file=a&text=%', 'text=%C3%BC', 'text=AAAA']) {
      expect(await readAddress(broken), broken).toMatchObject({
        lab: undefined,
        problem: 'The lab in this address is damaged.',
      });
    }
  });
});

describe('garbage', () => {
  it('never throws, whatever is pasted', async () => {
    const key = fc.constantFrom(
      ...['lab', 'served', 'file', 'text', 'seed', 'url', 'typed', 'step', 'event', 'frame', 'view', 'side'],
      ...['node', 'nodes', 'filter', '__proto__', ''],
    );
    const value = fc.oneof(
      anyText(50),
      fc.json({ maxDepth: 3 }),
      fc.constantFrom('%', '%zz', '%ff', '1e400', '-0', '00', '0x10', '9'.repeat(400), '\ud800'),
    );
    const pasted = fc.oneof(
      anyText(100),
      fc
        .array(fc.tuple(key, value), { maxLength: 8 })
        .map((pairs) => pairs.map((pair) => pair.join('=')).join('&')),
    );
    await fc.assert(
      fc.asyncProperty(pasted, async (text) => {
        const address = await readAddress(`#${text}`);
        for (const line of address.typed) {
          expect(Number.isSafeInteger(line.after)).toBe(true);
          expect([typeof line.node, typeof line.line]).toEqual(['string', 'string']);
        }
        for (const number of [address.seed, address.event, address.frame]) {
          if (number !== undefined) expect(Number.isSafeInteger(number)).toBe(true);
        }
      }),
      { numRuns: 250 },
    );
  });

  it.each([
    ['seed=-1', 'seed'],
    ['seed=4294967296', 'seed'],
    ['seed=1.5', 'seed'],
    ['seed=', 'seed'],
    ['event=two', 'event'],
    ['event=99999999999999999999', 'event'],
    ['view=Network', 'centre'],
    ['view=constructor', 'centre'],
    ['side=', 'side'],
    [`url=${'a'.repeat(2001)}`, 'url'],
    [`filter=${'a'.repeat(2001)}`, 'filter'],
  ] as const)('leaves out %s', async (text, what) => {
    expect((await readAddress(text))[what]).toBeUndefined();
  });

  it('takes of the typed commands those that are sound', async () => {
    const typed = [[1, 'pc', 'arp -a'], [1, 'pc'], 'x', null, [1.5, 'a', 'b'], [2, 3, 'b'], [3, '', '']];
    const address = await readAddress(`typed=${encodeURIComponent(JSON.stringify(typed))}`);
    expect(address.typed).toEqual([
      { after: 1, node: 'pc', line: 'arp -a' },
      { after: 3, node: '', line: '' },
    ]);
    for (const broken of ['{"length":3}', '[[[', 'null', '1']) {
      expect((await readAddress(`typed=${encodeURIComponent(broken)}`)).typed).toEqual([]);
    }
  });
});
