// What a page is, told by the ending of its path, as web servers tell it.
// Reading list: RFC 9110 §8.3, IANA's registry "Media Types".

const TYPES: ReadonlyMap<string, string> = new Map([
  ['avif', 'image/avif'],
  ['bin', 'application/octet-stream'],
  ['css', 'text/css'],
  ['csv', 'text/csv'],
  ['gif', 'image/gif'],
  ['htm', 'text/html'],
  ['html', 'text/html'],
  ['ico', 'image/vnd.microsoft.icon'],
  ['jpeg', 'image/jpeg'],
  ['jpg', 'image/jpeg'],
  ['js', 'text/javascript'],
  ['json', 'application/json'],
  ['md', 'text/markdown'],
  ['mjs', 'text/javascript'],
  ['pdf', 'application/pdf'],
  ['png', 'image/png'],
  ['svg', 'image/svg+xml'],
  ['txt', 'text/plain'],
  ['wasm', 'application/wasm'],
  ['webp', 'image/webp'],
  ['woff2', 'font/woff2'],
  ['xml', 'application/xml'],
  ['zip', 'application/zip'],
]);

/** The media type of a page by its path, such as `image/png` for `/logo.png?v=2`; `text/html` unless the ending is known. */
export function mediaTypeOf(path: string): string {
  const ending = /\.([^./]*)$/.exec(path.replace(/\?.*$/s, ''))?.[1] ?? '';
  return TYPES.get(ending.toLowerCase()) ?? 'text/html';
}
