// A panel that opens at a button and is put away by Escape or a click beside it: the browser's own popover, put in its place.

import { type RefObject, type ToggleEvent, useEffect, useId, useRef, useState } from 'react';

/** Kept free around a panel, in px. */
const MARGIN = 8;

export interface Popover {
  readonly id: string;
  readonly isOpen: boolean;
  readonly button: RefObject<HTMLButtonElement | null>;
  readonly panel: RefObject<HTMLDivElement | null>;
  readonly close: () => void;
  readonly onBeforeToggle: (event: ToggleEvent) => void;
  readonly onToggle: (event: ToggleEvent) => void;
}

/** @param width of the panel, in rem, where there is room */
export function usePopover(width: number): Popover {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    if (!isOpen) return;
    const move = (): void => place(button.current, panel.current, width);
    window.addEventListener('resize', move);
    return () => window.removeEventListener('resize', move);
  }, [isOpen, width]);
  return {
    ...{ id, isOpen, button, panel },
    close: () => panel.current?.hidePopover(),
    onBeforeToggle: ({ newState }) => {
      if (newState === 'open') place(button.current, panel.current, width);
    },
    onToggle: ({ newState }) => setOpen(newState === 'open'),
  };
}

/** Below the button, its right edge at the button's, moved to stay on the screen; above it where there is more room. */
function place(button: HTMLElement | null, panel: HTMLElement | null, width: number): void {
  if (button === null || panel === null) return;
  const at = button.getBoundingClientRect();
  const { clientWidth, clientHeight } = document.documentElement;
  const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
  const wide = Math.min(width * rem, clientWidth - 2 * MARGIN);
  const isBelow = at.top + at.height / 2 < clientHeight / 2;
  const room = isBelow ? clientHeight - at.bottom : at.top;
  const { style } = panel;
  style.width = `${wide}px`;
  style.left = `${Math.max(MARGIN, Math.min(at.right - wide, clientWidth - wide - MARGIN))}px`;
  style.top = isBelow ? `${at.bottom + MARGIN / 2}px` : 'auto';
  style.bottom = isBelow ? 'auto' : `${clientHeight - at.top + MARGIN / 2}px`;
  style.maxHeight = `${room - 2 * MARGIN}px`;
}
