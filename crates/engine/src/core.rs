//! The loop: it only routes.
//!
//! Requests, pushed events and findings go to the desk that owns them; the effects that come out are done outside the
//! loop and come back as findings. The loop never waits for IO.

mod perform;
mod pushing;
mod records;
mod requests;
mod streams;
mod visit;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use providers::{CallAnswer, Credentials, DecodeError, ErrorKind, RawEvent, SignIn, Transport};
use secrecy::ExposeSecret;
use store::{CallFilter, Store, StoreError};
use telephony::Fact;
use tokio::sync::{Notify, broadcast, mpsc};

use crate::api::{ApiError, ErrorClass};
use crate::desks::accounts::{Account, AccountsDesk};
use crate::desks::callbacks::CallbacksDesk;
use crate::desks::calls::{CallRecord, CallsDesk};
use crate::desks::contacts::ContactsDesk;
use crate::effect::{Answer, Committed, Effect, Finding, SecretsFor};
use crate::handle::Ask;
use crate::hook_tokens::HookTokens;
use crate::pace::Paces;
use crate::seams::{Clock, Journal};
use crate::secrets::{GatheredSecrets, SecretCache, SecretOwner};
use crate::sessions::Sessions;
use crate::sources::listener::{Hook, HookAnswer};
use crate::view::{Event, KeychainState, Role, SettingsView, Words};
use crate::{sandbox, view};

/// Calls that ended within this time are taken up at start, so that a late event still finds them.
const TAKEN_UP: SignedDuration = SignedDuration::from_hours(6);

/// While a reminder is to come, the loop looks at the clock at least so often: timers stand still while the machine
/// sleeps, and know nothing of a clock that is set.
const LONGEST_NAP: SignedDuration = SignedDuration::from_secs(30);

pub(crate) use requests::CallNowWish;

/// The world as the loop reaches it.
#[derive(Clone)]
pub(crate) struct Seams {
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) journal: Arc<dyn Journal>,
    pub(crate) secrets: Arc<SecretCache>,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) paces: Arc<Paces>,
}

/// The state of the engine and the way to the world.
pub(crate) struct Core {
    pub(crate) seams: Seams,
    pub(crate) store: Store,
    pub(crate) accounts: AccountsDesk,
    pub(crate) calls: CallsDesk,
    pub(crate) callbacks: CallbacksDesk,
    pub(crate) contacts: ContactsDesk,
    pub(crate) hook_tokens: HookTokens,
    pub(crate) events: broadcast::Sender<Event>,
    /// Somebody hears events now.
    pub(crate) heard: Arc<Notify>,
    pub(crate) findings: mpsc::UnboundedSender<Finding>,
    pub(crate) role: Role,
    /// `http://127.0.0.1:PORT`, where events are received.
    pub(crate) listener: Option<String>,
    /// What is printed in hooks instead, for a tunnel or proxy.
    pub(crate) public_url: Option<String>,
    pub(crate) listener_problem: Option<Words>,
    pub(crate) keychain: KeychainState,
    pub(crate) drafts: BTreeMap<String, String>,
    pub(crate) sandboxes: BTreeMap<String, exchange::RunningExchange>,
    /// The tasks that keep event streams open, by account id.
    pub(crate) streams: BTreeMap<String, tokio::task::AbortHandle>,
}

/// Why the loop ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    Stopped,
    TakenOver,
}

impl Core {
    /// Takes up what the journal left open.
    pub(crate) fn take_up(&mut self) -> Result<(), StoreError> {
        let now = self.now();
        let mut stored = self.store.open_calls()?;
        let since = now.saturating_sub(TAKEN_UP).ok();
        let recent = self.store.calls(&CallFilter {
            limit: 200,
            since,
            contact: None,
        })?;
        stored.extend(recent.into_iter().filter(|call| !call.open));
        let mut effects = Vec::new();
        for call in stored {
            let mut record = CallRecord::from_stored(call, now);
            self.dress(&mut record);
            effects.extend(self.calls.take_up(record, now));
        }
        self.perform_all(effects);
        self.take_up_callbacks()
    }

