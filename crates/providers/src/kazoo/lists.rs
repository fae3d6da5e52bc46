//! What the account has: numbers, users, telephones, internal contacts.

use std::collections::BTreeSet;

use serde_json::Value;
use telephony::{PhoneNumber, Region};

use super::api::Api;
use super::wire;
use crate::{
    AgentChoice, ContactsPage, Did, ErrorKind, Operation, PageQuery, ProviderContact, ProviderError, TestReport,
    Transport, json_body,
};

/// Numbers in service, from pages that are objects keyed by number.
pub(super) async fn dids(api: &Api<'_>, transport: &dyn Transport) -> Result<Vec<Did>, ProviderError> {
    let mut dids = Vec::new();
    let path = "/phone_numbers?filter_state=in_service&include_ports=false";
    api.pages(path, Operation::ListDids, transport, |data| {
        let numbers = json_body::member(data, "numbers")?.as_object()?;
        dids.extend(
            numbers
                .iter()
                .filter_map(|(number, about)| did(number, about, api.config.region)),
        );
        Some(numbers.len())
    })
    .await?;
    Ok(dids)
}

fn did(number: &str, about: &Value, region: Region) -> Option<Did> {
    // The filter is not known to every version.
    let state = json_body::member_text(about, "state");
    if state.is_some_and(|state| state != "in_service") {
        return None;
    }
    let number = PhoneNumber::from_provider(number, region)?;
    let label = json_body::member(about, "cnam").and_then(|cnam| json_body::member_text(cnam, "display_name"));
    Some(Did {
        number,
        label,
        destination: json_body::member_text(about, "used_by"),
    })
}

/// Users and devices; either is a name that quickcall can ring.
pub(super) async fn agents(api: &Api<'_>, transport: &dyn Transport) -> Result<Vec<AgentChoice>, ProviderError> {
    let operation = Operation::ListAgents;
    let users = api.entries("/users", operation, transport).await?;
    let devices = api.entries("/devices", operation, transport).await?;
    let registered = registered(api, transport).await?;
    let online = |device: &Value| {
        let id = json_body::member_text(device, "id")?;
        Some(registered.as_ref()?.contains(&id))
    };
    // A user can be rung where one of their devices is registered.
    let user_online = |user: &str| {
        registered.as_ref()?;
        let mut own = devices
            .iter()
            .filter(|device| json_body::member_text(device, "owner_id").as_deref() == Some(user))
            .peekable();
        own.peek()?;
        Some(own.any(|device| online(device) == Some(true)))
    };
    let users = users.iter().filter_map(|user| {
        let text = |name: &str| json_body::member_text(user, name);
        let id = text("id")?;
        let names: Vec<String> = ["first_name", "last_name"].into_iter().filter_map(text).collect();
        Some(AgentChoice {
            available: user_online(&id),
            name: Some(names.join(" "))
                .filter(|name| !name.is_empty())
                .or_else(|| text("username"))
                .unwrap_or_else(|| id.clone()),
            id,
            setting: "user_id".into(),
            number: None,
            extension: text("presence_id").map(|address| wire::user_of(&address).to_owned()),
        })
    });
    let phones = devices.iter().filter_map(|device| {
        let id = json_body::member_text(device, "id")?;
        let enabled = json_body::member(device, "enabled").and_then(json_body::truth) != Some(false);
        Some(AgentChoice {
            available: if enabled { online(device) } else { Some(false) },
            name: json_body::member_text(device, "name").unwrap_or_else(|| id.clone()),
            id,
            setting: "device_id".into(),
            number: None,
            extension: None,
        })
    });
    Ok(users.chain(phones).collect())
}

/// The registered devices; none where that cannot be asked, which is no reason to show no list.
async fn registered(api: &Api<'_>, transport: &dyn Transport) -> Result<Option<BTreeSet<String>>, ProviderError> {
    match api.get("/devices/status", Operation::ListAgents, transport).await {
        Ok(envelope) => Ok(envelope.data.as_array().map(|list| {
            let is_registered =
                |entry: &&Value| json_body::member(entry, "registered").and_then(json_body::truth) != Some(false);
            list.iter()
                .filter(is_registered)
                .filter_map(|entry| json_body::member_text(entry, "device_id"))
                .collect()
        })),
        Err(error) if matches!(error.kind, ErrorKind::Unreachable | ErrorKind::CredentialsRejected) => Err(error),
        Err(_) => Ok(None),
    }
}

/// Colleagues and their numbers; the list comes whole, and is handed on in pages whose cursor is where they begin.
pub(super) async fn contacts(
    api: &Api<'_>,
    page: &PageQuery,
    transport: &dyn Transport,
) -> Result<ContactsPage, ProviderError> {
    let no_such_page = || Api::problem(ErrorKind::ConfigInvalid, Operation::Contacts).about("cursor", "cursor");
    let begin = match &page.cursor {
        Some(cursor) => cursor.parse::<usize>().map_err(|_| no_such_page())?,
        None => 0,
    };
    let envelope = api.get("/contact_list", Operation::Contacts, transport).await?;
    let list = envelope
        .data
        .as_array()
        .ok_or_else(|| Api::unexpected(Operation::Contacts))?;
    let contacts = list.iter().filter_map(|entry| {
        let text = |name: &str| json_body::member_text(entry, name);
        let external = text("external_number")
            .map(|text| PhoneNumber::from_provider(&text, api.config.region).map_or(text, |number| number.to_string()));
        let numbers: Vec<String> = external.into_iter().chain(text("internal_number")).collect();
        let name = text("name").or_else(|| numbers.first().cloned())?;
        Some(ProviderContact {
            // It has none of its own.
            id: text("id").unwrap_or_else(|| format!("{name}/{}", numbers.join("/"))),
            name,
            numbers,
            ..ProviderContact::default()
        })
    });
    let mut contacts: Vec<ProviderContact> = contacts.skip(begin).collect();
    let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
    let next = (contacts.len() > limit).then(|| begin.saturating_add(limit).to_string());
    contacts.truncate(limit);
    Ok(ContactsPage { contacts, next })
}

/// Reads the account, its numbers and its devices.
pub(super) async fn test(api: &Api<'_>, transport: &dyn Transport) -> Result<TestReport, ProviderError> {
    let mut notes = Vec::new();
    // What is refused at the account itself is refused throughout, unless a role may just not read it.
    let account = api.get("", Operation::TestConnection, transport).await.map(|_| 0);
    settle(account, &mut notes)?;
    let dids = settle(dids(api, transport).await.map(|dids| dids.len()), &mut notes)?;
    let devices = api.entries("/devices", Operation::ListAgents, transport).await;
    let agents = settle(devices.map(|devices| devices.len()), &mut notes)?;
    Ok(TestReport {
        credentials: Some(true),
        dids,
        agents,
        notes,
    })
}

/// A missing permission is worth a note; anything else ends the test.
fn settle(result: Result<usize, ProviderError>, notes: &mut Vec<String>) -> Result<Option<usize>, ProviderError> {
    match result {
        Ok(count) => Ok(Some(count)),
        Err(error) if error.kind == ErrorKind::PermissionDenied && error.status == Some(403) => {
            notes.push(format!("{}:{}", error.operation.code(), error.kind.code()));
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
