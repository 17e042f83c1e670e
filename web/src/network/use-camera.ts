// Moving the picture by pointer, touch, wheel and keys.

import { type KeyboardEvent, type RefObject, useEffect, useMemo, useState } from 'react';
import { Camera, lettersOfPage } from './camera.js';
import { type Detail, detailAt } from './detail.js';
import { contains, grown, type Rect } from './geometry.js';

/** What is drawn: more than is in view, so that moving a little draws nothing anew. */
export interface Shown {
  readonly detail: Detail;
  readonly window: Rect;
}

const NOTHING: Rect = { left: 0, top: 0, right: 0, bottom: 0 };

export function useCamera(): { readonly camera: Camera; readonly shown: Shown } {
  const camera = useMemo(() => new Camera(), []);
  const [shown, show] = useState<Shown>({ detail: detailAt(1), window: NOTHING });
  useEffect(() => {
    let last: Shown = { detail: detailAt(1), window: NOTHING };
    const unwatch = camera.watch(() => {
      const view = camera.view();
      const detail = detailAt(camera.scale / lettersOfPage());
      if (detail === last.detail && contains(last.window, view)) return;
      last = { detail, window: grown(view, Math.max(view.right - view.left, view.bottom - view.top) / 2) };
      show(last);
    });
    return () => {
      unwatch();
      camera.stop();
    };
  }, [camera]);
  return { camera, shown };
}

/** Pointers must move so many px before it is no click. */
const STILL = 4;
const WHEEL_SPEED = 0.0016;

/** Drags, pinches and wheels on an element move the camera. */
export function usePointers(camera: Camera, place: RefObject<Element | null>): void {
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const pointers = new Map<number, { x: number; y: number }>();
    let travelled = 0;
    const local = (event: PointerEvent | WheelEvent): { x: number; y: number } => {
      const { left, top } = element.getBoundingClientRect();
      return { x: event.clientX - left, y: event.clientY - top };
    };
    const down = (event: PointerEvent): void => {
      if (event.pointerType === 'mouse' && event.button > 1) return;
      if (pointers.size === 0) travelled = 0;
      pointers.set(event.pointerId, local(event));
    };
    const move = (event: PointerEvent): void => {
      const before = pointers.get(event.pointerId);
      if (before === undefined) return;
      const now = local(event);
      const [dx, dy] = [now.x - before.x, now.y - before.y];
      if (travelled < STILL) {
        travelled += Math.hypot(dx, dy);
        if (pointers.size === 1 && travelled < STILL) {
          pointers.set(event.pointerId, now);
          return;
        }
        // From here on it is no click on whatever lies below.
        for (const id of pointers.keys()) element.setPointerCapture(id);
        element.toggleAttribute('data-moving', true);
      }
      const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
      pointers.set(event.pointerId, now);
      if (other === undefined) camera.pan(dx, dy);
      else {
        const [was, is] = [distance(before, other), distance(now, other)];
        camera.pan(dx / 2, dy / 2);
        if (was > 0) camera.zoom(is / was, (now.x + other.x) / 2, (now.y + other.y) / 2);
      }
    };
    const up = (event: PointerEvent): void => {
      pointers.delete(event.pointerId);
      if (pointers.size === 0) element.toggleAttribute('data-moving', false);
    };
    const wheel = (event: WheelEvent): void => {
      event.preventDefault();
      const { x, y } = local(event);
      // Lines and pages as px; a pinch on a touchpad comes as a wheel with Ctrl and in smaller steps.
      const unit = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1;
      const amount = event.deltaY * unit * (event.ctrlKey ? 6 : 1);
      camera.zoom(Math.exp(-amount * WHEEL_SPEED), x, y);
    };
    const ended = new AbortController();
    const { signal } = ended;
    element.addEventListener('pointerdown', down as EventListener, { signal });
    element.addEventListener('pointermove', move as EventListener, { signal });
    element.addEventListener('wheel', wheel as EventListener, { passive: false, signal });
    // A pointer may be let go anywhere.
    window.addEventListener('pointerup', up, { signal });
    window.addEventListener('pointercancel', up, { signal });
    return () => ended.abort();
  }, [camera, place]);
}

function distance(a: { x: number; y: number }, b: { x: number; y: number }): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

const PAN = 80;
const ZOOM = 1.3;

const KEYS: Readonly<Record<string, (camera: Camera) => void>> = {
  ArrowLeft: (camera) => camera.pan(PAN, 0, true),
  ArrowRight: (camera) => camera.pan(-PAN, 0, true),
  ArrowUp: (camera) => camera.pan(0, PAN, true),
  ArrowDown: (camera) => camera.pan(0, -PAN, true),
  '+': zoomIn,
  '=': zoomIn,
  '-': zoomOut,
  '0': fitAll,
};

export function zoomIn(camera: Camera): void {
  camera.zoom(ZOOM, undefined, undefined, true);
}

export function zoomOut(camera: Camera): void {
  camera.zoom(1 / ZOOM, undefined, undefined, true);
}

export function fitAll(camera: Camera): void {
  camera.fit(true);
}

/** Arrows move the picture, + and − make it larger and smaller, 0 shows all of it. */
export function keyOnPicture(camera: Camera, event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || (event.shiftKey && event.key.startsWith('Arrow')))
    return;
  const act = KEYS[event.key];
  if (act === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  act(camera);
}
