// The ladder: a sequence diagram of all frames between all devices, or the same as a table.

import { useId, useMemo, useRef, useState } from 'react';
import type { NetworkLayout } from 'wirewalk';
import { FilterField } from '../packets/filter-field.js';
import { FrameTable } from '../packets/frame-table.js';
import { useKeptChoice } from '../packets/kept-choice.js';
import { useShownFrames } from '../packets/shown-frames.js';
import { type HeldRun, usePage } from '../state/store.js';
import { LadderChart } from './ladder-chart.js';
import { MANY_DEVICES, nodesFromLeft } from './ladder-columns.js';
import { ladderRows } from './ladder-rows.js';
import { ladderSentence, lifelineSentence } from './ladder-sentence.js';
import style from './ladder-view.module.css';
import { useZoom, type Zoom } from './use-zoom.js';

export function LadderView() {
  const run = usePage((state) => state.run);
  const layout = usePage((state) => state.lab?.layout);
  return run === undefined ? null : <Ladder key={run.run} run={run} layout={layout} />;
}

interface LadderProps {
  readonly run: HeldRun;
  readonly layout: NetworkLayout | undefined;
}

function Ladder({ run, layout }: LadderProps) {
  const id = useId();
  const shown = useShownFrames(run);
  const rows = useMemo(() => ladderRows(run, shown), [run, shown]);
  const [form, setForm] = useKeptChoice('ladder', ['picture', 'table'], 'picture');
  const isEmpty = shown.count === 0;
  const order = useMemo(() => nodesFromLeft(run.world, layout), [run, layout]);
  const [hidesIdle, setHidesIdle] = useState(order.length > MANY_DEVICES);
  const busy = useMemo(() => order.filter((node) => (rows.framesOfNode[node] ?? 0) > 0), [order, rows]);
  const nodes = hidesIdle ? busy : order;
  const scroller = useRef<HTMLDivElement>(null);
  const isPicture = form === 'picture' && !isEmpty;
  const zoom = useZoom(scroller, isPicture);
  const idle = order.length - busy.length;
  return (
    <div className={style.view}>
      <h2 className="unseen">Ladder</h2>
      <div className={style.bar}>
        <FilterField run={run}>
          {idle > 0 && isPicture ? (
            <label className={style.choice}>
              <input
                type="checkbox"
                checked={hidesIdle}
                onChange={({ target }) => setHidesIdle(target.checked)}
              />
              Hide {idle === 1 ? '1 device' : `${idle} devices`} without frames
            </label>
          ) : null}
          {isPicture ? <ZoomButtons zoom={zoom} /> : null}
          <button
            type="button"
            className={style.button}
            aria-pressed={form === 'table'}
            onClick={() => setForm(form === 'table' ? 'picture' : 'table')}
          >
            As a table
          </button>
        </FilterField>
        <p className={style.sentence} id={id}>
          {ladderSentence(run, shown, busy.length, rows.lost)}
          <span className="unseen"> {lifelineSentence(run, nodes)}</span>
        </p>
      </div>
      {isPicture ? (
        <LadderChart run={run} rows={rows} nodes={nodes} zoom={zoom} scroller={scroller} describedBy={id} />
      ) : (
        <FrameTable run={run} shown={shown} clock="start" about="devices" />
      )}
    </div>
  );
}

function ZoomButtons({ zoom }: { readonly zoom: Zoom }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
    <div className={style.zoom} role="group" aria-label="Zoom">
      <button
        type="button"
        aria-label="Zoom out"
        title="Zoom out (− or Ctrl and the wheel)"
        disabled={zoom.isLeast}
        onClick={zoom.wider}
      >
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <path d="M3.5 8h9" />
        </svg>
      </button>
      <button type="button" className={style.percent} title="Back to 100 % (0)" onClick={zoom.reset}>
        {Math.round(zoom.zoom * 100)} %
      </button>
      <button
        type="button"
        aria-label="Zoom in"
        title="Zoom in (+ or Ctrl and the wheel)"
        disabled={zoom.isMost}
        onClick={zoom.closer}
      >
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <path d="M3.5 8h9M8 3.5v9" />
        </svg>
      </button>
    </div>
  );
}
