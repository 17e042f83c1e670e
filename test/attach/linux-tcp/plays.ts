// All that is played against Linux: which scripts and cells, in which of its settings, many at a time.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { MILLISECOND } from '../../../src/base/time.js';
import { readCells } from '../../tcp-script/read-cells.js';
import { readScripts } from '../../tcp-script/read-script.js';
import type { Script } from '../../tcp-script/script.js';
import { compareRecordings } from './compare-recordings.js';
import { LinuxHost, type Settings } from './linux-host.js';
import { type Plan, planOf } from './plan.js';
import { playLinux, Unplayable } from './play-linux.js';
import { playOurs } from './play-ours.js';
import type { Recording } from './recording.js';

const SCRIPTS = path.resolve(import.meta.dirname, '../../tcp-scripts');
/** Plays at a time, in the first round and in those for what was not as expected: time runs truer with few. */
const AT_A_TIME = [60, 12, 4, 1] as const;
/** What was expected but for the time it took is played again. So is everything that was late by more than this: ms. */
const LATE = 4;

/** Linux rounds the window of the tables down to whole segments; so the tables get such a window. */
const wholeSegments = (text: string): string =>
  text.replaceAll('receive-buffer 4096', 'receive-buffer 2920').replaceAll(/wnd 4096 /g, 'wnd 2920 ');

/** Scripts of both kinds, those of the other tests and those beside this file. */
export function readPlans(): Plan[] {
  const files = [SCRIPTS, path.join(import.meta.dirname, 'scripts')].flatMap((folder) =>
    readdirSync(folder).map((name) => ({
      name,
      text: wholeSegments(readFileSync(path.join(folder, name), 'utf8')),
    })),
  );
  const textOf = (name: string): string => files.find((file) => file.name === name)?.text as string;
  const scripts = files
    .filter(({ name }) => name.endsWith('.tcp'))
    .map(({ name, text }) => readScripts(name, text));
  const openings = new Map(scripts.flatMap((file) => [...file.openings]));
  const cells = files.filter(({ name }) => name.endsWith('.cells') && name !== 'states.cells');
  const all: Script[] = [
    ...scripts.flatMap((file) => file.scripts),
    ...cells.flatMap(({ name, text }) => readCells(name, text, textOf)).map(withoutOptions),
  ];
  return all.map((script) => planOf(script, openings));
}

/** Linux offers its options in a crossing SYN even when the peer's had none; in the tables that would hide all else. */
function withoutOptions(cell: Script): Script {
  if (!/ in (CALLED|SYN-SENT)$/.test(cell.title)) return cell;
  const options = { ...cell.host.options, sack: false, timestamps: false, windowScale: false };
  return { ...cell, host: { ...cell.host, options } };
}

/** What Linux needs to be told for a plan, beyond the usual. */
function settingsOf({ host: { options }, steps, name }: Plan): Settings {
  const off = (is: boolean | undefined): number | undefined => (is === false ? 0 : undefined);
  const withoutCookies = steps.some(({ action }) => action.kind === 'listen' && !action.cookies);
  const all: Record<string, number | undefined> = {
    tcp_sack: off(options.sack),
    tcp_timestamps: off(options.timestamps),
    tcp_window_scaling: off(options.windowScale),
    tcp_ecn: options.ecn === true ? 1 : undefined,
    tcp_recovery: options.recovery === 'sack' ? 0 : undefined,
    tcp_syncookies: withoutCookies ? 0 : name.includes('Cookies: ') ? 2 : undefined,
    tcp_invalid_ratelimit: name.includes('Two hosts that disagree') ? 500 : undefined,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Settings;
}

/** Namespaces, one for each set of settings. */
class Hosts {
  private readonly hosts = new Map<string, LinuxHost>();

  async of(plan: Plan): Promise<LinuxHost> {
    const settings = settingsOf(plan);
    const key = JSON.stringify(settings);
    const made = this.hosts.get(key) ?? (await LinuxHost.make(`tcp${this.hosts.size + 1}`, settings));
    this.hosts.set(key, made);
    return made;
  }

  async close(): Promise<void> {
    await Promise.all([...this.hosts.values()].map((host) => host.close()));
  }
}

export interface Outcome {
  /** Lines; none: no difference. */
  readonly lines: readonly string[];
  /** By how much the machine was late, ms. */
  readonly late: number;
}

/** Plays one against Linux, and compares. */
async function judge(plan: Plan, ours: Recording, host: LinuxHost): Promise<Outcome> {
  try {
    const linux = await playLinux(plan, ours, host);
    return { lines: compareRecordings(ours, linux), late: linux.late / MILLISECOND };
  } catch (error) {
    if (!(error instanceof Unplayable)) throw new Error(`${plan.name}: ${String(error)}`, { cause: error });
    return { lines: [`  not played: ${error.message}`], late: 0 };
  }
}

export interface Verdict {
  /** What differs, by the names of all scripts, in their order. */
  readonly found: Map<string, readonly string[]>;
  /** Names of those that were played more than once, with how often. */
  readonly repeated: Map<string, number>;
}

/**
 * Plays all plans. What is not as expected is played again when the machine was late, because then it says nothing: less
 * and less at a time. The last round counts whatever the machine does.
 */
export async function judgeAll(
  plans: readonly Plan[],
  isExpected: (name: string, lines: readonly string[]) => boolean,
): Promise<Verdict> {
  const found = new Map<string, readonly string[]>(plans.map(({ name }) => [name, []]));
  const repeated = new Map<string, number>();
  const hosts = new Hosts();
  try {
    // Ours first, and the namespaces: neither may hold up anybody's clock.
    const recordings = new Map(plans.map((plan) => [plan, playOurs(plan)]));
    for (const plan of plans) await hosts.of(plan);
    let open = [...plans];
    for (const atATime of AT_A_TIME) {
      const again: Plan[] = [];
      await eachOf(open, atATime, async (plan) => {
        const outcome = await judge(plan, recordings.get(plan) as Recording, await hosts.of(plan));
        found.set(plan.name, outcome.lines);
        if (isExpected(plan.name, outcome.lines) || outcome.late < LATE) return;
        again.push(plan);
        repeated.set(plan.name, (repeated.get(plan.name) ?? 0) + 1);
      });
      open = again;
    }
  } finally {
    await hosts.close();
  }
  return { found, repeated };
}

/** Does something for all, so many at a time. */
async function eachOf<One>(
  all: readonly One[],
  atATime: number,
  act: (one: One) => Promise<void>,
): Promise<void> {
  const rest = [...all].reverse();
  const worker = async (): Promise<void> => {
    for (let one = rest.pop(); one !== undefined; one = rest.pop()) await act(one);
  };
  await Promise.all(Array.from({ length: atATime }, worker));
}
