// What somebody chose in the packet pane. It outlives the pane, so that another tab and back changes nothing.

import { useCallback, useState } from 'react';

interface Kept {
  /** Key of the chosen field; of another frame it is the same field. */
  readonly selected: string;
  /** Fields that somebody opened or closed, by key. */
  readonly toggled: ReadonlyMap<string, boolean>;
}

let kept: Kept = { selected: '', toggled: new Map() };

/** Like `useState`, kept from one time the pane is seen to the next. */
export function useKept<Name extends keyof Kept>(
  name: Name,
): [Kept[Name], (change: (now: Kept[Name]) => Kept[Name]) => void] {
  const [value, setValue] = useState(kept[name]);
  const change = useCallback(
    (next: (now: Kept[Name]) => Kept[Name]) => {
      kept = { ...kept, [name]: next(kept[name]) };
      setValue(kept[name]);
    },
    [name],
  );
  return [value, change];
}
