//! Address books on CardDAV servers.

use engine::api::{ApiError, BookDraft, ErrorClass, Request, SecretText};
use engine::view::{BookConflictView, BookReport, BookView, PersonSide, RunCounts};
use serde_json::json;

use super::Done;
use crate::ask;
use crate::cli::SyncCommand;
use crate::output::{Failure, Output};
use crate::session::{Session, reply};
use crate::speech::{local_time, say, say_with};

/// Names that are listed of those who would be deleted; all are in `--json`.
const NAMED: usize = 10;

pub async fn run(session: &mut Session, command: &SyncCommand, output: Output) -> Done {
    match command {
        SyncCommand::Add {
            server,
            user,
            book,
            upload,
            password_stdin,
            this_run_only,
        } => {
            let draft = BookDraft {
                server: server.clone(),
                user: user.clone(),
                password: SecretText(password(user, *password_stdin, output)?),
                book: book.clone(),
                takes_new: *upload,
                this_run_only: *this_run_only,
            };
            let book = reply!(session.request(Request::AddBook(draft)).await?, Book)?;
            output.result(&book, || {
                say_with("cli.sync.added", &[("book", &book.name), ("server", &book.server)])
            })
        }
        SyncCommand::List => {
            let books = reply!(session.request(Request::ListBooks).await?, Books)?;
            output.result(&books, || list(&books))
        }
        SyncCommand::Run {
            book,
            thorough,
            allow_deletions,
        } => {
            let request = Request::SyncBook {
                book_id: book.clone(),
                thorough: *thorough,
                allow_deletions: *allow_deletions,
            };
            let report = reply!(session.request(request).await?, BookSynced)?;
            output.result(&report, || told(&report))?;
            match &report.failure {
                None => Ok(()),
                Some(why) => Err(ApiError::new(ErrorClass::Failed, "book_server").with("why", why).into()),
            }
        }
        SyncCommand::Conflicts { book } => {
            let conflicts = conflicts(session, book.clone()).await?;
            output.result(&conflicts, || shown(&conflicts))
        }
        SyncCommand::Resolve { contact, keep } => {
            let conflict = named(conflicts(session, None).await?, contact)?;
            let request = Request::ResolveConflict {
                book_id: Some(conflict.book_id),
                contact_id: conflict.contact_id.clone(),
                keep: keep.word().to_owned(),
            };
            session.request(request).await?;
            let told = json!({"contact_id": conflict.contact_id, "keep": keep.word()});
            output.result(&told, || say("cli.sync.resolved"))
        }
        SyncCommand::Remove { book } => {
            let request = Request::RemoveBook {
                book_id: Some(book.clone()),
            };
            session.request(request).await?;
            output.result(&json!({"removed": book}), || {
                say_with("cli.sync.removed", &[("book", book)])
            })
        }
    }
}

fn password(user: &str, from_stdin: bool, output: Output) -> Result<String, Failure> {
    let missing = || Failure::from(ApiError::new(ErrorClass::Usage, "book_sign_in_missing"));
    if from_stdin {
        let mut line = String::new();
        std::io::stdin()
            .read_line(&mut line)
            .map_err(|error| Failure::of("input_failed", &error))?;
        let line = line.trim_end_matches(['\r', '\n']).to_owned();
        return if line.is_empty() { Err(missing()) } else { Ok(line) };
    }
    if !output.may_ask() {
        return Err(missing());
    }
    ask::secret(&say_with("cli.sync.password", &[("user", user)]))?.ok_or_else(missing)
}

async fn conflicts(session: &mut Session, book_id: Option<String>) -> Result<Vec<BookConflictView>, Failure> {
    let request = Request::BookConflicts { book_id };
    Ok(reply!(session.request(request).await?, BookConflicts)?)
}

/// The conflict of a contact's id, or of a name that only one has.
fn named(mut conflicts: Vec<BookConflictView>, contact: &str) -> Result<BookConflictView, Failure> {
    conflicts.retain(|own| own.contact_id == contact || own.name.to_lowercase() == contact.to_lowercase());
    match conflicts.len() {
        1 => Ok(conflicts.remove(0)),
        0 => Err(ApiError::new(ErrorClass::NothingMatches, "nothing_matches")
            .with("text", contact)
            .into()),
        _ => {
            let ids: Vec<&str> = conflicts.iter().map(|own| own.contact_id.as_str()).collect();
            Err(ApiError::new(ErrorClass::Usage, "contact_not_clear")
                .with("text", contact)
                .with("names", ids.join(", "))
                .into())
        }
    }
}

