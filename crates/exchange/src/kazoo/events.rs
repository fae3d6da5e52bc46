//! What happens to a channel, as the event sockets and the webhooks tell it.

use serde_json::{Map, Value, json};

use super::legs::{Leg, Side, legs, live_legs};
use super::tenant;
use super::text::{document_id, gregorian};
use crate::call::{Call, EndedBy, Kind};
use crate::clock::Offset;
use crate::performance::Step;
use crate::post::Trigger;

/// Something that happened to a channel.
#[derive(Debug)]
pub(crate) struct ChannelEvent {
    what: What,
    leg: String,
    is_loopback: bool,
    frame: Value,
    hook: Value,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Create,
    Answer,
    Bridge,
    Hold,
    Unhold,
    Destroy,
}

impl ChannelEvent {
    pub(crate) fn trigger(&self) -> Trigger {
        match self.what {
            What::Create => Trigger::ChannelCreate,
            What::Answer => Trigger::ChannelAnswer,
            What::Bridge => Trigger::ChannelBridge,
            What::Hold => Trigger::ChannelHold,
            What::Unhold => Trigger::ChannelUnhold,
            What::Destroy => Trigger::ChannelDestroy,
        }
    }

    /// The id of the leg.
    pub(crate) fn leg(&self) -> &str {
        &self.leg
    }

    pub(super) fn is_loopback(&self) -> bool {
        self.is_loopback
    }

    /// `CHANNEL_ANSWER`
    pub(super) fn name(&self) -> &'static str {
        match self.what {
            What::Create => "CHANNEL_CREATE",
            What::Answer => "CHANNEL_ANSWER",
            What::Bridge => "CHANNEL_BRIDGE",
            What::Hold => "CHANNEL_HOLD",
            What::Unhold => "CHANNEL_UNHOLD",
            What::Destroy => "CHANNEL_DESTROY",
        }
    }

    /// Whether a webhook can be had of it; of waiting there is none.
    pub(crate) fn is_posted(&self) -> bool {
        !matches!(self.what, What::Hold | What::Unhold)
    }

    /// `channel_answer`
    pub(super) fn hook_name(&self) -> &'static str {
        match self.what {
            What::Create => "channel_create",
            What::Answer => "channel_answer",
            What::Bridge => "channel_bridge",
            What::Hold => "channel_hold",
            What::Unhold => "channel_unhold",
            What::Destroy => "channel_destroy",
        }
    }

    pub(super) fn frame_data(&self) -> &Value {
        &self.frame
    }

    pub(crate) fn hook_body(&self) -> &Value {
        &self.hook
    }
}

/// What a step of a call means for its channels, in order.
pub(crate) fn at(step: Step, call: &Call) -> Vec<ChannelEvent> {
    let legs = live_legs(call);
    let tell = |what: What, at: Offset, chosen: &dyn Fn(&Leg<'_>) -> bool| -> Vec<ChannelEvent> {
        legs.iter()
            .filter(|leg| chosen(leg))
            .map(|leg| event(what, leg, at))
            .collect()
    };
    match step {
        Step::Received | Step::Dialled => {
            let now = if step == Step::Received {
                call.rung
            } else {
                call.second_rung.or(call.rung)
            };
            tell(What::Create, now.unwrap_or_default(), &|leg| {
                leg.created() == now && is_new(step, leg)
            })
        }
        Step::FirstAnswered => {
            let now = call.first_answered.unwrap_or_default();
            let mut events = tell(What::Answer, now, &|leg| !is_second(leg));
            // The pair and the first party are joined before anybody else is rung.
            events.extend(tell(What::Bridge, now, &|leg| leg.side == Side::LoopbackB));
            events.extend(tell(What::Create, now, &|leg| is_second(leg)));
            events
        }
        Step::SecondAnswered => {
            let now = call.second_answered.unwrap_or_default();
            let mut events = tell(What::Answer, now, &|leg| {
                is_second(leg) || is_inbound(leg.call) && !leg.is_loopback()
            });
            events.extend(tell(What::Bridge, now, &|leg| leg.side != Side::LoopbackB));
            events
        }
        Step::Ended => {
            let now = call.last_moment();
            let customer_left = call.end.is_some_and(|end| end.by == EndedBy::Customer);
            // Who hangs up goes first, then the other party, then what stood between them.
            let first = if customer_left { Side::Customer } else { Side::Agent };
            let mut events = tell(What::Destroy, now, &|leg| leg.side == first);
            events.extend(tell(What::Destroy, now, &|leg| leg.side != first && !leg.is_loopback()));
            events.extend(tell(What::Destroy, now, &|leg| leg.is_loopback()));
            events
        }
    }
}

/// What happened to single channels, in order.
pub(crate) fn told(news: &[(What, &str)], call: &Call, at: Offset) -> Vec<ChannelEvent> {
    let legs = legs(call);
    let of_leg = |uuid: &str| legs.iter().find(|leg| leg.uuid() == uuid);
    news.iter()
        .filter_map(|(what, uuid)| Some(event(*what, of_leg(uuid)?, at)))
        .collect()
}

