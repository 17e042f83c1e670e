// What decided: the rows that were looked up, why they won, and which ones lost.

import { type Decision, describeRow, shownRow } from 'wirewalk';
import { FateMark, tableTitle } from '../parts/row-text.js';
import { selectNode } from '../state/actions.js';
import { ExplainedText } from './explained-text.js';
import { RowCard } from './row-card.js';
import style from './step-cards.module.css';

export interface DecisionListProps {
  readonly decisions: readonly Decision[];
  /** Index of the node whose tables these are. */
  readonly node: number;
}

export function DecisionList({ decisions, node }: DecisionListProps) {
  return (
    <ul className={style.cards}>
      {decisions.map((decision) => (
        <li key={`${decision.table} ${decision.seq} ${decision.why}`} className={style.card}>
          <div className={style.cardHead}>
            <h4>{tableTitle(decision.table)}</h4>
            <button
              type="button"
              className={style.open}
              aria-label={`Open the table: ${tableTitle(decision.table)}`}
              onClick={() => selectNode(node, decision.seq)}
            >
              Open the table
            </button>
          </div>
          <Verdict decision={decision} />
        </li>
      ))}
    </ul>
  );
}

function Verdict({ decision }: { readonly decision: Decision }) {
  const { table, row, why, losers } = decision;
  if (row === undefined) {
    return (
      <p className={style.why}>
        <span className={style.noRow}>no row</span> {why}
      </p>
    );
  }
  return (
    <>
      <div className={style.winner}>
        <RowCard row={shownRow(table, row)} />
        <p className={style.why}>
          <FateMark fate="decides" /> <ExplainedText text={why} />
        </p>
      </div>
      {losers.length === 0 ? null : <Losers decision={decision} />}
    </>
  );
}

/** As many losers as anybody reads; the table itself has them all. */
const LOSERS = 12;

/** Rows that lost, best first. */
function Losers({ decision }: { readonly decision: Decision }) {
  const { table, losers } = decision;
  const more = losers.length - LOSERS;
  return (
    <ul className={style.losers} aria-label="Rows that lost">
      {losers.slice(0, LOSERS).map(({ row, why }) => (
        <li key={JSON.stringify(row)} className={style.loser}>
          <FateMark fate="lost" />
          <span>
            <span className={style.row}>{describeRow(table, row)}</span> {why}
          </span>
        </li>
      ))}
      {more > 0 ? <li className={style.loser}>… and {more} more rows, see the table.</li> : null}
    </ul>
  );
}
