//! What the events of the platform's own, scheduled calls say otherwise.

use serde_json::{Map, Value, json};

use super::{Writer, insert, prefixed_extension};
use crate::call::EndedBy;
use crate::clock::{Offset, local_stamp};

impl Writer<'_> {
    /// The platform's own calls differ in the hangup event: stamps in American style, no `billsec`, agents in a list.
    /// Only inbound dialer calls have been seen; outbound ones are written alike.
    pub(super) fn write_as_dialer(&self, body: &mut Map<String, Value>) {
        let call = self.call;
        let american = |at: Option<Offset>| {
            at.map(|at| {
                let local = call.clock.stamp(at).to_zoned(self.zone.clone());
                local.strftime("%-m/%-d/%Y, %-I:%M:%S %p").to_string()
            })
            .unwrap_or_default()
        };
        let cause = match call.end.map(|end| end.by) {
            Some(EndedBy::Agent) => "disconnected_by_caller",
            Some(EndedBy::Customer) => "disconnected_by_callee",
            Some(EndedBy::Exchange) | None => "NormalClearing",
        };
        insert(
            body,
            json!({
                "start_stamp": american(call.first_answered.or(call.rung)),
                "answer_stamp": american(call.first_answered),
                "end_stamp": american(Some(call.last_moment())),
                "billsec": "",
                "hangup_cause": cause,
                "ref_id": "",
            }),
        );
        if call.first_answered.is_some() {
            body.insert("answered_agent".to_owned(), self.dialer_agents());
            body.insert(
                "answered_agent_number".to_owned(),
                prefixed_extension(&call.agent).into(),
            );
        }
        self.write_schedule(body);
    }

    /// The agents of a dialer call in order; whether they got it by transfer is said in words.
    fn dialer_agents(&self) -> Value {
        self.agents()
            .iter()
            .enumerate()
            .map(|(index, agent)| {
                json!({
                    "id": agent.id,
                    "name": agent.name,
                    "number": prefixed_extension(agent),
                    "is_transferred_agent": if index == 0 { "No" } else { "Yes" },
                })
            })
            .collect()
    }

    /// What every event of a scheduled call says besides.
    pub(super) fn write_schedule(&self, body: &mut Map<String, Value>) {
        if let Some(scheduled) = &self.scheduled {
            insert(
                body,
                json!({
                    "direction": "Dialer (outbound)",
                    "call_hint": "dialer",
                    "schedule_timestamp": local_stamp(scheduled.when, self.zone),
                    "schedule_assigned_agent_id": scheduled.assigned_to,
                    "schedule_note": "",
                }),
            );
        }
    }
}
