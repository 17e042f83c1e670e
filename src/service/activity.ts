// Activities: what a program does that takes more than one event. They give a walk its phases.

import type { Context } from '../stack/context.js';
import type { ActivityKind, AppEventName, RowView } from '../trace/events.js';
import { atNode } from '../trace/recorder.js';

/** An activity under way. What happens between its beginning and the next one's belongs to it. */
export class Activity {
  /** seq of its activity-begun; −1 when nothing is recorded. */
  readonly seq: number;
  private readonly context: Context;
  private over = false;

  /** Begins now; what happens next is due to it. */
  constructor(context: Context, activity: ActivityKind, subject: string, data: RowView = {}) {
    this.context = context;
    const { recorder, node } = context;
    this.seq = recorder.record(atNode(node), { kind: 'activity-begun', activity, subject, data });
    if (recorder.on) recorder.cause = this.seq;
  }

  /** What happens meanwhile is due to this activity, whoever asked for it. */
  during(act: () => void): void {
    const { recorder } = this.context;
    const { cause } = recorder;
    if (recorder.on) recorder.cause = this.seq;
    act();
    recorder.cause = cause;
  }

  end(ok: boolean, outcome: string): void {
    if (this.over) return;
    this.over = true;
    const { recorder, node } = this.context;
    recorder.record(atNode(node), { kind: 'activity-ended', begun: this.seq, ok, outcome });
  }
}

/** Records a fact of a program; what follows is due to it. */
export function tell(context: Context, name: AppEventName, data: RowView): void {
  const { recorder, node } = context;
  if (!recorder.on) return;
  recorder.cause = recorder.record(atNode(node), { kind: 'app', name, data });
}

/** Records that something waits whose bytes do not exist yet; returns its seq. What follows is due to it. */
export function holdBack(
  context: Context,
  what: string,
  waitsFor: string,
  wanted: string,
  open: readonly string[],
  known: RowView,
): number {
  const { recorder, node } = context;
  if (!recorder.on) return -1;
  recorder.cause = recorder.record(atNode(node), {
    kind: 'held',
    frame: -1,
    what,
    waitsFor,
    wanted,
    open,
    known,
  });
  return recorder.cause;
}

/** Records that what was held goes on, or is given up. What follows is due to it. */
export function letGo(context: Context, held: number, ok: boolean): void {
  const { recorder, node } = context;
  if (!recorder.on || held < 0) return;
  recorder.cause = recorder.record(atNode(node), { kind: 'released', held, ok });
}
