/**
 * What the engine tells and takes, as serde writes it. Every type of the engine that the window uses is imported from
 * here, so that there is one place where they come from.
 */

export type ProviderKind = 'acefone-uk' | 'acefone-in' | 'servetel' | 'smartflo' | 'superfone' | 'sandbox';
export type Direction = 'outbound' | 'inbound';
export type DialOrder = 'agent_first' | 'customer_first';
export type Dispatch = 'intent' | 'sent' | 'accepted' | 'refused' | 'unknown' | 'cancelled';
export type Phase =
  | 'requested'
  | 'handed_over'
  | 'ringing_agent'
  | 'ringing_customer'
  | 'connected'
  | 'unconfirmed'
  | 'ended';
export type CallOutcome =
  | 'talked'
  | 'agent_no_answer'
  | 'agent_busy'
  | 'agent_unavailable'
  | 'customer_no_answer'
  | 'customer_busy'
  | 'customer_rejected'
  | 'missed'
  | 'abandoned'
  | 'voicemail'
  | 'time_limit'
  | 'cancelled'
  | 'refused'
  | 'not_sent'
  | 'failed'
  | 'unknown';
export type EndedBy = 'agent' | 'customer' | 'provider' | 'unknown';
export type LegState = 'idle' | 'requested' | 'ringing' | 'answered' | 'ended';
export type Known = 'assumed' | 'confirmed';
export type Leg = 'agent' | 'customer';
export type EndState = 'none' | 'queued' | 'sent' | 'accepted' | 'failed' | 'expired';
export type SecretPlace = 'missing' | 'keychain' | 'this_run' | 'environment' | 'unknown';
export type KeychainState = 'ok' | 'locked' | 'absent' | 'denied' | 'dismissed';
export type Health = 'unknown' | 'ok' | 'incomplete' | 'failing';
export type Theme = 'system' | 'light' | 'dark';
export type Role = 'desktop' | 'serve' | 'one_shot';
export type GuardVerdict = 'ok' | 'warn' | 'block';
export type GuardReason =
  | 'service_code'
  | 'emergency'
  | 'short_number'
  | 'premium_rate'
  | 'satellite'
  | 'personal_number'
  | 'shared_cost'
  | 'new_country'
  | 'outside_hours'
  | 'too_many_dials'
  | 'repeated_dials'
  | 'active_call'
  | 'do_not_call';
export type ErrorClass = 'failed' | 'usage' | 'refused' | 'outcome_unknown' | 'nothing_matches' | 'keychain';
/** Why a verb is not there. */
export type Missing = 'not_offered' | 'not_in_this_mode' | 'needs_api_token' | 'events_only';
export type FactSource = 'reply' | 'webhook' | 'websocket' | 'poll' | 'records' | 'agent' | 'timer';

export interface Words {
  key: string;
  params: Record<string, string>;
}

export interface LegReading {
  state: LegState;
  known: Known;
}

export interface OtherLeg extends LegReading {
  who: string | null;
}

export interface CallLegs {
  agent: LegReading;
  customer: LegReading;
  others: OtherLeg[];
}

export interface ProviderIds {
  call_id: string | null;
  request_id: string | null;
  leg_ids: string[];
}

export interface ShownNumber {
  national: string;
  international: string;
  country: string | null;
}

export interface ContactRef {
  id: string;
  name: string;
  company: string | null;
}

/** One statement of a source about a call; the window shows kind, source and time. */
export interface Fact {
  kind: string;
  leg: Leg | null;
  occurred_at: string | null;
  received_at: string;
  source: FactSource;
  outcome: CallOutcome | null;
  ended_by: EndedBy | null;
  talk_seconds: number | null;
  evidence: string | null;
}

export interface CallView {
  id: string;
  account: string;
  provider: ProviderKind;
  direction: Direction;
  target: string;
  customer: string | null;
  customer_typed: string | null;
  caller_id: string | null;
  contact: ContactRef | null;
  phase: Phase;
  outcome: CallOutcome | null;
  reason: string | null;
  ended_by: EndedBy | null;
  legs: CallLegs;
  dial_order: DialOrder;
  provider_ids: ProviderIds;
  requested_at: string;
  agent_answered_at: string | null;
  connected_at: string | null;
  ended_at: string | null;
  talk_seconds: number | null;
  dispatch: Dispatch | null;
  disposition: string | null;
  note: string | null;
  facts?: Fact[] | null;
  transferred_to: string | null;
  has_recording: boolean;
  end_known: Known | null;
  connected_at_known: Known;
  headline: Words;
  advice: Words | null;
  state_since: string;
  end: EndState;
  can_end: boolean;
  can_check_again: boolean;
  can_mark_ended: boolean;
  dismissed: boolean;
  sandbox: boolean;
  provider_message: string | null;
  shown: ShownNumber;
  caller_id_shown: string | null;
}

export type Capability = { state: 'available' } | { state: 'missing'; reason: Missing };

