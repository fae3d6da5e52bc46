//! The directory.

mod importing;

use std::io::{self, Write};

use engine::api::{ApiError, ContactDraft, ErrorClass, MarksChange, Request};
use engine::contact_file::{ContactFile, ContactFormat};
use engine::view::{ContactView, SearchRow};
use serde_json::json;
use telephony::PhoneNumber;
use uuid::Uuid;

use super::Done;
use crate::cli::{ContactsCommand, ContactsFormat};
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
        ContactsCommand::Inspect { file, reading } => importing::inspect(session, file, reading, output).await,
        ContactsCommand::Import(args) => importing::import(session, args, output).await,
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
                contact_id: None,
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

/// People of one page.
const PAGE: u32 = 500;

async fn export(session: &mut Session, format: ContactsFormat, output: Output) -> Done {
    let failed = |error: io::Error| Failure::of("output_failed", &error);
    let mut sheet = Sheet::new(output.stream(), format).map_err(failed)?;
    let mut after = None;
    loop {
        let request = Request::PageContacts { after, limit: PAGE };
        let page = reply!(session.request(request).await?, ContactPage)?;
        for contact in &page.contacts {
            sheet.add(contact).map_err(failed)?;
        }
        after = page.next;
        if after.is_none() {
            return sheet.finish().map_err(failed);
        }
    }
}

/// The format that was asked for; with `--json` there is only one.
fn format_of(asked: Option<ContactsFormat>, output: Output) -> Result<ContactsFormat, Failure> {
    match asked {
        Some(ContactsFormat::Csv) if output.is_json() => Err(Failure::usage("csv_is_not_json").into()),
        Some(ContactsFormat::Vcard) if output.is_json() => Err(Failure::usage("vcard_is_not_json").into()),
        None if output.is_json() => Ok(ContactsFormat::Json),
        asked => Ok(asked.unwrap_or(ContactsFormat::Csv)),
    }
}

/// An export while it is written.
enum Sheet<W: Write> {
    File(ContactFile<W>),
    Json { out: W, is_begun: bool },
}

impl<W: Write> Sheet<W> {
    fn new(out: W, format: ContactsFormat) -> io::Result<Self> {
        Ok(match format {
            ContactsFormat::Csv => Self::File(ContactFile::new(out, ContactFormat::Csv)?),
            ContactsFormat::Vcard => Self::File(ContactFile::new(out, ContactFormat::Vcard)?),
            ContactsFormat::Json => Self::Json { out, is_begun: false },
        })
    }

    fn add(&mut self, contact: &ContactView) -> io::Result<()> {
        match self {
            Self::File(file) => file.add(contact),
            Self::Json { out, is_begun } => {
                out.write_all(if *is_begun { b"," } else { b"[" })?;
                *is_begun = true;
                Ok(serde_json::to_writer(out, contact)?)
            }
        }
    }

    fn finish(self) -> io::Result<()> {
        match self {
            Self::File(file) => file.finish(),
            Self::Json { mut out, is_begun } => {
                out.write_all(if is_begun { b"]\n" } else { b"[]\n" })?;
                out.flush()
            }
        }
    }
}

/// The one contact meant: by id, or by a name that only one has.
async fn find(session: &mut Session, text: &str) -> Result<(String, String), Failure> {
    if text.parse::<Uuid>().is_ok() {
        let contact = one(session, Request::ShowContact { id: text.to_owned() }).await?;
        return Ok((contact.id, contact.name));
    }
    let mut found: Vec<SearchRow> = Vec::new();
    for row in search(session, text, 1000).await? {
        if row.name.to_lowercase() == text.to_lowercase() && found.iter().all(|known| known.contact != row.contact) {
            found.push(row);
        }
    }
    match found.len() {
        0 => Err(ApiError::new(ErrorClass::NothingMatches, "contact_unknown")
            .with("text", text)
            .into()),
        1 => {
            let row = found.remove(0);
            Ok((row.contact, row.name))
        }
        _ => {
            let told: Vec<String> = found.iter().map(told_apart).collect();
            Err(Failure::usage("contact_not_clear")
                .with("text", text)
                .with("names", told.join(", "))
                .into())
        }
    }
}

/// The id of somebody, and what tells them from a namesake.
fn told_apart(row: &SearchRow) -> String {
    let apart = [row.company.as_deref(), row.number.as_ref().map(PhoneNumber::as_str)];
    let apart: Vec<&str> = apart.into_iter().flatten().collect();
    if apart.is_empty() {
        return row.contact.clone();
    }
    format!("{} ({})", row.contact, apart.join(", "))
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
