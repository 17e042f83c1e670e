// Which rows of the field tree are seen, and what keys do in it.
// Reading list: WAI-ARIA Authoring Practices, treegrid.

import { ancestorsOf, type FieldModel, type FieldNode } from './field-model.js';

export interface TreeRow {
  readonly node: FieldNode;
  readonly expanded: boolean;
  /** Among its siblings, from 1. */
  readonly position: number;
  readonly siblings: number;
}

/** The innermost layer stands open, and everything around a problem; the rest opens when somebody wants it. */
export function openAtFirst(model: FieldModel): ReadonlySet<string> {
  const open = new Set<string>();
  const last = model.roots.at(-1);
  if (last !== undefined) open.add(last.key);
  for (const node of model.troubled) for (const { key } of ancestorsOf(node)) open.add(key);
  return open;
}

export function visibleRows(
  model: FieldModel,
  first: ReadonlySet<string>,
  toggled: ReadonlyMap<string, boolean>,
): TreeRow[] {
  const rows: TreeRow[] = [];
  const visit = (nodes: readonly FieldNode[]): void => {
    nodes.forEach((node, index) => {
      const expanded = node.children.length > 0 && (toggled.get(node.key) ?? first.has(node.key));
      rows.push({ node, expanded, position: index + 1, siblings: nodes.length });
      if (expanded) visit(node.children);
    });
  };
  visit(model.roots);
  return rows;
}

/** What a key does at a row: go to another row, or open or close this one. */
export type TreeMove = { readonly to: number } | { readonly toggle: boolean } | undefined;

export function treeMove(key: string, rows: readonly TreeRow[], at: number, perPage: number): TreeMove {
  const row = rows[at];
  const last = rows.length - 1;
  const within = (to: number): TreeMove => ({ to: Math.max(0, Math.min(to, last)) });
  switch (key) {
    case 'ArrowDown':
      return within(at + 1);
    case 'ArrowUp':
      return within(at < 0 ? 0 : at - 1);
    case 'PageDown':
      return within(at + perPage);
    case 'PageUp':
      return within(at - perPage);
    case 'Home':
      return within(0);
    case 'End':
      return within(last);
    case 'ArrowRight':
      if (row === undefined || row.node.children.length === 0) return { to: Math.max(0, at) };
      return row.expanded ? within(at + 1) : { toggle: true };
    case 'ArrowLeft': {
      if (row === undefined) return within(0);
      if (row.expanded) return { toggle: false };
      const parent = rows.findIndex(({ node }) => node === row.node.parent);
      return { to: parent < 0 ? at : parent };
    }
    case 'Enter':
    case ' ':
      if (row === undefined) return within(0);
      return row.node.children.length === 0 ? { to: at } : { toggle: !row.expanded };
    default:
      return undefined;
  }
}

/** Every node that can be opened, opened or closed. */
export function allToggled(model: FieldModel, open: boolean): ReadonlyMap<string, boolean> {
  const toggled = new Map<string, boolean>();
  for (const node of model.byKey.values()) if (node.children.length > 0) toggled.set(node.key, open);
  return toggled;
}
