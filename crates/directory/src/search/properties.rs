//! The index beside the plainest reading of what is promised, over contacts and searches drawn at random.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use proptest::prelude::*;
use telephony::PhoneNumber;

use super::fold::{Spelling, fold};
use super::*;

const LIMIT: usize = 1_000;

/// Few letters, so that words begin alike and mistakes lead from one to another.
fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[abn]{1,6}",
        1 => prop::sample::select(vec!["Änne", "Bø", "Анна", "آنا", "नाना", "王伟", "Ban’a", "an-na", "2b", "77"]).prop_map(str::to_owned),
    ]
}

fn words(most: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(word(), 0..=most).prop_map(|words| words.join(" "))
}

fn number() -> impl Strategy<Value = PhoneNumber> {
    "\\+(44|1|999)[27]{6,8}".prop_map(|text| PhoneNumber::from_e164(&text).unwrap())
}

fn contact(keys: std::ops::Range<u64>) -> impl Strategy<Value = SearchContact> {
    let email = prop::option::of((word(), word()).prop_map(|(who, at)| format!("{who}@{at}.example")));
    let numbers = prop::collection::vec(number(), 0..3);
    (keys, words(3), prop::option::of(words(2)), email, numbers).prop_map(|(key, name, company, email, numbers)| {
        SearchContact {
            key,
            name,
            company,
            email,
            numbers,
        }
    })
}

fn contacts() -> impl Strategy<Value = Vec<SearchContact>> {
    prop::collection::vec(contact(0..40), 0..60)
}

fn typed() -> impl Strategy<Value = String> {
    prop_oneof![
        words(3),
        "[27]{1,5}",
        "0?[27]{2,4} [27]{1,3}",
        "[abn]{1,3} [27]{1,4}",
        "\\+?[4927]{1,4}"
    ]
}

#[derive(Debug, Clone)]
enum Step {
    Insert(SearchContact),
    Remove(u64),
    Used(u64, u64),
    Merge,
    /// A merge during which something changes.
    MergeWhile(SearchContact, u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => contact(0..40).prop_map(Step::Insert),
        2 => (0..40_u64).prop_map(Step::Remove),
        2 => (0..40_u64, 0..1000_u64).prop_map(|(key, day)| Step::Used(key, day)),
        1 => Just(Step::Merge),
        1 => (contact(0..40), 0..40_u64).prop_map(|(contact, key)| Step::MergeWhile(contact, key)),
    ];
    prop::collection::vec(step, 0..30)
}

fn built(contacts: &[SearchContact]) -> Index {
    let mut builder = Index::builder();
    contacts.iter().cloned().for_each(|contact| builder.add(contact));
    builder.finish()
}

/// Of several contacts with one key the last.
fn distinct(contacts: &[SearchContact]) -> BTreeMap<u64, SearchContact> {
    contacts.iter().cloned().map(|contact| (contact.key, contact)).collect()
}

fn at(day: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(day * 24 * 60 * 60)
}

fn begin_merge(index: &mut Index) -> Merge {
    let changed: Vec<_> = index
        .live
        .iter()
        .filter(|(key, _)| !index.usage.is_used(**key))
        .collect();
    let changed = changed.into_iter().map(|(_, live)| live.record.clone()).collect();
    index.merge_of(index.frozen.clone(), changed)
}

fn take(index: &mut Index, step: &Step, now: &mut BTreeMap<u64, SearchContact>, uses: &mut Vec<(u64, u64)>) {
    match step {
        Step::Insert(contact) => {
            index.insert(contact.clone());
            now.insert(contact.key, contact.clone());
        }
        Step::Remove(key) => {
            assert_eq!(index.remove(*key), now.remove(key).is_some());
            uses.retain(|(used, _)| used != key);
        }
        Step::Used(key, day) => {
            index.used(*key, at(*day));
            if now.contains_key(key) {
                uses.push((*key, *day));
            }
        }
        Step::Merge => {
            let merged = begin_merge(index).run();
            index.adopt(merged);
        }
        Step::MergeWhile(contact, key) => {
            let merge = begin_merge(index);
            for change in [Step::Used(*key, 3), Step::Insert(contact.clone()), Step::Remove(*key)] {
                take(index, &change, now, uses);
            }
            index.adopt(merge.run());
        }
    }
}

/// Words of a text as they are compared, in all their spellings.
fn spelt(text: &str) -> Vec<String> {
    [Spelling::Plain, Spelling::Other, Spelling::Joined, Spelling::Family]
        .iter()
        .flat_map(|spelling| fold(text, *spelling).split(' ').map(str::to_owned).collect::<Vec<_>>())
        .filter(|word| !word.is_empty())
        .collect()
}

/// Whether each word begins a word of the contact, or all digits are in the number.
fn plainly_fits(typed: &str, contact: &SearchContact, number: Option<&PhoneNumber>) -> bool {
    let texts = [Some(&contact.name), contact.company.as_ref(), contact.email.as_ref()];
    let own: Vec<String> = texts.into_iter().flatten().flat_map(|text| spelt(text)).collect();
    let asked = fold(typed, Spelling::Plain);
    let digits: String = asked.chars().filter(char::is_ascii_digit).collect();
    let is_number = asked.chars().all(|sign| sign.is_ascii_digit() || sign == ' ');
    let in_number = |digits: &str| number.is_some_and(|number| number.digits().contains(digits));
    if is_number && !typed.contains('+') && (in_number(&digits) || in_number(digits.trim_start_matches('0'))) {
        return true;
    }
    let two_letters = fold(typed, Spelling::Other);
    asked.split(' ').zip(two_letters.split(' ')).all(|(word, other)| {
        let is_in_words = own.iter().any(|own| own.starts_with(word) || own.starts_with(other));
        is_in_words || !is_number && word.bytes().all(|byte| byte.is_ascii_digit()) && in_number(word)
    })
}