/// Of a customer who calls in, the own leg is there before the agent's is rung, if only by no time at all.
fn is_new(step: Step, leg: &Leg<'_>) -> bool {
    !is_inbound(leg.call) || (step == Step::Received) == (leg.side == Side::Customer)
}

fn is_inbound(call: &Call) -> bool {
    call.kind == Kind::Inbound
}

fn is_second(leg: &Leg<'_>) -> bool {
    match leg.side {
        Side::Agent => leg.origin.customer_first,
        Side::Customer => !leg.origin.customer_first,
        Side::LoopbackA | Side::LoopbackB | Side::Onward(_) => false,
    }
}

fn event(what: What, leg: &Leg<'_>, at: Offset) -> ChannelEvent {
    let mut event = ChannelEvent {
        what,
        leg: leg.uuid().to_owned(),
        is_loopback: leg.is_loopback(),
        frame: Value::Null,
        hook: Value::Null,
    };
    let timestamp = gregorian(leg.call.clock.stamp(at));
    event.frame = frame(&event, leg, timestamp);
    event.hook = hook(&event, leg, timestamp);
    event
}

/// What both tell alike.
fn common(what: What, leg: &Leg<'_>) -> Map<String, Value> {
    let shown = leg.shown();
    let mut fields = Map::new();
    let mut add = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    add("call_direction", leg.direction().into());
    add("call_id", leg.uuid().into());
    add("caller_id_name", shown.caller_name.clone().into());
    add("caller_id_number", shown.caller.clone().into());
    add("callee_id_name", shown.callee_name.clone().into());
    add("callee_id_number", shown.callee.clone().into());
    add("custom_application_vars", leg.origin.variables.clone().into());
    add("custom_channel_vars", leg.channel_variables());
    add("from", at_realm(&shown.caller));
    add("to", at_realm(&shown.callee));
    add("request", at_realm(&shown.callee));
    if what != What::Create
        && let Some(other) = leg.other()
    {
        add("other_leg_call_id", other.into());
    }
    if what == What::Bridge {
        // Whom the channel at the other end rings.
        let other = leg.joined_with().map_or(&shown.callee, |other| &other.shown().callee);
        add("other_leg_destination_number", other.clone().into());
    }
    if what == What::Destroy {
        add("hangup_cause", leg.hangup_cause().into());
        add("hangup_code", leg.hangup_code().into());
    }
    fields
}

/// The data of an event on the socket; its seconds are texts.
fn frame(event: &ChannelEvent, leg: &Leg<'_>, timestamp: i64) -> Value {
    let mut fields = common(event.what, leg);
    let mut add = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    add("app_name", "ecallmgr".into());
    add("app_version", "4.0.0".into());
    add("event_category", "call_event".into());
    add("event_name", event.name().into());
    add("msg_id", document_id().into());
    add("timestamp", timestamp.into());
    add("interaction_id", leg.origin.interaction_id.clone().into());
    add("channel_is_loopback", leg.is_loopback().into());
    if let Some((_, username)) = leg.user() {
        add("presence_id", at_realm(&username));
    }
    if let Some(request) = leg.origination() {
        add("origination_call_id", request.into());
    }
    if event.what == What::Destroy {
        for (name, span) in spans(leg) {
            add(name, span.to_string().into());
        }
    }
    Value::Object(fields)
}

/// The body of a webhook; its seconds are numbers and its timestamp is a text.
fn hook(event: &ChannelEvent, leg: &Leg<'_>, timestamp: i64) -> Value {
    let mut fields = common(event.what, leg);
    let (authorizing_type, authorizing_id) = leg.origin.authorizing();
    let mut add = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    add("hook_event", event.hook_name().into());
    add("account_id", tenant::ACCOUNT_ID.into());
    add("authorizing_id", authorizing_id.into());
    add("authorizing_type", authorizing_type.into());
    add("reseller_id", tenant::ACCOUNT_ID.into());
    add("inception", at_realm(&leg.shown().caller));
    add("call_forwarded", false.into());
    add("is_internal_leg", leg.is_loopback().into());
    add("local_resource_used", false.into());
    add("emergency_resource_used", false.into());
    add("cluster_id", "sandbox".into());
    add("timestamp", timestamp.to_string().into());
    if let Some((user_id, _)) = leg.user() {
        add("owner_id", user_id.into());
    }
    if event.what == What::Bridge {
        add("original_number", leg.shown().callee.clone().into());
    }
    if event.what == What::Destroy {
        for (name, span) in spans(leg) {
            add(name, span.into());
        }
    }
    Value::Object(fields)
}

fn spans(leg: &Leg<'_>) -> [(&'static str, u64); 3] {
    [
        ("duration_seconds", leg.lasted().as_secs()),
        ("billing_seconds", leg.billed().as_secs()),
        ("ringing_seconds", leg.rang().as_secs()),
    ]
}

fn at_realm(user: &str) -> Value {
    json!(format!("{user}@{}", tenant::ACCOUNT_REALM))
}
