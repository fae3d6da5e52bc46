/** Moments worth looking at, by name: `npm run dev`, then `/?fake=connected`. */
import type { CallView } from '../types';
import { FakeBackend, type World } from './backend';
import { wall } from './provider';
import { account, ago, alert, attention, available, call, callback, capabilities, endedCall, sandbox, sentence, settings, status } from './samples';

const DAY = 86_400;

const history: CallView[] = [
  endedCall({ requested_at: ago(1500), note: 'Wants the offer again by e-mail, call back on Monday.' }),
  endedCall({
    contact: { id: '2', name: 'Ben Carter', company: 'Carter & Sons', others: 0 },
    outcome: 'customer_no_answer',
    talk_seconds: null,
    connected_at: null,
    headline: sentence('No answer'),
    requested_at: ago(4200),
    shown: { national: '020 7946 0031', international: '+44 20 7946 0031', country: 'GB' },
  }),
  endedCall({
    contact: null,
    direction: 'inbound',
    outcome: 'missed',
    talk_seconds: null,
    connected_at: null,
    headline: sentence('Missed'),
    requested_at: ago(DAY + 300),
    customer: '+442079460077',
    shown: { national: '020 7946 0077', international: '+44 20 7946 0077', country: 'GB' },
  }),
  endedCall({
    contact: { id: '7', name: 'Farah Siddiqui', company: 'City Dental', others: 0 },
    outcome: 'refused',
    talk_seconds: null,
    connected_at: null,
    headline: sentence('Not sent: key refused (401)'),
    requested_at: ago(DAY + 4000),
  }),
  endedCall({ contact: { id: '8', name: 'George Osei', company: 'Osei Print', others: 0 }, requested_at: ago(3 * DAY) }),
];

const connected = call({
  phase: 'connected',
  headline: sentence('Connected'),
  legs: { agent: { state: 'answered', known: 'confirmed' }, customer: { state: 'answered', known: 'confirmed' }, others: [] },
  connected_at: ago(194),
  state_since: ago(194),
  requested_at: ago(215),
  note: 'Asks about delivery in week 48.',
});

/** An account that can do all there is. */
const able = account({
  capabilities: capabilities({
    transfer_call: available,
    call_records: available,
    schedule_call: available,
    agent_status: available,
    set_agent_status: available,
    call_notes: available,
    scheduled_calls: available,
    provider_contacts: available,
    leads: available,
    endpoints: available,
    pushed_events: available,
    recording_link: { state: 'missing', reason: 'needs_user_sign_in' },
    event_stream: { state: 'missing', reason: 'needs_setting' },
  }),
});

const HOUR = 3600;
const promised = (seconds: number) => {
  const due_at = ago(-seconds);
  return { due_at, remind_at: due_at, local_time: wall(new Date(due_at)) };
};

const callbacks = [
  callback({ ...promised(-HOUR), overdue: true, due: true, note: 'Wants to hear about the offer before noon.' }),
  callback({
    ...promised(2 * HOUR),
    contact: null,
    target: '+12025550142',
    shown: { national: '(202) 555-0142', international: '+1 202-555-0142', country: 'US' },
    customer_local_time: [{ zone: 'America/New_York', local_time: wall(new Date(Date.now() - 3 * HOUR * 1000)) }],
    push: { state: 'pushed', message: null, pushed_at: ago(60), item: 'item-1' },
  }),
  callback({ ...promised(26 * HOUR), contact: { id: '8', name: 'George Osei', company: 'Osei Print', others: 0 }, shown: { national: '020 7946 0093', international: '+44 20 7946 0093', country: 'GB' } }),
];

