//! The command line of files of contacts.

use std::path::PathBuf;

use clap::Args;

/// How a file is read; what is not said is seen from the file, or was said for a file with the same headings before.
#[derive(Debug, Args)]
pub struct Reading {
    /// Two letters: the country of national numbers.
    #[arg(long)]
    pub country: Option<String>,
    /// What a column is for: its heading, or its place from 1, and one of name, first_name, middle_name, last_name,
    /// company, email, note, tags, number, mobile, work, home, label, favourite, do_not_call, contact_id, ignore.
    /// May be repeated.
    #[arg(long, value_name = "HEADING=ROLE", value_parser = column)]
    pub map: Vec<(String, String)>,
    /// What parts the cells of a row: one character, or tab.
    #[arg(long, value_name = "C")]
    pub delimiter: Option<String>,
    /// How letters are written, such as UTF-8 or windows-1252.
    #[arg(long, value_name = "NAME")]
    pub encoding: Option<String>,
    /// Whether the first row names the columns.
    #[arg(long, value_name = "YES")]
    pub headings: Option<bool>,
    /// Look anew, though a file with the same headings was read before.
    #[arg(long)]
    pub anew: bool,
}

#[derive(Debug, Args)]
pub struct ImportArgs {
    /// A CSV file or vCards; - reads standard input.
    pub file: PathBuf,
    #[command(flatten)]
    pub reading: Reading,
    /// Write everything that is wrong in the file as a table.
    #[arg(long, value_name = "OUT.csv")]
    pub problems: Option<PathBuf>,
}

/// The last sign parts the two: a heading may have some too.
fn column(text: &str) -> Result<(String, String), String> {
    match text.rsplit_once('=') {
        Some((heading, role)) if !heading.trim().is_empty() && !role.trim().is_empty() => {
            Ok((heading.to_owned(), role.to_owned()))
        }
        _ => Err("write HEADING=ROLE, such as Mobile=number".to_owned()),
    }
}
