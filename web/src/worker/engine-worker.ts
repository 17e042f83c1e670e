// The worker: the engine with its runs, beside the page, so that the page never waits for it. Takes questions, gives answers.

import type { Question, Reply } from './protocol.js';
import { answerTo } from './questions.js';

/** What this file needs of a worker's global object: the page's types know only windows. */
interface WorkerScope {
  onmessage: ((message: MessageEvent<Question>) => void) | null;
  postMessage(reply: Reply, transfer?: Transferable[]): void;
}

const scope = globalThis as unknown as WorkerScope;

/** One question after the other: a run is never asked about while it is being made. */
let last: Promise<void> = Promise.resolve();

scope.onmessage = ({ data }) => {
  // A filter over a long run goes slice by slice, and everything else in between.
  if (data.subject === 'filter') last.then(() => void reply(data));
  else last = last.then(() => reply(data));
};

async function reply({ id, subject, ask }: Question): Promise<void> {
  try {
    const answer = await answerTo(subject, ask as never);
    scope.postMessage({ id, answer });
  } catch (error) {
    scope.postMessage({ id, failure: error instanceof Error ? error.message : String(error) });
  }
}
