//! A call that comes in: from its webhooks to a notification with the caller's name.

use anyhow::{Context, Result};
use dialdeck_tests::within;
use serde_json::{Value, json};
use tokio::io::{AsyncBufRead, Lines};

use crate::events::{Events, Inbound};
use crate::socket::Socket;
use crate::stage::Stage;
use crate::web::tell;

#[tokio::test]
async fn an_inbound_call_is_announced_by_name_and_kept() -> Result<()> {
    let stage = Stage::acefone().await?;
    let serving = stage.serve().await?;
    stage
        .json(&[
            "contacts",
            "add",
            "Asha Rao",
            "--number",
            "+442079460200",
            "--company",
            "Rao Ltd",
        ])
        .await?;
    let (_watch, mut lines) = stage.dialctl().stream(&["watch", "--json"])?;
    // The stream is open once it tells of what happens after it began.
    let hook = serving.hook("desk")?;
    let seen = Inbound {
        customer: "+442079460299".into(),
        call_id: "1783784632.1".into(),
    };
    let first = crate::inbound::announce_until_heard(hook, &seen, &mut lines).await?;
    assert_eq!(first["type"], "call");

    let inbound = Inbound {
        customer: "+442079460200".into(),
        call_id: "1783784632.2".into(),
    };
    tell(hook, &inbound.received()).await?;
    let notification = next(&mut lines, |event| {
        event["type"] == "notification" && event["notification"]["title"] == "Asha Rao"
    })
    .await?;
    assert_eq!(notification["notification"]["urgent"], true);
    assert_eq!(notification["notification"]["important"], true);

    tell(hook, &inbound.answered()).await?;
    tell(hook, &inbound.hangup(Some(33))).await?;
    let over = next(&mut lines, |event| {
        event["type"] == "call" && event["call"]["contact"]["name"] == "Asha Rao" && event["call"]["phase"] == "ended"
    })
    .await?;
    let call = &over["call"];
    for (field, value) in [
        ("direction", json!("inbound")),
        ("customer", json!("+442079460200")),
        ("outcome", json!("talked")),
        ("talk_seconds", json!(33)),
        ("dispatch", Value::Null),
    ] {
        assert_eq!(call[field], value, "{field} of {call}");
    }
    assert_eq!(call["contact"]["company"], "Rao Ltd");
    assert_eq!(stage.provider.dials().len(), 0);
    Ok(())
}

#[tokio::test]
async fn whoever_calls_from_a_number_that_several_have_is_none_of_them_for_certain() -> Result<()> {
    let stage = Stage::acefone().await?;
    let serving = stage.serve().await?;
    let (switchboard, hook) = ("+442079460200", serving.hook("desk")?);
    let mut people = Vec::new();
    for name in ["Asha Rao", "Ben Carter", "Chloe Dee"] {
        let words = ["contacts", "add", name, "--number", switchboard, "--company", "Rao Ltd"];
        people.push(stage.json(&words).await?);
    }
    let mut socket = Socket::connect(stage.dialctl().home()).await?;
    socket.ask(json!({"do": "watch"})).await?;

    let inbound = Inbound {
        customer: switchboard.into(),
        call_id: "1783784632.4".into(),
    };
    tell(hook, &inbound.received()).await?;
    let told = socket.event("notification").await?;
    assert_eq!(told["notification"]["title"], "Asha Rao or 2 others");
    tell(hook, &inbound.answered()).await?;
    tell(hook, &inbound.hangup(Some(33))).await?;

    let typed = stage.json(&["call", "020 7946 0200", "--yes"]).await?;
    assert_eq!(
        (&typed["contact"]["others"], &typed["contact"]["company"]),
        (&json!(2), &Value::Null)
    );
    let check = stage.json(&["number", "020 7946 0200"]).await?;
    assert_eq!(check["contact"]["others"], 2);
    tell(hook, &Events::of(&typed)?.hangup()).await?;
    let named = stage.json(&["call", "Ben Carter", "--yes"]).await?;
    assert_eq!(
        (&named["contact"]["name"], &named["contact"]["others"]),
        (&json!("Ben Carter"), &json!(0))
    );

    // Each of them may have called; whom the agent has named is nobody else.
    for (person, count) in people.iter().zip([2, 3, 2]) {
        let list = json!({"do": "list_calls", "limit": 9, "since": null, "contact": person["id"]});
        let calls = socket.ask(list).await?;
        assert_eq!(calls.as_array().map(Vec::len), Some(count), "{person}: {calls}");
    }
    Ok(())
}

#[tokio::test]
async fn an_inbound_call_that_nobody_took_is_missed() -> Result<()> {
    let stage = Stage::acefone().await?;
    let serving = stage.serve().await?;
    let hook = serving.hook("desk")?;
    let inbound = Inbound {
        customer: "+442079460200".into(),
        call_id: "1783784632.3".into(),
    };
    tell(hook, &inbound.hangup(None)).await?;
    tell(hook, &inbound.received()).await?;
    let calls = stage.json(&["calls", "list"]).await?;
    let [call] = calls.as_array().map(Vec::as_slice).context("an array")? else {
        panic!("one call: {calls}");
    };
    assert_eq!(call["phase"], "ended");
    assert_eq!(call["outcome"], "missed");
    assert_eq!(call["talk_seconds"], Value::Null);
    Ok(())
}

/// Events go to whoever listens when they happen: the first one is repeated, as another call, until it is heard.
pub async fn announce_until_heard<R: AsyncBufRead + Unpin>(
    hook: &str,
    inbound: &Inbound,
    lines: &mut Lines<R>,
) -> Result<Value> {
    let mut heard = None;
    for attempt in 0_u32.. {
        let again = Inbound {
            customer: inbound.customer.clone(),
            call_id: format!("{}{attempt}", inbound.call_id),
        };
        tell(hook, &again.received()).await?;
        let pause = std::time::Duration::from_millis(100);
        match tokio::time::timeout(pause, lines.next_line()).await {
            Ok(line) => heard = line?,
            Err(_nothing_yet) if attempt < 300 => continue,
            Err(_) => {}
        }
        break;
    }
    let line = heard.context("nothing was heard")?;
    let event: Value = serde_json::from_str(&line)?;
    if event["type"] == "call" {
        return Ok(event);
    }
    next(lines, |event| event["type"] == "call").await
}

/// The next event that fits; every line on the way must be one JSON document.
pub async fn next<R: AsyncBufRead + Unpin>(lines: &mut Lines<R>, fits: impl Fn(&Value) -> bool) -> Result<Value> {
    within("the event", async {
        loop {
            let line = lines.next_line().await?.context("the stream has ended")?;
            let event: Value = serde_json::from_str(&line).with_context(|| format!("no JSON line: {line}"))?;
            if fits(&event) {
                return Ok(event);
            }
        }
    })
    .await?
}
