//! Texts with placeholders.

use super::Mistake;
use super::values::{Slot, Values};

/// A text with places for values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Template(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Slot(Slot),
}

impl Template {
    /// Reads `{name}` as a place, `{{` and `}}` as braces.
    ///
    /// # Errors
    /// A brace that is not closed, or a name that is none, under this key.
    pub(super) fn of(text: &str, key: &'static str) -> Result<Self, Mistake> {
        let mut pieces = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            plain.push_str(&rest[..at]);
            let brace = &rest[at..=at];
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix(brace) {
                plain.push_str(brace);
                rest = after;
                continue;
            }
            let closed = rest.split_once('}').filter(|_| brace == "{");
            let (name, after) = closed.ok_or(Mistake::of(key, "brace"))?;
            let slot = Slot::of(name).ok_or(Mistake::of(key, "placeholder"))?;
            if !plain.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut plain)));
            }
            pieces.push(Piece::Slot(slot));
            rest = after;
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            pieces.push(Piece::Text(plain));
        }
        Ok(Self(pieces))
    }

    /// The text before the first place.
    pub(super) fn beginning(&self) -> &str {
        match self.0.first() {
            Some(Piece::Text(text)) => text,
            Some(Piece::Slot(_)) | None => "",
        }
    }

    pub(super) fn has_slots(&self) -> bool {
        self.0.iter().any(|piece| matches!(piece, Piece::Slot(_)))
    }

    /// The text with each value put in as `encode` makes it.
    pub(super) fn filled(&self, values: &Values, encode: impl Fn(&str) -> String) -> String {
        self.0
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => text.clone(),
                Piece::Slot(slot) => encode(values.get(*slot)),
            })
            .collect()
    }

    /// The text with something harmless in each place.
    pub(super) fn sample(&self) -> String {
        self.filled(&Values::default(), |_| "x".to_owned())
    }
}
