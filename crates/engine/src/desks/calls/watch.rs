//! Watching open calls: looks at the provider's list, and the watchdog for calls of which nothing is heard.

use jiff::{SignedDuration, Timestamp};
use providers::{LiveCall, ProviderError, Retry};
use telephony::{Direction, Dispatch, Fact, FactKind, FactSource, Known, Leg, LegState, Phase};

use super::book::IdKind;
use super::{CallRecord, CallsDesk};
use crate::desks::accounts::{Account, AccountsDesk};
use crate::effect::Effect;
use crate::view::EndState;

/// Between two looks while something rings or an end waits, while people talk, and while people talk in a call that
/// came in: of that one the end alone is of interest.
const RINGING: SignedDuration = SignedDuration::from_millis(1_500);
const TALKING: SignedDuration = SignedDuration::from_secs(5);
const TALKING_IN: SignedDuration = SignedDuration::from_secs(30);

/// A call that stays unclear is looked for ever more rarely: after each tenth of the time that it has been so already,
/// at last once a minute, and after two hours only when the agent asks.
const UNCLEAR_SLOWEST: SignedDuration = SignedDuration::from_mins(1);
const UNCLEAR_LOOKED_FOR: SignedDuration = SignedDuration::from_hours(2);

/// Without news for so long the provider is asked, and asked in vain the call reads unconfirmed.
const AGENT_LEG_DUE: SignedDuration = SignedDuration::from_secs(45);
const CUSTOMER_LEG_DUE: SignedDuration = SignedDuration::from_secs(60);
const ANSWER_DUE: SignedDuration = SignedDuration::from_secs(8);

/// An entry without our id begins within this of the request. The list's clock is another one, in whole seconds; and no
/// request is on its way for longer.
const EARLIEST: SignedDuration = SignedDuration::from_secs(-60);
const LATEST: SignedDuration = SignedDuration::from_secs(120);

/// When an account's list was last asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct PollState {
    /// When the last look began.
    last: Option<Timestamp>,
    /// No look before this: the provider has asked for rest.
    not_before: Option<Timestamp>,
    running: bool,
    /// Refusals in a row: each doubles the wait.
    refused: u32,
    /// Something has to be seen in the list, although a stream tells the rest.
    pub(super) must_look: bool,
    /// The look that runs is for that: in vain, it is still to be done.
    looks_for_missed: bool,
}

impl PollState {
    /// The next look should come within moments.
    pub(super) fn hurry(&mut self, now: Timestamp) {
        self.last = None;
        self.not_before = self.not_before.filter(|at| *at > now && self.refused > 0);
    }

    /// When the next look is due, if looks are to be so far apart.
    fn due(&self, pause: SignedDuration) -> Timestamp {
        // After sleep the first look often comes before the network does.
        let pause = if self.must_look { pause.min(RINGING) } else { pause };
        let pause = pause.saturating_mul(1 << self.refused.min(5));
        let next = self.last.map_or(Timestamp::MIN, |last| {
            last.saturating_add(pause.saturating_add(jitter(last, pause)))
                .unwrap_or(Timestamp::MAX)
        });
        next.max(self.not_before.unwrap_or(Timestamp::MIN))
    }
}

impl CallsDesk {
    /// What is due now: looks, watchdogs, waiting ends.
    pub(crate) fn tick(&mut self, accounts: &AccountsDesk, now: Timestamp) -> Vec<Effect> {
        if self.last_tick.is_some_and(|last| last > now) {
            self.clock_went_back();
        }
        self.last_tick = Some(now);
        let mut effects = self.retries_due(accounts, now);
        effects.extend(self.ends_due(accounts, now));
        effects.extend(self.polls_due(accounts, now));
        effects.extend(self.records_due(accounts, now));
        effects.extend(self.watchdogs(now));
        effects
    }

