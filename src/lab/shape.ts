// Reads plain data by the schema and says in people's words what does not fit, as much of it as can be found at once:
// what is wrong is taken out and the rest is read again, so that it can be checked further.

import type * as z from 'zod/mini';
import type { PlacedData } from './placed-data.js';
import { formatPath, type LabProblem, nearest, type Path, quote } from './problem.js';
import { MEND_MARK } from './scalars.js';
import { type LabFile, labSchema } from './schema.js';

/** Rounds of taking out what is wrong; the second takes what misses something that the first took. */
const ROUNDS = 6;

/** With more faults than this, none of the rest is looked at. */
const MAX_FAULTS = 200;

/** Lists whose entries stand for themselves: one can be taken out without harm to the others. */
const LISTS = {
  links: ['topology', 'links'],
  script: ['script'],
  faults: ['faults'],
  checks: ['checks'],
} as const;
export type ListName = keyof typeof LISTS;

/** What could be read of a file. */
export interface Shape {
  /** Without what is wrong; undefined when nothing is left. */
  readonly file: LabFile | undefined;
  readonly problems: LabProblem[];
  /** Paths of what was taken out, see {@link formatPath}. */
  readonly removed: ReadonlySet<string>;
  /** The path in the text of an entry of one of the lists in `file`. */
  pathOf(list: ListName, index: number): Path;
}

type Issue = z.core.$ZodIssue;

/** One thing that is wrong: an issue of the schema with its whole path; of an unknown key, the path of that key. */
interface Fault {
  readonly issue: Issue;
  readonly path: Path;
  readonly isKey: boolean;
}

/** Stands in a list for an entry that was taken out. */
const REMOVED = Symbol('removed');

export function readShape(source: PlacedData): Shape {
  const problems: LabProblem[] = [];
  const removed = new Set<string>();
  // What is wrong is described before it is taken out, so the data themselves may be changed.
  const { data } = source;
  let indices: Record<ListName, number[]> = indicesOf(data);
  const pathOf = (list: ListName, index: number): Path => [...LISTS[list], indices[list][index] ?? index];
  for (let round = 0; round < ROUNDS; round++) {
    indices = indicesOf(data);
    const result = labSchema.safeParse(compact(data));
    if (result.success) return { file: result.data, problems, removed, pathOf };
    const faults = result.error.issues
      .flatMap((issue) => faultsOf(issue, []))
      .map((fault) => ({ ...fault, path: original(fault.path, indices) }));
    if (faults.length > MAX_FAULTS) {
      problems.push(...faults.slice(0, MAX_FAULTS).map((fault) => describe(source, fault)));
      return { file: undefined, problems, removed, pathOf };
    }
    for (const fault of faults) {
      const isKnown = removed.has(formatPath(fault.path)) || isMisspelt(data, fault, faults);
      if (!isKnown) problems.push(describe(source, fault));
    }
    for (const { path } of faults) {
      if (path.length === 1 && path[0] === 'name' && typeof data === 'object') {
        // Any name will do for looking at the rest.
        (data as Record<string, unknown>).name = 'lab';
        removed.add('name');
        continue;
      }
      const doomed = removable(data, path);
      if (doomed.length === 0) return { file: undefined, problems, removed, pathOf };
      remove(data, doomed);
      removed.add(formatPath(doomed));
    }
  }
  return { file: undefined, problems, removed, pathOf };
}

/** Was this, or something above or in it, taken out? */
export function isTouched(shape: Shape, path: Path): boolean {
  const own = formatPath(path);
  for (const gone of shape.removed) {
    if (own === gone || isBelow(own, gone) || isBelow(gone, own)) return true;
  }
  return false;
}

function isBelow(path: string, above: string): boolean {
  return path.startsWith(`${above}.`) || path.startsWith(`${above}[`);
}

/** What has to go so that the fault is gone: the value, what misses it, or the list within an entry that holds it. */
function removable(data: unknown, path: Path): Path {
  const wanted = valueAt(data, path) === undefined ? path.slice(0, -1) : path;
  const from = listOf(wanted) === undefined ? 0 : LISTS[listOf(wanted) as ListName].length + 1;
  const inner = wanted.findIndex((step, index) => index >= from && typeof step === 'number');
  return inner < 0 ? wanted : wanted.slice(0, inner);
}

function remove(data: unknown, path: Path): void {
  const holder = valueAt(data, path.slice(0, -1));
  const step = path.at(-1) as string | number;
  if (Array.isArray(holder)) holder[Number(step)] = REMOVED;
  else if (typeof holder === 'object' && holder !== null) delete (holder as Record<string, unknown>)[step];
}

function listOf(path: Path): ListName | undefined {
  return (Object.keys(LISTS) as ListName[]).find((name) => {
    const list = LISTS[name];
    return path.length > list.length && list.every((step, i) => path[i] === step);
  });
}

function indicesOf(data: unknown): Record<ListName, number[]> {
  const kept = (name: ListName): number[] => {
    const list = valueAt(data, LISTS[name]);
    return Array.isArray(list) ? [...list.keys()].filter((index) => list[index] !== REMOVED) : [];
  };
  return { links: kept('links'), script: kept('script'), faults: kept('faults'), checks: kept('checks') };
}

/** The data without the gaps in their lists. */
function compact(data: unknown): unknown {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return data;
  const whole = (value: unknown) =>
    Array.isArray(value) ? value.filter((entry) => entry !== REMOVED) : value;
  const copy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(data)) copy[key] = whole(value);
  const { topology } = copy;
  if (typeof topology === 'object' && topology !== null && 'links' in topology) {
    copy.topology = { ...topology, links: whole(topology.links) };
  }
  return copy;
}

