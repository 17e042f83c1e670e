// Looking up an address in the routing table of the moment: any address, not only that of the step.

import { useId } from 'react';
import type { RouteLookup } from 'wirewalk';
import { useAnswer } from '../state/answers.js';
import style from './tables-pane.module.css';

const ADDRESS = /^\d{1,3}(\.\d{1,3}){3}$/;

export interface LookupQuestion {
  readonly run: number;
  readonly seq: number;
  readonly node: number;
}

/** The look-up of what was typed; undefined while it is no address, or not answered yet. */
export function useLookup(typed: string, question: LookupQuestion | undefined): RouteLookup | undefined {
  const destination = typed.trim();
  const asked =
    ADDRESS.test(destination) && question !== undefined ? { ...question, destination } : undefined;
  const answer = useAnswer('lookup', asked);
  return answer?.destination === destination ? answer : undefined;
}

export interface RouteLookupFieldProps {
  readonly typed: string;
  readonly setTyped: (typed: string) => void;
  readonly lookup: RouteLookup | undefined;
}

export function RouteLookupField({ typed, setTyped, lookup }: RouteLookupFieldProps) {
  const id = useId();
  return (
    <div className={style.lookup}>
      <label htmlFor={id}>Look up an address</label>
      <input
        id={id}
        className={style.field}
        type="text"
        inputMode="decimal"
        autoComplete="off"
        spellCheck={false}
        maxLength={40}
        placeholder="such as 192.0.2.1"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') setTyped('');
        }}
      />
      <p className={style.verdict} role="status">
        {verdictOf(typed, lookup)}
      </p>
    </div>
  );
}

function verdictOf(typed: string, lookup: RouteLookup | undefined): string {
  if (typed.trim() === '') return '';
  if (lookup === undefined) return ADDRESS.test(typed.trim()) ? '…' : 'Not an IPv4 address yet.';
  const { winner } = lookup;
  if (winner === undefined) return `No row holds ${lookup.destination}: a packet to it is dropped.`;
  const { destination, gateway, interface: port } = winner.row;
  const hop = gateway === 'on-link' ? 'straight to it on the link' : `to the next hop ${gateway}`;
  return `${destination} wins: ${hop}, by interface ${port}.`;
}
