//! A call as faces show it: the state line, the next step, the notification.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use telephony::{CallOutcome, DialOrder, Direction, Dispatch, EndedBy, Known, LegState, Phase, PhoneNumber};

use super::CallRecord;
use super::record::Before;
use crate::desks::accounts::Account;
use crate::view::{AlertKind, AlertText, CallView, EndState, NotificationView, ShownNumber, Words};
use crate::words;

/// The words kept with a dial that was refused for want of a session.
pub(crate) const SIGNED_IN_AGAIN: &str = "account.signed_in_again";

/// Buttons of a notification, at most.
const MOST_ACTIONS: usize = 2;

/// The view of one call, without its facts.
pub(crate) fn view(record: &CallRecord, account: Option<&Account>, now: Timestamp) -> CallView {
    let row = &record.stored.row;
    let reading = &record.reading;
    let end = record.end.as_ref().map_or(EndState::None, |end| end.state);
    let open = reading.phase != Phase::Ended;
    let endable = account.is_some_and(Account::can_end);
    let says = says(record, account);
    CallView {
        id: row.id.clone(),
        account: row.account.clone(),
        provider: row.provider.parse().unwrap_or(providers::ProviderKind::Sandbox),
        direction: row.direction,
        target: row.target.clone(),
        customer: row.customer.clone(),
        customer_typed: row.customer_typed.clone(),
        caller_id: row.caller_id.clone(),
        contact: record.contact.clone(),
        phase: reading.phase,
        outcome: reading.outcome,
        reason: reading.reason.clone(),
        ended_by: reading.ended_by,
        legs: reading.legs.clone(),
        dial_order: row.dial_order,
        provider_ids: reading.provider_ids.clone(),
        requested_at: row.requested_at,
        agent_answered_at: reading.agent_answered_at,
        connected_at: reading.connected_at,
        ended_at: reading.ended_at,
        talk_seconds: reading.talk_seconds,
        dispatch: record.stored.dispatch,
        disposition: record.stored.disposition.clone(),
        note: record.stored.note.clone(),
        facts: None,
        transferred_to: reading.transferred_to.clone(),
        has_recording: reading.has_recording,
        end_known: reading.end_known,
        connected_at_known: reading.connected_at_known,
        headline: says.headline(),
        advice: says.advice(),
        state_since: record.state_since,
        end,
        can_end: open
            && (record.stored.dispatch == Some(Dispatch::Intent)
                || endable && matches!(end, EndState::None | EndState::Failed | EndState::Expired)),
        can_check_again: account
            .is_some_and(|account| record.is_unclear() && (account.can_read_records() || open && account.can_poll())),
        can_mark_ended: open
            && (matches!(reading.phase, Phase::Unconfirmed | Phase::HandedOver) || !record.is_active(now)),
        dismissed: record.stored.dismissed,
        sandbox: row.sandbox,
        // A word of ours is advice, not small print.
        provider_message: record.stored.message.clone().filter(|_| !session_was_over(record)),
        shown: shown_of(record),
        caller_id_shown: record
            .shown
            .caller_id
            .as_ref()
            .map(|number| match &record.caller_id_label {
                Some(label) => format!("{label} · {number}"),
                None => number.clone(),
            }),
    }
}

/// A number, or what else was called, as people read it.
pub(crate) fn shown(number: Option<&PhoneNumber>, otherwise: &str) -> ShownNumber {
    match number {
        Some(number) => shown_number(number),
        None => shown_otherwise(otherwise),
    }
}

pub(super) fn shown_number(number: &PhoneNumber) -> ShownNumber {
    ShownNumber {
        national: number.national(),
        international: number.international(),
        country: number.region().map(|region| region.to_string()),
    }
}

fn shown_otherwise(text: &str) -> ShownNumber {
    ShownNumber {
        national: text.to_owned(),
        international: text.to_owned(),
        country: None,
    }
}

fn shown_of(record: &CallRecord) -> ShownNumber {
    let customer = record.shown.customer.clone();
    customer.unwrap_or_else(|| shown_otherwise(&record.stored.row.target))
}

/// The word for an enum value as the interface spells it.
pub(crate) fn snake(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => text,
        Ok(_) | Err(_) => String::new(),
    }
}

fn says<'r>(record: &'r CallRecord, account: Option<&Account>) -> Says<'r> {
    let row = &record.stored.row;
    let who = match &record.contact {
        Some(contact) => contact.said(),
        None => shown_of(record).international,
    };
    let provider = account.map_or_else(|| row.provider.clone(), |account| account.played_name().to_owned());
    Says { record, who, provider }
}

/// The sentences of one call.
struct Says<'r> {
    record: &'r CallRecord,
    who: String,
    provider: String,
}

