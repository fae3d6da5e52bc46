//! From which numbers people were called.

use store::{CallRow, CallerIdUse, Entry};
use telephony::{CallOutcome, Dispatch, Fact, FactKind, FactSource};

use crate::{at, call_row, memory, number};

const ACCOUNT: &str = "account-1";

/// A call that went out to a customer from a number, or was stopped before it did.
fn call(id: &str, seconds: i64, customer: &str, from: &str, became: Dispatch) -> Vec<Entry> {
    let step = |dispatch| Entry::Dispatch {
        call: id.into(),
        dispatch,
        at: at(seconds),
        reason: None,
        message: None,
    };
    let mut entries = vec![Entry::Call {
        row: Box::new(CallRow {
            account_id: ACCOUNT.into(),
            customer: Some(number(customer)),
            caller_id: Some(number(from)),
            ..call_row(id, at(seconds))
        }),
        dispatch: Some(Dispatch::Intent),
        at: at(seconds),
        open: true,
    }];
    if became == Dispatch::Cancelled {
        entries.push(step(Dispatch::Cancelled));
    } else {
        entries.extend([step(Dispatch::Sent), step(became)]);
    }
    entries
}

fn told(id: &str, kind: FactKind, outcome: Option<CallOutcome>) -> Entry {
    Entry::Fact {
        call: id.into(),
        fact: Box::new(Fact {
            outcome,
            ..Fact::new(kind, FactSource::Webhook, at(900))
        }),
    }
}

#[tokio::test]
async fn the_number_shown_last_is_that_of_the_last_call_that_went_out() {
    let store = memory();
    let (ann, bob) = ("+442079460001", "+442079460002");
    let (one, other) = ("+442079460101", "+442079460102");
    let mut entries = call("a", 0, ann, one, Dispatch::Accepted);
    entries.extend(call("b", 60, ann, other, Dispatch::Unknown));
    entries.extend(call("c", 120, ann, one, Dispatch::Refused));
    entries.extend(call("d", 180, ann, one, Dispatch::Cancelled));
    store.commit(entries).await.unwrap();
    assert_eq!(
        store.last_caller_id(ACCOUNT, &number(ann)).unwrap(),
        Some((number(other), at(60)))
    );
    assert_eq!(store.last_caller_id(ACCOUNT, &number(bob)).unwrap(), None);
    assert_eq!(store.last_caller_id("another", &number(ann)).unwrap(), None);
}

#[tokio::test]
async fn calls_from_a_number_are_counted_and_those_that_were_answered() {
    let store = memory();
    let (ann, one, other) = ("+442079460001", "+442079460101", "+442079460102");
    let mut entries = Vec::new();
    for (n, (from, became)) in [
        (one, Dispatch::Accepted),
        (one, Dispatch::Accepted),
        (one, Dispatch::Accepted),
        (other, Dispatch::Unknown),
        (other, Dispatch::Refused),
    ]
    .into_iter()
    .enumerate()
    {
        entries.extend(call(&format!("c{n}"), 60 * n as i64, ann, from, became));
    }
    // Two ways to know of an answer, and one call of which both are known.
    entries.push(told("c0", FactKind::CustomerLegAnswered, None));
    entries.push(told("c0", FactKind::CallEnded, Some(CallOutcome::Talked)));
    entries.push(told("c1", FactKind::CallEnded, Some(CallOutcome::Talked)));
    entries.push(told("c2", FactKind::CallEnded, Some(CallOutcome::CustomerBusy)));
    store.commit(entries).await.unwrap();
    let used = store.caller_ids_used(ACCOUNT, at(0)).unwrap();
    let uses = |placed, answered| CallerIdUse { placed, answered };
    assert_eq!(used.get(&number(one)), Some(&uses(3, 2)));
    assert_eq!(used.get(&number(other)), Some(&uses(1, 0)));
    let lately = store.caller_ids_used(ACCOUNT, at(120)).unwrap();
    assert_eq!(lately.get(&number(one)), Some(&uses(1, 0)));
    assert!(store.caller_ids_used("another", at(0)).unwrap().is_empty());
}

#[test]
fn a_number_is_kept_for_a_person_until_another_is_or_none() {
    let store = memory();
    let (one, other) = (number("+442079460101"), number("+442079460102"));
    store.keep_caller_id(ACCOUNT, "ann", Some(&one)).unwrap();
    store.keep_caller_id(ACCOUNT, "bob", Some(&other)).unwrap();
    assert_eq!(store.kept_caller_id(ACCOUNT, "ann").unwrap(), Some(one));
    store.keep_caller_id(ACCOUNT, "ann", Some(&other)).unwrap();
    assert_eq!(store.kept_caller_id(ACCOUNT, "ann").unwrap(), Some(other));
    store.keep_caller_id(ACCOUNT, "ann", None).unwrap();
    assert_eq!(store.kept_caller_id(ACCOUNT, "ann").unwrap(), None);
    store.forget_account(ACCOUNT).unwrap();
    assert_eq!(store.kept_caller_id(ACCOUNT, "bob").unwrap(), None);
}
