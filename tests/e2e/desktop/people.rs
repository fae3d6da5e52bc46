//! Finding people: as they are typed, and in a large directory.

use std::fmt::Write as _;
use std::fs;
use std::ops::Range;

use anyhow::{Context, Result, ensure};
use dialdeck_tests::desktop::DesktopSession;
use dialdeck_tests::{eventually, figure};

use crate::page;
use crate::stage::{Desk, FIELD, add_sandbox};

#[tokio::test]
async fn people_are_found_as_they_are_typed_and_come_first_once_they_were_chosen() -> Result<()> {
    let desktop = DesktopSession::builder().start().await?;
    add_sandbox(&desktop, "10").await?;
    let dialctl = desktop.dialctl()?;
    for (name, number) in [
        ("Jörg Müller", "020 7946 0030"),
        ("Anna Able", "020 7946 0031"),
        ("Anna Baker", "020 7946 0032"),
        ("Иван Петров", "020 7946 0036"),
    ] {
        dialctl.run(&["contacts", "add", name, "--number", number]).await?;
    }
    let desk = Desk::on(desktop).await?;

    for (typed, name, marked) in [
        ("muel", "Jörg Müller", Some("Mül")),
        ("mulelr", "Jörg Müller", Some("Müller")),
        ("jm", "Jörg Müller", Some("J")),
        ("petr", "Иван Петров", Some("Петр")),
        ("60036", "Иван Петров", Some("6 0036")),
    ] {
        desk.window.fill(FIELD, typed).await?;
        let mut last = Vec::new();
        let found = eventually(&format!("{name} for {typed}"), async || {
            last = page::found(&desk.window).await.ok()?;
            let row = last.iter().find(|row| row.text.contains(name))?;
            marked
                .is_none_or(|marked| row.marked.iter().any(|own| own == marked))
                .then_some(())
        })
        .await;
        found.with_context(|| format!("found for {typed}: {last:?}"))?;
        desk.picture(&format!("found-{typed}")).await?;
    }

    desk.window.fill(FIELD, "anna").await?;
    until_first(&desk, "Anna Able").await?;
    // The second of them is called; from now on she is the first for these letters.
    desk.window.find(FIELD).await?.send_keys("\u{E015}\u{E015}").await?;
    eventually("Anna Baker chosen", async || {
        let text = desk.window.text().await.ok()?;
        text.contains("Call Anna Baker").then_some(())
    })
    .await?;
    desk.window.find(FIELD).await?.send_keys("\u{E007}").await?;
    desk.call_anyway().await?;
    desk.window.fill(FIELD, "anna").await?;
    until_first(&desk, "Anna Baker").await?;
    desk.is_sound().await
}

/// People of the large directory that are imported at a time.
const PIECE: usize = 100_000;

/// How many people are in the large directory: `DIALDECK_PEOPLE`, and a few thousand without it.
fn many() -> Result<usize> {
    match std::env::var("DIALDECK_PEOPLE") {
        Ok(many) => many.parse().context("DIALDECK_PEOPLE is a number"),
        Err(_) => Ok(5_000),
    }
}

#[tokio::test]
async fn each_key_shows_its_rows_at_once_in_a_large_directory() -> Result<()> {
    let many = many()?;
    let desktop = DesktopSession::builder().start().await?;
    add_sandbox(&desktop, "10").await?;
    let file = desktop.home().join("people.csv");
    let path = file.to_str().context("the path is text")?.to_owned();
    // No command is waited for as long as a million rows take.
    for first in (0..many).step_by(PIECE) {
        fs::write(&file, directory(first..many.min(first + PIECE)))?;
        let import = ["contacts", "import", &path, "--country", "GB"];
        desktop.dialctl()?.run(&import).await?;
    }
    let desk = Desk::on(desktop).await?;
    // A word with a mistake is found by the index alone.
    let dialctl = desk.dialctl()?;
    eventually("the index", async || {
        let rows = dialctl.json(&["contacts", "search", "ashborun"]).await.ok()?;
        (!rows.as_array()?.is_empty()).then_some(())
    })
    .await?;
    page::settle(&desk.window).await?;

    page::time_bare_keys(&desk.window).await?;
    let bare = type_keys(&desk, "#bare input", "ashbournkellerleewint").await?;
    page::remove_bare(&desk.window).await?;

    page::time_keys(&desk.window).await?;
    for text in ["ashbourn", "keller", "0794601", "lee", "wint"] {
        type_keys(&desk, FIELD, text).await?;
        // Escape empties the field.
        desk.window.find(FIELD).await?.send_keys("\u{E00C}").await?;
        desk.until_field("").await?;
        page::settle(&desk.window).await?;
    }
    let times = page::key_times(&desk.window).await?;
    let answered = |time: &page::KeyTime| time.answered.unwrap_or(f64::INFINITY);
    let drawn = |time: &page::KeyTime| time.drawn.unwrap_or(f64::INFINITY);
    let text = format!(
        "{many} contacts, {} keys: answered after {:.1} ms (median) and {:.1} ms (p95), rows on the page after {:.1} ms and \
         {:.1} ms, drawn after {:.1} ms and {:.1} ms; where a key changes rows at once: drawn after {:.1} ms and {:.1} ms",
        times.len(),
        at(&times, 0.5, answered),
        at(&times, 0.95, answered),
        at(&times, 0.5, |time| time.found),
        at(&times, 0.95, |time| time.found),
        at(&times, 0.5, drawn),
        at(&times, 0.95, drawn),
        at(&bare, 0.5, drawn),
        at(&bare, 0.95, drawn),
    );
    println!("{text}");
    figure("keys", &text);
    // Generous, for a program without optimisation on a busy machine: a search of the database in the window's own
    // thread, or a list of all rows, would be far beyond.
    ensure!(at(&times, 0.5, drawn) < 400.0, "{text}");
    desk.picture("large-directory").await?;

    the_whole_directory_is_one_list(&desk, many).await?;
    desk.is_sound().await
}

