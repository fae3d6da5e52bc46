//! The platform's own contacts, and what its users have noted about a customer.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;
use telephony::{PhoneNumber, Region};

use super::Acefone;
use super::api::query;
use super::paging::{Page, entries};
use super::place::written;
use crate::{
    CallNote, ContactsPage, Credentials, ErrorKind, NotesPage, Operation, PageQuery, ProviderContact, ProviderError,
    Told, Transport, json_body, stamp,
};

impl Acefone {
    pub(super) async fn contacts(
        &self,
        wanted: &PageQuery,
        secrets: &Credentials,
        transport: &dyn Transport,
    ) -> Result<Told, ProviderError> {
        let operation = Operation::Contacts;
        let page = self.page(wanted, operation)?;
        let path = format!("/v1/contacts{}", query(page.pairs()));
        let body = self.get(&path, operation, secrets, transport).await?;
        let list = entries(&body).ok_or_else(|| self.unexpected(operation))?;
        Ok(Told::Contacts(ContactsPage {
            contacts: list
                .iter()
                .filter_map(|entry| contact(entry, self.config.region))
                .collect(),
            next: page.next(&body, list.len()).map(Page::cursor),
        }))
    }

    pub(super) async fn call_notes(
        &self,
        number: &PhoneNumber,
        wanted: &PageQuery,
        secrets: &Credentials,
        transport: &dyn Transport,
    ) -> Result<Told, ProviderError> {
        let operation = Operation::CallNotes;
        let page = self.page(wanted, operation)?;
        // As part of a path the number has no plus, whatever the account's format.
        let number = written(number, &self.config, false);
        let path = format!("/v1/call/notes/{number}{}", query(page.pairs()));
        let body = self.get(&path, operation, secrets, transport).await?;
        let list = entries(&body).ok_or_else(|| self.unexpected(operation))?;
        Ok(Told::CallNotes(NotesPage {
            notes: list
                .iter()
                .filter_map(|entry| note(entry, &self.config.time_zone))
                .collect(),
            next: page.next(&body, list.len()).map(Page::cursor),
        }))
    }

    /// The page that is asked for, or what is wrong with its cursor.
    pub(super) fn page(&self, wanted: &PageQuery, operation: Operation) -> Result<Page, ProviderError> {
        Page::wanted(wanted).ok_or_else(|| {
            self.problem(ErrorKind::ConfigInvalid, operation)
                .about("cursor", "cursor")
        })
    }
}

/// A contact; none for one that was deleted or has no id.
fn contact(entry: &Value, region: Region) -> Option<ProviderContact> {
    let text = |name: &str| json_body::member_text(entry, name);
    if text("deleted_at").is_some() {
        return None;
    }
    let number = text("phone_number")
        .map(|text| PhoneNumber::from_provider(&text, region).map_or(text, |number| number.to_string()));
    Some(ProviderContact {
        id: text("id")?,
        name: text("name").or_else(|| number.clone()).unwrap_or_default(),
        company: text("company_name"),
        email: text("email_id"),
        numbers: number.into_iter().collect(),
        group: text("contact_group_name"),
    })
}

/// A note; none where nothing was written.
fn note(entry: &Value, zone: &TimeZone) -> Option<CallNote> {
    let notes = json_body::member(entry, "notes")?;
    let text = json_body::member_text(notes, "message").or_else(|| json_body::text(notes))?;
    Some(CallNote {
        text,
        author: json_body::member_text(notes, "name"),
        at: at(entry, zone),
    })
}

/// The time as the data base keeps it, else as it is shown: day first, local.
fn at(entry: &Value, zone: &TimeZone) -> Option<Timestamp> {
    let kept = json_body::member(entry, "calldate").map(|date| json_body::member(date, "$date").unwrap_or(date));
    let kept = kept.and_then(|date| json_body::member_text(date, "$numberLong").or_else(|| json_body::text(date)));
    let shown = || json_body::member_text(entry, "readableTime");
    kept.and_then(|text| stamp::read(&text, zone))
        .or_else(|| stamp::read(&shown()?, zone))
}
