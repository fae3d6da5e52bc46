//! Unclear calls settled by the provider's call log: one whose answer was lost, or of whose end nobody knows how it came.
//!
//! The log is read some seconds after a call became unclear and a few times more, ever more rarely. What an entry says is
//! a fact like any other and finds its call as any other does: by an id, else by numbers, agent and time, and then only if
//! it is the one entry that fits one call. However long a call has been over, an entry may be about it: whoever hands over
//! what was read has seen to it that those of `times_in_question` are at the desk.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use providers::{PageQuery, ProviderError, RecordedCall, RecordsQuery};
use telephony::{CallOutcome, Fact, Phase, PhoneNumber};

use super::correlate::Match;
use super::{CallRecord, CallsDesk};
use crate::desks::accounts::{Account, AccountsDesk};
use crate::effect::Effect;

/// When the log is read, after the moment at which a call became unclear. An entry is there some seconds after the end.
const LOOKS: [SignedDuration; 4] = [
    SignedDuration::from_secs(10),
    SignedDuration::from_secs(30),
    SignedDuration::from_mins(2),
    SignedDuration::from_mins(10),
];

/// An entry that is known by numbers alone begins within this of the request. The log's clock is another one.
const EARLIEST: SignedDuration = SignedDuration::from_secs(-60);
const LATEST: SignedDuration = SignedDuration::from_secs(120);

/// The part of the log that is read. Some logs are by a call's end.
const BEFORE: SignedDuration = SignedDuration::from_mins(2);
const AFTER: SignedDuration = SignedDuration::from_hours(12);
const PAGE: u32 = 100;

/// The looks that were taken for one call.
#[derive(Debug, Clone, Default)]
pub(crate) struct Looks {
    /// The moment from which on it was unclear when they were taken: another one begins anew.
    since: Option<Timestamp>,
    taken: usize,
    /// The agent has asked.
    asked: bool,
    /// The agent has asked, and the list of live calls comes first.
    after_poll: bool,
}

/// What a look showed.
#[derive(Debug, Clone, Default)]
pub(crate) struct RecordsFound {
    pub(crate) records: Vec<RecordedCall>,
    /// All entries of that time; otherwise the one that fits need not be the only one.
    pub(crate) whole: bool,
    /// Every name under which the provider knows the account's agent, beyond those of the settings.
    pub(crate) own_names: Vec<String>,
}

impl CallRecord {
    /// Whether the provider's log may tell more than is known.
    pub(crate) fn is_unclear(&self) -> bool {
        match self.reading.phase {
            Phase::Unconfirmed => true,
            Phase::Ended => self.reading.outcome == Some(CallOutcome::Unknown),
            Phase::Requested | Phase::HandedOver | Phase::RingingAgent | Phase::RingingCustomer | Phase::Connected => {
                false
            }
        }
    }

    fn next_look(&self) -> Option<Timestamp> {
        if !self.is_unclear() || self.uncommitted {
            return None;
        }
        let looks = &self.watch.records;
        if looks.asked {
            return Some(Timestamp::MIN);
        }
        let taken = if looks.since == Some(self.state_since) {
            looks.taken
        } else {
            0
        };
        let after = LOOKS.get(taken)?;
        Some(self.state_since.saturating_add(*after).unwrap_or(Timestamp::MAX))
    }

    /// Whether the log is still to be read for this call.
    pub(super) fn wants_records(&self) -> bool {
        self.next_look().is_some() || self.watch.records.after_poll
    }

    /// Looks that were missed, as while nothing ran, are one.
    fn look_taken(&mut self, now: Timestamp) {
        let since = self.state_since;
        let passed = LOOKS
            .iter()
            .filter(|after| since.saturating_add(**after).is_ok_and(|at| at <= now));
        let was = Some(&self.watch.records).filter(|looks| looks.since == Some(since));
        let taken = match was {
            // Asked for between two: those to come still come.
            Some(looks) if looks.asked => looks.taken.max(passed.count()),
            Some(looks) => passed.count().max(looks.taken + 1),
            None => passed.count(),
        };
        self.watch.records = Looks {
            since: Some(since),
            taken,
            ..Looks::default()
        };
    }
}

impl CallsDesk {
    /// The agent asks: the log is read now, after the list of live calls where that is to be read too.
    pub(super) fn ask_records(&mut self, id: &str, after_poll: bool) {
        if let Some(record) = self.calls.get_mut(id) {
            record.watch.records.after_poll = after_poll;
            record.watch.records.asked = !after_poll;
        }
    }

    /// The list of live calls was read: whoever asked has the log read now.
    pub(super) fn records_after_poll(&mut self, account_id: &str) {
        self.calls.change_astir(|record| {
            if record.stored.row.account_id == account_id {
                record.watch.records.asked |= std::mem::take(&mut record.watch.records.after_poll);
            }
        });
    }

    /// When the log is to be read next.
    pub(super) fn next_records(&self, accounts: &AccountsDesk) -> Option<Timestamp> {
        self.to_look_up(accounts).map(|(due, ..)| due).min()
    }

