//! Promises to call back, from a shell: noted in words, reminded of once, kept by a call.

use anyhow::{Context, Result, ensure};
use dialdeck_tests::{eventually, within};
use serde_json::{Value, json};
use tokio::io::{BufReader, Lines};
use tokio::process::{Child, ChildStdout};

use crate::inbound::next;
use crate::stage::{CUSTOMER, Stage, failed, id_of};

const TUESDAY: &str = "2030-12-03T15:00";

/// Somebody who watches an engine.
struct Watch {
    lines: Lines<BufReader<ChildStdout>>,
    _child: Child,
}

impl Watch {
    fn start(stage: &Stage) -> Result<Self> {
        let (child, lines) = stage.dialctl().stream(&["watch", "--json"])?;
        Ok(Self { lines, _child: child })
    }

    /// The next reminder, whatever else is told before.
    async fn reminder(&mut self) -> Result<Value> {
        let event = next(&mut self.lines, |event| event["type"] == "notification").await?;
        Ok(event["notification"].clone())
    }

    /// All reminders before that callback is told in that state.
    async fn reminders_until(&mut self, callback: &str, state: &str) -> Result<usize> {
        let mut reminders = 0;
        loop {
            let event = next(&mut self.lines, |_| true).await?;
            reminders += usize::from(event["type"] == "notification");
            if event["callback"]["id"] == callback && event["callback"]["state"] == state {
                return Ok(reminders);
            }
        }
    }
}

async fn add(stage: &Stage, when: &str) -> Result<Value> {
    stage
        .json(&["callback", "add", CUSTOMER, "--at", when, "--zone", "Europe/London"])
        .await
}

async fn show(stage: &Stage, callback: &Value) -> Result<Value> {
    stage.json(&["callback", "show", id_of(callback)?]).await
}

