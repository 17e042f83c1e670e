// What was said at each node's console since the lab was opened. Outlives the pane, so nothing is lost by looking elsewhere.

import { useSyncExternalStore } from 'react';
import { typeCommand } from '../state/actions.js';
import { type HeldRun, type PageState, page, update } from '../state/store.js';
import type { OpenedLab } from '../worker/protocol.js';
import { LineEditor } from './line-editor.js';

/** Something that stands in a console for good. */
export type Entry =
  | {
      readonly kind: 'command';
      readonly line: string;
      readonly output: string;
      readonly exitCode: number;
    }
  /** Said by the page, not by the node. */
  | { readonly kind: 'note'; readonly text: string };

export interface Session {
  readonly entries: readonly Entry[];
  /** The terminal shows entries from here on: it was cleared. */
  readonly shownFrom: number;
  /** The command that is under way. */
  readonly pending: { readonly line: string; readonly over: Promise<readonly Entry[]> } | undefined;
  /** The line that is being typed, with the history. Changes in place. */
  readonly editor: LineEditor;
}

/** Entries that are kept per node. */
const KEPT = 500;

let owner: OpenedLab | undefined;
/** Something was typed here, or recalled. */
let isBegun = false;
let sessions = new Map<string, Session>();
/** Commands are carried out one after the other: each goes on from where the one before ended. */
let turn: Promise<unknown> = Promise.resolve();
const listeners = new Set<() => void>();

export function sessionOf(node: string): Session {
  const { lab } = page();
  if (owner !== lab) {
    owner = lab;
    isBegun = false;
    sessions = new Map();
  }
  let session = sessions.get(node);
  if (session === undefined) {
    session = { entries: [], shownFrom: 0, pending: undefined, editor: new LineEditor() };
    sessions.set(node, session);
  }
  return session;
}

/** The session of a node, kept up to date. */
export function useSession(node: string): Session {
  return useSyncExternalStore(subscribe, () => sessionOf(node));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function change(node: string, part: Partial<Session>): void {
  sessions.set(node, { ...sessionOf(node), ...part });
  for (const listener of [...listeners]) listener();
}

/** What was there goes out of sight (Ctrl-L); the record keeps it. */
export function clearShown(node: string): void {
  change(node, { shownFrom: sessionOf(node).entries.length });
}

function append(node: string, added: readonly Entry[], part: Partial<Session> = {}): void {
  const { entries, shownFrom } = sessionOf(node);
  const all = [...entries, ...added];
  const over = Math.max(0, all.length - KEPT);
  change(node, { entries: all.slice(over), shownFrom: Math.max(0, shownFrom - over), ...part });
}

/** Carries a line out at the chosen moment. Resolves to what is new in the console; never rejects. */
export function runLine(node: string, line: string): Promise<readonly Entry[]> {
  const lab = page().lab;
  // Whoever types at a console stays there, wherever the next steps are.
  const index = lab?.world.nodes.findIndex(({ name }) => name === node) ?? -1;
  if (page().node !== index) update({ node: index });
  const over = turn.then(async () => {
    const before = page();
    if (before.lab !== lab) return [];
    const result = await typeCommand(node, line);
    const after = page();
    if (after.lab !== lab) return [];
    const added: Entry[] =
      result === undefined
        ? [{ kind: 'note', text: after.notice ?? 'This could not be run.' }]
        : [{ kind: 'command', line, output: result.output, exitCode: result.exitCode }];
    if (result !== undefined && after.runs.length > before.runs.length)
      added.push({ kind: 'note', text: branchNote(before, after) });
    append(node, added, { pending: undefined });
    return added;
  });
  turn = over;
  sessionOf(node);
  isBegun = true;
  change(node, { pending: { line, over } });
  return over;
}

/** A branch that came with the address: its consoles tell what was typed, as if it had been typed here. */
export function recallTyped(run: HeldRun): void {
  const [first] = run.typed;
  if (first === undefined) return;
  sessionOf(first.node);
  if (isBegun) return;
  isBegun = true;
  for (const { node, line, output, exitCode } of run.typed) {
    append(node, [{ kind: 'command', line, output, exitCode }]);
    sessionOf(node).editor.remember(line);
  }
}

function branchNote(before: PageState, after: PageState): string {
  const number = after.run === undefined ? 0 : after.runs.indexOf(after.run);
  const at = before.run?.steps[before.step]?.id;
  const where = at === undefined ? '' : ` at ${at}`;
  return `This went on as branch ${number}${where}. The first run stays as it is.`;
}

/** `pc$ ` on computers, `router# ` on devices of the network. */
export function promptOf(node: { readonly name: string; readonly kind: string }): string {
  return `${node.name}${node.kind === 'host' ? '$' : '#'} `;
}
