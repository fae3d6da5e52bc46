//! The only place that talks to libphonenumber.

use rlibphonenumber::{
    CountryCodeSource, NumberLengthType, PHONE_NUMBER_UTIL, ParseError, PhoneNumber as Parts, PhoneNumberFormat,
    PhoneNumberType, ValidationError,
};

use super::{E164_DIGITS, NumberKind, NumberProblem, PhoneNumber, Typed};
use crate::short::{self, ShortKind};
use crate::{Place, Region};

/// Country codes of satellite telephones and of networks without a country.
const SATELLITE_CODES: [u32; 4] = [870, 881, 882, 883];

/// Reads national digits as a number of `region`.
pub(super) fn national_number(digits: &str, region: Region) -> Result<PhoneNumber, NumberProblem> {
    let short = short::kind(digits, region);
    if short == Some(ShortKind::Emergency) {
        return Err(NumberProblem::Emergency { region });
    }
    // The library knows no region outside its metadata, and then reads nothing without a country code.
    let parsed = PHONE_NUMBER_UTIL.parse_and_keep_raw_input(digits, library_region(region));
    let is_in_use = parsed
        .as_ref()
        .is_ok_and(|parts| PHONE_NUMBER_UTIL.is_valid_number(parts));
    if short.is_some() && !is_in_use {
        return Err(NumberProblem::ShortNumber { region });
    }
    if !is_in_use && let Some(region) = short::emergency_anywhere(digits) {
        return Err(NumberProblem::Emergency { region });
    }
    let parts = parsed.map_err(|error| parse_problem(&error, region))?;
    if parts.country_code_source() == CountryCodeSource::FromNumberWithIdd {
        // Which of the country's prefixes it was, the library keeps to itself: what it read must be what was typed.
        let is_as_typed = digits.ends_with(e164(&parts).trim_start_matches('+'));
        return if is_as_typed || is_in_use {
            accept(&parts, region)
        } else {
            Err(NumberProblem::UnknownCountry)
        };
    }
    let parts = if is_in_use {
        parts
    } else {
        without_trunk_zero(parts, region)
    };
    accept(&parts, region)
}

/// Reads a number that was written with its country code: it is not rewritten, only refused or accepted.
pub(super) fn international_number(typed: &Typed, region: Region) -> Result<PhoneNumber, NumberProblem> {
    if let Some(zero) = typed.bracketed_zero.filter(|zero| *zero > 0) {
        let mut without = typed.digits.clone();
        without.remove(zero);
        // Italy's zero belongs to the number, wherever it is dialled from.
        let kept = digits_number(&typed.digits, region).ok().filter(PhoneNumber::is_valid);
        let dropped = digits_number(&without, region);
        return match (dropped, kept) {
            (Ok(dropped), Some(kept)) if !dropped.is_valid() => Ok(kept),
            // Whoever writes brackets around single digits means all of them.
            (Err(NumberProblem::TooShort { .. } | NumberProblem::Invalid { .. }), Some(kept)) => Ok(kept),
            (dropped, _) => dropped,
        };
    }
    digits_number(&typed.digits, region).map_err(|problem| match short::emergency_anywhere(&typed.digits) {
        // The plus is a slip, and a provider may drop it.
        Some(region) => NumberProblem::Emergency { region },
        None => problem,
    })
}

fn digits_number(digits: &str, region: Region) -> Result<PhoneNumber, NumberProblem> {
    let parts = PHONE_NUMBER_UTIL
        .parse(format!("+{digits}"), None)
        .map_err(|error| parse_problem(&error, region))?;
    exactly(&parts, digits, region)
}

/// The number in use that the library makes of digits with a country code, where those are none as they stand.
pub(super) fn rewritten(digits: &str) -> Option<PhoneNumber> {
    let parts = PHONE_NUMBER_UTIL.parse(format!("+{digits}"), None).ok()?;
    let number = PhoneNumber::from_e164(&e164(&parts)).ok()?;
    (number.digits() != digits && PHONE_NUMBER_UTIL.is_valid_number(&parts)).then_some(number)
}

