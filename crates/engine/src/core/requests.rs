//! What faces ask, each handed to the desk that owns it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use providers::{AgentChoice, Did, ProviderError, ProviderKind, TestReport};
use store::{CallFilter, Entry};
use telephony::{
    DialHistory, Guard, GuardFinding, GuardPolicy, GuardReason, GuardVerdict, NumberProblem, PhoneNumber, Target,
    TargetProblem,
};

use super::{Core, Ended};
use crate::api::{ApiError, ApiResult, ContactDraft, ErrorClass, PlaceRequest, Reply, Request, SecretText};
use crate::desks::accounts::Account;
use crate::desks::calls::{CallRecord, PlaceInput, no_such_call, shown, view_of};
use crate::desks::contacts::number_problem_key;
use crate::doctor;
use crate::effect::{Answer, Effect, Finding, SecretsFor};
use crate::secrets::SecretOwner;
use crate::view::{CallView, ContactRef, Event, ProviderKindView, Role, SettingsView, Snapshot, TargetCheck, Words};

/// Calls in a window's first look at the history.
const FIRST_PAGE: u32 = 100;

impl Core {
    /// Handles one request; some end the loop.
    pub(crate) fn ask(&mut self, request: Request, answer: Answer) -> Option<Ended> {
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
            Request::Place(request) => return self.place(request, answer, now),
            Request::End { call } => {
                let effects = self.calls.end(call.as_deref(), &self.accounts, answer, now);
                return self.go_on(effects);
            }
            Request::AddAccount {
                name,
                kind,
                set,
                secrets,
            } => return self.add_account(name, kind, &set, secrets, answer),
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
            Request::UpdateAccount { name, set } => match self.accounts.update(&name, &set) {
                Ok(()) => return self.look_at_account(&name, answer),
                Err(error) => Err(error),
            },
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
                .map(|account| Reply::Dids(account.did_views())),
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
            Request::SetNote { call, note } => return self.set_note(&call, note, answer, now),
            Request::SetDisposition { call, disposition } => {
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
            Request::Doctor => {
                doctor::run(self, answer);
                return None;
            }
            Request::SearchContacts { query, limit } => {
                return self.beside(answer, move |contacts| {
                    contacts.search(&query, limit).map(Reply::Contacts)
                });
            }
            Request::ImportContacts { csv, country } => return self.import(csv, country, answer),
            Request::ListCalls { limit, since, contact } => self.history(limit, since, contact).map(Reply::Calls),
            request => self.ask_now(request, now),
        };
        self.answer(answer, result);
        None
    }