    /// Runs until told to stop.
    pub(crate) async fn run(
        mut self,
        mut asks: mpsc::Receiver<Ask>,
        mut found: mpsc::UnboundedReceiver<Finding>,
        mut hooks: mpsc::Receiver<Hook>,
    ) -> Ended {
        let mut next_cleaning = self
            .now()
            .saturating_add(SignedDuration::from_hours(1))
            .unwrap_or(Timestamp::MAX);
        let heard = self.heard.clone();
        loop {
            let pause = self.pause(self.now());
            tokio::select! {
                biased;
                Some(finding) = found.recv() => self.found(finding),
                ask = asks.recv() => match ask {
                    Some((request, answer)) => {
                        if let Some(ended) = self.ask(request, answer) {
                            return self.close(ended).await;
                        }
                    }
                    None => return self.close(Ended::Stopped).await,
                },
                Some(hook) = hooks.recv() => self.hook(hook),
                () = heard.notified() => {}
                () = tokio::time::sleep(pause) => {}
            }
            let now = self.now();
            let mut effects = self.calls.tick(&self.accounts, now);
            if self.is_heard() {
                effects.extend(self.callbacks.tick(now));
            }
            self.perform_all(effects);
            if now > next_cleaning {
                self.calls.forget_old(now);
                next_cleaning = now
                    .saturating_add(SignedDuration::from_hours(1))
                    .unwrap_or(Timestamp::MAX);
            }
        }
    }

    /// How long nothing is to be done unless something comes in.
    fn pause(&self, now: Timestamp) -> Duration {
        let latest = now.saturating_add(LONGEST_NAP).unwrap_or(now);
        let reminder = self.callbacks.next_tick().filter(|_| self.is_heard());
        let reminder = reminder.map(|at| at.min(latest));
        match self
            .calls
            .next_tick(&self.accounts, now)
            .into_iter()
            .chain(reminder)
            .min()
        {
            Some(at) => Duration::try_from(at.duration_since(now)).unwrap_or(Duration::ZERO),
            // Nothing to watch: no wakeups but for housekeeping.
            None => Duration::from_secs(600),
        }
    }

    /// Whether a face hears events. A reminder that nobody hears would be lost: it waits for the first who does.
    fn is_heard(&self) -> bool {
        self.events.receiver_count() > 0
    }

    async fn close(mut self, ended: Ended) -> Ended {
        // Faces may be gone already: nobody to tell is fine.
        let _ = self.events.send(Event::Stopping);
        self.close_streams();
        for (_, exchange) in std::mem::take(&mut self.sandboxes) {
            exchange.shutdown().await;
        }
        ended
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.seams.clock.now()
    }

    /// Adds to a call what only the directory and the account know.
    pub(crate) fn dress(&self, record: &mut CallRecord) {
        let row = &record.stored.row;
        let by_id = row.contact.as_deref().and_then(|id| self.contacts.by_id(id));
        let contact = by_id.or_else(|| self.contacts.by_number(row.customer.as_ref()?));
        let account = self.accounts.by_id(&row.account_id);
        let label = account.and_then(|account| account.did_label(row.caller_id.as_ref()));
        record.contact = contact;
        record.caller_id_label = label;
    }

