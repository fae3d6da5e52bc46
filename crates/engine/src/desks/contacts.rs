//! The desk of contacts: people, their numbers, and who is behind a number.

mod duplicates;
mod finder;
mod found;
mod incoming;
mod merging;
mod plan;

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::Timestamp;
use store::{Contact, ContactMarks, ContactNumber, ContactPlace, NumberOwner, Store, StoreError};
use telephony::{ParsedNumber, PhoneNumber, Region};
use uuid::Uuid;

use duplicates::Duplicates;
use finder::Finder;
pub(crate) use incoming::{Import, LONGEST_FILE, Source, too_long};

use crate::api::{ApiError, ContactDraft, ErrorClass, MarksChange};
use crate::handle::Asker;
use crate::view::{ContactListView, ContactNumberView, ContactPageView, ContactRef, ContactView, SearchRow};
use crate::{typed, words};

pub use merging::{
    CardLeft, DuplicateGroup, DuplicateLink, DuplicateReason, DuplicatesView, MergeField, MergeFieldName,
    MergeObstacle, MergeOption, MergePreview, MergeView,
};

/// Rows of one answer.
const MOST_ROWS: u32 = 1_000;

/// An index of so many people is made within half a second.
const SOON_INDEXED: u32 = 50_000;

/// People and their numbers, all of them in the database, and an index to find them by.
#[derive(Clone)]
pub(crate) struct ContactsDesk {
    store: Store,
    finder: Finder,
    duplicates: Duplicates,
}

impl ContactsDesk {
    /// `index` is the file in which the index is kept between two runs, if it is to be.
    pub(crate) fn new(store: Store, index: Option<PathBuf>) -> Self {
        let finder = Finder::new(store.clone(), index);
        Self {
            store,
            finder,
            duplicates: Duplicates::default(),
        }
    }

    /// Makes or loads the index, so that people are found at each key. Takes seconds in a large directory; people are
    /// found in the database meanwhile.
    pub(crate) fn prepare_search(&self, now: Timestamp) {
        if let Err(error) = self.finder.prepare(now) {
            tracing::warn!(%error, "people are found without an index");
        }
    }

    /// Writes the index down for the next run.
    pub(crate) fn keep_search(&self) {
        self.finder.catch_up();
        self.finder.save();
    }

    /// Somebody was called: they come forward in what is found.
    pub(crate) fn called(&self, contact: &str, now: Timestamp) {
        self.finder.called(contact, now);
    }

    /// Somebody was taken from what a text had found.
    pub(crate) fn chosen(&self, typed: &str, contact: &str, now: Timestamp) -> Result<(), ApiError> {
        let typed = typed.trim();
        if let Some(key) = self.store.keep_search_choice(typed, contact, now).map_err(failed)? {
            self.finder.chosen(typed, key);
        }
        Ok(())
    }

    pub(crate) fn add(&self, draft: &ContactDraft, region: Region) -> Result<ContactView, ApiError> {
        let contact = read_draft(Uuid::now_v7().to_string(), draft, region)?;
        self.store.add_contact(&contact).map_err(failed)?;
        Ok(view(&contact))
    }

    pub(crate) fn update(&self, id: &str, draft: &ContactDraft, region: Region) -> Result<ContactView, ApiError> {
        let known = self.must(id)?;
        let contact = Contact {
            marks: known.marks,
            ..read_draft(known.id, draft, region)?
        };
        self.store.update_contact(&contact).map_err(failed)?;
        Ok(view(&contact))
    }

    /// Changes what a person is marked with; what the change does not name stays.
    pub(crate) fn mark(&self, id: &str, change: &MarksChange, asker: Asker) -> Result<ContactView, ApiError> {
        let mut contact = self.must(id)?;
        let marks = &mut contact.marks;
        // A page makes what stands in the way of a call stricter, not looser.
        if asker == Asker::Page && marks.do_not_call && change.do_not_call == Some(false) {
            return Err(not_by_window(&contact));
        }
        marks.favourite = change.favourite.unwrap_or(marks.favourite);
        marks.do_not_call = change.do_not_call.unwrap_or(marks.do_not_call);
        for tag in &change.remove_tags {
            let tag = typed::line("tag", tag)?;
            marks.tags.retain(|known| *known != tag);
        }
        for tag in &change.add_tags {
            let tag = typed::line("tag", tag)?;
            if tag.is_empty() {
                return Err(ApiError::new(ErrorClass::Usage, "tag_empty"));
            }
            if !marks.tags.contains(&tag) {
                marks.tags.push(tag);
            }
        }
        self.store.mark_contact(&contact.id, &contact.marks).map_err(failed)?;
        Ok(view(&contact))
    }

