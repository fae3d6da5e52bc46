//! Kazoo 4.3 as IP Telecom runs it: the crossbar API under `/v2` and the blackhole event socket beside it.
//!
//! Written from `kazoo.md` of the provider sheets, quirks included: replies in envelopes, a `+` that does not survive,
//! `"blocking":"true"` that breaks, hangups that are only promised, loopback legs, ids that differ leg by leg.

mod actions;
mod answer;
mod ask;
mod channels;
mod click_to_call;
mod connect;
mod directories;
mod hook_samples;
mod hooks;
mod lists;
mod numbers;
mod originate;
mod page;
mod quickcall;
mod records;
mod sign_in;
mod text;
mod validate;

pub(crate) mod cluster;
pub(crate) mod events;
pub(crate) mod hook_post;
pub(crate) mod legs;
pub(crate) mod onward;
pub(crate) mod socket;
pub mod tenant;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{any, get};
use serde_json::json;

use crate::script::scenario::Refusal;
use crate::switchboard::Switchboard;
use answer::{Answer, Outcome, Refused};
use ask::{Ask, Credential, Verb};
use sign_in::Caller;

/// What a login takes from its bucket; anything else takes one.
const LOGIN_COST: f64 = 35.0;

pub(crate) fn router() -> Router<Arc<Switchboard>> {
    Router::new()
        .route("/v2/{*nouns}", any(serve))
        .route(socket::PATH, get(socket::open))
        .fallback(async || StatusCode::NOT_FOUND)
}

/// A refusal in the platform's words. A phone that is offline is none here: the call is accepted, and fails.
pub(crate) fn refusal(refusal: Refusal) -> Answer {
    match refusal {
        Refusal::Unauthorized => Answer::token_is_over(),
        Refusal::Forbidden => Answer::forbidden(),
        Refusal::InvalidCallerId => validate::invalid(json!({
            "caller_id_number": {"invalid": {"message": "The caller id may not be used"}},
        })),
        Refusal::UnknownAgent => Answer::no_document("extension"),
        Refusal::AgentOffline => Answer::error(
            StatusCode::INTERNAL_SERVER_ERROR,
            "unspecified_fault",
            json!({"message": "unspecified fault"}),
        ),
        Refusal::RateLimited => Answer::too_many_requests(),
        Refusal::ServerError => Answer::error(
            StatusCode::INTERNAL_SERVER_ERROR,
            "timeout",
            json!({"message": "timeout"}),
        ),
    }
}

async fn serve(State(board): State<Arc<Switchboard>>, request: Request) -> Response {
    match Ask::read(request).await {
        Ok(ask) => {
            let answer = answer(&board, &ask).await.unwrap_or_else(Answer::from);
            let token = match &ask.credential {
                Credential::Token(token) => Some(token.as_str()),
                Credential::None | Credential::Basic(..) => None,
            };
            answer.into_response(token, &ask.request_id)
        }
        Err((request_id, refused)) => Answer::from(refused).into_response(None, &request_id),
    }
}

async fn answer(board: &Arc<Switchboard>, ask: &Ask) -> Outcome {
    let nouns: Vec<&str> = ask.nouns.iter().skip(1).map(String::as_str).collect();
    pay(board, &nouns)?;
    match (nouns.as_slice(), ask.verb) {
        (["api_auth"], Verb::Put) => return sign_in::api_auth(board, ask),
        (["user_auth"], Verb::Put) => return sign_in::user_auth(board, ask),
        (["api_auth" | "user_auth"], _) => return Err(Answer::wrong_verb().into()),
        (["webhooks"], Verb::Get) => return Ok(hooks::available()),
        (["webhooks", "samples"], Verb::Get) => return Ok(hook_samples::list()),
        (["webhooks", "samples", id], Verb::Get) => return hook_samples::one(id),
        (["websockets"], Verb::Get) => return Ok(socket::available()),
        _ => {}
    }
    let caller = sign_in::caller(board, ask)?;
    match (nouns.as_slice(), ask.verb) {
        (["token_auth"], Verb::Get) => Ok(sign_in::told(board, caller.session()?)),
        (["token_auth"], Verb::Delete) => Ok(sign_in::forget(board, caller.session()?)),
        (["user_auth", token], Verb::Get) => {
            caller.session()?;
            Ok(sign_in::told(board, &sign_in::session_of(board, token)?))
        }
        (["token_auth"] | ["user_auth", _], _) => Err(Answer::wrong_verb().into()),
        (["accounts", account_id, rest @ ..], _) => {
            admit(board, &caller, account_id)?;
            within_account(board, ask, &caller, rest).await
        }
        // The account of the token.
        (["account", rest @ ..], _) => {
            admit(board, &caller, &caller.session()?.account_id)?;
            within_account(board, ask, &caller, rest).await
        }
        _ => Err(Answer::not_found().into()),
    }
}

