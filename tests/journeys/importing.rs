//! Imports whose command, or whose engine, goes away in their midst.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context, Result};
use dialdeck_tests::within;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;

use crate::socket::Socket;
use crate::stage::Stage;

/// Enough that an import of them can be met while it goes on.
const MANY: usize = 40_000;

/// Writes a table of people whose names begin with a word.
fn table(stage: &Stage, word: &str) -> Result<String> {
    let mut text = String::from("Name,Phone\n");
    for row in 0..MANY {
        writeln!(text, "{word} {row},020 7946 0{:03}", row % 1_000)?;
    }
    let file = stage.folder().join(format!("{word}.csv"));
    fs::write(&file, text)?;
    Ok(file.display().to_string())
}

#[tokio::test]
async fn two_commands_that_import_at_once_are_both_whole_though_the_engine_ends_with_the_first() -> Result<()> {
    let stage = Stage::empty().await?;
    let (ann, bob) = (table(&stage, "Ann")?, table(&stage, "Bob")?);
    let (first, second) = (["contacts", "import", &ann], ["contacts", "import", &bob]);
    let (first, second) = tokio::try_join!(stage.json(&first), stage.json(&second))?;
    for report in [first, second] {
        assert_eq!(report["added"].as_u64(), Some(MANY as u64), "{report}");
    }
    Ok(())
}

#[tokio::test]
async fn an_import_ends_with_the_command_that_asked_for_it_however_that_ends() -> Result<()> {
    let stage = Stage::empty().await?;
    let file = table(&stage, "Ann")?;
    let serving = stage.serve().await?;
    let mut socket = Socket::connect(stage.dialctl().home()).await?;
    socket.ask(json!({"do": "watch"})).await?;
    let (mut import, _lines) = stage.dialctl().stream(&["contacts", "import", &file])?;
    socket.event("import_progress").await?;
    import.kill().await?;

    // A second import waits until the first is taken back.
    let report = stage.json(&["contacts", "import", &file]).await?;
    assert_eq!(report["added"].as_u64(), Some(MANY as u64), "{report}");
    serving.stop().await?;
    Ok(())
}

#[tokio::test]
async fn an_import_whose_engine_was_killed_can_be_cancelled_before_the_next_one_runs() -> Result<()> {
    let stage = Stage::empty().await?;
    let file = table(&stage, "Ann")?;
    let serving = stage.serve().await?;
    let mut socket = Socket::connect(stage.dialctl().home()).await?;
    socket.ask(json!({"do": "watch"})).await?;
    let (import, _lines) = stage.dialctl().stream(&["contacts", "import", &file])?;
    socket.event("import_progress").await?;
    serving.kill().await?;
    let pid = import.id().and_then(|pid| Pid::from_raw(pid.cast_signed()));
    kill_process(pid.context("it runs")?, Signal::INT)?;

    let ended = within("the import's end", import.wait_with_output()).await??;
    let said = String::from_utf8(ended.stderr)?;
    assert_eq!(ended.status.code(), Some(1), "{said}");
    assert!(said.contains("cancelled"), "{said}");
    assert_eq!(stage.json(&["contacts", "export"]).await?, json!([]));
    Ok(())
}
