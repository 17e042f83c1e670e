// Playing: one step after the other until the end, or until somebody pauses.

import { useEffect } from 'react';
import { stepForward } from '../state/actions.js';
import { update, usePage } from '../state/store.js';

/** From step to step at usual speed, in ms: longer than frames take along their cables. */
const STEP_MS = 1200;

export function usePlaying(): void {
  const playing = usePage((state) => state.playing);
  const speed = usePage((state) => state.speed);
  const step = usePage((state) => state.step);
  const last = usePage((state) => (state.run?.steps.length ?? 0) - 1);
  useEffect(() => {
    if (!playing) return;
    if (step >= last) {
      update({ playing: false });
      return;
    }
    const timer = setTimeout(stepForward, STEP_MS / speed);
    return () => clearTimeout(timer);
  }, [playing, speed, step, last]);
}
