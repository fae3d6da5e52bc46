//! A call as it goes on, whichever engine tells of it.

use std::time::Duration;

use engine::api::{ApiError, Request};
use engine::control::Heard;
use engine::view::{CallView, Event};
use telephony::{Dispatch, Phase};
use tokio::time::{Instant, timeout_at};

use crate::session::{Session, Watching, reply};

/// How long news may still clear up a call of unknown outcome.
const CLEARS_UP_WITHIN: Duration = Duration::from_secs(30);

/// One call, watched from before it was placed, so that nothing of it is missed.
pub struct Follow {
    watching: Watching,
}

impl Follow {
    /// # Errors
    /// When no engine is to be had.
    pub async fn start(session: &mut Session) -> Result<Self, ApiError> {
        Ok(Self {
            watching: session.watch().await?,
        })
    }

    /// The next state of a call; none where nothing further is to be expected of it.
    ///
    /// # Errors
    /// When no engine is to be had any more.
    pub async fn next(&mut self, session: &mut Session, seen: &CallView) -> Result<Option<CallView>, ApiError> {
        if seen.phase == Phase::Ended {
            return Ok(None);
        }
        let limit = (seen.phase == Phase::Unconfirmed).then(|| Instant::now() + CLEARS_UP_WITHIN);
        loop {
            let heard = match limit {
                Some(limit) => match timeout_at(limit, self.watching.next()).await {
                    Ok(heard) => heard,
                    Err(_elapsed) => return Ok(None),
                },
                None => self.watching.next().await,
            };
            let call = match heard {
                Ok(Heard::Event(event)) => {
                    let Event::Call { call } = *event else { continue };
                    if call.id != seen.id {
                        continue;
                    }
                    *call
                }
                Ok(Heard::Missed) => show(session, &seen.id).await?,
                Err(_gone) => {
                    session.reattach().await?;
                    self.watching = session.watch().await?;
                    show(session, &seen.id).await?
                }
            };
            // What was told before the answer to placing may be heard after it.
            let is_old_news = is_settled(seen) && !is_settled(&call);
            if call != *seen && !is_old_news {
                return Ok(Some(call));
            }
        }
    }
}

/// Whether it is known what became of sending the call.
pub fn is_settled(call: &CallView) -> bool {
    match call.dispatch {
        Some(Dispatch::Intent | Dispatch::Sent) => false,
        None | Some(Dispatch::Accepted | Dispatch::Refused | Dispatch::Unknown | Dispatch::Cancelled) => true,
    }
}

async fn show(session: &mut Session, id: &str) -> Result<CallView, ApiError> {
    let call = reply!(session.request(Request::ShowCall { call: id.to_owned() }).await?, Call)?;
    // Only the view of a single call has its facts, and a stream is of calls.
    Ok(CallView { facts: None, ..*call })
}
