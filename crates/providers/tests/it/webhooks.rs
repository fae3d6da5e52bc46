//! Pushed events as facts. The snapshots were reviewed against what the providers' events are known to mean.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use providers::{DecodeContext, DecodeError, ProviderKind, RawEvent};
use serde_json::{Value, json};
use telephony::{CallOutcome, Direction, EndedBy, Fact, FactKind};

use crate::support::*;

fn received_at() -> Timestamp {
    "2026-10-01T00:00:00Z".parse().unwrap()
}

fn context(kind: ProviderKind) -> DecodeContext {
    DecodeContext {
        region: kind.default_region(),
        time_zone: TimeZone::get(kind.default_time_zone()).unwrap(),
        received_at: received_at(),
        identifier_name: None,
    }
}

fn decode(kind: ProviderKind, body: &str) -> Vec<Fact> {
    let event = RawEvent {
        content_type: None,
        body: body.as_bytes(),
    };
    providers::decode(kind, event, &context(kind)).unwrap()
}

fn one(kind: ProviderKind, body: &Value) -> Fact {
    decode(kind, &body.to_string()).remove(0)
}

macro_rules! sample {
    ($name:ident, $kind:expr, $path:literal) => {
        #[test]
        fn $name() {
            insta::assert_json_snapshot!(stringify!($name), decode($kind, &fixture($path)));
        }
    };
}

sample!(
    acefone_answered_by_agent,
    ProviderKind::AcefoneIn,
    "acefone/webhook-c2c-answered_by_agent.json"
);
sample!(
    acefone_hangup_answered,
    ProviderKind::AcefoneIn,
    "acefone/webhook-c2c-hangup-answered.json"
);
sample!(
    acefone_dialer_inbound_answered,
    ProviderKind::AcefoneIn,
    "acefone/webhook-dialer_inbound-hangup-answered.json"
);
sample!(
    acefone_ivr_inbound_missed,
    ProviderKind::AcefoneIn,
    "acefone/webhook-ivr_inbound-hangup-missed.json"
);
sample!(
    smartflo_answered_by_agent,
    ProviderKind::Smartflo,
    "smartflo/webhook-c2c-answered_by_agent.json"
);
sample!(
    smartflo_hangup_answered,
    ProviderKind::Smartflo,
    "smartflo/webhook-c2c-hangup-answered.json"
);
sample!(
    smartflo_hangup_missed_by_agent,
    ProviderKind::Smartflo,
    "smartflo/webhook-c2c-hangup-missed_by_agent.json"
);
sample!(
    smartflo_support_answered,
    ProviderKind::Smartflo,
    "smartflo/webhook-c2c_support-answered_by_agent-custom_template.json"
);
sample!(
    superfone_all_calls,
    ProviderKind::Superfone,
    "superfone/event-all_calls.json"
);
sample!(
    superfone_customer_change,
    ProviderKind::Superfone,
    "superfone/event-customer_change.json"
);
sample!(
    superfone_sfvopi_hangup,
    ProviderKind::Superfone,
    "superfone/sfvopi-webhook-hangup-completed.json"
);

#[test]
fn a_wrapped_event_reads_like_a_bare_one() {
    let bare = decode(
        ProviderKind::Smartflo,
        &fixture("smartflo/webhook-c2c-hangup-answered.json"),
    );
    let wrapped = decode(
        ProviderKind::Smartflo,
        &fixture("smartflo/webhook-c2c-hangup-answered-nested.json"),
    );
    assert_eq!(bare, wrapped);
}

#[test]
fn a_form_and_a_query_read_like_json() {
    let json: Value = serde_json::from_str(&fixture("smartflo/webhook-c2c-hangup-answered.json")).unwrap();
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in json.as_object().unwrap() {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        form.append_pair(name, &text);
    }
    let body = form.finish();
    let event = RawEvent {
        content_type: Some("application/x-www-form-urlencoded; charset=UTF-8"),
        body: body.as_bytes(),
    };
    let facts = providers::decode(ProviderKind::Smartflo, event, &context(ProviderKind::Smartflo)).unwrap();
    assert_eq!(facts, decode(ProviderKind::Smartflo, &json.to_string()));
    assert_eq!(facts, decode(ProviderKind::Smartflo, &body));
}

