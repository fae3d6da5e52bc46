//! Making one contact of several: what it would be, doing it, and taking it back.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use directory::duplicates::{Field, Reason, merge};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use specta::Type;
use store::{Contact, ContactMarks, ContactNumber, Merge, NotUndoable, StoreError, StoredMerge};
use telephony::PhoneNumber;
use uuid::Uuid;

use super::{ContactsDesk, failed, nothing_matches, view};
use crate::api::{ApiError, ErrorClass, MergeDraft};
use crate::view::ContactView;

/// Groups of one answer.
const MOST_GROUPS: u32 = 100;

/// Contacts of one merge: more is a mistake rather than a person.
const MOST_MEMBERS: usize = 50;

/// A stretch of the groups of contacts that are probably one person each.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DuplicatesView {
    /// How many groups there are.
    pub total: u32,
    pub groups: Vec<DuplicateGroup>,
}

/// Contacts that are probably one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DuplicateGroup {
    /// The one known longest first.
    pub contacts: Vec<ContactView>,
    pub links: Vec<DuplicateLink>,
}

/// Why two contacts are probably one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DuplicateLink {
    pub first: String,
    pub second: String,
    pub reason: DuplicateReason,
}

/// What two contacts have in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DuplicateReason {
    SameNumber { number: PhoneNumber, international: String },
    SameEmail { email: String },
    SameNameAndCompany,
}

/// What a merge would make.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct MergePreview {
    /// Under the id of the first.
    pub contact: ContactView,
    /// What can have only one value and has one somewhere.
    pub fields: Vec<MergeField>,
    /// Those whose card on a server stays there as it is and is passed over from now on.
    pub cards_left: Vec<CardLeft>,
}

/// One field, which value it gets, and what the others are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct MergeField {
    pub field: MergeFieldName,
    pub value: String,
    /// Id of the contact whose value it is.
    pub from: String,
    /// Each value once.
    pub options: Vec<MergeOption>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct MergeOption {
    pub contact_id: String,
    pub value: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum MergeFieldName {
    Name,
    Company,
    Email,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CardLeft {
    pub contact_id: String,
    /// Name of the address book.
    pub book: String,
}

/// A merge that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct MergeView {
    pub merge_id: String,
    #[specta(type = String)]
    pub merged_at: Timestamp,
    /// What the first became.
    pub contact: ContactView,
    /// As they were, the first one first.
    pub members: Vec<ContactView>,
    /// Why it can no longer be undone.
    pub obstacle: Option<MergeObstacle>,
}

/// Why a merge cannot be undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum MergeObstacle {
    MergedFurther,
    Removed,
    NumbersChanged,
}

/// Contacts that are to be one, and what they would be.
struct Proposal {
    members: Vec<Contact>,
    contact: Contact,
    fields: Vec<MergeField>,
}

impl ContactsDesk {
    /// Waits for the disk, for seconds in a large directory that has changed.
    pub(crate) fn duplicates(&self, from: u32, limit: u32) -> Result<DuplicatesView, ApiError> {
        let groups = self.duplicates.groups(&self.store).map_err(failed)?;
        let total = u32::try_from(groups.len()).unwrap_or(u32::MAX);
        let wanted = groups
            .into_iter()
            .skip(from as usize)
            .take(limit.min(MOST_GROUPS) as usize);
        let mut views = Vec::new();
        for group in wanted {
            let mut contacts: BTreeMap<i64, Contact> = BTreeMap::new();
            for row in group.members {
                if let Some(contact) = self.store.contact_of_key(row).map_err(failed)? {
                    contacts.insert(row, contact);
                }
            }
            let links = group.links.into_iter().filter_map(|link| {
                Some(DuplicateLink {
                    first: contacts.get(&link.first)?.id.clone(),
                    second: contacts.get(&link.second)?.id.clone(),
                    reason: reason(link.reason),
                })
            });
            let links = links.collect();
            views.push(DuplicateGroup {
                contacts: contacts.values().map(view).collect(),
                links,
            });
        }
        Ok(DuplicatesView { total, groups: views })
    }

