//! The keychain against a real Secret Service: gnome-keyring on a session bus of the test's own.
//!
//! Which bus a program uses is set by its environment, so every test starts a bus and runs its steps in a child process:
//! this same binary, asked for the one test `the_child`. Needs the packages `dbus-daemon` and `gnome-keyring`.
#![cfg(all(unix, not(target_os = "macos")))]
// Helpers outside of test functions may fail as loudly as these do.
#![allow(clippy::unwrap_used)]

mod desktop;

use std::time::{Duration, Instant};

use desktop::{Bus, KeyringDaemon, Prompter, lock_default_collection, until};
use engine::secrets::{Keychain, Secrets, SecretsProblem};
use engine::view::KeychainState;
use secrecy::ExposeSecret;

const ACCOUNT: &str = "01900000-0000-7000-8000-000000000001";

#[test]
fn an_open_keychain_keeps_secrets() {
    Bus::start().run("open");
}

#[test]
fn a_locked_keychain_answers_at_once_and_opens_no_prompt() {
    Bus::start().run("locked");
}

#[test]
fn behind_a_prompt_everyone_else_is_told_locked() {
    Bus::start().run("prompt");
}

#[test]
fn a_keychain_that_appears_later_is_found() {
    Bus::start().run("late");
}

#[test]
fn without_a_bus_there_is_no_keychain() {
    Bus::none().run("absent");
}

/// The steps of the other tests, in a process that has its own bus; nothing by itself.
#[test]
fn the_child() {
    let Ok(steps) = std::env::var(desktop::STEPS) else {
        return;
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        match steps.as_str() {
            "open" => open().await,
            "locked" => locked().await,
            "prompt" => prompt().await,
            "late" => late().await,
            "absent" => absent(&Keychain::new()).await,
            other => panic!("no steps are called {other}"),
        }
    });
}

async fn open() {
    let _daemon = KeyringDaemon::start_unlocked();
    let keychain = Keychain::new();
    until(async || keychain.state().await == KeychainState::Ok).await;

    assert!(keychain.get(ACCOUNT, "api_token").await.unwrap().is_none());
    for value in ["first", "zwölf £ — ключ"] {
        keychain.set(ACCOUNT, "api_token", value.into()).await.unwrap();
        // Another process: nothing of this one's memory helps.
        let found = Keychain::new().get(ACCOUNT, "api_token").await.unwrap().unwrap();
        assert_eq!(found.expose_secret(), value);
    }
    assert!(keychain.get(ACCOUNT, "password").await.unwrap().is_none());
    keychain.remove(ACCOUNT, "api_token").await.unwrap();
    keychain.remove(ACCOUNT, "api_token").await.unwrap();
    assert!(keychain.get(ACCOUNT, "api_token").await.unwrap().is_none());
}

async fn locked() {
    let (_daemon, keychain) = locked_with_a_secret().await;
    let start = Instant::now();
    assert_eq!(keychain.state().await, KeychainState::Locked);
    assert_eq!(
        keychain.get(ACCOUNT, "api_token").await.unwrap_err(),
        SecretsProblem::Locked
    );
    assert_eq!(
        keychain.get(ACCOUNT, "never_set").await.unwrap_err(),
        SecretsProblem::Locked
    );
    assert_eq!(
        keychain.set(ACCOUNT, "api_token", "new".into()).await,
        Err(SecretsProblem::Locked)
    );
    assert_eq!(keychain.remove(ACCOUNT, "api_token").await, Err(SecretsProblem::Locked));
    assert!(start.elapsed() < Duration::from_secs(2), "took {:?}", start.elapsed());
    // No program on this bus can show a prompt, so the service takes it as dismissed.
    assert_eq!(keychain.unlock().await, KeychainState::Dismissed);
    assert_eq!(keychain.state().await, KeychainState::Locked);
}

async fn prompt() {
    let (_daemon, keychain) = locked_with_a_secret().await;
    let prompter = Prompter::start();
    let unlock = keychain.unlock();
    let others = async {
        prompter.asked().await;
        let start = Instant::now();
        assert_eq!(
            keychain.get(ACCOUNT, "api_token").await.unwrap_err(),
            SecretsProblem::Locked
        );
        assert_eq!(keychain.state().await, KeychainState::Locked);
        assert_eq!(keychain.unlock().await, KeychainState::Locked);
        assert!(
            start.elapsed() < Duration::from_millis(100),
            "took {:?}",
            start.elapsed()
        );
    };
    tokio::select! {
        state = unlock => panic!("nobody answered the prompt, and yet it is {state:?}"),
        () = others => {}
    }
}

async fn late() {
    let keychain = Keychain::new();
    absent(&keychain).await;
    let daemon = KeyringDaemon::start_unlocked();
    until(async || keychain.state().await == KeychainState::Ok).await;
    keychain.set(ACCOUNT, "api_token", "kept".into()).await.unwrap();
    // Restarted, it has a new session and the same secrets.
    drop(daemon);
    until(async || keychain.state().await == KeychainState::Absent).await;
    let _daemon = KeyringDaemon::start_unlocked();
    until(async || keychain.state().await == KeychainState::Ok).await;
    assert_eq!(
        keychain
            .get(ACCOUNT, "api_token")
            .await
            .unwrap()
            .unwrap()
            .expose_secret(),
        "kept"
    );
}

async fn absent(keychain: &Keychain) {
    assert_eq!(keychain.state().await, KeychainState::Absent);
    assert_eq!(
        keychain.get(ACCOUNT, "api_token").await.unwrap_err(),
        SecretsProblem::Absent
    );
    assert_eq!(
        keychain.set(ACCOUNT, "api_token", "x".into()).await,
        Err(SecretsProblem::Absent)
    );
    assert_eq!(keychain.unlock().await, KeychainState::Absent);
}

async fn locked_with_a_secret() -> (KeyringDaemon, Keychain) {
    let daemon = KeyringDaemon::start_unlocked();
    let keychain = Keychain::new();
    until(async || keychain.state().await == KeychainState::Ok).await;
    keychain.set(ACCOUNT, "api_token", "t0ken".into()).await.unwrap();
    tokio::task::spawn_blocking(lock_default_collection).await.unwrap();
    (daemon, keychain)
}
