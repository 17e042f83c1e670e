// The display filters that were used last, the latest first; kept on this device.

import { useState } from 'react';
import { keep, kept } from './kept-choice.js';

const MOST = 10;
const MOST_LENGTH = 300;

export function useFilterHistory(): readonly [readonly string[], (filter: string) => void] {
  const [filters, setFilters] = useState<readonly string[]>(() => kept('filters', readFilters, []));
  const add = (filter: string): void => {
    if (filter === '' || filter.length > MOST_LENGTH || filters[0] === filter) return;
    const next = [filter, ...filters.filter((one) => one !== filter)].slice(0, MOST);
    keep('filters', next);
    setFilters(next);
  };
  return [filters, add];
}

function readFilters(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.every((one) => typeof one === 'string')
    ? value.slice(0, MOST)
    : undefined;
}
