//! Superfone's JSON: what an answer says of itself.

use serde_json::Value;

use crate::dial_answer::BodySays;
use crate::json_body;

/// Whether the push was handed to the member's phone; none if the answer does not say.
///
/// A general `success` is believed as a no only: as a yes it would speak of the request, not of the push.
pub(super) fn was_sent(body: &Value) -> Option<bool> {
    let data = json_body::member(body, "data");
    let sent = [data, Some(body)]
        .into_iter()
        .flatten()
        .find_map(|level| json_body::member(level, "sentSuccess"));
    sent.and_then(json_body::truth)
        .or_else(|| says_no(body).then_some(false))
}

/// Whether an answer calls itself a failure, whatever its status.
pub(super) fn says_no(body: &Value) -> bool {
    json_body::member(body, "success").and_then(json_body::truth) == Some(false)
}

/// What an answer to START or END says. `message: "success"` alone says nothing of the push.
pub(super) fn answer(body: &[u8]) -> BodySays {
    let Some(body) = json_body::parse(body) else {
        return BodySays::Unclear;
    };
    match was_sent(&body) {
        Some(true) => {
            // Names the push, not the call: good for asking support, never for finding the call again.
            let notification =
                json_body::member(&body, "data").and_then(|data| json_body::member_text(data, "notificationID"));
            BodySays::Taken {
                provider_call_id: None,
                provider_request_id: notification,
                provider_leg_ids: Vec::new(),
                first_leg_answered: false,
            }
        }
        Some(false) => BodySays::Failed,
        None => BodySays::Unclear,
    }
}