    pub(crate) fn preview_merge(&self, draft: &MergeDraft) -> Result<MergePreview, ApiError> {
        let proposal = self.propose(draft)?;
        Ok(MergePreview {
            cards_left: self.cards_left(&proposal.members)?,
            contact: view(&proposal.contact),
            fields: proposal.fields,
        })
    }

    pub(crate) fn merge(&self, draft: &MergeDraft, now: Timestamp) -> Result<MergeView, ApiError> {
        let Proposal { members, contact, .. } = self.propose(draft)?;
        let mut rows = Vec::new();
        for member in &members {
            rows.extend(self.store.contact_key(&member.id).map_err(failed)?);
        }
        let made = Merge {
            id: Uuid::now_v7().to_string(),
            at: now,
            members,
            contact,
        };
        let merge = made.clone();
        self.duplicates
            .through(
                &self.store,
                || self.store.merge_contacts(merge),
                |merged| {
                    if let Some((survivor, others)) = rows.split_first() {
                        merged.extend(others.iter().map(|row| (*row, *survivor)));
                    }
                },
            )
            .map_err(|error| self.refused(error))?;
        Ok(merge_view(&StoredMerge {
            id: made.id,
            at: made.at,
            members: made.members,
            contact: made.contact,
            obstacle: None,
        }))
    }

    pub(crate) fn merges(&self, limit: u32) -> Result<Vec<MergeView>, ApiError> {
        let merges = self.store.merges(limit.min(super::MOST_ROWS)).map_err(failed)?;
        Ok(merges.iter().map(merge_view).collect())
    }

    /// Everybody who is there again.
    pub(crate) fn undo_merge(&self, merge_id: &str) -> Result<Vec<ContactView>, ApiError> {
        let restored = self
            .duplicates
            .through(
                &self.store,
                || {
                    let restored = self.store.undo_merge(merge_id)?;
                    let mut rows = Vec::new();
                    for contact in &restored {
                        rows.extend(self.store.contact_key(&contact.id)?);
                    }
                    Ok((restored, rows))
                },
                |_| {},
            )
            .map_err(|error| self.refused(error));
        let (restored, rows) = restored?;
        self.duplicates.part(&rows);
        Ok(restored.iter().map(view).collect())
    }

    pub(crate) fn set_distinct(&self, ids: &[String]) -> Result<(), ApiError> {
        let ids: Vec<String> = self.all(ids)?.into_iter().map(|contact| contact.id).collect();
        self.store.set_distinct(&ids).map_err(|error| self.refused(error))
    }

    /// Ids of whom a merge is about, whoever of them is there now.
    pub(crate) fn concerned(&self, draft: &MergeDraft) -> Result<Vec<String>, ApiError> {
        Ok(self
            .all(&draft.contact_ids)?
            .into_iter()
            .map(|contact| contact.id)
            .collect())
    }

    pub(crate) fn merge_of(&self, merge_id: &str) -> Result<MergeView, ApiError> {
        let merge = self.store.merge(merge_id).map_err(failed)?;
        merge.as_ref().map(merge_view).ok_or_else(|| no_such_merge(merge_id))
    }

    /// Two or more different contacts, by id or name.
    fn all(&self, named: &[String]) -> Result<Vec<Contact>, ApiError> {
        let mut contacts: Vec<Contact> = Vec::new();
        for text in named {
            let contact = self.must(text)?;
            if !contacts.iter().any(|known| known.id == contact.id) {
                contacts.push(contact);
            }
        }
        match contacts.len() {
            0 | 1 => Err(ApiError::new(ErrorClass::Usage, "merge_needs_two")),
            count if count > MOST_MEMBERS => {
                Err(ApiError::new(ErrorClass::Usage, "merge_too_many").with("most", MOST_MEMBERS))
            }
            _ => Ok(contacts),
        }
    }

