/** How a call's state looks. What it is, the engine has said; here it only gets a shape and a tone. */
import type { CallOutcome, CallView, Known, LegState } from '../../backend/types';
import type { CallbackWish } from '../../state/callbacks.svelte';
import { certain, nameOf } from '../../state/contact';

export type Tone = 'quiet' | 'ringing' | 'live' | 'unsure' | 'failed';
export type Shape = 'dotted' | 'ring' | 'handset' | 'arrow' | 'dot' | 'hollow' | 'square' | 'bar' | 'triangle' | 'shield';

export interface Appearance {
  shape: Shape;
  tone: Tone;
}

const ENDED: Record<CallOutcome, Appearance> = {
  talked: { shape: 'square', tone: 'quiet' },
  time_limit: { shape: 'square', tone: 'quiet' },
  voicemail: { shape: 'square', tone: 'quiet' },
  cancelled: { shape: 'square', tone: 'quiet' },
  abandoned: { shape: 'bar', tone: 'unsure' },
  missed: { shape: 'bar', tone: 'unsure' },
  agent_no_answer: { shape: 'bar', tone: 'unsure' },
  agent_busy: { shape: 'bar', tone: 'unsure' },
  agent_unavailable: { shape: 'bar', tone: 'unsure' },
  customer_no_answer: { shape: 'bar', tone: 'unsure' },
  customer_busy: { shape: 'bar', tone: 'unsure' },
  customer_rejected: { shape: 'bar', tone: 'unsure' },
  refused: { shape: 'triangle', tone: 'failed' },
  not_sent: { shape: 'triangle', tone: 'failed' },
  failed: { shape: 'triangle', tone: 'failed' },
  unknown: { shape: 'hollow', tone: 'unsure' },
};

export function appearance(call: CallView): Appearance {
  switch (call.phase) {
    case 'requested':
      return { shape: call.dispatch === 'intent' ? 'dotted' : 'ring', tone: 'quiet' };
    case 'handed_over':
      return { shape: 'ring', tone: 'quiet' };
    case 'ringing_agent':
      return { shape: 'handset', tone: 'ringing' };
    case 'ringing_customer':
      return { shape: 'arrow', tone: 'ringing' };
    case 'connected':
      return { shape: 'dot', tone: 'live' };
    case 'unconfirmed':
      return { shape: 'hollow', tone: 'unsure' };
    case 'ended':
      // Blocked by the guard: nothing failed, it was held back.
      if (call.outcome === 'not_sent' && call.reason?.startsWith('guard')) return { shape: 'shield', tone: 'unsure' };
      return ENDED[call.outcome ?? 'unknown'];
  }
}

/** The shape of one leg; what is only assumed is never drawn solid. */
export function legAppearance(state: LegState, known: Known): { tone: Tone; solid: boolean } {
  const solid = known === 'confirmed';
  switch (state) {
    case 'idle':
    case 'requested':
    case 'ended':
      return { tone: 'quiet', solid };
    case 'ringing':
      return { tone: 'ringing', solid };
    case 'answered':
      return { tone: 'live', solid };
  }
}

/** Seconds for the timer: in the current state, from the customer's answer once connected, frozen at the end. */
export function timerSeconds(call: CallView, now: number): number | null {
  if (call.phase === 'ended') {
    // A call in which nobody talked has no length to show.
    if (call.talk_seconds !== null) return call.talk_seconds === 0 ? null : call.talk_seconds;
    return call.connected_at && call.ended_at ? between(call.connected_at, Date.parse(call.ended_at)) : null;
  }
  const since = call.phase === 'connected' ? (call.connected_at ?? call.state_since) : call.state_since;
  return between(since, now);
}

function between(since: string, until: number): number {
  return Math.max(0, (until - Date.parse(since)) / 1000);
}

/** Calling the same person back, by the same account and number. */
export function callbackWish(call: CallView): CallbackWish {
  return {
    target: call.customer ?? call.target,
    shown: call.shown.national,
    contact: certain(call.contact)?.id ?? null,
    name: nameOf(call.contact),
    account: call.account,
    // An inbound call's number of ours is the one it came to, which is the one to call back from.
    from: call.caller_id,
  };
}
