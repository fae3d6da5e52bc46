//! How a face holds the engine.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::{Notify, broadcast, mpsc, oneshot, watch};

use crate::announcer::Announcer;
use crate::api::{ApiError, ApiResult, ErrorClass, Request};
use crate::privacy;
use crate::view::Numbered;

/// A request on its way to the loop.
pub(crate) struct Ask {
    pub(crate) request: Request,
    pub(crate) asker: Asker,
    /// The program on the control socket that asks, where it is known.
    pub(crate) program: Option<Arc<Path>>,
    pub(crate) answer: Answer,
}

/// Where the answer to a request goes.
pub(crate) type Answer = oneshot::Sender<ApiResult>;

/// Who asks, as far as it matters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Asker {
    /// Code of ours: the tray, a notification's button, `dialctl`.
    #[default]
    Native,
    /// A page in a webview. What it asks for may be a script's wish.
    Page,
}

/// A running engine, held by a face. Cheap to clone; the engine runs on when all faces are gone.
#[derive(Clone)]
pub struct EngineHandle {
    pub(crate) asks: mpsc::Sender<Ask>,
    pub(crate) events: Announcer,
    pub(crate) ended: watch::Receiver<bool>,
    /// Says to the loop that somebody hears events now: what waits for that can be told.
    pub(crate) heard: Arc<Notify>,
    pub(crate) asker: Asker,
    pub(crate) program: Option<Arc<Path>>,
    /// Who customers are is not to be read on the screen now.
    pub(crate) privacy: Arc<AtomicBool>,
}

impl EngineHandle {
    /// The same engine as a page may hold it: calls are placed no faster than by hand, and while names and numbers are to
    /// be hidden, it is told none that it would show.
    #[must_use]
    pub fn for_page(&self) -> Self {
        Self {
            asker: Asker::Page,
            ..self.clone()
        }
    }

    /// The same engine as a program on the control socket holds it: what would ring somebody is asked of the agent.
    pub(crate) fn for_program(&self, program: Option<Arc<Path>>) -> Self {
        Self {
            program,
            ..self.clone()
        }
    }

    /// Sends one request and waits for its answer.
    ///
    /// # Errors
    /// Why it was not done; `engine_stopped` if the engine has ended.
    pub async fn request(&self, request: Request) -> ApiResult {
        let stopped = || ApiError::new(ErrorClass::Failed, "engine_stopped");
        let is_masked = self.asker == Asker::Page && self.privacy.load(Ordering::Relaxed);
        if is_masked && privacy::is_withheld(&request) {
            return Err(ApiError::new(ErrorClass::Refused, "hidden_by_privacy"));
        }
        let (answer, answered) = oneshot::channel();
        let ask = Ask {
            request,
            asker: self.asker,
            program: self.program.clone(),
            answer,
        };
        self.asks.send(ask).await.map_err(|_| stopped())?;
        let reply = answered.await.map_err(|_| stopped())??;
        // It may have been switched on meanwhile.
        if self.asker == Asker::Page && self.privacy.load(Ordering::Relaxed) {
            return reply
                .masked()
                .ok_or_else(|| ApiError::new(ErrorClass::Failed, "unexpected_reply"));
        }
        Ok(reply)
    }

    /// All events from now on. A receiver that lags should take a fresh snapshot.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Numbered> {
        let events = self.events.listen();
        self.heard.notify_one();
        events
    }

    /// Waits until the engine has ended and let go of its home.
    pub async fn stopped(&self) {
        let mut ended = self.ended.clone();
        // A sender that is gone means the same.
        let _ = ended.wait_for(|ended| *ended).await;
    }
}
