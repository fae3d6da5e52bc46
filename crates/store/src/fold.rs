//! Text as it is compared when somebody searches: lower case, without diacritics.

use unicode_normalization::UnicodeNormalization;

/// Folds case and the diacritics of alphabetic scripts.
///
/// Only the combining diacritical marks go: the vowel signs of Devanagari and its relatives are marks as well, and
/// without them a word is another word.
pub(crate) fn fold(text: &str) -> String {
    // Most names of most directories: nothing to take apart.
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(text.len());
    for letter in text
        .nfkd()
        .filter(|letter| !matches!(letter, '\u{300}'..='\u{36f}'))
        .flat_map(char::to_lowercase)
    {
        // Letters that Unicode does not take apart, although people type them as their plain relatives.
        match letter {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'þ' => folded.push_str("th"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'ı' => folded.push('i'),
            '\u{300}'..='\u{36f}' => {}
            '’' | 'ʼ' => folded.push('\''),
            other => folded.push(other),
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_diacritics_make_no_difference() {
        assert_eq!(fold("José ÅNGSTRÖM"), "jose angstrom");
        assert_eq!(fold("Łukasz Groß"), "lukasz gross");
        assert_eq!(fold("İpek"), "ipek");
    }

    #[test]
    fn plain_letters_are_folded_alike_alone_and_beside_others() {
        let plain: String = ('\0'..='\x7f').collect();
        assert_eq!(fold(&plain) + "e", fold(&format!("{plain}é")));
    }

    #[test]
    fn vowel_signs_of_devanagari_stay() {
        assert_eq!(fold("किरण"), "किरण");
        assert_ne!(fold("की"), fold("का"));
    }
}