    fn found(&mut self, finding: Finding) {
        let now = self.now();
        let effects = match finding {
            Finding::Committed { then, result: Ok(()) } => self.committed(then, now),
            Finding::Committed {
                then,
                result: Err(error),
            } => {
                tracing::error!(%error, "the journal did not take a commit");
                if let Committed::Callback(change) = then {
                    self.callbacks.commit_failed(change, &error, now)
                } else {
                    self.calls.commit_failed(then, &error.to_string())
                }
            }
            Finding::Secrets {
                account,
                wanted_by,
                gathered,
                refused,
            } => self.secrets_came(&account, wanted_by, gathered, refused, now),
            Finding::SignedIn { account, result } => {
                if let Some(account) = self.accounts.by_id_mut(&account) {
                    account.heard(match &result {
                        Ok(()) => Ok(()),
                        Err(error) => Err(error),
                    });
                }
                self.show_account(&account)
            }
            Finding::CallbackPushed {
                callback,
                account,
                result,
            } => self.callback_pushed(&callback, &account, result),
            Finding::CopySeen {
                callback,
                result,
                wish,
                answer,
            } => self.copy_seen(&callback, result, wish, answer),
            Finding::Stream { account, event } => self.streamed(&account, event),
            Finding::Told {
                account,
                result,
                answer,
            } => self.told(&account, result, answer),
            Finding::Dialled { call, mut answer } => {
                let account_id = self.calls.get(&call).map(|record| record.stored.row.account_id.clone());
                if let providers::CallAnswer::Refused(error) | providers::CallAnswer::Unknown(error) = &mut answer {
                    self.blot_secrets(account_id.as_deref(), error);
                }
                let heard = match &answer {
                    providers::CallAnswer::Accepted { .. } => Ok(()),
                    providers::CallAnswer::Refused(error) | providers::CallAnswer::Unknown(error) => Err(error),
                };
                let mut effects = Vec::new();
                if let Some(account) = account_id.and_then(|id| self.accounts.by_id_mut(&id)) {
                    account.heard(heard);
                    let again = sign_in_again(account, &self.seams, &answer);
                    if let (Some(_), providers::CallAnswer::Refused(error)) = (&again, &mut answer) {
                        // The agent's next press is another gesture, and finds the account signed in.
                        error.message = Some(crate::words::say("account.signed_in_again", &BTreeMap::new()));
                    }
                    effects.extend(again);
                }
                effects.extend(self.calls.dialled(&call, answer, now));
                effects
            }
            Finding::Ended { call, answer } => self.calls.ended(&call, answer, &self.accounts, now),
            Finding::Polled {
                account,
                places,
                result,
            } => {
                if !places.is_empty() {
                    // What the account can do hangs on it, and a one-shot engine has not looked before.
                    let news = self.accounts.secrets_are(&account, places);
                    if news {
                        self.refresh_stream(&account);
                    }
                }
                if let Some(account) = self.accounts.by_id_mut(&account) {
                    account.heard(result.as_ref().map(|_| ()));
                }
                match self.accounts.by_id(&account) {
                    Some(found) => self.calls.polled(found, result, &self.accounts, now),
                    None => Vec::new(),
                }
            }
            Finding::RecordsRead { account, call, result } => self.records_read(&account, &call, result, now),
            Finding::Tested {
                account,
                result,
                answer,
            } => self.tested(&account, result, answer),
            Finding::DidsListed {
                account,
                result,
                answer,
            } => self.dids_listed(&account, result, answer),
            Finding::AgentsListed {
                account,
                result,
                answer,
            } => self.agents_listed(&account, result, answer),
            Finding::SecretsChanged {
                account,
                answer,
                result,
                undo,
            } => match result {
                Ok(_) => {
                    self.refresh_stream(&account);
                    vec![Effect::LoadSecrets {
                        account,
                        wanted_by: SecretsFor::Look(Some(answer)),
                    }]
                }
                Err(error) => {
                    let name = self.accounts.by_id(&account).map(|account| account.config.name.clone());
                    if let Some(name) = name.filter(|_| undo)
                        && let Err(error) = self.take_out(&name)
                    {
                        tracing::warn!(%error, "an account without its key could not be taken out");
                    }
                    self.note_keychain(&error);
                    vec![Effect::Answer(answer, Err(error))]
                }
            },
            Finding::SandboxStarted { account, result } => {
                self.sandbox_started(&account, result);
                Vec::new()
            }
            Finding::KeychainForStatus { state, answer } => {
                let mut effects = self.keychain_is(state, None);
                effects.push(Effect::Answer(
                    answer,
                    Ok(crate::api::Reply::Status(Box::new(self.status()))),
                ));
                effects
            }
            Finding::Keychain { state, answer } => self.keychain_is(state, answer),
        };
        self.perform_all(effects);
    }

