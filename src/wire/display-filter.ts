// Display filters: Wireshark's language for picking frames, as far as labs and commands need it.
//
//   tcp.flags.syn == 1 && !tcp.flags.ack            ip.addr == 10.0.0.0/8           dns.qry.name contains "example"
//   http.request.method in {"GET", "HEAD"}          tcp.port in {80, 8000..8999}    eth.dst[0:3] == 01:00:5e
//
// A field can be there more than once (`ip.addr`, or the packet quoted in an ICMP error). As in Wireshark 4, `==` is true
// when any of its values fits and `!=` when all of them differ; `===` wants all equal, `!==` any different.
// Reading list: wireshark-filter(4).

import { decodeLatin1, encodeUtf8, parseHex } from '../base/text.js';
import type { DissectedField, DissectedLayer, Dissection, FieldValue } from './dissection.js';
import { type FilterError, type Token, tokenize } from './filter-tokens.js';
import { cut, holds, literalOf, octetsOf, order, type Slice, textOf } from './filter-values.js';
import { type Pattern, parsePattern } from './pattern.js';

export type { FilterError };

/** A filter that was found sound. */
export interface DisplayFilter {
  matches(dissection: Dissection): boolean;
  /** The fields and protocols it names, each once. Names that no frame has are no error: they fit nothing. */
  readonly fields: readonly string[];
}

/** Reads a filter. An empty text fits every frame. Never throws. */
export function parseFilter(text: string): DisplayFilter | FilterError {
  if (text.length > MAX_LENGTH)
    return { error: `it is longer than ${MAX_LENGTH} characters`, position: MAX_LENGTH };
  const tokens = tokenize(text);
  if ('error' in tokens) return tokens;
  if (tokens.length === 1) return { matches: () => true, fields: [] };
  const parser = new FilterParser(tokens);
  const test = parser.disjunction(0);
  const left = parser.peek();
  if (parser.failure === undefined && left.kind !== 'end')
    parser.fail(`"${left.text}" was not expected here`);
  if (parser.failure !== undefined || test === undefined)
    return parser.failure ?? { error: 'it is empty', position: 0 };
  const { fields } = parser;
  return { matches: (dissection) => test(new FieldIndex(dissection, fields)), fields: [...fields] };
}

const MAX_LENGTH = 10_000;
const MAX_DEPTH = 100;

// ---- fields of a frame ----

/** The values of the fields that a filter names, by name, and all protocols of a frame. */
class FieldIndex {
  private readonly values = new Map<string, DissectedField[]>();
  private readonly protocols = new Set<string>();
  private readonly wanted: ReadonlySet<string>;

  constructor({ layers }: Dissection, wanted: ReadonlySet<string>) {
    this.wanted = wanted;
    this.addLayers(layers);
  }

  has(name: string): boolean {
    return this.values.has(name) || this.protocols.has(name);
  }

  get(name: string): readonly DissectedField[] {
    return this.values.get(name) ?? [];
  }

  private addLayers(layers: readonly DissectedLayer[]): void {
    for (const layer of layers) {
      this.protocols.add(layer.protocol);
      this.addFields(layer.fields);
      this.addLayers(layer.quoted ?? []);
    }
  }

  private addFields(fields: readonly DissectedField[]): void {
    for (const field of fields) {
      if (this.wanted.has(field.name)) {
        const there = this.values.get(field.name);
        if (there === undefined) this.values.set(field.name, [field]);
        else there.push(field);
      }
      if (field.children !== undefined) this.addFields(field.children);
    }
  }
}

// ---- sentences ----

type Test = (fields: FieldIndex) => boolean;
type Compare = (value: FieldValue) => boolean;

/** The relations by their signs and words. */
const RELATIONS = new Map([
  ['==', '=='],
  ['eq', '=='],
  ['any_eq', '=='],
  ['!=', '!='],
  ['ne', '!='],
  ['all_ne', '!='],
  ['===', '==='],
  ['all_eq', '==='],
  ['!==', '!=='],
  ['any_ne', '!=='],
  ['>', '>'],
  ['gt', '>'],
  ['<', '<'],
  ['lt', '<'],
  ['>=', '>='],
  ['ge', '>='],
  ['<=', '<='],
  ['le', '<='],
  ['contains', 'contains'],
  ['matches', 'matches'],
  ['~', 'matches'],
  ['in', 'in'],
]);

/** Recursive descent: `||`, then `&&`, then `!`, then relations. */
class FilterParser {
  failure: FilterError | undefined;
  readonly fields = new Set<string>();
  private readonly tokens: readonly Token[];
  private at = 0;

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  peek(): Token {
    return this.tokens[this.at] as Token;
  }

  fail(error: string, token = this.peek()): undefined {
    this.failure ??= { error, position: token.position };
    return undefined;
  }

  disjunction(depth: number): Test | undefined {
    return this.chain(
      ['||', 'or'],
      () => this.conjunction(depth),
      (tests) => (fields) => tests.some((test) => test(fields)),
    );
  }

  private conjunction(depth: number): Test | undefined {
    return this.chain(
      ['&&', 'and'],
      () => this.negation(depth),
      (tests) => (fields) => tests.every((test) => test(fields)),
    );
  }

  private chain(
    words: readonly string[],
    part: () => Test | undefined,
    join: (tests: Test[]) => Test,
  ): Test | undefined {
    const tests: Test[] = [];
    do {
      const test = part();
      if (test === undefined) return undefined;
      tests.push(test);
    } while (this.take(...words));
    return tests.length === 1 ? tests[0] : join(tests);
  }

