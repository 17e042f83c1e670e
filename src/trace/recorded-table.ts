// Protocol tables that record every change, so that no view can be out of date.

import type { RowView, TableName, TableRemoved } from './events.js';
import type { RecordedAnew, Recorder, Where } from './recorder.js';

/** What every row carries for the trace. */
export interface RecordedRow {
  /** seq of the table-set event that set the row (−1 when not recorded): what decisions point to. */
  recordedAs: number;
}

/** A table from keys to rows. Rows are changed by `set` alone. */
export class RecordedTable<Key extends number | string, Row extends RecordedRow> implements RecordedAnew {
  private readonly rows = new Map<Key, Row>();
  private lastKey: Key | undefined;
  private lastRow: Row | undefined;
  private readonly recorder: Recorder;
  private readonly where: Where;
  private readonly table: TableName;
  private readonly show: (row: Row) => RowView;
  private readonly showKey: (key: Key, row: Row) => string;

  /**
   * @param show the row's columns as views see them; called only when recording
   * @param showKey the key as text, unique within the table
   */
  constructor(
    recorder: Recorder,
    where: Where,
    table: TableName,
    show: (row: Row) => RowView,
    showKey: (key: Key, row: Row) => string = String,
  ) {
    this.showKey = showKey;
    this.recorder = recorder;
    this.where = where;
    this.table = table;
    this.show = show;
    recorder.addTable(this);
  }

  get size(): number {
    return this.rows.size;
  }

  get(key: Key): Row | undefined {
    if (key === this.lastKey) return this.lastRow;
    const row = this.rows.get(key);
    this.lastKey = key;
    this.lastRow = row;
    return row;
  }

  values(): IterableIterator<Row> {
    return this.rows.values();
  }

  entries(): IterableIterator<[Key, Row]> {
    return this.rows.entries();
  }

  /** Adds or replaces the row of a key. */
  set(key: Key, row: Row): void {
    const before = this.rows.get(key);
    this.rows.set(key, row);
    this.lastKey = key;
    this.lastRow = row;
    if (!this.recorder.on) return;
    const after = this.show(row);
    row.recordedAs = this.recorder.record(
      this.where,
      before === undefined
        ? { kind: 'table-set', table: this.table, key: this.showKey(key, row), after }
        : {
            kind: 'table-set',
            table: this.table,
            key: this.showKey(key, row),
            before: this.lastShown.get(key) ?? after,
            after,
          },
    );
    this.lastShown.set(key, after);
  }

  /** Records all rows as they are, for a recording that begins in the middle of a run. */
  recordAnew(): void {
    this.shown = undefined;
    for (const [key, row] of this.rows) {
      const after = this.show(row);
      row.recordedAs = this.recorder.record(this.where, {
        kind: 'table-set',
        table: this.table,
        key: this.showKey(key, row),
        after,
      });
      this.lastShown.set(key, after);
    }
  }

  /** Says that the row proved good again. */
  refresh(row: Row): void {
    if (this.recorder.on && row.recordedAs >= 0) this.recorder.tableRefreshed(this.where, row.recordedAs);
  }

  remove(key: Key, why: TableRemoved['why']): void {
    const row = this.rows.get(key);
    if (row === undefined) return;
    this.rows.delete(key);
    this.lastKey = undefined;
    this.lastRow = undefined;
    if (!this.recorder.on) return;
    const before = this.lastShown.get(key) ?? {};
    this.lastShown.delete(key);
    this.recorder.record(this.where, {
      kind: 'table-removed',
      table: this.table,
      key: this.showKey(key, row),
      before,
      why,
    });
  }

  // A row may have been changed in place before `set`, so what was shown is kept, not the row.
  private shown: Map<Key, RowView> | undefined;
  private get lastShown(): Map<Key, RowView> {
    this.shown ??= new Map();
    return this.shown;
  }
}
