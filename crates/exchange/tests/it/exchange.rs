//! The exchange itself: what it refuses to start with, its log, its end.

use exchange::{Exchange, ExchangeConfig, ExchangeError, Plays, Scenario, WebhookTarget, guide, guide_for};

use crate::stage::{Stage, client, uk_dial};

#[tokio::test]
async fn nothing_leaves_loopback() {
    let mut config = ExchangeConfig::new(Plays::AcefoneUk);
    config.listen = "0.0.0.0:0".parse().expect("an address");
    assert!(matches!(
        Exchange::start(config).await,
        Err(ExchangeError::ListenNotLoopback(_))
    ));
    for url in [
        "http://192.0.2.1/hook",
        "https://127.0.0.1/hook",
        "http://localhost.example.com/",
        "hook",
    ] {
        let mut config = ExchangeConfig::new(Plays::AcefoneUk);
        config.webhooks.push(WebhookTarget::new(url));
        assert!(
            matches!(Exchange::start(config).await, Err(ExchangeError::WebhookNotLoopback)),
            "{url}"
        );
    }
}

#[tokio::test]
async fn a_port_that_is_taken_is_said_and_not_replaced() {
    let first = Exchange::start(ExchangeConfig::new(Plays::AcefoneUk))
        .await
        .expect("an exchange");
    let mut config = ExchangeConfig::new(Plays::AcefoneUk);
    config.listen = first
        .base_url()
        .trim_start_matches("http://")
        .parse()
        .expect("an address");
    assert!(matches!(
        Exchange::start(config.clone()).await,
        Err(ExchangeError::Listen { .. })
    ));
    first.shutdown().await;
    Exchange::start(config).await.expect("the port is free again");
}

#[tokio::test]
async fn the_log_counts_dials_in_any_spelling_and_streams_requests() {
    let stage = Stage::new(Plays::AcefoneUk, "[[rule]]\nthen = \"agent_busy\"\n").await;
    let log = stage.exchange.log();
    stage.post("/v1/click_to_call", uk_dial("442079460001")).await;
    stage.post("/v1/click_to_call", uk_dial("02079460001")).await;
    stage.get("/v1/live_calls?agent_number=1").await;
    assert_eq!(
        (
            log.dials(),
            log.dials_to("+442079460001"),
            log.count("POST", "/v1/click_to_call")
        ),
        (2, 2, 2)
    );
    assert_eq!(log.dials_between("0502842370097", "+442079460001"), 2);
    let first = log.next_after(0).await;
    assert_eq!(
        (first.json()["custom_identifier"].as_str(), first.status),
        (Some("ours-1"), Some(200))
    );
    assert_eq!(log.next_after(2).await.query, "agent_number=1");
}

#[tokio::test]
async fn a_dropped_exchange_answers_no_more() {
    let running = Exchange::start(ExchangeConfig::new(Plays::AcefoneUk))
        .await
        .expect("an exchange");
    let url = format!("{}/v1/live_calls", running.base_url());
    let client = client();
    assert!(client.get(&url).send().await.is_ok());
    running.shutdown().await;
    assert!(client.get(&url).send().await.is_err());
}

#[test]
fn the_guide_names_a_number_for_every_case_a_user_should_see() {
    assert_eq!(guide()[0].0, "+44 20 7946 0001");
    assert_eq!(guide_for(Plays::Smartflo)[1].0, "+91 80690 00020");
    for scenario in [
        Scenario::CustomerBusy,
        Scenario::InvalidCallerId,
        Scenario::Silence,
        Scenario::AgentNoAnswer,
    ] {
        assert!(guide().iter().any(|(_, listed, _)| *listed == scenario), "{scenario:?}");
    }
}