/// The digits as typed, if the library read the same; the library's reading only where it drops a trunk zero that
/// cannot be dialled after a country code.
fn exactly(parts: &Parts, digits: &str, region: Region) -> Result<PhoneNumber, NumberProblem> {
    let Some(national) = digits.strip_prefix(&parts.country_code.to_string()) else {
        return Err(NumberProblem::UnknownCountry);
    };
    let Some(typed) = parts_of(parts.country_code, national) else {
        return Err(NumberProblem::TooLong {
            region: region_of(parts).unwrap_or(region),
        });
    };
    let drops_trunk_zero = national.starts_with('0')
        && PHONE_NUMBER_UTIL.is_valid_number(parts)
        && !PHONE_NUMBER_UTIL.is_valid_number(&typed);
    accept(if drops_trunk_zero { parts } else { &typed }, region)
}

/// Accepts a number that its country's lengths allow.
fn accept(parts: &Parts, asked_region: Region) -> Result<PhoneNumber, NumberProblem> {
    let region = region_of(parts).unwrap_or(asked_region);
    let number = e164(parts);
    let digits = number.trim_start_matches('+');
    let too_short = || {
        // `+44 999` is dialled by some exchanges as the number that it hides.
        let national = digits.strip_prefix(&parts.country_code.to_string()).unwrap_or_default();
        match short::kind_in_any(national, regions_of_code(parts.country_code)) {
            Some((ShortKind::Emergency, region)) => NumberProblem::Emergency { region },
            Some((ShortKind::Short, region)) => NumberProblem::ShortNumber { region },
            None => NumberProblem::TooShort { region },
        }
    };
    match PHONE_NUMBER_UTIL.is_possible_number_with_reason(parts) {
        Ok(NumberLengthType::IsPossible) if digits.len() < *E164_DIGITS.start() => Err(too_short()),
        Ok(NumberLengthType::IsPossible) if digits.len() > *E164_DIGITS.end() => Err(NumberProblem::TooLong { region }),
        // Where nothing but zeros follows the country's code, the library writes back what was typed.
        Ok(NumberLengthType::IsPossible) => PhoneNumber::from_e164(&number),
        // Canada's 310 numbers have no area, and their length is judged by that of the United States.
        Ok(NumberLengthType::IsPossibleLocalOnly) if PHONE_NUMBER_UTIL.is_valid_number(parts) => {
            PhoneNumber::from_e164(&number)
        }
        Ok(NumberLengthType::IsPossibleLocalOnly) | Err(ValidationError::TooShort) => Err(too_short()),
        Err(ValidationError::TooLong) => Err(NumberProblem::TooLong { region }),
        Err(ValidationError::InvalidLength) => Err(NumberProblem::Invalid { region }),
        Err(ValidationError::InvalidCountryCode) => Err(NumberProblem::UnknownCountry),
    }
}

/// The library drops a trunk zero only from numbers in use; a zero that no number of the country begins with is one.
fn without_trunk_zero(parts: Parts, region: Region) -> Parts {
    let keeps_zero = library_region(region)
        .and_then(|region| PHONE_NUMBER_UTIL.get_example_number(region).ok())
        .is_some_and(|example| example.italian_leading_zero());
    if keeps_zero {
        return parts;
    }
    Parts {
        italian_leading_zero: None,
        number_of_leading_zeros: None,
        ..parts
    }
}

pub(super) fn is_valid(number: &PhoneNumber) -> bool {
    parts(number).is_some_and(|parts| PHONE_NUMBER_UTIL.is_valid_number(&parts))
}

/// Whether the length is one that telephones of the country have, whatever the range.
pub(super) fn has_subscriber_length(number: &PhoneNumber) -> bool {
    parts(number).is_some_and(|parts| {
        [PhoneNumberType::FixedLine, PhoneNumberType::Mobile]
            .into_iter()
            .any(|kind| {
                PHONE_NUMBER_UTIL.is_possible_number_for_type_with_reason(&parts, kind)
                    == Ok(NumberLengthType::IsPossible)
            })
    })
}

