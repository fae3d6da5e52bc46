import type { QuickRow } from '../../backend/types';
import type { BarBackend } from '../../backend/bar';
import { t } from '../../i18n/words';
import type { AppState } from '../../state/app';
import { choiceOfQuick } from '../../state/quick.svelte';
import type { Action } from '../actions/actions';
import { nameOf } from '../../state/contact';

/** What the bar itself does. */
export interface Doing {
  act: (row: QuickRow) => void | Promise<void>;
  done: () => void;
}

/** All that can be done with a row, the main thing first, and what goes on anyway. */
export function rowActions(app: AppState, bar: BarBackend, row: QuickRow | null, doing: Doing): Action[] {
  const list: Action[] = row ? withRow(app, bar, row, doing) : [];
  const call = app.engine.activeCall;
  if (call?.can_end) {
    const name = nameOf(call.contact) ?? call.shown.national;
    list.push({ id: 'end', label: t('ui.quick.action.end', { name }), keys: ['Ctrl', 'E'], run: () => endIt(app, call.id) });
  }
  return list;
}

export async function endIt({ backend }: AppState, call: string): Promise<void> {
  await backend.end(call);
}

function withRow({ backend, dial }: AppState, bar: BarBackend, row: QuickRow, doing: Doing): Action[] {
  const choice = choiceOfQuick(row);
  if (choice === null) return [{ id: 'main', label: row.title, keys: ['Enter'], run: () => doing.act(row) }];
  const { contact, target, national, international } = choice;
  const name = choice.name ?? national;
  const goOn = (place: Parameters<BarBackend['go']>[0]) => async () => {
    await bar.go(place);
    doing.done();
  };
  const list: Action[] = [];
  if (!row.do_not_call) list.push({ id: 'main', label: t('ui.quick.action.call', { name }), detail: national, keys: ['Enter'], run: () => doing.act(row) });
  for (const line of dial.lines.filter((of) => dial.lines.length > 1 && !dial.isChosen(of))) {
    const number = line.did?.international ?? t('ui.dial.provider_number');
    const detail = [line.did?.label, line.account].filter(Boolean).join(' · ');
    list.push({ id: `from ${line.account} ${number}`, label: t('ui.quick.action.from', { number }), detail, run: () => dial.callFrom(line) });
  }
  list.push({ id: 'callback', label: t('ui.quick.action.callback', { name }), run: goOn({ to: 'new_callback', target, contact }) });
  list.push({ id: 'copy', label: t('ui.quick.action.copy', { number: international ?? target }), run: () => copy(target, doing) });
  if (contact === null) {
    list.push({ id: 'save', label: t('ui.quick.action.save'), run: goOn({ to: 'new_person', number: target }) });
    return list;
  }
  list.push({ id: 'open', label: t('ui.quick.action.open', { name }), run: goOn({ to: 'person', contact }) });
  const mark = (change: { favourite?: boolean; do_not_call?: boolean }) => async () => {
    await backend.markContact(contact, { favourite: null, do_not_call: null, add_tags: [], remove_tags: [], ...change });
  };
  if (row.kind === 'favourite') list.push({ id: 'favourite', label: t('ui.quick.action.no_favourite', { name }), run: mark({ favourite: false }) });
  else list.push({ id: 'favourite', label: t('ui.quick.action.favourite', { name }), run: mark({ favourite: true }) });
  if (!row.do_not_call) list.push({ id: 'do_not_call', label: t('ui.quick.action.do_not_call', { name }), run: mark({ do_not_call: true }) });
  return list;
}

async function copy(text: string, doing: Doing): Promise<void> {
  await navigator.clipboard.writeText(text);
  doing.done();
}
