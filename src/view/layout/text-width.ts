// How wide a text will be, without a font at hand: an estimate on the wide side, so that what is reserved is enough.
// The widths are those of a broad sans-serif face; most screens have a narrower one.

/** Widths in thousandths of the font size. */
const WIDTHS: readonly (readonly [RegExp, number])[] = [
  [/[\p{Mn}\p{Me}\p{Cf}]/u, 0],
  [/[ijl'|]/, 290],
  [/[.,:;!ft()[\] /\\rI-]/, 390],
  [/[mwMW@%–—…&]/, 960],
  [/[A-Z]/, 720],
  [/[\u0020-\u024f]/, 630],
  [/[\u0250-\u10ff]/, 700],
];
const WIDEST = 1100;
const ASCII = Array.from({ length: 128 }, (_, code) => lookUp(String.fromCharCode(code)));

/** Estimated width of one line of text, in px, at a font size in px. */
export function textWidth(text: string, fontSize: number): number {
  let sum = 0;
  for (const character of text) sum += ASCII[character.charCodeAt(0)] ?? lookUp(character);
  return (sum * fontSize) / 1000;
}

function lookUp(character: string): number {
  return WIDTHS.find(([pattern]) => pattern.test(character))?.[1] ?? WIDEST;
}

/** The text, or as much of its beginning as fits into `width` px with an ellipsis behind it. */
export function fitText(text: string, fontSize: number, width: number): string {
  if (textWidth(text, fontSize) <= width) return text;
  const characters = [...text];
  let room = width - textWidth('…', fontSize);
  let count = 0;
  while (count < characters.length) {
    room -= textWidth(characters[count], fontSize);
    if (room < 0) break;
    count++;
  }
  return `${characters.slice(0, count).join('').trimEnd()}…`;
}

/** A text broken between words into at most `most` lines of `width` px; what does not fit ends with an ellipsis. */
export function fitLines(text: string, fontSize: number, width: number, most: number): string[] {
  const words = text.split(/\s+/).filter((word) => word !== '');
  const lines: string[] = [];
  while (words.length > 0) {
    if (lines.length === most - 1) return [...lines, fitText(words.join(' '), fontSize, width)];
    let line = words.shift() as string;
    while (words.length > 0 && textWidth(`${line} ${words[0]}`, fontSize) <= width)
      line += ` ${words.shift()}`;
    lines.push(fitText(line, fontSize, width));
  }
  return lines;
}
