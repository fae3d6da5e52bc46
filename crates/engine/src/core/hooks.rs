//! Events that providers push: the address for them, and the way from its door to the calls.

use jiff::Timestamp;
use providers::{DecodeError, RawEvent};
use telephony::Fact;

use super::Core;
use crate::desks::accounts::Account;
use crate::effect::Effect;
use crate::sources::listener::{Hook, HookAnswer};

impl Core {
    /// A pushed event: checked, decoded and handed to the calls.
    pub(super) fn hook(&mut self, hook: Hook) {
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
}
