// The drawing of the network: its devices are buttons, one of them is a tab stop and arrows go on from there.

import {
  type FocusEvent,
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  type RefObject,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { openConsole, openDevice } from '../state/actions.js';
import type { Camera } from './camera.js';
import style from './network.module.css';
import { nodeBox, nodeTowards, type Scene } from './scene.js';
import { keyOnPicture } from './use-camera.js';
import { counted } from './words.js';

interface DrawingProps {
  readonly ref: RefObject<SVGSVGElement | null>;
  readonly scene: Scene;
  readonly camera: Camera;
  /** In px: with a share of its place, all letters would be laid out anew whenever anything around it changes. */
  readonly width: number;
  readonly height: number;
  /** id of the sentence that says what is seen. */
  readonly described: string;
  /** A device took the focus, or, with −1, it is gone. */
  readonly focus: (node: number) => void;
  /** What is drawn, when this device is the tab stop. */
  readonly children: (stop: number) => ReactNode;
}

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export function Drawing(props: DrawingProps) {
  const { ref, scene, camera, width, height, described, focus, children } = props;
  const [stop, setStop] = useState(0);
  const goes = useRef(false);
  useLayoutEffect(() => {
    const drawing = ref.current;
    if (!goes.current || drawing === null) return;
    goes.current = false;
    drawing.querySelector<SVGGElement>(`[data-node="${stop}"]`)?.focus({ preventScroll: true });
  }, [ref, stop]);

  const onKeyDown = (event: KeyboardEvent<SVGSVGElement>): void => {
    const node = nodeOf(event.target);
    if (node === undefined) return keyOnPicture(camera, event);
    const way = ARROWS[event.key];
    if (event.key === 'Enter' || event.key === ' ') void openDevice(node);
    else if (way === undefined || event.shiftKey) return keyOnPicture(camera, event);
    else {
      const next = nodeTowards(scene, node, ...way);
      if (next !== undefined) {
        goes.current = true;
        setStop(next);
      }
    }
    event.preventDefault();
    event.stopPropagation();
  };
  const onClick = (event: MouseEvent<SVGSVGElement>): void => {
    const node = nodeOf(event.target);
    if (node === undefined) return;
    setStop(node);
    void openDevice(node);
  };
  const onDoubleClick = (event: MouseEvent<SVGSVGElement>): void => {
    const node = nodeOf(event.target);
    if (node !== undefined) openConsole(node);
  };
  const onFocus = (event: FocusEvent<SVGSVGElement>): void => {
    const node = nodeOf(event.target);
    focus(node ?? -1);
    const found = node === undefined ? undefined : scene.nodes[node];
    if (node === undefined || found === undefined) return;
    setStop(node);
    camera.reveal(nodeBox(scene, found), 32);
  };
  const onBlur = (event: FocusEvent<SVGSVGElement>): void => {
    if (!ref.current?.parentElement?.contains(event.relatedTarget)) focus(-1);
  };

  const { nodes, links } = scene.world;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a drawing with buttons in it
    <svg
      ref={ref}
      className={style.picture}
      style={{ width, height }}
      role="group"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: its keys move the picture
      tabIndex={0}
      aria-label={`The network: ${counted(nodes.length, 'device')}, ${counted(links.length, 'cable')}. Arrow keys move the picture, plus and minus enlarge it, 0 shows all of it.`}
      aria-describedby={described}
      onKeyDown={onKeyDown}
      onClick={onClick}
      onDoubleClick={onDoubleClick}
      onFocus={onFocus}
      onBlur={onBlur}
    >
      {children(nodes[stop] === undefined ? 0 : stop)}
    </svg>
  );
}

function nodeOf(target: EventTarget): number | undefined {
  const found =
    target instanceof Element ? target.closest('[data-node]')?.getAttribute('data-node') : undefined;
  return typeof found === 'string' ? Number(found) : undefined;
}
