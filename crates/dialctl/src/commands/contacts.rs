//! The directory.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;

use engine::api::{ApiError, ContactDraft, ErrorClass, MarksChange, Request};
use engine::view::{ContactView, SearchRow};
use serde_json::json;
use uuid::Uuid;

use super::Done;
use super::calls::{csv_file, format_of, plain};
use crate::cli::{ContactsCommand, ExportFormat};
use crate::output::{Failure, Output};
use crate::session::{Session, reply};
use crate::speech::{say, say_with};
use crate::table::Table;

pub async fn run(session: &mut Session, command: &ContactsCommand, output: Output) -> Done {
    match command {
        ContactsCommand::Search { query, limit } => {
            let rows = search(session, query, *limit).await?;
            output.rows(&rows, table)
        }
        ContactsCommand::Add {
            name,
            numbers,
            company,
            email,
            note,
            country,
        } => {
            let contact = ContactDraft {
                name: name.clone(),
                company: company.clone(),
                email: email.clone(),
                note: note.clone(),
                numbers: numbers.iter().map(|number| (number.clone(), None)).collect(),
                country: country.clone(),
            };
            let contact = one(session, Request::AddContact { contact }).await?;
            output.result(&contact, || say_with("cli.contacts.added", &[("name", &contact.name)]))
        }
        ContactsCommand::Import { file, country } => import(session, file, country.clone(), output).await,
        ContactsCommand::Export { format } => export(session, format_of(*format, output)?, output).await,
        ContactsCommand::Mark {
            contact,
            favourite,
            do_not_call,
            tag,
            untag,
        } => {
            let (id, _) = find(session, contact).await?;
            let change = MarksChange {
                favourite: *favourite,
                do_not_call: *do_not_call,
                add_tags: tag.clone(),
                remove_tags: untag.clone(),
            };
            let contact = one(session, Request::MarkContact { id, change }).await?;
            output.result(&contact, || marks(&contact))
        }
        ContactsCommand::CallFrom { target, from, account } => {
            let request = Request::KeepCallFrom {
                target: target.clone(),
                account: account.clone(),
                from: from.clone(),
            };
            session.request(request).await?;
            output.result(&json!({"target": target, "from": from}), || match from {
                Some(from) => say_with("cli.contacts.call_from", &[("target", target), ("from", from)]),
                None => say_with("cli.contacts.call_from_open", &[("target", target)]),
            })
        }
        ContactsCommand::Merging(command) => super::merging::run(session, command, output).await,
        ContactsCommand::Sync(command) => super::sync::run(session, command, output).await,
        ContactsCommand::Remove { contact } => {
            let (id, name) = find(session, contact).await?;
            session.request(Request::RemoveContact { id: id.clone() }).await?;
            output.result(&json!({"removed": id}), || {
                say_with("cli.contacts.removed", &[("name", &name)])
            })
        }
    }
}

/// What a person is marked with, in one line.
fn marks(contact: &ContactView) -> String {
    let words = [
        contact.favourite.then(|| say("cli.contacts.favourite")),
        contact.do_not_call.then(|| say("cli.contacts.do_not_call")),
        (!contact.tags.is_empty()).then(|| contact.tags.join(", ")),
    ];
    let words: Vec<String> = words.into_iter().flatten().collect();
    if words.is_empty() {
        say_with("cli.contacts.unmarked", &[("name", &contact.name)])
    } else {
        say_with(
            "cli.contacts.marked",
            &[("name", &contact.name), ("marks", &words.join(" · "))],
        )
    }
}

async fn search(session: &mut Session, query: &str, limit: u32) -> Result<Vec<SearchRow>, Failure> {
    let query = query.to_owned();
    Ok(reply!(
        session.request(Request::SearchContacts { query, limit }).await?,
        Contacts
    )?)
}

async fn one(session: &mut Session, request: Request) -> Result<ContactView, Failure> {
    Ok(*reply!(session.request(request).await?, Contact)?)
}

