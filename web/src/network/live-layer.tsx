// What changes from moment to moment: the ring around the device of the step, and the frames.

import { useLayoutEffect, useMemo, useRef } from 'react';
import { inspectFrame } from '../state/actions.js';
import type { Camera } from './camera.js';
import type { Detail } from './detail.js';
import { FrameMark } from './frame-mark.js';
import style from './network.module.css';
import type { PictureProps } from './picture.js';
import { pillPlaces } from './pill-places.js';

const RING = 12;

export function LiveLayer({
  scene,
  run,
  step,
  marks,
  words,
  moves,
  camera,
  detail,
}: PictureProps & { readonly camera: Camera; readonly detail: Detail }) {
  const layer = useRef<SVGGElement>(null);
  useLayoutEffect(() => {
    let last = 0;
    return camera.watch(() => {
      const { unzoom } = camera;
      if (unzoom === last) return;
      last = unzoom;
      layer.current?.style.setProperty('--unzoom', unzoom.toFixed(4));
    });
  }, [camera]);
  const places = useMemo(
    () => pillPlaces(marks, words, scene, camera, detail),
    [marks, words, scene, camera, detail],
  );
  const head = run?.steps[step];
  const node = head === undefined ? undefined : scene.nodes[head.node];
  const { nodeWidth, nodeHeight } = scene.layout;
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a group of a drawing takes no focus
    <g ref={layer} aria-hidden="true">
      {node === undefined || head === undefined ? null : (
        <rect
          className={style.ring}
          data-layer={head.layer}
          data-failed={head.failed || undefined}
          x={node.x - nodeWidth / 2}
          y={node.y - nodeHeight / 2}
          width={nodeWidth}
          height={nodeHeight}
          rx={RING}
        />
      )}
      {marks.map((mark, index) => {
        const way = scene.cables[mark.link]?.way;
        const place = places[index];
        if (run === undefined || way === undefined || place === undefined) return null;
        return (
          <FrameMark
            key={`${run.run} ${step} ${mark.frame} ${mark.state} ${moves}`}
            mark={mark}
            way={way}
            place={place}
            moves={moves && mark.state === 'sent'}
            onOpen={inspectFrame}
          />
        );
      })}
    </g>
  );
}
