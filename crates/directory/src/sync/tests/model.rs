//! Both sides and a careless network, small enough to be played by the thousand.

use std::collections::{BTreeMap, BTreeSet};

use proptest::sample::Index;

use super::super::*;
use super::digest;

/// One thing that happens.
#[derive(Debug, Clone)]
pub enum Deed {
    AddHere,
    EditHere(Index),
    DeleteHere(Index),
    AddThere,
    EditThere(Index),
    /// The server keeps the etag: a lie.
    EditThereUnseen(Index),
    /// Only what is not kept here changes.
    EditPhotoThere(Index),
    /// The etag changes, the card does not.
    NewEtagThere(Index),
    DeleteThere(Index),
    MoveThere(Index),
    SameOnBoth(Index),
    Decide(Index, u8),
    /// Thorough or not; how many deletions are agreed to; what goes wrong.
    Sync(bool, usize, Option<Faults>),
}

/// What goes wrong in one run.
#[derive(Debug, Clone)]
pub struct Faults {
    /// Which cards the list leaves out, by bits of their place.
    pub unlisted: u8,
    /// Which cards cannot be read.
    pub unclear: u8,
    /// The program ends after so many halves of steps.
    pub crash_after: Option<usize>,
    pub is_empty: bool,
    /// Somebody edits every card there between reading and writing.
    pub moves_meanwhile: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Card {
    etag: u32,
    uid: String,
    /// What somebody has written of the person: each writing is its own.
    person: u32,
    photo: u32,
}

#[derive(Debug, Clone)]
struct Link {
    href: String,
    base: Option<(Option<u32>, Card, u32)>,
}

#[derive(Debug)]
pub struct World {
    takes_new: bool,
    next: u32,
    ours: BTreeMap<String, u32>,
    theirs: BTreeMap<String, Card>,
    links: BTreeMap<String, Link>,
    /// As last shown: both sides, by contact.
    conflicts: BTreeMap<String, (Option<u32>, Option<Card>, Sides)>,
    decisions: BTreeMap<String, Decision>,
    /// Whatever anybody has written.
    written: BTreeSet<u32>,
    /// What a person has replaced, deleted, or decided against.
    given_up: BTreeSet<u32>,
}

fn person(token: u32) -> Digest {
    digest(&format!("person {token}"))
}

impl Card {
    fn digest(&self) -> Digest {
        digest(&format!("{} {} {}", self.uid, self.person, self.photo))
    }

    fn told(&self) -> Theirs {
        Theirs::Card(TheirCard {
            etag: self.etag.to_string(),
            card: self.digest(),
            person: Some(person(self.person)),
            uid: Some(self.uid.clone()),
        })
    }
}

fn nth<K: Clone, V>(map: &BTreeMap<K, V>, which: &Index) -> Option<K> {
    (!map.is_empty())
        .then(|| map.keys().nth(which.index(map.len())).cloned())
        .flatten()
}

impl World {
    pub fn new(takes_new: bool) -> Self {
        Self {
            takes_new,
            next: 0,
            ours: BTreeMap::new(),
            theirs: BTreeMap::new(),
            links: BTreeMap::new(),
            conflicts: BTreeMap::new(),
            decisions: BTreeMap::new(),
            written: BTreeSet::new(),
            given_up: BTreeSet::new(),
        }
    }

    fn number(&mut self) -> u32 {
        self.next += 1;
        self.next
    }

    fn write(&mut self) -> u32 {
        let token = self.number();
        self.written.insert(token);
        token
    }

    /// What was written, was given up by nobody, and is nowhere any more.
    pub fn lost(&self) -> Vec<u32> {
        let mut kept: BTreeSet<u32> = self.ours.values().copied().collect();
        kept.extend(self.theirs.values().map(|card| card.person));
        for (ours, theirs, _) in self.conflicts.values() {
            kept.extend(ours);
            kept.extend(theirs.as_ref().map(|card| card.person));
        }
        let is_lost = |token: &&u32| !kept.contains(token) && !self.given_up.contains(token);
        self.written.iter().filter(is_lost).copied().collect()
    }