    /// A provider may repeat the key in its refusal: that sentence is kept and shown, the key is not.
    pub(crate) fn blot_secrets(&self, account_id: Option<&str>, error: &mut providers::ProviderError) {
        let Some(account) = account_id.and_then(|id| self.accounts.by_id(id)) else {
            return;
        };
        let owner = SecretOwner {
            name: &account.config.name,
            id: &account.config.id,
        };
        for field in account.secret_fields() {
            let Some((secret, _)) = self.seams.secrets.at_hand(owner, &field) else {
                continue;
            };
            let texts = error.message.iter_mut().chain(error.fields.values_mut());
            for text in texts.filter(|text| text.contains(secret.expose_secret())) {
                *text = text.replace(secret.expose_secret(), "…");
            }
        }
    }

    fn committed(&mut self, then: Committed, now: Timestamp) -> Vec<Effect> {
        if let Committed::Callback(change) = then {
            let id = change.callback().to_owned();
            let mut effects = self.callbacks.committed(change, now);
            effects.extend(self.push_callback(&id, now));
            return effects;
        }
        // What has become durable lets the key be fetched or the one request leave, exactly once.
        let mut heard_of = Vec::new();
        let goes_on = match &then {
            Committed::Call { call } | Committed::Dispatch { call, .. } => Some(call.clone()),
            Committed::Facts { facts, .. } => {
                for (id, _) in facts {
                    self.dress_new(id);
                    heard_of.push(id.clone());
                }
                None
            }
            Committed::Rows { .. } | Committed::Callback(_) => None,
        };
        let mut effects = self.calls.committed(then, &self.accounts, now);
        if let Some(call) = goes_on {
            let callback = self.calls.get(&call).and_then(|record| record.callback.clone());
            effects.extend(callback.map_or_else(Vec::new, |id| self.callbacks.placed(&id, &call, now)));
            effects.extend(self.calls.after_commit(&call));
        }
        for call in heard_of {
            effects.extend(self.attach_platform_call(&call, now));
        }
        let kept = self.keep_promises(&effects, now);
        effects.extend(kept);
        effects
    }

    /// A call that came in has no name yet: the directory may have one.
    fn dress_new(&mut self, id: &str) {
        let Some(number) = self
            .calls
            .get(id)
            .filter(|record| record.contact.is_none())
            .map(|record| {
                let told = record.facts.iter().find_map(|fact| fact.customer.clone());
                record.stored.row.customer.clone().or(told)
            })
        else {
            return;
        };
        let contact = number.and_then(|number| self.contacts.by_number(&number));
        if let Some(record) = self.calls.get_mut(id) {
            record.contact = contact;
        }
    }

    fn secrets_came(
        &mut self,
        account_id: &str,
        wanted_by: SecretsFor,
        gathered: GatheredSecrets,
        refused: Option<providers::ProviderError>,
        now: Timestamp,
    ) -> Vec<Effect> {
        if self.accounts.secrets_are(account_id, gathered.places) {
            // Its credentials became known, or other ones.
            self.refresh_stream(account_id);
        }
        let refused = refused.map(|error| match self.heard::<()>(account_id, Err(error)) {
            Ok(()) => ApiError::new(ErrorClass::Failed, "not_signed_in"),
            Err(error) => error,
        });
        let mut effects = Vec::new();
        if let Some(problem) = gathered.problem {
            effects.extend(self.keychain_is(problem.state(), None));
        }
        let Some(account) = self.accounts.by_id(account_id) else {
            return effects;
        };
        let view = self.accounts.view(account, self.hook_of(account));
        match wanted_by {
            SecretsFor::Look(answer) => {
                effects.push(Effect::Emit(Event::Account {
                    account: Box::new(view.clone()),
                }));
                effects.extend(
                    answer.map(|answer| Effect::Answer(answer, Ok(crate::api::Reply::Account(Box::new(view))))),
                );
            }
            SecretsFor::Call(call) => {
                let missing = account.missing();
                let credentials = match gathered.problem {
                    // What a call needs may be there although something else could not be had.
                    Some(problem) if !account.has_needed(&gathered.credentials) => Err(problem.to_api()),
                    _ if !missing.is_empty() => Err(account.unusable()),
                    _ => match refused {
                        Some(error) => Err(error),
                        None => Ok(gathered.credentials),
                    },
                };
                let provider = account.provider.as_ref().ok().cloned();
                effects.extend(self.calls.secrets_for_call(&call, provider, credentials, now));
            }
        }
        effects
    }

