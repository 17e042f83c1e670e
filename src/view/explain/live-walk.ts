// The walk of a run that goes on: told while it happens, step by step, in the words of every other walk. Only the latest
// events are looked at; steps keep their numbers.

import { MILLISECOND, type Time } from '../../base/time.js';
import type { TraceEvent, WorldDescription } from '../../trace/events.js';
import type { Trace } from '../../trace/trace.js';
import { TraceWindow, type WindowFrame } from '../../trace/window.js';
import { ETHERNET_HEADER } from '../../wire/ethernet.js';
import { ETHERTYPE, PROTOCOL } from '../../wire/iana.js';
import { readUint16 } from '../../wire/octets.js';
import { TCP_FLAG } from '../../wire/tcp.js';
import { explainWalk, letters } from './explain-walk.js';
import type { Phase, Step, Walk } from './step.js';

/** A step is told when it is so old: what belongs to it has happened by then. In ns. */
export const RIPE: Time = 30 * MILLISECOND;
/** Events that are looked at; with more, the oldest leave until so many are left. */
const MOST_EVENTS = 3_000;
const EVENTS_KEPT = 1_000;

/** What is new. */
export interface LiveTelling {
  /** Only new steps, in phases that go on. Their events are those of `trace`. */
  readonly walk: Walk;
  readonly trace: Trace;
  /** What the seq of an event of this trace was in the run. */
  originalSeq(seq: number): number;
}

export class LiveWalk {
  /** Events that came too fast to be told. */
  untold = 0;
  private readonly window: TraceWindow;
  private readonly phasesBy: 'activity' | 'journey';
  /** Phase and letter by the original seq of the first event of every step that was told. */
  private readonly told = new Map<number, { readonly phase: number; readonly id: string }>();
  private phases = 0;
  private readonly steps = new Map<number, number>();
  /** Events of the window that came since it was told last. */
  private fresh = 0;
  /** Steps that were too young to be told last time. */
  private unripe = 0;

  constructor(world: WorldDescription, phases: 'activity' | 'journey' = 'activity') {
    this.window = new TraceWindow(world, { keeps: isSynSent });
    this.phasesBy = phases;
  }

  /** All tables as they stand; what was not told yet never will be. */
  setState(state: readonly TraceEvent[]): void {
    this.window.setState(state);
    this.fresh = 0;
    this.unripe = 0;
  }

  addFrame(id: number, frame: WindowFrame): void {
    this.window.addFrame(id, frame);
  }

  add(event: TraceEvent): void {
    this.window.add(event);
    this.fresh++;
  }

  /**
   * Tells what is ripe.
   * @param now the time of the run: everything that happened until then is known
   */
  tell(now: Time): LiveTelling | undefined {
    if (this.fresh > MOST_EVENTS) {
      this.untold += this.fresh;
      this.window.forget(this.window.length);
      this.fresh = 0;
      this.unripe = 0;
      return undefined;
    }
    if (this.fresh === 0 && this.unripe === 0) return undefined;
    const { trace, start, originalSeq } = this.window.view();
    const whole = explainWalk(trace, { phases: this.phasesBy });
    let unripe = 0;
    const phases = whole.phases.flatMap((phase): Phase[] => {
      const steps: Step[] = [];
      const before = phase.steps.map(({ seq }) => this.told.get(originalSeq(seq))?.phase);
      let number = before.findLast((known) => known !== undefined);
      for (const step of phase.steps) {
        const seq = originalSeq(step.seq);
        if (step.lastSeq < start || this.told.has(seq)) continue;
        if (trace.event(step.lastSeq).time > now - RIPE) {
          unripe++;
          continue;
        }
        number ??= ++this.phases;
        const place = this.steps.get(number) ?? 0;
        this.steps.set(number, place + 1);
        const id = `${number}${letters(place)}`;
        this.told.set(seq, { phase: number, id });
        steps.push({ ...step, id });
      }
      if (steps.length === 0) return [];
      const { title, outcome } = phase;
      const isOver = outcome !== undefined && steps.at(-1) !== undefined && isLast(phase, steps);
      return [{ number: number as number, title, steps, ...(isOver ? { outcome } : {}) }];
    });
    this.unripe = unripe;
    this.fresh = 0;
    if (this.window.length > MOST_EVENTS) {
      this.window.forget(this.window.length - EVENTS_KEPT);
      this.trim();
    }
    if (phases.length === 0) return undefined;
    const { title, ok } = whole;
    return { walk: { title, summary: [], ok, phases }, trace, originalSeq };
  }

  /** Steps of long ago need no number any more. */
  private trim(): void {
    for (const seq of this.told.keys()) {
      if (this.told.size <= MOST_EVENTS * 2) return;
      this.told.delete(seq);
    }
  }
}

/** Is the last step of the phase among these? */
function isLast(phase: Phase, steps: readonly Step[]): boolean {
  return phase.steps.at(-1)?.seq === steps.at(-1)?.seq;
}

/** Without the SYN nobody knows where the numbers of a connection begin. */
function isSynSent(event: TraceEvent, bytes: Uint8Array): boolean {
  if (event.kind !== 'frame-sent' || bytes.length < ETHERNET_HEADER + 40) return false;
  if (readUint16(bytes, 12) !== ETHERTYPE.ipv4 || bytes[ETHERNET_HEADER + 9] !== PROTOCOL.tcp) return false;
  const header = ((bytes[ETHERNET_HEADER] ?? 0) & 15) * 4;
  return ((bytes[ETHERNET_HEADER + header + 13] ?? 0) & TCP_FLAG.syn) !== 0;
}
