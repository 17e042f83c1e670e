// Runs a lab: its script step by step in simulated time, its timed faults in between, until everything is at rest.

import { HOUR, type Time } from '../base/time.js';
import type { World } from '../net/world.js';
import type { PageLoad } from '../service/browser.js';
import type { Trace } from '../trace/trace.js';
import { type BuildOptions, buildWorld } from './build-world.js';
import { cableFaults } from './faults.js';
import type { Lab } from './read-lab.js';
import type { LabStep } from './schema.js';
import {
  Keyboard,
  noConsole,
  type StartCommand,
  type TypedCommand,
  type TypedResult,
} from './typed-commands.js';

/** What a command on a node printed, and whether it did what it was asked to. */
export interface CommandResult {
  readonly output: string;
  readonly ok: boolean;
}

/** Runs a command on a node; `done` is called once, now or when simulated time has brought the end. */
export type RunCommand = (
  world: World,
  node: string,
  command: string,
  done: (result: CommandResult) => void,
) => void;

export interface RunOptions extends BuildOptions {
  /** Takes the place of the first page the script opens; without one, the first host opens it. */
  readonly url?: string;
  /** Stop at this simulated time. */
  readonly until?: Time;
  /** How `run` steps are carried out; without it they fail. */
  readonly runCommand?: RunCommand;
  /** What somebody types while it runs: a branch of the run. Unlike the script it is nothing of the lab. */
  readonly typed?: readonly TypedCommand[];
  /** How `typed` commands are carried out; without it there is no console to type at. */
  readonly startCommand?: StartCommand;
}

export interface VisitedPage {
  readonly node: string;
  /** As it was typed. */
  readonly url: string;
  readonly page: PageLoad;
}

export interface RunCommandResult extends CommandResult {
  readonly node: string;
  readonly command: string;
}

export interface LabRun {
  readonly lab: Lab;
  readonly world: World;
  trace(): Trace;
  /** Pages in the order in which they were there, or failed. */
  readonly pages: readonly VisitedPage[];
  readonly commands: readonly RunCommandResult[];
  /** What came of the `typed` commands, in their order. */
  readonly typed: readonly TypedResult[];
  /** False when the run was stopped by a limit before everything was at rest. */
  readonly finished: boolean;
}

/** Simulated time that one step may take. */
const STEP_LIMIT: Time = 24 * HOUR;
/** Turns of the engine in a whole run: a broken lab (switches in a ring) must not run for ever. */
const TURN_LIMIT = 2_000_000;
/** Frames under way: rings of switches can double them with every round. They are counted once per slice of turns. */
const FRAME_LIMIT = 100_000;
const SLICE = 10_000;

/** Builds the world of a lab and carries out its script. */
export function runLab(lab: Lab, options: RunOptions = {}): LabRun {
  const world = buildWorld(lab, options);
  const keyboard = new Keyboard(world, options.typed ?? [], options.startCommand ?? noConsole);
  const clock = new Clock(world, cableFaults(world, lab), keyboard, options.until);
  const pages: VisitedPage[] = [];
  const commands: RunCommandResult[] = [];
  let waiting = 0;
  let stopped = false;
  for (const step of stepsOf(lab, options.url)) {
    stopped = !(step.at === undefined ? clock.rest() : clock.reach(step.at));
    if (stopped) break;
    const { node } = step;
    waiting++;
    if ('browse' in step) {
      const url = step.browse.text;
      world.station(node).browser.open(url, (page) => {
        waiting--;
        pages.push({ node, url, page });
      });
    } else {
      const run = options.runCommand ?? noCommands;
      run(world, node, step.run, (result) => {
        waiting--;
        commands.push({ node, command: step.run, ...result });
      });
    }
    world.recorder.cause = -1;
  }
  let finished = !stopped && clock.finish();
  while (keyboard.goOn()) finished = clock.finish() && finished;
  finished &&= waiting === 0;
  return { lab, world, trace: () => world.trace(), pages, commands, typed: keyboard.results, finished };
}

type Step = Pick<LabStep, 'at' | 'node'> &
  ({ readonly browse: { readonly text: string } } | { readonly run: string });

