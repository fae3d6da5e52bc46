//! A provider's own sentence, made fit to be shown: short, one line, without anything that could be a secret.

const LONGEST: usize = 200;
/// In bytes, of what is kept with a fact.
const LONGEST_EVIDENCE: usize = 60;

/// Shortens, joins lines, and blots out words that look like tokens, keys or links.
pub(crate) fn shown(text: &str) -> Option<String> {
    let words: Vec<&str> = text
        .split_whitespace()
        .map(|word| if may_be_secret(word) { "…" } else { word })
        .collect();
    let joined = words.join(" ");
    if joined.is_empty() {
        return None;
    }
    if joined.chars().count() <= LONGEST {
        return Some(joined);
    }
    let cut: String = joined.chars().take(LONGEST - 1).collect();
    Some(format!("{}…", cut.trim_end()))
}

/// A provider's word as it is kept with a fact, if it is short and no link.
pub(crate) fn evidence(word: String) -> Option<String> {
    let is_kept = !word.is_empty() && word.len() <= LONGEST_EVIDENCE && !word.contains("://");
    is_kept.then_some(word)
}

/// A body that is plain text rather than a page of a gateway.
pub(crate) fn plain(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?.trim();
    if text.is_empty() || text.starts_with(['<', '{', '[']) || text.len() > 1_000 {
        return None;
    }
    shown(text)
}

/// Tokens are long and hold digits; no word of a sentence does. A telephone number (up to 16 characters) stays.
fn may_be_secret(word: &str) -> bool {
    word.contains("://") || word.len() > 40 || (word.len() > 16 && word.bytes().any(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_with_a_fact_is_short_and_no_link() {
        let kept = |word: &str| evidence(word.to_owned());
        assert_eq!(kept("ANSWERED").as_deref(), Some("ANSWERED"));
        for word in ["", "https://files.example.test/1", "AN://R", &"x".repeat(61)] {
            assert_eq!(kept(word), None, "{word}");
        }
    }

    #[test]
    fn a_sentence_is_shown_as_it_is() {
        assert_eq!(shown(" Agent is\n offline ").as_deref(), Some("Agent is offline"));
        assert_eq!(
            shown("No agent has +919000000001").as_deref(),
            Some("No agent has +919000000001")
        );
    }

    #[test]
    fn what_looks_like_a_secret_or_a_link_is_blotted_out() {
        let text = "token eyJhbGciOi.eyJzdWIiOiIx.c2lnbmF0dXJl9 or 5c4113fa-0000-4000-8000-000000000010 at https://x.example/?k=1";
        assert_eq!(shown(text).as_deref(), Some("token … or … at …"));
    }

    #[test]
    fn a_long_sentence_is_cut_at_two_hundred_characters() {
        assert_eq!(shown(&"né ".repeat(300)).unwrap().chars().count(), 200);
        assert_eq!(shown("  "), None);
    }
}