const scenes: Record<string, () => Partial<World>> = {
  first: () => ({ accounts: [sandbox()], people: [] }),
  first_call: () => ({ history: [call({ sandbox: true })], accounts: [sandbox()], people: [] }),
  deck: () => ({ history }),
  ringing: () => ({ history: [call({ sandbox: true }), ...history], accounts: [sandbox()] }),
  customer: () => ({
    history: [
      call({
        phase: 'ringing_customer',
        headline: sentence('Calling Asha Rao…'),
        advice: sentence('Stay on the line: her phone is ringing.'),
        legs: { agent: { state: 'answered', known: 'confirmed' }, customer: { state: 'ringing', known: 'assumed' }, others: [] },
        end: 'queued',
      }),
      ...history,
    ],
  }),
  connected: () => ({ history: [connected, ...history] }),
  unconfirmed: () => ({
    history: [
      call({
        phase: 'unconfirmed',
        dispatch: 'unknown',
        headline: sentence('No news from Acefone UK for 40 s'),
        advice: sentence('The call may still be running. Check your phone before calling again.'),
        legs: { agent: { state: 'requested', known: 'assumed' }, customer: { state: 'idle', known: 'assumed' }, others: [] },
        can_check_again: true,
        can_mark_ended: true,
      }),
      ...history,
    ],
  }),
  support: () => ({
    history: [
      call({
        dial_order: 'customer_first',
        phase: 'ringing_customer',
        headline: sentence('Calling 020 7946 0055…'),
        contact: null,
        shown: { national: '020 7946 0055', international: '+44 20 7946 0055', country: 'GB' },
        legs: { agent: { state: 'idle', known: 'assumed' }, customer: { state: 'ringing', known: 'assumed' }, others: [] },
      }),
      ...history,
    ],
  }),
  locked: () => ({
    accounts: [
      account({
        secrets: [{ key: 'api_token', place: 'unknown' }, { key: 'support_api_key', place: 'missing' }],
        health: 'incomplete',
        missing: ['api_token'],
      }),
      sandbox({ default: false }),
    ],
    status: { ...status, keychain: 'locked' },
  }),
  accounts: () => ({ accounts: [account(), sandbox({ default: false })], history }),
  able: () => ({ accounts: [able, sandbox({ default: false })], history: [connected, ...history], callbacks }),
  callbacks: () => ({ accounts: [able, sandbox({ default: false })], history, callbacks }),
  alerts: () => ({
    accounts: [able, sandbox({ default: false })],
    history,
    alerts: [
      alert({ id: 'a1', at: ago(120) }),
      alert({ id: 'a2', kind: 'callback', at: ago(600), title: 'Ben Okafor', body: 'Call back now, as promised for 10:00', callback: 'c1', call: null, held_back: true }),
      alert({ id: 'a3', kind: 'failed', at: ago(2400), title: '020 7946 0032', body: 'Not sent: the key was not accepted', seen: true }),
      alert({ id: 'a4', kind: 'ended', at: ago(9000), title: 'Asha Rao', body: 'No answer\nvia Support line', seen: true }),
      alert({ id: 'a5', kind: 'account', at: ago(90_000), title: 'office', body: 'The key was not accepted.', call: null, account: 'office', seen: true }),
    ],
    status: { ...status, attention: { ...attention, unseen: 2, missed: 1 } },
  }),
  unchecked: () => ({ accounts: [account({ phone_checked: false })], history }),
};

const checks = [
  { check: 'home', ok: true, message: 'The database is readable and of this version.', hint: null },
  { check: 'keychain', ok: true, message: 'The keychain is unlocked.', hint: null },
  { check: 'listener', ok: false, message: 'Port 47911 is taken by another program.', hint: 'Close that program, or set listener.port in config.toml.' },
];

/** The engine of one scene; a call placed in it rings, is answered and goes on. */
export function sceneBackend(query: string): FakeBackend {
  const [name = 'deck', theme] = query.split('.');
  const world = scenes[name]?.() ?? {};
  const chosen = theme === 'dark' || theme === 'light' ? theme : 'system';
  const backend = new FakeBackend({ checks, ...world, settings: { ...settings, theme: chosen } });
  if (name === 'warn') {
    backend.nextPlace = {
      result: 'needs_confirmation',
      findings: [{ verdict: 'warn', reason: 'outside_hours', country: 'GB', local_time: '06:40' }],
    };
  }
  if (name === 'held') {
    backend.nextPlace = { result: 'held_back', call: call({ phase: 'unconfirmed' }), until: ago(-47) };
  }
  if (name === 'refused') backend.nextPlace = { code: 'credentials_rejected', class: 'refused', params: { account: 'office' } };
  if (name === 'ended') {
    const running = { ...connected };
    backend.world.history = [running, ...history];
    setTimeout(() => {
      const { headline, legs, ended_at, talk_seconds, outcome, can_end } = endedCall();
      backend.emit({ type: 'call', call: { ...running, phase: 'ended', headline, legs, ended_at, talk_seconds, outcome, can_end } });
    }, 300);
  }
  return backend;
}
