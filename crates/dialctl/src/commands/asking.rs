//! Questions that are handed on to the provider, and their answers.

use engine::api::{ApiError, ErrorClass, Request};
use engine::view::{AccountView, TargetCheck};
use providers::{Ask, PageQuery, Told};
use serde::Serialize;
use telephony::PhoneNumber;

use super::{Done, keychain};
use crate::cli::PageArgs;
use crate::output::{Failure, Output};
use crate::session::{Session, reply};
use crate::speech::{name_of, say_with};
use crate::table::Table;

/// Takes what is in the one kind of answer that a question has.
macro_rules! told {
    ($told:expr, $kind:ident { $field:ident }) => {
        if let providers::Told::$kind { $field } = $told {
            Ok($field)
        } else {
            Err(engine::api::ApiError::new(
                engine::api::ErrorClass::Failed,
                "unexpected_reply",
            ))
        }
    };
    ($told:expr, $kind:ident) => {
        if let providers::Told::$kind(value) = $told {
            Ok(value)
        } else {
            Err(engine::api::ApiError::new(
                engine::api::ErrorClass::Failed,
                "unexpected_reply",
            ))
        }
    };
}
pub(super) use told;

/// Asks an account's provider.
pub async fn ask(session: &mut Session, account: Option<&str>, what: Ask) -> Result<Told, Failure> {
    let request = Request::Ask {
        account: account.map(str::to_owned),
        what: Box::new(what),
    };
    match session.request(request).await {
        Ok(reply) => Ok(*reply!(reply, Told)?),
        Err(error) => Err(keychain::naming_those_of(session, error.into(), account).await),
    }
}

/// Gives an order to an account's provider, and returns what it said to it.
pub async fn order(session: &mut Session, account: Option<&str>, what: Ask) -> Result<Option<String>, Failure> {
    Ok(told!(ask(session, account, what).await?, Done { message })?)
}

/// The number that somebody typed, or that of the contact they named.
pub async fn number(session: &mut Session, account: Option<&str>, text: &str) -> Result<PhoneNumber, Failure> {
    let check = check(session, account, text).await?;
    check.number.ok_or_else(|| {
        let error = ApiError::new(ErrorClass::NothingMatches, "number_needed").with("text", text);
        error.into()
    })
}

/// What a call to this text would reach, computed only.
///
/// # Errors
/// Why it would reach nobody. What the guard blocks is no error here, but a verdict.
pub async fn check(session: &mut Session, account: Option<&str>, text: &str) -> Result<TargetCheck, Failure> {
    let request = Request::CheckTarget {
        text: text.to_owned(),
        account: account.map(str::to_owned),
    };
    let check = *reply!(session.request(request).await?, Target)?;
    let Some(problem) = &check.problem else {
        return Ok(check);
    };
    let code = problem.key.strip_prefix("errors.");
    let code = code
        .and_then(|code| code.strip_suffix(".message"))
        .unwrap_or("number_needed");
    let error = ApiError::new(ErrorClass::NothingMatches, code);
    let params = problem.params.clone();
    Err(ApiError { params, ..error }.into())
}

/// The account that is meant where none has to be named; none where that is not clear.
pub async fn account(session: &mut Session, name: Option<&str>) -> Result<Option<AccountView>, Failure> {
    if let Some(name) = name {
        let request = Request::ShowAccount { name: name.to_owned() };
        return Ok(Some(*reply!(session.request(request).await?, Account)?));
    }
    let accounts = reply!(session.request(Request::ListAccounts).await?, Accounts)?;
    Ok(accounts.into_iter().find(|account| account.default))
}

/// The provider's id of a call, which may be given by its id here.
pub async fn provider_call_id(session: &mut Session, call: &str) -> Result<String, Failure> {
    if call.parse::<uuid::Uuid>().is_err() {
        return Ok(call.to_owned());
    }
    match session.request(Request::NameCall { call: call.to_owned() }).await {
        Ok(reply) => {
            let view = reply!(reply, Call)?;
            view.provider_ids.call_id.ok_or_else(|| {
                ApiError::new(ErrorClass::Refused, "call_not_named_yet")
                    .with("call", call)
                    .into()
            })
        }
        // Providers have such ids too.
        Err(error) if error.class == ErrorClass::NothingMatches => Ok(call.to_owned()),
        Err(error) => Err(error.into()),
    }
}

/// The page that is wanted.
pub fn page_of(arguments: &PageArgs) -> PageQuery {
    PageQuery {
        cursor: arguments.cursor.clone(),
        limit: arguments.limit,
    }
}

/// Prints a part of a long list, and says how to get at what follows.
pub fn page<P: Serialize, T: Serialize>(
    whole: &P,
    (rows, next): (&[T], Option<&str>),
    arguments: &PageArgs,
    output: Output,
    table: impl FnOnce(&[T]) -> Table,
) -> Done {
    if arguments.page && output.is_json() {
        return output.document(whole);
    }
    output.rows(rows, table)?;
    if let Some(next) = next {
        output.remark(&say_with("cli.more", &[("cursor", next)]));
    }
    Ok(())
}

/// The words for a value of a closed list, if there is one.
pub fn named<T: Serialize>(list: &str, value: Option<&T>) -> String {
    value.map(|value| name_of(list, value)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use providers::{AgentState, ScheduledState};
    use telephony::{CallOutcome, Direction};

    use super::*;

    #[test]
    fn every_value_that_a_table_shows_has_words() {
        let agents = [
            AgentState::Available,
            AgentState::Busy,
            AgentState::Offline,
            AgentState::Blocked,
            AgentState::Unknown,
        ];
        let scheduled = [
            ScheduledState::Pending,
            ScheduledState::InProgress,
            ScheduledState::Completed,
            ScheduledState::Unknown,
        ];
        let outcomes = [
            CallOutcome::Talked,
            CallOutcome::AgentNoAnswer,
            CallOutcome::AgentBusy,
            CallOutcome::AgentUnavailable,
            CallOutcome::CustomerNoAnswer,
            CallOutcome::CustomerBusy,
            CallOutcome::CustomerRejected,
            CallOutcome::Missed,
            CallOutcome::Abandoned,
            CallOutcome::Voicemail,
            CallOutcome::TimeLimit,
            CallOutcome::Cancelled,
            CallOutcome::Refused,
            CallOutcome::NotSent,
            CallOutcome::Failed,
            CallOutcome::Unknown,
        ];
        let said = agents
            .iter()
            .map(|state| name_of("agent", state))
            .chain(scheduled.iter().map(|state| name_of("scheduled_state", state)))
            .chain(outcomes.iter().map(|outcome| named("outcome", Some(outcome))))
            .chain([Direction::Inbound, Direction::Outbound].map(|direction| name_of("direction", &direction)));
        for words in said {
            assert!(!words.is_empty() && !words.starts_with("cli."), "{words:?}");
        }
    }
}
