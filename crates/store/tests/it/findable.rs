//! What an index beside the database is told.

use store::{ContactMarks, ContactNumber};

use crate::{at, memory, number, person};

#[test]
fn whoever_writes_contacts_is_heard_of_once_it_can_be_read() {
    let store = memory();
    store.add_contact(&person("Ann", &["+442079460001"])).unwrap();
    let before = store.contacts_revision().unwrap();
    assert_eq!(
        store.take_contact_changes().keys.len(),
        0,
        "nobody had asked to hear of it"
    );
    store.watch_contacts();

    store.add_contact(&person("Bob", &["+442079460002"])).unwrap();
    store
        .import_contacts(vec![
            person("Cyd", &["+442079460003"]),
            person("Dan", &["+442079460004"]),
        ])
        .unwrap();
    let changes = store.take_contact_changes();
    assert_eq!(changes.keys.len(), 3);
    assert_eq!(changes.revision, Some(before + 3));
    let names: Vec<_> = changes
        .keys
        .iter()
        .map(|key| store.findable_contact(*key).unwrap().unwrap().name)
        .collect();
    assert_eq!(names, ["Bob", "Cyd", "Dan"]);

    // A new number of somebody is a change of theirs.
    let mut ann = store.contact("id of Ann").unwrap().unwrap();
    ann.numbers.push(ContactNumber {
        number: number("+442079460009"),
        label: None,
    });
    store.update_contact(&ann).unwrap();
    let changes = store.take_contact_changes();
    assert_eq!(changes.keys.len(), 1);
    let key = *changes.keys.first().unwrap();
    assert_eq!(store.findable_contact(key).unwrap().unwrap().numbers.len(), 2);

    // What they are marked with is nothing that they are found by.
    let marks = ContactMarks {
        favourite: true,
        ..ContactMarks::default()
    };
    store.mark_contact("id of Ann", &marks).unwrap();
    assert_eq!(store.contacts_revision().unwrap(), before + 4);

    assert!(store.take_contact_changes().keys.len() == 1, "written, if not changed");
    store.remove_contact("id of Ann").unwrap();
    let changes = store.take_contact_changes();
    assert_eq!(changes.keys.into_iter().collect::<Vec<_>>(), [key]);
    assert_eq!(store.findable_contact(key).unwrap(), None);
    assert_eq!(changes.revision, Some(store.contacts_revision().unwrap()));
}

#[test]
fn a_directory_is_read_in_pieces_with_all_numbers_of_each() {
    let store = memory();
    for index in 0..25 {
        let mut contact = person(&format!("Person {index:02}"), &[&format!("+4420794600{index:02}")]);
        if index % 2 == 0 {
            contact.numbers.push(ContactNumber {
                number: number(&format!("+4420794601{index:02}")),
                label: None,
            });
        }
        store.add_contact(&contact).unwrap();
    }
    let (mut all, mut last) = (Vec::new(), 0);
    loop {
        let piece = store.findable_contacts(last, 10).unwrap();
        let Some(end) = piece.last() else { break };
        last = end.key;
        all.extend(piece);
    }
    assert_eq!(all.len(), 25);
    assert_eq!(all.iter().map(|contact| contact.numbers.len()).sum::<usize>(), 38);
    assert_eq!(all[4].numbers, [number("+442079460004"), number("+442079460104")]);
}

#[test]
fn the_last_choice_for_a_text_is_kept_until_its_contact_is_gone() {
    let store = memory();
    store.add_contact(&person("Ann", &["+442079460001"])).unwrap();
    store.add_contact(&person("Bob", &["+442079460002"])).unwrap();
    let ann = store.keep_search_choice("a", "id of Ann", at(1)).unwrap().unwrap();
    let bob = store.keep_search_choice("a", "id of Bob", at(2)).unwrap().unwrap();
    store.keep_search_choice("an", "id of Ann", at(3)).unwrap();
    assert_eq!(store.keep_search_choice("x", "nobody", at(4)).unwrap(), None);
    assert_eq!(
        store.search_choices().unwrap(),
        [("a".to_owned(), bob), ("an".to_owned(), ann)]
    );
    store.remove_contact("id of Bob").unwrap();
    assert_eq!(store.search_choices().unwrap(), [("an".to_owned(), ann)]);
}
