// The roles of a table whose rows are placed by hand: its display takes away what its elements mean by themselves, and it
// can be walked through with the arrows, as one tab stop. Reading list: WAI-ARIA 1.2, grid.

/** @param active id of the row that the arrows stand on */
export function gridRole(active: string | undefined) {
  return { role: 'grid', tabIndex: 0, 'aria-activedescendant': active } as const;
}

export const GROUP = { role: 'rowgroup' } as const;
export const ROW = { role: 'row' } as const;
export const HEAD = { role: 'columnheader' } as const;
export const CELL = { role: 'gridcell' } as const;
