//! What is known of each account without asking its provider: whether its key was taken, how its clock goes, and whether
//! events of its calls can come in.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::{Params, check, warning};
use crate::core::Core;
use crate::desks::accounts::{Account, AccountsDesk};
use crate::server_clocks::ServerClock;
use crate::view::{DoctorCheck, Health, Role};
use crate::words;

/// Clocks further apart than this are worth a word: what happened when is told by both.
const APART: SignedDuration = SignedDuration::from_secs(30);
/// From here on sign-ins fail and events seem to be of yesterday or tomorrow.
const FAR_APART: SignedDuration = SignedDuration::from_mins(5);

/// Shorter ago than anybody counts.
const JUST_NOW: SignedDuration = SignedDuration::from_secs(5);

/// All checks of all accounts.
pub(super) fn checks(core: &Core) -> Vec<DoctorCheck> {
    let now = core.now();
    let own = |account: &Account| {
        let mut checks = vec![key(account, Some(now))];
        checks.extend(core.clock_of(account).map(|heard| clock(account, heard)));
        checks.extend(events(core, account, now));
        named(account, checks)
    };
    or_none(core.accounts.iter().flat_map(own).collect())
}

/// What the settings alone tell.
pub(super) fn checks_of_settings(desk: &AccountsDesk) -> Vec<DoctorCheck> {
    or_none(
        desk.iter()
            .flat_map(|account| named(account, vec![key(account, None)]))
            .collect(),
    )
}

fn or_none(checks: Vec<DoctorCheck>) -> Vec<DoctorCheck> {
    if checks.is_empty() {
        vec![warning("account", "none", &Params::new())]
    } else {
        checks
    }
}

fn named(account: &Account, mut checks: Vec<DoctorCheck>) -> Vec<DoctorCheck> {
    for check in &mut checks {
        check.account = Some(account.config.name.clone());
    }
    checks
}

fn params_of(account: &Account) -> Params {
    Params::from([
        ("account".to_owned(), account.config.name.clone()),
        ("provider".to_owned(), account.config.kind.display_name().to_owned()),
    ])
}

/// Whether it is complete, and its key is good as far as its provider has said.
fn key(account: &Account, now: Option<Timestamp>) -> DoctorCheck {
    let line = account.health_line();
    let mut params = params_of(account);
    let attention = line.attention.as_ref().map(words::sentence).unwrap_or_default();
    params.insert("attention".to_owned(), attention);
    match (line.health, account.tested_at.zip(now)) {
        (Health::Ok, Some((at, now))) => {
            params.insert("age".to_owned(), age(at, now));
            check("account", true, "tested", &params)
        }
        (Health::Ok, None) => check("account", true, "ok", &params),
        (Health::Unknown, _) => check("account", true, "unknown", &params),
        (Health::Incomplete, _) => check("account", false, "incomplete", &params),
        (Health::Failing, _) => check("account", false, "failing", &params),
    }
}

fn clock(account: &Account, heard: ServerClock) -> DoctorCheck {
    let mut params = params_of(account);
    let apart = heard.ahead.abs();
    params.insert("apart".to_owned(), length(apart));
    // Theirs is ahead: ours is behind.
    let side = if heard.ahead.is_positive() { "behind" } else { "ahead" };
    if apart <= APART {
        check("clock", true, "ok", &params)
    } else if apart <= FAR_APART {
        warning("clock", side, &params)
    } else {
        check("clock", false, side, &params)
    }
}

/// Whether news of its calls can come in, and when the last came. Nothing where nothing could be expected.
fn events(core: &Core, account: &Account, now: Timestamp) -> Option<DoctorCheck> {
    // A one-shot command receives none, and the check of the listener says so.
    if core.role == Role::OneShot || account.provider.is_err() || !account.missing().is_empty() {
        return None;
    }
    let mut params = params_of(account);
    let last = account.last_event.max(core.calls.last_event(&account.config.id));
    if let Some(at) = last {
        params.insert("age".to_owned(), age(at, now));
    }
    let capabilities = account.capabilities();
    Some(if capabilities.event_stream.is_available() {
        match (account.stream_is_up(), last) {
            (true, Some(_)) => check("events", true, "streamed", &params),
            (true, None) => check("events", true, "stream", &params),
            (false, _) if account.stream_is_refused() => warning("events", "stream_refused", &params),
            (false, _) => warning("events", "stream_down", &params),
        }
    } else if last.is_some() {
        check("events", true, "pushed", &params)
    } else if account.is_sandbox() {
        return None;
    } else if core.listener.is_none() {
        warning("events", "no_listener", &params)
    } else if account.can_poll() {
        warning("events", "asked_only", &params)
    } else {
        warning("events", "none", &params)
    })
}

/// How long ago something was, in words.
fn age(at: Timestamp, now: Timestamp) -> String {
    let passed = now.duration_since(at).max(SignedDuration::ZERO);
    if passed < JUST_NOW {
        return words::say("doctor.age.now", &BTreeMap::new());
    }
    let params = BTreeMap::from([("length".to_owned(), length(passed))]);
    words::say("doctor.age.ago", &params)
}

/// A length of time in its largest unit.
fn length(time: SignedDuration) -> String {
    let (count, unit) = match time.as_secs() {
        seconds @ ..120 => (seconds, "seconds"),
        seconds @ 120..7_200 => (seconds / 60, "minutes"),
        seconds @ 7_200..172_800 => (seconds / 3_600, "hours"),
        seconds => (seconds / 86_400, "days"),
    };
    words::say(
        &format!("doctor.age.{unit}"),
        &BTreeMap::from([("count".to_owned(), count.to_string())]),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_told_in_their_largest_unit() {
        for (seconds, words) in [
            (0, "0 s"),
            (119, "119 s"),
            (120, "2 min"),
            (7_199, "119 min"),
            (7_200, "2 h"),
            (172_800, "2 days"),
        ] {
            assert_eq!(length(SignedDuration::from_secs(seconds)), words);
        }
    }
}
