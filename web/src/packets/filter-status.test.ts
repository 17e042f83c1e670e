// What is said about a filter while it is typed.

import { describe, expect, it } from 'vitest';
import { fieldCatalogue } from 'wirewalk';
import { runOfLab } from '../test/kit.js';
import { filterWords } from './filter-completion.js';
import { type FilterFacts, filterStatus } from './filter-status.js';
import type { Verdict } from './filter-verdicts.js';

const fit = (text: string, count: number, ...names: string[]): Verdict => ({
  text,
  matches: new Int32Array(count),
  names,
});

async function said(facts: Partial<FilterFacts>) {
  const words = filterWords(fieldCatalogue(), (await runOfLab('nat-http')).world);
  return filterStatus({ text: 'arp', applied: '', verdict: undefined, words, total: 62, ...facts });
}

describe('a filter', () => {
  it.each<[string, Partial<FilterFacts>, object]>([
    ['none', { text: '' }, { kind: 'empty', sentence: '62 frames, no filter' }],
    ['one frame, no filter', { text: '', total: 1 }, { kind: 'empty', sentence: '1 frame, no filter' }],
    ['waiting', {}, { kind: 'waiting', sentence: 'Looking through 62 frames …' }],
    ['sound', { verdict: fit('arp', 8, 'arp') }, { kind: 'sound', sentence: '8 of 62 frames' }],
    [
      'sound, in a long run',
      { verdict: fit('arp', 1234, 'arp'), total: 98_765 },
      { sentence: '1,234 of 98,765 frames' },
    ],
    [
      'sound, and nothing fits',
      { verdict: fit('arp', 0, 'arp') },
      { kind: 'sound', sentence: 'No frame fits: 0 of 62 frames' },
    ],
    [
      'of an unknown name, while it is typed',
      { verdict: fit('arq', 0, 'arq') },
      { kind: 'unknown', sentence: 'No field or protocol is called arq. Enter applies it.' },
    ],
    [
      'of unknown names, in force',
      { applied: 'arq || ipp', verdict: fit('arq || ipp', 0, 'arq', 'ipp') },
      { kind: 'unknown', sentence: 'No fields or protocols are called arq or ipp. 0 of 62 frames.' },
    ],
    [
      'wrong, while another one is in force',
      { applied: 'tcp', verdict: { text: 'arp && §', error: '"§" means nothing', position: 7 } },
      {
        kind: 'wrong',
        sentence: 'No filter yet: "§" means nothing (character 8). Still shown: tcp',
        position: 7,
      },
    ],
    [
      'wrong at its end, and given in all the same',
      { applied: 'arp &&', verdict: { text: 'arp &&', error: 'the end', position: 6 } },
      { kind: 'wrong', sentence: 'No filter yet: the end. All frames are shown.', position: 6 },
    ],
  ])('%s', async (_, facts, expected) => {
    expect(await said(facts)).toMatchObject(expected);
  });

  it('may be judged before its words are known', async () => {
    expect(await said({ verdict: fit('arq', 3, 'arq'), words: undefined })).toMatchObject({
      ...{ kind: 'sound', sentence: '3 of 62 frames' },
    });
  });
});
