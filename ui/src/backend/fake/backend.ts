/** An engine of the page's own: it remembers what it is told and calls nobody. For tests and for looking. */
import type { Backend, Side, Values } from '../backend';
import type { CallbackDraft, CallbackView, WhenCheck } from '../types';
import type {
  AccountView,
  AgentChoice,
  AgentState,
  AgentStatusOrder,
  AlertView,
  ApiError,
  AttentionView,
  BookConflictView,
  BookDraft,
  BookReport,
  BookView,
  CallFrom,
  CallNote,
  CallView,
  ContactDraft,
  ContactFormat,
  ContactListView,
  ContactView,
  CrashView,
  DisturbWish,
  DoctorCheck,
  DuplicatesView,
  EndpointAsk,
  EndpointAttempt,
  EndpointTold,
  EngineEvent,
  Event as Told,
  ImportWish,
  KeyGrant,
  KeyState,
  KeyUse,
  Lead,
  LeadDraft,
  MarksChange,
  MergeDraft,
  MergePreview,
  MergeView,
  NotifierView,
  PageQuery,
  Place,
  PlaceReply,
  PlaceRequest,
  ProviderContact,
  ProviderKind,
  PhoneLinkView,
  RecordedCall,
  RecordsPage,
  RecordsQuery,
  ScheduledCall,
  ScreenPopView,
  Found,
  FoundPiece,
  SearchRow,
  SettingsView,
  Snapshot,
  TargetCheck,
  Value,
} from '../types';
import { FakeImports } from './imports';
import * as provider from './provider';
import * as samples from './samples';

export interface World {
  accounts: AccountView[];
  people: ContactView[];
  history: CallView[];
  settings: SettingsView;
  status: Snapshot['status'];
  drafts: Record<string, string>;
  checks: DoctorCheck[];
  crash: CrashView | null;
  screenPops: ScreenPopView[];
  callbacks: CallbackView[];
  alerts: AlertView[];
  /** What the desktop's notification server can do. */
  notifier: NotifierView;
  /** At the provider: */
  endpoints: Record<string, Value>;
  attempts: EndpointAttempt[];
  records: RecordedCall[];
  scheduled: ScheduledCall[];
  contactsThere: ProviderContact[];
  agent: AgentState;
  leads: Lead[];
  notes: CallNote[];
}

export function apiError(code: string, changes: Partial<ApiError> = {}): ApiError {
  return { code, class: 'failed', params: {}, ...changes };
}

export class FakeBackend implements Backend {
  readonly world: World;
  #told = 0;
  readonly #listeners = new Set<(event: EngineEvent) => void>();
  readonly #barWaited = new Set<() => void>();
  readonly #going = new Set<(place: Place) => void>();
  /** What the next `place` answers; without one the call is placed and the agent's phone rings. */
  nextPlace: (PlaceReply | ApiError | Promise<PlaceReply>) | null = null;
  /** What is said of typed text beside what the fake finds itself. */
  nextCheck: Partial<TargetCheck> | null = null;
  books: BookView[] = [];
  conflicts: BookConflictView[] = [];
  /** What the next run comes to. */
  bookReport: BookReport = samples.bookReport();
  merges: MergeView[] = [];
  readonly distinct = new Set<string>();
  /** From which number somebody would be called, and why. */
  readonly callFrom = new Map<string, CallFrom>();
  readonly imports = new FakeImports();
  phoneLinkList: PhoneLinkView[] = samples.phoneLinks();

  constructor(world: Partial<World> = {}) {
    this.world = {
      accounts: [samples.account()],
      people: samples.people,
      history: [],
      settings: samples.settings,
      status: samples.status,
      drafts: {},
      checks: [],
      crash: null,
      screenPops: [],
      callbacks: [],
      alerts: [],
      notifier: { reachable: true, buttons: true, sounds: true, tells_lock: true },
      endpoints: provider.endpoints(),
      attempts: provider.attempts,
      records: provider.records(),
      scheduled: provider.scheduled(),
      contactsThere: provider.contacts(),
      agent: 'available',
      leads: [provider.lead],
      notes: provider.notes,
      ...world,
    };
  }

