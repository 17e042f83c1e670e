// The rows of the outline: what came of the run, a phase, a step, the outcome of a phase.

import { memo } from 'react';
import { goToStep } from '../state/actions.js';
import type { HeldRun } from '../state/store.js';
import type { PhaseHead, StepHead } from '../worker/protocol.js';
import { excerptOf, MarkedText } from './marked-text.js';
import style from './outline-rows.module.css';

export function SummaryRow({ run }: { readonly run: HeldRun }) {
  return (
    <div className={style.summary}>
      <p className={style.verdict} data-ok={run.ok}>
        <span aria-hidden="true">{run.ok ? '✓' : '✕'}</span>
        {run.ok ? 'It went well' : run.finished ? 'It failed' : 'It was stopped before its end'}
      </p>
      {run.summary.map((sentence) => (
        <p key={sentence}>
          <WithSteps text={sentence} run={run} />
        </p>
      ))}
    </div>
  );
}

/** A sentence whose steps can be gone to: `It failed at step 2ak`. */
function WithSteps({ text, run }: { readonly text: string; readonly run: HeldRun }) {
  // Every second part is the id of a step.
  return text.split(/(?<=\bstep )(\d+[a-z]+)\b/).map((part, index) =>
    index % 2 === 0 ? (
      part
    ) : (
      <button
        key={part}
        type="button"
        className={style.link}
        onClick={() => goToStep(run.steps.findIndex(({ id }) => id === part))}
      >
        {part}
      </button>
    ),
  );
}

export interface PhaseRowProps {
  readonly phase: PhaseHead;
  /** Of how many steps are listed below it. */
  readonly steps: number;
  readonly open: boolean;
  /** id of the current step when it is in this phase. */
  readonly current: string | undefined;
  /** Undefined in a search: there is nothing to put away. */
  readonly toggle: (() => void) | undefined;
  /** It was typed at a console: this is what makes the run a branch. */
  readonly isNew: boolean;
  readonly words: readonly string[];
}

export function PhaseRow({ phase, steps, open, current, toggle, isNew, words }: PhaseRowProps) {
  const failed = phase.outcome?.ok === false;
  const content = (
    <>
      <span className={style.number}>{phase.number}</span>
      <span className={style.title}>
        <MarkedText text={phase.title} words={words} />
      </span>
      {open || current === undefined ? null : (
        <span className={style.here}>
          <span className="unseen">current step </span>
          {current}
        </span>
      )}
      {isNew ? <span className={style.branch}>branch</span> : null}
      {failed ? (
        <span className={style.failed}>
          <span aria-hidden="true">✕ </span>failed
        </span>
      ) : null}
      <span className={style.count}>
        {steps}
        <span className="unseen"> {steps === 1 ? 'step' : 'steps'}</span>
      </span>
    </>
  );
  if (toggle === undefined) return <h3 className={style.phase}>{content}</h3>;
  return (
    <h3 className={style.phase}>
      <button type="button" className={style.toggle} aria-expanded={open} onClick={toggle}>
        <span className={style.arrow} aria-hidden="true" />
        {content}
      </button>
    </h3>
  );
}

/** A headline of so many characters may be cut. */
const LONG = 120;

export interface StepRowProps {
  readonly head: StepHead;
  readonly place: number;
  readonly current: boolean;
  /** The one step that Tab reaches. */
  readonly stop: boolean;
  readonly words: readonly string[];
  readonly choose: (place: number) => void;
}

export const StepRow = memo(function StepRow({ head, place, current, stop, words, choose }: StepRowProps) {
  const { id, nodeLabel, headline, sentence, layer, failed } = head;
  const excerpt = words.length === 0 ? '' : excerptOf(sentence, `${id} ${nodeLabel} ${headline}`, words);
  return (
    <button
      type="button"
      className={style.step}
      data-layer={layer}
      data-step={place}
      data-failed={failed}
      aria-current={current ? 'step' : undefined}
      tabIndex={stop ? 0 : -1}
      onClick={() => choose(place)}
    >
      <span className={style.id}>
        <MarkedText text={id} words={words} />
      </span>
      <span className={style.words}>
        <span className={style.node}>
          <MarkedText text={nodeLabel} words={words} />
          <span className="unseen">, {layer} layer</span>
          {failed ? (
            <span className={style.failed}>
              <span aria-hidden="true">✕ </span>failed
            </span>
          ) : null}
        </span>
        <span className={style.headline} title={headline.length > LONG ? headline : undefined}>
          <MarkedText text={headline} words={words} />
        </span>
        {excerpt === '' ? null : (
          <span className={style.excerpt}>
            <MarkedText text={excerpt} words={words} />
          </span>
        )}
      </span>
    </button>
  );
});

export function OutcomeRow({ phase }: { readonly phase: PhaseHead }) {
  if (phase.outcome === undefined) return null;
  const { ok, sentence } = phase.outcome;
  return (
    <p className={style.outcome} data-ok={ok}>
      <span aria-hidden="true">{ok ? '⇒' : '✕'}</span>
      <span>
        {ok ? '' : 'failed: '}
        {sentence}
      </span>
    </p>
  );
}
