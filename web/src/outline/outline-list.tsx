// The list of phases and steps: as long as the run, but only what is seen is there.

import { type KeyboardEvent, useCallback, useLayoutEffect, useRef } from 'react';
import { goToStep } from '../state/actions.js';
import { type HeldRun, page, usePage } from '../state/store.js';
import { keyOf, type Outline, type OutlineItem, placeBeside } from './outline-items.js';
import style from './outline-list.module.css';
import { OutcomeRow, PhaseRow, StepRow, SummaryRow } from './outline-rows.js';
import { useRows } from './use-rows.js';

/** Heights before they are measured. */
const ESTIMATES: Readonly<Record<OutlineItem['kind'], number>> = {
  summary: 110,
  phase: 40,
  step: 50,
  outcome: 36,
};
/** The title of the phase stands over the first rows; some room shows that there is more. */
const ROOM = { above: 64, below: 40 };

export interface OutlineListProps {
  readonly run: HeldRun;
  readonly outline: Outline;
  readonly collapsed: ReadonlySet<number>;
  readonly toggle: (phase: number) => void;
  /** Searched for; none lists everything. */
  readonly words: readonly string[];
}

export function OutlineList({ run, outline, collapsed, toggle, words }: OutlineListProps) {
  const step = usePage((state) => state.step);
  const scroller = useRef<HTMLDivElement>(null);
  const { items, itemOfStep, places, titles } = outline;
  const current = itemOfStep[step] ?? -1;
  // Tab reaches the current step, or the next one while that is not listed.
  const stop = current >= 0 ? current : (itemOfStep[placeBeside(places, step, 1) ?? -1] ?? -1);
  const { first, end, stuck, heights, onScroll } = useRows({
    scroller,
    count: items.length,
    // The same functions while the rows are the same.
    keyOf: useCallback((index: number) => keyOf(items[index] as OutlineItem), [items]),
    estimate: useCallback((index: number) => ESTIMATES[(items[index] as OutlineItem).kind], [items]),
    // With the first step comes what stands above it.
    current: step === 0 ? 0 : current,
    room: ROOM,
    titles,
  });
  // One list, so that a row with the focus keeps it when it goes out of sight.
  const drawn = Array.from({ length: end - first }, (_, place) => first + place);
  if (stuck >= 0 && stuck < first) drawn.push(stuck);
  if (stop >= 0 && stop !== stuck && (stop < first || stop >= end)) drawn.push(stop);
  drawn.sort((a, b) => a - b);

  // Who walks with the focus in the list keeps it on the current step.
  useLayoutEffect(() => {
    const focused = document.activeElement;
    if (!(focused instanceof HTMLElement) || !scroller.current?.contains(focused)) return;
    if (focused.dataset.step === undefined || focused.dataset.step === String(step)) return;
    scroller.current.querySelector<HTMLElement>(`[data-step="${step}"]`)?.focus({ preventScroll: true });
  }, [step]);

  const searching = words.length > 0;
  const press = (event: KeyboardEvent<HTMLElement>): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const rows = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ESTIMATES.step) - 1);
    const move = MOVES[event.key];
    if (move === undefined) return;
    event.preventDefault();
    const by = move.far ? rows : 1;
    const at = page().step;
    // In a search from hit to hit, otherwise through everything: a phase that was put away opens.
    goToStep(searching ? (placeBeside(places, at, move.way, by) ?? at) : at + move.way * by);
  };

  const row = (item: OutlineItem) => {
    switch (item.kind) {
      case 'summary':
        return <SummaryRow run={run} />;
      case 'phase': {
        const phase = run.phases[item.phase];
        if (phase === undefined) return null;
        return (
          <PhaseRow
            phase={phase}
            steps={item.steps}
            open={!collapsed.has(item.phase)}
            current={phase.number === run.steps[step]?.phase ? run.steps[step]?.id : undefined}
            toggle={searching ? undefined : () => toggle(item.phase)}
            isNew={typedAt(run, run.steps[phase.first]?.seq ?? -1)}
            words={words}
          />
        );
      }
      case 'outcome': {
        const phase = run.phases[item.phase];
        return phase === undefined ? null : <OutcomeRow phase={phase} />;
      }
      default: {
        const head = run.steps[item.place];
        if (head === undefined) return null;
        return (
          <StepRow
            head={head}
            place={item.place}
            current={item.place === step}
            stop={itemOfStep[item.place] === stop}
            words={words}
            choose={goToStep}
          />
        );
      }
    }
  };

  const line = (index: number) => {
    const item = items[index];
    if (item === undefined) return null;
    const isAway = index !== stuck && (index < first || index >= end);
    return (
      <li
        key={keyOf(item)}
        data-index={index}
        aria-posinset={index + 1}
        aria-setsize={items.length}
        className={index === stuck ? style.stuck : isAway ? style.away : undefined}
        // A title whose own place is further above takes none here.
        style={isAway ? { insetBlockStart: heights.top(index) } : index < first ? { height: 0 } : undefined}
      >
        {row(item)}
      </li>
    );
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys are those of the buttons within
    <div className={style.scroller} ref={scroller} onKeyDown={press} onScroll={onScroll}>
      <ol
        className={style.list}
        style={{ paddingBlock: `${heights.top(first)}px ${heights.top(items.length) - heights.top(end)}px` }}
        aria-label="Phases and steps"
      >
        {drawn.map(line)}
      </ol>
    </div>
  );
}

/** Does something begin here that was typed at a console? */
function typedAt({ typed }: HeldRun, seq: number): boolean {
  return typed.some(({ after, ended }) => after < seq && seq <= ended);
}

const MOVES: Readonly<Record<string, { readonly way: 1 | -1; readonly far: boolean }>> = {
  ArrowDown: { way: 1, far: false },
  ArrowUp: { way: -1, far: false },
  PageDown: { way: 1, far: true },
  PageUp: { way: -1, far: true },
};
