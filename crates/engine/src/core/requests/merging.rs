//! Merging contacts: what waits for the disk goes beside the loop, what changes contacts takes the desks along.

use std::collections::BTreeSet;

use super::database_failed;
use crate::api::{ApiError, ApiResult, MergeDraft, Reply};
use crate::core::Core;
use crate::desks::books::Turn;
use crate::view::Event;

impl Core {
    pub(super) fn merge_contacts(&mut self, draft: &MergeDraft) -> ApiResult {
        let people = self.contacts.concerned(draft)?;
        let _turns = self.turns_for(&people)?;
        let merge = self.contacts.merge(draft, self.now())?;
        self.people_moved(&people);
        Ok(Reply::Merge(Box::new(merge)))
    }

    pub(super) fn undo_merge(&mut self, merge_id: &str) -> ApiResult {
        let merge = self.contacts.merge_of(merge_id)?;
        let people: Vec<String> = merge.members.into_iter().map(|contact| contact.id).collect();
        let _turns = self.turns_for(&people)?;
        let restored = self.contacts.undo_merge(merge_id)?;
        self.people_moved(&people);
        Ok(Reply::Unmerged(restored))
    }

    /// No book with a card of these people is gone through meanwhile: a run would put back what it had read before.
    fn turns_for(&self, people: &[String]) -> Result<Vec<Turn>, ApiError> {
        let mut books = BTreeSet::new();
        for person in people {
            books.extend(self.store.book_of_contact(person).map_err(database_failed)?);
        }
        let turns = books.iter().map(|book| {
            let book = self.books.get(Some(book))?;
            self.books.take_turn(&book)
        });
        turns.collect()
    }

    /// Calls and callbacks at the desks are with whom the database has them by now.
    fn people_moved(&mut self, people: &[String]) {
        let now = self.now();
        let is_concerned = |contact: &Option<String>| contact.as_ref().is_some_and(|id| people.contains(id));
        let mut effects = Vec::new();
        for id in self.calls.with_contact(is_concerned) {
            let Ok(Some(call)) = self.store.call(&id) else {
                continue;
            };
            let by_id = call.row.contact.as_deref().and_then(|id| self.contacts.by_id(id));
            let shown = by_id.or_else(|| self.contacts.by_number(call.row.customer.as_ref()?));
            effects.extend(self.calls.moved(&id, call.row.contact, shown, &self.accounts, now));
        }
        let callbacks: Vec<String> = self
            .callbacks
            .rows()
            .filter(|row| is_concerned(&row.contact))
            .map(|row| row.id.clone())
            .collect();
        for id in callbacks {
            if let Ok(Some(row)) = self.store.callback(&id) {
                let dress = self.dress_of(&row);
                effects.extend(self.callbacks.moved(&id, row.contact, dress, now));
            }
        }
        self.perform_all(effects);
        self.emit(Event::Contacts);
    }
}