  emit(event: Told): void {
    if (event.type === 'call') this.#keep(event.call);
    this.#told += 1;
    for (const heard of this.#listeners) heard({ ...event, number: this.#told });
  }

  listen(heard: (event: EngineEvent) => void): Promise<() => void> {
    this.#listeners.add(heard);
    return Promise.resolve(() => void this.#listeners.delete(heard));
  }

  async painted(): Promise<void> {}

  #autostart = false;

  autostart(): Promise<boolean> {
    return Promise.resolve(this.#autostart);
  }

  setAutostart(on: boolean): Promise<boolean> {
    this.#autostart = on;
    return Promise.resolve(on);
  }

  /** Whether a key is being chosen. */
  keysHeld = false;

  async holdKeys(held: boolean) {
    this.keysHeld = held;
  }

  keyStates(): Promise<KeyState[]> {
    const { key = '', selection_key = '', end_key = '' } = this.world.settings.quick_dial ?? {};
    const state = (key_use: KeyUse, key: string, grant: KeyGrant): KeyState => ({ key_use, key, grant: key === '' ? 'off' : grant, command: null });
    return Promise.resolve([state('quick_dial', key, 'registered'), state('dial_selection', selection_key, 'refused'), state('end_call', end_key, 'registered')]);
  }


  async snapshot(): Promise<Snapshot> {
    const { accounts, history, settings, drafts, status } = this.world;
    const calls = history.filter(({ phase }) => phase !== 'ended');
    const callbacks = this.world.callbacks.filter(({ state }) => state === 'open');
    const overdue = callbacks.filter((callback) => callback.overdue).length;
    const callback_counts = { open: callbacks.length, due: overdue, overdue };
    return structuredClone({ told: this.#told, accounts, history, settings, drafts, callbacks, callback_counts, alerts: this.world.alerts, status: { ...status, calls } });
  }

  async status() {
    return this.world.status;
  }

  async phoneLinks() {
    return this.phoneLinkList;
  }

  async takePhoneLinks(scheme: string) {
    const taken = { state: 'dialdeck', program: null, can_take: false } as const;
    this.phoneLinkList = this.phoneLinkList.map((link) => (link.scheme === scheme ? { ...link, ...taken } : link));
    return this.phoneLinkList;
  }

  async doctor() {
    return this.world.checks;
  }

  async crash() {
    return this.world.crash;
  }

  async dismissCrash() {
    this.world.crash = null;
  }

  async saveBundle() {
    return '/home/asha/Downloads/Dialdeck support.tar';
  }

  async screenPops() {
    return this.world.screenPops;
  }

  async kinds() {
    return [
      { kind: 'acefone-uk' as const, name: 'Acefone UK', fields: samples.acefoneFields },
      {
        kind: 'superfone' as const,
        name: 'Superfone',
        fields: [
          samples.field('user_number', { kind: { type: 'phone' }, required: true, placeholder: '+919000000010' }),
          samples.field('api_key', { kind: { type: 'secret' }, required: true }),
          samples.field('base_url', { kind: { type: 'url' }, advanced: true }),
        ],
      },
      { kind: 'sandbox' as const, name: 'Sandbox', fields: samples.sandbox().fields },
    ];
  }

  async addAccount(name: string, kind: ProviderKind, set: Values, secrets: Values) {
    const of = (await this.kinds()).find((known) => known.kind === kind);
    const secretKeys = (of?.fields ?? []).filter((field) => field.kind.type === 'secret').map(({ key }) => key);
    const account = samples.account({
      name,
      provider: kind,
      provider_name: of?.name ?? kind,
      default: false,
      settings: set,
      fields: of?.fields ?? [],
      secrets: secretKeys.map((key) => ({ key, place: secrets[key] ? 'keychain' : 'missing' })),
      health: 'unknown',
      phone_checked: false,
    });
    this.world.accounts.push(account);
    return account;
  }

  async updateAccount(name: string, set: Values, _secrets: Values) {
    const account = this.#account(name);
    return this.#replace({ ...account, settings: { ...account.settings, ...set } });
  }

  async setSecret(name: string, key: string, _value: string, thisRunOnly: boolean) {
    return this.#place(name, key, thisRunOnly ? 'this_run' : 'keychain');
  }

  async removeSecret(name: string, key: string) {
    return this.#place(name, key, 'missing');
  }

  async testAccount(_name: string) {
    return { credentials: true, dids: 3, agents: 12, notes: [] as string[] };
  }

  async removeAccount(name: string) {
    this.world.accounts = this.world.accounts.filter((account) => account.name !== name);
    this.emit({ type: 'account_removed', name });
  }

  async defaultAccount(name: string) {
    this.#replace({ ...this.#account(name), default: true });
  }

  async rotateHook(name: string) {
    return this.#account(name);
  }

  async phoneChecked(name: string) {
    this.#replace({ ...this.#account(name), phone_checked: true });
  }

  async unlockKeychain() {
    this.world.status = { ...this.world.status, keychain: 'ok' };
    this.emit({ type: 'status', status: this.world.status });
    return 'ok' as const;
  }

  async agents(): Promise<AgentChoice[]> {
    return [
      { id: '0501234567890', setting: 'agent_id', name: 'Priya Nair', number: '+442079460200', extension: '101', available: true },
      { id: '0501234567891', setting: 'agent_id', name: 'Tom Baker', number: '+442079460201', extension: '102', available: false },
    ];
  }

  async dids(account: string | null) {
    return account === null ? samples.dids : this.#account(account).dids;
  }

  async openPasted(text: string) {
    const number = /^dialdeck:call\?number=([^&]*)/.exec(text)?.[1];
    if (number === undefined) return;
    // An answer comes after what was pasted is in the field.
    await Promise.resolve();
    const link = { text, account: null, from: null, note: null, problem: null, from_problem: null };
    this.emit({ type: 'show_window', prefill: decodeURIComponent(number), link });
  }

  async checkTarget(text: string): Promise<TargetCheck> {
    const digits = text.replace(/[\s().-]/g, '');
    const national = /^0\d{9,10}$/.test(digits) ? `+44${digits.slice(1)}` : null;
    const number = /^\+\d{8,15}$/.test(digits) ? digits : national;
    const owner = this.world.people.find(({ numbers }) => numbers.some((of) => of.number === number));
    return {
      number,
      shown: number ? { national: text.trim(), international: number, country: number.startsWith('+44') ? 'GB' : null } : null,
      contact: owner ? { id: owner.id, name: owner.name, company: owner.company, others: 0 } : null,
      verdict: 'ok',
      findings: [],
      problem: number ? null : samples.sentence('This is not a telephone number'),
      from: this.callFrom.get(number ?? '') ?? null,
      ...this.nextCheck,
    };
  }

  async keepCallFrom(target: string, account: string | null, from: string | null, contact: string | null) {
    const did = samples.dids.find(({ number }) => number === from);
    const person = this.world.people.find(({ id }) => id === contact);
    for (const number of person?.numbers.map((of) => of.number) ?? [target]) {
      if (did) this.callFrom.set(number, { ...did, reason: 'kept', used_at: null });
      else this.callFrom.delete(number);
    }
    if (!person) return;
    const others = (person.call_from ?? []).filter((kept) => kept.account !== account);
    const kept = did && account !== null ? [{ ...did, account, in_use: true }] : [];
    this.world.people = this.world.people.map((of) => (of === person ? { ...of, call_from: [...others, ...kept] } : of));
    this.emit({ type: 'contacts' });
  }

  async place(request: PlaceRequest): Promise<PlaceReply> {
    const next = this.nextPlace;
    this.nextPlace = null;
    if (next && 'code' in next) throw next;
    if (next) return next;
    const { id, name, company, numbers } = this.world.people.find(({ numbers: of }) => of.some(({ number }) => number === request.target)) ?? {
      id: null,
      name: '',
      company: null,
      numbers: [],
    };
    const number = numbers.find((of) => of.number === request.target);
    const call = samples.call({
      target: request.target,
      customer: request.target,
      contact: id === null ? null : { id, name, company, others: 0 },
      shown: number ?? { national: request.target, international: request.target, country: null },
      note: request.note,
      account: request.account ?? 'office',
      requested_at: samples.ago(0),
      state_since: samples.ago(0),
    });
    this.#keep(call);
    return { result: 'placed', call };
  }

  async end(call: string | null) {
    const of = this.world.history.find(({ id, phase }) => (call === null ? phase !== 'ended' : id === call));
    if (!of) throw apiError('call_unknown', { class: 'nothing_matches' });
    return this.#change(of.id, { end: 'queued', can_end: false });
  }

  async checkAgain(call: string) {
    return this.#change(call, {});
  }

  async markEnded(call: string) {
    return this.#change(call, { phase: 'ended', outcome: 'unknown', can_mark_ended: false, can_check_again: false, can_end: false });
  }

  async dismiss(call: string) {
    this.#change(call, { dismissed: true });
  }

  async setNote(call: string, note: string) {
    this.#change(call, { note });
  }

  async setDisposition(call: string, disposition: string | null) {
    this.#change(call, { disposition });
  }

  async listCalls(limit: number, _since: string | null, contact: string | null) {
    return this.world.history.filter((call) => contact === null || call.contact?.id === contact).slice(0, limit);
  }

  async showCall(call: string) {
    const of = this.world.history.find(({ id }) => id === call);
    if (!of) throw apiError('call_unknown', { class: 'nothing_matches' });
    return of;
  }

  async transferCall(call: string, to: string, _attended: boolean, _yes: boolean) {
    this.#change(call, { transferred_to: to });
  }

  async addCallback(draft: CallbackDraft): Promise<CallbackView> {
    const check = await this.checkWhen(draft.when, draft.target);
    const person = this.world.people.find(({ id }) => id === draft.contact);
    const number = person?.numbers.find(({ number: of }) => of === draft.target);
    return this.#keepCallback(
      samples.callback({
        ...draft,
        ...check,
        id: draft.intent ?? `callback-${this.world.callbacks.length}`,
        caller_id: draft.from,
        customer: draft.target,
        contact: person ? { id: person.id, name: person.name, company: person.company, others: 0 } : null,
        push: { state: draft.push ? 'pushed' : 'none', message: null, pushed_at: null, item: null },
        shown: number ?? { national: draft.target, international: draft.target, country: null },
      }),
    );
  }

  async callbacks(all: boolean) {
    return this.world.callbacks.filter(({ state }) => all || state === 'open');
  }

  async callbackDone(id: string) {
    return this.#changeCallback(id, { state: 'done', due: false, overdue: false });
  }

  async cancelCallback(id: string) {
    return this.#changeCallback(id, { state: 'cancelled', due: false, overdue: false });
  }

  async snoozeCallback(id: string, until: string) {
    const { due_at } = await this.checkWhen(until, null);
    return this.#changeCallback(id, { snoozed_until: due_at, remind_at: due_at, due: false, overdue: false });
  }

  async markCallback(id: string, important: boolean) {
    return this.#changeCallback(id, { important });
  }

  async callCallback(id: string, yes: boolean, despiteUnknown: boolean, intent: string | null) {
    const { target, account, contact } = this.#callback(id);
    const request = { intent, target, account, from: null, note: null, contact: contact?.id ?? null };
    return this.place({ ...request, yes, despite_unknown: despiteUnknown });
  }

  /** Knows a few ways of saying a time; the customer's clock is five hours behind. */
  async checkWhen(when: string, target: string | null, _account: string | null = null): Promise<WhenCheck> {
    const at = provider.readWhen(when);
    if (at === null) throw apiError('when_not_understood', { class: 'usage', params: { time: when } });
    const there = new Date(at.getTime() - 5 * 3_600_000);
    return {
      due_at: at.toISOString(),
      zone: 'Europe/London',
      local_time: provider.wall(at),
      customer_local_time: target === null ? [] : [{ zone: 'America/New_York', local_time: provider.wall(there) }],
      warnings: at.getTime() - Date.now() > 30 * 86_400_000 ? [samples.sentence('That is more than 30 days ahead.')] : [],
    };
  }

  async endpoints(_account: string, ask: EndpointAsk): Promise<EndpointTold> {
    const { endpoints } = this.world;
    if (ask.verb === 'list') {
      const value = Object.entries(endpoints).map(([id, document]) => ({ id, ...provider.summary(document) }));
      return { endpoints: 'list', value };
    }
    if (ask.verb === 'create') {
      const id = `made-${Object.keys(endpoints).length}`;
      endpoints[id] = ask.document;
      return { endpoints: 'document', value: { id, document: ask.document, deleted: false } };
    }
    const held = endpoints[ask.id];
    if (held === undefined) throw apiError('endpoint_unknown', { class: 'nothing_matches' });
    switch (ask.verb) {
      case 'show':
        return { endpoints: 'document', value: { id: ask.id, document: structuredClone(held), deleted: false } };
      case 'replace':
        endpoints[ask.id] = ask.document;
        return { endpoints: 'document', value: { id: ask.id, document: ask.document, deleted: false } };
      case 'patch':
        return { endpoints: 'document', value: { id: ask.id, document: held, deleted: false } };
      case 'delete':
        delete endpoints[ask.id];
        return { endpoints: 'document', value: { id: ask.id, document: held, deleted: true } };
      case 'history':
        return { endpoints: 'history', value: this.world.attempts };
    }
  }

  async endpointSchema(_account: string): Promise<Value | null> {
    return provider.endpointSchema;
  }

  async records(_account: string, query: RecordsQuery): Promise<RecordsPage> {
    const fitting = this.world.records.filter(
      ({ direction, talk_seconds }) =>
        (query.direction == null || direction === query.direction) &&
        (query.answered == null || query.answered === (talk_seconds ?? 0) > 0),
    );
    const from = Number(query.page?.cursor ?? 0);
    const until = from + (query.page?.limit ?? 25);
    return { records: fitting.slice(from, until), next: until < fitting.length ? String(until) : null, total: fitting.length };
  }

  async openRecording(_account: string, _record: string) {}

  async scheduledCalls(_account: string, from: string, to: string): Promise<ScheduledCall[]> {
    return this.world.scheduled.filter(({ at }) => at === null || (from <= at && at <= to));
  }

  async providerContacts(_account: string, page: PageQuery) {
    const from = Number(page.cursor ?? 0);
    const until = from + (page.limit ?? 25);
    const all = this.world.contactsThere;
    return { contacts: all.slice(from, until), next: until < all.length ? String(until) : null };
  }

  async agentStatus(_account: string) {
    return { state: this.world.agent, name: 'Priya Nair', told: null };
  }

  async setAgentStatus(_account: string, order: AgentStatusOrder) {
    this.world.agent = order.online ? 'available' : 'offline';
  }

  async pushEventsHere(_account: string) {}

  async callNotes(_account: string, _number: string) {
    return { notes: this.world.notes, next: null };
  }

  async lead(_account: string, number: string) {
    return this.world.leads.find(({ numbers }) => numbers.includes(number)) ?? null;
  }

  async saveLead(_account: string, draft: LeadDraft) {
    const { number, first_name, last_name, company, stage, group, add_labels, remove_labels } = draft;
    const held = this.world.leads.find(({ numbers }) => numbers.includes(number)) ?? { ...provider.lead, numbers: [number], labels: [] };
    const labels = [...held.labels.filter((label) => !remove_labels.includes(label)), ...add_labels];
    const said = Object.fromEntries(Object.entries({ first_name, last_name, company, stage, group }).filter(([, value]) => value !== null));
    this.world.leads = [...this.world.leads.filter((of) => of !== held), { ...held, ...said, labels }];
  }

  async leadChoices(_account: string) {
    return provider.leadChoices;
  }

  async addContact(draft: ContactDraft) {
    const person = personOf(`new-${this.world.people.length}`, draft);
    this.world.people = [...this.world.people, person];
    this.emit({ type: 'contacts' });
    return person;
  }

  async updateContact(id: string, draft: ContactDraft) {
    const person = personOf(id, draft);
    this.world.people = this.world.people.map((of) => (of.id === id ? person : of));
    this.emit({ type: 'contacts' });
    return person;
  }

  async markContact(id: string, change: MarksChange) {
    const known = await this.showContact(id);
    const person = {
      ...known,
      favourite: change.favourite ?? known.favourite,
      do_not_call: change.do_not_call ?? known.do_not_call,
      tags: [...known.tags.filter((tag) => !change.remove_tags?.includes(tag)), ...(change.add_tags ?? [])],
    };
    this.world.people = this.world.people.map((of) => (of.id === id ? person : of));
    this.emit({ type: 'contacts' });
    return person;
  }

  async removeContact(id: string) {
    this.world.people = this.world.people.filter((of) => of.id !== id);
    this.emit({ type: 'contacts' });
  }

  async showContact(id: string) {
    const of = this.world.people.find((person) => person.id === id);
    if (!of) throw apiError('contact_unknown', { class: 'nothing_matches' });
    return of;
  }

  async contactChosen() {}

  async listDuplicates(): Promise<DuplicatesView> {
    const said = (contacts: ContactView[]) => this.distinct.has(contacts.map(({ id }) => id).join(' '));
    const groups = this.world.people.flatMap((first, place) => {
      const number = first.numbers[0];
      const others = this.world.people.slice(place + 1).filter(({ numbers }) => numbers.some((of) => of.number === number?.number));
      const contacts = [first, ...others];
      if (!number || others.length === 0 || said(contacts)) return [];
      const reason = { kind: 'same_number', number: number.number, international: number.international } as const;
      return [{ contacts, links: others.map(({ id }) => ({ first: first.id, second: id, reason })) }];
    });
    return { total: groups.length, groups };
  }

  async previewMerge({ contact_ids, keep }: MergeDraft): Promise<MergePreview> {
    const members = await Promise.all(contact_ids.map((id) => this.showContact(id)));
    const [first] = members as [ContactView, ...ContactView[]];
    const from = keep?.name ?? first.id;
    const name = members.find(({ id }) => id === from)?.name ?? first.name;
    const numbers = members.flatMap((of) => of.numbers).filter((of, place, all) => all.findIndex(({ number }) => number === of.number) === place);
    const options = members.map((of) => ({ contact_id: of.id, value: of.name }));
    return {
      contact: { ...first, name, numbers, do_not_call: members.some((of) => of.do_not_call) },
      fields: [{ field: 'name', value: name, from, options }],
      cards_left: [],
    };
  }

  async mergeContacts(draft: MergeDraft): Promise<MergeView> {
    const members = await Promise.all(draft.contact_ids.map((id) => this.showContact(id)));
    const { contact } = await this.previewMerge(draft);
    const merge: MergeView = { merge_id: `merge-${this.merges.length}`, merged_at: new Date().toISOString(), contact, members, obstacle: null };
    this.merges = [merge, ...this.merges];
    this.world.people = this.world.people.filter(({ id }) => !draft.contact_ids.includes(id)).concat(contact);
    this.emit({ type: 'contacts' });
    return merge;
  }

  async listMerges() {
    return this.merges;
  }

  async undoMerge(id: string) {
    const merge = this.merges.find(({ merge_id }) => merge_id === id);
    if (!merge) throw apiError('no_such_merge', { class: 'nothing_matches' });
    this.merges = this.merges.filter((of) => of !== merge);
    this.world.people = this.world.people.filter((of) => of.id !== merge.contact.id).concat(merge.members);
    this.emit({ type: 'contacts' });
  }

  async addBook(draft: BookDraft): Promise<BookView> {
    if (!draft.server.startsWith('http')) throw apiError('book_server', { params: { why: 'the address is not one of a server' } });
    const name = draft.book ?? 'Contacts';
    if (this.books.some((of) => of.name === name)) throw apiError('book_known', { class: 'usage', params: { book: name } });
    const book: BookView = {
      book_id: `book-${String(this.books.length)}`,
      name,
      server: draft.server,
      user: draft.user,
      takes_new: draft.takes_new ?? false,
      synced_at: null,
      report: null,
      conflicts: 0,
    };
    this.books = [...this.books, book];
    return book;
  }

  async listBooks() {
    return this.books;
  }

  async syncBook(id: string, allowDeletions: number): Promise<BookReport> {
    const book = this.books.find(({ book_id }) => book_id === id);
    if (!book) throw apiError('book_unknown', { class: 'nothing_matches', params: { book: id } });
    const due = this.bookReport.to_delete_here ?? [];
    const report = allowDeletions >= due.length ? { ...this.bookReport, to_delete_here: [] } : this.bookReport;
    this.conflicts = this.conflicts.filter(({ choice }) => choice === null);
    this.books = this.books.map((of) => (of === book ? { ...of, report, synced_at: new Date().toISOString(), conflicts: this.conflicts.length } : of));
    this.emit({ type: 'contacts' });
    return report;
  }

  async bookConflicts() {
    return this.conflicts;
  }

  async resolveConflict(book: string, contact: string, keep: Side) {
    this.conflicts = this.conflicts.map((of) => (of.book_id === book && of.contact_id === contact ? { ...of, choice: keep } : of));
  }

  async removeBook(id: string) {
    this.books = this.books.filter(({ book_id }) => book_id !== id);
    this.conflicts = this.conflicts.filter(({ book_id }) => book_id !== id);
  }

  async setDistinct(contacts: string[]) {
    this.distinct.add(contacts.join(' '));
    this.emit({ type: 'contacts' });
  }

  async listContacts(from: number, limit: number): Promise<ContactListView> {
    const everybody = [...this.world.people].sort((a, b) => a.name.localeCompare(b.name));
    const favourites = everybody.filter(({ favourite }) => favourite);
    const rows = [...favourites, ...everybody].slice(from, from + limit).map((person, at): SearchRow => {
      const { id, name, company, email, favourite, do_not_call, numbers } = person;
      const [first] = numbers;
      return {
        contact: id,
        name,
        company,
        email,
        favourite,
        do_not_call,
        number: first?.number ?? null,
        label: first?.label ?? null,
        national: first?.national ?? null,
        international: first?.international ?? null,
        other_numbers: Math.max(0, numbers.length - 1),
        call_from: from + at < favourites.length ? (person.call_from ?? []) : [],
        found: null,
      };
    });
    return { favourites: favourites.length, everybody: everybody.length, rows };
  }

  async find(text: string, _account: string | null, limit: number): Promise<Found> {
    return { rows: this.#search(text, limit), check: await this.checkTarget(text) };
  }

  #search(query: string, limit: number): SearchRow[] {
    const wanted = query.toLowerCase();
    const digits = query.replace(/\D/g, '').replace(/^0/, '');
    const found = (text: string): FoundPiece[] => {
      const from = wanted === '' ? -1 : text.toLowerCase().indexOf(wanted);
      if (from < 0) return [{ text, found: false }];
      const to = from + wanted.length;
      return [
        { text: text.slice(0, from), found: false },
        { text: text.slice(from, to), found: true },
        { text: text.slice(to), found: false },
      ].filter((piece) => piece.text !== '');
    };
    const rows = this.world.people.flatMap(({ id, name, company, email, favourite, do_not_call, numbers }) =>
      numbers
        .filter(
          ({ number }) =>
            `${name} ${company ?? ''}`.toLowerCase().includes(wanted) || (digits !== '' && number.includes(digits)),
        )
        .map(({ number, label, national, international }): SearchRow => ({
          contact: id,
          name,
          company,
          email,
          favourite,
          do_not_call,
          number,
          label,
          national,
          international,
          other_numbers: 0,
          found: {
            name: found(name),
            company: found(company ?? ''),
            email: found(email ?? ''),
            national: found(national),
            international: found(international),
          },
        })),
    );
    return rows.slice(0, limit);
  }

  async beginUpload() {
    return this.imports.begin();
  }

  async uploadPiece(upload: string, _offset: number, piece: Uint8Array) {
    this.imports.add(upload, piece);
  }

  async dropUpload(upload: string) {
    this.imports.uploads.delete(upload);
  }

  async inspectImport(upload: string, wish: ImportWish) {
    return this.imports.look(upload, wish);
  }

  async startImport(_importId: string, upload: string, wish: ImportWish) {
    const report = await this.imports.run(upload, wish);
    if (!report) throw apiError('import_cancelled');
    return report;
  }

  async cancelImport() {
    this.imports.cancel();
  }

  async saveImportProblems() {
    return '/home/ada/Downloads/Dialdeck import problems.csv';
  }

  async saveContacts(format: ContactFormat) {
    return `/home/ada/Downloads/Dialdeck contacts.${format === 'csv' ? 'csv' : 'vcf'}`;
  }

  async alertsSeen(upTo: string) {
    return this.#attend({ seen_up_to: upTo });
  }

  async doNotDisturb(span: DisturbWish) {
    const time = span === 'tomorrow' ? 'Sat 08:00' : '14:30';
    return this.#attend({ do_not_disturb: span === 'off' ? null : { key: 'attention.quiet_until', params: { time } } });
  }

  async notifier() {
    return this.world.notifier;
  }

  /** Tells of something as the engine would. */
  alert(alert: AlertView): void {
    this.world.alerts = [alert, ...this.world.alerts.filter(({ id }) => id !== alert.id)];
    this.emit({ type: 'alert', alert });
    this.#attend({});
  }

  #attend(change: Partial<AttentionView>): AttentionView {
    const next = { ...samples.attention, ...this.world.status.attention, ...change };
    const unseen = this.world.alerts.filter(({ at, seen }) => !seen && (next.seen_up_to === null || at > next.seen_up_to));
    const attention = { ...next, unseen: unseen.length, missed: unseen.filter(({ kind }) => kind === 'missed').length };
    this.world.status = { ...this.world.status, attention };
    this.emit({ type: 'attention', attention });
    return attention;
  }

  onGo(go: (place: Place) => void): Promise<() => void> {
    this.#going.add(go);
    return Promise.resolve(() => void this.#going.delete(go));
  }

  onBarComing(heard: () => void): Promise<() => void> {
    this.#barWaited.add(heard);
    return Promise.resolve(() => void this.#barWaited.delete(heard));
  }

  /** The bar comes up, as on its key. */
  barComes(): void {
    for (const heard of this.#barWaited) heard();
  }

  /** Leads the window to a place, as a notification would. */
  go(place: Place): Promise<void> {
    for (const going of this.#going) going(place);
    return Promise.resolve();
  }

  async setSettings(settings: SettingsView) {
    this.world.settings = settings;
    return settings;
  }

  async setDraft(field: string, text: string) {
    this.world.drafts[field] = text;
  }

  #callback(id: string): CallbackView {
    const of = this.world.callbacks.find((callback) => callback.id === id);
    if (!of) throw apiError('callback_unknown', { class: 'nothing_matches' });
    return of;
  }

  #changeCallback(id: string, changes: Partial<CallbackView>): CallbackView {
    return this.#keepCallback({ ...this.#callback(id), ...changes, changed_at: samples.ago(0) });
  }

  #keepCallback(callback: CallbackView): CallbackView {
    this.world.callbacks = [...this.world.callbacks.filter(({ id }) => id !== callback.id), callback];
    this.emit({ type: 'callback', callback });
    return callback;
  }

  #account(name: string): AccountView {
    const account = this.world.accounts.find((of) => of.name === name);
    if (!account) throw apiError('account_unknown', { class: 'nothing_matches', params: { account: name } });
    return account;
  }

  #replace(account: AccountView): AccountView {
    this.world.accounts = this.world.accounts.map((of) => (of.name === account.name ? account : of));
    this.emit({ type: 'account', account });
    return account;
  }

  #place(name: string, key: string, place: AccountView['secrets'][number]['place']): AccountView {
    const account = this.#account(name);
    return this.#replace({ ...account, secrets: account.secrets.map((of) => (of.key === key ? { key, place } : of)) });
  }

  #keep(call: CallView): void {
    this.world.history = [call, ...this.world.history.filter(({ id }) => id !== call.id)];
  }

  #change(id: string, changes: Partial<CallView>): CallView {
    const of = this.world.history.find((call) => call.id === id);
    if (!of) throw apiError('call_unknown', { class: 'nothing_matches' });
    const call = { ...of, ...changes };
    this.emit({ type: 'call', call });
    return call;
  }
}

function personOf(id: string, draft: ContactDraft): ContactView {
  return {
    id,
    name: draft.name,
    company: draft.company,
    email: draft.email,
    note: draft.note,
    numbers: draft.numbers.map(([number, label]) => ({ number, label, national: number, international: number, country: null })),
    favourite: false,
    do_not_call: false,
    tags: [],
  };
}
