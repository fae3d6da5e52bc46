//! What faces ask, each handed to the desk that owns it.

mod accounts;
mod addresses;
mod asking;
mod books;
mod callbacks;
mod calling_from;
mod calls;
mod imports;
mod links;
mod merging;
mod numbers;
mod placing;
mod quick;
mod transferring;

use accounts::Keep;
pub(crate) use callbacks::CallNowWish;
use callbacks::callback_reply;
use std::collections::BTreeMap;

use jiff::Timestamp;
use providers::ProviderKind;
use store::Entry;
use telephony::CallbackState;

use super::naming::Wanted;
use super::{Core, Ended};
use crate::api::{ApiError, ApiResult, ContactDraft, ErrorClass, Reply, Request};
use crate::desks::accounts::{Account, fields_of};
use crate::desks::books::RunWish;
use crate::desks::contacts::Source;
use crate::desks::imports::{save_bundle, save_contacts, save_problems};
use crate::effect::{Answer, Effect, Finding};
use crate::handle::Asker;
use crate::typed;
use crate::view::{Event, FaceCheck, Found, ProviderKindView, Role, SettingsView};
use crate::{crash, doctor};

/// Calls in a window's first look at the history.
pub(super) const FIRST_PAGE: u32 = 100;

impl Core {
    /// Handles one request; some end the loop.
    #[expect(clippy::wildcard_enum_match_arm, reason = "`ask_now` names every request")]
    pub(crate) fn ask(&mut self, request: Request, asker: Asker, answer: Answer) -> Option<Ended> {
        let now = self.now();
        let result = match request {
            Request::TakeOver if self.role == Role::OneShot => {
                self.answer(answer, Ok(Reply::Done));
                return Some(Ended::TakenOver);
            }
            Request::TakeOver => Err(ApiError::new(ErrorClass::Failed, "home_in_use")),
            Request::Stop => {
                self.answer(answer, Ok(Reply::Done));
                return Some(Ended::Stopped);
            }
            Request::Place(request) => return self.place(request, asker, answer, now),
            Request::End { call } => {
                let effects = self.calls.end(call.as_deref(), &self.accounts, answer, now);
                return self.go_on(effects);
            }
            Request::AddCallback(draft) => return self.add_callback(&draft, asker, answer, now),
            Request::CallbackDone { callback } => {
                return self.close_callback(&callback, CallbackState::Done, answer, now);
            }
            Request::CancelCallback { callback } => {
                return self.close_callback(&callback, CallbackState::Cancelled, answer, now);
            }
            Request::SnoozeCallback { callback, until, zone } => {
                return self.snooze_callback(&callback, &until, zone.as_deref(), answer, now);
            }
            Request::MarkCallback { callback, important } => {
                return self.mark_callback(&callback, important, answer, now);
            }
            Request::CallCallback {
                callback,
                yes,
                despite_unknown,
                intent,
            } => {
                let wish = CallNowWish {
                    yes,
                    despite_unknown,
                    intent,
                    asker,
                };
                return self.call_callback(&callback, wish, answer, now);
            }
            Request::AddAccount {
                name,
                kind,
                set,
                secrets,
            } => return self.add_account(name, kind, &set, secrets, asker, answer),
            Request::SetSecret {
                name,
                key,
                value,
                this_run_only,
            } => {
                let secrets = BTreeMap::from([(key, value)]);
                return self.set_secrets(
                    &name,
                    secrets,
                    Keep {
                        this_run_only,
                        or_remove: false,
                    },
                    answer,
                );
            }
            Request::RemoveSecret { name, key } => return self.remove_secret(&name, key, answer),
            Request::ShowAccount { name } => return self.look_at_account(&name, answer),
            Request::UpdateAccount { name, set, secrets } => {
                return self.update_account(name, set, secrets, asker, answer);
            }
            Request::TestAccount { name } => {
                return self.ask_provider(Some(&name), answer, |account, provider, answer| Effect::Test {
                    account,
                    provider,
                    answer,
                });
            }
            Request::Agents { account } => {
                return self.ask_provider(account.as_deref(), answer, |account, provider, answer| {
                    Effect::ListAgents {
                        account,
                        provider,
                        answer,
                    }
                });
            }
            Request::Dids { account, fresh: true } => {
                return self.ask_provider(account.as_deref(), answer, |account, provider, answer| {
                    Effect::ListDids {
                        account,
                        provider,
                        answer,
                    }
                });
            }
            Request::Dids { account, fresh: false } => self
                .accounts
                .choose(account.as_deref())
                .map(|account| Reply::Dids(self.dids_lately(account, now))),
            Request::Ask { account, what } => return self.ask_verb(account.as_deref(), *what, answer),
            Request::TransferCall {
                call,
                to,
                attended,
                yes,
            } => {
                let wanted = Wanted::Transfer {
                    to,
                    attended,
                    yes,
                    answer,
                };
                return self.once_named(call, wanted, now);
            }
            Request::NameCall { call } => return self.once_named(call, Wanted::View(answer), now),
            Request::PushEventsHere { account } => return self.push_events_here(account.as_deref(), answer),
            Request::EndpointSchema { account } => self.accounts.choose(account.as_deref()).map(|account| {
                let provider = account.provider.as_ref().ok();
                Reply::Schema(provider.and_then(|provider| provider.endpoint_schema()).cloned())
            }),
            Request::RemoveAccount { name } => return self.remove_account(&name, answer),
            Request::UnlockKeychain => {
                let secrets = self.seams.secrets.clone();
                self.spawn(async move {
                    let state = secrets.unlock().await;
                    Finding::Keychain {
                        state,
                        answer: Some(answer),
                    }
                });
                return None;
            }
            // The app has looked when it started; what runs in a shell has not.
            Request::Status if self.role != Role::Desktop => {
                let secrets = self.seams.secrets.clone();
                self.spawn(async move {
                    let state = secrets.state().await;
                    Finding::KeychainForStatus { state, answer }
                });
                return None;
            }
            Request::SetNote { call, note } => return self.set_note(&call, note, answer, now),
            Request::SetDisposition { call, disposition } => {
                let disposition = match typed::line_if_any("disposition", disposition.as_deref()) {
                    Ok(disposition) => disposition,
                    Err(error) => return self.go_on(vec![Effect::Answer(answer, Err(error))]),
                };
                let entry = Entry::Disposition {
                    call: call.clone(),
                    disposition: disposition.clone(),
                };
                return self.annotate(&call, entry, answer, now, |record| {
                    record.stored.disposition = disposition
                });
            }
            Request::Dismiss { call } => {
                let entry = Entry::Dismissed { call: call.clone() };
                return self.annotate(&call, entry, answer, now, |record| record.stored.dismissed = true);
            }
            Request::MarkEnded { call } => return self.mark_ended(&call, answer, now),
            Request::SetSettings { settings } => self.set_settings(settings, asker),
            Request::MarkContact { id, change } => self
                .contacts
                .mark(&id, &change, asker)
                .inspect(|_| self.contacts_changed())
                .and_then(|contact| self.person(contact)),
            Request::RemoveContact { id } => self
                .contacts
                .remove(&id, asker)
                .inspect(|()| self.contacts_changed())
                .map(|()| Reply::Done),
            Request::Doctor => {
                let checks = doctor::checks(self);
                tokio::spawn(async move {
                    // The face may be gone.
                    let _ = answer.send(Ok(Reply::Doctor(checks.await)));
                });
                return None;
            }
            Request::PhoneLinks => return self.phone_links(None, answer),
            Request::TakePhoneLinks { scheme } => return self.phone_links(Some(scheme), answer),
            Request::ListScreenPops => self.list_screen_pops(asker),
            Request::AddScreenPop { pop } => self.add_screen_pop(pop, asker),
            Request::RemoveScreenPop { name } => self.remove_screen_pop(&name, asker),
            Request::TestScreenPop { name } => return self.test_screen_pop(&name, asker, answer),
            Request::ListPrograms => self.list_programs(),
            Request::ApproveProgram { path } => self.approve_program(&path, asker),
            Request::RevokeProgram { path } => self.revoke_program(&path, asker),
            Request::SaveBundle => {
                self.save_bundle(answer);
                return None;
            }
            Request::DismissCrash => self.dismiss_crash(),
            Request::ReportChecks { checks } => self.report_checks(checks, asker),
            Request::SearchContacts { query, limit } => {
                let is_short = self.role == Role::OneShot;
                return self.beside(answer, move |contacts| {
                    let found = if is_short {
                        contacts.search_in_passing(&query, limit, now)
                    } else {
                        contacts.search(&query, limit)
                    };
                    found.map(Reply::Contacts)
                });
            }
            Request::Find { text, account, limit } => match self.check_address(&text, account.as_deref(), now) {
                Ok(check) => {
                    return self.beside(answer, move |contacts| {
                        let rows = contacts.search(&text, limit)?;
                        Ok(Reply::Found(Box::new(Found { rows, check })))
                    });
                }
                Err(error) => Err(error),
            },
            Request::Quick { text, account } => return self.quick(&text, account.as_deref(), answer, now),
            Request::ListContacts { from, limit } => {
                let lenders = self.lenders();
                return self.beside(answer, move |contacts| {
                    let list = contacts.list(from, limit)?;
                    lenders.tell(list, from).map(Reply::ContactList)
                });
            }
            Request::PageContacts { after, limit } => {
                return self.beside(answer, move |contacts| {
                    contacts.page(after.as_deref(), limit).map(Reply::ContactPage)
                });
            }
            Request::ListDuplicates { from, limit } => {
                return self.beside(answer, move |contacts| {
                    contacts.duplicates(from, limit).map(Reply::Duplicates)
                });
            }
            Request::PreviewMerge(draft) => {
                return self.beside(answer, move |contacts| {
                    let preview = contacts.preview_merge(&draft)?;
                    Ok(Reply::MergePreview(Box::new(preview)))
                });
            }
            Request::ListMerges { limit } => {
                return self.beside(answer, move |contacts| contacts.merges(limit).map(Reply::Merges));
            }
            Request::MergeContacts(draft) => self.merge_contacts(&draft),
            Request::UndoMerge { merge_id } => self.undo_merge(&merge_id),
            Request::SetDistinct { contact_ids } => self
                .contacts
                .set_distinct(&contact_ids)
                .inspect(|()| self.contacts_changed())
                .map(|()| Reply::Done),
            Request::ContactChosen { typed, contact_id } => {
                return self.beside(answer, move |contacts| {
                    contacts.chosen(&typed, &contact_id, now).map(|()| Reply::Done)
                });
            }
            Request::ImportContacts { csv, country } => return self.import(Source::Held(csv), country, answer),
            Request::ImportFile { path, country } => return self.import(Source::At(path.into()), country, answer),
            Request::InspectImport { from, wish } => return self.inspect_import(&from, wish, asker, answer),
            Request::StartImport {
                import_id,
                from,
                wish,
                problems,
            } => return self.start_import(import_id, &from, wish, problems, asker, answer),
            Request::BeginUpload { bytes } => {
                return self.with_files(answer, move |files| files.begin_upload(bytes).map(Reply::Upload));
            }
            Request::UploadPiece {
                upload_id,
                offset,
                piece,
            } => {
                return self.with_files(answer, move |files| {
                    files.add_piece(&upload_id, offset, &piece).map(|()| Reply::Done)
                });
            }
            Request::DropUpload { upload_id } => {
                return self.with_files(answer, move |files| files.drop_upload(&upload_id).map(|()| Reply::Done));
            }
            Request::SaveImportProblems { import_id } => {
                return self.with_files(answer, move |files| {
                    save_problems(&files.problems(&import_id)?).map(Reply::Saved)
                });
            }
            Request::SaveContacts { format } => {
                return self.beside(answer, move |contacts| {
                    save_contacts(&contacts, format).map(Reply::Saved)
                });
            }
            Request::AddBook(draft) => return self.add_book(draft, asker, answer),
            Request::SyncBook {
                book_id,
                thorough,
                allow_deletions,
            } => {
                let wish = RunWish {
                    thorough,
                    may_delete: allow_deletions as usize,
                };
                return self.sync_book(book_id.as_deref(), wish, answer);
            }
            Request::RemoveBook { book_id } => return self.remove_book(book_id.as_deref(), answer),
            Request::ResolveConflict {
                book_id,
                contact_id,
                keep,
            } => self.resolve_conflict(book_id.as_deref(), &contact_id, &keep, asker),
            Request::ListCalls { limit, since, contact } => self.history(limit, since, contact).map(Reply::Calls),
            request => self.ask_now(request, now),
        };
        self.answer(answer, result);
        None
    }

