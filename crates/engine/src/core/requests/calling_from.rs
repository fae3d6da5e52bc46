//! Which number a call is made from where nobody has said it, and the people who are not to be called.

use jiff::{SignedDuration, Timestamp};
use telephony::{
    CallerIdChoice, CallerIdKnowledge, GuardFinding, GuardReason, GuardVerdict, PhoneNumber, Target, choose_caller_id,
};

use super::database_failed;
use crate::api::{ApiError, ErrorClass};
use crate::core::Core;
use crate::desks::accounts::Account;
use crate::view::{CallFrom, CallerIdUseView, DidView};

/// The day within which calls from a number are counted.
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// How far back it is told what became of calls from a number.
const LATELY: SignedDuration = SignedDuration::from_hours(30 * 24);

impl Core {
    /// The number to call somebody from; none where the provider decides.
    pub(super) fn call_from(
        &self,
        account: &Account,
        customer: &PhoneNumber,
        person: Option<&str>,
        now: Timestamp,
    ) -> Option<CallerIdChoice> {
        let default = account.default_caller_id();
        let can_choose = account
            .provider
            .as_ref()
            .is_ok_and(|provider| provider.capabilities().choose_caller_id.is_available());
        let mut known = CallerIdKnowledge {
            default,
            ..CallerIdKnowledge::default()
        };
        // What may be called from is known only where the provider's list was read.
        let offered: Vec<PhoneNumber> = if can_choose && self.settings().choose_caller_id && !account.dids.is_empty() {
            account.did_views().into_iter().map(|did| did.number).collect()
        } else {
            Vec::new()
        };
        if !offered.is_empty() {
            let of_person = self.remember_call_from(account, customer, person, &mut known, now);
            if let Err(error) = of_person {
                // A call is worth more than the best number for it.
                tracing::warn!(%error, "earlier calls could not be looked up");
            }
        }
        choose_caller_id(customer, &offered, &known)
    }

    fn remember_call_from(
        &self,
        account: &Account,
        customer: &PhoneNumber,
        person: Option<&str>,
        known: &mut CallerIdKnowledge,
        now: Timestamp,
    ) -> Result<(), store::StoreError> {
        let id = &account.config.id;
        known.kept = self.store.kept_caller_id(id, person.unwrap_or(customer.as_str()))?;
        known.last_with_person = self.store.last_caller_id(id, customer)?;
        let since = now.saturating_sub(DAY).unwrap_or(Timestamp::MIN);
        let used = self.store.caller_ids_used(id, since)?;
        known.used_lately = used.into_iter().map(|(number, used)| (number, used.placed)).collect();
        // What cannot be read was refused when it was set, or keeps the account from being used.
        let settings = account.played_settings();
        known.rules = settings.call_from_rules().unwrap_or_default();
        known.cap = settings.call_from_cap().unwrap_or_default();
        Ok(())
    }

    pub(super) fn call_from_view(
        &self,
        account: &Account,
        customer: &PhoneNumber,
        person: Option<&str>,
        now: Timestamp,
    ) -> Option<CallFrom> {
        let CallerIdChoice {
            number,
            reason,
            used_at,
        } = self.call_from(account, customer, person, now)?;
        Some(CallFrom {
            label: account.did_label(Some(&number)),
            national: number.national(),
            international: number.international(),
            number,
            reason,
            used_at,
        })
    }

    /// Keeps a number to call somebody from, or has it chosen anew for each call.
    pub(super) fn keep_call_from(
        &self,
        target: &str,
        account: Option<&str>,
        from: Option<&str>,
    ) -> Result<(), ApiError> {
        let account = self.accounts.choose(account)?;
        let (target, named) = self.read_target(target, account)?;
        let Ok(Target::Number(number)) = target else {
            return Err(ApiError::new(ErrorClass::Usage, "call_from_not_kept"));
        };
        let person = named.or_else(|| self.contacts.by_number(&number));
        let person = person.map_or_else(|| number.to_string(), |person| person.id);
        let from = match from {
            Some(_) => self.caller_id(from, account)?,
            None => None,
        };
        self.store
            .keep_caller_id(&account.config.id, &person, from.as_ref())
            .map_err(database_failed)
    }

    /// The account's numbers, and what became of the calls from each.
    pub(super) fn dids_lately(&self, account: &Account, now: Timestamp) -> Vec<DidView> {
        let since = now.saturating_sub(LATELY).unwrap_or(Timestamp::MIN);
        let used = self.store.caller_ids_used(&account.config.id, since);
        let used = used.unwrap_or_else(|error| {
            tracing::warn!(%error, "calls from the account's numbers could not be counted");
            Default::default()
        });
        let mut dids = account.did_views();
        for did in &mut dids {
            did.lately = used.get(&did.number).map(|used| CallerIdUseView {
                placed: used.placed,
                answered: used.answered,
            });
        }
        dids
    }

    /// That somebody is not to be called, if so it is.
    pub(super) fn do_not_call(
        &self,
        person: Option<&str>,
        number: &PhoneNumber,
    ) -> Result<Option<GuardFinding>, ApiError> {
        let is_barred = self.contacts.is_not_to_be_called(person, number)?;
        Ok(is_barred.then_some(GuardFinding {
            verdict: GuardVerdict::Block,
            reason: GuardReason::DoNotCall,
            country: None,
            local_time: None,
        }))
    }
}

/// Whether a wish leaves it open from which number to call.
pub(super) fn is_left_open(from: Option<&str>) -> bool {
    from.is_none_or(|text| text.trim().is_empty())
}