    fn propose(&self, draft: &MergeDraft) -> Result<Proposal, ApiError> {
        let members = self.all(&draft.contact_ids)?;
        let cards: Vec<directory::Contact> = members.iter().map(card).collect();
        let merged = merge(&cards);
        if let Some(left_out) = merged.notes_left_out.first().and_then(|place| members.get(*place)) {
            return Err(ApiError::new(ErrorClass::Refused, "merge_notes_too_long").with("name", &left_out.name));
        }
        let of = |field| {
            let choice = merged.choices.iter().find(|choice| choice.field == field);
            choice.and_then(|choice| members.get(choice.from))
        };
        let with_email = members.iter().find(|contact| contact.email.is_some());
        let mut fields = Vec::new();
        for (name, proposed) in [
            (MergeFieldName::Name, of(Field::Name)),
            (MergeFieldName::Company, of(Field::Company)),
            (MergeFieldName::Email, with_email),
        ] {
            let kept = draft
                .keep
                .get(&name)
                .map(|wanted| kept(&members, name, wanted))
                .transpose()?;
            let Some(from) = kept.or(proposed) else { continue };
            let Some(value) = value_of(from, name) else { continue };
            fields.push(MergeField {
                field: name,
                value: value.to_owned(),
                from: from.id.clone(),
                options: options(&members, name),
            });
        }
        let value = |name| {
            let field = fields.iter().find(|field| field.field == name);
            field.map(|field| field.value.clone())
        };
        let email = value(MergeFieldName::Email);
        // A contact has one address here: what finds no place is kept in words.
        let others = merged.contact.emails.iter();
        let others = others.filter(|other| email.as_ref().is_none_or(|email| !email.eq_ignore_ascii_case(other)));
        let note: Vec<String> = merged.contact.note.iter().chain(others).cloned().collect();
        let marks = members.iter().map(|contact| &contact.marks);
        let contact = Contact {
            id: members[0].id.clone(),
            name: value(MergeFieldName::Name).unwrap_or_default(),
            company: value(MergeFieldName::Company),
            email,
            note: (!note.is_empty()).then(|| note.join("\n")),
            numbers: merged
                .contact
                .numbers
                .iter()
                .map(|entry| ContactNumber {
                    number: entry.number.clone(),
                    label: entry.label.clone(),
                })
                .collect(),
            marks: ContactMarks {
                favourite: marks.clone().any(|marks| marks.favourite),
                // Said of one, it is said of the person.
                do_not_call: marks.clone().any(|marks| marks.do_not_call),
                tags: merged.contact.tags.clone(),
            },
        };
        Ok(Proposal {
            members,
            contact,
            fields,
        })
    }

    fn cards_left(&self, members: &[Contact]) -> Result<Vec<CardLeft>, ApiError> {
        let mut with_cards = Vec::new();
        for member in members {
            if let Some(book) = self.store.book_of_contact(&member.id).map_err(failed)? {
                with_cards.push((member, book));
            }
        }
        // The first card is the one's.
        let left = with_cards.split_first().map(|(_, left)| left).unwrap_or_default();
        if left.is_empty() {
            return Ok(Vec::new());
        }
        let books = self.store.books().map_err(failed)?;
        let left = left.iter().filter_map(|(member, book)| {
            let book = books.iter().find(|known| known.id == *book)?;
            Some(CardLeft {
                contact_id: member.id.clone(),
                book: book.name.clone(),
            })
        });
        Ok(left.collect())
    }

