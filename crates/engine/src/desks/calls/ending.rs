//! Ending: idempotent by meaning, so it may be asked again; never for a call that is over.

use jiff::{SignedDuration, Timestamp};
use providers::{CallToEnd, EndAnswer, ErrorKind, Retry};
use store::Entry;
use telephony::{Dispatch, Fact, FactKind, FactSource, Phase};

use super::{CallRecord, CallsDesk, EndWish, dispatch_effect, no_such_call, present};
use crate::api::{ApiError, ErrorClass, Reply};
use crate::desks::accounts::{Account, AccountsDesk};
use crate::effect::{Answer, Committed, Effect};
use crate::view::{EndState, Event};

/// How long an end waits for the provider to name the call.
const QUEUED_FOR: SignedDuration = SignedDuration::from_secs(90);

/// Requests to end one call, the first included.
const ATTEMPTS: u32 = 3;

impl CallsDesk {
    /// Ends a call, or the one active call.
    pub(crate) fn end(
        &mut self,
        call: Option<&str>,
        accounts: &AccountsDesk,
        answer: Answer,
        now: Timestamp,
    ) -> Vec<Effect> {
        let id = match call {
            Some(id) => id.to_owned(),
            None => {
                let active: Vec<&str> = self.active(now).map(CallRecord::id).collect();
                match active.as_slice() {
                    [id] => (*id).to_owned(),
                    [] => return refuse(answer, ErrorClass::NothingMatches, "no_active_call"),
                    _ => return refuse(answer, ErrorClass::Usage, "several_active_calls"),
                }
            }
        };
        let Some(record) = self.calls.get_mut(&id) else {
            return vec![Effect::Answer(answer, Err(no_such_call(&id)))];
        };
        let account = accounts.by_id(&record.stored.row.account_id);
        if record.reading.phase == Phase::Ended {
            let view = present::view(record, account, now);
            return vec![Effect::Answer(answer, Ok(Reply::Call(Box::new(view))))];
        }
        if record.stored.dispatch == Some(Dispatch::Intent) {
            self.waiting_for_end.entry(id.clone()).or_default().push(answer);
            return vec![dispatch_effect(
                &id,
                Dispatch::Cancelled,
                Some("cancelled_by_agent"),
                None,
                Vec::new(),
                now,
            )];
        }
        let Some(provider) = account.and_then(|account| account.provider.as_ref().ok()) else {
            return refuse(answer, ErrorClass::Failed, "account_unusable");
        };
        if !provider.capabilities().end_call.is_available() {
            return refuse(answer, ErrorClass::Refused, "end_not_possible");
        }
        if !provider.capabilities().end_names_call && !self.is_last_to_pair(&id) {
            return refuse(answer, ErrorClass::Refused, "end_names_another_call");
        }
        if let Some(record) = self.calls.get_mut(&id) {
            record.watch.here = true;
            let busy = record
                .end
                .as_ref()
                .is_some_and(|end| matches!(end.state, EndState::Queued | EndState::Sent));
            if !busy {
                record.end = Some(EndWish {
                    state: EndState::Queued,
                    since: now,
                    attempts: 0,
                    next_attempt: None,
                    reason: None,
                });
            }
        }
        self.waiting_for_end.entry(id.clone()).or_default().push(answer);
        let mut effects = self.end_if_named(&id, accounts, now);
        if effects.is_empty() {
            effects.extend(self.end_changed(&id, accounts, now));
            if !self.one_shot {
                effects.extend(self.answer_end(&id, accounts, now));
            }
        }
        effects
    }

    /// Sends the end that waits, if the call can be named now.
    pub(super) fn end_if_named(&mut self, id: &str, accounts: &AccountsDesk, now: Timestamp) -> Vec<Effect> {
        let Some(record) = self.calls.get_mut(id) else {
            return Vec::new();
        };
        let account = accounts.by_id(&record.stored.row.account_id);
        let Some(account) = account else { return Vec::new() };
        let Ok(provider) = &account.provider else {
            return Vec::new();
        };
        let ids = &record.reading.provider_ids;
        let end = CallToEnd {
            provider_call_id: ids.call_id.clone(),
            provider_request_id: ids.request_id.clone(),
            leg_ids: ids.leg_ids.clone(),
            our_id: (!record.stored.row.our_id.is_empty()).then(|| record.stored.row.our_id.clone()),
            customer: record.stored.row.customer.clone(),
        };
        let named = provider.can_name(&end);
        let Some(wish) = &mut record.end else { return Vec::new() };
        let due = wish.state == EndState::Queued && wish.next_attempt.is_none_or(|at| at <= now);
        if !due || !named || record.reading.phase == Phase::Ended {
            return Vec::new();
        }
        wish.state = EndState::Sent;
        wish.attempts += 1;
        wish.next_attempt = None;
        let (account_id, provider) = (account.config.id.clone(), provider.clone());
        let mut effects = self.end_changed(id, accounts, now);
        effects.push(Effect::EndCall {
            call: id.to_owned(),
            account: account_id,
            provider,
            end,
        });
        effects
    }

