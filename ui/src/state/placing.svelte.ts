import type { Backend } from '../backend/backend';
import type { CallView, GuardFinding, PlaceReply, PlaceRequest } from '../backend/types';
import type { EngineState } from './engine.svelte';
import { newIntent } from './intent';

/** Whom to call, from which number, as the agent has it before them. */
export interface Wish {
  target: string;
  /** For people: a name or a number. */
  shown: string;
  contact: string | null;
  account: string | null;
  from: string | null;
  note: string | null;
  /** Go through this click-to-call endpoint of the account rather than the configured one. */
  endpoint?: string;
  byGet?: boolean;
  /** The callback that this call keeps: the engine knows its account and number. */
  callback?: string;
}

/** What the agent has already gone past in this gesture. */
type Answers = Pick<PlaceRequest, 'yes' | 'despite_unknown'>;

const NO_ANSWERS: Answers = { yes: false, despite_unknown: false };

export type Step =
  | { at: 'idle' }
  | { at: 'sending'; wish: Wish }
  /** The account has not been tried on the agent's own phone yet. */
  | { at: 'phone_check'; wish: Wish; account: string }
  | { at: 'confirm'; wish: Wish; intent: string; answers: Answers; findings: GuardFinding[] }
  | { at: 'held'; wish: Wish; intent: string; answers: Answers; call: CallView; until: string }
  | { at: 'refused'; wish: Wish; error: unknown };

/** After a step the same key or click must not answer what has just appeared under it. */
export const DEAD_TIME_MS = 1000;

/** As long as making the quick dial bar takes, and more. */
const ELSEWHERE_MS = 2000;

/**
 * One gesture from its click to its call. While a gesture is under way, and a second after it, others are ignored:
 * double clicks, key repeat and impatience make one call.
 */
export class Placing {
  readonly #backend: Backend;
  readonly #engine: EngineState;
  #step = $state.raw<Step>({ at: 'idle' });
  #resting = $state(false);
  #restTimer: ReturnType<typeof setTimeout> | undefined;
  #placed: ((call: CallView) => void) | undefined;

  constructor(backend: Backend, engine: EngineState) {
    this.#backend = backend;
    this.#engine = engine;
  }

  get step(): Step {
    return this.#step;
  }
  get sending(): boolean {
    return this.#step.at === 'sending';
  }
  /** Whether a gesture would be taken now. */
  get ready(): boolean {
    return !this.#resting && this.#step.at !== 'sending';
  }
  /** A question is open that only its own buttons answer. */
  get asking(): boolean {
    return this.#step.at === 'confirm' || this.#step.at === 'held' || this.#step.at === 'phone_check';
  }

  /** Says what follows when a call was made: where focus goes, which text is cleared. */
  whenPlaced(placed: (call: CallView) => void): void {
    this.#placed = placed;
  }

  /** A new gesture. */
  async place(wish: Wish): Promise<void> {
    if (!this.ready || this.asking) return;
    const account = wish.account === null ? undefined : this.#engine.account(wish.account);
    // What is not complete cannot ring any phone: the engine says what it lacks.
    const isComplete = account?.missing.length === 0;
    if (account && isComplete && !account.sandbox && !account.phone_checked) {
      this.#step = { at: 'phone_check', wish, account: account.name };
      this.#rest();
      return;
    }
    await this.#send(wish, newIntent(), NO_ANSWERS);
  }

  /** The agent has read the warnings and goes on: still the same gesture. */
  async callAnyway(): Promise<void> {
    const step = this.#step;
    if (step.at !== 'confirm' || !this.ready || step.findings.some(({ verdict }) => verdict === 'block')) return;
    await this.#send(step.wish, step.intent, { ...step.answers, yes: true });
  }

  /** The agent knows that the earlier call to this number is over. */
  async callDespiteUnknown(): Promise<void> {
    const step = this.#step;
    if (step.at !== 'held' || !this.ready) return;
    await this.#send(step.wish, step.intent, { ...step.answers, despite_unknown: true });
  }

  /** The phone was tried, or the agent would rather not: on with the call. */
  async goOnAfterPhoneCheck(): Promise<void> {
    const step = this.#step;
    if (step.at !== 'phone_check') return;
    await this.#send(step.wish, newIntent(), NO_ANSWERS);
  }

  cancel(): void {
    if (this.#step.at !== 'sending') this.#step = { at: 'idle' };
  }

  async #send(wish: Wish, intent: string, answers: Answers): Promise<void> {
    this.#step = { at: 'sending', wish };
    const mark = this.#engine.mark();
    try {
      const reply = await this.#request(wish, intent, answers);
      switch (reply.result) {
        case 'placed':
          this.#engine.adopt(reply.call, mark);
          this.#step = { at: 'idle' };
          this.#putAwayEnded(reply.call.id);
          this.#placed?.(reply.call);
          break;
        case 'needs_confirmation':
          this.#step = { at: 'confirm', wish, intent, answers, findings: reply.findings };
          break;
        case 'held_back':
          this.#step = { at: 'held', wish, intent, answers, call: reply.call, until: reply.until };
          break;
      }
    } catch (error) {
      this.#step = { at: 'refused', wish, error };
    } finally {
      this.#rest();
    }
  }

  #request(wish: Wish, intent: string, answers: Answers): Promise<PlaceReply> {
    const { target, account, from, note, contact, endpoint, byGet, callback } = wish;
    if (callback !== undefined) return this.#backend.callCallback(callback, answers.yes, answers.despite_unknown, intent);
    const through = endpoint === undefined ? {} : { endpoint, by_get: byGet ?? false };
    return this.#backend.place({ intent, target, account, from, note, contact, ...answers, ...through });
  }

  /** The card of an ended call stays until the next call. */
  #putAwayEnded(except: string): void {
    for (const card of this.#engine.cards) {
      if (card.phase === 'ended' && card.id !== except) void this.#backend.dismiss(card.id).catch(() => {});
    }
  }

  /** The next gesture is meant for another window, which is on its way. */
  wait(): void {
    this.#rest(ELSEWHERE_MS);
  }

  #rest(long = DEAD_TIME_MS): void {
    this.#resting = true;
    clearTimeout(this.#restTimer);
    this.#restTimer = setTimeout(() => (this.#resting = false), long);
  }
}
