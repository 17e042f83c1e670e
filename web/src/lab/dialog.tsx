// A dialog over the page: the browser's own, so the page behind it is out of reach until it is closed.

import { type MouseEvent, type ReactNode, useId, useLayoutEffect, useRef } from 'react';
import style from './dialog.module.css';

interface DialogProps {
  readonly title: string;
  /** As wide and high as the page allows. */
  readonly isLarge?: boolean;
  /** Buttons beside the title. */
  readonly tools?: ReactNode;
  readonly close: () => void;
  readonly children: ReactNode;
}

export function Dialog({ title, isLarge = false, tools, close, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    // The title is read out, and Tab goes to the first button.
    heading.current?.focus();
    // Closing gives the focus back to where it was.
    return () => element?.close();
  }, []);
  const press = (event: MouseEvent): void => {
    if (event.target === dialog.current) close();
  };
  return (
    <dialog
      ref={dialog}
      className={isLarge ? style.large : style.dialog}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      onClick={press}
      onKeyDown={(event) => event.stopPropagation()}
    >
      <div className={style.inside}>
        <div className={style.head}>
          <h2 id={id} ref={heading} tabIndex={-1}>
            {title}
          </h2>
          <div className={style.tools}>
            {tools}
            <button type="button" className={style.button} onClick={close}>
              Close
            </button>
          </div>
        </div>
        {children}
      </div>
    </dialog>
  );
}
