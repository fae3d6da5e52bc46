import { SvelteMap } from 'svelte/reactivity';

import type { Backend } from '../backend/backend';
import type { CallbackView } from '../backend/types';
import type { Choice } from './dial.svelte';
import type { Wish } from './placing.svelte';
import { byTime } from '../shared/instants';
import { certain, nameOf } from './contact';

/** Whom a new callback is for, as far as the place knows where it was asked for. */
export interface CallbackWish {
  target: string;
  /** For people: the number. */
  shown: string;
  contact: string | null;
  name: string | null;
  /** None: the account in use. */
  account: string | null;
  from: string | null;
}

/** The promises to call somebody back: those that are open, and which dialog is open about one. */
export class Callbacks {
  readonly #backend: Backend;
  readonly #all = new SvelteMap<string, CallbackView>();
  #error = $state.raw<unknown>(null);
  #loading = $state(true);
  #making = $state.raw<CallbackWish | null>(null);
  #noted = $state.raw<CallbackView | null>(null);
  #unlisten: (() => void) | undefined;

  readonly #open = $derived([...this.#all.values()].filter(({ state }) => state === 'open').sort(byUrgency));
  readonly #closed = $derived(
    [...this.#all.values()].filter(({ state }) => state !== 'open').sort((a, b) => byTime(b.made_at, a.made_at)),
  );

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Overdue ones first, then by their time. */
  get open(): CallbackView[] {
    return this.#open;
  }
  /** Those that were done or dropped, the latest made first; as far as they were asked for. */
  get closed(): CallbackView[] {
    return this.#closed;
  }
  get loading(): boolean {
    return this.#loading;
  }
  get error(): unknown {
    return this.#error;
  }
  get overdue(): number {
    return this.#open.filter(({ overdue }) => overdue).length;
  }
  /** The dialog for a new callback is open for this. */
  get making(): CallbackWish | null {
    return this.#making;
  }

  /** The callback that was just made, until it has been told. */
  get noted(): CallbackView | null {
    return this.#noted;
  }

  note(callback: CallbackView | null): void {
    this.#noted = callback;
  }

  /** Opens the dialog for a new callback. */
  begin(wish: CallbackWish): void {
    this.#making = wish;
  }

  close(): void {
    this.#making = null;
  }

  /** Listens first and asks then, so that nothing falls between. */
  async start(): Promise<void> {
    this.stop();
    try {
      this.#unlisten = await this.#backend.listen((event) => {
        if (event.type === 'callback') this.adopt(event.callback);
      });
    } catch (error) {
      this.#error = error;
      return;
    }
    await this.load(false);
  }

  stop(): void {
    this.#unlisten?.();
    this.#unlisten = undefined;
  }

  /** Asks the engine; with `all` also for those that were done or dropped. */
  async load(all: boolean): Promise<void> {
    try {
      for (const callback of await this.#backend.callbacks(all)) this.adopt(callback);
      this.#error = null;
    } catch (error) {
      this.#error = error;
    } finally {
      this.#loading = false;
    }
  }

  /** Takes the newer of what is held and what was told: replies and events come by different ways. */
  adopt(callback: CallbackView): void {
    const held = this.#all.get(callback.id);
    if (!held || Date.parse(held.changed_at) <= Date.parse(callback.changed_at)) this.#all.set(callback.id, callback);
  }
}

/** Whom keeping a callback calls. */
export function choiceOfCallback({ target, contact, name, shown }: CallbackView): Choice {
  return {
    target,
    contact: certain(contact)?.id ?? null,
    name: nameOf(contact) ?? name,
    company: contact?.company ?? null,
    national: shown.national,
    international: shown.international,
    label: null,
  };
}

/** The call that keeps a callback. */
export function wishOfCallback(callback: CallbackView): Wish {
  const { id, target, account, contact, name, caller_id, shown } = callback;
  const who = nameOf(contact) ?? name ?? shown.national;
  return { target, shown: who, contact: certain(contact)?.id ?? null, account, from: caller_id, note: null, callback: id };
}

function byUrgency(a: CallbackView, b: CallbackView): number {
  if (a.overdue !== b.overdue) return a.overdue ? -1 : 1;
  return Date.parse(a.due_at) - Date.parse(b.due_at);
}
