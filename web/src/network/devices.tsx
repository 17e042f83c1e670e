// The devices that are in view.

import { useMemo } from 'react';
import type { StepLayer } from 'wirewalk';
import type { CardDetail } from './detail.js';
import { DeviceCard } from './device-card.js';
import type { Rect } from './geometry.js';
import { nodesIn, type Scene } from './scene.js';

interface DevicesProps {
  readonly scene: Scene;
  readonly window: Rect;
  readonly detail: CardDetail;
  /** Where the step happens, and its layer. */
  readonly here: number;
  readonly layer: StepLayer | undefined;
  readonly chosen: number;
  readonly stop: number;
}

export function Devices({ scene, window, detail, here, layer, chosen, stop }: DevicesProps) {
  const seen = useMemo(() => {
    const nodes = nodesIn(scene, window);
    const own = scene.nodes[stop];
    // What may have the focus stays, even out of view.
    return own === undefined || nodes.includes(own) ? nodes : [...nodes, own];
  }, [scene, window, stop]);
  return (
    <g>
      {seen.map((node) => (
        <DeviceCard
          key={node.index}
          node={node}
          detail={detail}
          width={scene.layout.nodeWidth}
          height={scene.layout.nodeHeight}
          layer={node.index === here ? layer : undefined}
          isChosen={node.index === chosen}
          isStop={node.index === stop}
        />
      ))}
    </g>
  );
}
