//! `docs/providers/coverage.md`: written from what the suite has just seen.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use providers::{Capability, ProviderKind};

use crate::account::{by_get, kinds, quickcall, support};
use crate::documented::{Documented, documented};
use crate::hostile::Fault;
use crate::mission::{WANTED, Wanted};
use crate::mock::{self, Asked};
use crate::samples::list::{Is, SAMPLES};
use crate::samples::{self, Reading};
use crate::tls::server::Flaw;
use crate::verbs::{self, DoneVerb};
use crate::wire::Sent;

const LEGEND: &str = "\
# What works with which provider

Written by the behaviour suite (`tests/behavior`) from the accounts' own capabilities and from what it has just done; a
run that comes to another page fails. In the tables stands, for each verb of a usual account:

| mark | the verb is |
|---|---|
| d | documented on a page of the provider's own; (d): on one of a sister brand, or of the software that it runs |
| s | read from a sample body, as a page or somebody's program has it; (s): from a sister brand's |
| x | done at the sandbox exchange, which is written from the providers' pages alone and shares no code with the connectors |
| m | asked of a mock server that is not ours, which serves the API from its description and refuses what that does not have |
| – | not there, with the reason that the app shows |
";

/// What the suite has just seen.
struct Seen {
    done: Vec<DoneVerb>,
    readings: Vec<Reading>,
    asked: Vec<Asked>,
    /// Of accounts that are set up in another way than usual.
    elsewise: Vec<Sent>,
}

#[tokio::test]
async fn every_verb_does_what_it_says_and_the_coverage_is_written_from_it() -> Result<()> {
    let seen = seen().await?;
    every_verb_is_covered(&seen)?;
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/providers/coverage.md");
    let fresh = page(&seen)?;
    if std::env::var_os("DIALDECK_WRITE_COVERAGE").is_some() {
        std::fs::create_dir_all(file.parent().context("a folder")?)?;
        std::fs::write(&file, &fresh)?;
    }
    let there = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(
        there, fresh,
        "docs/providers/coverage.md is out of date: run this test with DIALDECK_WRITE_COVERAGE=1"
    );
    Ok(())
}

async fn seen() -> Result<Seen> {
    let mut readings = Vec::new();
    for sample in SAMPLES {
        readings.extend(samples::read(sample).await?);
    }
    let mut elsewise = Vec::new();
    for (verb, setup) in [
        ("place_call", support(ProviderKind::AcefoneUk)),
        ("place_call", by_get()),
        ("place_call", quickcall()),
        ("choose_caller_id", quickcall()),
    ] {
        elsewise.extend(verbs::done_at_exchange(verb, setup).await?);
    }
    let (done, asked) = tokio::join!(verbs::results(), mock::asked());
    Ok(Seen {
        done: done?,
        readings,
        asked: asked?,
        elsewise,
    })
}

/// What is offered is documented somewhere and was done, and no verb of the pages is missing.
fn every_verb_is_covered(seen: &Seen) -> Result<()> {
    for done in &seen.done {
        if done.capability.is_available() {
            let page = documented(done.kind, done.verb);
            ensure!(page.is_some(), "{} of {} stands nowhere", done.verb, done.kind);
        }
    }
    for wanted in &WANTED {
        ensure!(
            wanted.by_exchange(seen),
            "{} was not asked of the exchange",
            wanted.verb()
        );
    }
    Ok(())
}

impl Wanted {
    fn by_exchange(&self, seen: &Seen) -> bool {
        let usual = seen.done.iter().filter(|done| done.kind == self.kind);
        usual
            .flat_map(|done| &done.sent)
            .chain(&seen.elsewise)
            .any(|sent| sent.was_taken() && self.is(sent))
    }

    fn by_mock(&self, seen: &Seen) -> bool {
        self.kind == ProviderKind::Kazoo
            && seen
                .asked
                .iter()
                .flat_map(|asked| &asked.taken)
                .any(|sent| self.is(sent))
    }

    /// The bodies that are answers to just this, without the refusals that any verb can meet.
    fn samples<'a>(&self, seen: &'a Seen) -> Vec<&'a str> {
        let is_of_it = |file: &str| {
            SAMPLES
                .iter()
                .any(|sample| sample.file == file && !matches!(sample.is, Is::Refusal))
        };
        let fits = |reading: &&Reading| {
            let is_read = reading.kind == self.kind && reading.is_own && reading.told.0 == self.deed;
            is_read && is_of_it(reading.file) && !reading.file.contains("quickcall")
        };
        seen.readings
            .iter()
            .filter(fits)
            .map(|reading| name(reading.file))
            .collect()
    }
}

fn page(seen: &Seen) -> Result<String> {
    let mut page = String::from(LEGEND);
    // Not the server without a flaw.
    let (answers, slow, flaws) = (Fault::ALL.len(), Fault::SLOW.len(), Flaw::ALL.len() - 1);
    write!(
        page,
        "\nEvery verb is also met by the refusals that its pages document, by {answers} wrong answers, by {slow} sorts of \
         servers that never\ncome to an end, by {flaws} sorts of TLS that is not to be trusted, and by fields and words that \
         no page has today.\n\n## Verbs\n\n| verb |"
    )?;
    for kind in kinds() {
        write!(page, " {} |", kind.display_name())?;
    }
    write!(page, "\n|---|{}\n", "---|".repeat(kinds().count()))?;
    for verb in verbs_of(seen) {
        write!(page, "| `{verb}` |")?;
        for kind in kinds() {
            write!(page, " {} |", cell(seen, kind, verb)?)?;
        }
        page.push('\n');
    }
    mission(&mut page, seen)?;
    pages(&mut page, seen)?;
    bodies(&mut page, seen)?;
    Ok(page)
}

