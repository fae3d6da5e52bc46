//! The desk of calls: placing, following and ending them.
//!
//! Owns every call that is open or was lately. A fact is folded only after its commit; a dial leaves only after the
//! commit of `sent`.

mod book;
mod correlate;
mod ending;
mod gestures;
mod homeless;
mod moments;
mod placing;
mod present;
mod record;
mod records;
mod retry;
#[cfg(test)]
mod tests;
mod watch;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::{SignedDuration, Timestamp};
use providers::CallAnswer;
use store::{Entry, StoreError};
use telephony::{Dispatch, Fact, FactKind, FactSource, Phase};
use tokio::sync::oneshot;

use crate::api::{ApiError, ApiResult, ErrorClass, PlaceReply, Reply};
use crate::desks::accounts::{Account, AccountsDesk};
use crate::effect::{Answer, Committed, Effect};
use crate::sources::listener::HookAnswer;
use crate::view::{CallView, ContactRef, Event};

use book::Book;
pub(crate) use homeless::KEPT as HOMELESS_KEPT;
pub(crate) use moments::Reached;
pub(crate) use placing::PlaceInput;
pub(crate) use present::{SIGNED_IN_AGAIN, notification_of, shown, snake, view as view_of};
pub(crate) use record::{CallRecord, EndWish};
pub(crate) use records::RecordsFound;

/// How long an ended call stays at the desk, so that late events still find it without asking the database.
const KEPT_AFTER_END: SignedDuration = SignedDuration::from_hours(6);

/// Of ended calls of elsewhere so many stay at most, the newest: a switchboard's events are not only the agent's.
const KEPT_OF_ELSEWHERE: usize = 2_000;

/// Calls that are open or were lately.
#[derive(Default)]
pub(crate) struct CallsDesk {
    calls: Book,
    /// Faces that wait for a dispatch to settle.
    waiting_for_dispatch: HashMap<String, Vec<Answer>>,
    /// Faces that wait for an end to be answered.
    waiting_for_end: HashMap<String, Vec<Answer>>,
    /// When each polled account was last asked, and how often it refused.
    polls: HashMap<String, watch::PollState>,
    /// The calls that pages have asked for lately.
    page_gestures: gestures::PageGestures,
    /// Accounts whose call log is being read.
    reading_records: BTreeSet<String>,
    /// Facts that belong to no call as far as is known.
    homeless: homeless::HomelessFacts,
    /// Commits that failed and are to be tried again.
    retries: retry::Retries,
    /// The clock at the last look around.
    last_tick: Option<Timestamp>,
    /// A one-shot command waits until an end is settled, and looks after its own calls only.
    one_shot: bool,
}

impl CallsDesk {
    pub(crate) fn new(one_shot: bool) -> Self {
        Self {
            one_shot,
            ..Self::default()
        }
    }

    /// Takes up calls as the journal left them: nothing unsent is sent, nothing sent is sent again.
    pub(crate) fn take_up(&mut self, mut record: CallRecord, accounts: &AccountsDesk, now: Timestamp) -> Vec<Effect> {
        let id = record.id().to_owned();
        let account = accounts.by_id(&record.stored.row.account_id);
        // What the earlier run had to say of it is said.
        let view = present::view(&record, account, now);
        record.notified = Some(present::notification_of(&record, &view));
        let dispatch = record.stored.dispatch;
        self.calls.insert(record);
        match dispatch {
            Some(Dispatch::Intent) => {
                vec![dispatch_effect(
                    &id,
                    Dispatch::Cancelled,
                    Some("interrupted"),
                    None,
                    Vec::new(),
                    now,
                )]
            }
            Some(Dispatch::Sent) => {
                vec![dispatch_effect(
                    &id,
                    Dispatch::Unknown,
                    Some("interrupted"),
                    None,
                    Vec::new(),
                    now,
                )]
            }
            Some(Dispatch::Accepted | Dispatch::Refused | Dispatch::Unknown | Dispatch::Cancelled) | None => Vec::new(),
        }
    }

    pub(crate) fn get(&self, id: &str) -> Option<&CallRecord> {
        self.calls.get(id)
    }

    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut CallRecord> {
        self.calls.get_mut(id)
    }

    /// Calls that are going on, as far as is known; newest first.
    pub(crate) fn active(&self, now: Timestamp) -> impl Iterator<Item = &CallRecord> {
        self.calls.astir().rev().filter(move |record| record.is_active(now))
    }

