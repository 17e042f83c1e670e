// A menu of display filters: examples for the network at hand, and those that were used last.

import { type ToggleEvent, useId, useRef, useState } from 'react';
import type { WorldDescription } from 'wirewalk';
import { filterExamples } from './filter-examples.js';
import style from './filter-menu.module.css';

interface FilterMenuProps {
  readonly world: WorldDescription;
  readonly recent: readonly string[];
  readonly choose: (filter: string) => void;
}

/** Least distance from the edges of the window, in px. */
const EDGE = 8;

export function FilterMenu({ world, recent, choose }: FilterMenuProps) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const [isOpen, setOpen] = useState(false);
  const follow = ({ newState }: ToggleEvent<HTMLElement>): void => {
    setOpen(newState === 'open');
    if (newState === 'open' && button.current !== null && panel.current !== null)
      place(panel.current, button.current);
  };
  const take = (filter: string): void => {
    panel.current?.hidePopover();
    choose(filter);
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        className={style.button}
        popoverTarget={id}
        aria-expanded={isOpen}
        aria-controls={id}
      >
        <span>Examples</span>
        <svg className={style.chevron} viewBox="0 0 16 16" aria-hidden="true">
          <path d="m4 6 4 4 4-4" />
        </svg>
      </button>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms */}
      <div
        ref={panel}
        id={id}
        className={style.panel}
        popover="auto"
        role="group"
        aria-label="Filters to choose from"
        onToggle={follow}
      >
        {isOpen ? (
          <>
            <FilterChoices title="Examples" choices={filterExamples(world)} choose={take} />
            {recent.length === 0 ? null : (
              <FilterChoices
                title="Used last"
                choices={recent.map((filter) => ({ filter, meaning: '' }))}
                choose={take}
              />
            )}
            <p className={style.note}>
              Names and operators are those of Wireshark. Combine with <code>&amp;&amp;</code>,{' '}
              <code>||</code>, <code>!</code> and brackets.
            </p>
          </>
        ) : null}
      </div>
    </>
  );
}

interface FilterChoicesProps {
  readonly title: string;
  readonly choices: readonly { readonly filter: string; readonly meaning: string }[];
  readonly choose: (filter: string) => void;
}

function FilterChoices({ title, choices, choose }: FilterChoicesProps) {
  return (
    <>
      <h3 className={style.title}>{title}</h3>
      <ul>
        {choices.map(({ filter, meaning }) => (
          <li key={filter}>
            <button type="button" className={style.choice} onClick={() => choose(filter)}>
              <code title={filter}>{filter}</code>
              {meaning === '' ? null : <span>{meaning}</span>}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

/** Below the button, its right edge at the button's, as far as the window allows. */
function place(panel: HTMLElement, button: HTMLElement): void {
  const { right, bottom } = button.getBoundingClientRect();
  const { width } = panel.getBoundingClientRect();
  const left = Math.max(EDGE, Math.min(right - width, window.innerWidth - width - EDGE));
  panel.style.left = `${left}px`;
  panel.style.top = `${bottom + EDGE / 2}px`;
  panel.style.maxHeight = `${window.innerHeight - bottom - EDGE * 2}px`;
}