fn verbs_of(seen: &Seen) -> Vec<&'static str> {
    let mut verbs: Vec<&str> = Vec::new();
    for done in &seen.done {
        if !verbs.contains(&done.verb) {
            verbs.push(done.verb);
        }
    }
    verbs
}

fn cell(seen: &Seen, kind: ProviderKind, verb: &str) -> Result<String> {
    let done = seen.done.iter().find(|done| done.kind == kind && done.verb == verb);
    let done = done.context("every kind has every verb")?;
    if let Capability::Missing(why) = done.capability {
        let why = serde_json::to_value(why)?;
        return Ok(format!("– {}", why.as_str().unwrap_or_default().replace('_', " ")));
    }
    let mut marks = Vec::new();
    match documented(kind, verb) {
        Some(Documented::Own(_)) => marks.push("d"),
        Some(Documented::Sister(_)) => marks.push("(d)"),
        Some(Documented::Seen) | None => {}
    }
    let reads = |is_own| {
        let fits = |reading: &Reading| reading.kind == kind && reading.verb == verb && reading.is_own == is_own;
        seen.readings.iter().any(|reading| reading.tells && fits(reading))
    };
    if reads(true) {
        marks.push("s");
    } else if reads(false) {
        marks.push("(s)");
    }
    if done.done {
        marks.push("x");
    }
    let is_asked = |asked: &Asked| asked.deed.verb == verb && !asked.taken.is_empty();
    if kind == ProviderKind::Kazoo && seen.asked.iter().any(is_asked) {
        marks.push("m");
    }
    Ok(marks.join(" "))
}

fn mission(page: &mut String, seen: &Seen) -> Result<()> {
    page.push_str(
        "\n## The pages that had to be implemented\n\nAll of them are documented (d); x and m where just this request \
         was taken, s with the bodies that are read as its answer.\n\n| page | verb | here | x | m | s |\n\
         |---|---|---|---|---|---|\n",
    );
    let tick = |yes: bool| if yes { "✓" } else { "–" };
    for wanted in &WANTED {
        let with = if wanted.with.is_empty() {
            String::new()
        } else {
            format!(", {}", wanted.with)
        };
        writeln!(
            page,
            "| {} | {} | `{}`{with} | {} | {} | {} |",
            wanted.page,
            wanted.verb(),
            wanted.deed,
            tick(wanted.by_exchange(seen)),
            tick(wanted.by_mock(seen)),
            wanted.samples(seen).join(", "),
        )?;
    }
    Ok(())
}

fn pages(page: &mut String, seen: &Seen) -> Result<()> {
    page.push_str("\n## Where each verb is documented\n\n| verb | provider | page |\n|---|---|---|\n");
    for verb in verbs_of(seen) {
        // Several brands may stand on one page.
        let mut told: Vec<(Vec<&str>, String)> = Vec::new();
        for done in seen
            .done
            .iter()
            .filter(|done| done.verb == verb && done.capability.is_available())
        {
            let text = match documented(done.kind, verb) {
                Some(Documented::Own(url)) => format!("<{url}>"),
                Some(Documented::Sister(url)) => format!("(d) <{url}>"),
                Some(Documented::Seen) => {
                    "no page that could be reached; as other people's programs have it".to_owned()
                }
                None => continue,
            };
            let kind = done.kind.display_name();
            match told.iter_mut().find(|(_, known)| *known == text) {
                Some((kinds, _)) => kinds.push(kind),
                None => told.push((vec![kind], text)),
            }
        }
        for (kinds, text) in told {
            writeln!(page, "| `{verb}` | {} | {text} |", kinds.join(", "))?;
        }
    }
    Ok(())
}

fn bodies(page: &mut String, seen: &Seen) -> Result<()> {
    page.push_str(
        "\n## Sample bodies\n\nEvery body in `tests/fixtures`, and what has read it; what it was read as stands in the \
         snapshots of `tests/behavior`.\n\n| body | read by |\n|---|---|\n",
    );
    for sample in SAMPLES {
        let told = match sample.is {
            Is::NotAsked(why) => format!("no verb: {why}"),
            Is::Refusal => format!("every verb, as a refusal ({})", sample.status),
            Is::Answer(_) | Is::Among(..) | Is::Event | Is::Streamed => {
                let mut verbs: BTreeMap<&str, bool> = BTreeMap::new();
                let own = seen
                    .readings
                    .iter()
                    .filter(|reading| reading.file == sample.file && reading.is_own);
                for reading in own {
                    verbs.insert(&reading.told.0, reading.tells);
                }
                let verbs: Vec<String> = verbs
                    .into_iter()
                    .map(|(verb, tells)| {
                        if tells {
                            format!("`{verb}`")
                        } else {
                            format!("`{verb}` (a refusal)")
                        }
                    })
                    .collect();
                verbs.join(", ")
            }
        };
        writeln!(page, "| {} | {told} |", sample.file.trim_end_matches(".json"))?;
    }
    Ok(())
}

fn name(file: &str) -> &str {
    file.rsplit('/').next().unwrap_or(file).trim_end_matches(".json")
}