pub(super) fn country_code(number: &PhoneNumber) -> Option<u32> {
    // At most one code fits: country codes are prefix-free.
    let codes = (1..=3).filter_map(|length| number.digits().get(..length));
    codes.filter_map(|code| code.parse().ok()).find(|code: &u32| {
        i32::try_from(*code).is_ok_and(|code| PHONE_NUMBER_UTIL.get_region_for_country_code(code).is_some())
    })
}

pub(super) fn region(number: &PhoneNumber) -> Option<Region> {
    region_of(&parts(number)?)
}

/// Whether a country has telephone numbers of its own.
pub(crate) fn has_numbers(region: Region) -> bool {
    library_region(region).is_some_and(|region| PHONE_NUMBER_UTIL.get_country_code_for_region(region).is_some())
}

/// Whether a number has the country code of `region`.
pub(super) fn shares_code(number: &PhoneNumber, region: Region) -> bool {
    let code = library_region(region).and_then(|region| PHONE_NUMBER_UTIL.get_country_code_for_region(region));
    code.is_some_and(|code| country_code(number) == u32::try_from(code).ok())
}

/// The countries that share a number's country code.
pub(crate) fn regions(number: &PhoneNumber) -> Vec<Region> {
    parts(number)
        .map(|parts| regions_of_code(parts.country_code).collect())
        .unwrap_or_default()
}

pub(super) fn kind(number: &PhoneNumber) -> NumberKind {
    if country_code(number).is_some_and(|code| SATELLITE_CODES.contains(&code)) {
        return NumberKind::Satellite;
    }
    let Some(parts) = parts(number) else {
        return NumberKind::Unknown;
    };
    match PHONE_NUMBER_UTIL.get_number_type(&parts) {
        PhoneNumberType::FixedLine => NumberKind::FixedLine,
        PhoneNumberType::Mobile => NumberKind::Mobile,
        PhoneNumberType::FixedLineOrMobile => NumberKind::FixedLineOrMobile,
        PhoneNumberType::TollFree => NumberKind::TollFree,
        PhoneNumberType::PremiumRate => NumberKind::PremiumRate,
        PhoneNumberType::SharedCost => NumberKind::SharedCost,
        PhoneNumberType::VoIP => NumberKind::Voip,
        PhoneNumberType::PersonalNumber => NumberKind::PersonalNumber,
        PhoneNumberType::Pager => NumberKind::Pager,
        PhoneNumberType::UAN => NumberKind::Uan,
        PhoneNumberType::VoiceMail => NumberKind::Voicemail,
        PhoneNumberType::Unknown => NumberKind::Unknown,
    }
}

/// Digits of the area code; none where a number belongs to no area.
pub(super) fn area_code_length(number: &PhoneNumber) -> Option<usize> {
    let length = PHONE_NUMBER_UTIL.get_length_of_geographical_area_code(&parts(number)?);
    (length > 0).then_some(length)
}

/// Whether its digits tell the area where it is. A number of no known range is taken at its digits' word.
pub(crate) fn has_area(number: &PhoneNumber) -> bool {
    parts(number).is_none_or(|parts| {
        let kind = PHONE_NUMBER_UTIL.get_number_type(&parts);
        kind == PhoneNumberType::Unknown
            || PHONE_NUMBER_UTIL.is_number_geographical_by_country_code_and_type(kind, parts.country_code)
    })
}

/// City or area, else the country.
pub(super) fn place(number: &PhoneNumber) -> Option<Place> {
    let parts = parts(number)?;
    let kind = PHONE_NUMBER_UTIL.get_number_type(&parts);
    if kind == PhoneNumberType::Unknown {
        return None;
    }
    let has_area = PHONE_NUMBER_UTIL.is_number_geographical_by_country_code_and_type(kind, parts.country_code);
    let area = || match without_mobile_token(&parts, number) {
        Some(number) => area(&number),
        None => area(number),
    };
    has_area.then(area).flatten().or_else(|| country(&parts))
}

fn area(number: &PhoneNumber) -> Option<Place> {
    Place::of_prefix(number.digits(), number.country_code()?.to_string().len())
}

