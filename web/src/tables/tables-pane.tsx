// Tables of the chosen moment: of the device where the step happens, of a chosen one, or of all.

import { useEffect, useId, useMemo, useRef } from 'react';
import { formatDuration, type Step } from 'wirewalk';
import { capitalOf } from '../parts/row-text.js';
import { useAnswer } from '../state/answers.js';
import { type HeldRun, update, usePage } from '../state/store.js';
import type { TablesAnswer } from '../worker/protocol.js';
import { AllNodesView } from './all-nodes-view.js';
import { InterfaceTable } from './interface-table.js';
import { NodeTablesView } from './node-tables-view.js';
import { marksOf, NO_MARKS, standingRow } from './row-marks.js';
import style from './tables-pane.module.css';
import { useLast } from './use-last.js';

export function TablesPane() {
  const run = usePage((state) => state.run);
  if (run === undefined) {
    return (
      <p className={style.waiting}>
        Press Enter: the tables of every device stand here, at any moment of the run.
      </p>
    );
  }
  return <RunTables run={run} />;
}

function RunTables({ run }: { readonly run: HeldRun }) {
  const place = usePage((state) => state.step);
  const seq = usePage((state) => state.seq);
  const chosen = usePage((state) => state.node);
  const all = usePage((state) => state.allNodes);
  const head = run.steps[place];
  const node = chosen >= 0 && chosen < run.world.nodes.length ? chosen : (head?.node ?? 0);
  const told = useAnswer('step', head === undefined ? undefined : { run: run.run, place });
  const step = told?.run === run.run && told.place === place ? told.step : undefined;
  return (
    <div className={style.pane}>
      <ToolBar run={run} node={node} chosen={chosen} all={all} />
      {all ? (
        <AllNodesView run={run} step={place} seq={seq} told={step} />
      ) : (
        <OneNode
          run={run}
          node={node}
          place={place}
          seq={seq}
          step={step}
          ready={head === undefined || step !== undefined}
        />
      )}
    </div>
  );
}

interface ToolBarProps {
  readonly run: HeldRun;
  readonly node: number;
  readonly chosen: number;
  readonly all: boolean;
}

function ToolBar({ run, node, chosen, all }: ToolBarProps) {
  const select = useId();
  const id = usePage((state) => run.steps[state.step]?.id);
  const stepNode = usePage((state) => run.steps[state.step]?.nodeLabel);
  const described = run.world.nodes[node];
  // Hundreds, and always the same.
  const devices = useMemo(
    () =>
      run.world.nodes.map(({ name, label }, index) => (
        <option key={name} value={index}>
          {label === undefined ? name : `${capitalOf(label)} (${name})`}
        </option>
      )),
    [run],
  );
  return (
    <header className={style.bar}>
      <h2 className={style.title}>
        {all ? 'Tables of all devices' : `Tables of ${described?.label ?? described?.name ?? ''}`}
      </h2>
      <p className={style.moment}>{id === undefined ? 'at the end' : `after ${id}`}</p>
      <div className={style.choice}>
        <label htmlFor={select}>Device</label>
        <select
          id={select}
          className={style.select}
          value={all ? 'all' : chosen}
          onChange={({ target: { value } }) =>
            update(
              value === 'all'
                ? { allNodes: true, row: -1 }
                : { allNodes: false, node: Number(value), row: -1 },
            )
          }
        >
          <option value={-1}>Where the step is{stepNode === undefined ? '' : `: ${stepNode}`}</option>
          <option value="all">All devices</option>
          {devices}
        </select>
        {all || chosen >= 0 ? (
          <button
            type="button"
            className={style.jump}
            title="Show the tables of the device where the step is"
            onClick={() => update({ allNodes: false, node: -1, row: -1 })}
          >
            Follow the step
          </button>
        ) : null}
      </div>
    </header>
  );
}

interface OneNodeProps {
  readonly run: HeldRun;
  readonly node: number;
  readonly place: number;
  readonly seq: number;
  readonly step: Step | undefined;
  /** The step is there, so that its marks can be shown together with the tables. */
  readonly ready: boolean;
}

interface Shown {
  readonly tables: TablesAnswer;
  readonly step: Step | undefined;
  readonly place: number;
}

function OneNode({ run, node, place, seq, step, ready }: OneNodeProps) {
  const row = usePage((state) => state.row);
  const pane = useRef<HTMLDivElement>(null);
  const answer = useAnswer('tables', { run: run.run, seq, nodes: [node] });
  const fits = ready && answer?.run === run.run && answer.seq === seq && answer.nodes[0]?.node === node;
  const shown = useLast<Shown>(
    useMemo(() => (fits ? { tables: answer, step, place } : undefined), [fits, answer, step, place]),
  );
  const own = shown?.tables.run === run.run ? shown.tables.nodes[0] : undefined;
  const moment = useMemo(
    () => shown && { run, step: shown.place, time: shown.tables.time, notes: shown.tables.notes },
    [run, shown],
  );
  const marks = useMemo(
    () =>
      shown?.step === undefined || own === undefined
        ? NO_MARKS
        : marksOf(shown.step, own.name, shown.tables.seq),
    [shown, own],
  );
  const lit =
    row < 0 || own === undefined || shown?.step === undefined ? row : standingRow(shown.step, own, row);

  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each row that is asked for, when it is there
  useEffect(() => {
    if (lit < 0 || own === undefined) return;
    const found = pane.current?.querySelector<HTMLElement>(`[data-row="${lit}"]`);
    found?.scrollIntoView({ block: 'center' });
    // The button that led here may be gone: whoever works by keyboard goes on at the row.
    if (document.activeElement === document.body) found?.focus({ preventScroll: true });
  }, [lit, own?.node]);

  if (own === undefined || moment === undefined || shown === undefined)
    return <p className={style.waiting}>…</p>;
  return (
    <div className={style.tables} ref={pane}>
      <p className={style.time}>Simulated time: {formatDuration(moment.time)}</p>
      {own.tables.length === 0 ? (
        <p className={style.waiting}>No table of this device has held a row yet.</p>
      ) : null}
      <NodeTablesView tables={own} seq={shown.tables.seq} moment={moment} marks={marks} lit={lit} />
      <InterfaceTable world={run.world} node={own.node} />
    </div>
  );
}
