// The timeline below every view of the run: the player, every frame as a mark, and what the colours mean.

import { FRAME_LAYERS } from 'wirewalk';
import { usePage } from '../state/store.js';
import { LANES } from './marks.js';
import { Player, Position } from './player.js';
import { usePlaying } from './playing.js';
import style from './timeline.module.css';
import { Track } from './track.js';

export function Timeline() {
  const run = usePage((state) => state.run);
  usePlaying();
  // Before Enter there is the network, and nothing else.
  if (run === undefined) return null;
  return (
    <section className={style.timeline} aria-label="Timeline">
      <div className={style.body}>
        <div className={style.bar}>
          <Player />
          <Position />
        </div>
        <Track run={run} />
        <Legend />
      </div>
    </section>
  );
}

function Legend() {
  return (
    <ul className={style.legend} aria-label="Layers, from above as in the timeline">
      {LANES.map((layer) => (
        <li key={layer} data-layer={FRAME_LAYERS[layer]}>
          {FRAME_LAYERS[layer]}
        </li>
      ))}
    </ul>
  );
}