#[tokio::test]
async fn a_promise_is_noted_in_words_listed_moved_and_closed() -> Result<()> {
    let stage = Stage::acefone().await?;
    stage
        .json(&["contacts", "add", "Asha Rao", "--number", "+12025550123"])
        .await?;
    let made = stage
        .json(&[
            "callback",
            "add",
            "asha",
            "--at",
            "2030-12-03 15:00",
            "--zone",
            "Europe/London",
            "--note",
            "about the quote",
            "--reminder-min",
            "10",
            "--call-end-min",
            "15",
            "--queue",
            "147",
            "--assigned-to",
            "05000000001",
        ])
        .await?;
    for (field, value) in [
        ("account", json!("desk")),
        ("target", json!("+12025550123")),
        ("customer", json!("+12025550123")),
        ("name", json!("Asha Rao")),
        ("due_at", json!("2030-12-03T15:00:00Z")),
        ("zone", json!("Europe/London")),
        ("local_time", json!(TUESDAY)),
        (
            "customer_local_time",
            json!([{"zone": "America/New_York", "local_time": "2030-12-03T10:00"}]),
        ),
        ("note", json!("about the quote")),
        ("assigned_to", json!("05000000001")),
        ("reminder_min", json!(10)),
        ("call_end_min", json!(15)),
        ("queue", json!("147")),
        ("state", json!("open")),
        ("overdue", json!(false)),
        ("calls", json!([])),
        ("remind_at", json!("2030-12-03T14:50:00Z")),
    ] {
        assert_eq!(made[field], value, "{field} of {made}");
    }
    assert_eq!(made["push"]["state"], "none");
    assert_eq!(made["contact"]["name"], "Asha Rao");
    assert_eq!(made["warnings"][0]["key"], "callback.warning.far_ahead");

    let soon = add(&stage, "in 3 days").await?;
    let list = stage.json(&["callback", "list"]).await?;
    let ids: Vec<&Value> = list
        .as_array()
        .context("an array")?
        .iter()
        .map(|row| &row["id"])
        .collect();
    assert_eq!(ids, [&soon["id"], &made["id"]], "the earliest first");
    assert_eq!(show(&stage, &made).await?, made);

    let id = id_of(&made)?;
    let moved = stage
        .json(&["callback", "snooze", id, "--until", "2030-12-04 09:00"])
        .await?;
    assert_eq!(
        (&moved["due_at"], &moved["reminded_at"]),
        (&made["due_at"], &Value::Null)
    );
    assert!(
        moved["snoozed_until"]
            .as_str()
            .is_some_and(|until| until.starts_with("2030-12-04T"))
    );
    for (word, important) in [("--important", true), ("--important", true), ("--not-important", false)] {
        let marked = stage.json(&["callback", "mark", id, word]).await?;
        assert_eq!(marked["important"], important, "{word}");
        assert_eq!(show(&stage, &made).await?["important"], important, "{word}");
    }
    assert_eq!(stage.json(&["callback", "done", id]).await?["state"], "done");
    assert_eq!(
        stage.json(&["callback", "done", id]).await?["state"],
        "done",
        "once more is no mistake"
    );
    assert_eq!(
        stage.json(&["callback", "cancel", id_of(&soon)?]).await?["state"],
        "cancelled"
    );
    assert_eq!(stage.json(&["callback", "list"]).await?, json!([]));
    let all = stage.json(&["callback", "list", "--all"]).await?;
    assert_eq!(all.as_array().map(Vec::len), Some(2));

    for words in [
        &["callback", "cancel", id][..],
        &["callback", "snooze", id],
        &["callback", "mark", id, "--important"],
        &["callback", "call", id],
    ] {
        assert_eq!(
            failed(&stage.run(words).await?)?,
            (3, "callback_closed".to_owned()),
            "{words:?}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_promised_is_said_with_the_next_step() -> Result<()> {
    let stage = Stage::acefone().await?;
    for when in ["tue 3pm please", "01/12/2030", "soon", ""] {
        let refused = stage.run(&["callback", "add", CUSTOMER, "--at", when]).await?;
        assert_eq!(failed(&refused)?, (2, "when_not_understood".to_owned()), "{when}");
        let hint = refused.error()?["hint"].as_str().unwrap_or_default().to_owned();
        assert!(hint.contains("tue 3pm") && hint.contains("in 20m"), "{hint}");
    }
    for (words, expected) in [
        (&[CUSTOMER, "--at", "2020-01-01 10:00"][..], (2, "when_past")),
        (
            &[CUSTOMER, "--at", "15:00", "--zone", "Mars/Olympus"],
            (2, "zone_unknown"),
        ),
        (
            &[CUSTOMER, "--at", "15:00", "--account", "nowhere"],
            (5, "account_unknown"),
        ),
        (&["Nobody Known", "--at", "15:00"], (5, "nothing_matches")),
        (&["999", "--at", "15:00"], (3, "callback_blocked")),
        (&["+449012345678", "--at", "15:00"], (3, "callback_blocked")),
        (&[CUSTOMER, "--at", "15:00", "--push"], (3, "callback_push_not_offered")),
    ] {
        let mut all = vec!["callback", "add"];
        all.extend(words);
        let refused = failed(&stage.run(&all).await?)?;
        assert_eq!((refused.0, refused.1.as_str()), expected, "{words:?}");
    }
    let unknown = "0192d4e0-7a3b-7c11-9f2e-5a6b7c8d9e0f";
    for verb in ["show", "done", "cancel", "snooze", "call"] {
        let refused = failed(&stage.run(&["callback", verb, unknown]).await?)?;
        assert_eq!(refused, (5, "callback_unknown".to_owned()), "{verb}");
    }
    assert_eq!(
        stage.json(&["callback", "list", "--all"]).await?,
        json!([]),
        "nothing was noted"
    );
    assert_eq!(stage.provider.requests(), 0, "and nobody was asked");
    Ok(())
}

#[tokio::test]
async fn the_same_wish_makes_one_callback() -> Result<()> {
    let stage = Stage::acefone().await?;
    let intent = uuid::Uuid::now_v7().to_string();
    let words = ["callback", "add", CUSTOMER, "--at", "in 2 hours", "--intent", &intent];
    let first = stage.json(&words).await?;
    assert_eq!(first["id"], intent);
    assert_eq!(stage.json(&words).await?, first);
    assert_eq!(stage.json(&["callback", "list"]).await?, json!([first]));
    Ok(())
}

#[tokio::test]
async fn people_read_it_in_columns_and_sentences() -> Result<()> {
    let stage = Stage::acefone().await?;
    let dialctl = stage.dialctl();
    let said = dialctl
        .run(&[
            "callback",
            "add",
            "+12025550123",
            "--at",
            "2030-12-03 09:00",
            "--zone",
            "Europe/London",
        ])
        .await?;
    assert_eq!((said.code, said.stderr.as_str()), (0, ""));
    for part in [
        "+1 202-555-0123",
        "2030-12-03 09:00",
        "2030-12-03 04:00",
        "more than 30 days",
        "It will be 04:00 at the customer's.",
    ] {
        assert!(said.stdout.contains(part), "{part} in {}", said.stdout);
    }
    let list = dialctl.run(&["callback", "list"]).await?.stdout;
    let lines: Vec<&str> = list.lines().collect();
    assert_eq!(lines.len(), 2, "{list}");
    assert!(
        lines[0].starts_with("DUE") && lines[1].starts_with("2030-12-03 09:00"),
        "{list}"
    );
    assert!(!list.contains("cli."), "{list}");
    Ok(())
}

#[tokio::test]
async fn a_reminder_is_told_once_and_not_again_by_the_engine_that_follows_a_crash() -> Result<()> {
    let stage = Stage::acefone().await?;
    let serving = stage.serve().await?;
    let mut watch = Watch::start(&stage)?;
    let first = add(&stage, "in 1s").await?;
    let reminder = watch.reminder().await?;
    assert_eq!(reminder["callback"], first["id"]);
    assert_eq!(reminder["actions"][0], json!(["callback_call", "Call now"]));
    assert_eq!(reminder["actions"][1], json!(["callback_snooze", "+10 min"]));
    let due = show(&stage, &first).await?;
    assert!(due["overdue"] == true && due["reminded_at"].is_string(), "{due}");
    serving.kill().await?;

    let serving = stage.serve().await?;
    let mut watch = Watch::start(&stage)?;
    // What is told of the second shows that the first is not told again before.
    let second = add(&stage, "in 1s").await?;
    assert_eq!(watch.reminder().await?["callback"], second["id"]);
    stage
        .json(&["callback", "snooze", id_of(&first)?, "--for", "1s"])
        .await?;
    assert_eq!(
        watch.reminder().await?["callback"],
        first["id"],
        "put off, it is told once more"
    );
    stage.json(&["callback", "done", id_of(&first)?]).await?;
    assert_eq!(watch.reminders_until(id_of(&first)?, "done").await?, 0);
    assert_eq!(serving.stop().await?, Some(0));
    Ok(())
}

#[tokio::test]
async fn what_came_due_while_nothing_ran_waits_for_the_first_who_looks() -> Result<()> {
    let stage = Stage::acefone().await?;
    // Commands for a moment remind nobody, however late it is.
    let made = add(&stage, "in 1s").await?;
    eventually("that it is overdue", async || {
        (show(&stage, &made).await.ok()?["overdue"] == true).then_some(())
    })
    .await?;
    assert_eq!(show(&stage, &made).await?["reminded_at"], Value::Null);

    let serving = stage.serve().await?;
    assert_eq!(show(&stage, &made).await?["reminded_at"], Value::Null, "nobody looks");
    let mut watch = Watch::start(&stage)?;
    assert_eq!(watch.reminder().await?["callback"], made["id"]);
    // It hears what follows, and no second reminder.
    let mark = add(&stage, "in 2 hours").await?;
    stage.json(&["callback", "cancel", id_of(&mark)?]).await?;
    assert_eq!(watch.reminders_until(id_of(&mark)?, "cancelled").await?, 0);
    assert_eq!(serving.stop().await?, Some(0));
    Ok(())
}

#[tokio::test]
async fn a_talk_in_a_call_placed_from_it_keeps_the_promise() -> Result<()> {
    let stage = Stage::empty().await?;
    stage
        .json(&["account", "add", "play", "--provider", "sandbox", "--set", "speed=100"])
        .await?;
    let serving = stage.serve().await?;
    let kept = stage
        .json(&[
            "callback",
            "add",
            CUSTOMER,
            "--at",
            "in 2 hours",
            "--note",
            "about the quote",
        ])
        .await?;
    let other = stage.json(&["callback", "add", CUSTOMER, "--at", "in 3 hours"]).await?;
    let (mut follow, mut lines) =
        stage
            .dialctl()
            .stream(&["callback", "call", id_of(&kept)?, "--follow", "--yes", "--json"])?;
    let connected = next(&mut lines, |call| call["phase"] == "connected").await?;
    assert_eq!(
        (&connected["note"], &connected["target"]),
        (&json!("about the quote"), &json!(CUSTOMER))
    );
    assert_eq!(show(&stage, &kept).await?["calls"], json!([connected["id"]]));
    stage.json(&["end"]).await?;
    let ended = next(&mut lines, |call| call["phase"] == "ended").await?;
    ensure!(ended["outcome"] == "talked", "{ended}");
    assert!(within("the command's end", follow.wait()).await??.success());
    let done = eventually("that it is done", async || {
        let now = show(&stage, &kept).await.ok()?;
        (now["state"] == "done").then_some(now)
    })
    .await?;
    assert_eq!(done["calls"], json!([connected["id"]]));
    // The same number, but not placed from it.
    assert_eq!(show(&stage, &other).await?["state"], "open");
    assert_eq!(serving.stop().await?, Some(0));
    Ok(())
}

#[tokio::test]
async fn calling_back_is_a_call_like_any_other() -> Result<()> {
    let stage = Stage::acefone().await?;
    let made = add(&stage, "in 2 hours").await?;
    let intent = uuid::Uuid::now_v7().to_string();
    let words = ["callback", "call", id_of(&made)?, "--yes", "--intent", &intent];
    let call = stage.json(&words).await?;
    assert_eq!(
        (&call["dispatch"], &call["target"]),
        (&json!("accepted"), &json!(CUSTOMER))
    );
    assert_eq!(id_of(&stage.json(&words).await?)?, id_of(&call)?);
    assert_eq!(stage.provider.dials().len(), 1);
    let linked = show(&stage, &made).await?;
    assert_eq!(
        (&linked["calls"], &linked["state"]),
        (&json!([call["id"]]), &json!("open"))
    );

    // The guard is asked as for any other call.
    let blocked = stage.run(&["callback", "call", id_of(&made)?]).await?;
    assert_eq!(failed(&blocked)?.0, 3);
    assert_eq!(stage.provider.dials().len(), 1);
    Ok(())
}
