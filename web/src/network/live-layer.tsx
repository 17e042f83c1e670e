// What changes from moment to moment: the ring around the device of the step, and the frames.

import { useLayoutEffect, useMemo, useRef } from 'react';
import { inspectFrame } from '../state/actions.js';
import type { Camera } from './camera.js';
import { FrameMark } from './frame-mark.js';
import type { Mark } from './moment.js';
import style from './network.module.css';
import type { PictureProps } from './picture.js';

const RING = 12;

export function LiveLayer({
  scene,
  run,
  step,
  marks,
  words,
  moves,
  camera,
}: PictureProps & { readonly camera: Camera }) {
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
  const shares = useMemo(() => restingPlaces(marks), [marks]);
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
        if (run === undefined || way === undefined) return null;
        return (
          <FrameMark
            key={`${run.run} ${step} ${mark.frame} ${mark.state} ${moves}`}
            mark={mark}
            way={way}
            share={shares[index] ?? 0.5}
            words={words.get(mark.frame)}
            camera={camera}
            moves={moves && mark.state === 'sent'}
            onOpen={inspectFrame}
          />
        );
      })}
    </g>
  );
}

/** Where each mark rests on its way: those that share a cable keep clear of each other. */
function restingPlaces(marks: readonly Mark[]): number[] {
  const onCable = new Map<number, Mark[]>();
  for (const mark of marks) onCable.set(mark.link, [...(onCable.get(mark.link) ?? []), mark]);
  return marks.map((mark) => {
    const all = onCable.get(mark.link) ?? [mark];
    const along = (all.indexOf(mark) + 1) / (all.length + 1);
    return mark.back ? 1 - along : along;
  });
}