async fn import(session: &mut Session, file: &Path, country: Option<String>, output: Output) -> Done {
    let unreadable = |error: std::io::Error| {
        let error = ApiError::new(ErrorClass::Failed, "file_unreadable")
            .with("file", file.display())
            .with("why", error);
        Failure::from(error)
    };
    let request = if file == Path::new("-") {
        let mut csv = Vec::new();
        std::io::stdin().read_to_end(&mut csv).map_err(unreadable)?;
        Request::ImportContacts { csv, country }
    } else {
        // By its name: it may be longer than what goes to a running engine in one piece.
        let path = std::fs::canonicalize(file).map_err(unreadable)?;
        match path.to_str() {
            Some(path) => Request::ImportFile {
                path: path.to_owned(),
                country,
            },
            None => Request::ImportContacts {
                csv: std::fs::read(&path).map_err(unreadable)?,
                country,
            },
        }
    };
    let report = reply!(session.request(request).await?, Import)?;
    output.result(&report, || {
        let count = |count: u32| count.to_string();
        let mut lines = vec![say_with(
            "cli.contacts.imported",
            &[
                ("added", &count(report.added)),
                ("updated", &count(report.updated)),
                ("unchanged", &count(report.unchanged)),
                ("skipped", &report.skipped.len().to_string()),
            ],
        )];
        lines.extend(report.skipped.iter().map(|skip| {
            say_with(
                "cli.contacts.skipped",
                &[("line", &skip.line.to_string()), ("reason", &skip.reason)],
            )
        }));
        lines.join("\n")
    })
}

async fn export(session: &mut Session, format: ExportFormat, output: Output) -> Done {
    let mut seen = BTreeSet::new();
    let mut contacts = Vec::new();
    // Rows are of numbers and leave out what a list does not show.
    for row in search(session, "", u32::MAX).await? {
        if seen.insert(row.contact.clone()) {
            contacts.push(one(session, Request::ShowContact { id: row.contact }).await?);
        }
    }
    match format {
        ExportFormat::Json => output.document(&contacts),
        ExportFormat::Csv => output.file(&csv(&contacts)?),
    }
}

/// A row for each number, or one for a person without any.
fn csv(contacts: &[ContactView]) -> Result<String, Failure> {
    let heading = ["name", "company", "email", "note", "number", "label"].map(str::to_owned);
    let rows = contacts.iter().flat_map(|contact| {
        let row = |number: &str, label: &str| {
            let text = |field: &Option<String>| plain(field.as_deref().unwrap_or_default());
            [
                plain(&contact.name),
                text(&contact.company),
                text(&contact.email),
                text(&contact.note),
                number.to_owned(),
                plain(label),
            ]
        };
        if contact.numbers.is_empty() {
            return vec![row("", "")];
        }
        contact
            .numbers
            .iter()
            .map(|number| row(number.number.as_str(), number.label.as_deref().unwrap_or_default()))
            .collect()
    });
    csv_file(std::iter::once(heading).chain(rows))
}

/// The one contact meant: by id, or by a name that only one has.
async fn find(session: &mut Session, text: &str) -> Result<(String, String), Failure> {
    if text.parse::<Uuid>().is_ok() {
        let contact = one(session, Request::ShowContact { id: text.to_owned() }).await?;
        return Ok((contact.id, contact.name));
    }
    let mut found: Vec<(String, String)> = Vec::new();
    for row in search(session, text, 1000).await? {
        if row.name.to_lowercase() == text.to_lowercase() && found.iter().all(|(id, _)| *id != row.contact) {
            found.push((row.contact, row.name));
        }
    }
    match found.len() {
        0 => Err(ApiError::new(ErrorClass::NothingMatches, "contact_unknown")
            .with("text", text)
            .into()),
        1 => Ok(found.remove(0)),
        _ => {
            let ids: Vec<&str> = found.iter().map(|(id, _)| id.as_str()).collect();
            Err(Failure::usage("contact_not_clear")
                .with("text", text)
                .with("names", ids.join(", "))
                .into())
        }
    }
}

fn table(rows: &[SearchRow]) -> Table {
    let mut table = Table::new(&["name", "company", "number", "label"], "cli.contacts.none");
    for row in rows {
        table.row([
            row.name.clone(),
            row.company.clone().unwrap_or_default(),
            row.international.clone().unwrap_or_default(),
            row.label.clone().unwrap_or_default(),
        ]);
    }
    table
}
