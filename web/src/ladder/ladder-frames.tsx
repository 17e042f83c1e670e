// The rows under the arrows of a ladder: what can be clicked, what is lit, and what screen readers read.

import { type FrameLine, formatDuration } from 'wirewalk';
import { fateOf, nodeName } from '../packets/frame-words.js';
import style from './ladder-chart.module.css';
import { frameRole } from './ladder-roles.js';
import { placesInView, rowAt, type Scene } from './ladder-scene.js';

interface LadderFramesProps {
  readonly scene: Scene;
  readonly id: string;
  /** Place of the chosen frame, −1 when it is not shown. */
  readonly chosen: number;
  readonly lineOf: (frame: number) => FrameLine | undefined;
}

export function LadderFrames({ scene, id, chosen, lineOf }: LadderFramesProps) {
  const { run, rows, step } = scene;
  const places = placesInView(scene);
  // It is named to screen readers, so it is always there.
  if (chosen >= 0 && !places.includes(chosen)) places.push(chosen);
  return places.map((place) => {
    const frame = rows.shown.frameAt(place);
    const { top, height } = rowAt(scene, place);
    return (
      <div
        key={frame}
        id={`${id}${frame}`}
        className={style.frame}
        {...frameRole(frameSentence(scene, frame, lineOf(frame)), place, rows.shown.count, place === chosen)}
        data-frame={frame}
        data-lit={run.stepOfFrame[frame] === step || undefined}
        style={{ top, height }}
      />
    );
  });
}

/** `Frame 12, 9.072 ms, isp to core: DNS Standard query …, lost` */
function frameSentence({ run }: Scene, frame: number, line: FrameLine | undefined): string {
  const { frames, world } = run;
  const way = `${nodeName(world, frames.from[frame] ?? -1)} to ${nodeName(world, frames.to[frame] ?? -1)}`;
  const what = line === undefined ? '' : `: ${line.protocol} ${line.info}`;
  const fate = fateOf(run, frame);
  const time = formatDuration(frames.sentAt[frame] ?? 0);
  return `Frame ${frame + 1}, ${time}, ${way}${what}${fate === '' ? '' : `, ${fate}`}`;
}
