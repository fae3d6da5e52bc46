//! What the engine makes of a link before any window shows it: the same for a start with it and for a second start.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::socket::Socket;
use crate::stage::{DID, Stage, failed};

const NUMBER: &str = "+442079460123";

/// An account with two numbers to call from, and what its engine tells of each link.
struct Links {
    socket: Socket,
    stage: Stage,
    _serving: dialdeck_tests::Serving,
}

impl Links {
    async fn of_an_agent() -> Result<Self> {
        let stage = Stage::acefone().await?;
        stage
            .json(&["account", "set", "desk", "--set", &format!("caller_id={DID}")])
            .await?;
        stage.json(&["dids"]).await?;
        let serving = stage.serve().await?;
        let mut socket = Socket::connect(stage.dialctl().home()).await?;
        socket.ask(json!({"do": "watch"})).await?;
        Ok(Self {
            socket,
            stage,
            _serving: serving,
        })
    }

    /// What windows are told of a link.
    async fn opened(&mut self, link: &str) -> Result<Value> {
        self.socket.send(json!({"do": "show_window", "prefill": link})).await?;
        self.socket.event("show_window").await
    }

    async fn refused(&mut self, link: &str) -> Result<String> {
        let told = self.opened(link).await?;
        ensure!(told["prefill"].is_null(), "{link} is opened: {told}");
        let code = told["link"]["problem"]["code"].as_str();
        Ok(code.with_context(|| format!("{link}: {told}"))?.to_owned())
    }
}

#[tokio::test]
async fn a_link_brings_its_number_the_number_to_call_from_and_a_note() -> Result<()> {
    let mut links = Links::of_an_agent().await?;
    let told = links.opened("tel:+44-20-7946-0123").await?;
    assert_eq!(told["prefill"], "+44-20-7946-0123");
    assert_eq!(
        (&told["link"]["problem"], &told["link"]["from"]),
        (&Value::Null, &Value::Null)
    );

    let told = links
        .opened("dialdeck:call?number=%2B442079460123&from=020%207946%200101&note=Order+17")
        .await?;
    assert_eq!(told["prefill"], NUMBER);
    let link = &told["link"];
    assert_eq!(
        (&link["account"], &link["from"]),
        (&json!("desk"), &json!("+442079460101"))
    );
    assert_eq!(
        (&link["note"], &link["from_problem"]),
        (&json!("Order 17"), &Value::Null)
    );

    let told = links
        .opened("dialdeck:call?number=%2B442079460123&from=%2B442079460199")
        .await?;
    assert_eq!(told["prefill"], NUMBER, "it can still be called");
    assert_eq!(told["link"]["from"], Value::Null);
    assert_eq!(told["link"]["from_problem"]["code"], "link_from_not_yours");

    let told = links.opened("Asha Rao").await?;
    assert_eq!((&told["prefill"], &told["link"]), (&json!("Asha Rao"), &Value::Null));
    Ok(())
}

#[tokio::test]
async fn of_what_is_pasted_a_link_of_our_own_alone_is_opened() -> Result<()> {
    let mut links = Links::of_an_agent().await?;
    for text in [
        "tel:+442079460123",
        "Asha Rao, dialdeck:call",
        "dialdeck:call?number=%2B442079460123",
    ] {
        links.socket.send(json!({"do": "open_pasted", "text": text})).await?;
    }
    // Each text before it would have been told of first.
    let told = links.socket.event("show_window").await?;
    assert_eq!(told["link"]["text"], "dialdeck:call?number=%2B442079460123");
    assert_eq!(told["prefill"], NUMBER);
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_called_is_told_with_its_reason() -> Result<()> {
    let mut links = Links::of_an_agent().await?;
    for (link, code) in [
        ("tel:*%2306%23", "link_service_code"),
        ("tel:+442079460123,,1", "link_pause"),
        ("tel:+442079460123;postd=1", "link_post_dial"),
        ("callto:asha", "link_no_number"),
        ("tel:12", "number_too_short"),
        ("tel:+999123456789", "number_unknown_country"),
        // No provider so far can call an address.
        ("sip:asha@pbx.example", "target_not_offered"),
        ("dialdeck:call?number=%2B442079460123&form=1", "link_unknown_part"),
    ] {
        assert_eq!(links.refused(link).await?, code, "{link}");
    }
    // The guard's own words are shown with the number.
    let told = links.opened("tel:999").await?;
    assert_eq!(
        (&told["prefill"], &told["link"]["problem"]),
        (&json!("999"), &Value::Null)
    );
    Ok(())
}

#[tokio::test]
async fn a_call_from_a_shell_goes_out_as_a_link_of_our_own_says() -> Result<()> {
    let stage = Stage::acefone().await?;
    stage.json(&["dids"]).await?;
    let link = "dialdeck:call?number=%2B442079460123&from=%2B442079460101&note=Order+17";
    let call = stage.json(&["call", link, "--yes"]).await?;
    assert_eq!(
        (&call["customer"], &call["caller_id"]),
        (&json!(NUMBER), &json!("+442079460101"))
    );
    assert_eq!(call["note"], "Order 17");
    assert_eq!(stage.provider.dials().len(), 1);

    let misspelt = ["--json", "call", "dialdeck:call?number=%2B442079460124&form=1", "--yes"];
    let (_, code) = failed(&stage.dialctl().run(&misspelt).await?)?;
    assert_eq!(code, "link_unknown_part");
    assert_eq!(stage.provider.dials().len(), 1);
    Ok(())
}

#[tokio::test]
async fn no_link_dials() -> Result<()> {
    let mut links = Links::of_an_agent().await?;
    for link in [
        "tel:+442079460123",
        "dialdeck:call?number=%2B442079460123&yes=1",
        "sip:+442079460123@x.example",
    ] {
        links.opened(link).await?;
    }
    assert!(links.stage.provider.dials().is_empty());
    Ok(())
}
