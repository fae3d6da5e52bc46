//! What must hold: of every moment, and of the end of every history.

use std::collections::BTreeSet;
use std::sync::PoisonError;

use anyhow::{Context, Result, ensure};
use engine::view::CallView;
use exchange::TrueCall;
use jiff::{SignedDuration, Timestamp};
use providers::{AccountSettings, RawEvent};
use telephony::{CallOutcome, Direction, Dispatch, Fact, Known, LegState, Phase};

use crate::history::{History, Tally};
use crate::line::Dial;

/// How long after a gesture its dial may leave.
const A_GESTURE_HOLDS: SignedDuration = SignedDuration::from_secs(10);

/// How things stood before the engine was asked: what it shows can be later, never earlier.
pub struct Before {
    dials: Vec<Dial>,
    truth: Vec<TrueCall>,
}

impl Before {
    pub fn of(history: &History) -> Self {
        Self {
            dials: history.dials.all(),
            truth: history.exchange.calls(),
        }
    }
}

/// Nothing is dialled more often than wished, and nothing is shown that is not so.
pub fn at_any_time(history: &History, before: &Before, calls: &[CallView]) -> Result<()> {
    let truth = history.exchange.calls();
    for number in numbers(history) {
        let dials = dials_to(&before.dials, history, number);
        let gestures = history.wishes.iter().filter(|wish| wish.number == number).count();
        ensure!(dials <= gestures, "{number}: {dials} dials of {gestures} gestures");
        soon_after_a_gesture(history, &before.dials, number)?;
        let shown: Vec<&CallView> = outbound(calls, number).collect();
        let real: Vec<&TrueCall> = placed(history, &truth, number).collect();
        only_what_is_so(history, number, &shown, &real)?;
        let answered = placed(history, &before.truth, number).filter(|real| real.first_answered.is_some());
        nothing_denied(number, &shown, dials, answered.count())?;
    }
    for call in calls.iter().filter(|call| call.direction == Direction::Inbound) {
        let number = history.setup.national(&call.target);
        let mut known = truth
            .iter()
            .filter(|real| real.is_inbound && real.customer.ends_with(&number));
        let told_over = call.phase == Phase::Ended && call.end_known == Some(Known::Confirmed);
        ensure!(
            known.any(|real| !told_over || real.ended.is_some()),
            "no such call came in, or it goes on: {call:#?}"
        );
    }
    Ok(())
}

/// Nobody's telephone rings for a gesture that is forgotten: a dial leaves soon after it, or never.
fn soon_after_a_gesture(history: &History, dials: &[Dial], number: &str) -> Result<()> {
    let national = history.setup.national(number);
    let wishes = history.wishes.iter().filter(|wish| wish.number == number);
    let asked_at: Vec<Timestamp> = wishes.flat_map(|wish| wish.asked_at.iter().copied()).collect();
    for dial in dials.iter().filter(|dial| dial.digits == national) {
        let is_soon =
            |asked: &Timestamp| (SignedDuration::ZERO..=A_GESTURE_HOLDS).contains(&dial.at.duration_since(*asked));
        ensure!(
            asked_at.iter().any(is_soon),
            "{number}: dialled at {}, long after any gesture",
            dial.at
        );
    }
    Ok(())
}

