/** Work that a person asks for and that may fail: whether it is under way, and why it failed last. */
export class Attempt {
  #busy = $state(false);
  #error = $state.raw<unknown>(null);

  get busy(): boolean {
    return this.#busy;
  }
  /** Null while nothing is wrong. */
  get error(): unknown {
    return this.#error;
  }

  /** Does the work, unless some is under way. */
  async run(work: () => Promise<void>): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    this.#error = null;
    try {
      await work();
    } catch (thrown) {
      this.#error = thrown;
    } finally {
      this.#busy = false;
    }
  }
}
