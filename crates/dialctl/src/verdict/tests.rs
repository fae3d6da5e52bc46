use serde_json::{Value, json};

use super::*;

/// The shared words, to find every code in them.
const WORDS: &str = include_str!("../../../../ui/src/i18n/en.json");

fn codes(table: &str) -> Vec<String> {
    let words: Value = serde_json::from_str(WORDS).unwrap();
    words
        .pointer(table)
        .unwrap()
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect()
}

fn call(dispatch: &str, reason: Option<&str>) -> CallView {
    let params = json!({"who": "+44 20 7946 0001", "provider": "Acefone"});
    let unknown = dispatch == "unknown";
    let advice = match reason {
        Some(reason) if words::find(&format!("advice.reason.{reason}")).is_some() => format!("advice.reason.{reason}"),
        _ if unknown => "advice.no_answer".to_owned(),
        _ => "advice.refused".to_owned(),
    };
    let silent = json!({"state": "idle", "known": "confirmed"});
    serde_json::from_value(json!({
        "id": "0192d4e0-7a3b-7c11-9f2e-5a6b7c8d9e0f", "account": "work", "provider": "acefone-uk",
        "direction": "outbound", "target": "+442079460001", "customer": "+442079460001", "phase": if unknown { "unconfirmed" } else { "ended" }, "reason": reason,
        "legs": {"agent": silent, "customer": silent, "others": []}, "dial_order": "agent_first",
        "provider_ids": {"leg_ids": []}, "requested_at": "2026-03-01T09:00:00Z",
        "dispatch": dispatch, "has_recording": false, "connected_at_known": "confirmed",
        "headline": {"key": "headline.ended.refused", "params": params},
        "advice": {"key": advice, "params": params}, "state_since": "2026-03-01T09:00:00Z", "end": "none",
        "can_end": false, "can_check_again": false, "can_mark_ended": false, "dismissed": false, "sandbox": false,
        "provider_message": "No\u{1b}[2J\nmore",
        "shown": {"national": "020 7946 0001", "international": "+44 20 7946 0001", "country": "GB"},
    }))
    .unwrap()
}

fn words_for(dispatch: &str, reason: Option<&str>) -> (String, Option<String>) {
    verdict(&call(dispatch, reason), false).unwrap_err().words()
}

#[test]
fn nothing_is_left_open_in_what_is_said_of_a_call() {
    let mut reasons = codes("/advice/reason");
    reasons.extend(codes("/errors"));
    reasons.extend(codes("/cli/guard").iter().map(|finding| format!("guard_{finding}")));
    reasons.push("a_code_of_tomorrow".to_owned());
    for dispatch in ["refused", "cancelled", "unknown"] {
        for reason in reasons.iter().map(|reason| Some(reason.as_str())).chain([None]) {
            let (message, hint) = words_for(dispatch, reason);
            let hint = hint.unwrap_or_else(|| panic!("{dispatch} {reason:?} has no hint"));
            for said in [&message, &hint] {
                assert!(
                    !said.contains(['{', '}']) && !said.starts_with("errors.") && said.contains(' '),
                    "{dispatch} {reason:?}: {said}"
                );
            }
            assert_ne!(message, hint, "{dispatch} {reason:?}");
        }
    }
}

#[test]
fn no_error_is_said_with_a_gap_whoever_left_something_out() {
    for code in codes("/errors") {
        let (message, hint) = Failure::from(ApiError::new(ErrorClass::Failed, &code)).words();
        assert!(!message.contains(['{', '}']), "{message}");
        assert!(hint.is_none_or(|hint| !hint.contains(['{', '}'])), "{code}");
    }
}

#[test]
fn a_refusal_names_the_provider_and_gives_the_calls_own_advice() {
    let (message, hint) = words_for("refused", Some("credentials_rejected"));
    assert_eq!(message, "Acefone does not accept the key.");
    assert_eq!(
        hint.as_deref(),
        Some("The key was not accepted. Replace it on the account's page.")
    );
    let (message, hint) = words_for("cancelled", Some("guard_emergency"));
    assert_eq!(message, "This is an emergency number. It was not called.");
    assert!(hint.unwrap().starts_with("Dial emergency numbers on a phone"),);
}

#[test]
fn a_next_step_that_begins_with_the_reason_is_enough() {
    let (message, hint) = words_for("refused", Some("unreachable"));
    assert_eq!(message, "The call to +44 20 7946 0001 was refused.");
    assert!(hint.unwrap().starts_with("Acefone could not be reached"));
}

#[test]
fn a_refusal_without_a_code_tells_what_the_provider_said_on_one_line() {
    let (_, hint) = words_for("refused", None);
    assert_eq!(hint.as_deref(), Some("The provider said: No[2J more"));
}

#[test]
fn what_is_the_next_step_is_not_said_beside_the_call_as_well() {
    let call = call("refused", Some("credentials_rejected"));
    let failure = verdict(&call, false).unwrap_err();
    let step = failure.hint().unwrap();
    assert!(speech::call(&call).contains(step));
    assert!(!speech::call_without(&call, failure.hint()).contains(step));
}
