//! Click-to-call endpoints as documents: what can be done with them, and what is wrong with one before it is sent.

use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::{Map, Value};
use telephony::DialOrder;

use super::api::Api;
use super::wire;
use crate::{
    EndpointAsk, EndpointAttempt, EndpointDocument, EndpointSide, EndpointSummary, EndpointTold, ErrorKind,
    FieldComplaint, Operation, ProviderError, Transport, json_body,
};

static SCHEMA: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("endpoint.schema.json")).expect("the schema is part of the source and valid JSON")
});

static VALIDATOR: LazyLock<Validator> =
    LazyLock::new(|| jsonschema::draft7::new(&SCHEMA).expect("the schema is part of the source and a valid schema"));

/// Keys of a document that say something about it rather than being part of it.
const READ_ONLY: [&str; 2] = ["id", "_read_only"];

pub(super) fn schema() -> &'static Value {
    &SCHEMA
}

/// What is wrong with a document. Changes may leave out what a whole one needs, and take out members with null.
pub(super) fn check(document: &Value, whole: bool) -> Vec<FieldComplaint> {
    let checked = if whole {
        document.clone()
    } else {
        without_nulls(document)
    };
    let mut complaints: Vec<FieldComplaint> = VALIDATOR
        .iter_errors(&checked)
        .map(|error| {
            let rule = error.kind().keyword().to_owned();
            let mut path = dotted(error.instance_path().as_str());
            // The rule names the object; the complaint is about what is missing in it.
            if let jsonschema::error::ValidationErrorKind::Required { property } = error.kind() {
                let name = property.as_str().unwrap_or_default();
                path = if path.is_empty() {
                    name.to_owned()
                } else {
                    format!("{path}.{name}")
                };
            }
            FieldComplaint {
                path,
                rule,
                message: error.to_string(),
            }
        })
        .filter(|complaint| whole || complaint.rule != "required" || complaint.path.contains('.'))
        .collect();
    if !whole {
        // They may be changed, never taken out.
        for name in ["name", "extension"] {
            if document.get(name).is_some_and(Value::is_null) {
                complaints.push(FieldComplaint {
                    path: name.to_owned(),
                    rule: "required".to_owned(),
                    message: format!("\"{name}\" is a required property"),
                });
            }
        }
    }
    complaints
}

fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(members) => Value::Object(
            members
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(name, value)| (name.clone(), without_nulls(value)))
                .collect(),
        ),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => value.clone(),
    }
}

/// `/media/ignore_early_media` as `media.ignore_early_media`.
fn dotted(pointer: &str) -> String {
    pointer
        .trim_start_matches('/')
        .split('/')
        .map(|part| part.replace("~1", "/").replace("~0", "~"))
        .collect::<Vec<_>>()
        .join(".")
}

pub(super) async fn ask(
    api: &Api<'_>,
    ask: &EndpointAsk,
    transport: &dyn Transport,
) -> Result<EndpointTold, ProviderError> {
    let operation = Operation::Endpoints;
    let change = async |method, path: &str, data: Option<Value>| {
        let told = api.change(method, path, data, operation, transport).await?;
        document(told.data)
    };
    match ask {
        EndpointAsk::List => {
            let entries = api.entries("/clicktocall", operation, transport).await?;
            Ok(EndpointTold::List(entries.iter().filter_map(summary).collect()))
        }
        EndpointAsk::Show { id } => document(api.get(&path(id)?, operation, transport).await?.data),
        EndpointAsk::Create { document } => change("PUT", "/clicktocall", Some(closed(sent(document, true)?))).await,
        EndpointAsk::Replace { id, document } => change("POST", &path(id)?, Some(sent(document, true)?)).await,
        EndpointAsk::Patch { id, changes } => change("PATCH", &path(id)?, Some(sent(changes, false)?)).await,
        EndpointAsk::Delete { id } => change("DELETE", &path(id)?, None).await,
        EndpointAsk::History { id } => {
            let path = format!("{}/history", path(id)?);
            let told = api.get(&path, operation, transport).await?;
            let list = told.data.as_array().ok_or_else(|| Api::unexpected(operation))?;
            Ok(EndpointTold::History(list.iter().map(attempt).collect()))
        }
    }
}

fn path(id: &str) -> Result<String, ProviderError> {
    if wire::is_id(id) {
        Ok(format!("/clicktocall/{id}"))
    } else {
        Err(Api::problem(ErrorKind::ConfigInvalid, Operation::Endpoints).about("endpoint_id", "identifier"))
    }
}

/// The document as it goes out, if nothing is wrong with it.
fn sent(document: &Value, whole: bool) -> Result<Value, ProviderError> {
    let document = without_read_only(document.clone());
    let complaints = check(&document, whole);
    if complaints.is_empty() {
        return Ok(document);
    }
    let error = Api::problem(ErrorKind::ConfigInvalid, Operation::Endpoints);
    Err(complaints.into_iter().fold(error, |error, complaint| {
        error.about(&complaint.path, &complaint.message)
    }))
}

/// Said in so many words: the documents of the platform and its samples do not agree on what holds where it is not, and
/// an endpoint that is open places calls for anybody.
fn closed(mut document: Value) -> Value {
    if let Some(members) = document.as_object_mut() {
        members.entry("auth_required").or_insert(Value::Bool(true));
    }
    document
}

fn without_read_only(mut document: Value) -> Value {
    if let Some(members) = document.as_object_mut() {
        members.retain(|name, _| !READ_ONLY.contains(&name.as_str()));
    }
    document
}

fn summary(entry: &Value) -> Option<EndpointSummary> {
    let text = |name: &str| json_body::member_text(entry, name);
    let id = text("id")?;
    Some(EndpointSummary {
        name: text("name").unwrap_or_else(|| id.clone()),
        extension: text("extension").unwrap_or_default(),
        id,
    })
}

fn document(data: Value) -> Result<EndpointTold, ProviderError> {
    let id = json_body::member_text(&data, "id").ok_or_else(|| Api::unexpected(Operation::Endpoints))?;
    let deleted = json_body::member(&data, "_read_only")
        .and_then(|read_only| json_body::member(read_only, "deleted"))
        .and_then(json_body::truth)
        .unwrap_or(false);
    let document = without_read_only(if data.is_object() {
        data
    } else {
        Value::Object(Map::new())
    });
    Ok(EndpointTold::Document(EndpointDocument { id, document, deleted }))
}

/// The extension is the fixed side, and the agent's.
pub(super) fn side(document: &Value) -> Option<EndpointSide> {
    let text = |name: &str| json_body::member_text(document, name);
    let is_contact_first = text("dial_first").is_some_and(|first| first == "contact");
    Some(EndpointSide {
        phone: text("extension").filter(|extension| !extension.trim().is_empty())?,
        dial_order: if is_contact_first {
            DialOrder::CustomerFirst
        } else {
            DialOrder::AgentFirst
        },
    })
}

fn attempt(entry: &Value) -> EndpointAttempt {
    let text = |name: &str| json_body::member_text(entry, name);
    EndpointAttempt {
        id: text("id"),
        at: json_body::member(entry, "timestamp").and_then(wire::time),
        contact: text("contact").unwrap_or_default(),
        provider_call_id: text("call_id"),
        succeeded: text("result").as_deref() == Some("success"),
        cause: text("cause"),
    }
}
