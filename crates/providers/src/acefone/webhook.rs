//! The platform's webhooks as facts: bytes in, facts out.
//!
//! The keys of a body are whatever the tenant typed into the template; the default names are read. What one event
//! proves becomes one fact, and a hangup also proves when the first leg had picked up.

mod outcome;
mod parties;
mod told;

use telephony::{CallOutcome, Direction, Fact, FactKind, FactSource, LegNaming};

use self::outcome::Ending;
use self::parties::Parties;
use self::told::Told;
use super::wire;
use crate::payload::Payload;
use crate::{DecodeContext, DecodeError, RawEvent, small_print, stamp};

/// Names by which the level that holds the fields is recognised.
const KNOWN: [&str; 8] = [
    "call_id",
    "uuid",
    "ref_id",
    "call_status",
    "direction",
    "call_to_number",
    "caller_id_number",
    "start_stamp",
];

/// Reads one event. `own_names` are the agent's: where an event names the agent in several ways, one of these is kept.
pub(crate) fn decode(
    event: RawEvent<'_>,
    context: &DecodeContext,
    own_names: &[String],
) -> Result<Vec<Fact>, DecodeError> {
    let payload = Payload::read(event, &KNOWN)?;
    let (told, evidence) = told::read(&payload);
    let identifier = context
        .identifier_name
        .as_deref()
        .unwrap_or("custom_identifier")
        .to_lowercase();
    let our_id = payload.text(&identifier);
    // Only calls placed through the API carry an identifier of ours.
    let direction = payload
        .text("direction")
        .and_then(|text| wire::direction(&text))
        .or_else(|| our_id.is_some().then_some(Direction::Outbound));
    let parties = Parties::read(&payload, told, direction, context, own_names);
    let at = |name: &str| {
        payload
            .text(name)
            .and_then(|text| stamp::read(&text, &context.time_zone))
    };
    let base = Fact {
        started_at: at("start_stamp"),
        leg_naming: match direction {
            // Who called in is the customer and who takes it the agent, whatever rings first.
            Some(Direction::Inbound) => LegNaming::Party,
            Some(Direction::Outbound) | None => LegNaming::Position,
        },
        customer: parties.customer,
        caller_id: parties.caller_id,
        agent: parties.agent,
        our_id,
        provider_call_id: payload.text("call_id"),
        provider_request_id: payload.text("ref_id"),
        provider_leg_id: payload.text("uuid"),
        direction,
        has_recording: ["recording_url", "recording_name", "aws_call_recording_identifier"]
            .iter()
            .any(|name| payload.has(name)),
        evidence: evidence.and_then(small_print::evidence),
        ..Fact::new(FactKind::UnknownEvent, FactSource::Webhook, context.received_at)
    };
    let fact = |kind: FactKind, time| Fact {
        kind,
        leg: kind.leg(),
        occurred_at: time,
        ..base.clone()
    };
    Ok(match told {
        // Only the time of the answer itself will do: `start_stamp` is when the call began, and in the customer's
        // event `answer_stamp` may still be the agent's.
        Told::AgentAnswered => vec![fact(FactKind::AgentLegAnswered, at("answer_stamp"))],
        Told::CustomerAnswered => vec![fact(FactKind::CustomerLegAnswered, None)],
        Told::AgentRinging => vec![fact(FactKind::AgentLegRinging, None)],
        Told::AgentMissed => vec![fact(FactKind::AgentLegEnded, at("end_stamp"))],
        Told::CustomerMissed => {
            let missed = fact(FactKind::CustomerLegEnded, at("end_stamp"));
            vec![Fact {
                outcome: Some(CallOutcome::CustomerNoAnswer),
                ..missed
            }]
        }
        Told::Received => vec![fact(FactKind::CallReceived, at("start_stamp"))],
        Told::Ended(status) => {
            let ending = Ending::read(&payload, status, direction);
            let ended = Fact {
                outcome: Some(ending.outcome),
                ended_by: ending.ended_by,
                talk_seconds: ending.talk_seconds,
                transferred_to: parties.transferred_to,
                ..fact(FactKind::CallEnded, at("end_stamp"))
            };
            let answered_at = match direction {
                // `answer_stamp` of an outbound call is the first leg's pickup.
                Some(Direction::Outbound) => ending.first_leg_answered.then(|| at("answer_stamp")).flatten(),
                // Inbound it is the menu's; the agent's is in the flow.
                Some(Direction::Inbound) => parties.answered_at.filter(|_| ending.outcome == CallOutcome::Talked),
                None => None,
            };
            let answered = answered_at.map(|time| Fact {
                has_recording: false,
                ..fact(FactKind::AgentLegAnswered, Some(time))
            });
            std::iter::once(ended).chain(answered).collect()
        }
        Told::Other => vec![base],
    })
}
