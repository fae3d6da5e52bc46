//! Address books elsewhere: contact and card change together, or not at all.

use store::{BookCard, BookChange, BookConflict, BookRow, ConflictChoice, Contact, Store};

use crate::{at, memory, person};

fn book(id: &str) -> BookRow {
    BookRow {
        id: id.into(),
        name: format!("book {id}"),
        address: "https://cloud.example.com/".into(),
        user: "anna".into(),
        href: format!("/anna/{id}/"),
        takes_new: true,
        synced_at: None,
        report: None,
    }
}

fn card(contact: &Contact, version: &str) -> BookCard {
    BookCard {
        contact_id: contact.id.clone(),
        href: "/anna/b/1.vcf".into(),
        etag: Some(version.into()),
        agreed: Some((format!("card {version}"), "{}".into())),
    }
}

fn with_ann() -> (Store, Contact) {
    let store = memory();
    store.add_book(&book("b")).unwrap();
    let ann = person("Ann Lee", &["+442079460123"]);
    let card = card(&ann, "1");
    let contact = ann.clone();
    assert!(store.change_book("b", BookChange::Add { contact, card }).unwrap());
    (store, ann)
}

#[test]
fn a_card_becomes_a_contact_that_is_found_and_a_change_replaces_it() {
    let (store, ann) = with_ann();
    assert_eq!(store.search_contacts("ann", 5).unwrap()[0].contact, ann);
    let anna = Contact {
        name: "Anna Lee".into(),
        ..ann.clone()
    };
    let update = BookChange::Update {
        expected: ann.clone(),
        contact: anna.clone(),
        card: card(&ann, "2"),
    };
    assert!(store.change_book("b", update.clone()).unwrap());
    assert_eq!(store.contact(&ann.id).unwrap(), Some(anna));
    assert_eq!(store.book_state("b").unwrap().cards, [card(&ann, "2")]);
    assert!(!store.change_book("b", update).unwrap(), "it is another by now");
    assert!(
        !store
            .change_book("none", BookChange::Forget { contact_id: ann.id })
            .unwrap()
    );
}

#[test]
fn whoever_was_changed_here_meanwhile_is_neither_replaced_nor_deleted() {
    let (store, ann) = with_ann();
    let changed = Contact {
        note: Some("rang twice".into()),
        ..ann.clone()
    };
    store.update_contact(&changed).unwrap();
    let before = store.book_state("b").unwrap();
    let expected = ann.clone();
    assert!(!store.change_book("b", BookChange::Delete { expected }).unwrap());
    let split = BookChange::Split {
        expected: ann.clone(),
        new_href: "/anna/b/2.vcf".into(),
        contact: person("Other", &[]),
        card: card(&ann, "3"),
    };
    assert!(!store.change_book("b", split).unwrap());
    assert_eq!(store.contact(&ann.id).unwrap(), Some(changed));
    assert_eq!(store.book_state("b").unwrap(), before);
}

#[test]
fn a_change_that_fails_halfway_changes_nothing() {
    let (store, ann) = with_ann();
    // The id is taken: after the card's old place was given up, the contact cannot be made.
    let contact = ann.clone();
    let clash = BookChange::Add {
        contact,
        card: card(&ann, "9"),
    };
    assert!(store.change_book("b", clash).is_err());
    assert_eq!(store.book_state("b").unwrap().cards, [card(&ann, "1")]);
}

#[test]
fn a_choice_is_of_the_sides_that_were_seen() {
    let (store, ann) = with_ann();
    let conflict = |theirs: &str, second| BookConflict {
        contact_id: ann.id.clone(),
        href: "/anna/b/1.vcf".into(),
        ours: Some("{}".into()),
        theirs: Some(theirs.into()),
        found_at: at(second),
        choice: None,
    };
    store.set_conflicts("b", vec![conflict("x", 1)]).unwrap();
    assert!(store.choose("b", &ann.id, ConflictChoice::Both).unwrap());
    assert!(!store.choose("b", "nobody", ConflictChoice::Both).unwrap());
    store.set_conflicts("b", vec![conflict("x", 2)]).unwrap();
    let kept = store.book_state("b").unwrap().conflicts.remove(0);
    assert_eq!((kept.choice, kept.found_at), (Some(ConflictChoice::Both), at(1)));
    store.set_conflicts("b", vec![conflict("y", 3)]).unwrap();
    assert_eq!(store.book_state("b").unwrap().conflicts[0].choice, None);
    let agreed = BookChange::Agree { card: card(&ann, "4") };
    store.change_book("b", agreed).unwrap();
    assert_eq!(store.book_state("b").unwrap().conflicts, []);
}

#[test]
fn one_book_takes_new_contacts_and_a_removed_book_leaves_its_contacts() {
    let (store, ann) = with_ann();
    store.add_book(&book("c")).unwrap();
    let taking: Vec<bool> = store.books().unwrap().iter().map(|book| book.takes_new).collect();
    assert_eq!(taking, [false, true]);
    store.note_run("b", at(5), "{}").unwrap();
    assert_eq!(store.books().unwrap()[0].synced_at, Some(at(5)));
    assert_eq!(store.contacts_in_books().unwrap().len(), 1);
    assert!(store.remove_book("b").unwrap());
    assert!(!store.remove_book("b").unwrap());
    assert!(store.contacts_in_books().unwrap().is_empty());
    assert!(store.contact(&ann.id).unwrap().is_some());
}
