// The built-in labs as plain data: their YAML is read while the page is built, so that the first look at one does without
// a reader of YAML.

const DATA: Readonly<Record<string, () => Promise<unknown>>> = import.meta.glob('../../../labs/*.yaml', {
  query: '?data',
  import: 'default',
});

/** Undefined when there is no lab of this name. */
export async function builtInData(name: string): Promise<unknown> {
  return DATA[`../../../labs/${name}.yaml`]?.();
}
