// The cables that are in view; seen from afar all of them as one line.

import { memo, useMemo } from 'react';
import type { CableText } from 'wirewalk';
import { Cable } from './cable.js';
import style from './network.module.css';
import { cablesIn, cableTexts, type Scene } from './scene.js';
import type { Shown } from './use-camera.js';

interface GroundProps {
  readonly scene: Scene;
  readonly shown: Shown;
  /** The device that is looked at: its cables tell their delay and rate. */
  readonly lit: number;
}

const NO_TEXTS: readonly CableText[] = [];

export const Ground = memo(function Ground({ scene, shown, lit }: GroundProps) {
  const { detail, window } = shown;
  const isFar = detail.letters === 0;
  const seen = useMemo(() => (isFar ? [] : cablesIn(scene, window)), [scene, window, isFar]);
  const texts = isFar ? undefined : cableTexts(scene, detail.letters);
  const all = useMemo(
    () => (isFar ? scene.cables.map((cable) => straight(cable?.way ?? [])).join('') : ''),
    [scene, isFar],
  );
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a group of a drawing takes no focus
    <g aria-hidden="true">
      {isFar ? <path className={style.line} d={all} /> : null}
      {seen.map((cable) => (
        <Cable
          key={cable.index}
          cable={cable}
          texts={texts?.get(cable.index) ?? NO_TEXTS}
          letters={detail.letters}
          isOpen={detail.properties || cable.nodes.includes(lit)}
        />
      ))}
    </g>
  );
});

function straight(way: readonly { readonly x: number; readonly y: number }[]): string {
  return way.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${x} ${y}`).join('');
}
