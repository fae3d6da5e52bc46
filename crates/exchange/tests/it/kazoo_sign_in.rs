//! Signing in to a played Kazoo, what a token is good for, and what too many requests are answered.

use axum::http::Method;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use exchange::kazoo_tenant::{ACCOUNT_ID, ACCOUNT_NAME, API_KEY, PASSWORD, USER_ID, USERNAME};
use exchange::{Exchange, ExchangeConfig, Plays, RunningExchange};
use md5::{Digest, Md5};
use serde_json::{Value, json};
use sha1::Sha1;

use crate::kazoo_stage::Kazoo;
use crate::stage::{Reply, Stage, client};

async fn put(stage: &Stage, path: &str, data: Value) -> Reply {
    let request = stage.client.put(stage.url(path)).json(&json!({ "data": data }));
    stage.send(request).await
}

async fn get(stage: &Stage, path: &str, token: Option<&str>) -> Reply {
    let request = stage.client.get(stage.url(path));
    stage
        .send(match token {
            Some(token) => request.header("X-Auth-Token", token),
            None => request,
        })
        .await
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn error(reply: &Reply) -> (u16, &str, &Value) {
    assert_eq!(reply.body["status"], "error");
    assert_eq!(reply.body["error"], reply.status.to_string());
    (
        reply.status,
        reply.body["message"].as_str().unwrap_or_default(),
        &reply.body["data"],
    )
}

#[tokio::test]
async fn a_key_signs_in_the_account_and_the_reply_names_the_event_socket() {
    let stage = Stage::new(Plays::Kazoo, "").await;
    assert!(stage.exchange.base_url().ends_with("/v2"));
    let reply = put(&stage, "/api_auth", json!({ "api_key": API_KEY })).await;
    assert_eq!((reply.status, &reply.body["status"]), (201, &json!("success")));
    assert!(reply.body["message"].is_null() && reply.body["request_id"].is_string());
    let data = &reply.body["data"];
    assert_eq!(data["account_id"], ACCOUNT_ID);
    assert!(data["owner_id"].is_null());
    assert_eq!(
        data["ui_config"]["api"]["kazoo_websocket"]["url"].as_str(),
        stage.exchange.websocket_url().as_deref()
    );
    let token = reply.body["auth_token"].as_str().expect("a token");
    let told = get(&stage, "/token_auth", Some(token)).await;
    assert_eq!(
        (told.status, &told.body["data"]["method"]),
        (200, &json!("cb_api_auth"))
    );
    assert_eq!(told.body["auth_token"], token);
}

#[tokio::test]
async fn a_user_signs_in_by_either_hash_and_the_token_says_when_it_ends() {
    let stage = Stage::new(Plays::Kazoo, "[account.kazoo]\nrate_limit = false\n").await;
    let secret = format!("{USERNAME}:{PASSWORD}");
    for (method, hash) in [
        (None, hex(&Md5::digest(&secret))),
        (Some("md5"), hex(&Md5::digest(&secret))),
        (Some("sha"), hex(&Sha1::digest(&secret))),
    ] {
        let mut data = json!({"credentials": hash, "account_name": ACCOUNT_NAME});
        if let Some(method) = method {
            data["method"] = method.into();
        }
        let reply = put(&stage, "/user_auth", data).await;
        assert_eq!((reply.status, &reply.body["data"]["owner_id"]), (201, &json!(USER_ID)));
        let token = reply.body["auth_token"].as_str().expect("a token");
        let claims = token.split('.').nth(1).expect("three parts");
        let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).expect("base64")).expect("JSON");
        let (from, until) = (
            claims["iat"].as_i64().expect("a time"),
            claims["exp"].as_i64().expect("a time"),
        );
        // An hour, a hundred times faster.
        assert!((35..=37).contains(&(until - from)), "{claims}");
    }
}

#[tokio::test]
async fn bad_logins_are_refused_in_the_platforms_words() {
    let stage = Stage::new(Plays::Kazoo, "[account.kazoo]\nrate_limit = false\n").await;
    let short = put(&stage, "/api_auth", json!({"api_key": "short"})).await;
    assert_eq!(error(&short).0, 400);
    assert_eq!(short.body["data"]["api_key"]["minLength"]["target"], 64);
    let extra = put(&stage, "/api_auth", json!({"api_key": API_KEY, "name": "x"})).await;
    assert!(extra.body["data"]["name"]["additionalProperties"].is_object());
    let unknown = "0".repeat(64);
    let reply = put(&stage, "/api_auth", json!({ "api_key": unknown })).await;
    assert_eq!(error(&reply), (404, "bad identifier", &json!([unknown])));
    let data = json!({"credentials": "0".repeat(32), "account_name": ACCOUNT_NAME});
    let reply = put(&stage, "/user_auth", data).await;
    assert_eq!(
        error(&reply),
        (401, "invalid_credentials", &json!({"message": "invalid credentials"}))
    );
    let data = json!({"credentials": "0".repeat(32), "account_name": "Somebody else"});
    let reply = put(&stage, "/user_auth", data).await;
    assert!(reply.body["data"]["account_name"]["not_found"].is_object());
    // The log is no place for any of these.
    assert!(
        stage
            .exchange
            .log()
            .requests()
            .iter()
            .all(|request| !request.body.contains("000000"))
    );
}

