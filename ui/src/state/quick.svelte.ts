import type { BarBackend } from '../backend/bar';
import type { QuickRow, QuickWhen, TargetCheck } from '../backend/types';
import type { Choice } from './dial.svelte';

/** A text that was left within so long, in milliseconds, comes back with the bar. */
export const RESTORED_WITHIN = 60_000;

/** The bar's one field and the rows for what stands in it. */
export class Quick {
  readonly #backend: BarBackend;
  #text = $state('');
  /** What the rows were found for; while it differs from the text they must not be acted on. */
  #foundFor = $state<string | null>(null);
  #rows = $state.raw<QuickRow[]>([]);
  #check = $state.raw<TargetCheck | null>(null);
  #when = $state.raw<QuickWhen | null>(null);
  #error = $state.raw<unknown>(null);
  #chosen = $state<string | null>(null);
  /** The text came from another program and no key has changed it. */
  #untouched = $state(false);
  /** Whether Enter takes the first row by itself. */
  #prefers = true;
  #asked = 0;
  #search: Promise<void> = Promise.resolve();
  #left: { text: string; at: number } | null = null;

  constructor(backend: BarBackend) {
    this.#backend = backend;
  }

  get text(): string {
    return this.#text;
  }
  get rows(): QuickRow[] {
    return this.#rows;
  }
  get check(): TargetCheck | null {
    return this.#check;
  }
  /** The time at the end of the text: rows make a callback for it. */
  get when(): QuickWhen | null {
    return this.#when;
  }
  get error(): unknown {
    return this.#error;
  }
  get untouched(): boolean {
    return this.#untouched;
  }
  get fresh(): boolean {
    return this.#foundFor === this.#text;
  }
  get highlighted(): number {
    return this.#rows.findIndex(({ key }) => key === this.#chosen);
  }
  get row(): QuickRow | null {
    return this.#rows[this.highlighted] ?? null;
  }

  /** Opened: with what was found elsewhere, else with what was left a moment ago. */
  open(prefill: string | null, account: string | null): Promise<void> {
    const left = this.#left;
    const restored = left !== null && Date.now() - left.at <= RESTORED_WITHIN ? left.text : '';
    this.#left = null;
    const opened = this.type(prefill ?? restored, account);
    this.#untouched = prefill !== null;
    return opened;
  }

  /** Opened for a number that was wanted and is not there: Enter must not take somebody else. */
  openWithout(account: string | null): Promise<void> {
    this.#left = null;
    const opened = this.type('', account);
    this.#prefers = false;
    return opened;
  }

  /** Put away: what was typed waits a while, what a program had selected does not. */
  putAway(): void {
    this.#left = this.#text === '' || this.#untouched ? null : { text: this.#text, at: Date.now() };
    this.forget();
  }

  /** Empties the field: what stood there has been done. */
  forget(): void {
    this.#asked += 1;
    this.#text = '';
    this.#foundFor = null;
    this.#rows = [];
    this.#check = null;
    this.#when = null;
    this.#error = null;
    this.#chosen = null;
    this.#untouched = false;
  }

  /** The text stays, and is the agent's own now. */
  touch(): void {
    this.#untouched = false;
  }

  type(text: string, account: string | null): Promise<void> {
    this.#text = text;
    this.#untouched = false;
    this.#prefers = true;
    this.#search = this.#find(text, account);
    return this.#search;
  }

  again(account: string | null): Promise<void> {
    const [untouched, prefers] = [this.#untouched, this.#prefers];
    const found = this.type(this.#text, account);
    [this.#untouched, this.#prefers] = [untouched, prefers];
    return found;
  }

  /** Waits for the rows that belong to the text. */
  settled(): Promise<void> {
    return this.#search;
  }

  highlight(index: number): void {
    const row = this.#rows[Math.max(0, Math.min(index, this.#rows.length - 1))];
    this.#chosen = row?.key ?? null;
  }

  async #find(text: string, account: string | null): Promise<void> {
    this.#asked += 1;
    const asked = this.#asked;
    try {
      const { rows, check, when } = await this.#backend.quick(text, account);
      if (asked !== this.#asked) return;
      const again = this.#foundFor === text;
      this.#rows = rows;
      this.#check = check;
      this.#when = when;
      this.#error = null;
      this.#foundFor = text;
      // What may mean several numbers, or must not be called, is not what Enter takes by itself.
      const isUnclear = (check?.readings ?? []).length > 0 || (check?.number == null && check?.verdict === 'block');
      if (again && this.highlighted >= 0) return;
      this.#chosen = isUnclear || !this.#prefers ? null : (rows[0]?.key ?? null);
    } catch (error) {
      if (asked === this.#asked) this.#error = error;
    }
  }
}

/** Whom a row would call. */
export function choiceOfQuick(row: QuickRow): Choice | null {
  if (row.target === null) return null;
  const national = row.shown?.national ?? row.target;
  return {
    target: row.target,
    contact: row.contact,
    name: row.title === national ? null : row.title,
    company: row.company,
    national,
    international: row.shown?.international ?? null,
    label: row.label,
  };
}
