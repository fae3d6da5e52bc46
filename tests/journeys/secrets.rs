//! A key is nowhere but in the request that needs it.

use std::fs;
use std::path::Path;

use anyhow::Result;

use crate::events::Events;
use crate::provider::Answer;
use crate::stage::{AGENT, CUSTOMER, KEY, Stage, failed};
use crate::web::{Post, tell};

#[tokio::test]
async fn a_whole_call_leaves_no_key_behind_and_no_hook_or_number_in_the_log() -> Result<()> {
    let stage = Stage::acefone().await?;
    let serving = stage.serve().await?;
    let hook = serving.hook("desk")?.to_owned();
    let mut said = String::new();
    for words in [
        &["account", "show", "desk"][..],
        &["account", "test", "desk"],
        &["account", "list"],
        &["dids"],
        &["call", CUSTOMER, "--yes"],
        &["end"],
        &["status"],
        &["doctor"],
        &["calls", "list"],
    ] {
        let outcome = stage.run(words).await?;
        said.push_str(&outcome.stdout);
        said.push_str(&outcome.stderr);
    }
    // An answer that repeats the key, and a webhook that cannot be read.
    let echo = serde_json::json!({"success": false, "message": format!("Token {KEY} is not known")});
    stage.provider.answers([Answer::Json(401, echo), Answer::Lost]);
    stage.run(&["call", "+442079460124", "--yes"]).await?;
    stage.run(&["call", "+442079460125", "--yes"]).await?;
    Post::of(&hook, "application/json", format!("{{\"token\": \"{KEY}\""))
        .send()
        .await?;
    let call = stage.json(&["calls", "list"]).await?[2].clone();
    tell(&hook, &Events::of(&call)?.hangup()).await?;
    assert_eq!(serving.stop().await?, Some(0));

    assert!(!said.contains(KEY), "a command said the key");
    let home = stage.dialctl().home();
    // The provider's own words are kept too, as small print: without what it repeated in them.
    let holding: Vec<_> = files(home)?
        .into_iter()
        .filter(|(_, bytes)| holds(bytes, KEY))
        .collect();
    let names: Vec<&str> = holding.iter().map(|(name, _)| name.as_str()).collect();
    assert!(names.is_empty(), "the key is in {names:?}");
    let token = hook.rsplit('/').next().unwrap_or_default();
    let logs = files(&home.join("logs"))?;
    assert!(!logs.is_empty(), "there is a log");
    for (name, bytes) in &logs {
        for private in [
            token,
            "recordings.example",
            "442079460123",
            "442079460124",
            "2079460001",
        ] {
            assert!(!holds(bytes, private), "{private} is in {name}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_key_that_no_keychain_takes_is_not_kept_elsewhere() -> Result<()> {
    let stage = Stage::empty().await?;
    let number = format!("agent_number={AGENT}");
    let words = [
        "--json",
        "account",
        "add",
        "desk",
        "--provider",
        "acefone-uk",
        "--set",
        &number,
        "--secrets-stdin",
    ];
    let outcome = stage
        .dialctl()
        .run_with_input(&words, &format!("api_token={KEY}\n"))
        .await?;
    assert_eq!(failed(&outcome)?, (6, "keychain_absent".to_owned()));
    assert!(!outcome.stdout.contains(KEY) && !outcome.stderr.contains(KEY));
    for (name, bytes) in files(stage.dialctl().home())? {
        assert!(!holds(&bytes, KEY), "the key is in {name}");
    }
    Ok(())
}

#[tokio::test]
async fn a_key_on_the_command_line_is_refused_without_repeating_it() -> Result<()> {
    let stage = Stage::acefone().await?;
    let setting = format!("api_token={KEY}");
    let outcome = stage.run(&["account", "set", "desk", "--set", &setting]).await?;
    assert_eq!(failed(&outcome)?, (2, "setting_is_secret".to_owned()));
    assert!(!outcome.stderr.contains(KEY));
    Ok(())
}

/// Every file below a folder, by name.
fn files(folder: &Path) -> Result<Vec<(String, Vec<u8>)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let (path, kind) = entry.map(|entry| (entry.path(), entry.file_type()))?;
        let kind = kind?;
        if kind.is_dir() {
            found.extend(files(&path)?);
        } else if kind.is_file() {
            found.push((path.display().to_string(), fs::read(&path)?));
        }
    }
    Ok(found)
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|part| part == text.as_bytes())
}
