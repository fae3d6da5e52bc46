import type { BarBackend } from './bar';
import type { Backend } from './backend';
import { commands, events } from './generated/bindings';
import type { ApiError } from './types';

type Answer<T> = { status: 'ok'; data: T } | { status: 'error'; error: ApiError };

/** What the command came to; its error is thrown as it is. */
async function answered<T>(answer: Promise<Answer<T>>): Promise<T> {
  const reply = await answer;
  if (reply.status === 'error') throw reply.error;
  return reply.data;
}

async function done(answer: Promise<Answer<null>>): Promise<void> {
  await answered(answer);
}

/** The engine behind the window's commands. */
export function tauriBackend(): Backend {
  return {
    snapshot: () => answered(commands.snapshot()),
    status: () => answered(commands.status()),
    doctor: () => answered(commands.doctor()),
    phoneLinks: () => answered(commands.phoneLinks()),
    takePhoneLinks: (scheme) => answered(commands.takePhoneLinks(scheme)),
    crash: () => answered(commands.crash()),
    dismissCrash: () => done(commands.dismissCrash()),
    saveBundle: () => answered(commands.saveBundle()),
    screenPops: () => answered(commands.screenPops()),

    kinds: () => answered(commands.kinds()),
    addAccount: (name, kind, set, secrets) => answered(commands.addAccount(name, kind, set, secrets)),
    updateAccount: (name, set, secrets) => answered(commands.updateAccount(name, set, secrets)),
    setSecret: (name, key, value, thisRunOnly) => answered(commands.setSecret(name, key, value, thisRunOnly)),
    removeSecret: (name, key) => answered(commands.removeSecret(name, key)),
    testAccount: (name) => answered(commands.testAccount(name)),
    removeAccount: (name) => done(commands.removeAccount(name)),
    defaultAccount: (name) => done(commands.defaultAccount(name)),
    rotateHook: (name) => answered(commands.rotateHook(name)),
    phoneChecked: (name) => done(commands.phoneChecked(name)),
    unlockKeychain: () => answered(commands.unlockKeychain()),
    agents: (account) => answered(commands.agents(account)),
    dids: (account, fresh) => answered(commands.dids(account, fresh)),

    openPasted: (text) => done(commands.openPasted(text)),
    checkTarget: (text, account) => answered(commands.checkTarget(text, account)),
    keepCallFrom: (target, account, from, contact) => done(commands.keepCallFrom(target, account, from, contact)),
    place: (request) => answered(commands.place(request)),
    end: (call) => answered(commands.end(call)),
    checkAgain: (call) => answered(commands.checkAgain(call)),
    markEnded: (call) => answered(commands.markEnded(call)),
    dismiss: (call) => done(commands.dismiss(call)),
    setNote: (call, note) => done(commands.setNote(call, note)),
    setDisposition: (call, disposition) => done(commands.setDisposition(call, disposition)),
    listCalls: (limit, since, contact) => answered(commands.listCalls(limit, since, contact)),
    showCall: (call) => answered(commands.showCall(call)),

    transferCall: (call, to, attended, yes) => done(commands.transferCall(call, to, attended, yes)),

    addCallback: (draft) => answered(commands.addCallback(draft)),
    callbacks: (all) => answered(commands.callbacks(all)),
    callbackDone: (id) => answered(commands.callbackDone(id)),
    cancelCallback: (id) => answered(commands.cancelCallback(id)),
    // Without a zone the engine takes this machine's.
    snoozeCallback: (id, until) => answered(commands.snoozeCallback(id, until, null)),
    markCallback: (id, important) => answered(commands.markCallback(id, important)),
    callCallback: (id, yes, despiteUnknown, intent) => answered(commands.callCallback(id, yes, despiteUnknown, intent)),
    checkWhen: (when, target, account) => answered(commands.checkWhen(when, null, target, account)),

    endpoints: (account, verb) => answered(commands.endpoints(account, verb)),
    endpointSchema: (account) => answered(commands.endpointSchema(account)),
    records: (account, query) => answered(commands.records(account, query)),
    openRecording: (account, record) => done(commands.openRecording(account, record)),
    scheduledCalls: (account, from, to) => answered(commands.scheduledCalls(account, from, to)),
    providerContacts: (account, page) => answered(commands.providerContacts(account, page)),
    agentStatus: (account) => answered(commands.agentStatus(account)),
    setAgentStatus: (account, order) => done(commands.setAgentStatus(account, order)),
    pushEventsHere: (account) => done(commands.pushEventsHere(account)),
    callNotes: (account, number, page) => answered(commands.callNotes(account, number, page)),
    lead: (account, number) => answered(commands.lead(account, number)),
    saveLead: (account, lead) => done(commands.saveLead(account, lead)),
    leadChoices: (account) => answered(commands.leadChoices(account)),

    addContact: (draft) => answered(commands.addContact(draft)),
    updateContact: (id, draft) => answered(commands.updateContact(id, draft)),
    markContact: (id, change) => answered(commands.markContact(id, change)),
    removeContact: (id) => done(commands.removeContact(id)),
    showContact: (id) => answered(commands.showContact(id)),
    contactChosen: (typed, contact) => done(commands.contactChosen(typed, contact)),
    listDuplicates: (from, limit) => answered(commands.listDuplicates(from, limit)),
    previewMerge: (draft) => answered(commands.previewMerge(draft)),
    mergeContacts: (draft) => answered(commands.mergeContacts(draft)),
    listMerges: (limit) => answered(commands.listMerges(limit)),
    addBook: (book) => answered(commands.addBook(book)),
    listBooks: () => answered(commands.listBooks()),
    syncBook: (book, allowDeletions) => answered(commands.syncBook(book, allowDeletions)),
    bookConflicts: () => answered(commands.bookConflicts()),
    resolveConflict: (book, contact, keep) => done(commands.resolveConflict(book, contact, keep)),
    removeBook: (book) => done(commands.removeBook(book)),
    undoMerge: async (merge) => void (await answered(commands.undoMerge(merge))),
    setDistinct: (contacts) => done(commands.setDistinct(contacts)),
    listContacts: (from, limit) => answered(commands.listContacts(from, limit)),
    find: (text, account, limit) => answered(commands.find(text, account, limit)),
    beginUpload: (bytes) => answered(commands.beginUpload(bytes)),
    uploadPiece: (upload, offset, piece) => done(commands.uploadPiece(upload, offset, Array.from(piece))),
    dropUpload: (upload) => done(commands.dropUpload(upload)),
    inspectImport: (upload, wish) => answered(commands.inspectImport(upload, wish)),
    startImport: (importId, upload, wish) => answered(commands.startImport(importId, upload, wish)),
    cancelImport: (importId) => done(commands.cancelImport(importId)),
    saveImportProblems: (importId) => answered(commands.saveImportProblems(importId)),
    saveContacts: (format) => answered(commands.saveContacts(format)),

    setSettings: (settings) => answered(commands.setSettings(settings)),
    alertsSeen: (upTo) => answered(commands.alertsSeen(upTo)),
    doNotDisturb: (span) => answered(commands.doNotDisturb(span)),
    notifier: () => answered(commands.notifier()),
    setDraft: (field, text) => done(commands.setDraft(field, text)),

    autostart: () => answered(commands.autostart()),
    setAutostart: (on) => answered(commands.setAutostart(on)),
    holdKeys: async (held) => void (await commands.holdKeys(held)),
    keyStates: () => commands.keyStates(),
    go: (place) => commands.go(place),
    painted: () => commands.painted(),
    onGo: (go) => events.go.listen(({ payload }) => go(payload)),
    onBarComing: (heard) =>
      events.barTold.listen(({ payload }) => {
        if (payload.type === 'coming') heard();
      }),
    listen: (heard) => events.engineEvent.listen(({ payload }) => heard(payload)),
  };
}

/** What only the quick dial bar does. */
export function tauriBar(): BarBackend {
  return {
    quick: (text, account) => answered(commands.quick(text, account)),
    ready: () => commands.barReady(),
    painted: () => commands.barPainted(),
    height: (pixels) => commands.barHeight(pixels),
    done: () => commands.barDone(),
    go: (place) => commands.go(place),
    listen: (heard) => events.barTold.listen(({ payload }) => heard(payload)),
  };
}
