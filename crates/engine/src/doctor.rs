//! Checks of what the engine stands on, each with what to do where something is wrong.
//!
//! A running engine answers them of itself; where none can start, they are made of the home as it lies there.

mod accounts;
mod faces;
mod links;
mod screen_pops;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, TcpListener};

use jiff::civil::Date;
use store::Store;
use telephony::metadata_version;

use crate::api::ApiError;
use crate::config::Config;
use crate::core::Core;
use crate::desks::accounts::AccountsDesk;
use crate::engine::StartError;
use crate::home::Home;
use crate::secrets::{Keychain, Secrets};
use crate::view::{CrashView, DoctorCheck, KeychainState, Role};
use crate::words;

pub(crate) use faces::FaceChecks;

type Params = BTreeMap<String, String>;

/// All checks. Asks the keychain and the desktop, which may take a moment: beside the loop.
pub(crate) fn checks(core: &Core) -> impl Future<Output = Vec<DoctorCheck>> + use<> {
    let today = core.now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let mut checks = vec![
        database(core),
        listener(core),
        settings(&core.accounts.config),
        numbers(today),
    ];
    checks.extend(accounts::checks(core));
    checks.extend(core.face_checks.told());
    checks.extend(screen_pops::checks(core));
    checks.extend(core.crash.as_ref().map(crashed));
    let (secrets, phone_links) = (core.seams.secrets.clone(), core.phone_links.clone());
    async move {
        checks.insert(1, keychain(secrets.state().await));
        checks.push(links::links(&phone_links).await);
        checks
    }
}

fn crashed(crash: &CrashView) -> DoctorCheck {
    let at = crash.at.strftime("%Y-%m-%d %H:%M UTC").to_string();
    warning("crash", "unseen", &Params::from([("at".to_owned(), at)]))
}

/// The checks of a home on which no engine could be started or reached, for the reason given. Changes nothing there.
///
/// At least one of them has failed.
pub async fn checks_without_engine(home: &Home, why: &ApiError) -> Vec<DoctorCheck> {
    let database = stored(home).await;
    let keychain = keychain(Keychain::new().state().await);
    let config = Config::load(&home.config_file());
    let settings_check = match &config {
        Ok(config) => settings(config),
        Err(problem) => failed("settings", &StartError::Config(problem.clone()).to_api()),
    };
    // Another engine that has the home has its port, too, and rightly so.
    let is_held = why.code == "home_in_use";
    let (listener, accounts) = match config {
        Ok(config) => {
            let port = config.listener_port().filter(|_| !is_held);
            (port_check(port), accounts_of(config))
        }
        Err(_) => {
            let unread = |name| check(name, false, "unread", &Params::new());
            (unread("listener"), vec![unread("account")])
        }
    };

    let is_told = match why.code.as_str() {
        "config_mistake" => !settings_check.ok,
        "database_newer" | "database_damaged" | "database_failed" => !database.ok,
        _ => false,
    };
    let home_check = (!is_told).then(|| failed("home", why));
    home_check
        .into_iter()
        .chain([database, keychain, listener, settings_check])
        .chain(accounts)
        .collect()
}

/// How old what is known of the world's numbers is.
fn numbers(today: Date) -> DoctorCheck {
    let metadata = metadata_version();
    let params = Params::from([
        ("version".to_owned(), metadata.version.to_owned()),
        ("packed".to_owned(), metadata.packed.to_string()),
        ("days".to_owned(), metadata.days_old(today).max(0).to_string()),
    ]);
    if metadata.is_old(today) {
        warning("numbers", "old", &params)
    } else {
        check("numbers", true, "ok", &params)
    }
}

fn check(name: &str, ok: bool, state: &str, params: &Params) -> DoctorCheck {
    let hint_key = format!("doctor.{name}.{state}_hint");
    DoctorCheck {
        check: name.to_owned(),
        ok,
        warning: false,
        account: None,
        message: words::say(&format!("doctor.{name}.{state}"), params),
        hint: words::find(&hint_key).map(|_| words::say(&hint_key, params)),
    }
}