    /// Open calls that a card shows: active ones and those whose end is not certain.
    pub(crate) fn shown(&self) -> impl Iterator<Item = &CallRecord> {
        self.calls
            .astir()
            .rev()
            .filter(|record| record.reading.phase != Phase::Ended && !record.stored.dismissed)
    }

    /// The provider's answer to a dial.
    pub(crate) fn dialled(&mut self, id: &str, answer: CallAnswer, now: Timestamp) -> Vec<Effect> {
        let record = self.calls.get(id);
        let our_id = record.map(|record| record.stored.row.our_id.clone());
        // Some platforms count a call that was called off as one that went well: an answer that came after the agent had
        // asked for the end says nothing of who has picked up.
        let called_off = record.is_some_and(|record| record.end.is_some());
        let (dispatch, reason, message, facts) = match answer {
            CallAnswer::Accepted {
                provider_call_id,
                provider_request_id,
                provider_leg_ids,
                first_leg_answered,
            } => {
                let answered = (first_leg_answered && !called_off).then(|| Fact {
                    provider_call_id: provider_call_id.clone(),
                    provider_request_id: provider_request_id.clone(),
                    // Of several telephones that rang it does not say which.
                    provider_leg_id: match provider_leg_ids.as_slice() {
                        [leg] => Some(leg.clone()),
                        _ => None,
                    },
                    our_id: our_id.clone(),
                    ..Fact::new(FactKind::AgentLegAnswered, FactSource::Reply, now)
                });
                // A provider that rings several telephones names each of them: a fact for each.
                let legs = provider_leg_ids.into_iter().map(Some);
                let legs: Vec<Option<String>> = if legs.len() == 0 { vec![None] } else { legs.collect() };
                let facts = legs.into_iter().map(|leg| Fact {
                    provider_call_id: provider_call_id.clone(),
                    provider_request_id: provider_request_id.clone(),
                    provider_leg_id: leg,
                    our_id: our_id.clone(),
                    ..Fact::new(FactKind::Accepted, FactSource::Reply, now)
                });
                (Dispatch::Accepted, None, None, facts.chain(answered).collect())
            }
            CallAnswer::Refused(error) => (
                Dispatch::Refused,
                Some(error.kind.code()),
                refusal_text(&error),
                Vec::new(),
            ),
            CallAnswer::Unknown(error) => (Dispatch::Unknown, Some("no_answer"), refusal_text(&error), Vec::new()),
        };
        vec![dispatch_effect(id, dispatch, reason, message, facts, now)]
    }

    /// Facts that came in for an account. Answers through `hook` once they are durable.
    pub(crate) fn facts(
        &mut self,
        account: &Account,
        facts: Vec<Fact>,
        hook: Option<oneshot::Sender<HookAnswer>>,
        now: Timestamp,
    ) -> Vec<Effect> {
        let mut entries = Vec::new();
        let mut matched = Vec::new();
        for fact in facts {
            let found = self.correlate(account, &fact, now);
            let id = match found {
                correlate::Match::Call(id) => id,
                correlate::Match::New(row) => {
                    let id = row.id.clone();
                    entries.push(Entry::Call {
                        row: row.clone(),
                        dispatch: None,
                        at: now,
                        open: true,
                    });
                    self.calls.insert(CallRecord::new(*row, None, now));
                    id
                }
                correlate::Match::Unclear => {
                    self.homeless.keep(&account.config.id, fact.clone());
                    entries.push(Entry::OpenFact {
                        fact: Box::new(fact),
                        account_id: account.config.id.clone(),
                    });
                    continue;
                }
                correlate::Match::NotOurs => continue,
            };
            let Some(record) = self.calls.get_mut(&id) else {
                continue;
            };
            if !record.is_news(&fact) {
                continue;
            }
            record.on_their_way.push(fact.clone());
            entries.push(Entry::Fact {
                call: id.clone(),
                fact: Box::new(fact.clone()),
            });
            matched.push((id, fact));
        }
        self.calls.shorten(KEPT_OF_ELSEWHERE);
        self.bring_home(account, &mut matched, &mut entries);
        self.project(&matched, &mut entries);
        if entries.is_empty() {
            return hook
                .map(|hook| Effect::AnswerHook(hook, HookAnswer::Stored))
                .into_iter()
                .collect();
        }
        vec![Effect::Commit {
            entries,
            then: Committed::Facts { facts: matched, hook },
        }]
    }

