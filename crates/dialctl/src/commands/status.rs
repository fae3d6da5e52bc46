//! How things are, and what happens.

use engine::api::{ApiError, ErrorClass, Request};
use engine::control::Heard;
use engine::view::{AttentionView, DoctorCheck, Event, StatusView};
use engine::words;
use telephony::Phase;

use super::serve::interrupted;
use super::{Done, callback};
use crate::output::{Failure, Output};
use crate::session::{Session, reply};
use crate::speech::{name_of, say, say_with, who};
use crate::table::Table;

pub async fn status(session: &mut Session, output: Output) -> Done {
    let status = reply!(session.request(Request::Status).await?, Status)?;
    output.result(&*status, || describe(&status))
}

pub async fn watch(session: &mut Session, output: Output) -> Done {
    tokio::select! {
        result = follow(session, output) => result,
        interrupted = interrupted() => interrupted,
    }
}

pub async fn doctor(session: &mut Session) -> Result<Vec<DoctorCheck>, Failure> {
    Ok(reply!(session.request(Request::Doctor).await?, Doctor)?)
}

/// That a check has failed is told by the exit, too, and a warning is not.
pub fn is_all_well(checks: &[DoctorCheck]) -> Done {
    let mut failed: Vec<&str> = Vec::new();
    for check in checks.iter().filter(|check| !check.ok && !check.warning) {
        if !failed.contains(&check.check.as_str()) {
            failed.push(&check.check);
        }
    }
    if failed.is_empty() {
        return Ok(());
    }
    Err(ApiError::new(ErrorClass::Failed, "checks_failed")
        .with("checks", failed.join(", "))
        .into())
}

pub fn show_checks(checks: &[DoctorCheck], output: Output) -> Done {
    output.result(checks, || {
        let lines = checks.iter().map(|check| {
            let line = say(match (check.ok, check.warning) {
                (true, _) => "cli.doctor.good",
                (false, true) => "cli.doctor.warning",
                (false, false) => "cli.doctor.bad",
            });
            let line = line.replace("{message}", &check.message);
            match &check.hint {
                Some(hint) => format!("{line}\n{}", say_with("cli.doctor.hint", &[("hint", hint)])),
                None => line,
            }
        });
        lines.collect::<Vec<String>>().join("\n")
    })
}

async fn follow(session: &mut Session, output: Output) -> Done {
    loop {
        let mut watching = session.watch().await?;
        while let Ok(heard) = watching.next().await {
            match heard {
                Heard::Event(event) if output.is_json() => output.document(&*event)?,
                Heard::Event(event) => output.text(&line(&event))?,
                Heard::Missed => tracing::warn!("events were missed"),
            }
        }
        session.reattach().await?;
    }
}

/// An event on one line; empty for what only a window shows, and for how far something is.
fn line(event: &Event) -> String {
    match event {
        Event::Call { call } => say_with(
            "cli.call.line",
            &[
                ("who", &who(call)),
                ("account", &call.account),
                ("state", &words::sentence(&call.headline)),
            ],
        ),
        Event::Callback { callback } => callback::line(callback),
        Event::Notification { notification } => say_with(
            "cli.watch.notification",
            &[("title", &notification.title), ("body", &notification.body)],
        ),
        Event::Account { account } => {
            let state = account
                .attention
                .as_ref()
                .map_or_else(|| name_of("health", &account.health), words::sentence);
            say_with(
                "cli.account.line",
                &[
                    ("name", &account.name),
                    ("provider", &account.provider_name),
                    ("state", &state),
                ],
            )
        }
        Event::AccountRemoved { name } => say_with("cli.account.removed", &[("name", name)]),
        Event::Attention { attention } => waiting(attention).join("\n"),
        Event::Alert { .. }
        | Event::Contacts
        | Event::ImportProgress { .. }
        | Event::Settings { .. }
        | Event::Status { .. }
        | Event::ShowWindow { .. }
        | Event::ShowQuickDial { .. }
        | Event::Stopping => String::new(),
    }
}

/// What waits for the agent, and until when nothing may disturb: lines for what there is.
fn waiting(attention: &AttentionView) -> Vec<String> {
    let quiet = attention.do_not_disturb.as_ref().map(words::sentence);
    let (missed, due) = (attention.missed.to_string(), attention.due.to_string());
    let waits = (attention.missed + attention.due > 0)
        .then(|| say_with("cli.status.waiting", &[("missed", &missed), ("due", &due)]));
    quiet.into_iter().chain(waits).collect()
}

fn describe(status: &StatusView) -> String {
    let mut lines = vec![
        say_with(
            "cli.status.engine",
            &[
                ("version", &status.version),
                ("role", &name_of("role", &status.role)),
                ("pid", &status.pid.to_string()),
            ],
        ),
        say_with(
            "cli.status.keychain",
            &[("state", &name_of("keychain", &status.keychain))],
        ),
    ];
    lines.push(match (&status.listener, &status.listener_problem) {
        (_, Some(problem)) => words::sentence(problem),
        (Some(listener), None) => say_with("cli.status.listener", &[("listener", listener)]),
        (None, None) => say("cli.status.no_listener"),
    });
    lines.extend(waiting(&status.attention));
    let mut accounts = Table::new(&["name", "provider", "state"], "cli.account.none");
    for account in &status.accounts {
        let state = account
            .attention
            .as_ref()
            .map_or_else(|| name_of("health", &account.health), words::sentence);
        accounts.row([account.name.clone(), account.provider.display_name().to_owned(), state]);
    }
    let mut calls = Table::new(&["who", "account", "state", "id"], "cli.status.no_calls");
    for call in &status.calls {
        calls.row([
            who(call),
            call.account.clone(),
            words::sentence(&call.headline),
            call.id.clone(),
        ]);
    }
    let unclear = status.calls.iter().filter(|call| call.phase == Phase::Unconfirmed);
    let unclear = unclear.map(|call| {
        let advice = call.advice.as_ref().map(words::sentence).unwrap_or_default();
        let params = [("who", &*who(call)), ("advice", &advice), ("id", &call.id)];
        format!("\n{}", say_with("cli.status.unconfirmed", &params))
    });
    format!(
        "{}\n\n{accounts}\n{calls}{}",
        lines.join("\n"),
        unclear.collect::<String>()
    )
}
