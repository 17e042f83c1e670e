// The walk as text for a terminal or a pipe: brief (a line per step), normal, or full.

import { harmless } from '../base/text.js';
import { formatDuration, formatSeconds } from '../base/time.js';
import type { Trace } from '../trace/trace.js';
import type { DissectedField, DissectedLayer } from '../wire/dissection.js';
import type { Change, Decision, Phase, Step, StepLayer, StepPacket, Walk } from './explain/step.js';
import { duration } from './explain/words.js';
import { drawnPacket, nested } from './packet.js';
import { describeBefore, describeRow } from './rows.js';
import { TABLE_TITLES } from './tables.js';
import { cutText, plainText, wrapText } from './wrap.js';

export interface TextOptions {
  /**
   * `brief`: one line per step. `normal`: the sentence, deciding and changed rows, packets that are new or translated.
   * `full`: also why, losing rows, timers, what a hop rewrites, and every field of those packets. Default `normal`.
   */
  readonly detail?: 'brief' | 'normal' | 'full';
  /** Colours by layer (ANSI escapes). Default false. */
  readonly color?: boolean;
  /** Columns no line goes beyond; at least 40. Default 80. */
  readonly width?: number;
  /** One step, such as `2c`, told in full; or one phase, such as `2`. */
  readonly step?: string;
  /** False for screens that know ASCII only. Default true. */
  readonly unicode?: boolean;
  /** False: without title and summary, for a walk that is told piece by piece. Default true. */
  readonly head?: boolean;
}

const COLORS: Readonly<Record<StepLayer | 'dim' | 'bold' | 'good' | 'bad' | 'change', number>> = {
  application: 35,
  transport: 33,
  network: 36,
  link: 34,
  dim: 2,
  bold: 1,
  good: 32,
  bad: 31,
  change: 32,
};

/** The walk as text, without a line break at the end. */
export function renderWalk(walk: Walk, trace: Trace, options: TextOptions = {}): string {
  return new TextWriter(walk, trace, options).write();
}

class TextWriter {
  private readonly walk: Walk;
  private readonly trace: Trace;
  private readonly detail: 'brief' | 'normal' | 'full';
  private readonly width: number;
  private readonly wanted: string | undefined;
  private readonly oneStep: boolean;
  private readonly color: boolean;
  private readonly unicode: boolean;
  private readonly head: boolean;
  private readonly lines: string[] = [];
  private readonly told = new Set<string>();

  constructor(walk: Walk, trace: Trace, options: TextOptions) {
    this.walk = walk;
    this.trace = trace;
    this.wanted = options.step?.toLowerCase();
    this.oneStep = this.wanted !== undefined && /[a-z]/.test(this.wanted);
    this.detail = this.oneStep && options.detail !== 'brief' ? 'full' : (options.detail ?? 'normal');
    this.width = Math.max(40, options.width ?? 80);
    this.color = options.color ?? false;
    this.unicode = options.unicode ?? true;
    this.head = options.head ?? true;
  }

  write(): string {
    if (this.wanted === undefined && this.head) this.writeHead();
    for (const phase of this.walk.phases) {
      const steps = phase.steps.filter((step) => this.isWanted(phase, step));
      if (steps.length === 0) continue;
      if (!this.oneStep) this.writePhaseTitle(phase);
      for (const step of steps) this.detail === 'brief' ? this.writeBrief(step) : this.writeStep(step);
      if (!this.oneStep) this.writeOutcome(phase);
    }
    return this.lines.join('\n');
  }

  private isWanted(phase: Phase, step: Step): boolean {
    return this.wanted === undefined || this.wanted === step.id || this.wanted === String(phase.number);
  }

  // ---- the frame around the steps ----

  private writeHead(): void {
    for (const line of this.wrap(this.walk.title)) this.put(line, 'bold');
    this.lines.push('');
    for (const sentence of this.walk.summary) {
      const isBad = !this.walk.ok && /^(It failed|What to do)/.test(sentence);
      for (const line of this.wrap(sentence)) this.put(line, isBad ? 'bad' : undefined);
    }
    if (this.color && this.detail !== 'brief') {
      const layers: readonly StepLayer[] = ['application', 'transport', 'network', 'link'];
      this.lines.push(`Layers: ${layers.map((layer) => this.paint(layer, layer)).join(' ')}`);
    }
  }

  private writePhaseTitle(phase: Phase): void {
    if (this.lines.length > 0) this.lines.push('');
    const title = cutText(this.letters(`${phase.number}  ${phase.title} `), this.width - 4);
    const rule = this.letters('─'.repeat(Math.max(3, this.width - title.length - 3)));
    this.lines.push(this.paint(`${this.letters('──')} ${title}${rule}`.slice(0, this.width), 'bold'));
  }

  private writeOutcome(phase: Phase): void {
    if (phase.outcome === undefined || this.detail === 'brief') return;
    const { ok, sentence } = phase.outcome;
    this.lines.push('');
    for (const line of this.wrap(sentence, ok ? '  => ' : '  => failed: ', '     '))
      this.put(line, ok ? 'good' : 'bad');
  }

