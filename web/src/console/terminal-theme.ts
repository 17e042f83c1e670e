// The terminal in the page's colours: read from the style's variables, and again whenever light or dark is chosen.

import type { ITheme } from '@xterm/xterm';

/** @param element a place in the page: its variables, its size of type, its font */
export function themeAt(element: Element): ITheme {
  const style = getComputedStyle(element);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const ink = colour('--ink');
  const soft = colour('--ink-soft');
  return {
    background: colour('--sunken'),
    foreground: ink,
    cursor: colour('--accent'),
    cursorAccent: colour('--sunken'),
    selectionBackground: colour('--accent-soft'),
    selectionForeground: ink,
    scrollbarSliderBackground: colour('--line'),
    scrollbarSliderHoverBackground: colour('--line-strong'),
    scrollbarSliderActiveBackground: colour('--line-strong'),
    black: soft,
    brightBlack: soft,
    red: colour('--error'),
    brightRed: colour('--error'),
    green: colour('--ok'),
    brightGreen: colour('--ok'),
    yellow: colour('--deciding'),
    brightYellow: colour('--deciding'),
    blue: colour('--accent'),
    brightBlue: colour('--accent'),
    magenta: colour('--application'),
    brightMagenta: colour('--application'),
    cyan: colour('--transport'),
    brightCyan: colour('--transport'),
    white: ink,
    brightWhite: ink,
  };
}

/** Calls back when the colours change, until the returned function is called. */
export function onThemeChange(changed: () => void): () => void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  dark.addEventListener('change', changed);
  const root = new MutationObserver(changed);
  root.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme', 'class'] });
  return () => {
    dark.removeEventListener('change', changed);
    root.disconnect();
  };
}
