//! `docs/providers/coverage.md`: written from what the suite has just seen.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result};
use providers::{Capability, ProviderKind};

use crate::account::kinds;
use crate::{mock, verbs};

/// The verbs of the five pages that the product was asked to implement, and where each is.
const PAGES: [(&str, &str, &str); 14] = [
    (
        "Acefone UK: click-to-call support",
        "`POST /v1/click_to_call_support`",
        "place_call (mode click_to_call_support)",
    ),
    (
        "Acefone India: schedule a callback",
        "`POST /v1/dialer/schedule_call/`",
        "schedule_call",
    ),
    ("Servetel: click-to-call", "`POST /v1/click_to_call`", "place_call"),
    (
        "Superfone: trigger call",
        "`GET …/click-2-call?call_action=START`",
        "place_call",
    ),
    (
        "Superfone: trigger call",
        "`GET …/click-2-call?call_action=END`",
        "end_call",
    ),
    ("IP Telecom: click-to-call", "`GET …/clicktocall`", "endpoints (list)"),
    ("IP Telecom: click-to-call", "`PUT …/clicktocall`", "endpoints (create)"),
    (
        "IP Telecom: click-to-call",
        "`GET …/clicktocall/{C2C_ID}`",
        "endpoints (show)",
    ),
    (
        "IP Telecom: click-to-call",
        "`POST …/clicktocall/{C2C_ID}`",
        "endpoints (replace)",
    ),
    (
        "IP Telecom: click-to-call",
        "`PATCH …/clicktocall/{C2C_ID}`",
        "endpoints (patch)",
    ),
    (
        "IP Telecom: click-to-call",
        "`DELETE …/clicktocall/{C2C_ID}`",
        "endpoints (delete)",
    ),
    (
        "IP Telecom: click-to-call",
        "`GET …/clicktocall/{C2C_ID}/history`",
        "endpoints (history)",
    ),
    (
        "IP Telecom: click-to-call",
        "`GET …/clicktocall/{C2C_ID}/connect`",
        "place_call (connect_verb get)",
    ),
    (
        "IP Telecom: click-to-call",
        "`POST …/clicktocall/{C2C_ID}/connect`",
        "place_call",
    ),
];

#[tokio::test]
async fn every_verb_does_what_it_says_and_the_coverage_is_written_from_it() -> Result<()> {
    let results = verbs::results().await?;
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/providers/coverage.md");
    let fresh = page(&results)?;
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

fn page(results: &[verbs::DoneVerb]) -> Result<String> {
    let mut page = String::from(
        "# What works with which provider\n\n\
         Written by the behaviour suite (`tests/behavior`) from the accounts' own capabilities and from what it has just \
         done:\nno line is typed by hand. ✓: done against the sandbox exchange, which is written from the providers' \
         pages alone. ✓ ✓: asked of\na mock server that is not ours, too. (✓): by the connectors' own\ntests and journeys, not here. –: not there, with the reason that the app shows.\n\n| verb |",
    );
    for kind in kinds() {
        write!(page, " {} |", kind.display_name())?;
    }
    page.push_str("\n|---|");
    page.push_str(&"---|".repeat(kinds().count()));
    page.push('\n');
    let mut verbs: Vec<&str> = Vec::new();
    for result in results {
        if !verbs.contains(&result.verb) {
            verbs.push(result.verb);
        }
    }
    for verb in verbs {
        write!(page, "| `{verb}` |")?;
        for kind in kinds() {
            let result = results.iter().find(|result| result.kind == kind && result.verb == verb);
            match result.map(|result| result.capability) {
                Some(Capability::Available) if kind == ProviderKind::Kazoo && mock::ASKED.contains(&verb) => {
                    page.push_str(" ✓ ✓ |");
                }
                Some(Capability::Available) => page.push_str(" ✓ |"),
                Some(Capability::Missing(why)) => {
                    let why = serde_json::to_value(why)?;
                    write!(page, " – {} |", why.as_str().unwrap_or_default().replace('_', " "))?;
                }
                None => page.push_str(" ? |"),
            }
        }
        page.push('\n');
    }
    page.push_str("\n## The pages that had to be implemented\n\n| page | verb | here |\n|---|---|---|\n");
    for (name, verb, here) in PAGES {
        writeln!(page, "| {name} | {verb} | {here} |")?;
    }
    page.push_str(
        "\nEvery sample body in `tests/fixtures` is decoded by the connectors' own tests, with its expected facts as \
         snapshots. Kazoo's requests are also sent to a mock server that is not ours, which serves the API from\nits OpenAPI description and \
         refuses what that does not have.\n",
    );
    Ok(page)
}
