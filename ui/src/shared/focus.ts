import { tick } from 'svelte';

/** Gives the focus to what takes the place of a control that goes away with being pressed. */
export async function focusNext(id: string): Promise<void> {
  await tick();
  document.getElementById(id)?.focus();
}

/**
 * The focus, to what had it before a dialog that is out of the page by now, unless something else has taken it.
 *
 * WebKitGTK still counts what was behind the dialog as out of reach until the page has been laid out without it: what
 * is refused now is asked for once more after the next frame.
 */
export function giveBack(before: Element | null): void {
  const give = () => {
    const { activeElement, body } = document;
    const taken = activeElement !== null && activeElement !== body;
    if (!taken && before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
  };
  give();
  // A frame's callbacks run before it is laid out, and a timer that one of them sets after it.
  requestAnimationFrame(() => setTimeout(give));
}
