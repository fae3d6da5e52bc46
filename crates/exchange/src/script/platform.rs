//! What the platform of Acefone, Servetel and Smartflo keeps beside its calls: sign-in rules, contacts, departments.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::timings::Seconds;
use crate::plays::Plays;

/// The platform's office. Lists that are left empty get sensible contents; Superfone has none of this.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Platform {
    pub sign_in: SignIn,
    /// Rings scheduled calls this long after they were made, whatever their date. None: at their own time.
    pub scheduled_after: Option<Seconds>,
    /// True: nothing is recorded, and links lead nowhere.
    pub recordings_off: bool,
    /// None: three, of whom one is deleted.
    pub contacts: Vec<Contact>,
    /// None: one, with every agent in it.
    pub departments: Vec<Department>,
    /// None: four, and any other code is taken.
    pub dispositions: Vec<Disposition>,
}

/// How tokens are given for names and passwords. All spans are exchange time.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SignIn {
    /// How long a token is good (3600).
    pub token_life: Option<Seconds>,
    /// So many wrong passwords in a row lock a name out (5).
    pub failures: Option<u32>,
    /// So many sign-ins within one lock-out's span are still allowed to a name, right or wrong (20).
    pub logins: Option<u32>,
    /// How long a name is locked out (300).
    pub lock_out: Option<Seconds>,
    /// Days until the password must be changed, which only Smartflo tells (42).
    pub days_left: Option<u32>,
}

/// Somebody in the platform's address book.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    pub name: String,
    /// E.164.
    pub number: String,
    #[serde(default)]
    pub email: Option<String>,
    #[serde(default)]
    pub company: Option<String>,
    #[serde(default)]
    pub address: Option<String>,
    /// `Default` when left out.
    #[serde(default)]
    pub group: Option<String>,
    /// An instant, such as `2024-05-08T12:45:03Z`.
    #[serde(default = "first_contact_day")]
    pub updated: Timestamp,
    /// Still listed, with the moment of its deletion.
    #[serde(default)]
    pub deleted: bool,
}

/// A group of agents that calls can be sent to.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Department {
    /// Also its intercom, for transfers.
    pub id: String,
    pub name: String,
    /// Ids of agents, `05…`.
    #[serde(default)]
    pub agents: Vec<String>,
}

/// A verdict on a call that agents may choose.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disposition {
    pub name: String,
    pub code: String,
}

impl SignIn {
    pub(crate) fn token_life(&self) -> Seconds {
        self.token_life.unwrap_or(Seconds::of(3_600))
    }

    pub(crate) fn failures(&self) -> u32 {
        self.failures.unwrap_or(5)
    }

    pub(crate) fn logins(&self) -> usize {
        self.logins.and_then(|logins| logins.try_into().ok()).unwrap_or(20)
    }

    pub(crate) fn lock_out(&self) -> Seconds {
        self.lock_out.unwrap_or(Seconds::of(300))
    }

    pub(crate) fn days_left(&self) -> u32 {
        self.days_left.unwrap_or(42)
    }
}

impl Platform {
    /// The contacts as they are listed: the default ones are numbers of the guide.
    pub(crate) fn contacts(&self, plays: Plays) -> Vec<Contact> {
        if !self.contacts.is_empty() {
            return self.contacts.clone();
        }
        let prefix = match plays {
            Plays::AcefoneUk | Plays::Kazoo => "+44207946",
            Plays::AcefoneIn | Plays::Servetel | Plays::Smartflo | Plays::Superfone => "+91806900",
        };
        let contact = |ending: &str, name: &str, company: Option<&str>, days_later: i64| Contact {
            name: name.to_owned(),
            number: format!("{prefix}{ending}"),
            email: None,
            company: company.map(str::to_owned),
            address: None,
            group: None,
            updated: first_contact_day() + SignedDuration::from_hours(24 * days_later),
            deleted: false,
        };
        let mut contacts = vec![
            contact("0003", "Test Contact", None, 0),
            contact("0004", "Asha Example", Some("Example Traders"), 24),
            contact("0005", "Former Customer", None, 54),
        ];
        contacts[2].deleted = true;
        contacts
    }

    /// The departments; `108000` is where the account's first number leads.
    pub(crate) fn departments(&self) -> Vec<Department> {
        if self.departments.is_empty() {
            vec![Department {
                id: "108000".to_owned(),
                name: "Sales".to_owned(),
                agents: Vec::new(),
            }]
        } else {
            self.departments.clone()
        }
    }

    pub(crate) fn dispositions(&self) -> Vec<Disposition> {
        if !self.dispositions.is_empty() {
            return self.dispositions.clone();
        }
        let known = [
            ("Interested", "interested"),
            ("Not interested", "not_interested"),
            ("Call back", "call_back"),
            ("Wrong number", "wrong_number"),
        ];
        let disposition = |(name, code): (&str, &str)| Disposition {
            name: name.to_owned(),
            code: code.to_owned(),
        };
        known.into_iter().map(disposition).collect()
    }
}

fn first_contact_day() -> Timestamp {
    // 2024-05-08T12:45:03Z
    Timestamp::constant(1_715_172_303, 0)
}
