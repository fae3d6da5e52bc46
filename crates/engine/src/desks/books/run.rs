//! One run through a book: list, read, plan, and one step after the other, each kept before the next begins.

use std::collections::{BTreeMap, BTreeSet};

use carddav::{Book, Fetched, Problem, RemoteCard};
use directory::sync::{Digest, Listed, Person, Plan, Step, TheirCard, Theirs, look, plan};
use directory::vcard;
use jiff::Timestamp;
use store::{BookCard, BookChange, BookConflict, BookRow, Contact, Store};
use telephony::Region;
use uuid::Uuid;

use super::database_failed;
use super::present::BookReport;
use super::sides::{self, Snapshot};
use crate::api::ApiError;

/// How often a run looks again because something changed on the way.
const ROUNDS: u32 = 3;

/// How a run is wanted.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct RunWish {
    /// Read every card, whatever the server says of versions.
    pub(crate) thorough: bool,
    /// How many deletions a person has agreed to.
    pub(crate) may_delete: usize,
}

/// A run through a book.
pub(crate) struct Run {
    pub(crate) store: Store,
    pub(crate) book: BookRow,
    pub(crate) remote: Book,
    pub(crate) country: Region,
    pub(crate) wish: RunWish,
    pub(crate) now: Timestamp,
}

/// What came of a step.
enum Outcome {
    Done,
    /// One side is not any more what the step was for.
    Again,
}

/// Why a step was not done.
enum Hindrance {
    Server(Problem),
    Here(ApiError),
    /// The card is written in a way that is not ours to change.
    Card(vcard::NotKept),
}

impl From<Problem> for Hindrance {
    fn from(problem: Problem) -> Self {
        Self::Server(problem)
    }
}

/// What was read in this round.
struct Read {
    listed: Vec<Listed>,
    theirs: BTreeMap<String, Theirs>,
    cards: BTreeMap<String, RemoteCard>,
}

impl Run {
    /// Goes through the book, and keeps what that came to.
    ///
    /// # Errors
    /// When the database fails. What the server does not do is in the report.
    pub(crate) async fn run(self) -> Result<BookReport, ApiError> {
        let mut report = BookReport {
            book: self.book.name.clone(),
            ..BookReport::default()
        };
        for _ in 0..ROUNDS {
            report.is_unfinished = false;
            match self.round(&mut report).await {
                Ok(Outcome::Done) => break,
                Ok(Outcome::Again) => report.is_unfinished = true,
                Err(Hindrance::Server(problem)) => {
                    report.failure = Some(problem.to_string());
                    break;
                }
                Err(Hindrance::Here(error)) => return Err(error),
                Err(Hindrance::Card(problem)) => {
                    report.failure = Some(problem.to_string());
                    break;
                }
            }
        }
        let text = serde_json::to_string(&report).unwrap_or_default();
        let (book_id, now) = (self.book.id.clone(), self.now);
        self.kept(move |store| store.note_run(&book_id, now, &text)).await?;
        Ok(report)
    }

    async fn round(&self, report: &mut BookReport) -> Result<Outcome, Hindrance> {
        let snapshot = self.snapshot().await.map_err(Hindrance::Here)?;
        let read = self.read(&snapshot).await?;
        let plan = plan(&snapshot.here, &read.listed, &read.theirs);
        self.keep_conflicts(&snapshot, &read, &plan)
            .await
            .map_err(Hindrance::Here)?;
        self.tell(&snapshot, &read, &plan, report);
        let mut is_changed = false;
        for step in &plan.steps {
            match self.step(step, &snapshot, &read).await {
                Ok(Outcome::Done) => {
                    count(step, report);
                    // Ours has no card yet.
                    is_changed |= matches!(step, Step::Split { .. });
                }
                Ok(Outcome::Again) => is_changed = true,
                Err(Hindrance::Here(error)) => return Err(Hindrance::Here(error)),
                Err(Hindrance::Server(problem)) if problem.ends_run() => return Err(Hindrance::Server(problem)),
                Err(Hindrance::Server(problem)) => report.not_written.push(said(&snapshot, step, &problem)),
                Err(Hindrance::Card(problem)) => report.not_written.push(said(&snapshot, step, &problem)),
            }
        }
        Ok(if is_changed { Outcome::Again } else { Outcome::Done })
    }

