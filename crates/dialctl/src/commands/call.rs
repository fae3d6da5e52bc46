//! Placing, following and ending calls.

use std::time::Duration;

use engine::api::{ApiError, ErrorClass, PlaceReply, PlaceRequest, Request};
use engine::control::Heard;
use engine::view::{CallView, EndState, Event};
use engine::words;
use telephony::{CallOutcome, GuardFinding, Phase};
use uuid::Uuid;

use serde_json::json;

use super::asking::{self, told};
use super::{Done, keychain};
use crate::ask;
use crate::cli::CallArgs;
use crate::follow::{Follow, has_log, is_heard_no_more, is_settled};
use crate::output::{Failure, Output};
use crate::session::{Session, reply};
use crate::speech::{self, say, say_with};
use crate::verdict::verdict;

/// How long a look at the provider's list and log may take before what is known is shown.
const CHECKED_WITHIN: Duration = Duration::from_secs(12);

pub async fn call(session: &mut Session, arguments: &CallArgs, output: Output) -> Done {
    call_through(session, arguments, Way::default(), output).await
}

/// By which of the provider's ways a call goes out.
#[derive(Debug, Default)]
pub struct Way {
    /// None for the one that the account is set to.
    pub endpoint: Option<String>,
    pub by_get: bool,
}

/// Places a call by a way of the provider's.
pub async fn call_through(session: &mut Session, arguments: &CallArgs, way: Way, output: Output) -> Done {
    let wish = PlaceRequest {
        // One command, one gesture: whatever has to be asked again, it stays one call.
        intent: Some(arguments.intent.unwrap_or_else(Uuid::now_v7).to_string()),
        target: arguments.target.clone(),
        account: arguments.account.clone(),
        from: arguments.from.clone(),
        note: arguments.note.clone(),
        contact: None,
        yes: false,
        despite_unknown: arguments.despite_unknown,
        endpoint: way.endpoint,
        by_get: way.by_get,
    };
    let ask_for = |yes| Request::Place(PlaceRequest { yes, ..wish.clone() });
    let how = How {
        yes: arguments.yes,
        follow: arguments.follow,
        account: arguments.account.as_deref(),
    };
    place_and_tell(session, ask_for, &how, output).await
}

/// How a wish to place a call is dealt with.
pub struct How<'a> {
    /// Warnings are answered already.
    pub yes: bool,
    pub follow: bool,
    /// The account that was named.
    pub account: Option<&'a str>,
}

/// Places a call by whatever request it takes, with or without a yes to warnings, and tells what comes of it.
pub async fn place_and_tell(
    session: &mut Session,
    ask_for: impl Fn(bool) -> Request,
    how: &How<'_>,
    output: Output,
) -> Done {
    let mut yes = how.yes;
    let mut follow = Follow::start(session).await?;
    let placed = loop {
        let reply = match place(session, ask_for(yes)).await {
            Ok(reply) => reply,
            Err(error) => {
                if let Some(call) = never_begun(session, &error).await {
                    output.result(&call, || speech::call(&call))?;
                }
                let failure = error.into();
                return Err(keychain::naming_those_of(session, failure, how.account).await);
            }
        };
        match reply {
            PlaceReply::Placed { call } => break *call,
            PlaceReply::NeedsConfirmation { findings } => {
                if yes || !ask::yes(output, &question(&findings))? {
                    return Err(needs_confirmation(&findings).into());
                }
                yes = true;
            }
            PlaceReply::HeldBack { call, until } => {
                let error = ApiError::new(ErrorClass::Refused, "outcome_of_earlier_call_unknown");
                return Err(error
                    .with("call", &call.id)
                    .with("until", speech::local_time(until))
                    .into());
            }
        }
    };
    let placed = settle(session, &mut follow, placed).await?;
    if !output.is_json() {
        tell_what_is_not_dialled(session, &placed, output).await?;
    }
    if how.follow && placed.phase != Phase::Ended {
        let last = tokio::select! {
            last = stream(session, &mut follow, placed.clone(), output) => last?,
            // The agent has seen enough; the call goes on.
            _ = tokio::signal::ctrl_c() => return Ok(()),
        };
        let said = placed.advice.as_ref().map(words::sentence);
        return verdict(&last, true).map_err(|failure| {
            if !output.is_json() && failure.hint() == said.as_deref() {
                // It stands above already.
                failure.with_hint(None)
            } else {
                failure
            }
        });
    }
    let result = match verdict(&placed, how.follow) {
        Ok(()) => Ok(()),
        Err(failure) => Err(keychain::naming_those_of(session, failure, Some(&placed.account)).await),
    };
    let said = result.as_ref().err().and_then(Failure::hint);
    output.result(&placed, || speech::call_without(&placed, said))?;
    result
}

