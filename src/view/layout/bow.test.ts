// The sine without the machine's.

import { expect, it } from 'vitest';
import { sine } from './bow.js';

it('the sine is right to two thousandths, all around', () => {
  for (let degrees = -360; degrees <= 360; degrees++)
    expect(Math.abs(sine(degrees) - Math.sin((degrees * Math.PI) / 180))).toBeLessThan(0.002);
});
