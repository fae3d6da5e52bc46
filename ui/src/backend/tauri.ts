import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';

import type { Backend } from './backend';
import type { EngineEvent } from './types';

/** The engine behind the window's commands. */
export function tauriBackend(): Backend {
  return {
    snapshot: () => invoke('snapshot'),
    status: () => invoke('status'),
    doctor: () => invoke('doctor'),

    kinds: () => invoke('kinds'),
    addAccount: (name, kind, set, secrets) => invoke('add_account', { name, kind, set, secrets }),
    updateAccount: (name, set) => invoke('update_account', { name, set }),
    setSecret: (name, key, value, thisRunOnly) => invoke('set_secret', { name, key, value, thisRunOnly }),
    removeSecret: (name, key) => invoke('remove_secret', { name, key }),
    testAccount: (name) => invoke('test_account', { name }),
    removeAccount: (name) => invoke('remove_account', { name }),
    defaultAccount: (name) => invoke('default_account', { name }),
    rotateHook: (name) => invoke('rotate_hook', { name }),
    phoneChecked: (name) => invoke('phone_checked', { name }),
    unlockKeychain: () => invoke('unlock_keychain'),
    agents: (account) => invoke('agents', { account }),
    dids: (account, fresh) => invoke('dids', { account, fresh }),

    checkTarget: (text, account) => invoke('check_target', { text, account }),
    place: (request) => invoke('place', { request }),
    end: (call) => invoke('end', { call }),
    checkAgain: (call) => invoke('check_again', { call }),
    markEnded: (call) => invoke('mark_ended', { call }),
    dismiss: (call) => invoke('dismiss', { call }),
    setNote: (call, note) => invoke('set_note', { call, note }),
    setDisposition: (call, disposition) => invoke('set_disposition', { call, disposition }),
    listCalls: (limit, since, contact) => invoke('list_calls', { limit, since, contact }),
    showCall: (call) => invoke('show_call', { call }),

    addContact: (contact) => invoke('add_contact', { contact }),
    updateContact: (id, contact) => invoke('update_contact', { id, contact }),
    removeContact: (id) => invoke('remove_contact', { id }),
    showContact: (id) => invoke('show_contact', { id }),
    searchContacts: (query, limit) => invoke('search_contacts', { query, limit }),
    importContacts: (csv, country) => invoke('import_contacts', { csv: Array.from(csv), country }),

    setSettings: (settings) => invoke('set_settings', { settings }),
    setDraft: (field, text) => invoke('set_draft', { field, text }),

    painted: () => invoke('painted'),

    listen: (heard) => listen<EngineEvent>('engine-event', ({ payload }) => heard(payload)),
  };
}