    /// Contacts of the book whose sides differ without an open conflict.
    pub fn differing(&self) -> Vec<String> {
        let mut differing: Vec<String> = self
            .links
            .iter()
            .filter(|(id, link)| {
                let theirs = self.theirs.get(&link.href).map(|card| card.person);
                self.ours.get(*id).copied() != theirs && !self.conflicts.contains_key(*id)
            })
            .map(|(id, _)| id.clone())
            .collect();
        let mut linked: BTreeSet<String> = self.links.values().map(|link| link.href.clone()).collect();
        // A card that has moved and differs is told with its conflict.
        linked.extend(self.planned(true).conflicts.into_iter().map(|conflict| conflict.href));
        differing.extend(self.theirs.keys().filter(|href| !linked.contains(*href)).cloned());
        if self.takes_new {
            differing.extend(self.ours.keys().filter(|id| !self.links.contains_key(*id)).cloned());
        }
        differing
    }

    pub fn play(&mut self, deed: &Deed) {
        match deed {
            Deed::AddHere => {
                let (id, token) = (format!("c{}", self.number()), self.write());
                self.ours.insert(id, token);
            }
            Deed::EditHere(which) => {
                if let Some(id) = nth(&self.ours, which) {
                    let token = self.write();
                    self.given_up.extend(self.ours.insert(id, token));
                }
            }
            Deed::DeleteHere(which) => {
                if let Some(id) = nth(&self.ours, which) {
                    self.given_up.extend(self.ours.remove(&id));
                }
            }
            Deed::AddThere => {
                let (n, token) = (self.number(), self.write());
                self.theirs.insert(
                    format!("/t{n}"),
                    Card {
                        etag: n,
                        uid: format!("u{n}"),
                        person: token,
                        photo: 0,
                    },
                );
            }
            Deed::EditThere(which) | Deed::EditThereUnseen(which) => {
                if let Some(href) = nth(&self.theirs, which) {
                    let (token, etag) = (self.write(), self.number());
                    let Some(card) = self.theirs.get_mut(&href) else { return };
                    self.given_up.insert(std::mem::replace(&mut card.person, token));
                    if matches!(deed, Deed::EditThere(_)) {
                        card.etag = etag;
                    }
                }
            }
            Deed::EditPhotoThere(which) => self.touch(which, |card, n| {
                card.photo = n;
                card.etag = n;
            }),
            Deed::NewEtagThere(which) => self.touch(which, |card, n| card.etag = n),
            Deed::DeleteThere(which) => {
                if let Some(card) = nth(&self.theirs, which).and_then(|href| self.theirs.remove(&href)) {
                    self.given_up.insert(card.person);
                }
            }
            Deed::MoveThere(which) => {
                if let Some(href) = nth(&self.theirs, which)
                    && let Some(card) = self.theirs.remove(&href)
                {
                    let place = format!("/m{}", self.number());
                    self.theirs.insert(place, card);
                }
            }
            Deed::SameOnBoth(which) => {
                let Some(id) = nth(&self.links, which) else { return };
                let (token, etag) = (self.write(), self.number());
                let href = &self.links[&id].href;
                if let (Some(ours), Some(card)) = (self.ours.get_mut(&id), self.theirs.get_mut(href)) {
                    self.given_up.extend([*ours, card.person]);
                    *ours = token;
                    card.person = token;
                    card.etag = etag;
                } else {
                    self.given_up.insert(token);
                }
            }
            Deed::Decide(which, choice) => {
                if let Some(id) = nth(&self.conflicts, which) {
                    let choice = [Choice::KeepOurs, Choice::KeepTheirs, Choice::KeepBoth][usize::from(*choice)];
                    let (ours, theirs, seen) = self.conflicts[&id].clone();
                    match choice {
                        Choice::KeepOurs => self.given_up.extend(theirs.map(|card| card.person)),
                        Choice::KeepTheirs => self.given_up.extend(ours),
                        Choice::KeepBoth => {}
                    }
                    self.decisions.insert(id, Decision { choice, seen });
                }
            }
            Deed::Sync(thorough, may_delete, faults) => self.sync(*thorough, *may_delete, faults.as_ref()),
        }
    }

