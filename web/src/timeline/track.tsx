// The track of the timeline: drawn once on a canvas, with a playhead that moves over it; a slider for keys and readers.

import { type KeyboardEvent, type PointerEvent, useEffect, useLayoutEffect, useRef } from 'react';
import { formatDuration } from 'wirewalk';
import { goByFrame, goToEnd, goToFrame, goToPhase, goToStart } from '../state/actions.js';
import { type HeldRun, type PageState, usePage } from '../state/store.js';
import { drawTrack, partsOf } from './marks.js';
import { momentTime } from './moment-time.js';
import style from './timeline.module.css';
import { useLook } from './use-look.js';
import { useTrackSize } from './use-track-size.js';

/** Where the playhead stands, in frames from the left: in the middle of the chosen one, or behind those that were sent. */
function headAt({ run, seq, frame }: PageState): number {
  if (run === undefined) return 0;
  const { frames } = run;
  if (frame >= 0 && frames.seq[frame] === seq) return frame + 0.5;
  let low = 0;
  let high = frames.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((frames.seq[middle] as number) <= seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function Track({ run }: { readonly run: HeldRun }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const slider = useRef<HTMLDivElement>(null);
  const [size, place] = useTrackSize();
  const look = useLook();
  const at = usePage(headAt);
  const total = run.frames.length;
  const scrub = useScrub(slider, total);

  useEffect(() => {
    const element = canvas.current;
    const pen = element?.getContext('2d');
    if (element === null || pen === null || pen === undefined || size.width === 0) return;
    const { width, height, ratio } = size;
    element.width = Math.round(width * ratio);
    element.height = Math.round(height * ratio);
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    drawTrack(pen, run, size, look);
  }, [run, size, look]);

  const parts = partsOf(size, look.letters);
  const x = total === 0 ? 0 : (at / total) * size.width;
  return (
    <div
      ref={slider}
      className={style.track}
      role="slider"
      tabIndex={0}
      aria-label="Timeline: every frame of the run"
      aria-orientation="horizontal"
      aria-valuemin={0}
      aria-valuemax={total}
      aria-valuenow={Math.ceil(at)}
      aria-valuetext={useValueText(run, Math.ceil(at))}
      onKeyDown={keyOnTrack}
      {...scrub}
    >
      <div className={style.drawing} ref={place}>
        <canvas ref={canvas} className={style.canvas} />
        <div
          className={style.ahead}
          style={{ top: parts.bands + 1, bottom: parts.times, transform: `translateX(${x}px)` }}
        />
        <div className={style.head} style={{ transform: `translateX(${x}px)` }} />
      </div>
    </div>
  );
}

/** `step 2c, 12.06 ms, frame 7 of 62: ARP cache: no entry for 192.168.0.1` */
function useValueText(run: HeldRun, sent: number): string {
  const step = usePage((state) => state.step);
  const time = usePage(momentTime);
  const head = run.steps[step];
  const frame = sent === 0 ? 'before the first frame' : `frame ${sent} of ${run.frames.length}`;
  const where = head === undefined ? [] : [`step ${head.id}`];
  return `${[...where, formatDuration(time), frame].join(', ')}${head === undefined ? '' : `: ${head.headline}`}`;
}

const KEYS: Readonly<Record<string, () => void>> = {
  ArrowRight: () => goByFrame(1),
  ArrowUp: () => goByFrame(1),
  ArrowLeft: () => goByFrame(-1),
  ArrowDown: () => goByFrame(-1),
  PageDown: () => goToPhase(1),
  PageUp: () => goToPhase(-1),
  Home: goToStart,
  End: goToEnd,
};

function keyOnTrack(event: KeyboardEvent): void {
  const act = KEYS[event.key];
  if (act === undefined || event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  event.stopPropagation();
  act();
}

/** Pointing at the track and moving along it: to the frame below, once per frame of the screen. */
function useScrub(slider: React.RefObject<HTMLDivElement | null>, total: number) {
  const wanted = useRef(-1);
  const waiting = useRef(0);
  useLayoutEffect(() => () => cancelAnimationFrame(waiting.current), []);
  const go = (event: PointerEvent): void => {
    const box = slider.current?.getBoundingClientRect();
    if (box === undefined || total === 0 || box.width === 0) return;
    const share = (event.clientX - box.left) / box.width;
    wanted.current = Math.max(0, Math.min(total - 1, Math.floor(share * total)));
    waiting.current ||= requestAnimationFrame(() => {
      waiting.current = 0;
      goToFrame(wanted.current);
    });
  };
  return {
    onPointerDown: (event: PointerEvent): void => {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      go(event);
    },
    onPointerMove: (event: PointerEvent): void => {
      if (event.currentTarget.hasPointerCapture(event.pointerId)) go(event);
    },
  };
}
