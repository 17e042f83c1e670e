// A choice that is remembered on this device, from one visit to the next.

import { useState } from 'react';

/** What was kept under a name, if `read` finds it sound; `otherwise` when nothing is kept, or nothing may be. */
export function kept<T>(name: string, read: (value: unknown) => T | undefined, otherwise: T): T {
  try {
    const text = localStorage.getItem(`wirewalk.${name}`);
    return (text === null ? undefined : read(JSON.parse(text))) ?? otherwise;
  } catch {
    return otherwise;
  }
}

export function keep(name: string, value: unknown): void {
  try {
    localStorage.setItem(`wirewalk.${name}`, JSON.stringify(value));
  } catch {
    // A private window, or no room left: the choice holds as long as the page is open.
  }
}

/** One of a few words, remembered. */
export function useKeptChoice<const T extends string>(
  name: string,
  choices: readonly T[],
  otherwise: T,
): readonly [T, (choice: T) => void] {
  const [choice, setChoice] = useState<T>(() =>
    kept(name, (value) => choices.find((one) => one === value), otherwise),
  );
  return [
    choice,
    (next) => {
      keep(name, next);
      setChoice(next);
    },
  ];
}
