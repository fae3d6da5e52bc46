//! The platform's webhook bodies, with their oddities: text for numbers, local stamps without zone, one number in
//! three spellings, a key with a trailing space, and template variables that nobody resolved.

mod dialer;
mod inbound;

use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use super::office::Handover;
use super::schedule::Scheduled;
use crate::call::{Call, Cause, EndedBy, Kind};
use crate::clock::{Offset, local_stamp};
use crate::performance::Step;
use crate::plays::Plays;
use crate::post::Trigger;
use crate::recordings;
use crate::script::account::Agent;
use crate::switchboard::Switchboard;

/// The bodies that a step of a call is announced with.
pub(crate) fn bodies(step: Step, call: &Call, board: &Switchboard) -> Vec<(Trigger, Value)> {
    let writer = Writer {
        call,
        zone: &board.zone,
        plays: board.plays,
        handovers: board.office.handovers(call.serial),
        scheduled: board.office.scheduled_as(call.serial),
        recording: recordings::link(call, board).filter(|_| call.was_joined()),
    };
    let joined = call.was_joined();
    let event = match (call.kind, step) {
        (Kind::Inbound, Step::Received) => Some((Trigger::InboundReceived, writer.inbound("Received on server"))),
        (Kind::Inbound, Step::Dialled) => Some((
            Trigger::InboundDialedOnAgent,
            writer.inbound_on_agent("Dialed on agent"),
        )),
        (Kind::Inbound, Step::SecondAnswered) => Some((
            Trigger::InboundAnsweredByAgent,
            writer.inbound_on_agent("Answered by agent"),
        )),
        (Kind::Inbound, Step::Ended) if joined => Some((Trigger::InboundHangupAnswered, writer.inbound_hangup())),
        (Kind::Inbound, Step::Ended) => Some((Trigger::InboundHangupMissed, writer.inbound_hangup())),
        (Kind::ClickToCall, Step::Dialled) => Some((Trigger::DialedOnAgent, writer.first_leg("Dialed on agent"))),
        (Kind::ClickToCall | Kind::Support, Step::FirstAnswered) => {
            Some((Trigger::AnsweredByAgent, writer.first_leg("Answered by agent")))
        }
        (Kind::ClickToCall | Kind::Support, Step::SecondAnswered) => {
            Some((Trigger::AnsweredByCustomer, writer.answered_by_customer()))
        }
        (Kind::ClickToCall | Kind::Support, Step::Ended) if joined => Some((Trigger::HangupAnswered, writer.hangup())),
        (Kind::ClickToCall | Kind::Support, Step::Ended) => Some((Trigger::HangupMissed, writer.hangup())),
        (Kind::Inbound, Step::FirstAnswered) | (Kind::ClickToCall | Kind::Support, Step::Received) => None,
        (Kind::Support, Step::Dialled) => None,
    };
    event.into_iter().collect()
}

struct Writer<'a> {
    call: &'a Call,
    zone: &'a TimeZone,
    plays: Plays,
    /// Who had the call before the agent who has it now.
    handovers: Vec<Handover>,
    /// The scheduled call that this one is.
    scheduled: Option<Scheduled>,
    recording: Option<String>,
}

