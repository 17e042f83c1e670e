// "One frame's way" in ARCHITECTURE.md is true: its files and functions exist, and in a real run these functions recorded
// the events that the table names.

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readLab } from '../src/lab/read-lab.js';
import { runLab } from '../src/lab/run-lab.js';
import { EventRecords } from '../src/trace/event-records.js';
import type { TraceEvent } from '../src/trace/events.js';

const root = path.resolve(import.meta.dirname, '..');
const page = readFileSync(path.join(root, 'ARCHITECTURE.md'), 'utf8');

const rows = page
  .split('\n')
  .map((line) => /^\| .* \| .* \| `(src\/\S+)` \| `(\S+)` \| (.*) \|$/.exec(line))
  .filter((match) => match !== null)
  .map(([, file, name, event]) => ({ file, name, event }) as { file: string; name: string; event: string });

/** The events of a run and, for each, the call stack at the moment it was recorded. */
function recordWithStacks(): { events: TraceEvent[]; stacks: string[] } {
  const stacks: string[] = [];
  const { prototype } = EventRecords;
  const original = prototype.add;
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 40;
  prototype.add = function add(...values) {
    stacks.push(new Error('here').stack as string);
    return original.apply(this, values);
  };
  try {
    const file = path.join(root, 'labs/nat-http.yaml');
    const read = readLab(readFileSync(file, 'utf8'), file);
    if (!('lab' in read)) throw new Error('the lab does not read');
    return { events: [...runLab(read.lab).trace().events()], stacks };
  } finally {
    prototype.add = original;
    Error.stackTraceLimit = limit;
  }
}

function fits(event: TraceEvent, text: string): boolean {
  const [kind, first, second] = text.split(' ');
  if (event.kind === 'decided' && kind === 'decided')
    return event.layer === first && event.verdict === second;
  if (event.kind === 'app' && kind === 'app') return event.name === first;
  return event.kind === kind && first === undefined;
}

describe('one frame’s way in ARCHITECTURE.md', () => {
  it('has rows', () => {
    expect(rows.length).toBeGreaterThan(10);
  });

  it.each(rows)('$file $name exists', ({ file, name }) => {
    expect(existsSync(path.join(root, file))).toBe(true);
    const [owner, method] = name.split('.') as [string, string];
    const text = readFileSync(path.join(root, file), 'utf8');
    expect(text).toMatch(new RegExp(`class ${owner}\\b`));
    expect(text).toMatch(new RegExp(`^  (?:private )?${method}\\(`, 'm'));
  });

  it('is the way a frame really goes', () => {
    const { events, stacks } = recordWithStacks();
    expect(stacks.length).toBe(events.length);
    const missing = rows.filter(({ file, name, event }) => {
      const call = new RegExp(`at ${name.replace('.', '\\.')} \\(.*${file.replaceAll('.', '\\.')}`);
      return !events.some((recorded, index) => fits(recorded, event) && call.test(stacks[index] as string));
    });
    expect(missing).toEqual([]);
  });
});
