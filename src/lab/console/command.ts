// What a console command is: a name, how to call it, one line of help, and the code that runs it on a device.

import type { Station } from '../../device/station.js';
import type { Device, World } from '../../net/world.js';

/** One call of a command. */
export interface Call<D extends Device> {
  readonly world: World;
  readonly device: D;
  /** The words behind the command's name, quotes taken off. */
  readonly args: readonly string[];
  /** How the command is called, for its usage line. */
  readonly usage: string;
  /** Output and error messages, in the order in which they come. What is written after the end is lost. */
  write(text: string): void;
  /**
   * True: nobody takes more output for the moment. Who prints what comes from the network stops reading then, until `goOn` is
   * called, once; so the window closes, and nothing piles up.
   */
  mustWait(goOn: () => void): boolean;
  /** The command is over. Only for commands that run on in simulated time; the first call counts. */
  done(exitCode: number): void;
}

/** Ends a command that still runs, as Ctrl-C does. It may call `done`; otherwise the exit code is 130. */
export type Stop = () => void;

export interface Command<D extends Device = Station> {
  /** One word, or several as in `show ip route`. */
  readonly name: string;
  /** `ping [-c COUNT] HOST`, or several such lines. */
  readonly usage: string;
  /** What it is good for, in 50 characters. */
  readonly help: string;
  /** What its options mean. */
  readonly options?: string;
  /** True when what it does shall be one activity in the trace; ping and others record one of their own. */
  readonly isProgram?: boolean;
  /** Does it go on until it is stopped, called like this? Other commands end by themselves. */
  readonly isEndless?: (args: readonly string[]) => boolean;
  /** Runs it. Returns the exit code when it is over at once; otherwise how to stop it, and `done` is called later. */
  readonly run: (call: Call<D>) => number | Stop;
  /** What the last word could become; `before` are the words behind the command's name so far. */
  readonly complete?: (device: D, before: readonly string[]) => readonly string[];
}

/** Exit codes as shells have them. */
export const EXIT = { ok: 0, failure: 1, usage: 2, notFound: 127, interrupted: 130 } as const;

/** Says what is wrong with a call and how it would be right. */
export function wrongUsage<D extends Device>(
  call: Call<D>,
  problem: string,
  exitCode: number = EXIT.usage,
): number {
  call.write(`${problem}\n${usageLines(call.usage)}`);
  return exitCode;
}

/** All there is to say about a command. */
export function manual({ usage, help, options }: Pick<Command, 'usage' | 'help' | 'options'>): string {
  return `${usageLines(usage)}${help}\n${options === undefined ? '' : `${options}\n`}`;
}

/** `usage: …`, further lines below the first. */
function usageLines(usage: string): string {
  return `usage: ${usage.replaceAll('\n', '\n       ')}\n`;
}
