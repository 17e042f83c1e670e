// The page's end of the wire to the worker: questions go out, answers come back as promises.

import type { Answer, Ask, Question, Reply, Subject } from '../worker/protocol.js';

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (failure: Error) => void;
}

const waiting = new Map<number, Waiting>();
let worker: Worker | undefined;
let lastId = 0;

/** Asks the engine. Rejected only by a defect, or when the run has been released. */
export function ask<S extends Subject>(subject: S, question: Ask<S>): Promise<Answer<S>> {
  worker ??= start();
  const id = ++lastId;
  const message: Question = { id, subject, ask: question };
  worker.postMessage(message);
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
  });
}

function start(): Worker {
  const started = new Worker(new URL('../worker/engine-worker.ts', import.meta.url), {
    type: 'module',
    name: 'engine',
  });
  started.onmessage = ({ data }: MessageEvent<Reply>) => {
    const one = waiting.get(data.id);
    waiting.delete(data.id);
    if ('failure' in data) one?.reject(new Error(data.failure));
    else one?.resolve(data.answer as never);
  };
  started.onerror = ({ message }) => {
    for (const one of waiting.values()) one.reject(new Error(message || 'The engine could not be started.'));
    waiting.clear();
  };
  return started;
}
