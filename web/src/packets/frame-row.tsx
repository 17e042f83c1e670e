// One row of the packet list. What the columns of the run know stands there at once; the rest as soon as it is read.

import { memo } from 'react';
import type { FrameLine } from 'wirewalk';
import { goToFrame, inspectFrame } from '../state/actions.js';
import type { HeldRun } from '../state/store.js';
import style from './frame-table.module.css';
import { fateOf, layerName, placeName } from './frame-words.js';
import { CELL, ROW } from './grid-roles.js';

/** All columns, some of them, or a row of two lines. */
export type TableRoom = 'wide' | 'medium' | 'narrow';

export type Column = 'number' | 'time' | 'where' | 'source' | 'destination' | 'protocol' | 'length' | 'info';

export const COLUMN_TITLES: Readonly<Record<Column, string>> = {
  number: 'No.',
  time: 'Time',
  where: 'Where',
  source: 'Source',
  destination: 'Destination',
  protocol: 'Protocol',
  length: 'Length',
  info: 'Info',
};

export const ALL_COLUMNS: readonly Column[] = [
  'number',
  'time',
  'where',
  'source',
  'destination',
  'protocol',
  'length',
  'info',
];

/** What a table that has not room for all tells of each frame: its addresses, or the devices at both ends. */
export type TableAbout = 'addresses' | 'devices';

export function columnsFor(room: TableRoom, about: TableAbout): readonly Column[] {
  if (room === 'wide') return ALL_COLUMNS;
  return room === 'medium' && about === 'addresses'
    ? ['number', 'time', 'source', 'destination', 'protocol', 'info']
    : ['number', 'time', 'where', 'protocol', 'info'];
}

interface FrameRowProps {
  readonly id: string;
  readonly run: HeldRun;
  readonly frame: number;
  /** Among the rows of the table, from 0. */
  readonly place: number;
  /** Undefined until it is read. */
  readonly line: FrameLine | undefined;
  readonly time: string;
  readonly columns: readonly Column[];
  readonly isChosen: boolean;
  /** It was sent before the chosen moment, or is sent in it. */
  readonly hasHappened: boolean;
  /** The last one that was. */
  readonly isLatest: boolean;
  /** It is not in view and stands here only to be named. */
  readonly isApart: boolean;
}

export const FrameRow = memo(function FrameRow(props: FrameRowProps) {
  const { id, run, frame, place, columns, isChosen } = props;
  return (
    <tr
      {...ROW}
      id={id}
      className={style.row}
      aria-rowindex={place + 2}
      aria-selected={isChosen}
      data-layer={layerName(run, frame)}
      data-later={!props.hasHappened || undefined}
      data-latest={props.isLatest || undefined}
      data-apart={props.isApart || undefined}
      onClick={() => goToFrame(frame)}
      onDoubleClick={() => inspectFrame(frame)}
    >
      {columns.map((column) => (
        <td key={column} {...CELL} aria-colindex={ALL_COLUMNS.indexOf(column) + 1} data-column={column}>
          <Cell column={column} {...props} />
        </td>
      ))}
    </tr>
  );
});

function Cell({ column, run, frame, line, time, isChosen }: FrameRowProps & { readonly column: Column }) {
  const { world, frames } = run;
  switch (column) {
    case 'number':
      return frame + 1;
    case 'time':
      return time;
    case 'where': {
      const [from, to] = [
        placeName(world, frames.from[frame] ?? -1),
        placeName(world, frames.to[frame] ?? -1),
      ];
      return (
        <span title={`${from} → ${to}`}>
          {from} <span className={style.arrow}>→</span> {to}
        </span>
      );
    }
    case 'info': {
      const fate = fateOf(run, frame);
      return (
        <>
          {fate === '' ? null : (
            <strong className={style.fate}>{fate === 'lost' ? 'Lost' : 'Under way'}</strong>
          )}
          <span className={style.info} title={line?.info}>
            {line?.info ?? '…'}
          </span>
          {isChosen ? (
            <button
              type="button"
              tabIndex={-1}
              className={style.inspect}
              aria-label={`Look into frame ${frame + 1}`}
              title="Look into this frame (Enter)"
              onClick={(event) => {
                event.stopPropagation();
                inspectFrame(frame);
              }}
            >
              <svg viewBox="0 0 16 16" aria-hidden="true">
                <path d="m6 3.5 4.5 4.5L6 12.5" />
              </svg>
            </button>
          ) : null}
        </>
      );
    }
    case 'protocol':
      return <span title={line?.protocol}>{line?.protocol ?? ''}</span>;
    case 'length':
      return line?.length ?? '';
    default:
      return <span title={line?.[column]}>{line?.[column] ?? ''}</span>;
  }
}
