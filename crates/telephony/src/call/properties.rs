//! What holds for any facts in any order.

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::{Fact, FactKind, FactSource, LegNaming};

const KINDS: [FactKind; 19] = [
    FactKind::Accepted,
    FactKind::CallReceived,
    FactKind::AgentLegRinging,
    FactKind::AgentLegAnswered,
    FactKind::AgentLegEnded,
    FactKind::CustomerLegRinging,
    FactKind::CustomerLegAnswered,
    FactKind::CustomerLegEnded,
    FactKind::OtherLegRinging,
    FactKind::OtherLegAnswered,
    FactKind::OtherLegEnded,
    FactKind::CallLive,
    FactKind::CallGone,
    FactKind::CallEnded,
    FactKind::Transferred,
    FactKind::RecordingAvailable,
    FactKind::MarkedEnded,
    FactKind::NoNews,
    FactKind::UnknownEvent,
];

const SOURCES: [FactSource; 7] = [
    FactSource::Reply,
    FactSource::Webhook,
    FactSource::Websocket,
    FactSource::Poll,
    FactSource::Records,
    FactSource::Agent,
    FactSource::Timer,
];

const OUTCOMES: [CallOutcome; 16] = [
    CallOutcome::Talked,
    CallOutcome::AgentNoAnswer,
    CallOutcome::AgentBusy,
    CallOutcome::AgentUnavailable,
    CallOutcome::CustomerNoAnswer,
    CallOutcome::CustomerBusy,
    CallOutcome::CustomerRejected,
    CallOutcome::Missed,
    CallOutcome::Abandoned,
    CallOutcome::Voicemail,
    CallOutcome::TimeLimit,
    CallOutcome::Cancelled,
    CallOutcome::Refused,
    CallOutcome::NotSent,
    CallOutcome::Failed,
    CallOutcome::Unknown,
];

const DISPATCHES: [Dispatch; 6] = [
    Dispatch::Intent,
    Dispatch::Sent,
    Dispatch::Accepted,
    Dispatch::Refused,
    Dispatch::Unknown,
    Dispatch::Cancelled,
];

fn time() -> impl Strategy<Value = Timestamp> {
    // Few instants, so that ties are common.
    (0_i64..40).prop_map(|second| Timestamp::from_second(1_800_000_000 + second).unwrap())
}

fn word() -> impl Strategy<Value = Option<String>> {
    prop::option::of(prop::sample::select(vec!["a", "b", "c"]).prop_map(str::to_owned))
}

prop_compose! {
    fn fact()(
        kind in prop::sample::select(&KINDS[..]),
        source in prop::sample::select(&SOURCES[..]),
        received_at in time(),
        occurred_at in prop::option::of(time()),
        by_party in any::<bool>(),
        outcome in prop::option::of(prop::sample::select(&OUTCOMES[..])),
        ended_by in prop::option::of(prop::sample::select(vec![EndedBy::Agent, EndedBy::Customer, EndedBy::Unknown])),
        talk_seconds in prop::option::of(0_u32..200),
        ids in (word(), word(), word()),
        who in (word(), word()),
        has_recording in any::<bool>(),
    ) -> Fact {
        Fact {
            occurred_at,
            leg_naming: if by_party { LegNaming::Party } else { LegNaming::Position },
            outcome,
            ended_by,
            talk_seconds,
            provider_call_id: ids.0,
            provider_request_id: ids.1,
            provider_leg_id: ids.2,
            agent: who.0,
            transferred_to: who.1,
            has_recording,
            ..Fact::new(kind, source, received_at)
        }
    }
}

prop_compose! {
    fn placed()(
        inbound in any::<bool>(),
        customer_first in any::<bool>(),
        dispatch in prop::option::of(prop::sample::select(&DISPATCHES[..])),
        reports_progress in any::<bool>(),
        end_accepted in any::<bool>(),
        call_timeout in prop::option::of(0_u32..200),
    ) -> Placed {
        Placed {
            direction: if inbound { Direction::Inbound } else { Direction::Outbound },
            dial_order: if customer_first { DialOrder::CustomerFirst } else { DialOrder::AgentFirst },
            dispatch,
            requested_at: Timestamp::from_second(1_800_000_000).unwrap(),
            reason: None,
            reports_progress,
            end_accepted,
            call_timeout,
        }
    }
}

