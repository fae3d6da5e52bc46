//! Customers in the CRM of Superfone: looked up by number, entered and changed, and the words their fields may take.

use serde_json::{Map, Value, json};
use telephony::PhoneNumber;
use url::form_urlencoded;

use super::Superfone;
use crate::{
    Ask, Body, Credentials, ErrorKind, Lead, LeadChoices, LeadDraft, Operation, ProviderError, Purpose, Retry, Told,
    Transport, json_body, small_print,
};

/// Words per page, and the most pages of a list that are read.
const PAGE: usize = 50;
const MOST_PAGES: usize = 20;

impl Superfone {
    pub(super) async fn answer(
        &self,
        ask: &Ask,
        secrets: &Credentials,
        transport: &dyn Transport,
    ) -> Result<Told, ProviderError> {
        match ask {
            Ask::Lead { number } => self.lead(number, secrets, transport).await.map(Told::Lead),
            Ask::SaveLead(draft) => self.save_lead(draft, secrets, transport).await,
            Ask::LeadChoices => self.lead_choices(secrets, transport).await.map(Told::LeadChoices),
            Ask::Records(_)
            | Ask::RecordingLink { .. }
            | Ask::Transfer(_)
            | Ask::Schedule(_)
            | Ask::ScheduledCalls { .. }
            | Ask::AgentStatus
            | Ask::SetAgentStatus(_)
            | Ask::Contacts(_)
            | Ask::CallNotes { .. }
            | Ask::StoreDisposition(_)
            | Ask::AddDisposition { .. }
            | Ask::Endpoints(_)
            | Ask::PushedEvents(_) => Err(Self::problem(ErrorKind::Unsupported, ask.operation())),
        }
    }

    async fn lead(
        &self,
        number: &PhoneNumber,
        secrets: &Credentials,
        transport: &dyn Transport,
    ) -> Result<Option<Lead>, ProviderError> {
        // The serialiser writes the plus as %2B.
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("phone", number.as_str())
            .finish();
        let path = format!("lead?{query}");
        match self.crm(Purpose::Read, &path, Body::None, secrets, transport).await {
            Ok(body) => match json_body::member(&body, "data") {
                Some(Value::Null) => Ok(None),
                Some(Value::Object(members)) if members.is_empty() => Ok(None),
                Some(Value::Array(list)) if list.is_empty() => Ok(None),
                Some(Value::Array(list)) => list.first().and_then(read).map(Some).ok_or_else(unexpected),
                data => data.and_then(read).map(Some).ok_or_else(unexpected),
            },
            Err(refusal) if refusal.says_nobody => Ok(None),
            Err(refusal) => Err(refusal.error),
        }
    }

    async fn save_lead(
        &self,
        draft: &LeadDraft,
        secrets: &Credentials,
        transport: &dyn Transport,
    ) -> Result<Told, ProviderError> {
        let refuse = |field, why| Self::problem(ErrorKind::ConfigInvalid, Operation::Leads).about(field, why);
        // One request carries labels to add or labels to take off.
        if !draft.add_labels.is_empty() && !draft.remove_labels.is_empty() {
            return Err(refuse("remove_labels", "labels_both"));
        }
        if draft.deal_value.is_some_and(|value| !value.is_finite()) {
            return Err(refuse("deal_value", "number"));
        }
        let body = Body::Json(written(draft).into());
        match self.crm(Purpose::Change, "lead", body, secrets, transport).await {
            // Anything else with a good status says nothing about the lead.
            Ok(body) if !says_done(&body) => Err(ProviderError {
                retry: Retry::MayHaveHappened,
                status: Some(200),
                ..Self::problem(ErrorKind::ResponseUnexpected, Operation::Leads)
            }),
            Ok(body) => Ok(Told::Done {
                message: json_body::member_text(&body, "message")
                    .as_deref()
                    .and_then(small_print::shown),
            }),
            Err(refusal) if refusal.says_nobody => {
                let kind = ErrorKind::CallNotFound;
                let error = ProviderError {
                    kind,
                    retry: kind.usual_retry(),
                    ..refusal.error
                };
                Err(error.about("number", "customer_not_found"))
            }
            Err(refusal) => Err(refusal.error),
        }
    }

    async fn lead_choices(
        &self,
        secrets: &Credentials,
        transport: &dyn Transport,
    ) -> Result<LeadChoices, ProviderError> {
        Ok(LeadChoices {
            source_types: self.words("source-type", secrets, transport).await?,
            labels: self.words("label", secrets, transport).await?,
            stages: self.words("lead-stage", secrets, transport).await?,
            groups: self.words("lead-group", secrets, transport).await?,
        })
    }

    /// All titles of one of the lists that a lead's fields are chosen from, without those switched off.
    async fn words(
        &self,
        list: &str,
        secrets: &Credentials,
        transport: &dyn Transport,
    ) -> Result<Vec<String>, ProviderError> {
        let mut words: Vec<String> = Vec::new();
        for page in 1..=MOST_PAGES {
            let path = format!("{list}?page={page}&page_size={PAGE}");
            let body = self.crm(Purpose::Read, &path, Body::None, secrets, transport).await;
            let body = body.map_err(|refusal| refusal.error)?;
            let data = json_body::member(&body, "data").ok_or_else(unexpected)?;
            let rows = rows(data).ok_or_else(unexpected)?;
            for word in rows.iter().filter_map(word) {
                if !words.contains(&word) {
                    words.push(word);
                }
            }
            let pages = json_body::member(data, "total_pages").and_then(Value::as_u64);
            if rows.is_empty() || pages.is_none_or(|pages| page as u64 >= pages) {
                break;
            }
        }
        Ok(words)
    }
}

