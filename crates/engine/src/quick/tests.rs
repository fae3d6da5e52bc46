use serde_json::json;

use super::*;

/// A call with a number of London, placed or received so many minutes after the first.
fn call(id: &str, customer: &str, direction: &str, outcome: &str, minute: i64) -> CallView {
    let at = Timestamp::from_second(1_790_000_000 + minute * 60).unwrap();
    let leg = json!({"state": "idle", "known": "assumed"});
    let value = json!({
        "id": id, "account": "desk", "provider": "sandbox", "direction": direction, "target": customer,
        "customer": customer, "phase": "ended", "outcome": outcome,
        "legs": {"agent": leg, "customer": leg, "others": []}, "dial_order": "agent_first",
        "provider_ids": {"leg_ids": []}, "requested_at": at, "has_recording": false, "connected_at_known": "assumed",
        "headline": {"key": "Ended"}, "state_since": at, "end": "none", "can_end": false, "can_check_again": false,
        "can_mark_ended": false, "dismissed": false, "sandbox": true, "shown": {"national": "", "international": ""},
    });
    serde_json::from_value(value).unwrap()
}

fn missed_of(calls: &[CallView]) -> Vec<&str> {
    missed(calls).into_iter().map(|call| call.id.as_str()).collect()
}

#[test]
fn who_called_and_talked_with_nobody_is_offered_once_by_their_newest_call() {
    let (asha, ben) = ("+442079460001", "+442079460002");
    let calls = [
        call("asha-again", asha, "inbound", "abandoned", 30),
        call("ben", ben, "inbound", "voicemail", 20),
        call("asha", asha, "inbound", "missed", 10),
    ];
    assert_eq!(missed_of(&calls), ["asha-again", "ben"]);
}

#[test]
fn only_a_conversation_makes_good_what_was_missed_before_it() {
    let asha = "+442079460001";
    let missed_call = call("missed", asha, "inbound", "missed", 10);
    let unanswered = call("unanswered", asha, "outbound", "customer_no_answer", 20);
    assert_eq!(missed_of(&[unanswered.clone(), missed_call.clone()]), ["missed"]);
    let talked = call("talked", asha, "outbound", "talked", 30);
    assert!(missed_of(&[talked.clone(), unanswered, missed_call.clone()]).is_empty());
    // Whoever calls once more after it is waiting again.
    let again = call("again", asha, "inbound", "missed", 40);
    assert_eq!(missed_of(&[again, talked, missed_call]), ["again"]);
}
