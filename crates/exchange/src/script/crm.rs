//! What Superfone's CRM holds: customers, and the words they are sorted by.

use serde::Deserialize;

/// The customers at the start, and the lists that a client looks up. Empty lists get sensible contents.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Crm {
    /// None: two.
    pub leads: Vec<Lead>,
    /// None: `Hot`, `Follow up` and `Do not call`.
    pub labels: Vec<String>,
    /// None: `New`, `Qualified`, `Won` and `Lost`; a new customer is in the first.
    pub stages: Vec<String>,
    /// None: `Default`.
    pub groups: Vec<String>,
    /// None: `Standard plan`.
    pub products: Vec<String>,
    /// None: `OTHERS`, `WEBSITE` and `REFERRAL`.
    pub source_types: Vec<String>,
}

/// A customer at the start.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lead {
    /// E.164.
    pub phone: String,
    pub first_name: String,
    #[serde(default)]
    pub last_name: String,
    #[serde(default)]
    pub labels: Vec<String>,
}

impl Crm {
    pub(crate) fn leads(&self) -> Vec<Lead> {
        if !self.leads.is_empty() {
            return self.leads.clone();
        }
        let lead = |phone: &str, first_name: &str, last_name: &str, labels: &[&str]| Lead {
            phone: phone.to_owned(),
            first_name: first_name.to_owned(),
            last_name: last_name.to_owned(),
            labels: labels.iter().map(|label| (*label).to_owned()).collect(),
        };
        vec![
            lead("+918000000001", "Test", "Customer", &["Hot"]),
            lead("+918069000004", "Asha", "Example", &[]),
        ]
    }

    pub(crate) fn labels(&self) -> Vec<String> {
        filled(&self.labels, &["Hot", "Follow up", "Do not call"])
    }

    pub(crate) fn stages(&self) -> Vec<String> {
        filled(&self.stages, &["New", "Qualified", "Won", "Lost"])
    }

    pub(crate) fn groups(&self) -> Vec<String> {
        filled(&self.groups, &["Default"])
    }

    pub(crate) fn products(&self) -> Vec<String> {
        filled(&self.products, &["Standard plan"])
    }

    pub(crate) fn source_types(&self) -> Vec<String> {
        filled(&self.source_types, &["OTHERS", "WEBSITE", "REFERRAL"])
    }
}

fn filled(list: &[String], otherwise: &[&str]) -> Vec<String> {
    if list.is_empty() {
        otherwise.iter().map(|word| (*word).to_owned()).collect()
    } else {
        list.to_vec()
    }
}
