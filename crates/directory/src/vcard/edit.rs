//! A card changed in what is known of it, and in nothing else: pictures, properties of other programs and the lines
//! themselves stay as they are, byte for byte.

use std::collections::BTreeSet;

use telephony::{PhoneNumber, Region};

use super::card::{LABELS, is_answered, version};
use super::lines::{Lines, Version};
use super::property::{Property, outside_quotes, split_outside_quotes, split_unescaped};
use super::write::{Format, escaped, kind_of, line, number_lines, number_value, structured};
use crate::contact::{Contact, ContactNumber, email_address};
use crate::encoding::Encoding;
use crate::incoming;
use crate::sync::Person;

/// A card that cannot be changed so that it says what it is to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the card is written in a way that cannot be changed safely")]
pub struct NotKept;

/// The card with what `person` says in place of what it said. `revised` is a moment as `REV` has it, and replaces that of
/// a card that tells one. A person without an address takes theirs out of the card; what further ones it has stay.
///
/// # Errors
/// `NotKept` if the changed card, read again, would not say what it should.
pub fn edit(card: &str, person: &Person, country: Option<Region>, revised: &str) -> Result<String, NotKept> {
    let before = Person::of_card(card, country).ok_or(NotKept)?;
    let after = person.clone().tidied();
    let mut sheet = Sheet::of(card, country).ok_or(NotKept)?;
    if before.name != after.name {
        sheet.set_name(&after.name);
    }
    if before.company != after.company {
        sheet.set_company(after.company.as_deref());
    }
    if before.email != after.email {
        sheet.set_email(before.email.as_deref(), after.email.as_deref());
    }
    if before.note != after.note {
        sheet.set_text("NOTE", after.note.as_deref().map(escaped));
    }
    if before.tags != after.tags {
        let tags: Vec<String> = after.tags.iter().map(|tag| escaped(tag)).collect();
        sheet.set_text("CATEGORIES", (!tags.is_empty()).then(|| tags.join(",")));
    }
    sheet.set_numbers(&before, &after);
    if sheet.find("REV").is_some() {
        sheet.set_text("REV", Some(revised.to_owned()));
    }
    let edited = sheet.written();
    let mut read = Person::of_card(&edited, country).ok_or(NotKept)?;
    if after.email.is_none() {
        read.email = None;
    }
    if read.digest() == after.digest() {
        Ok(edited)
    } else {
        Err(NotKept)
    }
}

/// A line of the card: as it stands there, and put together.
struct Entry {
    /// As it stands in the card, over however many lines; empty once it is taken out.
    raw: String,
    name: String,
    /// Without folds.
    text: Vec<u8>,
}

/// A card taken apart into lines that can be replaced.
struct Sheet {
    entries: Vec<Entry>,
    version: Version,
    country: Option<Region>,
    /// What comes before the end of the card.
    added: Vec<u8>,
}

impl Sheet {
    fn of(card: &str, country: Option<Region>) -> Option<Self> {
        let mut lines = Lines::new(card.as_bytes(), Encoding::UTF_8);
        let mut starts = Vec::new();
        let mut entries = Vec::new();
        let mut told = Version::Unknown;
        let mut depth = 0_u32;
        while let Some(line) = lines.next(told).ok()? {
            let is_edge = matches!(line.name.as_str(), "BEGIN" | "END");
            depth = match line.name.as_str() {
                "BEGIN" => depth + 1,
                "END" => depth.checked_sub(1)?,
                _ => depth,
            };
            if line.name == "VERSION" && depth == 1 {
                let property = Property::of("VERSION", &line.text, told)?;
                told = version(&property.text());
            }
            starts.push(usize::try_from(line.line).ok()?.checked_sub(1)?);
            entries.push(Entry {
                raw: String::new(),
                // What stands within another card is never touched.
                name: if depth == 1 && !is_edge {
                    line.name
                } else {
                    String::new()
                },
                text: line.text,
            });
        }
        let physical = physical_lines(card);
        for (index, entry) in entries.iter_mut().enumerate() {
            let start = if index == 0 { 0 } else { *starts.get(index)? };
            let end = starts.get(index + 1).copied().unwrap_or(physical.len());
            entry.raw = physical.get(start..end)?.concat();
        }
        (depth == 0 && !entries.is_empty()).then_some(Self {
            entries,
            version: told,
            country,
            added: Vec::new(),
        })
    }

