//! How a file of contacts is read: seen from it, remembered, or said by somebody.

use directory::Encoding;
use directory::csv::{Column, Delimiter, Hints, Mapping, Role};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::Store;
use telephony::Region;

use super::failed;
use super::incoming::unreadable;
use crate::api::{ApiError, ColumnWish, ErrorClass, ImportWish};

/// How far into a file its first card begins at the latest, to be known as one.
const START: usize = 1_024;

/// How a file is read.
pub(super) enum Plan {
    Table { mapping: Mapping, is_remembered: bool },
    Cards { country: Region },
}

/// What is kept of a table's mapping for the next file with the same headings.
#[derive(Serialize, Deserialize)]
struct Remembered {
    roles: Vec<Option<Role>>,
    /// Where somebody chose it; else it is seen anew.
    country: Option<Region>,
    encoding: Option<Encoding>,
    delimiter: Option<Delimiter>,
}

impl Plan {
    /// By the beginning of a file; national numbers are of `region` unless somebody says another country.
    ///
    /// # Errors
    /// `import_unreadable`: it is neither a table nor cards. Or what of the wish cannot be.
    pub(super) fn of(start: &[u8], wish: &ImportWish, region: Region, store: &Store) -> Result<Self, ApiError> {
        let chosen = wish.country.as_deref().map(country).transpose()?;
        if begins_with_a_card(start) {
            if let Some(column) = wish.columns.first() {
                return Err(usage("import_cards_have_no_columns").with("column", &column.column));
            }
            return Ok(Self::Cards {
                country: chosen.unwrap_or(region),
            });
        }
        let mut hints = Hints {
            encoding: wish.encoding.as_deref().map(encoding).transpose()?,
            delimiter: wish.delimiter.as_deref().map(delimiter).transpose()?,
            has_headings: wish.has_headings,
        };
        let country = chosen.unwrap_or(region);
        let mut mapping = Mapping::detect_with(start, Some(country), hints).map_err(unreadable)?;
        if hints.has_headings.is_none() && !mapping.has_headings && names_first_row(&mapping, start, wish) {
            hints.has_headings = Some(true);
            mapping = Mapping::detect_with(start, Some(country), hints).map_err(unreadable)?;
        }
        let mut is_remembered = false;
        if let Some(known) = remembered(&mapping, wish, store)? {
            hints.encoding = hints.encoding.or(known.encoding);
            hints.delimiter = hints.delimiter.or(known.delimiter);
            let country = chosen.or(known.country).unwrap_or(region);
            let again = Mapping::detect_with(start, Some(country), hints).map_err(unreadable)?;
            if again.headings() == mapping.headings() && again.columns.len() == known.roles.len() {
                mapping = again;
                is_remembered = true;
                for (column, role) in mapping.columns.iter_mut().zip(known.roles) {
                    column.role = role;
                }
            }
        }
        for wish in &wish.columns {
            choose(&mut mapping.columns, wish)?;
        }
        Ok(Self::Table { mapping, is_remembered })
    }
}

/// Whether somebody calls a column by what stands in the first row, which then holds headings.
fn names_first_row(mapping: &Mapping, start: &[u8], wish: &ImportWish) -> bool {
    let first = mapping.cells(start, 1).into_iter().flatten();
    let first: Vec<String> = first.map(|cell| cell.to_lowercase()).collect();
    let mut named = wish.columns.iter().map(|wish| wish.column.trim().to_lowercase());
    named.any(|named| named.parse::<usize>().is_err() && first.contains(&named))
}

/// Keeps how a table was read.
pub(super) fn keep(mapping: &Mapping, wish: &ImportWish, store: &Store, now: Timestamp) -> Result<(), ApiError> {
    if !mapping.has_headings {
        return Ok(());
    }
    let remembered = Remembered {
        roles: mapping.columns.iter().map(|column| column.role.clone()).collect(),
        country: mapping.country.filter(|_| wish.country.is_some()),
        encoding: wish.encoding.as_ref().map(|_| mapping.encoding),
        delimiter: wish.delimiter.as_ref().map(|_| mapping.delimiter),
    };
    let text = |value: serde_json::Result<String>| {
        value.map_err(|error| ApiError::new(ErrorClass::Failed, "database_failed").with("why", error))
    };
    let headings = text(serde_json::to_string(&mapping.headings()))?;
    let mapping = text(serde_json::to_string(&remembered))?;
    store.keep_import_mapping(&headings, &mapping, now).map_err(failed)
}

