// The console of a node: a typed line becomes a command that runs in simulated time; its output comes by callback.

import { harmless } from '../../base/text.js';
import type { Time } from '../../base/time.js';
import type { Device, World } from '../../net/world.js';
import { Activity } from '../../service/activity.js';
import { type Call, type Command, EXIT, manual, type Stop } from './command.js';
import { type Equipped, equip, findCommand } from './command-table.js';
import { shellWords } from './shell-words.js';

/** Where a command's output goes. Either may be called before `startCommand` returns. */
export interface ConsoleIo {
  /** A piece of output; it holds no control characters besides line ends and tabs. */
  write(text: string): void;
  /** True: nobody takes more for the moment; when that is over, {@link CommandRun.goOn} is to be called. */
  readonly isFull?: boolean;
  /** The command is over; called once. 0: all went well, 127: no such command, 130: stopped. */
  done(exitCode: number): void;
}

/** A command that was started. */
export interface CommandRun {
  /** It goes on until it is stopped: `ping` without a count. Any other command ends by itself. */
  readonly isEndless: boolean;
  /** There is room for output again. */
  goOn(): void;
  /** Ends it as Ctrl-C does: `done` is called before this returns, unless it was already. */
  stop(): void;
}

/** What `help` is, in the lists. */
const HELP: Pick<Command, 'name' | 'usage' | 'help' | 'options'> = {
  name: 'help',
  usage: 'help [COMMAND]',
  help: 'list the commands, or say how to call one',
};

/**
 * Starts a command line on a node. What it sends and waits for happens as the world's time goes on: advance the world
 * until `done` is called. Never throws, whatever is typed.
 */
export function startCommand(world: World, node: string, line: string, io: ConsoleIo): CommandRun {
  const run = new Run(world, line.trim(), io);
  const { recorder } = world;
  const { cause } = recorder;
  // A person types: nothing that happened in the network led to it.
  recorder.cause = -1;
  run.start(node);
  recorder.cause = cause;
  return run;
}

/**
 * Runs a command line to its end and advances the world as far as it needs.
 * @param limit ns of simulated time, finite; then the command is stopped as by Ctrl-C
 */
export function runCommandToEnd(
  world: World,
  node: string,
  line: string,
  limit: Time,
): { readonly output: string; readonly exitCode: number } {
  const { engine, recorder } = world;
  const until = world.now + limit;
  let output = '';
  let exitCode: number | undefined;
  const run = startCommand(world, node, line, {
    write: (text) => {
      output += text;
    },
    done: (code) => {
      exitCode = code;
    },
  });
  while (exitCode === undefined && engine.nextAt <= until && engine.step());
  recorder.cause = -1;
  if (exitCode === undefined) {
    world.advance(until - world.now);
    run.stop();
  }
  return { output, exitCode: exitCode ?? EXIT.interrupted };
}

/** The commands of a device, `help` included, in alphabetical order. */
export function commandNames(device: Device): string[] {
  return [HELP, ...(equip(device)?.commands ?? [])].map(({ name }) => name).sort();
}

/**
 * What the last word of an unfinished line could become: whole words in alphabetical order, the last one empty or begun.
 * Nothing for a node that does not exist.
 */
export function completeCommand(world: World, node: string, partial: string): string[] {
  const device = world.node(node)?.device;
  const equipped = device === undefined ? undefined : equip(device);
  if (equipped === undefined) return [];
  // Quotes are left alone: who quotes does not complete.
  const words = partial.trimStart().split(/\s+/);
  const last = words.at(-1) as string;
  const before = words.slice(0, -1);
  const { commands } = equipped;
  const candidates = new Set<string>();
  const names = [HELP.name, ...commands.map(({ name }) => name)];
  for (const name of names) {
    const parts = name.split(' ');
    const next = parts[before.length];
    if (next !== undefined && before.every((word, i) => parts[i]?.startsWith(word))) candidates.add(next);
  }
  if (before[0] === HELP.name)
    for (const name of names) candidates.add(name.split(' ')[before.length - 1] ?? '');
  for (const word of wordsOfCommand(equipped, before)) candidates.add(word);
  return [...candidates].filter((word) => word !== '' && word.startsWith(last)).sort();
}

function wordsOfCommand(equipped: Equipped, before: readonly string[]): readonly string[] {
  if (before.length === 0) return [];
  return equipped.kind === 'station'
    ? completions(equipped.device, equipped.commands, before)
    : completions(equipped.device, equipped.commands, before);
}

function completions<D extends Device>(
  device: D,
  commands: readonly Command<D>[],
  before: readonly string[],
): readonly string[] {
  const match = findCommand(commands, before);
  return match?.command.complete?.(device, match.args) ?? [];
}

