// The player: first, back, play, forward, last; how fast; and where the walk is.

import type { ReactNode } from 'react';
import { formatDuration } from 'wirewalk';
import { goToEnd, goToStart, setSpeed, stepBack, stepForward, togglePlay } from '../state/actions.js';
import { usePage } from '../state/store.js';
import { momentTime } from './moment-time.js';
import style from './timeline.module.css';

const SPEEDS: readonly number[] = [0.25, 0.5, 1, 2, 4, 8];

export function Player() {
  const playing = usePage((state) => state.playing);
  const isFirst = usePage((state) => state.step <= 0);
  const isLast = usePage((state) => state.step >= (state.run?.steps.length ?? 0) - 1);
  return (
    // biome-ignore lint/a11y/useSemanticElements: no fieldset, it is no form
    <div className={style.player} role="group" aria-label="Player">
      <PlayerButton name="First step" keys="Home" isOff={isFirst} act={goToStart}>
        <path d="M4 3.5V12.5M13 3.5L6.5 8L13 12.5Z" />
      </PlayerButton>
      <PlayerButton name="Step back" keys="←" isOff={isFirst} act={stepBack}>
        <path d="M10.5 3.5L4.5 8L10.5 12.5Z" />
      </PlayerButton>
      <PlayerButton name={playing ? 'Pause' : 'Play'} keys="Space" isOff={false} isMain act={togglePlay}>
        {playing ? <path d="M5.5 3.5V12.5M10.5 3.5V12.5" /> : <path d="M5 3L12.5 8L5 13Z" />}
      </PlayerButton>
      <PlayerButton name="Step forward" keys="→" isOff={isLast} act={stepForward}>
        <path d="M5.5 3.5L11.5 8L5.5 12.5Z" />
      </PlayerButton>
      <PlayerButton name="Last step" keys="End" isOff={isLast} act={goToEnd}>
        <path d="M12 3.5V12.5M3 3.5L9.5 8L3 12.5Z" />
      </PlayerButton>
      <Speed />
    </div>
  );
}

interface PlayerButtonProps {
  readonly name: string;
  readonly keys: string;
  /** Nothing to do: still there for who has it in focus. */
  readonly isOff: boolean;
  readonly isMain?: boolean;
  readonly act: () => void;
  readonly children: ReactNode;
}

function PlayerButton({ name, keys, isOff, isMain = false, act, children }: PlayerButtonProps) {
  return (
    <button
      type="button"
      className={style.button}
      data-main={isMain || undefined}
      aria-label={name}
      aria-disabled={isOff}
      title={`${name} (${keys})`}
      onClick={() => {
        if (!isOff) act();
      }}
    >
      <svg viewBox="0 0 16 16" aria-hidden="true">
        {children}
      </svg>
    </button>
  );
}

function Speed() {
  const speed = usePage((state) => state.speed);
  const speeds = SPEEDS.includes(speed) ? SPEEDS : [...SPEEDS, speed].sort((a, b) => a - b);
  return (
    <label className={style.speed}>
      <span className="unseen">Speed</span>
      <select
        value={speed}
        onChange={(event) => setSpeed(Number(event.target.value))}
        title="Speed of playing"
      >
        {speeds.map((one) => (
          <option key={one} value={one}>
            {one}×
          </option>
        ))}
      </select>
    </label>
  );
}

/** `step 2c · 17 of 136 · 12.062 ms` */
export function Position() {
  const run = usePage((state) => state.run);
  const step = usePage((state) => state.step);
  const time = usePage(momentTime);
  const head = run?.steps[step];
  if (run === undefined || head === undefined) return null;
  return (
    <p className={style.position}>
      <span>
        step <strong>{head.id}</strong>
      </span>
      <span>
        {step + 1} of {run.steps.length}
      </span>
      <span>{formatDuration(time)}</span>
    </p>
  );
}
