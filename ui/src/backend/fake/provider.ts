/** What a made-up provider holds: endpoints, a call log, leads and notes. */
import type { CallNote, EndpointAttempt, Lead, LeadChoices, ProviderContact, RecordedCall, ScheduledCall, Value } from '../types';
import { ago } from './samples';

export function endpoints(): Record<string, Value> {
  return {
    'desk-1': {
      name: 'Front desk',
      extension: '1001',
      auth_required: true,
      whitelist: ['^\\+44'],
      timeout: 30,
      media: { ignore_early_media: true },
      custom_sip_headers: { 'X-Team': 'sales', in: { 'X-From': 'deck' } },
      made_elsewhere: 'kept',
    },
    'web-1': { name: 'Website button', extension: '1002', dial_first: 'contact', auth_required: false },
  };
}

export function summary(document: Value): { name: string; extension: string } {
  const members = typeof document === 'object' && document !== null && !Array.isArray(document) ? document : {};
  return { name: String(members['name'] ?? ''), extension: String(members['extension'] ?? '') };
}

export const attempts: EndpointAttempt[] = [
  { id: 'attempt-1', at: ago(3600), contact: '+442079460018', provider_call_id: 'leg-1', succeeded: true, cause: null },
  { id: 'attempt-2', at: ago(7200), contact: '+442079460031', provider_call_id: null, succeeded: false, cause: 'NO_ANSWER' },
];

export const endpointSchema: Value = {
  type: 'object',
  required: ['name', 'extension'],
  properties: {
    name: { type: 'string', minLength: 1, maxLength: 128, description: 'What the endpoint is called.' },
    extension: { type: 'string', minLength: 1, description: 'The fixed side: an extension or a number.' },
    dial_first: { type: 'string', enum: ['extension', 'contact'], default: 'extension', description: 'Which side rings first.' },
    auth_required: { type: 'boolean', default: true, description: 'Only who has signed in may place calls.' },
    whitelist: { type: 'array', items: { type: 'string', minLength: 1 }, description: 'Regular expressions for the numbers that may be called.' },
    timeout: { type: 'integer', minimum: 1, maximum: 120, description: 'How long the first telephone rings, in seconds.' },
    bypass_media: { enum: [true, false, 'auto'], description: 'Whether the voice goes past the media servers.' },
    media: { type: 'object', description: 'How the voice is treated.', properties: { ignore_early_media: { type: 'boolean', default: true } } },
    custom_sip_headers: {
      type: 'object',
      description: 'Headers for the signalling.',
      properties: { in: { $ref: '#/definitions/headers' }, out: { $ref: '#/definitions/headers' } },
      patternProperties: { '^[A-Za-z0-9_-]+$': { type: 'string' } },
    },
    custom_application_vars: { type: 'object', additionalProperties: { type: 'string' } },
  },
  definitions: { headers: { type: 'object', additionalProperties: { type: 'string' } } },
};

const RECORDS = 60;

export function records(): RecordedCall[] {
  return Array.from({ length: RECORDS }, (_, index) => record(index));
}

function record(index: number): RecordedCall {
  const inbound = index % 3 === 1;
  const answered = index % 4 !== 2;
  const last = String(18 + index).padStart(2, '0');
  return {
    id: `record-${index}`,
    provider_call_id: `call-${index}`,
    provider_request_id: null,
    our_id: null,
    direction: inbound ? 'inbound' : 'outbound',
    outcome: answered ? 'talked' : inbound ? 'missed' : 'customer_no_answer',
    ended_by: answered ? 'customer' : null,
    started_at: ago(1800 * (index + 1)),
    ended_at: ago(1800 * (index + 1) - 200),
    duration_seconds: 200,
    talk_seconds: answered ? 180 + index : 0,
    agent: '101',
    agent_name: 'Priya Nair',
    customer: `+4420794600${last}`,
    caller_id: '+442079460101',
    has_recording: index % 5 === 0,
    description: null,
  };
}

export function scheduled(): ScheduledCall[] {
  const call = (id: string, seconds: number, changes: Partial<ScheduledCall> = {}): ScheduledCall => ({
    id,
    state: 'pending',
    at: ago(-seconds),
    customer: '+442079460018',
    customer_name: 'Asha Rao',
    assigned_to: '0501',
    assigned_to_name: 'Priya Nair',
    note: null,
    queue: null,
    reminder_min: null,
    call_end_min: null,
    provider_call_id: null,
    ...changes,
  });
  return [
    call('scheduled-1', 86_400, { customer: '+442079460031', customer_name: 'Ben Carter', note: 'Renewal of the contract.' }),
    call('scheduled-2', 3600),
    call('scheduled-3', -7200, { state: 'completed' }),
  ];
}

const CONTACTS = 30;

export function contacts(): ProviderContact[] {
  const more = Array.from({ length: CONTACTS - 2 }, (_, index) => ({
    id: `contact-${index + 2}`,
    name: `Customer ${index + 1}`,
    company: null,
    email: null,
    numbers: [`+4420794603${String(index).padStart(2, '0')}`],
    group: 'Default',
  }));
  return [
    { id: 'contact-0', name: 'Asha Rao', company: 'Northwind Traders', email: 'asha.rao@example.com', numbers: ['+442079460018'], group: 'Default' },
    { id: 'contact-1', name: 'Warehouse', company: null, email: null, numbers: ['+442079460199', '214'], group: null },
    ...more,
  ];
}

export const lead: Lead = {
  id: 'lead-1',
  first_name: 'Asha',
  last_name: 'Rao',
  company: 'Northwind Traders',
  emails: ['asha.rao@example.com'],
  numbers: ['+442079460018'],
  website: null,
  city: 'London',
  address: null,
  note: 'Met at the trade fair.',
  deal_value: 1200,
  status: 'open',
  source: 'Trade fair',
  source_type: 'Event',
  stage: 'Offer sent',
  group: 'Wholesale',
  labels: ['Priority'],
  assignee: 'Priya Nair',
};

export const leadChoices: LeadChoices = {
  source_types: ['Event', 'Website'],
  labels: ['Priority', 'Renewal', 'Cold'],
  stages: ['New', 'Offer sent', 'Won', 'Lost'],
  groups: ['Wholesale', 'Retail'],
};

export const notes: CallNote[] = [
  { text: 'Asked for the price list in euros.', author: 'Tom Baker', at: ago(90_000) },
  { text: 'Prefers e-mail in the morning.', author: null, at: null },
];

const UNITS: Record<string, number> = { m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 };

/** "in 20m", "15:00", "tomorrow 10:00", "next monday" and exact times; none for anything else. */
export function readWhen(text: string): Date | null {
  const words = text.trim().toLowerCase();
  const span = /^in (\d+) ?(m|min|h|d)$/.exec(words);
  if (span) return new Date(Date.now() + Number(span[1]) * (UNITS[span[2] ?? ''] ?? 0));
  const day = new Date();
  if (words === 'next monday') {
    day.setDate(day.getDate() + (((8 - day.getDay()) % 7) || 7));
    day.setHours(10, 0, 0, 0);
    return day;
  }
  const clock = /^(tomorrow )?(\d{1,2}):(\d{2})$/.exec(words);
  if (clock) {
    if (clock[1]) day.setDate(day.getDate() + 1);
    day.setHours(Number(clock[2]), Number(clock[3]), 0, 0);
    return day;
  }
  const exact = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(exact) ? null : new Date(exact);
}

/** As `2026-12-01T15:00` on this machine's clock. */
export function wall(at: Date): string {
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}
