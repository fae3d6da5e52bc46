//! The provider's log of calls.

use providers::{Ask, RecordedCall, RecordsQuery};
use serde_json::json;

use super::Done;
use super::asking::{ask, named, number, page, page_of, told};
use crate::cli::{RecordsArgs, RecordsCommand, WhichRecords};
use crate::output::Output;
use crate::session::Session;
use crate::speech::{local_time, minutes, say};
use crate::table::Table;

pub async fn run(session: &mut Session, arguments: &RecordsArgs, output: Output) -> Done {
    match &arguments.command {
        Some(RecordsCommand::Link { record, account }) => {
            let record = record.clone();
            let told = ask(session, account.as_deref(), Ask::RecordingLink { record }).await?;
            let url = told!(told, RecordingLink { url })?;
            output.result(&json!({"url": url}), || url.clone())?;
            output.remark(&say("cli.records.link_is_secret"));
            Ok(())
        }
        None => list(session, &arguments.which, output).await,
    }
}

async fn list(session: &mut Session, which: &WhichRecords, output: Output) -> Done {
    let account = which.account.as_deref();
    let customer = match &which.number {
        Some(text) => Some(number(session, account, text).await?),
        None => None,
    };
    let answered = match (which.answered, which.missed) {
        (true, _) => Some(true),
        (false, true) => Some(false),
        (false, false) => None,
    };
    let query = RecordsQuery {
        from: which.since,
        to: which.until,
        direction: which.direction.map(Into::into),
        answered,
        customer,
        own: which.own,
        page: page_of(&which.page),
        ..RecordsQuery::default()
    };
    let found = told!(ask(session, account, Ask::Records(query)).await?, Records)?;
    let part = (found.records.as_slice(), found.next.as_deref());
    page(&found, part, &which.page, output, table)
}

fn table(records: &[RecordedCall]) -> Table {
    let headings = [
        "time",
        "direction",
        "number",
        "agent",
        "outcome",
        "talk",
        "recording",
        "record",
    ];
    let mut table = Table::new(&headings, "cli.records.none");
    for record in records {
        let agent = record.agent_name.as_ref().or(record.agent.as_ref());
        let number = record.customer.as_ref().map(telephony::PhoneNumber::international);
        let recording = if record.has_recording {
            say("cli.records.recorded")
        } else {
            String::new()
        };
        table.row([
            record.started_at.map(local_time).unwrap_or_default(),
            named("direction", record.direction.as_ref()),
            number.unwrap_or_default(),
            agent.cloned().unwrap_or_default(),
            named("outcome", record.outcome.as_ref()),
            record.talk_seconds.map(minutes).unwrap_or_default(),
            recording,
            record.id.clone(),
        ]);
    }
    table
}
