// One table at the chosen moment, with what the current step does to its rows.

import { memo, type ReactNode, useState } from 'react';
import { formatDuration, type NodeTable, type RowView, SECOND, type TableRow } from 'wirewalk';
import { ChangedValue, columnsOf, FateMark, RowValue, removalText, tableTitle } from '../parts/row-text.js';
import { goToStep } from '../state/actions.js';
import type { HeldRun } from '../state/store.js';
import type { RowNote } from '../worker/protocol.js';
import { drawnRow } from './drawn-row.js';
import { type GhostRow, markOf, type NodeMarks, type RowMark } from './row-marks.js';
import { ageOf, type Countdown, columnTitle, countdownOf } from './row-times.js';
import style from './table-view.module.css';

/** Rows that are shown at first; those with a mark always are. */
const SHOWN = 100;

/** The moment to which tables belong. */
export interface Moment {
  readonly run: HeldRun;
  /** The chosen step. */
  readonly step: number;
  /** In ns. */
  readonly time: number;
  readonly notes: ReadonlyMap<number, RowNote>;
}

export interface TableViewProps {
  readonly table: NodeTable;
  /** Name of the node. */
  readonly node: string;
  readonly moment: Moment;
  readonly marks: NodeMarks;
  /** seq of the row that somebody wants to see; −1 none. */
  readonly lit: number;
  /** Headlines of tables stand below those of nodes where there are several. */
  readonly level: 3 | 4;
  /** Between the headline and the table. */
  readonly children?: ReactNode;
}

export const TableView = memo(function TableView(props: TableViewProps) {
  const { table, node, moment, marks, lit, level, children } = props;
  const [whole, setWhole] = useState(false);
  const ghosts = marks.ghosts.filter(
    (ghost) => ghost.table === table.table && ghost.interface === table.interface,
  );
  const marked = table.rows.map((row) => ({ row, mark: markOf(marks, table.table, row) }));
  const shown =
    whole || marked.length <= SHOWN
      ? marked
      : marked.filter(({ row, mark }, index) => index < SHOWN || mark !== undefined || row.seq === lit);
  const title = tableTitle(table.table);
  const Title = level === 3 ? 'h3' : 'h4';
  const head = (
    <Title className={style.title}>
      {title}
      {table.interface === undefined ? null : <span className={style.port}> {table.interface}</span>}
      <span className={style.count}>
        {table.rows.length} {table.rows.length === 1 ? 'row' : 'rows'}
      </span>
    </Title>
  );
  if (shown.length === 0 && ghosts.length === 0) {
    return (
      <div className={style.section}>
        {head}
        <p className={style.empty}>No rows at this moment.</p>
      </div>
    );
  }
  // The interface stands in the headline.
  const columns = columnsOf([
    ...shown.map(({ row }) => drawnRow(table.table, row.row)),
    ...ghosts.map(({ row }) => drawnRow(table.table, row)),
  ]).filter((column) => column !== 'interface' || table.interface === undefined);
  const ways = shown.some(({ row }) => hasWay(moment, row.seq));
  const label = `${title}${table.interface === undefined ? '' : ` ${table.interface}`} of ${node}`;
  return (
    <div className={style.section}>
      {head}
      {children}
      <section className={style.scroll} aria-label={label} {...(ways ? {} : { tabIndex: 0 })}>
        <table className={style.table}>
          <caption className="unseen">{label}</caption>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col">
                  {columnTitle(table.table, column)}
                </th>
              ))}
            </tr>
          </thead>
          {shown.map(({ row, mark }) => (
            <Row
              key={row.key}
              table={table}
              row={row}
              mark={mark}
              moment={moment}
              columns={columns}
              isLit={row.seq === lit}
            />
          ))}
          {ghosts.map((ghost) => (
            <Ghost key={`ghost ${ghost.key}`} ghost={ghost} columns={columns} isLit={ghost.seq === lit} />
          ))}
        </table>
      </section>
      {shown.length < marked.length || whole ? (
        <button type="button" className={style.more} onClick={() => setWhole(!whole)}>
          {whole ? `Show the first ${SHOWN} rows only` : `Show ${marked.length - shown.length} more rows`}
        </button>
      ) : null}
    </div>
  );
});

/** Does the row show the way to the step that made it? */
function hasWay({ notes, step }: Moment, seq: number): boolean {
  const made = notes.get(seq)?.step ?? -1;
  return made >= 0 && made !== step;
}

