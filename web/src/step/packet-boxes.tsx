// A packet as boxes in boxes, each layer in its colour, with what is not known yet marked.

import type { PacketBox } from 'wirewalk';
import { UnknownValue } from '../parts/row-text.js';
import { layerOfProtocol } from './layer-chip.js';
import style from './packet-boxes.module.css';

export function PacketBoxes({ boxes }: { readonly boxes: readonly PacketBox[] }) {
  return (
    <ul className={style.boxes}>
      {boxes.map((box, index) => (
        // Layers do not move: their place is what they are.
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <Box key={index} box={box} />
      ))}
    </ul>
  );
}

function Box({ box }: { readonly box: PacketBox }) {
  return (
    <li className={style.box} data-layer={layerOfProtocol(box.protocol)}>
      <p className={style.head}>
        <strong className={style.name}>{box.name}</strong>
        {box.items.map(({ label, value, field, open }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: fields do not move
          <span key={index} className={style.item} title={field}>
            {label === undefined ? null : <span className={style.label}>{label} </span>}
            {open ? <UnknownValue /> : <span className={style.value}>{value}</span>}
          </span>
        ))}
      </p>
      {box.inner.length === 0 ? null : <PacketBoxes boxes={box.inner} />}
    </li>
  );
}

/** Is there anything in the boxes that is not known yet? */
export function hasOpen(boxes: readonly PacketBox[]): boolean {
  return boxes.some(({ items, inner }) => items.some(({ open }) => open) || hasOpen(inner));
}
