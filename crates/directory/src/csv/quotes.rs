//! Quotes that nobody closed: read as the format says, one would swallow the rest of the file.

use std::borrow::Cow;

/// The text with those lines emptied that open a quote and never close it, and which lines, from 1, they are.
///
/// A quote also counts as never closed if the next one that could close it stands on a later line and before other
/// text: that one opens a cell of its own.
pub(super) fn without_unclosed(text: &str, delimiter: u8) -> (Cow<'_, str>, Vec<u32>) {
    let bytes = text.as_bytes();
    let mut kept = String::new();
    let (mut copied, mut unclosed) = (0, Vec::new());
    // Where the record began, and the line that is being read.
    let (mut record, mut line) = (0, 1);
    let (mut at, mut is_cell_start) = (0, true);
    while let Some(&byte) = bytes.get(at) {
        if byte == b'"' && is_cell_start {
            let (end, breaks) = match closing(bytes, at, delimiter) {
                Some(closed) => closed,
                None => {
                    let end = line_end(bytes, at);
                    kept.push_str(&text[copied..record]);
                    kept.extend(text[record..end].chars().filter(|letter| *letter == '\n'));
                    copied = end;
                    unclosed.push(line);
                    (end, 0)
                }
            };
            (at, line, is_cell_start) = (end, line + breaks, false);
            continue;
        }
        at += 1;
        is_cell_start = byte == delimiter || byte == b'\n' || byte == b'\r';
        if byte == b'\n' {
            line += 1;
            record = at;
        }
    }
    if unclosed.is_empty() {
        return (Cow::Borrowed(text), unclosed);
    }
    kept.push_str(&text[copied..]);
    (Cow::Owned(kept), unclosed)
}

/// The place after the quote that closes the one at `open`, and how many lines lie between.
fn closing(bytes: &[u8], open: usize, delimiter: u8) -> Option<(usize, u32)> {
    let (mut at, mut breaks) = (open + 1, 0);
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        if byte == b'\n' {
            breaks += 1;
        } else if byte == b'"' {
            match bytes.get(at) {
                Some(b'"') => at += 1,
                Some(&next) if breaks > 0 && next != delimiter && !matches!(next, b' ' | b'\r' | b'\n') => return None,
                _ => return Some((at, breaks)),
            }
        }
    }
    None
}

fn line_end(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    from + rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len())
}
