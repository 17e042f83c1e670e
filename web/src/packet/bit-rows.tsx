// The bits of a byte or two, with the fields that share them: each field is a button.

import { Fragment } from 'react';
import style from './bit-rows.module.css';
import { hex } from './field-filter.js';
import { type FieldModel, type FieldNode, fieldsInByte } from './field-model.js';

interface BitRowsProps {
  readonly model: FieldModel;
  readonly bytes: Uint8Array;
  readonly node: FieldNode;
  readonly select: (node: FieldNode) => void;
}

/** More bytes than these would be no picture. */
const MOST_BYTES = 4;

/** True when a field does not begin and end with a byte, or is made of such: then its bits are worth a picture. */
export function hasBits(node: FieldNode): boolean {
  const { start, end, isLayer, children } = node;
  if (isLayer || end === start || ((end - 1) >> 3) - (start >> 3) >= MOST_BYTES) return false;
  return isCrooked(node) || children.some((child) => child.end > child.start && isCrooked(child));
}

function isCrooked({ start, end }: FieldNode): boolean {
  return start % 8 !== 0 || end % 8 !== 0;
}

export function BitRows({ model, bytes, node, select }: BitRowsProps) {
  const first = node.start >> 3;
  const last = (node.end - 1) >> 3;
  const rows = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
    <div className={style.rows} role="group" aria-label="Bits">
      {rows.map((byte) => (
        <Fragment key={byte}>
          <span className={style.offset}>
            byte {byte} = 0x{hex(bytes[byte] ?? 0, 2)}
          </span>
          <span className={style.byte}>
            {partsOf(model, byte).map((part) => (
              <Part key={part.from} part={part} byte={byte} bytes={bytes} node={node} select={select} />
            ))}
          </span>
        </Fragment>
      ))}
    </div>
  );
}

/** Bits of one byte that belong together. */
interface BitPart {
  readonly node: FieldNode | undefined;
  /** From the left, 0 to 7, and one behind the last. */
  readonly from: number;
  readonly to: number;
}

function partsOf(model: FieldModel, byte: number): BitPart[] {
  const parts: BitPart[] = [];
  let at = 0;
  for (const node of fieldsInByte(model, byte)) {
    const from = Math.max(at, node.start - byte * 8);
    const to = Math.min(8, node.end - byte * 8);
    if (from > at) parts.push({ node: undefined, from: at, to: from });
    if (to > from) parts.push({ node, from, to });
    at = Math.max(at, to);
  }
  if (at < 8) parts.push({ node: undefined, from: at, to: 8 });
  return parts;
}

interface PartProps {
  readonly part: BitPart;
  readonly byte: number;
  readonly bytes: Uint8Array;
  readonly node: FieldNode;
  readonly select: (node: FieldNode) => void;
}

function Part({ part: { node: owner, from, to }, byte, bytes, node, select }: PartProps) {
  const bits = Array.from(
    { length: to - from },
    (_, index) => ((bytes[byte] ?? 0) >> (7 - from - index)) & 1,
  );
  const isLit = owner !== undefined && owner.start >= node.start && owner.end <= node.end;
  const cells = bits.map((bit, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: bits have no other name than their place
    <span key={index} className={style.bit}>
      {owner?.open === true ? '?' : bit}
    </span>
  ));
  if (owner === undefined) return <span className={style.part}>{cells}</span>;
  const words = `${owner.label}: ${owner.text}`;
  return (
    <button
      type="button"
      className={style.part}
      data-layer={owner.layer}
      data-lit={isLit}
      aria-pressed={owner === node}
      title={words}
      onClick={() => select(owner)}
    >
      {cells}
      <span className="unseen"> {words}</span>
    </button>
  );
}