    /// Facts of our own about one call.
    pub(super) fn facts_of(&self, id: &str, facts: Vec<Fact>) -> Vec<Effect> {
        let mut entries: Vec<Entry> = facts
            .iter()
            .map(|fact| Entry::Fact {
                call: id.to_owned(),
                fact: Box::new(fact.clone()),
            })
            .collect();
        let facts: Vec<(String, Fact)> = facts.into_iter().map(|fact| (id.to_owned(), fact)).collect();
        self.project(&facts, &mut entries);
        vec![Effect::Commit {
            entries,
            then: Committed::Facts { facts, hook: None },
        }]
    }

    /// Adds to a batch of facts what the projection will say once they are folded.
    fn project(&self, facts: &[(String, Fact)], entries: &mut Vec<Entry>) {
        let mut by_call: BTreeMap<&str, Vec<&Fact>> = BTreeMap::new();
        for (id, fact) in facts {
            by_call.entry(id).or_default().push(fact);
        }
        for (id, facts) in by_call {
            let Some(record) = self.calls.get(id) else { continue };
            // Also over before the answer to its dial has come: what became of the dial is still to be settled.
            let is_under_way = matches!(record.stored.dispatch, Some(Dispatch::Intent | Dispatch::Sent));
            let open = is_under_way || record.phase_with(facts) != Phase::Ended;
            entries.push(Entry::Projection {
                call: id.to_owned(),
                open,
            });
        }
    }

    /// Folds what has become durable and says what follows from it.
    pub(crate) fn committed(&mut self, then: Committed, accounts: &AccountsDesk, now: Timestamp) -> Vec<Effect> {
        self.retries.went_well();
        match then {
            Committed::Call { call } => self.settled_or_changed(&call, accounts, now, |_| ()),
            Committed::Dispatch {
                call,
                dispatch,
                reason,
                message,
                facts,
            } => self.settled_or_changed(&call, accounts, now, |record| {
                record.stored.dispatch = Some(dispatch);
                record.stored.dispatched_at = Some(now);
                record.stored.reason = reason.or(record.stored.reason.take());
                record.stored.message = message.or(record.stored.message.take());
                for fact in facts {
                    record.facts.insert(fact);
                }
            }),
            Committed::Facts { facts, hook } => {
                let mut effects = Vec::new();
                let mut by_call: BTreeMap<String, Vec<Fact>> = BTreeMap::new();
                for (id, fact) in facts {
                    by_call.entry(id).or_default().push(fact);
                }
                for (id, facts) in by_call {
                    effects.extend(self.settled_or_changed(&id, accounts, now, |record| {
                        for fact in facts {
                            record.on_their_way.retain(|other| *other != fact);
                            record.facts.insert(fact);
                        }
                    }));
                }
                effects.extend(hook.map(|hook| Effect::AnswerHook(hook, HookAnswer::Stored)));
                effects
            }
            Committed::Rows { answer } => answer
                .map(|(answer, result)| Effect::Answer(answer, *result))
                .into_iter()
                .collect(),
            // Another desk's.
            Committed::Callback(_) => Vec::new(),
        }
    }

    /// A commit that failed: what waits for it is told, and nothing is folded. What nobody will say again is tried
    /// again until it is durable.
    pub(crate) fn commit_failed(&mut self, then: Committed, why: &StoreError, now: Timestamp) -> Vec<Effect> {
        let error = || ApiError::new(ErrorClass::Failed, "journal_failed").with("why", why);
        match then {
            Committed::Call { call } => {
                // Nothing of it is durable, so nothing may leave; the database keeps what it had.
                let unplaced = self.calls.get(&call).is_some_and(|record| record.uncommitted);
                if unplaced {
                    self.calls.remove(&call);
                }
                self.answer_unplaced(&call, error)
            }
            Committed::Dispatch {
                call,
                dispatch,
                reason,
                message,
                facts,
            } => {
                self.dispatch_failed(&call, dispatch, (reason, message), facts, why, now);
                self.answer_unplaced(&call, error)
            }
            Committed::Facts { hook, facts } => {
                let mut lost: BTreeMap<String, Vec<Fact>> = BTreeMap::new();
                for (id, fact) in facts {
                    let Some(record) = self.calls.get_mut(&id) else {
                        continue;
                    };
                    record.on_their_way.retain(|other| *other != fact);
                    lost.entry(id).or_default().push(fact);
                }
                for (id, facts) in lost {
                    // Whoever pushed them is told, and pushes them again; nobody else says them twice.
                    if hook.is_none() {
                        self.facts_failed(&id, facts, why, now);
                    }
                    // A call that came in with these facts is not in the journal either.
                    if self.calls.get(&id).is_some_and(|record| record.uncommitted) {
                        self.calls.remove(&id);
                    }
                }
                hook.map(|hook| Effect::AnswerHook(hook, HookAnswer::NotStored))
                    .into_iter()
                    .collect()
            }
            Committed::Rows { answer } => answer
                .map(|(answer, _)| Effect::Answer(answer, Err(error())))
                .into_iter()
                .collect(),
            Committed::Callback(_) => Vec::new(),
        }
    }

