/** Views as the engine would tell them, for tests and for looking at the window in a browser. */
import type { CallbackView } from '../types';
import type {
  AccountView,
  AlertView,
  AttentionView,
  BookReport,
  CallView,
  Capabilities,
  Capability,
  ContactView,
  DidView,
  FieldSpec,
  LinkView,
  PhoneLinkView,
  SettingsView,
  StatusView,
  Words,
} from '../types';

export const available: Capability = { state: 'available' };
const notOffered: Capability = { state: 'missing', reason: 'not_offered' };

/** A sentence that is its own key: the fake needs no words of the engine. */
export function sentence(text: string): Words {
  return { key: text, params: {} };
}

export function ago(seconds: number): string {
  return new Date(Date.now() - seconds * 1000).toISOString();
}

export function capabilities(changes: Partial<Capabilities> = {}): Capabilities {
  return {
    place_call: available,
    end_call: available,
    end_names_call: true,
    choose_caller_id: available,
    list_dids: available,
    list_agents: available,
    live_calls: available,
    webhooks: available,
    tells_customer_answer: { state: 'missing', reason: 'events_only' },
    call_extensions: { state: 'missing', reason: 'not_offered' },
    call_sip: { state: 'missing', reason: 'not_offered' },
    transfer_call: notOffered,
    call_records: notOffered,
    recording_link: notOffered,
    schedule_call: notOffered,
    scheduled_calls: notOffered,
    agent_status: notOffered,
    set_agent_status: notOffered,
    provider_contacts: notOffered,
    call_notes: notOffered,
    dispositions: notOffered,
    leads: notOffered,
    endpoints: notOffered,
    event_stream: notOffered,
    pushed_events: notOffered,
    ...changes,
  };
}

export function field(key: string, changes: Partial<FieldSpec> = {}): FieldSpec {
  return {
    key,
    kind: { type: 'text' },
    required: false,
    default: null,
    only_in_mode: null,
    advanced: false,
    placeholder: null,
    ...changes,
  };
}

export const acefoneFields: FieldSpec[] = [
  field('mode', {
    kind: { type: 'choice', values: ['click_to_call', 'click_to_call_support'] },
    default: 'click_to_call',
  }),
  field('agent_id', { only_in_mode: 'click_to_call' }),
  field('agent_number', {
    kind: { type: 'phone' },
    required: true,
    only_in_mode: 'click_to_call',
    placeholder: '+442079460200',
  }),
  field('caller_id', { kind: { type: 'phone' } }),
  field('api_token', { kind: { type: 'secret' }, required: true, only_in_mode: 'click_to_call' }),
  field('support_api_key', { kind: { type: 'secret' }, required: true, only_in_mode: 'click_to_call_support' }),
  field('country', { kind: { type: 'country' }, default: 'GB', advanced: true }),
  field('time_zone', { kind: { type: 'time_zone' }, default: 'Europe/London', advanced: true }),
  field('call_timeout', { kind: { type: 'integer' }, advanced: true }),
  field('async', { kind: { type: 'boolean' }, default: 'true', advanced: true }),
];

export const dids: DidView[] = [
  did('+442079460101', '020 7946 0101', 'Sales London', true),
  did('+442079460102', '020 7946 0102', 'Support', false),
  {
    number: '+12025550142',
    label: 'Sales US',
    destination: 'Queue West',
    national: '(202) 555-0142',
    international: '+1 202-555-0142',
    country: 'US',
    default: false,
    lately: null,
  },
];

function did(number: string, national: string, label: string, isDefault: boolean): DidView {
  const international = `+44 ${national.slice(1)}`;
  return { number, label, destination: 'Queue London', national, international, country: 'GB', default: isDefault, lately: null };
}

export function account(changes: Partial<AccountView> = {}): AccountView {
  return {
    name: 'office',
    id: '018f0000-0000-7000-8000-000000000001',
    provider: 'acefone-uk',
    provider_name: 'Acefone UK',
    sandbox: false,
    default: true,
    settings: { agent_number: '+442079460200', caller_id: '+442079460101' },
    secrets: [
      { key: 'api_token', place: 'keychain' },
      { key: 'support_api_key', place: 'missing' },
    ],
    missing: [],
    fields: acefoneFields,
    capabilities: capabilities(),
    dial_order: 'agent_first',
    agent: '+44 20 7946 0200',
    caller_id: '+442079460101',
    dids,
    health: 'ok',
    attention: null,
    hook: 'http://127.0.0.1:47911/hooks/office/0123456789abcdef0123456789abcdef',
    phone_checked: true,
    ...changes,
  };
}