fn list(books: &[BookView]) -> String {
    if books.is_empty() {
        return say("cli.sync.none");
    }
    let lines = books.iter().map(|book| {
        let when = book.synced_at.map_or_else(|| say("cli.sync.never"), local_time);
        let line = say_with(
            "cli.sync.line",
            &[
                ("book", &book.name),
                ("user", &book.user),
                ("server", &book.server),
                ("when", &when),
                ("conflicts", &book.conflicts.to_string()),
            ],
        );
        let more = [
            book.takes_new.then(|| say("cli.sync.takes_new")),
            book.report.as_ref().and_then(|report| report.failure.clone()),
        ];
        more.into_iter()
            .flatten()
            .fold(line, |line, more| format!("{line}\n    {more}"))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// What a run came to, one sentence a line.
fn told(report: &BookReport) -> String {
    let mut lines = match &report.failure {
        None => vec![say_with("cli.sync.done", &[("book", &report.book)])],
        Some(why) => vec![say_with("cli.sync.failed", &[("book", &report.book), ("why", why)])],
    };
    lines.push(counts("cli.sync.here", report.here));
    lines.push(counts("cli.sync.there", report.there));
    let counted = [
        ("cli.sync.conflicts", report.conflicts),
        ("cli.sync.unclear", report.unclear),
        ("cli.sync.unreadable", report.unreadable),
    ];
    for (key, count) in counted.into_iter().filter(|(_, count)| *count > 0) {
        lines.push(say_with(key, &[("count", &count.to_string())]));
    }
    let all = (report.to_delete_here.len() + report.to_delete_there.len()).to_string();
    for (key, names) in [
        ("cli.sync.waiting_here", &report.to_delete_here),
        ("cli.sync.waiting_there", &report.to_delete_there),
    ] {
        if !names.is_empty() {
            let mut shown: Vec<&str> = names.iter().take(NAMED).map(String::as_str).collect();
            if names.len() > NAMED {
                shown.push("…");
            }
            let count = names.len().to_string();
            lines.push(say_with(
                key,
                &[("count", &count), ("names", &shown.join(", ")), ("all", &all)],
            ));
        }
    }
    lines.extend(
        report
            .not_written
            .iter()
            .map(|what| say_with("cli.sync.not_written", &[("what", what)])),
    );
    if report.is_unfinished {
        lines.push(say("cli.sync.unfinished"));
    }
    lines.join("\n")
}

fn counts(key: &str, counts: RunCounts) -> String {
    say_with(
        key,
        &[
            ("added", &counts.added.to_string()),
            ("changed", &counts.changed.to_string()),
            ("deleted", &counts.deleted.to_string()),
        ],
    )
}

fn shown(conflicts: &[BookConflictView]) -> String {
    if conflicts.is_empty() {
        return say("cli.sync.no_conflicts");
    }
    let mut lines = Vec::new();
    for conflict in conflicts {
        lines.push(say_with(
            "cli.sync.conflict",
            &[
                ("name", &conflict.name),
                ("id", &conflict.contact_id),
                ("book", &conflict.book),
                ("when", &local_time(conflict.found_at)),
            ],
        ));
        for (key, side) in [("cli.sync.ours", &conflict.ours), ("cli.sync.theirs", &conflict.theirs)] {
            let said = side.as_ref().map_or_else(|| say("cli.sync.deleted"), one_line);
            lines.push(format!("    {}: {said}", say(key)));
        }
        if let Some(choice) = &conflict.choice {
            lines.push(format!("    {}", say_with("cli.sync.decided", &[("choice", choice)])));
        }
    }
    lines.push(say("cli.sync.decide"));
    lines.join("\n")
}

fn one_line(side: &PersonSide) -> String {
    let numbers = side.numbers.iter().map(|(number, label)| match label {
        Some(label) => format!("{number} ({label})"),
        None => number.clone(),
    });
    let optional = [&side.company, &side.email, &side.note].into_iter().flatten().cloned();
    let tags = (!side.tags.is_empty()).then(|| side.tags.join(", "));
    let parts = std::iter::once(side.name.clone())
        .chain(optional)
        .chain(numbers)
        .chain(tags);
    parts.collect::<Vec<_>>().join(" · ")
}
