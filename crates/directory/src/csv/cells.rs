//! Single cells: the numbers in them, and text that a spreadsheet must not take for a formula.

/// Fewer digits than this between two strokes are part of a number, as in `030/1234567`.
const SHORTEST_NUMBER: usize = 7;

/// What a spreadsheet would run, or what would make it look at the next letter.
const TRIGGERS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// The numbers that one cell lists.
pub(super) fn numbers_in(cell: &str) -> impl Iterator<Item = &str> {
    cell.split([';', '|', '\n'])
        .flat_map(|part| part.split(":::"))
        .flat_map(|part| {
            let pieces: Vec<&str> = part.split([',', '/']).collect();
            if pieces.iter().all(|piece| digits(piece) >= SHORTEST_NUMBER) {
                pieces
            } else {
                vec![part]
            }
        })
        .map(|text| whole_number(unguarded(text.trim())))
        .filter(|text| !text.is_empty() && !stands_for_nothing(text))
}

/// What programs and people write where there is none: `n/a`, `-`, `#N/A`.
fn stands_for_nothing(text: &str) -> bool {
    const WORDS: [&str; 6] = ["na", "none", "null", "nil", "nan", "unknown"];
    let letters: String = text.chars().filter(|letter| letter.is_alphanumeric()).collect();
    letters.is_empty() && !text.contains(['*', '#']) || WORDS.contains(&letters.to_lowercase().as_str())
}

/// A column of numbers that were counted with has them as `442079460123.0`.
fn whole_number(text: &str) -> &str {
    text.strip_suffix(".0")
        .filter(|digits| digits.len() >= SHORTEST_NUMBER && digits.bytes().all(|byte| byte.is_ascii_digit()))
        .unwrap_or(text)
}

/// Whether a text has the shape of a number, whatever country it may be of.
pub(super) fn looks_like_number(text: &str) -> bool {
    digits(text) >= 6
        && text
            .chars()
            .all(|letter| letter.is_ascii_digit() || " +-.()/;,'\u{a0}\u{2011}\u{2013}".contains(letter))
        && !is_date(text)
}

pub(super) fn looks_like_email(text: &str) -> bool {
    text.split_once('@')
        .is_some_and(|(user, host)| !user.is_empty() && host.contains('.'))
        && !text.contains(' ')
}

/// Text that a spreadsheet shows instead of running it. A number in E.164 is left alone: as a formula it is itself.
pub(super) fn guarded(text: &str) -> String {
    let is_number = text
        .strip_prefix('+')
        .is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()));
    if !is_number && is_trigger(text) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// The text of a formula that does nothing else than to keep a spreadsheet from counting with it: `="02079460123"`.
pub(super) fn unquoted_formula(cell: &str) -> &str {
    let quoted = cell.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    quoted.filter(|text| !text.contains('"')).unwrap_or(cell)
}

/// Whether a cell says yes. What is not known as a no is a yes: of the two mistakes with people who are not to be called,
/// one can be taken back.
pub(super) fn is_yes(cell: &str) -> bool {
    const NO: [&str; 22] = [
        "",
        "0",
        "-",
        "–",
        "—",
        "n",
        "no",
        "not",
        "none",
        "never",
        "null",
        "n/a",
        "na",
        "f",
        "false",
        "off",
        "nein",
        "non",
        "nee",
        "não",
        "falsch",
        "नहीं",
    ];
    !NO.contains(&cell.trim().to_lowercase().as_str())
}

/// The tags that one cell lists. One within quotation marks is as it stands, with what would part it; a mark in it is doubled.
pub(super) fn tags_in(cell: &str) -> Vec<String> {
    let mut tags = Vec::new();
    let mut rest = cell;
    while !rest.is_empty() {
        let quoted = rest.trim_start().strip_prefix('"').and_then(quoted);
        if let Some((tag, after)) = quoted {
            tags.push(tag);
            rest = after.trim_start_matches([';', ',']);
            continue;
        }
        let end = [rest.find(['\n', ';', ',']), rest.find(":::")]
            .into_iter()
            .flatten()
            .min();
        let (tag, after) = rest.split_at(end.unwrap_or(rest.len()));
        tags.push(tag.trim().trim_start_matches(['*', ' ']).to_owned());
        rest = after
            .strip_prefix(":::")
            .unwrap_or_else(|| after.get(1..).unwrap_or_default());
    }
    tags
}

/// What stands before a closing mark, and what follows it; none where it is not the end of a tag.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut tag = String::new();
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        if letter != '"' {
            tag.push(letter);
        } else if letters.next_if(|(_, next)| *next == '"').is_some() {
            tag.push('"');
        } else {
            let after = text.get(at + 1..).unwrap_or_default().trim_start();
            return (after.is_empty() || after.starts_with([';', ','])).then_some((tag, after));
        }
    }
    None
}

/// Tags as `tags_in` takes them apart.
pub(super) fn tags_joined(tags: &[String]) -> String {
    let written = |tag: &String| {
        let is_plain = !tag.contains([';', ',', '"', '\n']) && !tag.contains(":::") && !tag.starts_with('*');
        if is_plain {
            tag.clone()
        } else {
            format!("\"{}\"", tag.replace('"', "\"\""))
        }
    };
    tags.iter().map(written).collect::<Vec<_>>().join("; ")
}

/// Undoes `guarded`.
pub(super) fn unguarded(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| is_trigger(rest)).unwrap_or(text)
}

fn is_trigger(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(TRIGGERS)
}

fn digits(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_digit).count()
}

/// `4.42E+11`, with comma or point.
pub(super) fn is_rounded(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else {
        return false;
    };
    mantissa.contains(['.', ','])
        && mantissa
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b',' | b'+'))
        && exponent
            .strip_prefix('+')
            .is_some_and(|power| !power.is_empty() && power.bytes().all(|b| b.is_ascii_digit()))
}

/// `2024-03-01`, `01/03/2024`, `1.3.2024`.
fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
    let years = parts.iter().filter(|part| part.len() == 4).count();
    parts.len() == 3
        && years == 1
        && parts
            .iter()
            .all(|part| matches!(digits(part), 1 | 2 | 4) && digits(part) == part.len())
}