  // ---- steps ----

  private writeBrief(step: Step): void {
    const names = this.walk.phases.flatMap((phase) => phase.steps.map(({ node }) => node.length));
    const node = harmless(step.node).padEnd(Math.min(12, Math.max(...names)));
    const id = step.id.padStart(4);
    const start = `${id}  ${node}  `;
    const text = cutText(this.letters(step.headline), this.width - start.length);
    const isBad = step.drop?.harmless === false;
    this.lines.push(`${this.paint(id, step.layer)}  ${node}  ${isBad ? this.paint(text, 'bad') : text}`);
  }

  private writeStep(step: Step): void {
    if (this.lines.length > 0) this.lines.push('');
    const [first, ...rest] = this.wrap(step.sentence, `${step.id.padStart(4)}  `, '      ');
    this.lines.push(this.paint(first?.slice(0, 4) ?? '', step.layer) + (first?.slice(4) ?? ''), ...rest);
    if (this.detail === 'full') this.writePlace(step);
    // A row that was made here is shown as made.
    const made = new Set(step.changes.filter(({ kind }) => kind === 'added').map(({ seq }) => seq));
    for (const decision of step.decisions) {
      if (this.detail === 'full' || !made.has(decision.seq)) this.writeDecision(step, decision);
    }
    const loud = step.changes.filter(({ quiet }) => quiet !== true);
    for (const changes of mergeChanges(loud)) this.writeChange(step, changes);
    if (step.drop?.harmless === false) {
      this.item('!', `${step.drop.reason}: ${step.drop.sentence} (${step.drop.rfc})`, 'bad');
      this.item('!', `What to do: ${step.drop.mend}`, 'bad');
    }
    this.writeRewrites(step);
    if (step.packet !== undefined) this.writePacket(step.packet);
    if (this.detail === 'full') this.writeWhy(step);
  }

  private writePlace(step: Step): void {
    const place = step.interface === undefined ? step.node : `${step.node}:${step.interface}`;
    this.item(
      ' ',
      `at ${formatSeconds(step.time)} s, ${place}, ${step.layer} layer, ${step.seq === step.lastSeq ? `event ${step.seq}` : `events ${step.seq} to ${step.lastSeq}`}`,
      'dim',
    );
    for (const { name, at } of step.timers)
      this.item(' ', `timer "${name}" fires in ${duration(at - step.time)}, at ${formatDuration(at)}`, 'dim');
  }

  private writeDecision(step: Step, decision: Decision): void {
    const title = TABLE_TITLES[decision.table];
    if (decision.row === undefined) this.item('>', `${title}: ${decision.why}`, 'dim');
    else {
      const isNews = this.first(`${step.node} ${decision.table} ${decision.seq} ${decision.why}`);
      const why =
        this.detail === 'full' || (decision.table === 'route' && isNews) ? ` (${decision.why})` : '';
      this.item('>', `${title}: ${describeRow(decision.table, decision.row)}${why}`, 'dim');
    }
    if (this.detail !== 'full') return;
    for (const { row, why } of decision.losers)
      this.item('  not', `${describeRow(decision.table, row)} (${why})`, 'dim');
  }

  private writeChange(step: Step, changes: readonly Change[]): void {
    const change = changes.at(-1) as Change;
    const { table, kind, after, before } = change;
    const row = after ?? before;
    if (row === undefined || (kind === 'refreshed' && this.detail !== 'full')) return;
    const start = changes.length > 1 ? changes[0]?.before : before;
    const was = changes
      .map((one) =>
        one.before === undefined || one.after === undefined
          ? ''
          : describeBefore(table, one.before, one.after),
      )
      .filter((text) => text !== '');
    const signs = { added: '+', changed: '~', removed: '-', refreshed: '=' } as const;
    const end =
      kind === 'removed'
        ? ` (${change.reason ?? 'removed'})`
        : kind === 'refreshed'
          ? ' (good again)'
          : start === undefined || was.length === 0
            ? ''
            : ` (was ${was.join(', then ')})`;
    const place = change.node === step.node ? '' : `${change.node}, `;
    this.item(signs[kind], `${place}${TABLE_TITLES[table]}: ${describeRow(table, row)}${end}`, 'change');
  }

  /** What a router changed: all of it in full, at the first visit without the sums. */
  private writeRewrites(step: Step): void {
    const shown = step.rewrites.filter(({ name }) => this.detail === 'full' || !name.endsWith('checksum'));
    if (shown.length === 0) return;
    const isNews = this.first(
      `rewrites ${step.node} ${shown.map(({ name, after }) => (name.startsWith('eth.') ? after : name)).join()}`,
    );
    if (this.detail !== 'full' && !isNews) return;
    // As many on a line as fit, none broken.
    let line = '';
    let sign = '*';
    for (const { name, before, after } of shown) {
      const text = `${name} ${before} → ${after}`;
      if (line !== '' && INDENT.length + 2 + line.length + 2 + text.length + 1 > this.width) {
        this.item(sign, `${line},`, 'dim');
        sign = ' ';
        line = '';
      }
      line = line === '' ? text : `${line}, ${text}`;
    }
    this.item(sign, line, 'dim');
  }

