//! Tokens for a name and password.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::fields::Fields;
use crate::fault::Refused;
use crate::plays::Plays;
use crate::switchboard::Switchboard;

/// The name is `email` on most brands and `login_id` on the oldest.
pub(super) async fn login(
    State(board): State<Arc<Switchboard>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refused> {
    let mut fields = Fields::read(&headers, &body)?;
    let name = match fields.text("email").or_else(|| fields.text("login_id")) {
        Some(name) => name,
        None => fields.required("email"),
    };
    let password = fields.required("password");
    fields.checked()?;
    let logins = board.account().logins;
    if logins.is_empty()
        || logins
            .iter()
            .any(|known| known.login == name && known.password == password)
    {
        return Ok(Json(token_reply(&board, true)).into_response());
    }
    let body = match board.plays {
        Plays::Smartflo => json!({
            "success": false,
            "message": "The username or password is incorrect.",
            "login_failed_count": 1,
        }),
        Plays::AcefoneUk | Plays::AcefoneIn | Plays::Servetel | Plays::Superfone | Plays::Kazoo => {
            json!({"success": false, "message": "Invalid credentials"})
        }
    };
    Err((StatusCode::UNAUTHORIZED, Json(body)).into_response().into())
}

/// Another hour for a token that is still good.
pub(super) async fn refresh(State(board): State<Arc<Switchboard>>) -> Json<Value> {
    Json(token_reply(&board, false))
}

fn token_reply(board: &Switchboard, is_login: bool) -> Value {
    let mut reply = json!({
        "success": true,
        "access_token": board.issue_token(),
        "token_type": "bearer",
        "expires_in": 3600,
    });
    if is_login && board.plays == Plays::Smartflo {
        reply["number_of_days_left"] = 42.into();
    }
    reply
}
