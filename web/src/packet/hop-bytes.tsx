// The bytes of a frame before and after a box changed it, one line above the other, what changed lit.

import { useState } from 'react';
import { hex } from './field-filter.js';
import { bytesText, changedBytes } from './hop-model.js';
import style from './hops.module.css';
import { ScrollArea } from './scroll-area.js';

interface HopBytesProps {
  readonly before: Uint8Array;
  readonly after: Uint8Array;
  readonly changed: readonly { readonly start: number; readonly end: number }[];
}

const PER_ROW = 8;
const COLUMNS = [0, 1, 2, 3, 4, 5, 6, 7];
/** More rows than these come when somebody wants them. */
const MOST_ROWS = 64;

export function HopBytes({ before, after, changed }: HopBytesProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details className={style.details} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>Bytes: {bytesText(changedBytes({ changed }))} changed</summary>
      {isOpen ? <ByteTable before={before} after={after} changed={changed} /> : null}
    </details>
  );
}

function ByteTable({ before, after, changed }: HopBytesProps) {
  const [all, setAll] = useState(false);
  const rows = rowsOf(Math.max(before.length, after.length), all ? undefined : changed);
  const shown = rows.slice(0, all ? Number.POSITIVE_INFINITY : MOST_ROWS);
  const isChanged = (byte: number): boolean =>
    byte >= after.length || byte >= before.length || before[byte] !== after[byte];
  return (
    <ScrollArea className={style.scroller} name="Bytes before and after">
      <table className={style.bytes}>
        <caption>{all ? 'All bytes' : 'The rows that hold changes'}; what changed is underlined</caption>
        <thead>
          <tr>
            <th scope="col">Offset</th>
            <th scope="col">
              <span className="unseen">When</span>
            </th>
            {COLUMNS.map((column) => (
              <th key={column} scope="col">
                +{column}
              </th>
            ))}
          </tr>
        </thead>
        {shown.map((from) => (
          <tbody key={from}>
            {([before, after] as const).map((bytes, line) => (
              <tr key={line === 0 ? 'was' : 'is'} data-line={line === 0 ? 'was' : 'is'}>
                {line === 0 ? (
                  <th scope="rowgroup" rowSpan={2}>
                    {hex(from, 4)}
                  </th>
                ) : null}
                <th scope="row">{line === 0 ? 'was' : 'is'}</th>
                {COLUMNS.map((column) => {
                  const byte = bytes[from + column];
                  return (
                    <td
                      key={column}
                      data-changed={(byte !== undefined && isChanged(from + column)) || undefined}
                    >
                      {byte === undefined ? '' : hex(byte, 2)}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        ))}
      </table>
      {all && rows.length === shown.length && changed.length === 0 ? null : (
        <button type="button" className={style.go} onClick={() => setAll(!all)}>
          {all ? 'Only what changed' : 'All bytes'}
        </button>
      )}
    </ScrollArea>
  );
}

/** Where the rows begin: all, or those in which something changed. */
function rowsOf(length: number, changed: HopBytesProps['changed'] | undefined): number[] {
  const rows: number[] = [];
  for (let from = 0; from < length; from += PER_ROW) {
    if (changed === undefined || changed.some(({ start, end }) => start < from + PER_ROW && end > from))
      rows.push(from);
  }
  return rows;
}
