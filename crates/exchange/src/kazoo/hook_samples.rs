//! `GET /v2/webhooks/samples`: what the body of each webhook looks like.

use serde_json::{Value, json};

use super::answer::{Answer, Outcome};
use super::tenant;

const SAMPLES: [&str; 4] = [
    "webhooks_channel_answer",
    "webhooks_channel_bridge",
    "webhooks_channel_create",
    "webhooks_channel_destroy",
];

pub(super) fn list() -> Answer {
    Answer::ok(json!(SAMPLES))
}

/// One as a list, for there may be several of a kind.
pub(super) fn one(id: &str) -> Outcome {
    if !SAMPLES.contains(&id) {
        return Err(Answer::no_document(id).into());
    }
    Ok(Answer::ok(vec![body(id.trim_start_matches("webhooks_"))]))
}

/// Somebody of the account calls out.
fn body(event: &str) -> Value {
    let user = &tenant::USERS[0];
    let at_realm = |name: &str| format!("{name}@{}", tenant::ACCOUNT_REALM);
    let called = "+442079460001";
    let mut body = json!({
        "hook_event": event,
        "account_id": tenant::ACCOUNT_ID,
        "authorizing_id": user.device,
        "authorizing_type": "device",
        "call_direction": "inbound",
        "call_forwarded": false,
        "call_id": "3f0c2a7e-0000-4000-8000-000000000001",
        "callee_id_name": called,
        "callee_id_number": called,
        "caller_id_name": user.name,
        "caller_id_number": user.extension,
        "custom_application_vars": {},
        "custom_channel_vars": {},
        "emergency_resource_used": false,
        "from": at_realm(user.extension),
        "inception": at_realm(called),
        "is_internal_leg": false,
        "local_resource_used": false,
        "owner_id": user.id,
        "request": at_realm(called),
        "reseller_id": tenant::ACCOUNT_ID,
        "timestamp": "63908006400",
        "to": at_realm(called),
    });
    match event {
        "channel_bridge" => {
            body["other_leg_call_id"] = "3f0c2a7e-0000-4000-8000-000000000002".into();
            body["other_leg_destination_number"] = called.into();
            body["original_number"] = called.into();
        }
        "channel_destroy" => {
            body["hangup_cause"] = "NORMAL_CLEARING".into();
            body["hangup_code"] = "sip:200".into();
            body["duration_seconds"] = 6.into();
            body["billing_seconds"] = 6.into();
            body["ringing_seconds"] = 0.into();
        }
        _ => {}
    }
    body
}
