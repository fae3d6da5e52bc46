//! From what each part of the index finds to rows in their order.
//!
//! Rows are ordered by class of tier, then use, then tier, name and key; those that words find and those whose numbers
//! have the digits take turns. Ahead of all is whoever was chosen the last time.

use std::cmp::Ordering;
use std::collections::HashSet;

use telephony::PhoneNumber;

use super::contact::Record;
use super::highlight::{Matched, matched};
use super::index::Index;
use super::query::Query;
use super::segment::SegmentSearch;
use super::terms::{self, Terms};
use super::tier::{self, Rows, Tier};
use super::usage::Level;

/// A row: a contact with one of its numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The caller's name for the contact.
    pub key: u64,
    pub name: String,
    pub company: Option<String>,
    pub email: Option<String>,
    /// None only for contacts that have no number.
    pub number: Option<PhoneNumber>,
    /// Which of the contact's numbers it is, from 0.
    pub number_index: usize,
    pub matched: Matched,
}

/// A row before it is shown.
struct Row<'a> {
    tier: Tier,
    level: Level,
    sort_name: Box<str>,
    record: Record<'a>,
    number: Option<usize>,
}

pub(super) fn search(index: &Index, query: &Query, limit: usize) -> Vec<Hit> {
    if query.words.is_empty() || limit == 0 {
        return Vec::new();
    }
    let mut search = Search::new(index, query, limit);
    search.add_live(false);
    search.add_frozen(&Tier::OF_WORDS, |tier| !tier.is_mistyped());
    if query.number.is_some() {
        search.add_frozen(&Tier::OF_NUMBERS, |_| true);
    }
    if search.rows.len() < limit {
        search.add_live(true);
        search.add_frozen(&Tier::OF_WORDS, Tier::is_mistyped);
    }
    search.finish().iter().map(|row| row.hit(query)).collect()
}

struct Search<'a> {
    index: &'a Index,
    query: &'a Query,
    limit: usize,
    parts: Vec<SegmentSearch<'a>>,
    rows: Vec<Row<'a>>,
}

impl<'a> Search<'a> {
    fn new(index: &'a Index, query: &'a Query, limit: usize) -> Self {
        let parts = index
            .frozen
            .iter()
            .map(|part| SegmentSearch::new(&part.segment, query, &part.gone));
        Self {
            index,
            query,
            limit,
            parts: parts.collect(),
            rows: Vec::new(),
        }
    }

    /// Contacts held by themselves: as they fit, or only those that fit but for a mistake.
    fn add_live(&mut self, mistyped: bool) {
        for live in self.index.live.values() {
            let record = live.record.as_record();
            if let Some((tier, rows)) = tier::of_words(self.query, &record, &live.terms, mistyped)
                && tier.is_mistyped() == mistyped
            {
                self.add(tier, record, &live.terms.sort_name, rows);
            }
            if self.query.number.is_some() && !mistyped {
                for tier in Tier::OF_NUMBERS {
                    if let Some(rows) = tier::rows_with_fragment(self.query, tier, &record) {
                        self.add(tier, record, &live.terms.sort_name, rows);
                    }
                }
            }
        }
    }

    /// The rest, tier by tier, until the limit is reached: whatever comes later is behind all these.
    fn add_frozen(&mut self, tiers: &[Tier], wanted: impl Fn(Tier) -> bool) {
        let before = self.rows.len();
        for tier in tiers.iter().copied().filter(|tier| wanted(*tier)) {
            for index in 0..self.parts.len() {
                for place in self.parts[index].find(tier, self.limit) {
                    if let Some(record) = self.index.frozen[index].segment.record(place)
                        && let Some(rows) = tier::rows_of(self.query, tier, &record)
                    {
                        self.add(tier, record, &terms::sort_name(&record), rows);
                    }
                }
            }
            if self.rows.len() - before >= self.limit {
                break;
            }
        }
    }

    fn add(&mut self, tier: Tier, record: Record<'a>, sort_name: &str, rows: Rows) {
        let level = self.index.usage.level(record.key);
        self.rows.extend(rows.into_iter().map(|number| Row {
            tier,
            level,
            sort_name: sort_name.into(),
            record,
            number,
        }));
    }

    fn finish(mut self) -> Vec<Row<'a>> {
        self.rows.sort_by(Row::compare);
        let mut rows = take_turns(self.rows);
        let mut seen = HashSet::new();
        rows.retain(|row| seen.insert((row.record.key, row.number)));
        if let Some(record) = self
            .index
            .usage
            .choice(&self.query.text)
            .and_then(|key| self.index.record(key))
        {
            rows = first(record, rows, self.query);
        }
        rows.truncate(self.limit);
        rows
    }
}

/// Rows of words and rows of numbers one after the other, where neither is better.
fn take_turns(rows: Vec<Row>) -> Vec<Row> {
    let mut turns = Vec::with_capacity(rows.len());
    let mut counts = [0_usize; 2];
    let mut last = None;
    for row in rows {
        let bucket = (row.tier.class(), row.level);
        if last.replace(bucket) != Some(bucket) {
            counts = [0; 2];
        }
        let count = &mut counts[usize::from(row.tier.is_of_numbers())];
        turns.push((*count, row));
        *count += 1;
    }
    turns.sort_by(|(turn, row), (other_turn, other)| row.compare_class(other).then(turn.cmp(other_turn)));
    turns.into_iter().map(|(_, row)| row).collect()
}

/// Puts the rows of a contact before all others, if the query finds it at all.
fn first<'a>(record: Record<'a>, rows: Vec<Row<'a>>, query: &Query) -> Vec<Row<'a>> {
    let (mut own, others): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.record.key == record.key);
    if own.is_empty() {
        let of_words = tier::of_words(query, &record, &Terms::of(&record), true);
        let of_numbers = Tier::OF_NUMBERS.map(|tier| Some((tier, tier::rows_with_fragment(query, tier, &record)?)));
        for (tier, rows) in of_words.into_iter().chain(of_numbers.into_iter().flatten()) {
            own.extend(rows.into_iter().map(|number| Row {
                tier,
                level: Level::NEVER,
                sort_name: Box::default(),
                record,
                number,
            }));
        }
        let mut seen = HashSet::new();
        own.retain(|row| seen.insert(row.number));
    }
    own.extend(others);
    own
}

impl Row<'_> {
    fn compare_class(&self, other: &Self) -> Ordering {
        let by_class = self.tier.class().cmp(&other.tier.class());
        by_class.then_with(|| other.level.compare(self.level))
    }

    fn compare(&self, other: &Self) -> Ordering {
        self.compare_class(other)
            .then_with(|| self.tier.cmp(&other.tier))
            .then_with(|| self.sort_name.cmp(&other.sort_name))
            .then_with(|| (self.record.key, self.number).cmp(&(other.record.key, other.number)))
    }

    fn hit(&self, query: &Query) -> Hit {
        let number = self.number.and_then(|place| self.record.each_number().nth(place));
        Hit {
            key: self.record.key,
            name: self.record.name.to_owned(),
            company: self.record.company.map(str::to_owned),
            email: self.record.email.map(str::to_owned),
            number: number.and_then(|number| PhoneNumber::from_e164(number).ok()),
            number_index: self.number.unwrap_or_default(),
            matched: matched(query, self.tier, &self.record, number),
        }
    }
}