/// Facts, and the same facts shuffled with some of them doubled.
fn facts_and_a_redelivery() -> impl Strategy<Value = (Vec<Fact>, Vec<Fact>)> {
    prop::collection::vec(fact(), 0..14).prop_flat_map(|facts| {
        let doubled = prop::sample::subsequence(facts.clone(), 0..=facts.len());
        let redelivered = doubled
            .prop_map({
                let facts = facts.clone();
                move |doubled| facts.iter().cloned().chain(doubled).collect::<Vec<_>>()
            })
            .prop_shuffle();
        (Just(facts), redelivered)
    })
}

fn set(facts: impl IntoIterator<Item = Fact>) -> FactSet {
    facts.into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::default())]

    #[test]
    fn order_and_repetition_change_nothing(placed in placed(), (facts, redelivered) in facts_and_a_redelivery()) {
        prop_assert_eq!(Call::read(&placed, &set(facts)), Call::read(&placed, &set(redelivered)));
    }

    #[test]
    fn a_told_end_absorbs_every_poll_and_timer(
        placed in placed(),
        facts in prop::collection::vec(fact(), 0..10),
        later in prop::collection::vec(fact(), 0..6),
    ) {
        let source = |fact: &Fact| matches!(fact.source, FactSource::Poll | FactSource::Timer | FactSource::Agent);
        let end = Fact {
            outcome: Some(CallOutcome::CustomerBusy),
            leg_naming: LegNaming::Party,
            ..Fact::new(FactKind::CallEnded, FactSource::Webhook, Timestamp::from_second(1_800_000_100).unwrap())
        };
        let ended: Vec<Fact> = facts.into_iter().filter(|fact| fact.kind != FactKind::CallEnded).chain([end]).collect();
        let before = Call::read(&placed, &set(ended.clone()));
        let after = Call::read(&placed, &set(ended.into_iter().chain(later.into_iter().filter(source))));
        prop_assert_eq!(before.phase, Phase::Ended);
        prop_assert_eq!(after.phase, Phase::Ended);
        prop_assert_eq!(before.outcome, after.outcome);
        prop_assert_eq!(after.end_known, Some(Known::Confirmed));
    }

    #[test]
    fn polls_and_timers_never_change_how_a_call_that_counts_no_second_ended(
        placed in placed(),
        facts in prop::collection::vec(fact(), 0..10),
        later in prop::collection::vec(fact(), 0..6),
    ) {
        let source = |fact: &Fact| matches!(fact.source, FactSource::Poll | FactSource::Timer);
        let end = Fact {
            outcome: Some(CallOutcome::Unknown),
            talk_seconds: Some(0),
            ..Fact::new(FactKind::CallEnded, FactSource::Webhook, Timestamp::from_second(1_800_000_100).unwrap())
        };
        let ended: Vec<Fact> = facts.into_iter().filter(|fact| fact.kind != FactKind::CallEnded).chain([end]).collect();
        let later = later.into_iter().filter(source).filter(|fact| fact.kind != FactKind::CallEnded);
        let before = Call::read(&placed, &set(ended.clone()));
        let after = Call::read(&placed, &set(ended.into_iter().chain(later)));
        prop_assert_eq!(before.outcome, after.outcome);
    }

    #[test]
    fn a_reading_never_contradicts_itself(placed in placed(), facts in prop::collection::vec(fact(), 0..14)) {
        let call = Call::read(&placed, &set(facts));
        let is_ended = call.phase == Phase::Ended;
        prop_assert_eq!(call.outcome.is_some(), is_ended);
        prop_assert_eq!(call.end_known.is_some(), is_ended);
        prop_assert!(is_ended || call.ended_at.is_none());
        let running = |leg: LegReading| matches!(leg.state, LegState::Requested | LegState::Ringing | LegState::Answered);
        prop_assert!(!is_ended || !(running(call.legs.agent) || running(call.legs.customer)));
        if call.phase == Phase::Connected {
            prop_assert!(call.connected_at.is_some());
        }
    }

    #[test]
    fn facts_survive_being_stored(fact in fact()) {
        let stored = serde_json::to_string(&fact).unwrap();
        prop_assert_eq!(serde_json::from_str::<Fact>(&stored).unwrap(), fact);
    }

    #[test]
    fn news_is_reported_once(fact in fact()) {
        let mut set = FactSet::default();
        prop_assert!(set.insert(fact.clone()));
        prop_assert!(!set.insert(fact));
    }
}
