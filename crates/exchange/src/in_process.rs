//! An exchange without sockets: requests are handed in, webhooks are handed out, and time is tokio's.
//!
//! For simulations: under a paused clock hours of calls pass in milliseconds, the same way each time.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{Request, Response};
use jiff::{SignedDuration, Timestamp};
use tower::ServiceExt;

use crate::call::{Call, EndedBy};
use crate::clock::WallClock;
use crate::line::Scissors;
use crate::log::RequestLog;
use crate::plays::Plays;
use crate::post::{Courier, Receiver, WebhookTarget};
use crate::script::Script;
use crate::server::{ExchangeConfig, ExchangeError, board, expect_inbound, place_inbound, router};
use crate::switchboard::Switchboard;

/// No answer of these APIs comes near this size.
const ANSWER_LIMIT: usize = 16 * 1024 * 1024;

/// An exchange that is asked without a socket; dropping it stops it.
pub struct InProcessExchange {
    board: Arc<Switchboard>,
    router: Router,
}

/// The exchange closed the line without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the line was cut")]
pub struct LineCut;

/// What really became of a call, as only the exchange knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrueCall {
    /// The provider's telephony id.
    pub call_id: String,
    /// The customer's number as digits, country code included.
    pub customer: String,
    pub is_inbound: bool,
    /// When it was placed.
    pub began: Timestamp,
    /// When the leg that is rung first was answered.
    pub first_answered: Option<Timestamp>,
    /// When both were joined.
    pub second_answered: Option<Timestamp>,
    pub ended: Option<Timestamp>,
    /// Whether the agent ended it: by a request, for here nobody has a telephone.
    pub ended_by_request: bool,
    /// How long both were joined.
    pub talked: Duration,
}

impl InProcessExchange {
    /// An exchange whose clock on the wall reads `now` at this moment of tokio's.
    ///
    /// Fails if the speed makes no sense.
    pub fn new(
        plays: Plays,
        script: Script,
        now: Timestamp,
        webhooks: Vec<WebhookTarget>,
        receiver: Arc<dyn Receiver>,
    ) -> Result<Self, ExchangeError> {
        let config = ExchangeConfig {
            script: script.clone(),
            webhooks,
            ..ExchangeConfig::new(plays)
        };
        let board = board(&config, WallClock::counted_from(now), Courier::ByHand(receiver))?;
        // Nobody listens there; links in answers want an address.
        let origin = format!("http://127.0.0.1:9{}", plays.base_path());
        let _ = board.origin.set(origin);
        expect_inbound(&board, &script);
        let router = router(&board);
        Ok(Self { board, router })
    }

    /// What every path begins with.
    pub fn base_path(&self) -> &'static str {
        self.board.plays.base_path()
    }

    /// Answers one request, whose address may be absolute.
    ///
    /// Fails if the script has the line cut.
    pub async fn answer(&self, mut request: Request<Bytes>) -> Result<Response<Bytes>, LineCut> {
        let (scissors, mut cut) = Scissors::new();
        request.extensions_mut().insert(ConnectInfo(scissors));
        let router = self.router.clone();
        let answered = async move {
            // The service of a router fails never.
            let response = match router.oneshot(request.map(Body::from)).await {
                Ok(response) => response,
                Err(never) => match never {},
            };
            let (parts, body) = response.into_parts();
            let body = to_bytes(body, ANSWER_LIMIT).await.map_err(|_| LineCut)?;
            Ok(Response::from_parts(parts, body))
        };
        tokio::select! {
            biased;
            answered = answered => answered,
            _ = &mut cut => Err(LineCut),
        }
    }

    /// Posts events to other receivers from now on.
    pub fn set_webhooks(&self, targets: Vec<WebhookTarget>) {
        self.board.post.set_targets(targets);
    }

    /// A customer calls in and rings the agent on duty.
    ///
    /// Fails if one of the numbers is none, or nobody could be rung.
    pub fn place_inbound(&self, from: &str, did: Option<&str>) -> Result<String, ExchangeError> {
        let verdict = self.board.verdict_on_dial("", from);
        Ok(place_inbound(&self.board, from, did, None, &verdict)?.call_id)
    }

    /// Every request seen so far and from now on.
    pub fn log(&self) -> RequestLog {
        self.board.log.clone()
    }

    /// Every call there has been, in the order in which they began.
    pub fn calls(&self) -> Vec<TrueCall> {
        let mut calls = self.board.live_calls();
        calls.extend(self.board.ended_calls());
        calls.sort_by_key(|call| call.serial);
        calls.iter().map(TrueCall::of).collect()
    }
}

impl Drop for InProcessExchange {
    fn drop(&mut self) {
        self.board.close();
    }
}

impl TrueCall {
    fn of(call: &Call) -> Self {
        let began = call.clock.stamp(Duration::ZERO);
        let at = |offset: Duration| began + SignedDuration::try_from(offset).unwrap_or(SignedDuration::MAX);
        Self {
            call_id: call.call_id.clone(),
            customer: call.customer.digits().to_owned(),
            is_inbound: call.kind == crate::call::Kind::Inbound,
            began,
            first_answered: call.first_answered.map(at),
            second_answered: call.second_answered.map(at),
            ended: call.end.map(|end| at(end.at)),
            ended_by_request: call.end.is_some_and(|end| end.by == EndedBy::Agent),
            talked: call.talked(),
        }
    }
}
