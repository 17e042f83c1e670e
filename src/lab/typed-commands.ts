// Commands that somebody types at a node's console while a lab runs: each at its moment, told by an event of the run.
// Up to there the run is what it would have been without them, byte for byte; from there on it is a branch of its own.

import { MINUTE, SECOND, type Time } from '../base/time.js';
import type { World } from '../net/world.js';
import { EXIT } from './console/command.js';
import type { CommandRun, ConsoleIo } from './console/console.js';

/** A command line typed at a node's console at a moment of a run. */
export interface TypedCommand {
  /**
   * seq of the event behind which it is typed, as soon as the turn in which that event happens is over. −1: before
   * anything happens. An event that the run does not reach: when everything is at rest.
   */
  readonly after: number;
  readonly node: string;
  readonly line: string;
  /** Simulated time it may take, in ns; then it is stopped as by Ctrl-C. Default 10 min, or 30 s when it has no end. */
  readonly limit?: Time;
}

export interface TypedResult extends TypedCommand {
  readonly output: string;
  /** As shells have them: 0 all went well, 127 no such command or node, 130 stopped. */
  readonly exitCode: number;
  /** seq of the first event after it was typed. */
  readonly begun: number;
  /** seq of the last event when it was over; below `begun` when there was none meanwhile. */
  readonly ended: number;
}

/** Starts a command line on a node, as `startCommand` of the console does. */
export type StartCommand = (world: World, node: string, line: string, io: ConsoleIo) => CommandRun;

const LIMIT: Time = 10 * MINUTE;
/** For what goes on until it is stopped, such as `ping` without a count. */
const ENDLESS_LIMIT: Time = 30 * SECOND;

/** Types commands in the order of their moments; at one node each waits until the one before it is over. */
export class Keyboard {
  /** One per command, in the order in which they were given. */
  readonly results: TypedResult[] = [];
  private readonly world: World;
  private readonly startCommand: StartCommand;
  /** Not yet typed, in order. */
  private waiting: { readonly command: TypedCommand; readonly after: number; readonly place: number }[];
  /** The command under way at each node. */
  private readonly running = new Map<string, CommandRun>();
  /** What is typed behind this event or an earlier one may be typed now, whether the event has happened or not. */
  private overdue = -1;

  constructor(world: World, commands: readonly TypedCommand[], startCommand: StartCommand) {
    this.world = world;
    this.startCommand = startCommand;
    this.waiting = commands
      .map((command, place) => ({ command, after: command.after > -1 ? command.after : -1, place }))
      .sort((a, b) => (a.after < b.after ? -1 : Number(a.after > b.after)));
  }

  /** True while something is still to be typed: then the time must pass turn by turn. */
  get isWaiting(): boolean {
    return this.waiting.length > 0;
  }

  /** Types what is due. To be called whenever a turn is over. */
  typeDue(): void {
    const [first] = this.waiting;
    if (first === undefined || !this.isDue(first.after)) return;
    // What ends at once makes way for the next one at its node.
    for (const next of [...this.waiting]) {
      if (!this.isDue(next.after) || this.running.has(next.command.node)) continue;
      this.waiting = this.waiting.filter((other) => other !== next);
      this.start(next.command, next.place);
    }
    this.world.recorder.cause = -1;
  }

  /**
   * Everything is at rest, or a limit has come: what still runs is stopped, and the next command may be typed whatever
   * its moment. Returns false when there was nothing to do.
   */
  goOn(): boolean {
    if (this.running.size > 0) {
      for (const run of [...this.running.values()]) run.stop();
      this.world.recorder.cause = -1;
      return true;
    }
    const [first] = this.waiting;
    if (first === undefined) return false;
    this.overdue = first.after;
    this.typeDue();
    return true;
  }

  private isDue(after: number): boolean {
    return after < this.world.recorder.length || after <= this.overdue;
  }

  private start(command: TypedCommand, place: number): void {
    const { engine, recorder } = this.world;
    const { node, line } = command;
    const begun = recorder.length;
    let output = '';
    let over = false;
    const run = this.startCommand(this.world, node, line, {
      write: (text) => {
        output += text;
      },
      done: (exitCode) => {
        over = true;
        this.running.delete(node);
        this.results[place] = { ...command, output, exitCode, begun, ended: recorder.length - 1 };
      },
    });
    if (over) return;
    this.running.set(node, run);
    const limit = command.limit ?? (run.isEndless ? ENDLESS_LIMIT : LIMIT);
    const stop = {
      wake: () => {
        recorder.cause = -1;
        run.stop();
      },
    };
    if (limit < Number.POSITIVE_INFINITY)
      engine.schedule(stop, engine.now + Math.max(0, limit), engine.takeOrder());
  }
}

/** Where there is no console: whatever is typed is not found. */
export const noConsole: StartCommand = (_world, node, line, io) => {
  io.write(`there is no console at ${node} to run ${line}\n`);
  io.done(EXIT.notFound);
  return { isEndless: false, goOn: () => {}, stop: () => {} };
};
