//! How a text was read: what was typed, what will be dialled, and why the two differ.

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{NumberProblem, ParsedNumber, PhoneNumber, Typed, library, numbers_in};
use crate::Region;

/// International prefixes that most countries and North America dial; typed elsewhere they may still be meant.
const FOREIGN_PREFIXES: [&str; 2] = ["00", "011"];

/// A number as typed and as dialled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberReading {
    /// What was typed or pasted, untouched.
    pub typed: String,
    /// What will be dialled.
    pub number: PhoneNumber,
    /// Digits for the far side's own exchange; no provider dials them.
    pub extension: Option<String>,
    /// What makes the difference, in the order in which it stands in the text; none where the digits are as typed.
    pub notes: Vec<ReadingNote>,
}

/// Why what will be dialled is not what was typed; each is a key of the words shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ReadingNote {
    /// Written without a country code: read as a number of the account's country.
    NationalNumber {
        #[specta(type = String)]
        region: Region,
    },
    /// The country's own code was typed without its `+`.
    PlusAdded,
    /// `00`, or what else the account's country dials before a country code, became the `+`.
    InternationalPrefix,
    /// The country code comes from the link's `phone-context`.
    CountryFromLink,
    /// A zero, or what else is dialled within the country only, was left out.
    TrunkPrefixDropped,
    /// The zero of `(0)` was left out.
    BracketedZeroDropped,
    /// The zero of `(0)` belongs to the number, as in Italy.
    BracketedZeroKept,
    /// The country writes the number in another way at home, as Argentina its mobiles.
    RewrittenForAbroad,
    /// Letters became the digits of their keys.
    LettersDialled,
    /// The extension is not dialled.
    ExtensionApart,
}

/// Why a text is not one number that can be called.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadingProblem {
    #[error(transparent)]
    Number(#[from] NumberProblem),
    /// It may be meant in these ways, the likeliest first; whoever typed it must say which. One reading alone is no
    /// certain one either: digits of another country typed without `+`.
    #[error("not clear which number is meant: {}", joined(.readings))]
    Ambiguous { readings: Vec<PhoneNumber> },
    /// The text holds several numbers, in this order.
    #[error("several numbers: {}", joined(.numbers))]
    Several { numbers: Vec<PhoneNumber> },
}

impl NumberReading {
    /// Reads typed or pasted text; national input is read as a number of `region` only.
    ///
    /// ```
    /// # use telephony::{NumberReading, ReadingNote, Region};
    /// let reading = NumberReading::read("020 7946 0123 ext. 5", Region::GB)?;
    /// assert_eq!(reading.number.as_str(), "+442079460123");
    /// assert_eq!(reading.extension.as_deref(), Some("5"));
    /// assert!(reading.notes.contains(&ReadingNote::TrunkPrefixDropped));
    /// # Ok::<(), telephony::ReadingProblem>(())
    /// ```
    ///
    /// # Errors
    /// What kept the text from being one number that can be called; where several are possible, which.
    pub fn read(text: &str, region: Region) -> Result<Self, ReadingProblem> {
        let single = Self::read_single(text, region);
        if let Err(ReadingProblem::Number(problem)) = &single
            && may_be_several(problem)
        {
            let numbers: Vec<_> = numbers_in(text, region)
                .into_iter()
                .map(|found| found.reading.number)
                .collect();
            if numbers.len() > 1 {
                return Err(ReadingProblem::Several { numbers });
            }
        }
        single
    }

    /// The same for a text that is known to hold no second number.
    pub(super) fn read_single(text: &str, region: Region) -> Result<Self, ReadingProblem> {
        let parsed = ParsedNumber::parse(text, region);
        let Ok(typed) = Typed::read(text) else {
            // Unreadable for one of the reasons that the parser names.
            return Err(parsed.err().unwrap_or(NumberProblem::Invalid { region }).into());
        };
        let readings = readings(&typed, &parsed, region);
        if !readings.is_empty() {
            return Err(ReadingProblem::Ambiguous { readings });
        }
        let ParsedNumber { number, extension } = parsed?;
        let mut notes = notes(&typed, &number, region);
        notes.extend(typed.has_letters.then_some(ReadingNote::LettersDialled));
        notes.extend(extension.is_some().then_some(ReadingNote::ExtensionApart));
        Ok(Self {
            typed: text.to_owned(),
            number,
            extension,
            notes,
        })
    }
}

