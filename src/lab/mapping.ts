// The kinds of values that hold others in a lab file: mappings with known keys, mappings from names, one or a list.

import { z } from 'zod';

/** A mapping with these keys and no others; the message about an unknown key lists the known ones. */
export function mapping<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const known = Object.keys(shape).join(' ');
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? known : undefined),
  });
}

/** A mapping whose keys are names; read as a Map, so that no name means more than itself. */
export function named<Key extends z.core.$ZodRecordKey & z.ZodType<string>, Value extends z.ZodType>(
  key: Key,
  value: Value,
) {
  return z.record(key, value).transform((record): ReadonlyMap<string, z.output<Value>> => {
    return new Map(Object.entries(record) as [string, z.output<Value>][]);
  });
}

/** One of them, or a list; read as a list. */
export function oneOrMore<Schema extends z.ZodType>(schema: Schema) {
  return z.union([schema, z.array(schema)]).transform((value): readonly z.output<Schema>[] => {
    return (Array.isArray(value) ? value : [value]) as z.output<Schema>[];
  });
}
