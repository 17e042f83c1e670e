// What else a device offers while it is chosen or has the focus: its console.

import { useLayoutEffect, useRef } from 'react';
import { openConsole } from '../state/actions.js';
import { usePage } from '../state/store.js';
import type { Camera } from './camera.js';
import style from './network.module.css';
import type { Scene } from './scene.js';

/** Above the card, in px. */
const GAP = 6;

interface DeviceToolsProps {
  readonly scene: Scene;
  readonly camera: Camera;
  readonly node: number;
  /** The focus left them. */
  readonly left: () => void;
}

export function DeviceTools({ scene, camera, node, left }: DeviceToolsProps) {
  const box = useRef<HTMLDivElement>(null);
  const hasConsole = usePage((state) => state.lab?.consoles[node] === true);
  const found = scene.nodes[node];
  useLayoutEffect(
    () =>
      camera.watch(() => {
        if (box.current === null || found === undefined) return;
        const x = found.x * camera.scale + camera.x;
        const half = (scene.layout.nodeHeight / 2) * camera.scale;
        const y = found.y * camera.scale + camera.y;
        const { height } = box.current.firstElementChild?.getBoundingClientRect() ?? { height: 0 };
        // Above the device, or below it where there is no room: never over it.
        const above = y - half - GAP;
        const bottom = above >= height ? above : y + half + GAP + height;
        box.current.style.transform = `translate(${Math.round(x)}px, ${Math.round(bottom)}px)`;
      }),
    [camera, found, scene],
  );
  if (found === undefined || !hasConsole) return null;
  return (
    <div ref={box} className={style.deviceTools}>
      <button
        type="button"
        className={`${style.button} ${style.open}`}
        onClick={() => openConsole(node)}
        onBlur={left}
        title="Its console (double click)"
      >
        <svg className={style.sign} viewBox="0 0 16 16" aria-hidden="true">
          <path d="M2.5 4.5L6 8L2.5 11.5M8 12H13.5" />
        </svg>
        <span className="unseen">{found.name}: </span>
        Console
      </button>
    </div>
  );
}