    /// When there will be something to do without anything coming in.
    pub(crate) fn next_tick(&self, accounts: &AccountsDesk, now: Timestamp) -> Option<Timestamp> {
        let soon = now.saturating_add(SignedDuration::from_millis(500)).unwrap_or(now);
        let waits = self
            .calls
            .astir()
            .any(|record| has_queued_end(record) || is_moving(record));
        let looks = accounts.iter().filter_map(|account| {
            let state = self.polls.get(&account.config.id);
            let (pause, _) = self.pause_between_looks(account, now)?;
            let due = state.map_or(now, |state| state.due(pause));
            // One that runs tells by itself when it is over.
            Some(due.max(now)).filter(|_| state.is_none_or(|state| !state.running))
        });
        waits
            .then_some(soon)
            .into_iter()
            .chain(looks)
            .chain(self.next_records(accounts))
            .chain(self.retries.next())
            .min()
    }

    /// Moments that lie ahead now are no reason to wait for them.
    fn clock_went_back(&mut self) {
        self.retries.hurry();
        for state in self.polls.values_mut() {
            state.last = None;
            state.not_before = None;
        }
        self.calls.change_astir(|record| {
            record.watch.asked_at = None;
            record.watch.last_sighting = None;
            record.watch.silent_since = None;
            if let Some(end) = &mut record.end {
                end.next_attempt = None;
            }
        });
    }

    /// How far apart the looks at an account's list are to be, and whether somebody waits for one; none if there is
    /// nothing to look for.
    fn pause_between_looks(&self, account: &Account, now: Timestamp) -> Option<(SignedDuration, bool)> {
        let provider = account.provider.as_ref().ok()?;
        if !provider.capabilities().live_calls.is_available() {
            return None;
        }
        let open = self
            .calls
            .astir()
            .filter(|record| record.stored.row.account_id == account.config.id)
            .filter(|record| self.is_minded(record));
        let wanted = open.filter_map(|record| {
            let waits = record.watch.asked_at.is_some() || has_queued_end(record);
            let pause = pause_for(record, now);
            // The second look confirms or refutes an absence: it does not wait for a talking call's pace.
            let hurries = waits || (record.watch.absences == 1 && pause.is_some());
            if hurries { Some(RINGING) } else { pause }.map(|pause| (pause, waits))
        });
        wanted.reduce(|(pause, waits), (other, also)| (pause.min(other), waits || also))
    }

    /// The agent asks how a call stands: live calls are looked at, and then the call log.
    pub(crate) fn check_again(&mut self, id: &str, accounts: &AccountsDesk, now: Timestamp) {
        let Some(record) = self.calls.get_mut(id) else { return };
        let account = accounts.by_id(&record.stored.row.account_id);
        let is_polled = record.is_own() && is_watched(record) && account.is_some_and(Account::can_poll);
        record.watch.here = true;
        if !is_polled {
            return self.ask_records(id, false);
        }
        record.watch.asked_at = Some(now);
        self.polls
            .entry(record.stored.row.account_id.clone())
            .or_default()
            .hurry(now);
        self.ask_records(id, true);
    }

    /// Whether a call that goes on has no name at its provider yet by which it could be asked about.
    pub(crate) fn lacks_name(&self, id: &str) -> bool {
        self.calls.get(id).is_some_and(|record| {
            let ids = &record.reading.provider_ids;
            record.reading.phase != Phase::Ended && ids.call_id.is_none() && ids.leg_ids.is_empty()
        })
    }

    /// Has the list of live calls read for the name of a call; false if there is nothing to wait for.
    pub(crate) fn look_for_name(&mut self, id: &str, accounts: &AccountsDesk, now: Timestamp) -> bool {
        if !self.lacks_name(id) {
            return false;
        }
        let Some(record) = self.calls.get_mut(id) else {
            return false;
        };
        let account = accounts.by_id(&record.stored.row.account_id);
        if !is_watched(record) || !account.is_some_and(Account::can_poll) {
            return false;
        }
        record.watch.here = true;
        record.watch.asked_at.get_or_insert(now);
        let account_id = record.stored.row.account_id.clone();
        self.polls.entry(account_id).or_default().hurry(now);
        true
    }