  private negation(depth: number): Test | undefined {
    if (depth > MAX_DEPTH) return this.fail('it nests too deeply');
    if (this.take('!', 'not')) {
      const test = this.negation(depth + 1);
      return test && ((fields) => !test(fields));
    }
    if (this.take('(')) {
      const test = this.disjunction(depth + 1);
      if (test === undefined) return undefined;
      return this.take(')') ? test : this.fail('a ( has no )');
    }
    return this.relation();
  }

  /** A field, alone or compared with something. */
  private relation(): Test | undefined {
    const token = this.next();
    const name = token.text;
    if (token.kind !== 'word' || !/^[a-z][a-z0-9_]*(\.[a-z0-9_-]+)*$/i.test(name)) {
      return this.fail(
        `a field such as ip.src was expected, not ${token.kind === 'end' ? 'the end' : `"${name}"`}`,
        token,
      );
    }
    this.fields.add(name);
    const range = this.take('[') ? this.slice() : null;
    if (range === undefined) return undefined;
    const relation = this.peek().kind === 'string' ? undefined : RELATIONS.get(this.peek().text);
    if (relation === undefined) {
      return range === null
        ? (fields) => fields.has(name)
        : (fields) => fields.get(name).some(({ value }) => cut(value, range).length > 0);
    }
    const operator = this.next();
    if (!name.includes('.')) {
      return this.fail(
        `${name} is a protocol and has no value of its own; name one of its fields, such as ip.src`,
        token,
      );
    }
    const compare = relation === 'in' ? this.members() : this.operand(relation, range !== null, operator);
    if (compare === undefined) return undefined;
    const values = (fields: FieldIndex): FieldValue[] => {
      const found = fields.get(name).map(({ value }) => value);
      return range === null ? found : found.map((value) => decodeLatin1(cut(value, range)));
    };
    switch (relation) {
      case '!=':
        return (fields) => some(values(fields), (all) => all.every((value) => !compare(value)));
      case '===':
        return (fields) => some(values(fields), (all) => all.every(compare));
      case '!==':
        return (fields) => values(fields).some((value) => !compare(value));
      default:
        return (fields) => values(fields).some(compare);
    }
  }

  /** What stands right of a relation, as a test of one value. */
  private operand(relation: string, isSlice: boolean, operator: Token): Compare | undefined {
    const token = this.next();
    if (token.kind !== 'word' && token.kind !== 'string') {
      return this.fail(
        `a value was expected after ${operator.text}, not ${token.kind === 'end' ? 'the end' : `"${token.text}"`}`,
        token,
      );
    }
    if (relation === 'contains') {
      const wanted =
        token.kind === 'word' ? (parseHex(token.text) ?? encodeUtf8(token.text)) : encodeUtf8(token.text);
      const words = token.text;
      return (value) =>
        (typeof value === 'string' && value.includes(words)) ||
        decodeLatin1(octetsOf(value)).includes(decodeLatin1(wanted));
    }
    if (relation === 'matches') {
      const pattern = parsePattern(token.text);
      if ('error' in pattern) return this.fail(pattern.error, token);
      return (value) => (pattern as Pattern).test(textOf(value));
    }
    const literal = literalOf(token, isSlice);
    const sign = relation === '!=' || relation === '===' || relation === '!==' ? '==' : relation;
    return (value) => holds(order(value, literal), sign);
  }

  /** `{80, 443, 8000..8999}` */
  private members(): Compare | undefined {
    if (!this.take('{')) return this.fail('a set such as {80, 443} was expected after in');
    const tests: Compare[] = [];
    do {
      const token = this.next();
      if (token.kind !== 'word' && token.kind !== 'string')
        return this.fail(`a value was expected in the set, not "${token.text}"`, token);
      const low = literalOf(token, false);
      if (this.take('..')) {
        const end = this.next();
        if (end.kind !== 'word' && end.kind !== 'string')
          return this.fail('a range in the set has no end', end);
        const high = literalOf(end, false);
        tests.push((value) => holds(order(value, low), '>=') && holds(order(value, high), '<='));
      } else tests.push((value) => order(value, low) === 0);
      this.take(',');
    } while (!this.take('}') && this.failure === undefined);
    return (value) => tests.some((test) => test(value));
  }

  /** `[i:length]`, `[i-j]`, `[i:]`, `[:length]`, `[i]` behind a field; octets, from 0. The bracket is open already. */
  private slice(): Slice | undefined {
    const first = this.next();
    const match = first.kind === 'word' ? /^(\d{0,5})(?:([:-])(\d{0,5}))?$/.exec(first.text) : null;
    if (match === null || first.text === ':' || !this.take(']'))
      return this.fail('a part of a field is written as [0:3], [2-5] or [4]', first);
    const from = Number(match[1]);
    if (match[2] === undefined) return { from, to: from + 1 };
    if (match[2] === '-')
      return { from, to: match[3] === '' ? Number.POSITIVE_INFINITY : Number(match[3]) + 1 };
    return { from, to: match[3] === '' ? Number.POSITIVE_INFINITY : from + Number(match[3]) };
  }

  private next(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.at++;
    return token;
  }

  private take(...texts: readonly string[]): boolean {
    const token = this.peek();
    if (token.kind === 'string' || !texts.includes(token.text)) return false;
    this.at++;
    return true;
  }
}

function some(values: readonly FieldValue[], test: (values: readonly FieldValue[]) => boolean): boolean {
  return values.length > 0 && test(values);
}
