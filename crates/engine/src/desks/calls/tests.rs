//! What the desk of calls promises, without a runtime or a clock.

mod book;
mod live;
mod moments;
mod records;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use providers::{CallAnswer, Credentials, ErrorKind, LiveCall, Operation, ProviderError, ProviderKind};
use store::{Store, StoreError};
use telephony::{
    CallOutcome, Direction, Dispatch, Fact, FactKind, FactSource, LegNaming, LegState, Phase, PhoneNumber, Target,
};
use tokio::sync::oneshot;

use super::{CallsDesk, PlaceInput};
use crate::api::{ApiResult, PlaceReply, PlaceRequest, Reply};
use crate::config::Config;
use crate::desks::accounts::AccountsDesk;
use crate::effect::{Committed, Effect};
use crate::handle::Asker;
use crate::view::{EndState, SecretPlace};

/// A desk with one account, and effects that are done by hand.
struct Bench {
    desk: CallsDesk,
    accounts: AccountsDesk,
    now: Timestamp,
    asker: Asker,
    _home: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let config = Config::load(&home.path().join("config.toml")).unwrap();
        let mut accounts = AccountsDesk::new(config, Store::in_memory().unwrap());
        let set = BTreeMap::from([("agent_number".to_owned(), "+442079460901".to_owned())]);
        accounts.add("ace", ProviderKind::AcefoneUk, &set).unwrap();
        let now = "2026-03-04T10:00:00Z".parse().unwrap();
        Self {
            desk: CallsDesk::new(false),
            accounts,
            now,
            asker: Asker::Native,
            _home: home,
        }
    }

    fn later(&mut self, seconds: i64) {
        self.now = self.now.saturating_add(SignedDuration::from_secs(seconds)).unwrap();
    }

    fn place(&mut self, request: PlaceRequest) -> (Vec<Effect>, oneshot::Receiver<ApiResult>) {
        let (answer, answered) = oneshot::channel();
        let account = self.accounts.get("ace").unwrap();
        let number = PhoneNumber::from_e164("+442079460001").unwrap();
        let input = PlaceInput {
            typed: request.target.clone(),
            request,
            account,
            accounts: &self.accounts,
            target: Ok(Target::Number(number)),
            caller_id: None,
            person: None,
            earlier: None,
            callback: None,
            side: None,
            guard: Box::new(|_, _| Vec::new()),
            credentials: Some(Credentials::new(BTreeMap::from([(
                "api_token".to_owned(),
                "t".to_owned().into(),
            )]))),
            asker: self.asker,
        };
        (self.desk.place(input, answer, self.now), answered)
    }

    /// Commits what is to be committed and gives back what follows, until nothing but the world is left to do.
    #[expect(clippy::wildcard_enum_match_arm, reason = "all but two effects are the world's")]
    fn commit(&mut self, effects: Vec<Effect>) -> Vec<Effect> {
        let mut rest = Vec::new();
        for effect in effects {
            match effect {
                Effect::Commit { then, .. } => {
                    let placed = match &then {
                        Committed::Call { call } | Committed::Dispatch { call, .. } => Some(call.clone()),
                        Committed::Facts { .. } | Committed::Rows { .. } | Committed::Callback(_) => None,
                    };
                    let mut more = self.desk.committed(then, &self.accounts, self.now);
                    more.extend(
                        placed
                            .map(|call| self.desk.after_commit(&call, self.now))
                            .unwrap_or_default(),
                    );
                    rest.extend(self.commit(more));
                }
                Effect::Answer(answer, result) => drop(answer.send(result)),
                other => rest.push(other),
            }
        }
        rest
    }

    /// Places a call and lets the provider answer.
    fn placed(&mut self, answer: CallAnswer) -> String {
        let (effects, _) = self.place(PlaceRequest {
            target: "+442079460001".into(),
            ..PlaceRequest::default()
        });
        let effects = self.commit(effects);
        let id = dials(&effects).first().expect("the dial leaves").clone();
        let effects = self.desk.dialled(&id, answer, self.now);
        self.commit(effects);
        id
    }

    fn fact(&mut self, fact: Fact) -> Vec<Effect> {
        let account = self.accounts.get("ace").unwrap();
        let effects = self.desk.facts(account, vec![fact], None, self.now);
        self.commit(effects)
    }

    fn polled(&mut self, live: Vec<LiveCall>) -> Vec<Effect> {
        let account = self.accounts.get("ace").unwrap();
        let effects = self.desk.polled(account, Ok(live), &self.accounts, self.now);
        self.commit(effects)
    }

    fn phase(&self, id: &str) -> Phase {
        self.desk.get(id).unwrap().reading.phase
    }
}

