// The track of the timeline: drawn once on a canvas, with a playhead that moves over it; a slider for keys and readers.

import {
  type KeyboardEvent,
  type MouseEvent,
  type PointerEvent,
  useEffect,
  useLayoutEffect,
  useRef,
} from 'react';
import { FRAME_LAYERS, formatDuration } from 'wirewalk';
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
  const [hint, hover] = useHint(run);

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
      {...hover}
    >
      <p ref={hint} className={style.hint} aria-hidden="true" hidden />
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
  const { length } = run.frames;
  const before = length === 0 ? 'no frame was sent' : 'before the first frame';
  const frame = sent === 0 ? before : `frame ${sent} of ${length}`;
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

/** Says which frame lies below the mouse, without rendering anything anew. */
function useHint(run: HeldRun) {
  const hint = useRef<HTMLParagraphElement>(null);
  const hover = {
    onMouseMove: (event: MouseEvent<HTMLElement>): void => {
      const box = event.currentTarget.getBoundingClientRect();
      const frame = frameBelow(event, box, run.frames.length);
      if (hint.current === null) return;
      // While somebody drags, the position in the player says it.
      hint.current.hidden = frame < 0 || event.buttons !== 0;
      if (hint.current.hidden) return;
      hint.current.textContent = frameInShort(run, frame);
      const { offsetWidth } = hint.current;
      const left = event.clientX - box.left - offsetWidth / 2;
      hint.current.style.left = `${Math.max(0, Math.min(box.width - offsetWidth, left))}px`;
    },
    onMouseLeave: (): void => {
      if (hint.current !== null) hint.current.hidden = true;
    },
  };
  return [hint, hover] as const;
}

/** `frame 7 of 62: transport, computer → switch, 12.062 ms` */
function frameInShort({ frames, world }: HeldRun, frame: number): string {
  const nameOf = (end: number): string => {
    const node = world.interfaces[end]?.node ?? -1;
    return world.nodes[node]?.name ?? '?';
  };
  const [from, to] = [nameOf(frames.from[frame] as number), nameOf(frames.to[frame] as number)];
  const layer = FRAME_LAYERS[frames.layer[frame] as number];
  const lost = frames.lost[frame] === 1 ? ', lost' : '';
  const time = formatDuration(frames.sentAt[frame] ?? 0);
  return `frame ${frame + 1} of ${frames.length}: ${layer}, ${from} → ${to}, ${time}${lost}`;
}

/** −1 when there are no frames. */
function frameBelow({ clientX }: { readonly clientX: number }, box: DOMRect, total: number): number {
  if (total === 0 || box.width === 0) return -1;
  return Math.max(0, Math.min(total - 1, Math.floor(((clientX - box.left) / box.width) * total)));
}

/** Pointing at the track and moving along it: to the frame below, once per frame of the screen. */
function useScrub(slider: React.RefObject<HTMLDivElement | null>, total: number) {
  const wanted = useRef(-1);
  const waiting = useRef(0);
  useLayoutEffect(() => () => cancelAnimationFrame(waiting.current), []);
  const go = (event: PointerEvent): void => {
    const box = slider.current?.getBoundingClientRect();
    const frame = box === undefined ? -1 : frameBelow(event, box, total);
    if (frame < 0) return;
    wanted.current = frame;
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
