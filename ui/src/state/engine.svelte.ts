import { SvelteMap, SvelteSet } from 'svelte/reactivity';

import type { Backend } from '../backend/backend';
import type { AccountView, CallView, EngineEvent, LinkView, SettingsView, Snapshot, StatusView } from '../backend/types';
import { Alerts } from './alerts.svelte';
import { byTime } from '../shared/instants';

type Opening = { at: 'loading' } | { at: 'ready' } | { at: 'failed'; error: unknown };

/** Text that another face asks to be put into the field; a new object for each wish. */
export interface Prefill {
  text: string | null;
  /** What came with it in a link. */
  link: LinkView | null;
}

type ImportProgress = Extract<EngineEvent, { type: 'import_progress' }>;

/**
 * What the engine last told: a snapshot at the start, then events, each with the whole new view of one thing.
 * Owns nothing but this copy; it never changes a call by itself.
 */
export class EngineState {
  readonly #backend: Backend;
  readonly alerts: Alerts;
  readonly #calls = new SvelteMap<string, CallView>();
  /** Calls seen running or placed here: their cards stay after the end, those of older history do not appear. */
  readonly #witnessed = new SvelteSet<string>();
  /** How many events had been heard when a call's last one came; a reply older than that is stale. */
  // Nothing on screen is derived from it.
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  readonly #heardAt = new Map<string, number>();
  #heard = 0;
  /** The number of the last event that is known here. */
  #told = 0;
  #unlisten: (() => void) | undefined;

  #opening = $state.raw<Opening>({ at: 'loading' });
  #accounts = $state.raw<AccountView[]>([]);
  #settings = $state.raw<SettingsView | null>(null);
  #status = $state.raw<StatusView | null>(null);
  #drafts = $state.raw<Record<string, string>>({});
  #prefill = $state.raw<Prefill | null>(null);
  #directoryVersion = $state(0);
  #stopping = $state(false);
  #importProgress = $state.raw<ImportProgress | null>(null);

