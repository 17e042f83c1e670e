// Frames as the rows of a table that may be very long: only what is seen is drawn. One tab stop; arrows move the moment.

import { type KeyboardEvent, useEffect, useId, useMemo, useRef } from 'react';
import { goToFrame, inspectFrame } from '../state/actions.js';
import { type HeldRun, usePage } from '../state/store.js';
import { useLines } from './frame-lines.js';
import {
  ALL_COLUMNS,
  COLUMN_TITLES,
  columnsFor,
  FrameRow,
  type TableAbout,
  type TableRoom,
} from './frame-row.js';
import style from './frame-table.module.css';
import { type Clock, timeText } from './frame-words.js';
import { GROUP, gridRole, HEAD, ROW } from './grid-roles.js';
import { lastSentBy, type ShownFrames } from './shown-frames.js';
import { useRoom } from './use-room.js';
import { useWindow } from './use-window.js';

interface FrameTableProps {
  readonly run: HeldRun;
  readonly shown: ShownFrames;
  readonly clock: Clock;
  readonly about: TableAbout;
}

/** Least widths for all columns, and for one line per row, in rem. */
const WIDE = 58;
const MEDIUM = 34;
const ROW_HEIGHTS: Readonly<Record<TableRoom, number>> = { wide: 1.75, medium: 1.75, narrow: 3.25 };

export function FrameTable(props: FrameTableProps) {
  if (props.shown.count > 0) return <FullTable {...props} />;
  const { length } = props.run.frames;
  return (
    <p className={style.nothing}>
      {length === 0 ? 'No frame crossed a link in this run.' : 'No frame fits this filter.'}
    </p>
  );
}

function FullTable({ run, shown, clock, about }: FrameTableProps) {
  const id = useId();
  const frame = usePage((state) => state.frame);
  const lastSent = usePage((state) => lastSentBy(run, state.seq));
  const table = useRef<HTMLTableElement>(null);
  const [room, watch] = useRoom(table);
  const rem = room?.rem ?? 16;
  const width = (room?.width ?? 0) / rem;
  const kind: TableRoom = width >= WIDE ? 'wide' : width >= MEDIUM ? 'medium' : 'narrow';
  const columns = useMemo(() => columnsFor(kind, about), [kind, about]);
  const rowHeight = Math.round(ROW_HEIGHTS[kind] * rem);
  const headHeight = kind === 'narrow' ? 0 : Math.round(1.75 * rem);
  const chosen = shown.placeOf(frame);
  /** Where the eye should be: at the chosen frame, or at the last one that was sent. */
  const place = chosen >= 0 ? chosen : Math.max(0, shown.placeFrom((frame < 0 ? lastSent : frame) + 1) - 1);
  /** Rows before this place have been sent at the chosen moment. */
  const happened = shown.placeFrom(lastSent + 1);

  const { first, end, most, scroll, reveal } = useWindow(
    table,
    shown.count,
    rowHeight,
    room?.height ?? 0,
    headHeight,
  );
  const lineOf = useLines(run.run, shown, first, end);
  const places = Array.from({ length: end - first }, (_, index) => first + index);
  // It is named to screen readers, so it is always there.
  if (chosen >= 0 && (chosen < first || chosen >= end)) places.push(chosen);

  // Whoever moves the moment elsewhere finds its row here.
  const isReady = room !== undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: other frames may be shown at the same place
  useEffect(() => {
    if (isReady) reveal(place);
  }, [reveal, shown, place, isReady]);

  const choose = (next: number): void => {
    goToFrame(shown.frameAt(Math.max(0, Math.min(next, shown.count - 1))));
  };
  const press = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor(((room?.height ?? 0) - headHeight) / rowHeight) - 1);
    const targets: Record<string, number> = {
      ArrowDown: chosen < 0 ? shown.placeFrom(frame + 1) : chosen + 1,
      ArrowUp: place - (chosen < 0 ? 0 : 1),
      PageDown: place + page,
      PageUp: place - page,
      Home: 0,
      End: shown.count - 1,
    };
    const target = targets[event.key];
    if (target !== undefined) choose(target);
    else if (event.key === 'Enter' && chosen >= 0) inspectFrame(frame);
    else return;
    event.preventDefault();
  };

  return (
    <div className={style.place}>
      <table
        ref={watch}
        className={style.table}
        {...gridRole(chosen < 0 ? undefined : `${id}${frame}`)}
        data-room={kind}
        data-about={about}
        aria-label="Frames"
        aria-rowcount={shown.count + 1}
        aria-colcount={ALL_COLUMNS.length}
        onKeyDown={press}
        onScroll={scroll}
        style={
          {
            '--row-height': `${rowHeight}px`,
            '--digits': String(run.frames.length).length,
            '--time-digits': timeText(run, run.frames.length - 1, -1, clock === 'above' ? 'start' : clock)
              .length,
          } as React.CSSProperties
        }
      >
        <caption className="unseen">
          Frames in the order in which they were sent; Enter looks into one.
        </caption>
        <thead {...GROUP} className={style.head}>
          <tr {...ROW} aria-rowindex={1} className={style.titles}>
            {columns.map((column) => (
              <th
                key={column}
                {...HEAD}
                scope="col"
                aria-colindex={ALL_COLUMNS.indexOf(column) + 1}
                data-column={column}
              >
                {COLUMN_TITLES[column]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody
          {...GROUP}
          className={style.rows}
          style={{ height: shown.count * rowHeight, paddingTop: first * rowHeight }}
        >
          {places.map((index) => {
            const one = shown.frameAt(index);
            return (
              <FrameRow
                key={index >= first && index < end ? index % most : 'chosen'}
                id={`${id}${one}`}
                run={run}
                frame={one}
                place={index}
                line={lineOf(one)}
                time={timeText(run, one, index === 0 ? -1 : shown.frameAt(index - 1), clock)}
                columns={columns}
                isChosen={one === frame}
                hasHappened={index < happened}
                isLatest={index === happened - 1}
                isApart={index < first || index >= end}
              />
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
