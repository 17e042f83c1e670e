// The outline as a list: what is listed, what a search leaves, and where the arrows go.

import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { runOfLab } from '../test/kit.js';
import type { RunAnswer } from '../worker/protocol.js';
import { keyOf, type OutlineItem, outlineOf, phaseOf, placeBeside, wordsOf } from './outline-items.js';

const NONE: ReadonlySet<number> = new Set();
let run: RunAnswer;
beforeAll(async () => {
  run = await runOfLab('campus');
});

const collapsedPhases = fc.uniqueArray(fc.nat(20)).map((phases) => new Set(phases));
const search = fc.constantFrom('', 'arp', 'ARP  cache', 'the router', 'zzz', '2c', 'tcp syn', ' ');

describe('the list', () => {
  it('tells what came of it first, then each phase with its steps and its outcome', () => {
    const { items } = outlineOf(run, NONE, []);
    const expected: OutlineItem[] = [{ kind: 'summary' }];
    run.phases.forEach(({ first, end, outcome }, phase) => {
      expected.push({ kind: 'phase', phase, steps: end - first });
      for (let place = first; place < end; place++) expected.push({ kind: 'step', place });
      if (outcome !== undefined) expected.push({ kind: 'outcome', phase });
    });
    expect(items).toEqual(expected);
  });

  it('agrees with its own indices, however it is folded and searched', () => {
    fc.assert(
      fc.property(collapsedPhases, search, (collapsed, query) => {
        const { items, itemOfStep, places, titles } = outlineOf(run, collapsed, wordsOf(query));
        const steps = items.flatMap((item) => (item.kind === 'step' ? [item.place] : []));
        expect(steps).toEqual(places);
        expect(places).toEqual(places.toSorted((a, b) => a - b));
        const listed = new Map(
          items.map((item, index) => [item.kind === 'step' ? item.place : -1 - index, index]),
        );
        expect([...itemOfStep]).toEqual(run.steps.map((_, place) => listed.get(place) ?? -1));
        expect(titles.map((index) => items[index]?.kind)).toEqual(titles.map(() => 'phase'));
        expect(items.filter(({ kind }) => kind === 'phase').length).toBe(titles.length);
        expect(new Set(items.map(keyOf)).size).toBe(items.length);
      }),
    );
  });

  it('puts the steps of a folded phase away, and keeps its title and its outcome', () => {
    const { items, itemOfStep } = outlineOf(run, new Set([1]), []);
    const [, second] = run.phases;
    expect(items.filter((item) => item.kind === 'phase').length).toBe(run.phases.length);
    expect(itemOfStep[second?.first ?? -1]).toBe(-1);
    expect(items).toContainEqual({ kind: 'outcome', phase: 1 });
  });

  it('keeps the key of an item, whatever stands around it', () => {
    const open = outlineOf(run, NONE, []);
    const folded = outlineOf(run, new Set([0, 2]), []);
    const place = run.phases[3]?.first ?? 0;
    const item = (outline: typeof open) => outline.items[outline.itemOfStep[place] as number] as OutlineItem;
    expect(keyOf(item(open))).toBe(keyOf(item(folded)));
  });
});

describe('a search', () => {
  it('leaves the steps that have every word, in any case and any part of them', () => {
    const found = outlineOf(run, NONE, wordsOf('  aRp   CACHE '));
    const expected = run.steps.flatMap((step, place) => {
      const text = [step.id, step.nodeLabel, step.headline, step.sentence].join(' ').toLowerCase();
      return text.includes('arp') && text.includes('cache') ? [place] : [];
    });
    expect(found.places).toEqual(expected);
    expect(expected.length).toBeGreaterThan(3);
    expect(expected.length).toBeLessThan(run.steps.length);
  });

  it('finds steps in phases that are folded, and leaves out phases in which nothing fits', () => {
    const { items, places } = outlineOf(run, new Set(run.phases.keys()), wordsOf('syn'));
    expect(places.length).toBeGreaterThan(0);
    for (const item of items) {
      expect(['phase', 'step']).toContain(item.kind);
      if (item.kind === 'phase') expect(item.steps).toBeGreaterThan(0);
    }
  });

  it('finds a step by its id', () => {
    const { id } = run.steps[40] as RunAnswer['steps'][number];
    expect(outlineOf(run, NONE, [id]).places).toContain(40);
  });

  it('may find nothing', () => {
    expect(outlineOf(run, NONE, wordsOf('no such words'))).toMatchObject({
      items: [],
      places: [],
      titles: [],
    });
  });

  it('does not look for what is no word', () => {
    expect(wordsOf(' \t\u00a0 ')).toEqual([]);
    expect(wordsOf('a\nB')).toEqual(['a', 'b']);
  });
});

it('knows the phase of every step', () => {
  for (const place of run.steps.keys()) {
    const { first, end } = run.phases[phaseOf(run, place)] as RunAnswer['phases'][number];
    expect(place >= first && place < end).toBe(true);
  }
});

describe('the listed place beside another', () => {
  it.each([
    [[], 3, 1, 1, undefined],
    [[1, 4, 7], 4, 1, 1, 7],
    [[1, 4, 7], 4, -1, 1, 1],
    [[1, 4, 7], 7, 1, 1, 7],
    [[1, 4, 7], 1, -1, 1, 1],
    // From a step that is not listed to its neighbours.
    [[1, 4, 7], 5, 1, 1, 7],
    [[1, 4, 7], 5, -1, 1, 4],
    [[1, 4, 7], 0, -1, 1, 1],
    [[1, 4, 7], 9, 1, 1, 7],
    [[1, 4, 7], 1, 1, 10, 7],
    [[1, 4, 7], 7, -1, 2, 1],
  ] as const)('in %j from %i, way %i by %i: %s', (places, place, way, by, found) => {
    expect(placeBeside(places, place, way, by)).toBe(found);
  });

  it('is as many places further as was asked, or at the end', () => {
    const places = fc.uniqueArray(fc.nat(60), { minLength: 1 }).map((list) => list.sort((a, b) => a - b));
    fc.assert(
      fc.property(places, fc.nat(60), fc.integer({ min: 1, max: 10 }), (list, place, by) => {
        const after = list.filter((one) => one > place);
        const before = list.filter((one) => one < place);
        expect(placeBeside(list, place, 1, by)).toBe(after[by - 1] ?? list.at(-1));
        expect(placeBeside(list, place, -1, by)).toBe(before.at(-by) ?? list[0]);
      }),
    );
  });
});