  readonly #history = $derived(
    [...this.#calls.values()].sort((a, b) => byTime(b.requested_at, a.requested_at)),
  );
  readonly #cards = $derived.by(() => {
    const shown = this.#history.filter(({ dismissed }) => !dismissed);
    const running = shown.filter(({ phase }) => phase !== 'ended');
    const ended = shown.filter(({ id, phase }) => phase === 'ended' && this.#witnessed.has(id));
    // Of the calls that are over, the latest keeps its card; a missed one waits to be called back.
    const latest = ended.find(({ outcome }) => outcome !== 'missed');
    return [...running, ...ended.filter((call) => call === latest || call.outcome === 'missed')];
  });

  constructor(backend: Backend) {
    this.#backend = backend;
    this.alerts = new Alerts(backend);
  }

  get opening(): Opening {
    return this.#opening;
  }
  /** How far the import is that was last heard of. */
  get importProgress(): ImportProgress | null {
    return this.#importProgress;
  }
  get accounts(): AccountView[] {
    return this.#accounts;
  }
  get settings(): SettingsView | null {
    return this.#settings;
  }
  get status(): StatusView | null {
    return this.#status;
  }
  /** Unfinished text as it was when the window opened. */
  get drafts(): Record<string, string> {
    return this.#drafts;
  }
  get prefill(): Prefill | null {
    return this.#prefill;
  }
  /** The wish is being carried out; a view that is shown again does not repeat it. */
  takePrefill(): void {
    this.#prefill = null;
  }
  /** Grows whenever the directory has changed: search again. */
  get directoryVersion(): number {
    return this.#directoryVersion;
  }
  get stopping(): boolean {
    return this.#stopping;
  }
  /** All calls known, newest first. */
  get history(): CallView[] {
    return this.#history;
  }
  /** Calls that have a card: running ones first, then ended ones until they are put away. */
  get cards(): CallView[] {
    return this.#cards;
  }
  /** The running call that keys act on. */
  get activeCall(): CallView | null {
    return this.#cards.find((call) => call.phase !== 'ended') ?? null;
  }

  call(id: string): CallView | undefined {
    return this.#calls.get(id);
  }

  account(name: string): AccountView | undefined {
    return this.#accounts.find((account) => account.name === name);
  }

  /** Listens first and asks then, so that nothing falls between. */
  async start(): Promise<void> {
    this.#opening = { at: 'loading' };
    const waiting: EngineEvent[] = [];
    let ready = false;
    try {
      this.#unlisten?.();
      this.#unlisten = await this.#backend.listen((event) => {
        if (ready) this.#apply(event);
        else waiting.push(event);
      });
      this.#take(await this.#backend.snapshot());
      ready = true;
      for (const event of waiting) this.#apply(event);
      this.#opening = { at: 'ready' };
    } catch (error) {
      this.#opening = { at: 'failed', error };
    }
  }

  stop(): void {
    this.#unlisten?.();
    this.#unlisten = undefined;
  }

  /** A mark to hand to `adopt` with the reply of a request that starts now. */
  mark(): number {
    return this.#heard;
  }

  /** Takes a call from a reply, unless an event has told newer since `mark`. */
  adopt(call: CallView, mark: number): void {
    this.#witnessed.add(call.id);
    if ((this.#heardAt.get(call.id) ?? 0) <= mark) this.#calls.set(call.id, call);
  }

  adoptAccount(account: AccountView): void {
    const others = this.#accounts.filter(({ name }) => name !== account.name);
    const rest = account.default ? others.map((other) => ({ ...other, default: false })) : others;
    this.#accounts = [...rest, account].sort((a, b) => a.name.localeCompare(b.name));
  }

  adoptSettings(settings: SettingsView): void {
    this.#settings = settings;
  }

  /** Older calls than the snapshot brought, or those with one person. */
  adoptHistory(calls: CallView[]): void {
    for (const call of calls) if (!this.#calls.has(call.id)) this.#calls.set(call.id, call);
  }

  #take(snapshot: Snapshot): void {
    this.#told = snapshot.told;
    this.#accounts = [...snapshot.accounts].sort((a, b) => a.name.localeCompare(b.name));
    this.#settings = snapshot.settings;
    this.#status = snapshot.status;
    this.#drafts = snapshot.drafts;
    this.alerts.take(snapshot);
    this.#calls.clear();
    for (const call of [...snapshot.history, ...snapshot.status.calls]) this.#hold(call);
  }

  #hold(call: CallView): void {
    if (call.phase !== 'ended') this.#witnessed.add(call.id);
    this.#calls.set(call.id, call);
  }

  #apply(event: EngineEvent): void {
    // Told before the snapshot was drawn, and heard after it: how things stood then is no news.
    if (event.number < this.#told && event.type !== 'show_window') return;
    this.#told = event.number;
    switch (event.type) {
      case 'call':
        if (isOlder(event.call, this.#calls.get(event.call.id))) break;
        this.#heard += 1;
        this.#heardAt.set(event.call.id, this.#heard);
        this.#hold(event.call);
        break;
      case 'account':
        this.adoptAccount(event.account);
        break;
      case 'account_removed':
        this.#accounts = this.#accounts.filter(({ name }) => name !== event.name);
        break;
      case 'contacts':
        this.#directoryVersion += 1;
        break;
      case 'import_progress':
        this.#importProgress = event;
        break;
      case 'settings':
        this.#settings = event.settings;
        break;
      case 'status':
        this.#status = event.status;
        break;
      case 'show_window':
        this.#prefill = { text: event.prefill, link: event.link ?? null };
        break;
      case 'stopping':
        this.#stopping = true;
        break;
      case 'alert':
      case 'attention':
        this.alerts.hear(event);
        break;
      case 'notification':
        // Shown by the desktop itself, and kept in the list of alerts.
        break;
      case 'callback':
        // Kept by the list of callbacks, which hears for itself.
        break;
    }
  }
}

/**
 * Whether a view was drawn before the one at hand. Replies and events come by different ways, and the reply to a
 * gesture may overtake the events that led to it; what became of the request that dials never goes back.
 */
function isOlder(view: CallView, held: CallView | undefined): boolean {
  return held !== undefined && settled(view) < settled(held);
}

function settled({ dispatch }: CallView): number {
  if (dispatch === 'intent') return 0;
  return dispatch === 'sent' ? 1 : 2;
}
