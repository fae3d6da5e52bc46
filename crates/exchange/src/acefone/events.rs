//! The platform's webhook bodies, with their oddities: text for numbers, local stamps without zone, one number in
//! three spellings, a key with a trailing space, and template variables that nobody resolved.

use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use crate::call::{Call, Cause, EndedBy, Kind};
use crate::clock::{Offset, local_stamp};
use crate::performance::Step;
use crate::plays::Plays;
use crate::post::Trigger;
use crate::switchboard::Switchboard;

/// The bodies that a step of a call is announced with.
pub(crate) fn bodies(step: Step, call: &Call, board: &Switchboard) -> Vec<(Trigger, Value)> {
    let writer = Writer {
        call,
        zone: &board.zone,
        plays: board.plays,
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

/// A link that would carry its own token, and therefore is a secret.
pub(super) fn recording_url(call: &Call) -> String {
    format!(
        "https://recordings.example.invalid/file/recording?callId={}&type=rec&token=SANDBOX",
        call.call_id
    )
}

struct Writer<'a> {
    call: &'a Call,
    zone: &'a TimeZone,
    plays: Plays,
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
                "answered_agent": if first_up.is_some() { self.answered_agent() } else { "".into() },
                "answered_agent_name": if first_up.is_some() { call.agent.name.as_str() } else { "" },
                "answered_agent_number": if first_up.is_some() { self.first_extension() } else { String::new() },
                "missed_agent": if first_up.is_some() { "".into() } else { self.missed_agent() },
                "call_flow": if first_up.is_some() { self.call_flow() } else { json!([]) },
                "broadcast_lead_fields": "",
                "recording_url": if joined { recording_url(call) } else { String::new() },
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
                "agent_transfer_ring_time": "$agent_transfer_ring_time",
            }),
        );
        Value::Object(body)
    }

    /// A call that comes in. No body of "received on server" is public: it is written like its siblings.
    fn inbound(&self, status: &str) -> Value {
        let call = self.call;
        json!({
            "uuid": call.uuid,
            "call_to_number": call.did.plus(),
            "caller_id_number": call.customer.plus(),
            "start_stamp": self.stamp(call.rung),
            "call_id": call.call_id,
            "billing_circle": self.billing_circle(),
            "call_status": status,
            "direction": "inbound",
            "customer_no_with_prefix ": call.customer.plus(),
            "ref_id": "",
        })
    }

    fn inbound_on_agent(&self, status: &str) -> Value {
        let mut body = self.inbound(status);
        body["answer_agent_number"] = self.call.agent.number.clone().into();
        body
    }

    fn inbound_hangup(&self) -> Value {
        let call = self.call;
        let joined = call.was_joined();
        let cause = match call.end.map(|end| end.by) {
            Some(EndedBy::Customer) => "disconnected_by_caller",
            Some(EndedBy::Agent) => "disconnected_by_callee",
            Some(EndedBy::Exchange) | None => "NormalClearing",
        };
        let agent = json!([{
            "id": call.agent.id,
            "name": call.agent.name,
            "number": self.extension(),
            "agent_number": call.agent.number,
        }]);
        json!({
            "answer_stamp": self.stamp(call.second_answered),
            "answered_agent": if joined { agent.clone() } else { "".into() },
            "answered_agent_name": if joined { call.agent.name.as_str() } else { "" },
            "answered_agent_number": if joined { self.extension() } else { String::new() },
            "billsec": self.seconds_since(call.second_answered).to_string(),
            "call_connected": if joined { "1" } else { "0" },
            "call_flow": self.inbound_flow(),
            "call_id": call.call_id,
            "call_status": if joined { "answered" } else { "missed" },
            // In this event the numbers come without country code, but for the one that says so.
            "call_to_number": call.did.national(),
            "caller_id_number": call.customer.national(),
            "customer_number_with_prefix": call.customer.plus(),
            "did_number": call.did.national(),
            "direction": "inbound",
            "duration": self.seconds_since(call.rung).to_string(),
            "end_stamp": self.stamp(Some(call.last_moment())),
            "hangup_cause": cause,
            "missed_agent": if joined { "".into() } else { agent },
            "recording_url": if joined { recording_url(call) } else { String::new() },
            "ref_id": "",
            "start_stamp": self.stamp(call.rung),
            "uuid": call.uuid,
        })
    }

    fn call_flow(&self) -> Value {
        let call = self.call;
        let (picked_up, ended) = (self.epoch(call.first_answered), self.epoch(Some(call.last_moment())));
        let mut flow = vec![
            json!({"type": "init", "value": call.call_id, "time": picked_up.to_string()}),
            json!({
                "type": "Agent",
                "id": call.agent.id,
                "name": call.agent.name,
                "dialst": "Dialed",
                "num": call.first_number(),
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
                "id": call.agent.id,
                "name": call.agent.name,
                "number": call.first_number(),
                "time": answered,
                "dialst": "Answered",
            }));
            flow.push(json!({"anstime": answered, "time": ended}));
        }
        flow.push(json!({"type": "hangup", "time": ended}));
        Value::Array(flow)
    }

    fn inbound_flow(&self) -> Value {
        let call = self.call;
        let leg = |status: &str, at: Option<Offset>| {
            json!({
                "type": "Agent",
                "id": call.agent.id,
                "name": call.agent.name,
                "num": self.extension(),
                "dialst": status,
                "time": self.epoch(at),
            })
        };
        let mut flow = vec![json!({"type": "init", "value": call.call_id, "time": self.epoch(call.rung).to_string()})];
        flow.push(leg("Dialed", call.rung));
        if call.was_joined() {
            flow.push(leg("Answered", call.second_answered));
        }
        flow.push(json!({"type": "hangup", "time": self.epoch(Some(call.last_moment()))}));
        Value::Array(flow)
    }

    fn answered_agent(&self) -> Value {
        json!({
            "id": self.call.agent.id,
            "name": self.call.agent.name,
            "dialst": "Dialed",
            "number": self.first_extension(),
            "agent_number": self.call.first_number(),
        })
    }

    fn missed_agent(&self) -> Value {
        let number = self.call.first_number();
        json!([{"id": self.call.agent.id, "name": self.call.agent.name, "number": number, "agent_number": number}])
    }

    /// How the agent is written where an extension is expected.
    fn extension(&self) -> String {
        self.call
            .agent
            .extension
            .clone()
            .unwrap_or_else(|| self.call.agent.number.clone())
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

fn seconds_between(from: Option<Offset>, to: Offset) -> u64 {
    from.map_or(0, |from| to.saturating_sub(from).as_secs())
}

/// Adds the platform's own fields, which win over a client's of the same name.
fn insert(body: &mut Map<String, Value>, fields: Value) {
    if let Value::Object(fields) = fields {
        body.extend(fields);
    }
}
