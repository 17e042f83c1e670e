// A button that copies a text and says so.

import { type ReactNode, useEffect, useState } from 'react';
import style from './copy-button.module.css';

type Outcome = 'copied' | 'failed' | undefined;

interface CopyButtonProps {
  /** Made when the button is pressed: it may be long. */
  readonly text: () => string;
  readonly children: ReactNode;
  readonly title?: string;
}

const SHOWN = 1600;

export function CopyButton({ text, children, title }: CopyButtonProps) {
  const [outcome, setOutcome] = useState<Outcome>();
  useEffect(() => {
    if (outcome === undefined) return;
    const timer = setTimeout(() => setOutcome(undefined), SHOWN);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text());
      setOutcome('copied');
    } catch {
      setOutcome('failed');
    }
  };
  return (
    <button type="button" className={style.button} title={title} onClick={() => void copy()}>
      <span aria-hidden={outcome !== undefined} data-covered={outcome !== undefined} className={style.words}>
        {children}
      </span>
      <span role="status" className={style.outcome}>
        {outcome === 'copied' ? 'Copied' : outcome === 'failed' ? 'Not allowed' : ''}
      </span>
    </button>
  );
}
