//! Several contacts made into one, and back.

use std::path::Path;
use std::sync::mpsc::sync_channel;

use proptest::prelude::*;
use rusqlite::Connection;
use rusqlite::types::Value;
use store::{
    BookCard, BookChange, BookConflict, BookRow, Contact, ContactMarks, ContactNumber, Entry, ImportPart, Merge,
    NotUndoable, Store, StoreError,
};

use crate::callbacks::callback as promise;
use crate::{at, call_row, memory, number, person};

fn merge_of(id: &str, members: &[&Contact], contact: &Contact) -> Merge {
    Merge {
        id: id.into(),
        at: at(100),
        members: members.iter().map(|contact| (*contact).clone()).collect(),
        contact: contact.clone(),
    }
}

fn call_to(store: &Store, id: &str, contact: &str, to: &str, second: i64) {
    let row = store::CallRow {
        contact: Some(contact.into()),
        customer: Some(number(to)),
        ..call_row(id, at(second))
    };
    let entry = Entry::Call {
        row: Box::new(row),
        dispatch: None,
        at: at(second),
        open: false,
    };
    store.commit_and_wait(vec![entry]).unwrap();
}

fn contact_of_call(store: &Store, id: &str) -> Option<String> {
    let call = store.call(id).ok().flatten();
    call.and_then(|call| call.row.contact)
}

fn ann_and_her_double(store: &Store) -> (Contact, Contact, Contact) {
    let ann = person("Ann Lee", &["+442079460101"]);
    let double = Contact {
        email: Some("ann@example.com".into()),
        ..person("A. Lee", &["+442079460102"])
    };
    store.add_contact(&ann).unwrap();
    store.add_contact(&double).unwrap();
    let mut one = ann.clone();
    one.email.clone_from(&double.email);
    one.numbers.extend(double.numbers.clone());
    (ann, double, one)
}

fn book(id: &str) -> BookRow {
    BookRow {
        id: id.into(),
        name: id.into(),
        address: "https://cloud.example.com/".into(),
        user: "anna".into(),
        href: format!("/anna/{id}/"),
        takes_new: false,
        synced_at: None,
        report: None,
    }
}

fn card(contact: &Contact, href: &str) -> BookCard {
    BookCard {
        contact_id: contact.id.clone(),
        href: href.into(),
        etag: Some("1".into()),
        agreed: Some(("BEGIN:VCARD".into(), "{}".into())),
    }
}

#[test]
fn all_that_is_known_of_each_follows_to_the_one() {
    let store = memory();
    let (ann, double, one) = ann_and_her_double(&store);
    call_to(&store, "c1", &double.id, "+442079460102", 1);
    let callback = store::CallbackRow {
        contact: Some(double.id.clone()),
        ..promise("b1", 50)
    };
    store
        .commit_and_wait(vec![Entry::Callback(Box::new(callback))])
        .unwrap();
    let shown = number("+442079460999");
    store.keep_caller_id("account-1", &double.id, Some(&shown)).unwrap();
    store.keep_search_choice("lee", &double.id, at(2)).unwrap();

    store.merge_contacts(merge_of("m1", &[&ann, &double], &one)).unwrap();

    assert_eq!(store.contacts_all().unwrap(), std::slice::from_ref(&one));
    assert_eq!(contact_of_call(&store, "c1"), Some(ann.id.clone()));
    assert_eq!(store.callback("b1").unwrap().unwrap().contact, Some(ann.id.clone()));
    assert_eq!(store.kept_caller_id("account-1", &ann.id).unwrap(), Some(shown));
    let key = store.contact_key(&ann.id).unwrap().unwrap();
    assert_eq!(store.search_choices().unwrap(), [("lee".to_owned(), key)]);
    assert_eq!(store.merged_into(&double.id).unwrap(), Some(ann.id.clone()));
    assert_eq!(store.search_contacts("460102", 5).unwrap()[0].contact, one);
}

