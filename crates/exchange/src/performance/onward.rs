//! A call of Kazoo's that is passed on while it runs: who is rung, who leaves, who is joined with whom.

use std::time::Duration;

use super::{Stage, Story};
use crate::call::{Call, Cause, End, EndedBy, Order};
use crate::kazoo::events::{ChannelEvent, What, told};
use crate::kazoo::legs::Origin;
use crate::kazoo::onward::{Leaves, PassOn};
use crate::script::scenario::Pickup;

impl Stage {
    /// Plays it until the parties that remain talk; an end if that leaves nobody to talk to.
    pub(super) async fn pass_on(&mut self, order: PassOn) -> Story<Option<End>> {
        if order.when == Leaves::AtOnce {
            self.leaves(&order.leaves);
        }
        let onward = order.rings_at(self.at);
        let leg = onward.leg.clone();
        // What cannot be reached never becomes a channel.
        if !matches!(order.pickup, Pickup::Unreachable(_)) {
            self.changes(|call| {
                call.onward.push(onward);
                // Whoever is left alone hears it ring; who still talks is not joined with anybody else yet.
                if order.when == Leaves::AtOnce {
                    call.pairs.push([order.stays.clone(), leg.clone()]);
                }
            });
            self.tells(&[(What::Create, &leg)]);
        }
        if let Some(failed) = self.ring(order.pickup).await? {
            self.fails(&leg, failed.cause);
            // Whoever left at once is not there to come back to.
            let is_over = order.when == Leaves::AtOnce;
            return Ok(is_over.then(|| self.end(EndedBy::Exchange, Cause::Normal)));
        }
        let at = self.at;
        self.changes(|call| {
            if let Some(onward) = call.onward.iter_mut().find(|onward| onward.leg == leg) {
                onward.answered = Some(at);
            }
        });
        self.tells(&[(What::Answer, &leg)]);
        match order.when {
            Leaves::AtOnce => {}
            Leaves::WhenAnswered => self.leaves(&order.leaves),
            Leaves::AfterTalking(span) => {
                self.joins(&order.leaves, &leg);
                if self.consults(span, &order.leaves, &leg).await? == Consulted::Refused {
                    self.fails(&leg, Cause::Normal);
                    self.joins(&order.leaves, &order.stays);
                    return Ok(None);
                }
                self.leaves(&order.leaves);
            }
        }
        self.joins(&order.stays, &leg);
        Ok(None)
    }

    /// A channel is told to wait, or waits no longer.
    pub(super) fn hold(&mut self, leg: &str, on: bool) {
        let mut changed = false;
        self.changes(|call| {
            changed = call.on_hold.iter().any(|known| known == leg) != on;
            call.on_hold.retain(|known| known != leg);
            if on {
                call.on_hold.push(leg.to_owned());
            }
        });
        if changed {
            self.tells(&[(if on { What::Hold } else { What::Unhold }, leg)]);
        }
    }

    /// The one who passes the call on talks to the new one, and hangs up by himself or when told to.
    async fn consults(&mut self, span: Duration, leaves: &str, new: &str) -> Story<Consulted> {
        let goal = self.at + span;
        while let Some(order) = self.next_order(goal).await {
            match order {
                Order::HangUp { leg: Some(leg), .. } if leg == leaves => return Ok(Consulted::Done),
                Order::HangUp { leg: Some(leg), .. } if leg == new => return Ok(Consulted::Refused),
                Order::HangUp { by, .. } => return Err(self.end(by, Cause::Normal)),
                Order::PassOn(_) => {}
                Order::Hold { leg, on } => self.hold(&leg, on),
            }
        }
        Ok(Consulted::Done)
    }

    /// A channel ends before the call does, and with a party's the pair through which it was reached.
    fn leaves(&mut self, leg: &str) {
        let at = self.at;
        let mut gone = vec![leg.to_owned()];
        self.changes(|call| {
            let pair = call.origin.as_deref().and_then(Origin::pair);
            let still_there = |id: &&String| !call.left.iter().any(|(left, _)| left == *id);
            gone.extend(pair.into_iter().flatten().filter(still_there).cloned());
            call.left.extend(gone.iter().map(|id| (id.clone(), at)));
        });
        let news: Vec<(What, &str)> = gone.iter().map(|id| (What::Destroy, id.as_str())).collect();
        self.tells(&news);
    }

    /// The new telephone is gone again.
    fn fails(&mut self, leg: &str, cause: Cause) {
        let at = self.at;
        let mut was_rung = false;
        self.changes(|call| {
            if let Some(onward) = call.onward.iter_mut().find(|onward| onward.leg == leg) {
                onward.cause = Some(cause);
                was_rung = true;
                call.left.push((leg.to_owned(), at));
            }
        });
        if was_rung {
            self.tells(&[(What::Destroy, leg)]);
        }
    }

    fn joins(&mut self, one: &str, other: &str) {
        self.changes(|call| call.pairs.push([one.to_owned(), other.to_owned()]));
        self.tells(&[(What::Bridge, one), (What::Bridge, other)]);
    }

    fn changes(&mut self, change: impl FnOnce(&mut Call)) {
        self.board.update(self.serial, change);
    }

    /// Announces what happened to channels just now.
    fn tells(&self, news: &[(What, &str)]) {
        let call = self
            .board
            .live_calls()
            .into_iter()
            .find(|call| call.serial == self.serial);
        let events: Vec<ChannelEvent> = call.map(|call| told(news, &call, self.at)).unwrap_or_default();
        self.announce_legs(events);
    }
}

/// How the talk before a transfer came out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Consulted {
    Done,
    /// The new one hung up.
    Refused,
}
