//! Click-to-call endpoints.

mod document;

use std::io::Read;
use std::path::Path;

use engine::api::{ApiError, ErrorClass, Request};
use engine::view::AccountView;
use providers::{Ask, EndpointAsk, EndpointAttempt, EndpointDocument, EndpointSummary, EndpointTold, opens_to_anybody};
use serde_json::{Map, Value, json};

use super::Done;
use super::asking::{self, ask, told};
use super::call::{Way, call_through};
use crate::cli::{ConnectArgs, DocumentArgs, EndpointArgs, EndpointCommand, EndpointId};
use crate::output::{Failure, Output};
use crate::session::{Session, reply};
use crate::speech::{field_lines, local_time, say, say_with};
use crate::table::Table;

pub async fn run(session: &mut Session, command: &EndpointCommand, output: Output) -> Done {
    match command {
        EndpointCommand::List { account } => {
            let found = about(session, account.as_deref(), EndpointAsk::List).await?;
            let EndpointTold::List(endpoints) = found else {
                return Err(unexpected());
            };
            output.rows(&endpoints, table)
        }
        EndpointCommand::Create { document } => {
            let account = document.account.as_deref();
            let wanted = whole(session, document, output).await?;
            let what = EndpointAsk::Create {
                document: wanted.clone(),
            };
            let made = changed(session, account, what).await?;
            print_changed(&made, &wanted, output)
        }
        EndpointCommand::Show { which } => {
            let id = id_of(session, &which.id, which.account.as_deref()).await?;
            let shown = changed(session, which.account.as_deref(), EndpointAsk::Show { id }).await?;
            output.result(&joined(&shown), || text_of(&shown))
        }
        EndpointCommand::Replace { which, document } => {
            let account = document.account.as_deref();
            let id = id_of(session, which, account).await?;
            let wanted = whole(session, document, output).await?;
            let what = EndpointAsk::Replace {
                id,
                document: wanted.clone(),
            };
            let now = changed(session, account, what).await?;
            print_changed(&now, &wanted, output)
        }
        EndpointCommand::Patch { which, document, unset } => {
            if document.set.is_empty() && document.file.is_none() && unset.is_empty() {
                return Err(Failure::usage("nothing_to_change").into());
            }
            if let Some((key, _)) = document.set.iter().find(|(key, _)| unset.contains(key)) {
                return Err(Failure::usage("field_twice").with("key", key).into());
            }
            let account = document.account.as_deref();
            let id = id_of(session, which, account).await?;
            let mut changes = base(document)?;
            let schema = schema(session, account).await?;
            document::set(&mut changes, schema.as_ref(), &document.set)?;
            if !unset.is_empty() {
                // What is not there cannot be taken out; sent all the same, it would be put there, empty.
                let now = changed(session, account, EndpointAsk::Show { id: id.clone() }).await?;
                document::must_have(&now.document, unset)?;
            }
            document::unset(&mut changes, unset)?;
            tell_unknown(schema.as_ref(), document, output);
            let changes = Value::Object(changes);
            let what = EndpointAsk::Patch {
                id,
                changes: changes.clone(),
            };
            let now = changed(session, account, what).await?;
            print_changed(&now, &changes, output)
        }
        EndpointCommand::Delete { which } => delete(session, which, output).await,
        EndpointCommand::History { which } => {
            let id = id_of(session, &which.id, which.account.as_deref()).await?;
            let found = about(session, which.account.as_deref(), EndpointAsk::History { id }).await?;
            let EndpointTold::History(attempts) = found else {
                return Err(unexpected());
            };
            output.rows(&attempts, history)
        }
        EndpointCommand::Connect(arguments) => connect(session, arguments, output).await,
    }
}

/// A dial like any other, by the way of an endpoint.
async fn connect(session: &mut Session, arguments: &ConnectArgs, output: Output) -> Done {
    let account = arguments.call.account.as_deref();
    let id = EndpointId {
        id: arguments.id.clone(),
    };
    let endpoint = id_of(session, &id, account).await?;
    let view = asking::account(session, account).await?;
    if view.as_ref().is_some_and(|view| !has_endpoints(view)) {
        // The engine says why before anything is placed by another way.
        about(session, account, EndpointAsk::List).await?;
    }
    let way = Way {
        endpoint: Some(endpoint),
        by_get: arguments.get,
    };
    call_through(session, &arguments.call, way, output).await
}

async fn delete(session: &mut Session, which: &EndpointArgs, output: Output) -> Done {
    let account = which.account.as_deref();
    let id = id_of(session, &which.id, account).await?;
    let gone = changed(session, account, EndpointAsk::Delete { id }).await?;
    output.result(&json!({"id": gone.id, "deleted": true}), || {
        say_with("cli.endpoint.deleted", &[("id", &gone.id)])
    })
}

async fn about(session: &mut Session, account: Option<&str>, what: EndpointAsk) -> Result<EndpointTold, Failure> {
    Ok(told!(ask(session, account, Ask::Endpoints(what)).await?, Endpoints)?)
}

async fn changed(session: &mut Session, account: Option<&str>, what: EndpointAsk) -> Result<EndpointDocument, Failure> {
    match about(session, account, what).await? {
        EndpointTold::Document(document) => Ok(document),
        EndpointTold::List(_) | EndpointTold::History(_) => Err(unexpected()),
    }
}