#[test]
fn what_was_changed_since_stays_and_what_would_be_a_guess_is_refused() {
    let store = memory();
    let (ann, double, one) = ann_and_her_double(&store);
    store.merge_contacts(merge_of("m1", &[&ann, &double], &one)).unwrap();
    call_to(&store, "later", &ann.id, "+442079460102", 200);
    let mut changed = Contact {
        name: "Ann Lee-Jones".into(),
        ..one.clone()
    };
    changed.marks.do_not_call = true;
    changed.numbers.push(ContactNumber {
        number: number("+442079460103"),
        label: None,
    });
    store.update_contact(&changed).unwrap();
    assert_eq!(store.merges(5).unwrap()[0].obstacle, Some(NotUndoable::NumbersChanged));
    assert!(matches!(
        store.undo_merge("m1"),
        Err(StoreError::NotUndoable {
            why: NotUndoable::NumbersChanged,
            ..
        })
    ));
    changed.numbers.pop();
    store.update_contact(&changed).unwrap();
    let restored = store.undo_merge("m1").unwrap();
    assert_eq!(restored[0].name, "Ann Lee-Jones");
    assert_eq!(restored[0].email, None, "it was the other's");
    assert!(restored.iter().all(|contact| contact.marks.do_not_call));
    assert_eq!(restored[1].name, "A. Lee");
    assert_eq!(
        contact_of_call(&store, "later"),
        Some(double.id),
        "to a number only of hers"
    );
    assert!(matches!(store.undo_merge("m1"), Err(StoreError::NoSuchMerge(_))));
}

#[test]
fn a_merge_into_yet_another_is_undone_first_and_a_removed_one_not_at_all() {
    let store = memory();
    let (ann, double, one) = ann_and_her_double(&store);
    let third = person("Ann", &["+442079460104"]);
    store.add_contact(&third).unwrap();
    store.merge_contacts(merge_of("m1", &[&ann, &double], &one)).unwrap();
    store.merge_contacts(merge_of("m2", &[&third, &one], &third)).unwrap();
    assert_eq!(store.merged_into(&double.id).unwrap(), Some(third.id.clone()));
    let obstacles = || -> Vec<_> { store.merges(5).unwrap().iter().map(|merge| merge.obstacle).collect() };
    assert_eq!(obstacles(), [None, Some(NotUndoable::MergedFurther)]);
    store.undo_merge("m2").unwrap();
    assert_eq!(obstacles(), [None]);
    store.remove_contact(&ann.id).unwrap();
    assert_eq!(store.merges(5).unwrap(), [], "who was deleted is not kept elsewhere");
    assert_eq!(store.merged_into(&double.id).unwrap(), None);
}

#[test]
fn nobody_is_merged_as_somebody_they_no_longer_are() {
    let store = memory();
    let (ann, double, one) = ann_and_her_double(&store);
    let stale = Contact {
        note: Some("old".into()),
        ..double.clone()
    };
    let merged = store.merge_contacts(merge_of("m1", &[&ann, &stale], &one));
    assert!(matches!(merged, Err(StoreError::ContactChanged(id)) if id == double.id));
    store.add_book(&book("b")).unwrap();
    let conflict = BookConflict {
        contact_id: double.id.clone(),
        href: "/1".into(),
        ours: None,
        theirs: None,
        found_at: at(1),
        choice: None,
    };
    store.set_conflicts("b", vec![conflict]).unwrap();
    let merged = store.merge_contacts(merge_of("m1", &[&ann, &double], &one));
    assert!(matches!(merged, Err(StoreError::ContactInConflict(id)) if id == double.id));
    assert_eq!(store.contacts_all().unwrap().len(), 2);
}

#[test]
fn nobody_is_merged_or_taken_apart_whom_an_import_that_goes_on_has_made_or_changed() {
    let store = memory();
    let (ann, double, one) = ann_and_her_double(&store);
    store.merge_contacts(merge_of("m1", &[&ann, &double], &one)).unwrap();
    let bob = person("Bob", &["+442079460103"]);
    store.add_contact(&bob).unwrap();
    let (give, parts) = sync_channel(0);
    let importing = {
        let store = store.clone();
        std::thread::spawn(move || store.import_parts(parts))
    };
    let person_at = |name: &str, company: &str, number: &str| Contact {
        id: String::new(),
        company: Some(company.into()),
        ..person(name, &[number])
    };
    let people = vec![
        person_at("Ann Lee", "Acme", "+442079460101"),
        person_at("Cid", "Acme", "+442079460104"),
    ];
    give.send(ImportPart::Contacts(people)).unwrap();
    // Taken once those are written.
    give.send(ImportPart::Contacts(Vec::new())).unwrap();
    let ann = store.contact(&ann.id).unwrap().unwrap();
    let cid = store.contacts_by_name("Cid").unwrap().remove(0);
    for (imported, members) in [(&ann, [&ann, &bob]), (&cid, [&bob, &cid])] {
        let merged = store.merge_contacts(merge_of("m2", &members, members[0]));
        assert!(matches!(merged, Err(StoreError::ContactBeingImported(id)) if id == imported.id));
    }
    let undone = store.undo_merge("m1");
    assert!(matches!(undone, Err(StoreError::ContactBeingImported(id)) if id == ann.id));

    drop(give);
    assert!(importing.join().unwrap().is_err());
    assert_eq!(store.contact(&ann.id).unwrap(), Some(one));
    assert_eq!(store.undo_merge("m1").unwrap().len(), 2);
    assert_eq!(store.contacts_all().unwrap().len(), 3);
}

