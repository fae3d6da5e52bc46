//! What both sides say of somebody, and nothing else: the measure of whether they say the same.

use serde::{Deserialize, Serialize};
use telephony::{PhoneNumber, Region};

use super::Digest;
use crate::contact::{Contact, ContactNumber, EXTENSION_DIGITS};
use crate::vcard;

/// Somebody as kept here and in a card. Marks that only stand here, and properties that only stand there, are no part.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The company's, where nobody is named.
    pub name: String,
    pub company: Option<String>,
    /// The preferred one; further ones stay in the card.
    pub email: Option<String>,
    pub note: Option<String>,
    pub tags: Vec<String>,
    /// Each number once, with its label; an extension is part of the label, as in `work, ext. 5`.
    pub numbers: Vec<(PhoneNumber, Option<String>)>,
}

impl Person {
    /// What a card says; none where it gives nobody, or more or less than one card.
    #[must_use]
    pub fn of_card(card: &str, country: Option<Region>) -> Option<Self> {
        contact_of(card, country).map(Self::from)
    }

    /// A new card, in the version that every server takes.
    #[must_use]
    pub fn to_card(&self, uid: &str, revised: &str) -> String {
        let contact = Contact {
            uid: Some(uid.to_owned()),
            revised: Some(revised.to_owned()),
            ..Contact::from(self.clone())
        };
        let mut card = Vec::new();
        // A vector takes everything.
        let _ = vcard::write_card(&mut card, &contact, vcard::Format::V3);
        String::from_utf8_lossy(&card).into_owned()
    }

    /// The name that the card has for the person.
    #[must_use]
    pub fn uid_of(card: &str) -> Option<String> {
        contact_of(card, None).and_then(|contact| contact.uid)
    }

    /// The same for any order of numbers and tags: cards have none that all programs keep.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let tidy = self.clone().tidied();
        let mut numbers: Vec<String> = tidy
            .numbers
            .iter()
            .map(|(number, label)| format!("{number} {}", label.as_deref().unwrap_or_default()))
            .collect();
        numbers.sort_unstable();
        let mut tags = tidy.tags;
        tags.sort_unstable();
        let optional = |text: &Option<String>| text.clone().unwrap_or_default();
        let single = [
            tidy.name,
            optional(&tidy.company),
            optional(&tidy.email),
            optional(&tidy.note),
        ];
        let counts = [tags.len().to_string(), numbers.len().to_string()];
        let parts = single.iter().chain(&counts).chain(&tags).chain(&numbers);
        Digest::of_parts(parts.map(String::as_str))
    }

    /// As every card would be read: text without hidden characters, nothing twice.
    #[must_use]
    pub fn tidied(self) -> Self {
        Self::from(Contact::from(self))
    }
}

fn contact_of(card: &str, country: Option<Region>) -> Option<Contact> {
    let mut rows = vcard::open(card.as_bytes(), country).ok()?;
    let row = rows.next()?.ok()?;
    if rows.next().is_some() {
        return None;
    }
    row.contact
}

impl From<Contact> for Person {
    fn from(contact: Contact) -> Self {
        let contact = contact.tidied();
        let mut numbers: Vec<(PhoneNumber, Option<String>)> = Vec::new();
        for entry in contact.numbers {
            if !numbers.iter().any(|(known, _)| *known == entry.number) {
                let label = labelled(entry.label, entry.extension);
                numbers.push((entry.number, label));
            }
        }
        Self {
            name: if contact.name.is_empty() {
                contact.company.clone().unwrap_or_default()
            } else {
                contact.name
            },
            company: contact.company,
            email: contact.emails.into_iter().next(),
            note: contact.note,
            tags: contact.tags,
            numbers,
        }
    }
}

impl From<Person> for Contact {
    fn from(person: Person) -> Self {
        let numbers = person.numbers.into_iter().map(|(number, label)| {
            let (label, extension) = parted(label);
            ContactNumber {
                number,
                extension,
                label,
            }
        });
        Self {
            name: person.name,
            company: person.company,
            emails: person.email.into_iter().collect(),
            note: person.note,
            tags: person.tags,
            numbers: numbers.collect(),
            ..Self::default()
        }
    }
}

/// Label and extension as the one text that is kept here.
fn labelled(label: Option<String>, extension: Option<String>) -> Option<String> {
    let extension = extension.map(|digits| format!("ext. {digits}"));
    let parts: Vec<String> = label.into_iter().chain(extension).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// The opposite.
pub(crate) fn parted(label: Option<String>) -> (Option<String>, Option<String>) {
    let Some(text) = label else { return (None, None) };
    let (before, digits) = match text.strip_prefix("ext. ") {
        Some(digits) => (None, digits),
        None => match text.rsplit_once(", ext. ") {
            Some((before, digits)) => (Some(before.to_owned()), digits),
            None => return (Some(text), None),
        },
    };
    let is_extension =
        (1..=EXTENSION_DIGITS).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_extension {
        (before, Some(digits.to_owned()))
    } else {
        (Some(text), None)
    }
}