/// A check of what is better seen to, and does not stand in the way as it is.
fn warning(name: &str, state: &str, params: &Params) -> DoctorCheck {
    DoctorCheck {
        warning: true,
        ..check(name, false, state, params)
    }
}

/// A check that failed with an error that has its own words.
fn failed(name: &str, error: &ApiError) -> DoctorCheck {
    let hint_key = format!("errors.{}.hint", error.code);
    DoctorCheck {
        check: name.to_owned(),
        ok: false,
        warning: false,
        account: None,
        message: words::say(&format!("errors.{}.message", error.code), &error.params),
        hint: words::find(&hint_key).map(|_| words::say(&hint_key, &error.params)),
    }
}

fn database(core: &Core) -> DoctorCheck {
    match core.store.check() {
        Ok(()) => check("database", true, "ok", &Params::new()),
        Err(error) => check(
            "database",
            false,
            "broken",
            &Params::from([("why".to_owned(), error.to_string())]),
        ),
    }
}

/// The database of a home that no engine of ours has open.
async fn stored(home: &Home) -> DoctorCheck {
    let path = home.database();
    let examined = {
        let path = path.clone();
        tokio::task::spawn_blocking(move || Store::examine(&path)).await
    };
    match examined {
        Ok(Ok(())) => check("database", true, "ok", &Params::new()),
        Ok(Err(error)) => failed("database", &StartError::of_database(error, &path).to_api()),
        Err(panicked) => check(
            "database",
            false,
            "broken",
            &Params::from([("why".to_owned(), panicked.to_string())]),
        ),
    }
}

/// A key that an account cannot do without may come from elsewhere; where it does not, the account's check fails.
fn keychain(state: KeychainState) -> DoctorCheck {
    let none = Params::new();
    match state {
        KeychainState::Ok => check("keychain", true, "ok", &none),
        KeychainState::Locked => warning("keychain", "locked", &none),
        KeychainState::Absent => warning("keychain", "absent", &none),
        KeychainState::Denied => warning("keychain", "denied", &none),
        KeychainState::Dismissed => warning("keychain", "dismissed", &none),
    }
}

fn listener(core: &Core) -> DoctorCheck {
    match (&core.listener, &core.listener_problem) {
        (Some(address), _) => check(
            "listener",
            true,
            "ok",
            &Params::from([("address".to_owned(), address.clone())]),
        ),
        (None, Some(problem)) => check("listener", false, "port_taken", &problem.params),
        (None, None) => match core.role {
            // None runs here: whether one could, is what the agent wants to know.
            Role::OneShot => port_check(core.accounts.config.listener_port()),
            Role::Desktop | Role::Serve => check("listener", true, "one_shot", &Params::new()),
        },
    }
}

/// Whether the port that was chosen for events is there for an engine that would listen; any free one will do where none
/// was chosen yet.
fn port_check(port: Option<u16>) -> DoctorCheck {
    let Some(port) = port else {
        return check("listener", true, "one_shot", &Params::new());
    };
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
        Ok(_free) => check("listener", true, "one_shot", &Params::new()),
        Err(error) => check(
            "listener",
            false,
            "port_taken",
            &Params::from([
                ("port".to_owned(), port.to_string()),
                ("why".to_owned(), error.to_string()),
            ]),
        ),
    }
}

/// Words in the settings file that mean nothing here, most likely misspelt.
fn settings(config: &Config) -> DoctorCheck {
    let named: Vec<String> = config
        .warnings()
        .iter()
        .map(|warning| match warning.line {
            Some(line) => format!("{} (line {line})", warning.key),
            None => warning.key.clone(),
        })
        .collect();
    match named.is_empty() {
        true => check("settings", true, "ok", &Params::new()),
        false => warning(
            "settings",
            "unknown",
            &Params::from([("keys".to_owned(), named.join(", "))]),
        ),
    }
}

/// The accounts as their settings alone tell, without what the database and the keychain know.
fn accounts_of(config: Config) -> Vec<DoctorCheck> {
    match Store::in_memory() {
        Ok(store) => accounts::checks_of_settings(&AccountsDesk::new(config, store)),
        Err(error) => {
            tracing::warn!(%error, "accounts could not be looked at");
            Vec::new()
        }
    }
}
