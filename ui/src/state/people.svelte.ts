import type { Backend } from '../backend/backend';
import type { NumberView, SearchRow, TargetCheck } from '../backend/types';
import type { Choice } from './dial.svelte';
import { Directory } from './directory.svelte';
import { certain, nameOf } from './contact';

export const LIMIT = 100;
/** At least as many as are in view in a large window: they are on the screen before the others are asked for. */
const FIRST = 24;
/** Without a further key for so long, in milliseconds, the other rows are asked for. */
const REST = 80;

/** A row of the list below the field: a number of a person, or the number as typed. */
export type Row = { kind: 'typed'; text: string; check: TargetCheck } | { kind: 'person'; row: SearchRow };

/** The one field and what is found for its text; without any, the whole directory. */
export class People {
  readonly #backend: Backend;
  readonly directory: Directory;
  #text = $state('');
  /** What the rows below were found for; while it differs from the text they must not be acted on. */
  #foundFor = $state<string | null>(null);
  #rows = $state.raw<SearchRow[]>([]);
  #check = $state.raw<TargetCheck | null>(null);
  #error = $state.raw<unknown>(null);
  #highlighted = $state(-1);
  /** Who was highlighted: another person who has come to stand there is not. None while that row is not here. */
  #chosen = $state<string | null>(null);
  #search: Promise<void> = Promise.resolve();
  #asked = 0;

  readonly #all = $derived.by((): Row[] => {
    const people = this.#rows.map((row): Row => ({ kind: 'person', row }));
    const check = this.#check;
    if (check?.number == null) {
      const unknown = (check?.readings ?? []).filter(({ number }) => !this.#rows.some((row) => row.number === number));
      return [...unknown.map(meant), ...people];
    }
    // A number that belongs to somebody is that person's row, not a second one; of several who have it, one is chosen by hand.
    const known = this.#rows.some(({ number }) => number === check.number) && (check.contact === null || certain(check.contact) !== null);
    return known ? people : [{ kind: 'typed', text: this.#foundFor ?? '', check }, ...people];
  });

  constructor(backend: Backend) {
    this.#backend = backend;
    this.directory = new Directory(backend);
  }

  get text(): string {
    return this.#text;
  }
  /** The text of the field that the rows belong to. */
  get foundFor(): string | null {
    return this.#foundFor;
  }
  /** Whether the list is the whole directory. */
  get listsAll(): boolean {
    return this.#foundFor !== null && this.#foundFor.trim() === '';
  }
  /** How many rows there are below the field. */
  get count(): number {
    return this.listsAll ? this.directory.count : this.#all.length;
  }
  /** None where that part of the directory is not here yet. */
  row(index: number): Row | null {
    if (index < 0) return null;
    if (!this.listsAll) return this.#all[index] ?? null;
    const row = this.directory.row(index);
    return row && { kind: 'person', row };
  }
  /** Whether this person is among what was found for the text. */
  found(contact: string | null): boolean {
    return this.#rows.some((row) => row.contact === contact);
  }
  get check(): TargetCheck | null {
    return this.#check;
  }
  get error(): unknown {
    return this.#error ?? (this.listsAll ? this.directory.error : null);
  }
  get loading(): boolean {
    return this.#foundFor === null && this.#error === null;
  }
  get fresh(): boolean {
    return this.#foundFor === this.#text;
  }
  get highlighted(): number {
    const row = this.row(this.#highlighted);
    return this.#chosen === null || row === null || keyOf(row) === this.#chosen ? this.#highlighted : -1;
  }
  get highlightedRow(): Row | null {
    const row = this.row(this.#highlighted);
    return row !== null && keyOf(row) === this.#chosen ? row : null;
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
    this.#highlighted = Math.max(-1, Math.min(index, this.count - 1));
    const row = this.row(this.#highlighted);
    this.#chosen = row && keyOf(row);
  }

  async #find(text: string, account: string | null): Promise<void> {
    this.#asked += 1;
    const asked = this.#asked;
    const query = text.trim();
    try {
      if (query === '') {
        await this.#listAll(text, asked);
        return;
      }
      const { rows, check } = await this.#backend.find(query, account, FIRST);
      if (asked !== this.#asked) return;
      if (rows.length >= FIRST) setTimeout(() => void this.#findOthers(query, account, asked), REST);
      const sameText = this.#foundFor === text;
      this.#rows = rows;
      this.#check = check;
      this.#error = null;
      this.#foundFor = text;
      // With text, Enter acts on the first row; with none, nothing is called unless chosen. Nor is it where the text
      // itself must not be called: 999 is not answered by a call to a person who has these digits in their number.
      const unclear = (check.readings ?? []).length > 0;
      const forbidden = unclear || (check.number === null && check.verdict === 'block');
      if (sameText) this.#follow();
      else this.highlight(!forbidden && this.#all.length > 0 ? 0 : -1);
    } catch (error) {
      if (asked === this.#asked) this.#error = error;
    }
  }

  /** What is found beyond the first rows, which are there already. */
  async #findOthers(query: string, account: string | null, asked: number): Promise<void> {
    if (asked !== this.#asked) return;
    try {
      const { rows } = await this.#backend.find(query, account, LIMIT);
      if (asked !== this.#asked) return;
      this.#rows = rows;
      this.#follow();
    } catch (error) {
      if (asked === this.#asked) this.#error = error;
    }
  }

  /** The rows are others: the highlight goes with the person, or away. */
  #follow(): void {
    const [before, chosen] = [this.#highlighted, this.#chosen];
    if (chosen === null || this.highlightedRow !== null) return;
    const found = this.listsAll
      ? this.directory.nearest(before, (row) => keyOf({ kind: 'person', row }) === chosen)
      : this.#all.findIndex((row) => keyOf(row) === chosen);
    this.highlight(found);
  }

  async #listAll(text: string, asked: number): Promise<void> {
    const again = this.listsAll;
    const wasKnown = this.directory.known;
    if (again) await this.directory.renew();
    else if (!wasKnown) await this.directory.look(0, 1);
    if (asked !== this.#asked) return;
    this.#rows = [];
    this.#check = null;
    this.#error = null;
    this.#foundFor = text;
    if (again) this.#follow();
    else this.highlight(-1);
    // It may have changed while something else was looked for.
    if (!again && wasKnown) void this.directory.renew().then(() => this.#follow());
  }
}

/** One of the numbers that a text may mean. */
function meant({ number, national, international, country }: NumberView): Row {
  const check: TargetCheck = {
    number,
    shown: { national, international, country },
    contact: null,
    verdict: 'ok',
    findings: [],
    problem: null,
    readings: [],
    about: null,
    from: null,
  };
  return { kind: 'typed', text: number, check };
}

function keyOf(row: Row): string {
  return row.kind === 'typed' ? `typed ${row.text}` : `${row.row.contact} ${row.row.number ?? ''}`;
}

/** What calling a row means; null where the row has no number. */
export function choiceOf(row: Row): Choice | null {
  if (row.kind === 'typed') {
    const { check, text } = row;
    return {
      target: check.number ?? text,
      contact: certain(check.contact)?.id ?? null,
      name: nameOf(check.contact),
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
