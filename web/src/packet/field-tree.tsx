// Every field of every layer as a tree: one tab stop, arrows as in any tree. Only the rows in view are drawn.

import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, memo, type PointerEvent, useEffect, useId, useMemo, useRef } from 'react';
import { ancestorsOf, type FieldModel, type FieldNode } from './field-model.js';
import style from './field-tree.module.css';
import { allToggled, openAtFirst, type TreeRow, treeMove, visibleRows } from './tree-rows.js';
import { remOf } from './use-width.js';
import { useKept } from './view-state.js';

interface FieldTreeProps {
  /** id of its heading. */
  readonly titleId: string;
  readonly model: FieldModel;
  readonly selected: FieldNode | undefined;
  readonly hovered: FieldNode | undefined;
  /** By filter name: what the field was one link before. */
  readonly changes: ReadonlyMap<string, string>;
  readonly select: (node: FieldNode) => void;
  readonly hover: (node: FieldNode | undefined) => void;
}

const ROW_REM = 1.75;

export function FieldTree({ titleId, model, selected, hovered, changes, select, hover }: FieldTreeProps) {
  const id = useId();
  const [toggled, setToggled] = useKept('toggled');
  const first = useMemo(() => openAtFirst(model), [model]);
  const rows = useMemo(() => visibleRows(model, first, toggled), [model, first, toggled]);
  const at = selected === undefined ? -1 : rows.findIndex(({ node }) => node === selected);
  const scroller = useRef<HTMLDivElement>(null);
  const rowHeight = ROW_REM * remOf();
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
  });

  // A field that was chosen elsewhere is shown, and whatever hides it opened.
  const shown = useRef(selected?.key);
  useEffect(() => {
    if (selected === undefined) return;
    const hidden = ancestorsOf(selected).filter(({ key }) => !(toggled.get(key) ?? first.has(key)));
    const isNew = shown.current !== selected.key;
    shown.current = selected.key;
    if (isNew && hidden.length > 0) {
      setToggled((now) => new Map([...now, ...hidden.map(({ key }) => [key, true] as const)]));
    }
  }, [selected, first, toggled, setToggled]);
  useEffect(() => {
    if (at >= 0) virtual.scrollToIndex(at);
  }, [at, virtual]);

  const toggle = (node: FieldNode, open: boolean): void =>
    setToggled((now) => new Map(now).set(node.key, open));
  const press = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const perPage = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 1);
    const move = treeMove(event.key, rows, at, perPage);
    if (move === undefined) return;
    event.preventDefault();
    const node = 'to' in move ? rows[move.to]?.node : rows[at]?.node;
    if (node === undefined) return;
    if ('to' in move) select(node);
    else toggle(node, move.toggle);
  };
  const nodeAt = (target: EventTarget): FieldNode | undefined => {
    const row = target instanceof Element ? target.closest<HTMLElement>('[data-row]') : null;
    return rows[Number(row?.dataset.row ?? -1)]?.node;
  };
  const move = (event: PointerEvent): void => {
    if (event.pointerType === 'mouse') hover(nodeAt(event.target));
  };
  const items = virtual.getVirtualItems();
  const isDrawn = items.some(({ index }) => index === at);
  return (
    <div className={style.tree}>
      <div className={style.tools}>
        <h3 id={titleId}>Fields</h3>
        <button type="button" onClick={() => setToggled(() => allToggled(model, true))}>
          Open all
        </button>
        <button type="button" onClick={() => setToggled(() => allToggled(model, false))}>
          Close all
        </button>
      </div>
      <div className={style.scroller} ref={scroller}>
        <div style={{ height: virtual.getTotalSize() }}>
          <table
            // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a treegrid is a table that one can walk in
            role="treegrid"
            className={style.table}
            aria-labelledby={titleId}
            aria-rowcount={rows.length}
            aria-activedescendant={isDrawn ? `${id}${at}` : undefined}
            tabIndex={0}
            style={{ transform: `translateY(${items[0]?.start ?? 0}px)` }}
            onKeyDown={press}
            onFocus={() => {
              const [top] = rows;
              if (at < 0 && top !== undefined) select(top.node);
            }}
            onPointerMove={move}
            onPointerLeave={() => hover(undefined)}
            onClick={({ target }) => {
              const node = nodeAt(target);
              if (node === undefined) return;
              const isTwisty = target instanceof Element && target.closest('[data-twisty]') !== null;
              const row = rows.find((one) => one.node === node);
              if (row !== undefined && (isTwisty || node.isLayer)) toggle(node, !row.expanded);
              select(node);
            }}
          >
            <tbody>
              {items.map(({ index }) => {
                const row = rows[index] as TreeRow;
                return (
                  <Row
                    key={row.node.key}
                    id={`${id}${index}`}
                    index={index}
                    row={row}
                    selected={index === at}
                    hovered={row.node === hovered}
                    was={changes.get(row.node.name)}
                    changedInside={row.expanded ? 0 : changesInside(row.node, changes)}
                  />
                );
              })}
            </tbody>
          </table>
        </div>
      </div>
    </div>
  );
}

