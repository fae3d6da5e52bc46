//! What `doctor` says of accounts beside a running engine.

use anyhow::Result;
use jiff::SignedDuration;
use serde_json::Value;

use crate::events::Inbound;
use crate::stage::{CUSTOMER, Stage};
use crate::web::tell;

/// The check of that name of the account `desk`.
async fn check(stage: &Stage, name: &str) -> Result<Value> {
    let checks: Vec<Value> = serde_json::from_str(&stage.run(&["doctor"]).await?.stdout)?;
    let own = |check: &&Value| check["check"] == name && check["account"] == "desk";
    Ok(checks.iter().find(own).cloned().unwrap_or_default())
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_found_out_by_the_way() -> Result<()> {
    let stage = Stage::acefone().await?;
    let _serving = stage.serve().await?;
    // Nothing was asked of it yet.
    assert_eq!(check(&stage, "clock").await?, Value::Null);
    for (ahead, ok, warning, said) in [
        (0, true, false, "agree"),
        (120, false, true, "behind"),
        (-600, false, false, "ahead"),
    ] {
        stage.provider.clock_is_ahead(SignedDuration::from_secs(ahead));
        stage.json(&["account", "test", "desk"]).await?;
        let requests = stage.provider.requests();
        let clock = check(&stage, "clock").await?;
        assert_eq!(
            (&clock["ok"], &clock["warning"]),
            (&ok.into(), &warning.into()),
            "{clock}"
        );
        assert!(clock["message"].as_str().unwrap_or_default().contains(said), "{clock}");
        assert_eq!(clock["hint"].is_null(), ok, "{clock}");
        assert_eq!(stage.provider.requests(), requests, "the doctor has asked the provider");
    }
    Ok(())
}

#[tokio::test]
async fn whether_a_key_was_taken_and_events_come_is_told_with_its_age() -> Result<()> {
    let stage = Stage::acefone().await?;
    let serving = stage.serve().await?;
    let events = check(&stage, "events").await?;
    assert_eq!(
        (&events["warning"], events["hint"].is_string()),
        (&true.into(), true),
        "{events}"
    );
    let key = check(&stage, "account").await?;
    assert!(
        key["message"]
            .as_str()
            .unwrap_or_default()
            .contains("nothing was asked"),
        "{key}"
    );

    stage.json(&["account", "test", "desk"]).await?;
    let inbound = Inbound {
        customer: CUSTOMER.into(),
        call_id: "1783784632.9".into(),
    };
    tell(serving.hook("desk")?, &inbound.received()).await?;
    for (name, said) in [("account", "took its key"), ("events", "the last came")] {
        let check = check(&stage, name).await?;
        assert_eq!(check["ok"], true, "{check}");
        let message = check["message"].as_str().unwrap_or_default();
        assert!(message.contains(said), "{check}");
    }
    assert!(stage.provider.dials().is_empty());
    Ok(())
}

#[tokio::test]
async fn the_agents_own_phone_is_called_by_an_ordinary_call() -> Result<()> {
    let stage = Stage::acefone().await?;
    let call = stage
        .json(&["account", "call-me", "desk", "--to", CUSTOMER, "--yes"])
        .await?;
    assert_eq!(call["dispatch"], "accepted", "{call}");
    let [dial] = &stage.provider.dials()[..] else {
        panic!("one call")
    };
    assert_eq!(dial.body["destination_number"], CUSTOMER.trim_start_matches('+'));
    let blocked = stage
        .run(&["account", "call-me", "desk", "--to", "999", "--yes"])
        .await?;
    assert_eq!(blocked.code, 3);
    assert_eq!(stage.provider.dials().len(), 1);
    Ok(())
}
