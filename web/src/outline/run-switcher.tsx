// When there are branches: which run is looked at.

import { useId } from 'react';
import { switchRun } from '../state/actions.js';
import { usePage } from '../state/store.js';
import style from './run-switcher.module.css';

export function RunSwitcher() {
  const runs = usePage((state) => state.runs);
  const run = usePage((state) => state.run);
  const name = useId();
  if (runs.length < 2 || run === undefined) return null;
  return (
    <fieldset className={style.runs}>
      <legend className={style.legend}>Runs</legend>
      {runs.map((one) => (
        <label key={one.run} className={style.run} title={one.label}>
          <input type="radio" name={name} checked={one === run} onChange={() => switchRun(one)} />
          <RunLabel label={one.label} />
        </label>
      ))}
    </fieldset>
  );
}

/** `branch 1: pc: ping 192.0.2.1, after 2c` with its first word set off. */
function RunLabel({ label }: { readonly label: string }) {
  const colon = label.indexOf(': ');
  if (colon < 0) return <span className={style.label}>{label}</span>;
  return (
    <span className={style.label}>
      <strong>{label.slice(0, colon)}</strong> <span className={style.what}>{label.slice(colon + 2)}</span>
    </span>
  );
}
