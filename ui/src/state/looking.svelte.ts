import { createSubscriber } from 'svelte/reactivity';

/** Whether the agent looks at the window, as far as a window knows: it has the keyboard. */
export class Looking {
  readonly #subscribe = createSubscriber((update) => {
    window.addEventListener('focus', update);
    window.addEventListener('blur', update);
    return () => {
      window.removeEventListener('focus', update);
      window.removeEventListener('blur', update);
    };
  });

  get here(): boolean {
    this.#subscribe();
    return document.hasFocus();
  }
}
