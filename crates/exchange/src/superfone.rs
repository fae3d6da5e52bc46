//! Superfone's click-to-call, a GET that pushes to the agent's telephone, its CRM, and its event notifications.

mod dial;
mod lead;

pub(crate) mod customers;
pub(crate) mod events;

use std::sync::Arc;

use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;

use crate::recordings;
use crate::script::scenario::Refusal;
use crate::switchboard::Switchboard;

pub(crate) fn router() -> Router<Arc<Switchboard>> {
    Router::new()
        .route("/api/customer/click-2-call", get(dial::click_to_call))
        .route("/enterprise/api/lead", get(lead::get_lead).post(lead::upsert_lead))
        .route("/enterprise/api/label", get(lead::labels))
        .route("/enterprise/api/lead-stage", get(lead::lead_stages))
        .route("/enterprise/api/lead-group", get(lead::lead_groups))
        .route("/enterprise/api/source-type", get(lead::source_types))
        .route("/enterprise/api/products", get(lead::products))
        .route("/file/recording", get(recordings::fetch))
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

/// The key of a request, empty when there is none.
fn key(headers: &HeaderMap) -> &str {
    headers
        .get("x-api-key")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

async fn wrong_path() -> Response {
    (StatusCode::NOT_FOUND, Json(json!({"message": "Not found"}))).into_response()
}
