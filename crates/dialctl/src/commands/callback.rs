//! Promises to call back.

use engine::api::{ApiError, CallbackDraft, ErrorClass, Request};
use engine::view::{CallbackView, ContactRef};
use engine::words;
use jiff::tz::TimeZone;
use telephony::PushState;
use uuid::Uuid;

use super::Done;
use super::call::{How, place_and_tell};
use crate::cli::{CallbackArgs, CallbackCommand};
use crate::output::{Failure, Output};
use crate::printable::one_line;
use crate::session::{Session, reply};
use crate::speech::{local_time, name_of, say, say_with};
use crate::table::Table;

/// How long a reminder is put off unless said otherwise.
const SNOOZE: &str = "10m";

pub async fn run(session: &mut Session, command: &CallbackCommand, output: Output) -> Done {
    match command {
        CallbackCommand::Add(arguments) => {
            let callback = one(session, Request::AddCallback(draft(arguments))).await?;
            output.result(&callback, || describe(&callback))?;
            pushed_as_wished(&callback, arguments.push)
        }
        CallbackCommand::List { all } => {
            let request = Request::ListCallbacks { all: *all };
            let callbacks = reply!(session.request(request).await?, Callbacks)?;
            output.rows(&callbacks, table)
        }
        CallbackCommand::Show { callback } => {
            let callback = callback.clone();
            tell(session, Request::ShowCallback { callback }, output).await
        }
        CallbackCommand::Done { callback } => {
            let callback = callback.clone();
            tell(session, Request::CallbackDone { callback }, output).await
        }
        CallbackCommand::Cancel { callback } => {
            let callback = callback.clone();
            tell(session, Request::CancelCallback { callback }, output).await
        }
        CallbackCommand::Snooze {
            callback,
            length,
            until,
        } => {
            let length = length.as_deref().unwrap_or(SNOOZE);
            let request = Request::SnoozeCallback {
                callback: callback.clone(),
                until: until.clone().unwrap_or_else(|| format!("in {length}")),
                zone: own_zone(),
            };
            tell(session, request, output).await
        }
        CallbackCommand::Mark {
            callback, important, ..
        } => {
            let (callback, important) = (callback.clone(), *important);
            tell(session, Request::MarkCallback { callback, important }, output).await
        }
        CallbackCommand::Call {
            callback,
            intent,
            follow,
            yes,
            despite_unknown,
        } => {
            // One command, one gesture: whatever has to be asked again, it stays one call.
            let intent = intent.unwrap_or_else(Uuid::now_v7).to_string();
            let ask_for = |yes| Request::CallCallback {
                callback: callback.clone(),
                yes,
                despite_unknown: *despite_unknown,
                intent: Some(intent.clone()),
            };
            let how = How {
                yes: *yes,
                follow: *follow,
                account: None,
            };
            place_and_tell(session, ask_for, &how, output).await
        }
    }
}

/// An event of a callback on one line.
pub fn line(callback: &CallbackView) -> String {
    let state = if callback.overdue {
        say("cli.callback.overdue")
    } else {
        state_of(callback)
    };
    say_with(
        "cli.callback.line",
        &[
            ("who", &who(callback)),
            ("time", &shown(&callback.local_time)),
            ("zone", &callback.zone),
            ("state", &state),
        ],
    )
}

fn draft(arguments: &CallbackArgs) -> CallbackDraft {
    CallbackDraft {
        // One command makes one callback, however often it has to be asked for.
        intent: Some(arguments.intent.unwrap_or_else(Uuid::now_v7).to_string()),
        target: arguments.target.clone(),
        when: arguments.when.clone(),
        zone: arguments.zone.clone().or_else(own_zone),
        account: arguments.account.clone(),
        from: arguments.from.clone(),
        contact: None,
        name: arguments.name.clone(),
        note: arguments.note.clone(),
        assigned_to: arguments.assigned_to.clone(),
        reminder_min: arguments.reminder_min,
        call_end_min: arguments.call_end_min,
        queue: arguments.queue.clone(),
        push: arguments.push.then_some(true).or(arguments.no_push.then_some(false)),
        important: arguments.important,
    }
}

