// What is wrong with a lab file: where it stands, what stands there, and what would be right.

/** A place in a lab file. Line and column count from 1; `length` is in characters, at least 1, within the line. */
export interface Place {
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

export interface LabProblem extends Place {
  readonly file: string;
  /** Keys from the top of the file to the value, such as `topology.nodes.pc.gateway`; empty for the whole file. */
  readonly path: string;
  /** What is wrong, in one sentence that names the offending value. */
  readonly message: string;
  /** What would be right. */
  readonly mend?: string;
  /** The line as it stands in the file. */
  readonly source: string;
}

/** Keys and list positions from the top of the file. */
export type Path = readonly (string | number)[];

/** `topology.links[0].endpoints[1]` */
export function formatPath(path: Path): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else text += text === '' ? step : `.${step}`;
  }
  return text;
}

const SHOWN_LINE = 100;

/** The problem as a compiler would print it: file, line, column, message, the line with a mark under the value, and the mend. */
export function formatProblem(problem: LabProblem): string {
  const { file, line, column, path, message, mend, source } = problem;
  const where = path === '' ? '' : ` (${path})`;
  const number = String(line);
  const gutter = ' '.repeat(number.length);
  // A long line is shown around the mark.
  const from = column + problem.length > SHOWN_LINE ? Math.max(0, column - 1 - SHOWN_LINE / 2) : 0;
  const shown = blanked(source.slice(from, from + SHOWN_LINE));
  const mark = '^'.repeat(Math.max(1, Math.min(problem.length, shown.length - (column - 1 - from))));
  const lines = [
    blanked(`${file}:${line}:${column}: ${message}${where}`),
    ` ${number} | ${shown}`,
    ` ${gutter} | ${' '.repeat(column - 1 - from)}${mark}`,
  ];
  if (mend !== undefined) lines.push(` ${gutter} = ${blanked(mend)}`);
  return lines.join('\n');
}

/** A value as problems quote it: text in quotes, cut when long. */
export function quote(value: unknown): string {
  if (typeof value === 'string') {
    const short = value.length > 60 ? `${value.slice(0, 57)}…` : value;
    return `"${blanked(short)}"`;
  }
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a mapping' : String(value);
}

/** Control characters would do things to a terminal; a blank in their place keeps the columns. */
function blanked(text: string): string {
  return text.replace(/[\p{Cc}\p{Bidi_Control}]/gu, ' ');
}

/** More names than this are not compared: the hint is not worth the wait. */
const MAX_CANDIDATES = 5000;

/** The candidate that was probably meant: at most a third of its letters differ. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  let count = 0;
  for (const candidate of candidates) {
    if (++count > MAX_CANDIDATES) break;
    const limit = Math.max(1, Math.floor(Math.max(name.length, candidate.length) / 3));
    if (Math.abs(name.length - candidate.length) > limit || name.length > 100) continue;
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance <= limit && distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** "did you mean X?" when there is something near, otherwise what there is. */
export function suggest(name: string, candidates: Iterable<string>): string {
  const all = [...candidates];
  const near = nearest(name, all);
  if (near !== undefined) return `did you mean ${near}?`;
  if (all.length === 0) return 'there is none here';
  const shown = all.slice(0, 20).join(', ');
  return `known here: ${shown}${all.length > 20 ? ', …' : ''}`;
}

/** Insertions, deletions, replacements and swaps of neighbours that turn one text into the other. */
function editDistance(a: string, b: string): number {
  let older: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let value = Math.min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        value = Math.min(value, older[j - 2] + 1);
      row.push(value);
    }
    older = previous;
    previous = row;
  }
  return previous[b.length];
}
