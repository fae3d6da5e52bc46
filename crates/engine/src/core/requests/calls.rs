//! Calls as they are shown, and what may be written on them.

use jiff::Timestamp;
use store::{CallFilter, Entry};

use super::{FIRST_PAGE, database_failed};
use crate::api::ApiError;
use crate::core::{Core, Ended};
use crate::desks::calls::{CallRecord, no_such_call, view_of};
use crate::effect::{Answer, Effect};
use crate::typed;
use crate::view::{CallView, Snapshot};

impl Core {
    pub(in crate::core) fn snapshot(&self) -> Result<Snapshot, ApiError> {
        Ok(Snapshot {
            told: self.events.told(),
            status: self.status(),
            accounts: self.account_views(),
            history: self.history(FIRST_PAGE, None, None)?,
            settings: self.settings(),
            drafts: self.drafts.clone(),
            callbacks: self.callbacks.views(self.now()),
            callback_counts: self.callbacks.counts(self.now()),
            alerts: self.alerts.views(),
        })
    }

    pub(in crate::core) fn history(
        &self,
        limit: u32,
        since: Option<Timestamp>,
        contact: Option<String>,
    ) -> Result<Vec<CallView>, ApiError> {
        let now = self.now();
        let stored = self
            .store
            .calls(&CallFilter { limit, since, contact })
            .map_err(database_failed)?;
        Ok(stored
            .into_iter()
            .map(|call| match self.calls.get(&call.row.id) {
                // The desk knows more of it than the journal: who it is with, how it is watched.
                Some(record) => view_of(record, self.accounts.by_id(&record.stored.row.account_id), now),
                None => {
                    let mut record = CallRecord::from_stored(call, now);
                    self.dress(&mut record);
                    view_of(&record, self.accounts.by_id(&record.stored.row.account_id), now)
                }
            })
            .collect())
    }

    pub(in crate::core) fn show_call(&self, id: &str) -> Result<CallView, ApiError> {
        let now = self.now();
        let read;
        let record = match self.calls.get(id) {
            Some(record) => record,
            None => {
                let stored = self
                    .store
                    .call(id)
                    .map_err(database_failed)?
                    .ok_or_else(|| no_such_call(id))?;
                let mut record = CallRecord::from_stored(stored, now);
                self.dress(&mut record);
                read = record;
                &read
            }
        };
        let mut view = view_of(record, self.accounts.by_id(&record.stored.row.account_id), now);
        let mut facts: Vec<_> = record.facts.iter().cloned().collect();
        facts.sort_by_key(|fact| fact.received_at);
        view.facts = Some(facts);
        Ok(view)
    }

    pub(in crate::core) fn set_note(
        &mut self,
        call: &str,
        note: String,
        answer: Answer,
        now: Timestamp,
    ) -> Option<Ended> {
        if let Err(error) = typed::note_if_any(Some(&note)) {
            return self.go_on(vec![Effect::Answer(answer, Err(error))]);
        }
        let note = Some(note).filter(|note| !note.trim().is_empty());
        let entry = Entry::Note {
            call: call.to_owned(),
            note: note.clone(),
        };
        self.annotate(call, entry, answer, now, |record| record.stored.note = note)
    }

    pub(in crate::core) fn annotate(
        &mut self,
        call: &str,
        entry: Entry,
        answer: Answer,
        now: Timestamp,
        change: impl FnOnce(&mut CallRecord),
    ) -> Option<Ended> {
        // Whatever it is that stands in the way, the desk says that there is no such call.
        if let Err(error) = self.have_at_desk(call, now) {
            tracing::debug!(%error, call, "a call that is to be written on");
        }
        let effects = self.calls.annotate(call, entry, &self.accounts, answer, now, change);
        self.go_on(effects)
    }

    /// Takes up a call that ended long ago, so that it can be written on and asked about.
    pub(in crate::core) fn have_at_desk(&mut self, call: &str, now: Timestamp) -> Result<(), ApiError> {
        if self.calls.get(call).is_some() {
            return Ok(());
        }
        let stored = self.store.call(call).map_err(database_failed)?;
        let mut record = CallRecord::from_stored(stored.ok_or_else(|| no_such_call(call))?, now);
        self.dress(&mut record);
        let effects = self.calls.take_up(record, &self.accounts, now);
        self.perform_all(effects);
        Ok(())
    }

    pub(in crate::core) fn mark_ended(&mut self, call: &str, answer: Answer, now: Timestamp) -> Option<Ended> {
        // The desk says if there is no such call.
        if let Err(error) = self.have_at_desk(call, now) {
            tracing::debug!(%error, call, "a call that is to be marked as ended");
        }
        let effects = self.calls.mark_ended(call, &self.accounts, answer, now);
        self.go_on(effects)
    }
}
