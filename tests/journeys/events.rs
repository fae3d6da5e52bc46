//! Webhooks as the platform posts them.

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::provider::call_id_of;
use crate::stage::{CUSTOMER, DID};

/// The events of one outbound call.
pub struct Events {
    our_id: String,
    customer: String,
    call_id: String,
    began: Timestamp,
}

impl Events {
    /// Those of a call that was just placed.
    pub fn of(call: &Value) -> Result<Self> {
        let customer = call["customer"].as_str().unwrap_or(CUSTOMER);
        Ok(Self::new(crate::stage::id_of(call)?, customer))
    }

    pub fn new(our_id: &str, customer: &str) -> Self {
        Self {
            our_id: our_id.to_owned(),
            customer: customer.trim_start_matches('+').to_owned(),
            call_id: call_id_of(customer),
            began: Timestamp::now(),
        }
    }

    pub fn agent_answered(&self) -> Value {
        json!({
            "uuid": self.uuid(), "call_to_number": self.customer, "caller_id_number": DID,
            "start_stamp": self.stamp(0), "answer_agent_number": "+442079460001", "call_id": self.call_id,
            "call_status": "Answered by agent", "direction": "click_to_call",
            "customer_no_with_prefix ": format!("+{}", self.customer), "async": 1, "custom_identifier": self.our_id,
        })
    }

    /// Has no `call_id`, as on the wire.
    pub fn customer_answered(&self) -> Value {
        json!({
            "uuid": self.uuid(), "call_to_number": self.customer, "caller_id_number": DID,
            "start_stamp": self.stamp(0), "call_status": "Answered by customer", "direction": "click_to_call",
            "customer_no_with_prefix ": format!("+{}", self.customer), "custom_identifier": self.our_id,
            "answered_agent_number": {"follow_me_number": "+442079460001", "id": "0507000000059", "name": "Agent One"},
        })
    }

    /// The agent had it for 19 seconds, the customer for 12 of them.
    pub fn hangup(&self) -> Value {
        json!({
            "uuid": self.uuid(), "call_to_number": self.customer, "caller_id_number": DID,
            "start_stamp": self.stamp(0), "answer_stamp": self.stamp(4), "end_stamp": self.stamp(23),
            "billsec": "19", "duration": "19", "outbound_sec": "12", "digits_dialed": "", "direction": "clicktocall",
            "answered_agent": {"id": "0507000000059", "name": "Agent One", "dialst": "Answered",
                               "number": "442079460001", "agent_number": "+442079460001"},
            "answered_agent_name": "Agent One", "missed_agent": "", "call_flow": [],
            "recording_url": "https://recordings.example.invalid/file/recording?callId=1&token=REDACTED",
            "call_status": "answered", "call_id": self.call_id, "call_connected": "1", "agent_ring_time": "4",
            "customer_ring_time": "7", "customer_no_with_prefix ": format!("+{}", self.customer),
            "campaign_name": "$campaign_name", "reason_key": "Call Disconnected By Callee",
            "hangup_cause_code": "16", "hangup_cause_key": "NORMAL_CLEARING", "custom_identifier": self.our_id,
        })
    }

    /// The same for every event of one call.
    fn uuid(&self) -> String {
        format!("67aaf{}", self.customer)
    }

    /// Local to the account, without a zone.
    fn stamp(&self, seconds: i64) -> String {
        stamp(self.began + SignedDuration::from_secs(seconds))
    }
}

/// The events of a call that comes in.
pub struct Inbound {
    pub customer: String,
    pub call_id: String,
}

impl Inbound {
    fn uuid(&self) -> String {
        format!("6a526{}", self.call_id)
    }

    pub fn received(&self) -> Value {
        json!({
            "uuid": self.uuid(), "call_id": self.call_id, "call_to_number": DID,
            "caller_id_number": self.customer, "did_number": DID, "start_stamp": stamp(Timestamp::now()),
            "call_status": "Call received on server", "direction": "inbound", "custom_identifier": "", "ref_id": "",
        })
    }

    pub fn answered(&self) -> Value {
        json!({
            "uuid": self.uuid(), "call_id": self.call_id, "call_to_number": DID,
            "caller_id_number": self.customer, "did_number": DID, "start_stamp": stamp(Timestamp::now()),
            "answered_agent_number": "+442079460001", "call_status": "Answered by agent", "direction": "inbound",
        })
    }

    /// Nobody took it, or `agent_seconds` were talked.
    pub fn hangup(&self, talked: Option<u32>) -> Value {
        let now = Timestamp::now();
        let taken = talked.map(|_| json!([{"id": "0507000000059", "name": "Agent One", "number": "+442079460001"}]));
        json!({
            "uuid": self.uuid(), "call_id": self.call_id, "call_to_number": DID,
            "caller_id_number": self.customer, "did_number": DID, "start_stamp": stamp(now), "end_stamp": stamp(now),
            "answer_stamp": if talked.is_some() { stamp(now) } else { String::new() },
            "billsec": talked.unwrap_or_default().to_string(), "duration": "20",
            "call_status": if talked.is_some() { "answered" } else { "missed" },
            "answered_agent": taken.unwrap_or_else(|| json!("")), "missed_agent": "",
            "call_flow": [{"type": "init", "value": self.call_id, "time": "1783784632"}],
            "hangup_cause": "NormalClearing", "direction": "inbound", "recording_url": "",
        })
    }
}

fn stamp(at: Timestamp) -> String {
    let local = at.in_tz("Europe/London").map(|zoned| zoned.datetime());
    local.map_or_else(
        |_| String::new(),
        |local| local.strftime("%Y-%m-%d %H:%M:%S").to_string(),
    )
}
