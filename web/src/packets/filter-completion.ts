// What can be proposed while somebody types a display filter: names of fields and protocols, operators, values.

import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import type { FieldEntry, WorldDescription } from 'wirewalk';
import { placeBehind } from './filter-position.js';

/** Names are joined by dots; addresses and prefixes have colons and slashes. */
const WORD = /(?:[A-Za-z0-9_:/-]|\.(?!\.))*$/;

/** Registries can have hundreds of names. */
const MOST_VALUES = 300;

interface Operator {
  readonly sign: string;
  readonly meaning: string;
}

const IS: Operator = { sign: '==', meaning: 'is' };
const IS_NOT: Operator = { sign: '!=', meaning: 'is not' };
const IN: Operator = { sign: 'in', meaning: 'is one of, such as {1, 2}' };
const CONTAINS: Operator = { sign: 'contains', meaning: 'has this in it' };
const MATCHES: Operator = { sign: 'matches', meaning: 'fits this pattern' };

const OPERATORS: Readonly<Record<FieldEntry['type'], readonly Operator[]>> = {
  number: [
    IS,
    IS_NOT,
    { sign: '>', meaning: 'is greater than' },
    { sign: '<', meaning: 'is less than' },
    { sign: '>=', meaning: 'is at least' },
    { sign: '<=', meaning: 'is at most' },
    { ...IN, meaning: 'is one of, such as {80, 443}' },
  ],
  flag: [IS, IS_NOT],
  text: [IS, IS_NOT, CONTAINS, MATCHES, { ...IN, meaning: 'is one of, such as {"GET", "HEAD"}' }],
  address: [IS, IS_NOT, { ...IN, meaning: 'is one of, such as {192.0.2.1, 192.0.2.2}' }],
  bytes: [IS, IS_NOT, CONTAINS],
};

const JOINTS: readonly Operator[] = [
  { sign: '&&', meaning: 'and' },
  { sign: '||', meaning: 'or' },
];

/** All that proposals are made of. */
export interface FilterWords {
  readonly fields: ReadonlyMap<string, FieldEntry>;
  readonly protocols: ReadonlySet<string>;
  readonly world: WorldDescription;
}

export function filterWords(fields: readonly FieldEntry[], world: WorldDescription): FilterWords {
  return {
    // What has no dot is a protocol, and can not be compared.
    fields: new Map(fields.filter(({ name }) => name.includes('.')).map((entry) => [entry.name, entry])),
    protocols: new Set(fields.map(({ protocol }) => protocol)),
    world,
  };
}

/** The names among `names` that no frame can have. */
export function unknownNames(names: readonly string[], { fields, protocols }: FilterWords): string[] {
  return names.filter((name) => !fields.has(name) && !protocols.has(name));
}

/** Proposals at the cursor. Unasked they come only where something was begun, or where they are few. */
export function completeFilter(words: FilterWords, context: CompletionContext): CompletionResult | null {
  const before = context.state.sliceDoc(0, context.pos);
  const word = WORD.exec(before)?.[0] ?? '';
  const from = context.pos - word.length;
  const place = placeBehind(before.slice(0, from));
  switch (place.kind) {
    case 'field':
      if (word === '' && !context.explicit) return null;
      return { from, options: nameOptions(words), validFor: /^[\w.-]*$/ };
    case 'operator': {
      if (word !== '' && !context.explicit && !/^[a-z]/i.test(word)) return null;
      const entry = words.fields.get(place.field);
      const operators = entry === undefined ? [] : OPERATORS[entry.type];
      return { from, options: [...operators, ...JOINTS].map(operatorOption) };
    }
    case 'value': {
      const options = valueOptions(words, place.field);
      return options.length === 0 ? null : { from, options };
    }
    case 'join':
      if (!context.explicit) return null;
      return { from, options: JOINTS.map(operatorOption) };
    default:
      return null;
  }
}

function operatorOption({ sign, meaning }: Operator, index: number): Completion {
  return { label: sign, detail: meaning, apply: sign === 'in' ? 'in {' : `${sign} `, boost: -index };
}

const namesMade = new WeakMap<FilterWords, readonly Completion[]>();

function nameOptions(words: FilterWords): readonly Completion[] {
  const made = namesMade.get(words);
  if (made !== undefined) return made;
  const protocols = [...words.protocols].map((name) => ({
    label: name,
    detail: 'protocol: every frame that has it',
    type: name,
    boost: 20,
  }));
  const fields = [...words.fields.values()].map((entry) => ({
    label: entry.name,
    detail: entry.label,
    type: entry.protocol,
    info: () => fieldInfo(entry),
  }));
  const options = [...protocols, ...fields];
  namesMade.set(words, options);
  return options;
}

const TYPE_WORDS: Readonly<Record<FieldEntry['type'], string>> = {
  number: 'Its value is a number',
  flag: 'Its value is 1 (set) or 0 (not set)',
  text: 'Its value is text, in "quotes"',
  address: 'Its value is an address',
  bytes: 'Its value is bytes, such as 0a:1b:2c',
};

function fieldInfo({ label, meaning, type, rfc }: FieldEntry): HTMLElement {
  const info = document.createElement('div');
  const line = (tag: string, text: string): void => {
    const element = document.createElement(tag);
    element.textContent = text;
    info.append(element);
  };
  line('strong', label);
  line('p', meaning);
  line('p', `${TYPE_WORDS[type]}${rfc === undefined ? '' : ` · ${rfc}`}`);
  return info;
}

function valueOptions({ fields, world }: FilterWords, name: string): Completion[] {
  const field = fields.get(name);
  if (field === undefined) return [];
  if (field.type === 'flag') {
    return [
      { label: '1', detail: 'set' },
      { label: '0', detail: 'not set', boost: -1 },
    ];
  }
  if (field.type === 'address') return addressOptions(world, isHardware(name) ? 'mac' : 'address');
  return Object.entries(field.names ?? {})
    .slice(0, MOST_VALUES)
    .map(([value, meaning], index) => ({ label: value, detail: meaning, boost: -Math.min(index, 99) }));
}

function isHardware(name: string): boolean {
  return name.startsWith('eth.') || name.startsWith('sll.') || name.includes('.hw');
}

/** The addresses of the network, with the interface that has each. */
function addressOptions({ nodes, interfaces }: WorldDescription, kind: 'mac' | 'address'): Completion[] {
  const options: Completion[] = [];
  for (const one of interfaces) {
    if (options.length >= MOST_VALUES) break;
    // A switch has no address of its own in the frames of others.
    if (one.address === undefined) continue;
    const label = kind === 'mac' ? one.mac : (one.address.split('/')[0] as string);
    options.push({
      label,
      detail: `${nodes[one.node]?.name}:${one.name}`,
      boost: -Math.min(options.length, 99),
    });
  }
  return options;
}
