// The tables of all devices below each other: only those that are seen are asked for and drawn.

import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useCallback, useDeferredValue, useMemo, useRef } from 'react';
import type { Step } from 'wirewalk';
import { capitalOf } from '../parts/row-text.js';
import { selectNode } from '../state/actions.js';
import { useAnswer } from '../state/answers.js';
import type { HeldRun } from '../state/store.js';
import type { TablesAnswer } from '../worker/protocol.js';
import { NodeTablesBrief } from './node-tables-view.js';
import { marksOf, NO_MARKS } from './row-marks.js';
import type { Moment } from './table-view.js';
import style from './tables-pane.module.css';
import { useLast } from './use-last.js';

/** So many devices of a step are named. */
const TOUCHED = 8;

export interface AllNodesViewProps {
  readonly run: HeldRun;
  readonly step: number;
  readonly seq: number;
  /** What the step does; undefined while it is asked for. */
  readonly told: Step | undefined;
}

interface Shown {
  readonly answer: TablesAnswer;
  readonly told: Step | undefined;
  readonly moment: Moment;
}

export function AllNodesView({ run, step, seq, told }: AllNodesViewProps) {
  const scroller = useRef<HTMLDivElement>(null);
  // At the end of the run each device has every table that ever held a row.
  const end = useAnswer('tables', { run: run.run, seq: run.length - 1 });
  const listed = useMemo(
    () =>
      end?.run === run.run ? end.nodes.filter(({ tables }) => tables.length > 0).map(({ node }) => node) : [],
    [end, run],
  );
  const virtualizer = useVirtualizer({
    count: listed.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 320,
    getItemKey: useCallback((index: number) => listed[index] ?? index, [listed]),
    overscan: 1,
  });
  const seen = virtualizer.getVirtualItems();
  const nodes = seen.map(({ index }) => listed[index] as number);
  const answer = useAnswer('tables', nodes.length === 0 ? undefined : { run: run.run, seq, nodes });
  const moment = useMemo(
    () =>
      answer?.run !== run.run || (told === undefined && run.steps.length > 0)
        ? undefined
        : { answer, told, moment: { run, step, time: answer.time, notes: answer.notes } },
    [answer, told, run, step],
  );
  // Whoever scrubs does not wait for this many tables.
  const shown = useDeferredValue(useLast(moment));
  const touched = [...new Set([told?.node, ...(told?.changes.map(({ node }) => node) ?? [])])]
    .slice(0, TOUCHED)
    .flatMap((name) => {
      const node = run.world.nodes.findIndex((one) => one.name === name);
      const index = listed.indexOf(node);
      return index < 0 ? [] : [{ index, label: run.world.nodes[node]?.label ?? name ?? '' }];
    });
  return (
    <>
      {touched.length === 0 ? null : (
        <p className={style.touched}>
          This step is at
          {touched.map(({ index, label }) => (
            <button
              key={index}
              type="button"
              className={style.jump}
              onClick={() => virtualizer.scrollToIndex(index, { align: 'start' })}
            >
              {label}
            </button>
          ))}
        </p>
      )}
      <div className={style.scroller} ref={scroller}>
        <div className={style.all} style={{ height: virtualizer.getTotalSize() }}>
          {seen.map(({ index, key, start }) => (
            <section
              key={key}
              data-index={index}
              ref={virtualizer.measureElement}
              className={style.nodeOfAll}
              style={{ transform: `translateY(${start}px)` }}
              aria-label={`Tables of ${run.world.nodes[listed[index] as number]?.name ?? ''}`}
            >
              <NodeOfAll run={run} node={listed[index] as number} shown={shown} />
            </section>
          ))}
        </div>
      </div>
    </>
  );
}

interface NodeOfAllProps {
  readonly run: HeldRun;
  readonly node: number;
  readonly shown: Shown | undefined;
}

const NodeOfAll = memo(function NodeOfAll({ run, node, shown }: NodeOfAllProps) {
  const described = run.world.nodes[node];
  const tables = shown?.answer.nodes.find((one) => one.node === node);
  if (described === undefined) return null;
  return (
    <>
      <h3 className={style.nodeTitle}>
        <button type="button" className={style.nodeName} onClick={() => selectNode(node)}>
          {capitalOf(described.label ?? described.name)}
        </button>
        {described.label === undefined ? null : <span className={style.soft}>{described.name}</span>}
      </h3>
      {shown === undefined || tables === undefined ? null : (
        <NodeTablesBrief
          tables={tables}
          moment={shown.moment}
          marks={shown.told === undefined ? NO_MARKS : marksOf(shown.told, described.name, shown.answer.seq)}
        />
      )}
    </>
  );
});
