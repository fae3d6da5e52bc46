import { tick } from 'svelte';

/** Gives the focus to what takes the place of a control that goes away with being pressed. */
export async function focusNext(id: string): Promise<void> {
  await tick();
  document.getElementById(id)?.focus();
}
