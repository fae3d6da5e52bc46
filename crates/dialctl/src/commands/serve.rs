//! The engine without a window.

use std::collections::BTreeMap;

use engine::api::Request;
use engine::view::Role;
use engine::{Engine, EngineHandle, EngineOptions, Home};
use serde::Serialize;

use super::Done;
use crate::log;
use crate::output::{Failure, Output};
use crate::session::reply;

/// The first line: where events are received.
#[derive(Serialize)]
struct Open {
    /// `http://127.0.0.1:PORT`; null where none listens.
    listener: Option<String>,
    /// Address for the provider's events, by account. Secrets.
    hooks: BTreeMap<String, Option<String>>,
}

pub async fn serve(home: Home, output: Output) -> Done {
    let logging = log::to_files(&home).map_err(|error| Failure::of("log_failed", &error))?;
    let engine = Engine::start(EngineOptions::new(home, Role::Serve))
        .await
        .map_err(|error| error.to_api())?;
    let result = attend(&engine, output).await;
    // It may have been told to stop by another face.
    let _ = engine.request(Request::Stop).await;
    engine.stopped().await;
    drop(logging);
    result
}

async fn attend(engine: &EngineHandle, output: Output) -> Done {
    output.document(&open(engine).await?)?;
    tokio::select! {
        interrupted = interrupted() => interrupted,
        () = engine.stopped() => Ok(()),
    }
}

async fn open(engine: &EngineHandle) -> Result<Open, Failure> {
    let status = reply!(engine.request(Request::Status).await?, Status)?;
    let accounts = reply!(engine.request(Request::ListAccounts).await?, Accounts)?;
    let hooks = accounts
        .into_iter()
        .map(|account| (account.name, account.hook))
        .collect();
    Ok(Open {
        listener: status.listener,
        hooks,
    })
}

/// Waits until somebody wants this process to end.
pub async fn interrupted() -> Done {
    let failed = |error: std::io::Error| Failure::of("signal_failed", &error);
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
        tokio::select! {
            result = tokio::signal::ctrl_c() => result.map_err(failed),
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await.map_err(failed)
}
