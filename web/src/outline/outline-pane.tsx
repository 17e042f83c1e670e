// The outline: what the run was, its phases and its lettered steps, with a search.

import { useDeferredValue, useEffect, useMemo, useState } from 'react';
import { type HeldRun, page, usePage } from '../state/store.js';
import { outlineOf, phaseOf, wordsOf } from './outline-items.js';
import { OutlineList } from './outline-list.js';
import style from './outline-pane.module.css';
import { OutlineSearch } from './outline-search.js';
import { OutlineStart } from './outline-start.js';
import { RunSwitcher } from './run-switcher.js';

export function OutlinePane() {
  const run = usePage((state) => state.run);
  if (run === undefined) return <OutlineStart />;
  return (
    <div className={style.pane}>
      <h2 className={style.title} title={run.title}>
        {run.title}
      </h2>
      <RunSwitcher />
      <WalkOutline key={run.run} run={run} />
    </div>
  );
}

const NONE: ReadonlySet<number> = new Set();

function WalkOutline({ run }: { readonly run: HeldRun }) {
  const [query, setQuery] = useState('');
  const [collapsed, setCollapsed] = useState(NONE);
  const step = usePage((state) => state.step);
  // Typing goes on while the list follows.
  const searched = useDeferredValue(query);
  const words = useMemo(() => wordsOf(searched), [searched]);
  const outline = useMemo(() => outlineOf(run, collapsed, words), [run, collapsed, words]);

  // Whoever walks into a phase that was put away sees it.
  useEffect(() => {
    const phase = phaseOf(run, step);
    setCollapsed((before) => (before.has(phase) ? without(before, phase) : before));
  }, [run, step]);

  const toggle = (phase: number): void => {
    setCollapsed((before) => (before.has(phase) ? without(before, phase) : new Set([...before, phase])));
  };
  const all = run.phases.length > 1 && run.phases.every((_, phase) => collapsed.has(phase));
  const toggleAll = (): void => setCollapsed(all ? NONE : new Set(run.phases.keys()));

  return (
    <>
      <OutlineSearch query={query} setQuery={setQuery} places={outline.places} total={run.steps.length} />
      {outline.items.length > 0 ? (
        <OutlineList run={run} outline={outline} collapsed={collapsed} toggle={toggle} words={words} />
      ) : (
        <p className={style.nothing}>
          No step has these words. The search looks at ids, devices, headlines and sentences.
        </p>
      )}
      {run.phases.length > 1 && words.length === 0 ? (
        <div className={style.foot}>
          <button type="button" className={style.small} onClick={toggleAll}>
            {all ? 'Open all phases' : 'Put all phases away'}
          </button>
          <button type="button" className={style.small} onClick={() => revealStep(setCollapsed)}>
            Current step
          </button>
        </div>
      ) : null}
    </>
  );
}

function revealStep(
  setCollapsed: (change: (before: ReadonlySet<number>) => ReadonlySet<number>) => void,
): void {
  const { run, step } = page();
  if (run === undefined) return;
  // A new set also when nothing changes: the list then comes back to the step.
  setCollapsed((before) => without(before, phaseOf(run, step)));
}

function without(set: ReadonlySet<number>, phase: number): ReadonlySet<number> {
  return new Set([...set].filter((one) => one !== phase));
}