    fn written(mut self) -> String {
        let end = self.entries.pop().map(|entry| entry.raw).unwrap_or_default();
        let mut card: String = self.entries.into_iter().map(|entry| entry.raw).collect();
        if !card.ends_with(['\n', '\r']) {
            card.push_str("\r\n");
        }
        card.push_str(&String::from_utf8_lossy(&self.added));
        card.push_str(&end);
        card
    }

    fn format(&self) -> Format {
        if self.version == Version::V4 {
            Format::V4
        } else {
            Format::V3
        }
    }

    fn find(&self, name: &str) -> Option<usize> {
        self.entries.iter().position(|entry| entry.name == name)
    }

    fn all(&self, name: &str) -> Vec<usize> {
        let named = self.entries.iter().enumerate().filter(|(_, entry)| entry.name == name);
        named.map(|(index, _)| index).collect()
    }

    fn property(&self, index: usize) -> Option<Property<'_>> {
        let entry = self.entries.get(index)?;
        Property::of(&entry.name, &entry.text, self.version)
    }

    /// What stands before the colon, and the value as it stands.
    fn head_and_value(&self, index: usize) -> (String, Vec<u8>) {
        let text = self
            .entries
            .get(index)
            .map(|entry| entry.text.as_slice())
            .unwrap_or_default();
        let colon = outside_quotes(text, b':').or_else(|| text.iter().position(|byte| *byte == b':'));
        let colon = colon.unwrap_or(text.len());
        let head = String::from_utf8_lossy(text.get(..colon).unwrap_or_default()).into_owned();
        (head, text.get(colon + 1..).unwrap_or_default().to_vec())
    }

    /// Writes a line anew under what stood before its colon, packing aside.
    fn set_value(&mut self, index: usize, value: &str) {
        let (head, _) = self.head_and_value(index);
        let plain: Vec<&str> = split_outside_quotes(&head, ';')
            .filter(|part| !is_packing(part))
            .collect();
        self.set_line(index, &plain.join(";"), value);
    }

    fn set_line(&mut self, index: usize, head: &str, value: &str) {
        let mut raw = Vec::new();
        // A vector takes everything.
        let _ = line(&mut raw, head, value);
        if let Some(entry) = self.entries.get_mut(index) {
            entry.raw = String::from_utf8_lossy(&raw).into_owned();
            entry.text = format!("{head}:{value}").into_bytes();
        }
    }

    fn take_out(&mut self, index: usize) {
        if let Some(entry) = self.entries.get_mut(index) {
            entry.raw.clear();
            entry.text.clear();
            entry.name.clear();
        }
    }

    fn add(&mut self, head: &str, value: &str) {
        // A vector takes everything.
        let _ = line(&mut self.added, head, value);
    }

    /// One line of this name with this value, or none.
    fn set_text(&mut self, name: &str, value: Option<String>) {
        let mut lines = self.all(name).into_iter();
        if let Some(value) = value {
            match lines.next() {
                Some(first) => self.set_value(first, &value),
                None => self.add(name, &value),
            }
        }
        for further in lines {
            self.take_out(further);
        }
    }

    fn set_name(&mut self, name: &str) {
        let has_text = |index: &usize| {
            self.property(*index)
                .is_some_and(|property| !property.text().trim().is_empty())
        };
        let lines = self.all("FN");
        match lines.iter().copied().find(has_text).or(lines.first().copied()) {
            Some(index) => self.set_value(index, &escaped(name)),
            None => self.add("FN", &escaped(name)),
        }
        // Titles before and after a name are no part of what is known here.
        let Some(index) = self.find("N") else { return };
        let (_, value) = self.head_and_value(index);
        let is_plain = !self
            .property(index)
            .is_some_and(|property| property.has_param("ENCODING"));
        let parts: Vec<&[u8]> = split_unescaped(&value, b';').collect();
        let part = |place: usize| {
            let kept = parts.get(place).copied().filter(|_| is_plain).unwrap_or_default();
            String::from_utf8_lossy(kept).into_owned()
        };
        let named = structured(name);
        let named = named.strip_suffix(";;").unwrap_or(&named);
        self.set_value(index, &format!("{named};{};{}", part(3), part(4)));
    }

    fn set_company(&mut self, company: Option<&str>) {
        let lines = self.all("ORG");
        let Some(company) = company else {
            return lines.into_iter().for_each(|index| self.take_out(index));
        };
        let named = lines.iter().find_map(|index| {
            let parts = self.property(*index)?.parts(b';');
            let place = parts.iter().position(|part| !part.trim().is_empty())?;
            Some((*index, parts, place))
        });
        match named {
            Some((index, parts, place)) => {
                // Departments stay.
                let parts = parts.iter().enumerate().map(
                    |(own, part)| {
                        if own == place { escaped(company) } else { escaped(part) }
                    },
                );
                self.set_value(index, &parts.collect::<Vec<_>>().join(";"));
            }
            None => self.add("ORG", &escaped(company)),
        }
    }

    fn set_email(&mut self, before: Option<&str>, after: Option<&str>) {
        let is_before = |index: &usize| {
            let property = self.property(*index);
            property.is_some_and(|property| Some(email_address(&property.text()).as_str()) == before)
        };
        let lines: Vec<usize> = self.all("EMAIL").into_iter().filter(is_before).collect();
        match (lines.first(), after) {
            (Some(first), Some(after)) => self.set_value(*first, &escaped(after)),
            (None, Some(after)) => {
                let head = if self.format() == Format::V3 {
                    "EMAIL;TYPE=INTERNET"
                } else {
                    "EMAIL"
                };
                self.add(head, &escaped(after));
            }
            (_, None) => lines.into_iter().for_each(|index| self.take_out_with_label(index)),
        }
    }

    fn set_numbers(&mut self, before: &Person, after: &Person) {
        for (number, label) in &before.numbers {
            let lines = self.lines_of(number);
            match after.numbers.iter().find(|(own, _)| own == number) {
                None => lines.into_iter().for_each(|index| self.take_out_with_label(index)),
                Some((_, wanted)) if wanted != label => {
                    let known = contact_number(number, label);
                    let wanted = contact_number(number, wanted);
                    lines.into_iter().for_each(|index| self.relabel(index, &known, &wanted));
                }
                Some(_) => {}
            }
        }
        for (number, label) in &after.numbers {
            if !before.numbers.iter().any(|(known, _)| known == number) {
                let (group, format) = (self.new_group(), self.format());
                // A vector takes everything.
                let _ = number_lines(&mut self.added, &contact_number(number, label), &group, format);
            }
        }
    }

    /// Where a number stands that is called.
    fn lines_of(&self, number: &PhoneNumber) -> Vec<usize> {
        let is_number = |index: &usize| {
            self.property(*index).is_some_and(|property| {
                is_answered(&property.types())
                    && incoming::number(property.text().trim(), self.country).is_ok_and(|read| read.number == *number)
            })
        };
        self.all("TEL").into_iter().filter(is_number).collect()
    }

    fn relabel(&mut self, index: usize, known: &ContactNumber, wanted: &ContactNumber) {
        let (head, value) = self.head_and_value(index);
        let value = if known.extension == wanted.extension {
            String::from_utf8_lossy(&value).into_owned()
        } else if head.to_ascii_lowercase().contains("value=uri") {
            number_value(wanted, Format::V4)
        } else {
            number_value(wanted, Format::V3)
        };
        if known.label == wanted.label {
            return self.set_line(index, &head, &value);
        }
        let mut parts: Vec<String> = split_outside_quotes(&head, ';').filter_map(unlabelled).collect();
        let kind = kind_of(wanted.label.as_deref());
        if let Some(kind) = kind {
            parts.push(format!(
                "TYPE={}",
                if self.format() == Format::V3 {
                    kind.to_uppercase()
                } else {
                    kind.into()
                }
            ));
        }
        let label = wanted.label.clone().filter(|_| kind.is_none());
        let group = self.property(index).and_then(|property| property.group);
        let told = group.as_ref().map(|group| self.labels_of(group)).unwrap_or_default();
        match (label, group) {
            (None, _) => told.into_iter().for_each(|place| self.take_out(place)),
            (Some(label), Some(group)) => match told.first() {
                Some(place) => self.set_value(*place, &escaped(&label)),
                None => self.add(&format!("{group}.X-ABLabel"), &escaped(&label)),
            },
            (Some(label), None) => {
                let group = self.new_group();
                if let Some(name) = parts.first_mut() {
                    *name = format!("{group}.{name}");
                }
                self.add(&format!("{group}.X-ABLabel"), &escaped(&label));
            }
        }
        self.set_line(index, &parts.join(";"), &value);
    }

    /// Takes a line out, and the label that stood beside it.
    fn take_out_with_label(&mut self, index: usize) {
        let group = self.property(index).and_then(|property| property.group);
        self.take_out(index);
        let Some(group) = group else { return };
        let others = (0..self.entries.len()).filter(|place| {
            let of_group = self.property(*place).and_then(|property| property.group);
            of_group.as_ref() == Some(&group)
        });
        // Whatever else is in the group is somebody's; its label stays with it.
        let others: BTreeSet<usize> = others.collect();
        let labels: BTreeSet<usize> = self.labels_of(&group).into_iter().collect();
        if others.is_subset(&labels) {
            labels.into_iter().for_each(|place| self.take_out(place));
        }
    }

    fn labels_of(&self, group: &str) -> Vec<usize> {
        let is_of_group = |place: &usize| {
            self.property(*place)
                .is_some_and(|property| property.group.as_deref() == Some(group))
        };
        self.all("X-ABLABEL").into_iter().filter(is_of_group).collect()
    }

    /// A name that no group has.
    fn new_group(&self) -> String {
        let added = String::from_utf8_lossy(&self.added).to_ascii_lowercase();
        let is_free = |group: &String| {
            let start = format!("{group}.");
            let begins = |text: &str| {
                text.get(..start.len())
                    .is_some_and(|own| own.eq_ignore_ascii_case(&start))
            };
            !added.lines().any(begins)
                && !self
                    .entries
                    .iter()
                    .any(|entry| begins(&String::from_utf8_lossy(&entry.text)))
        };
        let mut names = (1_u32..).map(|n| format!("item{n}"));
        names.find(is_free).unwrap_or_default()
    }
}

