// One step in full: first the sentence, then the rows that decided, what changed, the packet, and the why.

import { useLayoutEffect, useRef, useState } from 'react';
import { formatDuration } from 'wirewalk';
import { capitalOf } from '../parts/row-text.js';
import { inspectFrame, stepBack, stepForward } from '../state/actions.js';
import { useAnswer } from '../state/answers.js';
import { type HeldRun, usePage } from '../state/store.js';
import type { StepAnswer } from '../worker/protocol.js';
import { ChangeList } from './change-list.js';
import { DecisionList } from './decision-list.js';
import { ExplainedText } from './explained-text.js';
import { FrameButtons } from './frame-buttons.js';
import { LayerChip } from './layer-chip.js';
import { hasOpen, PacketBoxes } from './packet-boxes.js';
import style from './step-pane.module.css';
import { DropNote, RewriteTable, TimerList, WhyDetails } from './step-parts.js';

export function StepPane() {
  const run = usePage((state) => state.run);
  const place = usePage((state) => state.step);
  const wanted = run?.steps[place] === undefined ? undefined : { run: run.run, place };
  const answer = useAnswer('step', wanted);
  if (run === undefined) return <p className={style.empty}>Press Enter: each step is explained here.</p>;
  if (wanted === undefined) return <p className={style.empty}>Nothing happens in this run.</p>;
  if (answer === undefined || answer.run !== run.run) return <p className={style.empty}>…</p>;
  return <StepView run={run} answer={answer} />;
}

function StepView({ run, answer }: { readonly run: HeldRun; readonly answer: StepAnswer }) {
  const { step, boxes, frames, place } = answer;
  const pane = useRef<HTMLElement>(null);
  // Who wants to know why mostly wants to know it of the next step too.
  const [whyOpen, setWhyOpen] = useState(false);
  // Each step is read from its sentence on.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the answer is the step
  useLayoutEffect(() => {
    pane.current?.scrollTo(0, 0);
  }, [answer]);
  const changes = step.changes.filter(({ quiet }) => quiet !== true);
  const node = run.steps[place]?.node ?? -1;
  const indexOf = (name: string): number => run.world.nodes.findIndex((one) => one.name === name);
  const events = step.seq === step.lastSeq ? `event ${step.seq}` : `events ${step.seq}–${step.lastSeq}`;
  return (
    <article className={style.pane} ref={pane} data-layer={step.layer}>
      <header className={style.head}>
        <h2 className={style.title}>
          <span className={style.id}>{step.id}</span>
          <span className={style.node}>{capitalOf(step.nodeLabel)}</span>
        </h2>
        <div className={style.walk}>
          <button
            type="button"
            className={style.way}
            aria-label="Step back"
            disabled={place === 0}
            onClick={stepBack}
          >
            ‹
          </button>
          <button
            type="button"
            className={style.way}
            aria-label="Step forward"
            disabled={place === run.steps.length - 1}
            onClick={stepForward}
          >
            ›
          </button>
        </div>
        <p className={style.facts}>
          <LayerChip layer={step.layer} />
          <span>{step.interface === undefined ? step.node : `${step.node}:${step.interface}`}</span>
          <span>at {formatDuration(step.time)}</span>
          <span>{events}</span>
        </p>
      </header>
      <p className={style.sentence}>
        <ExplainedText text={step.sentence} />
      </p>
      {step.drop === undefined ? null : <DropNote drop={step.drop} />}
      {step.why === undefined ? null : <WhyDetails why={step.why} open={whyOpen} setOpen={setWhyOpen} />}
      {boxes.length === 0 ? null : <StepPacketPart run={run} answer={answer} />}
      {step.decisions.length === 0 ? null : (
        <Part title="What decided">
          <DecisionList decisions={step.decisions} node={node} />
        </Part>
      )}
      {changes.length === 0 ? null : (
        <Part title="What changed">
          <ChangeList changes={changes} node={step.node} indexOf={indexOf} />
        </Part>
      )}
      {step.rewrites.length === 0 ? null : (
        <Part title="Rewritten on the way">
          <RewriteTable rewrites={step.rewrites} />
        </Part>
      )}
      {frames.length === 0 ? null : (
        <Part title={frames.length === 1 ? 'The frame it sends' : `The ${frames.length} frames it sends`}>
          <FrameButtons run={run} frames={frames} />
        </Part>
      )}
      {step.timers.length === 0 ? null : (
        <Part title={step.timers.length === 1 ? 'A timer runs' : 'Timers run'}>
          <TimerList step={step} />
        </Part>
      )}
    </article>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: React.ReactNode }) {
  return (
    <section className={style.part}>
      <h3>{title}</h3>
      {children}
    </section>
  );
}

function StepPacketPart({ run, answer }: { readonly run: HeldRun; readonly answer: StepAnswer }) {
  const { step, boxes, place } = answer;
  const frame = run.frameOfStep[place] ?? -1;
  // What waits has not been sent: there is no frame on a cable to look into.
  const sent = step.packet !== undefined && 'frame' in step.packet && frame >= 0;
  const look = sent && run.frames.frame[frame] === step.packet.frame ? () => inspectFrame(frame) : undefined;
  const title =
    step.drop !== undefined
      ? 'The packet that is dropped'
      : look === undefined
        ? 'The packet that waits'
        : 'The packet';
  return (
    <section className={style.part}>
      <div className={style.partHead}>
        <h3>{title}</h3>
        {look === undefined ? null : (
          <button
            type="button"
            className={style.open}
            aria-label={`Look inside frame ${frame + 1}`}
            onClick={look}
          >
            Look inside
          </button>
        )}
      </div>
      {/* For the mouse the whole picture is the button above. */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: see above */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: see above */}
      <div className={style.picture} data-opens={look !== undefined} onClick={look}>
        <PacketBoxes boxes={boxes} />
      </div>
      {hasOpen(boxes) ? <p className={style.more}>???? is not known yet.</p> : null}
    </section>
  );
}
