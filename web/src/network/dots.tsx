// The devices of a big network seen from afar: two shapes in all, so that moving it costs nothing. A click goes there.

import { type MouseEvent, memo, useMemo } from 'react';
import type { Camera } from './camera.js';
import style from './network.module.css';
import type { Scene, SceneNode } from './scene.js';

/** The scale at which a device that was clicked is seen. */
const NEAR = 0.6;

export const Dots = memo(function Dots({
  scene,
  camera,
}: {
  readonly scene: Scene;
  readonly camera: Camera;
}) {
  const { hosts, others } = useMemo(() => {
    const isHost = ({ kind }: SceneNode): boolean => kind === 'host';
    return {
      hosts: shapes(scene, scene.nodes.filter(isHost)),
      others: shapes(
        scene,
        scene.nodes.filter((node) => !isHost(node)),
      ),
    };
  }, [scene]);
  const approach = (event: MouseEvent<SVGGElement>): void => {
    const frame = event.currentTarget.ownerSVGElement?.getBoundingClientRect();
    if (frame === undefined) return;
    camera.zoom(NEAR / camera.scale, event.clientX - frame.left, event.clientY - frame.top, true);
  };
  return (
    // biome-ignore lint/a11y: the plus key and its button do the same
    <g className={style.dots} aria-hidden="true" onClick={approach}>
      <path className={style.hosts} d={hosts} />
      <path className={style.others} d={others} />
    </g>
  );
});

function shapes({ layout }: Scene, nodes: readonly SceneNode[]): string {
  const { nodeWidth, nodeHeight } = layout;
  return nodes
    .map(
      ({ x, y }) => `M${x - nodeWidth / 2} ${y - nodeHeight / 2}h${nodeWidth}v${nodeHeight}h${-nodeWidth}z`,
    )
    .join('');
}