    async fn snapshot(&self) -> Result<Snapshot, ApiError> {
        let (book, country, remote) = (self.book.clone(), self.country, self.remote.clone());
        let may_delete = self.wish.may_delete;
        self.kept(move |store| Snapshot::read(store, &book, country, may_delete, |name| remote.place_for(name)))
            .await
    }

    async fn read(&self, snapshot: &Snapshot) -> Result<Read, Problem> {
        let listed: Vec<Listed> = self
            .remote
            .list()
            .await?
            .into_iter()
            // Whose contact is part of another by now: neither somebody new nor somebody deleted.
            .filter(|card| !snapshot.state.passed_over.contains(&card.href))
            .map(|card| Listed {
                href: card.href,
                etag: card.etag,
            })
            .collect();
        let wanted = look(&snapshot.here, &listed, self.wish.thorough);
        let (mut theirs, mut cards) = (BTreeMap::new(), BTreeMap::new());
        for (href, fetched) in self.remote.fetch(&wanted).await? {
            let told = match fetched {
                Fetched::Gone => Theirs::Gone,
                Fetched::Unclear => Theirs::Unclear,
                Fetched::Card(card) => {
                    let told = TheirCard {
                        etag: card.etag.clone(),
                        card: Digest::of_card(&card.text),
                        person: self.person_of(&card.text).map(|person| person.digest()),
                        uid: Person::uid_of(&card.text),
                    };
                    cards.insert(href.clone(), card);
                    Theirs::Card(told)
                }
            };
            theirs.insert(href, told);
        }
        Ok(Read { listed, theirs, cards })
    }

    /// Keeps what waits for a decision. What could not be looked at now, or is about to be carried out, stays as it was.
    async fn keep_conflicts(&self, snapshot: &Snapshot, read: &Read, plan: &Plan) -> Result<(), ApiError> {
        let mut found: Vec<BookConflict> = plan
            .conflicts
            .iter()
            .map(|conflict| BookConflict {
                contact_id: conflict.contact_id.clone(),
                href: conflict.href.clone(),
                ours: snapshot
                    .contacts
                    .get(&conflict.contact_id)
                    .map(|ours| sides::to_json(&sides::person(ours))),
                theirs: read.cards.get(&conflict.href).map(|card| card.text.clone()),
                found_at: self.now,
                choice: None,
            })
            .collect();
        let open: BTreeSet<&str> = plan
            .conflicts
            .iter()
            .map(|conflict| conflict.contact_id.as_str())
            .collect();
        let steps = plan.steps.iter().chain(&plan.waiting);
        let at_hand: BTreeSet<&str> = steps.filter_map(contact_of).collect();
        let stays = |conflict: &&BookConflict| {
            !open.contains(conflict.contact_id.as_str())
                && (at_hand.contains(conflict.contact_id.as_str())
                    || plan.unclear.contains(&conflict.href)
                    || plan.unreadable.contains(&conflict.href)
                    || plan.steps.contains(&Step::AddHere {
                        href: conflict.href.clone(),
                    }))
        };
        found.extend(snapshot.state.conflicts.iter().filter(stays).cloned());
        let book_id = self.book.id.clone();
        self.kept(move |store| store.set_conflicts(&book_id, found)).await
    }

    fn tell(&self, snapshot: &Snapshot, read: &Read, plan: &Plan, report: &mut BookReport) {
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        report.conflicts = number(plan.conflicts.len());
        report.unclear = number(plan.unclear.len());
        report.unreadable = number(plan.unreadable.len());
        report.not_written.clear();
        report.to_delete_here.clear();
        report.to_delete_there.clear();
        for step in &plan.waiting {
            match step {
                Step::DeleteHere { contact_id, .. } => {
                    let name = snapshot.contacts.get(contact_id).map(|contact| contact.name.clone());
                    report.to_delete_here.extend(name);
                }
                Step::DeleteThere { href, .. } => {
                    let person = read.cards.get(href).and_then(|card| self.person_of(&card.text));
                    report.to_delete_there.extend(person.map(|person| person.name));
                }
                Step::AddHere { .. }
                | Step::UpdateHere { .. }
                | Step::PutNew { .. }
                | Step::Put { .. }
                | Step::Agree { .. }
                | Step::Forget { .. }
                | Step::Split { .. } => {}
            }
        }
    }