    /// Whether a person, or somebody who has the number, is not to be called.
    pub(crate) fn is_not_to_be_called(&self, person: Option<&str>, number: &PhoneNumber) -> Result<bool, ApiError> {
        let person = person.map(|id| self.store.contact(id)).transpose().map_err(failed)?;
        if person.flatten().is_some_and(|contact| contact.marks.do_not_call) {
            return Ok(true);
        }
        let with_number = self.store.contacts_with_number(number).map_err(failed)?;
        Ok(with_number.iter().any(|contact| contact.marks.do_not_call))
    }

    pub(crate) fn remove(&self, id: &str, asker: Asker) -> Result<(), ApiError> {
        let contact = self.must(id)?;
        if asker == Asker::Page && contact.marks.do_not_call {
            return Err(not_by_window(&contact));
        }
        self.store.remove_contact(&contact.id).map_err(failed)?;
        Ok(())
    }

    /// By id, or by a name that only one person has.
    pub(crate) fn show(&self, id: &str) -> Result<ContactView, ApiError> {
        Ok(view(&self.must(id)?))
    }

    pub(crate) fn search(&self, query: &str, limit: u32) -> Result<Vec<SearchRow>, ApiError> {
        let limit = limit.clamp(1, MOST_ROWS);
        // All of them by name are in the database in that order.
        if !query.trim().is_empty()
            && let Some(hits) = self.finder.search(query, limit as usize)
        {
            let mut rows = found::rows(&self.store, hits).map_err(failed)?;
            if rows.len() < limit as usize && self.finder.is_behind() {
                self.add_from_database(query, limit, &mut rows)?;
            }
            return Ok(rows);
        }
        let hits = self.store.search_contacts(query, limit).map_err(failed)?;
        Ok(hits.into_iter().map(found::row_of_database).collect())
    }

    /// The same for a program that asks once: from the index that an earlier run has left, if it is of today. It is made
    /// where that is soon done, and where the database, which knows no mistakes and no initials, finds nobody.
    pub(crate) fn search_in_passing(
        &self,
        query: &str,
        limit: u32,
        now: Timestamp,
    ) -> Result<Vec<SearchRow>, ApiError> {
        self.finder.take_kept(now).map_err(failed)?;
        if !self.finder.is_standing() {
            if self.store.list_contacts(0, 0).map_err(failed)?.everybody > SOON_INDEXED {
                let rows = self.search(query, limit)?;
                if !rows.is_empty() {
                    return Ok(rows);
                }
            }
            self.prepare_search(now);
        }
        self.search(query, limit)
    }

    /// Whom the index does not know yet: better late at a key than not there.
    fn add_from_database(&self, query: &str, limit: u32, rows: &mut Vec<SearchRow>) -> Result<(), ApiError> {
        let hits = self.store.search_contacts(query, limit).map_err(failed)?;
        for row in hits.into_iter().map(found::row_of_database) {
            let is_there = |other: &SearchRow| other.contact == row.contact && other.number == row.number;
            if rows.len() < limit as usize && !rows.iter().any(is_there) {
                rows.push(row);
            }
        }
        Ok(())
    }

    /// Favourites by name, each with the first number.
    pub(crate) fn favourites(&self) -> Result<Vec<SearchRow>, ApiError> {
        let contacts = self.store.favourites().map_err(failed)?;
        Ok(contacts.into_iter().map(found::row_of_list).collect())
    }

    /// Everybody with a tag that begins so, by name, each with the first number.
    pub(crate) fn with_tag(&self, tag: &str, limit: u32) -> Result<Vec<SearchRow>, ApiError> {
        let contacts = self.store.contacts_with_tag(tag, limit).map_err(failed)?;
        Ok(contacts.into_iter().map(found::row_of_list).collect())
    }

    /// Whose numbers are called most, each with that number.
    pub(crate) fn in_use(&self, since: Timestamp, limit: u32) -> Result<Vec<SearchRow>, ApiError> {
        let used = self.store.numbers_in_use(since, limit).map_err(failed)?;
        let row = |number: PhoneNumber| -> Result<SearchRow, ApiError> {
            let owner = self.store.owner_of_number(&number).map_err(failed)?;
            Ok(found::row_of_number(owner, number))
        };
        used.into_iter().map(|used| row(used.number)).collect()
    }

    /// When there was a call with a number last.
    pub(crate) fn last_call_with(&self, number: &PhoneNumber) -> Result<Option<Timestamp>, ApiError> {
        self.store.last_call_with(number).map_err(failed)
    }