impl Writer<'_> {
    /// The first leg rings or was taken up. Of a support call that leg is the customer's, and still "the agent".
    ///
    /// No body of "Dialed on agent" is public: it is written like its sibling, with the trigger's name as status.
    fn first_leg(&self, status: &str) -> Value {
        let call = self.call;
        let mut body = self.echoed(true);
        insert(
            &mut body,
            json!({
                "uuid": call.uuid,
                "call_to_number": call.customer.digits(),
                "caller_id_number": call.did.plus(),
                "start_stamp": self.stamp(call.rung),
                "answer_agent_number": call.first_number(),
                "call_id": call.call_id,
                "billing_circle": self.billing_circle(),
                "call_status": status,
                "direction": "click_to_call",
                "customer_no_with_prefix ": call.customer.plus(),
            }),
        );
        if self.plays == Plays::Smartflo {
            body.insert("ref_id".to_owned(), "".into());
        }
        self.write_schedule(&mut body);
        Value::Object(body)
    }

    /// The one event without `call_id`.
    fn answered_by_customer(&self) -> Value {
        let call = self.call;
        let mut body = self.echoed(true);
        insert(
            &mut body,
            json!({
                "uuid": call.uuid,
                "ref_id": call.ref_id,
                "call_to_number": call.customer.digits(),
                "caller_id_number": call.did.plus(),
                "start_stamp": self.stamp(call.rung),
                "answer_stamp": self.stamp(call.second_answered),
                "answered_agent_number": {
                    "follow_me_number": call.first_number(),
                    "id": call.agent.id,
                    "name": call.agent.name,
                },
                "billing_circle": self.billing_circle(),
                "call_status": "Answered by customer",
                "direction": "click_to_call",
                "customer_no_with_prefix ": call.customer.plus(),
            }),
        );
        self.write_schedule(&mut body);
        Value::Object(body)
    }

    /// The end of an outbound call. The stamps of an answered one begin at the first leg's pickup.
    fn hangup(&self) -> Value {
        let call = self.call;
        let first_up = call.first_answered;
        let begun = first_up.or(call.rung);
        let billsec = first_up.map_or(0, |from| self.seconds_since(Some(from)));
        let agent_rang = seconds_between(call.rung, first_up.unwrap_or(call.last_moment()));
        let customer_rang = first_up
            .map(|from| seconds_between(Some(from), call.second_answered.unwrap_or(call.last_moment())).to_string());
        let joined = call.was_joined();
        let (code, key, description) = self.hangup_cause();
        // A missed call shows the numbers without country code, an answered one the customer's with it.
        let customer = if first_up.is_some() {
            call.customer.digits()
        } else {
            call.customer.national()
        };
        let mut body = self.echoed(false);
        insert(
            &mut body,
            json!({
                "uuid": call.uuid,
                "call_to_number": customer,
                "caller_id_number": call.did.national(),
                "start_stamp": self.stamp(begun),
                "answer_stamp": self.stamp(first_up),
                "end_stamp": self.stamp(Some(call.last_moment())),
                "billsec": billsec.to_string(),
                "digits_dialed": "",
                "direction": "clicktocall",
                "duration": billsec.to_string(),
                "answered_agent": if first_up.is_some() { self.answered_agents() } else { "".into() },
                "answered_agent_name": if first_up.is_some() { call.agent.name.as_str() } else { "" },
                "answered_agent_number": if first_up.is_some() { self.first_extension() } else { String::new() },
                "missed_agent": if first_up.is_some() { "".into() } else { self.missed_agent() },
                "call_flow": if first_up.is_some() { self.call_flow() } else { json!([]) },
                "broadcast_lead_fields": "",
                "recording_url": self.recording.clone().unwrap_or_default(),
                "call_status": if joined { "answered" } else { "missed" },
                "call_id": call.call_id,
                "outbound_sec": call.talked().as_secs().to_string(),
                "agent_ring_time": agent_rang.to_string(),
                "billing_circle": self.billing_circle(),
                // Says that the first leg was taken up: "1" on a customer who never answered.
                "call_connected": if first_up.is_some() { "1" } else { "0" },
                "aws_call_recording_identifier": "",
                "customer_no_with_prefix ": customer,
                "campaign_name": "$campaign_name",
                "campaign_id": "$campaign_id",
                "customer_ring_time": customer_rang.unwrap_or_default(),
                "reason_key": self.reason_key(),
                "hangup_cause_description": description,
                "hangup_cause_code": code,
                "hangup_cause_key": key,
                "ref_id": call.ref_id,
                "recording_name": "$recording_name",
                // Whom a call is handed to answers at once.
                "agent_transfer_ring_time": if self.handovers.is_empty() { "$agent_transfer_ring_time" } else { "0" },
            }),
        );
        if self.scheduled.is_some() {
            self.write_as_dialer(&mut body);
        }
        Value::Object(body)
    }

    fn call_flow(&self) -> Value {
        let call = self.call;
        let first = self.agents()[0];
        let first_number = if call.kind == Kind::ClickToCall {
            first.number.clone()
        } else {
            call.first_number()
        };
        let (picked_up, ended) = (self.epoch(call.first_answered), self.epoch(Some(call.last_moment())));
        let mut flow = vec![
            json!({"type": "init", "value": call.call_id, "time": picked_up.to_string()}),
            json!({
                "type": "Agent",
                "id": first.id,
                "name": first.name,
                "dialst": "Dialed",
                "num": first_number,
                "time": picked_up,
            }),
            json!({
                "type": "ClickToCall",
                "name": format!("PJSIP%2F%2B{}%40TRUNK-00{}", call.customer.trunk(), call.did.national()),
                "time": picked_up,
            }),
        ];
        if call.was_joined() {
            // Dated, against its name, by the customer's answer; an entry without a type follows.
            let answered = self.epoch(call.second_answered);
            flow.push(json!({
                "type": "Agent",
                "id": first.id,
                "name": first.name,
                "number": first_number,
                "time": answered,
                "dialst": "Answered",
            }));
            flow.push(json!({"anstime": answered, "time": ended}));
            flow.extend(self.handed_on());
        }
        flow.push(json!({"type": "hangup", "time": ended}));
        Value::Array(flow)
    }

    /// Whoever had the call, in order: the last one ended it.
    fn agents(&self) -> Vec<&Agent> {
        let earlier = self.handovers.iter().map(|handover| &handover.from);
        earlier.chain([&self.call.agent]).collect()
    }

    /// An object, and a list once the call was handed on.
    fn answered_agents(&self) -> Value {
        if self.handovers.is_empty() {
            return json!({
                "id": self.call.agent.id,
                "name": self.call.agent.name,
                "dialst": "Dialed",
                "number": self.first_extension(),
                "agent_number": self.call.first_number(),
            });
        }
        let row = |agent: &&Agent| {
            json!({
                "id": agent.id,
                "name": agent.name,
                "dialst": "Answered",
                "number": extension(agent),
                "agent_number": agent.number,
            })
        };
        self.agents().iter().map(row).collect()
    }

    /// The parts of the call's flow in which it went on with somebody else.
    fn handed_on(&self) -> Vec<Value> {
        let receivers = self.agents().into_iter().skip(1);
        let moments = self.handovers.iter().map(|handover| self.epoch(Some(handover.at)));
        let leg = |agent: &Agent, status: &str, time: i64| {
            json!({
                "type": "Agent",
                "id": agent.id,
                "name": agent.name,
                "num": extension(agent),
                "dialst": status,
                "time": time,
            })
        };
        receivers
            .zip(moments)
            .flat_map(|(agent, time)| [leg(agent, "Dialed", time), leg(agent, "Answered", time)])
            .collect()
    }

    fn missed_agent(&self) -> Value {
        let number = self.call.first_number();
        json!([{"id": self.call.agent.id, "name": self.call.agent.name, "number": number, "agent_number": number}])
    }

    /// How the agent is written where an extension is expected.
    fn extension(&self) -> String {
        extension(&self.call.agent)
    }

    fn first_extension(&self) -> String {
        if self.call.kind == Kind::Support {
            self.call.first_number()
        } else {
            self.extension()
        }
    }

    fn reason_key(&self) -> &'static str {
        let Some(end) = self.call.end else { return "" };
        match (end.cause, end.by) {
            (Cause::NoAnswer, _) if self.call.first_answered.is_some() => "noanswer",
            // Not seen anywhere; spelled like its sibling.
            (Cause::Busy, _) if self.call.first_answered.is_some() => "busy",
            (Cause::Normal, EndedBy::Agent) => "Call Disconnected By Caller",
            (Cause::Normal, EndedBy::Customer) => "Call Disconnected By Callee",
            (Cause::Normal, EndedBy::Exchange)
            | (Cause::NoAnswer | Cause::Busy | Cause::NoRoute | Cause::Offline, _) => "",
        }
    }

    /// Code and key follow Q.850, of which 16 and 19 have been seen; 17 is inferred from that.
    fn hangup_cause(&self) -> (&'static str, &'static str, &'static str) {
        match self.call.end.map(|end| end.cause) {
            Some(Cause::NoAnswer) => ("19", "NO_ANSWER", "No answer from user (user alerted)"),
            Some(Cause::Busy) => ("17", "USER_BUSY", "User busy"),
            Some(Cause::NoRoute) => ("3", "NO_ROUTE_DESTINATION", "No route to destination"),
            Some(Cause::Offline) => ("20", "SUBSCRIBER_ABSENT", "Subscriber absent"),
            Some(Cause::Normal) | None => ("16", "NORMAL_CLEARING", "Normal call clearing"),
        }
    }

    fn billing_circle(&self) -> Value {
        match self.plays {
            // Telecom circles are an Indian matter.
            Plays::AcefoneUk | Plays::Kazoo => "".into(),
            Plays::AcefoneIn | Plays::Servetel | Plays::Smartflo | Plays::Superfone => {
                json!({"operator": "Reliance Mobile GSM", "circle": "Delhi"})
            }
        }
    }

    /// The client's own fields; the answer events also show the request's switches.
    fn echoed(&self, with_switches: bool) -> Map<String, Value> {
        let is_switch = |name: &str| name == "async" || name == "get_call_id";
        let echo = self
            .call
            .echo
            .iter()
            .filter(|(name, _)| with_switches || !is_switch(name));
        echo.map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    fn stamp(&self, at: Option<Offset>) -> String {
        at.map(|at| local_stamp(self.call.clock.stamp(at), self.zone))
            .unwrap_or_default()
    }

    fn epoch(&self, at: Option<Offset>) -> i64 {
        self.call.clock.stamp(at.unwrap_or_default()).as_second()
    }

    fn seconds_since(&self, from: Option<Offset>) -> u64 {
        seconds_between(from, self.call.last_moment())
    }
}

fn extension(agent: &Agent) -> String {
    agent.extension.clone().unwrap_or_else(|| agent.number.clone())
}

/// Softphones are written with a prefix, telephones as numbers.
pub(super) fn prefixed_extension(agent: &Agent) -> String {
    match &agent.extension {
        Some(extension) => format!("Extension-{extension}"),
        None => agent.number.clone(),
    }
}

fn seconds_between(from: Option<Offset>, to: Offset) -> u64 {
    from.map_or(0, |from| to.saturating_sub(from).as_secs())
}

/// Adds the platform's own fields, which win over a client's of the same name.
fn insert(body: &mut Map<String, Value>, fields: Value) {
    if let Value::Object(fields) = fields {
        body.extend(fields);
    }
}
