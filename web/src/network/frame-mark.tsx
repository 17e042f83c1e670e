// A frame on its cable: a pill that moves from end to end when the walk steps forward, then an arrow that stays.

import { useEffect, useMemo, useRef } from 'react';
import { cablePath } from 'wirewalk';
import { page } from '../state/store.js';
import { type Camera, prefersStillness } from './camera.js';
import { pageFont, textWidth } from './fit-text.js';
import { distances, type Point, placeOn } from './geometry.js';
import type { Mark } from './moment.js';
import style from './network.module.css';
import type { FrameWords } from './words.js';

/** How long a frame takes from end to end at usual speed, in ms. */
const MOVE_MS = 700;
const LETTERS = 11.5;
const HEIGHT = 21;
/** Of its cable a pill leaves so much to be seen, and where the cable is level it rests so far above it. */
const ROOM_ASIDE = 28;
const LIFT = 15;

interface FrameMarkProps {
  readonly mark: Mark;
  /** Way of its cable, in the direction of the cable. */
  readonly way: readonly Point[];
  /** Where on its way it rests: several may share a cable. */
  readonly share: number;
  readonly words: FrameWords | undefined;
  readonly camera: Camera;
  /** Moves from end to end before it rests. */
  readonly moves: boolean;
  readonly onOpen: (frame: number) => void;
}

export function FrameMark({ mark, way, share, words, camera, moves, onOpen }: FrameMarkProps) {
  const group = useRef<SVGGElement>(null);
  const mover = useRef<SVGGElement>(null);
  const rest = useRef<SVGGElement>(null);
  const own = useMemo(() => (mark.back ? way.toReversed() : way), [mark.back, way]);
  const { lost, state, layer, count } = mark;
  const times = count > 1 ? ` ×${count}` : '';
  const room = (distances(way).at(-1) ?? 0) * camera.scale - ROOM_ASIDE;
  const long = words === undefined ? '' : `${words.short}${times}`;
  const written = words === undefined || pillWidth(long) <= room ? long : `${words.shortest}${times}`;

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

  const path = useMemo(() => cablePath(own), [own]);
  const at = placeOn(own, lost ? 0.25 : share);
  const head = placeOn(own, 1);
  const middle = placeOn(own, 0.5);
  return (
    // biome-ignore lint/a11y: the packet list and the Packet tab open frames by keyboard
    <g
      ref={group}
      className={style.mark}
      data-layer={layer}
      data-state={state}
      onClick={() => onOpen(mark.frame)}
    >
      <g ref={rest}>
        <path className={style.trail} d={path} data-lost={lost || undefined} />
        {lost ? (
          <g transform={`translate(${middle.x} ${middle.y})`}>
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
        <g transform={`translate(${at.x} ${at.y})`}>
          <Pill word={written} lift={isLevel(at.turn) ? LIFT : 0} />
        </g>
      </g>
      {moves ? (
        <g ref={mover} className={style.mover}>
          <Pill word={written} />
        </g>
      ) : null}
    </g>
  );
}

function isLevel(turn: number): boolean {
  return Math.abs(Math.sin((turn * Math.PI) / 180)) < 0.2;
}

function pillWidth(word: string): number {
  return word === '' ? HEIGHT : textWidth(word, pageFont(LETTERS, 600)) + 18;
}

function Pill({ word, lift = 0 }: { readonly word: string; readonly lift?: number }) {
  const width = pillWidth(word);
  return (
    <g className={style.constant}>
      <rect
        className={style.pill}
        x={-width / 2}
        y={-HEIGHT / 2 - lift}
        width={width}
        height={HEIGHT}
        rx={HEIGHT / 2}
      />
      <text className={style.word} y={LETTERS * 0.36 - lift} fontSize={LETTERS}>
        {word}
      </text>
    </g>
  );
}

/** Along the corners of a way, at an even speed, up to a share of it. */
function keyframes(way: readonly Point[], until: number): Keyframe[] {
  const at = distances(way);
  const whole = (at.at(-1) ?? 0) * until;
  const end = placeOn(way, until);
  const corners = way.flatMap(({ x, y }, index) => {
    const done = at[index] as number;
    return done < whole ? [{ x, y, offset: whole === 0 ? 0 : done / whole }] : [];
  });
  return [...corners, { x: end.x, y: end.y, offset: 1 }].map(({ x, y, offset }) => ({
    transform: `translate(${x}px, ${y}px)`,
    offset,
  }));
}
