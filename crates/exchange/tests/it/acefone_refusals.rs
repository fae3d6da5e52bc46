//! What the Acefone family refuses, and how it says so.

use exchange::Plays;
use serde_json::{Value, json};

use crate::stage::{Stage, uk_dial};

#[tokio::test]
async fn each_refusal_of_the_guide_has_its_status_and_body() {
    let mut stage = Stage::new(Plays::AcefoneUk, "guide = true\n").await;
    let cases = [
        ("0030", 422, json!({"caller_id": "Provide a vaild caller_id."})),
        (
            "0031",
            401,
            json!({"success": false, "message": "Deleted or blacklisted token provided"}),
        ),
        ("0032", 429, json!({"success": "false", "message": "Too many requests"})),
        ("0033", 500, json!("Internal Server Error")),
        ("0036", 200, json!({"success": false, "message": "Agent is offline"})),
    ];
    for (ending, status, body) in cases {
        let reply = stage
            .post("/v1/click_to_call", uk_dial(&format!("44207946{ending}")))
            .await;
        assert_eq!((reply.status, &reply.body), (status, &body), "{ending}");
        if status == 429 {
            assert_eq!(reply.headers["retry-after"], "5");
        }
    }
    assert_eq!(stage.exchange.log().dials(), 5);
    assert!(stage.remaining_events().await.is_empty());
}

#[tokio::test]
async fn a_wrong_field_is_named_in_a_map_without_success_or_message() {
    let stage = Stage::new(Plays::AcefoneUk, "").await;
    let with = |name: &str, value: Value| {
        let mut dial = uk_dial("442079460001");
        dial[name] = value;
        dial
    };
    let cases = [
        ("agent_number", json!(null)),
        ("agent_number", json!("+442079460901")),
        ("destination_number", json!(null)),
        ("destination_number", json!("+442079460001")),
        ("destination_number", json!("12345")),
        ("caller_id", json!("442079460999")),
        ("async", json!(null)),
        ("async", json!(0)),
        ("async", json!("1")),
        ("call_timeout", json!("soon")),
    ];
    for (name, value) in cases {
        let reply = stage.post("/v1/click_to_call", with(name, value.clone())).await;
        assert_eq!(reply.status, 422, "{name} {value}");
        let map = reply.body.as_object().expect("a field map");
        assert_eq!(map.keys().collect::<Vec<_>>(), [name], "{value}");
    }
    let same = json!({"agent_number": "442079460001", "destination_number": "442079460001", "async": 1});
    assert_eq!(stage.post("/v1/click_to_call", same).await.status, 422);
    assert_eq!(stage.post("/v1/click_to_call", json!("text")).await.status, 400);
}

#[tokio::test]
async fn a_softphone_cannot_be_rung_by_the_mobile_behind_it() {
    let stage = Stage::new(Plays::AcefoneUk, "").await;
    let dial = |agent: &str| json!({"agent_number": agent, "destination_number": "442079460001", "async": 1});
    let reply = stage.post("/v1/click_to_call", dial("442079460903")).await;
    assert_eq!((reply.status, reply.body["agent_number"].is_string()), (422, true));
    assert_eq!(stage.post("/v1/click_to_call", dial("0602842370078")).await.status, 200);
    let offline = stage.post("/v1/click_to_call", dial("0502842370098")).await;
    assert_eq!(offline.body["message"], "Agent is offline");
}

#[tokio::test]
async fn only_known_tokens_pass_when_the_script_names_them() {
    let stage = Stage::new(
        Plays::AcefoneIn,
        "[account]\ntokens = [\"x.y.z\"]\nsupport_keys = [\"good\"]\n",
    )
    .await;
    let ask = |authorization: Option<&'static str>| {
        let request = stage.client.get(stage.url("/v1/my_number"));
        let request = match authorization {
            Some(value) => request.header("authorization", value),
            None => request,
        };
        stage.send(request)
    };
    assert_eq!(ask(Some("Bearer x.y.z")).await.status, 200);
    assert_eq!(ask(Some("x.y.z")).await.status, 200);
    assert_eq!(ask(Some("Bearer other")).await.status, 401);
    assert_eq!(ask(None).await.status, 401);
    let support = |key: &str| json!({"customer_number": "919000000005", "api_key": key});
    assert_eq!(
        stage.post("/v1/click_to_call_support", support("bad")).await.status,
        401
    );
    assert_eq!(
        stage.post("/v1/click_to_call_support", support("good")).await.status,
        200
    );
    let headers: Vec<_> = stage
        .exchange
        .log()
        .requests()
        .iter()
        .map(|r| r.header("authorization").map(str::to_owned))
        .collect();
    assert_eq!(headers[..2], [Some("Bearer ****".to_owned()), Some("****".to_owned())]);
}

