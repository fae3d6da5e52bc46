//! `docs/automation.md`: everything on the page that can be run is run.

use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use dialdeck_tests::{bin, within};
use serde_json::{Value, json};
use tokio::process::Command;

use crate::socket::Socket;
use crate::stage::Stage;

const PAGE: &str = include_str!("../../docs/automation.md");

/// A fenced block: its language and its text.
struct Block {
    language: &'static str,
    text: &'static str,
}

fn blocks() -> Vec<Block> {
    // Between two fences is a block, after the second is text: every other piece.
    let pieces = PAGE.split("\n```").skip(1).step_by(2);
    let block = |piece: &'static str| {
        let (language, text) = piece.split_once('\n').unwrap_or((piece, ""));
        Block { language, text }
    };
    pieces.map(block).collect()
}

async fn stage() -> Result<Stage> {
    let stage = Stage::empty().await?;
    stage
        .json(&["account", "add", "play", "--provider", "sandbox", "--set", "speed=20"])
        .await?;
    Ok(stage)
}

/// What an example prints, run in a folder of its own with this home.
async fn run(stage: &Stage, block: &Block) -> Result<String> {
    let (interpreter, option) = match block.language {
        "sh" => ("sh", "-euc"),
        _ => ("python3", "-c"),
    };
    let programs = bin("dialctl")?;
    let programs = programs.parent().context("a folder of programs")?.to_owned();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(std::iter::once(programs).chain(std::env::split_paths(&path)))?;
    let output = Command::new(interpreter)
        .args([option, block.text])
        .current_dir(stage.folder())
        .env("PATH", path)
        .env("DIALDECK_HOME", stage.dialctl().home())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = within("the example's end", output).await??;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{} fails: {said}\n{}", interpreter, block.text);
    Ok(String::from_utf8(output.stdout)?)
}

/// Whether a text is as it is printed on the page, where … stands for anything, and on a line of its own for any lines.
fn fits(printed: &str, expected: &str) -> bool {
    let mut rest = printed;
    for (nth, piece) in expected.trim().split('…').enumerate() {
        let piece = piece.trim();
        match rest.find(piece) {
            Some(at) if nth > 0 || at == 0 => rest = &rest[at + piece.len()..],
            _ => return false,
        }
    }
    expected.trim().ends_with('…') || rest.trim().is_empty()
}

#[tokio::test]
async fn every_example_does_what_the_page_says() -> Result<()> {
    let stage = stage().await?;
    let _serving = stage.serve().await?;
    let blocks = blocks();
    let mut run_so_far = 0;
    for (nth, block) in blocks
        .iter()
        .enumerate()
        .filter(|(_, block)| ["sh", "python"].contains(&block.language))
    {
        let expected = blocks.get(nth + 1).filter(|next| next.language == "text");
        let expected = expected.with_context(|| format!("nothing says what this prints: {}", block.text))?;
        let printed = run(&stage, block).await?;
        assert!(
            fits(&printed, expected.text),
            "printed:\n{printed}\nthe page says:\n{}",
            expected.text
        );
        run_so_far += 1;
    }
    assert_eq!(run_so_far, 4, "an example is not run any more");
    Ok(())
}

