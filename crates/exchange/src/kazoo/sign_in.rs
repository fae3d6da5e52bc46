//! Tokens: for the account's key, for a user's hash, and what becomes of them.

use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use md5::{Digest, Md5};
use serde_json::{Map, Value, json};
use sha1::Sha1;
use tokio::time::Instant;

use super::answer::{Answer, Outcome, Refused};
use super::ask::{Ask, Credential};
use super::cluster::Session;
use super::validate::{Tree, invalid};
use super::{socket, tenant};
use crate::clock::scaled;
use crate::number::same_number;
use crate::script::account::Login;
use crate::switchboard::Switchboard;

/// Who sent a request.
#[derive(Clone, Debug)]
pub(super) enum Caller {
    Nobody,
    Known(Session),
}

impl Caller {
    pub(super) fn session(&self) -> Result<&Session, Refused> {
        match self {
            Self::Nobody => Err(Answer::invalid_credentials().into()),
            Self::Known(session) => Ok(session),
        }
    }
}

/// Reads who sent a request. A token that is no good is refused even where none would have been needed.
pub(super) fn caller(board: &Switchboard, ask: &Ask) -> Result<Caller, Refused> {
    match &ask.credential {
        Credential::None => Ok(Caller::Nobody),
        Credential::Token(token) => session_of(board, token).map(Caller::Known),
        Credential::Basic(account_id, hash) => {
            let login = logins(board)
                .into_iter()
                .find(|login| *account_id == tenant::ACCOUNT_ID && md5_of(login) == *hash);
            let login = login.ok_or_else(Answer::invalid_credentials)?;
            Ok(Caller::Known(Session {
                token: String::new(),
                account_id: account_id.clone(),
                owner_id: owner_of(board, &login),
                method: "cb_basic_auth",
                expires: Instant::now(),
            }))
        }
    }
}

/// The session of a token that is still good.
pub(super) fn session_of(board: &Switchboard, token: &str) -> Result<Session, Refused> {
    let parts: Vec<&str> = token.split('.').collect();
    let is_token = parts.len() == 3 && parts.iter().all(|part| !part.is_empty());
    if !is_token {
        return Err(Answer::invalid_credentials().into());
    }
    let store = board.kazoo.store();
    let session = store.sessions.iter().find(|session| session.token == token);
    match session {
        Some(session) if Instant::now() < session.expires => Ok(session.clone()),
        Some(_) | None => Err(Answer::token_is_over().into()),
    }
}

/// `PUT api_auth`: a key of exactly 64 characters and nothing beside it.
pub(super) fn api_auth(board: &Switchboard, ask: &Ask) -> Outcome {
    let mut tree = Tree::over(&ask.data);
    tree.required(&["api_key"]);
    tree.text("api_key", 64, 64);
    for name in ask.data.keys().filter(|name| *name != "api_key") {
        tree.complain(
            name,
            "additionalProperties",
            json!({"message": "The field is not allowed"}),
        );
    }
    tree.checked()?;
    let key = ask.text("api_key").unwrap_or_default();
    if !keys(board).contains(&key) {
        return Err(Answer::no_channel(&key).into());
    }
    let account = board.account().kazoo;
    if account.disabled {
        return Err(Answer::account_disabled().into());
    }
    Ok(signed_in(board, "cb_api_auth", None))
}

/// `PUT user_auth`: a hash of name and password, and the account by name, realm or number.
pub(super) fn user_auth(board: &Switchboard, ask: &Ask) -> Outcome {
    let mut tree = Tree::over(&ask.data);
    tree.required(&["credentials"]);
    tree.text("credentials", 1, 64);
    tree.text("account_name", 1, 128);
    tree.text("account_realm", 4, 253);
    tree.text("phone_number", 1, 64);
    tree.one_of("method", &["md5".into(), "sha".into()]);
    tree.checked()?;
    find_account(board, ask)?;
    let hash_of = match ask.text("method").as_deref() {
        Some("sha") => sha_of,
        Some(_) | None => md5_of,
    };
    let credentials = ask.text("credentials").unwrap_or_default();
    let login = logins(board)
        .into_iter()
        .find(|login| hash_of(login) == credentials)
        .ok_or_else(Answer::invalid_credentials)?;
    let account = board.account().kazoo;
    if account.disabled {
        return Err(Answer::account_disabled().into());
    }
    if account.multi_factor && !ask.data.contains_key("multi_factor_response") {
        return Err(second_factor().into());
    }
    Ok(signed_in(board, "cb_user_auth", owner_of(board, &login)))
}

/// `GET token_auth`, and `GET user_auth/{token}`.
pub(super) fn told(board: &Switchboard, session: &Session) -> Answer {
    let mut data = reply_data(board, session);
    data.insert("id".to_owned(), session.token.clone().into());
    data.insert("method".to_owned(), session.method.into());
    Answer::ok(data)
}

/// `DELETE token_auth`
pub(super) fn forget(board: &Switchboard, session: &Session) -> Answer {
    board
        .kazoo
        .store()
        .sessions
        .retain(|known| known.token != session.token);
    Answer::ok(json!({}))
}

/// `GET accounts/{A}/api_key`
pub(super) fn api_key(board: &Switchboard) -> Answer {
    Answer::ok(json!({"api_key": keys(board).into_iter().next()}))
}

