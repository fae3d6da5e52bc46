import type { CallbackDraft, CallbackView, WhenCheck } from './types';
import type {
  AccountView,
  AgentChoice,
  AgentStatusOrder,
  AgentStatusReport,
  AttentionView,
  BookConflictView,
  BookDraft,
  BookReport,
  BookView,
  CallView,
  ContactDraft,
  ContactFormat,
  ContactListView,
  ContactsPage,
  ContactView,
  CrashView,
  DidView,
  DisturbWish,
  DoctorCheck,
  DuplicatesView,
  EndpointAsk,
  EndpointTold,
  EngineEvent,
  Found,
  ImportLook,
  ImportReport,
  ImportWish,
  KeychainState,
  KeyState,
  Lead,
  LeadChoices,
  LeadDraft,
  PhoneLinkView,
  MarksChange,
  MergeDraft,
  MergePreview,
  MergeView,
  NotesPage,
  NotifierView,
  PageQuery,
  Place,
  PlaceReply,
  PlaceRequest,
  ProviderKind,
  ProviderKindView,
  RecordsPage,
  RecordsQuery,
  ScheduledCall,
  ScreenPopView,
  SettingsView,
  Snapshot,
  StatusView,
  TargetCheck,
  TestReport,
  Value,
} from './types';

/** Values by the key of their field. */
export type Values = Record<string, string>;

/** Which side of a conflict is kept. */
export type Side = 'ours' | 'theirs' | 'both';

/**
 * The engine as the window holds it. Every verb rejects with an `ApiError`; none of them decides anything here.
 */
export interface Backend {
  snapshot(): Promise<Snapshot>;
  status(): Promise<StatusView>;
  doctor(): Promise<DoctorCheck[]>;
  phoneLinks(): Promise<PhoneLinkView[]>;
  takePhoneLinks(scheme: string): Promise<PhoneLinkView[]>;
  /** What an earlier run ended with, until the agent was told. */
  crash(): Promise<CrashView | null>;
  dismissCrash(): Promise<void>;
  /** Writes the support bundle into the user's downloads; gives the file's path. */
  saveBundle(): Promise<string>;
  /** They are changed in a terminal only. */
  screenPops(): Promise<ScreenPopView[]>;

  kinds(): Promise<ProviderKindView[]>;
  addAccount(name: string, kind: ProviderKind, set: Values, secrets: Values): Promise<AccountView>;
  /** An empty value removes the setting. */
  /** Where an address moves to another server, each stored secret must be among `secrets`. */
  updateAccount(name: string, set: Values, secrets: Values): Promise<AccountView>;
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
  /** A text was pasted into the field: a link of our own comes back as a wish to show it. */
  openPasted(text: string): Promise<void>;
  /** Without a number it is chosen anew for each call. With a contact the target is not looked at. */
  keepCallFrom(target: string, account: string | null, from: string | null, contact: string | null): Promise<void>;
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

  /** Hands a running call on to a number or extension. */
  transferCall(call: string, to: string, attended: boolean, yes: boolean): Promise<void>;

  addCallback(draft: CallbackDraft): Promise<CallbackView>;
  /** Open ones, overdue ones first, then by their time; with `all` the closed ones after them. */
  callbacks(all: boolean): Promise<CallbackView[]>;
  callbackDone(id: string): Promise<CallbackView>;
  cancelCallback(id: string): Promise<CallbackView>;
  /** Puts the reminder off; `until` is read as the time of a new callback. */
  snoozeCallback(id: string, until: string): Promise<CallbackView>;
  /** Whether it may remind while nothing else may disturb. */
  markCallback(id: string, important: boolean): Promise<CallbackView>;
  /** An ordinary call, with the callback's account and number: one gesture, named by its intent. */
  callCallback(id: string, yes: boolean, despiteUnknown: boolean, intent: string | null): Promise<PlaceReply>;
  /** What a text means as the time of a callback, on the agent's clock and on the customer's. */
  checkWhen(when: string, target: string | null, account: string | null): Promise<WhenCheck>;

  endpoints(account: string, verb: EndpointAsk): Promise<EndpointTold>;
  /** The JSON schema of endpoint documents; none where the account has no endpoints. */
  endpointSchema(account: string): Promise<Value | null>;
  records(account: string, query: RecordsQuery): Promise<RecordsPage>;
  /** Opens a recording in the system's browser; its link never comes here. `record` is the log entry's id or the provider's id of the call. */
  openRecording(account: string, record: string): Promise<void>;
  /** Calls that the provider places by itself between two instants (RFC 3339). */
  scheduledCalls(account: string, from: string, to: string): Promise<ScheduledCall[]>;
  providerContacts(account: string, page: PageQuery): Promise<ContactsPage>;
  agentStatus(account: string): Promise<AgentStatusReport>;
  setAgentStatus(account: string, order: AgentStatusOrder): Promise<void>;
  /** Has the provider push the account's events here. */
  pushEventsHere(account: string): Promise<void>;
  callNotes(account: string, number: string, page: PageQuery): Promise<NotesPage>;
  /** None: the provider knows nobody by that number. */
  lead(account: string, number: string): Promise<Lead | null>;
  saveLead(account: string, lead: LeadDraft): Promise<void>;
  leadChoices(account: string): Promise<LeadChoices>;

