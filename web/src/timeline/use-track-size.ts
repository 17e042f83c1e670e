// The size of the track in px, and how many dots of the screen make one.

import { type RefCallback, useCallback, useEffect, useRef, useState } from 'react';
import type { TrackSize } from './marks.js';

export interface DotSize extends TrackSize {
  readonly ratio: number;
}

export function useTrackSize(): readonly [DotSize, RefCallback<HTMLElement>] {
  const [size, setSize] = useState<DotSize>({ width: 0, height: 0, ratio: 1 });
  const element = useRef<HTMLElement>(null);
  const observer = useRef<ResizeObserver>(undefined);
  const measure = useCallback(() => {
    const width = element.current?.clientWidth ?? 0;
    const height = element.current?.clientHeight ?? 0;
    const ratio = devicePixelRatio;
    if (width === 0) return;
    setSize((was) =>
      was.width === width && was.height === height && was.ratio === ratio ? was : { width, height, ratio },
    );
  }, []);
  const place = useCallback(
    (here: HTMLElement | null) => {
      observer.current?.disconnect();
      element.current = here;
      if (here === null) return;
      observer.current = new ResizeObserver(measure);
      observer.current.observe(here);
    },
    [measure],
  );
  // Moved to another screen, or enlarged by the browser.
  useEffect(() => {
    const query = matchMedia(`(resolution: ${size.ratio}dppx)`);
    query.addEventListener('change', measure);
    return () => query.removeEventListener('change', measure);
  }, [size.ratio, measure]);
  return [size, place];
}