/// A hangup of a click-to-call with the given signs.
fn hangup(signs: Value) -> Fact {
    let mut body = json!({
        "call_id": "1.2", "direction": "clicktocall", "call_to_number": "919000000005",
        "caller_id_number": "8069000001", "custom_identifier": OUR_ID, "end_stamp": "2026-10-01 01:30:19",
    });
    body.as_object_mut().unwrap().extend(signs.as_object().unwrap().clone());
    one(ProviderKind::Smartflo, &body)
}

#[test]
fn the_outcome_of_a_click_to_call_is_read_from_all_its_signs() {
    use CallOutcome::*;
    let missed_agent = json!([{"id": "0507000000004"}]);
    let table = [
        (
            json!({"call_status": "answered", "call_connected": "1", "outbound_sec": "7", "billsec": "11"}),
            Talked,
            Some(7),
        ),
        (json!({"call_status": "answered", "billsec": "11"}), Talked, None),
        (
            json!({"call_status": "missed", "call_connected": "1", "billsec": "34", "answer_stamp": "2026-10-01 01:29:45",
                   "outbound_sec": "0", "reason_key": "noanswer", "customer_ring_time": "30"}),
            CustomerNoAnswer,
            Some(0),
        ),
        (
            json!({"call_status": "missed", "call_connected": "0", "missed_agent": missed_agent}),
            AgentNoAnswer,
            None,
        ),
        (
            json!({"call_status": "missed", "call_connected": "0", "hangup_cause_code": "17"}),
            AgentBusy,
            None,
        ),
        (
            json!({"call_status": "missed", "call_connected": "0", "hangup_cause_code": "21"}),
            AgentUnavailable,
            None,
        ),
        (
            json!({"call_status": "missed", "call_connected": "1", "hangup_cause_code": "17"}),
            CustomerBusy,
            None,
        ),
        (
            json!({"call_status": "missed", "call_connected": "1", "hangup_cause_key": "USER_BUSY"}),
            CustomerBusy,
            None,
        ),
        (
            json!({"call_status": "missed", "call_connected": "1", "hangup_cause_code": "21"}),
            CustomerRejected,
            None,
        ),
        (
            json!({"call_status": "missed", "call_connected": "1", "hangup_cause_code": "28"}),
            Failed,
            None,
        ),
        (
            json!({"call_status": "missed", "customer_ring_time": "30"}),
            CustomerNoAnswer,
            None,
        ),
        (
            json!({"call_status": "missed", "missed_agent": missed_agent}),
            AgentNoAnswer,
            None,
        ),
        // Signs that are absent or disagree are not guessed at.
        (json!({"call_status": "missed"}), Unknown, None),
        (
            json!({"call_status": "missed", "call_connected": "0", "customer_ring_time": "9"}),
            Unknown,
            None,
        ),
        (
            json!({"call_status": "missed", "call_connected": "1", "outbound_sec": "12"}),
            Unknown,
            Some(12),
        ),
        (
            json!({"call_status": "answered", "call_connected": "1", "outbound_sec": "0"}),
            Unknown,
            Some(0),
        ),
        // The tenant's own words in place of the platform's.
        (
            json!({"call_status": "contacted", "status": "answered", "outbound_sec": "3"}),
            Talked,
            Some(3),
        ),
        (
            json!({"call_status": "contacted", "outbound_sec": "3", "hangup_cause": "NormalClearing"}),
            Talked,
            Some(3),
        ),
    ];
    for (signs, outcome, talk_seconds) in table {
        let fact = hangup(signs.clone());
        assert_eq!(fact.kind, FactKind::CallEnded, "{signs}");
        assert_eq!(
            (fact.outcome, fact.talk_seconds),
            (Some(outcome), talk_seconds),
            "{signs}"
        );
    }
}

#[test]
fn who_ended_it_is_told_only_where_it_is_sure() {
    let ended_by = |reason: &str, cause: &str| {
        hangup(json!({"call_status": "answered", "outbound_sec": "3", "reason_key": reason, "hangup_cause": cause}))
            .ended_by
    };
    assert_eq!(ended_by("Call Disconnected By Callee", ""), Some(EndedBy::Customer));
    assert_eq!(ended_by("Call Disconnected By Caller", ""), Some(EndedBy::Agent));
    assert_eq!(ended_by("", "disconnected_by_callee"), Some(EndedBy::Customer));
    assert_eq!(
        ended_by("Call Disconnected By Caller", "disconnected_by_callee"),
        Some(EndedBy::Unknown)
    );
    assert_eq!(ended_by("", "NormalClearing"), None);
}