#[test]
fn the_card_of_one_follows_and_the_second_card_is_passed_over_until_they_part() {
    let store = memory();
    store.add_book(&book("b")).unwrap();
    let (ann, double, one) = ann_and_her_double(&store);
    let own = card(&double, "/2");
    store.change_book("b", BookChange::Agree { card: own.clone() }).unwrap();
    store.merge_contacts(merge_of("m1", &[&ann, &double], &one)).unwrap();
    let state = store.book_state("b").unwrap();
    assert_eq!(state.cards, [card(&ann, "/2")]);
    assert!(state.passed_over.is_empty());
    store.undo_merge("m1").unwrap();
    assert_eq!(store.book_state("b").unwrap().cards, std::slice::from_ref(&own));

    let anns = card(&ann, "/1");
    store
        .change_book("b", BookChange::Agree { card: anns.clone() })
        .unwrap();
    store.merge_contacts(merge_of("m2", &[&ann, &double], &one)).unwrap();
    let state = store.book_state("b").unwrap();
    assert_eq!(state.cards, std::slice::from_ref(&anns));
    assert!(state.passed_over.contains("/2"));
    store.undo_merge("m2").unwrap();
    assert_eq!(store.book_state("b").unwrap().cards, [own.clone(), anns]);

    // Deleted here, all its cards are to be deleted there; deleted there, the other card is a person again.
    store.merge_contacts(merge_of("m3", &[&ann, &double], &one)).unwrap();
    store.remove_contact(&ann.id).unwrap();
    let state = store.book_state("b").unwrap();
    assert!(state.cards.contains(&own) && state.passed_over.is_empty());
}

#[test]
fn a_card_deleted_there_frees_the_one_that_was_passed_over() {
    let store = memory();
    store.add_book(&book("b")).unwrap();
    let (ann, double, one) = ann_and_her_double(&store);
    for card in [card(&ann, "/1"), card(&double, "/2")] {
        store.change_book("b", BookChange::Agree { card }).unwrap();
    }
    store.merge_contacts(merge_of("m1", &[&ann, &double], &one)).unwrap();
    assert!(store.change_book("b", BookChange::Delete { expected: one }).unwrap());
    let state = store.book_state("b").unwrap();
    assert!(state.cards.is_empty() && state.passed_over.is_empty());
}

#[test]
fn who_is_somebody_else_is_remembered_through_merges() {
    let store = memory();
    let (ann, double, one) = ann_and_her_double(&store);
    let other = person("Ann Leigh", &["+442079460105"]);
    store.add_contact(&other).unwrap();
    store.set_distinct(&[other.id.clone(), double.id.clone()]).unwrap();
    assert!(store.set_distinct(&["nobody".into(), double.id.clone()]).is_err());
    let pair = |a: &Contact, b: &Contact| (a.id.clone().min(b.id.clone()), a.id.clone().max(b.id.clone()));
    let before = store.distinct_contacts().unwrap();
    assert!(before.contains(&pair(&double, &other)));
    store.merge_contacts(merge_of("m1", &[&ann, &double], &one)).unwrap();
    assert!(store.distinct_contacts().unwrap().contains(&pair(&ann, &other)));
    store.undo_merge("m1").unwrap();
    assert_eq!(store.distinct_contacts().unwrap(), before);
}

/// Everything that a merge may touch, row by row.
fn rows(path: &Path) -> Vec<Vec<Value>> {
    const TABLES: [&str; 10] = [
        "SELECT * FROM contacts ORDER BY key",
        "SELECT * FROM contact_numbers ORDER BY contact, position",
        "SELECT * FROM calls ORDER BY id",
        "SELECT * FROM callbacks ORDER BY id",
        "SELECT * FROM kept_caller_ids ORDER BY account_id, person",
        "SELECT * FROM search_choices ORDER BY typed",
        "SELECT * FROM book_cards ORDER BY book_id, href",
        "SELECT * FROM passed_cards ORDER BY book_id, href",
        "SELECT * FROM distinct_contacts ORDER BY one, other",
        "SELECT merge_id, contact_id FROM merged_contacts ORDER BY contact_id",
    ];
    let conn = Connection::open(path).unwrap();
    let mut all = Vec::new();
    for sql in TABLES {
        let mut statement = conn.prepare(sql).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            all.push((0..columns).map(|column| row.get(column).unwrap()).collect());
        }
    }
    all
}

