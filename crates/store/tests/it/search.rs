//! What is found while the agent types.

use store::{Contact, Store};

use crate::{memory, number, person};

fn rows(store: &Store, query: &str) -> Vec<String> {
    let hits = store.search_contacts(query, 20).unwrap();
    hits.into_iter()
        .map(|hit| {
            let name = if hit.contact.name.is_empty() {
                hit.contact.company.unwrap()
            } else {
                hit.contact.name
            };
            format!(
                "{name} {}",
                hit.number.map(|number| number.to_string()).unwrap_or_default()
            )
            .trim()
            .to_owned()
        })
        .collect()
}

fn directory() -> Store {
    let store = memory();
    let ann = Contact {
        company: Some("Globex".into()),
        ..person("Ann Lee", &["+442079460101", "+447700900123"])
    };
    for contact in [
        ann,
        person("Søren Ångström", &["+12025550143"]),
        person("Leanne O’Brien", &["+442079460177"]),
        Contact {
            email: Some("priya@initech.example".into()),
            ..person("प्रिया शर्मा", &["+919000000011"])
        },
        Contact {
            id: "globex".into(),
            company: Some("Globex Support 24".into()),
            ..Contact::default()
        },
        Contact {
            id: "acme".into(),
            company: Some("Acme".into()),
            ..person("", &["+442079460200"])
        },
    ] {
        store.add_contact(&contact).unwrap();
    }
    store
}

#[test]
fn each_number_of_a_person_is_a_row() {
    assert_eq!(
        rows(&directory(), "ann l"),
        ["Ann Lee +442079460101", "Ann Lee +447700900123"]
    );
}

#[test]
fn words_are_found_by_their_beginnings_in_any_order() {
    let store = directory();
    assert_eq!(rows(&store, "lee ann").len(), 2);
    assert_eq!(
        rows(&store, "LE"),
        [
            "Leanne O’Brien +442079460177",
            "Ann Lee +442079460101",
            "Ann Lee +447700900123"
        ]
    );
    assert_eq!(rows(&store, "nn"), Vec::<String>::new());
    assert_eq!(rows(&store, "lee xavier"), Vec::<String>::new());
}

#[test]
fn diacritics_and_apostrophes_need_not_be_typed() {
    let store = directory();
    for query in ["soren", "SØREN", "angstrom", "ångström"] {
        assert_eq!(rows(&store, query), ["Søren Ångström +12025550143"], "{query}");
    }
    for query in ["o'brien", "O’Br", "brien"] {
        assert_eq!(rows(&store, query), ["Leanne O’Brien +442079460177"], "{query}");
    }
}

#[test]
fn vowel_signs_of_indic_scripts_do_not_split_words() {
    let store = directory();
    assert_eq!(rows(&store, "शर्मा"), ["प्रिया शर्मा +919000000011"]);
    assert_eq!(rows(&store, "र्मा"), Vec::<String>::new());
    assert_eq!(rows(&store, "initech").len(), 1);
}

#[test]
fn companies_without_a_person_are_found() {
    let store = directory();
    assert_eq!(rows(&store, "acme"), ["Acme +442079460200"]);
    assert_eq!(
        rows(&store, "globex"),
        ["Globex Support 24", "Ann Lee +442079460101", "Ann Lee +447700900123"]
    );
}

#[test]
fn three_digits_anywhere_find_that_number_only() {
    let store = directory();
    assert_eq!(rows(&store, "900123"), ["Ann Lee +447700900123"]);
    assert_eq!(rows(&store, "07700 900"), ["Ann Lee +447700900123"]);
    assert_eq!(rows(&store, "+44 (0)20 7946 0200"), ["Acme +442079460200"]);
    assert_eq!(rows(&store, "0044 20 7946 02"), ["Acme +442079460200"]);
    assert_eq!(rows(&store, "(202) 555-0143"), ["Søren Ångström +12025550143"]);
    assert_eq!(rows(&store, "555"), ["Søren Ångström +12025550143"]);
}

