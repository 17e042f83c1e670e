// One line that somebody types, with its cursor, what was cut out of it, and the lines before it. Knows no terminal.
// Reading list: the key bindings of GNU Readline ("emacs" mode), which shells have.

/** Lines that are remembered. */
const REMEMBERED = 500;
/** Length of a line at most, as strings have it: links to what was typed hold no longer ones. */
const LONGEST = 2000;

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

function characters(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** As many characters as a line can have. */
function limited(text: string): string[] {
  const parts = characters(text);
  let length = 0;
  const end = parts.findIndex((part) => {
    length += part.length;
    return length > LONGEST;
  });
  return end < 0 ? parts : parts.slice(0, end);
}

/** Text that can stand in a line: no control characters, no marks that turn the direction of writing. */
export function printable(text: string): string {
  return text.replace(/\t/g, ' ').replace(/[\p{Cc}\p{Bidi_Control}]/gu, '');
}

export class LineEditor {
  /** What people see as one character each. */
  private parts: string[] = [];
  private at = 0;
  private cut = '';
  private readonly lines: string[] = [];
  /** Place in `lines`; its length means the line that is being written. */
  private place = 0;
  private draft = '';

  get text(): string {
    return this.parts.join('');
  }

  get beforeCursor(): string {
    return this.parts.slice(0, this.at).join('');
  }

  get history(): readonly string[] {
    return this.lines;
  }

  set(text: string): void {
    this.parts = limited(printable(text));
    this.at = this.parts.length;
  }

  insert(text: string): void {
    const before = this.beforeCursor + printable(text);
    const after = this.parts.slice(this.at).join('');
    this.parts = limited(before + after);
    this.at = Math.min(characters(before).length, this.parts.length);
  }

  left(): void {
    this.at = Math.max(0, this.at - 1);
  }

  right(): void {
    this.at = Math.min(this.parts.length, this.at + 1);
  }

  home(): void {
    this.at = 0;
  }

  end(): void {
    this.at = this.parts.length;
  }

  wordLeft(): void {
    this.at = this.wordStart(/[\p{L}\p{N}]/u);
  }

  wordRight(): void {
    this.at = this.wordEnd();
  }

  backspace(): void {
    if (this.at > 0) this.parts.splice(--this.at, 1);
  }

  delete(): void {
    this.parts.splice(this.at, 1);
  }

  /** Ctrl-U */
  cutToStart(): void {
    this.remove(0, this.at);
  }

  /** Ctrl-K */
  cutToEnd(): void {
    this.remove(this.at, this.parts.length);
  }

  /** Ctrl-W: back to the last blank. */
  cutWord(): void {
    this.remove(this.wordStart(/\S/u), this.at);
  }

  /** Alt-D */
  cutWordRight(): void {
    this.remove(this.at, this.wordEnd());
  }

  /** Ctrl-Y: what was cut last comes back. */
  yank(): void {
    this.insert(this.cut);
  }

  /** Ends the line: it becomes history, and the next one begins empty. */
  enter(): string {
    const line = this.text;
    if (line.trim() !== '' && line !== this.lines.at(-1)) {
      this.lines.push(line);
      if (this.lines.length > REMEMBERED) this.lines.shift();
    }
    this.abandon();
    return line;
  }

  /** Ctrl-C */
  abandon(): void {
    this.set('');
    this.place = this.lines.length;
    this.draft = '';
  }

  older(): void {
    this.turnTo(this.place - 1);
  }

  newer(): void {
    this.turnTo(this.place + 1);
  }

  /** A line that was typed elsewhere: history only. */
  remember(line: string): void {
    const held = this.text;
    this.set(line);
    this.enter();
    this.set(held);
  }

  private turnTo(place: number): void {
    if (place < 0 || place > this.lines.length) return;
    if (this.place === this.lines.length) this.draft = this.text;
    this.place = place;
    this.set(this.lines[place] ?? this.draft);
  }

  private remove(from: number, to: number): void {
    if (from === to) return;
    this.cut = this.parts.splice(from, to - from).join('');
    this.at = from;
  }

  private wordStart(inWord: RegExp): number {
    let at = this.at;
    while (at > 0 && !inWord.test(this.parts[at - 1] as string)) at--;
    while (at > 0 && inWord.test(this.parts[at - 1] as string)) at--;
    return at;
  }

  private wordEnd(): number {
    const inWord = /[\p{L}\p{N}]/u;
    let at = this.at;
    while (at < this.parts.length && !inWord.test(this.parts[at] as string)) at++;
    while (at < this.parts.length && inWord.test(this.parts[at] as string)) at++;
    return at;
  }
}
