//! The call log: the platform writes one entry per leg, times in Gregorian seconds, numbers as text. Here the legs of one
//! call are one entry.

use jiff::{SignedDuration, Timestamp};
use url::form_urlencoded;

use super::api::Api;
use super::leg::Leg;
use super::recorded;
use super::wire;
use crate::{ErrorKind, Operation, ProviderError, RecordedCall, RecordsPage, RecordsQuery, Transport};

/// The widest span that the platform searches.
const WIDEST: SignedDuration = SignedDuration::from_hours(31 * 24);
const MOST_PER_PAGE: u32 = 100;
/// For how many calls of a page the legs that it lacks are asked for; everybody behind one address shares the budget.
const MOST_LOOKUPS: u32 = 20;
/// Between the platform's cursor and the calls that were shown in part by the page before: neither can hold it.
const MARK: char = ' ';

pub(super) async fn ask(
    api: &Api<'_>,
    query: &RecordsQuery,
    now: Timestamp,
    transport: &dyn Transport,
) -> Result<RecordsPage, ProviderError> {
    let operation = Operation::Records;
    let owner = if query.own {
        let user = api.user_id();
        let user = user.ok_or_else(|| Api::problem(ErrorKind::ConfigInvalid, operation).about("user_id", "missing"))?;
        format!("/users/{user}")
    } else {
        String::new()
    };
    if let Some(call) = query
        .provider_call_id
        .as_deref()
        .filter(|_| query.page.cursor.is_none())
        && let Some(legs) = legs_of(api, call, transport).await?
    {
        let records = recorded::call(&legs, api).filter(|record| is_wanted(record, query));
        return Ok(RecordsPage {
            records: records.into_iter().collect(),
            next: None,
            total: None,
        });
    }
    let to = query.to.unwrap_or(now);
    let from = query
        .from
        .unwrap_or_else(|| earlier(to, SignedDuration::from_hours(24)));
    let from = from.max(earlier(to, WIDEST));
    let (cursor, shown) = match query.page.cursor.as_deref() {
        Some(cursor) => match cursor.split_once(MARK) {
            Some((key, shown)) => (Some(key), Some(shown)),
            None => (Some(cursor), None),
        },
        None => (None, None),
    };
    let path = format!("{owner}/cdrs?{}", parameters(query, from, to, cursor));
    let told = api.get(&path, operation, transport).await?;
    let entries = told.data.as_array().ok_or_else(|| Api::unexpected(operation))?;
    let mut calls = grouped(entries.iter().map(Leg::new));
    let last = calls.last().and_then(|call| call.first()?.interaction_id());
    // The page before has asked for all of its legs.
    calls.retain(|legs| shown.is_none() || legs.first().and_then(Leg::interaction_id).as_deref() != shown);
    let is_last = |legs: &[Leg]| {
        told.next_start_key.is_some() && last.is_some() && legs.first().and_then(Leg::interaction_id) == last
    };
    let mut lookups = 0;
    let mut records = Vec::new();
    for legs in calls {
        let all = match legs.first().and_then(Leg::interaction_id) {
            Some(id) if lookups < MOST_LOOKUPS && (is_last(&legs) || lacks_legs(&legs)) => {
                lookups += 1;
                legs_of(api, &id, transport).await?
            }
            Some(_) | None => None,
        };
        // Its latest leg stood on a page before this one, and the call with it.
        let newest = |legs: &[Leg]| legs.iter().filter_map(ended_at).max();
        if cursor.is_some() && all.as_ref().is_some_and(|all| newest(all) > newest(&legs)) {
            continue;
        }
        let record = recorded::call(all.as_ref().unwrap_or(&legs), api);
        records.extend(record.filter(|record| is_wanted(record, query)));
    }
    let next = told.next_start_key.map(|key| match last {
        Some(last) => format!("{key}{MARK}{last}"),
        None => key,
    });
    Ok(RecordsPage {
        records,
        next,
        total: None,
    })
}

/// Every leg of a call; none where the platform does not know it by this id, or does not tell.
async fn legs_of(
    api: &Api<'_>,
    interaction: &str,
    transport: &dyn Transport,
) -> Result<Option<Vec<Leg>>, ProviderError> {
    let path = format!("/cdrs/legs/{}", wire::segment(interaction));
    match api.get(&path, Operation::Records, transport).await {
        Ok(told) => {
            let legs = told.data.as_array().map(|legs| legs.iter().map(Leg::new).collect());
            Ok(legs.filter(|legs: &Vec<Leg>| !legs.is_empty()))
        }
        Err(error) if matches!(error.kind, ErrorKind::Unreachable | ErrorKind::CredentialsRejected) => Err(error),
        // The page itself stands; what it lacks stays unknown.
        Err(_) => Ok(None),
    }
}

/// Legs that share an interaction are one call, in the order of the list.
fn grouped(legs: impl Iterator<Item = Leg>) -> Vec<Vec<Leg>> {
    let mut calls: Vec<Vec<Leg>> = Vec::new();
    for leg in legs {
        let id = leg.interaction_id();
        let known = calls
            .iter_mut()
            .find(|call| id.is_some() && call.first().and_then(Leg::interaction_id) == id);
        match known {
            Some(call) => call.push(leg),
            None => calls.push(vec![leg]),
        }
    }
    calls
}

/// Whether a leg names another that is not among them.
fn lacks_legs(legs: &[Leg]) -> bool {
    legs.iter()
        .filter_map(Leg::other_leg)
        .any(|other| !legs.iter().any(|leg| leg.id().as_ref() == Some(&other)))
}

fn ended_at(leg: &Leg) -> Option<Timestamp> {
    leg.value("timestamp").and_then(wire::time)
}

fn parameters(query: &RecordsQuery, from: Timestamp, to: Timestamp, cursor: Option<&str>) -> String {
    let mut parameters = form_urlencoded::Serializer::new(String::new());
    // Of a user's own legs each is a call, of which the other half has to be asked for.
    let most = if query.own { MOST_LOOKUPS } else { MOST_PER_PAGE };
    parameters.append_pair("created_from", &wire::gregorian(from).to_string());
    parameters.append_pair("created_to", &wire::gregorian(to).to_string());
    parameters.append_pair("page_size", &query.page.limit.clamp(1, most).to_string());
    if let Some(cursor) = cursor {
        parameters.append_pair("start_key", cursor);
    }
    parameters.finish()
}

fn earlier(time: Timestamp, span: SignedDuration) -> Timestamp {
    time.checked_sub(span).unwrap_or(Timestamp::MIN)
}

/// What the platform cannot filter by is filtered here; a page may then be shorter than asked for.
fn is_wanted(record: &RecordedCall, query: &RecordsQuery) -> bool {
    fn fits<T: PartialEq>(wanted: &Option<T>, told: &Option<T>) -> bool {
        wanted.is_none() || wanted == told
    }
    let was_answered = record.talk_seconds.is_some_and(|talk| talk > 0);
    fits(&query.direction, &record.direction)
        && query.answered.is_none_or(|wanted| wanted == was_answered)
        && fits(&query.customer, &record.customer)
        && fits(&query.caller_id, &record.caller_id)
        && fits(&query.provider_call_id, &record.provider_call_id)
}
