import type { Component } from 'svelte';

/** Left to the agent between two parts that are fetched ahead. */
const PAUSE_MS = 30;

/** Every part there is, in the order they were named. */
const all: { fetch: () => Promise<void> }[] = [];

/** A component that the first frame does without: its code is fetched after that, or when it is first shown. */
export class Part<Props extends object> {
  readonly #load: () => Promise<{ default: Component<Props> }>;
  #component = $state.raw<Component<Props> | null>(null);
  #error = $state.raw<unknown>(null);
  #fetching: Promise<void> | undefined;

  constructor(load: () => Promise<{ default: Component<Props> }>) {
    this.#load = load;
    all.push(this);
  }

  /** Null until it is here. */
  get component(): Component<Props> | null {
    return this.#component;
  }
  /** Why it is not here: null while nothing is wrong. */
  get error(): unknown {
    return this.#error;
  }

  /** Never rejects: what went wrong is the `error` until the next try. */
  fetch(): Promise<void> {
    this.#fetching ??= this.#try();
    return this.#fetching;
  }

  async #try(): Promise<void> {
    this.#error = null;
    try {
      this.#component = (await this.#load()).default;
    } catch (thrown) {
      this.#error = thrown;
      this.#fetching = undefined;
    }
  }
}

/** Fetches every part. */
export async function fetchAll(): Promise<void> {
  await Promise.all(all.map((part) => part.fetch()));
}

/** The same one by one, so that the agent is never in its way; returns what stops it. */
export function fetchAhead(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;
  const waiting = [...all];
  function next() {
    timer = setTimeout(() => {
      void waiting.shift()?.fetch().then(() => {
        if (!stopped) next();
      });
    }, PAUSE_MS);
  }
  next();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
