//! Signing in with name and password: what is sent, what becomes of the answer, and which requests then use it.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use providers::{
    Capability, Credentials, ErrorKind, HttpReply, Missing, Provider, ProviderError, ProviderKind, Purpose, Retry,
    Session, SignIn, TransportError,
};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::support::*;

const NOW: &str = "2026-06-01T08:00:00Z";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

/// An account with name and password and no token.
fn signing_in(kind: ProviderKind, more: &[(&str, &str)]) -> Arc<dyn Provider> {
    let mut values = vec![("login", "agent@example.com"), ("agent_number", "0502842370097")];
    values.extend(more);
    providers::build(&settings(kind, &values, &["password"])).unwrap()
}

fn password() -> Credentials {
    credentials(&[("password", "pass word")])
}

fn session(token: &str, expires_at: &str) -> Session {
    Session {
        token: token.into(),
        opened_at: "2026-06-01T07:30:00Z".parse().unwrap(),
        expires_at: Some(expires_at.parse().unwrap()),
        told: [(Session::PASSWORD_DAYS_LEFT.to_owned(), "42".to_owned())].into(),
    }
}

async fn open(kind: ProviderKind, old: Option<&Session>, answers: &Script) -> Result<Session, ProviderError> {
    signing_in(kind, &[])
        .open_session(old, &password(), answers, now())
        .await
}

async fn refusal(kind: ProviderKind, answer: HttpReply) -> ProviderError {
    open(kind, None, &Script::of([answer])).await.unwrap_err()
}

#[tokio::test]
async fn name_and_password_are_sent_as_the_brand_calls_them() {
    let table = [
        (
            ProviderKind::AcefoneUk,
            "https://api-account-uk.acefone.com",
            "login_id",
        ),
        (ProviderKind::AcefoneIn, "https://api.acefone.in", "email"),
        (ProviderKind::Servetel, "https://api.servetel.in", "email"),
        (
            ProviderKind::Smartflo,
            "https://api-smartflo.tatateleservices.com",
            "email",
        ),
    ];
    for (kind, base, field) in table {
        let answers = Script::of([reply(200, &fixture("smartflo/auth-login-success.json"))]);
        open(kind, None, &answers).await.unwrap();
        let request = &answers.sent()[0];
        assert_eq!(
            as_sent(request),
            json!({
                "method": "POST",
                "url": format!("{base}/v1/auth/login"),
                "headers": { "accept": "application/json", "content-type": "application/json" },
                "body": { field: "agent@example.com", "password": "pass word" },
            })
        );
        assert_eq!(request.purpose, Purpose::Read);
        assert!(!format!("{request:?}").contains("pass word"));
    }
}

