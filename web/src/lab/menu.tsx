// A button with a menu, as the WAI-ARIA authoring practices describe it: arrows walk, letters find, Escape puts away.

import { createContext, type KeyboardEvent, type ReactNode, use, useEffect } from 'react';
import style from './menu.module.css';
import { usePopover } from './use-popover.js';

interface MenuProps {
  /** Names the button and the menu. */
  readonly label: string;
  readonly title?: string;
  readonly className: string | undefined;
  /** What stands on the button. */
  readonly face: ReactNode;
  /** Stands below the items and can not be chosen. */
  readonly note?: ReactNode;
  /** Width in rem. */
  readonly width: number;
  readonly children: ReactNode;
}

const Close = createContext<() => void>(() => {});

export function Menu({ label, title, className, face, note, width, children }: MenuProps) {
  const { id, isOpen, button, panel, close, onBeforeToggle, onToggle } = usePopover(width);
  const items = (): HTMLElement[] => [
    ...(panel.current?.querySelectorAll<HTMLElement>('[role^="menuitem"]') ?? []),
  ];
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when it opens
  useEffect(() => {
    if (!isOpen) return;
    const all = items();
    (all.find((item) => item.ariaChecked === 'true') ?? all[0])?.focus();
  }, [isOpen]);
  const press = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const all = items();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const next = nextItem(event.key, all, at);
    if (event.key === 'Tab') close();
    // Whatever the menu does not know is not meant for the page either.
    event.stopPropagation();
    if (next === undefined) return;
    event.preventDefault();
    next.focus();
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        className={className}
        popoverTarget={id}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-label={label}
        title={title}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown' || isOpen) return;
          event.preventDefault();
          event.stopPropagation();
          panel.current?.showPopover();
        }}
      >
        {face}
      </button>
      <div
        ref={panel}
        id={id}
        popover="auto"
        className={style.panel}
        onBeforeToggle={onBeforeToggle}
        onToggle={onToggle}
      >
        {isOpen ? (
          <>
            <div role="menu" tabIndex={-1} aria-label={label} className={style.menu} onKeyDown={press}>
              <Close value={close}>{children}</Close>
            </div>
            {note === undefined ? null : <p className={style.note}>{note}</p>}
          </>
        ) : null}
      </div>
    </>
  );
}

function nextItem(key: string, all: readonly HTMLElement[], at: number): HTMLElement | undefined {
  if (key === 'ArrowDown') return all[(at + 1) % all.length];
  if (key === 'ArrowUp') return all.at(at <= 0 ? -1 : at - 1);
  if (key === 'Home') return all[0];
  if (key === 'End') return all.at(-1);
  if (key.length !== 1 || key === ' ') return undefined;
  const turned = [...all.slice(at + 1), ...all.slice(0, at + 1)];
  return turned.find(({ textContent }) => textContent.trim().toLowerCase().startsWith(key.toLowerCase()));
}

export function MenuGroup({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset may not stand in a menu
    <div role="group" aria-label={title} className={style.group}>
      <span className={style.title} aria-hidden="true">
        {title}
      </span>
      {children}
    </div>
  );
}

interface MenuItemProps {
  readonly choose: () => void;
  /** Given: one of several of which one is chosen. */
  readonly isChosen?: boolean;
  readonly children: ReactNode;
}

export function MenuItem({ choose, isChosen, children }: MenuItemProps) {
  const close = use(Close);
  const role =
    isChosen === undefined ? { role: 'menuitem' } : { role: 'menuitemradio', 'aria-checked': isChosen };
  return (
    <button
      type="button"
      {...role}
      tabIndex={-1}
      className={style.item}
      onClick={() => {
        close();
        choose();
      }}
    >
      {children}
    </button>
  );
}
