//! Superfone's click-to-call, a GET that pushes to the agent's telephone, and its event notifications.

mod dial;

pub(crate) mod events;

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;

use crate::script::scenario::Refusal;
use crate::switchboard::Switchboard;

pub(crate) fn router() -> Router<Arc<Switchboard>> {
    Router::new()
        .route("/api/customer/click-2-call", get(dial::click_to_call))
        .fallback(wrong_path)
}

/// A refusal in Superfone's words.
pub(crate) fn refusal(refusal: Refusal) -> Response {
    let (status, message) = match refusal {
        // Sibling pages word it "UnAuthorized, Please Provide Valid API Key".
        Refusal::Unauthorized => (StatusCode::UNAUTHORIZED, "Unauthorized"),
        Refusal::Forbidden => (StatusCode::FORBIDDEN, "Forbidden"),
        // No caller id can be sent, so none can be refused.
        Refusal::InvalidCallerId => (StatusCode::BAD_REQUEST, "Invalid request"),
        Refusal::UnknownAgent => (StatusCode::NOT_FOUND, "User not found"),
        Refusal::AgentOffline => return dial::pushed(1, false),
        // No limits are published; other providers' answer is assumed.
        Refusal::RateLimited => (StatusCode::TOO_MANY_REQUESTS, "Too many requests"),
        Refusal::ServerError => (StatusCode::INTERNAL_SERVER_ERROR, "Internal server error"),
    };
    (status, Json(json!({"message": message}))).into_response()
}

async fn wrong_path() -> Response {
    (StatusCode::NOT_FOUND, Json(json!({"message": "Not found"}))).into_response()
}
