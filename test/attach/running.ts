// Labs in processes of their own, that need no root: with cables over sockets, or with nothing attached.

import type { ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { Folder, outcomeOf, start, wirewalk } from '../cli.js';

/** Labs started by one test, and where they find each other. */
export class RunningLabs {
  readonly folder = new Folder();
  private readonly children: ChildProcess[] = [];
  /** What every command of this test needs to find the labs. */
  readonly env = { XDG_RUNTIME_DIR: this.folder.file('run') };

  constructor() {
    mkdirSync(this.env.XDG_RUNTIME_DIR, { mode: 0o700 });
  }

  /** Starts `wirewalk up` with these arguments and waits until it runs. */
  async up(...args: string[]): Promise<{ readonly pid: number; readonly said: string }> {
    const child = this.start('up', ...args);
    let said = '';
    let complaint = '';
    child.stderr?.on('data', (piece: Buffer) => {
      complaint += piece.toString('utf8');
    });
    await new Promise<void>((resolve, reject) => {
      child.stdout?.on('data', (piece: Buffer) => {
        said += piece.toString('utf8');
        if (said.includes('Ctrl-C ends it.')) resolve();
      });
      child.on('close', () => reject(new Error(`wirewalk up ended: ${said}${complaint}`)));
    });
    return { pid: child.pid as number, said };
  }

  /** Starts a command that goes on; it ends with the test. */
  start(...args: string[]): ChildProcess {
    const child = start(args, { env: this.env });
    this.children.push(child);
    return child;
  }

  /** Runs a command to its end. */
  run(...args: string[]): ReturnType<typeof wirewalk> {
    return wirewalk(args, { env: this.env });
  }

  /** Ends everything that still runs. */
  async end(): Promise<void> {
    await Promise.all(
      this.children
        .filter((child) => child.exitCode === null && child.signalCode === null)
        .map((child) => {
          const ended = outcomeOf(child);
          child.kill('SIGINT');
          const timer = setTimeout(() => child.kill('SIGKILL'), 5_000);
          return ended.then(() => clearTimeout(timer));
        }),
    );
    this.folder.remove();
  }
}

/** Waits until something holds, at most `patience` ms. */
export async function until(holds: () => boolean | Promise<boolean>, patience = 10_000): Promise<void> {
  const end = performance.now() + patience;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error('it never came true');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