    async fn step(&self, step: &Step, snapshot: &Snapshot, read: &Read) -> Result<Outcome, Hindrance> {
        let change = match step {
            Step::AddHere { href } => {
                let Some((contact, card)) = self.newcomer(href, read) else {
                    return Ok(Outcome::Again);
                };
                BookChange::Add { contact, card }
            }
            Step::UpdateHere { contact_id, href, .. } => {
                let (Some(before), Some((card, person))) = (snapshot.contacts.get(contact_id), self.card(href, read))
                else {
                    return Ok(Outcome::Again);
                };
                let contact = sides::contact(contact_id, &person, Some(before));
                BookChange::Update {
                    expected: before.clone(),
                    card: agreed(contact_id, href, Some(&card.etag), &card.text, &contact),
                    contact,
                }
            }
            Step::DeleteHere { contact_id, .. } => {
                let Some(expected) = snapshot.contacts.get(contact_id).cloned() else {
                    return Ok(Outcome::Again);
                };
                BookChange::Delete { expected }
            }
            Step::PutNew { contact_id, href, .. } => return self.put_new(contact_id, href, snapshot).await,
            Step::Put {
                contact_id, href, etag, ..
            } => {
                let (Some(ours), Some(card)) = (snapshot.contacts.get(contact_id), read.cards.get(href)) else {
                    return Ok(Outcome::Again);
                };
                let text = self.edited(&card.text, ours)?;
                let written = match self.remote.replace(href, etag, &text).await {
                    Err(Problem::Changed | Problem::NotFound) => return Ok(Outcome::Again),
                    written => written?,
                };
                BookChange::Agree {
                    card: agreed(contact_id, href, written.as_deref(), &text, ours),
                }
            }
            Step::DeleteThere { contact_id, href, etag } => {
                match self.remote.delete(href, etag).await {
                    Err(Problem::Changed) => return Ok(Outcome::Again),
                    deleted => deleted?,
                }
                BookChange::Forget {
                    contact_id: contact_id.clone(),
                }
            }
            Step::Agree { contact_id, href, .. } => {
                let (Some(ours), Some(card)) = (snapshot.contacts.get(contact_id), read.cards.get(href)) else {
                    return Ok(Outcome::Again);
                };
                BookChange::Agree {
                    card: agreed(contact_id, href, Some(&card.etag), &card.text, ours),
                }
            }
            Step::Forget { contact_id, .. } => BookChange::Forget {
                contact_id: contact_id.clone(),
            },
            Step::Split {
                contact_id,
                href,
                new_href,
            } => {
                let (Some(expected), Some((contact, card))) =
                    (snapshot.contacts.get(contact_id).cloned(), self.newcomer(href, read))
                else {
                    return Ok(Outcome::Again);
                };
                BookChange::Split {
                    expected,
                    new_href: new_href.clone(),
                    contact,
                    card,
                }
            }
        };
        self.keep(change).await
    }

    /// Says that a card will be sent, sends it, and says that it is there: a crash between any two is told by its place.
    async fn put_new(&self, contact_id: &str, href: &str, snapshot: &Snapshot) -> Result<Outcome, Hindrance> {
        let Some(ours) = snapshot.contacts.get(contact_id) else {
            return Ok(Outcome::Again);
        };
        let known = snapshot.state.cards.iter().find(|card| card.contact_id == contact_id);
        let text = match known.and_then(|card| card.agreed.as_ref()) {
            // The card that was deleted there, with all that was in it.
            Some((before, _)) => self.edited(before, ours)?,
            None => sides::person(ours).to_card(uid_of(href), &self.revised()),
        };
        if known.is_none_or(|card| card.href != *href) {
            let intend = BookChange::Intend {
                expected: ours.clone(),
                href: href.to_owned(),
            };
            if let Outcome::Again = self.keep(intend).await? {
                return Ok(Outcome::Again);
            }
        }
        let written = match self.remote.create(href, &text).await {
            Err(Problem::Changed) => return Ok(Outcome::Again),
            written => written?,
        };
        let card = agreed(contact_id, href, written.as_deref(), &text, ours);
        self.keep(BookChange::Agree { card }).await
    }

