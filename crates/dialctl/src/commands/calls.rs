//! The journal of calls.

use engine::api::Request;
use engine::view::{CallView, ContactRef};
use engine::words;
use jiff::Timestamp;
use telephony::Fact;

use super::Done;
use crate::cli::{CallsCommand, ExportFormat};
use crate::output::{Failure, Output};
use crate::session::{Session, reply};
use crate::speech::{self, local_time, name_of, talk_time, who};
use crate::table::Table;

pub async fn run(session: &mut Session, command: &CallsCommand, output: Output) -> Done {
    match command {
        CallsCommand::List { limit, since } => {
            let calls = list(session, *limit, *since).await?;
            output.rows(&calls, table)
        }
        CallsCommand::Show { call } => {
            let call = reply!(session.request(Request::ShowCall { call: call.clone() }).await?, Call)?;
            output.result(&*call, || {
                format!(
                    "{}\n\n{}",
                    speech::call(&call),
                    facts(call.facts.as_deref().unwrap_or_default())
                )
            })
        }
        CallsCommand::Export { format } => {
            let format = format_of(*format, output)?;
            let calls = list(session, u32::MAX, None).await?;
            match format {
                ExportFormat::Json => output.document(&calls),
                ExportFormat::Csv => output.file(&csv(&calls)?),
            }
        }
    }
}

/// The format that was asked for; with `--json` there is only one.
pub fn format_of(asked: Option<ExportFormat>, output: Output) -> Result<ExportFormat, Failure> {
    match asked {
        Some(ExportFormat::Csv) if output.is_json() => Err(Failure::usage("csv_is_not_json").into()),
        None if output.is_json() => Ok(ExportFormat::Json),
        asked => Ok(asked.unwrap_or(ExportFormat::Csv)),
    }
}

/// A field of a CSV file that no spreadsheet takes for a formula. Numbers keep their plus: they are no free text.
pub fn plain(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// A CSV file of records.
pub fn csv_file<const N: usize>(records: impl IntoIterator<Item = [String; N]>) -> Result<String, Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::of("output_failed", error);
    let mut writer = csv::Writer::from_writer(Vec::new());
    for record in records {
        writer.write_record(&record).map_err(|error| failed(&error))?;
    }
    let bytes = writer.into_inner().map_err(|error| failed(&error))?;
    String::from_utf8(bytes).map_err(|error| failed(&error))
}

async fn list(session: &mut Session, limit: u32, since: Option<Timestamp>) -> Result<Vec<CallView>, Failure> {
    let contact = None;
    Ok(reply!(
        session.request(Request::ListCalls { limit, since, contact }).await?,
        Calls
    )?)
}

fn table(calls: &[CallView]) -> Table {
    let mut table = Table::new(
        &["time", "direction", "who", "account", "state", "talk", "id"],
        "cli.calls.none",
    );
    for call in calls {
        table.row([
            local_time(call.requested_at),
            name_of("direction", &call.direction),
            who(call),
            call.account.clone(),
            words::sentence(&call.headline),
            talk_time(call),
            call.id.clone(),
        ]);
    }
    table
}

fn facts(facts: &[Fact]) -> Table {
    let mut table = Table::new(&["received", "fact", "source"], "cli.calls.no_facts");
    for fact in facts {
        let name = |value: serde_json::Result<serde_json::Value>| {
            value
                .ok()
                .and_then(|value| value.as_str().map(str::to_owned))
                .unwrap_or_default()
        };
        // The names that JSON has: whoever reads facts compares them with it.
        let kind = name(serde_json::to_value(fact.kind));
        let source = name(serde_json::to_value(fact.source));
        table.row([local_time(fact.received_at), kind, source]);
    }
    table
}

fn csv(calls: &[CallView]) -> Result<String, Failure> {
    let heading = [
        "id",
        "requested_at",
        "account",
        "provider",
        "direction",
        "customer",
        "contact",
        "caller_id",
        "phase",
        "outcome",
        "ended_by",
        "connected_at",
        "ended_at",
        "talk_seconds",
        "disposition",
        "note",
    ];
    let rows = calls.iter().map(|call| {
        let time = |at: Option<Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
        let name = |value: serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let json = |value: serde_json::Result<serde_json::Value>| value.map(name).unwrap_or_default();
        let customer = call
            .customer
            .as_ref()
            .map_or(call.target.as_str(), |number| number.as_str());
        [
            call.id.clone(),
            call.requested_at.to_string(),
            call.account.clone(),
            call.provider.to_string(),
            json(serde_json::to_value(call.direction)),
            customer.to_owned(),
            plain(&call.contact.as_ref().map(ContactRef::said).unwrap_or_default()),
            call.caller_id
                .as_ref()
                .map(|number| number.as_str().to_owned())
                .unwrap_or_default(),
            json(serde_json::to_value(call.phase)),
            json(serde_json::to_value(call.outcome)),
            json(serde_json::to_value(call.ended_by)),
            time(call.connected_at),
            time(call.ended_at),
            call.talk_seconds.map(|seconds| seconds.to_string()).unwrap_or_default(),
            plain(call.disposition.as_deref().unwrap_or_default()),
            plain(call.note.as_deref().unwrap_or_default()),
        ]
    });
    csv_file(std::iter::once(heading.map(str::to_owned)).chain(rows))
}
