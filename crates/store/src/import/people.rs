//! Who is who among those that come and those that are there.

use std::collections::HashMap;
use std::collections::hash_map::{Entry, RandomState};
use std::hash::BuildHasher;

use rusqlite::Connection;

use super::has_letters;
use crate::contacts::{self, Contact, ContactMarks, ContactNumber};
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
    numbers: Numbers,
    /// By number, then by folded name; of several of one name, the one known longest.
    with_number: HashMap<String, HashMap<String, i64>>,
    /// By folded name, then by folded company: how rows without any number are told apart.
    without_number: HashMap<String, HashMap<Option<String>, i64>>,
}

/// Who comes.
pub(super) enum Who {
    New,
    There(i64, Contact),
    /// Numbers and nothing else, each of which others have: who that is remains open, and nothing is new.
    Nobody,
}

/// Whose the numbers of the directory are.
#[derive(Default)]
enum Numbers {
    #[default]
    NotRead,
    Known(Known),
    /// There were many already, or somebody else adds to them: each is asked for.
    Unknown,
}

/// Whose each number is, as hashes: of the million that come, few are met again, and texts would take many times the room.
/// Whoever is found so is looked at before that is believed.
#[derive(Default)]
struct Known {
    hasher: RandomState,
    /// By number.
    owners: HashMap<u64, Owner>,
    /// By number and folded name; of several of one name, the one known longest.
    namesakes: HashMap<u64, i64>,
}

/// Who has a number.
#[derive(Clone, Copy)]
enum Owner {
    One {
        key: i64,
        has_letters: bool,
    },
    /// Of several names.
    Several,
}

impl Known {
    /// Reads whose the numbers are; none where there are too many.
    fn read(conn: &Connection) -> Result<Option<Self>> {
        let mut known = Self::default();
        let mut statement = conn.prepare(
            "SELECT number, contact, folded_name FROM contact_numbers JOIN contacts ON contacts.key = contact
             ORDER BY contact LIMIT ?1",
        )?;
        let mut rows = statement.query([FEW + 1])?;
        let mut count = 0;
        while let Some(row) = rows.next()? {
            count += 1;
            known.add(&row.get::<_, String>(0)?, row.get(1)?, &row.get::<_, String>(2)?);
        }
        Ok((count <= FEW).then_some(known))
    }

    fn add(&mut self, number: &str, key: i64, name: &str) {
        let Entry::Vacant(new) = self.namesakes.entry(self.hasher.hash_one((number, name))) else {
            return;
        };
        new.insert(key);
        let one = Owner::One {
            key,
            has_letters: has_letters(name),
        };
        self.owners
            .entry(self.hasher.hash_one(number))
            .and_modify(|owner| {
                let is_renamed = matches!(owner, Owner::One { key: own, .. } if *own == key);
                *owner = if is_renamed { one } else { Owner::Several };
            })
            .or_insert(one);
    }

    fn has(&self, number: &str) -> bool {
        self.owners.contains_key(&self.hasher.hash_one(number))
    }

    /// The contact is no longer called so.
    fn forget_name(&mut self, number: &str, key: i64, name: &str) {
        if let Entry::Occupied(known) = self.namesakes.entry(self.hasher.hash_one((number, name)))
            && *known.get() == key
        {
            known.remove();
        }
    }

