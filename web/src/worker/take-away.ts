// What can be taken away from a run, as files. Loaded when somebody takes something.

import {
  captureComments,
  encodeUtf8,
  explainWalk,
  toSvg,
  tracePcapng,
  walkToJson,
  walkToMarkdown,
} from 'wirewalk';
import type { Ask, FileAnswer } from './protocol.js';
import { runOf } from './runs.js';

export function fileAnswer({ run, what, interfaces }: Ask<'takeAway'>): FileAnswer {
  const { trace, walk, lab, text } = runOf(run);
  const { name } = lab;
  switch (what) {
    case 'pcapng': {
      // As `wirewalk capture` does it, so that both files have the same bytes.
      const comments = captureComments(explainWalk(trace, { phases: lab.phases }), trace);
      const application = `wirewalk ${__VERSION__}`;
      const blocks = tracePcapng(trace, {
        comments,
        application,
        ...(interfaces === undefined ? {} : { interfaces }),
      });
      return { name: `${name}.pcapng`, type: 'application/x-pcapng', bytes: joined(blocks) };
    }
    case 'markdown':
      return { name: `${name}.md`, type: 'text/markdown', bytes: encodeUtf8(walkToMarkdown(walk, trace)) };
    case 'json':
      return {
        name: `${name}.json`,
        type: 'application/json',
        bytes: encodeUtf8(`${JSON.stringify(walkToJson(walk, trace), undefined, 2)}\n`),
      };
    case 'svg':
      return { name: `${name}.svg`, type: 'image/svg+xml', bytes: encodeUtf8(toSvg(trace.world)) };
    case 'yaml':
      return { name: `${name}.yaml`, type: 'application/yaml', bytes: encodeUtf8(text) };
  }
}

function joined(blocks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(blocks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const block of blocks) {
    whole.set(block, at);
    at += block.length;
  }
  return whole;
}
