// The button for what can be taken away, and the panel that opens at it.

import { lazy, Suspense, useId } from 'react';
import style from './take-away-menu.module.css';
import { usePopover } from './use-popover.js';

const TakeAwayChoices = lazy(async () => ({
  default: (await import('./take-away-choices.js')).TakeAwayChoices,
}));

export function TakeAwayMenu() {
  const { id, isOpen, button, panel, onBeforeToggle, onToggle } = usePopover(24);
  const title = useId();
  return (
    <>
      <button
        ref={button}
        type="button"
        className={style.button}
        popoverTarget={id}
        aria-expanded={isOpen}
        aria-haspopup="dialog"
        aria-label="Take away"
        title="Take away"
      >
        <Arrow />
        <span className={style.word}>Take away</span>
      </button>
      <div
        ref={panel}
        id={id}
        popover="auto"
        role="dialog"
        aria-labelledby={title}
        className={style.panel}
        onBeforeToggle={onBeforeToggle}
        onToggle={onToggle}
        onKeyDown={(event) => event.stopPropagation()}
      >
        <h2 id={title} className={style.title}>
          Take away
        </h2>
        <Suspense fallback={null}>{isOpen ? <TakeAwayChoices /> : null}</Suspense>
      </div>
    </>
  );
}

function Arrow() {
  return (
    <svg className={style.arrow} viewBox="0 0 16 16" aria-hidden="true">
      <path d="M8 2v8M4.500 7 8 10.500 11.500 7M2.500 13.500h11" />
    </svg>
  );
}
