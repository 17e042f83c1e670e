// Answers of the engine as components use them: the last one stays until the next is there, so nothing flickers.

import { useEffect, useState } from 'react';
import type { Answer, Ask, Subject } from '../worker/protocol.js';
import { ask } from './engine-client.js';

interface Kept<S extends Subject> {
  readonly key: string;
  readonly answer: Answer<S>;
}

/** Answers that were given lately, so that going back and forth asks nothing. */
const LATELY = 200;
const lately = new Map<string, unknown>();

/**
 * The answer to a question; undefined until the first one is there, and while `question` is undefined. While a new
 * question waits, the answer to the one before stays: compare its own `run` and `seq` where it matters.
 */
export function useAnswer<S extends Subject>(
  subject: S,
  question: Ask<S> | undefined,
): Answer<S> | undefined {
  const key = question === undefined ? undefined : `${subject} ${JSON.stringify(question)}`;
  const [kept, keep] = useState<Kept<S>>();
  const wasKnown = key !== undefined && lately.has(key);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says all of the question
  useEffect(() => {
    if (key === undefined || question === undefined || wasKnown) return;
    if (lately.has(key)) {
      // It came for somebody else between the drawing and now.
      keep({ key, answer: lately.get(key) as Answer<S> });
      return;
    }
    let current = true;
    askOnce(subject, question, key).then(
      (answer) => {
        remember(key, answer);
        if (current) keep({ key, answer });
      },
      // The run was released meanwhile: somebody opened another lab.
      () => {},
    );
    return () => {
      current = false;
    };
  }, [key]);
  if (key === undefined) return undefined;
  const known = lately.get(key) as Answer<S> | undefined;
  return known ?? kept?.answer;
}

/** Questions whose answer is not there yet: several components may want the same one. */
const underWay = new Map<string, Promise<unknown>>();

function askOnce<S extends Subject>(subject: S, question: Ask<S>, key: string): Promise<Answer<S>> {
  const waiting = underWay.get(key) ?? ask(subject, question).finally(() => underWay.delete(key));
  underWay.set(key, waiting);
  return waiting as Promise<Answer<S>>;
}

function remember(key: string, answer: unknown): void {
  lately.delete(key);
  lately.set(key, answer);
  for (const oldest of lately.keys()) {
    if (lately.size <= LATELY) break;
    lately.delete(oldest);
  }
}
