//! What a typed number may mean, and what is known of it.

use jiff::Timestamp;
use telephony::{NumberReading, PhoneNumber, ReadingNote, ReadingProblem, Region, customer_times};

use crate::api::{ApiError, ErrorClass};
use crate::desks::calls::shown;
use crate::view::{AboutNumber, CustomerTimeView, NumberView, Words};

/// What a text may mean where that is not clear; empty where it is, and where it means nothing.
pub(super) fn readings(text: &str, region: Region) -> Vec<NumberView> {
    let numbers = match NumberReading::read(text, region) {
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
pub(super) fn not_clear(text: &str, region: Region) -> ApiError {
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
