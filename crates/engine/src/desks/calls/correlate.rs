//! To which call a fact belongs. Never guesses: a fact that fits two calls fits none.

use jiff::{SignedDuration, Timestamp};
use store::CallRow;
use telephony::{Direction, Fact, FactKind, Phase, PhoneNumber};
use uuid::Uuid;

use super::book::IdKind;
use super::{CallRecord, CallsDesk};
use crate::desks::accounts::Account;

/// A fact without ids must begin within this of the request to be about it.
const EARLIEST: SignedDuration = SignedDuration::from_secs(-60);
const LATEST: SignedDuration = SignedDuration::from_mins(10);

/// Where a provider has no name for a call at all, its start is what an event is known by: a narrower window.
const NAMELESS_EARLIEST: SignedDuration = SignedDuration::from_secs(-5);
const NAMELESS_LATEST: SignedDuration = SignedDuration::from_secs(120);

/// How long after its end a call may still be named by numbers alone.
const STILL_MEANT: SignedDuration = SignedDuration::from_mins(15);

pub(super) enum Match {
    Call(String),
    /// A call that began elsewhere and is this agent's.
    New(Box<CallRow>),
    /// More than one call fits, or it may belong to one that is not known: kept without a call.
    Unclear,
    /// A colleague's.
    NotOurs,
}

impl CallsDesk {
    pub(super) fn correlate(&self, account: &Account, fact: &Fact, now: Timestamp) -> Match {
        match self.correlate_by_id(account, fact) {
            Some(Match::NotOurs) => return self.of_elsewhere(account, fact, now),
            Some(found) => return found,
            None => {}
        }
        let mut fitting: Vec<&CallRecord> = self
            .fitting(account, fact)
            .filter(|record| is_still_meant(record, now))
            .collect();
        if fact.started_at.is_some() && !account.names_calls() {
            // Nearest first, and one event to one call.
            fitting.retain(|record| record.reading.phase != Phase::Ended);
            fitting.sort_by_key(|record| start_distance(record, fact));
            fitting.truncate(1);
        }
        match fitting.as_slice() {
            [record] => Match::Call(record.id().to_owned()),
            [] => self.of_elsewhere(account, fact, now),
            _ => Match::Unclear,
        }
    }

    /// The call that a fact names; `NotOurs` where it names one that was not placed from here, none where it names none.
    pub(super) fn correlate_by_id(&self, account: &Account, fact: &Fact) -> Option<Match> {
        if let Some(our_id) = &fact.our_id {
            // An id that is not ours stops the search among our own calls; the call may still be one that came in.
            let mut calls = self.calls.named(&account.config.id, IdKind::Ours, our_id);
            let own = calls.find(|record| has(record, IdKind::Ours, our_id));
            return Some(own.map_or(Match::NotOurs, |record| Match::Call(record.id().to_owned())));
        }
        let by_id = [
            (IdKind::Request, &fact.provider_request_id),
            (IdKind::Call, &fact.provider_call_id),
            (IdKind::Leg, &fact.provider_leg_id),
        ];
        for (kind, id) in by_id {
            let Some(id) = id else { continue };
            if let Some(record) = self.named(account, kind, id, fact).next() {
                return Some(Match::Call(record.id().to_owned()));
            }
        }
        (fact.direction == Some(Direction::Inbound)).then_some(Match::NotOurs)
    }

