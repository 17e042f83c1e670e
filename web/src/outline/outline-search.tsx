// The search of the outline: filters the steps, counts them, and goes from one to the next.

import type { KeyboardEvent } from 'react';
import { goToStep } from '../state/actions.js';
import { page, usePage } from '../state/store.js';
import { placeBeside } from './outline-items.js';
import style from './outline-pane.module.css';

export interface OutlineSearchProps {
  readonly query: string;
  readonly setQuery: (query: string) => void;
  /** Of the steps that fit. */
  readonly places: readonly number[];
  readonly total: number;
}

export function OutlineSearch({ query, setQuery, places, total }: OutlineSearchProps) {
  const searching = query.trim() !== '';
  const go = (way: 1 | -1): void => {
    const { step } = page();
    const next = placeBeside(places, step, way);
    const [first, last] = [places[0], places.at(-1)];
    if (next === undefined || first === undefined || last === undefined) return;
    // Round and round: after the last hit comes the first.
    const beyond = way === 1 ? step >= last : step <= first;
    goToStep(beyond ? (way === 1 ? first : last) : next);
  };
  const press = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.key === 'Enter' && searching) go(event.shiftKey ? -1 : 1);
    else if (event.key === 'Escape') {
      if (query === '') event.currentTarget.blur();
      setQuery('');
    } else return;
    event.preventDefault();
  };
  return (
    <search className={style.search} aria-label="Steps">
      <label className="unseen" htmlFor="outline-search">
        Search the steps
      </label>
      <input
        id="outline-search"
        className={style.field}
        type="search"
        autoComplete="off"
        spellCheck={false}
        placeholder="Search the steps"
        aria-keyshortcuts="/"
        maxLength={200}
        value={query}
        onChange={(event) => setQuery(event.target.value)}
        onKeyDown={press}
      />
      {searching ? (
        <div className={style.hits}>
          <p role="status">
            <Hits places={places} total={total} />
          </p>
          <button type="button" className={style.small} disabled={places.length === 0} onClick={() => go(-1)}>
            Previous
          </button>
          <button type="button" className={style.small} disabled={places.length === 0} onClick={() => go(1)}>
            Next
          </button>
        </div>
      ) : null}
    </search>
  );
}

function Hits({ places, total }: { readonly places: readonly number[]; readonly total: number }) {
  const at = usePage((state) => places.indexOf(state.step));
  const hits = `${places.length} ${places.length === 1 ? 'hit' : 'hits'}`;
  return at < 0 ? `${hits} in ${total} steps` : `${at + 1} of ${hits}`;
}