/// Types letter by letter, each when what the one before changed has been drawn; the times noted by then.
async fn type_keys(desk: &Desk, field: &str, text: &str) -> Result<Vec<page::KeyTime>> {
    let field = desk.window.find(field).await?;
    for letter in text.chars() {
        let before = page::key_times(&desk.window).await?.len();
        field.send_keys(&letter.to_string()).await?;
        let mut last = Vec::new();
        let shown = eventually("the rows for a key", async || {
            last = page::key_times(&desk.window).await.ok()?;
            (last.len() > before && last.iter().all(|time| time.drawn.is_some())).then_some(())
        })
        .await;
        let shown = shown.with_context(|| format!("{letter} of {text}, after {before} keys: {last:?}"));
        desk.explain(shown).await?;
    }
    page::key_times(&desk.window).await
}

/// The time within which this share of the keys stayed.
fn at(times: &[page::KeyTime], share: f64, of: impl Fn(&page::KeyTime) -> f64) -> f64 {
    let mut all: Vec<f64> = times.iter().map(of).collect();
    all.sort_by(f64::total_cmp);
    all[((all.len() - 1) as f64 * share) as usize]
}

/// From its first person to its last, by keys, by the wheel and by the bar, with no more on the page than is in view.
async fn the_whole_directory_is_one_list(desk: &Desk, many: usize) -> Result<()> {
    let field = desk.window.find(FIELD).await?;
    let whole = || async { page::listed(&desk.window).await };
    eventually("all people", async || (whole().await.ok()?.of == many).then_some(())).await?;

    // End, Up, and Home.
    field.send_keys("\u{E010}").await?;
    until_chosen(desk, many).await?;
    desk.picture("last-of-the-directory").await?;
    field.send_keys("\u{E013}").await?;
    until_chosen(desk, many - 1).await?;
    field.send_keys("\u{E011}").await?;
    until_chosen(desk, 1).await?;

    page::scroll_list(&desk.window, 0.5).await?;
    let middle = eventually("the middle", async || {
        let list = whole().await.ok()?;
        let far = list.first.abs_diff(many / 2);
        (!list.is_waiting && far < many / 50 + 20).then_some(list)
    })
    .await?;
    page::scroll_list_by(&desk.window, 440.0).await?;
    eventually("ten rows further", async || {
        let list = whole().await.ok()?;
        (!list.is_waiting && list.first == middle.first + 10).then_some(())
    })
    .await
    .with_context(|| format!("from {middle:?}"))?;
    let list = whole().await?;
    ensure!(list.rows < 100, "{list:?}");
    page::scroll_list(&desk.window, 0.0).await?;
    Ok(())
}

/// Until the person at this place, from 1, is the chosen one and in view.
async fn until_chosen(desk: &Desk, place: usize) -> Result<()> {
    let mut last = None;
    let found = eventually(&format!("row {place} chosen"), async || {
        last = Some(page::listed(&desk.window).await.ok()?);
        last.as_ref()
            .is_some_and(|list| list.chosen == Some(place))
            .then_some(())
    })
    .await;
    desk.explain(found.with_context(|| format!("listed: {last:?}"))).await
}

async fn until_first(desk: &Desk, name: &str) -> Result<()> {
    let mut last = Vec::new();
    let found = eventually(&format!("{name} first"), async || {
        last = page::found(&desk.window).await.ok()?;
        last.first()?.text.contains(name).then_some(())
    })
    .await;
    found.with_context(|| format!("found: {last:?}"))
}

/// A table of people with names that repeat as names do, in numbers reserved for fiction: many share one.
fn directory(people: Range<usize>) -> String {
    const FIRST: [&str; 12] = [
        "Maria", "John", "Wei", "Fatima", "Asha", "Lee", "Olga", "Peter", "Nina", "Omar", "Iris", "Tom",
    ];
    const LAST: [&str; 14] = [
        "Ashbourn", "Kovacs", "Winter", "Lee", "Okafor", "Rao", "Smith", "Marino", "Keller", "Ivanova", "Santos",
        "Novak", "Hale", "Wintour",
    ];
    let mut table = String::from("name,company,email,number\n");
    for index in people {
        let (first, last) = (FIRST[index % FIRST.len()], LAST[index / 7 % LAST.len()]);
        let _ = writeln!(
            table,
            "{first} {last} {index},Firm {},{first}.{last}{index}@example.com,020 7946 0{:03}",
            index % 997,
            index % 1_000
        );
    }
    table
}