    /// Calls placed from here that a fact may be about, by numbers, agent and time.
    pub(super) fn fitting<'a>(&'a self, account: &'a Account, fact: &'a Fact) -> impl Iterator<Item = &'a CallRecord> {
        let own = self.calls.own();
        own.filter(move |record| record.stored.row.account_id == account.config.id && fits(record, account, fact))
    }

    /// Calls that have a name which a fact gives, and no other name that speaks against it.
    fn named<'a>(
        &'a self,
        account: &'a Account,
        kind: IdKind,
        id: &'a str,
        fact: &'a Fact,
    ) -> impl Iterator<Item = &'a CallRecord> {
        let named = self.calls.named(&account.config.id, kind, id);
        named.filter(move |record| has(record, kind, id) && !is_another(record, fact))
    }

    /// The call that a fact names, among those that were not placed from here.
    pub(super) fn elsewhere_by_id(&self, account: &Account, fact: &Fact) -> Option<String> {
        let by_id = [
            (IdKind::Call, &fact.provider_call_id),
            (IdKind::Request, &fact.provider_request_id),
            (IdKind::Leg, &fact.provider_leg_id),
        ];
        by_id.into_iter().find_map(|(kind, id)| {
            let mut calls = self.named(account, kind, id.as_deref()?, fact);
            Some(calls.find(|record| !record.is_own())?.id().to_owned())
        })
    }

    /// A call that was not placed from here: ours to show if it is this agent's.
    fn of_elsewhere(&self, account: &Account, fact: &Fact, now: Timestamp) -> Match {
        if let Some(known) = self.elsewhere_by_id(account, fact) {
            return Match::Call(known);
        }
        let inbound = fact.direction == Some(Direction::Inbound);
        let named = match &fact.agent {
            Some(agent) => account.is_agent(agent),
            None => None,
        };
        // Neither makes a call of its own. What is not understood may be of anybody's; nothing that was taken is lost.
        match fact.kind {
            FactKind::UnknownEvent => return Match::Unclear,
            FactKind::RecordingAvailable if named != Some(false) => return Match::Unclear,
            FactKind::RecordingAvailable => return Match::NotOurs,
            FactKind::Accepted
            | FactKind::CallReceived
            | FactKind::AgentLegRinging
            | FactKind::AgentLegAnswered
            | FactKind::AgentLegEnded
            | FactKind::CustomerLegRinging
            | FactKind::CustomerLegAnswered
            | FactKind::CustomerLegEnded
            | FactKind::OtherLegRinging
            | FactKind::OtherLegAnswered
            | FactKind::OtherLegEnded
            | FactKind::CallLive
            | FactKind::CallGone
            | FactKind::CallEnded
            | FactKind::Transferred
            | FactKind::MarkedEnded
            | FactKind::NoNews => {}
        }
        // Account-wide events tell of colleagues' calls too: those are not ours to keep. An inbound call that names
        // nobody yet may be for this agent.
        let ours = named == Some(true) || (inbound && named.is_none());
        let nameable = fact.provider_call_id.is_some() || fact.provider_request_id.is_some();
        if !ours || !nameable {
            return Match::NotOurs;
        }
        let id = Uuid::now_v7().to_string();
        let began = fact
            .started_at
            .or(fact.occurred_at)
            .filter(|at| *at <= now)
            .unwrap_or(now);
        Match::New(Box::new(CallRow {
            id: id.clone(),
            intent: id.clone(),
            request_digest: String::new(),
            account_id: account.config.id.clone(),
            account: account.config.name.clone(),
            provider: account.config.kind.as_str().to_owned(),
            direction: fact.direction.unwrap_or(Direction::Outbound),
            dial_order: account
                .provider
                .as_ref()
                .map_or(telephony::DialOrder::AgentFirst, |provider| provider.dial_order()),
            target: fact.customer.as_ref().map(PhoneNumber::to_string).unwrap_or_default(),
            customer: fact.customer.clone(),
            customer_typed: None,
            caller_id: fact.caller_id.clone(),
            contact: None,
            requested_at: began,
            our_id: String::new(),
            reports_progress: true,
            call_timeout: None,
            sandbox: account.is_sandbox(),
        }))
    }
}

/// Whether the fact names its call by an id that is not this call's: then the weaker ids that they share say nothing.
///
/// A request is one call whatever it is named; a leg's id is no key and has been seen on more than one call.
fn is_another(record: &CallRecord, fact: &Fact) -> bool {
    let same_request = |id: &String| has(record, IdKind::Request, id);
    fact.provider_call_id.as_deref().is_some_and(|id| {
        let named = record.heard().any(|known| known.provider_call_id.is_some());
        named && !has(record, IdKind::Call, id) && !fact.provider_request_id.as_ref().is_some_and(same_request)
    })
}

/// Whether anything that was heard of a call, or is on its way, gives it this name.
fn has(record: &CallRecord, kind: IdKind, id: &str) -> bool {
    if kind == IdKind::Ours {
        return record.stored.row.our_id == id;
    }
    record.heard().any(|fact| {
        let name = match kind {
            IdKind::Ours => &fact.our_id,
            IdKind::Request => &fact.provider_request_id,
            IdKind::Call => &fact.provider_call_id,
            IdKind::Leg => &fact.provider_leg_id,
        };
        name.as_deref() == Some(id)
    })
}

/// Whether numbers, agent and time allow that the fact is about this call.
fn fits(record: &CallRecord, account: &Account, fact: &Fact) -> bool {
    // Both sides have an id of the same sort, and they differ: another call.
    let ids = &record.reading.provider_ids;
    let differs =
        |ours: &Option<String>, theirs: &Option<String>| matches!((ours, theirs), (Some(a), Some(b)) if a != b);
    if differs(&ids.request_id, &fact.provider_request_id) || differs(&ids.call_id, &fact.provider_call_id) {
        return false;
    }
    let (Some(customer), Some(theirs)) = (&record.stored.row.customer, &fact.customer) else {
        return false;
    };
    if customer != theirs
        || fact
            .agent
            .as_deref()
            .is_some_and(|agent| account.is_agent(agent) == Some(false))
    {
        return false;
    }
    let requested = record.stored.row.requested_at;
    let since = |at: Timestamp| at.duration_since(requested);
    match fact.started_at {
        Some(started) if !account.names_calls() => (NAMELESS_EARLIEST..=NAMELESS_LATEST).contains(&since(started)),
        Some(started) => (EARLIEST..=LATEST).contains(&since(started)),
        // An end may be told much later than its call began; anything else belongs to the minutes after the request.
        None if fact.kind == FactKind::CallEnded => fact.occurred_at.is_none_or(|at| since(at) >= EARLIEST),
        None => (EARLIEST..=LATEST).contains(&since(fact.occurred_at.unwrap_or(fact.received_at))),
    }
}

/// Whether the call is going on, or ended so lately that an event without an id may still be about it.
fn is_still_meant(record: &CallRecord, now: Timestamp) -> bool {
    record.reading.phase != Phase::Ended || now.duration_since(record.state_since) <= STILL_MEANT
}

fn start_distance(record: &CallRecord, fact: &Fact) -> SignedDuration {
    fact.started_at.map_or(SignedDuration::MAX, |started| {
        started.duration_since(record.stored.row.requested_at).abs()
    })
}