#[test]
fn the_last_digits_find_a_number_whatever_they_begin_with() {
    let store = directory();
    assert_eq!(rows(&store, "0011"), ["प्रिया शर्मा +919000000011"]);
    assert_eq!(rows(&store, "00 011"), ["प्रिया शर्मा +919000000011"]);
    assert_eq!(rows(&store, "011"), ["प्रिया शर्मा +919000000011"]);
    assert_eq!(rows(&store, "0143"), ["Søren Ångström +12025550143"]);
    // From inside, and what is both there and a national prefix is found both ways, once.
    assert_eq!(rows(&store, "0001"), ["प्रिया शर्मा +919000000011"]);
    assert_eq!(rows(&store, "0200"), ["Acme +442079460200"]);
    assert_eq!(
        rows(&store, "0900"),
        ["Ann Lee +447700900123", "प्रिया शर्मा +919000000011"]
    );
    assert_eq!(rows(&store, "11"), Vec::<String>::new());
    assert_eq!(rows(&store, "000"), ["प्रिया शर्मा +919000000011"]);
}

#[test]
fn a_number_behind_a_name_may_be_typed_as_at_home() {
    let store = directory();
    assert_eq!(rows(&store, "ann 020 7946"), ["Ann Lee +442079460101"]);
    assert_eq!(rows(&store, "initech 0011"), ["प्रिया शर्मा +919000000011"]);
}

#[test]
fn digits_and_words_narrow_each_other() {
    let store = directory();
    assert_eq!(rows(&store, "ann 7700"), ["Ann Lee +447700900123"]);
    assert_eq!(rows(&store, "ann 0200"), Vec::<String>::new());
    assert_eq!(rows(&store, "globex 24"), ["Globex Support 24"]);
    assert_eq!(rows(&store, "ann +44 20 7946 0101"), ["Ann Lee +442079460101"]);
}

#[test]
fn digits_beside_a_word_are_found_in_company_and_email_as_well() {
    let store = memory();
    let contact = Contact {
        company: Some("Depot 4711, Nord".into()),
        email: Some("ann4711@example.com".into()),
        ..person("Ann Plain", &["+442079460101", "+12025550143"])
    };
    store.add_contact(&contact).unwrap();
    let both = ["Ann Plain +442079460101", "Ann Plain +12025550143"];
    for query in [
        "depot 4711",
        "4711 nord",
        "depot 471",
        "Depot 4711, Nord",
        "ann 4711",
        "ann4711 plain",
    ] {
        assert_eq!(rows(&store, query), both, "{query}");
    }
    assert_eq!(rows(&store, "depot 0143"), ["Ann Plain +12025550143"]);
    assert_eq!(rows(&store, "depot 4712"), Vec::<String>::new());
}

#[test]
fn however_many_share_a_word_digits_find_the_one() {
    let store = memory();
    let people = (0..3000).map(|n| person(&format!("Ada {n:04}x"), &[&format!("+4420794{n:05}")]));
    store.import_contacts(people.collect()).unwrap();
    assert_eq!(rows(&store, "ada 402999"), ["Ada 2999x +442079402999"]);
}

#[test]
fn without_a_query_all_are_listed_by_name() {
    let store = directory();
    let all = rows(&store, "  ");
    assert_eq!(
        all[..3],
        ["Acme +442079460200", "Ann Lee +442079460101", "Ann Lee +447700900123"]
    );
    assert_eq!(all.len(), 7);
    assert_eq!(store.search_contacts("", 2).unwrap().len(), 2);
}

#[test]
fn no_text_is_taken_for_a_query_language() {
    let store = directory();
    for query in [
        "\"",
        "ann\"",
        "*",
        "NOT",
        "ann OR soren",
        "a AND",
        "text:ann",
        "^ann",
        "(",
        "-",
        "'",
        "12\"3",
        "%",
        "\0",
    ] {
        store
            .search_contacts(query, 5)
            .unwrap_or_else(|error| panic!("{query:?}: {error}"));
    }
}

#[test]
fn one_letter_in_a_large_directory_lists_by_name() {
    let store = memory();
    let people = (0..3000)
        .rev()
        .map(|n| person(&format!("Ada {n:04}"), &[&format!("+4420794{n:05}")]))
        .collect();
    store.import_contacts(people).unwrap();
    let hits = store.search_contacts("a", 3).unwrap();
    let names: Vec<_> = hits.iter().map(|hit| hit.contact.name.as_str()).collect();
    assert_eq!(names, ["Ada 0000", "Ada 0001", "Ada 0002"]);
    let owner = store.owner_of_number(&number("+442079400042")).unwrap().unwrap();
    assert_eq!((owner.contact.name.as_str(), owner.others), ("Ada 0042", 0));
}
