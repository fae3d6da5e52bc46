//! Screen pops: real programs of the agent's, started by a real engine at the moments of calls.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use dialdeck_tests::eventually;
use serde_json::{Value, json};

use crate::events::Inbound;
use crate::stage::{Stage, failed};
use crate::web::tell;

/// A name that would be an order to a shell, an option to a program and another page to a browser.
const NAME: &str = "; rm -rf ~ $(x) \"'`id`&a=b#c";
const CALLER: &str = "+442079460200";

/// A program that keeps what it is given: one line for each time, its arguments between NULs.
struct Notebook {
    program: PathBuf,
    pages: PathBuf,
}

impl Notebook {
    fn named(folder: &Path, name: &str) -> Result<Self> {
        let notebook = Self {
            program: folder.join(name),
            pages: folder.join(format!("{name}.pages")),
        };
        let pages = notebook.pages.display();
        // Written in one go, so that two at the same time do not mix.
        let text = format!("#!/bin/sh\nline=$(printf '%s\\1' \"$@\")\nprintf '%s\\n' \"$line\" >>'{pages}'\n");
        fs::write(&notebook.program, text)?;
        fs::set_permissions(&notebook.program, fs::Permissions::from_mode(0o700))?;
        Ok(notebook)
    }

    fn program(&self) -> &str {
        self.program.to_str().unwrap_or_default()
    }

    /// What it was given so far.
    fn read(&self) -> Vec<Vec<String>> {
        let text = fs::read_to_string(&self.pages).unwrap_or_default();
        let words = |line: &str| {
            line.split('\u{1}')
                .filter(|word| !word.is_empty())
                .map(str::to_owned)
                .collect()
        };
        text.lines().map(words).collect()
    }

    /// What it was given once that is so much.
    async fn once(&self, count: usize) -> Result<Vec<Vec<String>>> {
        let read = eventually("the program is started", async || {
            Some(self.read()).filter(|read| read.len() >= count)
        });
        read.await
    }
}

async fn add_contact(stage: &Stage, number: &str) -> Result<()> {
    stage.json(&["contacts", "add", NAME, "--number", number]).await?;
    Ok(())
}

#[tokio::test]
async fn a_program_is_told_of_each_moment_of_a_call_once_with_whatever_it_is_about() -> Result<()> {
    let stage = Stage::empty().await?;
    let notebook = Notebook::named(stage.folder(), "notebook")?;
    stage
        .json(&["account", "add", "play", "--provider", "sandbox", "--set", "speed=20"])
        .await?;
    add_contact(&stage, "+442079460123").await?;
    let serving = stage.serve().await?;
    let added = stage
        .json(&[
            "screen-pop",
            "add",
            "log",
            "--on",
            "placed,ringing,answered,ended",
            "--",
            notebook.program(),
            "{event}",
            "{number}",
            "{contact}",
            "--name={contact}",
            "{call_id}",
            "{direction} {account}",
        ])
        .await?;
    assert_eq!(added[0]["on"], json!(["placed", "ringing", "answered", "ended"]));
    let call = stage.json(&["call", "+442079460123", "--yes"]).await?;
    let id = call["id"].as_str().context("an id")?;
    // People of the sandbox talk until somebody hangs up.
    notebook.once(3).await?;
    stage.json(&["end"]).await?;
    let pages = notebook.once(4).await?;
    let mut events: Vec<&str> = pages
        .iter()
        .filter_map(|page| page.first().map(String::as_str))
        .collect();
    // Each is a process of its own, and two may come within a moment.
    events.sort_unstable();
    assert_eq!(events, ["answered", "ended", "placed", "ringing"]);
    for page in &pages {
        assert_eq!(
            page[1..],
            ["+442079460123", NAME, &format!("--name={NAME}"), id, "outbound play"]
        );
    }
    let listed = stage.json(&["screen-pop", "list"]).await?;
    assert_eq!(listed[0]["last"]["problem"], Value::Null);
    assert!(listed[0]["last"]["at"].is_string());
    assert_eq!(serving.stop().await?, Some(0));
    Ok(())
}

