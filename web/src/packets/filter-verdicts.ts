// What the engine says about display filters. The field, the list and the ladder ask the same; it is worked out once.

import { useEffect, useState } from 'react';
import { ask } from '../state/engine-client.js';
import type { FilterAnswer } from '../worker/protocol.js';

/** What came of a filter, with its text. */
export type Verdict = FilterAnswer & { readonly text: string };

/** A verdict over a long run is some hundred kilobytes. */
const KEPT = 12;
const asked = new Map<string, Promise<Verdict>>();

/** Tries a filter on all frames of a run. */
export function judge(run: number, text: string): Promise<Verdict> {
  const key = `${run} ${text}`;
  const known = asked.get(key);
  if (known !== undefined) return known;
  const verdict = ask('filter', { run, text }).then((answer) => ({ ...answer, text }));
  asked.set(key, verdict);
  verdict.catch(() => asked.delete(key));
  for (const oldest of asked.keys()) {
    if (asked.size <= KEPT) break;
    asked.delete(oldest);
  }
  return verdict;
}

/** The verdict on a filter; until it is there, that on the filter before. Undefined for an empty filter. */
export function useVerdict(run: number, text: string): Verdict | undefined {
  const [last, setLast] = useState<{ readonly run: number; readonly verdict: Verdict }>();
  useEffect(() => {
    if (text === '') return;
    let current = true;
    judge(run, text).then(
      (verdict) => {
        if (current) setLast({ run, verdict });
      },
      // The run was released: somebody opened another lab.
      () => {},
    );
    return () => {
      current = false;
    };
  }, [run, text]);
  return text === '' || last?.run !== run ? undefined : last.verdict;
}
