//! People and companies, one by one and many at once.

use store::{Contact, ContactMarks, ContactNumber, ImportCounts, ImportPart, NumberOwner, StoreError};

use crate::{memory, new_call, number, person};

fn unnamed(contacts: Vec<Contact>) -> Vec<Contact> {
    contacts
        .into_iter()
        .map(|contact| Contact {
            id: String::new(),
            ..contact
        })
        .collect()
}

#[test]
fn a_contact_is_kept_changed_and_removed() {
    let store = memory();
    let mut ann = Contact {
        company: Some("Globex".into()),
        email: Some("ann@example.com".into()),
        note: Some("prefers mornings".into()),
        ..person("Ann Lee", &["+442079460101", "+442079460102"])
    };
    ann.numbers[1].label = Some("mobile".into());
    store.add_contact(&ann).unwrap();
    assert_eq!(store.contact(&ann.id).unwrap(), Some(ann.clone()));
    assert_eq!(
        store.owner_of_number(&number("+442079460102")).unwrap(),
        Some(NumberOwner {
            contact: ann.clone(),
            others: 0
        })
    );

    ann.name = "Ann Lee-Jones".into();
    ann.numbers.remove(0);
    assert!(store.update_contact(&ann).unwrap());
    assert_eq!(store.contact(&ann.id).unwrap(), Some(ann.clone()));
    assert_eq!(store.owner_of_number(&number("+442079460101")).unwrap(), None);
    assert_eq!(store.search_contacts("460101", 5).unwrap(), []);
    assert_eq!(store.search_contacts("jones", 5).unwrap().len(), 1);

    assert!(store.remove_contact(&ann.id).unwrap());
    assert!(!store.remove_contact(&ann.id).unwrap());
    assert!(!store.update_contact(&ann).unwrap());
    assert_eq!(store.search_contacts("jones", 5).unwrap(), []);
    assert_eq!(store.contacts_all().unwrap(), []);
}

#[test]
fn marks_are_kept_through_changes_and_imports() {
    let store = memory();
    let mut ann = person("Ann Lee", &["+442079460101"]);
    let bob = person("Bob", &["+442079460102"]);
    store.add_contact(&ann).unwrap();
    store.add_contact(&bob).unwrap();
    let marks = ContactMarks {
        favourite: true,
        do_not_call: true,
        tags: vec!["gold".into(), "it's \"quoted\"".into()],
    };
    assert!(store.mark_contact(&ann.id, &marks).unwrap());
    assert!(!store.mark_contact("nobody", &marks).unwrap());
    ann.marks = marks;
    assert_eq!(store.contact(&ann.id).unwrap(), Some(ann.clone()));
    assert_eq!(store.favourites().unwrap(), [ann.clone()]);
    // Who comes with an import comes without marks.
    let again = unnamed(vec![Contact {
        note: Some("met at the fair".into()),
        ..person("Ann Lee", &["+442079460101"])
    }]);
    store.import_contacts(again).unwrap();
    assert_eq!(store.contact(&ann.id).unwrap().unwrap().marks, ann.marks);
    ann.marks = ContactMarks::default();
    assert!(store.update_contact(&ann).unwrap());
    assert_eq!(store.favourites().unwrap(), []);
}

#[test]
fn a_name_is_matched_whole_and_without_regard_to_case() {
    let store = memory();
    store.add_contact(&person("José Pérez", &["+442079460101"])).unwrap();
    store.add_contact(&person("Jose Perez", &["+442079460102"])).unwrap();
    store
        .add_contact(&person("Jose Perez Junior", &["+442079460103"]))
        .unwrap();
    store
        .add_contact(&Contact {
            id: "g".into(),
            company: Some("Globex Ltd".into()),
            ..Contact::default()
        })
        .unwrap();
    let names = |name: &str| -> Vec<String> {
        store
            .contacts_by_name(name)
            .unwrap()
            .into_iter()
            .map(|contact| contact.id)
            .collect()
    };
    assert_eq!(names("JOSÉ PÉREZ"), ["id of José Pérez"]);
    assert_eq!(names("jose perez "), ["id of Jose Perez"]);
    assert_eq!(
        names("josé perez"),
        ["id of José Pérez", "id of Jose Perez"],
        "nobody is spelt so"
    );
    assert_eq!(names("globex ltd"), ["g"]);
    assert_eq!(names("jose"), Vec::<String>::new());
}

