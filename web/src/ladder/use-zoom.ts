// Zooming with buttons, keys, the wheel and two fingers; what is under the pointer stays there.

import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react';

/** 1 is 100 %. */
export const LEAST_ZOOM = 0.2;
export const MOST_ZOOM = 2.5;
const STEP = 1.25;
/** px of a wheel's turn that double the size. */
const WHEEL = 240;

/** A place of the picture that must not move: where it is in the window, and which share of the whole lies before it. */
interface Anchor {
  readonly x: number;
  readonly y: number;
  readonly across: number;
  readonly down: number;
}

export interface Zoom {
  readonly zoom: number;
  readonly isLeast: boolean;
  readonly isMost: boolean;
  closer(): void;
  wider(): void;
  reset(): void;
}

/** Zoom of what `scroller` shows. */
export function useZoom(scroller: RefObject<HTMLElement | null>, isThere: boolean): Zoom {
  const [zoom, setZoom] = useState(1);
  const anchor = useRef<Anchor>(undefined);

  const zoomTo = useRef((_next: (last: number) => number, _x?: number, _y?: number): void => {});
  zoomTo.current = (next, x, y) => {
    const element = scroller.current;
    if (element === null) return;
    const at = { x: x ?? element.clientWidth / 2, y: y ?? element.clientHeight / 2 };
    anchor.current = {
      ...at,
      across: (element.scrollLeft + at.x) / element.scrollWidth,
      down: (element.scrollTop + at.y) / element.scrollHeight,
    };
    setZoom((last) => Math.max(LEAST_ZOOM, Math.min(next(last), MOST_ZOOM)));
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: what was anchored is put back when the size has changed
  useLayoutEffect(() => {
    const element = scroller.current;
    const kept = anchor.current;
    if (element === null || kept === undefined) return;
    anchor.current = undefined;
    element.scrollLeft = kept.across * element.scrollWidth - kept.x;
    element.scrollTop = kept.down * element.scrollHeight - kept.y;
  }, [zoom, scroller]);

  useEffect(() => {
    const element = scroller.current;
    if (!isThere || element === null) return;
    return listen(element, (factor, x, y) => zoomTo.current((last) => last * factor, x, y));
  }, [scroller, isThere]);

  return {
    zoom,
    isLeast: zoom <= LEAST_ZOOM,
    isMost: zoom >= MOST_ZOOM,
    closer: () => zoomTo.current((last) => last * STEP),
    wider: () => zoomTo.current((last) => last / STEP),
    reset: () => zoomTo.current(() => 1),
  };
}

/** The wheel with Ctrl (which is also what a touchpad's pinch is), and two fingers on a touchscreen. */
function listen(element: HTMLElement, zoomBy: (factor: number, x: number, y: number) => void): () => void {
  const inside = (x: number, y: number): readonly [number, number] => {
    const { left, top } = element.getBoundingClientRect();
    return [x - left, y - top];
  };
  const wheel = (event: WheelEvent): void => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    zoomBy(2 ** (-event.deltaY / WHEEL), ...inside(event.clientX, event.clientY));
  };
  let apart = 0;
  const touch = (event: TouchEvent): void => {
    const [one, other] = event.touches;
    if (one === undefined || other === undefined || event.touches.length !== 2) {
      apart = 0;
      return;
    }
    event.preventDefault();
    const now = Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
    const middle = inside((one.clientX + other.clientX) / 2, (one.clientY + other.clientY) / 2);
    if (apart > 0 && now > 0) zoomBy(now / apart, ...middle);
    apart = now;
  };
  // Browsers scroll at once unless they are told that they may have to wait.
  const waiting = { passive: false };
  element.addEventListener('wheel', wheel, waiting);
  element.addEventListener('touchstart', touch, waiting);
  element.addEventListener('touchmove', touch, waiting);
  element.addEventListener('touchend', touch);
  return () => {
    element.removeEventListener('wheel', wheel);
    element.removeEventListener('touchstart', touch);
    element.removeEventListener('touchmove', touch);
    element.removeEventListener('touchend', touch);
  };
}
