//! Superfone's customers: found by telephone number, shown and told of in the CRM's shape.

use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::number::same_number;
use crate::script::crm::{Crm, Lead};
use crate::switchboard::Switchboard;

const FIRST_ID: u64 = 12_345;
const FIRST_STAGE: usize = 3;
const FIRST_GROUP: usize = 9;
const FIRST_LABEL: usize = 1;
const FIRST_USER: usize = 77;

/// The customers: the script's at the first look, from then on what clients made of them.
#[derive(Default)]
pub(crate) struct Customers(Mutex<Option<Vec<Customer>>>);

/// One customer. Words of the script's lists are kept as words.
#[derive(Clone, Debug)]
pub(super) struct Customer {
    pub id: u64,
    pub first_name: String,
    pub last_name: String,
    pub email: Vec<String>,
    pub website: Option<String>,
    pub business_name: Option<String>,
    pub additional_info: Option<String>,
    pub city: Option<String>,
    pub address: Option<String>,
    pub deal_value: Option<f64>,
    pub source: Option<String>,
    pub source_type: String,
    /// E.164 of the member who looks after the customer.
    pub assignee: Option<String>,
    pub stage: String,
    pub group: String,
    pub labels: Vec<String>,
    pub products: Vec<String>,
    pub phones: Vec<String>,
    pub notes: Vec<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Customers {
    /// Reads or changes the list.
    pub(super) fn with<T>(&self, board: &Switchboard, work: impl FnOnce(&mut Vec<Customer>) -> T) -> T {
        let mut customers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        work(customers.get_or_insert_with(|| at_the_start(&board.crm(), board.wall.now())))
    }

    pub(super) fn by_phone(&self, board: &Switchboard, phone: &str) -> Option<Customer> {
        self.with(board, |customers| {
            customers.iter().find(|customer| customer.has(phone)).cloned()
        })
    }
}

fn at_the_start(crm: &Crm, now: Timestamp) -> Vec<Customer> {
    let mut customers = Vec::new();
    for lead in crm.leads() {
        let id = next_id(&customers);
        let Lead {
            phone,
            first_name,
            last_name,
            labels,
        } = lead;
        customers.push(Customer {
            first_name,
            last_name,
            labels,
            ..Customer::new(id, &phone, crm, now)
        });
    }
    customers
}

pub(super) fn next_id(customers: &[Customer]) -> u64 {
    customers.last().map_or(FIRST_ID, |last| last.id + 1)
}

impl Customer {
    pub(super) fn new(id: u64, phone: &str, crm: &Crm, now: Timestamp) -> Self {
        Self {
            id,
            first_name: String::new(),
            last_name: String::new(),
            email: Vec::new(),
            website: None,
            business_name: None,
            additional_info: None,
            city: None,
            address: None,
            deal_value: None,
            source: None,
            source_type: crm.source_types().into_iter().next().unwrap_or_default(),
            assignee: None,
            stage: crm.stages().into_iter().next().unwrap_or_default(),
            group: crm.groups().into_iter().next().unwrap_or_default(),
            labels: Vec::new(),
            products: Vec::new(),
            phones: vec![phone.to_owned()],
            notes: Vec::new(),
            created_at: now,
            updated_at: now,
        }
    }

    pub(super) fn has(&self, phone: &str) -> bool {
        self.phones.iter().any(|known| same_number(known, phone))
    }

