// How wide an element is, for what style sheets can not decide: how many bytes stand in a row.

import { type RefCallback, useCallback, useRef, useState } from 'react';

/** Calls back on a new width; `measure` turns it into what matters, so that not every pixel draws anew. */
export function useWidth<Part extends number | string | boolean>(
  measure: (rem: number) => Part,
  first: Part,
): [RefCallback<HTMLElement>, Part] {
  const [part, setPart] = useState(first);
  const latest = useRef(measure);
  latest.current = measure;
  const ref = useCallback((element: HTMLElement | null) => {
    if (element === null) return;
    const observer = new ResizeObserver(([entry]) => {
      const pixels = entry?.contentRect.width ?? 0;
      // Hidden panes have no width; they keep what they had.
      if (pixels > 0) setPart(latest.current(pixels / remOf()));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, part];
}

/** CSS pixels of 1rem. */
export function remOf(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
}
