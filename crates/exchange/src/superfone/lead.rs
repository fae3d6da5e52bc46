//! The CRM's routes: one customer by number, entering or changing one, and the lists to choose from.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::customers::{self, Customer};
use crate::clock::real;
use crate::fault::Refused;
use crate::number::{is_e164, same_number};
use crate::post::{Cargo, Letter, Mailbag, Trigger};
use crate::script::crm::Crm;
use crate::script::scenario::WebhookStyle;
use crate::switchboard::Switchboard;

type Answer = Result<Response, Refused>;

#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    phone: String,
}

/// What an upsert may carry. Fields of other names are ignored, wrong types are not.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Upsert {
    customer_phone: Option<String>,
    create_customer_if_customer_phone_not_found: bool,
    first_name: Option<String>,
    last_name: Option<String>,
    email: Option<Vec<String>>,
    website: Option<String>,
    #[serde(default, deserialize_with = "address")]
    address: Option<String>,
    city: Option<String>,
    business_name: Option<String>,
    additional_info: Option<String>,
    deal_value: Option<f64>,
    source: Option<String>,
    source_type: Option<String>,
    assignee_user_phone: Option<String>,
    lead_stage_name: Option<String>,
    lead_group_name: Option<String>,
    add_labels: Option<Vec<String>>,
    remove_labels: Option<Vec<String>>,
    add_products: Option<Vec<String>>,
    add_phones: Option<Vec<String>>,
    customer_note: Option<String>,
}

/// One field that has another value, as an event tells it.
struct Change {
    key: &'static str,
    value: Value,
}

pub(super) async fn get_lead(
    State(board): State<Arc<Switchboard>>,
    headers: HeaderMap,
    Query(wanted): Query<Wanted>,
) -> Answer {
    check_key(&board, &headers)?;
    // A plus that was not sent as %2B arrives as a space.
    if !is_e164(&wanted.phone) {
        return Err(refused(StatusCode::BAD_REQUEST, "Invalid phone number"));
    }
    match board.customers.by_phone(&board, &wanted.phone) {
        Some(customer) => Ok(success(&customer.shown(&board))),
        // The text is the upsert's, the status its siblings'.
        None => Err(refused(StatusCode::NOT_FOUND, "Customer not found")),
    }
}

pub(super) async fn upsert_lead(State(board): State<Arc<Switchboard>>, headers: HeaderMap, body: Bytes) -> Answer {
    check_key(&board, &headers)?;
    let asked: Upsert =
        serde_json::from_slice(&body).map_err(|_| refused(StatusCode::BAD_REQUEST, "Invalid request"))?;
    let phone = asked
        .customer_phone
        .clone()
        .filter(|phone| !phone.is_empty())
        .ok_or_else(|| {
            refused(
                StatusCode::BAD_REQUEST,
                "Customer phone is required to identify the record to update",
            )
        })?;
    let phones = asked.add_phones.iter().flatten().chain([&phone]);
    if !phones.into_iter().all(|phone| is_e164(phone)) {
        return Err(refused(StatusCode::BAD_REQUEST, "Invalid phone number"));
    }
    let crm = board.crm();
    if !asked.is_possible(&crm) {
        return Err(refused(StatusCode::BAD_REQUEST, "Invalid request"));
    }
    if let Some(assignee) = &asked.assignee_user_phone {
        let agents = board.account().agents(board.plays);
        if !agents.iter().any(|agent| same_number(&agent.number, assignee)) {
            return Err(refused(StatusCode::NOT_FOUND, "User not found"));
        }
    }
    let creates = asked.create_customer_if_customer_phone_not_found;
    let outcome = board.customers.with(&board, |all| {
        let known = all.iter().position(|customer| customer.has(&phone));
        let index = match known {
            Some(index) => index,
            None if creates => {
                all.push(Customer::new(customers::next_id(all), &phone, &crm, board.wall.now()));
                all.len() - 1
            }
            None => return None,
        };
        let changes = asked.apply(&mut all[index], board.wall.now());
        Some((all[index].clone(), changes, known.is_none()))
    });
    let Some((customer, changes, is_new)) = outcome else {
        return Err(refused(StatusCode::BAD_REQUEST, "Customer not found"));
    };
    tell(&board, &customer, changes, is_new);
    Ok(success(&customer.shown(&board)))
}

pub(super) async fn labels(State(board): State<Arc<Switchboard>>, headers: HeaderMap) -> Answer {
    check_key(&board, &headers)?;
    let crm = board.crm();
    let rows = crm.labels().iter().map(|title| customers::label(title, &crm)).collect();
    Ok(success(&rows))
}

pub(super) async fn lead_stages(State(board): State<Arc<Switchboard>>, headers: HeaderMap) -> Answer {
    check_key(&board, &headers)?;
    let stages = board.crm().stages();
    let rows = stages
        .iter()
        .enumerate()
        .map(|(index, title)| customers::stage(index, title));
    Ok(success(&rows.collect()))
}

pub(super) async fn lead_groups(State(board): State<Arc<Switchboard>>, headers: HeaderMap) -> Answer {
    check_key(&board, &headers)?;
    let groups = board.crm().groups();
    let rows = groups
        .iter()
        .enumerate()
        .map(|(index, title)| customers::group_at(index, title));
    Ok(success(&rows.collect()))
}

/// The words a `source_type` is chosen from. Shape assumed: the page shows none.
pub(super) async fn source_types(State(board): State<Arc<Switchboard>>, headers: HeaderMap) -> Answer {
    check_key(&board, &headers)?;
    Ok(success(&json!(board.crm().source_types())))
}

