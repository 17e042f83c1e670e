// The network as a picture: devices and cables that can be moved and enlarged, and the frames of the chosen moment.

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { type HeldRun, usePage } from '../state/store.js';
import { Callout } from './callout.js';
import { lettersOfPage } from './camera.js';
import { DeviceTools } from './device-tools.js';
import { Devices } from './devices.js';
import { Dots } from './dots.js';
import { Drawing } from './drawing.js';
import { boundsOf } from './geometry.js';
import { Ground } from './ground.js';
import { LiveLayer } from './live-layer.js';
import type { Mark } from './moment.js';
import style from './network.module.css';
import { nodeBox, type Scene } from './scene.js';
import { useCamera, usePointers } from './use-camera.js';
import type { FrameWords } from './words.js';
import { ZoomTools } from './zoom-tools.js';

export interface PictureProps {
  readonly scene: Scene;
  /** Of the place where the picture is, in px. */
  readonly width: number;
  readonly height: number;
  readonly run: HeldRun | undefined;
  readonly step: number;
  readonly marks: readonly Mark[];
  readonly words: ReadonlyMap<number, FrameWords>;
  /** The marks of this step move before they rest. */
  readonly moves: boolean;
  /** id of the sentence that says what is seen. */
  readonly described: string;
}

/**
 * Below this width the note lies at the lower edge and takes so much of the height, or without a note the tools do; below
 * this height there is no note.
 * In px, where letters have their usual size.
 */
const NARROW = 560;
const DOCK = 100;
const DOCK_OF_TOOLS = 48;
const LOW = 240;

export function Picture(props: PictureProps) {
  const { scene, width, height, run, step, marks, described } = props;
  const chosen = usePage((state) => state.node);
  const svg = useRef<SVGSVGElement>(null);
  const moved = useRef<SVGGElement>(null);
  const note = useRef<HTMLDivElement>(null);
  const { camera, shown } = useCamera();
  usePointers(camera, svg);
  const letters = lettersOfPage();
  const hasNote = run !== undefined && height >= LOW * letters;
  const isDocked = width < NARROW * letters;
  const dock = isDocked ? (hasNote ? DOCK : DOCK_OF_TOOLS) * letters : 0;
  const head = run?.steps[step];
  const here = head?.node ?? -1;

  useLayoutEffect(
    () => camera.resize(width, height, scene.layout.width, scene.layout.height, dock),
    [camera, width, height, scene, dock],
  );
  useLayoutEffect(
    () =>
      camera.watch(() => {
        moved.current?.setAttribute('transform', `translate(${camera.x} ${camera.y}) scale(${camera.scale})`);
      }),
    [camera],
  );

  // The walk is followed: where something happens is in view, with the far ends of its cables if there is room.
  const busy = useMemo(
    () => marks.filter(({ state }) => state !== 'under way').map(({ link }) => link),
    [marks],
  );
  useEffect(() => {
    const own = scene.nodes[here];
    if (own === undefined || camera.width === 0) return;
    const far = marks.filter(({ from }) => from === here).flatMap(({ to }) => scene.nodes[to] ?? []);
    const corners = [own, ...far].flatMap((node) => {
      const { left, top, right, bottom } = nodeBox(scene, node);
      return [
        { x: left, y: top },
        { x: right, y: bottom },
      ];
    });
    const all = boundsOf(corners);
    const fits =
      (all.right - all.left) * camera.scale < camera.width &&
      (all.bottom - all.top) * camera.scale < camera.height;
    camera.reveal(fits ? all : nodeBox(scene, own), 24);
  }, [camera, scene, here, marks]);

  const [focused, setFocused] = useState(-1);
  const { detail } = shown;
  const lit = focused >= 0 ? focused : chosen;
  return (
    <div className={style.place}>
      <Drawing
        ref={svg}
        scene={scene}
        camera={camera}
        width={width}
        height={height}
        described={described}
        focus={setFocused}
      >
        {(stop) => (
          <g ref={moved}>
            <Ground scene={scene} shown={shown} lit={lit} />
            {detail.card === undefined ? (
              <Dots scene={scene} camera={camera} />
            ) : (
              <Devices
                scene={scene}
                window={shown.window}
                detail={detail.card}
                here={here}
                layer={head?.layer}
                chosen={chosen}
                stop={stop}
              />
            )}
            <LiveLayer {...props} camera={camera} detail={detail} />
          </g>
        )}
      </Drawing>
      {lit >= 0 && detail.card !== undefined ? (
        <DeviceTools scene={scene} camera={camera} node={lit} left={() => setFocused(-1)} />
      ) : null}
      {run === undefined || !hasNote ? null : (
        <Callout
          ref={note}
          run={run}
          place={step}
          scene={scene}
          camera={camera}
          busy={busy}
          lit={lit}
          isDocked={isDocked}
        />
      )}
      <ZoomTools camera={camera} isFlat={isDocked && !hasNote} />
    </div>
  );
}
