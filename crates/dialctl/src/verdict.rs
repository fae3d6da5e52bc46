//! What a call comes to for the shell: its exit code, and why it is not simply done.

use engine::api::{ApiError, ErrorClass};
use engine::view::CallView;
use engine::words;
use telephony::{CallOutcome, Dispatch, Phase};

use crate::output::Failure;
use crate::speech::{self, complete};

/// The exit that a call stands for; the call itself is printed besides.
pub fn verdict(call: &CallView, followed: bool) -> Result<(), Failure> {
    let (class, fallback) = match call.dispatch {
        // Nobody who could have refused it was reached.
        Some(Dispatch::Refused) if call.outcome == Some(CallOutcome::NotSent) => (ErrorClass::Refused, "call_not_sent"),
        Some(Dispatch::Refused) => (ErrorClass::Refused, "call_refused"),
        Some(Dispatch::Cancelled) => (ErrorClass::Refused, "call_not_sent"),
        // What became of it may have come to light since.
        Some(Dispatch::Unknown | Dispatch::Accepted) if followed && is_known_over(call) => return Ok(()),
        Some(Dispatch::Accepted) if followed && call.phase == Phase::Unconfirmed => {
            (ErrorClass::OutcomeUnknown, "call_outcome_unknown")
        }
        Some(Dispatch::Accepted) | None => return Ok(()),
        Some(Dispatch::Unknown | Dispatch::Intent | Dispatch::Sent) => {
            (ErrorClass::OutcomeUnknown, "call_outcome_unknown")
        }
    };
    Err(explain(call, class, fallback))
}

fn is_known_over(call: &CallView) -> bool {
    call.phase == Phase::Ended && call.outcome.is_some_and(|outcome| outcome != CallOutcome::Unknown)
}

fn explain(call: &CallView, class: ErrorClass, fallback: &'static str) -> Failure {
    let reason = call.reason.as_deref().unwrap_or(fallback);
    let mut error = ApiError::new(class, reason)
        .with("call", &call.id)
        .with("account", &call.account)
        .with("who", speech::who(call))
        .with("provider", provider(call));
    // The words of the reason itself may be made for another occasion, and want what no call has.
    let said_as = match reason.strip_prefix("guard_") {
        Some(finding) => {
            let why = complete(&format!("cli.guard.{finding}"), &error.params);
            error.params.extend(why.map(|why| ("why".to_owned(), why)));
            "call_blocked"
        }
        // The key is good: only its session was over.
        None if is_session_over(call) => "session_over",
        // Those are of a number as it was typed; this is one that the provider does not take.
        None if reason == "number_invalid" => "number_refused",
        None => reason,
    };
    let hint = next_step(call);
    let failure = Failure::from(error).with_hint(hint.clone());
    let telling = failure.clone().said_as(&[said_as, fallback]);
    let (message, _) = telling.words();
    // Where the next step begins with the reason, that is said once.
    let repeats = hint.is_some_and(|hint| hint.starts_with(message.trim_end_matches('.')));
    if repeats { failure.said_as(&[fallback]) } else { telling }
}

fn is_session_over(call: &CallView) -> bool {
    call.advice
        .as_ref()
        .is_some_and(|advice| advice.key == "account.signed_in_again")
}

/// The call's own advice, as far as it is of use in a shell.
fn next_step(call: &CallView) -> Option<String> {
    let advice = call.advice.as_ref()?;
    match advice.key.as_str() {
        // It is about buttons.
        "advice.no_news" => None,
        // It points at what stands beside it on a card.
        "advice.refused" => speech::provider_said(call),
        _ => Some(words::sentence(advice)),
    }
}

/// The provider's name as people know it; a sandbox goes by that of the provider it plays.
fn provider(call: &CallView) -> &str {
    let named = call.headline.params.get("provider");
    named.map_or_else(|| call.provider.display_name(), String::as_str)
}

#[cfg(test)]
mod tests;