    /// Requests that are answered from memory or by one quick read.
    fn ask_now(&mut self, request: Request, now: Timestamp) -> ApiResult {
        let shows_alerts = matches!(request, Request::Snapshot | Request::Status | Request::ListAlerts);
        if shows_alerts && self.role == Role::OneShot {
            self.recall_alerts().map_err(database_failed)?;
        }
        match request {
            Request::Snapshot => Ok(Reply::Snapshot(Box::new(self.snapshot()?))),
            Request::Status => Ok(Reply::Status(Box::new(self.status()))),
            Request::Kinds => Ok(Reply::Kinds(
                ProviderKind::ALL
                    .into_iter()
                    .map(|kind| ProviderKindView {
                        kind,
                        name: kind.display_name().to_owned(),
                        fields: fields_of(kind),
                    })
                    .collect(),
            )),
            Request::Crash => Ok(Reply::Crash(self.crash.clone())),
            Request::ListAccounts => Ok(Reply::Accounts(self.account_views())),
            Request::DefaultAccount { name } => {
                self.accounts.set_default(&name)?;
                self.emit_accounts();
                Ok(Reply::Done)
            }
            Request::RotateHook { name } => {
                let id = self.accounts.get(&name)?.config.id.clone();
                self.hook_tokens
                    .rotate(&id)
                    .map_err(|error| ApiError::new(ErrorClass::Failed, "hook_not_rotated").with("why", error))?;
                self.account_reply(&name)
            }
            Request::PhoneChecked { name } => {
                self.accounts.set_phone_checked(&name)?;
                self.account_reply(&name)
            }
            Request::CheckTarget { text, account } => {
                let check = self.check_target(&text, account.as_deref(), now)?;
                Ok(Reply::Target(Box::new(check)))
            }
            Request::CheckAgain { call } => {
                self.have_at_desk(&call, now)?;
                self.calls.check_again(&call, &self.accounts, now);
                Ok(Reply::Call(Box::new(self.show_call(&call)?)))
            }
            Request::ShowCall { call } => Ok(Reply::Call(Box::new(self.show_call(&call)?))),
            Request::ListCallbacks { all } => self.list_callbacks(all).map(Reply::Callbacks),
            Request::ShowCallback { callback } => callback_reply(self.show_callback(&callback)),
            Request::CheckWhen {
                when,
                zone,
                target,
                account,
            } => {
                let check = self.check_when(&when, zone.as_deref(), target.as_deref(), account.as_deref(), now)?;
                Ok(Reply::When(Box::new(check)))
            }
            Request::AddContact { contact } => {
                let region = self.region_for(&contact);
                let view = self.contacts.add(&contact, region)?;
                self.contacts_changed();
                Ok(Reply::Contact(Box::new(view)))
            }
            Request::UpdateContact { id, contact } => {
                let region = self.region_for(&contact);
                let view = self.contacts.update(&id, &contact, region)?;
                self.contacts_changed();
                self.person(view)
            }
            Request::KeepCallFrom {
                target,
                account,
                from,
                contact_id,
            } => {
                self.keep_call_from(&target, contact_id.as_deref(), account.as_deref(), from.as_deref())?;
                self.contacts_changed();
                Ok(Reply::Done)
            }
            Request::CancelImport { import_id } => {
                self.imports.cancel(&import_id);
                Ok(Reply::Done)
            }
            Request::ListBooks => self.list_books(),
            Request::BookConflicts { book_id } => self.book_conflicts(book_id.as_deref()),
            Request::ShowContact { id } => self.person(self.contacts.show(&id)?),
            Request::SetDraft { field, text } => {
                if let Err(error) = self.store.set_draft(&field, &text) {
                    tracing::warn!(%error, "a draft could not be kept");
                }
                if text.is_empty() {
                    self.drafts.remove(&field);
                } else {
                    self.drafts.insert(field, text);
                }
                Ok(Reply::Done)
            }
            Request::ListAlerts => Ok(Reply::Alerts(self.alerts.views())),
            Request::AlertsSeen { up_to } => Ok(self.see_alerts(up_to, now)),
            Request::DoNotDisturb { span } => self.do_not_disturb(span, now),
            Request::ShowWindow { prefill } => {
                self.emit(self.window_for(prefill));
                Ok(Reply::Done)
            }
            Request::OpenPasted { text } => {
                self.open_pasted(text);
                Ok(Reply::Done)
            }
            Request::ShowQuickDial { of_selection } => {
                self.emit(Event::ShowQuickDial { of_selection });
                Ok(Reply::Done)
            }
            Request::NumberIn { texts, account } => self.number_in(&texts, account.as_deref()),
            // Routed before they come here.
            Request::AddAccount { .. }
            | Request::UpdateAccount { .. }
            | Request::SetSecret { .. }
            | Request::RemoveSecret { .. }
            | Request::ShowAccount { .. }
            | Request::TestAccount { .. }
            | Request::RemoveAccount { .. }
            | Request::UnlockKeychain
            | Request::Agents { .. }
            | Request::Dids { .. }
            | Request::Ask { .. }
            | Request::TransferCall { .. }
            | Request::NameCall { .. }
            | Request::EndpointSchema { .. }
            | Request::PushEventsHere { .. }
            | Request::Place(_)
            | Request::AddCallback(_)
            | Request::CallbackDone { .. }
            | Request::CancelCallback { .. }
            | Request::SnoozeCallback { .. }
            | Request::MarkCallback { .. }
            | Request::CallCallback { .. }
            | Request::End { .. }
            | Request::MarkEnded { .. }
            | Request::Dismiss { .. }
            | Request::SetNote { .. }
            | Request::SetDisposition { .. }
            | Request::ListCalls { .. }
            | Request::SearchContacts { .. }
            | Request::Find { .. }
            | Request::Quick { .. }
            | Request::ListContacts { .. }
            | Request::PageContacts { .. }
            | Request::ListDuplicates { .. }
            | Request::PreviewMerge(_)
            | Request::MergeContacts(_)
            | Request::ListMerges { .. }
            | Request::UndoMerge { .. }
            | Request::SetDistinct { .. }
            | Request::ContactChosen { .. }
            | Request::ImportContacts { .. }
            | Request::ImportFile { .. }
            | Request::InspectImport { .. }
            | Request::StartImport { .. }
            | Request::BeginUpload { .. }
            | Request::UploadPiece { .. }
            | Request::DropUpload { .. }
            | Request::SaveImportProblems { .. }
            | Request::SaveContacts { .. }
            | Request::AddBook(_)
            | Request::SyncBook { .. }
            | Request::RemoveBook { .. }
            | Request::ResolveConflict { .. }
            | Request::SetSettings { .. }
            | Request::MarkContact { .. }
            | Request::RemoveContact { .. }
            | Request::Doctor
            | Request::PhoneLinks
            | Request::TakePhoneLinks { .. }
            | Request::ReportChecks { .. }
            | Request::DismissCrash
            | Request::SaveBundle
            | Request::ListPrograms
            | Request::ApproveProgram { .. }
            | Request::RevokeProgram { .. }
            | Request::ListScreenPops
            | Request::AddScreenPop { .. }
            | Request::RemoveScreenPop { .. }
            | Request::TestScreenPop { .. }
            | Request::TakeOver
            | Request::Stop => Err(ApiError::new(ErrorClass::Failed, "not_understood")),
        }
    }

