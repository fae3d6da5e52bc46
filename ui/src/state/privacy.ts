import type { AppState } from './app';
import type { ViewName } from './navigation.svelte';

/** The page begins anew when names and numbers are hidden or shown: the view goes on where it was. */
const VIEW = 'view';

/** Has names and numbers of customers masked everywhere, or no longer. */
export async function setPrivacy({ backend, engine, navigation }: AppState, privacy: boolean): Promise<void> {
  if (!engine.settings) return;
  sessionStorage.setItem(VIEW, navigation.view);
  engine.adoptSettings(await backend.setSettings({ ...engine.settings, privacy }));
}

/** The view that the page began anew from, if it did. */
export function viewBefore(): ViewName | null {
  const view = sessionStorage.getItem(VIEW);
  sessionStorage.removeItem(VIEW);
  return view as ViewName | null;
}
