// What the build puts in.

/** The version of the package. */
declare const __VERSION__: string;

declare module 'virtual:labs' {
  /** In the order of the alphabet. */
  export const labs: readonly { readonly name: string; readonly title: string }[];
}
