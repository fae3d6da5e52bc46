//! What follows from what came back: each finding goes to the desk that owns it, and its effects are done.

use std::collections::BTreeMap;

use jiff::Timestamp;
use providers::{CallAnswer, ErrorKind, LiveCall, ProviderError, SignIn};

use super::{Core, Seams};
use crate::desks::accounts::Account;
use crate::effect::{Committed, Effect, Finding};
use crate::view::SecretPlace;

impl Core {
    pub(super) fn found(&mut self, finding: Finding) {
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
                    self.calls.commit_failed(then, &error, now)
                }
            }
            Finding::Secrets {
                account,
                wanted_by,
                gathered,
                origins,
                refused,
            } => self.secrets_came(&account, wanted_by, (gathered, &origins), refused, now),
            Finding::SignedIn { account, result } => {
                if let Some(account) = self.accounts.by_id_mut(&account) {
                    account.heard(match &result {
                        Ok(()) => Ok(()),
                        Err(error) => Err(error),
                    });
                }
                self.show_account(&account)
            }
            Finding::Woken(wake) => self.woken(wake),
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
            Finding::EndpointSeen {
                provider,
                result,
                request,
                gesture,
                asker,
                answer,
            } => {
                self.endpoint_seen(provider.as_ref(), result, *request, gesture, asker, answer);
                Vec::new()
            }
            Finding::Stream { account, event } => self.streamed(&account, event),
            Finding::Told {
                account,
                result,
                answer,
            } => self.told(&account, result, answer),
            Finding::Launched { pop, result, answer } => self.launched(&pop, result, answer),
            Finding::Dialled { call, answer } => self.dialled(&call, answer, now),
            Finding::Ended { call, answer } => self.calls.ended(&call, answer, &self.accounts, now),
            Finding::Polled {
                account,
                places,
                result,
            } => self.polled(&account, places, result, now),
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
            } => self.secrets_changed(account, answer, result, undo),
            Finding::MayMove(wish) => {
                self.move_account(*wish);
                Vec::new()
            }
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
            effects.extend(self.calls.after_commit(&call, now));
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
            .map(|record| record.stored.row.customer.clone())
        else {
            return;
        };
        let contact = number.and_then(|number| self.contacts.by_number(&number));
        if let Some(record) = self.calls.get_mut(id) {
            record.contact = contact;
        }
    }

    fn dialled(&mut self, call: &str, mut answer: CallAnswer, now: Timestamp) -> Vec<Effect> {
        let account_id = self.calls.get(call).map(|record| record.stored.row.account_id.clone());
        if let CallAnswer::Refused(error) | CallAnswer::Unknown(error) = &mut answer {
            self.blot_secrets(account_id.as_deref(), error);
        }
        let heard = match &answer {
            CallAnswer::Accepted { .. } => Ok(()),
            CallAnswer::Refused(error) | CallAnswer::Unknown(error) => Err(error),
        };
        let mut effects = Vec::new();
        if let Some(account) = account_id.and_then(|id| self.accounts.by_id_mut(&id)) {
            account.heard(heard);
            let again = sign_in_again(account, &self.seams, &answer);
            if let (Some(_), CallAnswer::Refused(error)) = (&again, &mut answer) {
                // The agent's next press is another gesture, and finds the account signed in.
                error.message = Some(crate::words::say(
                    crate::desks::calls::SIGNED_IN_AGAIN,
                    &BTreeMap::new(),
                ));
            }
            effects.extend(again);
        }
        effects.extend(self.calls.dialled(call, answer, now));
        effects
    }

    fn polled(
        &mut self,
        account_id: &str,
        places: BTreeMap<String, SecretPlace>,
        result: Result<Vec<LiveCall>, ProviderError>,
        now: Timestamp,
    ) -> Vec<Effect> {
        if !places.is_empty() {
            // What the account can do hangs on it, and a one-shot engine has not looked before.
            let news = self.accounts.secrets_are(account_id, places);
            if news {
                self.refresh_stream(account_id);
            }
        }
        if let Some(account) = self.accounts.by_id_mut(account_id) {
            account.heard(result.as_ref().map(|_| ()));
        }
        match self.accounts.by_id(account_id) {
            Some(found) => self.calls.polled(found, result, &self.accounts, now),
            None => Vec::new(),
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
