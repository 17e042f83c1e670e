// What this step changed in tables.

import { type Change, shownRow } from 'wirewalk';
import { FateMark, removalText, tableTitle } from '../parts/row-text.js';
import { selectNode } from '../state/actions.js';
import { RowCard } from './row-card.js';
import style from './step-cards.module.css';

export interface ChangeListProps {
  readonly changes: readonly Change[];
  /** Name of the step's node: others are named. */
  readonly node: string;
  readonly indexOf: (node: string) => number;
}

export function ChangeList({ changes, node, indexOf }: ChangeListProps) {
  return (
    <ul className={style.cards}>
      {merged(changes).map((change) => {
        const { seq, table, kind, key, before, after, reason } = change;
        const row = after ?? before;
        if (row === undefined) return null;
        return (
          <li key={`${change.node} ${table} ${key}`} className={style.card} data-change={kind}>
            <div className={style.cardHead}>
              <h4>
                {tableTitle(table)}
                {change.node === node ? '' : ` of ${change.node}`}
              </h4>
              <FateMark fate={kind} />
              <button
                type="button"
                className={style.open}
                aria-label={`Open the table: ${tableTitle(table)}`}
                onClick={() => selectNode(indexOf(change.node), seq)}
              >
                Open the table
              </button>
            </div>
            <RowCard
              row={shownRow(table, row)}
              before={kind === 'changed' && before !== undefined ? shownRow(table, before) : undefined}
              struck={kind === 'removed'}
            />
            {kind === 'removed' ? <p className={style.why}>Removed: {removalText(reason)}.</p> : null}
            {kind === 'refreshed' ? (
              <p className={style.why}>It proved good again: its age begins anew.</p>
            ) : null}
          </li>
        );
      })}
    </ul>
  );
}

/** Changes of one row within the step as one: from what it was before the first to what it is after the last. */
function merged(changes: readonly Change[]): readonly Change[] {
  const rows = new Map<string, Change>();
  for (const change of changes) {
    const name = `${change.node} ${change.table} ${change.key} ${change.after?.interface ?? change.before?.interface ?? ''}`;
    const first = rows.get(name);
    if (first === undefined) rows.set(name, change);
    else if (change.kind === 'refreshed') continue;
    else if (first.kind === 'added' && change.kind !== 'removed')
      rows.set(name, { ...change, kind: 'added' });
    else {
      const before = first.kind === 'refreshed' ? change.before : (first.before ?? change.before);
      rows.set(name, before === undefined ? change : { ...change, before });
    }
  }
  return [...rows.values()];
}
