//! Checks of what the engine stands on, each with what to do where something is wrong.

use std::collections::BTreeMap;

use crate::api::Reply;
use crate::core::Core;
use crate::effect::Answer;
use crate::view::{DoctorCheck, Health, KeychainState};
use crate::words;

/// Answers with all checks. Asks the keychain, which may take a moment, beside the loop.
pub(crate) fn run(core: &Core, answer: Answer) {
    let mut checks = vec![database(core), listener(core), settings(core)];
    checks.extend(accounts(core));
    let secrets = core.seams.secrets.clone();
    tokio::spawn(async move {
        checks.insert(1, keychain(secrets.state().await));
        // The face may be gone.
        let _ = answer.send(Ok(Reply::Doctor(checks)));
    });
}

fn check(name: &str, ok: bool, state: &str, params: &BTreeMap<String, String>) -> DoctorCheck {
    let hint_key = format!("doctor.{name}.{state}_hint");
    DoctorCheck {
        check: name.to_owned(),
        ok,
        message: words::say(&format!("doctor.{name}.{state}"), params),
        hint: words::find(&hint_key).map(|_| words::say(&hint_key, params)),
    }
}

fn database(core: &Core) -> DoctorCheck {
    let none = BTreeMap::new();
    match core.store.check() {
        Ok(()) => check("database", true, "ok", &none),
        Err(error) => check(
            "database",
            false,
            "broken",
            &BTreeMap::from([("why".to_owned(), error.to_string())]),
        ),
    }
}

fn keychain(state: KeychainState) -> DoctorCheck {
    let none = BTreeMap::new();
    match state {
        KeychainState::Ok => check("keychain", true, "ok", &none),
        KeychainState::Locked => check("keychain", false, "locked", &none),
        KeychainState::Absent => check("keychain", false, "absent", &none),
        KeychainState::Denied => check("keychain", false, "denied", &none),
        KeychainState::Dismissed => check("keychain", false, "dismissed", &none),
    }
}

fn listener(core: &Core) -> DoctorCheck {
    match (&core.listener, &core.listener_problem) {
        (Some(address), _) => check(
            "listener",
            true,
            "ok",
            &BTreeMap::from([("address".to_owned(), address.clone())]),
        ),
        (None, Some(problem)) => check("listener", false, "port_taken", &problem.params),
        (None, None) => check("listener", true, "one_shot", &BTreeMap::new()),
    }
}

/// Words in the settings file that mean nothing here, most likely misspelt.
fn settings(core: &Core) -> DoctorCheck {
    let warnings = core.accounts.config.warnings();
    let named: Vec<String> = warnings
        .iter()
        .map(|warning| match warning.line {
            Some(line) => format!("{} (line {line})", warning.key),
            None => warning.key.clone(),
        })
        .collect();
    match named.is_empty() {
        true => check("settings", true, "ok", &BTreeMap::new()),
        false => check(
            "settings",
            false,
            "unknown",
            &BTreeMap::from([("keys".to_owned(), named.join(", "))]),
        ),
    }
}

fn accounts(core: &Core) -> Vec<DoctorCheck> {
    let lines: Vec<DoctorCheck> = core
        .accounts
        .iter()
        .map(|account| {
            let line = account.health_line();
            let mut params = BTreeMap::from([("account".to_owned(), line.name.clone())]);
            let attention = line.attention.as_ref().map(words::sentence).unwrap_or_default();
            params.insert("attention".to_owned(), attention);
            match line.health {
                Health::Ok => check("account", true, "ok", &params),
                Health::Unknown => check("account", true, "unknown", &params),
                Health::Incomplete => check("account", false, "incomplete", &params),
                Health::Failing => check("account", false, "failing", &params),
            }
        })
        .collect();
    if lines.is_empty() {
        vec![check("account", false, "none", &BTreeMap::new())]
    } else {
        lines
    }
}
