// The size of an element, as it changes.

import { type RefCallback, useCallback, useRef, useState } from 'react';
import { readLetters } from './camera.js';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Its inner size in whole px; 0 × 0 until it is there. What is not shown keeps the size that it had. */
export function useSize(): readonly [Size, RefCallback<HTMLElement>] {
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  const observer = useRef<ResizeObserver>(undefined);
  const place = useCallback((element: HTMLElement | null) => {
    observer.current?.disconnect();
    if (element === null) return;
    observer.current = new ResizeObserver(() => {
      const { clientWidth: width, clientHeight: height } = element;
      if (width === 0 || height === 0) return;
      readLetters();
      setSize((before) => (before.width === width && before.height === height ? before : { width, height }));
    });
    observer.current.observe(element);
  }, []);
  return [size, place];
}
