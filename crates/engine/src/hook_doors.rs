//! What opens the listener: an account's name and its token, compared so that the time that takes tells of neither.
//!
//! The listener asks here before it reads a body or wakes the loop. An account that does not exist is compared like one
//! that does.

use std::fmt;
use std::sync::{PoisonError, RwLock};

use subtle::{ConditionallySelectable, ConstantTimeEq};

/// The longest name of an account, and the longest token.
const NAME: usize = 32;
const TOKEN: usize = 64;

/// All accounts' names and tokens. Kept by the engine, asked by the listener.
#[derive(Default)]
pub struct HookDoors(RwLock<Vec<Door>>);

struct Door {
    account_id: String,
    words: Words,
}

impl HookDoors {
    /// Whose door name and token open.
    ///
    /// Takes the same time for every name and token of these lengths: all doors are tried to the last letter.
    #[must_use]
    pub fn opened_by(&self, name: &str, token: &str) -> Option<String> {
        // What is longer than anything that exists is compared all the same.
        let presented = Words::of(name, token).unwrap_or_default();
        let doors = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let mut found = 0_u64;
        for (place, door) in (1_u64..).zip(doors.iter()) {
            found.conditional_assign(&place, door.words.0.ct_eq(&presented.0));
        }
        let found = usize::try_from(found).ok()?.checked_sub(1)?;
        Some(doors.get(found)?.account_id.clone())
    }

    /// These doors and no others, each an account's id, its name and its token.
    pub fn are<'a>(&self, doors: impl Iterator<Item = (&'a str, &'a str, &'a str)>) {
        let doors = doors.filter_map(|(account_id, name, token)| {
            let Some(words) = Words::of(name, token).filter(|_| !token.is_empty()) else {
                tracing::warn!(account_id, "an account's token for events cannot be used");
                return None;
            };
            let account_id = account_id.to_owned();
            Some(Door { account_id, words })
        });
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = doors.collect();
    }
}

impl fmt::Debug for HookDoors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HookDoors")
    }
}

/// Name and token side by side, each after its length and filled up to the longest.
struct Words([u8; 2 + NAME + TOKEN]);

impl Default for Words {
    /// Nobody's: no token is empty.
    fn default() -> Self {
        Self([0; 2 + NAME + TOKEN])
    }
}

impl Words {
    fn of(name: &str, token: &str) -> Option<Self> {
        let mut words = Self::default();
        let (first, second) = words.0.split_at_mut(1 + NAME);
        fill(first, name)?;
        fill(second, token)?;
        Some(words)
    }
}

fn fill(place: &mut [u8], text: &str) -> Option<()> {
    let (length, letters) = place.split_first_mut()?;
    *length = u8::try_from(text.len()).ok()?;
    letters.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN_A: &str = "00112233445566778899aabbccddeeff00112233";
    const TOKEN_B: &str = "ffeeddccbbaa99887766554433221100ffeeddcc";

    fn doors() -> HookDoors {
        let doors = HookDoors::default();
        doors.are(
            [
                ("id-a", "desk", TOKEN_A),
                ("id-b", "work", TOKEN_B),
                ("id-c", "none", ""),
            ]
            .into_iter(),
        );
        doors
    }

    #[test]
    fn only_an_accounts_own_token_opens_its_door() {
        let doors = doors();
        assert_eq!(doors.opened_by("desk", TOKEN_A).as_deref(), Some("id-a"));
        assert_eq!(doors.opened_by("work", TOKEN_B).as_deref(), Some("id-b"));
        let long = "a".repeat(300);
        for (name, token) in [
            ("desk", TOKEN_B),
            ("nobody", TOKEN_A),
            ("", TOKEN_A),
            ("desk", ""),
            ("none", ""),
            ("", ""),
            ("desk", &TOKEN_A[1..]),
            ("desk", &format!("{TOKEN_A}0")),
            ("desk\0", TOKEN_A),
            (&long, TOKEN_A),
            ("desk", &long),
        ] {
            assert_eq!(doors.opened_by(name, token), None, "{name} {token}");
        }
    }

    #[test]
    fn a_door_that_is_gone_opens_no_more() {
        let doors = doors();
        doors.are([("id-a", "desk", TOKEN_B)].into_iter());
        assert_eq!(doors.opened_by("desk", TOKEN_A), None);
        assert_eq!(doors.opened_by("work", TOKEN_B), None);
        assert_eq!(doors.opened_by("desk", TOKEN_B).as_deref(), Some("id-a"));
    }

    #[test]
    fn no_token_is_printed() {
        assert!(!format!("{:?}", doors()).contains(TOKEN_A));
    }
}
