//! What was found, as rows for the faces.

use std::ops::Range;

use directory::search::{Hit, Matched};
use store::{Contact, ContactHit, NumberOwner, Store, StoreError};
use telephony::PhoneNumber;

use crate::view::{FoundIn, FoundPiece, SearchRow};

/// Rows of what the index found; who was removed in this moment is left out.
pub(crate) fn rows(store: &Store, hits: Vec<Hit>) -> Result<Vec<SearchRow>, StoreError> {
    let mut rows = Vec::with_capacity(hits.len());
    for hit in hits {
        let key = i64::try_from(hit.key).unwrap_or(i64::MAX);
        if let Some(contact) = store.contact_of_key(key)? {
            rows.push(row_of_index(contact, hit));
        }
    }
    Ok(rows)
}

pub(crate) fn row_of_database(hit: ContactHit) -> SearchRow {
    let ContactHit { contact, number, label } = hit;
    row(contact, number, label, None)
}

/// A person with their first number.
pub(crate) fn row_of_list(contact: Contact) -> SearchRow {
    let others = contact.numbers.len().saturating_sub(1);
    let (number, label) = contact
        .numbers
        .first()
        .cloned()
        .map_or((None, None), |own| (Some(own.number), own.label));
    SearchRow {
        other_numbers: u32::try_from(others).unwrap_or(u32::MAX),
        ..row(contact, number, label, None)
    }
}

/// A number with whoever is behind it; nobody may be, and then the number is the name.
pub(crate) fn row_of_number(owner: Option<NumberOwner>, number: PhoneNumber) -> SearchRow {
    let nobody = |name| Contact {
        name,
        ..Contact::default()
    };
    let contact = match owner {
        Some(NumberOwner { contact, others: 0 }) => contact,
        Some(several) => nobody(super::owner_reference(several).said()),
        None => nobody(number.national()),
    };
    let own = contact.numbers.iter().find(|own| own.number == number);
    let label = own.and_then(|own| own.label.clone());
    row(contact, Some(number), label, None)
}

fn row_of_index(contact: Contact, hit: Hit) -> SearchRow {
    let label = contact
        .numbers
        .iter()
        .find(|own| Some(&own.number) == hit.number.as_ref())
        .and_then(|own| own.label.clone());
    let found = found_in(&hit);
    row(contact, hit.number, label, Some(found))
}

fn row(contact: Contact, number: Option<PhoneNumber>, label: Option<String>, found: Option<FoundIn>) -> SearchRow {
    SearchRow {
        contact: contact.id,
        name: contact.name,
        company: contact.company,
        email: contact.email,
        national: number.as_ref().map(PhoneNumber::national),
        international: number.as_ref().map(PhoneNumber::international),
        number,
        label,
        favourite: contact.marks.favourite,
        do_not_call: contact.marks.do_not_call,
        other_numbers: 0,
        call_from: Vec::new(),
        found,
    }
}

fn found_in(hit: &Hit) -> FoundIn {
    let Matched {
        name,
        company,
        email,
        number,
    } = &hit.matched;
    let shown = |shown: fn(&PhoneNumber) -> String| match &hit.number {
        Some(own) => digits_found(own, number, &shown(own)),
        None => Vec::new(),
    };
    FoundIn {
        name: pieces(&hit.name, name),
        company: pieces(hit.company.as_deref().unwrap_or_default(), company),
        email: pieces(hit.email.as_deref().unwrap_or_default(), email),
        national: shown(PhoneNumber::national),
        international: shown(PhoneNumber::international),
    }
}

/// A text cut where what was found begins and ends.
fn pieces(text: &str, found: &[Range<usize>]) -> Vec<FoundPiece> {
    let mut pieces = Vec::new();
    let mut add = |from: usize, to: usize, found: bool| {
        if let Some(text) = text.get(from..to).filter(|text| !text.is_empty()) {
            pieces.push(FoundPiece {
                text: text.to_owned(),
                found,
            });
        }
    };
    let mut at = 0;
    for range in found {
        add(at, range.start, false);
        add(range.start, range.end, true);
        at = range.end;
    }
    add(at, text.len(), false);
    pieces
}

/// Digits that were found in the stored form of a number, in a form for people: the same digits counted from the end,
/// since only what stands before them differs.
fn digits_found(number: &PhoneNumber, found: &[Range<usize>], shown: &str) -> Vec<FoundPiece> {
    let stored = number.as_str();
    let is_found_from_end: Vec<bool> = stored
        .char_indices()
        .filter(|(_, letter)| letter.is_ascii_digit())
        .map(|(at, _)| found.iter().any(|range| range.contains(&at)))
        .rev()
        .collect();
    // In the national form another prefix may stand where the country's code is stored.
    let comparable = match number.national_digits() {
        Some(digits) if !shown.starts_with('+') => digits.len(),
        Some(_) | None => is_found_from_end.len(),
    };
    let digits_shown = shown.chars().filter(char::is_ascii_digit).count();
    let mut from_end = digits_shown;
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for (at, letter) in shown.char_indices() {
        if !letter.is_ascii_digit() {
            continue;
        }
        from_end -= 1;
        if from_end >= comparable || is_found_from_end.get(from_end) != Some(&true) {
            continue;
        }
        match ranges.last_mut() {
            // Blanks between two digits that were found belong to them.
            Some(last) if !shown[last.end..at].contains(|between: char| between.is_ascii_digit()) => last.end = at + 1,
            _ => ranges.push(at..at + 1),
        }
    }
    pieces(shown, &ranges)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(pieces: &[FoundPiece]) -> String {
        pieces
            .iter()
            .map(|piece| {
                if piece.found {
                    format!("[{}]", piece.text)
                } else {
                    piece.text.clone()
                }
            })
            .collect()
    }

    #[test]
    fn a_text_is_cut_where_it_was_found_and_is_whole_when_joined() {
        let text = "Jörg Müller";
        let cut = pieces(text, &[0..5, 6..10]);
        assert_eq!(marked(&cut), "[Jörg] [Mül]ler");
        assert_eq!(cut.iter().map(|piece| piece.text.as_str()).collect::<String>(), text);
        assert_eq!(marked(&pieces(text, &[])), text);
        assert_eq!(pieces("", &[]), []);
    }

    #[test]
    fn digits_are_marked_in_whichever_form_the_number_is_shown() {
        let number = PhoneNumber::from_e164("+442079460123").unwrap();
        let found = std::slice::from_ref(&(7..10));
        assert_eq!(&number.as_str()[7..10], "460");
        assert_eq!(
            marked(&digits_found(&number, found, &number.national())),
            "020 79[46 0]123"
        );
        assert_eq!(
            marked(&digits_found(&number, found, &number.international())),
            "+44 20 79[46 0]123"
        );
        // The national form does not have what was found.
        assert_eq!(
            marked(&digits_found(
                &number,
                std::slice::from_ref(&(1..3)),
                &number.national()
            )),
            "020 7946 0123"
        );
        assert_eq!(
            marked(&digits_found(
                &number,
                std::slice::from_ref(&(0..3)),
                "+44 20 7946 0123"
            )),
            "+[44] 20 7946 0123"
        );
    }
}