/// Of the calls to one number: each statement that reads as a fact is true of some call that really was.
fn only_what_is_so(history: &History, number: &str, shown: &[&CallView], real: &[&TrueCall]) -> Result<()> {
    type Is<'a> = &'a dyn Fn(&&TrueCall) -> bool;
    let first: Is = &|call| call.first_answered.is_some();
    let second: Is = &|call| call.second_answered.is_some();
    let (agent, customer) = if history.setup.customer_first {
        (second, first)
    } else {
        (first, second)
    };
    let at_least = |what: &str, shown: Vec<&&CallView>, real: usize| {
        ensure!(
            shown.len() <= real,
            "{number}: {} calls are shown as {what}, and {real} are: {shown:#?}",
            shown.len()
        );
        Ok(())
    };
    let are = |is: &dyn Fn(&CallView) -> bool| shown.iter().filter(|call| is(call)).collect::<Vec<_>>();
    let those = |is: Is| real.iter().filter(|call| is(call)).count();

    let answered = |leg: telephony::LegReading| leg.state == LegState::Answered && leg.known == Known::Confirmed;
    at_least(
        "answered by the agent",
        are(&|call| answered(call.legs.agent)),
        those(agent),
    )?;
    at_least(
        "answered by the customer",
        are(&|call| answered(call.legs.customer)),
        those(customer),
    )?;
    at_least("connected", are(&|call| call.phase == Phase::Connected), those(second))?;
    let talked = |call: &CallView| call.outcome == Some(CallOutcome::Talked);
    at_least("talked", are(&talked), those(second))?;
    let unanswered = |call: &CallView| {
        matches!(
            call.outcome,
            Some(
                CallOutcome::AgentNoAnswer
                    | CallOutcome::AgentBusy
                    | CallOutcome::CustomerNoAnswer
                    | CallOutcome::CustomerBusy
                    | CallOutcome::CustomerRejected
            )
        )
    };
    at_least(
        "unanswered",
        are(&unanswered),
        those(&|call| !second(call) && call.ended.is_some()),
    )?;
    let called_off =
        |call: &CallView| call.outcome == Some(CallOutcome::Cancelled) && call.end_known == Some(Known::Confirmed);
    at_least(
        "called off",
        are(&called_off),
        those(&|call| !second(call) && call.ended.is_some()),
    )?;
    let sent = |call: &CallView| !matches!(call.dispatch, Some(Dispatch::Refused | Dispatch::Cancelled));
    let told_over = |call: &CallView| call.phase == Phase::Ended && call.end_known == Some(Known::Confirmed);
    at_least(
        "over",
        are(&|call| sent(call) && told_over(call)),
        those(&|call| call.ended.is_some()),
    )?;
    for call in shown.iter().filter(|call| talked(call) && told_over(call)) {
        if let (Some(told), [only]) = (call.talk_seconds, real) {
            let really = only.talked.as_secs();
            ensure!(
                u64::from(told).abs_diff(really) <= 2,
                "{number}: talked {really} s, and {told} s are shown: {call:#?}"
            );
        }
    }
    if !history.asked_to_end {
        let ended = real.iter().find(|call| call.ended_by_request);
        ensure!(ended.is_none(), "{number}: nobody asked for the end of {ended:?}");
    }
    Ok(())
}

/// Of the calls to one number: each that was dialled is there, what is certain not to have been sent was not sent, and
/// what was refused was not taken up by anybody.
fn nothing_denied(number: &str, shown: &[&CallView], dials: usize, answered: usize) -> Result<()> {
    let are = |dispatch| shown.iter().filter(|call| call.dispatch == Some(dispatch)).count();
    let (not_sent, refused) = (are(Dispatch::Cancelled), are(Dispatch::Refused));
    ensure!(
        dials + not_sent <= shown.len(),
        "{number}: {dials} dials, and of {} calls {not_sent} are shown as not sent: {shown:#?}",
        shown.len(),
    );
    ensure!(
        answered + refused <= shown.len(),
        "{number}: {answered} calls were answered, and of {} {refused} are shown as refused: {shown:#?}",
        shown.len(),
    );
    Ok(())
}

