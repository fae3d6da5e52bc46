import type { AccountView, DidView } from '../backend/types';
import type { EngineState } from './engine.svelte';
import type { Wish } from './placing.svelte';

/** Whom the Call button would call. */
export interface Choice {
  /** As the engine takes it: a number in E.164, or the text as typed. */
  target: string;
  contact: string | null;
  /** The person; null where only a number is known. */
  name: string | null;
  company: string | null;
  national: string;
  international: string | null;
  label: string | null;
}

/** One number to call from. */
export interface Line {
  account: string;
  /** None: the account uses its own. */
  did: DidView | null;
}

/** What stands beside the Call button: whom, and from which number of which account. */
export class Dial {
  readonly #engine: EngineState;
  #choice = $state.raw<Choice | null>(null);
  #account = $state<string | null>(null);
  /** Chosen by hand, by account; without one the account's own default goes. */
  #from = $state<Record<string, string>>({});
  note = $state('');

  readonly #current = $derived.by(() => {
    const accounts = this.#engine.accounts;
    const chosen = accounts.find(({ name }) => name === this.#account);
    return (
      chosen ??
      accounts.find((account) => account.default) ??
      accounts.find(({ sandbox }) => !sandbox) ??
      accounts[0] ??
      null
    );
  });
  readonly #lines = $derived.by(() => this.#engine.accounts.flatMap(linesOf));

  constructor(engine: EngineState) {
    this.#engine = engine;
  }

  get choice(): Choice | null {
    return this.#choice;
  }
  /** The account that a call goes out through. */
  get account(): AccountView | null {
    return this.#current;
  }
  /** All numbers that could be chosen, in the order of their keys 1–9. */
  get lines(): Line[] {
    return this.#lines;
  }
  /** The number that would be shown to the customer; null where the provider uses its own. */
  get did(): DidView | null {
    const account = this.#current;
    if (!account) return null;
    const chosen = account.dids.find(({ number }) => number === this.#from[account.name]);
    return chosen ?? account.dids.find((did) => did.default) ?? null;
  }

  pick(choice: Choice | null): void {
    this.#choice = choice;
  }

  callFrom(line: Line): void {
    this.#account = line.account;
    if (line.did) this.#from = { ...this.#from, [line.account]: line.did.number };
  }

  isChosen(line: Line): boolean {
    return line.account === this.#current?.name && line.did?.number === this.did?.number;
  }

  wish(choice: Choice): Wish {
    const account = this.#current;
    const note = this.note.trim();
    return {
      target: choice.target,
      shown: choice.name ?? choice.national,
      contact: choice.contact,
      account: account?.name ?? null,
      // A number chosen by hand is sent; otherwise the account's own default applies in the engine.
      from: account ? (this.#from[account.name] ?? null) : null,
      note: note === '' ? null : note,
    };
  }
}

function linesOf(account: AccountView): Line[] {
  const { choose_caller_id } = account.capabilities;
  if (choose_caller_id.state === 'missing' || account.dids.length === 0) return [{ account: account.name, did: null }];
  return account.dids.map((did) => ({ account: account.name, did }));
}
