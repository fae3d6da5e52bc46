//! Contacts that are probably one person, and one contact made of several.
//!
//! Nothing is merged here by itself: groups are proposals with their reasons, and a merge keeps what undoes it. The work
//! grows with the number of contacts, not with its square.

mod merge;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use telephony::PhoneNumber;

pub use self::merge::{Choice, Field, Merged, Why, merge};
use crate::contact::Contact;
use crate::text::folded;

/// A number or address that more people have is a switchboard's or a team's: of those, only the ones of one name are
/// one person. Of fewer, those whose names may be one name.
const SHARED_BY: usize = 4;

/// Contacts that are probably one person, by their places in the list that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Two or more, ascending.
    pub members: Vec<usize>,
    /// What ties them together: at least one for each member after the first.
    pub links: Vec<Link>,
}

/// Why two contacts are probably one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub first: usize,
    pub second: usize,
    pub reason: Reason,
}

/// What two contacts have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// The number, with its extension if it has one.
    Number {
        number: PhoneNumber,
        extension: Option<String>,
    },
    /// The address in lower case.
    Email(String),
    /// Both as words in lower case, without diacritics, in the order of the alphabet, and without what kind of company it is.
    NameAndCompany { name: String, company: String },
}

/// Finds all groups, in the order of their first members.
#[must_use]
pub fn find(contacts: &[Contact]) -> Vec<Group> {
    let names: Vec<String> = contacts.iter().map(|contact| words(&contact.name)).collect();
    let mut same = Same::new(contacts.len());
    let numbers = contacts.iter().enumerate().flat_map(|(index, contact)| {
        let keys = contact
            .numbers
            .iter()
            .map(|own| (&own.number, own.extension.as_deref()));
        keys.map(move |key| (key, index))
    });
    same.join(numbers, contacts, &names, |(number, extension)| Reason::Number {
        number: PhoneNumber::clone(number),
        extension: extension.map(str::to_owned),
    });
    let emails = contacts.iter().enumerate().flat_map(|(index, contact)| {
        let keys = contact.emails.iter().map(|email| email.to_lowercase());
        keys.map(move |key| (key, index))
    });
    same.join(emails, contacts, &names, |email| Reason::Email(email.clone()));
    let people = contacts.iter().enumerate().filter_map(|(index, contact)| {
        let company = company_words(contact.company.as_deref()?);
        (!company.is_empty()).then(|| ((names[index].clone(), company), index))
    });
    same.join(people, contacts, &names, |(name, company)| Reason::NameAndCompany {
        name: name.clone(),
        company: company.clone(),
    });
    same.into_groups()
}

