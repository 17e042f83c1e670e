// The edges between the panes: dragged, or moved with the arrow keys; widths are remembered.

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
    else element?.style.setProperty(name, `min(${width}px, 38vw)`);
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
  const resize = (width: number): void => {
    const kept = Math.max(LEAST, Math.round(width));
    set(side, kept);
    setPercent(Math.round((kept / window.innerWidth) * 100));
  };
  const drag = (event: PointerEvent<HTMLDivElement>): void => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    resize(side === 'outline' ? event.clientX : window.innerWidth - event.clientX);
  };
  const move = (event: KeyboardEvent): void => {
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
      aria-valuemax={38}
      tabIndex={0}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={drag}
      onDoubleClick={() => set(side, undefined)}
      onKeyDown={move}
    />
  );
}