function stepsOf(lab: Lab, url: string | undefined): readonly Step[] {
  if (url === undefined) return lab.script;
  const first = lab.script.findIndex((step) => 'browse' in step);
  if (first >= 0)
    return lab.script.map((step, index) =>
      index === first ? { ...step, browse: { text: url } } : step,
    ) as Step[];
  for (const [node, { kind }] of lab.topology.nodes) {
    if (kind === 'host') return [...lab.script, { at: undefined, node, browse: { text: url } }];
  }
  return lab.script;
}

const noCommands: RunCommand = (_world, _node, command, done) =>
  done({ output: `there is no console here to run ${command}`, ok: false });

/** Moves the world on, pulls cables and types on the way, and keeps to the limits. */
class Clock {
  private readonly world: World;
  private readonly faults: { readonly at: Time; apply(): void }[];
  private readonly keyboard: Keyboard;
  private readonly until: Time;
  private turns = TURN_LIMIT;

  constructor(
    world: World,
    faults: { readonly at: Time; apply(): void }[],
    keyboard: Keyboard,
    until: Time | undefined,
  ) {
    this.world = world;
    this.faults = faults;
    this.keyboard = keyboard;
    this.until = until ?? Number.POSITIVE_INFINITY;
  }

  /** Goes to a point in time; one that is over already is now. False when a limit came before it. */
  reach(at: Time): boolean {
    for (let fault = this.faults[0]; fault !== undefined && fault.at <= at; fault = this.faults[0]) {
      if (!this.runUntil(fault.at)) return false;
      this.applyFault();
    }
    return this.runUntil(at);
  }

  /** Goes on until the world is at rest. False when a limit came before that. */
  rest(): boolean {
    const limit = this.world.now + STEP_LIMIT;
    for (;;) {
      const fault = this.faults[0];
      const outcome = this.runToRest(Math.min(fault?.at ?? limit, limit));
      if (outcome !== 'time') return outcome === 'rest';
      if (fault === undefined || fault.at > limit || !this.runUntil(fault.at)) return false;
      this.applyFault();
    }
  }

  /** All that is left: faults, and whatever they lead to. */
  finish(): boolean {
    if (!this.rest()) return false;
    for (let fault = this.faults[0]; fault !== undefined; fault = this.faults[0]) {
      if (!this.reach(fault.at) || !this.rest()) return false;
    }
    return true;
  }

  private applyFault(): void {
    this.faults.shift()?.apply();
  }

  /** `rest`: nothing is under way. `time`: there is more to do after `at`. `limit`: a limit came before either. */
  private runToRest(at: Time): 'rest' | 'time' | 'limit' {
    const { engine, recorder } = this.world;
    const end = Math.min(at, this.until);
    do {
      const before = engine.turns;
      this.turnsToRest(end, before + Math.min(SLICE, this.turns));
      this.turns -= engine.turns - before;
    } while (engine.pending > 0 && engine.nextAt <= end && this.mayGoOn());
    recorder.cause = -1;
    if (engine.pending === 0) return 'rest';
    return this.mayGoOn() && end === at ? 'time' : 'limit';
  }

  /** Goes on until rest, until `end`, or to the engine's turn number `last`: turn by turn as long as somebody is to type. */
  private turnsToRest(end: Time, last: number): void {
    const { engine } = this.world;
    do {
      this.keyboard.typeDue();
      engine.runToRest(end, Math.min(last - engine.turns, this.keyboard.isWaiting ? 1 : SLICE));
      this.keyboard.typeDue();
    } while (engine.pending > 0 && engine.turns < last && engine.nextAt <= end);
  }

  /** Handles everything up to `at`. False when a limit came before it. */
  private runUntil(at: Time): boolean {
    const { engine, recorder } = this.world;
    const end = Math.min(at, this.until);
    this.keyboard.typeDue();
    for (; engine.nextAt <= end; this.turns--) {
      if (this.turns % SLICE === 0 && !this.mayGoOn()) return false;
      engine.step();
      this.keyboard.typeDue();
    }
    recorder.cause = -1;
    engine.runUntil(end);
    return end === at;
  }

  private mayGoOn(): boolean {
    return this.turns > 0 && this.world.frames.liveCount <= FRAME_LIMIT;
  }
}
