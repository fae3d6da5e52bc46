//! A home that cannot be used, or only in part: said plainly, and left as it was.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};

use anyhow::Result;

use crate::stage::{CUSTOMER, Stage, failed, id_of};

/// Where SQLite keeps the `user_version` that migrations count in.
const USER_VERSION: std::ops::Range<usize> = 60..64;

#[tokio::test]
async fn a_database_of_a_newer_version_is_not_touched() -> Result<()> {
    let stage = Stage::acefone().await?;
    let file = stage.dialctl().home().join("dialdeck.db");
    let mut newer = fs::read(&file)?;
    newer[USER_VERSION].copy_from_slice(&9_999_u32.to_be_bytes());
    fs::write(&file, &newer)?;
    for words in [&["calls", "list"][..], &["call", CUSTOMER, "--yes"], &["serve"]] {
        let outcome = stage.run(words).await?;
        assert_eq!(failed(&outcome)?, (1, "database_newer".to_owned()), "{words:?}");
        assert_eq!(outcome.stdout, "");
    }
    assert!(fs::read(&file)? == newer, "the database was changed");
    assert_eq!(stage.provider.requests(), 0);
    Ok(())
}

#[tokio::test]
async fn a_mistake_in_the_settings_is_named_by_line_and_key() -> Result<()> {
    let stage = Stage::acefone().await?;
    let file = stage.dialctl().home().join("config.toml");
    let good = fs::read_to_string(&file)?;
    let wrong = format!("# mine\n[listener]\nport = \"eighty\"\n\n{good}");
    fs::write(&file, &wrong)?;
    for words in [&["account", "list"][..], &["serve"]] {
        let outcome = stage.run(words).await?;
        assert_eq!(failed(&outcome)?, (1, "config_mistake".to_owned()));
        let message = outcome.error()?["message"].as_str().unwrap_or_default().to_owned();
        assert!(
            message.contains("line 3") && message.contains("listener.port"),
            "{message}"
        );
    }
    assert_eq!(fs::read_to_string(&file)?, wrong);
    Ok(())
}

#[tokio::test]
async fn a_port_that_is_taken_is_said_and_everything_else_works() -> Result<()> {
    let stage = Stage::acefone().await?;
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let port = taken.local_addr()?.port();
    let file = stage.dialctl().home().join("config.toml");
    let settings = format!("{}\n[listener]\nport = {port}\n", fs::read_to_string(&file)?);
    fs::write(&file, &settings)?;

    let serving = stage.serve().await?;
    assert!(serving.ready["listener"].is_null(), "{}", serving.ready);
    assert!(serving.ready["hooks"]["desk"].is_null(), "{}", serving.ready);
    let status = stage.json(&["status"]).await?;
    assert_eq!(status["listener_problem"]["params"]["port"], port.to_string());
    let doctor = stage.run(&["doctor"]).await?;
    assert_eq!(
        (doctor.code, doctor.error()?["code"].clone()),
        (1, "checks_failed".into())
    );
    let checks = doctor.document()?;
    let listener = checks
        .as_array()
        .into_iter()
        .flatten()
        .find(|check| check["check"] == "listener");
    let listener = listener.expect("a check of the listener");
    assert_eq!(listener["ok"], false);
    assert!(
        listener["message"]
            .as_str()
            .unwrap_or_default()
            .contains(&port.to_string())
    );
    assert!(listener["hint"].is_string());

    stage.call(CUSTOMER).await?;
    assert_eq!(serving.stop().await?, Some(0));
    // Never silently another port.
    assert_eq!(fs::read_to_string(&file)?, settings);
    Ok(())
}

#[tokio::test]
async fn a_second_engine_is_turned_away_and_the_first_goes_on() -> Result<()> {
    let stage = Stage::acefone().await?;
    let serving = stage.serve().await?;
    let second = stage.run(&["serve"]).await?;
    assert_eq!(failed(&second)?, (1, "home_in_use".to_owned()));
    let pid = serving.pid()?;
    assert!(second.stderr.contains(&pid.to_string()), "{}", second.stderr);
    let status = stage.json(&["status"]).await?;
    assert_eq!(status["pid"], pid);
    assert_eq!(status["role"], "serve");
    Ok(())
}

#[tokio::test]
async fn a_port_is_chosen_once_and_hooks_stay_the_same() -> Result<()> {
    let stage = Stage::acefone().await?;
    let first = stage.serve().await?;
    let hook = first.hook("desk")?.to_owned();
    first.kill().await?;
    let second = stage.serve().await?;
    assert_eq!(second.hook("desk")?, hook);
    Ok(())
}

#[tokio::test]
async fn a_call_outlives_a_crash_and_is_found_in_the_journal() -> Result<()> {
    let stage = Stage::acefone().await?;
    let serving = stage.serve().await?;
    let call = stage.call(CUSTOMER).await?;
    serving.kill().await?;
    let serving = stage.serve().await?;
    let found = stage.show(&call).await?;
    assert_eq!(found["dispatch"], "accepted");
    assert_ne!(found["phase"], "ended");
    let event = crate::events::Events::of(&call)?.hangup();
    crate::web::tell(serving.hook("desk")?, &event).await?;
    let ended = stage.show(&call).await?;
    assert_eq!(
        (id_of(&ended)?, &ended["outcome"]),
        (id_of(&call)?, &serde_json::json!("talked"))
    );
    assert_eq!(stage.provider.dials().len(), 1);
    Ok(())
}
