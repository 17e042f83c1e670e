// The edges between the panes: dragged, clicked to widen a pane, or moved with keys; widths are remembered.

import {
  type KeyboardEvent,
  type PointerEvent,
  type RefObject,
  useCallback,
  useEffect,
  useRef,
  useState,
} from 'react';
import style from './splitter.module.css';

type Widths = { readonly outline: number; readonly side: number };
export type SetWidth = (side: keyof Widths, width: number | undefined) => void;

const KEY = 'wirewalk-widths';
const LEAST = 220;
const STEP = 24;
/** As wide as a pane may be, as a share of the page. */
const MOST = 0.38;
/** A pointer that moves less, in px, has clicked. */
const STILL = 3;

/** Puts the widths on the element as custom properties; returns its ref and the way to change them. */
export function useWidths(): [RefObject<HTMLElement | null>, SetWidth] {
  const ref = useRef<HTMLElement>(null);
  const set = useCallback<SetWidth>((side, width) => {
    const widths = { ...stored(), [side]: width };
    put(ref.current, widths);
    try {
      localStorage.setItem(KEY, JSON.stringify(widths));
    } catch {
      // Not remembered, but in force.
    }
  }, []);
  useEffect(() => put(ref.current, stored()), []);
  return [ref, set];
}

function put(element: HTMLElement | null, widths: Partial<Widths>): void {
  for (const side of ['outline', 'side'] as const) {
    const width = widths[side];
    const name = `--${side}-width`;
    // Never so wide that the middle has no room.
    if (width === undefined) element?.style.removeProperty(name);
    else element?.style.setProperty(name, `min(${width}px, ${100 * MOST}vw)`);
  }
}

function stored(): Partial<Widths> {
  try {
    const { outline, side } = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Record<string, unknown>;
    return {
      ...(typeof outline === 'number' && outline >= LEAST ? { outline } : {}),
      ...(typeof side === 'number' && side >= LEAST ? { side } : {}),
    };
  } catch {
    return {};
  }
}

interface SplitterProps {
  readonly label: string;
  readonly side: keyof Widths;
  readonly set: SetWidth;
}

export function Splitter({ label, side, set }: SplitterProps) {
  const ref = useRef<HTMLDivElement>(null);
  const [percent, setPercent] = useState(25);
  const pane = (): Element | null | undefined =>
    side === 'outline' ? ref.current?.previousElementSibling : ref.current?.nextElementSibling;
  const measure = (): void => {
    const width = pane()?.getBoundingClientRect().width ?? 0;
    setPercent(Math.round((width / window.innerWidth) * 100));
  };
  const resize = (width: number): void => {
    set(side, Math.max(LEAST, Math.round(Math.min(width, window.innerWidth * MOST))));
    measure();
  };
  const begun = useRef(0);
  const isClick = useRef(false);
  const take = (event: PointerEvent<HTMLDivElement>): void => {
    event.currentTarget.setPointerCapture(event.pointerId);
    begun.current = event.clientX;
    isClick.current = true;
  };
  const drag = (event: PointerEvent<HTMLDivElement>): void => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    if (Math.abs(event.clientX - begun.current) >= STILL) isClick.current = false;
    if (!isClick.current) resize(side === 'outline' ? event.clientX : window.innerWidth - event.clientX);
  };
  /** As wide as may be, or as it was at first: for those who do not drag. */
  const toggle = (): void => {
    const most = window.innerWidth * MOST;
    const width = pane()?.getBoundingClientRect().width ?? 0;
    if (width < most - 1) resize(most);
    else {
      set(side, undefined);
      measure();
    }
  };
  const move = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') return toggle();
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (way === undefined) return;
    event.preventDefault();
    const width = pane()?.getBoundingClientRect().width ?? 0;
    resize(width + way * STEP * (side === 'outline' ? 1 : -1));
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that can be moved is no hr
    <div
      ref={ref}
      role="separator"
      className={style.splitter}
      aria-label={label}
      aria-orientation="vertical"
      aria-valuenow={percent}
      aria-valuemin={10}
      aria-valuemax={100 * MOST}
      tabIndex={0}
      title="Drag to resize; click to widen, and again to go back"
      onFocus={measure}
      onPointerDown={take}
      onPointerMove={drag}
      onClick={() => {
        if (isClick.current) toggle();
      }}
      onKeyDown={move}
    />
  );
}
