import { createSubscriber } from 'svelte/reactivity';

/** Half a second, so that a timer is never seen to skip one. */
const TICK_MS = 500;

/** The time of day as something to derive from. It ticks only while something on screen reads it. */
export class Clock {
  readonly #subscribe = createSubscriber((update) => {
    const timer = setInterval(update, TICK_MS);
    return () => clearInterval(timer);
  });

  /** Milliseconds since the epoch. */
  get now(): number {
    this.#subscribe();
    return Date.now();
  }
}
