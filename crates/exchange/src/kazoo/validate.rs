//! What is wrong with a document, as the tree that this platform answers: field, rule, and what was found.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::answer::{Answer, Refused};

/// Complaints about the fields of a document; nested fields are named by a path with dots.
pub(super) struct Tree<'a> {
    document: &'a Map<String, Value>,
    complaints: Map<String, Value>,
}

impl<'a> Tree<'a> {
    pub(super) fn over(document: &'a Map<String, Value>) -> Self {
        Self {
            document,
            complaints: Map::new(),
        }
    }

    pub(super) fn complain(&mut self, field: &str, rule: &str, leaf: Value) {
        let rules = self.complaints.entry(field.to_owned()).or_insert_with(|| json!({}));
        rules[rule] = leaf;
    }

    pub(super) fn required(&mut self, fields: &[&str]) {
        for field in fields {
            if !self.document.contains_key(*field) {
                self.complain(field, "required", json!({"message": "The field is required"}));
            }
        }
    }

    pub(super) fn text(&mut self, field: &str, shortest: usize, longest: usize) {
        if let Some(value) = self.document.get(field) {
            self.text_at(field, value, shortest, longest);
        }
    }

    pub(super) fn texts(&mut self, fields: &[&str]) {
        for field in fields {
            self.text(field, 0, usize::MAX);
        }
    }

    fn text_at(&mut self, path: &str, value: &Value, shortest: usize, longest: usize) {
        let Some(text) = value.as_str() else {
            self.wrong_type(path, "string", value);
            return;
        };
        let length = text.chars().count();
        let (rule, limit, says) = if length > longest {
            ("maxLength", longest, "longer")
        } else if length < shortest {
            ("minLength", shortest, "shorter")
        } else {
            return;
        };
        let message = format!("The text may not be {says} than {limit} characters");
        let leaf = json!({"message": message, "target": limit, "cause": text, "value": text});
        self.complain(path, rule, leaf);
    }

    pub(super) fn boolean(&mut self, field: &str) {
        match self.document.get(field) {
            Some(Value::Bool(_)) | None => {}
            Some(value) => self.wrong_type(field, "boolean", value),
        }
    }

    pub(super) fn integer(&mut self, field: &str, range: Option<(i64, i64)>) {
        let Some(value) = self.document.get(field) else { return };
        let Some(number) = value.as_i64() else {
            self.wrong_type(field, "integer", value);
            return;
        };
        let Some((least, most)) = range else { return };
        let (rule, limit) = if number < least {
            ("minimum", least)
        } else if number > most {
            ("maximum", most)
        } else {
            return;
        };
        let leaf = json!({"message": "The value is out of range", "target": limit, "cause": number, "value": number});
        self.complain(field, rule, leaf);
    }

    pub(super) fn one_of(&mut self, field: &str, choices: &[Value]) {
        let Some(value) = self.document.get(field) else { return };
        if !choices.contains(value) {
            let leaf = json!({"message": "The value is none of those allowed", "target": choices, "cause": value, "value": value});
            self.complain(field, "enum", leaf);
        }
    }

    /// A list of texts that are not empty.
    pub(super) fn list_of_texts(&mut self, field: &str) {
        match self.document.get(field) {
            Some(Value::Array(entries)) => {
                for (index, entry) in entries.iter().enumerate() {
                    self.text_at(&format!("{field}.{index}"), entry, 1, usize::MAX);
                }
            }
            None => {}
            Some(value) => self.wrong_type(field, "array", value),
        }
    }

    pub(super) fn object_of_texts(&mut self, field: &str) {
        match self.document.get(field) {
            Some(Value::Object(entries)) => {
                for (name, entry) in entries {
                    self.text_at(&format!("{field}.{name}"), entry, 0, usize::MAX);
                }
            }
            None => {}
            Some(value) => self.wrong_type(field, "object", value),
        }
    }

    pub(super) fn object(&mut self, field: &str) {
        match self.document.get(field) {
            Some(Value::Object(_)) | None => {}
            Some(value) => self.wrong_type(field, "object", value),
        }
    }

    fn wrong_type(&mut self, path: &str, wanted: &str, value: &Value) {
        let message = format!("The value is no {wanted}");
        self.complain(
            path,
            "type",
            json!({"message": message, "target": wanted, "cause": value, "value": value}),
        );
    }

    /// Fails if there is anything to complain about.
    pub(super) fn checked(self) -> Result<(), Refused> {
        if self.complaints.is_empty() {
            Ok(())
        } else {
            Err(invalid(Value::Object(self.complaints)).into())
        }
    }
}

pub(super) fn invalid(complaints: Value) -> Answer {
    Answer::error(StatusCode::BAD_REQUEST, "validation error", complaints)
}