#[test]
fn an_import_that_fails_changes_nothing() {
    let store = memory();
    store.add_contact(&person("Ann", &["+442079460101"])).unwrap();
    let mut people: Vec<_> = (0..100)
        .map(|n| person(&format!("New {n}"), &[&format!("+4420794602{n:02}")]))
        .collect();
    // Two people under one id: the last row cannot be stored.
    people.push(Contact {
        id: "id of New 3".into(),
        ..person("Twin", &["+442079460399"])
    });
    assert!(store.import_contacts(people).is_err());
    assert_eq!(store.contacts_all().unwrap(), [person("Ann", &["+442079460101"])]);
}

#[test]
fn the_same_import_again_changes_nothing() {
    let store = memory();
    let people = unnamed(vec![
        person("Ann", &["+442079460101"]),
        person("Bob", &["+442079460102", "+442079460103"]),
        Contact {
            company: Some("Globex".into()),
            ..Contact::default()
        },
    ]);
    let first = store.import_contacts(people.clone()).unwrap();
    assert_eq!(
        first,
        ImportCounts {
            added: 3,
            updated: 0,
            unchanged: 0
        }
    );
    let again = store.import_contacts(people).unwrap();
    assert_eq!(
        again,
        ImportCounts {
            added: 0,
            updated: 0,
            unchanged: 3
        }
    );
}

#[test]
fn who_has_the_same_number_and_name_is_the_same_person() {
    let store = memory();
    let known = Contact {
        note: Some("VIP".into()),
        ..person("Ann Lee", &["+442079460101"])
    };
    store.add_contact(&known).unwrap();
    let mut incoming = Contact {
        company: Some("Globex".into()),
        ..person("ANN LEE", &["+442079460101", "+442079460102"])
    };
    incoming.numbers[0].label = Some("work".into());
    let counts = store.import_contacts(vec![incoming]).unwrap();
    assert_eq!(
        counts,
        ImportCounts {
            added: 0,
            updated: 1,
            unchanged: 0
        }
    );
    let all = store.contacts_all().unwrap();
    assert_eq!(all.len(), 1);
    assert_eq!((all[0].id.as_str(), all[0].name.as_str()), ("id of Ann Lee", "Ann Lee"));
    assert_eq!(
        (all[0].note.as_deref(), all[0].company.as_deref()),
        (Some("VIP"), Some("Globex"))
    );
    assert_eq!(
        all[0].numbers[0],
        ContactNumber {
            number: number("+442079460101"),
            label: Some("work".into())
        }
    );
    assert_eq!(all[0].numbers.len(), 2);
}

#[test]
fn another_name_with_a_known_number_is_another_person() {
    let store = memory();
    store.add_contact(&person("Ann", &["+442079460011"])).unwrap();
    let peter = unnamed(vec![person("Peter", &["+442079460011"])]);
    let counts = store.import_contacts(peter.clone()).unwrap();
    assert_eq!((counts.added, counts.updated, counts.unchanged), (1, 0, 0));
    let names: Vec<_> = store.contacts_all().unwrap().into_iter().map(|c| c.name).collect();
    assert_eq!(names, ["Ann", "Peter"]);
    assert_eq!(store.import_contacts(peter).unwrap().unchanged, 1);
}

#[test]
fn a_bare_number_is_named_by_the_import_that_knows_whose_it_is() {
    let store = memory();
    let bare = unnamed(vec![person("+442079460011", &["+442079460011"])]);
    let peter = unnamed(vec![person("Peter", &["+442079460011", "+442079460012"])]);
    let quinn = unnamed(vec![person("Quinn", &["+442079460012"])]);
    let counts = store.import_contacts([bare, peter, quinn].concat()).unwrap();
    assert_eq!((counts.added, counts.updated, counts.unchanged), (2, 1, 0));
    let names: Vec<_> = store.contacts_all().unwrap().into_iter().map(|c| c.name).collect();
    assert_eq!(names, ["Peter", "Quinn"]);
}

#[test]
fn the_time_of_an_import_grows_with_the_colleagues_behind_one_number_not_with_their_square() {
    let quickest = |rows: usize| {
        let once = || {
            let store = memory();
            let people = (0..rows).map(|row| person(&format!("Colleague {row}"), &["+442079460100"]));
            let people = unnamed(people.collect());
            let start = std::time::Instant::now();
            assert_eq!(store.import_contacts(people).unwrap().added as usize, rows);
            start.elapsed()
        };
        // The quickest of several is the one that the machine's other work disturbed least.
        (0..3).map(|_| once()).min().unwrap()
    };
    let (few, many) = (quickest(250), quickest(2_000));
    // Eight times the people: with the square it would be 64 times the time.
    assert!(many <= few * 32, "{few:?} for 250 people, {many:?} for 2,000");
}

