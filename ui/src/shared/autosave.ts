const PAUSE_MS = 400;

/**
 * Saves text a moment after the last key, and at once when asked to. Text typed while a save is under way is saved
 * after it: the last text always wins.
 */
export class Autosave {
  readonly #save: (text: string) => Promise<void>;
  readonly #failed: (error: unknown) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #waiting: string | undefined;
  #saving: Promise<void> = Promise.resolve();

  constructor(save: (text: string) => Promise<void>, failed: (error: unknown) => void = () => {}) {
    this.#save = save;
    this.#failed = failed;
  }

  changed(text: string): void {
    this.#waiting = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), PAUSE_MS);
  }

  flush(): Promise<void> {
    clearTimeout(this.#timer);
    const text = this.#waiting;
    if (text === undefined) return this.#saving;
    this.#waiting = undefined;
    this.#saving = this.#saving.then(() => this.#save(text)).catch(this.#failed);
    return this.#saving;
  }
}
