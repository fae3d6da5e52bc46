//! Files of contacts: looking at one, and taking it in.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use engine::api::{
    ApiError, ColumnWish, ErrorClass, ImportFrom, ImportKind, ImportLook, ImportPerson, ImportWish, Request,
};
use engine::view::{Event, ImportReport};
use uuid::Uuid;

use super::Done;
use crate::cli::{ImportArgs, Reading};
use crate::output::{Failure, Output};
use crate::session::{Session, reply};
use crate::speech::{say, say_with};
use crate::table::Table;

/// Bytes of a piece that is handed over: as numbers, which bytes that are no text become, four times as many.
const PIECE: u64 = 1024 * 1024;
/// Problems that are listed for people; a file of problems has all.
const LISTED: usize = 50;

pub async fn inspect(session: &mut Session, file: &Path, reading: &Reading, output: Output) -> Done {
    let from = handed_over(session, file).await?;
    let request = Request::InspectImport {
        from: from.clone(),
        wish: wish(reading),
    };
    let look = session.request(request).await;
    drop_upload(session, from).await;
    let look = reply!(look?, ImportLook)?;
    output.result(&*look, || {
        let mut text = seen(&look);
        if look.kind == ImportKind::Table {
            text += &format!("\n\n{}", columns(&look));
        }
        text += &format!("\n\n{}", people(&look));
        let problems = look.rows.iter().flat_map(|row| &row.problems);
        for problem in problems {
            let line = problem.line.to_string();
            text += &say_with("cli.contacts.skipped", &[("line", &line), ("reason", &problem.reason)]);
            text.push('\n');
        }
        text
    })
}

pub async fn import(session: &mut Session, args: &ImportArgs, output: Output) -> Done {
    let problems = args.problems.as_deref().map(absolute).transpose()?;
    let from = handed_over(session, &args.file).await?;
    let import_id = Uuid::now_v7().to_string();
    let request = Request::StartImport {
        import_id: import_id.clone(),
        from: from.clone(),
        wish: wish(&args.reading),
        problems,
    };
    let cancel = Request::CancelImport {
        import_id: import_id.clone(),
    };
    let heard = |event: &Event| {
        if let Event::ImportProgress {
            import,
            bytes,
            total,
            rows,
        } = event
            && *import == import_id
        {
            output.progress(&progress(*bytes, *total, *rows));
        }
    };
    let cancelling = || output.progress(&say("cli.contacts.cancelling"));
    let answer = session.long_request(request, cancel, heard, cancelling).await;
    output.progress("");
    if answer.is_err() {
        drop_upload(session, from).await;
    }
    let report = reply!(answer?, Import)?;
    output.result(&report, || told(&report, args.problems.as_deref()))
}

fn wish(reading: &Reading) -> ImportWish {
    let columns = reading.map.iter().map(|(column, role)| ColumnWish {
        column: column.clone(),
        role: role.clone(),
    });
    ImportWish {
        country: reading.country.clone(),
        encoding: reading.encoding.clone(),
        delimiter: reading.delimiter.clone(),
        has_headings: reading.headings,
        columns: columns.collect(),
        detect_anew: reading.anew,
    }
}

/// By its name where that can be said; else the file goes over in pieces.
async fn handed_over(session: &mut Session, file: &Path) -> Result<ImportFrom, Failure> {
    let unreadable = |error: io::Error| {
        ApiError::new(ErrorClass::Failed, "file_unreadable")
            .with("file", file.display())
            .with("why", error)
    };
    if file == Path::new("-") {
        return in_pieces(session, &mut io::stdin().lock()).await;
    }
    let path = std::fs::canonicalize(file).map_err(unreadable)?;
    match path.to_str() {
        Some(path) => Ok(ImportFrom::Path(path.to_owned())),
        None => in_pieces(session, &mut File::open(&path).map_err(unreadable)?).await,
    }
}

async fn in_pieces(session: &mut Session, file: &mut impl Read) -> Result<ImportFrom, Failure> {
    let upload_id = reply!(session.request(Request::BeginUpload { bytes: 0 }).await?, Upload)?;
    let mut offset = 0;
    loop {
        let mut piece = Vec::new();
        let read = file.by_ref().take(PIECE).read_to_end(&mut piece);
        read.map_err(|error| Failure::of("input_failed", &error))?;
        if piece.is_empty() {
            return Ok(ImportFrom::Upload(upload_id));
        }
        let length = piece.len() as u64;
        let request = Request::UploadPiece {
            upload_id: upload_id.clone(),
            offset,
            piece,
        };
        session.request(request).await?;
        offset += length;
    }
}

