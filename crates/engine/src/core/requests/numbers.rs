//! What a typed number may mean, and what is known of it.

use jiff::Timestamp;
use telephony::{
    GuardFinding, GuardReason, GuardVerdict, NumberProblem, NumberReading, PhoneNumber, ReadingNote, ReadingProblem,
    Region, Target, TargetProblem, customer_times, numbers_in,
};

use crate::api::{ApiError, ErrorClass};
use crate::desks::accounts::Account;
use crate::desks::calls::shown;
use crate::desks::contacts::number_problem_key;
use crate::view::{AboutNumber, CustomerTimeView, NumberView, Words};

/// What a text means by itself.
pub(super) enum Reading {
    Target(Target),
    /// The guard stops it, whenever and by whomever it is called.
    Barred(GuardFinding),
    Other(NoAddress),
}

/// A text that is neither a number nor an address; it may be somebody's name.
pub(super) struct NoAddress(Option<NumberProblem>);

/// Reads a text as an account would dial it.
///
/// Errors: it is empty, or may mean several numbers.
pub(super) fn read_address(text: &str, account: &Account) -> Result<Reading, ApiError> {
    let region = account.region();
    let barred = |reason, region: Region| {
        Reading::Barred(GuardFinding {
            verdict: GuardVerdict::Block,
            reason,
            country: Some(region.to_string()),
            local_time: None,
        })
    };
    let target = if account.reaches_extensions() {
        Target::read_with_extensions(text, region)
    } else {
        Target::read(text, region)
    };
    Ok(match target {
        Ok(Target::Number(_)) if !readings(text, region).is_empty() => return Err(not_clear(text, region)),
        Ok(target) => Reading::Target(target),
        Err(TargetProblem::Number(NumberProblem::ServiceCode)) => barred(GuardReason::ServiceCode, region),
        Err(TargetProblem::Number(NumberProblem::Emergency { region })) => barred(GuardReason::Emergency, region),
        Err(TargetProblem::Number(NumberProblem::ShortNumber { region })) => barred(GuardReason::ShortNumber, region),
        Err(_) if text.trim().is_empty() => return Err(ApiError::new(ErrorClass::NothingMatches, "number_empty")),
        Err(TargetProblem::NotANumber) => Reading::Other(NoAddress(None)),
        Err(TargetProblem::Number(problem)) => Reading::Other(NoAddress(Some(problem))),
    })
}

impl NoAddress {
    /// Why nobody can be called by it: digits that are no number are better explained as such.
    pub(super) fn explained(self, text: &str, region: Region, otherwise: ApiError) -> ApiError {
        match self.0 {
            _ if !readings(text, region).is_empty() => not_clear(text, region),
            Some(problem) if !text.chars().any(char::is_alphabetic) => number_error(&problem, text),
            _ => otherwise,
        }
    }
}

fn number_error(problem: &NumberProblem, text: &str) -> ApiError {
    let (key, country) = number_problem_key(problem);
    ApiError::new(ErrorClass::NothingMatches, &format!("number_{key}"))
        .with("country", country)
        .with("text", text.trim())
}

/// Whether a text is one number or several, with nothing beside them.
pub(super) fn is_of_numbers(text: &str, region: Region) -> bool {
    !matches!(NumberReading::read(text, region), Err(ReadingProblem::Number(_)))
}

/// What a text may mean where that is not clear; empty where it is, and where it means nothing.
pub(super) fn readings(text: &str, region: Region) -> Vec<NumberView> {
    let numbers = match NumberReading::read(text, region) {
        // The one among words is the likeliest, and not certain: what stands beside it may belong to it.
        Err(ReadingProblem::Number(NumberProblem::Invalid { .. } | NumberProblem::TooLong { .. }))
            if text.contains(char::is_alphabetic) =>
        {
            let found = numbers_in(text, region).into_iter();
            found.map(|found| found.reading.number).collect()
        }
        Ok(_) | Err(ReadingProblem::Number(_)) => Vec::new(),
        Err(ReadingProblem::Ambiguous { readings }) => readings,
        Err(ReadingProblem::Several { numbers }) => numbers,
    };
    let view = |number: PhoneNumber| NumberView {
        shown: shown(Some(&number), ""),
        number,
    };
    numbers.into_iter().map(view).collect()
}

/// That somebody has to say which number is meant.
fn not_clear(text: &str, region: Region) -> ApiError {
    let numbers: Vec<String> = readings(text, region)
        .into_iter()
        .map(|reading| reading.shown.international)
        .collect();
    ApiError::new(ErrorClass::NothingMatches, "number_not_clear")
        .with("text", text.trim())
        .with("country", region)
        .with("numbers", numbers.join(", "))
}

/// What is known of a number that was read from `typed`, or stands for somebody who was named.
pub(super) fn about(number: &PhoneNumber, typed: &str, region: Region, now: Timestamp) -> AboutNumber {
    let reading = NumberReading::read(typed, region)
        .ok()
        .filter(|reading| reading.number == *number);
    let (notes, extension) = reading.map_or((Vec::new(), None), |reading| (reading.notes, reading.extension));
    AboutNumber {
        notes: notes.into_iter().map(|note| words(note, number)).collect(),
        extension,
        kind: number.kind(),
        place: number.place().map(|place| place.to_string()),
        local_times: customer_times(number, now)
            .into_iter()
            .map(|time| CustomerTimeView {
                local_time: time.wall.strftime("%Y-%m-%dT%H:%M").to_string(),
                zone: time.zone,
            })
            .collect(),
    }
}

fn words(note: ReadingNote, number: &PhoneNumber) -> Words {
    let (key, country) = match note {
        ReadingNote::NationalNumber { region } => ("national_number", Some(region)),
        ReadingNote::PlusAdded => ("plus_added", number.region()),
        ReadingNote::InternationalPrefix => ("international_prefix", number.region()),
        ReadingNote::CountryFromLink => ("country_from_link", number.region()),
        ReadingNote::TrunkPrefixDropped => ("trunk_prefix_dropped", None),
        ReadingNote::BracketedZeroDropped => ("bracketed_zero_dropped", None),
        ReadingNote::BracketedZeroKept => ("bracketed_zero_kept", None),
        ReadingNote::RewrittenForAbroad => ("rewritten_for_abroad", None),
        ReadingNote::LettersDialled => ("letters_dialled", None),
        ReadingNote::ExtensionApart => ("extension_apart", None),
    };
    let country = country.map(|country| ("country".to_owned(), country.to_string()));
    Words {
        key: format!("number.note.{key}"),
        params: country.into_iter().collect(),
    }
}