    /// A page may make the guard stricter, not looser: what it asks for may be a script's wish.
    fn set_settings(&mut self, settings: SettingsView, asker: Asker) -> ApiResult {
        let before = self.accounts.config.settings();
        let allowances = [
            ("allow_premium", before.allow_premium, settings.allow_premium),
            ("allow_satellite", before.allow_satellite, settings.allow_satellite),
            ("allow_personal", before.allow_personal, settings.allow_personal),
            (
                "allow_shared_cost",
                before.allow_shared_cost,
                settings.allow_shared_cost,
            ),
        ];
        if let (Asker::Page, Some((key, ..))) = (asker, allowances.iter().find(|(_, before, now)| !before && *now)) {
            return Err(ApiError::new(ErrorClass::Refused, "allowance_not_by_window").with("key", key));
        }
        let settings = SettingsView {
            quick_dial: quick::checked(&settings.quick_dial)?,
            ..settings
        };
        self.accounts
            .config
            .set_settings(&settings)
            .map_err(|problem| ApiError::new(ErrorClass::Failed, "config_not_saved").with("why", problem))?;
        self.privacy
            .store(settings.privacy, std::sync::atomic::Ordering::Relaxed);
        self.emit(Event::Settings {
            settings: settings.clone(),
        });
        Ok(Reply::Settings(settings))
    }