fn dials(effects: &[Effect]) -> Vec<String> {
    let mut calls = Vec::new();
    for effect in effects {
        if let Effect::Dial { call, .. } = effect {
            calls.push(call.clone());
        }
    }
    calls
}

fn accepted() -> CallAnswer {
    CallAnswer::Accepted {
        provider_call_id: None,
        provider_request_id: Some("ref-1".into()),
        provider_leg_ids: Vec::new(),
        first_leg_answered: false,
    }
}

fn lost() -> CallAnswer {
    let error = ProviderError::new(ErrorKind::Unreachable, Operation::PlaceCall, ProviderKind::AcefoneUk);
    CallAnswer::Unknown(error)
}

fn live(call_id: &str) -> LiveCall {
    LiveCall {
        provider_call_id: call_id.into(),
        our_id: None,
        provider_request_id: None,
        direction: None,
        agents: vec!["+442079460901".into()],
        customer: PhoneNumber::from_e164("+442079460001").ok(),
        caller_id: None,
        agent_leg: Some(LegState::Answered),
        customer_leg: None,
        leg_naming: LegNaming::Position,
        leg_ids: Vec::new(),
        started_at: None,
        state: "Answered".into(),
    }
}

#[test]
fn nothing_leaves_before_the_commit_of_sent() {
    let mut bench = Bench::new();
    let (effects, _) = bench.place(PlaceRequest {
        target: "x".into(),
        ..PlaceRequest::default()
    });
    assert!(dials(&effects).is_empty());
    assert!(matches!(effects.as_slice(), [Effect::Commit { .. }]));
    let effects = bench.commit(effects);
    assert_eq!(dials(&effects).len(), 1);
}

#[test]
fn a_dial_that_would_leave_long_after_its_gesture_never_leaves() {
    // The machine slept while `sent` was written down, or its clock went back and nobody can tell.
    for (seconds, leaves) in [(10, true), (11, false), (7_200, false), (-5, true), (-3_600, false)] {
        let mut bench = Bench::new();
        let (effects, _) = bench.place(PlaceRequest {
            target: "x".into(),
            ..PlaceRequest::default()
        });
        bench.later(seconds);
        let effects = bench.commit(effects);
        assert_eq!(dials(&effects).len(), usize::from(leaves), "{seconds}");
        let record = bench.desk.calls.iter().next().unwrap();
        let outcome = record.reading.outcome;
        assert_eq!(outcome, (!leaves).then_some(CallOutcome::NotSent), "{seconds}");
    }
}

#[test]
fn the_same_gesture_twice_is_one_dial_and_both_hear_of_it() {
    let mut bench = Bench::new();
    let request = PlaceRequest {
        intent: Some("018f0000-0000-7000-8000-000000000001".into()),
        target: "x".into(),
        ..PlaceRequest::default()
    };
    let (first, mut heard_first) = bench.place(request.clone());
    let (second, mut heard_second) = bench.place(request);
    assert!(second.is_empty());
    let effects = bench.commit(first);
    let calls = dials(&effects);
    assert_eq!(calls.len(), 1);
    let effects = bench.desk.dialled(&calls[0], accepted(), bench.now);
    bench.commit(effects);
    for heard in [&mut heard_first, &mut heard_second] {
        let Ok(Ok(Reply::Place(PlaceReply::Placed { call }))) = heard.try_recv() else {
            panic!("not placed")
        };
        assert_eq!(call.id, calls[0]);
        assert_eq!(call.dispatch, Some(Dispatch::Accepted));
    }
}

#[test]
fn a_commit_that_fails_sends_nothing_and_leaves_nothing() {
    let mut bench = Bench::new();
    let (effects, mut heard) = bench.place(PlaceRequest {
        target: "x".into(),
        ..PlaceRequest::default()
    });
    let Some(Effect::Commit { then, .. }) = effects.into_iter().next() else {
        panic!("no commit")
    };
    let effects = bench.desk.commit_failed(then, &full(), bench.now);
    assert!(dials(&bench.commit(effects)).is_empty());
    assert_eq!(heard.try_recv().unwrap().unwrap_err().code, "journal_failed");
    assert_eq!(bench.desk.active(bench.now).count(), 0);
}