    /// The provider's answer to an end.
    pub(crate) fn ended(
        &mut self,
        id: &str,
        answer: EndAnswer,
        accounts: &AccountsDesk,
        now: Timestamp,
    ) -> Vec<Effect> {
        let Some(record) = self.calls.get_mut(id) else {
            return Vec::new();
        };
        let Some(wish) = &mut record.end else { return Vec::new() };
        match answer {
            EndAnswer::Accepted => wish.state = EndState::Accepted,
            // Not there any more: the end itself is told by an event or by the list.
            EndAnswer::AlreadyOver => wish.state = EndState::Accepted,
            EndAnswer::Failed(error) => {
                // Not there yet, or not any more: an end waits for its call as long as for a name.
                let is_awaited = error.kind == ErrorKind::CallNotFound && matches!(error.retry, Retry::Later { .. });
                let again = is_awaited
                    || (matches!(error.retry, Retry::Later { .. } | Retry::MayHaveHappened)
                        && wish.attempts < ATTEMPTS);
                wish.reason = Some(error.kind.code().to_owned());
                if again {
                    wish.state = EndState::Queued;
                    let wait = SignedDuration::from_secs(1_i64 << wish.attempts.min(4));
                    wish.next_attempt = now.saturating_add(wait).ok();
                } else {
                    wish.state = EndState::Failed;
                }
            }
        }
        let settled = wish.state != EndState::Queued;
        // The next look at the list should come soon: it is what tells of the end where no event does.
        self.polls
            .entry(record.stored.row.account_id.clone())
            .or_default()
            .hurry(now);
        record.reread(now);
        let mut effects = self.end_changed(id, accounts, now);
        if settled {
            effects.extend(self.answer_end(id, accounts, now));
        }
        effects
    }

    /// Ends that have waited long enough, or too long.
    pub(super) fn ends_due(&mut self, accounts: &AccountsDesk, now: Timestamp) -> Vec<Effect> {
        let queued: Vec<String> = self
            .calls
            .astir()
            .filter(|record| record.end.as_ref().is_some_and(|end| end.state == EndState::Queued))
            .map(|record| record.id().to_owned())
            .collect();
        let mut effects = Vec::new();
        for id in queued {
            if !self.can_still_end(&id, accounts) {
                effects.extend(self.give_up_end(&id, "end_not_possible", accounts, now));
                continue;
            }
            effects.extend(self.end_if_named(&id, accounts, now));
            let Some(record) = self.calls.get_mut(&id) else {
                continue;
            };
            let Some(wish) = &mut record.end else { continue };
            let over = record.reading.phase == Phase::Ended;
            if wish.state == EndState::Queued && (over || now.duration_since(wish.since) > QUEUED_FOR) {
                wish.state = if over { EndState::Accepted } else { EndState::Expired };
                effects.extend(self.end_changed(&id, accounts, now));
                effects.extend(self.answer_end(&id, accounts, now));
            }
        }
        effects
    }

    /// The agent says that a call is over; a provider's fact still outweighs it.
    pub(crate) fn mark_ended(
        &mut self,
        id: &str,
        accounts: &AccountsDesk,
        answer: Answer,
        now: Timestamp,
    ) -> Vec<Effect> {
        let Some(record) = self.calls.get(id) else {
            return vec![Effect::Answer(answer, Err(no_such_call(id)))];
        };
        if record.reading.phase == Phase::Ended {
            let view = present::view(record, accounts.by_id(&record.stored.row.account_id), now);
            return vec![Effect::Answer(answer, Ok(Reply::Call(Box::new(view))))];
        }
        let mut fact = Fact::new(FactKind::MarkedEnded, FactSource::Agent, record.stamp(now));
        fact.our_id = Some(record.stored.row.our_id.clone()).filter(|id| !id.is_empty());
        fact.provider_call_id = record.reading.provider_ids.call_id.clone();
        self.waiting_for_end.entry(id.to_owned()).or_default().push(answer);
        self.facts_of(id, vec![fact])
    }

