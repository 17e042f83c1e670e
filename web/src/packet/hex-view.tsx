// The bytes of the frame: offset, hexadecimal, ASCII. One tab stop, arrows go from byte to byte; only rows in view are drawn.

import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, memo, type PointerEvent, useEffect, useId, useRef, useState } from 'react';
import { byteMove, bytesOf, touches } from './byte-moves.js';
import { CopyButton } from './copy-button.js';
import { hex } from './field-filter.js';
import { coverOf, type FieldModel, type FieldNode } from './field-model.js';
import style from './hex-view.module.css';
import { remOf, useWidth } from './use-width.js';

interface HexViewProps {
  readonly model: FieldModel;
  readonly bytes: Uint8Array;
  readonly selected: FieldNode | undefined;
  readonly hovered: FieldNode | undefined;
  readonly select: (node: FieldNode) => void;
  readonly hover: (node: FieldNode | undefined) => void;
}

const ROW_REM = 1.5;
/** Below this width in rem a row has 8 bytes. */
const WIDE = 36.75;

export function HexView({ model, bytes, selected, hovered, select, hover }: HexViewProps) {
  const id = useId();
  const [width, perRow] = useWidth((rem) => (rem >= WIDE ? 16 : 8), 8);
  const scroller = useRef<HTMLDivElement>(null);
  const [chosen, setChosen] = useState({ byte: 0, key: '' });
  // Wherever the field was chosen, the arrows go on from its bytes.
  const begin = selected === undefined || selected.start === selected.end ? 0 : selected.start >> 3;
  const isOwn =
    selected !== undefined && chosen.key === selected.key && coverOf(selected, chosen.byte) !== 'none';
  const cursor = isOwn ? chosen.byte : Math.min(begin, Math.max(0, bytes.length - 1));
  const rowHeight = ROW_REM * remOf();
  const virtual = useVirtualizer({
    count: Math.ceil(bytes.length / perRow),
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 6,
  });
  const hasChoice = selected !== undefined && selected.end > selected.start;
  useEffect(() => {
    if (hasChoice) virtual.scrollToIndex(Math.floor(cursor / perRow));
  }, [hasChoice, cursor, perRow, virtual]);

  const choose = (byte: number): void => {
    const node = model.ofByte[byte];
    if (node === undefined) return;
    setChosen({ byte, key: node.key });
    select(node);
  };
  const press = (event: KeyboardEvent): void => {
    if (event.metaKey || event.altKey || event.shiftKey) return;
    const perPage = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 1);
    const to = byteMove(event.key, event.ctrlKey, cursor, perRow, perPage, bytes.length);
    if (to === undefined) return;
    event.preventDefault();
    choose(to);
  };
  const move = (event: PointerEvent): void => {
    if (event.pointerType !== 'mouse') return;
    const byte = byteAt(event.target);
    hover(byte === undefined ? undefined : model.ofByte[byte]);
  };
  const items = virtual.getVirtualItems();
  const isDrawn = items.some(({ index }) => index === Math.floor(cursor / perRow));
  return (
    <div className={style.hex} ref={width}>
      <div className={style.scroller} ref={scroller}>
        <div style={{ height: virtual.getTotalSize() }}>
          <table
            // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a grid is a table that one can walk in
            role="grid"
            className={style.table}
            aria-label="Bytes of the frame"
            aria-rowcount={Math.ceil(bytes.length / perRow)}
            aria-activedescendant={isDrawn && bytes.length > 0 ? `${id}${cursor}` : undefined}
            tabIndex={0}
            data-wide={perRow === 16}
            style={{ transform: `translateY(${items[0]?.start ?? 0}px)` }}
            onKeyDown={press}
            onPointerMove={move}
            onPointerLeave={() => hover(undefined)}
            onClick={({ target }) => {
              const byte = byteAt(target);
              if (byte !== undefined) choose(byte);
            }}
          >
            <tbody>
              {items.map(({ index }) => {
                const from = index * perRow;
                const to = Math.min(from + perRow, bytes.length);
                return (
                  <HexRow
                    key={index}
                    id={id}
                    model={model}
                    bytes={bytes}
                    from={from}
                    to={to}
                    perRow={perRow}
                    cursor={cursor >= from && cursor < to && hasChoice ? cursor : -1}
                    selected={touches(selected, from, to) ? selected : undefined}
                    hovered={touches(hovered, from, to) ? hovered : undefined}
                  />
                );
              })}
            </tbody>
          </table>
        </div>
      </div>
      <div className={style.tools}>
        <CopyButton text={() => Array.from(bytes, (byte) => hex(byte, 2)).join('')}>
          Copy all as hex
        </CopyButton>
        {hasChoice && selected !== undefined ? (
          <CopyButton text={() => bytesOf(selected, bytes)} title={selected.label}>
            Copy chosen bytes
          </CopyButton>
        ) : null}
      </div>
    </div>
  );
}

function byteAt(target: EventTarget): number | undefined {
  const cell = target instanceof Element ? target.closest<HTMLElement>('[data-byte]') : null;
  return cell === null ? undefined : Number(cell.dataset.byte);
}

interface HexRowProps {
  readonly id: string;
  readonly model: FieldModel;
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly to: number;
  readonly perRow: number;
  /** The byte at which the keyboard is; −1 when that is in another row. */
  readonly cursor: number;
  readonly selected: FieldNode | undefined;
  readonly hovered: FieldNode | undefined;
}

const HexRow = memo(function HexRow(props: HexRowProps) {
  const { id, model, bytes, from, to, perRow, cursor, selected, hovered } = props;
  const places = Array.from({ length: to - from }, (_, index) => from + index);
  const cells = places.map((byte) => {
    const owner = model.ofByte[byte];
    const isOpen = owner?.open === true;
    const code = bytes[byte] ?? 0;
    return {
      byte,
      'data-byte': byte,
      'data-layer': owner?.layer,
      'data-open': isOpen || undefined,
      'data-lit': selected === undefined ? undefined : litOf(selected, byte),
      'data-hot': hovered === undefined ? undefined : litOf(hovered, byte),
      hexText: isOpen ? '??' : hex(code, 2),
      asciiText: isOpen ? '?' : code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : '·',
      label: owner === undefined ? '' : `${owner.label}: ${owner.text.slice(0, 100)}`,
    };
  });
  return (
    <tr aria-rowindex={from / perRow + 1} className={style.row}>
      <th scope="row" className={style.offset}>
        {hex(from, 4)}
      </th>
      {cells.map(({ byte, hexText, asciiText: _, label, ...data }) => (
        // biome-ignore lint/a11y/useAriaPropsSupportedByRole: in a grid it is a gridcell
        <td
          key={byte}
          id={`${id}${byte}`}
          className={style.byte}
          aria-selected={data['data-lit'] !== undefined}
          aria-label={byte === cursor ? `byte ${byte}: ${hexText}, ${label}` : undefined}
          data-cursor={byte === cursor || undefined}
          data-middle={byte % perRow === 8 || undefined}
          {...data}
        >
          {hexText}
        </td>
      ))}
      {places.length < perRow ? <td colSpan={perRow - places.length} aria-hidden="true" /> : null}
      <td className={style.ascii} aria-hidden="true">
        {cells.map(({ byte, asciiText, hexText: _, label: __, ...data }) => (
          <span key={byte} {...data}>
            {asciiText}
          </span>
        ))}
      </td>
    </tr>
  );
});

function litOf(node: FieldNode, byte: number): 'whole' | 'part' | 'layer' | undefined {
  const cover = coverOf(node, byte);
  return cover === 'none' ? undefined : node.isLayer ? 'layer' : cover;
}