/// Whether a dial was refused only because its session had ended, which is the account's to mend, and is being mended.
fn session_was_over(record: &CallRecord) -> bool {
    // The status of the answer is kept behind it.
    let begins = |message: &str| words::find(SIGNED_IN_AGAIN).is_some_and(|words| message.starts_with(words));
    record.stored.message.as_deref().is_some_and(begins)
}

impl Says<'_> {
    fn words(&self, key: &str) -> Words {
        let params = BTreeMap::from([
            ("who".to_owned(), self.who.clone()),
            ("provider".to_owned(), self.provider.clone()),
        ]);
        Words {
            key: key.to_owned(),
            params,
        }
    }

    fn headline(&self) -> Words {
        self.words(&self.headline_key())
    }

    fn headline_key(&self) -> String {
        let (record, reading) = (self.record, &self.record.reading);
        let inbound = record.stored.row.direction == Direction::Inbound;
        let support = record.stored.row.dial_order == DialOrder::CustomerFirst && !inbound;
        let confirmed = |known: Known| if known == Known::Confirmed { "" } else { "_assumed" };
        if reading.phase != Phase::Ended && record.end_accepted() {
            return "headline.ending".into();
        }
        match reading.phase {
            Phase::Requested if record.stored.dispatch == Some(Dispatch::Intent) => "headline.preparing".into(),
            Phase::Requested if record.stored.dispatch == Some(Dispatch::Accepted) => "headline.accepted".into(),
            Phase::Requested if inbound => "headline.inbound_received".into(),
            Phase::Requested => "headline.sending".into(),
            Phase::HandedOver => "headline.handed_over".into(),
            Phase::RingingAgent if inbound => "headline.inbound_ringing".into(),
            Phase::RingingAgent if support => "headline.destination_rings".into(),
            Phase::RingingAgent => format!("headline.agent_rings{}", confirmed(reading.legs.agent.known)),
            Phase::RingingCustomer => format!("headline.customer_rings{}", confirmed(reading.legs.customer.known)),
            Phase::Connected => "headline.connected".into(),
            Phase::Unconfirmed if record.stored.dispatch == Some(Dispatch::Unknown) => "headline.no_answer".into(),
            Phase::Unconfirmed => "headline.no_news".into(),
            Phase::Ended => match (reading.outcome, reading.ended_by) {
                (Some(CallOutcome::Talked), Some(EndedBy::Customer)) => "headline.ended.talked_customer".into(),
                (Some(CallOutcome::Talked), Some(EndedBy::Agent)) => "headline.ended.talked_agent".into(),
                (Some(outcome), _) => format!("headline.ended.{}", snake(&outcome)),
                (None, _) => "headline.ended.unknown".into(),
            },
        }
    }

    fn advice(&self) -> Option<Words> {
        let (record, reading) = (self.record, &self.record.reading);
        let end = record.end.as_ref().map(|end| end.state);
        let key = match (reading.phase, end) {
            (Phase::Ended, _) => match (reading.outcome, reading.reason.as_deref()) {
                (Some(CallOutcome::Refused), _) if session_was_over(record) => SIGNED_IN_AGAIN.into(),
                (Some(CallOutcome::Refused | CallOutcome::NotSent), Some(reason)) => {
                    let key = format!("advice.reason.{reason}");
                    if words::find(&key).is_some() {
                        key
                    } else {
                        "advice.refused".into()
                    }
                }
                (Some(CallOutcome::Unknown), _) => "advice.ended_unknown".into(),
                _ => return None,
            },
            (_, Some(EndState::Queued)) if record.stored.dispatch != Some(Dispatch::Intent) => {
                "advice.end_queued".into()
            }
            (_, Some(EndState::Expired)) => "advice.end_expired".into(),
            (_, Some(EndState::Failed)) => "advice.end_failed".into(),
            (Phase::Unconfirmed, _) if record.stored.dispatch == Some(Dispatch::Unknown) => "advice.no_answer".into(),
            (Phase::Unconfirmed, _) => "advice.no_news".into(),
            (Phase::HandedOver, _) => "advice.handed_over".into(),
            (Phase::RingingAgent, _) if record.stored.row.direction == Direction::Outbound => "advice.pick_up".into(),
            (Phase::RingingCustomer, _) if record.stored.row.dial_order == DialOrder::AgentFirst => {
                "advice.stay_on".into()
            }
            (Phase::RingingAgent | Phase::RingingCustomer | Phase::Requested | Phase::Connected, _) => return None,
        };
        Some(self.words(&key))
    }
}

/// What to tell on the desktop about a change, if it is worth telling.
pub(crate) fn notification(before: &Before, record: &CallRecord, view: &CallView) -> Option<NotificationView> {
    let legs = (record.reading.legs.agent.state, record.reading.legs.customer.state);
    // Of an unclear call nothing is said about its legs: one that is heard of late changes no word.
    let same_legs = before.legs == legs || view.phase == Phase::Unconfirmed;
    let same = before.phase == view.phase && before.dispatch == view.dispatch && same_legs && !before.was_new;
    // What only prepares is not an event of the call.
    let quiet = view.phase == Phase::Requested && view.direction == Direction::Outbound;
    if same || quiet || (before.phase == Phase::Ended && view.phase == Phase::Ended && !before.was_new) {
        return None;
    }
    Some(notification_of(record, view))
}

