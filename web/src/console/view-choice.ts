// How somebody likes consoles to be shown; remembered.

const VIEWS = ['terminal', 'reader', 'text'] as const;
/** A terminal, a terminal that also speaks to screen readers, or plain text with a field. */
export type View = (typeof VIEWS)[number];

const KEY = 'wirewalk-console';

/** Without a choice: a terminal, or text where there are fingers and no keys. */
export function keptView(): View {
  let kept: string | null = null;
  try {
    kept = localStorage.getItem(KEY);
  } catch {
    // Nothing is remembered here.
  }
  const fingers = matchMedia('(hover: none) and (pointer: coarse)').matches;
  return VIEWS.find((view) => view === kept) ?? (fingers ? 'text' : 'terminal');
}

export function keepView(view: View): void {
  try {
    localStorage.setItem(KEY, view);
  } catch {
    // In force until the page is left.
  }
}
