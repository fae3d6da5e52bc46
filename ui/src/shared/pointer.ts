/**
 * Tells whether a pointer was moved: a list that comes up, or changes, under one at rest sends the same events, and must not
 * take that for a choice.
 */
export class Pointer {
  #at: { x: number; y: number } | null = null;

  /** Something else is shown: where the pointer rests now is where it begins. */
  still(): void {
    this.#at = null;
  }

  moved({ screenX: x, screenY: y }: PointerEvent): boolean {
    const before = this.#at;
    this.#at = { x, y };
    return before !== null && (before.x !== x || before.y !== y);
  }
}
