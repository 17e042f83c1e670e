// What the worker makes of labs: opened ones, runs of them with heads for every step, frames in their steps, and answers.

import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { LABS, labSource, runOfLab } from '../test/kit.js';
import type { RunAnswer } from './protocol.js';
import { answerTo } from './questions.js';
import { openLab, releaseRun, runOf, startRun } from './runs.js';

afterEach(() => {
  vi.unstubAllGlobals();
});

describe.each(LABS)('%s', (name) => {
  let run: RunAnswer;
  beforeAll(async () => {
    run = await runOfLab(name);
  });

  it('has phases that follow each other and hold every step once', () => {
    let next = 0;
    for (const [index, { number, first, end, title }] of run.phases.entries()) {
      expect([number, first]).toEqual([index + 1, next]);
      expect(end).toBeGreaterThan(first);
      expect(title).not.toBe('');
      for (const { phase } of run.steps.slice(first, end)) expect(phase).toBe(number);
      next = end;
    }
    expect(next).toBe(run.steps.length);
  });

  it('has heads that name each step once and lie within the run', () => {
    expect(new Set(run.steps.map(({ id }) => id)).size).toBe(run.steps.length);
    for (const { id, seq, lastSeq, node, headline, sentence, phase } of run.steps) {
      expect(id).toMatch(new RegExp(`^${phase}[a-z]+$`));
      expect(seq).toBeGreaterThanOrEqual(run.start);
      expect(lastSeq).toBeGreaterThanOrEqual(seq);
      expect(lastSeq).toBeLessThan(run.length);
      expect(run.world.nodes[node]).toBeDefined();
      expect(headline && sentence).not.toBe('');
    }
  });

  it('tells of every frame which step sends it', async () => {
    const { framesOfStep } = runOf(run.run);
    const seen = new Map<number, number>();
    for (const [place, frames] of framesOfStep.entries()) for (const frame of frames) seen.set(frame, place);
    expect([...run.stepOfFrame]).toEqual(
      Array.from({ length: run.frames.length }, (_, frame) => seen.get(frame) ?? -1),
    );
    expect(run.stepOfFrame).not.toContain(-1);
    for (const [frame, place] of run.stepOfFrame.entries()) {
      const { seq, lastSeq } = run.steps[place] as RunAnswer['steps'][number];
      expect(run.frames.seq[frame]).toBeGreaterThanOrEqual(seq);
      expect(run.frames.seq[frame]).toBeLessThanOrEqual(lastSeq);
    }
  });

  it('looks in a step at what it sends first, or else at what came', async () => {
    for (const [place, frame] of run.frameOfStep.entries()) {
      const { step, frames } = await answerTo('step', { run: run.run, place });
      if (frames.length > 0) expect(frame).toBe(frames[0]);
      else if (frame >= 0) expect(step.events).toContain(run.frames.endSeq[frame]);
    }
  });

  it('counts the failed steps as the walk does: what was expected to be dropped is no failure', async () => {
    for (const [place, { failed }] of run.steps.entries()) {
      const { step } = await answerTo('step', { run: run.run, place });
      expect(failed).toBe(step.drop !== undefined && !step.drop.harmless);
    }
  });

  it('knows of every table row when it was set, when it last proved good and by which step', async () => {
    const { trace } = runOf(run.run);
    for (const seq of [-1, run.start, Math.floor(run.length / 2), run.length - 1, run.length + 9]) {
      const { nodes, notes, time } = await answerTo('tables', { run: run.run, seq });
      expect(time).toBe(seq < 0 ? 0 : trace.event(Math.min(seq, run.length - 1)).time);
      const rows = nodes.flatMap(({ tables }) => tables).flatMap((table) => table.rows);
      expect([...notes.keys()].sort()).toEqual([...new Set(rows.map((row) => row.seq))].sort());
      for (const [row, note] of notes) {
        expect(note.confirmedAt).toBeGreaterThanOrEqual(note.setAt);
        expect(note.confirmedAt).toBeLessThanOrEqual(Math.max(0, time));
        if (note.step < 0) continue;
        const { step } = await answerTo('step', { run: run.run, place: note.step });
        expect(step.events).toContain(row);
      }
    }
  });

  it('answers with what can be sent between threads', () => {
    expect(structuredClone(run)).toEqual(run);
  });

  it('gives the same bytes every time', async () => {
    const again = await startRun({ lab: labSource(name), typed: [] });
    expect(runOf(again.run).trace.hash()).toBe(runOf(run.run).trace.hash());
    expect({ ...again, run: 0 }).toEqual({ ...run, run: 0, label: undefined });
    releaseRun(again.run);
  });

  it('is the same when its YAML was read while the page was built', async () => {
    const { text } = labSource(name);
    vi.stubGlobal('fetch', async () => new Response(text));
    const built = await startRun({ lab: { kind: 'built-in', name }, typed: [] });
    expect(runOf(built.run).trace.hash()).toBe(runOf(run.run).trace.hash());
    expect({ ...built, run: 0, spec: run.spec }).toEqual({ ...run, run: 0, label: undefined });
    expect(runOf(built.run).text).toBe(text);
    releaseRun(built.run);
  });

  it('opens with a place for every node and a way for every cable, in both directions', async () => {
    const opened = await openLab(labSource(name));
    if ('problems' in opened) throw new Error('the lab has mistakes');
    const { world, consoles } = opened;
    for (const layout of [opened.layout, opened.layoutDown]) {
      expect(layout.nodes.length).toBe(world.nodes.length);
      expect(layout.links.length).toBe(world.links.length);
    }
    expect(consoles.length).toBe(world.nodes.length);
    for (const [node, has] of consoles.entries()) {
      const { names } = await answerTo('commands', { run: run.run, node });
      expect(names.length > 0, world.nodes[node]?.name).toBe(has);
    }
    expect(opened.url === '' || URL.canParse(opened.url)).toBe(true);
    expect(world).toEqual(run.world);
  });
});

