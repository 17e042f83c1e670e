// Which frame it is, from where to where, and the way to its neighbours: in time, and of the same packet.

import { DROP_REASONS, formatDuration, type StepLayer } from 'wirewalk';
import { goToFrame } from '../state/actions.js';
import { type HeldRun, usePage } from '../state/store.js';
import type { PacketAnswer } from '../worker/protocol.js';
import { placeName, placesAfter } from './hop-model.js';
import style from './packet-head.module.css';

interface PacketHeadProps {
  readonly run: HeldRun;
  readonly packet: PacketAnswer;
  readonly layer: StepLayer;
}

export function PacketHead({ run, packet, layer }: PacketHeadProps) {
  const { frame, line, hops } = packet;
  const { frames, world } = run;
  const hop = hops.find(({ index }) => index === frame);
  const from = frames.from[frame] ?? -1;
  const to = frames.to[frame] ?? -1;
  return (
    <>
      <dl className={style.facts}>
        <div className={style.way}>
          <dt className="unseen">Way</dt>
          <dd>
            {placeName(world, from)} <span aria-hidden="true">→</span>
            <span className="unseen"> to </span> {placeName(world, to)}
          </dd>
        </div>
        <div>
          <dt className="unseen">Protocol</dt>
          <dd className={style.protocol} data-layer={layer}>
            {line.protocol}
          </dd>
        </div>
        <div>
          <dt className="unseen">Sent at</dt>
          <dd>{formatDuration(line.time)}</dd>
        </div>
        <div>
          <dt className="unseen">Length</dt>
          <dd>{line.length} bytes</dd>
        </div>
      </dl>
      <p className={style.info}>{line.info}</p>
      {hop?.lost === undefined ? null : (
        <p className={style.lost}>
          <b>✖ Lost on this link:</b> {DROP_REASONS[hop.lost].sentence}
        </p>
      )}
      {hop === undefined || hop.damaged.length === 0 ? null : (
        <p className={style.lost}>
          <b>✖ Damaged on this link:</b> these are the bytes as they were sent; some arrived otherwise.
        </p>
      )}
      <Places packet={packet} />
      <MomentButton run={run} frame={frame} />
    </>
  );
}

/** The same packet on the link before and on the next one. */
function Places({ packet: { hops, frame } }: { readonly packet: PacketAnswer }) {
  const at = hops.findIndex(({ index }) => index === frame);
  const here = hops[at];
  if (here === undefined || hops.length < 2) return null;
  const before = hops[here.before];
  const onward = placesAfter(hops, at);
  const next = hops[onward[0] ?? -1];
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
    <div className={style.places} role="group" aria-label="The same packet">
      <button
        type="button"
        className={style.place}
        disabled={before === undefined}
        onClick={() => before !== undefined && goToFrame(before.index)}
      >
        <span aria-hidden="true">←</span> link before
      </button>
      <span>
        link {at + 1} of {hops.length}
      </span>
      <button
        type="button"
        className={style.place}
        disabled={next === undefined}
        title={onward.length > 1 ? `The first of ${onward.length} copies` : undefined}
        onClick={() => next !== undefined && goToFrame(next.index)}
      >
        next link{onward.length > 1 ? ` (1 of ${onward.length})` : ''} <span aria-hidden="true">→</span>
      </button>
    </div>
  );
}

/** The frame can be another than that of the chosen moment. */
function MomentButton({ run, frame }: { readonly run: HeldRun; readonly frame: number }) {
  const isMoment = usePage(
    ({ seq, step }) => run.frames.seq[frame] === seq || run.frameOfStep[step] === frame,
  );
  if (isMoment) return null;
  const head = run.steps[run.stepOfFrame[frame] ?? -1];
  return (
    <button type="button" className={style.moment} onClick={() => goToFrame(frame)}>
      Go to the moment it is sent{head === undefined ? '' : ` (step ${head.id})`}
    </button>
  );
}

/** Title and the two buttons beside it; they stay in view. */
export function FrameTitle({ run, frame }: { readonly run: HeldRun; readonly frame: number }) {
  const last = run.frames.length;
  return (
    <div className={style.title}>
      <h2>
        Frame {frame + 1} <span className={style.of}>of {last}</span>
      </h2>
      <div className={style.turn}>
        <button
          type="button"
          aria-label="Frame before"
          title="Frame before (,)"
          disabled={frame <= 0}
          onClick={() => goToFrame(frame - 1)}
        >
          <span aria-hidden="true">‹</span>
        </button>
        <button
          type="button"
          aria-label="Next frame"
          title="Next frame (.)"
          disabled={frame >= last - 1}
          onClick={() => goToFrame(frame + 1)}
        >
          <span aria-hidden="true">›</span>
        </button>
      </div>
    </div>
  );
}
