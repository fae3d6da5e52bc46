import type { MarksChange } from '../../backend/types';
import { t } from '../../i18n/words';
import type { AppState } from '../../state/app';
import { setPrivacy } from '../../state/privacy';
import { nameOf } from '../../state/contact';

/** Something that can be done with whoever is chosen, or from anywhere. */
export interface Action {
  id: string;
  label: string;
  /** Why it stands in the list, where the label alone does not say with whom. */
  detail?: string;
  /** The keys that do the same without the list. */
  keys?: string[];
  run: () => void | Promise<void>;
}

/** What only the window's own parts can do. */
export interface Doing {
  call: () => void;
  end: () => void;
  keys: () => void;
}

/** All that can be done now, with whoever is chosen first. */
export function actions(app: AppState, doing: Doing): Action[] {
  return [...withChoice(app, doing), ...withCall(app, doing), ...anywhere(app, doing), ...peace(app)];
}

function withChoice({ backend, callbacks, dial, navigation, people, placing }: AppState, doing: Doing): Action[] {
  const { choice, account } = dial;
  if (!choice) return [];
  const { contact, international, name, national, target } = choice;
  const who = name ?? national;
  const row = people.highlightedRow;
  const person = row?.kind === 'person' && row.row.contact === contact ? row.row : null;
  const list: Action[] = [];
  if (placing.ready && !placing.asking && person?.do_not_call !== true) {
    list.push({ id: 'call', label: t('ui.actions.call', { name: who }), detail: national, keys: ['Enter'], run: doing.call });
  }
  if (account !== null && dial.lines.length > 1) {
    for (const line of dial.lines.filter((of) => !dial.isChosen(of))) {
      const number = line.did?.international ?? t('ui.dial.provider_number');
      const detail = [line.did?.label, line.account].filter(Boolean).join(' · ');
      list.push({ id: `from ${line.account} ${number}`, label: t('ui.actions.call_from', { number }), detail, run: () => dial.callFrom(line) });
    }
  }
  list.push({
    id: 'callback',
    label: t('ui.actions.callback', { name: who }),
    run: () => callbacks.begin({ target, shown: national, contact, name, account: null, from: null }),
  });
  list.push({ id: 'copy', label: t('ui.actions.copy', { number: international || target }), run: () => copy(target) });
  if (contact === null) {
    list.push({ id: 'save', label: t('ui.actions.save'), run: () => navigation.show({ kind: 'edit_person', id: null, number: target }) });
    return list;
  }
  list.push({ id: 'open', label: t('ui.actions.open', { name: who }), run: () => navigation.show({ kind: 'person', id: contact }) });
  list.push({ id: 'edit', label: t('ui.actions.edit', { name: who }), run: () => navigation.show({ kind: 'edit_person', id: contact, number: null }) });
  const mark = async (change: Partial<MarksChange>) => {
    await backend.markContact(contact, { favourite: null, do_not_call: null, add_tags: [], remove_tags: [], ...change });
  };
  if (person) {
    const { favourite } = person;
    const label = favourite ? t('ui.actions.no_favourite', { name: who }) : t('ui.actions.favourite', { name: who });
    list.push({ id: 'favourite', label, run: () => mark({ favourite: !favourite }) });
    if (!person.do_not_call) {
      list.push({ id: 'do_not_call', label: t('ui.actions.do_not_call', { name: who }), run: () => mark({ do_not_call: true }) });
    }
  }
  return list;
}

function withCall({ engine, navigation }: AppState, doing: Doing): Action[] {
  const call = engine.activeCall;
  if (!call) return [];
  const who = nameOf(call.contact) ?? call.shown.national;
  const list: Action[] = [
    { id: 'call_details', label: t('ui.actions.call_details', { name: who }), run: () => navigation.show({ kind: 'call', id: call.id }) },
  ];
  if (call.can_end) list.unshift({ id: 'end', label: t('ui.actions.end', { name: who }), keys: ['Ctrl', 'E'], run: doing.end });
  return list;
}

function anywhere({ navigation }: AppState, doing: Doing): Action[] {
  return [
    { id: 'add', label: t('ui.people.add'), run: () => navigation.show({ kind: 'edit_person', id: null, number: null }) },
    { id: 'import', label: t('ui.people.import'), run: () => navigation.show({ kind: 'import' }) },
    { id: 'duplicates', label: t('ui.duplicates.title'), run: () => navigation.show({ kind: 'duplicates' }) },
    { id: 'books', label: t('ui.books.title'), run: () => navigation.show({ kind: 'books' }) },
    { id: 'history', label: t('ui.nav.history'), keys: ['Ctrl', 'H'], run: () => navigation.show({ kind: 'history' }) },
    { id: 'callbacks', label: t('ui.nav.callbacks'), keys: ['Ctrl', 'B'], run: () => navigation.go('callbacks') },
    { id: 'alerts', label: t('ui.nav.alerts'), run: () => navigation.go('alerts') },
    { id: 'accounts', label: t('ui.nav.accounts'), run: () => navigation.go('accounts') },
    { id: 'diagnosis', label: t('ui.nav.diagnosis'), run: () => navigation.go('diagnosis') },
    { id: 'settings', label: t('ui.nav.settings'), keys: ['Ctrl', ','], run: () => navigation.go('settings') },
    { id: 'keys', label: t('ui.nav.keys'), keys: ['?'], run: doing.keys },
  ];
}

/** What the desk tells, and what it shows of customers. */
function peace(app: AppState): Action[] {
  const { alerts, engine } = app;
  const privacy = engine.settings?.privacy ?? false;
  const list: Action[] = [
    { id: 'quiet half_hour', label: t('ui.actions.quiet.half_hour'), run: () => alerts.doNotDisturb({ minutes: 30 }) },
    { id: 'quiet hour', label: t('ui.actions.quiet.hour'), run: () => alerts.doNotDisturb({ minutes: 60 }) },
    { id: 'quiet tomorrow', label: t('ui.actions.quiet.tomorrow'), run: () => alerts.doNotDisturb('tomorrow') },
    { id: 'privacy', label: privacy ? t('ui.actions.privacy_off') : t('ui.actions.privacy_on'), run: () => setPrivacy(app, !privacy) },
  ];
  if (alerts.quiet) list.unshift({ id: 'quiet off', label: t('ui.actions.quiet.off'), run: () => alerts.doNotDisturb('off') });
  return list;
}

/** Those in whose words every word of the text begins a word. */
export function fitting(list: Action[], text: string): Action[] {
  const wanted = words(text);
  return list.filter(({ label, detail }) => {
    const own = words(`${label} ${detail ?? ''}`);
    return wanted.every((word) => own.some((has) => has.startsWith(word)));
  });
}

function words(text: string): string[] {
  return text.toLocaleLowerCase().split(/[^\p{L}\p{N}+]+/u).filter(Boolean);
}

async function copy(text: string): Promise<void> {
  await navigator.clipboard.writeText(text);
}
