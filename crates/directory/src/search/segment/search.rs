//! One query put to one segment, tier by tier.

use std::collections::HashSet;

use super::Segment;
use crate::search::bits::Bits;
use crate::search::query::{Query, Word};
use crate::search::terms::{self, Field};
use crate::search::tier::{self, Tier};

/// A query at a segment; keeps what one tier has worked out for the next.
pub(in super::super) struct SegmentSearch<'a> {
    segment: &'a Segment,
    query: &'a Query,
    /// Contacts that are gone, or held elsewhere.
    gone: &'a Bits,
    /// Those told already of words; a better tier has them.
    told: HashSet<u32>,
    /// For each word, who has it anywhere.
    anywhere: Vec<Option<Bits>>,
    /// For each word, who has it or nearly so: whole, and its beginning.
    mistyped: Vec<Option<[Bits; 2]>>,
}

impl<'a> SegmentSearch<'a> {
    pub fn new(segment: &'a Segment, query: &'a Query, gone: &'a Bits) -> Self {
        Self {
            segment,
            query,
            gone,
            told: HashSet::new(),
            anywhere: query.words.iter().map(|_| None).collect(),
            mistyped: query.words.iter().map(|_| None).collect(),
        }
    }

    /// The first contacts of a tier, in their order, without those that a better tier of words has told.
    pub fn find(&mut self, tier: Tier, limit: usize) -> Vec<u32> {
        let mut found = Vec::new();
        let (gone, told) = (self.gone, &self.told);
        let mut take = |place: u32| {
            if !gone.contains(place) && (tier.is_of_numbers() || !told.contains(&place)) {
                found.push(place);
            }
            found.len() < limit
        };
        match tier {
            Tier::NameBeginsWhole | Tier::NameBegins => self.names(tier, &mut take),
            Tier::KeypadFirst => self.first_names_by_keys(&mut take),
            Tier::NumberBegins | Tier::NumberContains => {
                if let Some(fragment) = &self.query.number {
                    self.segment.digits.each_with(fragment, tier, take);
                }
            }
            Tier::NameAll | Tier::NameWhole | Tier::Name | Tier::Keypad | Tier::Initials => {
                let fitting = self.by_name(tier);
                let mut places = fitting.iter().flat_map(Bits::iter);
                places.all(|place| tier == Tier::NameAll && !self.has_no_more(place) || take(place));
            }
            Tier::AnywhereWhole => {
                let fitting = self.all_of(|word| who_has(self.segment, word, true));
                fitting.iter().flat_map(Bits::iter).all(take);
            }
            Tier::Anywhere | Tier::MistypedAll | Tier::MistypedWhole | Tier::Mistyped => {
                let (fitting, digits) = self.anywhere(tier);
                let mut take = |place: u32| {
                    let is_wanted = !gone.contains(place)
                        && !self.told.contains(&place)
                        && (tier != Tier::MistypedAll || self.has_no_more(place))
                        && self.has_digits(place, &digits);
                    if is_wanted {
                        found.push(place);
                    }
                    found.len() < limit
                };
                fitting.iter().flat_map(Bits::iter).all(&mut take);
            }
        }
        if !tier.is_of_numbers() {
            self.told.extend(&found);
        }
        found
    }