    /// Whoever waits for a call to be sent is told that it could not be written down.
    fn answer_unplaced(&mut self, call: &str, error: impl Fn() -> ApiError) -> Vec<Effect> {
        let waiting = self.waiting_for_dispatch.remove(call).unwrap_or_default();
        waiting
            .into_iter()
            .map(|answer| Effect::Answer(answer, Err(error())))
            .collect()
    }

    /// Applies a change to one call, and tells everyone who should know.
    fn settled_or_changed(
        &mut self,
        id: &str,
        accounts: &AccountsDesk,
        now: Timestamp,
        change: impl FnOnce(&mut CallRecord),
    ) -> Vec<Effect> {
        let Some(record) = self.calls.get_mut(id) else {
            return Vec::new();
        };
        let before = record.clone_for_comparison();
        change(record);
        record.uncommitted = false;
        record.reread(now);
        let mut effects = Vec::new();
        let account = accounts.by_id(&record.stored.row.account_id);
        let record_dispatch = record.stored.dispatch;
        // An end was wished for while the call had no name: it may have one now.
        effects.extend(self.end_if_named(id, accounts, now));
        let Some(record) = self.calls.get_mut(id) else {
            return effects;
        };
        let view = present::view(record, account, now);
        // A step that reads the same to the agent is not put before them again.
        let notification = present::notification(&before, record, &view);
        if let Some(notification) = notification.filter(|notification| !record.has_notified(notification)) {
            record.notified = Some(notification.clone());
            effects.push(Effect::Emit(Event::Notification {
                notification: Box::new(notification),
            }));
        }
        effects.push(Effect::Emit(Event::Call {
            call: Box::new(view.clone()),
        }));
        let reached = moments::new_ones(record, now);
        if !reached.is_empty() {
            effects.push(Effect::Pop {
                call: Box::new(view.clone()),
                reached,
            });
        }
        if matches!(
            record_dispatch,
            Some(Dispatch::Accepted | Dispatch::Refused | Dispatch::Unknown | Dispatch::Cancelled)
        ) {
            let waiting = self.waiting_for_dispatch.remove(id).unwrap_or_default();
            let result = match record.not_begun.clone() {
                Some(error) => Err(error),
                None => placed(&view),
            };
            effects.extend(waiting.into_iter().map(|answer| Effect::Answer(answer, result.clone())));
        }
        if view.phase == Phase::Ended {
            let waiting = self.waiting_for_end.remove(id).unwrap_or_default();
            effects.extend(
                waiting
                    .into_iter()
                    .map(|answer| Effect::Answer(answer, Ok(Reply::Call(Box::new(view.clone()))))),
            );
        }
        effects
    }

    /// Changes rows of a call that carry no reading (note, disposition, mark) and answers when they are durable.
    pub(crate) fn annotate(
        &mut self,
        id: &str,
        entry: Entry,
        accounts: &AccountsDesk,
        answer: Answer,
        now: Timestamp,
        change: impl FnOnce(&mut CallRecord),
    ) -> Vec<Effect> {
        let Some(record) = self.calls.get_mut(id) else {
            return vec![Effect::Answer(answer, Err(no_such_call(id)))];
        };
        change(record);
        let view = present::view(record, accounts.by_id(&record.stored.row.account_id), now);
        let reply: ApiResult = Ok(Reply::Call(Box::new(view.clone())));
        vec![
            Effect::Commit {
                entries: vec![entry],
                then: Committed::Rows {
                    answer: Some((answer, Box::new(reply))),
                },
            },
            Effect::Emit(Event::Call { call: Box::new(view) }),
        ]
    }

