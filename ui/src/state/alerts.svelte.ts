import { SvelteMap } from 'svelte/reactivity';

import type { Backend } from '../backend/backend';
import type { AlertView, AttentionView, DisturbWish, EngineEvent, Snapshot } from '../backend/types';
import { byTime } from '../shared/instants';

/** What the agent was told of, what of it waits, and until when nothing may disturb: a copy of what the engine says. */
export class Alerts {
  readonly #backend: Backend;
  readonly #all = new SvelteMap<string, AlertView>();
  #attention = $state.raw<AttentionView | null>(null);
  #error = $state.raw<unknown>(null);

  readonly #list = $derived([...this.#all.values()].sort((a, b) => byTime(b.at, a.at)));

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** The latest first. */
  get list(): AlertView[] {
    return this.#list;
  }
  get missed(): number {
    return this.#attention?.missed ?? 0;
  }
  get unseen(): number {
    return this.#attention?.unseen ?? 0;
  }
  /** Nothing may disturb now. */
  get quiet(): AttentionView['do_not_disturb'] | null {
    return this.#attention?.do_not_disturb ?? null;
  }
  /** Why the last wish was not followed. */
  get error(): unknown {
    return this.#error;
  }

  isSeen(alert: AlertView): boolean {
    const upTo = this.#attention?.seen_up_to;
    return alert.seen || (upTo != null && byTime(alert.at, upTo) <= 0);
  }

  take({ alerts, status }: Snapshot): void {
    this.#all.clear();
    for (const alert of alerts ?? []) this.#all.set(alert.id, alert);
    this.#attention = status.attention ?? null;
  }

  hear(event: EngineEvent): void {
    if (event.type === 'alert') this.#all.set(event.alert.id, event.alert);
    else if (event.type === 'attention') this.#attention = event.attention;
  }

  /** The agent looks at alerts up to this one: what counts as seen is the engine's to say. */
  async see(latest: AlertView): Promise<void> {
    if (!this.isSeen(latest)) await this.#ask(() => this.#backend.alertsSeen(latest.at));
  }

  async doNotDisturb(span: DisturbWish): Promise<void> {
    await this.#ask(() => this.#backend.doNotDisturb(span));
  }

  async #ask(wish: () => Promise<AttentionView>): Promise<void> {
    try {
      this.#attention = await wish();
      this.#error = null;
    } catch (error) {
      this.#error = error;
    }
  }
}
