//! A callback as faces show it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::DateTime;
use store::CallbackRow;
use telephony::{CallbackState, CallbackTime, CallbackWarning, PhoneNumber, PushState, customer_times};

use super::{Dress, over_at, remind_at, time_of};
use crate::desks::calls::shown;
use crate::view::{AlertKind, AlertText, CallbackView, CustomerTimeView, NotificationView, PushView, WhenCheck, Words};
use crate::words;

/// Reminded this much after its time, it says what the time was.
const LATE: jiff::SignedDuration = jiff::SignedDuration::from_mins(2);

pub(crate) fn view(row: &CallbackRow, dress: &Dress, now: Timestamp) -> CallbackView {
    let time = time_of(row);
    let open = row.state == CallbackState::Open;
    let mut warnings = if open {
        of_time(&time, row.customer.as_ref(), dress.sandbox, now)
    } else {
        Vec::new()
    };
    warnings.extend(of_push(row, &time, now));
    let reminder_unsure = open && row.reminded_at.is_some() && !row.reminder_shown;
    if reminder_unsure {
        warnings.push(warning_words("reminder_unsure", &[]));
    }
    CallbackView {
        id: row.id.clone(),
        account: row.account.clone(),
        target: row.target.clone(),
        customer: row.customer.clone(),
        name: row.name.clone(),
        contact: dress.contact.clone(),
        caller_id: row.caller_id.clone(),
        due_at: row.due_at,
        zone: time.zone_name().to_owned(),
        local_time: minutes(time.local()),
        customer_local_time: at_the_customers(row.customer.as_ref(), row.due_at),
        note: row.note.clone(),
        assigned_to: row.assigned_to.clone(),
        reminder_min: row.reminder_min,
        call_end_min: row.call_end_min,
        queue: row.queue.clone(),
        important: row.important,
        push: PushView {
            state: row.push,
            message: row.push_message.clone(),
            pushed_at: row.pushed_at,
            item: row.push_item.clone(),
        },
        state: row.state,
        remind_at: remind_at(row),
        reminded_at: row.reminded_at,
        reminder_unsure,
        snoozed_until: row.snoozed_until,
        due: open && remind_at(row) <= now,
        overdue: open && over_at(row) <= now,
        warnings,
        calls: row.calls.clone(),
        made_at: row.made_at,
        changed_at: row.changed_at,
        shown: shown(row.customer.as_ref(), &row.target),
    }
}

/// What there is to know of a time before a callback is made for it.
pub(crate) fn check_time(
    time: &CallbackTime,
    customer: Option<&PhoneNumber>,
    sandbox: bool,
    now: Timestamp,
) -> WhenCheck {
    WhenCheck {
        due_at: time.at,
        zone: time.zone_name().to_owned(),
        local_time: minutes(time.local()),
        customer_local_time: at_the_customers(customer, time.at),
        warnings: of_time(time, customer, sandbox, now),
    }
}

/// That the provider has taken a copy of what was closed meanwhile, where that still can ring.
pub(super) fn kept_by_provider(row: &CallbackRow, dress: &Dress, now: Timestamp) -> Option<NotificationView> {
    let warning = of_push(row, &time_of(row), now)?;
    Some(NotificationView {
        id: alert_id(&row.id),
        callback: Some(row.id.clone()),
        kind: AlertKind::Callback,
        title: title(row, dress),
        discreet: AlertText {
            title: words::say("alert.callback.title", &BTreeMap::new()),
            body: words::sentence(&warning),
        },
        body: words::sentence(&warning),
        important: true,
        ..NotificationView::default()
    })
}

fn title(row: &CallbackRow, dress: &Dress) -> String {
    match (&dress.contact, &row.name) {
        (Some(contact), _) => contact.said(),
        (None, Some(name)) => name.clone(),
        (None, None) => shown(row.customer.as_ref(), &row.target).international,
    }
}