    /// When the newest event of an account came in that its provider told by itself, among calls at the desk.
    pub(crate) fn last_event(&self, account_id: &str) -> Option<Timestamp> {
        let own = self
            .calls
            .iter()
            .filter(|record| record.stored.row.account_id == account_id);
        let facts = own.flat_map(|record| record.facts.iter());
        facts
            .filter(|fact| matches!(fact.source, FactSource::Webhook | FactSource::Websocket))
            .map(|fact| fact.received_at)
            .max()
    }

    /// Calls at the desk whose contact is one of those.
    pub(crate) fn with_contact(&self, is_one: impl Fn(&Option<String>) -> bool) -> Vec<String> {
        let records = self.calls.iter().filter(|record| is_one(&record.stored.row.contact));
        records.map(|record| record.stored.row.id.clone()).collect()
    }

    /// The database has a call with somebody else by now: contacts became one, or are several again.
    pub(crate) fn moved(
        &mut self,
        id: &str,
        contact: Option<String>,
        shown: Option<ContactRef>,
        accounts: &AccountsDesk,
        now: Timestamp,
    ) -> Option<Effect> {
        let record = self.calls.get_mut(id)?;
        record.stored.row.contact = contact;
        record.contact = shown;
        let account = accounts.by_id(&record.stored.row.account_id);
        let call = Box::new(present::view(record, account, now));
        Some(Effect::Emit(Event::Call { call }))
    }

    /// Views of the calls that a card shows.
    pub(crate) fn views(&self, accounts: &AccountsDesk, now: Timestamp) -> Vec<CallView> {
        self.shown()
            .map(|record| present::view(record, accounts.by_id(&record.stored.row.account_id), now))
            .collect()
    }

    /// Lets go of calls that ended long ago; the database has them.
    pub(crate) fn forget_old(&mut self, now: Timestamp) {
        let old = self.calls.iter().filter(|record| {
            record.reading.phase == Phase::Ended
                && record.on_their_way.is_empty()
                && now.duration_since(record.state_since) >= KEPT_AFTER_END
        });
        let old: Vec<String> = old.map(|record| record.id().to_owned()).collect();
        for id in old {
            self.calls.remove(&id);
        }
    }
}

/// The commit of a new dispatch, and of the facts that came with it.
fn dispatch_effect(
    call: &str,
    dispatch: Dispatch,
    reason: Option<&str>,
    message: Option<String>,
    facts: Vec<Fact>,
    now: Timestamp,
) -> Effect {
    let mut entries = vec![Entry::Dispatch {
        call: call.to_owned(),
        dispatch,
        at: now,
        reason: reason.map(str::to_owned),
        message: message.clone(),
    }];
    entries.extend(facts.iter().map(|fact| Entry::Fact {
        call: call.to_owned(),
        fact: Box::new(fact.clone()),
    }));
    let open = !matches!(dispatch, Dispatch::Refused | Dispatch::Cancelled);
    entries.push(Entry::Projection {
        call: call.to_owned(),
        open,
    });
    Effect::Commit {
        entries,
        then: Committed::Dispatch {
            call: call.to_owned(),
            dispatch,
            reason: reason.map(str::to_owned),
            message,
            facts,
        },
    }
}

/// The provider's sentence and its complaints by field, for small print.
fn refusal_text(error: &providers::ProviderError) -> Option<String> {
    let mut parts: Vec<String> = error.message.iter().cloned().collect();
    parts.extend(
        error
            .fields
            .iter()
            .map(|(field, why)| crate::words::complaint(field, why)),
    );
    if let Some(source) = &error.source {
        parts.push(source.to_string());
    }
    if let Some(status) = error.status {
        parts.push(format!("HTTP {status}"));
    }
    (!parts.is_empty()).then(|| parts.join(" · "))
}

fn placed(view: &CallView) -> ApiResult {
    Ok(Reply::Place(PlaceReply::Placed {
        call: Box::new(view.clone()),
    }))
}

pub(crate) fn no_such_call(id: &str) -> ApiError {
    ApiError::new(ErrorClass::NothingMatches, "call_unknown").with("call", id)
}