#[tokio::test]
async fn a_login_lasts_as_long_as_it_says_and_tells_the_age_of_the_password() {
    let answers = Script::of([reply(200, &fixture("smartflo/auth-login-success.json"))]);
    let session = open(ProviderKind::Smartflo, None, &answers).await.unwrap();
    assert_eq!(session.token.expose_secret(), "eyJ0eXAi.EXAMPLE.TOKEN");
    assert_eq!(session.opened_at, now());
    assert_eq!(session.expires_at.unwrap().to_string(), "2026-06-01T09:00:00Z");
    assert_eq!(session.password_days_left(), Some(42));

    for (body, ends) in [
        (r#"{"Success":"true","access_token":"a.b.c"}"#, "2026-06-01T09:00:00Z"),
        (
            r#"{"success":true,"data":{"access_token":"a.b.c","expires_in":"600"}}"#,
            "2026-06-01T08:10:00Z",
        ),
        (r#"{"access_token":"a.b.c","expires_in":-5}"#, "2026-06-01T09:00:00Z"),
    ] {
        let session = open(ProviderKind::Servetel, None, &Script::of([reply(200, body)]))
            .await
            .unwrap();
        assert_eq!(session.expires_at.unwrap().to_string(), ends, "{body}");
        assert_eq!(session.password_days_left(), None);
    }
}

#[tokio::test]
async fn a_session_that_still_runs_is_renewed_with_its_own_token() {
    let old = session("old.token.x", "2026-06-01T08:05:00Z");
    let answers = Script::of([reply(200, &fixture("acefone/auth-refresh-success.json"))]);
    let renewed = open(ProviderKind::Servetel, Some(&old), &answers).await.unwrap();
    assert_eq!(
        as_sent(&answers.sent()[0]),
        json!({
            "method": "POST",
            "url": "https://api.servetel.in/v1/auth/refresh",
            "headers": { "accept": "application/json", "authorization": "Bearer old.token.x" },
            "body": null,
        })
    );
    assert_eq!(renewed.token.expose_secret(), "eyJ0eXAi.EXAMPLE2.TOKEN");
    // A renewal says nothing of the password's age: what the login said stays.
    assert_eq!(renewed.password_days_left(), Some(42));
}

#[tokio::test]
async fn a_renewal_that_is_refused_is_followed_by_a_login_and_one_that_got_no_answer_is_not() {
    let old = session("old.token.x", "2026-06-01T08:05:00Z");
    let refused = fixture("smartflo/any-token-blacklisted-401.json");
    let success = fixture("smartflo/auth-login-success.json");
    for (status, body) in [
        (401, refused.as_str()),
        (403, "<html>"),
        (404, ""),
        (200, r#"{"success":false}"#),
    ] {
        let answers = Script::of([reply(status, body), reply(200, &success)]);
        open(ProviderKind::Smartflo, Some(&old), &answers).await.unwrap();
        assert!(answers.urls()[1].ends_with("/v1/auth/login"), "{status}");
    }
    for status in [429, 500, 503] {
        let answers = Script::of([reply(status, "")]);
        assert!(open(ProviderKind::Smartflo, Some(&old), &answers).await.is_err());
        assert_eq!(answers.sent().len(), 1, "{status}");
    }
    let broken = Script::failing(TransportError::Broken("reset".into()));
    let error = open(ProviderKind::Smartflo, Some(&old), &broken).await.unwrap_err();
    assert_eq!(
        (error.kind, error.retry),
        (ErrorKind::Unreachable, Retry::Later { after: None })
    );

    // One that has run out is not shown any more.
    let over = session("old.token.x", "2026-06-01T07:59:00Z");
    let answers = Script::of([reply(200, &success)]);
    open(ProviderKind::Smartflo, Some(&over), &answers).await.unwrap();
    assert!(answers.urls()[0].ends_with("/v1/auth/login"));
}

#[tokio::test]
async fn a_wrong_password_is_rejected_whatever_the_status() {
    let wrong = fixture("smartflo/auth-login-wrong-password.json");
    let invalid = fixture("acefone/auth-login-invalid-credentials.json");
    for status in [200, 400, 401, 403, 422] {
        let error = refusal(ProviderKind::Smartflo, reply(status, &wrong)).await;
        assert_eq!(
            (error.kind, error.retry),
            (ErrorKind::CredentialsRejected, Retry::AfterFixingSettings),
            "{status}"
        );
        assert_eq!(error.fields["failed_logins"], "1");
        assert_eq!(error.message.as_deref(), Some("The username or password is incorrect."));
        let error = refusal(ProviderKind::AcefoneUk, reply(status, &invalid)).await;
        assert_eq!(error.kind, ErrorKind::CredentialsRejected, "{status}");
    }
    let error = refusal(
        ProviderKind::AcefoneIn,
        reply(422, r#"{"email":["The email must be valid."]}"#),
    )
    .await;
    assert_eq!(error.kind, ErrorKind::CredentialsRejected);
    assert_eq!(error.fields["login"], "The email must be valid.");
}

#[tokio::test]
async fn a_lock_out_says_until_when_by_the_clock_of_india_or_of_the_account() {
    let locked = fixture("smartflo/auth-login-lockout-429.json");
    // 14:05 in India is 08:35 in Greenwich.
    let in_india = Retry::Later {
        after: Some(Duration::from_secs(35 * 60)),
    };
    for status in [429, 200, 401, 403] {
        let error = refusal(ProviderKind::Smartflo, reply(status, &locked)).await;
        assert_eq!(
            (error.kind, error.retry),
            (ErrorKind::RateLimited, in_india),
            "{status}"
        );
    }
    let elsewhere = signing_in(ProviderKind::Smartflo, &[("time_zone", "Europe/London")]);
    let error = elsewhere
        .open_session(None, &password(), &Script::of([reply(429, &locked)]), now())
        .await
        .unwrap_err();
    assert_eq!(error.retry, in_india);
    // London in summer: 13:05 in Greenwich.
    let error = refusal(ProviderKind::AcefoneUk, reply(429, &locked)).await;
    assert_eq!(
        error.retry,
        Retry::Later {
            after: Some(Duration::from_secs(5 * 3_600 + 5 * 60))
        }
    );
    let with_header = HttpReply {
        retry_after: Some("90".into()),
        ..reply(429, "")
    };
    let error = refusal(ProviderKind::Servetel, with_header).await;
    assert_eq!(
        error.retry,
        Retry::Later {
            after: Some(Duration::from_secs(90))
        }
    );
}

#[tokio::test]
async fn what_is_no_answer_to_a_login_is_told_apart() {
    let table = [
        (200, "", ErrorKind::ResponseUnexpected),
        (200, "<html>", ErrorKind::ResponseUnexpected),
        (200, "[]", ErrorKind::ResponseUnexpected),
        (200, r#"{"success":true}"#, ErrorKind::ResponseUnexpected),
        (
            200,
            r#"{"success":true,"access_token":"two words"}"#,
            ErrorKind::ResponseUnexpected,
        ),
        (302, "", ErrorKind::ResponseUnexpected),
        (403, "<html>", ErrorKind::PermissionDenied),
        (404, "", ErrorKind::ConfigInvalid),
        (500, r#"{"success":false}"#, ErrorKind::ResponseUnexpected),
    ];
    for (status, body, kind) in table {
        assert_eq!(
            refusal(ProviderKind::Smartflo, reply(status, body)).await.kind,
            kind,
            "{status} {body}"
        );
    }
    let provider = signing_in(ProviderKind::Smartflo, &[]);
    let nothing = Script::default();
    let error = provider
        .open_session(None, &Credentials::default(), &nothing, now())
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind, error.fields["password"].as_str()),
        (ErrorKind::ConfigInvalid, "missing")
    );
    assert!(nothing.sent().is_empty());
}

#[tokio::test]
async fn requests_carry_the_token_of_the_session_with_or_without_bearer() {
    let secrets = password().with_session(Arc::new(session("session.token.x", "2026-06-01T09:00:00Z")));
    for (bearer, expected) in [("true", "Bearer session.token.x"), ("false", "session.token.x")] {
        let provider = signing_in(ProviderKind::Smartflo, &[("bearer", bearer)]);
        assert_eq!(provider.sign_in(), SignIn::Session);
        let dial = provider.prepare_call(&call_to("+919000000005"), &secrets).unwrap();
        assert_eq!(as_sent(&dial)["headers"]["authorization"], expected);
        let answers = Script::of([reply(200, "[]")]);
        provider.live_calls(&secrets, &answers).await.unwrap();
        assert_eq!(as_sent(&answers.sent()[0])["headers"]["authorization"], expected);
    }
    // Without a session nothing leaves.
    let provider = signing_in(ProviderKind::Smartflo, &[]);
    let error = provider
        .prepare_call(&call_to("+919000000005"), &password())
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::ConfigInvalid);
}

#[test]
fn a_token_needs_no_login_even_if_one_is_given() {
    let values = [("login", "agent@example.com"), ("agent_number", "0502842370097")];
    let provider = providers::build(&settings(ProviderKind::Smartflo, &values, &["api_token", "password"])).unwrap();
    assert_eq!(provider.sign_in(), SignIn::NotNeeded);
    assert_eq!(complete(ProviderKind::Superfone).sign_in(), SignIn::NotNeeded);
    let call = provider.prepare_call(&call_to("+919000000005"), &secrets()).unwrap();
    assert_eq!(as_sent(&call)["headers"]["authorization"], "Bearer a.token.x");
}

#[test]
fn a_login_gives_a_support_key_all_that_a_token_would() {
    let values = [("mode", "click_to_call_support"), ("login", "agent@example.com")];
    let capabilities = |secrets: &[&str]| {
        let settings = settings(ProviderKind::Smartflo, &values, secrets);
        providers::build(&settings).unwrap().capabilities()
    };
    assert_eq!(
        capabilities(&["support_api_key"]).call_records,
        Capability::Missing(Missing::NeedsApiToken)
    );
    assert!(
        capabilities(&["support_api_key", "password"])
            .call_records
            .is_available()
    );
}

#[test]
fn login_and_password_stand_in_for_the_token_and_an_id_for_the_number() {
    let lacks = |values: &[(&str, &str)], secrets: &[&str]| {
        providers::missing(
            ProviderKind::AcefoneUk,
            &settings(ProviderKind::AcefoneUk, values, secrets),
        )
    };
    let needs = |values: &[(&str, &str)], secrets: &[&str]| {
        providers::needed_secrets(
            ProviderKind::AcefoneUk,
            &settings(ProviderKind::AcefoneUk, values, secrets),
        )
    };
    let login = ("login", "me");
    let id = ("agent_id", "0502842370097");
    let support = ("mode", "click_to_call_support");
    let none: [&str; 0] = [];
    assert_eq!(lacks(&[], &[]), ["api_token", "agent_number"]);
    assert_eq!(lacks(&[id], &["api_token"]), none);
    assert_eq!(lacks(&[id, login], &[]), ["password"]);
    assert_eq!(lacks(&[id, login], &["password"]), none);
    assert_eq!(lacks(&[id, ("login", " ")], &["password"]), ["api_token"]);
    assert_eq!(lacks(&[support], &[]), ["support_api_key"]);
    assert_eq!(lacks(&[support], &["support_api_key"]), none);
    assert_eq!(needs(&[], &[]), ["api_token"]);
    assert_eq!(needs(&[login], &["api_token"]), ["api_token"]);
    assert_eq!(needs(&[login], &["password"]), ["password"]);
    assert_eq!(needs(&[support], &[]), ["support_api_key"]);
    let superfone = settings(ProviderKind::Superfone, &[], &[]);
    assert_eq!(
        providers::missing(ProviderKind::Superfone, &superfone),
        ["api_key", "user_number"]
    );
    let shown: Value = serde_json::to_value(providers::fields(ProviderKind::AcefoneUk)).unwrap();
    let field = |key: &str| {
        shown
            .as_array()
            .unwrap()
            .iter()
            .find(|field| field["key"] == key)
            .unwrap()
    };
    assert_eq!(field("password")["instead_of"], "api_token");
    assert_eq!(field("api_token")["instead_of"], Value::Null);
}
