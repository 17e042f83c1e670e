// What a page is by its path.

import { expect, it } from 'vitest';
import { mediaTypeOf } from './media-types.js';

it.each([
  ['/', 'text/html'],
  ['/index.html', 'text/html'],
  ['/logo.png', 'image/png'],
  ['/LOGO.PNG', 'image/png'],
  ['/logo.svg?width=20.gif', 'image/svg+xml'],
  ['/a.css/page', 'text/html'],
  ['/archive.tar.zip', 'application/zip'],
  ['/.', 'text/html'],
  ['/page.constructor', 'text/html'],
])('%s is %s', (path, type) => {
  expect(mediaTypeOf(path)).toBe(type);
});
