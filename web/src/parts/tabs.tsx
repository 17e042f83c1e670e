// Tabs as the WAI-ARIA authoring practices describe them: one tab stop, arrows choose.

import { type KeyboardEvent, type ReactNode, useId } from 'react';
import style from './tabs.module.css';

export interface Tab<Name extends string> {
  readonly name: Name;
  readonly title: string;
}

interface TabsProps<Name extends string> {
  /** Names the group of tabs for screen readers. */
  readonly label: string;
  readonly tabs: readonly Tab<Name>[];
  readonly chosen: Name;
  readonly choose: (name: Name) => void;
  readonly children: ReactNode;
}

export function Tabs<Name extends string>({ label, tabs, chosen, choose, children }: TabsProps<Name>) {
  const id = useId();
  const move = (event: KeyboardEvent<HTMLElement>): void => {
    const at = tabs.findIndex(({ name }) => name === chosen);
    const ways: Record<string, number> = {
      ArrowRight: (at + 1) % tabs.length,
      ArrowLeft: (at + tabs.length - 1) % tabs.length,
      Home: 0,
      End: tabs.length - 1,
    };
    const next = tabs[ways[event.key] ?? -1];
    if (next === undefined) return;
    event.preventDefault();
    choose(next.name);
    document.getElementById(`${id}${next.name}`)?.focus();
  };
  return (
    <div className={style.group}>
      <div className={style.tabs} role="tablist" aria-label={label} onKeyDown={move}>
        {tabs.map(({ name, title }) => (
          <button
            key={name}
            id={`${id}${name}`}
            type="button"
            role="tab"
            className={style.tab}
            aria-selected={name === chosen}
            aria-controls={`${id}panel`}
            tabIndex={name === chosen ? 0 : -1}
            onClick={() => choose(name)}
          >
            {title}
          </button>
        ))}
      </div>
      <div className={style.panel} id={`${id}panel`} role="tabpanel" aria-labelledby={`${id}${chosen}`}>
        {children}
      </div>
    </div>
  );
}