/// An extension that was typed with the number.
async fn tell_what_is_not_dialled(session: &mut Session, call: &CallView, output: Output) -> Done {
    let Some(typed) = &call.customer_typed else {
        return Ok(());
    };
    // A remark is not worth a failure.
    let check = asking::check(session, Some(&call.account), typed).await.ok();
    match check.and_then(|check| check.about?.extension) {
        Some(digits) => output.text(&say_with("cli.call.extension", &[("digits", &digits)])),
        None => Ok(()),
    }
}

/// The call that an error is about which was made and could not be begun.
async fn never_begun(session: &mut Session, error: &ApiError) -> Option<CallView> {
    let call = error.params.get("call").cloned()?;
    let call = reply!(session.request(Request::ShowCall { call }).await.ok()?, Call).ok()?;
    Some(CallView { facts: None, ..*call })
}

pub async fn end(session: &mut Session, call: Option<String>, output: Output) -> Done {
    let mut watching = session.watch().await?;
    let mut is_told = output.is_json();
    let asked = session.request(Request::End { call });
    tokio::pin!(asked);
    let ended = loop {
        tokio::select! {
            biased;
            ended = &mut asked => break ended,
            heard = watching.next(), if !is_told => match heard {
                Ok(Heard::Event(event)) => {
                    if let Event::Call { call } = *event && call.end == EndState::Queued {
                        output.text(&say("cli.call.end_waits"))?;
                        is_told = true;
                    }
                }
                Ok(Heard::Missed) => {}
                // The request says so too, or finds the engine that follows.
                Err(_gone) => is_told = true,
            },
        }
    };
    let call = *reply!(ended?, Call)?;
    output.result(&call, || speech::call(&call))
}

/// Has the provider asked how a call stands, and tells what comes of it.
pub async fn check(session: &mut Session, call: &str, output: Output) -> Done {
    let mut follow = Follow::start(session).await?;
    let request = Request::CheckAgain { call: call.to_owned() };
    let mut call = *reply!(session.request(request).await?, Call)?;
    let looks = async {
        while !is_clear(&call) {
            match follow.next(session, &call).await? {
                Some(next) => call = next,
                None => break,
            }
        }
        Ok::<(), ApiError>(())
    };
    // What is not known by then is not known.
    if let Ok(failed) = tokio::time::timeout(CHECKED_WITHIN, looks).await {
        failed?;
    }
    let call = CallView { facts: None, ..call };
    output.result(&call, || speech::call(&call))
}

fn is_clear(call: &CallView) -> bool {
    call.phase == Phase::Ended && call.outcome != Some(CallOutcome::Unknown)
}

/// The agent says that a call is over.
pub async fn mark_ended(session: &mut Session, call: &str, output: Output) -> Done {
    let request = Request::MarkEnded { call: call.to_owned() };
    let call = *reply!(session.request(request).await?, Call)?;
    output.result(&call, || speech::call(&call))
}