/// What a column is called that is for this.
pub(super) fn role_code(role: &Role) -> &'static str {
    match role {
        Role::Name => "name",
        Role::FirstName => "first_name",
        Role::MiddleName => "middle_name",
        Role::LastName => "last_name",
        Role::Company => "company",
        Role::Email => "email",
        Role::Note => "note",
        Role::Tags => "tags",
        Role::Favourite => "favourite",
        Role::DoNotCall => "do_not_call",
        Role::ContactId => "contact_id",
        Role::Number { label } => match label.as_deref() {
            Some("mobile") => "mobile",
            Some("work") => "work",
            Some("home") => "home",
            Some(_) | None => "number",
        },
        Role::LabelOf(_) => "label",
        Role::Unused => "ignore",
    }
}

/// None where a file with the same headings was not read before, or shall be looked at anew.
fn remembered(mapping: &Mapping, wish: &ImportWish, store: &Store) -> Result<Option<Remembered>, ApiError> {
    if wish.detect_anew || !mapping.has_headings {
        return Ok(None);
    }
    let Ok(headings) = serde_json::to_string(&mapping.headings()) else {
        return Ok(None);
    };
    let known = store.import_mapping(&headings).map_err(failed)?;
    // What a newer version has written, and this one cannot read, is seen anew.
    Ok(known.and_then(|known| serde_json::from_str(&known).ok()))
}

fn choose(columns: &mut [Column], wish: &ColumnWish) -> Result<(), ApiError> {
    let named = wish.column.trim();
    let by_heading = columns
        .iter()
        .position(|column| !named.is_empty() && column.heading.to_lowercase() == named.to_lowercase());
    let by_place = || {
        let place: usize = named.parse().ok()?;
        place.checked_sub(1).filter(|index| *index < columns.len())
    };
    let index = by_heading.or_else(by_place).ok_or_else(|| {
        let known: Vec<&str> = columns.iter().map(|column| column.heading.as_str()).collect();
        usage("import_column_unknown")
            .with("column", named)
            .with("columns", known.join(", "))
    })?;
    let code = wish.role.trim().to_lowercase();
    if columns[index].role.as_ref().is_some_and(|role| role_code(role) == code) {
        return Ok(());
    }
    let number = |label: Option<&str>| Role::Number {
        label: label.map(str::to_owned),
    };
    let role = match code.as_str() {
        "name" => Role::Name,
        "first_name" => Role::FirstName,
        "middle_name" => Role::MiddleName,
        "last_name" => Role::LastName,
        "company" => Role::Company,
        "email" => Role::Email,
        "note" => Role::Note,
        "tags" => Role::Tags,
        "favourite" => Role::Favourite,
        "do_not_call" => Role::DoNotCall,
        "contact_id" => Role::ContactId,
        "number" => number(None),
        "mobile" | "work" | "home" => number(Some(&code)),
        "label" => {
            // Of the number that it stands beside.
            let is_number = |column: &Column| matches!(column.role, Some(Role::Number { .. }));
            let before = columns[..index].iter().rposition(is_number);
            match before.or_else(|| columns.iter().position(is_number)) {
                Some(number) => Role::LabelOf(number),
                None => return Err(usage("import_label_without_number").with("column", named)),
            }
        }
        "ignore" => Role::Unused,
        _ => return Err(usage("import_role_unknown").with("role", &wish.role)),
    };
    columns[index].role = Some(role);
    Ok(())
}

fn country(text: &str) -> Result<Region, ApiError> {
    Region::with_numbers(text).map_err(|_| usage("country_malformed").with("country", text))
}

fn encoding(text: &str) -> Result<Encoding, ApiError> {
    Encoding::named(text).map_err(|_| usage("import_encoding_unknown").with("encoding", text))
}

fn delimiter(text: &str) -> Result<Delimiter, ApiError> {
    let unfit = || usage("import_delimiter_unfit").with("delimiter", text);
    let mut letters = text.chars();
    match (text, letters.next(), letters.next()) {
        ("tab" | "\\t", ..) => Ok(Delimiter::TAB),
        (_, Some(letter), None) => Delimiter::try_from(letter).map_err(|_| unfit()),
        _ => Err(unfit()),
    }
}

fn usage(code: &str) -> ApiError {
    ApiError::new(ErrorClass::Usage, code)
}

/// Also where each letter takes two bytes.
fn begins_with_a_card(file: &[u8]) -> bool {
    let start = file.get(..START).unwrap_or(file);
    let letters: Vec<u8> = start
        .iter()
        .filter(|byte| byte.is_ascii_graphic())
        .map(u8::to_ascii_uppercase)
        .collect();
    letters.starts_with(b"BEGIN:VCARD")
}
