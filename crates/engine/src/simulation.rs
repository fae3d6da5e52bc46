//! The engine without a home's lock, sockets and threads, so that a simulation can run it: everything it does passes the
//! seams, and all its waiting is tokio's, whose clock may be held.
//!
//! A simulated crash is the seams falling silent: an engine that gets no answer from them any more does nothing more.

use std::pin::pin;
use std::sync::Arc;

use axum::body::Bytes;
use providers::Transport;
use store::Store;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::AbortHandle;

use crate::config::Config;
use crate::core::Seams;
use crate::engine::{Assembled, Parts};
use crate::hook_doors::HookDoors;
use crate::hook_tokens::HookTokens;
use crate::launcher::{LaunchProblem, Launcher};
use crate::pace::Paces;
use crate::phone_links::PhoneLinks;
use crate::screen_pop::Launch;
use crate::secrets::{SecretCache, Secrets};
use crate::server_clocks::ServerClocks;
use crate::sessions::Sessions;
use crate::sources::listener::{Hook, HookAnswer};
use crate::view::Role;
use crate::{Clock, EngineHandle, Home, Journal, StartError};

/// All that an engine can reach.
pub struct World {
    /// Settings and hook tokens are read from here, and kept here.
    pub home: Home,
    /// What is durable; must be what `journal` writes to.
    pub store: Store,
    pub journal: Arc<dyn Journal>,
    pub transport: Arc<dyn Transport>,
    pub clock: Arc<dyn Clock>,
    pub secrets: Arc<dyn Secrets>,
    /// While this is true the machine sleeps: the loop stands still.
    pub asleep: watch::Receiver<bool>,
}

/// A simulated world has no programs.
struct NothingThere;

#[async_trait::async_trait]
impl Launcher for NothingThere {
    async fn launch(&self, _launch: Launch) -> Result<(), LaunchProblem> {
        Err(LaunchProblem::NoProgram)
    }
}

/// A desktop's engine in a simulated world.
pub struct SimulatedEngine {
    pub handle: EngineHandle,
    hooks: mpsc::Sender<Hook>,
    doors: Arc<HookDoors>,
    running: AbortHandle,
}

impl SimulatedEngine {
    /// Starts the loop on the current tokio runtime.
    ///
    /// # Errors
    /// Why the home or the store cannot be used.
    pub async fn start(world: World) -> Result<Self, StartError> {
        let config = Config::load(&world.home.config_file())?;
        let hook_tokens = HookTokens::load(&world.home.hook_tokens()).map_err(StartError::Home)?;
        let secrets = Arc::new(SecretCache::new(world.secrets, Arc::new(|_: &str| None)));
        let mut assembled = Assembled::of(Parts {
            role: Role::Desktop,
            config,
            seams: Seams {
                transport: world.transport,
                sessions: Arc::new(Sessions::new(secrets.clone(), world.clock.clone())),
                paces: Arc::new(Paces::default()),
                launcher: Arc::new(NothingThere),
                server_clocks: ServerClocks::default(),
                clock: world.clock,
                journal: world.journal,
                secrets,
            },
            store: world.store,
            // A thread of its own would make no history twice the same.
            home: None,
            search_index: None,
            imports: None,
            phone_links: Arc::new(PhoneLinks::nowhere()),
            hook_tokens,
            // Nobody listens: events are handed in.
            listener: Some("http://127.0.0.1:9".into()),
            public_url: None,
            listener_problem: None,
        });
        assembled.prepare(false).await?;
        let (handle, hooks, doors) = (assembled.handle.clone(), assembled.hooks.clone(), assembled.doors());
        let mut asleep = world.asleep;
        let running = tokio::spawn(async move {
            let mut run = pin!(assembled.run());
            let (_, say_ended) = loop {
                tokio::select! {
                    biased;
                    // A world without anybody to put it to sleep stays awake.
                    Ok(_) = asleep.wait_for(|asleep| *asleep) => {}
                    ended = &mut run => break ended,
                }
                // Whose world is gone sleeps on.
                if asleep.wait_for(|asleep| !asleep).await.is_err() {
                    return;
                }
            };
            // Nobody may be waiting.
            let _ = say_ended.send(true);
        });
        Ok(Self {
            handle,
            hooks,
            doors,
            running: running.abort_handle(),
        })
    }

    /// Ends the loop where it stands. Work beside the loop that is under way is the seams' to hold back.
    pub fn crash(&self) {
        self.running.abort();
    }

    /// Hands in what the listener would have received; the status of its answer.
    pub async fn hook(&self, account: &str, token: &str, content_type: Option<String>, body: Vec<u8>) -> u16 {
        let Some(account) = self.doors.opened_by(account, token) else {
            return HookAnswer::NotFound.status().as_u16();
        };
        let (answer, answered) = oneshot::channel();
        let hook = Hook {
            account,
            content_type,
            body: Bytes::from(body),
            answer,
        };
        if self.hooks.send(hook).await.is_err() {
            return 503;
        }
        answered.await.map_or(503, |answer| answer.status().as_u16())
    }
}
