use std::time::{Duration, Instant};

use store::{Contact, ContactNumber, ImportPart};
use telephony::PhoneNumber;

use super::*;

fn now() -> Timestamp {
    "2026-01-05T09:00:00Z".parse().unwrap()
}

fn person(name: &str, last: u32) -> Contact {
    Contact {
        id: format!("id of {name}"),
        name: name.into(),
        numbers: vec![ContactNumber {
            number: PhoneNumber::from_e164(&format!("+44207946{last:04}")).unwrap(),
            label: None,
        }],
        ..Contact::default()
    }
}

fn names(finder: &Finder, query: &str) -> Vec<String> {
    let hits = finder.search(query, 10).expect("an index stands");
    hits.into_iter().map(|hit| hit.name).collect()
}

fn filled() -> Store {
    let store = Store::in_memory().unwrap();
    for (name, last) in [("Jörg Müller", 1), ("Anita Ghosh", 2), ("Иван Петров", 3)] {
        store.add_contact(&person(name, last)).unwrap();
    }
    store
}

#[test]
fn nothing_is_found_by_an_index_that_does_not_stand() {
    let finder = Finder::new(filled(), None);
    assert!(finder.search("anita", 10).is_none(), "the database is to be asked");
    finder.prepare(now()).unwrap();
    for query in ["muelle", "mulelr", "jm", "0001"] {
        assert_eq!(names(&finder, query), ["Jörg Müller"], "{query}");
    }
    assert_eq!(names(&finder, "petrov"), ["Иван Петров"]);
}

#[test]
fn whatever_is_written_is_found_by_the_next_search() {
    let store = filled();
    let finder = Finder::new(store.clone(), None);
    finder.prepare(now()).unwrap();
    store.add_contact(&person("Zoë Quant", 9)).unwrap();
    assert_eq!(names(&finder, "zoe"), ["Zoë Quant"]);
    store.import_contacts(vec![person("Imre Nagy", 10)]).unwrap();
    assert_eq!(names(&finder, "imre"), ["Imre Nagy"]);
    let mut renamed = store.contact("id of Zoë Quant").unwrap().unwrap();
    renamed.name = "Zoë Quantum-Lehr".into();
    store.update_contact(&renamed).unwrap();
    assert_eq!(names(&finder, "lehr"), ["Zoë Quantum-Lehr"]);
    store.remove_contact("id of Zoë Quant").unwrap();
    assert_eq!(names(&finder, "zoe"), [""; 0]);
}

#[test]
fn the_file_serves_the_next_run_only_while_it_is_of_today() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("search-index");
    let store = filled();
    Finder::new(store.clone(), Some(file.clone())).prepare(now()).unwrap();

    let short = Finder::new(store.clone(), Some(file.clone()));
    short.take_kept(now()).unwrap();
    assert_eq!(names(&short, "ghosh"), ["Anita Ghosh"]);

    // Written by a run that had no index.
    store.add_contact(&person("Newcomer", 11)).unwrap();
    let later = Finder::new(store.clone(), Some(file.clone()));
    later.take_kept(now()).unwrap();
    assert!(later.search("newcomer", 10).is_none());
    let full = Finder::new(store.clone(), Some(file.clone()));
    full.prepare(now()).unwrap();
    assert_eq!(names(&full, "newcomer"), ["Newcomer"]);

    // What changed in a run is in the file at its end.
    store.add_contact(&person("Last One", 12)).unwrap();
    full.catch_up();
    full.save();
    let next = Finder::new(store.clone(), Some(file.clone()));
    next.take_kept(now()).unwrap();
    assert_eq!(names(&next, "last one"), ["Last One"]);

    std::fs::write(&file, b"not an index").unwrap();
    let damaged = Finder::new(store, Some(file));
    damaged.take_kept(now()).unwrap();
    assert!(damaged.search("anita", 10).is_none());
    damaged.prepare(now()).unwrap();
    assert_eq!(names(&damaged, "anita"), ["Anita Ghosh"]);
}

#[test]
fn whom_the_letters_led_to_last_time_comes_first() {
    let store = Store::in_memory().unwrap();
    for (name, last) in [("Anna Able", 1), ("Anna Baker", 2), ("Anna Cook", 3)] {
        store.add_contact(&person(name, last)).unwrap();
    }
    let finder = Finder::new(store.clone(), None);
    finder.prepare(now()).unwrap();
    assert_eq!(names(&finder, "anna")[0], "Anna Able");
    finder.called("id of Anna Baker", now());
    assert_eq!(names(&finder, "anna")[0], "Anna Baker");
    let key = store
        .keep_search_choice("anna", "id of Anna Cook", now())
        .unwrap()
        .unwrap();
    finder.chosen("anna", key);
    assert_eq!(names(&finder, "anna"), ["Anna Cook", "Anna Baker", "Anna Able"]);

    let next = Finder::new(store, None);
    next.prepare(now()).unwrap();
    assert_eq!(names(&next, "anna")[0], "Anna Cook", "it is kept for the next run");
}

#[test]
fn a_great_import_is_read_beside_and_then_found_with_what_came_meanwhile() {
    let store = filled();
    let finder = Finder::new(store.clone(), None);
    finder.prepare(now()).unwrap();
    let many = (0..=MOST_AT_ONCE as u32).map(|index| Contact {
        id: format!("many {index}"),
        name: format!("Person {index}"),
        ..Contact::default()
    });
    store.import_contacts(many.collect()).unwrap();
    assert_eq!(names(&finder, "ghosh"), ["Anita Ghosh"], "nobody waits for it");
    assert!(finder.is_behind() || !names(&finder, "person 20000").is_empty());
    store.add_contact(&person("Meanwhile", 77)).unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    while names(&finder, "person 20000").is_empty() || names(&finder, "meanwhile").is_empty() {
        assert!(Instant::now() < deadline, "it is never found");
        std::thread::yield_now();
    }
}

#[test]
fn while_an_import_goes_on_its_people_are_not_read_over_and_over() {
    let store = filled();
    let finder = Finder::new(store.clone(), None);
    finder.prepare(now()).unwrap();
    let (give, parts) = std::sync::mpsc::channel();
    let importing = {
        let store = store.clone();
        std::thread::spawn(move || store.import_parts(parts))
    };
    let many = (0..=MOST_AT_ONCE as u32).map(|index| Contact {
        id: format!("many {index}"),
        name: format!("Person {index}"),
        ..Contact::default()
    });
    give.send(ImportPart::Contacts(many.collect())).unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    while store.contact_changes_waiting() <= MOST_AT_ONCE {
        assert!(Instant::now() < deadline, "it is never written");
        std::thread::yield_now();
    }
    assert_eq!(names(&finder, "ghosh"), ["Anita Ghosh"]);
    assert_eq!(names(&finder, "person 20000"), [""; 0]);
    assert!(finder.is_behind() && !finder.state.is_renewed.load(Ordering::Acquire));

    give.send(ImportPart::End).unwrap();
    importing.join().unwrap().unwrap();
    while names(&finder, "person 20000").is_empty() {
        assert!(Instant::now() < deadline, "it is never found");
        std::thread::yield_now();
    }
}
