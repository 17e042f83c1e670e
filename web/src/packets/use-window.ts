// The rows of a long list that are in view. All rows have the same height, so that nothing is measured or counted.

import { type RefObject, useCallback, useState } from 'react';

export interface RowWindow {
  /** Places of the rows to draw; `end` not included. */
  readonly first: number;
  readonly end: number;
  /** Rows that are drawn at most: a row can be drawn in the place of one that has left. */
  readonly most: number;
  /** To be called when the list was scrolled. */
  readonly scroll: () => void;
  /** Scrolls as little as needed to show a row with its neighbours; to the middle when it is far away. */
  readonly reveal: (place: number) => void;
}

/** Rows that are drawn above and below those in view, and that are scrolled before others are drawn. */
const MORE = 12;
const CHUNK = 4;

/**
 * @param height of what is seen of the list, in px
 * @param head px at the upper edge that are covered by titles
 */
export function useWindow(
  scroller: RefObject<HTMLElement | null>,
  count: number,
  rowHeight: number,
  height: number,
  head: number,
): RowWindow {
  const [top, setTop] = useState(0);
  const scroll = useCallback(() => {
    const element = scroller.current;
    if (element !== null) setTop(Math.floor(element.scrollTop / rowHeight / CHUNK) * CHUNK);
  }, [scroller, rowHeight]);
  const reveal = useCallback(
    (place: number) => {
      const element = scroller.current;
      if (element === null) return;
      const room = height - head;
      const begin = (place - 1) * rowHeight;
      const end = (place + 2) * rowHeight;
      const now = element.scrollTop;
      if (begin >= now && end <= now + room) return;
      const isFar = end < now - rowHeight || begin > now + room + rowHeight;
      if (isFar) element.scrollTop = (begin + end - room) / 2;
      else element.scrollTop = begin < now ? begin : end - room;
    },
    [scroller, rowHeight, height, head],
  );
  const inView = Math.ceil(height / rowHeight);
  // What was scrolled to before a filter may lie behind the end of what it left.
  const from = Math.max(0, Math.min(top, count - inView));
  return {
    first: Math.max(0, from - MORE),
    end: Math.min(count, from + inView + CHUNK + MORE),
    most: inView + CHUNK + 2 * MORE,
    scroll,
    reveal,
  };
}
