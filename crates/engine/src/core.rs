//! The loop: it only routes.
//!
//! Requests, pushed events and findings go to the desk that owns them; the effects that come out are done outside the
//! loop and come back as findings. The loop never waits for IO.

mod alerts;
mod consequences;
mod credentials;
mod hooks;
mod naming;
mod perform;
mod programs;
mod pushing;
mod records;
mod requests;
mod sandboxes;
mod screen_pops;
mod streams;
mod visit;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use providers::Transport;
use store::{CallFilter, Store, StoreError};
use tokio::sync::{Notify, mpsc};

use crate::announcer::Announcer;
use crate::desks::accounts::{Account, AccountsDesk};
use crate::desks::alerts::AlertsDesk;
use crate::desks::books::BooksDesk;
use crate::desks::callbacks::CallbacksDesk;
use crate::desks::calls::{CallRecord, CallsDesk, HOMELESS_KEPT};
use crate::desks::contacts::ContactsDesk;
use crate::desks::imports::ImportsDesk;
use crate::desks::screen_pops::ScreenPopsDesk;
use crate::doctor::FaceChecks;
use crate::effect::Finding;
use crate::handle::Ask;
use crate::home::Home;
use crate::hook_tokens::HookTokens;
use crate::launcher::Launcher;
use crate::pace::Paces;
use crate::phone_links::PhoneLinks;
use crate::seams::{Clock, Journal};
use crate::secrets::SecretCache;
use crate::server_clocks::{ServerClock, ServerClocks};
use crate::sessions::Sessions;
use crate::sources::listener::Hook;
use crate::sources::wakes::Bell;
use crate::view;
use crate::view::{CrashView, Event, KeychainState, Role, SettingsView, Words};

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
    pub(crate) launcher: Arc<dyn Launcher>,
    /// What the answers of real servers have told of their clocks.
    pub(crate) server_clocks: ServerClocks,
}

/// The state of the engine and the way to the world.
pub(crate) struct Core {
    pub(crate) seams: Seams,
    pub(crate) store: Store,
    pub(crate) accounts: AccountsDesk,
    pub(crate) calls: CallsDesk,
    pub(crate) alerts: AlertsDesk,
    pub(crate) callbacks: CallbacksDesk,
    pub(crate) contacts: ContactsDesk,
    pub(crate) imports: ImportsDesk,
    pub(crate) books: BooksDesk,
    pub(crate) screen_pops: ScreenPopsDesk,
    pub(crate) hook_tokens: HookTokens,
    pub(crate) events: Announcer,
    /// Somebody hears events now.
    pub(crate) heard: Arc<Notify>,
    /// Pages are told nobody's name or number.
    pub(crate) privacy: Arc<AtomicBool>,
    pub(crate) findings: mpsc::UnboundedSender<Finding>,
    pub(crate) role: Role,
    /// `http://127.0.0.1:PORT`, where events are received.
    pub(crate) listener: Option<String>,
    /// What is printed in hooks instead, for a tunnel or proxy.
    pub(crate) public_url: Option<String>,
    pub(crate) listener_problem: Option<Words>,
    pub(crate) keychain: KeychainState,
    /// What the faces have told of what they stand on.
    pub(crate) face_checks: FaceChecks,
    /// What an earlier run ended with, until the agent was told.
    pub(crate) crash: Option<CrashView>,
    /// Where logs and settings lie; none in a simulation.
    pub(crate) home: Option<Home>,
    pub(crate) drafts: BTreeMap<String, String>,
    pub(crate) sandboxes: BTreeMap<String, exchange::RunningExchange>,
    /// What waits until the provider has named its call.
    pub(crate) unnamed: Vec<naming::Waiting>,
    /// The tasks that keep event streams open, by account id.
    pub(crate) streams: BTreeMap<String, tokio::task::AbortHandle>,
    /// Tells them of sleep and of other networks.
    pub(crate) bell: Bell,
    pub(crate) phone_links: Arc<PhoneLinks>,
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
            effects.extend(self.calls.take_up(record, &self.accounts, now));
        }
        let accounts: Vec<String> = self.accounts.iter().map(|account| account.config.id.clone()).collect();
        for id in accounts {
            let kept = u32::try_from(HOMELESS_KEPT).unwrap_or(u32::MAX);
            let homeless = self.store.open_facts(&id, kept)?;
            self.calls.take_up_homeless(&id, homeless);
        }
        self.perform_all(effects);
        self.take_up_callbacks()?;
        self.take_up_alerts()
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
                    Some(Ask { request, asker, program, answer }) => {
                        if let Some(ended) = self.hear(request, (asker, program.as_deref()), answer) {
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
            self.named_by_now(now);
            self.tell_attention(now);
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
            .chain(self.next_naming())
            .chain(self.alerts.next_tick().map(|at| at.min(latest)))
            .min()
        {
            Some(at) => Duration::try_from(at.duration_since(now)).unwrap_or(Duration::ZERO),
            // Nothing to watch: no wakeups but for housekeeping.
            None => Duration::from_secs(600),
        }
    }

    /// Whether a face hears events. A reminder that nobody hears would be lost: it waits for the first who does.
    fn is_heard(&self) -> bool {
        self.events.is_heard()
    }

    async fn close(mut self, ended: Ended) -> Ended {
        // Faces may be gone already: nobody to tell is fine.
        self.events.tell(Event::Stopping);
        self.close_streams();
        let sandboxes = async {
            for (_, exchange) in std::mem::take(&mut self.sandboxes) {
                exchange.shutdown().await;
            }
        };
        tokio::join!(self.imports.end_all(), sandboxes);
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

    /// How the clock of an account's provider goes, as far as it has told.
    pub(crate) fn clock_of(&self, account: &Account) -> Option<ServerClock> {
        if account.is_sandbox() {
            return None;
        }
        let origins = providers::origins(account.config.kind, &account.config.settings);
        self.seams.server_clocks.of(&origins)
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
            accounts: self.account_lines(),
            keychain: self.keychain,
            listener: self.listener.clone(),
            listener_problem: self.listener_problem.clone(),
            attention: self.attention(),
        }
    }

    pub(crate) fn account_lines(&self) -> Vec<view::AccountHealth> {
        self.accounts.iter().map(Account::health_line).collect()
    }
}
