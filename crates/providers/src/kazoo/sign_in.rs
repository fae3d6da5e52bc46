//! Signing in: an API key, or a user's name and password, against a token that lasts an hour.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use md5::{Digest, Md5};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use sha1::Sha1;

use super::api::{Api, Envelope, KIND};
use super::config::{API_KEY, Config, Hash, Login, PASSWORD, stream_address};
use super::error;
use crate::{
    Body, Credentials, ErrorKind, HttpRequest, Operation, ProviderError, Purpose, Session, Transport, json_body, secret,
};

const TIMEOUT: std::time::Duration = std::time::Duration::from_secs(10);

/// How long a token lasts where it does not say itself, in seconds.
const USUAL_LIFE: i64 = 3_600;
/// A longer life is not believed: a clock or a unit is wrong.
const LONGEST_LIFE: i64 = 30 * 24 * 3_600;
const GREGORIAN_TO_UNIX: i64 = 62_167_219_200;

/// Opens a session. There is no renewal but signing in again.
pub(super) async fn open(
    config: &Config,
    secrets: &Credentials,
    transport: &dyn Transport,
    now: Timestamp,
) -> Result<Session, ProviderError> {
    let request = request(config, secrets)?;
    let reply = Api::send(request, Operation::SignIn, transport).await?;
    let refused = || error::read(&reply, Operation::SignIn, config);
    if !(200..300).contains(&reply.status) {
        return Err(refused());
    }
    let envelope = Envelope::read(&reply.body).ok_or_else(refused)?;
    let token = json_body::parse(&reply.body)
        .and_then(|body| json_body::member_text(&body, "auth_token"))
        .filter(|token| token.bytes().all(|byte| byte.is_ascii_graphic()))
        .ok_or_else(|| Api::unexpected(Operation::SignIn))?;
    Ok(Session {
        expires_at: now.checked_add(SignedDuration::from_secs(life(&token, now))).ok(),
        token: token.into(),
        opened_at: now,
        told: told(&envelope.data, config),
    })
}

fn request(config: &Config, secrets: &Credentials) -> Result<HttpRequest, ProviderError> {
    let (path, body) = match config.login {
        Login::ApiKey => {
            let key = secret::needed(secrets, API_KEY, Operation::SignIn, KIND)?;
            ("/api_auth", json!({ "data": { "api_key": key.expose_secret() } }))
        }
        Login::User => ("/user_auth", json!({ "data": user(config, secrets)? })),
    };
    // As text at once: a tree of values would keep the secret in memory and print it.
    let body: SecretString = body.to_string().into();
    Ok(HttpRequest {
        purpose: Purpose::Read,
        method: "PUT",
        url: format!("{}{path}", config.base_url),
        headers: vec![
            ("accept", "application/json".to_owned()),
            ("content-type", "application/json".to_owned()),
        ],
        secret_headers: Vec::new(),
        body: Body::SecretJson(body),
        timeout: TIMEOUT,
    })
}

fn user(config: &Config, secrets: &Credentials) -> Result<Value, ProviderError> {
    let refuse = |field, why| Api::problem(ErrorKind::ConfigInvalid, Operation::SignIn).about(field, why);
    let username = config.username.as_ref().ok_or_else(|| refuse("username", "missing"))?;
    let password = secret::needed(secrets, PASSWORD, Operation::SignIn, KIND)?;
    let (account, name) = match (&config.account_name, &config.account_realm) {
        (Some(name), _) => ("account_name", name),
        (None, Some(realm)) => ("account_realm", realm),
        (None, None) => return Err(refuse("account_name", "missing")),
    };
    let pair = format!("{username}:{}", password.expose_secret());
    let (credentials, method) = match config.hash {
        Hash::Md5 => (hex(&Md5::digest(pair)), "md5"),
        Hash::Sha => (hex(&Sha1::digest(pair)), "sha"),
    };
    let mut data = json!({ "credentials": credentials, "method": method });
    data[account] = name.as_str().into();
    Ok(data)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What requests and the stream of events need to know of the account.
fn told(data: &Value, config: &Config) -> BTreeMap<String, String> {
    let mut told = BTreeMap::new();
    for name in ["account_id", "owner_id", "account_name"] {
        if let Some(text) = json_body::member_text(data, name) {
            told.insert(name.to_owned(), text);
        }
    }
    let address = ["ui_config", "api", "kazoo_websocket", "url"]
        .iter()
        .try_fold(data, |value, name| json_body::member(value, name))
        .and_then(json_body::text);
    if let Some(url) = address.and_then(|url| stream_address(&url, config.allow_plain_http).ok()) {
        told.insert("websocket_url".to_owned(), url);
    }
    told
}

/// Seconds that a token lasts from now, by its own claims. The far clock may differ from ours: its two times are
/// compared with each other where it gives both.
fn life(token: &str, now: Timestamp) -> i64 {
    let claims = token
        .split('.')
        .nth(1)
        .and_then(|part| URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok())
        .and_then(|bytes| json_body::parse(&bytes));
    let claim = |name: &str| {
        let value: i64 = json_body::member_text(claims.as_ref()?, name)?.parse().ok()?;
        Some(if value >= GREGORIAN_TO_UNIX {
            value - GREGORIAN_TO_UNIX
        } else {
            value
        })
    };
    claim("exp")
        .map(|expires| expires.saturating_sub(claim("iat").unwrap_or(now.as_second())))
        .filter(|life| (1..=LONGEST_LIFE).contains(life))
        .unwrap_or(USUAL_LIFE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(claims: &Value) -> String {
        format!("head.{}.tail", URL_SAFE_NO_PAD.encode(claims.to_string()))
    }

    #[test]
    fn the_life_of_a_token_is_read_from_its_claims() {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        assert_eq!(life(&token(&json!({ "exp": 1_800_001_800 })), now), 1_800);
        // A clock that is an hour off, and one that counts from the year 0.
        let claims = json!({ "iat": 1_799_996_400, "exp": 1_800_000_000 });
        assert_eq!(life(&token(&claims), now), 3_600);
        let claims = json!({ "exp": 1_800_000_900 + GREGORIAN_TO_UNIX });
        assert_eq!(life(&token(&claims), now), 900);
    }

    #[test]
    fn a_token_that_does_not_say_lasts_an_hour() {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        for token in ["opaque", "a.b.c", &token(&json!({ "exp": 17 })), &token(&json!([]))] {
            assert_eq!(life(token, now), USUAL_LIFE, "{token}");
        }
    }

    #[test]
    fn the_hash_is_that_of_the_documented_example() {
        assert_eq!(
            hex(&Md5::digest("john@example.com:m32c6NfqYEt")),
            "82a2dc91686ec828a67152d45a5c5ef7"
        );
    }
}