    /// The customer as `lead` shows it.
    pub(super) fn shown(&self, board: &Switchboard) -> Value {
        let crm = board.crm();
        let stamp = |at: Timestamp| at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string();
        let (stage_id, group_id) = (stage_id(&self.stage, &crm), group_id(&self.group, &crm));
        let stage_index = crm
            .stages()
            .iter()
            .position(|stage| *stage == self.stage)
            .unwrap_or_default();
        let labels = self.labels.iter().map(|title| label(title, &crm));
        let assignee = assignee(self, board);
        json!({
            "id": self.id,
            "org_id": 42,
            "first_name": self.first_name,
            "last_name": self.last_name,
            "email": self.email,
            "website": self.website,
            "business_name": self.business_name,
            "additional_info": self.additional_info,
            "city": self.city,
            "deal_value": self.deal_value,
            "status": "ACTIVE",
            "source": self.source,
            "source_type": self.source_type,
            "address": {
                "text": self.address,
                "additional": "",
                "initials": "",
                "latitude": null,
                "longitude": null,
            },
            "assignee_user_id": assignee.as_ref().map(|(id, _)| id),
            "lead_stage_id": stage_id,
            "lead_group_id": group_id,
            "created_at": stamp(self.created_at),
            "updated_at": stamp(self.updated_at),
            "phones": self.phones(),
            "labels": labels.collect::<Vec<_>>(),
            "lead_stage": stage(stage_index, &self.stage),
            "lead_group": group(group_id, &self.group),
            "assignee_user": assignee.map(|(id, name)| {
                let (first_name, last_name) = name.split_once(' ').unwrap_or((&name, ""));
                json!({"id": id, "first_name": first_name, "last_name": last_name})
            }),
        })
    }

    /// The customer as events tell of it.
    pub(super) fn told(&self, board: &Switchboard) -> Value {
        let crm = board.crm();
        let labels = self
            .labels
            .iter()
            .map(|title| json!({"id": label_id(title, &crm), "title": title}));
        json!({
            "contact_id": self.id,
            "contact_first_name": self.first_name,
            "contact_last_name": self.last_name,
            "contact_phones": self.phones(),
            "contact_source": self.source,
            "contact_source_type": self.source_type,
            "contact_lead_stage_id": stage_id(&self.stage, &crm),
            "contact_lead_stage_name": self.stage,
            "contact_lead_group_id": group_id(&self.group, &crm),
            "contact_lead_group_name": self.group,
            "contact_labels": labels.collect::<Vec<_>>(),
            "contact_products": self.products,
            "contact_assignee_user_id": assignee(self, board).map(|(id, _)| id),
            "contact_business_name": self.business_name,
            "contact_additional_info": self.additional_info,
            "contact_emails": self.email,
            "contact_custom_fields": {},
        })
    }

    fn phones(&self) -> Value {
        let first = (self.id - FIRST_ID) * 10 + 555;
        let row = |(phone, id): (&String, u64)| json!({"phone": phone, "customer_id": id});
        self.phones.iter().zip(first..).map(row).collect()
    }
}

/// User id and name of who looks after a customer.
fn assignee(customer: &Customer, board: &Switchboard) -> Option<(usize, String)> {
    let phone = customer.assignee.as_deref()?;
    let agents = board.account().agents(board.plays);
    let found = agents
        .into_iter()
        .enumerate()
        .find(|(_, agent)| same_number(&agent.number, phone));
    found.map(|(index, agent)| (FIRST_USER + index, agent.name))
}

fn stage_id(title: &str, crm: &Crm) -> usize {
    FIRST_STAGE + place(title, &crm.stages())
}

fn group_id(title: &str, crm: &Crm) -> usize {
    FIRST_GROUP + place(title, &crm.groups())
}

fn label_id(title: &str, crm: &Crm) -> usize {
    FIRST_LABEL + place(title, &crm.labels())
}

fn place(title: &str, list: &[String]) -> usize {
    list.iter().position(|known| known == title).unwrap_or_default()
}

pub(super) fn label(title: &str, crm: &Crm) -> Value {
    json!({
        "id": label_id(title, crm),
        "title": title,
        "colour": "#FF0000",
        "text_colour": "#FFFFFF",
        "status": "ACTIVE",
    })
}

pub(super) fn stage(index: usize, title: &str) -> Value {
    json!({
        "id": FIRST_STAGE + index,
        "title": title,
        "org_id": 42,
        "status": "ACTIVE",
        "type": if index == 0 { "INITIAL" } else { "ACTIVE" },
        "position": index + 1,
    })
}

pub(super) fn group(id: usize, title: &str) -> Value {
    let kind = if id == FIRST_GROUP { "DEFAULT" } else { "CUSTOM" };
    json!({"id": id, "title": title, "org_id": 42, "status": "ACTIVE", "type": kind})
}

pub(super) fn group_at(index: usize, title: &str) -> Value {
    group(FIRST_GROUP + index, title)
}
