//! Moments of calls: each once.

use super::*;
use crate::desks::calls::{CallRecord, Reached};
use crate::screen_pop::Moment;

fn moments(effects: &[Effect]) -> Vec<Moment> {
    let mut moments = Vec::new();
    for effect in effects {
        if let Effect::Pop { reached, .. } = effect {
            moments.extend(reached.iter().map(|Reached { moment, .. }| *moment));
        }
    }
    moments
}

fn fact(kind: FactKind, now: Timestamp) -> Fact {
    Fact {
        provider_call_id: Some("p1".into()),
        provider_request_id: Some("r1".into()),
        occurred_at: Some(now),
        ..Fact::new(kind, FactSource::Webhook, now)
    }
}

fn accepted() -> CallAnswer {
    CallAnswer::Accepted {
        provider_call_id: Some("p1".into()),
        provider_request_id: Some("r1".into()),
        provider_leg_ids: Vec::new(),
        first_leg_answered: false,
    }
}

#[test]
fn each_moment_of_a_call_comes_once_whatever_is_repeated() {
    let mut bench = Bench::new();
    let (effects, _) = bench.place(PlaceRequest {
        target: "+442079460001".into(),
        ..PlaceRequest::default()
    });
    let effects = bench.commit(effects);
    assert_eq!(moments(&effects), []);
    let id = dials(&effects).first().expect("the dial leaves").clone();
    let effects = bench.desk.dialled(&id, accepted(), bench.now);
    // The card says that the phone rings as soon as the provider has taken the call.
    let mut seen = moments(&bench.commit(effects));
    assert_eq!(seen, [Moment::Placed, Moment::Ringing]);
    for kind in [
        FactKind::AgentLegRinging,
        FactKind::AgentLegAnswered,
        FactKind::CustomerLegRinging,
        FactKind::CustomerLegAnswered,
        FactKind::CallEnded,
    ] {
        bench.later(2);
        for _ in 0..2 {
            seen.extend(moments(&bench.fact(fact(kind, bench.now))));
        }
    }
    assert_eq!(seen[2..], [Moment::Answered, Moment::Ended]);
}

#[test]
fn what_was_passed_over_is_no_moment_any_more() {
    let mut bench = Bench::new();
    bench.placed(accepted());
    bench.later(5);
    assert_eq!(
        moments(&bench.fact(fact(FactKind::CallEnded, bench.now))),
        [Moment::Ended]
    );
    let late = fact(FactKind::CustomerLegAnswered, bench.now - SignedDuration::from_secs(3));
    assert_eq!(moments(&bench.fact(late)), []);
}

#[test]
fn a_restart_is_no_second_time() {
    let mut bench = Bench::new();
    let id = bench.placed(accepted());
    bench.later(1);
    let answered = fact(FactKind::CustomerLegAnswered, bench.now);
    assert_eq!(moments(&bench.fact(answered.clone())), [Moment::Answered]);
    // As the journal has it.
    let record = bench.desk.get(&id).unwrap();
    let mut stored = record.stored.clone();
    stored.facts = record.facts.iter().cloned().collect();
    bench.desk = CallsDesk::new(false);
    let record = CallRecord::from_stored(stored, bench.now);
    let effects = bench.desk.take_up(record, &bench.accounts, bench.now);
    assert_eq!(moments(&bench.commit(effects)), []);
    bench.later(1);
    assert_eq!(moments(&bench.fact(answered)), []);
    assert_eq!(moments(&bench.fact(fact(FactKind::AgentLegAnswered, bench.now))), []);
    assert_eq!(
        moments(&bench.fact(fact(FactKind::CallEnded, bench.now))),
        [Moment::Ended]
    );
}

#[test]
fn a_call_that_never_left_has_no_end_to_tell_of() {
    let mut bench = Bench::new();
    let (effects, _) = bench.place(PlaceRequest {
        target: "+442079460001".into(),
        ..PlaceRequest::default()
    });
    let mut seen = moments(&effects);
    seen.extend(moments(&bench.commit(effects)));
    assert_eq!(seen, []);
}
