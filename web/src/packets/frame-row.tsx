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

export const COLUMNS: Readonly<Record<TableRoom, readonly Column[]>> = {
  wide: ['number', 'time', 'where', 'source', 'destination', 'protocol', 'length', 'info'],
  medium: ['number', 'time', 'source', 'destination', 'protocol', 'info'],
  narrow: ['number', 'time', 'where', 'protocol', 'info'],
};

interface FrameRowProps {
  readonly id: string;
  readonly run: HeldRun;
  readonly frame: number;
  /** Among the rows of the table, from 0. */
  readonly place: number;
  /** Undefined until it is read. */
  readonly line: FrameLine | undefined;
  readonly time: string;
  readonly room: TableRoom;
  readonly isChosen: boolean;
  /** It was sent before the chosen moment, or is sent in it. */
  readonly hasHappened: boolean;
  /** The last one that was. */
  readonly isLatest: boolean;
  /** In px. */
  readonly top: number;
  readonly height: number;
}

export const FrameRow = memo(function FrameRow(props: FrameRowProps) {
  const { id, run, frame, place, room, isChosen, top, height } = props;
  return (
    <tr
      {...ROW}
      id={id}
      className={style.row}
      aria-rowindex={place + 2}
      aria-selected={isChosen}
      data-layer={layerName(run, frame)}
      data-lost={run.frames.lost[frame] === 1 || undefined}
      data-later={!props.hasHappened || undefined}
      data-latest={props.isLatest || undefined}
      style={{ height, transform: `translateY(${top}px)` }}
      onClick={() => goToFrame(frame)}
      onDoubleClick={() => inspectFrame(frame)}
    >
      {COLUMNS[room].map((column) => (
        <td key={column} {...CELL} aria-colindex={COLUMNS.wide.indexOf(column) + 1} data-column={column}>
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
