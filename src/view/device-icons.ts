// A drawing for each kind of device, as lines on a grid of 24 × 24: to be stroked, not filled, 1.75 wide with round ends.

/** By kind of node: the paths (`d` attributes) of its icon. For kinds that may be missing here see {@link deviceIcon}. */
export const DEVICE_ICONS: Readonly<Record<string, readonly string[]>> = {
  // A screen on its foot.
  host: [
    'M4 4h16a1.5 1.5 0 0 1 1.5 1.5v9.5a1.5 1.5 0 0 1-1.5 1.5H4A1.5 1.5 0 0 1 2.5 15V5.5A1.5 1.5 0 0 1 4 4z',
    'M12 16.5V20.25',
    'M7.5 20.25h9',
  ],
  // A box that passes things on in both directions.
  switch: [
    'M4.5 4h15A1.5 1.5 0 0 1 21 5.5v13a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 18.5v-13A1.5 1.5 0 0 1 4.5 4z',
    'M7 9.25h10',
    'M14.75 7 17 9.25l-2.25 2.25',
    'M17 14.75H7',
    'M9.25 12.5 7 14.75 9.25 17',
  ],
  // A crossroads: in from two sides, out to two others.
  router: [
    'M12 2.75a9.25 9.25 0 1 1 0 18.5a9.25 9.25 0 0 1 0-18.5z',
    'M5.5 12h4.5',
    'M8.25 10.25 10 12 8.25 13.75',
    'M18.5 12H14',
    'M15.75 10.25 14 12 15.75 13.75',
    'M12 9.75V5.5',
    'M10.25 7.25 12 5.5 13.75 7.25',
    'M12 14.25V18.5',
    'M10.25 16.75 12 18.5 13.75 16.75',
  ],
  // The house with its radio waves.
  'nat-router': [
    'M2.75 11.75 12 3.75l9.25 8',
    'M5.25 10v10.25h13.5V10',
    'M8.5 13.75a5 5 0 0 1 7 0',
    'M10.4 16a2.3 2.3 0 0 1 3.2 0',
    'M12 18.1v.01',
  ],
  // A plug: the way out of the simulated network.
  tap: ['M9 2.75V8', 'M15 2.75V8', 'M6 8h12v3.25a6 6 0 0 1-12 0z', 'M12 17.25v4'],
};

/** A box: for kinds that nobody has drawn yet. */
const UNKNOWN: readonly string[] = [
  'M12 2.75 20 7.25v9.5L12 21.25 4 16.75v-9.5z',
  'M4 7.25l8 4.5 8-4.5',
  'M12 11.75v9.5',
];

/** The icon of a kind; a plain box when there is none. */
export function deviceIcon(kind: string): readonly string[] {
  return Object.hasOwn(DEVICE_ICONS, kind) ? DEVICE_ICONS[kind] : UNKNOWN;
}
