//! Superfone's JSON: the one answer there is.

use serde_json::Value;

use crate::dial_answer::BodySays;
use crate::json_body;

/// Whether the push was handed to the member's phone; none if the answer does not say.
pub(super) fn was_sent(body: &Value) -> Option<bool> {
    let data = json_body::member(body, "data").unwrap_or(body);
    let told = json_body::first(data, &["sentSuccess"]).or_else(|| json_body::first(body, &["sentSuccess", "success"]));
    told.and_then(json_body::truth)
}

/// What an answer to START or END says. `message: "success"` alone says nothing of the push.
pub(super) fn answer(body: &[u8]) -> BodySays {
    let Some(body) = json_body::parse(body) else {
        return BodySays::Unclear;
    };
    match was_sent(&body) {
        Some(true) if json_body::member(json_body::member(&body, "data").unwrap_or(&body), "sentSuccess").is_some() => {
            let data = json_body::member(&body, "data").unwrap_or(&body);
            // Names the push, not the call: good for asking support, never for finding the call again.
            let notification = json_body::member_text(data, "notificationID");
            BodySays::Taken {
                provider_call_id: None,
                provider_request_id: notification,
            }
        }
        Some(false) => BodySays::Failed,
        Some(true) | None => BodySays::Unclear,
    }
}
