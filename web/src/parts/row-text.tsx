// Table rows in words: values with what is not known yet, what became of a row in this step, and how tables are called.

import { type RowView, TABLE_TITLES, type TableName, type Value } from 'wirewalk';
import style from './row-text.module.css';

/** What becomes of a row in a step, or its part in the decision. */
export type RowFate = 'added' | 'changed' | 'removed' | 'refreshed' | 'decides' | 'lost';

const FATES: Readonly<Record<RowFate, { readonly sign: string; readonly word: string }>> = {
  added: { sign: '+', word: 'added' },
  changed: { sign: '~', word: 'changed' },
  removed: { sign: '−', word: 'removed' },
  refreshed: { sign: '=', word: 'refreshed' },
  decides: { sign: '★', word: 'decides' },
  lost: { sign: '✗', word: 'lost' },
};

/** Why a row was removed, in words. */
const REMOVALS: Readonly<Record<string, string>> = {
  aged: 'its time was up',
  replaced: 'another row needs its place',
  closed: 'what it stood for has ended',
  cleared: 'cleared on request',
  failed: 'what it waited for did not come',
};

export function removalText(reason: string | undefined): string {
  return reason === undefined ? 'removed' : (REMOVALS[reason] ?? reason);
}

/** `+ added`, in the colour of what happened. */
export function FateMark({ fate }: { readonly fate: RowFate }) {
  const { sign, word } = FATES[fate];
  return (
    <span className={style.fate} data-fate={fate}>
      <span aria-hidden="true" className={style.sign}>
        {sign}
      </span>
      {word}
    </span>
  );
}

/** What stands for a value that is not known yet. */
export const UNKNOWN = '????';

/** A value of a row; what is not known yet is marked as such. */
export function RowValue({ value }: { readonly value: Value | undefined }) {
  if (value === undefined || value === '') return <span className={style.none}>–</span>;
  if (value === UNKNOWN) return <UnknownValue />;
  const text = String(value);
  return (
    <span className={style.value} data-long={text.length > LONG}>
      {text}
    </span>
  );
}

/** What is longer may be broken anywhere. */
const LONG = 28;

export function UnknownValue() {
  return (
    <span className={style.unknown} title="not known yet">
      {UNKNOWN}
      <span className="unseen"> (not known yet)</span>
    </span>
  );
}

/** `SYN-SENT → ESTABLISHED`. */
export function ChangedValue({
  before,
  after,
}: {
  readonly before: Value | undefined;
  readonly after: Value | undefined;
}) {
  return (
    <span className={style.changed}>
      <del className={style.before}>
        <RowValue value={before} />
      </del>
      <span aria-hidden="true"> → </span>
      <span className="unseen"> becomes </span>
      <ins className={style.after}>
        <RowValue value={after} />
      </ins>
    </span>
  );
}

/** The names of all columns that some of the rows have, in the order in which they come. */
export function columnsOf(rows: readonly RowView[]): readonly string[] {
  const columns = new Set<string>();
  for (const row of rows) for (const column of Object.keys(row)) columns.add(column);
  return [...columns];
}

/** `Routing table`, as a headline. */
export function tableTitle(table: TableName): string {
  return capitalOf(TABLE_TITLES[table]);
}

/** With a capital, unless the word has capitals of its own. */
export function capitalOf(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Do two rows say the same? */
export function sameRow(a: RowView, b: RowView): boolean {
  const columns = Object.keys(a);
  return columns.length === Object.keys(b).length && columns.every((column) => a[column] === b[column]);
}