    /// An account's stream was down for a while, or all of the machine was: its calls are looked at, once.
    pub(crate) fn resync(&mut self, account_id: &str, now: Timestamp) {
        let open = self
            .calls
            .astir()
            .any(|record| record.stored.row.account_id == account_id && record.reading.phase != Phase::Ended);
        if open {
            self.polls.entry(account_id.to_owned()).or_default().must_look = true;
            self.polls.entry(account_id.to_owned()).or_default().hurry(now);
        }
    }

    /// Whoever had an account's calls is gone, and with it all of them.
    pub(crate) fn all_gone(&mut self, account_id: &str, now: Timestamp) -> Vec<Effect> {
        let open = self.calls.astir().filter(|record| {
            record.stored.row.account_id == account_id
                && record.reading.phase != Phase::Ended
                && !record.uncommitted
                && !matches!(record.stored.dispatch, Some(Dispatch::Intent))
        });
        let gone: Vec<(String, Fact)> = open
            .map(|record| {
                let mut gone = Fact::new(FactKind::CallGone, FactSource::Poll, record.stamp(now));
                gone.our_id = own_id(record);
                gone.provider_call_id = record.reading.provider_ids.call_id.clone();
                (record.id().to_owned(), gone)
            })
            .collect();
        gone.into_iter()
            .flat_map(|(id, fact)| self.facts_of(&id, vec![fact]))
            .collect()
    }

    /// Whether this engine looks after a call: the app after all, a one-shot command after those it was asked about.
    pub(super) fn is_minded(&self, record: &CallRecord) -> bool {
        !self.one_shot || record.watch.here
    }

    fn polls_due(&mut self, accounts: &AccountsDesk, now: Timestamp) -> Vec<Effect> {
        let mut effects = Vec::new();
        for account in accounts.iter() {
            let Ok(provider) = &account.provider else { continue };
            let Some((pause, waits)) = self.pause_between_looks(account, now) else {
                continue;
            };
            let state = self.polls.entry(account.config.id.clone()).or_default();
            // The stream tells what the list would, sooner; the list is for what it may have missed.
            if account.stream_is_up() && !waits && !state.must_look {
                continue;
            }
            if state.running || state.due(pause) > now {
                continue;
            }
            state.running = true;
            state.looks_for_missed = std::mem::take(&mut state.must_look);
            state.last = Some(now);
            effects.push(Effect::Poll {
                account: account.config.id.clone(),
                provider: provider.clone(),
            });
        }
        effects
    }

    /// What a look at an account's live calls showed.
    pub(crate) fn polled(
        &mut self,
        account: &Account,
        result: Result<Vec<LiveCall>, ProviderError>,
        accounts: &AccountsDesk,
        now: Timestamp,
    ) -> Vec<Effect> {
        let state = self.polls.entry(account.config.id.clone()).or_default();
        state.running = false;
        self.records_after_poll(&account.config.id);
        let state = self.polls.entry(account.config.id.clone()).or_default();
        let live = match result {
            Ok(live) => {
                state.refused = 0;
                state.not_before = None;
                live
            }
            Err(error) => {
                state.must_look |= state.looks_for_missed;
                if let Retry::Later { after } = error.retry {
                    state.refused += 1;
                    let rest = after.and_then(|after| SignedDuration::try_from(after).ok());
                    state.not_before = rest.and_then(|rest| now.saturating_add(rest).ok());
                }
                return Vec::new();
            }
        };
        let mut effects = Vec::new();
        let mut facts: Vec<(String, Fact)> = Vec::new();
        let open: Vec<String> = self
            .calls
            .astir()
            .filter(|record| record.stored.row.account_id == account.config.id && record.reading.phase != Phase::Ended)
            .map(|record| record.id().to_owned())
            .collect();
        for id in &open {
            let Some(record) = self.calls.get(id) else { continue };
            let entries = self.entries_of(record, account, &live);
            let Some(record) = self.calls.get_mut(id) else { continue };
            match entries.as_slice() {
                [entry] => {
                    record.watch.seen_live = true;
                    record.watch.absences = 0;
                    record.watch.last_sighting = Some(now);
                    let told = sighting(record, entry, now);
                    facts.extend(told.into_iter().map(|fact| (id.clone(), fact)));
                }
                [] if is_missed(record, &live) => {
                    record.watch.absences = record.watch.absences.saturating_add(1);
                    if record.watch.absences >= 2 {
                        let mut gone = Fact::new(FactKind::CallGone, FactSource::Poll, record.stamp(now));
                        gone.our_id = own_id(record);
                        gone.provider_call_id = record.reading.provider_ids.call_id.clone();
                        facts.push((id.clone(), gone));
                    }
                }
                [] => record.watch.absences = 0,
                _ => effects.extend(self.end_is_ambiguous(id, accounts, now)),
            }
        }
        for (id, fact) in facts {
            // Told by id already: nothing is left to correlate.
            if self.calls.get(&id).is_some_and(|record| record.is_news(&fact)) {
                effects.extend(self.facts_of(&id, vec![fact]));
            }
        }
        effects
    }