    pub(crate) fn list(&self, from: u32, limit: u32) -> Result<ContactListView, ApiError> {
        let listing = self.store.list_contacts(from, limit.min(MOST_ROWS)).map_err(failed)?;
        Ok(ContactListView {
            favourites: listing.favourites,
            everybody: listing.everybody,
            rows: listing.contacts.into_iter().map(found::row_of_list).collect(),
        })
    }

    pub(crate) fn page(&self, after: Option<&str>, limit: u32) -> Result<ContactPageView, ApiError> {
        let after = after.map(place).transpose()?;
        let page = self
            .store
            .page_of_contacts(after.as_ref(), limit.clamp(1, MOST_ROWS))
            .map_err(failed)?;
        Ok(ContactPageView {
            contacts: page.contacts.iter().map(view).collect(),
            next: page.next.map(|place| format!("{}:{}", place.key, place.folded_name)),
        })
    }

    /// Who is behind a number, if only known people are.
    pub(crate) fn by_number(&self, number: &PhoneNumber) -> Option<ContactRef> {
        match self.store.owner_of_number(number) {
            Ok(owner) => owner.map(owner_reference),
            Err(error) => {
                tracing::warn!(%error, "a number could not be looked up");
                None
            }
        }
    }

    /// The person of an id.
    pub(crate) fn by_id(&self, id: &str) -> Option<ContactRef> {
        self.store.contact(id).ok().flatten().map(|contact| reference(&contact))
    }

    /// The one person and number that a text means; where it may, as a part of their name or company.
    pub(crate) fn named(&self, text: &str, may_be_part: bool) -> Result<(ContactRef, PhoneNumber), ApiError> {
        let contact = match self.must(text) {
            Ok(contact) => contact,
            Err(error) if error.class == ErrorClass::Usage => return Err(error),
            // Some digits of a number find it in a list, to be chosen there; they are never enough to call it.
            Err(error) if !may_be_part || !text.chars().any(char::is_alphabetic) => return Err(error),
            Err(error) => {
                // Not a whole name: what the search box would find, if it is one person.
                let hits = self.store.search_contacts(text, 50).map_err(failed)?;
                let people: BTreeMap<String, Contact> = hits
                    .into_iter()
                    .map(|hit| (hit.contact.id.clone(), hit.contact))
                    .collect();
                match people.len() {
                    0 => return Err(error),
                    1 => people.into_values().next().ok_or(error)?,
                    _ => return Err(ambiguous(text, people.values())),
                }
            }
        };
        match contact.numbers.as_slice() {
            [only] => Ok((reference(&contact), only.number.clone())),
            [] => Err(ApiError::new(ErrorClass::NothingMatches, "contact_without_number").with("name", &contact.name)),
            several => {
                let numbers: Vec<String> = several.iter().map(|number| number.number.to_string()).collect();
                Err(ApiError::new(ErrorClass::Usage, "contact_has_several_numbers")
                    .with("name", &contact.name)
                    .with("numbers", numbers.join(", ")))
            }
        }
    }

    fn must(&self, text: &str) -> Result<Contact, ApiError> {
        if let Some(contact) = self.store.contact(text).map_err(failed)? {
            return Ok(contact);
        }
        let mut named = self.store.contacts_by_name(text).map_err(failed)?;
        match named.len() {
            0 => Err(nothing_matches(text)),
            1 => Ok(named.remove(0)),
            _ => Err(ambiguous(text, named.iter())),
        }
    }
}

/// Nobody is called so.
pub(crate) fn nothing_matches(text: &str) -> ApiError {
    ApiError::new(ErrorClass::NothingMatches, "nothing_matches").with("text", text)
}

/// Where a page ended, as it was told to whoever asks for the next.
fn place(text: &str) -> Result<ContactPlace, ApiError> {
    let place = text.split_once(':').and_then(|(key, folded_name)| {
        Some(ContactPlace {
            folded_name: folded_name.to_owned(),
            key: key.parse().ok()?,
        })
    });
    place.ok_or_else(|| ApiError::new(ErrorClass::Usage, "not_understood"))
}

/// What a page asks for may be a script's wish: whom not to call is not for it to take back.
fn not_by_window(contact: &Contact) -> ApiError {
    ApiError::new(ErrorClass::Refused, "do_not_call_not_by_window").with("name", &contact.name)
}

fn ambiguous<'c>(text: &str, people: impl Iterator<Item = &'c Contact>) -> ApiError {
    let people: Vec<&Contact> = people.take(5).collect();
    let is_shared = |name: &str| people.iter().filter(|other| other.name == name).count() > 1;
    let told = |contact: &&Contact| {
        let company = contact.company.as_deref();
        let number = contact.numbers.first().map(|own| own.number.as_str());
        let apart: Vec<&str> = company.into_iter().chain(number).collect();
        if apart.is_empty() || !is_shared(&contact.name) {
            return contact.name.clone();
        }
        format!("{} ({})", contact.name, apart.join(", "))
    };
    let names: Vec<String> = people.iter().map(told).collect();
    ApiError::new(ErrorClass::Usage, "contact_not_clear")
        .with("text", text)
        .with("names", names.join(", "))
}

