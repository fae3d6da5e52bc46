//! From the engine's start to what the shell can do about it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use engine::api::{ApiError, ErrorClass, Request};
use engine::control::{Client, HomeLock};
use engine::view::{Numbered, Role};
use engine::{Engine, EngineHandle, EngineOptions, Home, StartError};
use tokio::sync::broadcast;

use crate::browser;
use crate::trouble::Trouble;

/// How long an engine that was asked to stop may take to let go of its home.
const LETS_GO_WITHIN: Duration = Duration::from_secs(5);

/// How often a desk that is starting, or about to end, is asked: it says nothing by itself.
const RETRY: Duration = Duration::from_millis(20);

/// An engine at work, with its events from its start on: the app around it takes a moment to be built, and a call that
/// comes in meanwhile is told of like any other.
pub struct Running {
    pub engine: EngineHandle,
    pub events: broadcast::Receiver<Numbered>,
}

/// What became of starting.
pub enum Start {
    Running(Running),
    /// Another desk has this home and was asked to come forward.
    Elsewhere,
    Trouble(Trouble),
}

/// Whether a desk that has this home has taken over what this start wants. One that is starting, or about to end, is
/// waited for.
///
/// Whatever stands in the way of asking is told of, and mended, where the engine is to start.
pub async fn hand_over(home: &Home, wanted: Request) -> bool {
    let begun = Instant::now();
    while HomeLock::holder(home).is_some_and(|holder| holder.role == Role::Desktop) {
        if ask_holder(home, wanted.clone()).await.is_ok() {
            return true;
        }
        if begun.elapsed() > LETS_GO_WITHIN {
            break;
        }
        tokio::time::sleep(RETRY).await;
    }
    false
}

/// Starts the engine of this home, or asks the desk that has it for what this start wants.
pub async fn start(home: &Home, wanted: Request) -> Start {
    let begun = Instant::now();
    // A desk that does not answer is about to end: whoever quits and starts again is not to be stopped by that.
    let problem = loop {
        match begin(home).await {
            Ok(running) => return Start::Running(running),
            Err(StartError::Held {
                role: Role::Desktop, ..
            }) if begun.elapsed() < LETS_GO_WITHIN => {
                if hand_over(home, wanted.clone()).await {
                    return Start::Elsewhere;
                }
            }
            Err(problem) => break problem,
        }
    };
    let held_by = match problem {
        StartError::Held { role, .. } => Some(role),
        StartError::NewerDatabase { .. }
        | StartError::DamagedDatabase { .. }
        | StartError::Database(_)
        | StartError::Config(_)
        | StartError::Home(_) => None,
    };
    Start::Trouble(Trouble {
        error: problem.to_api(),
        can_stop_holder: held_by == Some(Role::Serve),
    })
}

async fn begin(home: &Home) -> Result<Running, StartError> {
    let options = EngineOptions {
        launcher: Some(Arc::new(browser::launcher())),
        ..EngineOptions::new(home.clone(), Role::Desktop)
    };
    let engine = Engine::start(options).await?;
    let events = engine.subscribe();
    Ok(Running { engine, events })
}

/// Asks the engine that has this home to end, and waits until it has let go.
///
/// # Errors
/// When it cannot be reached, does not want to, or takes too long.
pub async fn stop_holder(home: &Home) -> Result<(), ApiError> {
    ask_holder(home, Request::Stop).await?;
    let free = HomeLock::acquire_within(home, Role::Desktop, LETS_GO_WITHIN).await;
    free.map(drop)
        .map_err(|problem| ApiError::new(ErrorClass::Failed, "home_unusable").with("why", problem))
}

async fn ask_holder(home: &Home, request: Request) -> Result<(), ApiError> {
    let client = Client::connect(home).await.map_err(|problem| problem.to_api())?;
    let client = client.ok_or_else(|| ApiError::new(ErrorClass::Failed, "engine_stopped"))?;
    client.request(request).await.map(drop)
}
