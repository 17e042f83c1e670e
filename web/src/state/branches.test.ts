// Branches: what is carried on, what begins anew, and what it is called.

import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { runOfLab } from '../test/kit.js';
import type { RunAnswer, TypedLine } from '../worker/protocol.js';
import { branchLabel, typedNext } from './branches.js';
import type { HeldRun } from './store.js';

type Typed = RunAnswer['typed'][number];

const ADDED: TypedLine = { after: -1, node: 'pc', line: 'arp -a' };

function typed(after: number, begun: number, ended: number, line = `typed after ${after}`): Typed {
  return { after, begun, ended, line, node: 'pc', output: '', exitCode: 0 };
}

const linesOf = (run: readonly Typed[], seq: number): string[] =>
  typedNext({ typed: run }, seq, { ...ADDED, after: seq }).typed.map(({ line }) => line);

describe('where a command goes', () => {
  const run = [typed(26, 39, 197, 'ping'), typed(210, 211, 210, 'arp -a'), typed(250, 255, 300, 'dig')];

  it.each([
    ['in the first run, a branch', [], 120, false, 0],
    ['where the last one ended, the same branch', run, 300, true, 3],
    ['long after the last one, the same branch', run, 5000, true, 3],
    ['before all of them, a branch without any', run, 10, false, 0],
    ['at the moment at which the first one was typed, a branch without it', run, 26, false, 0],
    ['while the first one waits for its turn, too', run, 38, false, 0],
    ['while the first one is under way, a branch with it', run, 100, false, 1],
    ['behind one that had no events, a branch with it', run, 210, false, 2],
    ['at the moment of the last one, a branch without it', run, 250, false, 2],
    ['while the last one is under way, a branch with it', run, 299, false, 3],
  ] as const)('%s', (_, before, seq, continues, kept) => {
    const next = typedNext({ typed: before }, seq, { ...ADDED, after: seq });
    expect(next.continues).toBe(continues);
    expect(linesOf(before, seq)).toEqual([...before.slice(0, kept).map(({ line }) => line), 'arp -a']);
  });

  it('a command without events at the end of a branch carries it on again and again', () => {
    const end = typed(197, 198, 197);
    expect(typedNext({ typed: [end] }, 197, ADDED).continues).toBe(true);
    expect(typedNext({ typed: [end, end] }, 197, ADDED)).toMatchObject({ continues: true });
  });

  it('keeps what happened in its order, adds one, and says nothing but what makes the run again', () => {
    const sessions = fc
      .array(fc.tuple(fc.nat(50), fc.nat(20), fc.integer({ min: -1, max: 50 })), { maxLength: 6 })
      .map((steps) => {
        let at = 0;
        return steps.map(([pause, wait, length]) => {
          const after = at + pause;
          const begun = after + 1 + wait;
          at = begun + length;
          return typed(after, begun, at);
        });
      });
    fc.assert(
      fc.property(sessions, fc.integer({ min: -1, max: 600 }), (before, seq) => {
        const next = typedNext({ typed: before }, seq, { ...ADDED, after: seq });
        const kept = next.typed.slice(0, -1);
        expect(next.typed.at(-1)).toEqual({ ...ADDED, after: seq });
        expect(kept).toEqual(
          before.slice(0, kept.length).map(({ after, node, line }) => ({ after, node, line })),
        );
        for (const [place, { begun, ended }] of before.entries()) {
          if (begun <= seq) expect(place).toBeLessThan(kept.length);
          else if (ended >= begun) expect(place).toBeGreaterThanOrEqual(kept.length);
        }
        if (next.continues) expect(kept.length).toBe(before.length);
        const moments = next.typed.map(({ after }) => after);
        expect(moments).toEqual(moments.toSorted((a, b) => a - b));
      }),
    );
  });
});

describe('what a branch is called', () => {
  let first: HeldRun;
  beforeAll(async () => {
    first = await runOfLab('nat-http');
  });

  it('by number, node, commands and the step after which it begins', () => {
    const step = first.steps[12];
    const line = { after: step?.seq ?? 0, node: 'pc', line: 'ping 8.8.8.8' };
    expect(branchLabel([line], first, 1)).toBe(`branch 1: pc: ping 8.8.8.8, after ${step?.id}`);
    expect(branchLabel([line, { ...line, line: 'arp -a' }], first, 2)).toBe(
      `branch 2: pc: ping 8.8.8.8; arp -a, after ${step?.id}`,
    );
  });

  it('names the node again when it is another one', () => {
    const lines = [
      ['pc', 'arp -a'],
      ['router', 'show ip arp'],
      ['router', 'show ip route'],
      ['pc', 'arp -a'],
    ] as const;
    const list = lines.map(([node, line]) => ({ after: 0, node, line }));
    expect(branchLabel(list, first, 3)).toBe(
      'branch 3: pc: arp -a; router: show ip arp; show ip route; pc: arp -a, before anything',
    );
  });

  it('knows a moment before the first step', () => {
    const before = (first.steps[0]?.seq ?? 0) - 1;
    expect(branchLabel([{ ...ADDED, after: before }], first, 1)).toMatch(/, before anything$/);
    expect(branchLabel([{ ...ADDED, after: before + 1 }], first, 1)).toMatch(/, after 1a$/);
  });
});
