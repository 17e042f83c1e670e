// A YAML text as plain data, with the place of every key and value. Never throws, whatever the text.
// Reading list: YAML 1.2.2 §10.3 (core schema); the package `yaml`.

import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
} from 'yaml';
import type { PlacedData } from './placed-data.js';
import type { LabProblem, Path, Place } from './problem.js';
import { formatPath, quote } from './problem.js';

/** Characters; a lab with 100,000 nodes has about 20 million. */
const MAX_TEXT = 100_000_000;
/** A lab is eight levels deep; the parser itself is recursive. */
const MAX_DEPTH = 40;
/** Values after aliases (`*name`) are replaced by what they stand for. */
const MAX_VALUES = 10_000_000;
/** Values that may come from aliases: a page or two, not the bomb that ten lines of aliases can be. */
const MAX_ALIASED = 100_000;

export class YamlSource implements PlacedData {
  readonly file: string;
  readonly text: string;
  /** Syntax errors and keys that stand twice. */
  readonly problems: LabProblem[] = [];
  /** The data, or undefined when the text is no YAML. */
  readonly data: unknown;
  private readonly lines = new LineCounter();
  private readonly top: Node | null;
  /** What `*name` stands for. */
  private readonly anchors = new Map<string, Node>();
  private count = 0;
  private aliased = 0;

  constructor(text: string, file: string) {
    this.file = file;
    this.text = text;
    this.top = this.parse();
    if (this.top !== null && this.problems.length === 0) this.data = this.convert(this.top, [], false);
  }

  /** Reports a problem with the value at a path, or with its key. */
  problem(path: Path, message: string, mend?: string, at: 'value' | 'key' = 'value'): LabProblem {
    const place = at === 'key' ? this.keyPlace(path) : this.valuePlace(path);
    return this.problemAt(place, path, message, mend);
  }

  /** Where the value at a path stands; where it is missing, the key above it. */
  valuePlace(path: Path): Place {
    const found = this.find(path);
    if (found === undefined) return path.length === 0 ? this.placeOf(0, 1) : this.keyPlace(path.slice(0, -1));
    const range = found.value?.range ?? found.key?.range;
    // A mapping or list over several lines is marked by its key.
    if (range !== undefined && range !== null && !(isLong(found.value) && found.key?.range)) {
      return this.placeOf(range[0], range[1]);
    }
    return this.keyPlace(path);
  }

  private keyPlace(path: Path): Place {
    const found = this.find(path);
    const range = found?.key?.range ?? (isLong(found?.value) ? undefined : found?.value?.range);
    if (range) return this.placeOf(range[0], range[1]);
    const start = found?.value?.range?.[0];
    if (start !== undefined) return this.placeOf(start, start + 1);
    return path.length === 0 ? this.placeOf(0, 1) : this.keyPlace(path.slice(0, -1));
  }

  private problemAt(place: Place, path: Path, message: string, mend?: string): LabProblem {
    const start = this.lines.lineStarts[place.line - 1] ?? 0;
    const end = this.text.indexOf('\n', start);
    const source = this.text.slice(start, end < 0 ? undefined : end).replace(/\r$/, '');
    const base = { file: this.file, ...place, path: formatPath(path), message, source };
    return mend === undefined ? base : { ...base, mend };
  }

  private parse(): Node | null {
    if (this.text.length > MAX_TEXT) {
      this.refuse(0, 1, `the file is longer than ${MAX_TEXT} characters`);
      return null;
    }
    try {
      const document = parseDocument(this.text, {
        lineCounter: this.lines,
        version: '1.2',
        schema: 'core',
        merge: false,
        // Looked for here, since the package compares every key with every other.
        uniqueKeys: false,
        stringKeys: true,
        prettyErrors: false,
        logLevel: 'error',
      });
      for (const error of document.errors) {
        this.refuse(
          error.pos[0],
          error.pos[1],
          `this is no lab file: ${lowerFirst(error.message.replace(/;.*/, ''))}`,
        );
      }
      return document.contents;
    } catch {
      // The parser is recursive; a text that nests very deeply exhausts the stack.
      this.refuse(0, 1, 'the text nests too deeply to be read');
      return null;
    }
  }

  private refuse(start: number, end: number, message: string): void {
    if (this.lines.lineStarts.length === 0) this.lines.addNewLine(0);
    this.problems.push(this.problemAt(this.placeOf(start, end), [], message));
  }

  private placeOf(start: number, end: number): Place {
    const { line, col } = this.lines.linePos(Math.min(start, this.text.length));
    const lineEnd = this.text.indexOf('\n', start);
    const stop = lineEnd < 0 ? this.text.length : lineEnd;
    return {
      line: Math.max(1, line),
      column: Math.max(1, col),
      length: Math.max(1, Math.min(end, stop) - start),
    };
  }

  private convert(node: unknown, path: Path, aliased: boolean): unknown {
    this.count++;
    if (aliased) this.aliased++;
    if (path.length > MAX_DEPTH || this.count > MAX_VALUES || this.aliased > MAX_ALIASED) {
      if (this.problems.length === 0)
        this.problems.push(this.problem([], 'the file nests too deeply or repeats itself too often'));
      return undefined;
    }
    if (isAlias(node)) {
      const target = this.top === null ? undefined : this.anchors.get(node.source);
      if (target === undefined) {
        this.problems.push(this.problem(path, `*${node.source} stands for nothing that came before it`));
        return undefined;
      }
      return this.convert(target, path, true);
    }
    let data: unknown = null;
    if (isMap(node)) data = this.convertMap(node.items, path, aliased);
    else if (isSeq(node))
      data = node.items.map((item, index) => this.convert(item, [...path, index], aliased));
    else if (isScalar(node)) data = node.value;
    // Known from its end on, so that nothing can hold itself.
    if (isNode(node) && !aliased && 'anchor' in node && node.anchor !== undefined)
      this.anchors.set(node.anchor, node);
    return data;
  }

  private convertMap(pairs: readonly Pair[], path: Path, aliased: boolean): unknown {
    const data: Record<string, unknown> = {};
    for (const { key, value } of pairs) {
      const name = isScalar(key) ? String(key.value) : '';
      const inner = [...path, name];
      if (name === '__proto__' || name === '') {
        this.problems.push(this.problem(path, `${quote(name)} is no key`, undefined, 'key'));
      } else if (Object.hasOwn(data, name)) {
        const range = isScalar(key) ? key.range : undefined;
        const place = range ? this.placeOf(range[0], range[1]) : this.keyPlace(path);
        this.problems.push(
          this.problemAt(
            place,
            inner,
            `${quote(name)} stands here twice`,
            'give one of the two another name',
          ),
        );
      } else data[name] = this.convert(value, inner, aliased);
    }
    return data;
  }

  private find(path: Path): { key: Node | undefined; value: Node | undefined } | undefined {
    let value: unknown = this.top;
    let key: unknown;
    for (const step of path) {
      if (isAlias(value)) value = this.anchors.get(value.source);
      if (isMap(value)) {
        const pair: Pair | undefined = value.items.find(
          (item) => isScalar(item.key) && String(item.key.value) === step,
        );
        if (pair === undefined) return undefined;
        key = pair.key;
        value = pair.value;
      } else if (isSeq(value) && typeof step === 'number') {
        if (step >= value.items.length) return undefined;
        key = undefined;
        value = value.items[step];
      } else return undefined;
    }
    return { key: (key ?? undefined) as Node | undefined, value: (value ?? undefined) as Node | undefined };
  }
}

function isLong(node: unknown): boolean {
  return isMap(node) || isSeq(node);
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
