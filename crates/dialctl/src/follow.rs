//! A call as it goes on, whichever engine tells of it.

use std::time::Duration;

use engine::api::{ApiError, Request};
use engine::control::Heard;
use engine::view::{CallView, Event};
use telephony::{CallOutcome, Dispatch, Phase};
use tokio::time::{Instant, timeout_at};

use crate::session::{Session, Watching, reply};

/// How long news may still clear up a call of which it is not known how it came out: the provider's call log is looked at
/// some seconds after it became so, and half a minute after.
const CLEARS_UP_WITHIN: Duration = Duration::from_secs(40);

/// One call, watched from before it was placed, so that nothing of it is missed.
pub struct Follow {
    watching: Watching,
    /// Until when what is unclear is waited for.
    clears_up_by: Option<Instant>,
}

/// What there is to wait for.
enum Wait {
    Nothing,
    News,
    /// It may become clear how the call came out, and waiting for that has an end.
    ClearingUp,
}

impl Follow {
    /// # Errors
    /// When no engine is to be had.
    pub async fn start(session: &mut Session) -> Result<Self, ApiError> {
        Ok(Self {
            watching: session.watch().await?,
            clears_up_by: None,
        })
    }

    /// The next state of a call; none where nothing further is to be expected of it.
    ///
    /// # Errors
    /// When no engine is to be had any more.
    pub async fn next(&mut self, session: &mut Session, seen: &CallView) -> Result<Option<CallView>, ApiError> {
        let limit = match what_comes(session, seen).await {
            Wait::Nothing => return Ok(None),
            Wait::News => {
                self.clears_up_by = None;
                None
            }
            Wait::ClearingUp => Some(*self.clears_up_by.get_or_insert(Instant::now() + CLEARS_UP_WITHIN)),
        };
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

/// What is still to be expected of a call.
async fn what_comes(session: &mut Session, seen: &CallView) -> Wait {
    match seen.phase {
        Phase::Ended if seen.outcome == Some(CallOutcome::Unknown) && has_log(session, seen).await => Wait::ClearingUp,
        Phase::Ended => Wait::Nothing,
        Phase::Unconfirmed => Wait::ClearingUp,
        Phase::HandedOver if is_heard_no_more(session, seen) => Wait::Nothing,
        Phase::Requested | Phase::HandedOver | Phase::RingingAgent | Phase::RingingCustomer | Phase::Connected => {
            Wait::News
        }
    }
}

/// Whether nothing can be heard of a call any more: its provider tells of it by events alone, and no one-shot engine has an
/// address for those.
pub fn is_heard_no_more(session: &Session, seen: &CallView) -> bool {
    seen.phase == Phase::HandedOver && is_settled(seen) && session.is_own()
}

/// Whether the provider has a log in which it may stand how a call came out.
pub async fn has_log(session: &mut Session, call: &CallView) -> bool {
    let request = Request::ShowAccount {
        name: call.account.clone(),
    };
    // Where it cannot be asked, there is nothing to wait for.
    let Ok(reply) = session.request(request).await else {
        return false;
    };
    reply!(reply, Account).is_ok_and(|account| account.capabilities.call_records.is_available())
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