    /// Checks, settings and logs for whoever helps, in a file of the user's.
    fn save_bundle(&mut self, answer: Answer) {
        let Some(home) = self.home.clone() else {
            return self.answer(answer, Err(ApiError::new(ErrorClass::Failed, "home_unknown")));
        };
        let checks = doctor::checks(self);
        tokio::spawn(async move {
            let checks = checks.await;
            let saved = tokio::task::spawn_blocking(move || save_bundle(&home, &checks)).await;
            let failed =
                |why: tokio::task::JoinError| ApiError::new(ErrorClass::Failed, "bundle_failed").with("why", why);
            // The face may be gone.
            let _ = answer.send(saved.map_err(failed).flatten().map(Reply::Saved));
        });
    }

    fn dismiss_crash(&mut self) -> ApiResult {
        if let (Some(home), Some(crash)) = (&self.home, self.crash.take())
            && let Err(error) = crash::set_seen(home, &crash)
        {
            // It is offered once more, no worse.
            tracing::warn!(%error, "that a crash was told of could not be kept");
        }
        Ok(Reply::Done)
    }

    /// A page knows nothing of the machine, and is not believed about it.
    fn report_checks(&mut self, checks: Vec<FaceCheck>, asker: Asker) -> ApiResult {
        if asker == Asker::Page {
            return Err(ApiError::new(ErrorClass::Refused, "checks_not_by_window"));
        }
        self.face_checks.report(checks).map(|()| Reply::Done)
    }

