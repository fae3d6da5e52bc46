import type { Backend } from '../backend/backend';
import type { SearchRow } from '../backend/types';

/** Rows asked for at a time. */
const STRETCH = 100;
/** Stretches kept; those furthest from what is looked at go first. */
const KEPT = 30;

interface Stretch {
  /** Its first row stands at so many times {@link STRETCH}. */
  at: number;
  rows: SearchRow[];
}

/** The whole directory as a list: the stretches of it that were looked at. */
export class Directory {
  readonly #backend: Backend;
  #favourites = $state(0);
  #everybody = $state(0);
  #isKnown = $state(false);
  #stretches = $state.raw<Stretch[]>([]);
  #error = $state.raw<unknown>(null);
  /** What is looked at. */
  #wanted = { from: 0, to: STRETCH };
  #loading: Promise<void> | null = null;
  /** Raised when the directory has changed: an answer from before is dropped. */
  #edition = 0;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Whether it is known how many there are. */
  get known(): boolean {
    return this.#isKnown;
  }
  get favourites(): number {
    return this.#favourites;
  }
  /** Rows: the favourites, and after them everybody. */
  get count(): number {
    return this.#favourites + this.#everybody;
  }
  get error(): unknown {
    return this.#error;
  }

  /** The person there; none until the stretch is here. */
  row(index: number): SearchRow | null {
    const at = Math.floor(index / STRETCH);
    return this.#stretches.find((stretch) => stretch.at === at)?.rows[index % STRETCH] ?? null;
  }

  /** Of the rows that are here and are meant, the one nearest to a place; -1 if there is none. */
  nearest(place: number, isMeant: (row: SearchRow) => boolean): number {
    const found = this.#stretches.flatMap(({ at, rows }) =>
      rows.flatMap((row, index) => (isMeant(row) ? [at * STRETCH + index] : [])),
    );
    return found.sort((a, b) => Math.abs(a - place) - Math.abs(b - place))[0] ?? -1;
  }

  /** These rows are looked at: what is not here of them is asked for, one stretch at a time, the latest wish first. */
  look(from: number, to: number): Promise<void> {
    this.#wanted = { from, to: Math.max(to, from + 1) };
    // What could not be read is asked for again by the agent.
    if (this.#error !== null) return Promise.resolve();
    this.#loading ??= this.#load().finally(() => (this.#loading = null));
    return this.#loading;
  }

  /** The directory has changed: what is looked at is asked for anew, and shown as it was until then. */
  async renew(): Promise<void> {
    this.#edition += 1;
    const edition = this.#edition;
    const at = Math.floor(this.#wanted.from / STRETCH);
    try {
      const list = await this.#backend.listContacts(at * STRETCH, STRETCH);
      if (edition !== this.#edition) return;
      this.#adopt(list, [{ at, rows: list.rows }]);
    } catch (error) {
      if (edition === this.#edition) this.#error = error;
      return;
    }
    await this.look(this.#wanted.from, this.#wanted.to);
  }

  async #load(): Promise<void> {
    for (let at = this.#missing(); at !== null; at = this.#missing()) {
      const edition = this.#edition;
      try {
        const list = await this.#backend.listContacts(at * STRETCH, STRETCH);
        if (edition !== this.#edition) continue;
        this.#adopt(list, [...this.#stretches, { at, rows: list.rows }]);
      } catch (error) {
        if (edition !== this.#edition) continue;
        this.#error = error;
        return;
      }
    }
  }

  /** The first stretch that is looked at and not here. */
  #missing(): number | null {
    const to = this.#isKnown ? Math.min(this.#wanted.to, this.count) : 1;
    for (let at = Math.floor(this.#wanted.from / STRETCH); at * STRETCH < to; at += 1) {
      if (!this.#stretches.some((stretch) => stretch.at === at)) return at;
    }
    return null;
  }

  #adopt(list: { favourites: number; everybody: number }, stretches: Stretch[]): void {
    const here = Math.floor(this.#wanted.from / STRETCH);
    this.#favourites = list.favourites;
    this.#everybody = list.everybody;
    this.#stretches = stretches.sort((a, b) => Math.abs(a.at - here) - Math.abs(b.at - here)).slice(0, KEPT);
    this.#isKnown = true;
    this.#error = null;
  }
}
