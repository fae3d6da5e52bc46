//! Signing in.

use providers::{ErrorKind, HttpReply, ProviderError, Retry};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::*;

async fn open(
    provider: &dyn Provider,
    secrets: &Credentials,
    answer: HttpReply,
) -> (Result<Session, ProviderError>, Value) {
    let transport = Script::of([answer]);
    let session = provider
        .open_session(
            None,
            secrets,
            &transport,
            Timestamp::from_second(1_800_000_000).unwrap(),
        )
        .await;
    (session, as_sent(&transport.sent()[0]))
}

fn user_account(values: &[(&str, &str)]) -> Arc<dyn Provider> {
    providers::build(&settings(ProviderKind::Kazoo, values, &["password"])).unwrap()
}

#[tokio::test]
async fn an_api_key_opens_a_session_that_lasts_an_hour() {
    let provider = account(ProviderKind::Kazoo, &[]);
    let key = "1f".repeat(32);
    let (session, sent) = open(
        &*provider,
        &credentials(&[("api_key", &key)]),
        reply(201, &sample("api_auth.201")),
    )
    .await;
    assert_eq!(
        sent,
        json!({
            "method": "PUT",
            "url": "https://apps.hostedpbx.ie:8443/v2/api_auth",
            "headers": { "accept": "application/json", "content-type": "application/json" },
            "body": { "data": { "api_key": key } },
        })
    );
    let session = session.unwrap();
    assert_eq!(session.token.expose_secret(), "made.up.token");
    assert_eq!(session.told["account_id"], ACCOUNT);
    assert_eq!(session.expires_at.unwrap().as_second(), 1_800_003_600);
}

#[tokio::test]
async fn a_user_signs_in_with_the_hash_of_name_and_password() {
    let values = [("username", "John@example.com"), ("account_name", "acme")];
    let secrets = credentials(&[("password", "m32c6NfqYEt")]);
    let answer = || reply(201, &sample("user_auth.201"));
    let (session, sent) = open(&*user_account(&values), &secrets, answer()).await;
    assert_eq!(sent["url"], "https://apps.hostedpbx.ie:8443/v2/user_auth");
    let md5 = "82a2dc91686ec828a67152d45a5c5ef7";
    assert_eq!(
        sent["body"],
        json!({ "data": { "credentials": md5, "account_name": "acme", "method": "md5" } })
    );
    assert_eq!(session.unwrap().told["owner_id"], USER);
    let realm = [
        ("username", "john@example.com"),
        ("account_realm", "pbx.example"),
        ("hash", "sha"),
    ];
    let (_, sent) = open(&*user_account(&realm), &secrets, answer()).await;
    assert_eq!(sent["body"]["data"]["account_realm"], "pbx.example");
    assert_eq!(sent["body"]["data"]["credentials"].as_str().unwrap().len(), 40);
}

#[tokio::test]
async fn the_address_for_events_is_learnt_unless_it_would_show_the_token() {
    let told = async |url: &str| {
        let data = json!({ "account_id": ACCOUNT, "ui_config": { "api": { "kazoo_websocket": { "url": url } } } });
        let answer = reply(201, &success(&data));
        let (session, _) = open(&*account(ProviderKind::Kazoo, &[]), &signed_in(), answer).await;
        session.unwrap().told.get("websocket_url").cloned()
    };
    assert_eq!(
        told("wss://pbx.example:5556").await.as_deref(),
        Some("wss://pbx.example:5556/")
    );
    assert_eq!(told("ws://pbx.example:5555").await, None);
}

#[tokio::test]
async fn what_keeps_a_session_from_opening_is_told() {
    let provider = account(ProviderKind::Kazoo, &[]);
    let fails = async |status, body: &str| {
        let (session, _) = open(&*provider, &signed_in(), reply(status, body)).await;
        let error = session.unwrap_err();
        assert!(!format!("{error:?}").contains("made.up.token"));
        (error.kind, error.fields.into_values().next(), error.retry)
    };
    let (kind, why, _) = fails(401, &sample("error.401.mfa_required")).await;
    assert_eq!(
        (kind, why.as_deref()),
        (ErrorKind::CredentialsRejected, Some("mfa_required"))
    );
    assert_eq!(
        fails(404, &sample("error.404.api_key")).await.0,
        ErrorKind::CredentialsRejected
    );
    assert_eq!(
        fails(401, &sample("error.401.no_token")).await.0,
        ErrorKind::CredentialsRejected
    );
    assert_eq!(fails(404, "").await.0, ErrorKind::ConfigInvalid);
    let (kind, why, _) = fails(423, &sample("error.423.account_disabled")).await;
    assert_eq!(
        (kind, why.as_deref()),
        (ErrorKind::PermissionDenied, Some("account_disabled"))
    );
    let (kind, _, retry) = fails(429, &sample("error.429")).await;
    assert_eq!(kind, ErrorKind::RateLimited);
    assert!(matches!(retry, Retry::Later { after: Some(_) }));
    assert_eq!(fails(200, "<html>").await.0, ErrorKind::ResponseUnexpected);
    let (session, _) = {
        let transport = Script::default();
        let none = provider
            .open_session(None, &credentials(&[]), &transport, Timestamp::UNIX_EPOCH)
            .await;
        (none, ())
    };
    assert_eq!(session.unwrap_err().fields["api_key"], "missing");
}

#[test]
fn a_password_may_hold_what_no_header_can() {
    let kept = providers::validate_secret(ProviderKind::Kazoo, "password", "two words, é\n").unwrap();
    assert_eq!(kept.expose_secret(), "two words, é");
}
