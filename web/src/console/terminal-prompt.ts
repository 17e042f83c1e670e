// The line editor on a terminal's screen: shows what was said, draws the line that is typed, and hands it over on Enter.

import type { Terminal } from '@xterm/xterm';
import { cellAfter } from './cell-width.js';
import { completionOf, inColumns, wrapped } from './completion.js';
import type { Entry, Session } from './console-sessions.js';
import type { LineEditor } from './line-editor.js';
import { type Deed, readKeys } from './terminal-keys.js';

/** What a prompt needs to know of its node. */
export interface PromptHost {
  /** `pc$ ` */
  readonly prompt: string;
  readonly greeting: string;
  session(): Session;
  run(line: string): Promise<readonly Entry[]>;
  complete(partial: string): Promise<readonly string[]>;
  clear(): void;
}

const DIM = '\x1b[90m';
const BLUE = '\x1b[34m';
const PLAIN = '\x1b[0m';
/** Candidates beyond this are only counted. */
const SHOWN_CANDIDATES = 200;

export class TerminalPrompt {
  private readonly terminal: Terminal;
  private readonly host: PromptHost;
  private readonly editor: LineEditor;
  /** Row of the cursor, counted from the row in which the prompt begins. */
  private row = 0;
  /** Of the terminal, for which everything was broken into lines. */
  private columns: number;
  private busy = false;
  private over = false;
  /** The key before was Tab, and it left more than one candidate. */
  private askedTwice = false;
  private readonly waiting: Deed[] = [];

  constructor(terminal: Terminal, host: PromptHost) {
    this.terminal = terminal;
    this.host = host;
    this.editor = host.session().editor;
    this.columns = terminal.cols;
    this.retell();
    const { pending } = host.session();
    if (pending === undefined) return;
    terminal.write(`\r\x1b[J${this.shownPrompt}${pending.line}\r\n`);
    this.row = 0;
    void this.await(pending.over);
  }

  /** The terminal shows another node now. */
  end(): void {
    this.over = true;
  }

  /** What the terminal sends. */
  receive(data: string): void {
    this.waiting.push(...readKeys(data));
    void this.work();
  }

  /** Puts a command there in place of the line. */
  type(text: string): void {
    this.waiting.push({
      do: 'edit',
      edit: (line) => {
        line.end();
        line.cutToStart();
        line.insert(text);
      },
    });
    void this.work();
  }

  /** Is there something that Tab could complete? Otherwise Tab moves the focus on. */
  get completes(): boolean {
    return this.busy || this.editor.beforeCursor.trim() !== '';
  }

  /** The terminal may have another width: what stands there is broken into lines anew. */
  resized(): void {
    if (this.busy || this.over || this.terminal.cols === this.columns) return;
    this.columns = this.terminal.cols;
    this.retell();
  }

  /** Everything from the start. */
  private retell(): void {
    const { entries, shownFrom } = this.host.session();
    let text = `\x1b[?2004h${shownFrom === 0 ? this.said(this.host.greeting) : ''}`;
    for (const entry of entries.slice(shownFrom)) text += this.told(entry, true);
    this.terminal.reset();
    this.terminal.write(text);
    this.row = 0;
    this.draw();
  }

  private get shownPrompt(): string {
    return `${BLUE}${this.host.prompt}${PLAIN}`;
  }

  private async work(): Promise<void> {
    if (this.busy) return;
    for (let deed = this.waiting.shift(); deed !== undefined && !this.over; deed = this.waiting.shift()) {
      this.busy = true;
      await this.carryOut(deed);
      this.busy = false;
    }
    if (this.over) return;
    if (this.terminal.cols === this.columns) this.draw();
    else this.resized();
  }

