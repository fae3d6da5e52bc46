//! The platform's call log, and the link to a recording in it.
//!
//! Filters are sent where they are documented and applied here as well: some accounts ignore some of them, and the one
//! by customer is not to be relied on at all.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use telephony::{CallOutcome, Direction};

use super::Acefone;
use super::api::query;
use super::config::{Config, is_platform_id};
use super::paging::{Page, entries, total};
use super::record;
use crate::{
    Credentials, ErrorKind, Operation, ProviderError, RecordedCall, RecordsPage, RecordsQuery, Told, Transport,
    json_body, stamp,
};

const PATH: &str = "/v1/call/records";
const OLD_PATH: &str = "/v1/call_report";

/// Pages that are looked through for one entry.
const MOST_PAGES: usize = 20;

impl Acefone {
    pub(super) async fn records(
        &self,
        wanted: &RecordsQuery,
        secrets: &Credentials,
        transport: &dyn Transport,
    ) -> Result<RecordsPage, ProviderError> {
        let operation = Operation::Records;
        let page = self.page(&wanted.page, operation)?;
        // Only where the caller leaves the end open is a clock needed.
        let to = wanted.to.unwrap_or_else(Timestamp::now);
        let from = wanted
            .from
            .unwrap_or_else(|| before(to, SignedDuration::from_hours(24)));
        let body = self
            .get(
                &records_path(&self.config, wanted, from, to, page),
                operation,
                secrets,
                transport,
            )
            .await?;
        let list = entries(&body).ok_or_else(|| self.unexpected(operation))?;
        let all = list.iter().filter_map(|entry| record::read(entry, &self.config));
        let records: Vec<RecordedCall> = all
            .filter(|record| fits(record, wanted, &self.config, from, to))
            .collect();
        let is_filtered_here = wanted.customer.is_some() || records.len() != list.len();
        Ok(RecordsPage {
            records,
            next: page.next(&body, list.len()).map(Page::cursor),
            total: total(&body).filter(|_| !is_filtered_here),
        })
    }

    /// Finds the entry again and hands out its link, which is its own key and is kept nowhere.
    pub(super) async fn recording_link(
        &self,
        wanted: &str,
        secrets: &Credentials,
        transport: &dyn Transport,
    ) -> Result<Told, ProviderError> {
        let operation = Operation::RecordingLink;
        let not_found = |why| self.problem(ErrorKind::CallNotFound, operation).about("record", why);
        let wanted = wanted.trim();
        if wanted.is_empty() {
            return Err(not_found("missing"));
        }
        let (from, to) = window(wanted, Timestamp::now());
        let mut page = Some(Page::first());
        for _ in 0..MOST_PAGES {
            let Some(current) = page else { break };
            let mut pairs = window_pairs(&self.config, from, to);
            pairs.extend(current.pairs());
            if object_id_time(wanted).is_none() {
                pairs.push(("call_id", wanted.to_owned()));
            }
            let path = format!("{PATH}{}", query(pairs));
            let body = self.get(&path, operation, secrets, transport).await?;
            let list = entries(&body).ok_or_else(|| self.unexpected(operation))?;
            let is_wanted = |entry: &&Value| {
                ["id", "_id", "call_id", "uuid"]
                    .iter()
                    .any(|name| json_body::member_text(entry, name).as_deref() == Some(wanted))
            };
            if let Some(entry) = list.iter().find(is_wanted) {
                let url = record::link(entry).ok_or_else(|| not_found("no_recording"))?;
                return Ok(Told::RecordingLink { url });
            }
            page = current.next(&body, list.len());
        }
        Err(not_found("record_not_found"))
    }
}

fn records_path(config: &Config, wanted: &RecordsQuery, from: Timestamp, to: Timestamp, page: Page) -> String {
    let mut pairs = Vec::from(page.pairs());
    if config.has_old_call_report() {
        return format!("{OLD_PATH}{}", query(pairs));
    }
    pairs.extend(window_pairs(config, from, to));
    match wanted.direction {
        Some(Direction::Inbound) => pairs.push(("direction", "inbound".into())),
        Some(Direction::Outbound) => pairs.push(("direction", "outbound".into())),
        None => {}
    }
    match wanted.answered {
        Some(true) => pairs.push(("call_type", "c".into())),
        Some(false) => pairs.push(("call_type", "m".into())),
        None => {}
    }
    if let Some(number) = &wanted.caller_id {
        pairs.push(("did_number", number.digits().to_owned()));
    }
    if let Some(call_id) = &wanted.provider_call_id {
        pairs.push(("call_id", call_id.clone()));
    }
    if let Some(id) = config.own_agent_id().filter(|_| wanted.own) {
        pairs.push(("agents[]", format!("agent|{id}")));
    }
    format!("{PATH}{}", query(pairs))
}

