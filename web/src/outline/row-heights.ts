// How high the rows of a long list are and where each begins: estimated first, known once it has been drawn.

export class RowHeights {
  readonly count: number;
  private readonly heights: Float64Array;
  /** Where each row begins; one more for the end of the list. */
  private readonly tops: Float64Array;
  /** Tops behind this row are out of date. */
  private stale = 0;

  /** @param estimate px of a row, from 0 */
  constructor(count: number, estimate: (row: number) => number) {
    this.count = count;
    this.heights = Float64Array.from({ length: count }, (_, row) => estimate(row));
    this.tops = new Float64Array(count + 1);
  }

  /** px from the beginning of the list to a row; of `count`, to its end. */
  top(row: number): number {
    const { heights, tops, count } = this;
    for (; this.stale < count; this.stale++)
      tops[this.stale + 1] = (tops[this.stale] as number) + (heights[this.stale] as number);
    return tops[Math.max(0, Math.min(row, count))] as number;
  }

  /** The row in which a place of the list lies; the nearest one for places outside. */
  at(offset: number): number {
    let low = 0;
    let high = Math.max(0, this.count - 1);
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.top(middle) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** The row has been drawn. */
  set(row: number, height: number): void {
    if (this.heights[row] === height) return;
    this.heights[row] = height;
    this.stale = Math.min(this.stale, row);
  }
}