#[tokio::test]
async fn every_request_of_the_page_is_known_to_the_engine() -> Result<()> {
    let stage = stage().await?;
    let _serving = stage.serve().await?;
    let lines: Vec<Value> = blocks()
        .iter()
        .filter(|block| block.language == "json")
        .flat_map(|block| block.text.lines())
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()?;
    let requests: Vec<&Value> = lines.iter().filter(|line| line.get("do").is_some()).collect();
    assert_eq!(requests.len(), 23, "a request of the page is not tried any more");
    let mut socket = Socket::connect(stage.dialctl().home()).await?;
    for request in requests {
        let told = socket.told(request.clone()).await?;
        let code = told["error"]["code"].as_str().unwrap_or_default();
        assert_ne!(code, "request_unknown", "{request}");
        let name = request["do"].as_str().unwrap_or_default();
        assert!(
            PAGE.contains(&format!("| `{name}`")) || PAGE.contains(&format!(", `{name}`")),
            "no row for {name}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn what_the_settings_file_of_the_page_says_is_understood() -> Result<()> {
    let stage = stage().await?;
    let toml: Vec<&str> = blocks()
        .iter()
        .filter(|block| block.language == "toml")
        .map(|block| block.text)
        .collect();
    let [text] = toml[..] else {
        panic!("one piece of settings: {toml:?}")
    };
    let file = stage.dialctl().home().join("config.toml");
    let before = std::fs::read_to_string(&file)?;
    std::fs::write(&file, format!("{before}\n{text}"))?;
    let pops = stage.json(&["screen-pop", "list"]).await?;
    assert_eq!((&pops[0]["name"], &pops[1]["name"]), (&json!("crm"), &json!("log")));
    assert_eq!(pops[1]["run"][2], "--number={number}");
    Ok(())
}

#[tokio::test]
async fn a_program_of_a_newer_protocol_is_refused_in_words_it_can_read() -> Result<()> {
    let stage = stage().await?;
    let _serving = stage.serve().await?;
    let told = Socket::refusal(stage.dialctl().home(), 2).await?;
    assert_eq!(told["error"]["code"], "protocol", "{told}");
    assert_eq!(
        (&told["error"]["params"]["ours"], &told["error"]["params"]["theirs"]),
        (&json!("1"), &json!("2"))
    );
    Ok(())
}

#[tokio::test]
async fn a_program_that_is_not_approved_rings_nobody_and_sets_nothing_up() -> Result<()> {
    let stage = Stage::acefone().await?;
    let _serving = stage.serve().await?;
    let home = stage.dialctl().home().to_owned();
    let mut watching = Socket::connect(&home).await?;
    watching.told(json!({"do": "watch"})).await?;
    let mut socket = Socket::connect(&home).await?;
    let place = json!({"do": "place", "target": crate::stage::CUSTOMER, "intent": null, "account": null, "from": null, "note": null,
        "contact": null, "yes": true, "despite_unknown": false});
    let own = std::env::current_exe()?;
    for request in [
        place.clone(),
        json!({"do": "approve_program", "path": own}),
        json!({"do": "add_screen_pop", "pop": {"name": "x", "on": ["ended"], "run": ["/bin/true"]}}),
        json!({"do": "transfer_call", "call": "x", "to": "1001", "attended": false, "yes": true}),
    ] {
        let told = socket.told(request.clone()).await?;
        assert_eq!(told["error"]["code"], "program_not_approved", "{request}: {told}");
        assert_eq!(told["error"]["params"]["program"], json!(own.canonicalize()?));
    }
    assert_eq!(stage.provider.dials().len(), 0);
    assert_eq!(stage.json(&["screen-pop", "list"]).await?, json!([]));
    // The agent finds the number in the window.
    let asked = watching.event("show_window").await?;
    assert_eq!(asked["prefill"], crate::stage::CUSTOMER);

    let path = own.to_str().context("a path in UTF-8")?;
    // A script is another program on the socket.
    let script = home.join("dialler.sh");
    std::fs::write(&script, "#!/bin/sh\n")?;
    let script = script.to_str().context("a path in UTF-8")?;
    let refused = stage.run(&["program", "approve", script]).await?;
    assert_eq!(
        (refused.code, refused.error()?["code"].as_str()),
        (2, Some("program_is_script"))
    );

    stage.json(&["program", "approve", path]).await?;
    let told = socket.told(place.clone()).await?;
    assert_eq!(told["ok"]["value"]["result"], "placed", "{told}");
    assert_eq!(stage.provider.dials().len(), 1);
    stage.json(&["program", "revoke", path]).await?;
    assert_eq!(socket.told(place).await?["error"]["code"], "program_not_approved");
    Ok(())
}
