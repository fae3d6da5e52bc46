//! Webhooks set up at the platform: one for each event of a leg that is understood here.

use serde_json::{Value, json};
use url::Url;

use super::api::Api;
use super::wire;
use crate::{ErrorKind, Operation, ProviderError, PushedEventHook, PushedEvents, Transport, json_body};

const EVENTS: [&str; 4] = ["channel_create", "channel_answer", "channel_bridge", "channel_destroy"];
/// How often a hook is tried where no connection comes about; an answer is never asked for twice.
const RETRIES: u32 = 4;

pub(super) async fn ask(
    api: &Api<'_>,
    ask: &PushedEvents,
    transport: &dyn Transport,
) -> Result<Vec<PushedEventHook>, ProviderError> {
    let operation = Operation::PushedEvents;
    match ask {
        PushedEvents::List => {
            let entries = api.entries("/webhooks", operation, transport).await?;
            Ok(entries.iter().filter_map(hook).collect())
        }
        PushedEvents::Create { url } => create(api, url, transport).await,
        PushedEvents::Delete { id } if wire::is_id(id) => {
            let path = format!("/webhooks/{id}");
            let told = api.change("DELETE", &path, None, operation, transport).await;
            let told = told.map_err(about_hook)?;
            Ok(hook(&told.data).into_iter().collect())
        }
        PushedEvents::Delete { .. } => {
            Err(Api::problem(ErrorKind::ConfigInvalid, operation).about("hook_id", "identifier"))
        }
    }
}

/// What the platform does not know by its id is the hook; what is wrong with the account stays the account's.
fn about_hook(mut error: ProviderError) -> ProviderError {
    let is_unknown = |why: &String| why == "unknown_there";
    if error.fields.get("account_id").is_some_and(is_unknown)
        && let Some(why) = error.fields.remove("account_id")
    {
        error = error.about("hook_id", &why);
    }
    error
}

/// One after the other: where one is refused, those before it stay and are listed.
async fn create(api: &Api<'_>, url: &str, transport: &dyn Transport) -> Result<Vec<PushedEventHook>, ProviderError> {
    let operation = Operation::PushedEvents;
    let is_address = Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "https" | "http") && url.has_host());
    if !is_address {
        return Err(Api::problem(ErrorKind::ConfigInvalid, operation).about("url", "url"));
    }
    // What is there already is not made twice: the platform counts, and switches off, every one of them.
    let there = api.entries("/webhooks", operation, transport).await?;
    let is_of = |entry: &&Value, event: &str| {
        let text = |name: &str| json_body::member_text(entry, name);
        text("uri").as_deref() == Some(url) && text("hook").as_deref() == Some(event)
    };
    let mut hooks = Vec::new();
    for event in EVENTS {
        if let Some(known) = there.iter().find(|entry| is_of(entry, event)).and_then(hook) {
            hooks.push(known);
            continue;
        }
        let data = json!({
            "name": format!("Dialdeck {event}"),
            "uri": url,
            "hook": event,
            "http_verb": "post",
            "format": "json",
            "retries": RETRIES,
            "enabled": true,
            "include_internal_legs": false,
        });
        let told = api.change("PUT", "/webhooks", Some(data), operation, transport).await?;
        hooks.push(hook(&told.data).ok_or_else(|| Api::unexpected(operation))?);
    }
    Ok(hooks)
}

/// Without its path, which holds a secret.
fn hook(entry: &Value) -> Option<PushedEventHook> {
    let text = |name: &str| json_body::member_text(entry, name);
    let host = text("uri")
        .and_then(|uri| Url::parse(&uri).ok())
        .and_then(|url| url.host_str().map(str::to_owned));
    let disabled_because = text("disable_reason");
    let enabled = json_body::member(entry, "enabled").and_then(json_body::truth);
    Some(PushedEventHook {
        id: text("id")?,
        name: text("name").unwrap_or_default(),
        host: host.unwrap_or_default(),
        event: text("hook").unwrap_or_default(),
        enabled: enabled.unwrap_or(disabled_because.is_none()),
        disabled_because: disabled_because.as_deref().and_then(crate::small_print::shown),
    })
}
