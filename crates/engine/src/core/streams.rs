//! The event streams of accounts: one task for each account that has one, ended with the account or its settings.

use tokio::sync::mpsc;

use super::Core;
use super::visit::Visit;
use crate::effect::{Effect, Finding};
use crate::sources::stream::{self, StreamEvent};
use crate::sources::wakes::Wake;
use crate::view::Role;

impl Core {
    /// Opens, reopens or closes an account's stream, as its settings and secrets now are.
    pub(crate) fn refresh_stream(&mut self, account_id: &str) {
        if let Some(task) = self.streams.remove(account_id) {
            task.abort();
            self.accounts.stream_is(account_id, false);
        }
        // A one-shot command asks for its own call; a stream would only be opened to be closed.
        if self.role == Role::OneShot {
            return;
        }
        let Some(account) = self.accounts.by_id(account_id) else {
            return;
        };
        let Ok(provider) = account.provider.clone() else { return };
        let wanted = provider.capabilities().event_stream.is_available()
            && account.missing_or_unknown().is_empty()
            && (!account.is_sandbox() || account.is_reachable_sandbox());
        let Some(owner) = self.owner(account_id).filter(|_| wanted) else {
            return;
        };
        let visit = Visit {
            seams: self.seams.clone(),
            owner,
            provider: provider.clone(),
        };
        let (findings, id, clock) = (self.findings.clone(), account_id.to_owned(), self.seams.clock.clone());
        let task = tokio::spawn(stream::keep(
            provider,
            visit,
            move || clock.now(),
            self.bell.ear(),
            move |event| {
                let account = id.clone();
                findings.send(Finding::Stream { account, event }).is_ok()
            },
        ));
        self.streams.insert(account_id.to_owned(), task.abort_handle());
    }

    /// Has the loop hear of sleep and of other networks while it runs.
    pub(crate) fn hear_wakes(&self, mut wakes: mpsc::Receiver<Wake>) {
        let findings = self.findings.clone();
        tokio::spawn(async move {
            loop {
                let wake = tokio::select! {
                    () = findings.closed() => return,
                    wake = wakes.recv() => wake,
                };
                let Some(wake) = wake else { return };
                if findings.send(Finding::Woken(wake)).is_err() {
                    return;
                }
            }
        });
    }

    /// What was missed is asked for at once. Reminders that came due need nobody to be asked: the loop looks at the clock
    /// after all that it hears.
    pub(super) fn woken(&mut self, wake: Wake) -> Vec<Effect> {
        self.bell.ring(wake);
        let now = self.now();
        let accounts: Vec<String> = self.accounts.iter().map(|account| account.config.id.clone()).collect();
        for id in accounts {
            self.calls.resync(&id, now);
        }
        Vec::new()
    }

    pub(crate) fn close_streams(&mut self) {
        for task in std::mem::take(&mut self.streams).into_values() {
            task.abort();
        }
    }

    pub(super) fn streamed(&mut self, account_id: &str, event: StreamEvent) -> Vec<Effect> {
        let now = self.now();
        match event {
            StreamEvent::Up => {
                self.accounts.stream_is(account_id, true);
                if let Some(account) = self.accounts.by_id_mut(account_id) {
                    account.heard(Ok(()));
                }
                // What happened while nobody listened is in the list only.
                self.calls.resync(account_id, now);
                self.show_account(account_id)
            }
            StreamEvent::Down => {
                self.accounts.stream_is(account_id, false);
                self.show_account(account_id)
            }
            StreamEvent::NotForUs(error) => {
                tracing::warn!(%error, "the event stream does not take the session");
                self.accounts.stream_is_refused(account_id);
                // The session itself is good: calls are followed by asking.
                if let Some(account) = self.accounts.by_id_mut(account_id) {
                    account.heard(Ok(()));
                }
                self.show_account(account_id)
            }
            StreamEvent::Refused(mut error) => {
                self.accounts.stream_is(account_id, false);
                self.blot_secrets(Some(account_id), &mut error);
                if let Some(account) = self.accounts.by_id_mut(account_id) {
                    account.heard(Err(&error));
                }
                self.show_account(account_id)
            }
            StreamEvent::Facts(facts) => {
                self.event_came(account_id, now);
                self.recall(account_id, &facts, now);
                match self.accounts.by_id(account_id) {
                    Some(account) => self.calls.facts(account, facts, None, now),
                    None => Vec::new(),
                }
            }
        }
    }
}