    fn touch(&mut self, which: &Index, change: impl FnOnce(&mut Card, u32)) {
        if let Some(href) = nth(&self.theirs, which) {
            let n = self.number();
            if let Some(card) = self.theirs.get_mut(&href) {
                change(card, n);
            }
        }
    }

    fn here(&self, may_delete: usize) -> Here {
        let known = self.links.iter().map(|(id, link)| Known {
            contact_id: id.clone(),
            href: link.href.clone(),
            base: link.base.as_ref().map(|(etag, card, ours)| {
                Base::new(
                    etag.map(|etag| etag.to_string()),
                    card.digest(),
                    person(card.person),
                    person(*ours),
                    Some(card.uid.clone()),
                )
            }),
        });
        let new_hrefs = self.ours.keys().map(|id| {
            let is_split = self.links.contains_key(id);
            (
                id.clone(),
                if is_split {
                    format!("/{id}-{}", self.next)
                } else {
                    format!("/{id}")
                },
            )
        });
        Here {
            known: known.collect(),
            ours: self
                .ours
                .iter()
                .map(|(id, token)| {
                    let person = person(*token);
                    let is_protected = token % 7 == 0;
                    (id.clone(), Ours { person, is_protected })
                })
                .collect(),
            decisions: self.decisions.clone(),
            takes_new: self.takes_new,
            may_delete,
            new_hrefs: new_hrefs.collect(),
        }
    }

    fn listed(&self, faults: Option<&Faults>) -> Vec<Listed> {
        let mut listed = Vec::new();
        for (place, (href, card)) in self.theirs.iter().enumerate() {
            if faults.is_some_and(|faults| faults.is_empty || faults.unlisted >> (place % 8) & 1 == 1) {
                continue;
            }
            listed.push(Listed {
                href: href.clone(),
                etag: Some(card.etag.to_string()),
            });
        }
        listed
    }

    fn plan_of(&self, thorough: bool, may_delete: usize, faults: Option<&Faults>) -> (Plan, BTreeMap<String, Theirs>) {
        let (here, listed) = (self.here(may_delete), self.listed(faults));
        let mut theirs = BTreeMap::new();
        for (place, href) in look(&here, &listed, thorough).into_iter().enumerate() {
            let is_unclear = faults.is_some_and(|faults| faults.unclear >> (place % 8) & 1 == 1);
            let told = match self.theirs.get(&href) {
                _ if is_unclear => Theirs::Unclear,
                Some(card) => card.told(),
                None => Theirs::Gone,
            };
            theirs.insert(href, told);
        }
        (plan(&here, &listed, &theirs), theirs)
    }

    pub fn planned(&self, thorough: bool) -> Plan {
        self.plan_of(thorough, usize::MAX, None).0
    }

    /// One run, as the engine performs it: what goes out goes out before what came of it is kept.
    fn sync(&mut self, thorough: bool, may_delete: usize, faults: Option<&Faults>) {
        let read = self.theirs.clone();
        let (plan, _) = self.plan_of(thorough, may_delete, faults);
        // Kept first, in one piece.
        self.conflicts = plan
            .conflicts
            .iter()
            .map(|conflict| {
                let ours = self.ours.get(&conflict.contact_id).copied();
                let theirs = read.get(&conflict.href).cloned();
                (conflict.contact_id.clone(), (ours, theirs, conflict.sides.clone()))
            })
            .collect();
        if faults.is_some_and(|faults| faults.moves_meanwhile) {
            for place in 0..self.theirs.len() {
                let (token, etag) = (self.write(), self.number());
                if let Some(card) = self.theirs.values_mut().nth(place) {
                    self.given_up.insert(std::mem::replace(&mut card.person, token));
                    card.etag = etag;
                }
            }
        }
        let mut left = faults.and_then(|faults| faults.crash_after).unwrap_or(usize::MAX);
        for step in &plan.steps {
            if self.step(step, &read, &mut left).is_none() {
                return;
            }
        }
    }

