// On a narrow screen: which of the panes is seen.

import { showPane } from '../state/actions.js';
import { PANES, type Pane, usePage } from '../state/store.js';
import style from './pane-bar.module.css';

const WORDS: Readonly<Record<Pane, string>> = { outline: 'Walk', centre: 'Network', side: 'Details' };

export function PaneBar() {
  const pane = usePage((state) => state.pane);
  return (
    <nav className={style.bar} aria-label="Panes">
      {PANES.map((name) => (
        <button
          key={name}
          type="button"
          className={style.pane}
          aria-current={name === pane ? 'page' : undefined}
          onClick={() => showPane(name)}
        >
          {WORDS[name]}
        </button>
      ))}
    </nav>
  );
}
