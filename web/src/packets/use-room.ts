// How much room an element has, so that lists know how high their rows are before they draw them.

import { type RefObject, useCallback, useState } from 'react';

export interface Room {
  /** In px. */
  readonly width: number;
  readonly height: number;
  /** px per rem: larger on large screens, and for people who need larger text. */
  readonly rem: number;
}

/** The room of the element that the returned ref is given to, and that `kept` keeps; undefined until it is there. */
export function useRoom<Element extends HTMLElement>(
  kept: RefObject<Element | null>,
): readonly [Room | undefined, (element: Element) => () => void] {
  const [room, setRoom] = useState<Room>();
  // Always the same function: React takes another one for another element, and measuring at each turn costs a layout.
  const watch = useCallback(
    (element: Element) => {
      kept.current = element;
      const measure = (): void => {
        const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
        const { clientWidth: width, clientHeight: height } = element;
        setRoom((last) =>
          last?.width === width && last.height === height && last.rem === rem ? last : { width, height, rem },
        );
      };
      const observer = new ResizeObserver(measure);
      observer.observe(element);
      measure();
      return () => {
        observer.disconnect();
        kept.current = null;
      };
    },
    [kept],
  );
  return [room, watch];
}
