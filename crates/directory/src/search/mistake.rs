//! One mistake in a word, for words that are compared one by one; `segment` asks an automaton for the same.

/// Whether a word is another (or, unless `whole`, its beginning) but for one letter that is left out, too many or
/// wrong, or two that changed places.
pub(super) fn is_one_edit_away(typed: &[u8], own: &[u8], whole: bool) -> bool {
    // One edit leaves one of the first two letters where it was, or next to that place.
    if let ([first, second, ..], [own_first, own_second, ..]) = (typed, own)
        && first != own_first
        && second != own_second
        && first != own_second
        && second != own_first
    {
        return false;
    }
    let same = typed.iter().zip(own).take_while(|(left, right)| left == right).count();
    let (typed, own) = (&typed[same..], &own[same..]);
    let is_rest = |typed: &[u8], own: &[u8]| if whole { typed == own } else { own.starts_with(typed) };
    match (typed, own) {
        ([], rest) => !whole || rest.len() <= 1,
        (rest, []) => rest.len() <= 1,
        ([first, after @ ..], [own_first, own_after @ ..]) => {
            let changed_places = match (after, own_after) {
                ([second, typed_rest @ ..], [own_second, own_rest @ ..]) => {
                    first == own_second && second == own_first && is_rest(typed_rest, own_rest)
                }
                _ => false,
            };
            is_rest(after, own_after) || is_rest(after, own) || is_rest(typed, own_after) || changed_places
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_mistake_of_each_kind_is_forgiven_and_no_second() {
        let away = |typed: &str, own: &str, whole| is_one_edit_away(typed.as_bytes(), own.as_bytes(), whole);
        for typed in [
            "smith", "smih", "smithh", "smyth", "msith", "smiht", "mith", "ssmith", "smit",
        ] {
            assert!(away(typed, "smith", true), "{typed}");
        }
        for typed in ["smi", "imth", "smithhh", "xmyth"] {
            assert!(!away(typed, "smith", true), "{typed}");
        }
        assert!(away("smti", "smithson", false) && away("smkt", "smithson", false));
        assert!(!away("smkk", "smithson", false));
    }
}
