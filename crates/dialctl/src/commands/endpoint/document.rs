//! Fields of a document as they are typed, with the types that its JSON schema gives them.

use engine::api::{ApiError, ErrorClass};
use serde_json::{Map, Value};

use crate::output::Failure;

/// Sets fields by their dotted keys. A key that stands several times is a list; one that the schema does not know is text.
///
/// # Errors
/// A value that is not of its field's type, and keys that contradict each other.
pub fn set(
    document: &mut Map<String, Value>,
    schema: Option<&Value>,
    fields: &[(String, String)],
) -> Result<(), ApiError> {
    let mut done: Vec<&str> = Vec::new();
    for (key, _) in fields {
        if key == "id" {
            return Err(Failure::usage("field_is_given"));
        }
        if done.contains(&key.as_str()) {
            continue;
        }
        done.push(key);
        let values: Vec<&str> = fields
            .iter()
            .filter(|(other, _)| other == key)
            .map(|(_, value)| value.as_str())
            .collect();
        let of_field = schema.and_then(|schema| field(schema, key));
        let rules = Rules {
            root: schema,
            of: of_field,
        };
        put(document, key, rules.read(key, &values)?)?;
    }
    Ok(())
}

/// The keys that a schema does not know, each once.
pub fn unknown<'f>(schema: Option<&Value>, fields: &'f [(String, String)]) -> Vec<&'f str> {
    let Some(schema) = schema else { return Vec::new() };
    let mut unknown: Vec<&str> = Vec::new();
    for (key, _) in fields {
        if field(schema, key).is_none() && !unknown.contains(&key.as_str()) {
            unknown.push(key);
        }
    }
    unknown
}

/// Checks that a document has all of these fields.
///
/// # Errors
/// The first that it has not.
pub fn must_have(document: &Value, keys: &[String]) -> Result<(), ApiError> {
    let has = |key: &str| key.split('.').try_fold(document, |at, name| at.get(name)).is_some();
    match keys.iter().find(|key| !has(key)) {
        Some(key) => Err(ApiError::new(ErrorClass::NothingMatches, "field_absent").with("key", key)),
        None => Ok(()),
    }
}

/// Marks fields as to be taken out.
///
/// # Errors
/// Keys that contradict those that are set.
pub fn unset(document: &mut Map<String, Value>, keys: &[String]) -> Result<(), ApiError> {
    keys.iter().try_for_each(|key| put(document, key, Value::Null))
}

/// What a schema says of one value.
#[derive(Clone, Copy)]
struct Rules<'a> {
    /// The whole schema, for what it defines once.
    root: Option<&'a Value>,
    of: Option<&'a Value>,
}

impl<'a> Rules<'a> {
    fn read(self, key: &str, values: &[&str]) -> Result<Value, ApiError> {
        let wrong = |expected: &str| {
            Failure::usage(&format!("field_wants_{expected}"))
                .with("key", key)
                .with("value", values.join(", "))
        };
        if self.is("array") {
            // A whole list at once, or an item for each time that the key stands there.
            if let [one] = values
                && one.trim_start().starts_with('[')
            {
                let list = serde_json::from_str::<Vec<Value>>(one);
                return list.map(Value::Array).map_err(|_| wrong("list"));
            }
            let items = Rules {
                root: self.root,
                of: self.of.and_then(|of| of.get("items")).map(|of| resolved(self.root, of)),
            };
            let items: Result<Vec<Value>, ApiError> = values.iter().map(|value| items.read(key, &[value])).collect();
            return items.map(Value::Array);
        }
        let [value] = values else {
            return Err(Failure::usage("field_twice").with("key", key));
        };
        if let Some(choice) = self.choice(value) {
            return Ok(choice.clone());
        }
        let typed = value.trim();
        if self.is("boolean") {
            return typed.parse().map(Value::Bool).map_err(|_| wrong("boolean"));
        }
        if self.is("integer") {
            return typed.parse::<i64>().map(Value::from).map_err(|_| wrong("integer"));
        }
        if self.is("number") {
            let number = typed.parse::<f64>().ok().and_then(serde_json::Number::from_f64);
            return number.map(Value::Number).ok_or_else(|| wrong("number"));
        }
        if self.is("object") {
            let members = serde_json::from_str::<Map<String, Value>>(typed);
            return members.map(Value::Object).map_err(|_| wrong("object"));
        }
        // Text; and what the schema does not know, which the provider may.
        Ok(Value::String((*value).to_owned()))
    }

    /// Whether the value is of a type; where several are allowed, text comes first, for it takes everything.
    fn is(self, name: &str) -> bool {
        match self.of.and_then(|of| of.get("type")) {
            Some(Value::String(only)) => only == name,
            Some(Value::Array(several)) => {
                let has = |name: &str| several.iter().any(|one| one == name);
                has(name) && !has("string")
            }
            Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) | None => false,
        }
    }

    /// The one of a closed list that is written like this, the first where several are.
    fn choice(self, typed: &str) -> Option<&'a Value> {
        let choices = self.of?.get("enum")?.as_array()?;
        choices.iter().find(|choice| match choice {
            Value::String(text) => text == typed,
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                let written = choice.to_string();
                written == typed.trim()
            }
        })
    }
}

/// What the schema says of the field with a dotted key, if it knows it.
fn field<'a>(schema: &'a Value, key: &str) -> Option<&'a Value> {
    key.split('.').try_fold(schema, |at, name| {
        let known = at.get("properties").and_then(|known| known.get(name));
        let found = known.or_else(|| at.get("additionalProperties").filter(|any| any.is_object()))?;
        Some(resolved(Some(schema), found))
    })
}

/// Follows a reference to another place of the schema; one that leads nowhere is what it stands in.
fn resolved<'a>(root: Option<&'a Value>, found: &'a Value) -> &'a Value {
    let reference = found.get("$ref").and_then(Value::as_str);
    reference
        .and_then(|reference| root?.pointer(reference.strip_prefix('#')?))
        .unwrap_or(found)
}

/// Puts a value at a dotted key, making the objects on the way.
fn put(document: &mut Map<String, Value>, key: &str, value: Value) -> Result<(), ApiError> {
    let (inner, name) = match key.split_once('.') {
        Some((first, rest)) => (Some(rest), first),
        None => (None, key),
    };
    if name.is_empty() {
        return Err(Failure::usage("field_malformed").with("key", key));
    }
    let Some(rest) = inner else {
        document.insert(name.to_owned(), value);
        return Ok(());
    };
    let under = document.entry(name).or_insert_with(|| Value::Object(Map::new()));
    match under {
        Value::Object(members) => put(members, rest, value),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Err(Failure::usage("field_is_no_object").with("key", name))
        }
    }
}

#[cfg(test)]
mod tests;
