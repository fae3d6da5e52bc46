//! The interactions hub, which opens a conversation's page and dials nobody.

use axum::Json;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::fields::Fields;
use crate::fault::Refused;
use crate::number::is_e164;

/// Takes a number with its plus, though the page's own sample lacks it. The trace id is mandatory and comes back.
pub(super) async fn click_to_interaction(headers: HeaderMap, body: Bytes) -> Result<Response, Refused> {
    let fields = Fields::read(&headers, &body)?;
    let trace_id = headers.get("x-trace-id").and_then(|value| value.to_str().ok());
    let complaint = match (trace_id, fields.text("contact_number")) {
        (None, _) => Some(("x-trace-id", "is required")),
        (Some(_), Some(number)) if is_e164(&number) => None,
        (Some(_), Some(_) | None) => Some(("contact_number", "must be an E.164 number")),
    };
    let (status, body) = match complaint {
        None => (
            StatusCode::CREATED,
            json!({
                "success": true,
                "status": 201,
                "data": {"url": "https://console.example.invalid/interactions/EXAMPLE"},
                "trace_id": trace_id,
            }),
        ),
        Some((field, text)) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            json!({
                "success": false,
                "status": 422,
                "errors": {"code": "IH-VA-110001", "message": "Validation failed", "details": {field: text}},
                "trace_id": trace_id,
            }),
        ),
    };
    Ok((status, Json(body)).into_response())
}
