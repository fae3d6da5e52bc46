/**
 * Where a very long list stands when no element can be as high as all its rows: WebKit draws nothing beyond some 33
 * million pixels, and a million rows are more.
 *
 * The bar scrolls an element of at most {@link HIGHEST} pixels. A small step of it (a wheel, a finger) moves the rows by
 * as many pixels; a leap (the thumb of the bar) goes to the same share of the list. Without a display: it is told of sizes
 * and of the bar, and says what to draw and where.
 */
export const HIGHEST = 8_000_000;

/** Rows drawn beyond each end of the view, so that a small step shows no gap. */
const BEYOND = 4;

/** A bar at rest keeps this much room towards an end that the list has not reached, so that small steps go on, in pixels. */
const ROOM = 10_000;

export class LongList {
  readonly row: number;
  #count = 0;
  #view = 0;
  /** Pixels of the list above the view, of all its rows. */
  #top = 0;
  /** The bar as it stood last. */
  #bar = 0;

  /** Every row is as high as this, in pixels. */
  constructor(row: number) {
    this.row = row;
  }

  /** Height of the element that scrolls. */
  get height(): number {
    return Math.min(this.#whole, HIGHEST);
  }
  /** The rows to draw, with a few more on both sides; `to` is the first one not drawn. */
  get range(): { from: number; to: number } {
    const from = Math.max(0, Math.floor(this.#top / this.row) - BEYOND);
    return { from, to: Math.min(this.#count, Math.ceil((this.#top + this.#view) / this.row) + BEYOND) };
  }
  /** Where the first drawn row stands in the element that scrolls. */
  get shift(): number {
    return this.#bar - this.#top + this.range.from * this.row;
  }
  /** Whole rows that are in view at a time. */
  get page(): number {
    return Math.max(1, Math.floor(this.#view / this.row));
  }

  /** Other rows, or another view; where the bar is to be put. */
  resize(count: number, view: number): number {
    this.#count = count;
    this.#view = view;
    this.#top = Math.min(this.#top, this.#furthest);
    return this.settled();
  }

  /** The bar was moved to here; where it is to be put instead, if anywhere else. */
  scrolled(bar: number): number | null {
    const step = bar - this.#bar;
    this.#bar = bar;
    // What was asked of the bar comes back rounded.
    if (Math.abs(step) < 1) return null;
    const isLeap = Math.abs(step) > this.#view;
    const top = isLeap && this.#isLong ? (bar / this.#furthestBar) * this.#furthest : this.#top + step;
    this.#top = this.#within(this.#isLong ? top : bar);
    return this.#isLong && this.#isAtWrongEnd ? this.settled() : null;
  }

  /** Where the bar shows how far down the list is. For when the scrolling has come to rest. */
  settled(): number {
    if (!this.#isLong) return (this.#bar = this.#top);
    const [above, below] = [this.#top, this.#furthest - this.#top];
    const share = (above / this.#furthest) * this.#furthestBar;
    const [first, last] = [Math.min(above, ROOM), this.#furthestBar - Math.min(below, ROOM)];
    return (this.#bar = Math.max(first, Math.min(share, last)));
  }

  /** Brings a row into view; where the bar is to be put. */
  reveal(index: number): number {
    const [first, last] = [index * this.row, (index + 1) * this.row - this.#view];
    this.#top = this.#within(Math.max(last, Math.min(this.#top, first)));
    return this.settled();
  }

  get #whole(): number {
    return this.#count * this.row;
  }
  get #isLong(): boolean {
    return this.#whole > HIGHEST;
  }
  get #furthest(): number {
    return Math.max(0, this.#whole - this.#view);
  }
  get #furthestBar(): number {
    return Math.max(1, this.height - this.#view);
  }
  #within(top: number): number {
    return Math.max(0, Math.min(top, this.#furthest));
  }
  /** The bar can go no further, and the list can. */
  get #isAtWrongEnd(): boolean {
    return (this.#bar <= 0 && this.#top > 0) || (this.#bar >= this.#furthestBar && this.#top < this.#furthest);
  }
}
