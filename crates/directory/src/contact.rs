//! A person or company, in the one form that every format is read to and written from.

use telephony::PhoneNumber;

use crate::text;

/// The longest extension, in digits, that is told apart from the number it follows.
pub(crate) const EXTENSION_DIGITS: usize = 7;

/// A person or company.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contact {
    /// Empty where only a company is known.
    pub name: String,
    pub company: Option<String>,
    /// Each once, the preferred one first.
    pub emails: Vec<String>,
    /// May have several lines, parted by `\n`.
    pub note: Option<String>,
    /// Groups, labels or categories, each once.
    pub tags: Vec<String>,
    /// Each once, the preferred one first.
    pub numbers: Vec<ContactNumber>,
    pub favourite: bool,
    /// Not to be called, whoever asks for it.
    pub do_not_call: bool,
    /// What the address book that wrote the contact calls it, as it stands there.
    pub uid: Option<String>,
    /// When it was last changed, as it stands in the file; unread, for clocks and zones of address books differ.
    pub revised: Option<String>,
}

/// A number of a contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactNumber {
    pub number: PhoneNumber,
    /// One to seven digits for the far side's own exchange.
    pub extension: Option<String>,
    /// `mobile`, `work`, or whatever the file said.
    pub label: Option<String>,
}

impl Contact {
    /// The contact as every reader of this crate gives it: text without hidden characters, nothing empty, nothing twice.
    ///
    /// What is written in a format and read again is this.
    #[must_use]
    pub fn tidied(self) -> Self {
        let mut tidy = Self {
            name: text::line(&self.name),
            company: filled(self.company, text::line),
            note: filled(self.note, text::lines),
            uid: filled(self.uid, text::line),
            revised: filled(self.revised, text::line),
            favourite: self.favourite,
            do_not_call: self.do_not_call,
            ..Self::default()
        };
        for email in &self.emails {
            push_once(&mut tidy.emails, email_address(email));
        }
        for tag in &self.tags {
            push_once(&mut tidy.tags, text::line(tag));
        }
        for number in self.numbers {
            tidy.push_number(number);
        }
        tidy
    }

    /// Whether both are rows of one person: the file that has several rows for one calls them the same, one after the other.
    #[must_use]
    pub fn is_continued_by(&self, next: &Self) -> bool {
        self.uid.is_some() && self.uid == next.uid && self.name == next.name
    }

    /// Takes in what a further row of the same person has.
    pub fn take_in(&mut self, next: Self) {
        for number in next.numbers {
            self.push_number(number);
        }
        for email in next.emails {
            push_once(&mut self.emails, email);
        }
        for tag in next.tags {
            push_once(&mut self.tags, tag);
        }
        self.company = self.company.take().or(next.company);
        self.note = self.note.take().or(next.note);
        self.favourite |= next.favourite;
        self.do_not_call |= next.do_not_call;
    }

    /// Adds a number that is not there yet; one that is keeps its label, or gets this one.
    pub(crate) fn push_number(&mut self, added: ContactNumber) {
        let is_digits = |digits: &String| digits.bytes().all(|byte| byte.is_ascii_digit());
        let is_short = |digits: &String| (1..=EXTENSION_DIGITS).contains(&digits.len());
        let extension = added.extension.filter(is_digits).filter(is_short);
        let label = filled(added.label, label);
        let is_known = |known: &&mut ContactNumber| known.number == added.number && known.extension == extension;
        let known = self.numbers.iter_mut().find(is_known);
        match known {
            Some(known) if known.label.is_none() => known.label = label,
            Some(_) => {}
            None => self.numbers.push(ContactNumber {
                number: added.number,
                extension,
                label,
            }),
        }
    }
}

/// Adds a text unless it is empty or there.
pub(crate) fn push_once(list: &mut Vec<String>, text: String) {
    if !text.is_empty() && !list.contains(&text) {
        list.push(text);
    }
}

/// An e-mail address: without spaces, and without the `mailto:` of a link.
pub(crate) fn email_address(text: &str) -> String {
    let address = text::line(text).replace(' ', "");
    let mut bare = address.as_str();
    while let Some((scheme, rest)) = bare.split_at_checked("mailto:".len())
        && scheme.eq_ignore_ascii_case("mailto:")
    {
        bare = rest;
    }
    bare.to_owned()
}

fn filled(text: Option<String>, clean: impl Fn(&str) -> String) -> Option<String> {
    text.map(|text| clean(&text)).filter(|text| !text.is_empty())
}

/// A label without what address books put around those they offer: `_$!<Mobile>!$_`, `* Mobile`.
fn label(text: &str) -> String {
    let line = text::line(text);
    let mut label = line.as_str();
    loop {
        let inner = label.strip_prefix("_$!<").and_then(|inner| inner.strip_suffix(">!$_"));
        let bare = inner.unwrap_or(label).trim_start_matches('*').trim();
        if bare == label {
            return label.to_owned();
        }
        label = bare;
    }
}
