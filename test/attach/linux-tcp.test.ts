// Linux is the judge of our TCP: the scripts and tables that ours is held to are played against Linux too, segment by
// segment, and whatever the two do differently is listed, with the reason. A difference that is not in the list fails, and
// so does one that is in the list and shows no more.

import { release } from 'node:os';
import { expect, it } from 'vitest';
import { expectNoLeaks } from '../kit.js';
import { checkKnown, isAsKnown, parseKnown, readKnown, writeKnown } from './linux-tcp/known-differences.js';
import { judgeAll, readPlans } from './linux-tcp/plays.js';
import { describeAttached } from './netns.js';

/** The kernel whose differences are listed. */
const KERNEL = '6.18';

expectNoLeaks();

/** Only scripts whose names match, for who looks into one. */
const ONLY = new RegExp(process.env.ONLY ?? '');
const isPartial = process.env.ONLY !== undefined;

describeAttached('TCP of Linux and ours', ['python3'], () => {
  it('differ in what is listed, and in nothing else', { timeout: 180_000 }, async () => {
    const plans = readPlans().filter(({ name }) => ONLY.test(name));
    const all = readKnown();
    const known = new Map([...all].filter(([name]) => ONLY.test(name)));
    const { found, repeated } = await judgeAll(plans, (name, lines) => isAsKnown(known.get(name), lines));
    if (repeated.size > 0) console.log(`The machine was late: played again were ${[...repeated].join(' ')}`);
    if (process.env.UPDATE === '1' && !isPartial) writeKnown(known, found);
    const wrong = checkKnown(process.env.UPDATE === '1' && !isPartial ? readKnown() : known, found);
    if (!release().startsWith(`${KERNEL}.`) && wrong.length > 0) {
      console.warn(`\n!!! the list is of Linux ${KERNEL}; ${release()} differs in ${wrong.length} scripts\n`);
      return;
    }
    expect(wrong.join('\n\n')).toBe('');
  });
});

it('notices what is not in the list, and what is in it for nothing', () => {
  const known = parseKnown(
    '[why] a.tcp: One\n  step\n    ours: x\n    linux: y\n~[why] a.tcp: Two\n  step\n',
  );
  const one = ['  step', '    ours: x', '    linux: y'];
  const found = (...entries: [string, string[]][]) => new Map(entries);
  expect(checkKnown(known, found(['a.tcp: One', one], ['a.tcp: Two', ['  other']]))).toEqual([]);
  expect(checkKnown(known, found(['a.tcp: One', one], ['a.tcp: Two', []])).join()).toContain('no more');
  expect(checkKnown(known, found(['a.tcp: One', one])).join()).toContain('no such script');
  expect(checkKnown(new Map(), found(['a.tcp: One', one])).join()).toContain('not listed');
  const other = ['  step', '    ours: x', '    linux: z'];
  expect(checkKnown(known, found(['a.tcp: One', other], ['a.tcp: Two', ['  x']])).join()).toContain(
    'otherwise',
  );
});
