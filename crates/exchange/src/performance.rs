//! Plays one call from the dial to its end: who rings, who picks up, who hangs up, and what is announced when.
//!
//! Moments that the script decides are taken from the script, not measured, so that a call said to last 42 seconds
//! reads 42 seconds at every speed. Only an interruption from outside is measured.

mod onward;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{sleep, sleep_until};

use crate::call::{Call, Cause, End, EndedBy, Kind, NewCall, Order};
use crate::clock::{CallClock, Offset, real, scaled};
use crate::kazoo::events::ChannelEvent;
use crate::plays::Plays;
use crate::post::{Cargo, Letter, Mailbag, Trigger};
use crate::script::scenario::{Pickup, Plan, Scenario};
use crate::script::timings::Seconds;
use crate::switchboard::Switchboard;
use crate::{acefone, kazoo, superfone};

/// What a busy tone takes.
const BUSY_AFTER: Duration = Duration::from_secs(1);

/// A step of a call that the provider may announce.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Received,
    Dialled,
    FirstAnswered,
    SecondAnswered,
    Ended,
}

struct Stage {
    board: Arc<Switchboard>,
    mail: Mailbag,
    /// The event sockets of a played Kazoo, which no slow receiver of webhooks holds up.
    wire: Option<Mailbag>,
    serial: u64,
    kind: Kind,
    clock: CallClock,
    delay: Duration,
    orders: mpsc::UnboundedReceiver<Order>,
    /// How far the call has got.
    at: Offset,
}

/// Plays a call to its end.
pub(crate) async fn perform(
    board: Arc<Switchboard>,
    call: Call,
    plan: Plan,
    talk_limit: Option<Seconds>,
    orders: mpsc::UnboundedReceiver<Order>,
) {
    let late_by = real(plan.timings.late_by(), board.speed);
    let mut stage = Stage {
        mail: Mailbag::open(&board, plan.webhooks, late_by),
        wire: (board.plays == Plays::Kazoo).then(|| Mailbag::open(&board, plan.webhooks, late_by)),
        board: board.clone(),
        serial: call.serial,
        kind: call.kind,
        clock: call.clock.clone(),
        delay: real(plan.timings.webhook_delay(), board.speed),
        orders,
        at: Duration::ZERO,
    };
    let story = match call.kind {
        Kind::ClickToCall => stage.outbound(&plan, plan.agent, plan.customer, talk_limit).await,
        Kind::Support => stage.outbound(&plan, plan.customer, plan.agent, talk_limit).await,
        Kind::Inbound => stage.inbound(&plan).await,
    };
    let (Ok(end) | Err(end)) = story;
    if let Some(call) = board.finish(call.serial, end) {
        stage.announce(Step::Ended, &call);
    }
    drop(stage);
    if plan.calls_back && call.kind != Kind::Inbound {
        sleep(real(plan.timings.call_back_after(), board.speed)).await;
        let back = NewCall {
            kind: Kind::Inbound,
            agent: call.agent,
            customer: call.customer,
            did: call.did,
            echo: serde_json::Map::new(),
            talk_limit: None,
            ring_limit: None,
            origin: None,
        };
        board.place(back, Scenario::Answer.plan(plan.timings, None));
    }
}

/// `Ok` is an end that the script wrote, `Err` one that came from outside.
type Story<T> = Result<T, End>;

impl Stage {
    async fn outbound(&mut self, plan: &Plan, first: Pickup, second: Pickup, limit: Option<Seconds>) -> Story<End> {
        self.pass(plan.timings.ring_after().duration()).await?;
        self.happens(Step::Dialled, |call, at| call.rung = Some(at));
        if let Some(end) = self.ring(first).await? {
            return Ok(end);
        }
        self.happens(Step::FirstAnswered, |call, at| {
            call.first_answered = Some(at);
            call.second_rung = Some(at);
        });
        if let Some(end) = self.ring(second).await? {
            return Ok(end);
        }
        self.happens(Step::SecondAnswered, |call, at| call.second_answered = Some(at));
        let (talk, by) = match limit {
            Some(limit) if limit < plan.talk => (limit, EndedBy::Exchange),
            Some(_) | None => (plan.talk, EndedBy::Customer),
        };
        self.talk(talk.duration(), by).await
    }

    async fn inbound(&mut self, plan: &Plan) -> Story<End> {
        self.happens(Step::Received, |call, at| {
            call.rung = Some(at);
            call.first_answered = Some(at);
        });
        self.pass(plan.timings.ring_after().duration()).await?;
        self.happens(Step::Dialled, |call, at| call.second_rung = Some(at));
        // A customer who would not have answered is one who gives up.
        if !matches!(plan.customer, Pickup::Answers { .. }) {
            self.pass(plan.timings.hangs_up_after().duration()).await?;
            return Ok(self.end(EndedBy::Customer, Cause::Normal));
        }
        if let Some(end) = self.ring(plan.agent).await? {
            return Ok(end);
        }
        self.happens(Step::SecondAnswered, |call, at| call.second_answered = Some(at));
        self.talk(plan.talk.duration(), EndedBy::Customer).await
    }

