import type { Backend } from '../backend/backend';
import { Autosave } from '../shared/autosave';

/** Keeps unfinished text of one field in the engine, so that the window may be closed at any time. */
export function draftOf(backend: Backend, field: string): Autosave {
  return new Autosave((text) => backend.setDraft(field, text));
}
