// The frames that a step sends, each a way to its bytes.

import { inspectFrame } from '../state/actions.js';
import { useAnswer } from '../state/answers.js';
import { type HeldRun, usePage } from '../state/store.js';
import style from './frame-buttons.module.css';

/** As many as are listed; a flood over a big switch sends more. */
const LISTED = 12;

export interface FrameButtonsProps {
  readonly run: HeldRun;
  /** Places in the columns. */
  readonly frames: readonly number[];
}

export function FrameButtons({ run, frames }: FrameButtonsProps) {
  const chosen = usePage((state) => state.frame);
  const shown = frames.slice(0, LISTED);
  const lines = useAnswer('lines', { run: run.run, frames: shown });
  return (
    <>
      <ul className={style.frames}>
        {shown.map((frame) => {
          const line = lines?.find(({ number }) => number === frame + 1);
          const lost = run.frames.lost[frame] === 1;
          return (
            <li key={frame}>
              <button
                type="button"
                className={style.frame}
                aria-pressed={frame === chosen}
                title="Look inside, in the tab Packet"
                onClick={() => inspectFrame(frame)}
              >
                <span className={style.frameWay}>
                  <strong>Frame {frame + 1}</strong> {endName(run, run.frames.from[frame])}
                  <span aria-hidden="true"> → </span>
                  <span className="unseen"> to </span>
                  {endName(run, run.frames.to[frame])}
                  {lost ? <span className={style.lost}> ✕ lost on the way</span> : null}
                </span>
                <span className={style.frameInfo}>
                  {line === undefined ? '…' : `${line.protocol}, ${line.length} bytes: ${line.info}`}
                </span>
              </button>
            </li>
          );
        })}
      </ul>
      {frames.length > LISTED ? (
        <p className={style.more}>… and {frames.length - LISTED} more, see the tab Packets.</p>
      ) : null}
    </>
  );
}

/** `router:wan`. */
function endName({ world }: HeldRun, port: number | undefined): string {
  const found = world.interfaces[port ?? -1];
  return found === undefined ? 'nowhere' : `${world.nodes[found.node]?.name ?? ''}:${found.name}`;
}
