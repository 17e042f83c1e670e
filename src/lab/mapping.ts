// What a lab file is made of: whole numbers, mappings with known keys, mappings from names, one or a list, what may be left
// out, and what is said of it in the JSON Schema. In functions of zod/mini, of which a bundle holds only those that are used.

import * as z from 'zod/mini';

/** Any schema. */
type Any = z.ZodMiniType;

/** The same schema with a description for those who write labs. */
export function described<Schema extends Any>(schema: Schema, description: string): Schema {
  const copy = schema.clone();
  z.globalRegistry.add<Any>(copy, { description });
  return copy;
}

/** What may be left out. */
export function optional<Schema extends Any>(schema: Schema, description?: string) {
  const made = z.optional(schema);
  return description === undefined ? made : described(made, description);
}

/** What has this value when it is left out. */
export function withDefault<Schema extends Any>(
  schema: Schema,
  value: z.core.util.NoUndefined<z.output<Schema>>,
  description?: string,
) {
  const made = z._default(schema, value);
  return description === undefined ? made : described(made, description);
}

/** A whole number from `low` to `high`. */
export function integer(low: number, high?: number) {
  return high === undefined ? z.int().check(z.minimum(low)) : z.int().check(z.minimum(low), z.maximum(high));
}

/** What a schema lets through, made into something else; `context` takes what is wrong with it. */
export function converted<Schema extends Any, Made>(
  schema: Schema,
  convert: (value: z.output<Schema>, context: z.core.ParsePayload) => Made,
) {
  const step = z.transform(convert);
  return z.pipe<Schema, typeof step>(schema, step);
}

/** A mapping with these keys and no others; the message about an unknown key lists the known ones. */
export function mapping<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const known = Object.keys(shape).join(' ');
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? known : undefined),
  });
}

/** A mapping whose keys are names; read as a Map, so that no name means more than itself. */
export function named<Key extends z.core.$ZodRecordKey & z.ZodMiniType<string>, Value extends Any>(
  key: Key,
  value: Value,
) {
  return converted(z.record(key, value), (record): ReadonlyMap<string, z.output<Value>> => {
    return new Map(Object.entries(record) as [string, z.output<Value>][]);
  });
}

/** One of them, or a list; read as a list. */
export function oneOrMore<Schema extends Any>(schema: Schema) {
  return converted(z.union([schema, z.array(schema)]), (value): readonly z.output<Schema>[] => {
    return (Array.isArray(value) ? value : [value]) as z.output<Schema>[];
  });
}
