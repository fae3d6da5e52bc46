//! Texts made fit for eyes that must not see numbers, names, addresses and keys.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::OnceLock;

use regex::{Captures, Regex};

/// What stands for what was left out.
const GAP: &str = "…";

/// The longest message that is kept, in words.
const LONGEST: usize = 60;

/// Words of which the standard library's panics are made. A secret is not in the list.
const KNOWN: &str = "a add already an and as assertion at attempt borrowed bounds but by byte bytes called capacity \
    char channel code could be divide duration empty end entered equal Err error expect expected failed for from greater \
    implemented in index instant internal invalid is isn't join left len length less lock message multiply mutably \
    negate no None not of Ok on only Option or out overflow panicked poisoned range remainder Result right runtime self \
    shift slice Some start str string subtract task than the thread time to too unreachable unwrap value when with within \
    without yet zero";

/// A message that was put together while running: only words that any program says, and small numbers.
pub(crate) fn message(text: &str) -> String {
    let known = |word: &str| {
        let is_small = word.len() <= 2 && word.bytes().all(|byte| byte.is_ascii_digit());
        let mut parts = word.split("::").map(|part| part.trim_end_matches("()"));
        is_small || parts.all(|part| KNOWN.split_whitespace().any(|known| known == part))
    };
    let bare = |word: &str| {
        word.trim_matches(|mark| "`'\",.:;!?()[]{}<>=".contains(mark))
            .to_owned()
    };
    let mut said: Vec<&str> = Vec::new();
    for word in text.split_whitespace() {
        let bare = bare(word).trim_end_matches("()").to_owned();
        let kept = if !bare.is_empty() && known(&bare) { word } else { GAP };
        if kept != GAP || said.last() != Some(&GAP) {
            said.push(kept);
        }
        if said.len() == LONGEST {
            break;
        }
    }
    said.join(" ")
}

/// The words that must not be told, besides what is private by its form.
pub(crate) struct Private(HashSet<String>);

impl Private {
    /// Every word of these names, except those that say nothing about anybody.
    pub(crate) fn of<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let words = names.into_iter().flat_map(words_of).map(str::to_lowercase);
        Self(words.filter(|word| word.chars().count() > 1).collect())
    }

    fn names(&self, word: &str) -> bool {
        words_of(word).any(|part| self.0.contains(&part.to_lowercase()))
    }

    /// The text without numbers, addresses, paths, quoted texts, long tokens and names. Our own ids are kept.
    pub(crate) fn masked<'t>(&self, text: &'t str) -> Cow<'t, str> {
        pattern().replace_all(text, |found: &Captures<'_>| {
            let text = &found[0];
            let is_any = |name: &str| found.name(name).is_some();
            if is_any("id") || is_any("instant") {
                text.to_owned()
            } else if is_any("quoted") {
                format!("\"{GAP}\"")
            } else if is_any("word") && !self.names(text) && !is_token(text) {
                text.to_owned()
            } else {
                GAP.to_owned()
            }
        })
    }
}

fn words_of(name: &str) -> impl Iterator<Item = &str> {
    name.split(|letter: char| !letter.is_alphanumeric() && letter != '_')
}

/// A key, most likely: long, and letters with digits.
fn is_token(word: &str) -> bool {
    let has = |is: fn(&char) -> bool| word.chars().any(|letter| is(&letter));
    word.len() >= 12 && has(char::is_ascii_digit) && has(|letter| letter.is_alphabetic()) || word.len() > 40
}

/// What can be told from other text by its form; the first that fits is it.
fn pattern() -> &'static Regex {
    // An immutable pattern, made once.
    static PATTERN: OnceLock<Regex> = OnceLock::new();
    PATTERN.get_or_init(|| {
        Regex::new(
            r#"(?x)
            (?<instant> \b \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z )
          | (?<id> \b [0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12} \b )
          | (?<quoted> "(?:[^"\\]|\\.)*" )
          | (?<address> [A-Za-z][A-Za-z0-9+.-]*://\S* | (?:tel|sip|mailto):\S* | [^\s@=]+@[^\s@]+ )
          | (?<path> (?:/[^\s/:,]+){2,}/? | [A-Za-z]:\\\S* )
          | (?<number> \+?\d(?:[\s().-]*\d){4,} )
          | (?<word> [\p{L}\p{N}_][\p{L}\p{N}\p{M}_+/-]* )
            "#,
        )
        .expect("the pattern is a constant that the tests have compiled")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_panic_only_words_that_every_program_says_are_left() {
        for (said, kept) in [
            (
                "called `Result::unwrap()` on an `Err` value: Rejected { key: \"canary/7d21\", to: +442079460123 }",
                "called `Result::unwrap()` on an `Err` value: … to: …",
            ),
            ("index out of bounds: the len is 3 but the index is 12", ""),
            (
                "index out of bounds: the len is 3 but the index is 442079460123",
                "index out of bounds: the len is 3 but the index is …",
            ),
            ("Asha Rao https://hooks.example.com/x canary", "…"),
            ("", ""),
        ] {
            let kept = if kept.is_empty() { said } else { kept };
            assert_eq!(message(said), kept);
        }
        assert!(message(&"the ".repeat(10_000)).len() < 400);
    }

    #[test]
    fn a_line_of_the_log_keeps_what_helps_and_nothing_that_is_private() {
        let private = Private::of(["Asha Rao", "Rao & Sons", "work"]);
        for (line, kept) in [
            (
                "2026-03-04T10:00:00.123456Z  INFO engine::core: taken up call=0190f7c0-5d3e-7aaa-8bbb-0123456789ab status=404 took=12.5ms",
                "2026-03-04T10:00:00.123456Z  INFO engine::core: taken up call=0190f7c0-5d3e-7aaa-8bbb-0123456789ab status=404 took=12.5ms",
            ),
            ("calls +44 20 7946 0123 now", "calls … now"),
            ("number=020-7946-0123, ext 101", "number=…, ext 101"),
            ("for ASHA at Rao-Smith, account=work", "for … at …, account=…"),
            (
                "sees https://hooks.example.com/hooks/w/k3y?x=1 and asha@example.com",
                "sees … and …",
            ),
            (
                "name=\"Somebody \\\"Else\\\"\" token=8f3a9c4e5b7d1f20a6c8e2b4 ok",
                "name=\"…\" token=… ok",
            ),
            ("file=/home/asha/dialdeck/config.toml missing", "file=… missing"),
        ] {
            assert_eq!(private.masked(line), kept);
        }
    }
}