#[test]
fn a_lost_answer_reads_unconfirmed_and_holds_back_the_same_number_for_a_minute() {
    let mut bench = Bench::new();
    let id = bench.placed(lost());
    assert_eq!(bench.phase(&id), Phase::Unconfirmed);
    let again = PlaceRequest {
        target: "x".into(),
        ..PlaceRequest::default()
    };
    let (effects, mut heard) = bench.place(again.clone());
    bench.commit(effects);
    assert!(matches!(
        heard.try_recv(),
        Ok(Ok(Reply::Place(PlaceReply::HeldBack { .. })))
    ));
    let (effects, _) = bench.place(PlaceRequest {
        despite_unknown: true,
        ..again.clone()
    });
    assert_eq!(dials(&bench.commit(effects)).len(), 1);
}

#[test]
fn after_a_minute_an_unknown_outcome_holds_back_nothing() {
    let mut bench = Bench::new();
    bench.placed(lost());
    bench.later(61);
    let (effects, _) = bench.place(PlaceRequest {
        target: "x".into(),
        ..PlaceRequest::default()
    });
    assert_eq!(dials(&bench.commit(effects)).len(), 1);
}

#[test]
fn a_lost_answer_is_resolved_by_an_event_that_echoes_our_identifier() {
    let mut bench = Bench::new();
    let id = bench.placed(lost());
    let mut fact = Fact::new(FactKind::AgentLegAnswered, FactSource::Webhook, bench.now);
    fact.our_id = Some(id.clone());
    bench.fact(fact);
    assert_eq!(bench.phase(&id), Phase::RingingCustomer);
}

#[test]
fn an_end_waits_for_the_call_to_be_named_and_then_leaves_once() {
    let mut bench = Bench::new();
    let id = bench.placed(accepted());
    let (answer, _heard) = oneshot::channel();
    let effects = bench.desk.end(None, &bench.accounts, answer, bench.now);
    let ends = |effects: &[Effect]| {
        effects
            .iter()
            .filter(|effect| matches!(effect, Effect::EndCall { .. }))
            .count()
    };
    assert_eq!(ends(&bench.commit(effects)), 0);
    assert_eq!(
        bench.desk.get(&id).unwrap().end.as_ref().unwrap().state,
        EndState::Queued
    );
    assert_eq!(ends(&bench.polled(vec![live("1715252026.405915")])), 1);
    assert_eq!(ends(&bench.polled(vec![live("1715252026.405915")])), 0);
}

#[test]
fn nothing_is_ended_on_a_guess_between_two_live_calls() {
    let mut bench = Bench::new();
    let id = bench.placed(accepted());
    let (answer, mut heard) = oneshot::channel();
    let effects = bench.desk.end(None, &bench.accounts, answer, bench.now);
    bench.commit(effects);
    let effects = bench.polled(vec![live("a.1"), live("b.2")]);
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::EndCall { .. })));
    assert_eq!(
        bench.desk.get(&id).unwrap().end.as_ref().unwrap().state,
        EndState::Failed
    );
    // The first answer said that the end was queued.
    assert!(heard.try_recv().unwrap().is_ok());
}

#[test]
fn a_call_that_is_absent_from_two_lists_in_a_row_reads_ended_but_not_why() {
    let mut bench = Bench::new();
    let id = bench.placed(accepted());
    bench.polled(vec![live("a.1")]);
    bench.polled(Vec::new());
    assert_eq!(bench.phase(&id), Phase::RingingCustomer);
    bench.polled(Vec::new());
    assert_eq!(bench.phase(&id), Phase::Ended);
    assert_eq!(bench.desk.get(&id).unwrap().reading.outcome, Some(CallOutcome::Unknown));
}

#[test]
fn silence_on_the_agent_leg_asks_the_provider_and_then_reads_unconfirmed() {
    let mut bench = Bench::new();
    let id = bench.placed(accepted());
    bench.later(46);
    let effects = bench.desk.tick(&bench.accounts, bench.now);
    let effects = bench.commit(effects);
    bench.later(1);
    let mut asked = effects;
    let more = bench.desk.tick(&bench.accounts, bench.now);
    asked.extend(bench.commit(more));
    assert!(asked.iter().any(|effect| matches!(effect, Effect::Poll { .. })));
    bench.later(9);
    let effects = bench.desk.tick(&bench.accounts, bench.now);
    bench.commit(effects);
    assert_eq!(bench.phase(&id), Phase::Unconfirmed);
}