/// Argentine mobiles have a 9 before the area.
fn without_mobile_token(parts: &Parts, number: &PhoneNumber) -> Option<PhoneNumber> {
    let token = PHONE_NUMBER_UTIL.get_country_mobile_token(parts.country_code)?;
    let national = number.national_digits()?.strip_prefix(token)?;
    let region = PHONE_NUMBER_UTIL.get_region_for_country_code(parts.country_code)?;
    let parts = PHONE_NUMBER_UTIL.parse(national, Some(region)).ok()?;
    PhoneNumber::from_e164(&e164(&parts)).ok()
}

/// The one country that a number is valid in.
fn country(parts: &Parts) -> Option<Place> {
    let regions: Vec<_> = PHONE_NUMBER_UTIL
        .get_regions_for_country_calling_code(parts.country_code)
        .into_iter()
        .flatten()
        .collect();
    let is_only = regions.len() == 1;
    let mut fitting = regions
        .into_iter()
        .filter(|region| is_only || PHONE_NUMBER_UTIL.is_valid_number_for_region(parts, *region));
    match (fitting.next(), fitting.next()) {
        (Some(region), None) => Place::of_country(own_region(region)?),
        (None | Some(_), _) => None,
    }
}

pub(super) fn national(number: &PhoneNumber) -> String {
    format(number, PhoneNumberFormat::National)
}

pub(super) fn international(number: &PhoneNumber) -> String {
    format(number, PhoneNumberFormat::International)
}

fn format(number: &PhoneNumber, format: PhoneNumberFormat) -> String {
    parts(number).map_or_else(
        || number.as_str().to_owned(),
        |parts| PHONE_NUMBER_UTIL.format(&parts, format).into_owned(),
    )
}

/// Takes a number apart without reading it anew: the library's parser may rewrite what it parses.
fn parts(number: &PhoneNumber) -> Option<Parts> {
    let code = country_code(number)?;
    let national = number.digits().strip_prefix(&code.to_string())?;
    parts_of(i32::try_from(code).ok()?, national)
}

fn parts_of(country_code: i32, national: &str) -> Option<Parts> {
    // A number of zeros alone keeps its last one as the number itself.
    let zeros = national
        .bytes()
        .take_while(|byte| *byte == b'0')
        .count()
        .min(national.len().saturating_sub(1));
    Some(Parts {
        country_code,
        national_number: national.parse().ok()?,
        italian_leading_zero: (zeros > 0).then_some(true),
        number_of_leading_zeros: if zeros > 1 { i32::try_from(zeros).ok() } else { None },
        ..Parts::default()
    })
}

fn e164(parts: &Parts) -> String {
    PHONE_NUMBER_UTIL.format(parts, PhoneNumberFormat::E164).into_owned()
}

/// The country of a number, or the main one of its code where the metadata cannot tell.
fn region_of(parts: &Parts) -> Option<Region> {
    PHONE_NUMBER_UTIL
        .get_region_for_number(parts)
        .or_else(|| PHONE_NUMBER_UTIL.get_region_for_country_code(parts.country_code))
        .and_then(own_region)
}

fn regions_of_code(country_code: i32) -> impl Iterator<Item = Region> {
    PHONE_NUMBER_UTIL
        .get_regions_for_country_calling_code(country_code)
        .into_iter()
        .flatten()
        .filter_map(own_region)
}

/// None for the library's "world", which is no country.
fn own_region(region: rlibphonenumber::Region) -> Option<Region> {
    region.to_string().parse().ok()
}

pub(super) fn library_region(region: Region) -> Option<rlibphonenumber::Region> {
    region.as_str().parse().ok()
}

fn parse_problem(error: &ParseError, region: Region) -> NumberProblem {
    match error {
        ParseError::InvalidCountryCode => NumberProblem::UnknownCountry,
        ParseError::NotANumber(_) | ParseError::TooShortAfterIdd | ParseError::TooShortNsn => {
            NumberProblem::TooShort { region }
        }
        ParseError::TooLongNsn => NumberProblem::TooLong { region },
    }
}