#[test]
fn each_trigger_has_its_fact() {
    use FactKind::*;
    let table = [
        ("Answered by agent", AgentLegAnswered),
        ("Answered by customer", CustomerLegAnswered),
        ("Dialed on Agent", AgentLegRinging),
        ("Call received on Server", CallReceived),
        ("Call missed by Agent", AgentLegEnded),
        ("Call missed by Customer (Click to Call)", CustomerLegEnded),
        ("Call hangup (Missed)", CallEnded),
        ("DTMF Option", UnknownEvent),
        ("Call answered on IVR", UnknownEvent),
        ("something new", UnknownEvent),
    ];
    for (word, kind) in table {
        for field in ["call_status", "status", "event", "trigger"] {
            let body = json!({"call_id": "1.2", "uuid": "u", "direction": "click_to_call", field: word});
            let fact = one(ProviderKind::AcefoneIn, &body);
            assert_eq!((fact.kind, fact.leg), (kind, kind.leg()), "{field}: {word}");
            assert_eq!(fact.provider_call_id.as_deref(), Some("1.2"));
            assert_eq!(fact.evidence.as_deref(), Some(word));
        }
    }
}

#[test]
fn an_event_from_before_the_end_is_not_taken_for_it() {
    let body = json!({"call_id": "1.2", "call_status": "answered", "direction": "inbound", "end_stamp": "$end_stamp"});
    assert_eq!(one(ProviderKind::AcefoneIn, &body).kind, FactKind::UnknownEvent);
}

#[test]
fn customer_and_did_are_told_apart_by_direction() {
    for spelling in [
        "click_to_call",
        "clicktocall",
        "Click-To-Call",
        "outbound",
        "Dialer (outbound)",
    ] {
        let body = json!({"call_status": "Answered by agent", "direction": spelling,
                          "call_to_number": "919000000005", "caller_id_number": "08069000001"});
        let fact = one(ProviderKind::AcefoneIn, &body);
        assert_eq!(fact.direction, Some(Direction::Outbound), "{spelling}");
        assert_eq!(
            (fact.customer, fact.caller_id),
            (Some(number("+919000000005")), Some(number("+918069000001")))
        );
    }
    for spelling in ["inbound", "Dialer (inbound)"] {
        let body = json!({"call_status": "missed", "direction": spelling,
                          "call_to_number": "8069000001", "caller_id_number": "9000000005"});
        let fact = one(ProviderKind::AcefoneIn, &body);
        assert_eq!(fact.direction, Some(Direction::Inbound), "{spelling}");
        assert_eq!(
            (fact.customer, fact.caller_id),
            (Some(number("+919000000005")), Some(number("+918069000001")))
        );
    }
}

#[test]
fn an_inbound_caller_who_gave_up_is_abandoned_only_if_told() {
    let outcome = |cause: &str| {
        let body = json!({"call_status": "missed", "direction": "inbound", "hangup_cause": cause});
        one(ProviderKind::AcefoneIn, &body).outcome
    };
    assert_eq!(outcome("disconnected_by_caller"), Some(CallOutcome::Abandoned));
    assert_eq!(outcome("NormalClearing"), Some(CallOutcome::Missed));
}

#[test]
fn seconds_of_an_inbound_call_count_only_where_no_menu_came_first() {
    let talk = |extra: Value| {
        let mut body = json!({"call_status": "answered", "direction": "inbound", "billsec": "40"});
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        one(ProviderKind::AcefoneIn, &body).talk_seconds
    };
    assert_eq!(talk(json!({})), Some(40));
    assert_eq!(talk(json!({"ivr_name": "Welcome"})), None);
    assert_eq!(talk(json!({"call_flow": [{"type": "IVR", "time": 1783784577}]})), None);
}

#[test]
fn the_second_agent_of_a_transfer_is_whom_the_call_went_on_to() {
    let flow = json!([
        {"type": "Agent", "id": "0502842370001", "num": "+919000000001", "dialst": "Dialed"},
        {"type": "Agent", "id": "0502842370002", "num": "+919000000002", "dialst": "Answered", "time": 1783784606},
        {"type": "Agent", "id": "0502842370003", "num": "+919000000003", "dialst": "Answered", "time": 1783784660},
    ]);
    let mut body = json!({"call_status": "answered", "direction": "inbound", "call_flow": flow,
                          "end_stamp": "2026-07-11 21:14:45"});
    // Two who took it are no transfer by themselves.
    assert_eq!(one(ProviderKind::AcefoneIn, &body).transferred_to, None);
    body["agent_transfer_ring_time"] = json!("4");
    let facts = decode(ProviderKind::AcefoneIn, &body.to_string());
    assert_eq!(facts[0].transferred_to.as_deref(), Some("+919000000003"));
    assert_eq!(facts[1].kind, FactKind::AgentLegAnswered);
    assert_eq!(facts[1].occurred_at.unwrap().to_string(), "2026-07-11T15:43:26Z");
}