/// What of a contact another may have as well, hashed: whoever shares none of these with anybody is in no group, so that of
/// a large directory only a part need be held at once.
#[must_use]
pub fn keys(contact: &Contact) -> Vec<u64> {
    let mut keys: Vec<u64> = contact
        .numbers
        .iter()
        .map(|own| hash(&(0_u8, own.number.as_str(), own.extension.as_deref())))
        .collect();
    keys.extend(contact.emails.iter().map(|email| hash(&(1_u8, email.to_lowercase()))));
    let company = contact.company.as_deref().map(company_words).unwrap_or_default();
    if !company.is_empty() {
        keys.push(hash(&(2_u8, words(&contact.name), company)));
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Whether two names may be one person's: each word of the shorter begins a word of the longer, or is begun by one. A
/// contact without a name may be anybody, unless it is a company: its number is a switchboard's.
fn may_be_one(one: (&Contact, &str), other: (&Contact, &str)) -> bool {
    let has_name = |(_, words): (&Contact, &str)| words.chars().any(char::is_alphabetic);
    let is_company = |(contact, _): (&Contact, &str)| contact.company.is_some();
    if !has_name(one) || !has_name(other) {
        let nameless = if has_name(one) { other } else { one };
        return !is_company(nameless);
    }
    let (mut few, mut many): (Vec<&str>, Vec<&str>) = (one.1.split(' ').collect(), other.1.split(' ').collect());
    if few.len() > many.len() {
        std::mem::swap(&mut few, &mut many);
    }
    few.iter().all(|word| {
        many.iter()
            .any(|known| known.starts_with(word) || word.starts_with(known))
    })
}

/// Which contacts are the same as which, as far as known.
struct Same {
    /// A contact nearer to the one that stands for its group; that one names itself.
    parents: Vec<usize>,
    links: Vec<Link>,
}

impl Same {
    fn new(count: usize) -> Self {
        Self {
            parents: (0..count).collect(),
            links: Vec::new(),
        }
    }

    /// Joins all that have a key in common.
    fn join<K: Hash + Eq>(
        &mut self,
        keyed: impl Iterator<Item = (K, usize)>,
        contacts: &[Contact],
        names: &[String],
        reason: impl Fn(&K) -> Reason,
    ) {
        let mut holders: HashMap<K, Vec<usize>> = HashMap::new();
        for (key, index) in keyed {
            let list = holders.entry(key).or_default();
            if list.last() != Some(&index) {
                list.push(index);
            }
        }
        for (key, list) in holders {
            if list.len() <= SHARED_BY {
                let named = |index: usize| (&contacts[index], names[index].as_str());
                for (place, second) in list.iter().enumerate() {
                    let first = list[..place]
                        .iter()
                        .find(|first| may_be_one(named(**first), named(*second)));
                    if let Some(first) = first {
                        self.link(&[*first, *second], || reason(&key));
                    }
                }
                continue;
            }
            let mut by_name: HashMap<&str, Vec<usize>> = HashMap::new();
            for index in list {
                by_name.entry(names[index].as_str()).or_default().push(index);
            }
            for (name, list) in by_name {
                if !name.is_empty() {
                    self.link(&list, || reason(&key));
                }
            }
        }
    }

    fn link(&mut self, list: &[usize], reason: impl Fn() -> Reason) {
        let Some((&first, others)) = list.split_first() else {
            return;
        };
        for &second in others {
            self.links.push(Link {
                first,
                second,
                reason: reason(),
            });
            let (one, other) = (self.root(first), self.root(second));
            // The first stands for all.
            self.parents[one.max(other)] = one.min(other);
        }
    }

    fn root(&mut self, mut index: usize) -> usize {
        while self.parents[index] != index {
            // On the way, the way is made shorter.
            self.parents[index] = self.parents[self.parents[index]];
            index = self.parents[index];
        }
        index
    }

    fn into_groups(mut self) -> Vec<Group> {
        let mut places: HashMap<usize, usize> = HashMap::new();
        let mut groups: Vec<Group> = Vec::new();
        let mut links = std::mem::take(&mut self.links);
        // Maps have no order; groups have one.
        links.sort_by(|one, other| {
            let key = |link: &Link| (link.first, link.second, rank(&link.reason));
            key(one)
                .cmp(&key(other))
                .then_with(|| text(&one.reason).cmp(&text(&other.reason)))
        });
        for link in links {
            let root = self.root(link.first);
            let place = *places.entry(root).or_insert_with(|| {
                groups.push(Group {
                    members: Vec::new(),
                    links: Vec::new(),
                });
                groups.len() - 1
            });
            groups[place].members.extend([link.first, link.second]);
            groups[place].links.push(link);
        }
        for group in &mut groups {
            group.members.sort_unstable();
            group.members.dedup();
        }
        groups.sort_by_key(|group| group.members.first().copied());
        groups
    }
}

fn rank(reason: &Reason) -> u8 {
    match reason {
        Reason::Number { .. } => 0,
        Reason::Email(_) => 1,
        Reason::NameAndCompany { .. } => 2,
    }
}

fn text(reason: &Reason) -> (&str, &str) {
    match reason {
        Reason::Number { number, extension } => (number.as_str(), extension.as_deref().unwrap_or_default()),
        Reason::Email(email) => (email, ""),
        Reason::NameAndCompany { name, company } => (name, company),
    }
}

/// The words of a name in a form that `Lee, Ann` and `ann lee` share.
fn words(text: &str) -> String {
    sorted(&folded(text), |_| true)
}

/// As `words`, without what kind of company it is, unless it is called that.
fn company_words(text: &str) -> String {
    let folded = folded(text);
    let bare = sorted(&folded, |word| !KINDS.contains(&word));
    if bare.is_empty() {
        sorted(&folded, |_| true)
    } else {
        bare
    }
}

fn sorted(folded: &str, keep: impl Fn(&str) -> bool) -> String {
    // Signs of vowels are no letters to Unicode in every script, but all that is neither space nor punctuation is a word's.
    let is_between = |letter: char| letter.is_whitespace() || letter.is_ascii_punctuation();
    let mut words: Vec<&str> = folded
        .split(is_between)
        .filter(|word| !word.is_empty() && keep(word))
        .collect();
    words.sort_unstable();
    words.join(" ")
}

const KINDS: [&str; 17] = [
    "ltd",
    "limited",
    "inc",
    "incorporated",
    "llc",
    "llp",
    "plc",
    "gmbh",
    "ag",
    "pvt",
    "private",
    "corp",
    "corporation",
    "co",
    "sarl",
    "sa",
    "sl",
];
