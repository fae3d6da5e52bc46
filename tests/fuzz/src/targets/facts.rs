//! What holds for facts, whoever told them.

use jiff::{SignedDuration, Timestamp};
use telephony::{Call, DialOrder, Direction, Dispatch, Fact, FactSet, FactSource, PhoneNumber, Placed};

/// When everything here is received.
pub const RECEIVED_AT: Timestamp = Timestamp::constant(1_790_000_000, 0);

/// Facts that `source` told now: they are stored as they are, name real numbers, repeat no link, and make the same call
/// in any order and any repetition.
pub fn check(facts: &[Fact], source: FactSource) {
    for fact in facts {
        assert_eq!(fact.source, source, "told by another: {fact:?}");
        assert_eq!(fact.received_at, RECEIVED_AT, "received at another time: {fact:?}");
        let stored = serde_json::to_string(fact).expect("a fact is JSON");
        let again: Fact = serde_json::from_str(&stored).expect("a stored fact is read");
        assert_eq!(again, *fact, "stored as something else: {stored}");
        for number in [&fact.customer, &fact.caller_id].into_iter().flatten() {
            assert_eq!(
                PhoneNumber::from_e164(number.as_str()).as_ref(),
                Ok(number),
                "no number"
            );
        }
        let evidence = fact.evidence.as_deref().unwrap_or_default();
        assert!(!evidence.contains("://"), "a link is kept as evidence: {evidence:?}");
        assert!(evidence.len() <= 60, "a long text is kept as evidence: {evidence:?}");
    }
    let told: FactSet = facts.iter().cloned().collect();
    let again: FactSet = facts.iter().chain(facts).rev().cloned().collect();
    let call = Call::read(&placed(), &told);
    assert_eq!(
        call,
        Call::read(&placed(), &again),
        "another order makes another call: {facts:?}"
    );
}

/// A call that was placed a minute ago.
fn placed() -> Placed {
    Placed {
        direction: Direction::Outbound,
        dial_order: DialOrder::AgentFirst,
        dispatch: Some(Dispatch::Sent),
        requested_at: RECEIVED_AT
            .saturating_sub(SignedDuration::from_mins(1))
            .unwrap_or(RECEIVED_AT),
        reason: None,
        reports_progress: true,
        end_accepted: false,
        call_timeout: None,
    }
}