#[tokio::test]
async fn an_address_is_opened_by_the_system_with_each_value_encoded() -> Result<()> {
    let stage = Stage::acefone().await?;
    let opener = Notebook::named(stage.folder(), "xdg-open")?;
    let folder = stage.folder().display().to_string();
    let stage = stage.secret("PATH", &folder);
    add_contact(&stage, CALLER).await?;
    let pop = [
        "screen-pop",
        "add",
        "crm",
        "--on",
        "missed",
        "--direction",
        "inbound",
        "--url",
    ];
    stage
        .json(
            &[
                &pop[..],
                &["https://crm.example.com/pop/{contact}?n={number}&why={outcome}"],
            ]
            .concat(),
        )
        .await?;
    let serving = stage.serve().await?;
    let hook = serving.hook("desk")?;
    let inbound = |call: &str| Inbound {
        customer: CALLER.into(),
        call_id: call.into(),
    };
    tell(hook, &inbound("1783784632.1").hangup(Some(12))).await?;
    tell(hook, &inbound("1783784632.2").hangup(None)).await?;
    let pages = opener.once(1).await?;
    let encoded = "%3B%20rm%20-rf%20~%20%24%28x%29%20%22%27%60id%60%26a%3Db%23c";
    assert_eq!(
        pages,
        [[format!(
            "https://crm.example.com/pop/{encoded}?n=%2B442079460200&why=missed"
        )]]
    );
    Ok(())
}

#[tokio::test]
async fn a_call_that_comes_in_pops_up_as_soon_as_it_rings() -> Result<()> {
    let stage = Stage::acefone().await?;
    let opener = Notebook::named(stage.folder(), "xdg-open")?;
    let folder = stage.folder().display().to_string();
    let stage = stage.secret("PATH", &folder);
    let pop = [
        "screen-pop",
        "add",
        "crm",
        "--on",
        "ringing",
        "--url",
        "https://crm.example.com/{number}",
    ];
    stage.json(&pop).await?;
    let serving = stage.serve().await?;
    let inbound = Inbound {
        customer: CALLER.into(),
        call_id: "1783784632.1".into(),
    };
    tell(serving.hook("desk")?, &inbound.received()).await?;
    assert_eq!(opener.once(1).await?, [["https://crm.example.com/%2B442079460200"]]);
    Ok(())
}

/// An inbound call that nobody took, as it is told when it has been over for so long.
fn missed(call: &str, ended: jiff::Span) -> Result<Value> {
    let inbound = Inbound {
        customer: CALLER.into(),
        call_id: call.into(),
    };
    let mut event = inbound.hangup(None);
    let then = jiff::Timestamp::now().checked_sub(ended)?.in_tz("Europe/London")?;
    for stamp in ["start_stamp", "end_stamp"] {
        event[stamp] = json!(then.strftime("%Y-%m-%d %H:%M:%S").to_string());
    }
    Ok(event)
}

#[tokio::test]
async fn neither_what_was_learned_late_nor_what_is_repeated_after_a_restart_pops_anything() -> Result<()> {
    let stage = Stage::acefone().await?;
    let notebook = Notebook::named(stage.folder(), "notebook")?;
    let add = [
        "screen-pop",
        "add",
        "log",
        "--on",
        "missed",
        "--",
        notebook.program(),
        "{call_id}",
    ];
    stage.json(&add).await?;
    let fresh = |call: &str| missed(call, jiff::Span::new());
    let serving = stage.serve().await?;
    let hook = serving.hook("desk")?;
    tell(hook, &missed("1783784632.1", jiff::Span::new().minutes(5))?).await?;
    let first = fresh("1783784632.2")?;
    for _ in 0..3 {
        tell(hook, &first).await?;
    }
    notebook.once(1).await?;
    assert_eq!(serving.stop().await?, Some(0));

    let serving = stage.serve().await?;
    let hook = serving.hook("desk")?;
    tell(hook, &first).await?;
    tell(hook, &fresh("1783784632.3")?).await?;
    let pages = notebook.once(2).await?;
    let calls = stage.json(&["calls", "list"]).await?;
    let calls = calls.as_array().context("an array")?;
    ensure!(calls.len() == 3, "three calls: {calls:?}");
    // Whatever was started before the last one has been written by now, or soon.
    serving.stop().await?;
    assert_eq!(notebook.read(), pages);
    assert_ne!(pages[0], pages[1]);
    Ok(())
}

