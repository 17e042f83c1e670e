// What a person does on the page, with the real engine behind it: opening, running, walking, typing, coming back.

import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { labSource, startEngine } from '../test/kit.js';
import type { RunSpec } from '../worker/protocol.js';
import {
  enter,
  goByFrame,
  goToEnd,
  goToFrame,
  goToPhase,
  goToSeq,
  goToStart,
  goToStep,
  openConsole,
  openLab,
  restore,
  selectNode,
  stepBack,
  stepForward,
  switchRun,
  togglePlay,
  typeCommand,
} from './actions.js';
import { ask } from './engine-client.js';
import { type HeldRun, page, START, update } from './store.js';

const PING = 'ping -c 1 8.8.8.8';
const LAB = labSource('nat-http');

beforeAll(startEngine);

beforeEach(async () => {
  update(START);
  await openLab(LAB);
});

const run = (): HeldRun => page().run as HeldRun;
const lines = (): string[] => run().typed.map(({ line }) => line);
const hash = (one: HeldRun): Promise<string> => ask('hash', { run: one.run });

describe('opening a lab', () => {
  it('lets the network stand there, before anything happens', () => {
    expect(page()).toMatchObject({
      lab: { name: 'nat-http', url: 'http://www.example.com/' },
      url: 'http://www.example.com/',
      run: undefined,
      busy: undefined,
      notice: undefined,
      refused: undefined,
    });
  });

  it('shows the mistakes of a file and leaves the open lab as it is', async () => {
    await enter();
    const before = page();
    expect(await openLab({ kind: 'text', file: 'bad.yaml', text: 'name: [' })).toBe(false);
    expect(page().refused).toMatchObject({ file: 'bad.yaml', problems: [{ line: 1 }] });
    expect(page()).toMatchObject({ lab: before.lab, run: before.run, busy: undefined });
  });

  it('says in words that a lab is not there', async () => {
    expect(await openLab({ kind: 'built-in', name: 'constructor' })).toBe(false);
    expect(page().notice).toMatch(/^There is no lab 'constructor'. The built-in labs are campus, /);
    expect(page()).toMatchObject({ busy: undefined, lab: { name: 'nat-http' } });
  });

  it('forgets the runs, the filter and the node of the lab before', async () => {
    await enter();
    const old = run();
    update({ filter: 'tcp', node: 3, row: 7, side: 'tables', centre: 'ladder' });
    await openLab(labSource('three-routers'));
    const { run: none, runs, filter, node, row, side, centre } = page();
    expect({ none, runs, filter, node, row, side, centre }).toEqual({
      ...{ none: undefined, runs: [], filter: '', node: -1, row: -1, side: 'step', centre: 'network' },
    });
    await expect(hash(old)).rejects.toThrow('This run is not held any more.');
  });
});

describe('Enter', () => {
  it('runs the lab and stands at the first step', async () => {
    await enter();
    expect(page()).toMatchObject({ step: 0, seq: run().steps[0]?.lastSeq, pane: 'outline', side: 'step' });
    expect(run().spec).toEqual({ lab: LAB, typed: [] });
    expect(run().label).toBe('first run');
  });

  it('takes another URL and another seed, and gives each its own run', async () => {
    await enter();
    const first = await hash(run());
    update({ url: '  http://nowhere.example/ ' });
    await enter();
    expect(run().spec.url).toBe('http://nowhere.example/');
    expect(run().ok).toBe(false);
    update({ url: '   ', seed: 7 });
    await enter();
    expect(run().spec).toEqual({ lab: LAB, seed: 7, typed: [] });
    update({ seed: undefined });
    await enter();
    expect(await hash(run())).toBe(first);
    expect(page().runs).toEqual([run()]);
  });

  it('does nothing without a lab', async () => {
    update(START);
    await enter();
    expect(page()).toEqual(START);
  });
});

describe('walking', () => {
  beforeEach(enter);

  it('stays within the steps', () => {
    stepBack();
    expect(page().step).toBe(0);
    goToEnd();
    const last = run().steps.length - 1;
    expect(page()).toMatchObject({ step: last, seq: run().steps[last]?.lastSeq });
    stepForward();
    expect(page().step).toBe(last);
    goToStart();
    expect(page().step).toBe(0);
  });

  it('shows motion only on the way forward', () => {
    const { motion } = page();
    stepForward();
    expect(page().motion).toBe(motion + 1);
    stepBack();
    goToStep(5);
    expect(page().motion).toBe(motion + 1);
  });

  it('goes from phase to phase, first to the beginning of this one', () => {
    const [, second, third] = run().phases;
    goToPhase(1);
    expect(page().step).toBe(second?.first);
    goToPhase(1);
    expect(page().step).toBe(third?.first);
    stepForward();
    goToPhase(-1);
    expect(page().step).toBe(third?.first);
    goToPhase(-1);
    expect(page().step).toBe(second?.first);
    goToStart();
    goToPhase(-1);
    expect(page().step).toBe(0);
    goToEnd();
    const { step } = page();
    goToPhase(1);
    expect(page().step).toBe(step);
  });

  it('goes to the moment at which a frame is sent, and to the step that sends it', () => {
    const { frames, stepOfFrame } = run();
    for (let frame = 0; frame < frames.length; frame++) {
      goToFrame(frame);
      expect(page()).toMatchObject({ frame, seq: frames.seq[frame], step: stepOfFrame[frame] });
    }
    const before = page();
    goToFrame(frames.length);
    goToFrame(-1);
    expect(page()).toBe(before);
  });

  it('walks by frames from wherever it stands, over all of them', () => {
    const { frames } = run();
    goToSeq(-1);
    goByFrame(-1);
    const seen: number[] = [];
    for (let i = 0; i <= frames.length; i++) {
      goByFrame(1);
      seen.push(page().frame);
    }
    expect(seen).toEqual([...Array.from({ length: frames.length }, (_, i) => i), frames.length - 1]);
    goToSeq(frames.seq[9] as number);
    goByFrame(-1);
    expect(page().frame).toBe(8);
    goToSeq((frames.seq[9] as number) + 1);
    goByFrame(-1);
    expect(page().frame).toBe(9);
  });

  it('finds the step of any event, and nothing outside of the run', () => {
    goToSeq(1_000_000);
    expect(page().seq).toBe(run().length - 1);
    goToSeq(-50);
    expect(page()).toMatchObject({ seq: -1, step: 0 });
  });

  it('plays from the start when it stands at the end', () => {
    goToEnd();
    togglePlay();
    expect(page()).toMatchObject({ playing: true, step: 0 });
    togglePlay();
    expect(page().playing).toBe(false);
  });
});

