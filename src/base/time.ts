// Simulated time: nanoseconds since the start of the run, as an integer in a double (exact for 104 days).

/** Nanoseconds. */
export type Time = number;

export const MICROSECOND: Time = 1_000;
export const MILLISECOND: Time = 1_000_000;
export const SECOND: Time = 1_000_000_000;
export const MINUTE: Time = 60 * SECOND;
export const HOUR: Time = 60 * MINUTE;
export const NEVER: Time = Number.POSITIVE_INFINITY;

const UNITS: Readonly<Record<string, Time>> = {
  ns: 1,
  us: MICROSECOND,
  µs: MICROSECOND,
  ms: MILLISECOND,
  s: SECOND,
  m: MINUTE,
  min: MINUTE,
  h: HOUR,
  d: 24 * HOUR,
};

/** Reads `10ms`, `1.5 s`, `5min`, `0`; undefined when the text is no duration. The result is a whole number of ns. */
export function parseDuration(text: string): Time | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([a-zµ]*)\s*$/.exec(text);
  if (!match) return undefined;
  const amount = Number(match[1]);
  const unit = match[2] as string;
  if (unit === '') return amount === 0 ? 0 : undefined;
  const factor = Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined;
  return factor === undefined ? undefined : Math.round(amount * factor);
}

/** A duration in the largest unit that keeps it at or above 1: `12.5 ms`, `3 s`, `4 min`. */
export function formatDuration(time: Time): string {
  if (time === NEVER) return 'never';
  for (const [unit, factor] of [
    ['h', HOUR],
    ['min', MINUTE],
    ['s', SECOND],
    ['ms', MILLISECOND],
    ['µs', MICROSECOND],
  ] as const) {
    if (time >= factor) return `${trimZeros((time / factor).toFixed(3))} ${unit}`;
  }
  return `${time} ns`;
}

/** Seconds with six decimals, as packet lists show them: `0.001024`. */
export function formatSeconds(time: Time): string {
  const micro = Math.round(time / MICROSECOND);
  return `${Math.floor(micro / 1e6)}.${String(micro % 1e6).padStart(6, '0')}`;
}

function trimZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