#[derive(Debug, Clone)]
struct Drawn {
    name: String,
    numbers: Vec<u8>,
    marks: (bool, bool, Option<String>),
    note: Option<String>,
    calls: usize,
    callback: bool,
    shown: Option<u8>,
    choice: bool,
    book: Option<bool>,
}

fn drawn() -> impl Strategy<Value = Drawn> {
    (
        (
            "[A-C]{1,2}",
            prop::collection::btree_set(0..6_u8, 0..3),
            prop::option::of("[xy]"),
        ),
        (any::<bool>(), any::<bool>(), prop::option::of("[gs]")),
        (
            0..3_usize,
            any::<bool>(),
            prop::option::of(0..9_u8),
            any::<bool>(),
            prop::option::of(any::<bool>()),
        ),
    )
        .prop_map(
            |((name, numbers, note), marks, (calls, callback, shown, choice, book))| Drawn {
                name,
                numbers: numbers.into_iter().collect(),
                marks,
                note,
                calls,
                callback,
                shown,
                choice,
                book,
            },
        )
}

/// Writes down what was drawn.
fn settle(store: &Store, people: &[Drawn]) -> Vec<Contact> {
    for id in ["b0", "b1"] {
        store.add_book(&book(id)).unwrap();
    }
    let contacts = people.iter().enumerate().map(|(index, drawn)| {
        let numbers: Vec<String> = drawn.numbers.iter().map(|n| format!("+44207946010{n}")).collect();
        let contact = Contact {
            id: format!("p{index}"),
            note: drawn.note.clone(),
            marks: ContactMarks {
                favourite: drawn.marks.0,
                do_not_call: drawn.marks.1,
                tags: drawn.marks.2.iter().cloned().collect(),
            },
            ..person(&drawn.name, &numbers.iter().map(String::as_str).collect::<Vec<_>>())
        };
        store.add_contact(&contact).unwrap();
        let to = numbers.first().map_or("+442079460199", String::as_str);
        for call in 0..drawn.calls {
            call_to(store, &format!("c{index}-{call}"), &contact.id, to, 60);
        }
        if drawn.callback {
            let row = store::CallbackRow {
                contact: Some(contact.id.clone()),
                customer: Some(number(to)),
                ..promise(&format!("b{index}"), 50)
            };
            store.commit_and_wait(vec![Entry::Callback(Box::new(row))]).unwrap();
        }
        if let Some(shown) = drawn.shown {
            let account = format!("account-{}", shown % 2);
            let shown = number(&format!("+44207946090{shown}"));
            store.keep_caller_id(&account, &contact.id, Some(&shown)).unwrap();
        }
        if drawn.choice {
            store
                .keep_search_choice(&format!("t{index}"), &contact.id, at(index as i64))
                .unwrap();
        }
        if let Some(second) = drawn.book {
            let book = if second { "b1" } else { "b0" };
            let card = card(&contact, &format!("/{index}"));
            store.change_book(book, BookChange::Agree { card }).unwrap();
        }
        contact
    });
    contacts.collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn undone_merges_leave_the_rows_that_were_there_before(
        people in prop::collection::vec(drawn(), 4..7),
        order in Just((0..4_usize).collect::<Vec<_>>()).prop_shuffle(),
        apart in prop::collection::vec((0..4_usize, 0..4_usize), 0..4),
    ) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("dialdeck.db");
        let store = Store::open(&path).unwrap();
        let contacts = settle(&store, &people);
        for (one, other) in apart {
            store.set_distinct(&[contacts[one].id.clone(), contacts[other].id.clone()]).unwrap();
        }
        let before = rows(&path);
        let members: Vec<&Contact> = order.iter().map(|index| &contacts[*index]).collect();
        let one = Contact { id: members[1].id.clone(), name: "One".into(), ..members[2].clone() };
        store.merge_contacts(merge_of("m1", &members[1..3], &one)).unwrap();
        let between = rows(&path);
        // Both that stays and that goes, of one that was merged before.
        let (first, second) = if order[0] % 2 == 0 { (members[0], &one) } else { (&one, members[0]) };
        let both = Contact { name: "Both".into(), ..first.clone() };
        store.merge_contacts(merge_of("m2", &[first, second, members[3]], &both)).unwrap();
        prop_assert_eq!(store.contacts_all().unwrap().len(), contacts.len() - 3);
        drop(store);
        // Also by a later run of the program.
        let store = Store::open(&path).unwrap();
        store.undo_merge("m2").unwrap();
        prop_assert_eq!(rows(&path), between);
        let names = Store::outline(&path).unwrap().names;
        prop_assert!(people.iter().all(|drawn| names.contains(&drawn.name)), "also of who is part of another");
        store.undo_merge("m1").unwrap();
        prop_assert_eq!(rows(&path), before);
    }
}