#[test]
fn a_call_found_sent_after_a_crash_is_unknown_and_never_sent_again() {
    let mut bench = Bench::new();
    let (effects, _) = bench.place(PlaceRequest {
        target: "x".into(),
        ..PlaceRequest::default()
    });
    let calls = dials(&bench.commit(effects));
    let stored = bench.desk.get(&calls[0]).unwrap().stored.clone();
    let mut after = Bench::new();
    let record = super::CallRecord::from_stored(stored, after.now);
    let effects = after.desk.take_up(record, &after.accounts, after.now);
    assert!(dials(&after.commit(effects)).is_empty());
    assert_eq!(
        after.desk.get(&calls[0]).unwrap().stored.dispatch,
        Some(Dispatch::Unknown)
    );
}

#[test]
fn a_colleagues_call_is_not_ours_to_keep() {
    let mut bench = Bench::new();
    let mut fact = Fact::new(FactKind::AgentLegAnswered, FactSource::Webhook, bench.now);
    fact.agent = Some("+442079460777".into());
    fact.customer = PhoneNumber::from_e164("+442079460555").ok();
    fact.provider_call_id = Some("c.9".into());
    bench.fact(fact);
    assert_eq!(bench.desk.shown().count(), 0);
}

#[test]
fn two_events_of_one_inbound_call_before_the_first_commit_are_one_call() {
    let mut bench = Bench::new();
    let event = |kind: FactKind, now: Timestamp| {
        let mut fact = Fact::new(kind, FactSource::Webhook, now);
        fact.direction = Some(Direction::Inbound);
        fact.customer = PhoneNumber::from_e164("+442079460555").ok();
        fact.provider_call_id = Some("in.1".into());
        fact
    };
    let account = bench.accounts.get("ace").unwrap();
    let first = bench
        .desk
        .facts(account, vec![event(FactKind::CallReceived, bench.now)], None, bench.now);
    let second = bench.desk.facts(
        account,
        vec![event(FactKind::AgentLegRinging, bench.now)],
        None,
        bench.now,
    );
    bench.commit(first);
    bench.commit(second);
    assert_eq!(bench.desk.shown().count(), 1);
}

#[test]
fn an_event_that_was_not_stored_is_news_again() {
    let mut bench = Bench::new();
    let mut fact = Fact::new(FactKind::CallReceived, FactSource::Webhook, bench.now);
    fact.direction = Some(Direction::Inbound);
    fact.provider_call_id = Some("in.2".into());
    let account = bench.accounts.get("ace").unwrap();
    let effects = bench.desk.facts(account, vec![fact.clone()], None, bench.now);
    let Some(Effect::Commit { then, .. }) = effects.into_iter().next() else {
        panic!("no commit")
    };
    bench.desk.commit_failed(then, &full(), bench.now);
    assert_eq!(bench.desk.shown().count(), 0);
    bench.fact(fact);
    assert_eq!(bench.desk.shown().count(), 1);
}

#[test]
fn a_leg_id_that_two_calls_share_does_not_make_them_one() {
    let mut bench = Bench::new();
    for call in ["in.3", "in.4"] {
        let mut fact = Fact::new(FactKind::CallReceived, FactSource::Webhook, bench.now);
        fact.direction = Some(Direction::Inbound);
        fact.provider_call_id = Some(call.into());
        fact.provider_leg_id = Some("6a5264b8dc05b".into());
        bench.fact(fact);
    }
    assert_eq!(bench.desk.shown().count(), 2);
}

#[test]
fn an_end_that_turns_out_to_be_impossible_waits_no_longer() {
    let mut bench = Bench::new();
    let id = bench.placed(CallAnswer::Accepted {
        provider_call_id: None,
        provider_request_id: None,
        provider_leg_ids: Vec::new(),
        first_leg_answered: false,
    });
    let (answer, _) = oneshot::channel();
    let effects = bench.desk.end(Some(&id), &bench.accounts, answer, bench.now);
    bench.commit(effects);
    assert_eq!(end_of(&bench, &id), Some(EndState::Queued));
    // A support key alone cannot end calls, and only now is it known that there is no token beside it.
    let mode = BTreeMap::from([("mode".to_owned(), "click_to_call_support".to_owned())]);
    bench.accounts.update("ace", &mode).unwrap();
    let account = bench.accounts.get("ace").unwrap().config.id.clone();
    let missing = BTreeMap::from([("api_token".to_owned(), SecretPlace::Missing)]);
    bench.accounts.secrets_are(&account, missing);
    let effects = bench.desk.tick(&bench.accounts, bench.now);
    bench.commit(effects);
    assert_eq!(end_of(&bench, &id), Some(EndState::Failed));
}