fn window_pairs(config: &Config, from: Timestamp, to: Timestamp) -> Vec<(&'static str, String)> {
    let local = |time| stamp::local_text(time, &config.time_zone);
    vec![("from_date", local(from)), ("to_date", local(to))]
}

/// Whether an entry is one of those wanted, as far as it says.
fn fits(record: &RecordedCall, wanted: &RecordsQuery, config: &Config, from: Timestamp, to: Timestamp) -> bool {
    let unless = |told: Option<bool>| told.unwrap_or(true);
    // The platform cuts to seconds.
    let second = SignedDuration::from_secs(1);
    let in_time = record
        .started_at
        .map(|at| before(from, second) < at && before(at, second) <= to);
    let direction = wanted.direction.zip(record.direction).map(|(one, other)| one == other);
    let outcome = record.outcome.filter(|outcome| *outcome != CallOutcome::Unknown);
    let answered = wanted
        .answered
        .zip(outcome)
        .map(|(answered, outcome)| (outcome == CallOutcome::Talked) == answered);
    let caller_id = wanted
        .caller_id
        .as_ref()
        .zip(record.caller_id.as_ref())
        .map(|(a, b)| a == b);
    let call_id = wanted
        .provider_call_id
        .as_ref()
        .zip(record.provider_call_id.as_ref())
        .map(|(a, b)| a == b);
    // Nobody's call is not this customer's.
    let customer = wanted
        .customer
        .as_ref()
        .is_none_or(|number| record.customer.as_ref() == Some(number));
    let own = !wanted.own || unless(is_own(record, config));
    unless(in_time) && unless(direction) && unless(answered) && unless(caller_id) && unless(call_id) && customer && own
}

/// Whether the agent of an entry is the account's; none where the two names cannot be compared.
fn is_own(record: &RecordedCall, config: &Config) -> Option<bool> {
    let sort = |name: &str| {
        (
            is_platform_id(name),
            name.get(..2).filter(|_| is_platform_id(name)).map(str::to_owned),
        )
    };
    let theirs = record.agent.as_deref()?;
    let comparable: Vec<String> = config
        .agent_names()
        .into_iter()
        .filter(|own| sort(own) == sort(theirs))
        .collect();
    (!comparable.is_empty()).then(|| comparable.iter().any(|own| own == theirs))
}

/// When the call of an entry was, as its id tells: entry ids and most call ids hold seconds since 1970. Otherwise the
/// last week is looked through.
fn window(id: &str, now: Timestamp) -> (Timestamp, Timestamp) {
    let hour = SignedDuration::from_hours(1);
    if let Some(entered) = object_id_time(id) {
        // An entry is made when the call is over.
        return (before(entered, hour * 6), after(entered, hour));
    }
    if let Some(began) = call_id_time(id) {
        return (before(began, hour), after(began, hour));
    }
    (before(now, hour * 24 * 7), now)
}

/// 24 hexadecimal digits, of which the first eight are seconds.
fn object_id_time(id: &str) -> Option<Timestamp> {
    let is_object_id = id.len() == 24 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    let seconds = i64::from_str_radix(id.get(..8).filter(|_| is_object_id)?, 16).ok()?;
    plausible(seconds)
}

/// `1715252026.405915`, also with the name of a server before it.
fn call_id_time(id: &str) -> Option<Timestamp> {
    let (seconds, _) = id.rsplit('-').next()?.split_once('.')?;
    plausible(seconds.parse().ok().filter(|_| seconds.len() == 10)?)
}

fn plausible(seconds: i64) -> Option<Timestamp> {
    (1_000_000_000..10_000_000_000)
        .contains(&seconds)
        .then(|| Timestamp::from_second(seconds).ok())?
}

fn before(time: Timestamp, span: SignedDuration) -> Timestamp {
    time.checked_sub(span).unwrap_or(Timestamp::MIN)
}

fn after(time: Timestamp, span: SignedDuration) -> Timestamp {
    time.checked_add(span).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_a_call_is_read_from_its_ids() {
        let time = |id: &str| {
            object_id_time(id)
                .or_else(|| call_id_time(id))
                .map(|time| time.to_string())
        };
        assert_eq!(
            time("66339a440ac50d47500dbc9e").as_deref(),
            Some("2024-05-02T13:51:00Z")
        );
        for id in [
            "1714657799.11930963",
            "h3.08-1714657799.11930963",
            "SRVINF-BGN-SRV108-T15-1714657799.67524",
        ] {
            assert_eq!(time(id).as_deref(), Some("2024-05-02T13:49:59Z"), "{id}");
        }
        for id in [
            "",
            "1",
            "12a445d3-0000-4000-8000-000000000001",
            "123456789.987654321",
            "é.é",
        ] {
            assert_eq!(time(id), None, "{id}");
        }
    }
}