    /// The live entries that can be this call: by id alone if an id is known, else by numbers, agent and time. An entry
    /// that another call could be as well is nobody's.
    fn entries_of<'l>(&self, record: &CallRecord, account: &Account, live: &'l [LiveCall]) -> Vec<&'l LiveCall> {
        let ids = &record.reading.provider_ids;
        let named: Vec<&LiveCall> = live.iter().filter(|entry| is_named_by(entry, record)).collect();
        if !named.is_empty() || ids.call_id.is_some() || !record.is_own() {
            return named;
        }
        let is_of_another = |entry: &LiveCall| {
            let another = |other: &CallRecord| other.id() != record.id();
            let of_account = |other: &CallRecord| other.stored.row.account_id == account.config.id;
            let mut own = self.calls.own();
            self.may_name(entry, account)
                .any(|other| another(other) && is_named_by(entry, other))
                || own.any(|other| of_account(other) && another(other) && can_be_nameless(entry, other, account))
        };
        live.iter()
            .filter(|entry| can_be_nameless(entry, record, account) && !is_of_another(entry))
            .collect()
    }

    /// Calls among which those are that an entry names.
    fn may_name<'a>(&'a self, entry: &LiveCall, account: &'a Account) -> impl Iterator<Item = &'a CallRecord> {
        let ids = [
            (IdKind::Call, Some(&entry.provider_call_id)),
            (IdKind::Ours, entry.our_id.as_ref()),
            (IdKind::Request, entry.provider_request_id.as_ref()),
        ];
        let named = ids.map(|(kind, id)| id.map(|id| self.calls.named(&account.config.id, kind, id)));
        named.into_iter().flatten().flatten()
    }

    fn watchdogs(&mut self, now: Timestamp) -> Vec<Effect> {
        let mut silent = Vec::new();
        let one_shot = self.one_shot;
        let polls = &mut self.polls;
        self.calls.change_astir(|record| {
            if one_shot && !record.watch.here {
                return;
            }
            let due = match record.reading.phase {
                Phase::RingingAgent | Phase::Requested => AGENT_LEG_DUE,
                Phase::RingingCustomer => CUSTOMER_LEG_DUE,
                // Silence alone neither ends nor alarms a talking call.
                Phase::Connected | Phase::HandedOver | Phase::Unconfirmed | Phase::Ended => return,
            };
            if record.stored.dispatched_at.is_none() && record.is_own() {
                return;
            }
            let heard = [
                Some(record.state_since),
                record.reading.last_news_at,
                record.watch.last_sighting,
            ];
            let heard = heard
                .into_iter()
                .flatten()
                .max()
                .unwrap_or(record.stored.row.requested_at);
            // Heard of in the future, as the clock now is: from this moment on it is silent.
            let heard = if heard <= now {
                record.watch.silent_since = None;
                heard
            } else {
                *record.watch.silent_since.get_or_insert(now)
            };
            if now.duration_since(heard) < due {
                record.watch.asked_at = None;
                return;
            }
            match record.watch.asked_at {
                None => {
                    record.watch.asked_at = Some(now);
                    polls
                        .entry(record.stored.row.account_id.clone())
                        .or_default()
                        .hurry(now);
                }
                Some(asked) if now.duration_since(asked) >= ANSWER_DUE => {
                    let mut fact = Fact::new(FactKind::NoNews, FactSource::Timer, record.stamp(now));
                    fact.our_id = own_id(record);
                    fact.provider_call_id = record.reading.provider_ids.call_id.clone();
                    record.watch.asked_at = None;
                    silent.push((record.stored.row.id.clone(), fact));
                }
                Some(_) => {}
            }
        });
        let mut effects = Vec::new();
        for (id, fact) in silent {
            effects.extend(self.facts_of(&id, vec![fact]));
        }
        effects
    }
}