fn read_draft(id: String, draft: &ContactDraft, region: Region) -> Result<Contact, ApiError> {
    let line = |field, value: &Option<String>| typed::line_if_any(field, value.as_deref());
    let company = line("company", &draft.company)?;
    let mut name = typed::line("name", &draft.name)?;
    if name.is_empty() {
        name = company.clone().unwrap_or_default();
    }
    if name.is_empty() {
        return Err(ApiError::new(ErrorClass::Usage, "contact_without_name"));
    }
    let region = match draft.country.as_deref() {
        Some(country) => Region::with_numbers(country)
            .map_err(|_| ApiError::new(ErrorClass::Usage, "country_malformed").with("country", country))?,
        None => region,
    };
    let mut numbers: Vec<ContactNumber> = Vec::new();
    for (text, label) in draft.numbers.iter().filter(|(text, _)| !text.trim().is_empty()) {
        let ParsedNumber { number, extension } = ParsedNumber::parse(text, region).map_err(|problem| {
            ApiError::new(ErrorClass::Usage, "contact_number_invalid")
                .with("number", text)
                .with("why", number_problem(&problem))
        })?;
        if !numbers.iter().any(|known| known.number == number) {
            numbers.push(ContactNumber {
                number,
                label: labelled(line("label", label)?, extension),
            });
        }
    }
    Ok(Contact {
        id,
        name,
        company,
        email: line("email", &draft.email)?,
        note: typed::note_if_any(draft.note.as_deref())?,
        numbers,
        marks: ContactMarks::default(),
    })
}

/// The label of a number with its extension, which is not dialled, and would be lost.
fn labelled(label: Option<String>, extension: Option<String>) -> Option<String> {
    let extension = extension.map(|digits| format!("ext. {digits}"));
    let parts: Vec<String> = label.into_iter().chain(extension).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// Why a text is no number, in words.
pub(crate) fn number_problem(problem: &telephony::NumberProblem) -> String {
    let (key, region) = number_problem_key(problem);
    words::say(
        &format!("number.{key}"),
        &BTreeMap::from([("country".to_owned(), region)]),
    )
}

/// The key of the words for a number's problem, and the country it is about.
pub(crate) fn number_problem_key(problem: &telephony::NumberProblem) -> (&'static str, String) {
    use telephony::NumberProblem as P;
    match problem {
        P::Empty => ("empty", String::new()),
        P::NoDigits => ("no_digits", String::new()),
        P::TooShort { region } => ("too_short", region.to_string()),
        P::TooLong { region } => ("too_long", region.to_string()),
        P::ServiceCode => ("service_code", String::new()),
        P::Emergency { region } => ("emergency", region.to_string()),
        P::ShortNumber { region } => ("short_number", region.to_string()),
        P::Invalid { region } => ("invalid", region.to_string()),
        P::UnknownCountry => ("unknown_country", String::new()),
    }
}

fn view(contact: &Contact) -> ContactView {
    ContactView {
        id: contact.id.clone(),
        name: contact.name.clone(),
        company: contact.company.clone(),
        email: contact.email.clone(),
        note: contact.note.clone(),
        numbers: contact
            .numbers
            .iter()
            .map(|entry| ContactNumberView {
                number: entry.number.clone(),
                label: entry.label.clone(),
                national: entry.number.national(),
                international: entry.number.international(),
                country: entry.number.region().map(|region| region.to_string()),
            })
            .collect(),
        favourite: contact.marks.favourite,
        do_not_call: contact.marks.do_not_call,
        tags: contact.marks.tags.clone(),
        call_from: Vec::new(),
    }
}

fn reference(contact: &Contact) -> ContactRef {
    ContactRef {
        id: contact.id.clone(),
        name: contact.name.clone(),
        company: contact.company.clone(),
        others: 0,
    }
}

/// Whose a number is; of several, what they are not known to have in common is left out.
fn owner_reference(owner: NumberOwner) -> ContactRef {
    let NumberOwner { contact, others } = owner;
    ContactRef {
        company: contact.company.filter(|_| others == 0),
        id: contact.id,
        name: contact.name,
        others,
    }
}

fn failed(error: StoreError) -> ApiError {
    ApiError::new(ErrorClass::Failed, "database_failed").with("why", error)
}
