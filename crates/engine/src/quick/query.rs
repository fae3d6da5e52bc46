//! What a text in the quick dial bar asks for.

/// The kinds of things that a prefix narrows the search to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wanted<'t> {
    /// Nothing was typed.
    Nothing,
    /// People and numbers.
    Anything(&'t str),
    /// `@`: people alone, even where the text is a number.
    People(&'t str),
    /// `#`: everybody with a tag that begins so.
    Tag(&'t str),
    /// `>`: what the app can do.
    Command(&'t str),
}

impl<'t> Wanted<'t> {
    pub(crate) fn read(text: &'t str) -> Self {
        let text = text.trim();
        let rest = |prefix| text.strip_prefix(prefix).map(str::trim);
        if text.is_empty() {
            Self::Nothing
        } else if let Some(name) = rest('@') {
            Self::People(name)
        } else if let Some(tag) = rest('#').filter(|tag| !tag.starts_with(|letter: char| letter.is_ascii_digit())) {
            Self::Tag(tag)
        } else if let Some(words) = rest('>') {
            Self::Command(words)
        } else {
            Self::Anything(text)
        }
    }
}

/// Where a name may end and a time begin: `Asha Rao tue 15:00` is asked as `tue 15:00`, `15:00`, the longest first.
///
/// At most four words are a time, and a name is before them.
pub(crate) fn splits(text: &str) -> impl Iterator<Item = (&str, &str)> {
    const MOST_WORDS: usize = 4;
    let starts: Vec<usize> = text
        .char_indices()
        .filter(|&(at, letter)| {
            let before = text[..at].chars().next_back();
            !letter.is_whitespace() && before.is_some_and(char::is_whitespace)
        })
        .map(|(at, _)| at)
        .collect();
    let first = starts.len().saturating_sub(MOST_WORDS);
    starts.into_iter().skip(first).filter_map(|at| {
        let (who, when) = text.split_at(at);
        let who = who.trim();
        (!who.is_empty()).then_some((who, when.trim()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_says_what_is_looked_for() {
        for (text, wanted) in [
            ("", Wanted::Nothing),
            ("   ", Wanted::Nothing),
            (" asha ", Wanted::Anything("asha")),
            ("@ 020", Wanted::People("020")),
            ("@", Wanted::People("")),
            ("#vip", Wanted::Tag("vip")),
            // A code for the network is a number that must not be called, and is told so.
            ("#31#0207", Wanted::Anything("#31#0207")),
            ("> set", Wanted::Command("set")),
        ] {
            assert_eq!(Wanted::read(text), wanted, "{text}");
        }
    }

    #[test]
    fn a_time_stands_behind_a_name() {
        let all = |text| splits(text).collect::<Vec<_>>();
        assert_eq!(all("asha tue 15:00"), [("asha", "tue 15:00"), ("asha tue", "15:00")]);
        assert_eq!(all("asha"), []);
        assert_eq!(all("in 20m"), [("in", "20m")]);
        assert_eq!(
            all("a b c d e f"),
            [
                ("a b", "c d e f"),
                ("a b c", "d e f"),
                ("a b c d", "e f"),
                ("a b c d e", "f")
            ]
        );
    }
}
