// Words in a terminal: completing the one that is typed, candidates as columns, sentences broken between words.

import { cellAfter } from './cell-width.js';

/** What is to be typed behind `partial`, given all that its last word could become; empty when it is open. */
export function completionOf(partial: string, candidates: readonly string[]): string {
  const begun = lastWord(partial);
  const [first] = candidates;
  if (first === undefined) return '';
  if (candidates.length === 1) return `${first.slice(begun.length)} `;
  let common = first.length;
  for (const candidate of candidates) while (!candidate.startsWith(first.slice(0, common))) common--;
  return first.slice(begun.length, Math.max(common, begun.length));
}

export function lastWord(partial: string): string {
  return partial.split(/\s+/).at(-1) ?? '';
}

/** Down the columns, as `ls` does. */
export function inColumns(words: readonly string[], columns: number): string[] {
  const widths = words.map(widthOf);
  const cell = Math.max(...widths, 1) + 2;
  const across = Math.max(1, Math.floor(columns / cell));
  const down = Math.ceil(words.length / across);
  return Array.from({ length: down }, (_, row) => {
    let line = '';
    for (let i = row; i < words.length; i += down)
      line += `${words[i]}${' '.repeat(cell - (widths[i] as number))}`;
    return line.trimEnd();
  });
}

/**
 * A line as lines of at most so many columns, broken at blanks; what goes on is indented. A word that is wider by itself
 * stays whole, and so does a line with tabs, whose columns only the terminal knows.
 */
export function wrapped(line: string, columns: number): string[] {
  if (line.includes('\t') || widthOf(line) <= columns) return [line];
  const indent = `${/^ */.exec(line)?.[0] ?? ''}  `.slice(0, Math.floor(columns / 2));
  const lines: string[] = [];
  let now = '';
  for (const [piece] of line.matchAll(/ *[^ ]+/g)) {
    if (now === '' || widthOf(now + piece) <= columns) now += piece;
    else {
      lines.push(now);
      now = indent + piece.trimStart();
    }
  }
  return [...lines, now];
}

function widthOf(text: string): number {
  return cellAfter(text, Number.POSITIVE_INFINITY).column;
}