/// The one reminder.
pub(super) fn notification(row: &CallbackRow, dress: &Dress, now: Timestamp) -> NotificationView {
    let say = |key: &str, params: &[(&str, String)]| words::say(key, &params_of(params));
    let time = time_of(row).local();
    // The date only where it is not today's, as after a night's sleep.
    let today = telephony::zone_named(&row.zone).map(|zone| zone.to_datetime(now).date());
    let time = if today == Some(time.date()) {
        time.strftime("%H:%M").to_string()
    } else {
        time.strftime("%Y-%m-%d %H:%M").to_string()
    };
    let key = if row.due_at > now {
        "callback.reminder.ahead"
    } else if now.duration_since(over_at(row)) > LATE {
        "callback.reminder.late"
    } else {
        "callback.reminder.now"
    };
    let mut body = say(key, &[("time", time)]);
    if let Some(number) = &row.caller_id {
        body.push('\n');
        body.push_str(&say("notification.via", &[("did", number.international())]));
    }
    NotificationView {
        id: alert_id(&row.id),
        callback: Some(row.id.clone()),
        kind: AlertKind::Callback,
        title: title(row, dress),
        discreet: AlertText {
            title: say("alert.callback.title", &[]),
            body: body.clone(),
        },
        body,
        critical: row.important,
        actions: vec![
            ("callback_call".to_owned(), say("callback.action.call", &[])),
            ("callback_snooze".to_owned(), say("callback.action.snooze", &[])),
        ],
        important: true,
        ..NotificationView::default()
    }
}

/// The id under which a callback's alerts replace each other.
fn alert_id(callback: &str) -> String {
    format!("callback-{callback}")
}

/// As `2026-12-01T15:00`.
fn minutes(wall: DateTime) -> String {
    wall.strftime("%Y-%m-%dT%H:%M").to_string()
}

fn at_the_customers(customer: Option<&PhoneNumber>, at: Timestamp) -> Vec<CustomerTimeView> {
    let times = customer.map(|number| customer_times(number, at)).unwrap_or_default();
    times
        .into_iter()
        .map(|time| CustomerTimeView {
            local_time: minutes(time.wall),
            zone: time.zone,
        })
        .collect()
}

fn of_time(time: &CallbackTime, customer: Option<&PhoneNumber>, sandbox: bool, now: Timestamp) -> Vec<Words> {
    let clock = |wall: DateTime| wall.strftime("%H:%M").to_string();
    time.warnings(customer, now)
        .into_iter()
        .filter_map(|warning| {
            let (key, params) = match warning {
                CallbackWarning::FarAhead => ("far_ahead", Vec::new()),
                // Nobody is rung there.
                CallbackWarning::OutsideHours { .. } if sandbox => return None,
                CallbackWarning::OutsideHours { local_time } => (
                    "outside_hours",
                    vec![("local_time", local_time.strftime("%H:%M").to_string())],
                ),
                CallbackWarning::ClockSkips { said, at } => {
                    ("clock_skips", vec![("said", clock(said)), ("at", clock(at))])
                }
                CallbackWarning::ClockRepeats { said, second: false } => {
                    ("clock_repeats_first", vec![("said", clock(said))])
                }
                CallbackWarning::ClockRepeats { said, second: true } => {
                    ("clock_repeats_second", vec![("said", clock(said))])
                }
            };
            Some(warning_words(key, &params))
        })
        .collect()
}

/// What the provider holds cannot be taken back: nobody documents a way.
fn of_push(row: &CallbackRow, time: &CallbackTime, now: Timestamp) -> Option<Words> {
    let held = match row.push {
        PushState::Pushed | PushState::Unknown => true,
        PushState::None | PushState::Wished | PushState::Refused => false,
    };
    let changed = row.state != CallbackState::Open || row.snoozed_until.is_some();
    (held && changed && row.due_at > now).then(|| {
        warning_words(
            "provider_keeps_it",
            &[("time", minutes(time.local()).replace('T', " "))],
        )
    })
}

fn warning_words(key: &str, params: &[(&str, String)]) -> Words {
    Words {
        key: format!("callback.warning.{key}"),
        params: params_of(params),
    }
}

fn params_of(params: &[(&str, String)]) -> BTreeMap<String, String> {
    params
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.clone()))
        .collect()
}
