// Before every test file: property tests draw the same cases in every run, so that a red run can be repeated.
// `WIREWALK_SEED=7 npm test` draws others, `WIREWALK_SEED=random` others each time; a failure prints its seed.

import fc from 'fast-check';

const { WIREWALK_SEED: wanted } = process.env;

if (wanted !== 'random') fc.configureGlobal({ seed: Number(wanted ?? 1) });
