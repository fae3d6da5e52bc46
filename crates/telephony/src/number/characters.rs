//! One kind of each character: what is pasted, as a keyboard would type it.

use rlibphonenumber::PHONE_NUMBER_UTIL;

/// The text with its characters as a keyboard types them: no invisible ones, one kind of space, dash and digit.
pub(crate) fn plain(text: &str) -> String {
    let typed: String = text.chars().filter_map(as_typed).collect();
    typed.trim().to_owned()
}

/// The character as a keyboard types it; none for one that is not seen.
pub(super) fn as_typed(c: char) -> Option<char> {
    Some(match c {
        ' '..='~' => c,
        _ if is_invisible(c) => return None,
        _ if c.is_whitespace() || c.is_control() => ' ',
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{30FC}' | '\u{FE58}' | '\u{FE63}' => '-',
        '\u{FE62}' => '+',
        // Full-width forms of ASCII.
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        _ if c.is_numeric() => decimal_digit(c).unwrap_or(c),
        _ => c,
    })
}

/// A decimal digit of any script; none for `½`, `②` and numerals that are no digits.
fn decimal_digit(c: char) -> Option<char> {
    let digit = PHONE_NUMBER_UTIL.normalize_digits_only(c.encode_utf8(&mut [0; 4]));
    digit.chars().next()
}

/// Characters that are pasted along without being seen: bidi marks, joiners, soft hyphens, variation selectors, BOM.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{AD}'
            | '\u{34F}'
            | '\u{61C}'
            | '\u{180B}'..='\u{180E}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}'
            | '\u{FFF9}'..='\u{FFFB}'
            | '\u{E0000}'..='\u{E0FFF}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The zeros of Unicode's decimal digits (general category Nd); nine more follow each.
    const ZEROS: [u32; 66] = [
        0x0030, 0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0DE6,
        0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40,
        0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10, 0x104A0, 0x10D30, 0x11066, 0x110F0,
        0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x11730, 0x118E0, 0x11950, 0x11C50, 0x11D50,
        0x11DA0, 0x11F50, 0x16A60, 0x16AC0, 0x16B50, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0,
        0x1E950,
    ];

    #[test]
    fn a_digit_of_any_script_is_that_digit() {
        for zero in ZEROS {
            for value in 0..10 {
                let written = char::from_u32(zero + value).unwrap();
                assert_eq!(as_typed(written), char::from_digit(value, 10), "U+{:04X}", zero + value);
            }
        }
        assert_eq!(as_typed('½'), Some('½'));
        assert_eq!(as_typed('②'), Some('②'));
    }

    #[test]
    fn what_is_not_seen_is_not_there() {
        assert_eq!(
            plain("\n\u{202A}+44\u{AD}20\u{2011}7946\u{A0}01\u{200B}23\u{202C}\r\n"),
            "+4420-7946 0123"
        );
    }
}