proptest! {
    // Making an index, however small, takes milliseconds in a build for tests.
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_fits_plainly_is_found_and_each_row_once(contacts in contacts(), typed in typed()) {
        prop_assume!(!fold(&typed, Spelling::Plain).is_empty());
        let hits = built(&contacts).search(&Query::new(&typed), LIMIT);
        let mut found: Vec<_> = hits.iter().map(|hit| (hit.key, hit.number.clone(), hit.number_index)).collect();
        for contact in distinct(&contacts).values() {
            let numbers: Vec<_> = contact.numbers.iter().map(Some).collect();
            let rows = if numbers.is_empty() { vec![None] } else { numbers };
            for (number, index) in rows.into_iter().zip(0..) {
                let is_found = found.contains(&(contact.key, number.cloned(), index));
                prop_assert!(is_found || !plainly_fits(&typed, contact, number), "{contact:?} {number:?}");
            }
        }
        found.sort_by_key(|(key, _, index)| (*key, *index));
        let rows = found.len();
        found.dedup();
        prop_assert_eq!(found.len(), rows);
    }

    #[test]
    fn one_by_one_and_all_at_once_find_the_same_in_the_same_order(
        contacts in contacts(), typed in typed(), limit in 1..20_usize
    ) {
        let mut one_by_one = Index::default();
        contacts.iter().cloned().for_each(|contact| one_by_one.insert(contact));
        let query = Query::new(&typed);
        prop_assert_eq!(one_by_one.search(&query, limit), built(&contacts).search(&query, limit));
        let all = one_by_one.search(&query, LIMIT);
        prop_assert_eq!(&all, &built(&contacts).search(&query, LIMIT));
    }

    #[test]
    fn changes_lead_to_what_a_fresh_build_finds(contacts in contacts(), steps in steps(), typed in typed()) {
        let mut index = built(&contacts);
        let mut now = distinct(&contacts);
        let mut uses = Vec::new();
        for step in &steps {
            take(&mut index, step, &mut now, &mut uses);
        }
        prop_assert_eq!(index.len(), now.len());
        let mut fresh = built(&now.into_values().collect::<Vec<_>>());
        for (key, day) in uses {
            fresh.used(key, at(day));
        }
        let query = Query::new(&typed);
        prop_assert_eq!(index.search(&query, LIMIT), fresh.search(&query, LIMIT));
        prop_assert_eq!(index.search(&query, 7), fresh.search(&query, 7));
    }

    #[test]
    fn what_was_saved_finds_the_same(contacts in contacts(), steps in steps(), typed in typed(), stamp: u64) {
        let mut index = built(&contacts);
        let (mut now, mut uses) = (distinct(&contacts), Vec::new());
        for step in &steps {
            take(&mut index, step, &mut now, &mut uses);
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("index");
        index.save(&path, stamp).unwrap();
        let (mut loaded, read) = Index::load(&path).unwrap();
        prop_assert_eq!(read, stamp);
        for (key, day) in uses {
            loaded.used(key, at(day));
        }
        let query = Query::new(&typed);
        prop_assert_eq!(index.search(&query, LIMIT), loaded.search(&query, LIMIT));
    }

    #[test]
    fn a_damaged_file_is_refused(contacts in contacts(), place: prop::sample::Index, bit in 0..8_u8, cut: prop::sample::Index) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("index");
        built(&contacts).save(&path, 1).unwrap();
        let whole = std::fs::read(&path).unwrap();
        let mut flipped = whole.clone();
        flipped[place.index(whole.len())] ^= 1 << bit;
        for damaged in [&flipped[..], &whole[..cut.index(whole.len())]] {
            std::fs::write(&path, damaged).unwrap();
            let problem = Index::load(&path).err().map(|problem| problem.to_string());
            prop_assert!(problem.is_some_and(|problem| problem.contains("rebuild")));
        }
    }

    #[test]
    fn random_bytes_are_no_index(bytes: Vec<u8>, has_magic: bool) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("index");
        let start: &[u8] = if has_magic { b"DLDKIDX\n\x01\0\0\0" } else { b"" };
        std::fs::write(&path, [start, &bytes].concat()).unwrap();
        prop_assert!(Index::load(&path).is_err());
    }

    #[test]
    fn any_text_can_be_searched_and_marked(name: String, typed: String) {
        let numbers = vec![PhoneNumber::from_e164("+442079460123").unwrap()];
        let contact = SearchContact { key: 1, name: name.clone(), company: Some(typed.clone()), email: None, numbers };
        for hit in built(&[contact]).search(&Query::new(&typed), LIMIT) {
            for mark in &hit.matched.name {
                prop_assert!(hit.name.get(mark.clone()).is_some());
            }
            for mark in &hit.matched.company {
                prop_assert!(hit.company.as_deref().and_then(|company| company.get(mark.clone())).is_some());
            }
        }
    }
}
