//! Whatever comes in, reading it neither panics nor repeats a link.

use jiff::Timestamp;
use proptest::prelude::*;
use providers::{HttpReply, ProviderKind, RawEvent};
use serde_json::{Map, Value};

use crate::support::*;

const KINDS: [ProviderKind; 3] = [ProviderKind::Smartflo, ProviderKind::Superfone, ProviderKind::Kazoo];

const NAMES: [&str; 54] = [
    "hook_event",
    "event_name",
    "name",
    "args",
    "action",
    "call-id",
    "to",
    "from",
    "request",
    "caller_id_number",
    "callee_id_number",
    "call_direction",
    "timestamp",
    "hangup_cause",
    "billing_seconds",
    "custom_application_vars",
    "custom_application_vars[launch_id]",
    "custom_channel_vars",
    "channel_is_loopback",
    "interaction_id",
    "result",
    "cause",
    "endpoints",
    "message",
    "call_id",
    "uuid",
    "ref_id",
    "custom_identifier",
    "call_status",
    "status",
    "event",
    "direction",
    "call_to_number",
    "caller_id_number",
    "customer_no_with_prefix ",
    "did_number",
    "start_stamp",
    "answer_stamp",
    "end_stamp",
    "outbound_sec",
    "billsec",
    "call_connected",
    "hangup_cause_code",
    "reason_key",
    "answered_agent",
    "missed_agent",
    "call_flow",
    "data",
    "payload",
    "cdr_id",
    "cdr_phone",
    "cdr_disposition",
    "cdr_end",
    "recording_url",
];

const WORDS: [&str; 36] = [
    "channel_create",
    "CHANNEL_ANSWER",
    "CHANNEL_DESTROY",
    "1001@pbx.example",
    "sip:+442079460123@pbx.example",
    "63900000000",
    "USER_BUSY",
    "success",
    "error",
    "timed out",
    "init failed",
    "{\"a\":1}",
    "answered",
    "missed",
    "Answered by agent",
    "Answered by customer",
    "Dialed on Agent",
    "clicktocall",
    "inbound",
    "+919000000005",
    "9000000005",
    "0502842370097",
    "",
    "$call_id",
    "0",
    "1",
    "7",
    "-3",
    "1e309",
    "2026-04-12 09:50:59",
    "7/11/2026, 9:14:45 PM",
    "1783784606.075",
    "99999999999999999999",
    "Call Disconnected By Callee",
    "ALL_CALLS",
    "é",
];

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        4 => prop::sample::select(&WORDS[..]).prop_map(Value::from),
        1 => any::<String>().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            object(inner).prop_map(Value::from)
        ]
    })
}

fn object(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Map<String, Value>> {
    let name = prop_oneof![
        8 => prop::sample::select(&NAMES[..]).prop_map(str::to_owned),
        1 => any::<String>(),
        2 => prop::sample::select(&["type", "dialst", "time", "id", "number", "agent_number"][..]).prop_map(str::to_owned),
    ];
    prop::collection::vec((name, value), 0..14).prop_map(|members| members.into_iter().collect())
}

/// Answers of any shape, lists and wrappers with the names that are read among them.
pub fn body() -> impl Strategy<Value = Value> {
    let names = [
        "success",
        "ok",
        "message",
        "data",
        "results",
        "rows",
        "count",
        "limit",
        "has_more",
        "last_seen_id",
        "id",
        "call_id",
        "date",
        "time",
        "end_stamp",
        "status",
        "direction",
        "description",
        "recording_url",
        "agent",
        "schedule_date_time",
        "notes",
        "calldate",
        "$date",
        "phones",
        "labels",
        "title",
        "access_token",
        "expires_in",
        "retry_after",
    ];
    let leaf = prop_oneof![
        3 => prop::sample::select(&WORDS[..]).prop_map(Value::from),
        1 => any::<String>().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        2 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
    ];
    leaf.prop_recursive(4, 40, 6, move |inner| {
        let member = (
            prop::sample::select(names.to_vec()).prop_map(str::to_owned),
            inner.clone(),
        );
        prop_oneof![
            1 => prop::collection::vec(inner, 0..4).prop_map(Value::from),
            3 => prop::collection::vec(member, 0..10)
                .prop_map(|members| Value::from(members.into_iter().collect::<Map<String, Value>>())),
        ]
    })
}

fn read(body: &[u8], content_type: Option<&str>) {
    for kind in KINDS {
        let event = RawEvent { content_type, body };
        if let Ok(facts) = complete(kind).decode(event, Timestamp::UNIX_EPOCH) {
            // A leg of the platform with itself, or one answered elsewhere, says nothing.
            assert!(!facts.is_empty() || kind == ProviderKind::Kazoo);
        }
        let reply = HttpReply {
            status: 200,
            retry_after: None,
            content_type: None,
            body: body.to_vec(),
        };
        let _ = complete(kind).read_call_answer(Ok(reply));
        let _ = complete(kind).read_stream(&String::from_utf8_lossy(body), Timestamp::UNIX_EPOCH);
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_a_panic(
        body in prop::collection::vec(any::<u8>(), 0..300),
        content_type in prop::option::of("application/(json|x-www-form-urlencoded)|[ -~]{0,20}"),
    ) {
        read(&body, content_type.as_deref());
    }

    #[test]
    fn any_event_is_read_without_a_panic(members in object(value())) {
        read(Value::from(members).to_string().as_bytes(), None);
    }

    #[test]
    fn any_answer_to_a_dial_is_sorted_without_a_panic(
        status in 0_u16..1_000,
        retry_after in prop::option::of(any::<String>()),
        body in value(),
    ) {
        for kind in KINDS {
            let body = body.to_string().into_bytes();
            let reply = HttpReply { status, retry_after: retry_after.clone(), content_type: None, body };
            let _ = complete(kind).read_call_answer(Ok(reply));
        }
    }
}
