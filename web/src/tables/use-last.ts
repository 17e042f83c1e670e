// The last value that was there: while the next one is waited for, nothing is shown half.

import { useEffect, useRef } from 'react';

export function useLast<T>(value: T | undefined): T | undefined {
  const last = useRef(value);
  useEffect(() => {
    if (value !== undefined) last.current = value;
  }, [value]);
  return value ?? last.current;
}