fn end_of(bench: &Bench, id: &str) -> Option<EndState> {
    bench.desk.get(id)?.end.as_ref().map(|end| end.state)
}

#[test]
fn a_page_that_says_yes_to_everything_places_no_more_than_a_hand_could() {
    let mut bench = Bench::new();
    bench.asker = Asker::Page;
    let wish = || PlaceRequest {
        intent: Some(uuid::Uuid::now_v7().to_string()),
        target: "+442079460001".into(),
        yes: true,
        despite_unknown: true,
        ..PlaceRequest::default()
    };
    let first = wish();
    let mut placed = Vec::new();
    for request in [first.clone(), first.clone(), wish(), wish(), wish()] {
        let (effects, mut heard) = bench.place(request);
        placed.extend(dials(&bench.commit(effects)));
        if placed.len() == 2
            && let Ok(Err(error)) = heard.try_recv()
        {
            assert_eq!(
                (error.code.as_str(), error.params["seconds"].as_str()),
                ("dials_too_fast", "2")
            );
        }
    }
    assert_eq!(
        placed.len(),
        2,
        "the same gesture again is the same call, and not counted twice"
    );

    // The gesture before is still answered with its call, and the tray is not a page.
    let (effects, _) = bench.place(first);
    assert!(dials(&bench.commit(effects)).is_empty());
    bench.asker = Asker::Native;
    let (effects, _) = bench.place(wish());
    assert_eq!(dials(&bench.commit(effects)).len(), 1);
}

#[test]
fn a_list_that_shows_both_legs_answered_shows_a_connected_call() {
    let mut bench = Bench::new();
    let id = bench.placed(accepted());
    let both = |our_id: Option<String>, customer_leg| LiveCall {
        our_id,
        customer_leg: Some(customer_leg),
        leg_naming: LegNaming::Party,
        ..live("63900000000-ab")
    };
    // Taken for this call by its numbers alone: the customer's answer is not believed.
    bench.polled(vec![both(None, LegState::Answered)]);
    assert_eq!(bench.phase(&id), Phase::RingingCustomer);
    let our_id = Some(id.clone());
    for (customer_leg, phase) in [
        (LegState::Ringing, Phase::RingingCustomer),
        (LegState::Answered, Phase::Connected),
    ] {
        bench.polled(vec![both(our_id.clone(), customer_leg)]);
        let reading = &bench.desk.get(&id).unwrap().reading;
        assert_eq!((reading.phase, reading.legs.customer.state), (phase, customer_leg));
    }
}

#[test]
fn an_answer_that_waited_for_the_agent_is_a_fact_of_their_leg() {
    let mut bench = Bench::new();
    let id = bench.placed(CallAnswer::Accepted {
        provider_call_id: Some("1650012345.67890".into()),
        provider_request_id: None,
        provider_leg_ids: Vec::new(),
        first_leg_answered: true,
    });
    let record = bench.desk.get(&id).unwrap();
    assert_eq!(record.reading.phase, Phase::RingingCustomer);
    let told = record.facts.iter().find(|fact| fact.kind == FactKind::AgentLegAnswered);
    assert_eq!(told.unwrap().source, FactSource::Reply);
}

fn full() -> StoreError {
    StoreError::WriterStopped
}

/// What a desk wants to be written down, and did not get.
fn refused(bench: &mut Bench, effects: Vec<Effect>) {
    for effect in effects {
        if let Effect::Commit { then, .. } = effect {
            bench.desk.commit_failed(then, &full(), bench.now);
        }
    }
}

