// One table row as a card: each column with its value, wrapping as there is room.

import type { RowView } from 'wirewalk';
import { ChangedValue, columnsOf, RowValue } from '../parts/row-text.js';
import style from './row-card.module.css';

export interface RowCardProps {
  readonly row: RowView;
  /** What stood there before this step; its differing columns are shown as `before → after`. */
  readonly before?: RowView | undefined;
  readonly struck?: boolean;
}

export function RowCard({ row, before, struck = false }: RowCardProps) {
  const columns = columnsOf(before === undefined ? [row] : [row, before]);
  return (
    <dl className={style.card} data-struck={struck}>
      {columns.map((column) => (
        <div key={column} className={style.column}>
          <dt>{column}</dt>
          <dd>
            {before === undefined || before[column] === row[column] ? (
              <RowValue value={row[column]} />
            ) : (
              <ChangedValue before={before[column]} after={row[column]} />
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