/** Fields that changed and are not seen, because the row is closed. */
function changesInside(node: FieldNode, changes: ReadonlyMap<string, string>): number {
  if (changes.size === 0) return 0;
  let count = 0;
  for (const child of node.children) {
    if (child.isLayer) continue;
    count += (changes.has(child.name) ? 1 : 0) + changesInside(child, changes);
  }
  return count;
}

interface RowProps {
  readonly id: string;
  readonly index: number;
  readonly row: TreeRow;
  readonly selected: boolean;
  readonly hovered: boolean;
  readonly was: string | undefined;
  readonly changedInside: number;
}

const SIGNS = { error: '✖', warning: '⚠', note: 'ⓘ' } as const;

const Row = memo(function Row({ id, index, row, selected, hovered, was, changedInside }: RowProps) {
  const { node, expanded, position, siblings } = row;
  const [problem] = node.problems;
  const hasChildren = node.children.length > 0;
  const isChanged = was !== undefined && !hasChildren;
  return (
    <tr
      id={id}
      className={style.row}
      data-row={index}
      data-layer={node.layer}
      data-kind={node.isLayer ? 'layer' : 'field'}
      data-hovered={hovered}
      aria-level={node.level}
      aria-rowindex={index + 1}
      aria-posinset={position}
      aria-setsize={siblings}
      aria-selected={selected}
      aria-expanded={hasChildren ? expanded : undefined}
    >
      <td
        className={style.label}
        colSpan={node.isLayer ? 2 : undefined}
        title={node.isLayer ? `${node.label}: ${cut(node.text, 500)}` : node.label}
        style={{ paddingInlineStart: `${(node.level - 1) * 0.875 + 0.25}rem` }}
      >
        <span className={style.twisty} data-twisty={hasChildren ? '' : undefined} aria-hidden="true">
          {hasChildren ? (expanded ? '▾' : '▸') : ''}
        </span>
        {node.label}
        {node.isLayer ? (
          <>
            {changedInside === 0 ? null : <span className={style.was}>{changedInside} changed</span>}
            <ProblemSign problem={problem} />
            <span className={style.summary}> {cut(node.text, 300)}</span>
          </>
        ) : null}
      </td>
      {node.isLayer ? null : (
        <td className={style.value} title={problem?.text ?? cut(node.text, 500)}>
          <ProblemSign problem={problem} />
          {isChanged ? <mark className={style.changed}>{cut(node.text, 300)}</mark> : null}
          {isChanged ? null : (
            <span className={node.open ? style.open : undefined}>{cut(node.text, 300)}</span>
          )}
          {node.open ? <span className="unseen"> (not known yet)</span> : null}
          {isChanged ? (
            <span className={style.was}>was {was === '' ? 'not there' : cut(was, 80)}</span>
          ) : null}
          {changedInside === 0 ? null : <span className={style.was}>{changedInside} changed</span>}
        </td>
      )}
      <td className={style.name} title={node.name}>
        {node.name}
      </td>
    </tr>
  );
});

function ProblemSign({ problem }: { readonly problem: FieldNode['problems'][number] | undefined }) {
  if (problem === undefined) return null;
  const { severity } = problem;
  return (
    <span className={style.problem} data-severity={severity}>
      <span aria-hidden="true">{SIGNS[severity]}</span>
      <span className="unseen">{severity}: </span>
    </span>
  );
}

/** A text of which a cell shows the beginning at most. */
function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}…`;
}