/// What stays is deleted when the engine starts next.
async fn drop_upload(session: &mut Session, from: ImportFrom) {
    if let ImportFrom::Upload(upload_id) = from {
        let _ = session.request(Request::DropUpload { upload_id }).await;
    }
}

fn absolute(path: &Path) -> Result<String, Failure> {
    let unwritable = |why: &dyn std::fmt::Display| {
        ApiError::new(ErrorClass::Failed, "file_unwritable")
            .with("file", path.display())
            .with("why", why)
    };
    let whole = std::path::absolute(path).map_err(|error| unwritable(&error))?;
    let text = whole.to_str().ok_or_else(|| unwritable(&"its name is not Unicode"))?;
    Ok(text.to_owned())
}

fn progress(bytes: u32, total: u32, rows: u32) -> String {
    let percent = u64::from(bytes) * 100 / u64::from(total.max(1));
    say_with(
        "cli.contacts.progress",
        &[("percent", &percent.to_string()), ("rows", &rows.to_string())],
    )
}

fn told(report: &ImportReport, problems: Option<&Path>) -> String {
    let count = |count: u32| count.to_string();
    let mut lines = vec![say_with(
        "cli.contacts.imported",
        &[
            ("added", &count(report.added)),
            ("updated", &count(report.updated)),
            ("unchanged", &count(report.unchanged)),
            ("problems", &count(report.problems)),
        ],
    )];
    lines.extend(report.skipped.iter().take(LISTED).map(|skip| {
        say_with(
            "cli.contacts.skipped",
            &[("line", &skip.line.to_string()), ("reason", &skip.reason)],
        )
    }));
    let listed = report.skipped.len().min(LISTED);
    let more = (report.problems as usize).saturating_sub(listed);
    if more > 0 {
        lines.push(say_with("cli.contacts.skipped_more", &[("count", &more.to_string())]));
    }
    if !report.left_out.is_empty() {
        let names: Vec<String> = report
            .left_out
            .iter()
            .map(|left_out| format!("{} ({})", left_out.name, left_out.count))
            .collect();
        lines.push(say_with(
            "cli.contacts.columns_left_out",
            &[("columns", &names.join(", "))],
        ));
    }
    if report.mapping_remembered {
        lines.push(say("cli.contacts.mapping_remembered"));
    }
    if let Some(problems) = problems {
        lines.push(say_with(
            "cli.contacts.problems_written",
            &[("file", &problems.display().to_string())],
        ));
    }
    lines.join("\n")
}

/// What kind of file it is, in a few lines.
fn seen(look: &ImportLook) -> String {
    let country = look.country.as_deref().unwrap_or_default();
    if look.kind == ImportKind::Cards {
        return say_with("cli.contacts.seen_cards", &[("country", country)]);
    }
    let delimiter = match look.delimiter.as_deref() {
        Some("\t") => "tab",
        other => other.unwrap_or_default(),
    };
    let mut lines = vec![say_with(
        "cli.contacts.seen_table",
        &[
            ("encoding", look.encoding.as_deref().unwrap_or_default()),
            ("delimiter", delimiter),
            ("country", country),
        ],
    )];
    if look.remembered {
        lines.push(say("cli.contacts.mapping_remembered"));
    }
    if !look.is_usable {
        lines.push(say("cli.contacts.not_usable"));
    }
    lines.join("\n")
}

fn columns(look: &ImportLook) -> Table {
    let mut table = Table::new(&["column", "heading", "role", "samples"], "cli.contacts.none");
    for column in &look.columns {
        table.row([
            column.column.to_string(),
            column.heading.clone(),
            column.role.clone().unwrap_or_else(|| "-".to_owned()),
            column.samples.join(" · "),
        ]);
    }
    table
}

fn people(look: &ImportLook) -> Table {
    let mut table = Table::new(&["line", "name", "company", "number", "email"], "cli.contacts.none");
    for row in &look.rows {
        let Some(person) = &row.contact else { continue };
        table.row([
            row.line.to_string(),
            person.name.clone(),
            person.company.clone().unwrap_or_default(),
            numbers(person),
            person.email.clone().unwrap_or_default(),
        ]);
    }
    table
}

fn numbers(person: &ImportPerson) -> String {
    let numbers = person.numbers.iter().map(|(number, label)| match label {
        Some(label) => format!("{number} ({label})"),
        None => number.clone(),
    });
    numbers.collect::<Vec<_>>().join(", ")
}