#[tokio::test]
async fn signing_in_gives_a_token_for_an_hour() {
    let script = "[account]\ntokens = [\"x.y.z\"]\nlogins = [{ login = \"agent.one\", password = \"pass\" }]\n";
    let stage = Stage::new(Plays::Smartflo, script).await;
    let login = |password: &str| json!({"email": "agent.one", "password": password});
    let wrong = stage.post("/v1/auth/login", login("nope")).await;
    assert_eq!((wrong.status, &wrong.body["login_failed_count"]), (401, &json!(1)));
    let reply = stage.post("/v1/auth/login", login("pass")).await;
    let token = reply.body["access_token"].as_str().expect("a token").to_owned();
    assert_eq!((token.split('.').count(), &reply.body["expires_in"]), (3, &json!(3600)));
    let refreshed = stage
        .send(
            stage
                .client
                .post(stage.url("/v1/auth/refresh"))
                .header("authorization", &token),
        )
        .await;
    assert_ne!(refreshed.body["access_token"], json!(token));
    assert!(!format!("{:?}", stage.exchange.log().requests()).contains("nope"));
}

#[tokio::test]
async fn a_wrong_path_and_a_missing_permission_look_alike() {
    let stage = Stage::new(
        Plays::AcefoneIn,
        "[[rule]]\npath = \"/v1/my_number\"\nthen = \"forbidden\"\n",
    )
    .await;
    let (forbidden, wrong) = (stage.get("/v1/my_number").await, stage.get("/v1/agents").await);
    assert_eq!((forbidden.status, wrong.status), (403, 403));
    assert_eq!(forbidden.body, wrong.body);
}

#[tokio::test]
async fn a_fault_of_a_path_ends_after_its_times() {
    let script = "[[rule]]\npath = \"/v1/live_calls\"\ntimes = 2\nthen = \"rate_limited\"\n";
    let stage = Stage::new(Plays::AcefoneIn, script).await;
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(stage.get("/v1/live_calls").await.status);
    }
    assert_eq!(statuses, [429, 429, 200]);
}

#[tokio::test]
async fn a_lost_answer_leaves_a_call_that_goes_on() {
    let mut stage = Stage::new(Plays::AcefoneUk, "guide = true\n[timings]\ntalk_seconds = 5\n").await;
    let request = stage
        .client
        .post(stage.url("/v1/click_to_call"))
        .bearer_auth("t")
        .json(&uk_dial("442079460034"));
    let error = request.send().await.expect_err("no answer");
    assert!(error.is_request(), "{error:?}");
    assert_eq!(
        stage.remaining_statuses().await,
        ["Answered by agent", "Answered by customer", "answered"]
    );
    let log = stage.exchange.log();
    assert_eq!((log.dials_to("+442079460034"), log.requests()[0].status), (1, None));
}

#[tokio::test]
async fn a_request_that_hangs_is_let_go_when_the_exchange_closes() {
    let script = "[[rule]]\nthen = \"hang\"\ncall_goes_on = false\n";
    let mut stage = Stage::new(Plays::AcefoneUk, script).await;
    let request = stage
        .client
        .post(stage.url("/v1/click_to_call"))
        .bearer_auth("t")
        .json(&uk_dial("442079460001"));
    let waiting = tokio::spawn(request.send());
    stage.exchange.log().wait_until(|log| log.dials() == 1).await;
    assert!(stage.remaining_events().await.is_empty());
    assert!(!waiting.is_finished());
    stage.exchange.shutdown().await;
    assert!(waiting.await.expect("no panic").is_err());
}