    /// Requests that are answered from memory or by one quick read.
    fn ask_now(&mut self, request: Request, now: Timestamp) -> ApiResult {
        match request {
            Request::Snapshot => Ok(Reply::Snapshot(Box::new(self.snapshot()?))),
            Request::Status => Ok(Reply::Status(Box::new(self.status()))),
            Request::Kinds => Ok(Reply::Kinds(
                ProviderKind::ALL
                    .into_iter()
                    .map(|kind| ProviderKindView {
                        kind,
                        name: kind.display_name().to_owned(),
                        fields: providers::fields(kind),
                    })
                    .collect(),
            )),
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
                self.calls.get(&call).ok_or_else(|| no_such_call(&call))?;
                self.calls.check_again(&call, now);
                Ok(Reply::Done)
            }
            Request::ShowCall { call } => Ok(Reply::Call(Box::new(self.show_call(&call)?))),
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
                Ok(Reply::Contact(Box::new(view)))
            }
            Request::RemoveContact { id } => {
                self.contacts.remove(&id)?;
                self.contacts_changed();
                Ok(Reply::Done)
            }
            Request::ShowContact { id } => Ok(Reply::Contact(Box::new(self.contacts.show(&id)?))),
            Request::SetSettings { settings } => self.set_settings(settings),
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
            Request::ShowWindow { prefill } => {
                self.emit(Event::ShowWindow { prefill });
                Ok(Reply::Done)
            }
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
            | Request::Place(_)
            | Request::End { .. }
            | Request::MarkEnded { .. }
            | Request::Dismiss { .. }
            | Request::SetNote { .. }
            | Request::SetDisposition { .. }
            | Request::ListCalls { .. }
            | Request::SearchContacts { .. }
            | Request::ImportContacts { .. }
            | Request::Doctor
            | Request::TakeOver
            | Request::Stop => Err(ApiError::new(ErrorClass::Failed, "not_understood")),
        }
    }

    fn place(&mut self, request: PlaceRequest, answer: Answer, now: Timestamp) -> Option<Ended> {
        let effects = match self.place_effects(request, now) {
            Ok(input) => {
                // The borrow of the accounts ends before the effects are done.
                let Prepared {
                    request,
                    account,
                    target,
                    person,
                    caller_id,
                    typed,
                    earlier,
                } = input;
                let Some(account) = self.accounts.by_id(&account) else {
                    self.answer(answer, Err(ApiError::new(ErrorClass::Failed, "account_unusable")));
                    return None;
                };
                let guard = self.guard(account);
                let sandbox = account.is_sandbox();
                let credentials = self.credentials_at_hand(account);
                let input = PlaceInput {
                    request,
                    account,
                    accounts: &self.accounts,
                    target,
                    typed,
                    caller_id,
                    person,
                    earlier,
                    guard: Box::new(move |number, history| findings(&guard, sandbox, number, history, now)),
                    credentials,
                };
                self.calls.place(input, answer, now)
            }
            Err(error) => vec![Effect::Answer(answer, Err(error))],
        };
        self.go_on(effects)
    }

    /// Looks up everything that a wish to place a call names.
    fn place_effects(&self, request: PlaceRequest, _now: Timestamp) -> Result<Prepared, ApiError> {
        let account = self.accounts.choose(request.account.as_deref())?;
        if account.provider.is_err() || !account.missing().is_empty() {
            return Err(account.unusable());
        }
        let (target, named) = self.read_target(&request.target, account)?;
        let person = match (&request.contact, named) {
            (Some(id), named) => self.contacts.by_id(id).or(named),
            (None, Some(named)) => Some(named),
            (None, None) => match &target {
                Ok(Target::Number(number)) => self.contacts.by_number(number),
                Ok(Target::Extension(_) | Target::Sip(_)) | Err(_) => None,
            },
        };
        let caller_id = self.caller_id(request.from.as_deref(), account)?;
        let earlier = match &request.intent {
            Some(intent) => self
                .store
                .call_by_intent(&normal_intent(intent))
                .map_err(database_failed)?,
            None => None,
        };
        Ok(Prepared {
            account: account.config.id.clone(),
            typed: request.target.trim().to_owned(),
            request,
            target,
            person,
            caller_id,
            earlier,
        })
    }

    /// What a text means: a number, something the guard stops, or a person.
    #[allow(
        clippy::type_complexity,
        reason = "an outcome of three parts that is taken apart at once"
    )]
    fn read_target(
        &self,
        text: &str,
        account: &Account,
    ) -> Result<(Result<Target, GuardFinding>, Option<ContactRef>), ApiError> {
        let stop = |reason| {
            let country = account.region().to_string();
            GuardFinding {
                verdict: GuardVerdict::Block,
                reason,
                country: Some(country),
                local_time: None,
            }
        };
        let problem = match Target::read(text, account.region()) {
            Ok(target) => return Ok((Ok(target), None)),
            Err(TargetProblem::Number(NumberProblem::ServiceCode)) => {
                return Ok((Err(stop(GuardReason::ServiceCode)), None));
            }
            Err(TargetProblem::Number(NumberProblem::Emergency { .. })) => {
                return Ok((Err(stop(GuardReason::Emergency)), None));
            }
            Err(TargetProblem::Number(NumberProblem::ShortNumber { .. })) => {
                return Ok((Err(stop(GuardReason::ShortNumber)), None));
            }
            Err(TargetProblem::NotANumber) => None,
            Err(TargetProblem::Number(problem)) => Some(problem),
        };
        if text.trim().is_empty() {
            return Err(ApiError::new(ErrorClass::NothingMatches, "number_empty"));
        }
        match self.contacts.named(text.trim()) {
            Ok((person, number)) => Ok((Ok(Target::Number(number)), Some(person))),
            Err(error) => match problem {
                // Digits that are no number are better explained as such.
                Some(problem) if !text.chars().any(char::is_alphabetic) => Err(number_error(&problem, text)),
                _ => Err(error),
            },
        }
    }

    /// The caller ID that a call shows: the one chosen, else the account's.
    fn caller_id(&self, chosen: Option<&str>, account: &Account) -> Result<Option<PhoneNumber>, ApiError> {
        let Some(text) = chosen.map(str::trim).filter(|text| !text.is_empty()) else {
            return Ok(account.default_caller_id());
        };
        let can_choose = account
            .provider
            .as_ref()
            .is_ok_and(|provider| provider.capabilities().choose_caller_id.is_available());
        if !can_choose {
            return Err(ApiError::new(ErrorClass::Refused, "caller_id_not_choosable")
                .with("provider", account.config.kind.display_name()));
        }
        let number = PhoneNumber::from_provider(text, account.region())
            .or_else(|| PhoneNumber::parse(text, account.region()).ok())
            .ok_or_else(|| ApiError::new(ErrorClass::Usage, "caller_id_malformed").with("number", text))?;
        let known = account.did_views();
        // Where the provider's list was never read, the provider decides.
        if !account.dids.is_empty() && !known.iter().any(|did| did.number == number) {
            let dids: Vec<String> = known.iter().map(|did| did.number.to_string()).collect();
            return Err(ApiError::new(ErrorClass::Usage, "did_not_of_account")
                .with("number", &number)
                .with("account", &account.config.name)
                .with("dids", dids.join(", ")));
        }
        Ok(Some(number))
    }

    fn guard(&self, account: &Account) -> Guard {
        let settings = self.settings();
        let countries = self.store.dialled_countries(&account.config.id).unwrap_or_default();
        Guard {
            account_region: account.region(),
            policy: GuardPolicy {
                allow_premium: settings.allow_premium,
                allow_satellite: settings.allow_satellite,
                allow_personal: settings.allow_personal,
                allow_shared_cost: settings.allow_shared_cost,
                countries: countries.iter().filter_map(|country| country.parse().ok()).collect(),
            },
        }
    }

    fn check_target(&self, text: &str, account: Option<&str>, now: Timestamp) -> Result<TargetCheck, ApiError> {
        let account = self.accounts.choose(account)?;
        let nothing = TargetCheck {
            number: None,
            shown: None,
            contact: None,
            verdict: GuardVerdict::Ok,
            findings: Vec::new(),
            problem: None,
        };
        Ok(match self.read_target(text, account) {
            Ok((Ok(Target::Number(number)), named)) => {
                let history = self.calls.history(&account.config.id, &number, now);
                let findings = findings(&self.guard(account), account.is_sandbox(), &number, &history, now);
                TargetCheck {
                    shown: Some(shown(Some(&number), "")),
                    contact: named.or_else(|| self.contacts.by_number(&number)),
                    verdict: findings
                        .iter()
                        .map(|finding| finding.verdict)
                        .max()
                        .unwrap_or(GuardVerdict::Ok),
                    findings,
                    number: Some(number),
                    problem: None,
                }
            }
            Ok((Ok(target), _)) => TargetCheck {
                shown: Some(shown(None, &target.to_string())),
                ..nothing
            },
            Ok((Err(finding), _)) => TargetCheck {
                verdict: finding.verdict,
                findings: vec![finding],
                ..nothing
            },
            Err(error) => {
                let key = format!("errors.{}.message", error.code);
                TargetCheck {
                    problem: Some(Words {
                        key,
                        params: error.params,
                    }),
                    ..nothing
                }
            }
        })
    }

    fn add_account(
        &mut self,
        name: String,
        kind: ProviderKind,
        set: &BTreeMap<String, String>,
        secrets: BTreeMap<String, SecretText>,
        answer: Answer,
    ) -> Option<Ended> {
        for (key, value) in &secrets {
            if let Err(error) = check_secret(kind, key, value) {
                self.answer(answer, Err(error));
                return None;
            }
        }
        if let Err(error) = self.accounts.add(&name, kind, set) {
            self.answer(answer, Err(error));
            return None;
        }
        let id = self
            .accounts
            .get(&name)
            .map(|account| account.config.id.clone())
            .unwrap_or_default();
        if let Err(error) = self.hook_tokens.make(&id) {
            tracing::warn!(%error, "a hook token could not be kept");
        }
        self.start_sandbox(&id);
        if secrets.is_empty() {
            return self.look_at_account(&name, answer);
        }
        self.set_secrets(
            &name,
            secrets,
            Keep {
                this_run_only: false,
                or_remove: true,
            },
            answer,
        )
    }

    fn set_secrets(
        &mut self,
        name: &str,
        secrets: BTreeMap<String, SecretText>,
        keep: Keep,
        answer: Answer,
    ) -> Option<Ended> {
        let account = match self.accounts.get(name) {
            Ok(account) => account,
            Err(error) => {
                self.answer(answer, Err(error));
                return None;
            }
        };
        let mut cleaned = Vec::new();
        for (key, value) in &secrets {
            match check_secret(account.config.kind, key, value) {
                Ok(value) => cleaned.push((key.clone(), value)),
                Err(error) => {
                    self.answer(answer, Err(error));
                    return None;
                }
            }
        }
        let (name, id) = (account.config.name.clone(), account.config.id.clone());
        let store = self.seams.secrets.clone();
        self.spawn(async move {
            let owner = SecretOwner { name: &name, id: &id };
            let mut result = Ok(Reply::Done);
            for (key, value) in cleaned {
                if let Err(problem) = store.set(owner, &key, value, keep.this_run_only).await {
                    result = Err(problem.to_api());
                    break;
                }
            }
            let undo = keep.or_remove && result.is_err();
            Finding::SecretsChanged {
                account: id,
                answer,
                result,
                undo,
            }
        });
        None
    }

    fn remove_secret(&mut self, name: &str, key: String, answer: Answer) -> Option<Ended> {
        let account = match self.accounts.get(name) {
            Ok(account) => account,
            Err(error) => {
                self.answer(answer, Err(error));
                return None;
            }
        };
        let (name, id) = (account.config.name.clone(), account.config.id.clone());
        let store = self.seams.secrets.clone();
        self.spawn(async move {
            let removed = store.remove(SecretOwner { name: &name, id: &id }, &key).await;
            let result = removed
                .map(|()| Reply::Done)
                .map_err(crate::secrets::SecretsProblem::to_api);
            Finding::SecretsChanged {
                account: id,
                answer,
                result,
                undo: false,
            }
        });
        None
    }

    /// Shows an account with where its secrets are, which the keychain must be asked for.
    fn look_at_account(&mut self, name: &str, answer: Answer) -> Option<Ended> {
        let effects = match self.accounts.get(name) {
            Err(error) => vec![Effect::Answer(answer, Err(error))],
            Ok(account) if account.is_sandbox() => {
                let view = Box::new(self.accounts.view(account, self.hook_of(account)));
                vec![
                    Effect::Emit(Event::Account { account: view.clone() }),
                    Effect::Answer(answer, Ok(Reply::Account(view))),
                ]
            }
            Ok(account) => vec![Effect::LoadSecrets {
                account: account.config.id.clone(),
                wanted_by: SecretsFor::Look(Some(answer)),
            }],
        };
        self.go_on(effects)
    }

    fn remove_account(&mut self, name: &str, answer: Answer) -> Option<Ended> {
        let in_call = self.accounts.get(name).is_ok_and(|account| {
            self.calls
                .active(self.now())
                .any(|record| record.stored.row.account_id == account.config.id)
        });
        if in_call {
            self.answer(
                answer,
                Err(ApiError::new(ErrorClass::Refused, "account_in_call").with("account", name)),
            );
            return None;
        }
        let fields = self.accounts.get(name).map(Account::secret_fields).unwrap_or_default();
        match self.accounts.remove(name) {
            Err(error) => self.answer(answer, Err(error)),
            Ok(config) => {
                if let Err(error) = self.hook_tokens.remove(&config.id) {
                    tracing::warn!(%error, "a hook token could not be forgotten");
                }
                if let Some(exchange) = self.sandboxes.remove(&config.id) {
                    tokio::spawn(exchange.shutdown());
                }
                self.emit(Event::AccountRemoved {
                    name: config.name.clone(),
                });
                let store = self.seams.secrets.clone();
                tokio::spawn(async move {
                    for field in fields {
                        let owner = SecretOwner {
                            name: &config.name,
                            id: &config.id,
                        };
                        if let Err(error) = store.remove(owner, &field).await {
                            tracing::warn!(%error, "a removed account's key is still in the keychain");
                        }
                    }
                    // The face may be gone.
                    let _ = answer.send(Ok(Reply::Done));
                });
            }
        }
        None
    }

    /// Takes an account out of everything but the keychain.
    pub(super) fn take_out(&mut self, name: &str) -> Result<crate::config::AccountConfig, ApiError> {
        let config = self.accounts.remove(name)?;
        if let Err(error) = self.hook_tokens.remove(&config.id) {
            tracing::warn!(%error, "a hook token could not be forgotten");
        }
        if let Some(exchange) = self.sandboxes.remove(&config.id) {
            tokio::spawn(exchange.shutdown());
        }
        self.emit(Event::AccountRemoved {
            name: config.name.clone(),
        });
        Ok(config)
    }

    fn ask_provider(
        &mut self,
        account: Option<&str>,
        answer: Answer,
        make: impl FnOnce(String, std::sync::Arc<dyn providers::Provider>, Answer) -> Effect,
    ) -> Option<Ended> {
        let effects = match self.accounts.choose(account) {
            Err(error) => vec![Effect::Answer(answer, Err(error))],
            Ok(account) => match &account.provider {
                Err(_) => vec![Effect::Answer(answer, Err(account.unusable()))],
                Ok(provider) => vec![make(account.config.id.clone(), provider.clone(), answer)],
            },
        };
        self.go_on(effects)
    }

    pub(super) fn tested(
        &mut self,
        account_id: &str,
        result: Result<TestReport, ProviderError>,
        answer: Answer,
    ) -> Vec<Effect> {
        let result = self.heard(account_id, result).map(Reply::Test);
        let mut effects = self.show_account(account_id);
        effects.push(Effect::Answer(answer, result));
        effects
    }

    pub(super) fn dids_listed(
        &mut self,
        account_id: &str,
        result: Result<Vec<Did>, ProviderError>,
        answer: Answer,
    ) -> Vec<Effect> {
        let result = self.heard(account_id, result).map(|dids| {
            self.accounts.set_dids(account_id, dids);
            Reply::Dids(
                self.accounts
                    .by_id(account_id)
                    .map(Account::did_views)
                    .unwrap_or_default(),
            )
        });
        let mut effects = self.show_account(account_id);
        effects.push(Effect::Answer(answer, result));
        effects
    }

    pub(super) fn agents_listed(
        &mut self,
        account_id: &str,
        result: Result<Vec<AgentChoice>, ProviderError>,
        answer: Answer,
    ) -> Vec<Effect> {
        let result = self.heard(account_id, result).map(Reply::Agents);
        vec![Effect::Answer(answer, result)]
    }

    /// Notes how a provider answered, and turns its refusal into what faces are told.
    fn heard<T>(&mut self, account_id: &str, result: Result<T, ProviderError>) -> Result<T, ApiError> {
        if let Some(account) = self.accounts.by_id_mut(account_id) {
            account.heard(result.as_ref().map(|_| ()));
        }
        result.map_err(|error| provider_error(&error))
    }

    fn show_account(&self, account_id: &str) -> Vec<Effect> {
        let account = self.accounts.by_id(account_id);
        let view = account.map(|account| Box::new(self.accounts.view(account, self.hook_of(account))));
        view.map(|account| Effect::Emit(Event::Account { account }))
            .into_iter()
            .collect()
    }

    fn account_reply(&self, name: &str) -> ApiResult {
        let account = self.accounts.get(name)?;
        let view = self.accounts.view(account, self.hook_of(account));
        self.emit(Event::Account {
            account: Box::new(view.clone()),
        });
        Ok(Reply::Account(Box::new(view)))
    }

    fn account_views(&self) -> Vec<crate::view::AccountView> {
        self.accounts
            .iter()
            .map(|account| self.accounts.view(account, self.hook_of(account)))
            .collect()
    }

    fn emit_accounts(&self) {
        for account in self.account_views() {
            self.emit(Event::Account {
                account: Box::new(account),
            });
        }
    }

    fn snapshot(&self) -> Result<Snapshot, ApiError> {
        Ok(Snapshot {
            status: self.status(),
            accounts: self.account_views(),
            history: self.history(FIRST_PAGE, None, None)?,
            settings: self.settings(),
            drafts: self.drafts.clone(),
        })
    }

    fn history(
        &self,
        limit: u32,
        since: Option<Timestamp>,
        contact: Option<String>,
    ) -> Result<Vec<CallView>, ApiError> {
        let now = self.now();
        let stored = self
            .store
            .calls(&CallFilter { limit, since, contact })
            .map_err(database_failed)?;
        Ok(stored
            .into_iter()
            .map(|call| match self.calls.get(&call.row.id) {
                // The desk knows more of it than the journal: who it is with, how it is watched.
                Some(record) => view_of(record, self.accounts.by_id(&record.stored.row.account_id), now),
                None => {
                    let mut record = CallRecord::from_stored(call, now);
                    self.dress(&mut record);
                    view_of(&record, self.accounts.by_id(&record.stored.row.account_id), now)
                }
            })
            .collect())
    }

    fn show_call(&self, id: &str) -> Result<CallView, ApiError> {
        let now = self.now();
        let read;
        let record = match self.calls.get(id) {
            Some(record) => record,
            None => {
                let stored = self
                    .store
                    .call(id)
                    .map_err(database_failed)?
                    .ok_or_else(|| no_such_call(id))?;
                let mut record = CallRecord::from_stored(stored, now);
                self.dress(&mut record);
                read = record;
                &read
            }
        };
        let mut view = view_of(record, self.accounts.by_id(&record.stored.row.account_id), now);
        let mut facts: Vec<_> = record.facts.iter().cloned().collect();
        facts.sort_by_key(|fact| fact.received_at);
        view.facts = Some(facts);
        Ok(view)
    }

    fn set_note(&mut self, call: &str, note: String, answer: Answer, now: Timestamp) -> Option<Ended> {
        let note = Some(note).filter(|note| !note.trim().is_empty());
        let entry = Entry::Note {
            call: call.to_owned(),
            note: note.clone(),
        };
        self.annotate(call, entry, answer, now, |record| record.stored.note = note)
    }

    fn annotate(
        &mut self,
        call: &str,
        entry: Entry,
        answer: Answer,
        now: Timestamp,
        change: impl FnOnce(&mut CallRecord),
    ) -> Option<Ended> {
        // Also calls that ended long ago can be written on.
        if self.calls.get(call).is_none()
            && let Ok(Some(stored)) = self.store.call(call)
        {
            let mut record = CallRecord::from_stored(stored, now);
            self.dress(&mut record);
            let effects = self.calls.take_up(record, now);
            self.perform_all(effects);
        }
        let effects = self.calls.annotate(call, entry, &self.accounts, answer, now, change);
        self.go_on(effects)
    }

    fn mark_ended(&mut self, call: &str, answer: Answer, now: Timestamp) -> Option<Ended> {
        let effects = self.calls.mark_ended(call, &self.accounts, answer, now);
        self.go_on(effects)
    }

    fn set_settings(&mut self, settings: SettingsView) -> ApiResult {
        self.accounts
            .config
            .set_settings(&settings)
            .map_err(|problem| ApiError::new(ErrorClass::Failed, "config_not_saved").with("why", problem))?;
        self.emit(Event::Settings {
            settings: settings.clone(),
        });
        Ok(Reply::Settings(settings))
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

    fn import(&mut self, csv: Vec<u8>, country: Option<String>, answer: Answer) -> Option<Ended> {
        let region = match country.as_deref().map(str::parse) {
            None => self.region_for(&ContactDraft::default()),
            Some(Ok(region)) => region,
            Some(Err(_)) => {
                let error =
                    ApiError::new(ErrorClass::Usage, "country_malformed").with("country", country.unwrap_or_default());
                self.answer(answer, Err(error));
                return None;
            }
        };
        let events = self.events.clone();
        self.beside(answer, move |contacts| {
            let report = contacts.import(&csv, region)?;
            // Nobody may be watching.
            let _ = events.send(Event::Contacts);
            Ok(Reply::Import(report))
        })
    }

    /// The country of national numbers in a contact: its own, else the account's in use.
    fn region_for(&self, _contact: &ContactDraft) -> telephony::Region {
        self.accounts
            .choose(None)
            .map_or(telephony::Region::GB, Account::region)
    }

    fn contacts_changed(&mut self) {
        self.emit(Event::Contacts);
    }

    pub(crate) fn emit(&self, event: Event) {
        // Nobody listening is fine: each face takes a snapshot when it mounts.
        let _ = self.events.send(event);
    }

    fn answer(&mut self, answer: Answer, result: ApiResult) {
        self.perform_all(vec![Effect::Answer(answer, result)]);
    }

    fn go_on(&mut self, effects: Vec<Effect>) -> Option<Ended> {
        self.perform_all(effects);
        None
    }
}

