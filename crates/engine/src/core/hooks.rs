//! Events that providers push: the address for them, and the way from its door to the calls.

use jiff::Timestamp;
use providers::{DecodeError, RawEvent};
use telephony::Fact;

use super::Core;
use crate::desks::accounts::Account;
use crate::effect::Effect;
use crate::sources::listener::{Hook, HookAnswer};

/// Calls that are taken up for one name at the most: a provider may give a name again some day.
const RECALLED: u32 = 3;

impl Core {
    /// A pushed event, whose sender has shown the account's token: decoded and handed to the calls.
    pub(super) fn hook(&mut self, hook: Hook) {
        let now = self.now();
        let effects = match self.read_hook(&hook, now) {
            Ok(facts) => {
                self.event_came(&hook.account, now);
                self.recall(&hook.account, &facts, now);
                match self.accounts.by_id(&hook.account) {
                    Some(account) => self.calls.facts(account, facts, Some(hook.answer), now),
                    None => vec![Effect::AnswerHook(hook.answer, HookAnswer::NotFound)],
                }
            }
            Err(answer) => vec![Effect::AnswerHook(hook.answer, answer)],
        };
        self.perform_all(effects);
    }

    /// The provider has told of something by itself.
    pub(super) fn event_came(&mut self, account_id: &str, now: Timestamp) {
        if let Some(account) = self.accounts.by_id_mut(account_id) {
            account.last_event = Some(now);
        }
    }

    /// Takes up again the calls that ended long ago and that facts name: such a fact is theirs, not a new call's.
    pub(super) fn recall(&mut self, account_id: &str, facts: &[Fact], now: Timestamp) {
        for fact in facts {
            let named = self.store.calls_named_in(account_id, fact, RECALLED);
            let named = named.unwrap_or_else(|error| {
                tracing::warn!(%error, "calls could not be looked up by their names");
                Vec::new()
            });
            for call in named {
                if let Err(error) = self.have_at_desk(&call, now) {
                    tracing::warn!(%error, call, "a call could not be taken up again");
                }
            }
        }
    }

    fn read_hook(&self, hook: &Hook, now: Timestamp) -> Result<Vec<Fact>, HookAnswer> {
        // It may have been removed since the listener asked.
        let account = self.accounts.by_id(&hook.account).ok_or(HookAnswer::NotFound)?;
        let Ok(provider) = &account.provider else {
            return Err(HookAnswer::NotStored);
        };
        let event = RawEvent {
            content_type: hook.content_type.as_deref(),
            body: &hook.body,
        };
        provider.decode(event, now).map_err(|error| {
            tracing::warn!(account = account.config.name, %error, "an event could not be read");
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
}