#[tokio::test]
async fn no_token_and_a_token_that_is_over_are_told_apart_by_a_space() {
    let stage = Stage::new(Plays::Kazoo, "[account.kazoo]\ntoken_life = 0\nrate_limit = false\n").await;
    let path = format!("/accounts/{ACCOUNT_ID}/channels");
    for token in [None, Some("garbled")] {
        let reply = get(&stage, &path, token).await;
        assert_eq!(
            error(&reply),
            (401, "invalid_credentials", &json!({"message": "invalid credentials"}))
        );
    }
    let reply = put(&stage, "/api_auth", json!({ "api_key": API_KEY })).await;
    let over = reply.body["auth_token"].as_str().expect("a token");
    for token in [over, "aaaa.bbbb.cccc"] {
        let reply = get(&stage, &path, Some(token)).await;
        assert_eq!(error(&reply), (401, "invalid credentials", &json!({})));
    }
}

#[tokio::test]
async fn a_token_is_good_for_its_own_account_until_it_is_dropped() {
    let kazoo = Kazoo::new("").await;
    let stage = &kazoo.stage;
    let other = "/accounts/00000000000000000000000000000000/channels";
    let reply = get(stage, other, Some(&kazoo.token)).await;
    assert_eq!(error(&reply), (403, "forbidden", &json!({"message": "forbidden"})));
    // The account of the token, whichever that is.
    assert_eq!(get(stage, "/account/channels", Some(&kazoo.token)).await.status, 200);
    let request = stage.client.delete(stage.url("/token_auth"));
    let dropped = stage.send(request.header("X-Auth-Token", &kazoo.token)).await;
    assert_eq!(dropped.status, 200);
    assert_eq!(kazoo.get("/channels").await.status, 401);
}

#[tokio::test]
async fn an_account_may_be_closed_or_ask_for_a_second_factor() {
    let stage = Stage::new(Plays::Kazoo, "[account.kazoo]\ndisabled = true\n").await;
    let reply = put(&stage, "/api_auth", json!({ "api_key": API_KEY })).await;
    assert_eq!(error(&reply).0, 423);
    assert!(reply.body["data"]["account"]["disabled"].is_object());

    let stage = Stage::new(Plays::Kazoo, "[account.kazoo]\nmulti_factor = true\n").await;
    let hash = hex(&Md5::digest(format!("{USERNAME}:{PASSWORD}")));
    let mut data = json!({"credentials": hash, "account_name": ACCOUNT_NAME});
    let reply = put(&stage, "/user_auth", data.clone()).await;
    assert_eq!(error(&reply).0, 401);
    assert!(reply.body["data"]["multi_factor_request"].is_object());
    data["multi_factor_response"] = "passcode".into();
    assert_eq!(put(&stage, "/user_auth", data).await.status, 201);
}

#[tokio::test]
async fn the_third_login_in_quick_succession_is_one_too_many() {
    let exchange = Exchange::start(ExchangeConfig::new(Plays::Kazoo))
        .await
        .expect("an exchange");
    let login = async |exchange: &RunningExchange| {
        let request = client().put(format!("{}/api_auth", exchange.base_url()));
        let answer = request.json(&json!({"data": {"api_key": API_KEY}})).send().await;
        answer.expect("an answer")
    };
    assert_eq!(login(&exchange).await.status(), 201);
    assert_eq!(login(&exchange).await.status(), 201);
    let refused = login(&exchange).await;
    assert_eq!(refused.status(), 429);
    assert!(!refused.headers().contains_key("retry-after"));
    let body: Value = refused.json().await.expect("JSON");
    assert_eq!(
        (&body["message"], &body["data"]["message"]),
        (&json!("too_many_requests"), &json!("too many requests"))
    );
}

#[tokio::test]
async fn what_is_not_there_is_answered_with_nothing() {
    let kazoo = Kazoo::new("").await;
    for (method, path, status) in [
        (Method::GET, "/nothing", 404),
        (Method::DELETE, "/channels", 405),
        (Method::PATCH, "/clicktocall", 405),
    ] {
        let reply = kazoo.ask(method, path, json!({})).await;
        assert_eq!((reply.status, &reply.body), (status, &json!("")), "{path}");
    }
    let url = kazoo.stage.url(&format!("/accounts/{ACCOUNT_ID}/clicktocall"));
    let request = kazoo.stage.client.post(url).header("X-Auth-Token", &kazoo.token);
    let garbled = kazoo.stage.send(request.body("{\"data\":")).await;
    assert_eq!(error(&garbled).0, 400);
    assert!(garbled.body["data"]["json"]["invalid"].is_object());
}

#[tokio::test]
async fn paths_can_be_given_faults() {
    let script = format!("[[rule]]\npath = \"/accounts/{ACCOUNT_ID}/channels\"\ntimes = 1\nthen = \"rate_limited\"\n");
    let kazoo = Kazoo::new(&script).await;
    let refused = kazoo.get("/channels").await;
    assert_eq!(error(&refused).0, 429);
    assert!(!refused.headers.contains_key("retry-after"));
    assert_eq!(kazoo.get("/channels").await.status, 200);
}