    /// Two talk until the script ends it, or somebody outside does; after the call was passed on, the talk begins anew.
    async fn talk(&mut self, talk: Duration, by: EndedBy) -> Story<End> {
        let mut goal = self.at + talk;
        while let Some(order) = self.next_order(goal).await {
            match order {
                Order::HangUp { by, .. } => return Err(self.end(by, Cause::Normal)),
                Order::PassOn(order) => {
                    if let Some(end) = self.pass_on(*order).await? {
                        return Ok(end);
                    }
                    goal = self.at + talk;
                }
                Order::Hold { leg, on } => self.hold(&leg, on),
            }
        }
        Ok(self.end(by, Cause::Normal))
    }

    /// Rings a telephone; an end if nobody takes it up.
    async fn ring(&mut self, pickup: Pickup) -> Story<Option<End>> {
        match pickup {
            Pickup::Answers { after } => self.pass(after.duration()).await.map(|()| None),
            Pickup::NoAnswer { rings_for } => {
                self.pass(rings_for.duration()).await?;
                Ok(Some(self.end(EndedBy::Exchange, Cause::NoAnswer)))
            }
            Pickup::Busy => {
                self.pass(BUSY_AFTER).await?;
                Ok(Some(self.end(EndedBy::Exchange, Cause::Busy)))
            }
            Pickup::Unreachable(cause) => Ok(Some(self.end(EndedBy::Exchange, cause))),
        }
    }

    /// Lets time pass, unless somebody ends the call meanwhile. There is nobody yet who could be passed on.
    async fn pass(&mut self, span: Duration) -> Story<()> {
        let goal = self.at + span;
        while let Some(order) = self.next_order(goal).await {
            match order {
                Order::HangUp { by, .. } => return Err(self.end(by, Cause::Normal)),
                Order::PassOn(_) | Order::Hold { .. } => {}
            }
        }
        Ok(())
    }

    /// Waits for an order from outside; none once the moment has come.
    async fn next_order(&mut self, goal: Offset) -> Option<Order> {
        tokio::select! {
            biased;
            Some(order) = self.orders.recv() => {
                self.at = self.clock.elapsed().clamp(self.at, goal);
                Some(order)
            }
            () = sleep_until(self.clock.instant(goal)) => {
                self.at = goal;
                None
            }
        }
    }

    fn happens(&mut self, step: Step, change: impl FnOnce(&mut Call, Offset)) {
        let at = self.at;
        if let Some(call) = self.board.update(self.serial, |call| change(call, at)) {
            tracing::debug!(call = call.serial, kind = ?self.kind, ?step, "a call goes on");
            self.announce(step, &call);
        }
    }

    fn announce(&self, step: Step, call: &Call) {
        let bodies: Vec<(Trigger, serde_json::Value)> = match self.board.plays {
            Plays::Kazoo => return self.announce_legs(kazoo::events::at(step, call)),
            Plays::Superfone => superfone::events::bodies(step, call, &self.board),
            Plays::AcefoneUk | Plays::AcefoneIn | Plays::Servetel | Plays::Smartflo => {
                acefone::events::bodies(step, call, &self.board)
            }
        };
        for (trigger, body) in bodies {
            let wait = if trigger == Trigger::RecordingAvailable {
                scaled(call.recordings_after, self.board.speed)
            } else {
                self.delay
            };
            let due = tokio::time::Instant::now() + wait;
            self.mail.send(Letter {
                trigger,
                call_id: call.call_id.clone(),
                cargo: Cargo::Body(body),
                due,
            });
        }
    }

    /// Kazoo tells of channels, not of calls, and on sockets as well as by webhook.
    fn announce_legs(&self, events: Vec<ChannelEvent>) {
        let due = tokio::time::Instant::now() + self.delay;
        for event in events {
            let event = Arc::new(event);
            let letter = |cargo| Letter {
                trigger: event.trigger(),
                call_id: event.leg().to_owned(),
                cargo,
                due,
            };
            if event.is_posted() {
                self.mail.send(letter(Cargo::ChannelHook(event.clone())));
            }
            if let Some(wire) = &self.wire {
                wire.send(letter(Cargo::Frame(event.clone())));
            }
        }
    }

    fn end(&self, by: EndedBy, cause: Cause) -> End {
        End { at: self.at, by, cause }
    }
}