/// One bucket for each account in a path, and one for all who sign in: everybody here has the same address.
fn pay(board: &Switchboard, nouns: &[&str]) -> Result<(), Refused> {
    if !board.account().kazoo.rate_limit {
        return Ok(());
    }
    let (bucket, cost) = match nouns {
        ["api_auth" | "user_auth"] => ("no_account", LOGIN_COST),
        ["accounts", account_id, ..] => (*account_id, 1.0),
        _ => ("no_account", 1.0),
    };
    if board.kazoo.store().pay(bucket, cost, board.speed) {
        Ok(())
    } else {
        Err(Answer::too_many_requests().into())
    }
}

/// Whoever has signed in sees the own account alone; who has not, sees what asks nobody to.
fn admit(board: &Switchboard, caller: &Caller, account_id: &str) -> Result<(), Refused> {
    if let Caller::Known(session) = caller
        && session.account_id != account_id
    {
        return Err(Answer::forbidden().into());
    }
    if account_id != tenant::ACCOUNT_ID {
        return Err(Answer::invalid_credentials().into());
    }
    if board.account().kazoo.disabled {
        return Err(Answer::account_disabled().into());
    }
    Ok(())
}

async fn within_account(board: &Arc<Switchboard>, ask: &Ask, caller: &Caller, nouns: &[&str]) -> Outcome {
    match nouns {
        // The two that an endpoint or the operator may open to everybody.
        ["clicktocall", id, "connect"] => return connect::connect(board, ask, caller, id).await,
        ["devices" | "users", id, "quickcall", number] => {
            return quickcall::quickcall(board, ask, caller, (nouns[0], id), number).await;
        }
        _ => caller.session()?,
    };
    let get = ask.verb == Verb::Get;
    match nouns {
        ["clicktocall", rest @ ..] => click_to_call::serve(board, ask, rest),
        ["channels"] if get => Ok(channels::list(board, channels::Of::Account)),
        ["users", id, "channels"] if get => Ok(channels::list(board, channels::Of::User(id))),
        ["devices", id, "channels"] if get => Ok(channels::list(board, channels::Of::Device(id))),
        ["groups", _, "channels"] if get => Ok(channels::list(board, channels::Of::Group)),
        ["channels", uuid] => channels::one(board, ask, uuid),
        ["webhooks", rest @ ..] => hooks::serve(board, ask, rest),
        ["websockets", rest @ ..] if get => socket::listed(board, rest),
        ["cdrs", rest @ ..] if get => records::serve(board, ask, None, rest),
        ["users", id, "cdrs", rest @ ..] if get => records::serve(board, ask, Some(id), rest),
        ["directories", rest @ ..] => directories::serve(board, ask, rest),
        ["phone_numbers", rest @ ..] if get => numbers::serve(board, ask, rest),
        ["api_key"] if get => Ok(sign_in::api_key(board)),
        [] if get => Ok(lists::account(board)),
        ["users"] if get => Ok(lists::users(board, ask)),
        ["users", id] if get => lists::user(board, id),
        ["users", id, "devices"] if get => lists::devices_of(board, id),
        ["devices"] if get => Ok(lists::devices(board, ask)),
        ["devices", "status"] if get => Ok(lists::registered(board)),
        ["devices", id] if get => lists::device(board, id),
        ["contact_list"] if get => Ok(lists::contacts(board)),
        []
        | [
            "channels" | "websockets" | "cdrs" | "phone_numbers" | "api_key" | "contact_list",
            ..,
        ]
        | ["users" | "devices"]
        | ["users" | "devices", _] => Err(Answer::wrong_verb().into()),
        _ => Err(Answer::not_found().into()),
    }
}
