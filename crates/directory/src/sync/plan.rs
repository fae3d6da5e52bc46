//! From both sides to steps. Pure: the same for the same sides, in whatever order they come.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Base, Choice, Conflict, Decision, Here, Known, Listed, Ours, Plan, Sides, Step, TheirCard, Theirs, are_many,
};
use crate::sync::Digest;

/// Which cards must be read before anything is planned: all whose version is new, all that the list lacks, and all that
/// would be overwritten or deleted. `thorough` reads every card, for servers whose word on versions is not to be trusted.
#[must_use]
pub fn look(here: &Here, listed: &[Listed], thorough: bool) -> BTreeSet<String> {
    let etags = etags(listed);
    let mut wanted: BTreeSet<String> = here
        .known
        .iter()
        .filter(|known| thorough || !is_as_known(here, known, &etags))
        .map(|known| known.href.clone())
        .collect();
    let known: BTreeSet<&str> = here.known.iter().map(|known| known.href.as_str()).collect();
    wanted.extend(
        listed
            .iter()
            .filter(|card| !known.contains(card.href.as_str()))
            .map(|card| card.href.clone()),
    );
    wanted
}

/// What there is to do. `theirs` has what the server said of each card that [`look`] named.
#[must_use]
pub fn plan(here: &Here, listed: &[Listed], theirs: &BTreeMap<String, Theirs>) -> Plan {
    let mut planning = Planning {
        here,
        etags: etags(listed),
        theirs,
        plan: Plan::default(),
    };
    let known = planning.moved();
    for pair in &known {
        planning.pair(pair);
    }
    planning.strangers(&known);
    planning.hold_back(known.len(), listed.is_empty());
    planning.plan
}

fn etags(listed: &[Listed]) -> BTreeMap<&str, Option<&str>> {
    let pairs = listed.iter().map(|card| (card.href.as_str(), card.etag.as_deref()));
    pairs.collect()
}

/// Nothing of a pair has changed, as far as can be told without reading the card.
fn is_as_known(here: &Here, known: &Known, etags: &BTreeMap<&str, Option<&str>>) -> bool {
    let Some(base) = &known.base else { return false };
    let Some(ours) = here.ours.get(&known.contact_id) else {
        return false;
    };
    let is_same_version = match (etags.get(known.href.as_str()), &base.etag) {
        (Some(Some(listed)), Some(etag)) => listed == etag,
        _ => false,
    };
    is_same_version && ours.person == base.ours && !here.decisions.contains_key(&known.contact_id)
}

struct Planning<'a> {
    here: &'a Here,
    etags: BTreeMap<&'a str, Option<&'a str>>,
    theirs: &'a BTreeMap<String, Theirs>,
    plan: Plan,
}

