export type ViewName = 'deck' | 'alerts' | 'callbacks' | 'accounts' | 'settings' | 'diagnosis';

/** The parts of an account's page. */
export type AccountPart = 'settings' | 'endpoints' | 'records' | 'scheduled' | 'contacts';

/** What stands in the middle of the deck. */
export type Middle =
  | { kind: 'history' }
  | { kind: 'person'; id: string }
  | { kind: 'call'; id: string }
  | { kind: 'edit_person'; id: string | null; number: string | null }
  | { kind: 'import' }
  | { kind: 'duplicates' }
  | { kind: 'books' };

/** Where the agent is. */
export class Navigation {
  #view = $state<ViewName>('deck');
  #middle = $state.raw<Middle>({ kind: 'history' });
  /** Which half a window folded to one column shows. */
  #inFront = $state<'people' | 'middle'>('people');

  /** Which account was looked at last, and which part of it: coming back from a call goes on there. */
  account = $state<string | null>(null);
  accountPart = $state<AccountPart>('settings');

  get view(): ViewName {
    return this.#view;
  }
  get middle(): Middle {
    return this.#middle;
  }
  get inFront(): 'people' | 'middle' {
    return this.#inFront;
  }

  go(view: ViewName): void {
    this.#view = view;
  }

  show(middle: Middle, inFront: 'people' | 'middle' = 'middle'): void {
    this.#view = 'deck';
    this.#middle = middle;
    this.#inFront = inFront;
  }

  toPeople(): void {
    this.#view = 'deck';
    this.#inFront = 'people';
  }
}
