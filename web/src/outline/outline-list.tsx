// The list of phases and steps: as long as the run, but only what is seen is there.

import { defaultRangeExtractor, type Range, useVirtualizer, type Virtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useCallback, useDeferredValue, useEffect, useLayoutEffect, useRef } from 'react';
import { goToStep } from '../state/actions.js';
import { type HeldRun, page, usePage } from '../state/store.js';
import { keyOf, type Outline, type OutlineItem, placeBeside } from './outline-items.js';
import style from './outline-list.module.css';
import { OutcomeRow, PhaseRow, StepRow, SummaryRow } from './outline-rows.js';

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
  // Who scrubs sees the details at once; the list follows when there is time.
  const step = useDeferredValue(usePage((state) => state.step));
  const pane = usePage((state) => state.pane);
  const scroller = useRef<HTMLDivElement>(null);
  const { items, itemOfStep, places, titles } = outline;
  const current = itemOfStep[step] ?? -1;
  // Tab reaches the current step, or the next one while that is not listed.
  const stop = current >= 0 ? current : (itemOfStep[placeBeside(places, step, 1) ?? -1] ?? -1);
  const stuck = useRef(-1);

  const virtualizer = useVirtualizer<HTMLDivElement, HTMLLIElement>({
    count: items.length,
    getScrollElement: () => scroller.current,
    // Functions that stay the same: with new ones the list would be laid out anew.
    estimateSize: useCallback((index: number) => ESTIMATES[(items[index] as OutlineItem).kind], [items]),
    getItemKey: useCallback((index: number) => keyOf(items[index] as OutlineItem), [items]),
    measureElement,
    overscan: 6,
    rangeExtractor: useCallback(
      (range: Range) => {
        stuck.current = titles.findLast((index) => index <= range.startIndex) ?? -1;
        const wanted = new Set(defaultRangeExtractor(range));
        if (stuck.current >= 0) wanted.add(stuck.current);
        if (stop >= 0) wanted.add(stop);
        return [...wanted].sort((a, b) => a - b);
      },
      [titles, stop],
    ),
  });

  // The current step stays in view.
  // biome-ignore lint/correctness/useExhaustiveDependencies: also when the list changes, and when the pane comes back
  useEffect(() => {
    // With the first step comes what stands above it.
    if (step === 0) virtualizer.scrollToOffset(0);
    else if (current >= 0) reveal(virtualizer, current);
  }, [current, items, pane]);

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

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys are those of the buttons within
    <div className={style.scroller} ref={scroller} onKeyDown={press}>
      <ol className={style.list} style={{ height: virtualizer.getTotalSize() }} aria-label="Phases and steps">
        {virtualizer.getVirtualItems().map(({ index, key, start }) => {
          const item = items[index];
          if (item === undefined) return null;
          const sticks = index === stuck.current;
          return (
            <li
              key={key}
              data-index={index}
              aria-posinset={index + 1}
              aria-setsize={items.length}
              ref={virtualizer.measureElement}
              className={sticks ? style.stuck : style.row}
              style={sticks ? undefined : { transform: `translateY(${start}px)` }}
            >
              {row(item)}
            </li>
          );
        })}
      </ol>
    </div>
  );
}

type List = Virtualizer<HTMLDivElement, HTMLLIElement>;

/** Heights come from the observer of sizes, after the layout: to ask for one at once would cost a layout of the page. */
function measureElement(row: HTMLLIElement, entry: ResizeObserverEntry | undefined, list: List): number {
  const [box] = entry?.borderBoxSize ?? [];
  if (box !== undefined) return Math.round(box.blockSize);
  const index = list.indexFromElement(row);
  return list.itemSizeCache.get(list.options.getItemKey(index)) ?? list.options.estimateSize(index);
}

/** Scrolls as little as is needed, and not at all when the row is in view. */
function reveal(list: List, index: number): void {
  const row = list.measurementsCache[index];
  const height = list.scrollRect?.height ?? 0;
  if (row === undefined || height === 0) return;
  const top = list.scrollOffset ?? 0;
  if (row.start < top + ROOM.above) list.scrollToOffset(row.start - ROOM.above);
  else if (row.end > top + height - ROOM.below) list.scrollToOffset(row.end - height + ROOM.below);
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
