//! Which number a call is made from where nobody has said it, and the people who are not to be called.

use jiff::{SignedDuration, Timestamp};
use store::Store;
use telephony::{
    CallerIdChoice, CallerIdKnowledge, GuardFinding, GuardReason, GuardVerdict, PhoneNumber, Target, choose_caller_id,
};

use super::database_failed;
use crate::api::{ApiError, ApiResult, ErrorClass, Reply};
use crate::core::Core;
use crate::desks::accounts::Account;
use crate::view::{CallFrom, CallerIdUseView, ContactListView, ContactRef, ContactView, DidView, KeptNumber};

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
        let mut known = CallerIdKnowledge {
            default,
            ..CallerIdKnowledge::default()
        };
        // What may be called from is known only where the provider's list was read.
        let offered: Vec<PhoneNumber> = if self.can_call_from(account) {
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

    /// Whether a number is chosen for each of the account's calls.
    fn can_call_from(&self, account: &Account) -> bool {
        let can_choose = account
            .provider
            .as_ref()
            .is_ok_and(|provider| provider.capabilities().choose_caller_id.is_available());
        can_choose && self.settings().choose_caller_id && !account.dids.is_empty()
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
        contact: Option<&str>,
        account: Option<&str>,
        from: Option<&str>,
    ) -> Result<(), ApiError> {
        let account = self.accounts.choose(account)?;
        let person = match contact {
            Some(contact) => self.contacts.show(contact)?.id,
            None => self.person_behind(target, account)?,
        };
        let from = match from {
            Some(_) => self.caller_id(from, account)?,
            None => None,
        };
        self.store
            .keep_caller_id(&account.config.id, &person, from.as_ref())
            .map_err(database_failed)
    }

    /// As what a number to call from is kept: a contact's id, or a number without a contact.
    fn person_behind(&self, target: &str, account: &Account) -> Result<String, ApiError> {
        let (target, named) = self.read_target(target, account)?;
        let Ok(Target::Number(number)) = target else {
            return Err(ApiError::new(ErrorClass::Usage, "call_from_not_kept"));
        };
        let person = named
            .or_else(|| self.contacts.by_number(&number))
            .filter(ContactRef::is_certain);
        Ok(person.map_or_else(|| number.to_string(), |person| person.id))
    }

    /// A person, with the numbers that they are called from.
    pub(super) fn person(&self, contact: ContactView) -> ApiResult {
        let call_from = self.lenders().kept_for(&contact.id)?;
        Ok(Reply::Contact(Box::new(ContactView { call_from, ..contact })))
    }

    /// The accounts as they are now, for work beside the loop.
    pub(super) fn lenders(&self) -> Lenders {
        let accounts = self.accounts.iter().map(|account| Lender {
            id: account.config.id.clone(),
            name: account.config.name.clone(),
            dids: account.did_views(),
            chooses: self.can_call_from(account),
        });
        Lenders {
            store: self.store.clone(),
            accounts: accounts.collect(),
        }
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

/// The accounts whose numbers people may be called from.
pub(super) struct Lenders {
    store: Store,
    accounts: Vec<Lender>,
}

struct Lender {
    id: String,
    name: String,
    dids: Vec<DidView>,
    chooses: bool,
}

impl Lenders {
    /// What the agent has kept for a contact, in the order of the accounts.
    pub(super) fn kept_for(&self, contact: &str) -> Result<Vec<KeptNumber>, ApiError> {
        let mut kept = Vec::new();
        for account in &self.accounts {
            let number = self
                .store
                .kept_caller_id(&account.id, contact)
                .map_err(database_failed)?;
            let Some(number) = number else { continue };
            let did = account.dids.iter().find(|did| did.number == number);
            kept.push(KeptNumber {
                account: account.name.clone(),
                label: did.and_then(|did| did.label.clone()),
                national: number.national(),
                international: number.international(),
                in_use: account.chooses && did.is_some(),
                number,
            });
        }
        Ok(kept)
    }

    /// Tells it of the favourites that stand before everybody; the list begins at `from`.
    pub(super) fn tell(&self, mut list: ContactListView, from: u32) -> Result<ContactListView, ApiError> {
        let favourites = list.favourites.saturating_sub(from) as usize;
        for row in list.rows.iter_mut().take(favourites) {
            row.call_from = self.kept_for(&row.contact)?;
        }
        Ok(list)
    }
}

/// Whether a wish leaves it open from which number to call.
pub(super) fn is_left_open(from: Option<&str>) -> bool {
    from.is_none_or(|text| text.trim().is_empty())
}
