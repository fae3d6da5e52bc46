//! Several contacts made into one.

use crate::contact::{Contact, push_once};
use crate::csv::NOTE_LIMIT;

/// One contact made of several, why it looks as it does, and what it was made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    pub contact: Contact,
    /// For each field that can have only one value and has one.
    pub choices: Vec<Choice>,
    /// Places of contacts whose notes found no room in one; nothing is cut.
    pub notes_left_out: Vec<usize>,
    /// The contacts as they were: putting them back undoes the merge.
    pub originals: Vec<Contact>,
}

/// Whose value of a field was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    pub field: Field,
    /// The place of the contact whose value it is.
    pub from: usize,
    pub why: Why,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    Name,
    Company,
    Uid,
    Revised,
}

/// Why a value was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The others have none or the same.
    OnlyOne,
    /// It says most: letters rather than digits, then more words, then more letters.
    Fullest,
    /// It says as much as another, and stands before it.
    First,
    /// Of the times of change, all written alike, the latest.
    Latest,
}

/// Makes one contact of several, in their order; of none, an empty one.
///
/// Numbers, addresses and tags are united, each once; notes that differ follow each other.
#[must_use]
pub fn merge(contacts: &[Contact]) -> Merged {
    let mut merged = Contact::default();
    let mut choices = Vec::new();
    let mut notes_left_out = Vec::new();
    let mut choose = |field, values: Vec<&str>, fullness: &dyn Fn(&str) -> Fullness| -> Option<String> {
        let choice = chosen(field, &values, fullness)?;
        choices.push(choice);
        values.get(choice.from).map(|value| (*value).to_owned())
    };
    let texts = |of: fn(&Contact) -> Option<&str>| -> Vec<&str> {
        contacts.iter().map(|contact| of(contact).unwrap_or_default()).collect()
    };
    merged.name = choose(Field::Name, texts(|contact| Some(&contact.name)), &fullness).unwrap_or_default();
    merged.company = choose(Field::Company, texts(|contact| contact.company.as_deref()), &fullness);
    merged.uid = choose(Field::Uid, texts(|contact| contact.uid.as_deref()), &|_| (false, 0, 0));
    let revised = texts(|contact| contact.revised.as_deref());
    if let Some(choice) = latest(&revised) {
        merged.revised = revised.get(choice.from).map(|text| (*text).to_owned());
        choices.push(choice);
    }
    let mut notes: Vec<&str> = Vec::new();
    let mut room = NOTE_LIMIT;
    for (index, contact) in contacts.iter().enumerate() {
        for email in &contact.emails {
            let is_known = merged.emails.iter().any(|own| own.eq_ignore_ascii_case(email));
            if !is_known {
                push_once(&mut merged.emails, email.clone());
            }
        }
        for tag in &contact.tags {
            push_once(&mut merged.tags, tag.clone());
        }
        for number in &contact.numbers {
            merged.push_number(number.clone());
        }
        if let Some(note) = contact.note.as_deref().filter(|note| !notes.contains(note)) {
            let length = note.chars().count() + 2;
            if length > room + 2 {
                notes_left_out.push(index);
            } else {
                room = room.saturating_sub(length);
                notes.push(note);
            }
        }
    }
    merged.note = (!notes.is_empty()).then(|| notes.join("\n\n"));
    Merged {
        contact: merged,
        choices,
        notes_left_out,
        originals: contacts.to_vec(),
    }
}

/// Has letters; words; characters.
type Fullness = (bool, usize, usize);

fn fullness(text: &str) -> Fullness {
    let has_letters = text.chars().any(char::is_alphabetic);
    (has_letters, text.split_whitespace().count(), text.chars().count())
}

fn chosen(field: Field, values: &[&str], fullness: &dyn Fn(&str) -> Fullness) -> Option<Choice> {
    let filled = || values.iter().enumerate().filter(|(_, value)| !value.is_empty());
    let best = filled().map(|(_, value)| fullness(value)).max()?;
    let (from, value) = filled().find(|(_, value)| fullness(value) == best)?;
    let others = filled().filter(|(_, other)| *other != value);
    let why = match others.map(|(_, other)| fullness(other)).max() {
        None => Why::OnlyOne,
        Some(next) if next < best => Why::Fullest,
        Some(_) => Why::First,
    };
    Some(Choice { field, from, why })
}

/// Times that are written alike compare as text; others do not, and the first is as good as any.
fn latest(values: &[&str]) -> Option<Choice> {
    let form = |text: &str| -> String {
        let digits_alike = |letter: char| if letter.is_ascii_digit() { '0' } else { letter };
        text.chars().map(digits_alike).collect()
    };
    let first_of_all = chosen(Field::Revised, values, &|_| (false, 0, 0))?;
    if first_of_all.why == Why::OnlyOne {
        return Some(first_of_all);
    }
    let filled = || values.iter().enumerate().filter(|(_, value)| !value.is_empty());
    let first = form(values.get(first_of_all.from)?);
    // With a zone other than UTC's, the earlier text may be the later time.
    let is_comparable = !first.contains('+') && !first.trim_start_matches("0000-00-00").contains('-');
    if !is_comparable || filled().any(|(_, value)| form(value) != first) {
        return Some(first_of_all);
    }
    let latest = filled().map(|(_, value)| *value).max()?;
    let (from, _) = filled().find(|(_, value)| **value == latest)?;
    Some(Choice {
        field: Field::Revised,
        from,
        why: Why::Latest,
    })
}
