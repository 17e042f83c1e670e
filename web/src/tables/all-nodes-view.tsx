// The tables of all devices below each other: only those that are seen are asked for and drawn.

import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef } from 'react';
import type { Step } from 'wirewalk';
import { capitalOf } from '../parts/row-text.js';
import { selectNode } from '../state/actions.js';
import { useAnswer } from '../state/answers.js';
import type { HeldRun } from '../state/store.js';
import { NodeTablesBrief } from './node-tables-view.js';
import { marksOf, NO_MARKS } from './row-marks.js';
import style from './tables-pane.module.css';

export interface AllNodesViewProps {
  readonly run: HeldRun;
  readonly step: number;
  readonly seq: number;
  /** What the step does; undefined while it is asked for. */
  readonly told: Step | undefined;
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
    getItemKey: (index) => listed[index] ?? index,
    overscan: 2,
  });
  const seen = virtualizer.getVirtualItems();
  const nodes = seen.map(({ index }) => listed[index] as number);
  const answer = useAnswer('tables', nodes.length === 0 ? undefined : { run: run.run, seq, nodes });
  const touched = [...new Set([told?.node, ...(told?.changes.map(({ node }) => node) ?? [])])].flatMap(
    (name) => {
      const node = run.world.nodes.findIndex((one) => one.name === name);
      const index = listed.indexOf(node);
      return index < 0 ? [] : [{ index, label: run.world.nodes[node]?.label ?? name ?? '' }];
    },
  );
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
          {seen.map(({ index, key, start }) => {
            const node = listed[index] as number;
            const described = run.world.nodes[node];
            const tables =
              answer?.run === run.run ? answer.nodes.find((one) => one.node === node) : undefined;
            if (described === undefined) return null;
            return (
              <section
                key={key}
                data-index={index}
                ref={virtualizer.measureElement}
                className={style.nodeOfAll}
                style={{ transform: `translateY(${start}px)` }}
                aria-label={`Tables of ${described.name}`}
              >
                <h3 className={style.nodeTitle}>
                  <button type="button" className={style.nodeName} onClick={() => selectNode(node)}>
                    {capitalOf(described.label ?? described.name)}
                  </button>
                  {described.label === undefined ? null : (
                    <span className={style.soft}>{described.name}</span>
                  )}
                </h3>
                {tables === undefined || answer === undefined ? null : (
                  <NodeTablesBrief
                    tables={tables}
                    moment={{ run, step, time: answer.time, notes: answer.notes }}
                    marks={told === undefined ? NO_MARKS : marksOf(told, described.name, answer.seq)}
                  />
                )}
              </section>
            );
          })}
        </div>
      </div>
    </>
  );
}
