//! Which contacts are probably one person, found once and looked at in pieces.
//!
//! A large directory is gone through twice: first for what anybody shares, then only those who share something are held.
//! What was found stays until contacts change by anything but a merge or its undoing.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use directory::duplicates::{Reason, find, keys};
use store::{FindableContact, Store, StoreError};

/// Contacts read at a time: the journal's reader is free in between.
const PIECE: u32 = 4_000;

/// A group by the rows of its contacts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) members: Vec<i64>,
    pub(super) links: Vec<Link>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) first: i64,
    pub(super) second: i64,
    pub(super) reason: Reason,
}

/// What was found last.
#[derive(Clone, Default)]
pub(super) struct Duplicates(Arc<Mutex<Option<Found>>>);

struct Found {
    revision: u64,
    links: Vec<Vec<Link>>,
    /// Who has become part of whom since.
    merged: BTreeMap<i64, i64>,
}

impl Duplicates {
    /// Groups as they stand now: without who is part of another by now, and without who was said to be somebody else.
    pub(super) fn groups(&self, store: &Store) -> Result<Vec<Group>, StoreError> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let revision = store.contacts_revision()?;
        if held.as_ref().is_none_or(|found| found.revision != revision) {
            *held = Some(Found {
                revision,
                links: look(store)?,
                merged: BTreeMap::new(),
            });
        }
        let mut apart = BTreeSet::new();
        for (one, other) in store.distinct_contacts()? {
            if let (Some(one), Some(other)) = (store.contact_key(&one)?, store.contact_key(&other)?) {
                apart.insert((one.min(other), one.max(other)));
            }
        }
        let found = held.as_ref();
        Ok(found.map_or_else(Vec::new, |found| {
            let groups = found
                .links
                .iter()
                .flat_map(|links| parted(links, &found.merged, &apart));
            groups.collect()
        }))
    }

    /// Changes contacts by a merge or its undoing: what was found need not be looked for again.
    pub(super) fn through<T>(
        &self,
        store: &Store,
        change: impl FnOnce() -> Result<T, StoreError>,
        follow: impl FnOnce(&mut BTreeMap<i64, i64>),
    ) -> Result<T, StoreError> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = store.contacts_revision()?;
        let changed = change()?;
        if let Some(found) = held.as_mut().filter(|found| found.revision == before) {
            found.revision = store.contacts_revision()?;
            follow(&mut found.merged);
        }
        Ok(changed)
    }
}

impl Duplicates {
    /// These are people of their own again.
    pub(super) fn part(&self, rows: &[i64]) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = held.as_mut() {
            found.merged.retain(|row, _| !rows.contains(row));
        }
    }
}

fn look(store: &Store) -> Result<Vec<Vec<Link>>, StoreError> {
    let mut all: Vec<u64> = Vec::new();
    each(store, |contact| all.extend(keys(&in_directory(contact))))?;
    all.sort_unstable();
    let shared: HashSet<u64> = all
        .windows(2)
        .filter(|pair| pair[0] == pair[1])
        .map(|pair| pair[0])
        .collect();
    drop(all);
    let (mut rows, mut contacts) = (Vec::new(), Vec::new());
    each(store, |contact| {
        let row = contact.key;
        let contact = in_directory(contact);
        if keys(&contact).iter().any(|key| shared.contains(key)) {
            rows.push(row);
            contacts.push(contact);
        }
    })?;
    let groups = find(&contacts).into_iter().map(|group| {
        let links = group.links.into_iter().map(|link| Link {
            first: rows[link.first],
            second: rows[link.second],
            reason: link.reason,
        });
        links.collect()
    });
    Ok(groups.collect())
}

fn each(store: &Store, mut seen: impl FnMut(FindableContact)) -> Result<(), StoreError> {
    let mut after = i64::MIN;
    loop {
        let piece = store.findable_contacts(after, PIECE)?;
        let Some(last) = piece.last() else { return Ok(()) };
        after = last.key;
        piece.into_iter().for_each(&mut seen);
    }
}

fn in_directory(contact: FindableContact) -> directory::Contact {
    let numbers = contact.numbers.into_iter().map(|number| directory::ContactNumber {
        number,
        extension: None,
        label: None,
    });
    directory::Contact {
        name: contact.name,
        company: contact.company,
        emails: contact.email.into_iter().collect(),
        numbers: numbers.collect(),
        ..directory::Contact::default()
    }
}

/// What of a group still hangs together.
fn parted(links: &[Link], merged: &BTreeMap<i64, i64>, apart: &BTreeSet<(i64, i64)>) -> Vec<Group> {
    let today = |mut row: i64| {
        while let Some(survivor) = merged.get(&row) {
            row = *survivor;
        }
        row
    };
    let are_apart = |one: &Group, other: &Group| {
        let mut pairs = one
            .members
            .iter()
            .flat_map(|a| other.members.iter().map(move |b| (*a, *b)));
        pairs.any(|(a, b)| apart.contains(&(a.min(b), a.max(b))))
    };
    let mut groups: Vec<Group> = Vec::new();
    for link in links {
        let (first, second) = (today(link.first), today(link.second));
        if first == second {
            continue;
        }
        let link = Link {
            first,
            second,
            reason: link.reason.clone(),
        };
        let mut side = |row: i64| {
            let place = groups.iter().position(|group| group.members.contains(&row));
            place.map_or_else(
                || Group {
                    members: vec![row],
                    links: Vec::new(),
                },
                |place| groups.swap_remove(place),
            )
        };
        let mut one = side(first);
        if one.members.contains(&second) {
            one.links.push(link);
            groups.push(one);
            continue;
        }
        let other = side(second);
        if are_apart(&one, &other) {
            groups.extend([one, other]);
            continue;
        }
        one.members.extend(other.members);
        one.members.sort_unstable();
        one.links.extend(other.links);
        one.links.push(link);
        groups.push(one);
    }
    groups.retain(|group| group.members.len() > 1);
    groups.sort_by_key(|group| group.members[0]);
    groups
}