/** A path in the compact data as a path in the text. */
function original(path: Path, indices: Record<ListName, number[]>): Path {
  const name = listOf(path);
  if (name === undefined) return path;
  const at = LISTS[name].length;
  return path.map((step, i) => (i === at && typeof step === 'number' ? (indices[name][step] ?? step) : step));
}

function faultsOf(issue: Issue, above: Path): Fault[] {
  const path = [...above, ...(issue.path as (string | number)[])];
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ issue, path: [...path, key], isKey: true }));
  if (issue.code === 'invalid_key') return [{ issue, path, isKey: true }];
  if (issue.code === 'invalid_union') {
    const branches = issue.errors.map((branch) => branch.flatMap((inner) => faultsOf(inner, path)));
    // A value of the wrong type fits no branch; otherwise the branch that fits best was meant.
    const deep = branches.filter((faults) =>
      faults.some((fault) => fault.path.length > path.length || fault.issue.code === 'invalid_format'),
    );
    const best = deep.sort((a, b) => misfit(a) - misfit(b))[0];
    if (best !== undefined) return best;
  }
  return [{ issue, path, isKey: false }];
}

/** Unknown keys say most clearly that another branch was meant, unless one is nearly known. */
function misfit(faults: readonly Fault[]): number {
  return faults.reduce((sum, fault) => {
    if (fault.issue.code !== 'unrecognized_keys') return sum + 1;
    return sum + (nearest(String(fault.path.at(-1)), knownKeys(fault.issue)) === undefined ? 3 : 2);
  }, 0);
}

/** Is this a missing key that stands beside its own misspelling? One of the two messages is enough. */
function isMisspelt(data: unknown, { path }: Fault, faults: readonly Fault[]): boolean {
  if (valueAt(data, path) !== undefined) return false;
  const above = formatPath(path.slice(0, -1));
  return faults.some(({ issue, path: other }) => {
    if (issue.code !== 'unrecognized_keys' || formatPath(other.slice(0, -1)) !== above) return false;
    return nearest(String(other.at(-1)), knownKeys(issue)) === path.at(-1);
  });
}

/** The schema puts the keys it knows into the message about those it does not know. */
function knownKeys(issue: Issue): string[] {
  return issue.message.split(' ');
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'a mapping',
  record: 'a mapping',
};

function describe(source: PlacedData, { issue, path, isKey }: Fault): LabProblem {
  const value = valueAt(source.data, path);
  const key = String(path.at(-1) ?? '');
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = knownKeys(issue);
      const near = nearest(key, known);
      const mend = near === undefined ? `known here: ${known.join(', ')}` : `did you mean ${near}?`;
      return source.problem(path, `there is no key ${quote(key)} here`, mend, 'key');
    }
    case 'invalid_key': {
      const [message, mend] = words(issue.issues[0]?.message ?? '');
      return source.problem(path, `${quote(key)} ${message}`, mend, 'key');
    }
    case 'invalid_type':
    case 'invalid_union': {
      const wanted =
        issue.code === 'invalid_type' ? (TYPE_WORDS[issue.expected] ?? issue.expected) : wantedByUnion(issue);
      if (value === undefined) {
        if (path.length === 0)
          return source.problem(path, 'the file is empty', 'begin with name: and topology:');
        return source.problem(path, `${quote(key)} is missing`, `it is ${wanted}`);
      }
      const hint =
        wanted === 'text' && typeof value !== 'object' && value !== null
          ? `; put it in quotes: "${String(value)}"`
          : '';
      return source.problem(path, `${quote(value)} is not ${wanted}`, `write ${wanted} here${hint}`);
    }
    case 'invalid_value': {
      if (value === undefined)
        return source.problem(path, `${quote(key)} is missing`, `one of: ${issue.values.join(', ')}`);
      const known = issue.values.map(String);
      const near = typeof value === 'string' ? nearest(value, known) : undefined;
      return source.problem(
        path,
        `${quote(value)} is none of: ${known.join(', ')}`,
        near && `did you mean ${near}?`,
      );
    }
    case 'too_big':
    case 'too_small': {
      const isBig = issue.code === 'too_big';
      const limit = String(isBig ? issue.maximum : issue.minimum);
      if (issue.origin === 'array') {
        return source.problem(
          path,
          `the list has ${isBig ? 'more' : 'fewer'} entries than ${limit}`,
          `write ${limit} entries`,
        );
      }
      if (issue.origin === 'string')
        return source.problem(
          path,
          `${quote(value)} is too ${isBig ? 'long' : 'short'}`,
          `${isBig ? 'at most' : 'at least'} ${limit} characters`,
        );
      return source.problem(
        path,
        `${quote(value)} is too ${isBig ? 'large' : 'small'}`,
        `${isBig ? 'at most' : 'at least'} ${limit}`,
      );
    }
    default: {
      const [message, mend] = words(issue.message);
      return source.problem(path, `${quote(value)} ${message}`, mend, isKey ? 'key' : 'value');
    }
  }
}

/** The branches of a union in words: `text or a list`. */
function wantedByUnion(issue: Extract<Issue, { code: 'invalid_union' }>): string {
  const wanted = issue.errors.flatMap((branch) =>
    branch.map((inner) =>
      inner.code === 'invalid_type'
        ? (TYPE_WORDS[inner.expected] ?? inner.expected)
        : inner.code === 'invalid_value'
          ? inner.values.join(', ')
          : '',
    ),
  );
  return [...new Set(wanted.filter((word) => word !== ''))].join(' or ') || 'something else';
}

function words(message: string): [message: string, mend: string | undefined] {
  const [what, mend] = message.split(MEND_MARK);
  return [what as string, mend === undefined || mend === '' ? undefined : mend];
}

function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  let value = data;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[step];
  }
  return value;
}
