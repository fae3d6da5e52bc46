//! Signing in on the Acefone family: whose field, whose count, the lock-out, and tokens that grow old.

use exchange::Plays;
use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::stage::{Reply, Stage};

fn script(more: &str) -> String {
    format!(
        "[account]\ntokens = [\"x.y.z\"]\nlogins = [{{ login = \"agent.one@example.com\", password = \"pass\" }}]\n{more}"
    )
}

async fn login(stage: &Stage, password: &str) -> Reply {
    let body = json!({"email": "agent.one@example.com", "password": password});
    stage
        .send(stage.client.post(stage.url("/v1/auth/login")).json(&body))
        .await
}

#[tokio::test]
async fn smartflo_counts_wrong_passwords_and_the_right_one_forgives_them() {
    let stage = Stage::new(Plays::Smartflo, &script("")).await;
    for count in 1..=4 {
        let wrong = login(&stage, "nope").await;
        assert_eq!(
            (wrong.status, wrong.body),
            (
                401,
                json!({"success": false, "message": "The username or password is incorrect.", "login_failed_count": count})
            )
        );
    }
    let reply = login(&stage, "pass").await;
    assert_eq!((reply.status, &reply.body["number_of_days_left"]), (200, &json!(42)));
    assert_eq!(login(&stage, "nope").await.body["login_failed_count"], 1);
}

#[tokio::test]
async fn the_sibling_brands_neither_count_failures_nor_days() {
    for plays in [Plays::AcefoneUk, Plays::AcefoneIn, Plays::Servetel] {
        let stage = Stage::new(plays, &script("")).await;
        let wrong = login(&stage, "nope").await;
        assert_eq!(
            (wrong.status, wrong.body),
            (401, json!({"success": false, "message": "Invalid credentials"}))
        );
        let right = login(&stage, "pass").await.body;
        let keys: Vec<_> = right.as_object().expect("an object").keys().cloned().collect();
        assert_eq!(keys, ["access_token", "expires_in", "success", "token_type"]);
    }
}

#[tokio::test]
async fn only_the_uk_brand_knows_a_login_id() {
    for (plays, status) in [(Plays::AcefoneUk, 200), (Plays::Smartflo, 422)] {
        let stage = Stage::new(plays, &script("")).await;
        let body = json!({"login_id": "agent.one@example.com", "password": "pass"});
        let reply = stage
            .send(stage.client.post(stage.url("/v1/auth/login")).json(&body))
            .await;
        assert_eq!(reply.status, status, "{}", reply.body);
    }
}

#[tokio::test]
async fn too_many_failures_lock_a_name_out_until_an_indian_time_of_day() {
    let rules = "[platform.sign_in]\nfailures = 2\nlock_out = 50\n";
    let stage = Stage::new(Plays::AcefoneUk, &script(rules)).await;
    assert_eq!(login(&stage, "nope").await.status, 401);
    assert_eq!(login(&stage, "nope").await.status, 401);
    let locked = login(&stage, "pass").await;
    assert_eq!((locked.status, &locked.body["success"]), (429, &json!(false)));
    let stamp = locked.body["retry_after"].as_str().expect("a stamp");
    let until = DateTime::strptime("%Y-%m-%d %H:%M:%S", stamp)
        .and_then(|local| local.in_tz("Asia/Kolkata"))
        .expect("a local time")
        .timestamp();
    let wait = until.duration_since(Timestamp::now());
    assert!(wait.abs() < SignedDuration::from_secs(5), "{stamp}");
    // Half a second at this speed.
    while login(&stage, "pass").await.status == 429 {}
}

#[tokio::test]
async fn too_many_sign_ins_lock_out_as_well() {
    let rules = "[platform.sign_in]\nlogins = 2\nlock_out = 80000\n";
    let stage = Stage::new(Plays::Smartflo, &script(rules)).await;
    let statuses = [
        login(&stage, "pass").await.status,
        login(&stage, "pass").await.status,
        login(&stage, "pass").await.status,
    ];
    assert_eq!(statuses, [200, 200, 429]);
}

#[tokio::test]
async fn a_token_grows_old_and_can_be_renewed_before() {
    let rules = "[platform.sign_in]\ntoken_life = 30\n";
    let stage = Stage::new(Plays::AcefoneIn, &script(rules)).await;
    let reply = login(&stage, "pass").await.body;
    assert_eq!(reply["expires_in"], 30);
    let bare = |path: &str, token: &Value| {
        let token = token.as_str().expect("a token").to_owned();
        stage.client.get(stage.url(path)).header("authorization", token)
    };
    let mut token = reply["access_token"].clone();
    assert_eq!(stage.send(bare("/v1/my_number", &token)).await.status, 200);
    let refresh = stage
        .client
        .post(stage.url("/v1/auth/refresh"))
        .bearer_auth(token.as_str().expect("a token"));
    let renewed = stage.send(refresh).await.body;
    let keys: Vec<_> = renewed.as_object().expect("an object").keys().cloned().collect();
    assert_eq!(keys, ["access_token", "expires_in", "success", "token_type"]);
    token = renewed["access_token"].clone();
    let expired = loop {
        let reply = stage.send(bare("/v1/my_number", &token)).await;
        if reply.status != 200 {
            break reply;
        }
    };
    assert_eq!((expired.status, &expired.body["success"]), (401, &json!(false)));
}