#[test]
fn an_account_knows_its_own_agent_among_the_names_of_an_event() {
    let body = fixture("smartflo/webhook-c2c-hangup-answered.json");
    let event = RawEvent {
        content_type: None,
        body: body.as_bytes(),
    };
    let provider = account(ProviderKind::Smartflo, &[("agent_id", "0507000000059")]);
    let facts = provider.decode(event, received_at()).unwrap();
    assert_eq!(facts[0].agent.as_deref(), Some("0507000000059"));
}

#[test]
fn our_id_is_found_under_the_name_the_account_sends_it_with() {
    let provider = account(ProviderKind::Smartflo, &[("identifier_name", "Launch_Id")]);
    let body = format!(r#"{{"call_status":"Answered by agent","Launch_Id":"{OUR_ID}","custom_identifier":"other"}}"#);
    let event = RawEvent {
        content_type: None,
        body: body.as_bytes(),
    };
    let facts = provider.decode(event, received_at()).unwrap();
    assert_eq!(facts[0].our_id.as_deref(), Some(OUR_ID));
    assert_eq!(facts[0].direction, Some(Direction::Outbound));
}

#[test]
fn no_link_is_kept() {
    for path in [
        "smartflo/webhook-c2c-hangup-answered.json",
        "acefone/webhook-ivr_inbound-hangup-missed.json",
    ] {
        let facts = decode(ProviderKind::Smartflo, &fixture(path));
        assert!(facts[0].has_recording);
        assert!(!serde_json::to_string(&facts).unwrap().contains("://"));
    }
}

#[test]
fn superfone_outcomes_depend_on_who_called() {
    use CallOutcome::*;
    let table = [
        ("ANSWERED", "OUTBOUND", Talked, Some(42)),
        ("NO_ANSWER", "OUTBOUND", CustomerNoAnswer, None),
        ("REJECTED", "OUTBOUND", CustomerRejected, None),
        ("BUSY", "OUTBOUND", CustomerBusy, None),
        ("MISSED", "INBOUND", Missed, None),
        ("IVR_TIMEOUT", "INBOUND", Missed, None),
        ("SOMETHING", "INBOUND", Unknown, None),
    ];
    for (disposition, call_type, outcome, talk_seconds) in table {
        for event in ["ALL_CALLS", "MISSED_CALL"] {
            let body = json!({"event": event, "cdr_id": 1, "cdr_disposition": disposition,
                              "cdr_call_type": call_type, "cdr_duration": 42});
            let fact = one(ProviderKind::Superfone, &body);
            assert_eq!(fact.kind, FactKind::CallEnded);
            assert_eq!(
                (fact.outcome, fact.talk_seconds),
                (Some(outcome), talk_seconds),
                "{disposition} {call_type}"
            );
        }
    }
}

#[test]
fn a_recording_of_superfone_is_told_without_its_link() {
    let body = json!({"event": "CDR_RECORDING_AVAILABLE", "cdr_id": 987_654, "recording_url": "https://x.example/r"});
    let fact = one(ProviderKind::Superfone, &body);
    assert_eq!(fact.kind, FactKind::RecordingAvailable);
    assert!(fact.has_recording);
    assert_eq!(fact.provider_call_id.as_deref(), Some("987654"));
}

#[test]
fn bytes_that_are_no_event_are_an_error() {
    for kind in [ProviderKind::AcefoneUk, ProviderKind::Superfone] {
        for body in ["", "[]", "{", "plain text", "{}"] {
            let event = RawEvent {
                content_type: None,
                body: body.as_bytes(),
            };
            assert!(
                providers::decode(kind, event, &context(kind)).is_err(),
                "{kind} {body:?}"
            );
        }
    }
    let event = RawEvent {
        content_type: None,
        body: b"{\"a\":1}",
    };
    let sandbox = providers::decode(ProviderKind::Sandbox, event, &context(ProviderKind::Sandbox));
    assert_eq!(sandbox, Err(DecodeError::NoEvents));
}