/// Whether the provider has taken a callback that it was to take; where it only might have, ours is enough.
fn pushed_as_wished(callback: &CallbackView, wished: bool) -> Done {
    let (class, code) = match callback.push.state {
        PushState::Refused if wished => (ErrorClass::Refused, "callback_push_refused"),
        PushState::Unknown if wished => (ErrorClass::OutcomeUnknown, "callback_push_unknown"),
        PushState::None | PushState::Wished | PushState::Pushed | PushState::Refused | PushState::Unknown => {
            return Ok(());
        }
    };
    Err(ApiError::new(class, code).with("callback", &callback.id).into())
}

/// The zone of this shell, which may be another than that of the engine.
fn own_zone() -> Option<String> {
    let name = TimeZone::system().iana_name().map(str::to_owned)?;
    telephony::zone_named(&name).map(|_| name)
}

async fn tell(session: &mut Session, request: Request, output: Output) -> Done {
    let callback = one(session, request).await?;
    output.result(&callback, || describe(&callback))
}

async fn one(session: &mut Session, request: Request) -> Result<CallbackView, Failure> {
    Ok(*reply!(session.request(request).await?, Callback)?)
}

fn describe(callback: &CallbackView) -> String {
    let mut lines = vec![line(callback)];
    if !callback.customer_local_time.is_empty() {
        lines.push(say_with("cli.callback.there", &[("times", &there(callback))]));
    }
    lines.extend(callback.warnings.iter().map(words::sentence));
    let with = |key: &str, name: &str, value: &Option<String>| {
        let value = one_line(value.as_deref()?);
        Some(say_with(key, &[(name, &value)]))
    };
    lines.extend(with("cli.callback.from", "account", &callback.account));
    lines.extend(with("cli.callback.note", "note", &callback.note));
    if let Some(until) = callback.snoozed_until {
        lines.push(say_with("cli.callback.snoozed", &[("time", &local_time(until))]));
    }
    if callback.push.state != PushState::None {
        let state = name_of("callback.push", &callback.push.state);
        lines.push(say_with("cli.callback.pushed", &[("state", &state)]));
    }
    lines.extend(with("cli.callback.provider_said", "message", &callback.push.message));
    if !callback.calls.is_empty() {
        lines.push(say_with("cli.callback.calls", &[("calls", &callback.calls.join(", "))]));
    }
    lines.push(say_with("cli.callback.id", &[("id", &callback.id)]));
    lines.join("\n")
}

fn table(callbacks: &[CallbackView]) -> Table {
    let mut table = Table::new(
        &["due", "there", "who", "account", "state", "note", "callback"],
        "cli.callback.none",
    );
    for callback in callbacks {
        let state = if callback.overdue {
            say("cli.callback.overdue")
        } else {
            state_of(callback)
        };
        table.row([
            shown(&callback.local_time),
            there(callback),
            who(callback),
            callback.account.clone().unwrap_or_default(),
            state,
            callback.note.clone().unwrap_or_default(),
            callback.id.clone(),
        ]);
    }
    table
}

fn state_of(callback: &CallbackView) -> String {
    let name = serde_json::to_value(callback.state).ok();
    let name = name.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default();
    say(&format!("callback.state.{name}"))
}

fn who(callback: &CallbackView) -> String {
    let number = &callback.shown.international;
    let name = callback.contact.as_ref().map(ContactRef::said);
    match name.as_ref().or(callback.name.as_ref()) {
        Some(name) => format!("{name} ({number})"),
        None => number.clone(),
    }
}

/// What clocks show at the customer's; of many zones the earliest and the latest.
fn there(callback: &CallbackView) -> String {
    match callback.customer_local_time.as_slice() {
        [] => String::new(),
        [one] => shown(&one.local_time),
        [first, .., last] => format!("{} – {}", shown(&first.local_time), shown(&last.local_time)),
    }
}

fn shown(local_time: &str) -> String {
    local_time.replace('T', " ")
}
