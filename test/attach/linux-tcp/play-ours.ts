// Plays a plan against our TCP, in the simulator, and writes down what it does. That also fixes when things happen: the
// other host gets the same acts at the same times.

import { MILLISECOND, type Time } from '../../../src/base/time.js';
import { actOnConnection, actOnStage } from '../../tcp-script/acts.js';
import type { Step } from '../../tcp-script/script.js';
import { type Program, Stage } from '../../tcp-script/stage.js';
import { LAST_PAUSE, LONGEST_PLAY, type Plan } from './plan.js';
import { describeTold, NOTHING_TOLD, Recording } from './recording.js';

/** How much later than the script says a segment may come. */
const TOLERANCE: Time = MILLISECOND;

export function playOurs(plan: Plan): Recording {
  const play = new Play(plan);
  play.run(plan.steps);
  return play.recording;
}

class Play {
  readonly recording = new Recording();
  private readonly stage: Stage;
  private clock: Time = 0;
  private lastAct: Time = 0;
  /** Segments since the last act that steps have waited for, and that have come, by port. */
  private readonly awaited = new Map<number, number>();
  private readonly seen = new Map<number, number>();
  private readonly hasClosed = new Set<Program>();
  private readonly heard = new Map<number, { words: number; bytes: number }>();

  constructor(plan: Plan) {
    this.stage = new Stage(plan.host, plan.peer);
  }

  run(steps: readonly Step[]): void {
    for (const step of steps) {
      if (this.clock > LONGEST_PLAY) break;
      this.play(step);
    }
    this.moveTo(this.lastAct + LAST_PAUSE);
    for (const port of this.stage.ports()) this.tell(port, true);
    this.recording.happens(this.clock, 'end');
    this.stage.end();
  }

  private play(step: Step): void {
    const { action, after, port } = step;
    const { recording, stage } = this;
    if (action.kind === 'expect' || action.kind === 'hears') {
      this.await(step);
      if (action.kind === 'hears') this.look(step, 'told');
      return;
    }
    this.moveTo(this.clock + after.from);
    switch (action.kind) {
      case 'silence':
        this.moveTo(this.clock + action.time);
        return;
      case 'whatever':
        recording.happens(this.clock, 'whatever', step);
        this.moveTo(this.clock + action.time);
        return;
      case 'state':
        this.look(step, 'state');
        return;
      case 'expect-run':
      case 'drops':
      case 'knows':
      case 'tells':
      case 'over':
        return;
      default:
    }
    recording.happens(this.clock, 'act', step);
    const program = stage.program(port);
    if (program !== undefined && (action.kind === 'close' || action.kind === 'abort'))
      this.hasClosed.add(program);
    this.lastAct = this.clock;
    act(stage, step);
    this.awaited.clear();
    this.seen.clear();
    this.moveTo(this.clock);
  }

  /** Waits for one more segment, or until the program is told something. */
  private await({ action, after, port }: Step): void {
    this.moveTo(this.clock + after.from);
    const wanted = (this.awaited.get(port) ?? 0) + 1;
    const program = this.stage.program(port);
    const isThere = (): boolean =>
      action.kind === 'hears'
        ? (program?.told.length ?? 0) >= (this.heard.get(port)?.words ?? 0) + action.told.length
        : (this.seen.get(port) ?? 0) >= wanted;
    if (action.kind === 'expect') this.awaited.set(port, wanted);
    const limit = this.clock + after.to - after.from + (after.to === 0 ? 0 : TOLERANCE);
    const { engine } = this.stage.world;
    while (!isThere() && engine.nextAt <= limit) this.moveTo(engine.nextAt);
    this.moveTo(isThere() ? this.clock : Math.max(this.clock, limit));
    this.recording.happens(this.clock, 'await');
  }

  private moveTo(time: Time): void {
    this.clock = Math.max(this.clock, time);
    this.stage.advanceTo(this.clock);
    for (const port of this.stage.ports()) {
      const talk = this.stage.talk(port);
      for (const got of talk.got.splice(0)) {
        this.recording.saw(talk, got, this.stage.program(port)?.ownText);
        this.seen.set(port, (this.seen.get(port) ?? 0) + 1);
      }
    }
  }

  private look(step: Step, kind: 'state' | 'told'): void {
    this.recording.happens(this.clock, kind, step);
    if (kind === 'state') this.recording.note(step.port, this.stage.state(step.port));
    else this.tell(step.port);
  }

  private tell(port: number, isLast = false): void {
    const program = this.stage.program(port);
    if (program === undefined) {
      if (!isLast) this.recording.note(port, NOTHING_TOLD);
      return;
    }
    // Who has closed hears nothing any more: so it is with Linux.
    if (this.hasClosed.has(program)) return;
    const { words, bytes } = this.heard.get(port) ?? { words: 0, bytes: 0 };
    this.heard.set(port, { words: program.told.length, bytes: program.received.length });
    const told = {
      words: program.told.slice(words),
      received: Uint8Array.from(program.received.slice(bytes)),
      waiting: program.connection?.info().receiveQueue ?? 0,
      from: bytes,
    };
    const what = describeTold(this.stage.talk(port), told);
    if (!isLast || what !== NOTHING_TOLD) this.recording.note(port, what);
  }
}

/** Does what the step says; what can not be done is not done. */
function act(stage: Stage, { action, port }: Step): void {
  if (actOnStage(stage, action, port) !== false) return;
  const program = stage.program(port);
  const connection = program?.connection ?? stage.connection(port);
  switch (action.kind) {
    case 'reading':
      if (program !== undefined) program.atOnce = action.atOnce;
      return;
    case 'write':
      if (connection !== undefined) program?.write(connection, action.length, action.text, action.urgent);
      return;
    case 'read':
      program?.read(action.most, connection);
      return;
    default:
      if (!actOnConnection(connection, action))
        throw new Error(`nobody has said how to play “${action.kind}”`);
  }
}