/// How a secret is kept.
#[derive(Clone, Copy)]
struct Keep {
    this_run_only: bool,
    /// The account was just made: without its secrets it is not made at all.
    or_remove: bool,
}

/// All that was looked up for a wish to place a call.
struct Prepared {
    request: PlaceRequest,
    /// Id of the account.
    account: String,
    target: Result<Target, GuardFinding>,
    person: Option<ContactRef>,
    caller_id: Option<PhoneNumber>,
    typed: String,
    earlier: Option<store::StoredCall>,
}

/// What the guard says; night at the customer's is no matter where nobody is rung.
fn findings(
    guard: &Guard,
    sandbox: bool,
    number: &PhoneNumber,
    history: &DialHistory,
    now: Timestamp,
) -> Vec<GuardFinding> {
    let mut findings = guard.check(number, history, now);
    findings.retain(|finding| !sandbox || finding.reason != GuardReason::OutsideHours);
    findings
}

fn normal_intent(intent: &str) -> String {
    intent
        .parse::<uuid::Uuid>()
        .map_or_else(|_| intent.to_owned(), |intent| intent.to_string())
}

fn check_secret(kind: ProviderKind, key: &str, value: &SecretText) -> Result<secrecy::SecretString, ApiError> {
    providers::validate_secret(kind, key, &value.0).map_err(|problem| {
        let why = match &problem {
            providers::SettingsProblem::Invalid { why, .. } => {
                crate::words::say(&format!("settings.problem.{why}"), &BTreeMap::new())
            }
            providers::SettingsProblem::UnknownKey { .. } | providers::SettingsProblem::Missing { .. } => {
                let fields = providers::fields(kind);
                let secrets: Vec<&str> = fields
                    .iter()
                    .filter(|field| field.is_secret())
                    .map(|field| field.key.as_str())
                    .collect();
                return ApiError::new(ErrorClass::Usage, "secret_unknown")
                    .with("key", key)
                    .with("provider", kind)
                    .with("known", secrets.join(", "));
            }
        };
        // The value itself is never repeated.
        ApiError::new(ErrorClass::Usage, "secret_invalid")
            .with("key", key)
            .with("why", why)
    })
}