export interface Capabilities {
  place_call: Capability;
  end_call: Capability;
  end_names_call: boolean;
  choose_caller_id: Capability;
  list_dids: Capability;
  list_agents: Capability;
  live_calls: Capability;
  webhooks: Capability;
  tells_customer_answer: Capability;
  call_extensions: Capability;
  call_sip: Capability;
}

export type FieldKind =
  | { type: 'text' | 'url' | 'phone' | 'country' | 'time_zone' | 'integer' | 'boolean' | 'secret' }
  | { type: 'choice'; values: string[] };

export interface FieldSpec {
  key: string;
  kind: FieldKind;
  required: boolean;
  default: string | null;
  only_in_mode: string | null;
  advanced: boolean;
  placeholder: string | null;
}

export interface SecretView {
  key: string;
  place: SecretPlace;
}

export interface DidView {
  number: string;
  label: string | null;
  destination: string | null;
  national: string;
  international: string;
  country: string | null;
  default: boolean;
}

export interface AccountView {
  name: string;
  id: string;
  provider: ProviderKind;
  provider_name: string;
  sandbox: boolean;
  default: boolean;
  settings: Record<string, string>;
  secrets: SecretView[];
  missing: string[];
  fields: FieldSpec[];
  capabilities: Capabilities;
  dial_order: DialOrder;
  agent: string | null;
  caller_id: string | null;
  dids: DidView[];
  health: Health;
  attention: Words | null;
  hook: string | null;
  phone_checked: boolean;
}

export interface ProviderKindView {
  kind: ProviderKind;
  name: string;
  fields: FieldSpec[];
}

export interface AgentChoice {
  id: string;
  name: string;
  number: string | null;
  extension: string | null;
  available: boolean | null;
}

export interface TestReport {
  credentials: boolean | null;
  dids: number | null;
  agents: number | null;
  notes: string[];
}

export interface ContactNumberView {
  number: string;
  label: string | null;
  national: string;
  international: string;
  country: string | null;
}

export interface ContactView {
  id: string;
  name: string;
  company: string | null;
  email: string | null;
  note: string | null;
  numbers: ContactNumberView[];
}

export interface ContactDraft {
  name: string;
  company: string | null;
  email: string | null;
  note: string | null;
  /** Each number as typed, with its label. */
  numbers: [string, string | null][];
  country: string | null;
}

export interface SearchRow {
  contact: string;
  name: string;
  company: string | null;
  number: string | null;
  label: string | null;
  national: string | null;
  international: string | null;
}

export interface GuardFinding {
  verdict: GuardVerdict;
  reason: GuardReason;
  country: string | null;
  local_time: string | null;
}

export interface TargetCheck {
  number: string | null;
  shown: ShownNumber | null;
  contact: ContactRef | null;
  verdict: GuardVerdict;
  findings: GuardFinding[];
  problem: Words | null;
}

export interface PlaceRequest {
  intent: string | null;
  target: string;
  account: string | null;
  from: string | null;
  note: string | null;
  contact: string | null;
  yes: boolean;
  despite_unknown: boolean;
}

export type PlaceReply =
  | { result: 'placed'; call: CallView }
  | { result: 'needs_confirmation'; findings: GuardFinding[] }
  | { result: 'held_back'; call: CallView; until: string };

export interface AccountHealth {
  name: string;
  provider: ProviderKind;
  health: Health;
  attention: Words | null;
}

export interface StatusView {
  version: string;
  pid: number;
  role: Role;
  calls: CallView[];
  accounts: AccountHealth[];
  keychain: KeychainState;
  listener: string | null;
  listener_problem: Words | null;
}

export interface DoctorCheck {
  check: string;
  ok: boolean;
  message: string;
  hint: string | null;
}

export interface ImportSkip {
  line: number;
  reason: string;
}

export interface ImportReport {
  added: number;
  updated: number;
  unchanged: number;
  skipped: ImportSkip[];
}

export interface NotificationView {
  id: string;
  call: string;
  title: string;
  body: string;
  urgent: boolean;
  actions: [string, string][];
  important: boolean;
}

export interface SettingsView {
  theme: Theme;
  notifications: boolean;
  close_to_tray_said: boolean;
  allow_premium: boolean;
  allow_satellite: boolean;
  allow_personal: boolean;
  allow_shared_cost: boolean;
}

export interface Snapshot {
  status: StatusView;
  accounts: AccountView[];
  history: CallView[];
  settings: SettingsView;
  drafts: Record<string, string>;
}

export type EngineEvent =
  | { type: 'call'; call: CallView }
  | { type: 'notification'; notification: NotificationView }
  | { type: 'account'; account: AccountView }
  | { type: 'account_removed'; name: string }
  | { type: 'contacts' }
  | { type: 'settings'; settings: SettingsView }
  | { type: 'status'; status: StatusView }
  | { type: 'show_window'; prefill: string | null }
  | { type: 'stopping' };

export interface ApiError {
  code: string;
  class: ErrorClass;
  params: Record<string, string>;
}
