import type {
  AccountView,
  AgentChoice,
  CallView,
  ContactDraft,
  ContactView,
  DidView,
  DoctorCheck,
  EngineEvent,
  ImportReport,
  KeychainState,
  PlaceReply,
  PlaceRequest,
  ProviderKind,
  ProviderKindView,
  SearchRow,
  SettingsView,
  Snapshot,
  StatusView,
  TargetCheck,
  TestReport,
} from './types';

/** Values by the key of their field. */
export type Values = Record<string, string>;

/**
 * The engine as the window holds it. Every verb rejects with an `ApiError`; none of them decides anything here.
 */
export interface Backend {
  snapshot(): Promise<Snapshot>;
  status(): Promise<StatusView>;
  doctor(): Promise<DoctorCheck[]>;

  kinds(): Promise<ProviderKindView[]>;
  addAccount(name: string, kind: ProviderKind, set: Values, secrets: Values): Promise<AccountView>;
  /** An empty value removes the setting. */
  updateAccount(name: string, set: Values): Promise<AccountView>;
  setSecret(name: string, key: string, value: string, thisRunOnly: boolean): Promise<AccountView>;
  removeSecret(name: string, key: string): Promise<AccountView>;
  testAccount(name: string): Promise<TestReport>;
  removeAccount(name: string): Promise<void>;
  defaultAccount(name: string): Promise<void>;
  rotateHook(name: string): Promise<AccountView>;
  phoneChecked(name: string): Promise<void>;
  /** Opens the keychain's own prompt: only in answer to a gesture. */
  unlockKeychain(): Promise<KeychainState>;
  agents(account: string | null): Promise<AgentChoice[]>;
  /** `fresh` asks the provider; otherwise what is known. */
  dids(account: string | null, fresh: boolean): Promise<DidView[]>;

  checkTarget(text: string, account: string | null): Promise<TargetCheck>;
  place(request: PlaceRequest): Promise<PlaceReply>;
  end(call: string | null): Promise<CallView>;
  checkAgain(call: string): Promise<CallView>;
  markEnded(call: string): Promise<CallView>;
  /** Takes the card away; the call itself is not touched. */
  dismiss(call: string): Promise<void>;
  setNote(call: string, note: string): Promise<void>;
  setDisposition(call: string, disposition: string | null): Promise<void>;
  listCalls(limit: number, since: string | null, contact: string | null): Promise<CallView[]>;
  showCall(call: string): Promise<CallView>;

  addContact(draft: ContactDraft): Promise<ContactView>;
  updateContact(id: string, draft: ContactDraft): Promise<ContactView>;
  removeContact(id: string): Promise<void>;
  showContact(id: string): Promise<ContactView>;
  /** An empty query lists the directory by name. */
  searchContacts(query: string, limit: number): Promise<SearchRow[]>;
  importContacts(csv: Uint8Array, country: string | null): Promise<ImportReport>;

  setSettings(settings: SettingsView): Promise<SettingsView>;
  setDraft(field: string, text: string): Promise<void>;

  /** The page is on screen and hears events: what waited for it can be told now. */
  painted(): Promise<void>;

  /** Calls back with every change until the returned function is called. */
  listen(heard: (event: EngineEvent) => void): Promise<() => void>;
}