pub(super) async fn products(State(board): State<Arc<Switchboard>>, headers: HeaderMap) -> Answer {
    check_key(&board, &headers)?;
    let products = board.crm().products();
    let rows = products
        .iter()
        .zip(1..)
        .map(|(title, id)| json!({"id": id, "title": title}));
    Ok(success(&rows.collect()))
}

impl Upsert {
    /// Whether every word is one of the lists', and labels go one way only.
    fn is_possible(&self, crm: &Crm) -> bool {
        let one = |word: &Option<String>, list: Vec<String>| word.as_ref().is_none_or(|word| list.contains(word));
        let all = |words: &Option<Vec<String>>, list: &[String]| words.iter().flatten().all(|word| list.contains(word));
        !(self.add_labels.is_some() && self.remove_labels.is_some())
            && one(&self.source_type, crm.source_types())
            && one(&self.lead_stage_name, crm.stages())
            && one(&self.lead_group_name, crm.groups())
            && all(&self.add_labels, &crm.labels())
            && all(&self.remove_labels, &crm.labels())
            && all(&self.add_products, &crm.products())
    }

    fn apply(self, customer: &mut Customer, now: Timestamp) -> Vec<Change> {
        let mut changes = Vec::new();
        let mut text = |key, slot: &mut String, value: Option<String>| {
            if let Some(value) = value.filter(|value| *value != *slot) {
                slot.clone_from(&value);
                changes.push(Change {
                    key,
                    value: value.into(),
                });
            }
        };
        text("first_name", &mut customer.first_name, self.first_name);
        text("last_name", &mut customer.last_name, self.last_name);
        text("source_type", &mut customer.source_type, self.source_type);
        text("lead_stage", &mut customer.stage, self.lead_stage_name);
        text("lead_group", &mut customer.group, self.lead_group_name);
        let mut maybe = |key, slot: &mut Option<String>, value: Option<String>| {
            if value.is_some() && value != *slot {
                slot.clone_from(&value);
                changes.push(Change {
                    key,
                    value: value.into(),
                });
            }
        };
        maybe("website", &mut customer.website, self.website);
        maybe("address", &mut customer.address, self.address);
        maybe("city", &mut customer.city, self.city);
        maybe("business_name", &mut customer.business_name, self.business_name);
        maybe("additional_info", &mut customer.additional_info, self.additional_info);
        maybe("source", &mut customer.source, self.source);
        maybe("assignee_user", &mut customer.assignee, self.assignee_user_phone);
        if let Some(email) = self.email.filter(|email| *email != customer.email) {
            changes.push(Change {
                key: "email",
                value: json!(email),
            });
            customer.email = email;
        }
        if self.deal_value.is_some() && self.deal_value != customer.deal_value {
            customer.deal_value = self.deal_value;
            changes.push(Change {
                key: "deal_value",
                value: json!(self.deal_value),
            });
        }
        let mut add = |key, list: &mut Vec<String>, more: Option<Vec<String>>| {
            let before = list.len();
            for word in more.into_iter().flatten() {
                if !list.contains(&word) {
                    list.push(word);
                }
            }
            if list.len() > before {
                changes.push(Change {
                    key,
                    value: json!(list),
                });
            }
        };
        add("labels", &mut customer.labels, self.add_labels);
        add("products", &mut customer.products, self.add_products);
        add("phones", &mut customer.phones, self.add_phones);
        if let Some(removed) = self.remove_labels {
            let before = customer.labels.len();
            customer.labels.retain(|label| !removed.contains(label));
            if customer.labels.len() < before {
                changes.push(Change {
                    key: "labels",
                    value: json!(customer.labels),
                });
            }
        }
        customer.notes.extend(self.customer_note);
        if !changes.is_empty() {
            customer.updated_at = now;
        }
        changes
    }
}

/// Posts one event for a new customer, or one for each field that changed.
fn tell(board: &Arc<Switchboard>, customer: &Customer, changes: Vec<Change>, is_new: bool) {
    let mail = Mailbag::open(board, WebhookStyle::InOrder, Duration::ZERO);
    let due = Instant::now() + real(board.timings().webhook_delay(), board.speed);
    let send = |trigger, event: &str, change: Option<Change>| {
        let change = change.map(|change| (change.key, change.value));
        let (key, value) = change.unzip();
        let mut body = json!({
            "event": event,
            "superfone_number": super::events::own_number(board),
            "organization_name": super::events::ORGANIZATION,
            "updated_key": key,
            "updated_value": value,
        });
        super::events::add(&mut body, customer.told(board));
        mail.send(Letter {
            trigger,
            call_id: String::new(),
            cargo: Cargo::Body(body),
            due,
        });
    };
    if is_new {
        send(Trigger::CustomerCreate, "CUSTOMER_CREATE", None);
        return;
    }
    for change in changes {
        send(Trigger::CustomerChange, "CUSTOMER_CHANGE", Some(change));
    }
}

/// The CRM's pages word the refusal of a key at greater length than the click-to-call page.
fn check_key(board: &Switchboard, headers: &HeaderMap) -> Result<(), Refused> {
    if board.accepts_token(super::key(headers)) {
        Ok(())
    } else {
        Err(refused(
            StatusCode::UNAUTHORIZED,
            "UnAuthorized, Please Provide Valid API Key",
        ))
    }
}

fn success(data: &Value) -> Response {
    Json(json!({"data": data, "message": "success"})).into_response()
}

fn refused(status: StatusCode, message: &str) -> Refused {
    (status, Json(json!({"message": message}))).into_response().into()
}

/// An address comes as the page has it, an object with `text`, or as the text alone.
fn address<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Address {
        Text(String),
        Parts { text: Option<String> },
    }
    Ok(match Option::<Address>::deserialize(from)? {
        Some(Address::Text(text)) => Some(text),
        Some(Address::Parts { text }) => text,
        None => None,
    })
}
