//! The events of a customer who calls in.

use serde_json::{Value, json};

use super::{Writer, extension};
use crate::call::EndedBy;
use crate::clock::Offset;
use crate::script::account::Agent;

impl Writer<'_> {
    /// A call that comes in. No body of "received on server" is public: it is written like its siblings.
    pub(super) fn inbound(&self, status: &str) -> Value {
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

    pub(super) fn inbound_on_agent(&self, status: &str) -> Value {
        let mut body = self.inbound(status);
        body["answer_agent_number"] = self.call.agent.number.clone().into();
        body
    }

    pub(super) fn inbound_hangup(&self) -> Value {
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
            "answered_agent": if joined { self.inbound_agents() } else { "".into() },
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
            "recording_url": self.recording.clone().unwrap_or_default(),
            "ref_id": "",
            "start_stamp": self.stamp(call.rung),
            "uuid": call.uuid,
        })
    }

    fn inbound_flow(&self) -> Value {
        let call = self.call;
        let first = self.agents()[0];
        let leg = |status: &str, at: Option<Offset>| {
            json!({
                "type": "Agent",
                "id": first.id,
                "name": first.name,
                "num": extension(first),
                "dialst": status,
                "time": self.epoch(at),
            })
        };
        let mut flow = vec![json!({"type": "init", "value": call.call_id, "time": self.epoch(call.rung).to_string()})];
        flow.push(leg("Dialed", call.rung));
        if call.was_joined() {
            flow.push(leg("Answered", call.second_answered));
            flow.extend(self.handed_on());
        }
        flow.push(json!({"type": "hangup", "time": self.epoch(Some(call.last_moment()))}));
        Value::Array(flow)
    }

    fn inbound_agents(&self) -> Value {
        let row = |agent: &&Agent| {
            json!({
                "id": agent.id,
                "name": agent.name,
                "number": extension(agent),
                "agent_number": agent.number,
            })
        };
        self.agents().iter().map(row).collect()
    }
}