    /// Names that begin with what was typed lie side by side, whole words first.
    fn names(&self, tier: Tier, take: &mut impl FnMut(u32) -> bool) {
        let name = |place| {
            self.segment
                .record(place)
                .map(|record| terms::sort_name(&record))
                .unwrap_or_default()
        };
        let (mut from, mut to) = (0, self.segment.len() as u32);
        while from < to {
            let middle = u32::midpoint(from, to);
            if name(middle) < self.query.text {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        for place in from..self.segment.len() as u32 {
            let fits = match tier::begins(self.query, &name(place)) {
                Some(whole) => whole || tier == Tier::NameBegins,
                None => false,
            };
            if !fits || !take(place) {
                break;
            }
        }
    }

    fn first_names_by_keys(&self, take: &mut impl FnMut(u32) -> bool) {
        let Some(keys) = &self.query.keypad else {
            return;
        };
        // Contacts with neighbouring first words are neighbours themselves.
        let names = self.segment.lexicon(Field::FirstName);
        names.each_by_keys(keys.as_bytes(), |first, last| {
            let (Some((first, _)), Some((last, count))) = (names.head_of_list(first), names.head_of_list(last)) else {
                return false;
            };
            (first..last.saturating_add(count)).all(&mut *take)
        });
    }

    fn by_name(&self, tier: Tier) -> Option<Bits> {
        let names = self.segment.lexicon(Field::Name);
        let mut found = self.none();
        if tier == Tier::Initials {
            let initials = self.query.initials.as_ref()?;
            self.segment.lexicon(Field::Initials).add_whole(initials, &mut found);
            return Some(found);
        }
        if tier == Tier::Keypad {
            names.each_by_keys(self.query.keypad.as_ref()?.as_bytes(), |first, last| {
                names.add_lists(first, last, &mut found);
                true
            });
            return Some(found);
        }
        self.all_of(|word| {
            let mut found = self.none();
            for spelling in word.spellings() {
                if tier != Tier::Name {
                    names.add_whole(spelling, &mut found);
                } else {
                    names.add_beginning(spelling, &mut found);
                }
            }
            found
        })
    }

    /// Who has all the words, given who has each; none if there are no words.
    fn all_of(&self, of_word: impl Fn(&Word) -> Bits) -> Option<Bits> {
        let mut words = self.query.words.iter();
        let mut all = of_word(words.next()?);
        for word in words {
            if all.is_empty() {
                break;
            }
            all.keep_common(&of_word(word));
        }
        Some(all)
    }

    /// Who may fit, and the words whose digits must still be looked for in the numbers.
    fn anywhere(&mut self, tier: Tier) -> (Option<Bits>, Vec<usize>) {
        if tier.is_mistyped()
            && !self
                .query
                .words
                .iter()
                .any(|word| word.may_be_mistyped || !word.consonants.is_empty())
        {
            return (None, Vec::new());
        }
        let (mut all, mut digits) = (None::<Bits>, Vec::new());
        for index in 0..self.query.words.len() {
            if all.as_ref().is_some_and(Bits::is_empty) {
                break;
            }
            let may_be_in_number = self.query.words[index].may_be_in_number(self.query);
            let own = self.of_word(index, tier);
            if may_be_in_number {
                digits.push(index);
                continue;
            }
            match &mut all {
                None => all = Some(own.clone()),
                Some(all) => all.keep_common(own),
            }
        }
        (all, digits)
    }

    fn of_word(&mut self, index: usize, tier: Tier) -> &Bits {
        let word = &self.query.words[index];
        let (segment, is_address) = (self.segment, self.query.is_address);
        let anywhere = self.anywhere[index].get_or_insert_with(|| who_has(segment, word, false));
        if !tier.is_mistyped() {
            return anywhere;
        }
        let both = self.mistyped[index].get_or_insert_with(|| {
            let mut both = [who_has(segment, word, true), anywhere.clone()];
            add_mistyped(segment, word, is_address, &mut both);
            both
        });
        &both[usize::from(tier == Tier::Mistyped)]
    }

    /// Whether one number has all digits that are not among the contact's words.
    fn has_digits(&self, place: u32, words: &[usize]) -> bool {
        let missing: Vec<&str> = words
            .iter()
            .filter(|index| !self.anywhere[**index].as_ref().is_some_and(|own| own.contains(place)))
            .map(|index| self.query.words[*index].text.as_str())
            .collect();
        missing.is_empty() || tier::rows_with_digits(self.segment.digits.numbers(place), &missing).is_some()
    }

    /// Whether the name has as many words as were typed.
    fn has_no_more(&self, place: u32) -> bool {
        self.segment.records.words_in_name(place) == self.query.words.len().min(u8::MAX.into())
    }

    fn none(&self) -> Bits {
        Bits::new(self.segment.len())
    }
}

fn who_has(segment: &Segment, word: &Word, whole: bool) -> Bits {
    let mut found = Bits::new(segment.len());
    for field in Field::ANYWHERE {
        for spelling in word.spellings() {
            if whole {
                segment.lexicon(field).add_whole(spelling, &mut found);
            } else {
                segment.lexicon(field).add_beginning(spelling, &mut found);
            }
        }
    }
    found
}

/// Adds who has the word with one mistake, or has its consonants where vowels are not written.
fn add_mistyped(segment: &Segment, word: &Word, is_address: bool, [whole, beginning]: &mut [Bits; 2]) {
    if word.may_be_mistyped {
        let automaton = segment.mistakes.build_dfa(&word.text);
        for field in Field::ANYWHERE
            .into_iter()
            .filter(|field| is_address || *field != Field::Email)
        {
            segment.lexicon(field).add_mistyped(&automaton, whole, beginning);
        }
    }
    for field in [Field::Consonants, Field::Sounds] {
        let lexicon = segment.lexicon(field);
        for kept in word.kept(field == Field::Sounds) {
            lexicon.add_whole(kept, whole);
            if kept.len() > 1 {
                lexicon.add_beginning(kept, beginning);
            } else {
                lexicon.add_whole(kept, beginning);
            }
        }
    }
}
