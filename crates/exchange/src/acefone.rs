//! The white-label platform of Acefone, Servetel and Smartflo: routes, sign-in check and refusals.

mod contacts;
mod control;
mod dial;
mod fields;
mod history;
mod interactions;
mod lists;
mod live;
mod notes;
mod numbers;
mod sessions;
mod sign_in;

pub(crate) mod events;
pub(crate) mod office;
pub(crate) mod schedule;

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header::AUTHORIZATION};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::call::{Call, Kind};
use crate::recordings;
use crate::script::scenario::Refusal;
use crate::switchboard::Switchboard;

pub(crate) fn router(board: &Arc<Switchboard>) -> Router<Arc<Switchboard>> {
    Router::new()
        .route("/v1/click_to_call", post(dial::click_to_call))
        .route("/v1/call/hangup", post(live::hangup))
        .route("/v1/live_calls", get(live::live_calls))
        .route("/v1/call/records", get(history::call_records))
        .route("/v1/call/options", post(control::options))
        .route("/v1/call/notes/{client_number}", get(notes::call_notes))
        .route("/v1/dialer/disconnect_call", post(control::disconnect_call))
        .route("/v1/dialer/session_call", post(sessions::session_call))
        .route("/v1/dialer/disposition_status", post(notes::disposition_status))
        .route("/v1/dialer/store-disposition", post(notes::store_disposition))
        // One page prints the path with a slash at its end, the list's page without.
        .route("/v1/dialer/schedule_call", post(schedule::create).get(schedule::list))
        .route("/v1/dialer/schedule_call/", post(schedule::create).get(schedule::list))
        .route("/v1/my_number", get(numbers::my_number))
        .route("/v1/my_number/{id}", put(numbers::change))
        .route("/v1/users", get(lists::users))
        .route("/v1/user/{id}", get(lists::user))
        .route("/v1/departments", get(lists::departments))
        .route("/v1/contacts", get(contacts::contacts))
        .route(
            "/v1/interactions-hub/click-to-interaction",
            post(interactions::click_to_interaction),
        )
        .route("/v1/auth/refresh", post(sign_in::refresh))
        .route_layer(from_fn_with_state(board.clone(), require_token))
        // The key in the body stands for the token.
        .route("/v1/click_to_call_support", post(dial::click_to_call_support))
        .route("/v1/auth/login", post(sign_in::login))
        // Another host at the providers; the link carries its own token.
        .route("/file/recording", get(recordings::fetch))
        .fallback(wrong_path)
        .method_not_allowed_fallback(wrong_path)
}

/// A failure of a dialer route, with status 200.
fn not_ok(reason: &str) -> Json<Value> {
    Json(json!({"ok": false, "reason": reason}))
}

/// What kind of call the records and notes say it was.
fn call_hint(call: &Call, board: &Switchboard) -> &'static str {
    match call.kind {
        Kind::Inbound => "inbound",
        Kind::ClickToCall if board.office.scheduled_as(call.serial).is_some() => "dialer",
        Kind::ClickToCall | Kind::Support => "clicktocall",
    }
}

/// A refusal in the platform's words.
pub(crate) fn refusal(refusal: Refusal) -> Response {
    let (status, body) = match refusal {
        Refusal::Unauthorized => (
            StatusCode::UNAUTHORIZED,
            json!({"success": false, "message": "Deleted or blacklisted token provided"}),
        ),
        Refusal::Forbidden => (StatusCode::FORBIDDEN, json!({"message": "Forbidden"})),
        // The typo is theirs, and so is the lack of `success` and `message`.
        Refusal::InvalidCallerId => (
            StatusCode::UNPROCESSABLE_ENTITY,
            json!({"caller_id": "Provide a vaild caller_id."}),
        ),
        Refusal::UnknownAgent => (
            StatusCode::UNPROCESSABLE_ENTITY,
            json!({"agent_number": "Provide a valid agent_number."}),
        ),
        // The status of this one is not recorded anywhere; logical failures come with 200.
        Refusal::AgentOffline => (StatusCode::OK, json!({"success": false, "message": "Agent is offline"})),
        Refusal::RateLimited => (
            StatusCode::TOO_MANY_REQUESTS,
            json!({"success": "false", "message": "Too many requests"}),
        ),
        // No body is documented or seen.
        Refusal::ServerError => return (StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error").into_response(),
    };
    (status, Json(body)).into_response()
}

async fn require_token(State(board): State<Arc<Switchboard>>, request: Request, next: Next) -> Response {
    if board.accepts_token(bearer(request.headers())) {
        next.run(request).await
    } else {
        refusal(Refusal::Unauthorized)
    }
}

/// The token, with or without its scheme: both work for integrators.
fn bearer(headers: &HeaderMap) -> &str {
    let value = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .trim();
    match value.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
        Some(_) | None => value,
    }
}

/// The gateway in front of the platform answers an unknown route as it answers a missing permission.
async fn wrong_path() -> Response {
    refusal(Refusal::Forbidden)
}
