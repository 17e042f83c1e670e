// How much the picture shows at a scale: the smaller it is, the larger its letters and the fewer of them.

/** Sizes of the parts of a card, in px of the picture; `lines` of its label. */
export interface CardDetail {
  readonly icon: number;
  readonly name: number;
  readonly label: number;
  readonly lines: number;
}

export interface Detail {
  /** From this scale up. */
  readonly from: number;
  /** Undefined: devices are seen as dots. */
  readonly card: CardDetail | undefined;
  /** Letters on cables are so many times the layout's; 0: no letters. */
  readonly letters: number;
  /** Are delay and rate on every cable, or on the one that is looked at? */
  readonly properties: boolean;
}

const card = (icon: number, name: number, label: number, lines: number): CardDetail => ({
  icon,
  name,
  label,
  lines,
});

/** From large to small, so that letters are about 10 px high on the screen at least. */
const DETAILS: readonly Detail[] = [
  { from: 1.4, card: card(26, 13, 11, 2), letters: 0.75, properties: true },
  { from: 0.95, card: card(26, 13, 11, 2), letters: 1, properties: false },
  { from: 0.8, card: card(25, 15, 12.5, 2), letters: 1.2, properties: false },
  { from: 0.68, card: card(24, 16.5, 13.5, 2), letters: 1.42, properties: false },
  { from: 0.58, card: card(26, 19, 15.5, 1), letters: 1.65, properties: false },
  { from: 0.49, card: card(28, 22, 0, 0), letters: 1.95, properties: false },
  { from: 0.42, card: card(30, 25, 0, 0), letters: 2.3, properties: false },
  { from: 0.22, card: card(32, 31, 0, 0), letters: 0, properties: false },
  { from: 0, card: undefined, letters: 0, properties: false },
];

export function detailAt(scale: number): Detail {
  return DETAILS.find(({ from }) => scale >= from) as Detail;
}
