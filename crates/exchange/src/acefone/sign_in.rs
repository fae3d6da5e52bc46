//! Tokens for a name and password, and the lock-out of who tries too often.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::fields::Fields;
use crate::clock::{local_stamp, real};
use crate::fault::Refused;
use crate::plays::Plays;
use crate::script::platform::SignIn;
use crate::switchboard::Switchboard;

/// What is remembered of a name that signs in.
#[derive(Default)]
pub(super) struct Door {
    /// Wrong passwords in a row.
    failures: u32,
    recent: VecDeque<Instant>,
    locked_until: Option<Instant>,
}

enum Entry {
    Granted,
    Wrong { failures: u32 },
    Locked { remaining: Duration },
}

impl Door {
    fn knock(&mut self, is_right: bool, rules: &SignIn, speed: f64) -> Entry {
        let (now, span) = (Instant::now(), real(rules.lock_out(), speed));
        if let Some(until) = self.locked_until {
            if now < until {
                return Entry::Locked { remaining: until - now };
            }
            *self = Self::default();
        }
        self.recent.retain(|at| now.duration_since(*at) < span);
        if self.recent.len() >= rules.logins() {
            self.locked_until = Some(now + span);
            return Entry::Locked { remaining: span };
        }
        self.recent.push_back(now);
        if is_right {
            self.failures = 0;
            return Entry::Granted;
        }
        self.failures += 1;
        if self.failures >= rules.failures() {
            self.locked_until = Some(now + span);
        }
        Entry::Wrong {
            failures: self.failures,
        }
    }
}

/// The name is `email`; the oldest host of the UK brand calls it `login_id`, and no page of the newer one names it.
pub(super) async fn login(
    State(board): State<Arc<Switchboard>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refused> {
    let mut fields = Fields::read(&headers, &body)?;
    let name = match fields.text("login_id") {
        Some(name) if board.plays == Plays::AcefoneUk => name,
        Some(_) | None => fields.required("email"),
    };
    let password = fields.required("password");
    fields.checked()?;
    let logins = board.account().logins;
    let is_right = logins.is_empty()
        || logins
            .iter()
            .any(|known| known.login == name && known.password == password);
    let rules = board.platform().sign_in;
    let entry = {
        let mut books = board.office.books();
        books
            .doors
            .entry(name.clone())
            .or_default()
            .knock(is_right, &rules, board.speed)
    };
    match entry {
        Entry::Granted => {
            let mut reply = token_reply(&board, Some(name));
            if board.plays == Plays::Smartflo {
                reply["number_of_days_left"] = rules.days_left().into();
            }
            Ok(Json(reply).into_response())
        }
        Entry::Wrong { failures } => Err((StatusCode::UNAUTHORIZED, Json(wrong_password(board.plays, failures)))
            .into_response()
            .into()),
        Entry::Locked { remaining } => Err((
            StatusCode::TOO_MANY_REQUESTS,
            Json(locked_out(board.wall.now(), remaining)?),
        )
            .into_response()
            .into()),
    }
}

/// Another life for a token that is still good; the owner stays.
pub(super) async fn refresh(State(board): State<Arc<Switchboard>>, headers: HeaderMap) -> Json<Value> {
    let owner = board.office.books().owners.get(super::bearer(&headers)).cloned();
    Json(token_reply(&board, owner))
}

fn token_reply(board: &Switchboard, owner: Option<String>) -> Value {
    let token = board.issue_token();
    if let Some(owner) = owner {
        board.office.books().owners.insert(token.clone(), owner);
    }
    json!({
        "success": true,
        "access_token": token,
        "token_type": "bearer",
        "expires_in": board.platform().sign_in.token_life().whole(),
    })
}

fn wrong_password(plays: Plays, failures: u32) -> Value {
    if plays == Plays::Smartflo {
        json!({
            "success": false,
            "message": "The username or password is incorrect.",
            "login_failed_count": failures,
        })
    } else {
        json!({"success": false, "message": "Invalid credentials"})
    }
}

/// `retry_after` is a time of day in India, whatever the account's zone; rounded up, so that it is never too early.
fn locked_out(now: Timestamp, remaining: Duration) -> Result<Value, Refused> {
    let zone = TimeZone::get("Asia/Kolkata").map_err(|error| {
        tracing::warn!(%error, "the lock-out cannot be dated");
        Refused::from(StatusCode::INTERNAL_SERVER_ERROR.into_response())
    })?;
    let until = now + SignedDuration::try_from(remaining).unwrap_or(SignedDuration::MAX);
    let whole = until + SignedDuration::from_nanos(999_999_999);
    Ok(json!({
        "success": false,
        "message": "Too many login attempts.",
        "retry_after": local_stamp(whole, &zone),
    }))
}