    fn keychain_is(&mut self, state: KeychainState, answer: Option<Answer>) -> Vec<Effect> {
        let mut effects = Vec::new();
        if state != self.keychain {
            self.keychain = state;
            effects.push(Effect::Emit(Event::Status {
                status: Box::new(self.status()),
            }));
            if state == KeychainState::Ok {
                effects.extend(self.look_at_secrets());
            }
        }
        effects.extend(answer.map(|answer| Effect::Answer(answer, Ok(crate::api::Reply::Keychain(state)))));
        effects
    }

    fn note_keychain(&mut self, error: &ApiError) {
        if error.class == ErrorClass::Keychain {
            let secrets = self.seams.secrets.clone();
            let findings = self.findings.clone();
            tokio::spawn(async move {
                let state = secrets.state().await;
                // The loop may have ended meanwhile.
                let _ = findings.send(Finding::Keychain { state, answer: None });
            });
        }
    }

    /// Looks at where every account's secrets are.
    pub(crate) fn look_at_secrets(&self) -> Vec<Effect> {
        self.accounts
            .iter()
            .filter(|account| !account.is_sandbox())
            .map(|account| Effect::LoadSecrets {
                account: account.config.id.clone(),
                wanted_by: SecretsFor::Look(None),
            })
            .collect()
    }

    /// Starts the exchange of a sandbox account; for any other account there is nothing to do.
    pub(crate) fn start_sandbox(&self, account_id: &str) {
        let Some(account) = self.accounts.by_id(account_id).filter(|account| account.is_sandbox()) else {
            return;
        };
        let (config, played) = (account.config.clone(), account.played);
        let hook = self.local_hook_of(account);
        self.spawn(async move {
            let result = sandbox::start(&config, played, hook)
                .await
                .map_err(|error| error.to_string());
            Finding::SandboxStarted {
                account: config.id,
                result,
            }
        });
    }

    pub(crate) fn sandbox_started(&mut self, account_id: &str, result: Result<exchange::RunningExchange, String>) {
        match result {
            Ok(exchange) => {
                self.accounts.sandbox_is_at(account_id, exchange.base_url());
                self.sandboxes.insert(account_id.to_owned(), exchange);
                self.refresh_stream(account_id);
                if let Some(account) = self.accounts.by_id(account_id) {
                    let view = self.accounts.view(account, self.hook_of(account));
                    self.emit(Event::Account {
                        account: Box::new(view),
                    });
                }
            }
            Err(why) => {
                tracing::error!(why, "the sandbox exchange does not run");
                self.accounts.sandbox_fails(account_id, &why);
            }
        }
    }

    /// A pushed event: checked, decoded and handed to the calls.
    fn hook(&mut self, hook: Hook) {
        let now = self.now();
        let effects = match self.read_hook(&hook, now) {
            Ok(facts) => match self.accounts.get(&hook.account) {
                Ok(account) => self.calls.facts(account, facts, Some(hook.answer), now),
                Err(_) => vec![Effect::AnswerHook(hook.answer, HookAnswer::NotFound)],
            },
            Err(answer) => vec![Effect::AnswerHook(hook.answer, answer)],
        };
        self.perform_all(effects);
    }