    /// What the database would not do, in words.
    fn refused(&self, error: StoreError) -> ApiError {
        let name = |id: &str| self.by_id(id).map_or_else(|| id.to_owned(), |contact| contact.name);
        match &error {
            StoreError::NoSuchContact(id) => nothing_matches(id),
            StoreError::ContactChanged(id) => {
                ApiError::new(ErrorClass::Refused, "merge_contact_changed").with("name", name(id))
            }
            StoreError::ContactInConflict(id) => {
                ApiError::new(ErrorClass::Refused, "merge_contact_in_conflict").with("name", name(id))
            }
            StoreError::ContactBeingImported(id) => {
                ApiError::new(ErrorClass::Refused, "merge_contact_being_imported").with("name", name(id))
            }
            StoreError::NoSuchMerge(id) => no_such_merge(id),
            StoreError::NotUndoable { why, .. } => {
                let code = match why {
                    NotUndoable::MergedFurther => "merge_merged_further",
                    NotUndoable::Removed => "merge_removed",
                    NotUndoable::NumbersChanged => "merge_numbers_changed",
                };
                ApiError::new(ErrorClass::Refused, code)
            }
            StoreError::Newer { .. }
            | StoreError::Damaged { .. }
            | StoreError::IntentTaken
            | StoreError::DispatchNotPossible { .. }
            | StoreError::NoSuchCall(_)
            | StoreError::NoSuchCallback(_)
            | StoreError::NoReminderDue(_)
            | StoreError::File { .. }
            | StoreError::Unreadable { .. }
            | StoreError::Sqlite(_)
            | StoreError::Migration(_)
            | StoreError::ImportBrokenOff
            | StoreError::WriterStopped => failed(error),
        }
    }
}

fn no_such_merge(id: &str) -> ApiError {
    ApiError::new(ErrorClass::NothingMatches, "no_such_merge").with("merge", id)
}

/// Whose value is kept: named by id, or by the place in the list, counted from 1.
fn kept<'m>(members: &'m [Contact], field: MergeFieldName, wanted: &str) -> Result<&'m Contact, ApiError> {
    let by_place = wanted.parse::<usize>().ok().and_then(|place| place.checked_sub(1));
    let named = members.iter().find(|contact| contact.id == wanted);
    let contact = named.or_else(|| members.get(by_place?));
    contact
        .filter(|contact| value_of(contact, field).is_some())
        .ok_or_else(|| ApiError::new(ErrorClass::Usage, "merge_keep_unknown").with("wanted", wanted))
}

fn value_of(contact: &Contact, field: MergeFieldName) -> Option<&str> {
    let value = match field {
        MergeFieldName::Name => Some(contact.name.as_str()),
        MergeFieldName::Company => contact.company.as_deref(),
        MergeFieldName::Email => contact.email.as_deref(),
    };
    value.filter(|value| !value.is_empty())
}

fn options(members: &[Contact], field: MergeFieldName) -> Vec<MergeOption> {
    let mut options: Vec<MergeOption> = Vec::new();
    for member in members {
        let Some(value) = value_of(member, field) else { continue };
        if !options.iter().any(|known| known.value == value) {
            options.push(MergeOption {
                contact_id: member.id.clone(),
                value: value.to_owned(),
            });
        }
    }
    options
}

fn card(contact: &Contact) -> directory::Contact {
    let numbers = contact.numbers.iter().map(|entry| directory::ContactNumber {
        number: entry.number.clone(),
        extension: None,
        label: entry.label.clone(),
    });
    directory::Contact {
        name: contact.name.clone(),
        company: contact.company.clone(),
        emails: contact.email.iter().cloned().collect(),
        note: contact.note.clone(),
        tags: contact.marks.tags.clone(),
        numbers: numbers.collect(),
        ..directory::Contact::default()
    }
}

fn reason(reason: Reason) -> DuplicateReason {
    match reason {
        Reason::Number { number, .. } => DuplicateReason::SameNumber {
            international: number.international(),
            number,
        },
        Reason::Email(email) => DuplicateReason::SameEmail { email },
        Reason::NameAndCompany { .. } => DuplicateReason::SameNameAndCompany,
    }
}

fn merge_view(merge: &StoredMerge) -> MergeView {
    MergeView {
        merge_id: merge.id.clone(),
        merged_at: merge.at,
        contact: view(&merge.contact),
        members: merge.members.iter().map(view).collect(),
        obstacle: merge.obstacle.map(|obstacle| match obstacle {
            NotUndoable::MergedFurther => MergeObstacle::MergedFurther,
            NotUndoable::Removed => MergeObstacle::Removed,
            NotUndoable::NumbersChanged => MergeObstacle::NumbersChanged,
        }),
    }
}