fn number_error(problem: &NumberProblem, text: &str) -> ApiError {
    let (key, country) = number_problem_key(problem);
    ApiError::new(ErrorClass::NothingMatches, &format!("number_{key}"))
        .with("country", country)
        .with("text", text.trim())
}

fn provider_error(error: &ProviderError) -> ApiError {
    let class = match error.kind {
        providers::ErrorKind::Unreachable | providers::ErrorKind::ResponseUnexpected => ErrorClass::Failed,
        providers::ErrorKind::ConfigInvalid
        | providers::ErrorKind::CredentialsRejected
        | providers::ErrorKind::PermissionDenied
        | providers::ErrorKind::Unsupported
        | providers::ErrorKind::NumberInvalid
        | providers::ErrorKind::CallerIdRefused
        | providers::ErrorKind::AgentUnavailable
        | providers::ErrorKind::CallNotFound
        | providers::ErrorKind::RateLimited
        | providers::ErrorKind::BalanceTooLow => ErrorClass::Refused,
    };
    ApiError::new(class, provider_code(error.kind))
        .with("provider", error.provider.display_name())
        .with("message", error.message.as_deref().unwrap_or_default())
        .with(
            "status",
            error.status.map(|status| status.to_string()).unwrap_or_default(),
        )
}

/// `number_invalid` is taken by what was typed here; what a provider says of a number has words of its own.
fn provider_code(kind: providers::ErrorKind) -> &'static str {
    if kind == providers::ErrorKind::NumberInvalid {
        "number_refused"
    } else {
        kind.code()
    }
}

fn database_failed(error: store::StoreError) -> ApiError {
    ApiError::new(ErrorClass::Failed, "database_failed").with("why", error)
}
