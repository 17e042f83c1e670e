// Says at which moment one stands, and what typing here does.

import { formatDuration } from 'wirewalk';
import { type PageState, usePage } from '../state/store.js';
import style from './console-pane.module.css';

export function MomentBanner() {
  const id = usePage(({ run, step }) => run?.steps[step]?.id);
  const time = usePage(({ run, step }) => run?.steps[step]?.time ?? 0);
  const branch = usePage(carriedOn);
  const runs = usePage((state) => state.runs.length);
  return (
    <p className={style.moment}>
      {id === undefined ? (
        'Before anything happened'
      ) : (
        <>
          At step <strong>{id}</strong>, {formatDuration(time)}
        </>
      )}
      {branch > 0
        ? `, the end of branch ${branch}: what you type here carries it on. The first run stays.`
        : `: what you type here goes on from this moment as ${runs > 1 ? 'another branch' : 'a branch'} of the run. The first run stays.`}
    </p>
  );
}

/** Number of the branch that a command would carry on; 0 when it would begin another one. */
function carriedOn({ run, runs, seq }: PageState): number {
  const last = run?.typed.at(-1);
  return run !== undefined && last !== undefined && seq >= last.ended ? runs.indexOf(run) : 0;
}
