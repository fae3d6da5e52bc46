//! Scheduled calls: made by a client, rung by the platform at their time, and listed with two clocks in one object.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};
use tokio::time::sleep;

use super::fields::Fields;
use super::history::Parameters;
use super::lists::user_id;
use super::{not_ok, sessions};
use crate::call::{Call, Kind, NewCall};
use crate::clock::{local_stamp, real, scaled};
use crate::fault::Refused;
use crate::number::Number;
use crate::server::ExchangeError;
use crate::switchboard::Switchboard;

const FIRST_ID: u64 = 229;

/// A call that is to be made, is made, or was made.
#[derive(Clone, Debug)]
pub(crate) struct Scheduled {
    pub(super) id: u64,
    pub(super) when: Timestamp,
    /// The agent's id.
    pub(super) assigned_to: String,
    assigned_to_name: String,
    customer: Number,
    customer_name: String,
    /// User id of who made it.
    created_by: String,
    created_at: Timestamp,
    reminds: Option<bool>,
    reminder_minutes: Option<i64>,
    end_minutes: Option<i64>,
    inbound_queue: Option<i64>,
    /// The serial of the call it led to.
    pub(super) call: Option<u64>,
}

/// Takes a call for later. A date that has passed is taken, too, and rings at once: nothing says otherwise.
pub(super) async fn create(
    State(board): State<Arc<Switchboard>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Refused> {
    let mut fields = Fields::read(&headers, &body)?;
    let customer_name = fields.required("customer_name");
    let date = fields.required("schedule_date_time");
    let assigned_to = fields.required("assigned_to");
    let plus = board.plays.takes_plus_on_destination();
    let customer = fields.required_number("customer_number", 10..=15, plus);
    let when = local_moment(&date, &board.zone);
    if when.is_none() && !date.is_empty() {
        fields.complain(
            "schedule_date_time",
            "The schedule date time does not match the format Y-m-d H:i:s.",
        );
    }
    let reminds = fields.flag("reminder_schedule_callbacks");
    let reminder_minutes = fields.integer("reminder_time");
    let end_minutes = fields.integer("call_end_min");
    let inbound_queue = fields.integer("inbound_queue");
    fields.checked()?;
    let agents = board.account().agents(board.plays);
    // An id: neither an extension nor a telephone number will do.
    let Some(agent) = agents.into_iter().find(|agent| agent.id == assigned_to) else {
        return Ok(not_ok("Invalid agent"));
    };
    let creator = sessions::agent_of(&board, super::bearer(&headers)).unwrap_or_else(|| agent.clone());
    let created_at = board.wall.now();
    let scheduled = Scheduled {
        id: 0,
        when: when.unwrap_or(created_at),
        assigned_to: agent.id,
        assigned_to_name: agent.name,
        customer: Number::read(&customer, board.plays),
        customer_name,
        created_by: user_id(&board, &creator).to_string(),
        created_at,
        reminds,
        reminder_minutes,
        end_minutes,
        inbound_queue,
        call: None,
    };
    await_time(&board, scheduled);
    Ok(Json(
        json!({"success": true, "message": "Schedule call created successfully"}),
    ))
}

/// Enters a call into the books and sets its timer, which is no work in progress until it rings.
fn await_time(board: &Arc<Switchboard>, mut scheduled: Scheduled) {
    let wait = match board.platform().scheduled_after {
        Some(after) => real(after, board.speed),
        None => {
            let ahead = Duration::try_from(scheduled.when.duration_since(scheduled.created_at)).unwrap_or_default();
            scaled(ahead, board.speed)
        }
    };
    let mut books = board.office.books();
    scheduled.id = FIRST_ID + u64::try_from(books.scheduled.len()).unwrap_or_default();
    let id = scheduled.id;
    books.scheduled.push(scheduled);
    drop(books);
    let exchange = board.clone();
    board.spawn(async move {
        sleep(wait).await;
        if let Err(error) = begin(&exchange, id) {
            tracing::debug!(%error, id, "a scheduled call does not ring");
        }
    });
}

/// Rings the agent of a pending call, then its customer. While the agent is offline the call stays pending.
pub(crate) fn begin(board: &Arc<Switchboard>, id: u64) -> Result<Call, ExchangeError> {
    let pending = |scheduled: &&mut Scheduled| scheduled.id == id && scheduled.call.is_none();
    let scheduled = {
        let mut books = board.office.books();
        let found = books.scheduled.iter_mut().find(pending).map(|found| found.clone());
        found.ok_or(ExchangeError::NotScheduled(id))?
    };
    let account = board.account();
    let agent = account
        .agents(board.plays)
        .into_iter()
        .find(|agent| agent.id == scheduled.assigned_to && matches!(sessions::status(board, agent), 0 | 3))
        .ok_or(ExchangeError::NoAgent)?;
    let did = account
        .dids(board.plays)
        .into_iter()
        .next()
        .map(|did| did.number)
        .unwrap_or_default();
    let verdict = board.verdict_on_dial(&agent.id, scheduled.customer.digits());
    let new = NewCall {
        kind: Kind::ClickToCall,
        agent,
        customer: scheduled.customer,
        did: Number::read(&did, board.plays),
        echo: Map::new(),
        talk_limit: None,
        ring_limit: None,
        origin: None,
    };
    // The lock is held while the call begins: its first event already needs to know where it comes from.
    let mut books = board.office.books();
    let found = books
        .scheduled
        .iter_mut()
        .find(pending)
        .ok_or(ExchangeError::NotScheduled(id))?;
    let call = board.place(new, verdict.plan());
    found.call = Some(call.serial);
    Ok(call)
}

/// The scheduled calls of a time, by their own local dates.
pub(super) async fn list(
    State(board): State<Arc<Switchboard>>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Json<Value>, Refused> {
    let query = Parameters(query);
    let from = day_or_moment(&query, "from_date", &board, Duration::ZERO)?;
    let to = day_or_moment(&query, "to_date", &board, Duration::from_secs(86_399))?;
    let scheduled = board.office.books().scheduled.clone();
    let (live, ended) = (board.live_calls(), board.ended_calls());
    let items: Vec<Value> = scheduled
        .iter()
        .filter(|scheduled| from.is_none_or(|from| scheduled.when >= from))
        .filter(|scheduled| to.is_none_or(|to| scheduled.when <= to))
        .map(|scheduled| {
            let progress = match scheduled.call {
                None => Progress::Pending,
                Some(serial) => match (
                    live.iter().find(|call| call.serial == serial),
                    ended.iter().find(|call| call.serial == serial),
                ) {
                    (Some(call), _) => Progress::Ringing(call.clock.stamp(Duration::ZERO)),
                    (None, Some(call)) => Progress::Over(call.clock.stamp(call.last_moment())),
                    // Too old to be remembered.
                    (None, None) => Progress::Over(scheduled.when),
                },
            };
            item(scheduled, progress, &board.zone)
        })
        .collect();
    Ok(Json(
        json!({"ok": true, "message": "Fetched Successfully", "data": items}),
    ))
}

/// How far a scheduled call is, and since when.
enum Progress {
    Pending,
    Ringing(Timestamp),
    Over(Timestamp),
}

/// Dates of the call are local and do not say so; those of the entry are UTC.
fn item(scheduled: &Scheduled, progress: Progress, zone: &TimeZone) -> Value {
    let utc = |moment: Timestamp| moment.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string();
    let (status, updated_at) = match progress {
        Progress::Pending => (0, scheduled.created_at),
        Progress::Ringing(since) => (1, since),
        Progress::Over(since) => (2, since),
    };
    let ends = scheduled
        .end_minutes
        .and_then(|minutes| scheduled.when.checked_add(SignedDuration::from_mins(minutes)).ok())
        .map(|moment| local_stamp(moment, zone));
    json!({
        "id": scheduled.id,
        "agent_id": scheduled.created_by,
        "customer_number": scheduled.customer.digits(),
        "note": "",
        "schedule_date_time": local_stamp(scheduled.when, zone),
        "status": status,
        "created_by": scheduled.created_by,
        "inbound_queue": scheduled.inbound_queue,
        // The dialer campaign of the queue.
        "campaign_id": scheduled.inbound_queue.map(|_| 281),
        "updated_by": scheduled.created_by,
        "call_detail": null,
        "customer_name": scheduled.customer_name,
        "assigned_to_name": scheduled.assigned_to_name,
        "assigned_to": scheduled.assigned_to,
        "call_end_time": ends,
        "created_at": utc(scheduled.created_at),
        "updated_at": utc(updated_at),
        "reminder_schedule_callbacks": scheduled.reminds,
        "reminder_time": scheduled.reminder_minutes,
        "call_end_min": scheduled.end_minutes,
    })
}

fn local_moment(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let local = DateTime::strptime("%Y-%m-%d %H:%M:%S", text).ok()?;
    local.to_zoned(zone.clone()).ok().map(|moment| moment.timestamp())
}

/// A bound of the list. Its format is not documented: a day is taken as well as a moment.
fn day_or_moment(
    query: &Parameters,
    name: &str,
    board: &Switchboard,
    into_day: Duration,
) -> Result<Option<Timestamp>, Refused> {
    let day = query.one(name).and_then(|text| Date::strptime("%Y-%m-%d", text).ok());
    match day.and_then(|day| day.to_zoned(board.zone.clone()).ok()) {
        Some(midnight) => Ok(Some(midnight.timestamp() + into_day)),
        None => query.moment(name, board),
    }
}