    fn read_hook(&self, hook: &Hook, now: Timestamp) -> Result<Vec<Fact>, HookAnswer> {
        let account = self.accounts.get(&hook.account).map_err(|_| HookAnswer::NotFound)?;
        if !self.hook_tokens.is_token(&account.config.id, &hook.token) {
            return Err(HookAnswer::NotFound);
        }
        let Ok(provider) = &account.provider else {
            return Err(HookAnswer::NotStored);
        };
        let event = RawEvent {
            content_type: hook.content_type.as_deref(),
            body: &hook.body,
        };
        provider.decode(event, now).map_err(|error| {
            tracing::warn!(account = hook.account, %error, "an event could not be read");
            match error {
                DecodeError::UnsupportedType(_) => HookAnswer::UnsupportedType,
                DecodeError::NotJson(_) | DecodeError::NotForm | DecodeError::NotAnObject | DecodeError::NoEvents => {
                    HookAnswer::Unreadable
                }
            }
        })
    }

    /// The address for an account's events on this machine.
    pub(crate) fn local_hook_of(&self, account: &Account) -> Option<String> {
        self.hook_under(self.listener.as_ref()?, account)
    }

    /// The address for an account's events, as it is given to a provider.
    pub(crate) fn hook_of(&self, account: &Account) -> Option<String> {
        self.hook_under(self.public_url.as_ref().or(self.listener.as_ref())?, account)
    }

    fn hook_under(&self, base: &str, account: &Account) -> Option<String> {
        let token = self.hook_tokens.token(&account.config.id)?;
        Some(format!(
            "{}/hooks/{}/{token}",
            base.trim_end_matches('/'),
            account.config.name
        ))
    }

    /// The account's secrets, if none has to be fetched.
    pub(crate) fn credentials_at_hand(&self, account: &Account) -> Option<Credentials> {
        let credentials = self.secrets_at_hand(account)?;
        let provider = account.provider.as_ref().ok()?;
        match provider.sign_in() {
            SignIn::NotNeeded => Some(credentials),
            SignIn::Session => {
                let session = self.seams.sessions.at_hand(&account.config.id)?;
                Some(credentials.with_session(session))
            }
        }
    }

    fn secrets_at_hand(&self, account: &Account) -> Option<Credentials> {
        if account.is_sandbox() {
            return Some(sandbox_credentials(account));
        }
        let owner = SecretOwner {
            name: &account.config.name,
            id: &account.config.id,
        };
        let fields = account.needed_secrets();
        let mut found = BTreeMap::new();
        for field in fields {
            let (value, _) = self.seams.secrets.at_hand(owner, &field)?;
            found.insert(field, value);
        }
        Some(Credentials::new(found))
    }

    pub(crate) fn settings(&self) -> SettingsView {
        self.accounts.config.settings()
    }

    pub(crate) fn status(&self) -> view::StatusView {
        view::StatusView {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            pid: std::process::id(),
            role: self.role,
            calls: self.calls.views(&self.accounts, self.now()),
            accounts: self.accounts.iter().map(Account::health_line).collect(),
            keychain: self.keychain,
            listener: self.listener.clone(),
            listener_problem: self.listener_problem.clone(),
        }
    }
}

/// A dial that found the session over is not repeated; but the next one shall not find the same.
fn sign_in_again(account: &Account, seams: &Seams, answer: &CallAnswer) -> Option<Effect> {
    let CallAnswer::Refused(error) = answer else {
        return None;
    };
    let provider = account.provider.as_ref().ok()?;
    if error.kind != ErrorKind::CredentialsRejected || provider.sign_in() != SignIn::Session {
        return None;
    }
    seams.sessions.forget_open(&account.config.id);
    Some(Effect::SignInAgain {
        account: account.config.id.clone(),
        provider: provider.clone(),
    })
}

/// What the sandbox exchange is signed in with.
pub(crate) fn sandbox_credentials(account: &Account) -> Credentials {
    let secrets = sandbox::secrets(account.played).into_iter();
    Credentials::new(secrets.map(|(key, value)| (key, value.into())).collect())
}
