// The frame as boxes in boxes: each layer with its most telling fields, around what it carries.

import type { PacketBox } from 'wirewalk';
import type { FieldModel, FieldNode } from './field-model.js';
import { layerOf } from './layers.js';
import { visibleText } from './long-text.js';
import style from './packet-boxes.module.css';

interface PacketBoxesProps {
  readonly boxes: readonly PacketBox[];
  /** Without fields nothing can be chosen: of such a packet no byte exists yet. */
  readonly model?: FieldModel | undefined;
  readonly selected?: FieldNode | undefined;
  readonly select?: (node: FieldNode) => void;
}

export function PacketBoxes({ boxes, model, selected, select }: PacketBoxesProps) {
  // Boxes come in the order of the layers, those within a box before those behind it.
  const nodes = new Map<PacketBox, FieldNode>();
  flat(boxes).forEach((box, index) => {
    const node = model?.layers[index];
    if (node?.name === box.protocol) nodes.set(box, node);
  });
  return <BoxList boxes={boxes} nodes={nodes} selected={selected} select={select} />;
}

function flat(boxes: readonly PacketBox[]): PacketBox[] {
  return boxes.flatMap((box) => [box, ...flat(box.inner)]);
}

interface BoxListProps {
  readonly boxes: readonly PacketBox[];
  readonly nodes: ReadonlyMap<PacketBox, FieldNode>;
  readonly selected: FieldNode | undefined;
  readonly select: ((node: FieldNode) => void) | undefined;
}

function BoxList({ boxes, nodes, selected, select }: BoxListProps) {
  return (
    <ul className={style.list}>
      {boxes.map((box, index) => {
        const node = nodes.get(box);
        return (
          <li
            // biome-ignore lint/suspicious/noArrayIndexKey: layers have no other name than their place
            key={index}
            className={style.box}
            data-layer={node?.layer ?? layerOf(box.protocol)}
            data-lit={node !== undefined && node === selected}
          >
            <div className={style.head}>
              <BoxName box={box} node={node} selected={selected} select={select} />
              <ul className={style.items}>
                {itemsWithNodes(box, node).map(({ item, node: field }, place) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: an address can be there twice
                  <li key={place} className={style.item} data-open={item.open || undefined}>
                    {field === undefined || select === undefined ? (
                      <span className={style.pair}>
                        <Pair item={item} />
                      </span>
                    ) : (
                      <button
                        type="button"
                        className={style.pair}
                        aria-pressed={field === selected}
                        title={field.name}
                        onClick={() => select(field)}
                      >
                        <Pair item={item} />
                      </button>
                    )}
                  </li>
                ))}
              </ul>
            </div>
            {box.inner.length === 0 ? null : (
              <BoxList boxes={box.inner} nodes={nodes} selected={selected} select={select} />
            )}
          </li>
        );
      })}
    </ul>
  );
}

interface BoxNameProps {
  readonly box: PacketBox;
  readonly node: FieldNode | undefined;
  readonly selected: FieldNode | undefined;
  readonly select: ((node: FieldNode) => void) | undefined;
}

function BoxName({ box, node, selected, select }: BoxNameProps) {
  if (node === undefined || select === undefined) return <span className={style.name}>{box.name}</span>;
  return (
    <button
      type="button"
      className={style.name}
      aria-pressed={node === selected}
      title={node.label}
      onClick={() => select(node)}
    >
      {box.name}
    </button>
  );
}

type Item = PacketBox['items'][number];

function Pair({ item: { label, value, open } }: { readonly item: Item }) {
  return (
    <>
      {label === undefined ? null : <span className={style.label}>{label}</span>}
      <span className={style.value}>
        {visibleText(value.length > 200 ? `${value.slice(0, 200)}…` : value)}
      </span>
      {open ? <span className="unseen"> (not known yet)</span> : null}
    </>
  );
}

/** The items of a box with their fields; the second item of a name is the second field of it. */
function itemsWithNodes(box: PacketBox, layer: FieldNode | undefined) {
  const taken = new Set<FieldNode>();
  return box.items.map((item) => {
    const node =
      layer === undefined || item.field === undefined ? undefined : nextNamed(layer, item.field, taken);
    if (node !== undefined) taken.add(node);
    return { item, node };
  });
}

function nextNamed(node: FieldNode, name: string, taken: ReadonlySet<FieldNode>): FieldNode | undefined {
  for (const child of node.children) {
    if (child.isLayer) continue;
    if (child.name === name && !taken.has(child)) return child;
    const found = nextNamed(child, name, taken);
    if (found !== undefined) return found;
  }
  return undefined;
}
