import type { Backend } from '../backend/backend';

/**
 * Recordings as somebody asks to hear them, one at a time. The link opens in the browser without ever being here: all
 * that is held is how the last wish went.
 */
export class Recordings {
  readonly #backend: Backend;
  #fetching = $state<string | null>(null);
  #opened = $state<string | null>(null);
  #failed = $state.raw<{ record: string; error: unknown } | null>(null);

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** The one that is being fetched now. */
  get fetching(): string | null {
    return this.#fetching;
  }
  /** The one that went to the browser last. */
  get opened(): string | null {
    return this.#opened;
  }

  failure(record: string): unknown {
    return this.#failed?.record === record ? this.#failed.error : null;
  }

  /** `record` is the id of the log's entry, or the provider's id of the call. */
  async open(account: string, record: string): Promise<void> {
    if (this.#fetching !== null) return;
    this.#fetching = record;
    this.#opened = null;
    this.#failed = null;
    try {
      await this.#backend.openRecording(account, record);
      this.#opened = record;
    } catch (error) {
      this.#failed = { record, error };
    } finally {
      this.#fetching = null;
    }
  }
}
