import { SvelteMap } from 'svelte/reactivity';

import type { Backend } from '../backend/backend';

/** How long a deletion can be taken back. */
export const UNDO_MS = 10_000;

export interface PendingDelete {
  account: string;
  id: string;
  name: string;
  /** When it is sent, in milliseconds since the epoch. */
  at: number;
  timer: ReturnType<typeof setTimeout>;
}

/**
 * Deletions of endpoints that can still be taken back. Nothing is sent until the time is over, so a window that closes
 * meanwhile loses nothing: the endpoint stays. The time runs on while another view is shown.
 */
export class EndpointDeletes {
  readonly #backend: Backend;
  readonly #pending = new SvelteMap<string, PendingDelete>();
  readonly #failed = new SvelteMap<string, unknown>();
  /** Grows with each deletion that was done: lists are to be asked for again. */
  #done = $state(0);

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  get done(): number {
    return this.#done;
  }

  pending(account: string, id: string): PendingDelete | undefined {
    return this.#pending.get(key(account, id));
  }

  failure(account: string, id: string): unknown {
    return this.#failed.get(key(account, id));
  }

  ask(account: string, id: string, name: string): void {
    const of = key(account, id);
    if (this.#pending.has(of)) return;
    this.#failed.delete(of);
    const timer = setTimeout(() => void this.#send(account, id), UNDO_MS);
    this.#pending.set(of, { account, id, name, at: Date.now() + UNDO_MS, timer });
  }

  undo(account: string, id: string): void {
    const of = key(account, id);
    clearTimeout(this.#pending.get(of)?.timer);
    this.#pending.delete(of);
  }

  async #send(account: string, id: string): Promise<void> {
    const of = key(account, id);
    try {
      await this.#backend.endpoints(account, { verb: 'delete', id });
      this.#done += 1;
    } catch (error) {
      this.#failed.set(of, error);
    } finally {
      this.#pending.delete(of);
    }
  }
}

function key(account: string, id: string): string {
  return `${account}/${id}`;
}