#[test]
fn an_answer_that_could_not_be_written_down_is_written_down_later() {
    let mut bench = Bench::new();
    let (effects, _) = bench.place(PlaceRequest {
        target: "+442079460001".into(),
        ..PlaceRequest::default()
    });
    let effects = bench.commit(effects);
    let id = dials(&effects).remove(0);
    let effects = bench.desk.dialled(&id, accepted(), bench.now);
    refused(&mut bench, effects);
    assert_eq!(bench.desk.get(&id).unwrap().stored.dispatch, Some(Dispatch::Sent));
    // At first it fails again, and later does not.
    for seconds in [1, 10] {
        bench.now += SignedDuration::from_secs(seconds);
        let due = bench.desk.next_tick(&bench.accounts, bench.now);
        assert!(due.is_some_and(|due| due <= bench.now));
        let effects = bench.desk.tick(&bench.accounts, bench.now);
        if seconds == 1 {
            refused(&mut bench, effects);
        } else {
            bench.commit(effects);
        }
    }
    let record = bench.desk.get(&id).unwrap();
    assert_eq!(record.stored.dispatch, Some(Dispatch::Accepted));
    assert_eq!(record.reading.provider_ids.request_id.as_deref(), Some("ref-1"));
}

#[test]
fn a_call_whose_sending_could_not_be_written_down_never_leaves() {
    let mut bench = Bench::new();
    let (effects, _) = bench.place(PlaceRequest {
        target: "+442079460001".into(),
        ..PlaceRequest::default()
    });
    let id = bench.desk.calls.iter().next().unwrap().id().to_owned();
    bench.commit(effects);
    // As after a key that had to be fetched.
    let account = bench.accounts.get("ace").unwrap();
    let record = bench.desk.calls.get_mut(&id).unwrap();
    record.stored.dispatch = Some(Dispatch::Intent);
    let credentials = Credentials::new(BTreeMap::from([("api_token".to_owned(), "t".to_owned().into())]));
    let provider = account.provider.as_ref().ok().cloned();
    let effects = bench.desk.secrets_for_call(&id, provider, Ok(credentials), bench.now);
    refused(&mut bench, effects);
    bench.now += SignedDuration::from_secs(5);
    let effects = bench.desk.tick(&bench.accounts, bench.now);
    let effects = bench.commit(effects);
    assert!(dials(&effects).is_empty());
    let record = bench.desk.get(&id).unwrap();
    assert_eq!(
        (record.stored.dispatch, record.stored.reason.as_deref()),
        (Some(Dispatch::Cancelled), Some("journal_failed"))
    );
}

#[test]
fn what_is_not_understood_is_kept() {
    let mut bench = Bench::new();
    for (kind, agent, kept) in [
        (FactKind::UnknownEvent, Some("+442079460999"), true),
        (FactKind::RecordingAvailable, None, true),
        (FactKind::RecordingAvailable, Some("+442079460999"), false),
    ] {
        let mut fact = Fact::new(kind, FactSource::Webhook, bench.now);
        fact.agent = agent.map(str::to_owned);
        fact.provider_call_id = Some("of-elsewhere".into());
        let account = bench.accounts.get("ace").unwrap();
        let effects = bench.desk.facts(account, vec![fact], None, bench.now);
        let is_kept = effects.iter().any(|effect| {
            matches!(effect, Effect::Commit { entries, .. }
                if matches!(entries.as_slice(), [store::Entry::OpenFact { .. }]))
        });
        assert_eq!(is_kept, kept, "{kind:?} {agent:?}");
    }
}

#[test]
fn a_call_that_is_over_before_its_dial_was_answered_is_still_taken_up() {
    let mut bench = Bench::new();
    let (effects, _) = bench.place(PlaceRequest {
        target: "+442079460001".into(),
        ..PlaceRequest::default()
    });
    let effects = bench.commit(effects);
    let id = dials(&effects).remove(0);
    let mut over = Fact::new(FactKind::CallEnded, FactSource::Webhook, bench.now);
    over.our_id = Some(id.clone());
    let account = bench.accounts.get("ace").unwrap();
    let effects = bench.desk.facts(account, vec![over], None, bench.now);
    let is_open = effects.iter().any(|effect| {
        matches!(effect, Effect::Commit { entries, .. } if entries.iter().any(|entry| {
            matches!(entry, store::Entry::Projection { open: true, .. })
        }))
    });
    assert!(is_open, "after a crash nobody would settle it");
}

#[test]
fn a_call_that_waits_for_its_name_has_the_list_read() {
    let mut bench = Bench::new();
    let id = bench.placed(accepted());
    assert!(bench.desk.look_for_name(&id, &bench.accounts, bench.now));
    let effects = bench.desk.tick(&bench.accounts, bench.now);
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Poll { .. })));
    bench.polled(vec![live("a.1")]);
    assert!(!bench.desk.lacks_name(&id));
    assert!(!bench.desk.look_for_name(&id, &bench.accounts, bench.now));
}

