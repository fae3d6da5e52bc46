//! Lists in pages: so many rows, and the key at which the next page starts.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::answer::Answer;
use super::ask::Ask;

const PAGE_SIZE: usize = 50;

/// One page of rows that each have a key; the start key that was asked for and the one of the next page with it.
pub(super) struct Page<T> {
    pub rows: Vec<T>,
    start_key: Option<String>,
    next_start_key: Option<String>,
}

impl<T> Page<T> {
    /// Cuts the page that a request asks for out of rows in order. Keys are opaque unless they are the rows' own.
    pub(super) fn cut(rows: Vec<(String, T)>, ask: &Ask, is_opaque: bool) -> Self {
        let written = |key: &str| {
            if is_opaque {
                URL_SAFE_NO_PAD.encode(key)
            } else {
                key.to_owned()
            }
        };
        if ask.query_text("paginate") == Some("false") {
            let rows = rows.into_iter().map(|(_, row)| row).collect();
            return Self {
                rows,
                start_key: None,
                next_start_key: None,
            };
        }
        let size = ask.query_text("page_size").and_then(|text| text.parse().ok());
        let size = size.unwrap_or(PAGE_SIZE).max(1);
        let asked = ask.query_text("start_key");
        let start = asked
            .and_then(|key| rows.iter().position(|(known, _)| written(known) == key))
            .unwrap_or(0);
        let next_start_key = rows.get(start + size).map(|(key, _)| written(key));
        let start_key = rows.get(start).map(|(key, _)| written(key));
        let rows = rows.into_iter().skip(start).take(size).map(|(_, row)| row).collect();
        Self {
            rows,
            start_key,
            next_start_key,
        }
    }

    /// The reply, with what the rows are written as.
    pub(super) fn answer(self, write: impl FnOnce(Vec<T>) -> Value) -> Answer {
        let count = self.rows.len();
        let mut answer = Answer::ok(write(self.rows)).with("page_size", count);
        if let Some(key) = self.start_key {
            answer = answer.with("start_key", key);
        }
        if let Some(key) = self.next_start_key {
            answer = answer.with("next_start_key", key);
        }
        answer
    }
}
