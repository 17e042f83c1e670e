// Text for a screen of a given width: lines broken between words, and plain letters for screens that know no others.

/** What plain screens show in the place of signs they may not know. */
const PLAIN: readonly (readonly [RegExp, string])[] = [
  [/↔/g, '<->'],
  [/[→⇒]/g, '->'],
  [/’/g, "'"],
  [/[“”]/g, '"'],
  [/…/g, '...'],
  [/[–—─]/g, '-'],
  [/×/g, 'x'],
  [/±/g, '+/-'],
  [/µ/g, 'u'],
  [/§ ?/g, 'section '],
];

/** The text in ASCII where a plain sign exists for what is not; other letters stay. */
export function plainText(text: string): string {
  let plain = text;
  for (const [sign, instead] of PLAIN) plain = plain.replace(sign, instead);
  return plain;
}

/**
 * Breaks a text into lines of at most `width` characters, between words where possible. The first line begins with
 * `first`, the others with `rest`; white space is not kept apart from that.
 */
export function wrapText(text: string, width: number, first = '', rest = first): string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  const flush = (): void => {
    lines.push(line.trimEnd());
    line = rest;
    isEmpty = true;
  };
  for (let word of text.split(/\s+/).filter((part) => part !== '')) {
    if (!isEmpty && line.length + 1 + word.length > width) flush();
    if (!isEmpty) line += ' ';
    // A word that fits on no line is cut.
    while (line.length + word.length > width && word.length > 1) {
      const room = Math.max(1, width - line.length);
      line += word.slice(0, room);
      word = word.slice(room);
      flush();
    }
    line += word;
    isEmpty = false;
  }
  if (!isEmpty || lines.length === 0) flush();
  return lines;
}

/** The text on one line of at most `width` characters. */
export function cutText(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}
