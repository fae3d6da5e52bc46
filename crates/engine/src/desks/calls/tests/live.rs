//! Live entries that could be more than one call, and answers that say less than they seem to.

use telephony::Known;

use super::*;
use crate::desks::calls::CallRecord;

impl Bench {
    fn agent_leg(&self, id: &str) -> LegState {
        self.desk.get(id).unwrap().reading.legs.agent.state
    }
}

/// An entry without any name of ours, of a call that began so many seconds after the bench's first moment.
fn begun(call_id: &str, seconds: i64) -> LiveCall {
    let first: Timestamp = "2026-03-04T10:00:00Z".parse().unwrap();
    LiveCall {
        started_at: first.checked_add(SignedDuration::from_secs(seconds)).ok(),
        ..live(call_id)
    }
}

#[test]
fn a_live_call_that_two_of_ours_could_be_is_taken_for_neither() {
    let mut bench = Bench::new();
    let one = bench.placed(lost());
    bench.later(61);
    let other = bench.placed(lost());
    for entry in [live("p-1"), begun("p-1", 62)] {
        bench.polled(vec![entry]);
        assert_eq!(
            (bench.phase(&one), bench.phase(&other)),
            (Phase::Unconfirmed, Phase::Unconfirmed)
        );
    }
    // Once one of them has a name, the entry under another one can only be the other's.
    let named = LiveCall {
        our_id: Some(other.clone()),
        ..begun("p-2", 62)
    };
    bench.polled(vec![begun("p-1", 1), named]);
    assert_eq!(
        (bench.agent_leg(&one), bench.agent_leg(&other)),
        (LegState::Requested, LegState::Answered)
    );
    bench.polled(vec![begun("p-1", 1), begun("p-2", 62)]);
    assert_eq!(bench.agent_leg(&one), LegState::Answered);
}

#[test]
fn a_live_call_that_began_when_no_request_of_ours_was_on_its_way_is_another_one() {
    let mut bench = Bench::new();
    let one = bench.placed(lost());
    bench.polled(vec![begun("p-1", 121)]);
    bench.polled(vec![begun("p-1", -61)]);
    assert_eq!(bench.phase(&one), Phase::Unconfirmed);
    bench.later(195);
    let other = bench.placed(accepted());
    bench.polled(vec![begun("p-1", 195)]);
    assert_eq!(
        (bench.phase(&one), bench.agent_leg(&other)),
        (Phase::Unconfirmed, LegState::Answered)
    );
}

#[test]
fn a_call_that_is_over_for_certain_takes_no_live_entry_from_the_next_one() {
    let mut bench = Bench::new();
    let one = bench.placed(accepted());
    let ended = Fact {
        provider_request_id: Some("ref-1".into()),
        ..Fact::new(FactKind::CallEnded, FactSource::Webhook, bench.now)
    };
    bench.fact(ended);
    assert_eq!(bench.phase(&one), Phase::Ended);
    bench.later(20);
    let other = bench.placed(lost());
    bench.polled(vec![begun("p-1", 21)]);
    assert_eq!(bench.agent_leg(&other), LegState::Answered);
}

#[test]
fn a_talk_without_a_name_is_gone_from_a_list_that_has_nobody_of_its_number() {
    let mut bench = Bench::new();
    let id = bench.placed(accepted());
    bench.polled(Vec::new());
    bench.polled(Vec::new());
    assert_eq!(bench.phase(&id), Phase::RingingAgent, "it may not be in the list yet");
    let answered = Fact {
        provider_request_id: Some("ref-1".into()),
        ..Fact::new(FactKind::CustomerLegAnswered, FactSource::Webhook, bench.now)
    };
    bench.fact(answered);
    // By its start it is another call; by its number it could be this one, as a clock may be wrong.
    for _ in 0..3 {
        bench.polled(vec![begun("p-1", 7_200)]);
    }
    assert_eq!(bench.phase(&id), Phase::Connected);
    bench.polled(Vec::new());
    assert_eq!(bench.phase(&id), Phase::Connected, "one look is no proof");
    bench.polled(Vec::new());
    let reading = &bench.desk.get(&id).unwrap().reading;
    assert_eq!((reading.phase, reading.end_known), (Phase::Ended, Some(Known::Assumed)));
}

#[test]
fn an_answer_after_the_end_was_asked_for_says_nothing_of_who_picked_up() {
    let mut bench = Bench::new();
    let (effects, _) = bench.place(PlaceRequest {
        target: "+442079460001".into(),
        ..PlaceRequest::default()
    });
    let effects = bench.commit(effects);
    let id = dials(&effects).remove(0);
    let (answer, _) = oneshot::channel();
    let effects = bench.desk.end(Some(&id), &bench.accounts, answer, bench.now);
    bench.commit(effects);
    let waited = CallAnswer::Accepted {
        provider_call_id: Some("1650012345.67890".into()),
        provider_request_id: None,
        provider_leg_ids: Vec::new(),
        first_leg_answered: true,
    };
    let effects = bench.desk.dialled(&id, waited, bench.now);
    bench.commit(effects);
    let record = bench.desk.get(&id).unwrap();
    assert_eq!(record.stored.dispatch, Some(Dispatch::Accepted));
    assert_eq!(record.reading.phase, Phase::RingingAgent);
    let told = |kind| record.facts.iter().any(|fact| fact.kind == kind);
    assert!(told(FactKind::Accepted) && !told(FactKind::AgentLegAnswered));
}

#[test]
fn what_reads_the_same_is_put_on_the_screen_once_also_after_a_restart() {
    let notified = |effects: &[Effect]| {
        let is_shown = |effect: &&Effect| matches!(effect, Effect::Emit(crate::view::Event::Notification { .. }));
        effects.iter().filter(is_shown).count()
    };
    let told = |kind, bench: &Bench| Fact {
        provider_request_id: Some("ref-1".into()),
        ..Fact::new(kind, FactSource::Webhook, bench.now)
    };
    let mut bench = Bench::new();
    let id = bench.placed(accepted());
    let effects = bench.fact(told(FactKind::CustomerLegAnswered, &bench));
    assert_eq!(notified(&effects), 1);
    // A step of one leg, after which the two still talk as far as is known.
    let effects = bench.fact(told(FactKind::AgentLegEnded, &bench));
    assert_eq!((bench.phase(&id), notified(&effects)), (Phase::Connected, 0));

    let record = bench.desk.calls.remove(&id).unwrap();
    let mut stored = record.stored.clone();
    stored.facts = record.facts.iter().cloned().collect();
    let record = CallRecord::from_stored(stored, bench.now);
    bench.desk.take_up(record, &bench.accounts, bench.now);
    let effects = bench.fact(told(FactKind::AgentLegAnswered, &bench));
    assert_eq!(notified(&effects), 0);
    let effects = bench.fact(told(FactKind::CallEnded, &bench));
    assert_eq!(notified(&effects), 1);
}
