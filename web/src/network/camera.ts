// What of the picture is in view: pan and zoom as numbers, apart from React, so that moving costs no rendering.

import type { Rect } from './geometry.js';

const LARGEST = 4;
const LARGEST_FIT = 1.2;
/** How much of the picture stays in view, in px. */
const KEPT = 64;
const GLIDE_MS = 220;

/** A point of the picture is seen at `scale × point + (x, y)`. */
export class Camera {
  x = 0;
  y = 0;
  scale = 1;
  /** Of the place where the picture is seen, in px. */
  width = 0;
  height = 0;
  /** Somebody moved it: it does not fit itself any more. */
  touched = false;
  private contentWidth = 1;
  private contentHeight = 1;
  /** Room below the picture that something else takes, in px. */
  private below = 0;
  private gliding = 0;
  private waiting = 0;
  private readonly watchers = new Set<() => void>();

  /** Calls now and after every move, at most once per frame of the screen, until the returned function is called. */
  watch(watcher: () => void): () => void {
    this.watchers.add(watcher);
    watcher();
    return () => this.watchers.delete(watcher);
  }

  /** What is drawn at a size of its own, whatever the scale: is made larger by this. Close up it grows a little too. */
  get unzoom(): number {
    return lettersOfPage() / (this.scale < 1 ? this.scale : Math.sqrt(this.scale));
  }

  /** The picture, or its place, has another size. */
  resize(width: number, height: number, contentWidth: number, contentHeight: number, below: number): void {
    if (width === 0 || height === 0) return;
    const same = this.contentWidth === contentWidth && this.contentHeight === contentHeight;
    const [movedX, movedY] = [(width - this.width) / 2, (height - this.height) / 2];
    const first = this.width === 0;
    Object.assign(this, { width, height, contentWidth, contentHeight, below });
    if (!this.touched || !same || first) this.fit();
    else this.set(this.scale, this.x + movedX, this.y + movedY);
    // At once: nothing is to be seen at the place where it was.
    this.tell();
  }

  /** Everything in view, as large as is useful. */
  fit(glides = false): void {
    this.touched = false;
    const scale = this.fittingScale();
    const x = (this.width - this.contentWidth * scale) / 2;
    const y = (this.height - this.below - this.contentHeight * scale) / 2;
    this.to(scale, x, y, glides);
  }

  /** Larger (above 1) or smaller around a point of the place, by default its middle. */
  zoom(factor: number, atX = this.width / 2, atY = this.height / 2, glides = false): void {
    this.touched = true;
    const least = Math.min(this.fittingScale() / 1.5, 0.5);
    const scale = Math.max(least, Math.min(LARGEST, this.scale * factor));
    const grow = scale / this.scale;
    this.to(scale, atX - (atX - this.x) * grow, atY - (atY - this.y) * grow, glides);
  }

  pan(dx: number, dy: number, glides = false): void {
    this.touched = true;
    this.to(this.scale, this.x + dx, this.y + dy, glides);
  }

  /** Moves just so far that a box of the picture is in view; a box that is in view moves nothing. */
  reveal(box: Rect, margin: number): void {
    const [left, right] = [box.left * this.scale + this.x, box.right * this.scale + this.x];
    const [top, bottom] = [box.top * this.scale + this.y, box.bottom * this.scale + this.y];
    const height = this.height - this.below;
    if (left >= 0 && right <= this.width && top >= 0 && bottom <= height) return;
    const dx = shift(left, right, this.width, margin);
    const dy = shift(top, bottom, height, margin);
    // What is far away is simply there: a long flight shows nothing and makes dizzy.
    const isNear = Math.abs(dx) < this.width && Math.abs(dy) < this.height;
    this.to(this.scale, this.x + dx, this.y + dy, isNear);
  }

  /** The part of the picture that is in view. */
  view(): Rect {
    return {
      left: -this.x / this.scale,
      top: -this.y / this.scale,
      right: (this.width - this.x) / this.scale,
      bottom: (this.height - this.y) / this.scale,
    };
  }

  stop(): void {
    cancelAnimationFrame(this.gliding);
    cancelAnimationFrame(this.waiting);
    this.waiting = 0;
  }

  private fittingScale(): number {
    const height = Math.max(1, this.height - this.below);
    return Math.min(
      this.width / this.contentWidth,
      height / this.contentHeight,
      LARGEST_FIT * lettersOfPage(),
    );
  }

  private to(scale: number, x: number, y: number, glides: boolean): void {
    cancelAnimationFrame(this.gliding);
    if (!glides || prefersStillness()) {
      this.set(scale, x, y);
      return;
    }
    const from = { scale: this.scale, x: this.x, y: this.y };
    const began = performance.now();
    const tick = (now: number): void => {
      const part = Math.min(1, Math.max(0, (now - began) / GLIDE_MS));
      const eased = 1 - (1 - part) ** 3;
      const between = (a: number, b: number): number => a + (b - a) * eased;
      this.set(between(from.scale, scale), between(from.x, x), between(from.y, y));
      if (part < 1) this.gliding = requestAnimationFrame(tick);
    };
    this.gliding = requestAnimationFrame(tick);
  }

  private set(scale: number, x: number, y: number): void {
    this.scale = scale;
    this.x = kept(x, this.contentWidth * scale, this.width);
    this.y = kept(y, this.contentHeight * scale, this.height);
    this.waiting ||= requestAnimationFrame(() => {
      this.waiting = 0;
      this.tell();
    });
  }

  private tell(): void {
    for (const watcher of this.watchers) watcher();
  }
}

/** No picture is blown up beyond this scale when it is fitted. */
export function largestFit(): number {
  return LARGEST_FIT * lettersOfPage();
}

let letters = 0;

/** How much larger than usual the page's letters are: a screen that wants larger ones wants a larger picture too. */
export function lettersOfPage(): number {
  if (letters === 0) readLetters();
  return letters;
}

/** They may have changed. To be called when everything is laid out, or it is laid out for this. */
export function readLetters(): void {
  letters = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16 || 1;
}

/** Not so far aside that nothing of the picture is left to see. */
function kept(at: number, size: number, place: number): number {
  const least = Math.min(KEPT, size) - size;
  const most = place - Math.min(KEPT, size);
  return Math.max(least, Math.min(most, at));
}

function shift(low: number, high: number, size: number, margin: number): number {
  if (low < margin) return margin - low;
  if (high > size - margin) return Math.max(size - margin - high, margin - low);
  return 0;
}

export function prefersStillness(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}
