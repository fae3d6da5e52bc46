//! Answers that are no answer: refusals in the provider's words, and silence.

use std::sync::Arc;

use axum::http::{HeaderValue, header::RETRY_AFTER};
use axum::response::{IntoResponse, Response};

use crate::line::Scissors;
use crate::plays::Plays;
use crate::script::scenario::{Refusal, Scenario};
use crate::switchboard::{Switchboard, Verdict};
use crate::{acefone, kazoo, superfone};

/// An answer that ends the handling of a request early; boxed, for answers are large.
pub(crate) struct Refused(Box<Response>);

impl From<Response> for Refused {
    fn from(answer: Response) -> Self {
        Self(Box::new(answer))
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        *self.0
    }
}

/// A refusal as the provider words it.
pub(crate) fn refuse(board: &Switchboard, refusal: Refusal, verdict: &Verdict) -> Response {
    let mut response = match board.plays {
        Plays::Superfone => superfone::refusal(refusal),
        Plays::Kazoo => return kazoo::refusal(refusal).into_plain_response(),
        Plays::AcefoneUk | Plays::AcefoneIn | Plays::Servetel | Plays::Smartflo => acefone::refusal(refusal),
    };
    if refusal == Refusal::RateLimited {
        response
            .headers_mut()
            .insert(RETRY_AFTER, HeaderValue::from(verdict.timings.retry_after().whole()));
    }
    response
}

/// Never returns: closes the connection, at once or, for `hang`, when the exchange closes.
pub(crate) async fn leave_unanswered(board: &Arc<Switchboard>, scissors: &Scissors, scenario: Scenario) -> Response {
    if scenario == Scenario::Hang {
        // An error means that the exchange is gone, which closes as well.
        let _ = board.closing.subscribe().wait_for(|closed| *closed).await;
    }
    scissors.cut();
    std::future::pending().await
}
