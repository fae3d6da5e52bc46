//! The index of the desk's calls, beside a look at every one of them.

use proptest::prelude::*;
use store::CallRow;
use telephony::DialOrder;

use super::*;
use crate::desks::calls::CallRecord;
use crate::desks::calls::book::{Book, IdKind};

const ACCOUNTS: [&str; 2] = ["here", "there"];

/// One step of a desk's day, on one of a few calls with one of a few names.
#[derive(Debug, Clone)]
enum Step {
    New { own: bool, account: usize },
    Told { call: usize, name: usize, durable: bool },
    Over { call: usize },
    EndWaits { call: usize },
    Gone { call: usize },
    Shortened { most: usize },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (any::<bool>(), 0..2_usize).prop_map(|(own, account)| Step::New { own, account }),
        (0..12_usize, 0..4_usize, any::<bool>()).prop_map(|(call, name, durable)| Step::Told { call, name, durable }),
        (0..12_usize).prop_map(|call| Step::Over { call }),
        (0..12_usize).prop_map(|call| Step::EndWaits { call }),
        (0..12_usize).prop_map(|call| Step::Gone { call }),
        (0..4_usize).prop_map(|most| Step::Shortened { most }),
    ]
}

fn id_of(call: usize) -> String {
    format!("call-{call:02}")
}

fn new_call(number: usize, account: usize, own: bool, now: Timestamp) -> CallRecord {
    let row = CallRow {
        id: id_of(number),
        intent: id_of(number),
        request_digest: String::new(),
        account_id: ACCOUNTS[account].into(),
        account: ACCOUNTS[account].into(),
        provider: "acefone_uk".into(),
        direction: if own { Direction::Outbound } else { Direction::Inbound },
        dial_order: DialOrder::AgentFirst,
        target: "+442079460001".into(),
        customer: None,
        customer_typed: None,
        caller_id: None,
        contact: None,
        requested_at: now,
        our_id: if own { format!("ours-{number}") } else { String::new() },
        reports_progress: true,
        call_timeout: None,
        sandbox: false,
    };
    CallRecord::new(row, own.then_some(Dispatch::Accepted), now)
}

/// A statement that names its call by all three sorts of ids.
fn told(kind: FactKind, name: usize, now: Timestamp) -> Fact {
    Fact {
        provider_call_id: Some(format!("call-{name}")),
        provider_request_id: Some(format!("request-{name}")),
        provider_leg_id: Some(format!("leg-{name}")),
        ..Fact::new(kind, FactSource::Webhook, now)
    }
}

fn take(book: &mut Book, made: &mut usize, step: Step, now: Timestamp) {
    match step {
        Step::New { own, account } => {
            book.insert(new_call(*made, account, own, now));
            *made += 1;
        }
        Step::Told { call, name, durable } => {
            if let Some(record) = book.get_mut(&id_of(call)) {
                let fact = told(FactKind::AgentLegRinging, name, now);
                if durable {
                    record.facts.insert(fact);
                } else {
                    record.on_their_way.push(fact);
                }
            }
        }
        Step::Over { call } => {
            if let Some(record) = book.get_mut(&id_of(call)) {
                record.uncommitted = false;
                record.on_their_way.clear();
                let mut ended = Fact::new(FactKind::CallEnded, FactSource::Webhook, now);
                ended.outcome = Some(CallOutcome::Talked);
                record.facts.insert(ended);
                record.reread(now);
            }
        }
        Step::EndWaits { call } => {
            if let Some(record) = book.get_mut(&id_of(call)) {
                record.end = Some(crate::desks::calls::EndWish {
                    state: EndState::Queued,
                    since: now,
                    attempts: 0,
                    next_attempt: None,
                    reason: None,
                });
            }
        }
        Step::Gone { call } => {
            book.remove(&id_of(call));
        }
        Step::Shortened { most } => book.shorten(most),
    }
}

fn ids<'a>(calls: impl Iterator<Item = &'a CallRecord>) -> Vec<String> {
    calls.map(|record| record.id().to_owned()).collect()
}

/// The same in the order that a list of the desk has.
fn sorted<'a>(calls: impl Iterator<Item = &'a CallRecord>) -> Vec<String> {
    let mut ids = ids(calls);
    ids.sort();
    ids
}

proptest! {
    #[test]
    fn the_index_misses_no_call(steps in prop::collection::vec(step(), 1..40)) {
        let now: Timestamp = "2026-03-04T10:00:00Z".parse().unwrap();
        let (mut book, mut made) = (Book::default(), 0);
        for step in steps {
            let shortened = matches!(step, Step::Shortened { .. });
            let kept = ids(book.iter().filter(|record| record.is_own() || !record.is_at_rest()));
            take(&mut book, &mut made, step, now);
            if shortened {
                // Only what is at rest and of elsewhere goes.
                prop_assert!(kept.iter().all(|id| book.get(id).is_some()));
            }
            prop_assert_eq!(ids(book.own()), sorted(book.iter().filter(|record| record.is_own())));
            let astir = ids(book.astir());
            prop_assert!(astir.is_sorted());
            prop_assert!(ids(book.iter().filter(|record| !record.is_at_rest())).iter().all(|id| astir.contains(id)));
            // The call touched last may be there without need, and no other.
            prop_assert!(astir.iter().filter(|id| book.get(id).is_some_and(CallRecord::is_at_rest)).count() <= 1);
            for (account, name) in ACCOUNTS.iter().flat_map(|account| (0..4).map(move |name| (account, name))) {
                let has = |record: &&CallRecord| {
                    let wanted = format!("leg-{name}");
                    record.stored.row.account_id == **account
                        && record.heard().any(|fact| fact.provider_leg_id.as_deref() == Some(wanted.as_str()))
                };
                let found = book.named(account, IdKind::Leg, &format!("leg-{name}"));
                prop_assert_eq!(ids(found.filter(has)), sorted(book.iter().filter(has)));
            }
        }
    }
}

#[test]
fn of_ended_calls_of_elsewhere_the_newest_stay() {
    let now: Timestamp = "2026-03-04T10:00:00Z".parse().unwrap();
    let (mut book, mut made) = (Book::default(), 0);
    for own in [true, false, false, false, false, false] {
        take(&mut book, &mut made, Step::New { own, account: 0 }, now);
    }
    for call in 0..5 {
        take(&mut book, &mut made, Step::Over { call }, now);
    }
    book.shorten(2);
    assert_eq!(sorted(book.iter()), ["call-00", "call-03", "call-04", "call-05"]);
}
