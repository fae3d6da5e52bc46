import type { Backend } from '../backend/backend';
import type { AboutNumber, AccountView, CallFrom, DidView, LinkView, TargetCheck } from '../backend/types';
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
  readonly #backend: Backend;
  #choice = $state.raw<Choice | null>(null);
  #account = $state<string | null>(null);
  /** Chosen by hand for this choice, by account; without one the engine's suggestion goes, or the account's default. */
  #from = $state<Record<string, string>>({});
  /** What the engine knows of this choice with an account: from which number it would be called, and where it is. */
  #checked = $state.raw<{ target: string; account: string; check: TargetCheck } | null>(null);
  #asked = 0;
  /** The link that stands beside the button, until something else is asked for. */
  #link = $state.raw<LinkView | null>(null);
  #linkTarget: string | null = null;
  /** The account that the link asks for, and the one chosen before it. */
  #borrowed: { account: string; before: string | null } | null = null;
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

  constructor(engine: EngineState, backend: Backend) {
    this.#engine = engine;
    this.#backend = backend;
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
    const wanted = this.#from[account.name] ?? this.suggestion?.number;
    return account.dids.find(({ number }) => number === wanted) ?? account.dids.find((did) => did.default) ?? null;
  }
  /** The number that the engine would choose for this choice, and why; null where the agent has chosen. */
  get suggestion(): CallFrom | null {
    const account = this.#current;
    if (account === null || account.dids.length < 2 || this.#from[account.name] !== undefined) return null;
    return this.#check?.from ?? null;
  }
  /** What is known of the number of this choice. */
  get about(): AboutNumber | null {
    return this.#check?.about ?? null;
  }
  /** The country of that number, by its two letters. */
  get country(): string | null {
    return this.#check?.shown?.country ?? null;
  }
  /** What a link asks for; it is called only if the agent says so. */
  get link(): LinkView | null {
    return this.#link;
  }
  /** Whether the number is the one that the link asks for. */
  get byLink(): boolean {
    const from = this.#link?.from ?? null;
    return from !== null && this.#current?.name === this.#link?.account && this.did?.number === from;
  }
  /** Whether the agent has chosen the number for this choice. */
  get byHand(): boolean {
    if (this.byLink) return false;
    const account = this.#current;
    return account !== null && account.dids.some(({ number }) => number === this.#from[account.name]);
  }

  pick(choice: Choice | null): void {
    // Whom the number was chosen for is another one now.
    if (choice?.target !== this.#choice?.target) this.#from = {};
    this.#choice = choice;
    this.#follow(choice);
    void this.suggest();
  }

  /** A link is opened, or done with: its note and its account go with it, and what the agent has written stays. */
  open(link: LinkView | null): void {
    const earlier = this.#link?.note ?? null;
    if (earlier !== null && this.note === earlier) this.note = '';
    if (this.#borrowed !== null && this.#account === this.#borrowed.account) this.#account = this.#borrowed.before;
    this.#borrowed = null;
    this.#link = link;
    this.#linkTarget = null;
    const note = link?.note ?? null;
    if (note !== null && !this.note.includes(note)) this.note = this.note === '' ? note : `${note}\n${this.note}`;
  }

  /** The first choice after a link is opened is whom it means; with the next one the link is done with. */
  #follow(choice: Choice | null): void {
    if (this.#link === null || choice === null || choice.target === this.#linkTarget) return;
    if (this.#linkTarget !== null) {
      this.open(null);
      return;
    }
    this.#linkTarget = choice.target;
    const { account, from } = this.#link;
    const line = this.lines.find((line) => line.account === account && (from === null || line.did?.number === from));
    if (account === null || line === undefined) return;
    this.#borrowed = { account, before: this.#account };
    this.callFrom(line);
  }

  callFrom(line: Line): void {
    this.#account = line.account;
    if (line.did) this.#from = { ...this.#from, [line.account]: line.did.number };
    else void this.suggest();
  }

  /** Keeps the number that was chosen by hand for this choice, or has it chosen anew from now on. */
  async keep(from: string | null): Promise<void> {
    const [choice, account] = [this.#choice, this.#current?.name];
    if (choice === null || account === undefined) return;
    await this.#backend.keepCallFrom(choice.target, account, from, choice.contact);
    this.#from = {};
    await this.suggest();
  }

  get #check(): TargetCheck | null {
    const { target, account, check } = this.#checked ?? {};
    return check && target === this.#choice?.target && account === this.#current?.name ? check : null;
  }

  /** Asks the engine what it knows of the choice; an answer for another one is dropped. */
  async suggest(): Promise<void> {
    this.#asked += 1;
    const asked = this.#asked;
    const [target, account] = [this.#choice?.target, this.#current];
    if (target === undefined || account === null) {
      this.#checked = null;
      return;
    }
    try {
      const check = await this.#backend.checkTarget(target, account.name);
      if (asked === this.#asked) this.#checked = { target, account: account.name, check };
    } catch {
      // Without it the account's default goes, as is shown.
      if (asked === this.#asked) this.#checked = null;
    }
  }

  get #sent(): string | null {
    const suggestion = this.suggestion;
    return suggestion && suggestion.reason !== 'default' ? suggestion.number : null;
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
      // What is shown is what is sent; the account's own default applies in the engine.
      from: account ? (this.#from[account.name] ?? this.#sent) : null,
      note: note === '' ? null : note,
    };
  }
}

function linesOf(account: AccountView): Line[] {
  const { choose_caller_id } = account.capabilities;
  if (choose_caller_id.state === 'missing' || account.dids.length === 0) return [{ account: account.name, did: null }];
  return account.dids.map((did) => ({ account: account.name, did }));
}