/// Everything is accounted for, and nothing acknowledged is lost.
pub fn at_the_end(history: &History, before: &Before, calls: &[CallView]) -> Result<Tally> {
    at_any_time(history, before, calls)?;
    for call in calls {
        let at_rest = matches!(call.phase, Phase::Ended | Phase::Unconfirmed | Phase::HandedOver);
        ensure!(at_rest, "hours later still {:?}: {call:#?}", call.phase);
        let settled = !matches!(call.dispatch, Some(Dispatch::Intent | Dispatch::Sent));
        ensure!(settled, "hours later still on its way: {call:#?}");
        let shown = call.dispatch != Some(Dispatch::Unknown)
            || call.phase == Phase::Unconfirmed
            || call.end_known.is_some()
            || call.outcome.is_some();
        ensure!(shown, "its outcome is neither known nor shown as unknown: {call:#?}");
    }
    for wish in &history.wishes {
        let named: BTreeSet<String> = {
            let named = wish.named.lock().unwrap_or_else(PoisonError::into_inner);
            named.iter().cloned().collect()
        };
        ensure!(named.len() <= 1, "one gesture was told of several calls: {named:?}");
        let kept = history.world.store.call_by_intent(&wish.intent.to_string())?;
        if let Some(told) = named.first() {
            let kept = kept.as_ref().with_context(|| format!("the call {told} is lost"))?;
            ensure!(kept.row.id == *told, "the gesture of {told} has become {}", kept.row.id);
        }
    }
    nothing_acknowledged_is_lost(history, calls)?;
    let dials = history.dials.all();
    Ok(Tally {
        gestures: history.wishes.len() as u64,
        dials: dials.len() as u64,
        calls: calls.len() as u64,
        crashes: history.crashes,
        acknowledged: history.postman.acknowledged().len() as u64,
        unknown: calls
            .iter()
            .filter(|call| call.dispatch == Some(Dispatch::Unknown))
            .count() as u64,
    })
}

/// Every fact of an event that was answered with 200 is in the journal: with its call, or with those that have none.
fn nothing_acknowledged_is_lost(history: &History, calls: &[CallView]) -> Result<()> {
    let acknowledged = history.postman.acknowledged();
    if acknowledged.is_empty() {
        return Ok(());
    }
    let provider = providers::build(&AccountSettings {
        kind: history.setup.kind,
        values: history
            .setup
            .settings(&format!("http://127.0.0.1:9{}", history.exchange.base_path())),
        has_secret: history.setup.secrets().into_keys().collect(),
    })
    .map_err(|problem| anyhow::anyhow!("{problem:?}"))?;
    let store = &history.world.store;
    let mut kept: Vec<Fact> = Vec::new();
    let mut accounts = BTreeSet::new();
    for call in calls {
        let stored = store.call(&call.id)?.context("a listed call is not kept")?;
        accounts.insert(stored.row.account_id);
        kept.extend(stored.facts);
    }
    accounts.extend(history.account_id.clone());
    for account in accounts {
        kept.extend(store.open_facts(&account, u32::MAX)?);
    }
    for event in acknowledged {
        let raw = RawEvent {
            content_type: event.content_type.as_deref(),
            body: &event.body,
        };
        for fact in provider.decode(raw, event.at)? {
            // A call that came in for somebody else is not the agent's to keep.
            let for_another = |agent: &String| !history.setup.is_agents_phone(agent);
            if fact.direction == Some(Direction::Inbound) && fact.agent.as_ref().is_some_and(for_another) {
                continue;
            }
            let key = fact.key();
            ensure!(
                kept.iter().any(|kept| kept.key() == key),
                "acknowledged, and lost: {fact:#?}"
            );
        }
    }
    Ok(())
}

fn numbers(history: &History) -> BTreeSet<&str> {
    history.wishes.iter().map(|wish| wish.number.as_str()).collect()
}

fn dials_to(dials: &[Dial], history: &History, number: &str) -> usize {
    let national = history.setup.national(number);
    dials.iter().filter(|dial| dial.digits == national).count()
}

fn outbound<'c>(calls: &'c [CallView], number: &'c str) -> impl Iterator<Item = &'c CallView> {
    calls
        .iter()
        .filter(move |call| call.direction == Direction::Outbound && call.target == number)
}

fn placed<'t>(history: &History, truth: &'t [TrueCall], number: &str) -> impl Iterator<Item = &'t TrueCall> {
    let national = history.setup.national(number);
    truth
        .iter()
        .filter(move |real| !real.is_inbound && real.customer.ends_with(&national))
}
