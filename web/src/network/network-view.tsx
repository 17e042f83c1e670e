// The network as a picture or as a table, and the sentence that says what is to be seen.

import { lazy, Suspense, useDeferredValue, useId, useMemo, useState } from 'react';
import { useAnswer } from '../state/answers.js';
import { type HeldRun, type PageState, usePage } from '../state/store.js';
import type { OpenedLab } from '../worker/protocol.js';
import { largestFit } from './camera.js';
import { foldLayout, scaleIn } from './fold-layout.js';
import { type Mark, marksAt } from './moment.js';
import style from './network.module.css';
import { Picture } from './picture.js';
import { nodeEnds, type Scene, sceneOf } from './scene.js';
import { useSize } from './use-size.js';
import { counted, type FrameWords, frameWords, pictureSentence } from './words.js';

const NetworkTable = lazy(async () => ({ default: (await import('./network-table.js')).NetworkTable }));

export function NetworkView() {
  const lab = usePage((state) => state.lab);
  return (
    <div className={style.view}>
      <h2 className="unseen">The network</h2>
      {lab === undefined ? <p className={style.caption}>Opening the lab …</p> : <LabNetwork lab={lab} />}
    </div>
  );
}

function LabNetwork({ lab }: { readonly lab: OpenedLab }) {
  const { run, step, seq, moves } = useMoment();
  const [asTable, showTable] = useState(false);
  const [size, place] = useSize();
  const described = useId();
  const scene = useScene(lab, size.width, size.height);
  const marks = useMemo(
    () => (run === undefined ? [] : marksAt(run, scene.cableOf, step, seq)),
    [run, scene, step, seq],
  );
  const words = useWords(run, scene.cableOf, step, marks);
  const sentence = run === undefined ? beforeEnter(lab) : pictureSentence(run, step, marks, words);
  return (
    <>
      <div className={style.stage} ref={place}>
        {asTable ? (
          <Suspense fallback={null}>
            <NetworkTable scene={scene} run={run} step={step} marks={marks} words={words} />
          </Suspense>
        ) : size.width > 0 ? (
          <Picture
            scene={scene}
            width={size.width}
            height={size.height}
            run={run}
            step={step}
            marks={marks}
            words={words}
            moves={moves}
            described={described}
          />
        ) : null}
      </div>
      <div className={style.caption}>
        <p id={described} className={style.sentence}>
          {sentence}
        </p>
        <button
          type="button"
          className={style.button}
          aria-pressed={asTable}
          title="The network as a table"
          onClick={() => showTable(!asTable)}
        >
          As a table
        </button>
      </div>
    </>
  );
}

function beforeEnter({ url, world }: OpenedLab): string {
  const names = `${counted(world.nodes.length, 'device')} on ${counted(world.links.length, 'cable')}.`;
  if (url === '')
    return `${names} Nothing has happened yet: press Enter to run the lab and follow every frame.`;
  return `${names} Nothing has happened yet: press Enter to open ${url} and follow every frame.`;
}

/** The network, laid out so that it is as large as can be in a place of this size. */
function useScene(lab: OpenedLab, width: number, height: number): Scene {
  const layout = useMemo(() => {
    if (width === 0 || height === 0) return lab.layout;
    const largest = largestFit();
    const folded = foldLayout(lab.layout, nodeEnds(lab.world), width, height, largest);
    const scale = scaleIn(folded, width, height, largest);
    return scaleIn(lab.layoutDown, width, height, largest) > scale ? lab.layoutDown : folded;
  }, [lab, width, height]);
  // A place of another size often gives the same layout again.
  const key = JSON.stringify([layout.width, layout.height, layout.nodes[0], layout.nodes.at(-1)]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says whether it is another layout
  return useMemo(() => sceneOf(lab.world, layout), [lab, key]);
}

type Moment = Pick<PageState, 'run' | 'step' | 'seq' | 'motion'>;

/** The chosen moment. Who scrubs sees the details at once; the picture follows when there is time. */
function useMoment(): Moment & { readonly moves: boolean } {
  const run = usePage((state) => state.run);
  const step = usePage((state) => state.step);
  const seq = usePage((state) => state.seq);
  const motion = usePage((state) => state.motion);
  const chosen = useMemo(() => ({ run, step, seq, motion }), [run, step, seq, motion]);
  const late = useDeferredValue(chosen);
  // Another run is another network: there is nothing to wait for.
  const moment = late.run === run ? late : chosen;
  return { ...moment, moves: useMoves(moment) };
}

/** Was the moment reached by a step forward? Then its frames move. */
function useMoves(moment: Moment): boolean {
  const [last, setLast] = useState({ moment, moves: false });
  if (last.moment === moment) return last.moves;
  const moves = moment.motion !== last.moment.motion;
  setLast({ moment, moves });
  return moves;
}

/** By frame: what the marks are called. */
function useWords(
  run: HeldRun | undefined,
  cableOf: Scene['cableOf'],
  step: number,
  marks: readonly Mark[],
): ReadonlyMap<number, FrameWords> {
  const frames = useMemo(() => framesOf(marks), [marks]);
  const lines = useAnswer(
    'lines',
    run === undefined || frames.length === 0 ? undefined : { run: run.run, frames },
  );
  // Those of the next step are asked for in advance, so that they are there when it comes.
  const next = useMemo(() => {
    const head = run?.steps[step + 1];
    return run === undefined || head === undefined
      ? []
      : framesOf(marksAt(run, cableOf, step + 1, head.lastSeq));
  }, [run, cableOf, step]);
  useAnswer('lines', run === undefined || next.length === 0 ? undefined : { run: run.run, frames: next });
  return useMemo(() => new Map((lines ?? []).map((line) => [line.number - 1, frameWords(line)])), [lines]);
}

function framesOf(marks: readonly Mark[]): number[] {
  return marks.map(({ frame }) => frame).sort((a, b) => a - b);
}
