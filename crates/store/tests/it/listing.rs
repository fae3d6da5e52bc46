//! The directory as a list, looked at in stretches.

use proptest::prelude::*;
use store::{ContactMarks, Store};

use crate::{memory, person};

fn names(store: &Store, from: u32, limit: u32) -> Vec<String> {
    let listing = store.list_contacts(from, limit).unwrap();
    listing.contacts.into_iter().map(|contact| contact.name).collect()
}

fn with_favourites(people: &[(&str, bool)]) -> Store {
    let store = memory();
    for (place, (name, favourite)) in people.iter().enumerate() {
        let mut contact = person(name, &[]);
        contact.id = format!("id {place}");
        contact.marks = ContactMarks {
            favourite: *favourite,
            ..ContactMarks::default()
        };
        store.add_contact(&contact).unwrap();
    }
    store
}

#[test]
fn favourites_come_first_and_once_more_in_their_place() {
    let store = with_favourites(&[("Cho", true), ("ann", false), ("Bea", false), ("Ada", true)]);
    assert_eq!(names(&store, 0, 10), ["Ada", "Cho", "Ada", "ann", "Bea", "Cho"]);
    assert_eq!(names(&store, 1, 2), ["Cho", "Ada"]);
    assert_eq!(names(&store, 6, 5), [""; 0]);
    assert_eq!(names(&store, u32::MAX, u32::MAX), [""; 0]);
}

#[test]
fn the_counts_follow_what_is_written() {
    let store = with_favourites(&[("Ann", false), ("Bea", false)]);
    let counts = || {
        let listing = store.list_contacts(0, 1).unwrap();
        (listing.favourites, listing.everybody)
    };
    assert_eq!(counts(), (0, 2));
    let mut ann = store.contacts_by_name("ann").unwrap().remove(0);
    ann.marks.favourite = true;
    store.update_contact(&ann).unwrap();
    assert_eq!(counts(), (1, 2));
    store.remove_contact(&ann.id).unwrap();
    assert_eq!(counts(), (0, 1));
    store.add_contact(&person("Cho", &[])).unwrap();
    assert_eq!(counts(), (0, 2));
}

proptest! {
    #[test]
    fn stretches_are_parts_of_the_whole(
        people in prop::collection::vec(("[a-cA-C]{1,3}", any::<bool>()), 0..40),
        from in 0_u32..90,
        limit in 0_u32..90,
    ) {
        let people: Vec<(&str, bool)> = people.iter().map(|(name, favourite)| (name.as_str(), *favourite)).collect();
        let store = with_favourites(&people);
        let ids = |from, limit| -> Vec<String> {
            let listing = store.list_contacts(from, limit).unwrap();
            listing.contacts.into_iter().map(|contact| contact.id).collect()
        };
        let whole = ids(0, 200);
        prop_assert_eq!(whole.len(), people.len() + people.iter().filter(|(_, favourite)| *favourite).count());
        let part: Vec<String> = whole.into_iter().skip(from as usize).take(limit as usize).collect();
        prop_assert_eq!(ids(from, limit), part);
    }
}
