// The note beside the device where the step happens: what happens there, and the table rows that decide it.

import { type RefObject, useLayoutEffect, useRef } from 'react';
import { TABLE_TITLES } from 'wirewalk';
import { selectNode } from '../state/actions.js';
import { useAnswer } from '../state/answers.js';
import type { HeldRun } from '../state/store.js';
import type { Camera } from './camera.js';
import { boundsOf, grown, type Rect, sharedArea } from './geometry.js';
import style from './network.module.css';
import { nodeBox, type Scene } from './scene.js';
import type { Size } from './use-size.js';

const GAP = 14;
const MARGIN = 8;
const MOST_DECISIONS = 2;
const CORNER = { width: 52, height: 120 };

interface CalloutProps {
  readonly run: HeldRun;
  readonly place: number;
  readonly scene: Scene;
  readonly camera: Camera;
  /** Cables on which something is to be seen: better not covered. */
  readonly busy: readonly number[];
  /** The device with a button above it, −1 without one. */
  readonly lit: number;
  /** Lies at the lower edge instead of beside its device: where there is little room. */
  readonly isDocked: boolean;
  readonly ref: RefObject<HTMLDivElement | null>;
}

export function Callout({ run, place, scene, camera, busy, lit, isDocked, ref }: CalloutProps) {
  const head = run.steps[place];
  const answer = useAnswer('step', { run: run.run, place });
  const step = answer?.run === run.run && answer.place === place ? answer.step : undefined;
  const decisions = step?.decisions.slice(0, isDocked ? 1 : MOST_DECISIONS) ?? [];
  const size = useRef({ width: 0, height: 0 });
  const arrange = useRef(() => {});

  // Placed anew whenever the camera moves …
  useLayoutEffect(() => {
    const note = ref.current;
    if (note === null || head === undefined) return;
    // While the picture moves the note stays on the side where it is, or it would jump about.
    let side = -1;
    const put = (): void => {
      const node = scene.nodes[head.node];
      const box = node === undefined ? undefined : onScreen(nodeBox(scene, node), camera);
      const isAway = box === undefined || !isInView(box, camera);
      note.toggleAttribute('data-away', isAway && !isDocked);
      note.style.transform = '';
      if (isAway || isDocked) return;
      const places = placesAround(box, size.current).map((rect) => inside(rect, camera));
      if (side < 0) side = bestPlace(places, scene, camera, head.node, busy, lit);
      const { left, top } = places[side] as Rect;
      note.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
    };
    arrange.current = () => {
      side = -1;
      put();
    };
    return camera.watch(put);
  }, [head, camera, scene, busy, lit, isDocked, ref]);

  // … and when its size changes with its words.
  const isThere = head !== undefined;
  useLayoutEffect(() => {
    const note = ref.current;
    if (note === null || !isThere) return;
    const observer = new ResizeObserver(([entry]) => {
      const [box] = entry?.borderBoxSize ?? [];
      if (box === undefined) return;
      size.current = { width: box.inlineSize, height: box.blockSize };
      arrange.current();
    });
    observer.observe(note);
    return () => observer.disconnect();
  }, [isThere, ref]);

  if (head === undefined) return null;
  return (
    <div
      ref={ref}
      className={style.callout}
      data-layer={head.layer}
      data-docked={isDocked || undefined}
      data-failed={head.failed || undefined}
    >
      <p className={style.headline} title={head.headline}>
        <strong>{head.id}</strong> {head.headline}
      </p>
      {decisions.map((decision) => (
        <button
          key={`${decision.table} ${decision.seq}`}
          type="button"
          className={style.decision}
          title={`Open the ${TABLE_TITLES[decision.table]} at this row`}
          onClick={() => selectNode(head.node, decision.seq)}
        >
          <span className={style.table}>{TABLE_TITLES[decision.table]}</span>
          <span className={style.reason}>{decision.why}</span>
        </button>
      ))}
    </div>
  );
}

function onScreen({ left, top, right, bottom }: Rect, { x, y, scale }: Camera): Rect {
  return {
    left: left * scale + x,
    top: top * scale + y,
    right: right * scale + x,
    bottom: bottom * scale + y,
  };
}

function isInView({ left, top, right, bottom }: Rect, { width, height }: Camera): boolean {
  return right > 0 && bottom > 0 && left < width && top < height;
}

/** Below, above, right and left of a device; then the same, flush with its edges. */
function placesAround(box: Rect, { width, height }: Size): Rect[] {
  const [middleX, middleY] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
  const at = (left: number, top: number): Rect => ({ left, top, right: left + width, bottom: top + height });
  const [below, above] = [box.bottom + GAP, box.top - GAP - height];
  return [
    at(middleX - width / 2, below),
    at(middleX - width / 2, above),
    at(box.left, below),
    at(box.right - width, below),
    at(box.left, above),
    at(box.right - width, above),
    at(box.right + GAP, middleY - height / 2),
    at(box.left - GAP - width, middleY - height / 2),
  ];
}

/** Moved so that it is in view. */
function inside(rect: Rect, { width, height }: Camera): Rect {
  const [wide, high] = [rect.right - rect.left, rect.bottom - rect.top];
  const left = Math.max(MARGIN, Math.min(width - MARGIN - wide, rect.left));
  const top = Math.max(MARGIN, Math.min(height - MARGIN - high, rect.top));
  return { left, top, right: left + wide, bottom: top + high };
}

/** How bad it is to cover a cable, with and without a frame on it; a device counts 1. */
const BUSY = 1;
const IDLE = 0.3;
/** Devices and cables that are looked at when a place is chosen: in a big network all places cover some. */
const MOST_COMPARED = 300;

/** The place that covers least: its own device last of all, then other devices, then cables in use. */
function bestPlace(
  places: readonly Rect[],
  scene: Scene,
  camera: Camera,
  node: number,
  busy: readonly number[],
  lit: number,
): number {
  const boxes = scene.nodes.slice(0, MOST_COMPARED).map((one) => onScreen(nodeBox(scene, one), camera));
  const own = scene.nodes[node];
  const ownBox = own === undefined ? undefined : grown(onScreen(nodeBox(scene, own), camera), GAP / 2);
  const lines = scene.cables.slice(0, MOST_COMPARED).flatMap((cable) => {
    const weight = cable === undefined ? 0 : busy.includes(cable.index) ? BUSY : IDLE;
    return (cable?.way ?? []).slice(1).map((point, index) => {
      const rect = boundsOf([cable?.way[index] ?? point, point]);
      return { rect: grown(onScreen(rect, camera), weight === BUSY ? 26 : 12), weight };
    });
  });
  // The buttons in the lower right corner.
  const corner = {
    left: camera.width - CORNER.width,
    top: camera.height - CORNER.height,
    right: camera.width,
    bottom: camera.height,
  };
  const tool = boxes[lit];
  const cost = (place: Rect): number =>
    (tool === undefined ? 0 : sharedArea(place, { ...tool, top: tool.top - 36 }) * 4) +
    sharedArea(place, corner) * 10 +
    boxes.reduce((sum, box) => sum + sharedArea(place, box), 0) +
    lines.reduce((sum, { rect, weight }) => sum + sharedArea(place, rect) * weight, 0) +
    (ownBox === undefined ? 0 : sharedArea(place, ownBox) * 20);
  const costs = places.map(cost);
  return costs.indexOf(Math.min(...costs));
}