  private writePacket(packet: StepPacket): void {
    const isFrame = 'frame' in packet;
    if (isFrame && !packet.fresh && !this.oneStep) return;
    const drawn = drawnPacket(this.trace, packet);
    if (drawn === undefined) return;
    const { dissection, open } = drawn;
    this.box((columns) => nested(dissection, { open, columns }));
    if (!isFrame || this.detail !== 'full') return;
    for (const layer of dissection.layers) this.writeLayer(layer, open);
  }

  private writeWhy(step: Step): void {
    if (step.why === undefined || (!this.first(`why ${step.why.text}`) && !this.oneStep)) return;
    this.lines.push(
      ...this.wrap(`Why: ${step.why.text} (${step.why.rfc})`, INDENT, INDENT).map((line) =>
        this.paint(line, 'dim'),
      ),
    );
  }

  // ---- packets ----

  private box(draw: (columns: number) => string[]): void {
    const room = this.width - INDENT.length;
    // Closing brackets may stand beyond the columns: with fewer columns there is room for them.
    const lines = [room, room - 4, room - 8]
      .map(draw)
      .find((drawn) => drawn.every((line) => line.length <= room));
    for (const line of lines ?? draw(room)) {
      if (line.length <= room) this.lines.push(this.letters(INDENT + line));
      else {
        const [, text, brackets] = /^(.*?)((?: \])*)$/.exec(line) as unknown as [string, string, string];
        this.lines.push(this.letters(INDENT + cutText(text, room)));
        if (brackets !== '') this.lines.push(INDENT + brackets);
      }
    }
  }

  /** Every field of a layer, by label, with its filter name. */
  private writeLayer(layer: DissectedLayer, open: ReadonlySet<string>): void {
    const size = layer.end - layer.start;
    if (layer.protocol === 'frame') return;
    this.item('', `${layer.title}, ${size} bytes${layer.rfc === undefined ? '' : ` (${layer.rfc})`}`, 'bold');
    for (const field of layer.fields) this.writeField(field, open, 1);
    for (const { severity, text } of layer.problems) this.item(' !', `${severity}: ${text}`, 'bad');
    for (const quoted of layer.quoted ?? []) this.writeLayer(quoted, new Set());
  }

  private writeField(field: DissectedField, open: ReadonlySet<string>, depth: number): void {
    if (ALIASES.has(field.name)) return;
    const text = open.has(field.name) ? '????' : field.text;
    const margin = `${INDENT} ${'  '.repeat(depth)}`;
    this.lines.push(
      ...this.wrap(`${field.label}: ${text}  [${field.name}]`, margin, `${margin}  `).map((line) =>
        this.paint(line, 'dim'),
      ),
    );
    for (const child of field.children ?? []) this.writeField(child, open, depth + 1);
  }

  // ---- lines ----

  /** A line under a step that begins with a sign. */
  private item(sign: string, text: string, color: keyof typeof COLORS): void {
    const margin = INDENT + ' '.repeat(sign.length + 1);
    for (const line of this.wrap(text, sign === '' ? margin : `${INDENT}${sign} `, margin))
      this.put(line, color);
  }

  private put(line: string, color?: keyof typeof COLORS): void {
    const text = this.letters(line);
    this.lines.push(color === undefined ? text : this.paint(text, color));
  }

  private wrap(text: string, first = '', rest = first): string[] {
    return wrapText(this.letters(text), this.width, first, rest);
  }

  private paint(text: string, color: keyof typeof COLORS): string {
    return this.color && text !== '' ? `\x1b[${COLORS[color]}m${text}\x1b[0m` : text;
  }

  private letters(text: string): string {
    const safe = harmless(text);
    return this.unicode ? safe : plainText(safe);
  }

  /** True the first time a thing is to be shown. */
  private first(thing: string): boolean {
    if (this.told.has(thing)) return false;
    this.told.add(thing);
    return true;
  }
}

/** Where the lines under a sentence begin. */
const INDENT = '      ';

/** Fields that only repeat others under a common name. */
const ALIASES: ReadonlySet<string> = new Set(['eth.addr', 'ip.addr', 'tcp.port', 'udp.port']);

/** Changes of one row within a step belong on one line. */
function mergeChanges(changes: readonly Change[]): Change[][] {
  const groups: Change[][] = [];
  for (const change of changes) {
    const twin = groups.find(
      ([one]) => one?.table === change.table && one.key === change.key && one.node === change.node,
    );
    if (twin === undefined) groups.push([change]);
    else if (change.kind !== 'refreshed') twin.push(change);
  }
  return groups;
}
