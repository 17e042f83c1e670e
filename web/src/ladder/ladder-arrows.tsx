// The drawn part of a ladder: lifelines, pauses and arrows, as far as they are in view.

import { fateOf, layerName } from '../packets/frame-words.js';
import style from './ladder-chart.module.css';
import { lifelineAt } from './ladder-columns.js';
import { arrowAt, placesInView, rowAt, type Scene } from './ladder-scene.js';

/** Length of an arrow's head, in px, where there is room. */
const HEAD = 9;
/** A lost frame gets this far. */
const LOST_AT = 0.62;

export function LadderArrows({ scene }: { readonly scene: Scene }) {
  const { view } = scene;
  const width = view.right - view.left;
  const height = view.bottom - view.top;
  const places = placesInView(scene);
  return (
    <svg
      className={style.drawing}
      width={width}
      height={height}
      viewBox={`${view.left} ${view.top} ${width} ${height}`}
      style={{ left: view.left, top: view.top }}
      aria-hidden="true"
    >
      <path className={style.lifeline} d={lifelines(scene, view.top, view.bottom)} />
      {places.map((place) => (
        <Pause key={place} scene={scene} place={place} />
      ))}
      {places.map((place) => (
        <Arrow key={place} scene={scene} place={place} />
      ))}
    </svg>
  );
}

/** All lifelines in view, between two heights. */
function lifelines({ columns, lifelines: { first, end } }: Scene, top: number, bottom: number): string {
  let path = '';
  for (let place = first; place < end; place++) {
    path += `M${lifelineAt(columns, place) + 0.5} ${top}V${bottom}`;
  }
  return path;
}

interface PartProps {
  readonly scene: Scene;
  readonly place: number;
}

/** Where time passes while nothing is sent, lifelines are dotted. */
function Pause({ scene, place }: PartProps) {
  const { pauseTop, pause } = rowAt(scene, place);
  if (pause === 0) return null;
  const { left, right } = scene.view;
  const inset = Math.min(2, pause / 4);
  return (
    <g>
      <rect
        className={style.pause}
        x={left}
        y={pauseTop + inset}
        width={right - left}
        height={pause - inset * 2}
      />
      <path className={style.waiting} d={lifelines(scene, pauseTop + inset, pauseTop + pause - inset)} />
    </g>
  );
}

function Arrow({ scene, place }: PartProps) {
  const { run, rows, frame: chosen, step } = scene;
  const frame = rows.shown.frameAt(place);
  const arrow = arrowAt(scene, place);
  const fate = fateOf(run, frame);
  const isSame = chosen >= 0 && run.frames.packet[frame] === run.frames.packet[chosen];
  const isFlood = rows.joined[place] === 1;
  return (
    <g
      className={style.arrow}
      data-layer={layerName(run, frame)}
      data-later={place >= scene.happened || undefined}
      data-strong={isSame || run.stepOfFrame[frame] === step || undefined}
      data-unfinished={fate !== '' || undefined}
    >
      {isFlood ? (
        <path className={style.flood} d={`M${arrow.from + 0.5} ${arrowAt(scene, place - 1).y}V${arrow.y}`} />
      ) : null}
      <circle cx={arrow.from + 0.5} cy={arrow.y} r={2.5} />
      {arrow.isLoop ? <Loop x={arrow.from} y={arrow.y} /> : <Line scene={scene} place={place} fate={fate} />}
    </g>
  );
}

function Line({ scene, place, fate }: PartProps & { readonly fate: ReturnType<typeof fateOf> }) {
  const { from, to, y, way } = arrowAt(scene, place);
  const head = Math.max(3, Math.min(HEAD, Math.abs(to - from) / 3, scene.rowHeight / 2));
  const half = head / 2;
  if (fate === 'lost') {
    const x = from + (to - from) * LOST_AT;
    return (
      <>
        <path className={style.line} d={`M${from} ${y}H${x}`} />
        <path
          className={style.cross}
          d={`M${x - half} ${y - half}l${head} ${head}M${x - half} ${y + half}l${head} ${-head}`}
        />
      </>
    );
  }
  const tip = fate === '' ? to : from + (to - from) * 0.8;
  return (
    <>
      <path className={style.line} d={`M${from} ${y}H${tip - way * half}`} />
      <path className={style.head} d={`M${tip} ${y}l${-way * head} ${-half}v${head}z`} />
    </>
  );
}

/** From one port of a device to another of the same. */
function Loop({ x, y }: { readonly x: number; readonly y: number }) {
  return (
    <>
      <path className={style.line} d={`M${x} ${y - 8}h22v8H${x + 4}`} />
      <path className={style.head} d={`M${x} ${y}l${HEAD} ${-HEAD / 2}v${HEAD}z`} />
    </>
  );
}
