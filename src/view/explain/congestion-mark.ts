// A packet is marked where a queue grows, on its way out: a clause of the step that sends it.
// Reading list: RFC 3168 §5, RFC 7567 §4.2.

import type { Context } from './context.js';
import { type Draft, find } from './draft.js';
import { packetNoun } from './packet-noun.js';
import { because } from './reasons.js';
import type { Telling } from './step.js';

/** The step, with what it says about a mark of congestion, if its packet gets one. */
export function withMark(context: Context, draft: Draft, telling: Telling): Telling {
  const mark = find(draft, 'decided', ({ verdict }) => verdict === 'mark');
  if (mark === undefined) return telling;
  const noun = packetNoun(context, context.frames.of(mark.frame));
  const isFirst = context.once(`marks congestion ${mark.interface}`);
  const clause = isFirst
    ? ` The queue in front of the link is long: as the sender of ${noun} speaks ECN, it is marked as having met congestion (CE), and nothing has to be thrown away.`
    : ` The queue in front of the link is long: ${noun} is marked (CE).`;
  return {
    ...telling,
    headline: `${telling.headline}, marked CE`,
    sentence: telling.sentence + clause,
    ...(isFirst ? because('ecn-mark') : {}),
  };
}