export function sandbox(changes: Partial<AccountView> = {}): AccountView {
  return account({
    name: 'sandbox',
    id: '018f0000-0000-7000-8000-000000000002',
    provider: 'sandbox',
    provider_name: 'Sandbox',
    sandbox: true,
    settings: { plays: 'acefone-uk' },
    secrets: [],
    fields: [
      field('plays', { kind: { type: 'choice', values: ['acefone-uk', 'superfone'] }, default: 'acefone-uk' }),
      field('speed', { kind: { type: 'integer' }, default: '1' }),
    ],
    ...changes,
  });
}

export const people: ContactView[] = [
  person('1', 'Asha Rao', 'Northwind Traders', [
    ['+442079460018', '020 7946 0018', 'work'],
    ['+442079460019', '020 7946 0019', 'mobile'],
  ]),
  person('2', 'Ben Carter', 'Carter & Sons', [['+442079460031', '020 7946 0031', 'main']]),
  person('3', 'Chloé Dubois', null, [['+442079460044', '020 7946 0044', 'mobile']]),
  person('4', 'Contoso Facilities Management', 'Contoso Facilities Management', [['+442079460052', '020 7946 0052', null]]),
  person('5', 'Dmitri Volkov', 'Harbour Logistics', [['+442079460063', '020 7946 0063', 'work']]),
  person('6', 'Eleanor Whitfield-Montgomery', 'Whitfield, Montgomery & Partners LLP', [
    ['+442079460071', '020 7946 0071', 'direct line'],
  ]),
  person('7', 'Farah Siddiqui', 'City Dental', [['+442079460085', '020 7946 0085', 'work']]),
  person('8', 'George Osei', 'Osei Print', [['+442079460093', '020 7946 0093', 'mobile']]),
];

function person(id: string, name: string, company: string | null, numbers: [string, string, string | null][]): ContactView {
  return {
    id,
    name,
    company,
    favourite: false,
    do_not_call: false,
    tags: [],
    email: id === '1' ? 'asha.rao@example.com' : null,
    note: id === '1' ? 'Prefers to be called before noon.' : null,
    numbers: numbers.map(([number, national, label]) => ({
      number,
      label,
      national,
      international: `+44 ${national.slice(1)}`,
      country: 'GB',
    })),
  };
}

let made = 0;

/** A call to Asha Rao whose phone of the agent rings. */
export function call(changes: Partial<CallView> = {}): CallView {
  made += 1;
  return {
    id: `018f0000-0000-7000-8000-${String(made).padStart(12, '0')}`,
    account: 'office',
    provider: 'acefone-uk',
    direction: 'outbound',
    target: '+442079460018',
    customer: '+442079460018',
    customer_typed: null,
    caller_id: '+442079460101',
    contact: { id: '1', name: 'Asha Rao', company: 'Northwind Traders', others: 0 },
    phase: 'ringing_agent',
    outcome: null,
    reason: null,
    ended_by: null,
    legs: {
      agent: { state: 'ringing', known: 'assumed' },
      customer: { state: 'idle', known: 'assumed' },
      others: [],
    },
    dial_order: 'agent_first',
    provider_ids: { call_id: null, request_id: null, leg_ids: [] },
    requested_at: ago(6),
    agent_answered_at: null,
    connected_at: null,
    ended_at: null,
    talk_seconds: null,
    dispatch: 'accepted',
    disposition: null,
    note: null,
    transferred_to: null,
    has_recording: false,
    end_known: null,
    connected_at_known: 'confirmed',
    headline: sentence('Your phone rings – pick up'),
    advice: null,
    state_since: ago(4),
    end: 'none',
    can_end: true,
    can_check_again: false,
    can_mark_ended: false,
    dismissed: false,
    sandbox: false,
    provider_message: null,
    shown: { national: '020 7946 0018', international: '+44 20 7946 0018', country: 'GB' },
    caller_id_shown: '+44 20 7946 0101 · Sales London',
    ...changes,
  };
}

