// The keys of the page. What has the focus comes first: a field takes letters, a list takes arrows.

import { useEffect } from 'react';
import {
  goByFrame,
  goToEnd,
  goToPhase,
  goToStart,
  stepBack,
  stepForward,
  togglePlay,
} from '../state/actions.js';
import { page, update } from '../state/store.js';

/** What the help dialog tells. */
export const KEYS: readonly (readonly [keys: string, what: string])[] = [
  ['Space', 'play, pause'],
  ['→  ←', 'one step forward, back'],
  ['Shift →  ←', 'one phase forward, back'],
  [', .', 'one frame back, forward'],
  ['Home  End', 'first, last step'],
  ['/', 'search the walk'],
  ['a', 'address bar'],
  ['?', 'this help'],
];

/** id of the search field of the outline. */
export const SEARCH = 'outline-search';

const ACTIONS: Readonly<Record<string, () => void>> = {
  ' ': togglePlay,
  ArrowRight: stepForward,
  ArrowLeft: stepBack,
  'Shift+ArrowRight': () => goToPhase(1),
  'Shift+ArrowLeft': () => goToPhase(-1),
  '.': () => goByFrame(1),
  ',': () => goByFrame(-1),
  Home: goToStart,
  End: goToEnd,
  '/': () => {
    update({ pane: 'outline' });
    requestAnimationFrame(() => document.getElementById(SEARCH)?.focus());
  },
  a: () => document.getElementById('address')?.focus(),
  '?': () => update({ helpOpen: true }),
};

export function useKeys(): void {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || page().helpOpen) return;
      if (takesLetters(event.target)) return;
      if (event.key === ' ' && takesSpace(event.target)) return;
      const isShifted = event.shiftKey && event.key.startsWith('Arrow');
      const action = ACTIONS[isShifted ? `Shift+${event.key}` : event.key];
      if (action === undefined) return;
      event.preventDefault();
      action();
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, []);
}

function takesLetters(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable ||
    target.matches('input:not([type="checkbox"], [type="radio"]), textarea, select')
  );
}

function takesSpace(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.matches(
      'button, a, summary, input, [role="button"], [role="tab"], [role="menuitem"], [role="option"]',
    )
  );
}
