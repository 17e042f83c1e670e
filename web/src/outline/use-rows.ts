// Which rows of the outline are drawn, and how far it is scrolled. Rows stand below each other as in any text, with room
// before and behind for those that are not drawn: whatever their heights turn out to be, none has to be moved.

import { type RefObject, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { RowHeights } from './row-heights.js';

/** px beyond what is seen that are drawn … */
const MARGIN = 320;
/** … and that must be left before more is. */
const LEAST_MARGIN = 100;

export interface RowsOptions {
  /** Its first child is the list; elements of rows carry their number as `data-index`. */
  readonly scroller: RefObject<HTMLElement | null>;
  readonly count: number;
  /** A number of the row that it keeps when others come and go; another function for other rows. */
  readonly keyOf: (row: number) => number;
  /** px of a row until it has been drawn. */
  readonly estimate: (row: number) => number;
  /** The row that is brought into view whenever it becomes another one, or the rows do; −1 none. */
  readonly current: number;
  /** px that it keeps from the upper and the lower edge. */
  readonly room: { readonly above: number; readonly below: number };
  /** Rows of which the last one above what is seen stays at the upper edge, ascending. */
  readonly titles: readonly number[];
}

export interface Rows {
  /** Drawn are those from `first` up to but without `end`. */
  readonly first: number;
  readonly end: number;
  /** The title at the upper edge; −1 none. */
  readonly stuck: number;
  readonly heights: RowHeights;
  /** For the scroller. */
  readonly onScroll: () => void;
}

export function useRows(options: RowsOptions): Rows {
  const { scroller, count, keyOf, estimate, current, room, titles } = options;
  const { width, height, isThere } = useSize(scroller);
  /** Heights of rows that have been drawn. In another width lines break elsewhere. */
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  const known = useMemo(() => new Map<number, number>(), [width]);
  const heights = useMemo(
    () => new RowHeights(count, (row) => known.get(keyOf(row)) ?? estimate(row)),
    [count, keyOf, estimate, known],
  );
  // A new object each time: what is drawn depends on the heights as well, and they change without a word.
  const [scrolled, setScrolled] = useState({ to: 0 });
  const [shown, setShown] = useState<{ current: number; heights: RowHeights; isThere: boolean }>();
  const isDue = useRef(true);

  /** How far to scroll so that the current row is seen: as little as possible, or to the middle when it is far away. */
  const wanted = (now: number): number => {
    if (current < 0) return now;
    const top = heights.top(current) - room.above;
    const bottom = heights.top(current + 1) + room.below;
    if (top >= now && bottom <= now + height) return now;
    const isFar = bottom < now - height / 2 || top > now + height * 1.5;
    return Math.max(0, isFar ? (top + bottom - height) / 2 : top < now ? top : bottom - height);
  };

  // It is drawn where it is to be seen, at once.
  let drawn = scrolled.to;
  if (shown?.current !== current || shown.heights !== heights || shown.isThere !== isThere) {
    drawn = Math.max(0, Math.min(wanted(drawn), heights.top(count) - height));
    setShown({ current, heights, isThere });
    setScrolled({ to: drawn });
    isDue.current = true;
  }
  const first = heights.at(drawn - MARGIN);
  const end = Math.min(count, heights.at(drawn + height + MARGIN) + 1);
  const stuck = titleAt(titles, heights.at(drawn));

  /** The row at the upper edge, and how much of it is above: it stays there when rows before it get their heights. */
  const anchor = useRef({ row: 0, hidden: 0 });
  const settle = (now: number): void => {
    const row = heights.at(now);
    anchor.current = { row, hidden: now - heights.top(row) };
  };

  // When the page is laid out and before it is painted: to ask for heights sooner would cost a layout of the page.
  useLayoutEffect(() => {
    const element = scroller.current;
    const list = element?.firstElementChild;
    if (element === null || list === null || list === undefined) return;
    return afterLayout(list, () => {
      for (const item of list.children as HTMLCollectionOf<HTMLElement>) {
        const row = Number(item.dataset.index);
        if (row < first || row >= end) continue;
        const { offsetHeight } = item;
        heights.set(row, offsetHeight);
        known.set(keyOf(row), offsetHeight);
      }
      const now = element.scrollTop;
      const { row, hidden } = anchor.current;
      const next = isDue.current ? wanted(now) : heights.top(row) + hidden;
      isDue.current = false;
      if (Math.abs(next - now) >= 1) element.scrollTop = next;
      settle(element.scrollTop);
      follow(element.scrollTop);
    });
  });

  /** Draws anew when what is drawn does not do for this place. */
  const follow = (now: number): void => {
    const lacksBefore = first > 0 && heights.top(first) > now - LEAST_MARGIN;
    const lacksBehind = end < count && heights.top(end) < now + height + LEAST_MARGIN;
    if (lacksBefore || lacksBehind || titleAt(titles, heights.at(now)) !== stuck) setScrolled({ to: now });
  };
  const onScroll = (): void => {
    const now = scroller.current?.scrollTop ?? 0;
    settle(now);
    follow(now);
  };
  return { first, end, stuck, heights, onScroll };
}

/** The last title up to a row; −1 when there is none. */
function titleAt(titles: readonly number[], row: number): number {
  let low = 0;
  let high = titles.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((titles[middle] as number) <= row) low = middle + 1;
    else high = middle;
  }
  return titles[low - 1] ?? -1;
}

/** Observers of sizes call back at once for what they have not seen before. */
function afterLayout(element: Element, act: () => void): () => void {
  const observer = new ResizeObserver(() => {
    observer.disconnect();
    act();
  });
  observer.observe(element);
  return () => observer.disconnect();
}

interface Size {
  readonly width: number;
  readonly height: number;
  /** False while it is put away; then the size is the one it had. */
  readonly isThere: boolean;
}

function useSize(element: RefObject<HTMLElement | null>): Size {
  const [size, setSize] = useState<Size>({ width: 0, height: 800, isThere: false });
  useEffect(() => {
    if (element.current === null) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry === undefined) return;
      const { width, height } = entry.contentRect;
      const isThere = height > 0;
      setSize((last) => {
        if (!isThere) return { ...last, isThere };
        const isSame = last.isThere && last.width === width && last.height === height;
        return isSame ? last : { width, height, isThere };
      });
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  return size;
}