/// What the digits may mean where that is not clear; empty where it is, and where they mean nothing.
fn readings(typed: &Typed, parsed: &Result<ParsedNumber, NumberProblem>, region: Region) -> Vec<PhoneNumber> {
    let read = match parsed {
        Ok(parsed) => Some(&parsed.number),
        // Help, and what is no number anywhere, are never taken for something else.
        Err(NumberProblem::Emergency { .. } | NumberProblem::ShortNumber { .. } | NumberProblem::ServiceCode) => {
            return Vec::new();
        }
        Err(_) => None,
    };
    let others = if typed.has_plus {
        // What is dialled within the country only may have been typed behind its code: `+7 8 …`.
        let without_trunk = read
            .is_none_or(|read| !read.is_valid())
            .then(|| library::rewritten(&typed.digits));
        with_the_zero(typed)
            .into_iter()
            .chain(without_trunk.flatten())
            .collect()
    } else {
        without_plus(&typed.digits, read, region)
    };
    let others: Vec<_> = others.into_iter().filter(|other| Some(other) != read).collect();
    match (read, others.is_empty()) {
        (_, true) => others,
        (Some(read), false) if read.is_valid() => std::iter::once(read.clone()).chain(others).collect(),
        (Some(read), false) => others.into_iter().chain(std::iter::once(read.clone())).collect(),
        (None, false) => others,
    }
}

/// `+39 (0)…`, where the number is one with and without its zero.
fn with_the_zero(typed: &Typed) -> Option<PhoneNumber> {
    let zero = typed.bracketed_zero.filter(|zero| *zero > 0)?;
    let mut without = typed.digits.clone();
    without.remove(zero);
    let both = [&without, &typed.digits].map(|digits| in_use(digits));
    match both {
        [Some(_), Some(kept)] => Some(kept),
        [None | Some(_), None] | [None, Some(_)] => None,
    }
}

/// What digits without `+` may mean besides `read`, their reading in the account's country.
fn without_plus(digits: &str, read: Option<&PhoneNumber>, region: Region) -> Vec<PhoneNumber> {
    let whole = in_use(digits);
    if read.is_some_and(PhoneNumber::is_valid) {
        // In use at home as they stand. Only the country's own code is habitually typed without its plus.
        return whole
            .filter(|number| library::shares_code(number, region))
            .into_iter()
            .collect();
    }
    let behind_prefix = FOREIGN_PREFIXES
        .iter()
        .filter_map(|prefix| in_use(digits.strip_prefix(prefix)?));
    whole.into_iter().chain(behind_prefix).collect()
}

/// The number with these digits, country code included, if it is in use.
fn in_use(digits: &str) -> Option<PhoneNumber> {
    PhoneNumber::from_e164(&format!("+{digits}"))
        .ok()
        .filter(PhoneNumber::is_valid)
}

fn notes(typed: &Typed, number: &PhoneNumber, region: Region) -> Vec<ReadingNote> {
    let digits = typed.digits.as_str();
    let zero = typed.bracketed_zero.map(|zero| {
        let mut without = digits.to_owned();
        without.remove(zero);
        without
    });
    let bracketed = |is_kept: bool| match (&zero, is_kept) {
        (None, _) => None,
        (Some(_), true) => Some(ReadingNote::BracketedZeroKept),
        (Some(_), false) => Some(ReadingNote::BracketedZeroDropped),
    };
    let is_kept = digits.ends_with(number.digits());
    if typed.has_plus {
        let from_link = typed.has_context.then_some(ReadingNote::CountryFromLink);
        let dropped = (zero.is_none() && !is_kept).then_some(ReadingNote::TrunkPrefixDropped);
        return [from_link, bracketed(is_kept), dropped].into_iter().flatten().collect();
    }
    if digits == number.digits() {
        return vec![ReadingNote::PlusAdded];
    }
    if is_kept || zero.as_ref().is_some_and(|without| without.ends_with(number.digits())) {
        return [Some(ReadingNote::InternationalPrefix), bracketed(is_kept)]
            .into_iter()
            .flatten()
            .collect();
    }
    let national = number.national_digits().unwrap_or_default();
    let change = if digits == national {
        None
    } else if zero.as_deref() == Some(national) {
        Some(ReadingNote::BracketedZeroDropped)
    } else if digits.ends_with(national) {
        Some(ReadingNote::TrunkPrefixDropped)
    } else {
        Some(ReadingNote::RewrittenForAbroad)
    };
    std::iter::once(ReadingNote::NationalNumber { region })
        .chain(change)
        .collect()
}

/// Whether the text may be unreadable because it holds more than one number.
fn may_be_several(problem: &NumberProblem) -> bool {
    match problem {
        NumberProblem::TooLong { .. } | NumberProblem::Invalid { .. } | NumberProblem::UnknownCountry => true,
        NumberProblem::Empty
        | NumberProblem::NoDigits
        | NumberProblem::TooShort { .. }
        | NumberProblem::ServiceCode
        | NumberProblem::Emergency { .. }
        | NumberProblem::ShortNumber { .. } => false,
    }
}

fn joined(numbers: &[PhoneNumber]) -> String {
    numbers
        .iter()
        .map(PhoneNumber::international)
        .collect::<Vec<_>>()
        .join(" or ")
}