    fn edited(&self, card: &str, ours: &Contact) -> Result<String, Hindrance> {
        vcard::edit(card, &sides::person(ours), Some(self.country), &self.revised()).map_err(Hindrance::Card)
    }

    fn revised(&self) -> String {
        self.now.strftime("%Y%m%dT%H%M%SZ").to_string()
    }

    fn person_of(&self, card: &str) -> Option<Person> {
        Person::of_card(card, Some(self.country))
    }

    fn card<'r>(&self, href: &str, read: &'r Read) -> Option<(&'r RemoteCard, Person)> {
        let card = read.cards.get(href)?;
        Some((card, self.person_of(&card.text)?))
    }

    /// Somebody who is new here, with the card.
    fn newcomer(&self, href: &str, read: &Read) -> Option<(Contact, BookCard)> {
        let (card, person) = self.card(href, read)?;
        let contact = sides::contact(&Uuid::now_v7().to_string(), &person, None);
        let card = agreed(&contact.id, href, Some(&card.etag), &card.text, &contact);
        Some((contact, card))
    }

    async fn keep(&self, change: BookChange) -> Result<Outcome, Hindrance> {
        let book_id = self.book.id.clone();
        let kept = self.kept(move |store| store.change_book(&book_id, change)).await;
        Ok(if kept.map_err(Hindrance::Here)? {
            Outcome::Done
        } else {
            Outcome::Again
        })
    }

    /// Work on the database, on a thread that may wait.
    async fn kept<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Store) -> Result<T, store::StoreError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let store = self.store.clone();
        match tokio::task::spawn_blocking(move || work(&store)).await {
            Ok(done) => done.map_err(database_failed),
            Err(_) => Err(database_failed(store::StoreError::WriterStopped)),
        }
    }
}

fn agreed(contact_id: &str, href: &str, etag: Option<&str>, card: &str, ours: &Contact) -> BookCard {
    BookCard {
        contact_id: contact_id.to_owned(),
        href: href.to_owned(),
        etag: etag.map(str::to_owned),
        agreed: Some((card.to_owned(), sides::to_json(&sides::person(ours)))),
    }
}

/// What a new card calls its person: after its place, so that no two cards share it.
fn uid_of(href: &str) -> &str {
    let name = href.rsplit('/').next().unwrap_or(href);
    name.strip_suffix(".vcf").unwrap_or(name)
}

fn contact_of(step: &Step) -> Option<&str> {
    match step {
        Step::AddHere { .. } => None,
        Step::UpdateHere { contact_id, .. }
        | Step::DeleteHere { contact_id, .. }
        | Step::PutNew { contact_id, .. }
        | Step::Put { contact_id, .. }
        | Step::DeleteThere { contact_id, .. }
        | Step::Agree { contact_id, .. }
        | Step::Forget { contact_id, .. }
        | Step::Split { contact_id, .. } => Some(contact_id),
    }
}

fn count(step: &Step, report: &mut BookReport) {
    match step {
        Step::AddHere { .. } | Step::Split { .. } => report.here.added += 1,
        Step::UpdateHere { .. } => report.here.changed += 1,
        Step::DeleteHere { .. } => report.here.deleted += 1,
        Step::PutNew { .. } => report.there.added += 1,
        Step::Put { .. } => report.there.changed += 1,
        Step::DeleteThere { .. } => report.there.deleted += 1,
        Step::Agree { .. } | Step::Forget { .. } => {}
    }
}

fn said(snapshot: &Snapshot, step: &Step, why: &dyn std::fmt::Display) -> String {
    let name = contact_of(step)
        .and_then(|id| snapshot.contacts.get(id))
        .map(|contact| contact.name.as_str());
    format!("{}: {why}", name.unwrap_or("a deleted contact"))
}
