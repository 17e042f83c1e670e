// The text of an HTML page as a person would see it, roughly: without tags, scripts and styles. Work grows with length only.

/** What a page says. */
export interface PageText {
  /** Empty when there is none. */
  readonly title: string;
  /** Lines without white space around them; none is empty. */
  readonly lines: readonly string[];
}

/** Elements whose content is not shown as text. */
const HIDDEN = new Set(['script', 'style', 'template', 'title']);
/** Elements within a line: everything else begins a new one. */
const INLINE = new Set(
  'a abbr b bdi bdo cite code data dfn em i kbd mark q s samp small span strong sub sup time u var'.split(
    ' ',
  ),
);
const ENTITIES: Readonly<Record<string, string>> = {
  ...{ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', copy: '©' },
  ...{ ndash: '–', mdash: '—', hellip: '…', laquo: '«', raquo: '»' },
};

/** Reads a page of any content type; what is not HTML is taken as it is. */
export function pageText(body: string, isHtml: boolean): PageText {
  if (!isHtml) return { title: '', lines: tidy(body) };
  let text = '';
  let title = '';
  let at = 0;
  while (at < body.length) {
    const open = body.indexOf('<', at);
    if (open < 0) break;
    text += body.slice(at, open);
    if (body.startsWith('<!--', open)) {
      const end = body.indexOf('-->', open + 4);
      at = end < 0 ? body.length : end + 3;
      continue;
    }
    const close = body.indexOf('>', open);
    if (close < 0) {
      at = body.length;
      break;
    }
    const name = /^\/?([a-z][a-z0-9]*)/i
      .exec(body.slice(open + 1, Math.min(close, open + 40)))?.[1]
      ?.toLowerCase();
    at = close + 1;
    if (name === undefined || !INLINE.has(name)) text += '\n';
    if (name === undefined || !HIDDEN.has(name) || body[open + 1] === '/') continue;
    const end = endOf(body, name, at);
    if (name === 'title') title = tidy(decodeEntities(body.slice(at, end))).join(' ');
    at = end;
  }
  text += body.slice(at);
  return { title, lines: tidy(decodeEntities(text)) };
}

/** Where the closing tag of an element begins; the end of the page when there is none. */
function endOf(body: string, name: string, from: number): number {
  for (let at = body.indexOf('</', from); at >= 0; at = body.indexOf('</', at + 2)) {
    if (body.slice(at + 2, at + 2 + name.length).toLowerCase() === name) return at;
  }
  return body.length;
}

function tidy(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/\s+/g, ' ').trim())
    .filter((line) => line !== '');
}

function decodeEntities(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{1,8}));/gi,
    (found, decimal, hexadecimal, name) => {
      if (name !== undefined) return Object.hasOwn(ENTITIES, name) ? (ENTITIES[name] as string) : found;
      const code = decimal === undefined ? Number.parseInt(hexadecimal, 16) : Number(decimal);
      return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff)
        ? String.fromCodePoint(code)
        : '\ufffd';
    },
  );
}