    /// Whether the account can end calls, for all that was learned since the end was wished for.
    fn can_still_end(&self, id: &str, accounts: &AccountsDesk) -> bool {
        let record = self.calls.get(id);
        let account = record.and_then(|record| accounts.by_id(&record.stored.row.account_id));
        account.is_none_or(Account::can_end)
    }

    /// Two live calls fit a call whose end waits: nothing is ended on a guess.
    pub(super) fn end_is_ambiguous(&mut self, id: &str, accounts: &AccountsDesk, now: Timestamp) -> Vec<Effect> {
        self.give_up_end(id, "two_live_calls", accounts, now)
    }

    /// An end that waits is not to be had: whoever waits is told why.
    fn give_up_end(&mut self, id: &str, reason: &str, accounts: &AccountsDesk, now: Timestamp) -> Vec<Effect> {
        let Some(record) = self.calls.get_mut(id) else {
            return Vec::new();
        };
        let Some(wish) = &mut record.end else {
            return Vec::new();
        };
        if wish.state != EndState::Queued {
            return Vec::new();
        }
        wish.state = EndState::Failed;
        wish.reason = Some(reason.to_owned());
        let mut effects = self.end_changed(id, accounts, now);
        effects.extend(self.answer_end(id, accounts, now));
        effects
    }

    /// Writes down and shows how far the wish has got.
    fn end_changed(&self, id: &str, accounts: &AccountsDesk, now: Timestamp) -> Vec<Effect> {
        let Some(record) = self.calls.get(id) else {
            return Vec::new();
        };
        let Some(wish) = &record.end else { return Vec::new() };
        let state = present::snake(&wish.state);
        let view = present::view(record, accounts.by_id(&record.stored.row.account_id), now);
        vec![
            Effect::Commit {
                entries: vec![Entry::End {
                    call: id.to_owned(),
                    state,
                    at: wish.since,
                }],
                then: Committed::Rows { answer: None },
            },
            Effect::Emit(Event::Call { call: Box::new(view) }),
        ]
    }

    fn answer_end(&mut self, id: &str, accounts: &AccountsDesk, now: Timestamp) -> Vec<Effect> {
        let waiting = self.waiting_for_end.remove(id).unwrap_or_default();
        let Some(record) = self.calls.get(id) else {
            return Vec::new();
        };
        let view = present::view(record, accounts.by_id(&record.stored.row.account_id), now);
        let failed = record.end.as_ref().and_then(|end| match end.state {
            EndState::Failed => {
                let code = end.reason.clone().unwrap_or_else(|| "end_failed".to_owned());
                let error = match code.as_str() {
                    "two_live_calls" | "end_not_possible" => ApiError::new(ErrorClass::Refused, &code),
                    _ => ApiError::new(ErrorClass::Refused, "end_failed"),
                };
                Some(error.with("reason", code).with("provider", &record.stored.row.account))
            }
            EndState::Expired => Some(ApiError::new(ErrorClass::OutcomeUnknown, "end_expired")),
            EndState::None | EndState::Queued | EndState::Sent | EndState::Accepted => None,
        });
        waiting
            .into_iter()
            .map(|answer| {
                let result = match &failed {
                    Some(error) => Err(error.clone()),
                    None => Ok(Reply::Call(Box::new(view.clone()))),
                };
                Effect::Answer(answer, result)
            })
            .collect()
    }

    /// Where an end names numbers, it may only be sent while this call is the last one placed to that pair.
    fn is_last_to_pair(&self, id: &str) -> bool {
        let Some(record) = self.calls.get(id) else { return false };
        let row = &record.stored.row;
        !self.calls.own().any(|other| {
            other.stored.row.account_id == row.account_id
                && other.stored.row.customer == row.customer
                && other.stored.row.requested_at > row.requested_at
                && matches!(
                    other.stored.dispatch,
                    Some(Dispatch::Sent | Dispatch::Accepted | Dispatch::Unknown)
                )
        })
    }
}

fn refuse(answer: Answer, class: ErrorClass, code: &str) -> Vec<Effect> {
    vec![Effect::Answer(answer, Err(ApiError::new(class, code)))]
}