    /// Directory work that may take longer, beside the loop.
    fn beside(
        &self,
        answer: Answer,
        work: impl FnOnce(crate::desks::contacts::ContactsDesk) -> ApiResult + Send + 'static,
    ) -> Option<Ended> {
        let contacts = self.contacts.clone();
        tokio::task::spawn_blocking(move || {
            // The face may be gone.
            let _ = answer.send(work(contacts));
        });
        None
    }

    /// The country of national numbers in a contact: its own, else the account's in use.
    fn region_for(&self, _contact: &ContactDraft) -> telephony::Region {
        self.accounts
            .choose(None)
            .map_or(telephony::Region::GB, Account::region)
    }

    fn contacts_changed(&self) {
        self.emit(Event::Contacts);
    }

    pub(crate) fn emit(&self, event: Event) {
        // Nobody listening is fine: each face takes a snapshot when it mounts.
        self.events.tell(event);
    }

    fn answer(&mut self, answer: Answer, result: ApiResult) {
        self.perform_all(vec![Effect::Answer(answer, result)]);
    }

    fn go_on(&mut self, effects: Vec<Effect>) -> Option<Ended> {
        self.perform_all(effects);
        None
    }
}

pub(super) fn database_failed(error: store::StoreError) -> ApiError {
    ApiError::new(ErrorClass::Failed, "database_failed").with("why", error)
}