impl Planning<'_> {
    /// What is known, with cards that stand at another place now: the same name for the person, at one place each.
    fn moved(&self) -> Vec<Known> {
        let mut known = self.here.known.clone();
        let taken: BTreeSet<String> = known.iter().map(|pair| pair.href.clone()).collect();
        let mut strangers: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (href, theirs) in self.theirs {
            if let Theirs::Card(TheirCard { uid: Some(uid), .. }) = theirs
                && !taken.contains(href)
            {
                strangers.entry(uid).or_default().push(href);
            }
        }
        let mut wanted: BTreeMap<String, u32> = BTreeMap::new();
        let uid_of = |pair: &Known| pair.base.as_ref().and_then(|base| base.uid.clone());
        for uid in known.iter().filter_map(uid_of) {
            *wanted.entry(uid).or_default() += 1;
        }
        for pair in &mut known {
            let is_gone = matches!(self.theirs.get(&pair.href), Some(Theirs::Gone));
            let Some(uid) = uid_of(pair).filter(|_| is_gone) else {
                continue;
            };
            if let (Some([place]), Some(1)) = (strangers.get(uid.as_str()).map(Vec::as_slice), wanted.get(&uid)) {
                (*place).clone_into(&mut pair.href);
            }
        }
        known
    }

    fn pair(&mut self, pair: &Known) {
        let ours = self.here.ours.get(&pair.contact_id);
        match self.theirs.get(&pair.href) {
            // Not read, since nothing has changed.
            None if is_as_known(self.here, pair, &self.etags) => {}
            None | Some(Theirs::Unclear) => {
                self.plan.unclear.insert(pair.href.clone());
            }
            Some(Theirs::Gone) => self.gone_there(pair, ours),
            Some(Theirs::Card(card)) => match ours {
                Some(ours) => self.on_both(pair, ours, card),
                None => self.gone_here(pair, card),
            },
        }
    }

    fn on_both(&mut self, pair: &Known, ours: &Ours, card: &TheirCard) {
        let Some(person) = card.person else {
            self.plan.unreadable.insert(pair.href.clone());
            return;
        };
        let agree = Step::Agree {
            contact_id: pair.contact_id.clone(),
            href: pair.href.clone(),
            ours: ours.person,
        };
        if let Some(base) = &pair.base {
            let ours_changed = ours.person != base.ours;
            let theirs_changed = person != base.theirs;
            match (ours_changed, theirs_changed) {
                (false, false) => {
                    let is_noted = base.card == card.card && base.etag.as_deref() == Some(&card.etag);
                    if !is_noted || self.has_moved(pair) {
                        self.plan.steps.push(agree);
                    }
                    return;
                }
                // What else changed in the card stays: ours is written into the card as it is now.
                (true, false) => return self.put(pair, ours, card),
                (false, true) => return self.update_here(pair, ours),
                (true, true) => {}
            }
        }
        if person == ours.person {
            self.plan.steps.push(agree);
            return;
        }
        let sides = Sides {
            ours: Some(ours.person),
            theirs: Some(card.card),
        };
        match self.decided(pair, &sides) {
            None => self.conflict(pair, sides),
            Some(Choice::KeepOurs) => self.put(pair, ours, card),
            Some(Choice::KeepTheirs) => self.update_here(pair, ours),
            Some(Choice::KeepBoth) => match self.here.new_hrefs.get(&pair.contact_id) {
                Some(new_href) if *new_href != pair.href && !self.is_taken(new_href) => {
                    self.plan.steps.push(Step::Split {
                        contact_id: pair.contact_id.clone(),
                        href: pair.href.clone(),
                        new_href: new_href.clone(),
                    });
                }
                _ => self.conflict(pair, sides),
            },
        }
    }

    fn gone_there(&mut self, pair: &Known, ours: Option<&Ours>) {
        let Some(ours) = ours else {
            self.plan.steps.push(Step::Forget {
                contact_id: pair.contact_id.clone(),
                href: pair.href.clone(),
            });
            return;
        };
        let delete = Step::DeleteHere {
            contact_id: pair.contact_id.clone(),
            href: pair.href.clone(),
            ours: ours.person,
        };
        let make = Step::PutNew {
            contact_id: pair.contact_id.clone(),
            href: pair.href.clone(),
            ours: ours.person,
        };
        let Some(base) = &pair.base else {
            // It was about to be sent.
            self.plan.steps.push(make);
            return;
        };
        if ours.person == base.ours && !ours.is_protected {
            self.plan.steps.push(delete);
            return;
        }
        let sides = Sides {
            ours: Some(ours.person),
            theirs: None,
        };
        match self.decided(pair, &sides) {
            None => self.conflict(pair, sides),
            Some(Choice::KeepOurs | Choice::KeepBoth) => self.plan.steps.push(make),
            Some(Choice::KeepTheirs) => self.plan.steps.push(delete),
        }
    }

    fn gone_here(&mut self, pair: &Known, card: &TheirCard) {
        let delete = Step::DeleteThere {
            contact_id: pair.contact_id.clone(),
            href: pair.href.clone(),
            etag: card.etag.clone(),
        };
        let add = Step::AddHere {
            href: pair.href.clone(),
        };
        // Without a base nobody here has seen the card: what stands there is somebody's own.
        // Many servers write a card anew that they are given: it is the version that they told then, and says the same.
        let is_as_agreed = pair.base.as_ref().is_some_and(|base| {
            let is_version = base.etag.as_ref() == Some(&card.etag) && card.person == Some(base.theirs);
            base.card == card.card || is_version
        });
        if is_as_agreed {
            self.plan.steps.push(delete);
            return;
        }
        let sides = Sides {
            ours: None,
            theirs: Some(card.card),
        };
        match self.decided(pair, &sides) {
            None => self.conflict(pair, sides),
            Some(Choice::KeepOurs) => self.plan.steps.push(delete),
            Some(Choice::KeepTheirs | Choice::KeepBoth) if card.person.is_some() => self.plan.steps.push(add),
            Some(Choice::KeepTheirs | Choice::KeepBoth) => {
                self.plan.unreadable.insert(pair.href.clone());
            }
        }
    }

    /// Cards that nobody here has, and contacts that have no card.
    fn strangers(&mut self, known: &[Known]) {
        let linked: BTreeSet<&str> = known.iter().map(|pair| pair.contact_id.as_str()).collect();
        let taken: BTreeSet<&str> = known.iter().map(|pair| pair.href.as_str()).collect();
        // Who is in no book, by what is kept of them: a card that says exactly this is theirs.
        let mut alone: BTreeMap<Digest, Vec<&str>> = BTreeMap::new();
        for (contact_id, ours) in self.here.ours.iter().rev() {
            if !linked.contains(contact_id.as_str()) {
                alone.entry(ours.person).or_default().push(contact_id);
            }
        }
        for (href, theirs) in self.theirs {
            let is_here = taken.contains(href.as_str());
            match theirs {
                _ if is_here => {}
                // It was listed, and went away meanwhile.
                Theirs::Gone => {}
                Theirs::Unclear => {
                    self.plan.unclear.insert(href.clone());
                }
                Theirs::Card(TheirCard { person: None, .. }) => {
                    self.plan.unreadable.insert(href.clone());
                }
                Theirs::Card(TheirCard {
                    person: Some(person), ..
                }) => match alone.get_mut(person).and_then(Vec::pop) {
                    Some(contact_id) => self.plan.steps.push(Step::Agree {
                        contact_id: contact_id.to_owned(),
                        href: href.clone(),
                        ours: *person,
                    }),
                    None => self.plan.steps.push(Step::AddHere { href: href.clone() }),
                },
            }
        }
        let unread = self
            .etags
            .keys()
            .filter(|href| !taken.contains(**href) && !self.theirs.contains_key(**href));
        self.plan.unclear.extend(unread.map(|href| (*href).to_owned()));
        if !self.here.takes_new {
            return;
        }
        for (person, contact_ids) in alone {
            for contact_id in contact_ids {
                let Some(href) = self.here.new_hrefs.get(contact_id) else {
                    continue;
                };
                if taken.contains(href.as_str()) || self.is_taken(href) {
                    continue;
                }
                self.plan.steps.push(Step::PutNew {
                    contact_id: contact_id.to_owned(),
                    href: href.clone(),
                    ours: person,
                });
            }
        }
    }

    /// Takes deletions out of the steps if they are more than anybody would do unasked.
    fn hold_back(&mut self, cards: usize, is_list_empty: bool) {
        let is_deletion = |step: &Step| match step {
            Step::DeleteHere { .. } | Step::DeleteThere { .. } => true,
            Step::AddHere { .. }
            | Step::UpdateHere { .. }
            | Step::PutNew { .. }
            | Step::Put { .. }
            | Step::Agree { .. }
            | Step::Forget { .. }
            | Step::Split { .. } => false,
        };
        let deletions = self.plan.steps.iter().filter(|step| is_deletion(step)).count();
        let is_suspicious = are_many(deletions, cards) || (is_list_empty && deletions > 0);
        if is_suspicious && deletions > self.here.may_delete {
            let (waiting, steps) = std::mem::take(&mut self.plan.steps).into_iter().partition(is_deletion);
            self.plan.waiting = waiting;
            self.plan.steps = steps;
        }
    }

    fn put(&mut self, pair: &Known, ours: &Ours, card: &TheirCard) {
        self.plan.steps.push(Step::Put {
            contact_id: pair.contact_id.clone(),
            href: pair.href.clone(),
            ours: ours.person,
            etag: card.etag.clone(),
        });
    }

    fn update_here(&mut self, pair: &Known, ours: &Ours) {
        self.plan.steps.push(Step::UpdateHere {
            contact_id: pair.contact_id.clone(),
            href: pair.href.clone(),
            ours: ours.person,
        });
    }

    fn conflict(&mut self, pair: &Known, sides: Sides) {
        self.plan.conflicts.push(Conflict {
            contact_id: pair.contact_id.clone(),
            href: pair.href.clone(),
            sides,
        });
    }

    /// A person's choice, if it was made of just these sides.
    fn decided(&self, pair: &Known, sides: &Sides) -> Option<Choice> {
        let Decision { choice, seen } = self.here.decisions.get(&pair.contact_id)?;
        (seen == sides).then_some(*choice)
    }

    fn has_moved(&self, pair: &Known) -> bool {
        !self.here.known.contains(pair)
    }

    fn is_taken(&self, href: &str) -> bool {
        self.etags.contains_key(href) || matches!(self.theirs.get(href), Some(Theirs::Card(_)))
    }
}

impl Base {
    /// What both agree on after `card` was read as, or made, what is kept here.
    #[must_use]
    pub fn new(etag: Option<String>, card: Digest, theirs: Digest, ours: Digest, uid: Option<String>) -> Self {
        Self {
            etag,
            card,
            theirs,
            ours,
            uid,
        }
    }
}
