//! Calls that the platform places by itself at a time, and its list of them.
//!
//! One entry has two clocks: when the call is due is local to the account, when it was entered is UTC.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use telephony::{PhoneNumber, Region};

use super::Acefone;
use super::api::query;
use super::config::is_platform_id;
use super::control::{filled, members};
use super::paging::{entries, json_u32};
use super::place::written;
use crate::{
    Credentials, ErrorKind, Operation, ProviderError, Purpose, ScheduledCall, ScheduledCallDraft, ScheduledState, Told,
    Transport, json_body, stamp,
};

const PATH: &str = "/v1/dialer/schedule_call";

impl Acefone {
    pub(super) async fn schedule(
        &self,
        draft: &ScheduledCallDraft,
        secrets: &Credentials,
        transport: &dyn Transport,
    ) -> Result<Told, ProviderError> {
        let operation = Operation::ScheduleCall;
        let refuse = |field, why| self.problem(ErrorKind::ConfigInvalid, operation).about(field, why);
        let name = filled(&draft.customer_name).ok_or_else(|| refuse("customer_name", "missing"))?;
        let given = draft.assigned_to.as_deref().and_then(filled);
        let agent = given
            .or_else(|| self.config.own_agent_id())
            .ok_or_else(|| refuse("agent_id", "missing"))?;
        // Neither extension nor telephone number will do here.
        if !(agent.starts_with("05") && is_platform_id(agent)) {
            return Err(refuse("assigned_to", "agent_id"));
        }
        let mut body = members(json!({
            "customer_name": name,
            "schedule_date_time": stamp::local_text(draft.at, &self.config.time_zone),
            "assigned_to": agent,
            "customer_number": written(&draft.customer, &self.config, true),
        }));
        if let Some(minutes) = draft.reminder_min {
            body.insert("reminder_schedule_callbacks".into(), true.into());
            body.insert("reminder_time".into(), minutes.into());
        }
        if let Some(minutes) = draft.call_end_min {
            body.insert("call_end_min".into(), minutes.into());
        }
        if let Some(queue) = draft.queue.as_deref().and_then(filled) {
            let queue: u64 = queue.parse().map_err(|_| refuse("queue", "integer"))?;
            body.insert("inbound_queue".into(), queue.into());
        }
        let told = self
            .order(Purpose::Change, PATH, body.clone(), operation, secrets, transport)
            .await;
        match told {
            // The page prints the route with a slash at its end. Where there is no route nothing was entered.
            Err(error) if matches!(error.status, Some(301 | 302 | 307 | 308 | 404 | 405)) => {
                let path = format!("{PATH}/");
                self.order(Purpose::Change, &path, body, operation, secrets, transport)
                    .await
            }
            told => told,
        }
    }

    pub(super) async fn scheduled_calls(
        &self,
        from: Timestamp,
        to: Timestamp,
        secrets: &Credentials,
        transport: &dyn Transport,
    ) -> Result<Told, ProviderError> {
        let operation = Operation::ScheduledCalls;
        let zone = &self.config.time_zone;
        let local = |time| stamp::local_text(time, zone);
        let path = format!("{PATH}{}", query([("from_date", local(from)), ("to_date", local(to))]));
        let body = self.get(&path, operation, secrets, transport).await?;
        let list = entries(&body).ok_or_else(|| self.unexpected(operation))?;
        let calls = list
            .iter()
            .filter_map(|entry| scheduled_call(entry, self.config.region, zone));
        Ok(Told::ScheduledCalls(calls.collect()))
    }
}

/// An entry of the list; none without an id.
fn scheduled_call(entry: &Value, region: Region, zone: &TimeZone) -> Option<ScheduledCall> {
    let text = |name: &str| json_body::member_text(entry, name);
    let call = json_body::member(entry, "call_detail");
    Some(ScheduledCall {
        id: text("id")?,
        state: match text("status").as_deref() {
            Some("0") => ScheduledState::Pending,
            Some("1") => ScheduledState::InProgress,
            Some("2") => ScheduledState::Completed,
            Some(_) | None => ScheduledState::Unknown,
        },
        at: text("schedule_date_time").and_then(|text| stamp::read(&text, zone)),
        customer: text("customer_number").and_then(|text| PhoneNumber::from_provider(&text, region)),
        customer_name: text("customer_name"),
        assigned_to: text("assigned_to"),
        assigned_to_name: text("assigned_to_name"),
        note: text("note"),
        queue: text("inbound_queue"),
        reminder_min: json_u32(entry, "reminder_time"),
        call_end_min: json_u32(entry, "call_end_min"),
        provider_call_id: call
            .and_then(|call| json_body::member_text(call, "call_id").or_else(|| json_body::text(call))),
    })
}