#[test]
fn a_bare_number_renames_nobody() {
    let store = memory();
    store.add_contact(&person("Ann", &["+442079460101"])).unwrap();
    let counts = store
        .import_contacts(vec![person("+44 20 7946 0101", &["+442079460101"])])
        .unwrap();
    assert_eq!(counts.unchanged, 1);
    assert_eq!(store.contacts_all().unwrap()[0].name, "Ann");
}

#[test]
fn colleagues_behind_one_switchboard_stay_two_people() {
    let store = memory();
    let people = unnamed(vec![
        person("Ann", &["+442079460100"]),
        person("Bob", &["+442079460100"]),
    ]);
    assert_eq!(store.import_contacts(people.clone()).unwrap().added, 2);
    assert_eq!(store.import_contacts(people).unwrap().unchanged, 2);
    let carol = unnamed(vec![person("Carol", &["+442079460100"])]);
    assert_eq!(store.import_contacts(carol).unwrap().added, 1);
}

#[test]
fn a_bare_number_that_others_have_is_nobody_new() {
    let store = memory();
    let bare = |note: Option<&str>| Contact {
        note: note.map(str::to_owned),
        ..person("020 7946 0100", &["+442079460100"])
    };
    let people = unnamed(vec![
        bare(None),
        person("Ann", &["+442079460100"]),
        person("Bob", &["+442079460100"]),
    ]);
    let counts = store.import_contacts(people.clone()).unwrap();
    assert_eq!((counts.added, counts.updated), (2, 1), "Ann names it");
    assert_eq!(store.import_contacts(people).unwrap().unchanged, 3);
    // With something to say it is.
    let counts = store.import_contacts(unnamed(vec![bare(Some("rang twice"))])).unwrap();
    assert_eq!(counts.added, 1);
}

#[test]
fn an_import_in_parts_is_kept_as_a_whole_or_not_at_all() {
    let store = memory();
    let parts = |ends: bool| {
        let (give, parts) = std::sync::mpsc::channel();
        for part in unnamed(vec![
            person("Ann", &["+442079460101"]),
            person("Bob", &["+442079460102"]),
        ])
        .chunks(1)
        {
            give.send(ImportPart::Contacts(part.to_vec())).unwrap();
        }
        if ends {
            give.send(ImportPart::End).unwrap();
        }
        parts
    };
    assert!(matches!(
        store.import_parts(parts(false)),
        Err(StoreError::ImportBrokenOff)
    ));
    assert_eq!(store.contacts_all().unwrap().len(), 0);
    assert_eq!(store.import_parts(parts(true)).unwrap().added, 2);
    assert_eq!(store.import_parts(parts(true)).unwrap().unchanged, 2);
}

#[test]
fn an_import_that_waits_for_another_can_be_given_up() {
    let store = memory();
    let (give, parts) = std::sync::mpsc::sync_channel(0);
    let first = {
        let store = store.clone();
        std::thread::spawn(move || store.import_parts(parts))
    };
    give.send(ImportPart::Contacts(unnamed(vec![person("Ann", &["+442079460101"])])))
        .unwrap();
    let (_waiting, parts) = std::sync::mpsc::sync_channel(0);
    let given_up = store.import_parts_unless(parts, || true);
    assert!(matches!(given_up, Err(StoreError::ImportBrokenOff)), "{given_up:?}");
    give.send(ImportPart::End).unwrap();
    assert_eq!(first.join().unwrap().unwrap().added, 1);
}