fn find_account(board: &Switchboard, ask: &Ask) -> Result<(), Refused> {
    // Names are compared as the platform stores them: lower case, letters and digits alone.
    let plain = |name: &str| -> String {
        name.chars()
            .filter(char::is_ascii_alphanumeric)
            .collect::<String>()
            .to_lowercase()
    };
    let is_ours = |field: &str, value: &str| match field {
        "account_name" => plain(value) == plain(tenant::ACCOUNT_NAME),
        "account_realm" => value.eq_ignore_ascii_case(tenant::ACCOUNT_REALM),
        _ => {
            let dids = board.account().dids(board.plays);
            dids.iter().any(|did| same_number(&did.number, value))
        }
    };
    for field in ["phone_number", "account_realm", "account_name"] {
        if let Some(value) = ask.data.get(field).and_then(Value::as_str) {
            if is_ours(field, value) {
                return Ok(());
            }
            let leaf = json!({"message": "The account could not be found", "cause": value});
            return Err(invalid(json!({ field: {"not_found": leaf} })).into());
        }
    }
    let leaf = json!({"message": "The account name is required"});
    Err(invalid(json!({"account_name": {"required": leaf}})).into())
}

fn second_factor() -> Answer {
    let data = json!({
        "message": "a second factor is needed",
        "multi_factor_request": {"provider_name": "sandbox", "settings": {}},
    });
    Answer::error(StatusCode::UNAUTHORIZED, "invalid_credentials", data)
}

fn signed_in(board: &Switchboard, method: &'static str, owner_id: Option<String>) -> Answer {
    let life = scaled(board.account().kazoo.token_life(), board.speed);
    let session = Session {
        token: new_token(board.wall.now(), method, owner_id.as_deref(), life),
        account_id: tenant::ACCOUNT_ID.to_owned(),
        owner_id,
        method,
        expires: Instant::now() + life,
    };
    let data = reply_data(board, &session);
    let token = session.token.clone();
    board.kazoo.store().sessions.push(session);
    // The one reply whose envelope holds a token that the request did not come with.
    Answer::created(data).with("auth_token", token)
}

/// What the platform's own front end wants to know after a login.
fn reply_data(board: &Switchboard, session: &Session) -> Map<String, Value> {
    let mut data = Map::new();
    let mut add = |name: &str, value: Value| data.insert(name.to_owned(), value);
    add("account_id", session.account_id.clone().into());
    if let Some(owner_id) = &session.owner_id {
        add("owner_id", owner_id.clone().into());
    }
    add("account_name", tenant::ACCOUNT_NAME.into());
    add("language", "en-gb".into());
    add("reseller_id", tenant::ACCOUNT_ID.into());
    add("is_reseller", false.into());
    add("is_master_account", false.into());
    add("apps", json!([]));
    add("capabilities", json!({}));
    let told = board.account().kazoo.tells_websocket;
    if let Some(address) = board.kazoo.address().filter(|_| told) {
        add(
            "ui_config",
            json!({"api": {"kazoo_websocket": {"url": socket::url(address)}}}),
        );
    }
    data
}

/// Three parts, of which the middle one tells when the token ends; the signature signs nothing.
fn new_token(now: Timestamp, method: &str, owner_id: Option<&str>, life: std::time::Duration) -> String {
    let expires = now + SignedDuration::try_from(life).unwrap_or(SignedDuration::ZERO);
    let claims = json!({
        "iss": "kazoo",
        "account_id": tenant::ACCOUNT_ID,
        "owner_id": owner_id,
        "method": method,
        "identity_sig": super::text::document_id(),
        "iat": now.as_second(),
        "exp": expires.as_second(),
    });
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let header = json!({"alg": "RS256", "typ": "JWT"});
    format!(
        "{}.{}.{}",
        encode(&header),
        encode(&claims),
        URL_SAFE_NO_PAD.encode("sandbox")
    )
}

/// The account's keys; the one of [`tenant`] unless the script has others.
fn keys(board: &Switchboard) -> Vec<String> {
    let keys = board.account().tokens;
    if keys.is_empty() {
        vec![tenant::API_KEY.to_owned()]
    } else {
        keys
    }
}

/// Everybody of the account, unless the script names them.
fn logins(board: &Switchboard) -> Vec<Login> {
    let account = board.account();
    if !account.logins.is_empty() {
        return account.logins;
    }
    account
        .agents(board.plays)
        .iter()
        .map(|agent| Login {
            login: tenant::username(agent),
            password: tenant::PASSWORD.to_owned(),
            agent: None,
        })
        .collect()
}

/// The user of a login; the account's first if none has its name.
fn owner_of(board: &Switchboard, login: &Login) -> Option<String> {
    let users = board.account().agents(board.plays);
    let named = users
        .iter()
        .find(|user| tenant::username(user) == login.login.to_lowercase());
    named.or(users.first()).map(|user| user.id.clone())
}

/// User names are stored in lower case, and hashed as stored.
fn secret_of(login: &Login) -> String {
    format!("{}:{}", login.login.to_lowercase(), login.password)
}

fn md5_of(login: &Login) -> String {
    hex(&Md5::digest(secret_of(login)))
}

fn sha_of(login: &Login) -> String {
    hex(&Sha1::digest(secret_of(login)))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
