//! Lists of which a page has a number.

use serde_json::Value;

use crate::{PageQuery, json_body};

/// The most entries that a page is asked for.
const LONGEST: u32 = 100;

/// A page of a numbered list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) number: u32,
    pub(super) limit: u32,
}

impl Page {
    /// The page that is meant; none for a cursor that no page has given.
    pub(super) fn wanted(query: &PageQuery) -> Option<Self> {
        let number = match &query.cursor {
            None => 1,
            Some(cursor) => cursor.parse().ok().filter(|number| *number > 0)?,
        };
        Some(Self {
            number,
            limit: query.limit.clamp(1, LONGEST),
        })
    }

    pub(super) fn first() -> Self {
        Self {
            number: 1,
            limit: LONGEST,
        }
    }

    pub(super) fn pairs(self) -> [(&'static str, String); 2] {
        [("page", self.number.to_string()), ("limit", self.limit.to_string())]
    }

    /// The page after this one, of which `body` has `length` entries: by the number of all entries if it is there, else
    /// a full page has a next one. Some accounts give less than was asked for and say so in `limit`.
    pub(super) fn next(self, body: &Value, length: usize) -> Option<Self> {
        if length == 0 {
            return None;
        }
        let limit = u64::from(json_u32(body, "limit").filter(|limit| *limit > 0).unwrap_or(self.limit));
        let more = match total(body) {
            Some(total) => u64::from(self.number) * limit < u64::from(total),
            None => length as u64 >= limit,
        };
        let number = self.number.checked_add(1)?;
        more.then_some(Self { number, ..self })
    }

    pub(super) fn cursor(self) -> String {
        self.number.to_string()
    }
}

/// The number of all entries that fit, where the answer has it.
pub(super) fn total(body: &Value) -> Option<u32> {
    ["count", "filtered_records", "total_records"]
        .iter()
        .find_map(|name| json_u32(body, name))
}

/// The entries of a page; none where there is no list.
pub(super) fn entries(body: &Value) -> Option<&Vec<Value>> {
    if let Value::Array(list) = body {
        return Some(list);
    }
    json_body::first(body, &["results", "data"])?.as_array()
}

pub(super) fn json_u32(body: &Value, name: &str) -> Option<u32> {
    json_body::member_text(body, name)?.parse().ok()
}