/// What a notification says of a call as it stands.
pub(crate) fn notification_of(record: &CallRecord, view: &CallView) -> NotificationView {
    let inbound = view.direction == Direction::Inbound;
    let title = match &view.contact {
        Some(contact) => contact.said(),
        None => view.shown.international.clone(),
    };
    let over = view.phase == Phase::Ended;
    let well_ended = matches!(view.outcome, Some(CallOutcome::Talked | CallOutcome::Cancelled));
    let kind = alert_kind(record, view);
    NotificationView {
        id: view.id.clone(),
        call: view.id.clone(),
        kind,
        title,
        body: body(view, &view.headline),
        discreet: AlertText {
            title: words::say(&format!("alert.{}.title", kind.key()), &BTreeMap::new()),
            body: capitalised(&body(view, &discreet(&view.headline))),
        },
        urgent: inbound && !over && record.reading.legs.agent.state != LegState::Answered,
        actions: actions(view),
        important: inbound || view.phase == Phase::Unconfirmed || (over && !well_ended),
        ..NotificationView::default()
    }
}

fn body(view: &CallView, headline: &Words) -> String {
    let mut body = words::sentence(headline);
    if let Some(shown) = &view.caller_id_shown {
        let params = BTreeMap::from([("did".to_owned(), shown.clone())]);
        let inbound = view.direction == Direction::Inbound;
        body.push('\n');
        body.push_str(&words::say(
            if inbound { "notification.to" } else { "notification.via" },
            &params,
        ));
    }
    if view.phase == Phase::Unconfirmed
        && let Some(advice) = &view.advice
    {
        body.push('\n');
        // Of an unclear call: it names nobody.
        body.push_str(&words::sentence(advice));
    }
    body
}

/// A sentence that does not say who the customer is.
fn discreet(sentence: &Words) -> Words {
    let mut sentence = sentence.clone();
    if let Some(who) = sentence.params.get_mut("who") {
        *who = words::say("alert.somebody", &BTreeMap::new());
    }
    sentence
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
}

/// What an alert of a call as it stands is about.
fn alert_kind(record: &CallRecord, view: &CallView) -> AlertKind {
    let inbound = view.direction == Direction::Inbound;
    match (view.phase, view.outcome) {
        (Phase::Unconfirmed, _) => AlertKind::Failed,
        (Phase::Ended, _) if view.is_missed() => AlertKind::Missed,
        (
            Phase::Ended,
            Some(CallOutcome::Refused | CallOutcome::NotSent | CallOutcome::Failed | CallOutcome::Unknown),
        ) => AlertKind::Failed,
        (Phase::Ended, _) => AlertKind::Ended,
        (Phase::Requested | Phase::HandedOver | Phase::RingingAgent | Phase::RingingCustomer | Phase::Connected, _)
            if inbound && record.reading.legs.agent.state != LegState::Answered =>
        {
            AlertKind::Incoming
        }
        (Phase::Requested | Phase::HandedOver | Phase::RingingAgent | Phase::RingingCustomer | Phase::Connected, _) => {
            AlertKind::Progress
        }
    }
}

/// Whether there is a reason to call again: the two have not talked, and it is known that they have not.
fn is_worth_another(view: &CallView) -> bool {
    let reached_nobody = matches!(
        view.outcome,
        Some(
            CallOutcome::CustomerNoAnswer
                | CallOutcome::CustomerBusy
                | CallOutcome::CustomerRejected
                | CallOutcome::AgentNoAnswer
                | CallOutcome::AgentBusy
                | CallOutcome::AgentUnavailable
        )
    );
    view.phase == Phase::Ended && view.customer.is_some() && (view.is_missed() || reached_nobody)
}

/// What can be done about a call from its notification: a click opens it, and of the rest not more than two.
fn actions(view: &CallView) -> Vec<(String, String)> {
    let inbound = view.direction == Direction::Inbound;
    let unclear = view.phase == Phase::Unconfirmed;
    let again = is_worth_another(view);
    [
        ("check_again", unclear && view.can_check_again),
        ("mark_ended", unclear && view.can_mark_ended),
        ("call_back", again),
        ("remind_later", again),
        ("open", true),
        // One that rings is taken or left at the telephone.
        (
            "end",
            view.can_end && (!inbound || view.phase == Phase::Connected) && !unclear,
        ),
    ]
    .into_iter()
    .filter(|(_, offered)| *offered)
    .take(MOST_ACTIONS)
    .map(|(id, _)| {
        let label = words::say(&format!("notification.{id}"), &BTreeMap::new());
        (id.to_owned(), label)
    })
    .collect()
}
