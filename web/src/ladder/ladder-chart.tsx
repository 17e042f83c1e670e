// The ladder as a picture: it scrolls in both directions and draws only what is in view. One tab stop; arrows move the moment.

import {
  type KeyboardEvent,
  type MouseEvent,
  type RefObject,
  useCallback,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useLines } from '../packets/frame-lines.js';
import { lastSentBy } from '../packets/shown-frames.js';
import { useRoom } from '../packets/use-room.js';
import { goToFrame, inspectFrame } from '../state/actions.js';
import type { HeldRun } from '../state/store.js';
import { usePage } from '../state/store.js';
import { LadderArrows } from './ladder-arrows.js';
import style from './ladder-chart.module.css';
import { ladderColumns, lifelinesBetween } from './ladder-columns.js';
import { LadderFrames } from './ladder-frames.js';
import { ArrowLabels, LifelineHeads, TimeAxis } from './ladder-labels.js';
import { listRole } from './ladder-roles.js';
import { type LadderRows, placesBetween } from './ladder-rows.js';
import { arrowAt, hasWords, rowAt, type Scene } from './ladder-scene.js';
import type { Zoom } from './use-zoom.js';

interface LadderChartProps {
  readonly run: HeldRun;
  readonly rows: LadderRows;
  /** From left to right. */
  readonly nodes: readonly number[];
  readonly zoom: Zoom;
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly describedBy: string;
}

/** Height of an ordinary row at 100 %, in rem. */
const ROW_HEIGHT = 2.25;
/** Widths of the time axis, in rem: where there is room, and where there is not. */
const AXIS = 5.5;
const NARROW_AXIS = 5.25;
const NARROW = 32;
/** Heights of the heads, in rem: names beside each other, and names that stand on end. */
const HEADS = 3.25;
const TALL_HEADS = 7;
/** Of names that stand on end: about how long a character is, and what is around them. */
const CHARACTER = 0.45;
const AROUND = 1;
const TIGHT = 3.5;
/** Scrolling redraws after this many px, and this much more than what is seen is drawn. */
const CHUNK = 256;
const CHUNK_ACROSS = 32;
const MARGIN = 320;

