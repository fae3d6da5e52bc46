//! Who is who among those that come and those that are there.

use std::collections::hash_map::{Entry, RandomState};
use std::collections::{HashMap, HashSet};
use std::hash::BuildHasher;

use rusqlite::Connection;

use super::has_letters;
use crate::contacts::{self, Contact};
use crate::error::Result;
use crate::fold::fold;

/// How many numbers and names are remembered at the most before what was asked for is asked for anew.
const REMEMBERED: usize = 100_000;

/// How many numbers a directory has at the most for all of them to be read before an import.
const FEW: u32 = 20_000;

/// Whom an import has to do with, each number and name asked for once: however many people share one, the time that an
/// import takes grows only with its length.
#[derive(Default)]
pub(super) struct People {
    /// By number, then by folded name; of several of one name, the one known longest.
    with_number: HashMap<String, HashMap<String, i64>>,
    /// By folded name, then by folded company: how rows without any number are told apart.
    without_number: HashMap<String, HashMap<Option<String>, i64>>,
    numbers: Numbers,
}

/// Which numbers the directory has at all: most that come are new, and need not be asked for.
#[derive(Default)]
enum Numbers {
    #[default]
    NotRead,
    /// As hashes; a number that only shares the hash of another is asked for, and nobody has it.
    Known { hasher: RandomState, hashes: HashSet<u64> },
    /// There were many already, or somebody else adds to them: each is asked for.
    Unknown,
}

impl Numbers {
    /// Reads them, if they are not known and are few.
    fn prepare(&mut self, conn: &Connection) -> Result<()> {
        if !matches!(self, Self::NotRead) {
            return Ok(());
        }
        let mut statement = conn.prepare("SELECT number FROM contact_numbers LIMIT ?1")?;
        let mut rows = statement.query([FEW + 1])?;
        let (hasher, mut hashes, mut count) = (RandomState::new(), HashSet::new(), 0);
        while let Some(row) = rows.next()? {
            hashes.insert(hasher.hash_one(row.get::<_, String>(0)?));
            count += 1;
        }
        *self = if count > FEW {
            Self::Unknown
        } else {
            Self::Known { hasher, hashes }
        };
        Ok(())
    }

    fn add(&mut self, number: &str) {
        if let Self::Known { hasher, hashes } = self {
            hashes.insert(hasher.hash_one(number));
        }
    }

    fn may_have(&self, number: &str) -> bool {
        match self {
            Self::Known { hasher, hashes } => hashes.contains(&hasher.hash_one(number)),
            Self::NotRead | Self::Unknown => true,
        }
    }
}

impl People {
    /// Everything remembered is in the database as well.
    pub(super) fn forget_if_many(&mut self) {
        if self.with_number.len() + self.without_number.len() > REMEMBERED {
            self.with_number.clear();
            self.without_number.clear();
        }
    }

    /// Somebody else has changed the directory.
    pub(super) fn forget(&mut self) {
        *self = Self {
            numbers: Numbers::Unknown,
            ..Self::default()
        };
    }

    /// Who comes, called `name` when folded, if they are there already.
    pub(super) fn same_person(&mut self, conn: &Connection, incoming: &Contact, name: &str) -> Result<Option<i64>> {
        self.numbers.prepare(conn)?;
        if incoming.numbers.is_empty() {
            return Ok(self.namesakes(conn, name)?.get(&company(incoming)).copied());
        }
        let mut sole = None;
        let mut is_shared = false;
        for own in &incoming.numbers {
            if !self.numbers.may_have(own.number.as_str()) {
                continue;
            }
            let owners = self.owners(conn, own.number.as_str())?;
            if let Some(namesake) = owners.get(name) {
                return Ok(Some(*namesake));
            }
            is_shared |= owners.len() > 1;
            for (owner, key) in owners.iter().take(2) {
                is_shared |= sole.as_ref().is_some_and(|(_, other)| other != key);
                sole = Some((owner.clone(), *key));
            }
        }
        Ok(sole
            .filter(|(owner, _)| !(is_shared || has_letters(owner) && has_letters(name)))
            .map(|(_, key)| key))
    }

    fn owners(&mut self, conn: &Connection, number: &str) -> Result<&HashMap<String, i64>> {
        Ok(match self.with_number.entry(number.to_owned()) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let mut owners = HashMap::new();
                for (key, name) in contacts::names_with_number(conn, number)? {
                    owners.entry(name).or_insert(key);
                }
                new.insert(owners)
            }
        })
    }

    fn namesakes(&mut self, conn: &Connection, name: &str) -> Result<&HashMap<Option<String>, i64>> {
        Ok(match self.without_number.entry(name.to_owned()) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let mut namesakes = HashMap::new();
                for key in contacts::keys_with_folded_name(conn, name)? {
                    let known = contacts::load(conn, key)?;
                    namesakes.entry(company(&known)).or_insert(key);
                }
                new.insert(namesakes)
            }
        })
    }

    /// Takes a change into what was asked for before; what was not will be read from the database when it is.
    pub(super) fn remember(&mut self, key: i64, before: Option<&Contact>, now: &Contact, name: &str) {
        let was = before.map(Contact::folded_name);
        for own in &now.numbers {
            self.numbers.add(own.number.as_str());
            if let Some(owners) = self.with_number.get_mut(own.number.as_str()) {
                if let Some(was) = &was
                    && owners.get(was) == Some(&key)
                {
                    owners.remove(was);
                }
                owners.entry(name.to_owned()).or_insert(key);
            }
        }
        if let (Some(before), Some(was)) = (before, &was)
            && let Some(namesakes) = self.without_number.get_mut(was)
        {
            let company = company(before);
            if namesakes.get(&company) == Some(&key) {
                namesakes.remove(&company);
            }
        }
        if let Some(namesakes) = self.without_number.get_mut(name) {
            namesakes.entry(company(now)).or_insert(key);
        }
    }
}

fn company(contact: &Contact) -> Option<String> {
    contact.company.as_deref().map(fold)
}