describe('typing at consoles', () => {
  beforeEach(enter);

  it('makes a branch that begins at the moment and stands where the command is over', async () => {
    const first = run();
    goToStep(10);
    const { seq } = page();
    const result = await typeCommand('pc', PING);
    expect(result?.output).toContain('1 received');
    expect(page().runs).toEqual([first, run()]);
    expect(run().typed[0]).toMatchObject({ after: seq, node: 'pc', line: PING });
    expect(page().seq).toBe(run().typed[0]?.ended);
    expect(run().label).toBe(`branch 1: pc: ${PING}, after ${first.steps[10]?.id}`);
  });

  it('carries a branch on at its end, and lets go of what it was before', async () => {
    await typeCommand('pc', PING);
    const old = run();
    await typeCommand('pc', 'arp -a');
    await typeCommand('router', 'show ip nat translations');
    expect(page().runs.length).toBe(2);
    expect(lines()).toEqual([PING, 'arp -a', 'show ip nat translations']);
    expect(run().label).toBe(`branch 1: pc: ${PING}; arp -a; router: show ip nat translations, after 1a`);
    await expect(hash(old)).rejects.toThrow('This run is not held any more.');
  });

  it('begins another branch after going back to the moment at which a command was typed', async () => {
    const { seq } = page();
    await typeCommand('pc', PING);
    goToSeq(seq);
    const result = await typeCommand('pc', 'arp -a');
    // Nobody has answered yet: the ping of the other branch never happened here.
    expect(result?.output).toContain('<incomplete>');
    expect(lines()).toEqual(['arp -a']);
    expect(page().runs.map(({ label }) => label)).toEqual([
      'first run',
      `branch 1: pc: ${PING}, after 1a`,
      'branch 2: pc: arp -a, after 1a',
    ]);
  });

  it('keeps in another branch what had happened by then', async () => {
    await typeCommand('pc', PING);
    const { ended } = run().typed[0] ?? { ended: 0 };
    goToEnd();
    await typeCommand('pc', 'arp -a');
    goToSeq(ended - 1);
    await typeCommand('pc', 'ss -t');
    expect(lines()).toEqual([PING, 'ss -t']);
    expect(page().runs.length).toBe(3);
  });

  it('goes to another run without leaving what both have in common', async () => {
    const first = run();
    goToStep(20);
    const { seq } = page();
    await typeCommand('pc', PING);
    const branch = run();
    switchRun(first);
    expect(page()).toMatchObject({ run: first, seq });
    goToStep(4);
    const before = page().seq;
    switchRun(branch);
    expect(page()).toMatchObject({ run: branch, seq: before, step: 4 });
  });

  it('says what a console says of a command that is none', async () => {
    expect(await typeCommand('pc', 'no-such-command')).toMatchObject({ exitCode: 127 });
    expect(await typeCommand('nobody', 'ping')).toMatchObject({ exitCode: 127 });
    update(START);
    expect(await typeCommand('pc', PING)).toBeUndefined();
  });
});

describe('coming back', () => {
  it('makes the first run and its branch again, byte for byte', async () => {
    await enter();
    goToStep(10);
    await typeCommand('pc', PING);
    await typeCommand('pc', 'arp -a');
    const [hashes, labels] = [
      await Promise.all(page().runs.map(hash)),
      page().runs.map(({ label }) => label),
    ];
    const spec: RunSpec = structuredClone(run().spec);
    update(START);
    await openLab(LAB);
    expect(await restore(spec)).toBe(true);
    expect(page().runs.map(({ label }) => label)).toEqual(labels);
    expect(await Promise.all(page().runs.map(hash))).toEqual(hashes);
    expect(page().run).toBe(page().runs[1]);
  });
});

describe('looking at nodes', () => {
  it('shows tables, and keeps to the console while that is open', () => {
    selectNode(2);
    expect(page()).toMatchObject({ node: 2, side: 'tables', row: -1 });
    openConsole(1);
    selectNode(3);
    expect(page()).toMatchObject({ node: 3, side: 'console' });
    // Whoever wants to see a row wants the tables.
    selectNode(3, 12);
    expect(page()).toMatchObject({ side: 'tables', row: 12 });
  });
});
