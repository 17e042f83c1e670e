// The display filter of the packet list and the ladder: the field, what came of it, and filters to choose from.

import { type ReactNode, useEffect, useId, useMemo, useRef, useState } from 'react';
import { setFilter } from '../state/actions.js';
import { useAnswer } from '../state/answers.js';
import { type HeldRun, usePage } from '../state/store.js';
import { filterWords } from './filter-completion.js';
import style from './filter-field.module.css';
import { useFilterHistory } from './filter-history.js';
import { FilterInput, type FilterInputHandle } from './filter-input.js';
import { FilterMenu } from './filter-menu.js';
import { filterStatus } from './filter-status.js';
import { judge, useVerdict } from './filter-verdicts.js';

/** Typing is followed after this pause, in ms. */
const PAUSE = 150;
/** A filter that was looked at for this long is worth remembering, in ms. */
const WORTH_KEEPING = 2500;

interface FilterFieldProps {
  readonly run: HeldRun;
  /** What else the view can be told: stands beside the sentence about the filter. */
  readonly children?: ReactNode;
}

export function FilterField({ run, children }: FilterFieldProps) {
  const applied = usePage(({ filter }) => filter);
  const [draft, setDraft] = useState(applied);
  const text = draft.trim();
  const asked = usePaused(text);
  const verdict = useVerdict(run.run, asked);
  const fields = useAnswer('fields', {});
  const { world } = run;
  const words = useMemo(
    () => (fields === undefined ? undefined : filterWords(fields, world)),
    [fields, world],
  );
  const status = filterStatus({ text, applied: applied.trim(), verdict, words, total: run.frames.length });
  const [recent, remember] = useFilterHistory();
  const input = useRef<FilterInputHandle>(null);
  const id = useId();

  // What others set (another lab, a link, the other view) comes in; what comes from here is here already.
  const own = useRef(applied);
  const apply = (filter: string): void => {
    own.current = filter;
    setFilter(filter);
  };
  useEffect(() => {
    if (applied === own.current) return;
    own.current = applied;
    setDraft(applied);
  }, [applied]);

  const change = (next: string): void => {
    setDraft(next);
    if (next.trim() === '') apply('');
  };
  const commit = (next: string): void => {
    const filter = next.trim();
    change(next);
    if (filter === '' || filter === applied.trim()) return;
    judge(run.run, filter).then(
      (found) => {
        if ('error' in found) return;
        apply(filter);
        remember(filter);
      },
      () => {},
    );
  };

  // While typing, a sound filter is applied by itself. A name that no frame has is probably not typed to its end: it waits
  // for Enter.
  const isSound = verdict?.text === text && status.kind === 'sound';
  // biome-ignore lint/correctness/useExhaustiveDependencies: apply is made anew each time and always the same
  useEffect(() => {
    if (isSound && applied !== text) apply(text);
  }, [isSound, text, applied]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: as above
  useEffect(() => {
    if (status.kind !== 'sound' || applied.trim() !== text) return;
    const timer = setTimeout(() => remember(text), WORTH_KEEPING);
    return () => clearTimeout(timer);
  }, [status.kind, applied, text]);

  return (
    <search className={style.field} aria-label="Display filter">
      <div className={style.line}>
        <div className={style.box} data-state={status.kind}>
          <svg className={style.funnel} viewBox="0 0 16 16" aria-hidden="true">
            <path d="M2 3h12l-4.5 5.5V13l-3 1V8.5z" />
          </svg>
          <FilterInput
            ref={input}
            text={draft}
            words={words}
            wrongAt={status.position}
            verdict={verdict}
            describedBy={id}
            onChange={change}
            onCommit={() => commit(draft)}
          />
          {draft === '' ? null : (
            <button
              type="button"
              className={style.clear}
              aria-label="Clear the filter"
              title="Clear the filter (Escape)"
              onClick={() => {
                change('');
                input.current?.focus();
              }}
            >
              <svg viewBox="0 0 16 16" aria-hidden="true">
                <path d="m4 4 8 8M12 4l-8 8" />
              </svg>
            </button>
          )}
        </div>
        <FilterMenu
          world={world}
          recent={recent}
          choose={(filter) => {
            commit(filter);
            input.current?.focus();
          }}
        />
      </div>
      <div className={style.below}>
        <p className={style.status} id={id} role="status" data-state={status.kind}>
          {status.sentence}
        </p>
        {children}
      </div>
    </search>
  );
}

/** A text once nobody has typed for a moment; an empty one at once. */
function usePaused(text: string): string {
  const [paused, setPaused] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setPaused(text), text === '' ? 0 : PAUSE);
    return () => clearTimeout(timer);
  }, [text]);
  return paused;
}
