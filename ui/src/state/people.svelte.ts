import type { Backend } from '../backend/backend';
import type { SearchRow, TargetCheck } from '../backend/types';
import type { Choice } from './dial.svelte';

export const LIMIT = 100;

/** A row of the list below the field: a number of a person, or the number as typed. */
export type Row = { kind: 'typed'; text: string; check: TargetCheck } | { kind: 'person'; row: SearchRow };

/** The one field and what is found for its text. */
export class People {
  readonly #backend: Backend;
  #text = $state('');
  /** What the rows below were found for; while it differs from the text they must not be acted on. */
  #foundFor = $state<string | null>(null);
  #rows = $state.raw<SearchRow[]>([]);
  #check = $state.raw<TargetCheck | null>(null);
  #error = $state.raw<unknown>(null);
  #highlighted = $state(-1);
  #search: Promise<void> = Promise.resolve();
  #asked = 0;

  readonly #all = $derived.by((): Row[] => {
    const people = this.#rows.map((row): Row => ({ kind: 'person', row }));
    const check = this.#check;
    if (check?.number == null) return people;
    // A number that belongs to somebody is that person's row, not a second one.
    const known = this.#rows.some(({ number }) => number === check.number);
    return known ? people : [{ kind: 'typed', text: this.#foundFor ?? '', check }, ...people];
  });

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  get text(): string {
    return this.#text;
  }
  get rows(): Row[] {
    return this.#all;
  }
  get check(): TargetCheck | null {
    return this.#check;
  }
  get error(): unknown {
    return this.#error;
  }
  get loading(): boolean {
    return this.#foundFor === null && this.#error === null;
  }
  get fresh(): boolean {
    return this.#foundFor === this.#text;
  }
  get highlighted(): number {
    return this.#highlighted;
  }
  get highlightedRow(): Row | null {
    return this.#all[this.#highlighted] ?? null;
  }
  /** Whether the check of what stands in the field stops calls to this number. */
  blocks(number: string | null): boolean {
    return this.fresh && this.#check?.verdict === 'block' && number !== null && this.#check.number === number;
  }
  get cut(): boolean {
    return this.#rows.length >= LIMIT;
  }

  /** New text: search and check at once; an answer to older text is dropped. */
  type(text: string, account: string | null): Promise<void> {
    this.#text = text;
    this.#search = this.#find(text, account);
    return this.#search;
  }

  again(account: string | null): Promise<void> {
    return this.type(this.#text, account);
  }

  /** Waits for the rows that belong to the text. */
  settled(): Promise<void> {
    return this.#search;
  }

  highlight(index: number): void {
    this.#highlighted = Math.max(-1, Math.min(index, this.#all.length - 1));
  }

  move(by: number): void {
    this.highlight(this.#highlighted < 0 && by < 0 ? this.#all.length - 1 : this.#highlighted + by);
  }

  async #find(text: string, account: string | null): Promise<void> {
    this.#asked += 1;
    const asked = this.#asked;
    const query = text.trim();
    try {
      const [rows, check] = await Promise.all([
        this.#backend.searchContacts(query, LIMIT),
        query === '' ? null : this.#backend.checkTarget(query, account),
      ]);
      if (asked !== this.#asked) return;
      const sameText = this.#foundFor === text;
      this.#rows = rows;
      this.#check = check;
      this.#error = null;
      this.#foundFor = text;
      // With text, Enter acts on the first row; with none, nothing is called unless chosen. Nor is it where the text
      // itself must not be called: 999 is not answered by a call to a person who has these digits in their number.
      const forbidden = check?.number === null && check.verdict === 'block';
      if (!sameText) this.#highlighted = query !== '' && !forbidden && this.#all.length > 0 ? 0 : -1;
    } catch (error) {
      if (asked === this.#asked) this.#error = error;
    }
  }
}

/** What calling a row means; null where the row has no number. */
export function choiceOf(row: Row): Choice | null {
  if (row.kind === 'typed') {
    const { check, text } = row;
    return {
      target: check.number ?? text,
      contact: check.contact?.id ?? null,
      name: check.contact?.name ?? null,
      company: check.contact?.company ?? null,
      national: check.shown?.national ?? text,
      international: check.shown?.international ?? null,
      label: null,
    };
  }
  const { contact, name, company, number, national, international, label } = row.row;
  if (number === null) return null;
  return { target: number, contact, name, company, national: national ?? number, international, label };
}
