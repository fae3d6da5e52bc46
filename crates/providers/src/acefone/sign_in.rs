//! Signing in with name and password, for accounts without a token of their own.
//!
//! Too many logins lock the account out: an old session that still runs is renewed instead, and a refusal is final.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use serde_json::{Value, json};

use super::config::PASSWORD;
use super::{Acefone, wire};
use crate::{
    Body, Credentials, ErrorKind, HttpReply, HttpRequest, Operation, Provider, ProviderError, Purpose, Retry, Session,
    Transport, json_body, retry_after, secret,
};

/// How long a token lasts where the answer does not say.
const USUAL_LIFE: i64 = 3_600;
/// The longest life that is believed.
const LONGEST_LIFE: i64 = 30 * 24 * 3_600;

impl Acefone {
    /// Renews `old` while it runs, else signs in; a renewal that is refused is followed by a login.
    pub(super) async fn sign_in_anew(
        &self,
        old: Option<&Session>,
        secrets: &Credentials,
        transport: &dyn Transport,
        now: Timestamp,
    ) -> Result<Session, ProviderError> {
        let running = old.filter(|old| old.expires_at.is_none_or(|end| end > now));
        if let Some(old) = running {
            let mut request = self.request(
                Purpose::Read,
                "/v1/auth/refresh",
                Body::None,
                Some(self.as_header(old.token.clone())),
            );
            request.method = "POST";
            match self.session(request, Some(old), transport, now).await {
                Err(error) if may_sign_in_instead(&error) => {}
                result => return result,
            }
        }
        let request = self.login_request(secrets)?;
        self.session(request, None, transport, now).await
    }

    fn login_request(&self, secrets: &Credentials) -> Result<HttpRequest, ProviderError> {
        let missing = || {
            self.problem(ErrorKind::ConfigInvalid, Operation::SignIn)
                .about("login", "missing")
        };
        let login = self.config.login.clone().ok_or_else(missing)?;
        let password = secret::needed(secrets, PASSWORD, Operation::SignIn, self.kind())?;
        let mut json = serde_json::Map::new();
        json.insert(self.config.brand.login_field.into(), login.into());
        let body = Body::JsonWithSecret {
            json: json.into(),
            member: "password".into(),
            secret: password,
        };
        Ok(self.request(Purpose::Read, "/v1/auth/login", body, None))
    }

    async fn session(
        &self,
        request: HttpRequest,
        old: Option<&Session>,
        transport: &dyn Transport,
        now: Timestamp,
    ) -> Result<Session, ProviderError> {
        let sent = transport.send(request).await;
        let reply = sent.map_err(|failure| ProviderError::no_answer(failure, Operation::SignIn, self.kind()))?;
        let body = json_body::parse(&reply.body);
        let granted = body
            .as_ref()
            .filter(|body| (200..300).contains(&reply.status) && wire::success(body) != Some(false))
            .and_then(|body| read_session(body, old, now));
        granted.ok_or_else(|| self.refusal(&reply, body.as_ref(), now))
    }

    fn refusal(&self, reply: &HttpReply, body: Option<&Value>, now: Timestamp) -> ProviderError {
        let error = self.error(reply, Operation::SignIn);
        let empty = json!({});
        let body = body.unwrap_or(&empty);
        let told = |name| json_body::member_text(body, name);
        let is_locked_out =
            reply.status == 429 || error.kind == ErrorKind::RateLimited || told("retry_after").is_some();
        if is_locked_out {
            let zone = self.config.brand.lock_out_zone(&self.config.time_zone);
            return ProviderError {
                kind: ErrorKind::RateLimited,
                retry: Retry::Later {
                    after: retry_after::read_at(reply, Some(body), &zone, now),
                },
                ..error
            };
        }
        let says_no = wire::success(body) == Some(false) && reply.status < 500;
        // A refusal in the platform's own words is about name and password; a gateway's 403 is not.
        let is_about_these = matches!(
            error.kind,
            ErrorKind::AgentUnavailable
                | ErrorKind::NumberInvalid
                | ErrorKind::PermissionDenied
                | ErrorKind::ResponseUnexpected
        );
        let kind = if says_no && is_about_these {
            ErrorKind::CredentialsRejected
        } else {
            error.kind
        };
        let mut error = ProviderError {
            retry: if kind == error.kind {
                error.retry
            } else {
                kind.usual_retry()
            },
            kind,
            ..error
        };
        if let Some(count) = told("login_failed_count").filter(|count| count.parse::<u32>().is_ok()) {
            error.fields.insert("failed_logins".into(), count);
        }
        error
    }
}

/// Whether the old session is no good any more, rather than the provider out of reach or out of patience.
fn may_sign_in_instead(error: &ProviderError) -> bool {
    match error.kind {
        ErrorKind::Unreachable | ErrorKind::RateLimited => false,
        ErrorKind::ResponseUnexpected => error.status.is_some_and(|status| status < 500),
        ErrorKind::ConfigInvalid
        | ErrorKind::CredentialsRejected
        | ErrorKind::PermissionDenied
        | ErrorKind::NotCarriedOut
        | ErrorKind::Unsupported
        | ErrorKind::NumberInvalid
        | ErrorKind::CallerIdRefused
        | ErrorKind::AgentUnavailable
        | ErrorKind::CallNotFound
        | ErrorKind::BalanceTooLow => true,
    }
}

/// The session that an answer grants; none without a token that can go into a header.
fn read_session(body: &Value, old: Option<&Session>, now: Timestamp) -> Option<Session> {
    let level = json_body::member(body, "data").filter(|data| data.is_object());
    let text = |name: &str| json_body::member_text(body, name).or_else(|| json_body::member_text(level?, name));
    let token = text("access_token").or_else(|| text("token"))?;
    if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return None;
    }
    let life = text("expires_in")
        .and_then(|text| text.parse::<i64>().ok())
        .filter(|life| *life > 0)
        .unwrap_or(USUAL_LIFE)
        .min(LONGEST_LIFE);
    // A renewal does not repeat the age of the password.
    let mut told: BTreeMap<String, String> = old.map(|old| old.told.clone()).unwrap_or_default();
    if let Some(days) = text("number_of_days_left").filter(|days| days.parse::<i64>().is_ok()) {
        told.insert(Session::PASSWORD_DAYS_LEFT.into(), days);
    }
    Some(Session {
        token: SecretString::from(token),
        opened_at: now,
        expires_at: now.checked_add(SignedDuration::from_secs(life)).ok(),
        told,
    })
}
