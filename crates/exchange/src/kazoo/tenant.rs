//! The account that a played Kazoo keeps unless a script says otherwise, for those who sign in to it.

use md5::{Digest, Md5};

use crate::script::account::Agent;

pub const ACCOUNT_ID: &str = "5a0dbe8c1d2f4e6a9b7c3d5e1f204060";
pub const ACCOUNT_NAME: &str = "Sandbox Telecom";
pub const ACCOUNT_REALM: &str = "sandbox.sip.example.com";
/// Signs in as the account, without a user.
pub const API_KEY: &str = "5a0dbec0ffee5a0dbec0ffee5a0dbec0ffee5a0dbec0ffee5a0dbec0ffee5a0d";
/// The first user; the others sign in by their own names and the same password.
pub const USERNAME: &str = USERS[0].username;
pub const PASSWORD: &str = "sandbox-password";
pub const USER_ID: &str = USERS[0].id;
pub const DEVICE_ID: &str = USERS[0].device;
pub const EXTENSION: &str = USERS[0].extension;
/// The click-to-call endpoint that exists from the start: rings the first user, then the contact.
pub const ENDPOINT_ID: &str = "c2c0dbe81d2f4e6a9b7c3d5e1f207001";
pub const ENDPOINT_NAME: &str = "Dialdeck";
/// The directory that exists from the start, with everybody in it.
pub const DIRECTORY_ID: &str = "d17ec70b81d2f4e6a9b7c3d5e1f20700";
/// The account's numbers; the first is its external caller id.
pub const DIDS: [&str; 2] = ["+442079460100", "+442079460101"];

/// A person of the account, with one telephone.
pub struct User {
    pub id: &'static str,
    pub device: &'static str,
    pub username: &'static str,
    pub name: &'static str,
    pub extension: &'static str,
    pub number: &'static str,
}

/// The telephone of the second one is not registered.
pub const USERS: [User; 3] = [
    User {
        id: "5b1d0a9d6e4c4f0f8f1d2c3b4a590001",
        device: "0f17de54cd9a17b6db1cda45d26ce0e5",
        username: "agent.one",
        name: "Agent One",
        extension: "1001",
        number: "+442079460901",
    },
    User {
        id: "5b1d0a9d6e4c4f0f8f1d2c3b4a590002",
        device: "bfd127d103af1390654651f81d2418dd",
        username: "agent.two",
        name: "Agent Two",
        extension: "1002",
        number: "+442079460902",
    },
    User {
        id: "5b1d0a9d6e4c4f0f8f1d2c3b4a590003",
        device: "aa96f27019c8ed8afbaed140244e127c",
        username: "agent.three",
        name: "Agent Three",
        extension: "1003",
        number: "+442079460903",
    },
];

/// The name that a person signs in by.
pub(crate) fn username(agent: &Agent) -> String {
    agent.name.to_lowercase().replace(' ', ".")
}

/// The one telephone of a person.
pub(crate) fn device_id(agent: &Agent) -> String {
    let digest = Md5::digest(format!("device {}", agent.id));
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What colleagues dial.
pub(crate) fn extension(agent: &Agent) -> &str {
    agent.extension.as_deref().unwrap_or(&agent.number)
}

/// The name that the person's telephone registers by.
pub(crate) fn sip_username(agent: &Agent) -> String {
    format!("user_{}", extension(agent).trim_start_matches('+'))
}

/// Whether the person's telephone is there to be rung.
pub(crate) fn is_registered(agent: &Agent) -> bool {
    agent.status != 4
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plays::Plays;
    use crate::script::account::Account;

    #[test]
    fn the_constants_are_what_the_account_is_made_of() {
        let people = Account::default().agents(Plays::Kazoo);
        for (user, agent) in USERS.iter().zip(&people) {
            assert_eq!(
                (device_id(agent).as_str(), username(agent).as_str(), extension(agent)),
                (user.device, user.username, user.extension)
            );
        }
        assert_eq!((API_KEY.len(), ACCOUNT_ID.len(), ENDPOINT_ID.len()), (64, 32, 32));
        assert!(!is_registered(&people[1]));
    }
}