  private async carryOut(deed: Deed): Promise<void> {
    const { editor, host } = this;
    if (deed.do !== 'complete') this.askedTwice = false;
    if (deed.do === 'edit') return deed.edit(editor);
    if (deed.do === 'complete') return this.complete();
    if (deed.do === 'clear') return this.clear();
    // Leave the line as it stands and go on below it.
    editor.end();
    this.draw();
    if (deed.do === 'cancel') {
      editor.abandon();
      this.terminal.write(`${DIM}^C${PLAIN}\r\n`);
      this.row = 0;
      return;
    }
    const line = editor.enter();
    this.terminal.write('\r\n');
    this.row = 0;
    if (line.trim() === 'clear') this.clear();
    else if (line.trim() !== '') await this.await(host.run(line.trim()));
  }

  private async await(result: Promise<readonly Entry[]>): Promise<void> {
    const own = !this.busy;
    this.busy = true;
    const entries = await result;
    if (!this.over) this.terminal.write(entries.map((entry) => this.told(entry, false)).join(''));
    if (!own) return;
    this.busy = false;
    void this.work();
  }

  private async complete(): Promise<void> {
    const { editor, terminal } = this;
    const partial = editor.beforeCursor;
    const candidates = await this.host.complete(partial);
    if (this.over) return;
    const added = completionOf(partial, candidates);
    if (added !== '') editor.insert(added);
    else if (candidates.length > 1 && this.askedTwice) {
      this.draw();
      const shown = candidates.slice(0, SHOWN_CANDIDATES);
      const more = candidates.length - shown.length;
      const lines = inColumns(shown, terminal.cols);
      if (more > 0) lines.push(`… and ${more} more`);
      this.toEnd();
      terminal.write(`\r\n${lines.map((line) => `${line}\r\n`).join('')}`);
      this.row = 0;
    }
    this.askedTwice = candidates.length > 1;
  }

  private clear(): void {
    this.host.clear();
    this.terminal.write('\x1b[2J\x1b[3J\x1b[H');
    this.row = 0;
  }

  private told(entry: Entry, echo: boolean): string {
    if (entry.kind === 'note') return this.said(entry.text);
    const said = echo ? `${this.shownPrompt}${safe(entry.line)}\r\n` : '';
    const code = entry.exitCode === 0 ? '' : `${DIM}exit code ${entry.exitCode}${PLAIN}\r\n`;
    return `${said}${this.broken(entry.output)}${code}`;
  }

  /** Words of the page, set off from those of the node. */
  private said(text: string): string {
    return `${DIM}${this.broken(text)}${PLAIN}`;
  }

  /** Lines broken between words, each with an end. */
  private broken(text: string): string {
    if (text === '') return '';
    const lines = safe(text).replace(/\n$/, '').split('\n');
    return lines
      .flatMap((line) => wrapped(line, this.columns))
      .map((line) => `${line}\r\n`)
      .join('');
  }

  /** Writes prompt and line anew, and puts the cursor where it belongs. */
  private draw(): void {
    const { terminal, editor, host } = this;
    const { cols } = terminal;
    const cursor = cellAfter(host.prompt + editor.beforeCursor, cols);
    const end = cellAfter(host.prompt + editor.text, cols);
    // A line that ends at the right edge leaves the cursor hanging there; the next row is begun for it.
    const full = end.column === 0 && end.row > 0 ? '\r\n' : '';
    terminal.write(
      `${up(this.row)}\r\x1b[J${this.shownPrompt}${editor.text}${full}${up(end.row - cursor.row)}\r${right(cursor.column)}`,
    );
    this.row = cursor.row;
  }

  private toEnd(): void {
    const end = cellAfter(this.host.prompt + this.editor.text, this.terminal.cols);
    const down = end.row - this.row;
    if (down > 0) this.terminal.write(`\x1b[${down}B`);
  }
}

const up = (rows: number): string => (rows > 0 ? `\x1b[${rows}A` : '');
const right = (columns: number): string => (columns > 0 ? `\x1b[${columns}C` : '');

/** No control character that a terminal would obey, besides line ends and tabs. */
function safe(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(/\p{Bidi_Control}|(?![\n\t])\p{Cc}/gu, '\ufffd');
}