interface RowProps {
  readonly table: NodeTable;
  readonly row: TableRow;
  readonly mark: RowMark | undefined;
  readonly moment: Moment;
  readonly columns: readonly string[];
  readonly isLit: boolean;
}

/** The row, and below it what there is to say of it: a line of its own, because columns for it would seldom be filled. */
function Row({ table, row, mark, moment, columns, isLit }: RowProps) {
  const note = moment.notes.get(row.seq);
  const drawn = drawnRow(table.table, row.row);
  const before = mark?.before === undefined ? undefined : drawnRow(table.table, mark.before);
  const countdown = countdownOf(table.table, row.row, note, moment.time);
  const age = ageOf(table.table, row.row, note, moment.time);
  const made = row.seq >= moment.run.start;
  return (
    <tbody
      className={style.row}
      data-change={mark?.change}
      data-part={mark?.part}
      data-lit={isLit}
      data-row={row.seq}
      tabIndex={isLit ? -1 : undefined}
    >
      <tr>
        {columns.map((column) => (
          <td key={column}>
            {countdown?.column === column ? (
              <CountdownCell countdown={countdown} />
            ) : (
              <Cell column={column} row={drawn} before={before} />
            )}
          </td>
        ))}
      </tr>
      {mark === undefined && age === '' && !made ? null : (
        <tr>
          <td colSpan={columns.length} className={style.noteCell}>
            <div className={style.note}>
              {mark?.change === undefined ? null : <FateMark fate={mark.change} />}
              {mark?.part === undefined ? null : <FateMark fate={mark.part} />}
              {mark?.why === undefined ? null : <span className={style.said}>{mark.why}</span>}
              {age === '' ? null : <span className={style.said}>{age}</span>}
              {made ? <Made note={note} moment={moment} /> : null}
            </div>
          </td>
        </tr>
      )}
    </tbody>
  );
}

interface CellProps {
  readonly column: string;
  readonly row: RowView;
  readonly before: RowView | undefined;
}

function Cell({ column, row, before }: CellProps) {
  if (before === undefined || before[column] === row[column]) return <RowValue value={row[column]} />;
  return <ChangedValue before={before[column]} after={row[column]} />;
}

function CountdownCell({ countdown: { left, of } }: { readonly countdown: Countdown }) {
  return (
    <span
      className={style.countdown}
      title={`${formatDuration(left * SECOND)} of ${formatDuration(of * SECOND)}`}
    >
      <span className={style.left}>{left} s</span>
      {left === of ? null : <span className={style.of}>of {of}</span>}
      <span className={style.bar} aria-hidden="true">
        <span style={{ inlineSize: `${of > 0 ? (100 * left) / of : 0}%` }} />
      </span>
    </span>
  );
}

interface MadeProps {
  readonly note: RowNote | undefined;
  readonly moment: Moment;
}

function Made({ note, moment }: MadeProps) {
  const { run, step } = moment;
  if (note === undefined) return null;
  const head = run.steps[note.step];
  if (head === undefined) return <span className={style.said}>made at {formatDuration(note.setAt)}</span>;
  if (note.step === step) return <span className={style.said}>made in this step</span>;
  return (
    <button
      type="button"
      className={style.way}
      aria-label={`made in ${head.id}: go there`}
      title={head.headline}
      onClick={() => goToStep(note.step)}
    >
      made in {head.id}
    </button>
  );
}

interface GhostProps {
  readonly ghost: GhostRow;
  readonly columns: readonly string[];
  readonly isLit: boolean;
}

function Ghost({ ghost, columns, isLit }: GhostProps) {
  const drawn = drawnRow(ghost.table, ghost.row);
  return (
    <tbody
      className={style.row}
      data-change="removed"
      data-lit={isLit}
      data-row={ghost.seq}
      {...(isLit ? { tabIndex: -1 } : {})}
    >
      <tr>
        {columns.map((column) => (
          <td key={column} className={style.gone}>
            <RowValue value={drawn[column]} />
          </td>
        ))}
      </tr>
      <tr>
        <td colSpan={columns.length} className={style.noteCell}>
          <div className={style.note}>
            <FateMark fate="removed" />
            <span className={style.said}>{removalText(ghost.reason)}</span>
          </div>
        </td>
      </tr>
    </tbody>
  );
}