/// Whether a list without this call says that it is gone: one that was in it or would be known by its name; and one in
/// which two talk, if no entry could be it even by a number.
fn is_missed(record: &CallRecord, live: &[LiveCall]) -> bool {
    let customer = &record.stored.row.customer;
    let could_be = |entry: &LiveCall| entry.customer.is_none() || customer.is_none() || entry.customer == *customer;
    record.watch.seen_live
        || record.reading.provider_ids.call_id.is_some()
        || (record.reading.phase == Phase::Connected && !live.iter().any(could_be))
}

/// Whether an entry names this call, by whichever of its names.
fn is_named_by(entry: &LiveCall, record: &CallRecord) -> bool {
    let ids = &record.reading.provider_ids;
    ids.call_id.as_deref() == Some(&entry.provider_call_id)
        || (entry.our_id.is_some() && entry.our_id.as_deref() == Some(record.stored.row.our_id.as_str()))
        || (entry.provider_request_id.is_some() && entry.provider_request_id == ids.request_id)
}

/// Whether numbers, agent and time allow that an entry without our id is this call, which has no name yet.
fn can_be_nameless(entry: &LiveCall, record: &CallRecord, account: &Account) -> bool {
    let was_sent = match record.stored.dispatch {
        Some(Dispatch::Sent | Dispatch::Accepted | Dispatch::Unknown) => true,
        Some(Dispatch::Intent | Dispatch::Refused | Dispatch::Cancelled) | None => false,
    };
    let is_over = record.reading.end_known == Some(Known::Confirmed);
    let is_called = entry.customer.is_some() && entry.customer == record.stored.row.customer;
    let mut agents = entry
        .agents
        .iter()
        .filter_map(|agent| account.is_agent(agent))
        .peekable();
    let is_agents = agents.peek().is_none() || agents.any(|is_agent| is_agent);
    // Ids first seen after this intent: an older live call is another one, and so is one that began when no request of
    // this intent was on its way any more.
    let since = |started: Timestamp| started.duration_since(record.stored.row.requested_at);
    was_sent
        && !is_over
        && record.is_own()
        && record.reading.provider_ids.call_id.is_none()
        && entry.our_id.is_none()
        && entry.direction != Some(Direction::Inbound)
        && is_called
        && is_agents
        && entry
            .started_at
            .is_none_or(|started| (EARLIEST..=LATEST).contains(&since(started)))
}