#[test]
fn while_an_import_goes_on_others_write_and_without_its_end_it_is_taken_back_and_they_are_not() {
    let store = memory();
    let ann = person("Ann", &["+442079460101"]);
    let bob = person("Bob", &["+442079460102"]);
    for known in [&ann, &bob] {
        store.add_contact(known).unwrap();
    }
    let (give, parts) = std::sync::mpsc::sync_channel(0);
    let importing = {
        let store = store.clone();
        std::thread::spawn(move || store.import_parts(parts))
    };
    let mobile = |name: &str, known: &str, new: &str| person(name, &[known, new]);
    let people = vec![
        mobile("Ann", "+442079460101", "+442079460111"),
        mobile("Bob", "+442079460102", "+442079460112"),
        person("Cid", &["+442079460103"]),
    ];
    give.send(ImportPart::Contacts(unnamed(people))).unwrap();
    // Taken once the part before is written.
    give.send(ImportPart::Contacts(unnamed(vec![person("Dan", &["+442079460104"])])))
        .unwrap();

    // Neither waits for the end.
    store.commit_and_wait(vec![new_call("call-1", 0)]).unwrap();
    let seen = store.contact(&bob.id).unwrap().unwrap();
    assert_eq!(seen.numbers.len(), 2);
    let edited = Contact {
        note: Some("asks for Fridays".into()),
        ..seen
    };
    assert!(store.update_contact(&edited).unwrap());
    // Whoever was changed by the agent is met as they are now, and changed once more.
    let again = mobile("Bob", "+442079460102", "+442079460122");
    give.send(ImportPart::Contacts(unnamed(vec![again]))).unwrap();
    drop(give);

    assert!(matches!(importing.join().unwrap(), Err(StoreError::ImportBrokenOff)));
    assert_eq!(store.contact(&ann.id).unwrap(), Some(ann));
    let kept = store.contact(&bob.id).unwrap().unwrap();
    // What the agent has written stays; neither number that the import brought does.
    assert_eq!((kept.note, kept.numbers), (edited.note, bob.numbers));
    assert_eq!(store.contacts_all().unwrap().len(), 2);
    assert!(store.call("call-1").unwrap().is_some());
}

#[test]
fn of_two_imports_at_once_one_is_taken_back_and_the_other_is_whole() {
    let store = memory();
    let import = |names: &'static str, ends: bool| {
        let (give, parts) = std::sync::mpsc::sync_channel(0);
        let store = store.clone();
        let importing = std::thread::spawn(move || store.import_parts(parts));
        let reading = std::thread::spawn(move || {
            for part in 0..40 {
                let number = format!("+4420794601{part:02}");
                let people = unnamed(vec![person(&format!("{names} {part}"), &[&number])]);
                give.send(ImportPart::Contacts(people)).unwrap();
            }
            if ends {
                give.send(ImportPart::End).unwrap();
            }
        });
        (importing, reading)
    };
    let both = [import("Kept", true), import("Left", false)];
    let results = both.map(|(importing, reading)| {
        reading.join().unwrap();
        importing.join().unwrap().ok().map(|counts| counts.added)
    });
    assert_eq!(results, [Some(40), None]);
    let kept = store.contacts_all().unwrap();
    assert_eq!(kept.len(), 40);
    assert!(kept.iter().all(|contact| contact.name.starts_with("Kept")));
}

#[test]
fn a_part_that_fails_takes_the_parts_before_it_back() {
    let store = memory();
    let (give, parts) = std::sync::mpsc::channel();
    let cid = person("Cid", &["+442079460103"]);
    give.send(ImportPart::Contacts(vec![cid.clone()])).unwrap();
    let another = Contact {
        id: cid.id,
        ..person("Another", &["+442079460104"])
    };
    give.send(ImportPart::Contacts(vec![another])).unwrap();
    give.send(ImportPart::End).unwrap();
    assert!(store.import_parts(parts).is_err());
    assert_eq!(store.contacts_all().unwrap(), []);
}

#[test]
fn a_page_of_contacts_begins_where_the_one_before_ended() {
    let store = memory();
    let names = ["Ann", "Bob", "Cid", "Cid", "Dan"];
    for (place, name) in names.into_iter().enumerate() {
        let contact = Contact {
            id: format!("id {place}"),
            ..person(name, &[&format!("+44207946010{place}")])
        };
        store.add_contact(&contact).unwrap();
    }
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = store.page_of_contacts(after.as_ref(), 2).unwrap();
        seen.extend(page.contacts.into_iter().map(|contact| contact.name));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, names);
}

#[test]
fn marks_of_an_import_are_added_and_never_taken_away() {
    let store = memory();
    let mut ann = person("Ann", &["+442079460101"]);
    ann.marks.do_not_call = true;
    store.import_contacts(vec![ann.clone()]).unwrap();
    ann.marks = ContactMarks {
        favourite: true,
        ..ContactMarks::default()
    };
    store.import_contacts(vec![ann]).unwrap();
    let marks = store.contacts_all().unwrap().remove(0).marks;
    assert!(marks.favourite && marks.do_not_call);
}