#[test]
fn an_end_waits_for_a_call_that_is_not_in_the_list_yet() {
    let mut bench = Bench::new();
    let id = bench.placed(accepted());
    bench.polled(vec![live("a.1")]);
    let (answer, _) = oneshot::channel();
    bench.desk.end(Some(&id), &bench.accounts, answer, bench.now);
    for _ in 0..5 {
        let error = ProviderError {
            retry: providers::Retry::Later { after: None },
            ..ProviderError::new(ErrorKind::CallNotFound, Operation::EndCall, ProviderKind::Kazoo)
        };
        bench
            .desk
            .ended(&id, providers::EndAnswer::Failed(error), &bench.accounts, bench.now);
        assert_eq!(end_of(&bench, &id), Some(EndState::Queued));
        bench.now += SignedDuration::from_secs(17);
        bench.desk.tick(&bench.accounts, bench.now);
    }
}

#[test]
fn whatever_an_exchange_played_is_over_with_it() {
    let mut bench = Bench::new();
    let id = bench.placed(accepted());
    let account = bench.accounts.get("ace").unwrap().config.id.clone();
    let effects = bench.desk.all_gone(&account, bench.now);
    bench.commit(effects);
    assert_eq!(bench.phase(&id), Phase::Ended);
}

#[test]
fn a_list_is_left_alone_for_as_long_as_its_provider_asks() {
    let mut bench = Bench::new();
    bench.placed(accepted());
    let polls = |effects: &[Effect]| {
        effects
            .iter()
            .filter(|effect| matches!(effect, Effect::Poll { .. }))
            .count()
    };
    bench.now += SignedDuration::from_secs(3);
    assert_eq!(polls(&bench.desk.tick(&bench.accounts, bench.now)), 1);
    let busy = ProviderError {
        retry: providers::Retry::Later {
            after: Some(std::time::Duration::from_secs(30)),
        },
        ..ProviderError::new(ErrorKind::RateLimited, Operation::LiveCalls, ProviderKind::AcefoneUk)
    };
    let account = bench.accounts.get("ace").unwrap();
    bench.desk.polled(account, Err(busy), &bench.accounts, bench.now);
    bench.now += SignedDuration::from_secs(29);
    assert_eq!(polls(&bench.desk.tick(&bench.accounts, bench.now)), 0);
    bench.now += SignedDuration::from_secs(2);
    assert_eq!(polls(&bench.desk.tick(&bench.accounts, bench.now)), 1);
}

#[test]
fn a_clock_that_is_set_back_twice_does_not_keep_silence_from_being_noticed() {
    let mut bench = Bench::new();
    let id = bench.placed(accepted());
    // Set back by an hour, and later by many more: what was noted in between lies ahead.
    bench.now -= SignedDuration::from_hours(1);
    bench.desk.tick(&bench.accounts, bench.now);
    bench.now -= SignedDuration::from_hours(9);
    for _ in 0..120 {
        let effects = bench.desk.tick(&bench.accounts, bench.now);
        bench.commit(effects);
        bench.now += SignedDuration::from_secs(1);
    }
    assert_eq!(bench.phase(&id), Phase::Unconfirmed);
}

#[test]
fn what_was_missed_is_looked_for_at_once_and_again_until_the_list_was_read() {
    let mut bench = Bench::new();
    bench.placed(accepted());
    let looks = |bench: &mut Bench| {
        let effects = bench.desk.tick(&bench.accounts, bench.now);
        effects
            .iter()
            .filter(|effect| matches!(effect, Effect::Poll { .. }))
            .count()
    };
    looks(&mut bench);
    bench.polled(Vec::new());
    looks(&mut bench);
    bench.polled(Vec::new());
    assert_eq!(looks(&mut bench), 0, "the pause is not over");
    let account = bench.accounts.get("ace").unwrap().config.id.clone();
    bench.desk.resync(&account, bench.now);
    assert_eq!(looks(&mut bench), 1);
    let error = ProviderError::new(ErrorKind::Unreachable, Operation::LiveCalls, ProviderKind::AcefoneUk);
    let account = bench.accounts.get("ace").unwrap();
    bench.desk.polled(account, Err(error), &bench.accounts, bench.now);
    bench.later(3);
    assert_eq!(looks(&mut bench), 1, "nothing was read");
}