/** The same call, over. */
export function endedCall(changes: Partial<CallView> = {}): CallView {
  return call({
    phase: 'ended',
    outcome: 'talked',
    ended_by: 'customer',
    legs: {
      agent: { state: 'ended', known: 'confirmed' },
      customer: { state: 'ended', known: 'confirmed' },
      others: [],
    },
    headline: sentence('Ended – customer hung up'),
    talk_seconds: 192,
    connected_at: ago(400),
    ended_at: ago(208),
    requested_at: ago(430),
    end_known: 'confirmed',
    can_end: false,
    ...changes,
  });
}

let promised = 0;

/** A promise to call Asha Rao back in twenty minutes. */
export function callback(changes: Partial<CallbackView> = {}): CallbackView {
  promised += 1;
  const due_at = ago(-1200);
  return {
    id: `018f0000-0000-7000-9000-${String(promised).padStart(12, '0')}`,
    account: 'office',
    target: '+442079460018',
    customer: '+442079460018',
    name: null,
    contact: { id: '1', name: 'Asha Rao', company: 'Northwind Traders', others: 0 },
    caller_id: null,
    due_at,
    zone: 'Europe/London',
    local_time: due_at.slice(0, 16),
    customer_local_time: [],
    note: null,
    assigned_to: null,
    reminder_min: null,
    call_end_min: null,
    queue: null,
    push: { state: 'none', message: null, pushed_at: null, item: null },
    state: 'open',
    remind_at: due_at,
    reminded_at: null,
    snoozed_until: null,
    due: false,
    overdue: false,
    warnings: [],
    calls: [],
    made_at: ago(600),
    changed_at: ago(600),
    shown: { national: '020 7946 0018', international: '+44 20 7946 0018', country: 'GB' },
    ...changes,
  };
}

export const settings: SettingsView = {
  theme: 'system',
  notifications: true,
  close_to_tray_said: false,
  allow_premium: false,
  allow_satellite: false,
  allow_personal: false,
  allow_shared_cost: false,
  choose_caller_id: true,
  quick_dial: { key: 'Ctrl+Shift+Space', selection_key: 'Ctrl+Shift+D', end_key: '', kept_minutes: 10 },
  privacy: false,
  alerts: {
    incoming: 'pop_up',
    missed: 'sound',
    progress: 'pop_up',
    ended: 'pop_up',
    failed: 'pop_up',
    callback: 'sound',
    account: 'pop_up',
    sounds: true,
    hide_names: 'when_locked',
  },
};

export const attention: AttentionView = {
  missed: 0,
  due: 0,
  unseen: 0,
  seen_up_to: null,
  do_not_disturb_until: null,
  do_not_disturb: null,
};

export function alert(changes: Partial<AlertView> = {}): AlertView {
  return {
    id: 'missed',
    kind: 'missed',
    at: ago(90),
    title: 'Asha Rao',
    body: 'Missed call\nto Support line',
    discreet: { title: 'Missed call', body: 'Missed call' },
    call: 'missed',
    callback: null,
    account: null,
    seen: false,
    held_back: false,
    ...changes,
  };
}

export const status: StatusView = {
  version: '0.1.0',
  pid: 4242,
  role: 'desktop',
  calls: [],
  accounts: [],
  keychain: 'ok',
  listener: 'http://127.0.0.1:47911',
  listener_problem: null,
  attention,
};

/** What going through an address book came to: nothing at all. */
export function bookReport(changes: Partial<BookReport> = {}): BookReport {
  const none = { added: 0, changed: 0, deleted: 0 };
  return {
    book: 'Contacts',
    here: none,
    there: none,
    conflicts: 0,
    to_delete_here: [],
    to_delete_there: [],
    unclear: 0,
    unreadable: 0,
    not_written: [],
    is_unfinished: false,
    failure: null,
    ...changes,
  };
}

/** A desktop on which another program opens telephone links. */
export function phoneLinks(): PhoneLinkView[] {
  const nobody = { state: 'nobody', program: null, can_take: true, why: null } as const;
  return [
    { scheme: 'tel', state: 'other', program: 'Soft Phone', can_take: true, why: null },
    { scheme: 'callto', ...nobody },
    { scheme: 'sip', ...nobody },
    { scheme: 'dialdeck', state: 'dialdeck', program: null, can_take: false, why: null },
  ];
}

export function link(changes: Partial<LinkView> = {}): LinkView {
  return { text: 'tel:+442079460123', account: null, from: null, note: null, problem: null, from_problem: null, ...changes };
}
