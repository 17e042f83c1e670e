// Rows as tables show them: what belongs together stands in one column, times have their unit.

import { type RowView, shownRow, type TableName } from 'wirewalk';

/** An address of the NAT table with its port, or the identifier in its place: `192.0.2.1:3333`. */
export function drawnRow(table: TableName, row: RowView): RowView {
  if (table !== 'nat') return shownRow(table, row);
  const sign = row.protocol === 'ICMP' ? ' id ' : ':';
  const drawn: Record<string, RowView[string]> = {};
  for (const [column, value] of Object.entries(row)) {
    const port = row[`${column} port`];
    if (!column.endsWith(' port')) drawn[column] = port === undefined ? value : `${value}${sign}${port}`;
  }
  return drawn;
}