    pub(super) fn records_due(&mut self, accounts: &AccountsDesk, now: Timestamp) -> Vec<Effect> {
        let mut due: BTreeMap<String, String> = BTreeMap::new();
        for (at, record, account) in self.to_look_up(accounts) {
            if at <= now {
                // One at a time for each account; the others follow when it has answered.
                due.entry(account.config.id.clone())
                    .or_insert_with(|| record.id().to_owned());
            }
        }
        let mut effects = Vec::new();
        for (account_id, call) in due {
            let provider = accounts
                .by_id(&account_id)
                .and_then(|account| account.provider.clone().ok());
            let (Some(provider), Some(record)) = (provider, self.calls.get_mut(&call)) else {
                continue;
            };
            record.look_taken(now);
            let row = &record.stored.row;
            let from = row.requested_at.saturating_sub(BEFORE).unwrap_or(row.requested_at);
            // The other clock may be ahead.
            let latest = now.saturating_add(BEFORE).unwrap_or(now);
            let to = from.saturating_add(AFTER).unwrap_or(latest).min(latest);
            effects.push(Effect::LookAtRecords {
                account: account_id.clone(),
                provider,
                call,
                customer: row.customer.clone(),
                query: Box::new(RecordsQuery {
                    from: Some(from),
                    to: Some(to),
                    page: PageQuery {
                        cursor: None,
                        limit: PAGE,
                    },
                    ..RecordsQuery::default()
                }),
            });
            self.reading_records.insert(account_id);
        }
        effects
    }

    /// Unclear calls whose accounts have a log that is not being read just now.
    fn to_look_up<'a>(
        &'a self,
        accounts: &'a AccountsDesk,
    ) -> impl Iterator<Item = (Timestamp, &'a CallRecord, &'a Account)> {
        self.calls.astir().filter_map(|record| {
            let due = record.next_look().filter(|_| self.is_minded(record))?;
            let account = accounts.by_id(&record.stored.row.account_id)?;
            let is_free = account.can_read_records() && !self.reading_records.contains(&account.config.id);
            is_free.then_some((due, record, account))
        })
    }

    /// When calls may have been placed that an entry could mean as well as an unclear call of this account: between the
    /// two moments, for each of those.
    pub(crate) fn times_in_question(&self, account_id: &str) -> Vec<(Timestamp, Timestamp)> {
        // The entry begins within these of both.
        let apart = LATEST.saturating_sub(EARLIEST);
        let own = self.calls.own();
        own.filter(|record| record.stored.row.account_id == account_id && record.is_unclear())
            .map(|record| {
                let requested = record.stored.row.requested_at;
                let from = requested.saturating_sub(apart).unwrap_or(requested);
                (from, requested.saturating_add(apart).unwrap_or(requested))
            })
            .collect()
    }

    /// What the log says, folded into the calls that it is about.
    pub(crate) fn records_read(
        &mut self,
        account: &Account,
        result: Result<RecordsFound, ProviderError>,
        now: Timestamp,
    ) -> Vec<Effect> {
        self.reading_records.remove(&account.config.id);
        // The next look may find what this one could not.
        let Ok(found) = result else { return Vec::new() };
        let mut by_id: BTreeMap<String, Vec<Fact>> = BTreeMap::new();
        let mut by_numbers: BTreeMap<String, Vec<Fact>> = BTreeMap::new();
        for fact in found.records.iter().filter_map(|record| record.to_fact(now)) {
            match self.correlate_by_id(account, &fact) {
                Some(Match::Call(id)) => by_id.entry(id).or_default().push(fact),
                // A call of elsewhere: only events make those known here.
                Some(Match::New(_) | Match::Unclear | Match::NotOurs) => {}
                None => {
                    let fitting = self.fitting(account, &fact).filter(|record| fits_log(record, &fact));
                    let calls: Vec<&str> = fitting.map(CallRecord::id).collect();
                    if let [id] = calls.as_slice()
                        && account.is_agent_among(&found.own_names, fact.agent.as_deref()) == Some(true)
                    {
                        by_numbers.entry((*id).to_owned()).or_default().push(fact);
                    }
                }
            }
        }
        if found.whole {
            by_numbers.retain(|id, facts| !by_id.contains_key(id) && are_of_one_call(facts));
            by_id.append(&mut by_numbers);
        }
        let mut effects = Vec::new();
        for (id, facts) in by_id {
            let Some(record) = self.calls.get(&id).filter(|record| record.is_unclear()) else {
                continue;
            };
            let news: Vec<Fact> = facts.into_iter().filter(|fact| record.is_news(fact)).collect();
            if !news.is_empty() {
                effects.extend(self.facts_of(&id, news));
            }
        }
        effects
    }
}

/// Whether an entry without an id of the call may be about it, as far as numbers and time go.
fn fits_log(record: &CallRecord, fact: &Fact) -> bool {
    let differs = |ours: &Option<PhoneNumber>, theirs: &Option<PhoneNumber>| matches!((ours, theirs), (Some(a), Some(b)) if a != b);
    let started = fact.started_at.or(fact.occurred_at);
    let near =
        started.is_some_and(|at| (EARLIEST..=LATEST).contains(&at.duration_since(record.stored.row.requested_at)));
    near && !differs(&record.stored.row.caller_id, &fact.caller_id)
}

/// Entries of one call, which may have one for each leg, rather than of two that look alike.
fn are_of_one_call(facts: &[Fact]) -> bool {
    let names: BTreeSet<Option<&str>> = facts.iter().map(|fact| fact.provider_call_id.as_deref()).collect();
    facts.len() == 1 || (names.len() == 1 && !names.contains(&None))
}