pub async fn transfer(
    session: &mut Session,
    call: &str,
    to: &str,
    (attended, yes): (bool, bool),
    output: Output,
) -> Done {
    let order = |yes| Request::TransferCall {
        call: call.to_owned(),
        to: to.to_owned(),
        attended,
        yes,
    };
    let reply = match session.request(order(yes)).await {
        Err(error) if error.code == "transfer_needs_confirmation" => {
            let findings = error.params.get("findings").map_or("", String::as_str);
            if !ask::yes(output, &say_with("cli.ask.transfer_anyway", &[("findings", findings)]))? {
                return Err(error.into());
            }
            session.request(order(true)).await
        }
        result => result,
    };
    let message = told!(*reply!(reply?, Told)?, Done { message })?;
    let done = json!({"transferred": call, "to": to, "attended": attended, "message": message});
    output.result(&done, || say_with("cli.call.transferred", &[("to", to)]))
}

async fn place(session: &mut Session, request: Request) -> Result<PlaceReply, ApiError> {
    reply!(session.request(request).await?, Place)
}

/// Waits until it is known what became of sending; the time limits are the engine's.
async fn settle(session: &mut Session, follow: &mut Follow, mut call: CallView) -> Result<CallView, ApiError> {
    while !is_settled(&call) {
        match follow.next(session, &call).await? {
            Some(next) => call = next,
            None => break,
        }
    }
    Ok(call)
}

/// Prints a call as it goes on, and returns it as it was last.
async fn stream(
    session: &mut Session,
    follow: &mut Follow,
    mut call: CallView,
    output: Output,
) -> Result<CallView, Failure> {
    output.result(&call, || speech::call(&call))?;
    if !output.is_json() && session.is_own() && may_be_answered_unheard(session, &call).await {
        output.text(&say("cli.call.hears_little"))?;
    }
    while let Some(next) = follow.next(session, &call).await? {
        // Two steps may read the same; a sentence is said once.
        let news = words::sentence(&next.headline) != words::sentence(&call.headline);
        call = next;
        if output.is_json() {
            output.document(&call)?;
        } else if news {
            let at = speech::local_time(call.state_since);
            output.text(&say_with(
                "cli.call.news",
                &[("at", &at), ("state", &words::sentence(&call.headline))],
            ))?;
            let is_unknown = call.phase == Phase::Ended && call.outcome == Some(CallOutcome::Unknown);
            if is_unknown && has_log(session, &call).await {
                output.text(&say("cli.call.looks_up"))?;
            }
        }
    }
    if !output.is_json() && is_heard_no_more(session, &call) {
        output.text(&say("cli.call.nothing_more"))?;
    }
    Ok(call)
}

/// Whether the provider tells of the customer's answer, which only an engine that stays can be told.
async fn may_be_answered_unheard(session: &mut Session, call: &CallView) -> bool {
    let request = Request::ShowAccount {
        name: call.account.clone(),
    };
    // A remark is not worth a failure.
    let Ok(reply) = session.request(request).await else {
        return false;
    };
    reply!(reply, Account).is_ok_and(|account| account.capabilities.tells_customer_answer.is_available())
}

fn needs_confirmation(findings: &[GuardFinding]) -> ApiError {
    ApiError::new(ErrorClass::Refused, "needs_confirmation").with("findings", sentences(findings))
}

fn question(findings: &[GuardFinding]) -> String {
    say_with("cli.ask.call_anyway", &[("findings", &sentences(findings))])
}

/// What the guard has found, in words.
pub fn sentences(findings: &[GuardFinding]) -> String {
    let said: Vec<String> = findings
        .iter()
        .map(|finding| {
            let reason = speech::name_of("guard", &finding.reason);
            let country = finding.country.as_deref().unwrap_or_default();
            let local_time = finding.local_time.as_deref().unwrap_or_default();
            reason.replace("{country}", country).replace("{local_time}", local_time)
        })
        .collect();
    said.join(" ")
}