class Run implements CommandRun {
  isEndless = false;
  private readonly world: World;
  private readonly line: string;
  private readonly io: ConsoleIo;
  private activity: Activity | undefined;
  private stopCommand: Stop = () => {};
  private over = false;
  private waiting = new Set<() => void>();

  constructor(world: World, line: string, io: ConsoleIo) {
    this.world = world;
    this.line = line;
    this.io = io;
  }

  start(node: string): void {
    const device = this.world.node(node)?.device;
    if (device === undefined) {
      const names = this.world.nodes.map(({ name }) => name);
      this.write(`there is no node named ${node}; there are ${names.join(', ')}\n`);
      this.done(EXIT.notFound);
      return;
    }
    const read = shellWords(this.line);
    if ('error' in read) {
      this.write(`sh: ${read.error}\n`);
      this.done(EXIT.usage);
      return;
    }
    const { words } = read;
    const equipped = equip(device);
    if (words.length === 0) this.done(EXIT.ok);
    else if (words[0] === HELP.name) this.help(device, words.slice(1));
    else if (equipped === undefined) this.unknown(device, words);
    else if (equipped.kind === 'station') this.runOn(equipped.device, equipped.commands, words);
    else this.runOn(equipped.device, equipped.commands, words);
  }

  stop(): void {
    if (this.over) return;
    this.during(() => {
      this.stopCommand();
      this.done(EXIT.interrupted);
    });
  }

  goOn(): void {
    const { waiting } = this;
    this.waiting = new Set();
    this.during(() => {
      for (const act of waiting) if (!this.over) act();
    });
  }

  private during(act: () => void): void {
    if (this.activity === undefined) act();
    else this.activity.during(act);
  }

  private runOn<D extends Device>(
    device: D,
    commands: readonly Command<D>[],
    words: readonly string[],
  ): void {
    const match = findCommand(commands, words);
    if (match === undefined) {
      this.unknown(device, words);
      return;
    }
    const { command, args } = match;
    if (args.length === 1 && args[0] === '--help') {
      this.write(manual(command));
      this.done(EXIT.ok);
      return;
    }
    if (command.isProgram === true)
      this.activity = new Activity(device.context, 'program', harmless(this.line));
    this.isEndless = command.isEndless?.(args) ?? false;
    const call: Call<D> = {
      ...{ world: this.world, device, args, usage: command.usage },
      write: (text) => this.write(text),
      mustWait: (goOn) => {
        const isFull = this.io.isFull ?? false;
        if (isFull) this.waiting.add(goOn);
        return isFull;
      },
      done: (exitCode) => this.done(exitCode),
    };
    const result = command.run(call);
    if (typeof result === 'number') this.done(result);
    else this.stopCommand = result;
  }

  /** In the words of a shell, with what there is instead. */
  private unknown(device: Device, words: readonly string[]): void {
    const [first = ''] = words;
    const names = commandNames(device);
    const shows = names.filter((name) => name.startsWith('show '));
    if (first.length > 1 && 'show'.startsWith(first) && shows.length > 0) {
      const known = shows.map((name) => name.split(' ').slice(1));
      const begun = known.some((parts) => words.slice(1).every((word, i) => parts[i]?.startsWith(word)));
      this.write(begun ? '% Incomplete or ambiguous command\n' : `% Invalid input: ${words.join(' ')}\n`);
      this.write(`${device.context.name} has these: ${shows.join(', ')}\n`);
      this.done(EXIT.usage);
      return;
    }
    this.write(`sh: ${first}: command not found\n`);
    this.write(`${device.context.name} has these commands: ${names.join(', ')}\n`);
    this.done(EXIT.notFound);
  }

  private help(device: Device, words: readonly string[]): void {
    const known = [HELP, ...(equip(device)?.commands ?? [])].sort((a, b) => (a.name < b.name ? -1 : 1));
    if (words.length === 0) {
      const width = Math.max(...known.map(({ name }) => name.length));
      this.write(`Commands on ${device.context.name} (${device.kind}):\n`);
      for (const { name, help } of known) this.write(`  ${name.padEnd(width)}  ${help}\n`);
      this.done(EXIT.ok);
      return;
    }
    const match = findCommand(known, words);
    if (match === undefined) this.unknown(device, words);
    else {
      this.write(manual(match.command));
      this.done(EXIT.ok);
    }
  }

  private write(text: string): void {
    if (!this.over && text !== '') this.io.write(harmless(text));
  }

  private done(exitCode: number): void {
    if (this.over) return;
    this.over = true;
    const outcome = exitCode === EXIT.interrupted ? 'stopped' : `exit code ${exitCode}`;
    this.activity?.end(exitCode === EXIT.ok, outcome);
    this.io.done(exitCode);
  }
}
