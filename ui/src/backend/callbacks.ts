/**
 * What the engine tells and takes about callbacks. Written by hand after the engine's views until the generated
 * bindings hold the same names; from then on this file only needs to pass those on.
 */
import type { ApiError, ContactRef, PhoneNumber, PlaceReply, ShownNumber, Words } from './types';

/** A wish to be reminded of a call. */
export interface CallbackDraft {
  /** Identity of the gesture (UUID), and the id of what it makes; the same gesture again makes nothing new. */
  intent: string | null;
  /** Number, link or contact. */
  target: string;
  /** RFC 3339, a clock time, or words such as "tue 3pm". */
  when: string;
  /** IANA name of the zone in which `when` is said; without it the machine's. */
  zone: string | null;
  account: string | null;
  /** Caller ID to show. */
  from: string | null;
  /** The person, where the face knows. */
  contact: string | null;
  /** Who it is; without it the contact's name. */
  name: string | null;
  note: string | null;
  /** Agent at the provider. */
  assigned_to: string | null;
  reminder_min: number | null;
  call_end_min: number | null;
  queue: string | null;
  /** The provider is to schedule it too. */
  push: boolean;
}

export type CallbackState = 'open' | 'done' | 'cancelled';

/** How far the wish has got that the provider schedule the callback too. */
export type PushState = 'none' | 'wished' | 'pushed' | 'unknown' | 'refused';

export interface PushView {
  state: PushState;
  /** The provider's own sentence. */
  message: string | null;
  pushed_at: string | null;
  /** The provider's name for its copy. */
  item: string | null;
}

/** What a clock at the customer's shows. */
export interface CustomerTimeView {
  /** IANA name. */
  zone: string;
  /** Such as `2026-12-01T15:00`. */
  local_time: string;
}

/** A promise to call somebody back. */
export interface CallbackView {
  id: string;
  /** Name of the account that it will be called from. */
  account: string | null;
  /** What will be called, as it goes on the wire: E.164, extension or SIP address. */
  target: string;
  customer: PhoneNumber | null;
  /** Who it is, as written down when it was made. */
  name: string | null;
  contact: ContactRef | null;
  /** The number to show; null for the account's own choice. */
  caller_id: PhoneNumber | null;
  due_at: string;
  /** IANA name of the zone in which the time was said. */
  zone: string;
  /** What the clock of that zone shows then, such as `2026-12-01T15:00`. */
  local_time: string;
  /** What clocks show then wherever the number may ring, each time once; empty where nothing is known. */
  customer_local_time: CustomerTimeView[];
  note: string | null;
  assigned_to: string | null;
  /** Minutes before the time at which to remind. */
  reminder_min: number | null;
  call_end_min: number | null;
  queue: string | null;
  push: PushView;
  state: CallbackState;
  /** When the reminder comes, came or will come again. */
  remind_at: string;
  reminded_at: string | null;
  /** Until when the agent has put it off. */
  snoozed_until: string | null;
  /** Open, and its reminder's moment has come. */
  due: boolean;
  /** Open, and its time is over. */
  overdue: boolean;
  warnings: Words[];
  /** Ids of the calls that were placed for it, the oldest first. */
  calls: string[];
  made_at: string;
  changed_at: string;
  /** Formatted for people; what `customer` or `target` is. */
  shown: ShownNumber;
}

/** What a text would mean as the time of a callback; nothing is made. */
export interface WhenCheck {
  due_at: string;
  zone: string;
  local_time: string;
  customer_local_time: CustomerTimeView[];
  warnings: Words[];
}

/** A callback was made, changed or closed, or its time has come. */
export interface CallbackEvent {
  type: 'callback';
  callback: CallbackView;
}

type Answer<T> = { status: 'ok'; data: T } | { status: 'error'; error: ApiError };

/** The window's commands for callbacks, as the bindings will name them. */
export interface CallbackCommands {
  addCallback(draft: CallbackDraft): Promise<Answer<CallbackView>>;
  callbacks(all: boolean): Promise<Answer<CallbackView[]>>;
  callbackDone(callback: string): Promise<Answer<CallbackView>>;
  cancelCallback(callback: string): Promise<Answer<CallbackView>>;
  snoozeCallback(callback: string, until: string, zone: string | null): Promise<Answer<CallbackView>>;
  callCallback(callback: string, yes: boolean, despiteUnknown: boolean, intent: string | null): Promise<Answer<PlaceReply>>;
  checkWhen(when: string, zone: string | null, target: string | null, account: string | null): Promise<Answer<WhenCheck>>;
}
