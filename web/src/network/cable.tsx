// One cable of the picture with what stands on it: interfaces and addresses at its ends, delay and rate in its middle.

import { memo } from 'react';
import { CABLE_TEXT_SIZE, type CableText } from 'wirewalk';
import style from './network.module.css';
import type { SceneCable } from './scene.js';

interface CableProps {
  readonly cable: SceneCable;
  readonly texts: readonly CableText[];
  /** Size of the letters, as a multiple of the usual one. */
  readonly letters: number;
  /** Shows delay and rate without being pointed at. */
  readonly isOpen: boolean;
}

export const Cable = memo(function Cable({ cable, texts, letters, isOpen }: CableProps) {
  return (
    <g className={style.cable} data-open={isOpen || undefined}>
      <title>{cable.words}</title>
      <path className={style.reach} d={cable.path} />
      <path className={style.line} d={cable.path} />
      {texts.map(({ role, text, x, y, anchor }) => (
        <text
          key={`${role} ${x} ${y}`}
          className={style.written}
          data-role={role}
          x={x}
          y={y}
          textAnchor={anchor}
          fontSize={CABLE_TEXT_SIZE * letters}
          strokeWidth={4 * letters}
        >
          {text}
        </text>
      ))}
    </g>
  );
});