#[tokio::test]
async fn a_screen_pop_is_tried_out_looked_after_and_removed() -> Result<()> {
    let stage = Stage::empty().await?;
    let notebook = Notebook::named(stage.folder(), "notebook")?;
    let add = |name: &str, words: &[&str]| {
        let mut all = vec![
            "screen-pop".to_owned(),
            "add".into(),
            name.into(),
            "--on".into(),
            "ended".into(),
        ];
        all.extend(words.iter().map(|word| (*word).to_owned()));
        all
    };
    let run = async |words: Vec<String>| {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        stage.run(&words).await
    };
    let _serving = stage.serve().await?;
    assert_eq!(run(add("good", &["--", notebook.program(), "{number}"])).await?.code, 0);
    assert_eq!(
        failed(&run(add("good", &["--", "/bin/true"])).await?)?,
        (2, "screen_pop_exists".into())
    );
    for (words, why) in [
        (&["--url", "file:///etc/{contact}"][..], "scheme"),
        (&["--url", "https://{contact}/"], "server"),
        (&["--", "sh", "-c", "echo {contact}"], "shell"),
    ] {
        let refused = run(add("bad", words)).await?;
        assert_eq!(failed(&refused)?, (2, "screen_pop_malformed".into()), "{why}");
    }
    assert_eq!(run(add("ends", &["--", "/bin/false"])).await?.code, 0);
    assert_eq!(run(add("gone", &["--", "/no/such/program"])).await?.code, 0);

    assert_eq!(stage.json(&["screen-pop", "test", "good"]).await?["shown"], true);
    assert_eq!(notebook.read(), [["+442079460000"]]);
    let ended = stage.run(&["screen-pop", "test", "ends"]).await?;
    assert_eq!(failed(&ended)?, (1, "screen_pop_failed".into()));
    assert!(
        ended.error()?["message"]
            .as_str()
            .unwrap_or_default()
            .contains("ended with 1")
    );
    let unknown = stage.run(&["screen-pop", "test", "nowhere"]).await?;
    assert_eq!(failed(&unknown)?, (5, "screen_pop_unknown".into()));

    let checks: Vec<Value> = serde_json::from_str(&stage.run(&["doctor"]).await?.stdout)?;
    let pops: Vec<(bool, bool, &str)> = checks
        .iter()
        .filter(|check| check["check"] == "screen_pops")
        .map(|check| {
            (
                check["ok"] == true,
                check["warning"] == true,
                check["message"].as_str().unwrap_or_default(),
            )
        })
        .collect();
    let [good, ends, gone] = pops[..] else {
        panic!("three checks: {pops:?}")
    };
    assert_eq!((good.0, ends.1, gone.1), (true, true, true));
    assert!(
        good.2.contains("good") && ends.2.contains("“ends”") && gone.2.contains("/no/such/program"),
        "{pops:?}"
    );

    stage.json(&["screen-pop", "remove", "ends"]).await?;
    let listed = stage.json(&["screen-pop", "list"]).await?;
    let names: Vec<&Value> = listed
        .as_array()
        .context("an array")?
        .iter()
        .map(|pop| &pop["name"])
        .collect();
    assert_eq!(names, [&json!("good"), &json!("gone")]);
    assert_eq!(
        (&listed[0]["problem"], &listed[1]["problem"]["key"]),
        (&Value::Null, &json!("screen_pop.problem.no_program"))
    );
    Ok(())
}