/// The facts that a live entry tells.
fn sighting(record: &CallRecord, entry: &LiveCall, now: Timestamp) -> Vec<Fact> {
    let kind = match entry.agent_leg {
        Some(LegState::Ringing) => FactKind::AgentLegRinging,
        // One leg answered: never that both are connected.
        Some(LegState::Answered) => FactKind::AgentLegAnswered,
        Some(LegState::Idle | LegState::Requested | LegState::Ended) | None => FactKind::CallLive,
    };
    let customers = match entry.customer_leg {
        Some(LegState::Ringing) => Some(FactKind::CustomerLegRinging),
        Some(LegState::Answered) => Some(FactKind::CustomerLegAnswered),
        Some(LegState::Idle | LegState::Requested | LegState::Ended) | None => None,
    };
    // Of an entry that is taken for this call by its numbers alone, no answer of the customer's is believed.
    let is_named = entry.our_id.is_some() || entry.provider_request_id.is_some() || !record.is_own();
    let customers = customers.filter(|_| is_named);
    let known = record.facts.iter().any(|fact| fact.kind == FactKind::CallLive);
    let is_told = kind == FactKind::CallLive && known && record.reading.phase != Phase::Unconfirmed;
    let mut facts = Vec::new();
    let make = |kind: FactKind| {
        let mut fact = Fact::new(kind, FactSource::Poll, record.stamp(now));
        fact.leg_naming = entry.leg_naming;
        fact.our_id = own_id(record);
        fact.provider_call_id = Some(entry.provider_call_id.clone());
        fact.provider_request_id.clone_from(&entry.provider_request_id);
        fact.direction = entry.direction;
        fact.customer.clone_from(&entry.customer);
        fact.caller_id.clone_from(&entry.caller_id);
        fact.evidence = Some(entry.state.clone());
        fact
    };
    facts.extend((!is_told).then(|| make(kind)));
    facts.extend(customers.map(make));
    if kind.leg() == Some(Leg::Agent) && record.reading.phase == Phase::Unconfirmed {
        // The same leg state as before is no new fact; that the call still lives is.
        facts.push(make(FactKind::CallLive));
    }
    facts
}

fn own_id(record: &CallRecord) -> Option<String> {
    Some(record.stored.row.our_id.clone()).filter(|id| !id.is_empty())
}

/// How far apart the looks for this call are to be; none if it is not looked for.
fn pause_for(record: &CallRecord, now: Timestamp) -> Option<SignedDuration> {
    if !is_watched(record) {
        return None;
    }
    // One that came in is in the list under the id that its events gave.
    if !record.is_own() && record.reading.provider_ids.call_id.is_none() {
        return None;
    }
    match record.reading.phase {
        Phase::Connected if record.is_own() => Some(TALKING),
        Phase::Connected => Some(TALKING_IN),
        Phase::Unconfirmed => {
            let for_long = now.duration_since(record.state_since).max(SignedDuration::ZERO);
            (for_long < UNCLEAR_LOOKED_FOR).then(|| (for_long / 10).clamp(RINGING, UNCLEAR_SLOWEST))
        }
        Phase::Requested | Phase::RingingAgent | Phase::RingingCustomer => Some(RINGING),
        Phase::HandedOver | Phase::Ended => None,
    }
}

/// Something rings: watchdogs run.
fn is_moving(record: &CallRecord) -> bool {
    is_watched(record)
        && matches!(
            record.reading.phase,
            Phase::Requested | Phase::RingingAgent | Phase::RingingCustomer
        )
}

/// Followed by looks: accepted or unclear, and not over.
fn is_watched(record: &CallRecord) -> bool {
    match record.reading.phase {
        Phase::RingingAgent | Phase::RingingCustomer | Phase::Connected | Phase::Unconfirmed => {
            !record.stored.dismissed
        }
        Phase::Requested => !record.is_own() || record.stored.dispatched_at.is_some(),
        Phase::HandedOver | Phase::Ended => false,
    }
}

fn has_queued_end(record: &CallRecord) -> bool {
    record
        .end
        .as_ref()
        .is_some_and(|end| matches!(end.state, EndState::Queued | EndState::Sent))
        && record.reading.phase != Phase::Ended
}

/// Up to a fifth of the pause, so that many desks do not ask in step.
fn jitter(now: Timestamp, pause: SignedDuration) -> SignedDuration {
    let fifth = (pause.as_millis() / 5).max(1);
    let spread = i128::from(now.subsec_nanosecond()) % fifth;
    SignedDuration::from_millis(i64::try_from(spread).unwrap_or(0))
}
