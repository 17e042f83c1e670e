// Proofs in two lengths: with every run of the tests a short one, and with WIREWALK_LONG=1 the whole.

export const isLong = process.env.WIREWALK_LONG === '1';

/** One of two numbers, by the length that is wanted. */
export function sized(short: number, long: number): number {
  return isLong ? long : short;
}

/** For tests that take long when they are long. */
export const PATIENCE = sized(60_000, 3_600_000);