  addContact(draft: ContactDraft): Promise<ContactView>;
  updateContact(id: string, draft: ContactDraft): Promise<ContactView>;
  /** What the change does not name stays. */
  markContact(id: string, change: MarksChange): Promise<ContactView>;
  removeContact(id: string): Promise<void>;
  showContact(id: string): Promise<ContactView>;
  /** Somebody was taken from what a text had found: they come first for it from now on. */
  contactChosen(typed: string, contact: string): Promise<void>;
  /** People, and what the text would do by itself. */
  find(text: string, account: string | null, limit: number): Promise<Found>;
  /** Groups of people who are probably one; `from` counts from 0. */
  listDuplicates(from: number, limit: number): Promise<DuplicatesView>;
  /** What these people would be as one; the first of them goes on. */
  previewMerge(draft: MergeDraft): Promise<MergePreview>;
  mergeContacts(draft: MergeDraft): Promise<MergeView>;
  /** The latest first. */
  listMerges(limit: number): Promise<MergeView[]>;
  undoMerge(merge: string): Promise<void>;
  /** These are different people, and are not offered as one again. */
  setDistinct(contacts: string[]): Promise<void>;
  /** Adds an address book of a server, with its password. */
  addBook(book: BookDraft): Promise<BookView>;
  listBooks(): Promise<BookView[]>;
  /** Goes through a book once; so many people may be deleted, on both sides together. */
  syncBook(book: string, allowDeletions: number): Promise<BookReport>;
  /** What was changed differently here and on a server. */
  bookConflicts(): Promise<BookConflictView[]>;
  resolveConflict(book: string, contact: string, keep: Side): Promise<void>;
  /** People and cards stay where they are. */
  removeBook(book: string): Promise<void>;
  /** A stretch of the whole directory: favourites, and after them everybody by name; `from` counts from 0. */
  listContacts(from: number, limit: number): Promise<ContactListView>;
  /** Begins a file that comes in pieces; gives its id. */
  beginUpload(bytes: number): Promise<string>;
  /** The pieces come in their order. */
  uploadPiece(upload: string, offset: number, piece: Uint8Array): Promise<void>;
  dropUpload(upload: string): Promise<void>;
  /** What a file of people holds, and how it would be read. */
  inspectImport(upload: string, wish: ImportWish): Promise<ImportLook>;
  /** Takes a file of people in, as a whole or not at all; `importId` is a UUID. */
  startImport(importId: string, upload: string, wish: ImportWish): Promise<ImportReport>;
  cancelImport(importId: string): Promise<void>;
  /** Gives the path of the file that was written. */
  saveImportProblems(importId: string): Promise<string>;
  saveContacts(format: ContactFormat): Promise<string>;

  setSettings(settings: SettingsView): Promise<SettingsView>;
  /** The agent has looked at alerts up to this moment. */
  alertsSeen(upTo: string): Promise<AttentionView>;
  /** For how long nothing may pop up, but for callbacks that are marked important. */
  doNotDisturb(span: DisturbWish): Promise<AttentionView>;
  /** What the desktop's notification server can do. */
  notifier(): Promise<NotifierView>;
  setDraft(field: string, text: string): Promise<void>;

  /** The page is on screen and hears events: what waited for it can be told now. */
  painted(): Promise<void>;

  /** Whether the desktop starts the app, in the tray. */
  autostart(): Promise<boolean>;
  /** Gives how it is afterwards. */
  setAutostart(on: boolean): Promise<boolean>;
  /** What became of the keys that work in every program. */
  /** A key is about to be chosen by pressing it, or that is over: meanwhile none does what it does elsewhere. */
  holdKeys(held: boolean): Promise<void>;
  keyStates(): Promise<KeyState[]>;
  /** On in the main window. */
  go(place: Place): Promise<void>;

  /** Calls back with every change until the returned function is called. */
  listen(heard: (event: EngineEvent) => void): Promise<() => void>;
  /** Calls back whenever another part of the app leads to a place in the window. */
  onGo(go: (place: Place) => void): Promise<() => void>;
  /** Calls back when the quick dial bar comes up: keys that still reach this window are meant for it. */
  onBarComing(heard: () => void): Promise<() => void>;
}
