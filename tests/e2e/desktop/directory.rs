//! The directory in the window: a file taken in, people who are there twice, and what can be done with somebody.

use std::fs;

use anyhow::{Context, Result, ensure};
use dialdeck_tests::desktop::DesktopSession;
use dialdeck_tests::eventually;
use serde_json::Value;

use crate::page;
use crate::stage::{Desk, FIELD, add_sandbox};

/// A table as an office writes it: semicolons, a column of another name, a number that is none.
const TABLE: &str = "Kontakt;Handy;Firma\nAnn Lee;020 7946 0101;Globex\nA. Lee;020 7946 0101;Globex\nBob;12;\n";

#[tokio::test]
async fn a_file_is_looked_at_taken_in_and_who_is_there_twice_becomes_one_and_two_again() -> Result<()> {
    let desktop = DesktopSession::builder().start().await?;
    add_sandbox(&desktop, "10").await?;
    let file = desktop.home().join("people.csv");
    fs::write(&file, TABLE)?;
    let desk = Desk::on(desktop).await?;

    desk.window.press("Import people from a file").await?;
    let chooser = desk.window.find("input[type=file]").await?;
    chooser.send_keys(file.to_str().context("the path is text")?).await?;
    desk.window.sees("Ann Lee").await?;
    desk.picture("import-preview").await?;
    desk.window.press("Import").await?;
    let taken = eventually("two people", async || {
        (names(&desk).await.ok()?.len() == 2).then_some(())
    });
    desk.explain(taken.await).await?;
    desk.picture("import-report").await?;
    ensure!(names(&desk).await? == ["A. Lee", "Ann Lee"]);

    desk.window.press("Duplicates").await?;
    desk.window.sees("Same number").await?;
    desk.picture("duplicates").await?;
    desk.window.press("Merge").await?;
    let merged = eventually("one person", async || {
        (names(&desk).await.ok()?.len() == 1).then_some(())
    });
    desk.explain(merged.await).await?;
    desk.window.sees("Nobody is here twice").await?;
    desk.picture("duplicates-merged").await?;
    let [name] = names(&desk).await?.try_into().ok().context("one person")?;
    desk.window.press(&format!("Undo the merge of {name}")).await?;
    let undone = eventually("two people again", async || {
        (names(&desk).await.ok()? == ["A. Lee", "Ann Lee"]).then_some(())
    });
    desk.explain(undone.await).await?;
    desk.is_sound().await
}

#[tokio::test]
async fn what_can_be_done_with_somebody_is_a_key_away() -> Result<()> {
    let desktop = DesktopSession::builder().start().await?;
    add_sandbox(&desktop, "10").await?;
    desktop
        .dialctl()?
        .run(&["contacts", "add", "Ann Lee", "--number", "020 7946 0101"])
        .await?;
    let desk = Desk::on(desktop).await?;
    desk.window.fill(FIELD, "ann").await?;
    eventually("Ann Lee found", async || {
        let rows = page::found(&desk.window).await.ok()?;
        rows.first()?.text.contains("Ann Lee").then_some(())
    })
    .await?;
    // Ctrl+K, in the field.
    desk.window.find(FIELD).await?.send_keys("\u{E009}k\u{E000}").await?;
    desk.window.sees("Call Ann Lee back later").await?;
    desk.picture("actions").await?;
    let field = desk.window.find("dialog input").await?;
    field.send_keys("favour\u{E007}").await?;
    let marked = eventually("a favourite", async || {
        let rows = desk.dialctl().ok()?.json(&["contacts", "search", "ann"]).await.ok()?;
        (rows[0]["favourite"] == Value::Bool(true)).then_some(())
    });
    desk.explain(marked.await).await?;
    // The keys are the field's again.
    let typed = eventually("the focus in the field", async || {
        let active = desk.window.page.active_element().await.ok()?;
        let role = active.attr("aria-label").await.ok()??;
        (role == "Name or number").then_some(())
    });
    desk.explain(typed.await).await?;
    desk.is_sound().await
}

/// Everybody's name.
async fn names(desk: &Desk) -> Result<Vec<String>> {
    let everybody = desk
        .dialctl()?
        .json(&["contacts", "export", "--format", "json"])
        .await?;
    let people = everybody.as_array().context("a list of people")?;
    let mut names: Vec<String> = people
        .iter()
        .filter_map(|person| person["name"].as_str().map(str::to_owned))
        .collect();
    names.sort();
    Ok(names)
}
