//! Telephone numbers as this platform spells them: never twice the same way.

use crate::plays::Plays;

/// A number kept as country code and digits, rendered in whichever form the wire shows at that place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Number {
    /// All digits, country code first, no plus.
    digits: String,
    home: &'static str,
}

impl Number {
    /// Reads what a client sent: with or without plus, trunk zero or country code.
    pub(crate) fn read(text: &str, plays: Plays) -> Self {
        let home = plays.country_code();
        let digits = digits_of(text);
        let international = text.trim_start().starts_with('+');
        let digits = if international {
            digits
        } else if let Some(national) = digits.strip_prefix('0') {
            format!("{home}{national}")
        } else if digits.len() == 10 {
            format!("{home}{digits}")
        } else {
            digits
        };
        Self { digits, home }
    }

    /// `+919000000005`
    pub(crate) fn plus(&self) -> String {
        format!("+{}", self.digits)
    }

    /// `919000000005`
    pub(crate) fn digits(&self) -> &str {
        &self.digits
    }

    /// `9000000005`; a foreign number keeps its country code.
    pub(crate) fn national(&self) -> &str {
        self.digits.strip_prefix(self.home).unwrap_or(&self.digits)
    }

    /// `09000000005`; a foreign number keeps its country code.
    pub(crate) fn trunk(&self) -> String {
        match self.digits.strip_prefix(self.home) {
            Some(national) => format!("0{national}"),
            None => self.digits.clone(),
        }
    }
}

/// The digits of a text, whatever stands between them.
pub(crate) fn digits_of(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// Whether two spellings mean the same number: by the last ten digits, as integrators of this platform compare.
pub(crate) fn same_number(one: &str, other: &str) -> bool {
    fn tail(text: &str) -> String {
        let digits = digits_of(text);
        let start = digits.len().saturating_sub(10);
        digits[start..].to_owned()
    }
    let (one, other) = (tail(one), tail(other));
    !one.is_empty() && one == other
}

/// `+` and 7 to 15 digits that do not start with zero.
pub(crate) fn is_e164(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_number_reads_the_same() {
        for text in [
            "+442079460001",
            "442079460001",
            "02079460001",
            "2079460001",
            "+44 20 7946 0001",
        ] {
            assert_eq!(Number::read(text, Plays::AcefoneUk).plus(), "+442079460001", "{text}");
        }
    }

    #[test]
    fn a_foreign_number_keeps_its_country_code() {
        let number = Number::read("12025550101", Plays::AcefoneIn);
        assert_eq!(
            (number.national(), number.trunk().as_str()),
            ("12025550101", "12025550101")
        );
    }

    #[test]
    fn numbers_are_compared_by_their_last_ten_digits() {
        assert!(same_number("+918069000001", "08069000001"));
        assert!(!same_number("918069000001", "918069000002"));
        assert!(!same_number("", ""));
    }
}
