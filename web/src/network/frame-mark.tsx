// A frame on its cable: a pill that moves from end to end when the walk steps forward, then an arrow that stays.

import { useEffect, useMemo, useRef } from 'react';
import { cablePath } from 'wirewalk';
import { page } from '../state/store.js';
import { prefersStillness } from './camera.js';
import { distances, type Point, partOf, placeOn } from './geometry.js';
import type { Mark } from './moment.js';
import style from './network.module.css';
import { PILL_HEIGHT, PILL_LETTERS, type PillPlace, pillWidth } from './pill-places.js';

/** How long a frame takes from end to end at usual speed, in ms. */
const MOVE_MS = 700;

interface FrameMarkProps {
  readonly mark: Mark;
  /** Way of its cable, in the direction of the cable. */
  readonly way: readonly Point[];
  /** Where its pill rests. */
  readonly place: PillPlace;
  /** Moves from end to end before it rests. */
  readonly moves: boolean;
  readonly onOpen: (frame: number) => void;
}

export function FrameMark({ mark, way, place, moves, onOpen }: FrameMarkProps) {
  const mover = useRef<SVGGElement>(null);
  const rest = useRef<SVGGElement>(null);
  const own = useMemo(() => (mark.back ? way.toReversed() : way), [mark.back, way]);
  const { lost, state, layer } = mark;

  // Only what is new moves: a mark is made anew for every step.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it appears
  useEffect(() => {
    if (!moves || prefersStillness()) return;
    const duration = MOVE_MS / page().speed;
    const running = [
      mover.current?.animate(keyframes(own, lost ? 0.5 : 1), {
        duration,
        easing: 'cubic-bezier(0.45, 0, 0.35, 1)',
      }),
      mover.current?.animate({ opacity: [1, 1, 0], offset: [0, 0.86, 1] }, { duration }),
      rest.current?.animate({ opacity: [0, 0, 1], offset: [0, 0.8, 1] }, { duration }),
    ];
    return () => {
      for (const animation of running) animation?.cancel();
    };
  }, []);

  const path = useMemo(() => cablePath(lost ? partOf(own, 0.5) : own), [own, lost]);
  const head = placeOn(own, 1);
  const half = placeOn(own, 0.5);
  return (
    // biome-ignore lint/a11y: the packet list and the Packet tab open frames by keyboard
    <g className={style.mark} data-layer={layer} data-state={state} onClick={() => onOpen(mark.frame)}>
      <g ref={rest}>
        <path className={style.trail} d={path} />
        {lost ? (
          <g transform={`translate(${half.x} ${half.y})`}>
            <g className={style.constant}>
              <circle className={style.crossGround} r={9} />
              <path className={style.cross} d="M-4.5 -4.5L4.5 4.5M4.5 -4.5L-4.5 4.5" />
            </g>
          </g>
        ) : (
          <g transform={`translate(${head.x} ${head.y}) rotate(${head.turn})`}>
            <path className={`${style.arrow} ${style.constant}`} d="M0 0L-11 -6.5L-8 0L-11 6.5Z" />
          </g>
        )}
        <g transform={`translate(${place.x} ${place.y})`}>
          <Pill {...place} />
        </g>
      </g>
      {moves ? (
        <g ref={mover} className={style.mover}>
          <Pill word={place.word} />
        </g>
      ) : null}
    </g>
  );
}

interface PillProps {
  readonly word: string;
  readonly dx?: number;
  readonly dy?: number;
}

function Pill({ word, dx = 0, dy = 0 }: PillProps) {
  const width = pillWidth(word);
  return (
    <g className={style.constant}>
      <rect
        className={style.pill}
        x={dx - width / 2}
        y={dy - PILL_HEIGHT / 2}
        width={width}
        height={PILL_HEIGHT}
        rx={PILL_HEIGHT / 2}
      />
      <text className={style.word} x={dx} y={dy + PILL_LETTERS * 0.36} fontSize={PILL_LETTERS}>
        {word}
      </text>
    </g>
  );
}

/** Along the corners of a way, at an even speed, up to a share of it. */
function keyframes(way: readonly Point[], until: number): Keyframe[] {
  const part = partOf(way, until);
  const at = distances(part);
  const whole = at.at(-1) ?? 0;
  return part.map(({ x, y }, index) => ({
    transform: `translate(${x}px, ${y}px)`,
    offset: whole === 0 ? index / Math.max(1, part.length - 1) : (at[index] as number) / whole,
  }));
}