export function LadderChart({ run, rows, nodes, zoom, scroller, describedBy }: LadderChartProps) {
  const id = useId();
  const frame = usePage((state) => state.frame);
  const step = usePage((state) => state.step);
  const lastSent = usePage((state) => lastSentBy(run, state.seq));
  const [room, watch] = useRoom(scroller);
  const [corner, setCorner] = useState({ left: 0, top: 0 });
  const { shown } = rows;

  const rem = room?.rem ?? 16;
  const width = room?.width ?? 0;
  const height = room?.height ?? 0;
  const axis = Math.round((width < NARROW * rem ? NARROW_AXIS : AXIS) * rem);
  const rowHeight = ROW_HEIGHT * rem * zoom.zoom;
  const columns = useMemo(
    () => ladderColumns(nodes, run.world.nodes.length, Math.max(0, width - axis), rem, zoom.zoom),
    [nodes, run, width, axis, rem, zoom.zoom],
  );
  const isTight = columns.step < TIGHT * rem;
  const longest = useMemo(
    () => nodes.reduce((most, node) => Math.max(most, run.world.nodes[node]?.name.length ?? 0), 0),
    [nodes, run],
  );
  const tall = Math.min(TALL_HEADS, Math.max(HEADS, longest * CHARACTER + AROUND));
  const heads = Math.round((isTight ? tall : HEADS) * rem);
  const whole = Math.ceil((rows.tops[shown.count] as number) * rowHeight + rem);
  const view = {
    left: Math.max(0, corner.left - MARGIN),
    right: Math.min(columns.width, corner.left + width + MARGIN),
    top: Math.max(0, corner.top - MARGIN),
    bottom: Math.min(whole, corner.top + CHUNK + height + MARGIN),
  };
  const places = placesBetween(rows, view.top / rowHeight, view.bottom / rowHeight);
  const scene: Scene = {
    run,
    rows,
    columns,
    rowHeight,
    rem,
    view,
    seen: { left: corner.left === 0 ? 0 : corner.left + CHUNK_ACROSS, right: corner.left + width - axis },
    places,
    lifelines: lifelinesBetween(columns, view.left, view.right),
    frame,
    step,
    happened: shown.placeFrom(lastSent + 1),
  };
  const chosen = shown.placeOf(frame);
  const place = chosen >= 0 ? chosen : Math.max(0, shown.placeFrom((frame < 0 ? lastSent : frame) + 1) - 1);
  const lineOf = useLines(run.run, shown, places.first, hasWords(scene) ? places.end : places.first);

  const scroll = useCallback(() => {
    const element = scroller.current;
    if (element === null) return;
    const left = Math.floor(element.scrollLeft / CHUNK_ACROSS) * CHUNK_ACROSS;
    const top = Math.floor(element.scrollTop / CHUNK) * CHUNK;
    setCorner((last) => (last.left === left && last.top === top ? last : { left, top }));
  }, [scroller]);

  // Whoever moves the moment elsewhere finds its arrow here.
  const isReady = room !== undefined;
  const latest = useRef(scene);
  latest.current = scene;
  useEffect(() => {
    const element = scroller.current;
    if (!isReady || element === null || shown.count === 0) return;
    bringIntoView(element, latest.current, Math.min(place, shown.count - 1), axis, heads);
  }, [scroller, isReady, shown, place, axis, heads]);

  const press = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor((height - heads) / rowHeight) - 1);
    const targets: Record<string, number> = {
      ArrowDown: chosen < 0 ? shown.placeFrom(frame + 1) : chosen + 1,
      ArrowUp: place - (chosen < 0 ? 0 : 1),
      PageDown: place + page,
      PageUp: place - page,
      Home: 0,
      End: shown.count - 1,
    };
    const zooms: Record<string, () => void> = { '+': zoom.closer, '-': zoom.wider, '0': zoom.reset };
    const target = targets[event.key];
    if (target !== undefined) goToFrame(shown.frameAt(Math.max(0, Math.min(target, shown.count - 1))));
    else if (event.key === 'Enter' && chosen >= 0) inspectFrame(frame);
    else if (zooms[event.key] !== undefined) zooms[event.key]?.();
    else return;
    event.preventDefault();
  };

  return (
    <div className={style.place}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: it is a listbox */}
      <div
        ref={watch}
        className={style.scroller}
        {...listRole('Frames', chosen < 0 ? undefined : `${id}${frame}`)}
        aria-describedby={describedBy}
        onKeyDown={press}
        onClick={(event) => at(event, goToFrame)}
        onDoubleClick={(event) => at(event, inspectFrame)}
        onScroll={scroll}
      >
        <div
          className={style.picture}
          style={{
            gridTemplateColumns: `${axis}px ${columns.width}px`,
            gridTemplateRows: `${heads}px ${whole}px`,
          }}
        >
          <div className={style.corner} aria-hidden="true">
            Time
          </div>
          <div className={style.heads} data-tight={isTight || undefined} aria-hidden="true">
            <LifelineHeads scene={scene} />
          </div>
          <div className={style.axis} aria-hidden="true">
            <TimeAxis scene={scene} />
            <Now scene={scene} />
          </div>
          <div className={style.plot}>
            <LadderFrames scene={scene} id={id} chosen={chosen} lineOf={lineOf} />
            <LadderArrows scene={scene} />
            <ArrowLabels scene={scene} lineOf={lineOf} />
          </div>
        </div>
      </div>
    </div>
  );
}

/** Does something with the frame that was clicked. */
function at({ target }: MouseEvent, act: (frame: number) => void): void {
  const row = target instanceof Element ? target.closest<HTMLElement>('[data-frame]') : null;
  if (row?.dataset.frame !== undefined) act(Number(row.dataset.frame));
}

/** The chosen moment: behind everything that has been sent. */
function Now({ scene: { rows, happened, rowHeight } }: { readonly scene: Scene }) {
  return <div className={style.now} style={{ top: (rows.tops[happened] as number) * rowHeight }} />;
}

/** Scrolls as little as needed, or to the middle when the frame is far away. */
function bringIntoView(element: HTMLElement, scene: Scene, place: number, axis: number, heads: number): void {
  const { top, height } = rowAt(scene, place);
  const { from, to } = arrowAt(scene, place);
  const room = { height: element.clientHeight - heads, width: element.clientWidth - axis };
  element.scrollTop = scrolled(element.scrollTop, room.height, top - height, top + height * 2);
  const margin = scene.columns.step / 2;
  // Of an arrow that is too long, its head.
  const tail = Math.abs(to - from) + margin * 2 > room.width ? to : from;
  element.scrollLeft = scrolled(
    element.scrollLeft,
    room.width,
    Math.min(tail, to) - margin,
    Math.max(tail, to) + margin,
  );
}

/** Where to scroll so that what lies from `begin` to `end` is seen, or else its middle. */
function scrolled(now: number, room: number, begin: number, end: number): number {
  if (begin >= now && end <= now + room) return now;
  const isFar = end < now - room / 2 || begin > now + room * 1.5;
  if (isFar || end - begin > room) return Math.max(0, (begin + end - room) / 2);
  return begin < now ? Math.max(0, begin) : end - room;
}
