//! How long after an event has been answered its notification is with the desktop.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use dialdeck_tests::desktop::{DesktopSession, NotificationServer, Recorder};
use dialdeck_tests::figure;
use tokio::time::{MissedTickBehavior, interval};

use crate::events::Inbound;
use crate::notices::in_the_tray;
use crate::stage::add_account;
use crate::web::tell;

const CALLS: u32 = 60;

/// Two notifications a call, and no more than ten a second in all: what comes faster waits, and shall.
const APART: Duration = Duration::from_millis(220);

/// Between the answer to an event and its notification. The goal is meant for all but one in a hundred, which the figure
/// tells; beside other journeys a busy machine has moments of its own.
const GOAL: Duration = Duration::from_millis(50);
const AT_WORST: Duration = Duration::from_secs(1);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_call_is_told_of_at_once_and_under_one_notification() -> Result<()> {
    let mut desktop = DesktopSession::builder()
        .notifications(NotificationServer::None)
        .start()
        .await?;
    let mut recorder = Recorder::start(&desktop).await?;
    let _provider = add_account(&mut desktop).await?;
    in_the_tray(&desktop).await?;
    let account = desktop.dialctl()?.json(&["account", "show", "work"]).await?;
    let hook = account["hook"].as_str().context("the account has a hook")?;

    let mut pace = interval(APART);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut late = Vec::new();
    for index in 1..=CALLS {
        let call = Inbound {
            customer: format!("+4420794600{:02}", index % 100),
            call_id: format!("1783784632.{index}"),
        };
        pace.tick().await;
        tell(hook, &call.received()).await?;
        let answered = Instant::now();
        let rings = recorder.next().await?;
        late.push(rings.at.saturating_duration_since(answered));
        ensure!(!rings.replaces && rings.number == index, "{rings:?} of call {index}");
        ensure!(rings.body.contains("is calling"), "{rings:?}");

        pace.tick().await;
        // Told twice, as providers do.
        tell(hook, &call.hangup(None)).await?;
        let answered = Instant::now();
        tell(hook, &call.hangup(None)).await?;
        let missed = recorder.next().await?;
        late.push(missed.at.saturating_duration_since(answered));
        ensure!(missed.replaces && missed.number == index, "{missed:?} of call {index}");
        ensure!(missed.body.contains("Missed call"), "{missed:?}");
    }
    // Whatever was still on its way comes before what is asked for now.
    desktop.dialctl()?.json(&["status"]).await?;
    let rest = recorder.rest();
    ensure!(rest.is_empty(), "told once too often: {rest:?}");

    late.sort();
    let slowest = late[late.len() * 99 / 100];
    let middle = late[late.len() / 2];
    figure(
        "notifications",
        &format!(
            "{CALLS} calls, each under one notification; it leaves {:.1} ms after the answer to its event (p50 {:.1} ms; p99 of {})",
            millis(slowest),
            millis(middle),
            late.len()
        ),
    );
    ensure!(
        middle <= GOAL && slowest <= AT_WORST,
        "{middle:?}, at times {slowest:?} after the answer"
    );
    Ok(())
}

fn millis(span: Duration) -> f64 {
    span.as_secs_f64() * 1_000.0
}