/// The endpoint that is named, else the account's own.
async fn id_of(session: &mut Session, named: &EndpointId, account: Option<&str>) -> Result<String, Failure> {
    if let Some(id) = &named.id {
        return Ok(id.clone());
    }
    let view = asking::account(session, account).await?;
    if let Some(id) = view.as_ref().and_then(|view| view.default_endpoint.clone()) {
        return Ok(id);
    }
    match view {
        Some(view) if has_endpoints(&view) => {
            Err(Failure::usage("endpoint_not_named").with("account", &view.name).into())
        }
        Some(_) | None => {
            // That there are none, or that no account is clear, is said by the engine in better words.
            about(session, account, EndpointAsk::List).await?;
            let error = Failure::usage("endpoint_not_named");
            Err(error.with("account", account.unwrap_or_default()).into())
        }
    }
}

fn has_endpoints(account: &AccountView) -> bool {
    account.capabilities.endpoints.is_available()
}

/// The document that a command line gives.
async fn whole(session: &mut Session, arguments: &DocumentArgs, output: Output) -> Result<Value, Failure> {
    let mut document = base(arguments)?;
    let schema = schema(session, arguments.account.as_deref()).await?;
    document::set(&mut document, schema.as_ref(), &arguments.set)?;
    tell_unknown(schema.as_ref(), arguments, output);
    Ok(Value::Object(document))
}

/// Fields that the schema does not know go out as text, for the provider may know them: a slip is at least said.
fn tell_unknown(schema: Option<&Value>, arguments: &DocumentArgs, output: Output) {
    let unknown = document::unknown(schema, &arguments.set);
    if !unknown.is_empty() {
        output.remark(&say_with(
            "cli.endpoint.unknown_fields",
            &[("keys", &unknown.join(", "))],
        ));
    }
}

async fn schema(session: &mut Session, account: Option<&str>) -> Result<Option<Value>, Failure> {
    let request = Request::EndpointSchema {
        account: account.map(str::to_owned),
    };
    Ok(reply!(session.request(request).await?, Schema)?)
}

/// The object that the fields are set in.
fn base(arguments: &DocumentArgs) -> Result<Map<String, Value>, Failure> {
    let Some(file) = &arguments.file else {
        return Ok(Map::new());
    };
    let unreadable = |error: std::io::Error| {
        ApiError::new(ErrorClass::Failed, "file_unreadable")
            .with("file", file.display())
            .with("why", error)
    };
    let mut text = String::new();
    if file == Path::new("-") {
        std::io::stdin().read_to_string(&mut text).map_err(unreadable)?;
    } else {
        text = std::fs::read_to_string(file).map_err(unreadable)?;
    }
    let wrong = |why: String| Failure::usage("document_unreadable").with("why", why);
    match serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))? {
        Value::Object(members) => Ok(members),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Err(wrong(say("cli.endpoint.no_object")).into())
        }
    }
}

/// Prints an endpoint as it is after a change, and warns of what the change opened.
fn print_changed(now: &EndpointDocument, sent: &Value, output: Output) -> Done {
    let open = opens_to_anybody(sent) || opens_to_anybody(&now.document);
    let mut document = joined(now);
    if open && let Value::Object(members) = &mut document {
        members.insert("warnings".to_owned(), json!(["auth_required_false"]));
    }
    output.result(&document, || text_of(now))?;
    if open {
        output.remark(&say("cli.endpoint.open_to_anybody"));
    }
    Ok(())
}

/// The document with its id inside.
fn joined(endpoint: &EndpointDocument) -> Value {
    let mut members = Map::new();
    members.insert("id".to_owned(), endpoint.id.clone().into());
    if let Value::Object(document) = &endpoint.document {
        members.extend(document.iter().map(|(name, value)| (name.clone(), value.clone())));
    }
    // Whatever a document holds by that name.
    members.insert("id".to_owned(), endpoint.id.clone().into());
    Value::Object(members)
}

fn text_of(endpoint: &EndpointDocument) -> String {
    let mut lines = vec![say_with("cli.endpoint.line", &[("id", &endpoint.id)])];
    lines.extend(field_lines(&endpoint.document));
    lines.join("\n")
}

fn table(endpoints: &[EndpointSummary]) -> Table {
    let mut table = Table::new(&["name", "extension", "endpoint"], "cli.endpoint.none");
    for endpoint in endpoints {
        table.row([endpoint.name.clone(), endpoint.extension.clone(), endpoint.id.clone()]);
    }
    table
}

fn history(attempts: &[EndpointAttempt]) -> Table {
    let mut table = Table::new(&["time", "contact", "result", "provider_call"], "cli.endpoint.unused");
    for attempt in attempts {
        let result = match (&attempt.cause, attempt.succeeded) {
            (_, true) => say("cli.endpoint.succeeded"),
            (Some(cause), false) => cause.clone(),
            (None, false) => say("cli.endpoint.failed"),
        };
        table.row([
            attempt.at.map(local_time).unwrap_or_default(),
            attempt.contact.clone(),
            result,
            attempt.provider_call_id.clone().unwrap_or_default(),
        ]);
    }
    table
}

fn unexpected() -> Failure {
    ApiError::new(ErrorClass::Failed, "unexpected_reply").into()
}
