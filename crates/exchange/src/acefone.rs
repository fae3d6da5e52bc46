//! The white-label platform of Acefone, Servetel and Smartflo: routes, sign-in check and refusals.

mod dial;
mod fields;
mod history;
mod lists;
mod live;
mod sign_in;

pub(crate) mod events;

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header::AUTHORIZATION};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::json;

use crate::script::scenario::Refusal;
use crate::switchboard::Switchboard;

pub(crate) fn router(board: &Arc<Switchboard>) -> Router<Arc<Switchboard>> {
    Router::new()
        .route("/v1/click_to_call", post(dial::click_to_call))
        .route("/v1/call/hangup", post(live::hangup))
        .route("/v1/live_calls", get(live::live_calls))
        .route("/v1/call/records", get(history::call_records))
        .route("/v1/my_number", get(lists::my_number))
        .route("/v1/users", get(lists::users))
        .route("/v1/auth/refresh", post(sign_in::refresh))
        .route_layer(from_fn_with_state(board.clone(), require_token))
        // The key in the body stands for the token.
        .route("/v1/click_to_call_support", post(dial::click_to_call_support))
        .route("/v1/auth/login", post(sign_in::login))
        .fallback(wrong_path)
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
