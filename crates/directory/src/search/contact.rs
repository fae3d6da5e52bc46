//! What the index is told of a contact, and how it hands numbers on.

use telephony::PhoneNumber;

/// Bytes of a text that are searched; nobody types so far, and a million such texts still have their places in 32 bits.
const LONGEST_TEXT: usize = 1_000;

/// A person or company as it is to be found.
///
/// Labels of numbers, notes and whatever else is known stay with the caller, who finds them by `key` and the place of
/// the number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SearchContact {
    /// The caller's name for the contact.
    pub key: u64,
    /// May be empty where there is a company.
    pub name: String,
    pub company: Option<String>,
    pub email: Option<String>,
    pub numbers: Vec<PhoneNumber>,
}

/// A contact wherever it lies: its texts, and its numbers one after the other, each from its plus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Record<'a> {
    pub key: u64,
    pub name: &'a str,
    pub company: Option<&'a str>,
    pub email: Option<&'a str>,
    pub numbers: &'a str,
}

/// A contact of one's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OwnedRecord {
    key: u64,
    name: Box<str>,
    company: Option<Box<str>>,
    email: Option<Box<str>>,
    numbers: Box<str>,
}

impl<'a> Record<'a> {
    /// What the contact is called and sorted by: its name, else its company.
    pub fn title(&self) -> &'a str {
        if self.name.trim().is_empty() {
            self.company.unwrap_or_default()
        } else {
            self.name
        }
    }

    /// The numbers in E.164, in their order.
    pub fn each_number(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        each_number(self.numbers)
    }

    pub fn to_owned(self) -> OwnedRecord {
        OwnedRecord {
            key: self.key,
            name: self.name.into(),
            company: self.company.map(Into::into),
            email: self.email.map(Into::into),
            numbers: self.numbers.into(),
        }
    }
}

impl OwnedRecord {
    pub fn as_record(&self) -> Record<'_> {
        Record {
            key: self.key,
            name: &self.name,
            company: self.company.as_deref(),
            email: self.email.as_deref(),
            numbers: &self.numbers,
        }
    }

    /// Bytes of the texts.
    pub fn len(&self) -> usize {
        let optional = |text: &Option<Box<str>>| text.as_ref().map_or(0, |text| text.len());
        self.name.len() + optional(&self.company) + optional(&self.email) + self.numbers.len()
    }
}

impl From<SearchContact> for OwnedRecord {
    fn from(contact: SearchContact) -> Self {
        let numbers: String = contact.numbers.iter().map(PhoneNumber::as_str).collect();
        let cut = |text: String| -> Box<str> { text[..text.floor_char_boundary(LONGEST_TEXT)].into() };
        Self {
            key: contact.key,
            name: cut(contact.name),
            company: contact.company.map(cut),
            email: contact.email.map(cut),
            numbers: numbers.into(),
        }
    }
}

/// `+1…+44…` as `+1…` and `+44…`.
pub(super) fn each_number(joined: &str) -> impl Iterator<Item = &str> {
    let mut rest = joined;
    std::iter::from_fn(move || {
        let end = rest.get(1..)?.find('+').map_or(rest.len(), |at| at + 1);
        let (number, after) = rest.split_at(end);
        rest = after;
        Some(number)
    })
}

/// How many digits of a number in E.164, without its plus, are the country's code.
///
/// ITU-T E.164's own assignment of one, two and three digits: `telephony` reads libphonenumber's data, a thousand times
/// slower, and tells nothing for codes that are not in use.
pub(super) fn country_code_digits(digits: &str) -> usize {
    match digits.as_bytes() {
        [b'1' | b'7', ..] => 1,
        [b'2', b'0' | b'7', ..]
        | [b'3', b'0'..=b'4' | b'6' | b'9', ..]
        | [b'4', b'0' | b'1' | b'3'..=b'9', ..]
        | [b'5', b'1'..=b'8', ..]
        | [b'6', b'0'..=b'6', ..]
        | [b'8', b'1' | b'2' | b'4' | b'6', ..]
        | [b'9', b'0'..=b'5' | b'8', ..] => 2,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_numbers_come_apart_again() {
        assert_eq!(each_number("+12+345+6").collect::<Vec<_>>(), ["+12", "+345", "+6"]);
        assert_eq!(each_number("").count(), 0);
    }

    #[test]
    fn codes_of_countries_have_their_lengths() {
        for (number, digits) in [
            ("442079460123", 2),
            ("12025550123", 1),
            ("353123", 3),
            ("999001", 3),
            ("91", 2),
        ] {
            assert_eq!(country_code_digits(number), digits, "{number}");
        }
    }
}
