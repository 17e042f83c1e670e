// The words of a ladder: what each frame is above its arrow, times and pauses beside them, the devices above all.

import { deviceIcon, type FrameLine, formatDuration } from 'wirewalk';
import { fateOf, layerName, nodeName } from '../packets/frame-words.js';
import style from './ladder-chart.module.css';
import { lifelineAt } from './ladder-columns.js';
import { arrowAt, hasWords, placesInView, rowAt, type Scene } from './ladder-scene.js';

interface LabelsProps {
  readonly scene: Scene;
  readonly lineOf: (frame: number) => FrameLine | undefined;
}

export function ArrowLabels({ scene, lineOf }: LabelsProps) {
  if (!hasWords(scene)) return null;
  const { run, rows } = scene;
  return (
    <div className={style.labels} aria-hidden="true">
      {placesInView(scene).map((place) => {
        const frame = rows.shown.frameAt(place);
        const fate = fateOf(run, frame);
        const isFlood = rows.joined[place] === 1;
        if (isFlood && fate === '') return null;
        const line = isFlood ? undefined : lineOf(frame);
        const side = sideOf(scene, place);
        const words = side === undefined ? (line?.info ?? '') : wayOf(scene, frame);
        const length = words.length + (line?.protocol.length ?? 0) + fate.length;
        return (
          <div key={frame} className={style.label} style={labelPlace(scene, place, length)}>
            <span data-layer={layerName(run, frame)} data-later={place >= scene.happened || undefined}>
              {side === 'left' ? '‹ ' : ''}
              {fate === '' ? null : <em>{fate}</em>} <b>{line?.protocol ?? ''}</b> {words}
              {side === 'right' ? ' ›' : ''}
            </span>
          </div>
        );
      })}
    </div>
  );
}

/** Least distance from the edges, in px. */
const EDGE = 4;
/** However short an arrow is, its words may have this room, in rem; and about how wide a character is. */
const LEAST_WIDTH = 24;
const CHARACTER = 0.48;

/** Where an arrow is that is not seen. */
function sideOf(scene: Scene, place: number): 'left' | 'right' | undefined {
  const { from, to } = arrowAt(scene, place);
  if (Math.min(from, to) >= scene.seen.right) return 'right';
  return Math.max(from, to) <= scene.seen.left ? 'left' : undefined;
}

/** `pc → switch` */
function wayOf({ run: { world, frames } }: Scene, frame: number): string {
  return `${nodeName(world, frames.from[frame] ?? -1)} → ${nodeName(world, frames.to[frame] ?? -1)}`;
}

/** In the middle of what is seen of the arrow, and wider than a short one; at the edge when it is not seen. */
function labelPlace(scene: Scene, place: number, characters: number) {
  const { seen, columns, rem } = scene;
  const { from, to, y } = arrowAt(scene, place);
  const low = Math.min(from, to);
  const high = Math.max(from, to);
  const left = Math.min(Math.max(low, seen.left), seen.right);
  const right = Math.max(Math.min(high, seen.right), seen.left);
  const most = Math.max(right - left - 24, LEAST_WIDTH * rem);
  const first = seen.left + EDGE;
  const last = Math.min(seen.right, columns.width) - EDGE;
  const width = Math.min(most, last - first, (characters + 3) * CHARACTER * rem);
  const begin = Math.max(first, Math.min((left + right - width) / 2, last - width));
  return { left: begin, width, top: y };
}

export function TimeAxis({ scene }: { readonly scene: Scene }) {
  const { run, rows, rowHeight, rem } = scene;
  // Where rows are low, every second, third … time.
  const every = Math.max(1, Math.ceil((1.1 * rem) / rowHeight));
  let latest = scene.happened - 1;
  while (rows.joined[latest] === 1) latest--;
  return (
    <>
      {placesInView(scene).map((place) => {
        const { pauseTop, pause } = rowAt(scene, place);
        const pauseTime = rows.pauses[place] as number;
        const isFlood = rows.joined[place] === 1;
        return (
          <div key={place}>
            {pause >= rem * 0.8 ? (
              <span className={style.pauseTime} style={{ top: pauseTop + pause / 2 }}>
                + {formatDuration(pauseTime)}
              </span>
            ) : null}
            {isFlood || (place % every > 0 && place !== latest) ? null : (
              <span
                className={style.time}
                data-later={place >= scene.happened || undefined}
                data-now={place === latest || undefined}
                style={{ top: arrowAt(scene, place).y }}
              >
                {formatDuration(run.frames.sentAt[rows.shown.frameAt(place)] ?? 0)}
              </span>
            )}
          </div>
        );
      })}
    </>
  );
}

export function LifelineHeads({ scene }: { readonly scene: Scene }) {
  const { run, rows, columns, lifelines } = scene;
  const frame = rows.shown.placeOf(scene.frame) < 0 ? -1 : scene.frame;
  const { world, frames } = run;
  const ends = [frames.from[frame], frames.to[frame]].map((id) => world.interfaces[id ?? -1]?.node);
  const places = Array.from(
    { length: lifelines.end - lifelines.first },
    (_, index) => lifelines.first + index,
  );
  return (
    <>
      {places.map((place) => {
        const node = columns.nodes[place] as number;
        const { name = '', kind = '', label } = world.nodes[node] ?? {};
        return (
          <div
            key={node}
            className={style.lifelineHead}
            data-end={ends.includes(node) || undefined}
            title={label === undefined ? name : `${name}: ${label}`}
            style={{ left: lifelineAt(columns, place), width: columns.step }}
          >
            <svg className={style.icon} viewBox="0 0 24 24" aria-hidden="true">
              {deviceIcon(kind).map((path) => (
                <path key={path} d={path} />
              ))}
            </svg>
            <span className={style.name}>{name}</span>
          </div>
        );
      })}
    </>
  );
}
