//! What the account holds at the provider: keys, agents and numbers.

use serde::Deserialize;

use crate::kazoo::tenant;
use crate::number::{digits_of, same_number};
use crate::plays::Plays;
use crate::script::kazoo::KazooAccount;

/// The account that the exchange keeps. Lists that are left empty get sensible contents and are lenient.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Account {
    /// API tokens, or Superfone's API keys. None: every token is taken. Of Kazoo the account's keys, of 64 characters;
    /// none: the one of [`tenant`].
    pub tokens: Vec<String>,
    /// Keys of click-to-call support. None: every key is taken.
    pub support_keys: Vec<String>,
    /// Who may sign in for a token. None: everybody; of Kazoo, every user with the password of [`tenant`].
    pub logins: Vec<Login>,
    /// None: three agents, and any other number dials as an agent of its own.
    pub agents: Vec<Agent>,
    /// None: two numbers.
    pub dids: Vec<Did>,
    /// What only a played Kazoo has.
    pub kazoo: KazooAccount,
}

/// A name and password that get a token.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Login {
    pub login: String,
    pub password: String,
    /// Id of the agent who signs in so, `05…`; left out: whose `login_id` it is, else who is on duty.
    #[serde(default)]
    pub agent: Option<String>,
}

/// A person of the account whose telephone is rung.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agent {
    /// `05…`; of Kazoo, the id of the user.
    pub id: String,
    pub name: String,
    /// The number the agent's calls follow to, E.164.
    pub number: String,
    /// `06…`: a softphone, which then cannot be dialled by `number`. Of Kazoo, what colleagues dial: `1001`.
    #[serde(default)]
    pub extension: Option<String>,
    /// 0 available, 1 blocked, 2 disabled, 3 busy, 4 offline.
    #[serde(default)]
    pub status: u8,
}

/// A number that the account rents.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Did {
    /// E.164.
    pub number: String,
    #[serde(default)]
    pub name: String,
    /// Where its calls go, such as `department||108000`.
    #[serde(default)]
    pub destination: Option<String>,
    #[serde(default)]
    pub destination_name: Option<String>,
}

impl Account {
    pub(crate) fn accepts_token(&self, token: &str) -> bool {
        !token.is_empty() && (self.tokens.is_empty() || self.tokens.iter().any(|known| known == token))
    }

    pub(crate) fn accepts_support_key(&self, key: &str) -> bool {
        !key.is_empty() && (self.support_keys.is_empty() || self.support_keys.iter().any(|known| known == key))
    }

    /// The account as it is used: empty lists filled.
    pub(crate) fn agents(&self, plays: Plays) -> Vec<Agent> {
        if self.agents.is_empty() {
            default_agents(plays)
        } else {
            self.agents.clone()
        }
    }

    pub(crate) fn dids(&self, plays: Plays) -> Vec<Did> {
        if self.dids.is_empty() {
            default_dids(plays)
        } else {
            self.dids.clone()
        }
    }

    pub(crate) fn did(&self, number: &str, plays: Plays) -> Option<Did> {
        self.dids(plays)
            .into_iter()
            .find(|did| same_number(&did.number, number))
    }

    /// The agent whom a request names: by id, extension or, without a softphone, by number.
    pub(crate) fn agent(&self, named: &str, plays: Plays) -> Option<Agent> {
        let agents = self.agents(plays);
        let by_id = |agent: &&Agent| agent.id == named || agent.extension.as_deref() == Some(named);
        if let Some(agent) = agents.iter().find(by_id) {
            return Some(agent.clone());
        }
        if let Some(agent) = agents.iter().find(|agent| same_number(&agent.number, named)) {
            // A softphone's agent cannot be rung by mobile on the Acefone family; Superfone knows nothing else.
            let reachable = agent.extension.is_none() || matches!(plays, Plays::Superfone | Plays::Kazoo);
            return reachable.then(|| agent.clone());
        }
        let plausible = (10..=15).contains(&digits_of(named).len());
        (self.agents.is_empty() && plausible).then(|| passing_agent(named, plays))
    }
}

/// An agent of a lenient account whom nobody wrote down.
fn passing_agent(named: &str, plays: Plays) -> Agent {
    let number = crate::number::Number::read(named, plays);
    Agent {
        id: format!(
            "05{:0>11}",
            &number.digits()[number.digits().len().saturating_sub(10)..]
        ),
        name: "Agent".to_owned(),
        number: number.plus(),
        extension: None,
        status: 0,
    }
}

fn default_agents(plays: Plays) -> Vec<Agent> {
    let numbers = match plays {
        Plays::Kazoo => return default_users(),
        Plays::AcefoneUk => ["+442079460901", "+442079460902", "+442079460903"],
        Plays::AcefoneIn | Plays::Servetel | Plays::Smartflo => ["+919000000001", "+919000000002", "+919000000003"],
        Plays::Superfone => ["+919876543210", "+919000000002", "+919000000003"],
    };
    let agent = |index: usize, name: &str, extension: Option<&str>, status| Agent {
        id: format!("05028423700{}", 97 + index),
        name: name.to_owned(),
        number: numbers[index].to_owned(),
        extension: extension.map(str::to_owned),
        status,
    };
    vec![
        agent(0, "Agent One", None, 0),
        agent(1, "Agent Two", Some("0602842370077"), 4),
        agent(2, "Agent Three", Some("0602842370078"), 0),
    ]
}

/// The second one's telephone is not registered.
fn default_users() -> Vec<Agent> {
    tenant::USERS
        .iter()
        .zip([0, 4, 0])
        .map(|(user, status)| Agent {
            id: user.id.to_owned(),
            name: user.name.to_owned(),
            number: user.number.to_owned(),
            extension: Some(user.extension.to_owned()),
            status,
        })
        .collect()
}

fn default_dids(plays: Plays) -> Vec<Did> {
    let numbers = match plays {
        Plays::Kazoo => tenant::DIDS,
        Plays::AcefoneUk => ["+442079460100", "+442079460101"],
        Plays::AcefoneIn | Plays::Servetel | Plays::Smartflo => ["+918069000001", "+918069000002"],
        Plays::Superfone => ["+918000000000", "+918069000002"],
    };
    vec![
        Did {
            number: numbers[0].to_owned(),
            name: "Support line".to_owned(),
            destination: Some("department||108000".to_owned()),
            destination_name: Some("Sales".to_owned()),
        },
        Did {
            number: numbers[1].to_owned(),
            name: String::new(),
            destination: None,
            destination_name: None,
        },
    ]
}
