import type { AppState } from './app';

/** Has names and numbers of customers masked everywhere, or no longer. The engine tells when it is so. */
export async function setPrivacy({ backend, engine }: AppState, privacy: boolean): Promise<void> {
  if (engine.settings) engine.adoptSettings(await backend.setSettings({ ...engine.settings, privacy }));
}