fn contact_number(number: &PhoneNumber, label: &Option<String>) -> ContactNumber {
    let person = Person {
        numbers: vec![(number.clone(), label.clone())],
        ..Person::default()
    };
    let whole = Contact::from(person).numbers.pop();
    whole.unwrap_or_else(|| ContactNumber {
        number: number.clone(),
        extension: None,
        label: label.clone(),
    })
}

/// A part of what stands before the colon, without the types that make a label; none where nothing is left of it.
fn unlabelled(part: &str) -> Option<String> {
    let is_label = |word: &str| {
        let word = word.trim_matches(['"', ' ']).to_lowercase();
        LABELS.iter().any(|(_, kinds)| kinds.contains(&word.as_str()))
    };
    match part.split_once('=') {
        Some((name, value)) if name.trim().eq_ignore_ascii_case("TYPE") => {
            let words: Vec<&str> = value
                .trim_matches('"')
                .split(',')
                .filter(|word| !is_label(word))
                .collect();
            let is_quoted = value.starts_with('"') && words.len() > 1;
            let words = words.join(",");
            let words = if is_quoted { format!("\"{words}\"") } else { words };
            (!words.is_empty()).then(|| format!("{name}={words}"))
        }
        Some(_) => Some(part.to_owned()),
        None => (!is_label(part)).then(|| part.to_owned()),
    }
}

/// A parameter that says how a value is packed, which one that is written anew is not.
fn is_packing(part: &str) -> bool {
    let upper = part.trim().to_ascii_uppercase();
    upper.starts_with("ENCODING=") || upper.starts_with("CHARSET=") || upper == "QUOTED-PRINTABLE" || upper == "BASE64"
}

/// The lines of a file, each with its end.
fn physical_lines(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = match rest.find(['\n', '\r']) {
            Some(at) if rest.get(at..at + 2) == Some("\r\n") => at + 2,
            Some(at) => at + 1,
            None => rest.len(),
        };
        let (line, further) = rest.split_at(end);
        lines.push(line);
        rest = further;
    }
    lines
}

#[cfg(test)]
mod tests;
