//! The account of a history: one of each provider, as an agent would have it.

use std::collections::BTreeMap;

use engine::api::SecretText;
use exchange::{Plays, kazoo_tenant};
use providers::ProviderKind;

/// How the one account of a history is set up.
#[derive(Clone, Copy, Debug)]
pub struct Setup {
    pub kind: ProviderKind,
    pub plays: Plays,
    settings: &'static [(&'static str, &'static str)],
    secrets: &'static [(&'static str, &'static str)],
    /// What the customers' numbers begin with, three digits before their end.
    customers: &'static str,
    /// Whether the provider rings the customer first.
    pub customer_first: bool,
}

const TOKEN: (&str, &str) = ("api_token", "made.up.token");

/// Every way in which a history's account may be set up.
pub const SETUPS: [Setup; 10] = [
    Setup {
        kind: ProviderKind::AcefoneUk,
        plays: Plays::AcefoneUk,
        settings: &[("agent_number", "+442079460901")],
        secrets: &[TOKEN],
        customers: "+442079460",
        customer_first: false,
    },
    Setup {
        kind: ProviderKind::AcefoneUk,
        plays: Plays::AcefoneUk,
        settings: &[("mode", "click_to_call_support"), ("agent_number", "+442079460901")],
        secrets: &[TOKEN, ("support_api_key", "made-up-support-key")],
        customers: "+442079460",
        customer_first: true,
    },
    Setup {
        kind: ProviderKind::AcefoneIn,
        plays: Plays::AcefoneIn,
        settings: &[("agent_number", "+919000000001")],
        secrets: &[TOKEN],
        customers: "+919000000",
        customer_first: false,
    },
    Setup {
        kind: ProviderKind::Servetel,
        plays: Plays::Servetel,
        settings: &[("agent_number", "+919000000001"), ("async", "0"), ("get_call_id", "1")],
        secrets: &[TOKEN],
        customers: "+919000000",
        customer_first: false,
    },
    Setup {
        kind: ProviderKind::Smartflo,
        plays: Plays::Smartflo,
        settings: &[("agent_number", "+919000000001"), ("login", "agent@example.com")],
        secrets: &[("password", "made-up-password")],
        customers: "+919000000",
        customer_first: false,
    },
    Setup {
        kind: ProviderKind::Smartflo,
        plays: Plays::Smartflo,
        settings: &[("agent_number", "+919000000001")],
        secrets: &[TOKEN],
        customers: "+919000000",
        customer_first: false,
    },
    Setup {
        kind: ProviderKind::Superfone,
        plays: Plays::Superfone,
        settings: &[("user_number", "+919876543210"), ("caller_id", "+918000000000")],
        secrets: &[("api_key", "made-up-key")],
        customers: "+919000000",
        customer_first: false,
    },
    Setup {
        kind: ProviderKind::Kazoo,
        plays: Plays::Kazoo,
        settings: &KAZOO,
        secrets: &[("password", kazoo_tenant::PASSWORD)],
        customers: "+442079460",
        customer_first: false,
    },
    Setup {
        kind: ProviderKind::Kazoo,
        plays: Plays::Kazoo,
        settings: &WAITING,
        secrets: &[("password", kazoo_tenant::PASSWORD)],
        customers: "+442079460",
        customer_first: false,
    },
    Setup {
        kind: ProviderKind::Kazoo,
        plays: Plays::Kazoo,
        settings: &QUICKCALL,
        secrets: &[("password", kazoo_tenant::PASSWORD)],
        customers: "+442079460",
        customer_first: false,
    },
];

const KAZOO: [(&str, &str); 6] = [
    ("username", kazoo_tenant::USERNAME),
    ("account_name", kazoo_tenant::ACCOUNT_NAME),
    ("endpoint_id", kazoo_tenant::ENDPOINT_ID),
    ("user_id", kazoo_tenant::USER_ID),
    ("agent_number", kazoo_tenant::EXTENSION),
    ("country", "GB"),
];

/// A dial that is answered once the agent's telephone is.
const WAITING: [(&str, &str); 7] = {
    let [one, two, three, four, five, six] = KAZOO;
    [one, two, three, four, five, six, ("blocking", "1")]
};

const QUICKCALL: [(&str, &str); 6] = [
    ("username", kazoo_tenant::USERNAME),
    ("account_name", kazoo_tenant::ACCOUNT_NAME),
    ("method", "quickcall"),
    ("user_id", kazoo_tenant::USER_ID),
    ("agent_number", kazoo_tenant::EXTENSION),
    ("country", "GB"),
];

impl Setup {
    pub fn settings(&self, base_url: &str) -> BTreeMap<String, String> {
        let own = self
            .settings
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        own.chain([("base_url".to_owned(), base_url.to_owned())]).collect()
    }

    pub fn secrets(&self) -> BTreeMap<String, SecretText> {
        let own = self.secrets.iter();
        own.map(|(key, value)| ((*key).to_owned(), SecretText((*value).to_owned())))
            .collect()
    }

    /// Whether a provider's name for a telephone is the agent's number or extension.
    pub fn is_agents_phone(&self, name: &str) -> bool {
        let mut own = self
            .settings
            .iter()
            .filter(|(key, _)| ["agent_number", "user_number"].contains(key));
        own.any(|(_, number)| number.trim_start_matches('+') == name.trim_start_matches('+'))
    }

    /// The number of the customer with this index, below a thousand.
    pub fn customer(&self, index: u64) -> String {
        format!("{}{index:03}", self.customers)
    }

    /// What of a customer's number is in every spelling of it.
    pub fn national(&self, number: &str) -> String {
        number.chars().skip(3).collect()
    }
}