fn unexpected() -> ProviderError {
    ProviderError {
        status: Some(200),
        retry: crate::Retry::Later { after: None },
        ..Superfone::problem(ErrorKind::ResponseUnexpected, Operation::Leads)
    }
}

/// The rows of a page, or a bare list.
fn rows(data: &Value) -> Option<&Vec<Value>> {
    match data {
        Value::Array(list) => Some(list),
        Value::Object(_) => json_body::member(data, "rows")?.as_array(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

/// A row's title; none for one that is switched off.
fn word(row: &Value) -> Option<String> {
    let is_off = json_body::member_text(row, "status").is_some_and(|status| status.eq_ignore_ascii_case("disabled"));
    let title = || {
        ["title", "name"]
            .iter()
            .find_map(|name| json_body::member_text(row, name))
    };
    let plain = row.as_str().map(str::trim).filter(|text| !text.is_empty());
    plain.map(str::to_owned).or_else(title).filter(|_| !is_off)
}

/// What the page has for each part of a draft. What is none is not sent and stays as it is; a stage or group that is
/// empty is taken off.
fn written(draft: &LeadDraft) -> Map<String, Value> {
    let mut body = Map::new();
    body.insert("customer_phone".into(), draft.number.as_str().into());
    if draft.create {
        body.insert("create_customer_if_customer_phone_not_found".into(), true.into());
    }
    let texts = [
        ("first_name", &draft.first_name),
        ("last_name", &draft.last_name),
        ("website", &draft.website),
        ("city", &draft.city),
        ("business_name", &draft.company),
        ("additional_info", &draft.additional_info),
        ("source", &draft.source),
        ("source_type", &draft.source_type),
        ("customer_note", &draft.note),
    ];
    for (name, value) in texts {
        if let Some(value) = value {
            body.insert(name.into(), value.as_str().into());
        }
    }
    for (name, value) in [("lead_stage_name", &draft.stage), ("lead_group_name", &draft.group)] {
        if let Some(value) = value {
            let value = if value.trim().is_empty() {
                Value::Null
            } else {
                value.as_str().into()
            };
            body.insert(name.into(), value);
        }
    }
    if let Some(emails) = &draft.emails {
        body.insert("email".into(), json!(emails));
    }
    if let Some(address) = &draft.address {
        body.insert("address".into(), json!({ "text": address }));
    }
    if let Some(value) = draft.deal_value {
        // A whole amount as it was typed, without a fraction.
        let whole = serde_json::from_str::<serde_json::Number>(&value.to_string());
        body.insert("deal_value".into(), whole.map_or_else(|_| json!(value), Value::Number));
    }
    if let Some(assignee) = &draft.assignee {
        body.insert("assignee_user_phone".into(), assignee.as_str().into());
    }
    let lists = [
        ("add_labels", &draft.add_labels),
        ("remove_labels", &draft.remove_labels),
        ("add_products", &draft.add_products),
    ];
    for (name, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
        body.insert(name.into(), json!(list));
    }
    if !draft.add_numbers.is_empty() {
        let numbers: Vec<&str> = draft.add_numbers.iter().map(PhoneNumber::as_str).collect();
        body.insert("add_phones".into(), json!(numbers));
    }
    body
}

/// A lead; none without an id.
fn read(data: &Value) -> Option<Lead> {
    let text = |name: &str| json_body::member_text(data, name);
    let inside = |name: &str, field: &str| json_body::member_text(json_body::member(data, name)?, field);
    let each = |name: &str, field: &str| -> Vec<String> {
        let list = json_body::member(data, name).and_then(Value::as_array);
        let entry = |entry| json_body::text(entry).or_else(|| json_body::member_text(entry, field));
        list.into_iter().flatten().filter_map(entry).collect()
    };
    let assignee: Vec<String> = ["first_name", "last_name"]
        .iter()
        .filter_map(|part| inside("assignee_user", part))
        .collect();
    let emails = match text("email") {
        Some(single) => vec![single],
        None => each("email", "email"),
    };
    Some(Lead {
        id: text("id")?,
        first_name: text("first_name"),
        last_name: text("last_name"),
        company: text("business_name"),
        emails,
        numbers: each("phones", "phone"),
        website: text("website"),
        city: text("city"),
        address: inside("address", "text").or_else(|| text("address")),
        note: text("additional_info"),
        deal_value: text("deal_value")
            .and_then(|value| value.parse().ok())
            .filter(|value: &f64| value.is_finite()),
        status: text("status"),
        source: text("source"),
        source_type: text("source_type"),
        stage: inside("lead_stage", "title"),
        group: inside("lead_group", "title"),
        labels: each("labels", "title"),
        assignee: (!assignee.is_empty()).then(|| assignee.join(" ")),
    })
}

/// The envelope of a success has `message: "success"`, or the lead itself in `data`.
fn says_done(body: &Value) -> bool {
    let says_success = json_body::member_text(body, "message").is_some_and(|text| text.eq_ignore_ascii_case("success"));
    let data = json_body::member(body, "data");
    says_success || data.and_then(|data| json_body::member_text(data, "id")).is_some()
}