describe('one run', () => {
  it('takes seed, URL and what was typed', async () => {
    const lab = labSource('nat-http');
    const typed = [{ after: 40, node: 'pc', line: 'arp -a' }];
    const run = await startRun({ lab, seed: 5, url: 'http://93.184.216.34/', typed });
    expect(run.spec).toEqual({ lab, seed: 5, url: 'http://93.184.216.34/', typed });
    expect(run.world.seed).toBe(5);
    expect(run.typed).toMatchObject([{ ...typed[0], exitCode: 0 }]);
    expect(run.summary.join(' ')).not.toContain('DNS');
    releaseRun(run.run);
  });

  it('is not held any more once it was released', async () => {
    const run = await startRun({ lab: labSource('nat-http'), typed: [] });
    expect(releaseRun(run.run)).toBe(true);
    expect(releaseRun(run.run)).toBe(false);
    expect(() => runOf(run.run)).toThrow('This run is not held any more.');
  });

  it('is not made of a file with mistakes; opening it tells them', async () => {
    const lab = { kind: 'text', file: 'bad.yaml', text: 'name: bad\ntopology: {}\n' } as const;
    await expect(startRun({ lab, typed: [] })).rejects.toThrow(/^bad\.yaml has mistakes: ./);
    const refused = await openLab(lab);
    expect(refused).toMatchObject({ file: 'bad.yaml', text: lab.text });
    expect('problems' in refused && refused.problems.length).toBeGreaterThan(0);
  });

  it('says what a lab can not be fetched for', async () => {
    await expect(openLab({ kind: 'built-in', name: '../secret' })).rejects.toThrow(
      `There is no lab '../secret'. The built-in labs are ${[...LABS].sort().join(', ')}.`,
    );
  });
});

describe('questions', () => {
  let run: number;
  beforeAll(async () => {
    ({ run } = await runOfLab('nat-http'));
  });

  it('looks addresses up in a routing table, and knows what is none', async () => {
    const pc = 0;
    const seq = runOf(run).trace.length - 1;
    const look = (destination: string) => answerTo('lookup', { run, seq, node: pc, destination });
    const found = await look(' 8.8.8.8 ');
    expect(found?.candidates.filter(({ wins }) => wins)).toHaveLength(1);
    for (const wrong of ['', '8.8.8', '8.8.8.8/8', 'www.example.com', '999.1.1.1'])
      expect(await look(wrong), wrong).toBeUndefined();
  });

  it('answers a filter with frames, and a wrong one with where it is wrong', async () => {
    const { frames } = runOf(run);
    const all = await answerTo('filter', { run, text: '' });
    expect('matches' in all && all.matches.length).toBe(frames.length);
    const arp = await answerTo('filter', { run, text: 'arp && eth.dst == ff:ff:ff:ff:ff:ff' });
    expect(arp).toMatchObject({ names: ['arp', 'eth.dst'] });
    expect(await answerTo('filter', { run, text: 'arp &&' })).toMatchObject({ position: 6 });
  });

  it('gives rows of the packet list in the order in which they are asked for', async () => {
    const lines = await answerTo('lines', { run, frames: [5, 0, 3] });
    expect(lines.map(({ number }) => number)).toEqual([6, 1, 4]);
  });

  it('completes commands of a console', async () => {
    expect(await answerTo('complete', { run, node: 'pc', partial: 'tracer' })).toEqual(['traceroute']);
    expect(await answerTo('complete', { run, node: 'nobody', partial: 'p' })).toEqual([]);
  });
});