    /// None where the program ends within it.
    fn step(&mut self, step: &Step, read: &BTreeMap<String, Card>, left: &mut usize) -> Option<()> {
        let mut half = || {
            *left = left.checked_sub(1)?;
            Some(())
        };
        match step {
            Step::AddHere { href } => {
                half()?;
                let card = read[href].clone();
                // Where the one who was linked is gone, another takes the place.
                self.links.retain(|_, link| link.href != *href);
                let id = format!("c{}", self.number());
                self.ours.insert(id.clone(), card.person);
                self.link(&id, href, Some(card.etag), card);
            }
            Step::UpdateHere { contact_id, href, ours } => {
                half()?;
                if self.is_still(contact_id, *ours) {
                    let card = read[href].clone();
                    self.ours.insert(contact_id.clone(), card.person);
                    self.link(contact_id, href, Some(card.etag), card);
                }
            }
            Step::DeleteHere { contact_id, ours, .. } => {
                half()?;
                if self.is_still(contact_id, *ours) {
                    self.ours.remove(contact_id);
                    self.forget(contact_id);
                }
            }
            Step::PutNew { contact_id, href, ours } => {
                half()?;
                if !self.is_still(contact_id, *ours) {
                    return Some(());
                }
                self.links.insert(
                    contact_id.clone(),
                    Link {
                        href: href.clone(),
                        base: None,
                    },
                );
                half()?;
                if self.theirs.contains_key(href) {
                    return Some(());
                }
                let (n, person) = (self.number(), self.ours[contact_id]);
                let card = Card {
                    etag: n,
                    uid: format!("u{n}"),
                    person,
                    photo: 0,
                };
                self.theirs.insert(href.clone(), card.clone());
                half()?;
                // This server does not tell the version of what it was given.
                self.link(contact_id, href, (n % 2 == 0).then_some(n), card);
            }
            Step::Put {
                contact_id,
                href,
                ours,
                etag,
            } => {
                half()?;
                let is_still = self.is_still(contact_id, *ours);
                let (n, person) = (self.number(), self.ours.get(contact_id).copied());
                let Some(card) = self.theirs.get_mut(href).filter(|card| card.etag.to_string() == *etag) else {
                    return Some(());
                };
                let Some(person) = person.filter(|_| is_still) else {
                    return Some(());
                };
                card.person = person;
                card.etag = n;
                let card = card.clone();
                half()?;
                self.link(contact_id, href, (n % 2 == 0).then_some(n), card);
            }
            Step::DeleteThere { contact_id, href, etag } => {
                half()?;
                if self.theirs.get(href).is_some_and(|card| card.etag.to_string() != *etag) {
                    return Some(());
                }
                self.theirs.remove(href);
                half()?;
                self.forget(contact_id);
            }
            Step::Agree { contact_id, href, ours } => {
                half()?;
                if self.is_still(contact_id, *ours) {
                    let card = read[href].clone();
                    self.link(contact_id, href, Some(card.etag), card);
                }
            }
            Step::Forget { contact_id, .. } => {
                half()?;
                self.forget(contact_id);
            }
            Step::Split {
                contact_id,
                href,
                new_href,
            } => {
                half()?;
                let card = read[href].clone();
                self.links.insert(
                    contact_id.clone(),
                    Link {
                        href: new_href.clone(),
                        base: None,
                    },
                );
                self.decisions.remove(contact_id);
                let id = format!("c{}", self.number());
                self.ours.insert(id.clone(), card.person);
                self.link(&id, href, Some(card.etag), card);
            }
        }
        Some(())
    }

    fn is_still(&self, contact_id: &str, ours: Digest) -> bool {
        self.ours.get(contact_id).is_some_and(|token| person(*token) == ours)
    }

    fn link(&mut self, contact_id: &str, href: &str, etag: Option<u32>, card: Card) {
        let ours = self.ours[contact_id];
        let link = Link {
            href: href.to_owned(),
            base: Some((etag, card, ours)),
        };
        self.links.insert(contact_id.to_owned(), link);
        self.decisions.remove(contact_id);
        self.conflicts.remove(contact_id);
    }

    fn forget(&mut self, contact_id: &str) {
        self.links.remove(contact_id);
        self.decisions.remove(contact_id);
        self.conflicts.remove(contact_id);
    }
}
