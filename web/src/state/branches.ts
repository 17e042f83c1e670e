// Branches of a run: what is typed at a console goes on with the branch that is looked at, or begins another one.

import type { TypedLine } from '../worker/protocol.js';
import { placeAt } from './place-at.js';
import type { HeldRun } from './store.js';

/** What is typed in the run that a command makes. */
export interface NextTyped {
  readonly typed: readonly TypedLine[];
  /** The same branch, carried on; otherwise another one beside it. */
  readonly continues: boolean;
}

/** A line is typed at a node when the event `seq` has happened. */
export function typedNext({ typed }: Pick<HeldRun, 'typed'>, seq: number, added: TypedLine): NextTyped {
  const last = typed.at(-1);
  // Whoever stands where the last command ended, or behind it, goes on; whoever went back begins another branch.
  const continues = last !== undefined && seq >= last.ended;
  // What began later has not happened for them. A command without any event begins where it ends.
  const happened = typed.filter(({ begun, ended }) => continues || Math.min(begun, ended) <= seq);
  const lines = happened.map(({ after, node, line }) => ({ after, node, line }));
  return { typed: [...lines, added], continues };
}

/** `branch 1: pc: ping 192.0.2.1; ss -t; router: show ip route, after 2c`. */
export function branchLabel(typed: readonly TypedLine[], first: HeldRun, number: number): string {
  const [begin] = typed;
  const step = begin === undefined ? undefined : first.steps[placeAt(first, begin.after)];
  const when =
    step === undefined || begin === undefined || step.seq > begin.after
      ? 'before anything'
      : `after ${step.id}`;
  const commands = typed.map(({ node, line }, place) =>
    typed[place - 1]?.node === node ? line : `${node}: ${line}`,
  );
  return `branch ${number}: ${commands.join('; ')}, ${when}`;
}