    /// As `People::same_person`, by what the numbers say.
    fn same_person(&self, incoming: &Contact, name: &str) -> Option<i64> {
        let mut sole = None;
        let mut is_shared = false;
        for own in &incoming.numbers {
            let number = own.number.as_str();
            let Some(owner) = self.owners.get(&self.hasher.hash_one(number)) else {
                continue;
            };
            if let Some(namesake) = self.namesakes.get(&self.hasher.hash_one((number, name))) {
                return Some(*namesake);
            }
            match *owner {
                Owner::Several => is_shared = true,
                Owner::One { key, has_letters } => {
                    is_shared |= sole.is_some_and(|(other, _)| other != key);
                    sole = Some((key, has_letters));
                }
            }
        }
        let (key, is_named) = sole.filter(|_| !is_shared)?;
        (!(is_named && has_letters(name))).then_some(key)
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

    /// Who comes, called `name` when folded.
    pub(super) fn who(&mut self, conn: &Connection, incoming: &Contact, name: &str) -> Result<Who> {
        if let Some((key, contact)) = self.same_person(conn, incoming, name)? {
            return Ok(Who::There(key, contact));
        }
        let says_nothing = incoming.company.is_none()
            && incoming.email.is_none()
            && incoming.note.is_none()
            && incoming.marks == ContactMarks::default()
            && !has_letters(name);
        if !says_nothing || incoming.numbers.is_empty() {
            return Ok(Who::New);
        }
        for own in &incoming.numbers {
            let has_owner = match &self.numbers {
                Numbers::Known(known) => known.has(own.number.as_str()),
                Numbers::NotRead | Numbers::Unknown => !self.owners(conn, own.number.as_str())?.is_empty(),
            };
            if !has_owner {
                return Ok(Who::New);
            }
        }
        Ok(Who::Nobody)
    }

    fn same_person(&mut self, conn: &Connection, incoming: &Contact, name: &str) -> Result<Option<(i64, Contact)>> {
        if incoming.numbers.is_empty() {
            let namesakes = self.namesakes(conn, name)?;
            let found = namesakes.get(&company(incoming)).copied();
            return found.map(|key| Ok((key, contacts::load(conn, key)?))).transpose();
        }
        if matches!(self.numbers, Numbers::NotRead) {
            self.numbers = Known::read(conn)?.map_or(Numbers::Unknown, Numbers::Known);
        }
        if let Numbers::Known(known) = &self.numbers {
            let Some(key) = known.same_person(incoming, name) else {
                return Ok(None);
            };
            let contact = contacts::load(conn, key)?;
            let has = |own: &ContactNumber| contact.numbers.iter().any(|known| known.number == own.number);
            if incoming.numbers.iter().any(has) {
                return Ok(Some((key, contact)));
            }
            // Two numbers of one hash.
        }
        let found = self.owner(conn, incoming, name)?;
        found.map(|key| Ok((key, contacts::load(conn, key)?))).transpose()
    }

    /// The same, asked of the database.
    fn owner(&mut self, conn: &Connection, incoming: &Contact, name: &str) -> Result<Option<i64>> {
        let mut sole = None;
        let mut is_shared = false;
        for own in &incoming.numbers {
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
        if let Numbers::Known(known) = &mut self.numbers {
            if let Some((before, was)) = before.zip(was.as_deref()).filter(|(_, was)| *was != name) {
                for own in &before.numbers {
                    known.forget_name(own.number.as_str(), key, was);
                }
            }
            for own in &now.numbers {
                known.add(own.number.as_str(), key, name);
            }
        }
        for own in &now.numbers {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use telephony::PhoneNumber;

    use super::*;
    use crate::import::{ImportCounts, take};

    /// What becomes of people who come one after the other, with what was known of numbers.
    fn taken(people: &[Contact], numbers: Numbers) -> (ImportCounts, Vec<Contact>) {
        let conn = crate::file::in_memory().unwrap().writer;
        let mut counts = ImportCounts::default();
        let mut remembered = People {
            numbers,
            ..People::default()
        };
        let incoming = people.iter().cloned();
        take(&conn, incoming, None, &mut remembered, &mut counts, |_| Ok(())).unwrap();
        let keys = contacts::keys(&conn, "SELECT key FROM contacts ORDER BY key", []).unwrap();
        let kept = keys.into_iter().map(|key| contacts::load(&conn, key).unwrap());
        (counts, kept.collect())
    }

    fn comer() -> impl Strategy<Value = Contact> {
        let name = prop::sample::select(vec!["Ann", "Bob", "ann", "+44 20 7946 0101", "0102", "Firm 1"]);
        let numbers = prop::collection::vec(0..6_u8, 0..3);
        (name, numbers).prop_map(|(name, numbers)| Contact {
            name: name.into(),
            numbers: numbers
                .into_iter()
                .map(|last| ContactNumber {
                    number: PhoneNumber::from_e164(&format!("+44207946010{last}")).unwrap(),
                    label: None,
                })
                .collect(),
            ..Contact::default()
        })
    }

    proptest! {
        #[test]
        fn who_is_who_is_the_same_whether_numbers_are_known_or_asked_for(
            people in prop::collection::vec(comer(), 1..24)
        ) {
            let people: Vec<Contact> = people
                .into_iter()
                .zip(0..)
                .map(|(contact, place)| Contact { id: format!("id {place}"), ..contact })
                .collect();
            prop_assert_eq!(taken(&people, Numbers::NotRead), taken(&people, Numbers::Unknown));
        }
    }
}
