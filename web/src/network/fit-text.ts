// Text cut to a width: SVG can not do that by itself.

const known = new Map<string, number>();
let pen: CanvasRenderingContext2D | null | undefined;

/** Width of a line, in px, for a CSS font such as `600 13px system-ui`. */
export function textWidth(text: string, font: string): number {
  const key = `${font} ${text}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  pen ??= document.createElement('canvas').getContext('2d');
  if (pen === null) return text.length * 8;
  pen.font = font;
  const { width } = pen.measureText(text);
  if (known.size > 20_000) known.clear();
  known.set(key, width);
  return width;
}

/** The text, or as much of its beginning as fits, with an ellipsis behind it. */
export function fitText(text: string, font: string, width: number): string {
  if (textWidth(text, font) <= width) return text;
  const letters = [...text.slice(0, 200)];
  while (letters.length > 1 && textWidth(`${letters.join('').trimEnd()}…`, font) > width) letters.pop();
  return `${letters.join('').trimEnd()}…`;
}

/** A text broken between words into at most `most` lines; none at all when there is no room for the whole of it. */
export function fitLines(text: string, font: string, width: number, most: number): string[] {
  if (most === 0) return [];
  const lines: string[] = [];
  for (const word of text.split(/\s+/, 100)) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && textWidth(longer, font) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.length <= most && lines.every((line) => textWidth(line, font) <= width) ? lines : [];
}

let family: string | undefined;

/** The font of the page in a size, for measuring. */
export function pageFont(size: number, weight = 400): string {
  family ??= getComputedStyle(document.body).fontFamily;
  return `${weight} ${size}px ${family}`;
}
