use proptest::prelude::*;

use super::*;
use crate::ContactNumber;

fn person(name: &str, company: &str, numbers: &[u32], emails: &[&str]) -> Contact {
    let number = |last: &u32| ContactNumber {
        number: PhoneNumber::from_e164(&format!("+442079460{last:03}")).unwrap(),
        extension: None,
        label: None,
    };
    Contact {
        name: name.to_owned(),
        company: (!company.is_empty()).then(|| company.to_owned()),
        numbers: numbers.iter().map(number).collect(),
        emails: emails.iter().map(|email| (*email).to_owned()).collect(),
        ..Contact::default()
    }
}

fn members(contacts: &[Contact]) -> Vec<Vec<usize>> {
    find(contacts).into_iter().map(|group| group.members).collect()
}

#[test]
fn each_reason_makes_a_group_and_is_told() {
    let contacts = [
        person("Ann Lee", "", &[1], &[]),
        person("A. Lee", "", &[1, 2], &[]),
        person("Élodie Roux", "Globex Ltd", &[3], &[]),
        person("Roux, Elodie", "GLOBEX", &[4], &[]),
        person("Bob", "", &[5], &["bob@example.test"]),
        person("Bobby", "", &[6], &["Bob@Example.test"]),
        person("Cleo", "", &[7], &[]),
    ];
    let groups = find(&contacts);
    assert_eq!(members(&contacts), [[0, 1], [2, 3], [4, 5]]);
    assert_eq!(
        groups[0].links[0].reason,
        Reason::Number {
            number: contacts[0].numbers[0].number.clone(),
            extension: None
        }
    );
    assert_eq!(
        groups[1].links[0].reason,
        Reason::NameAndCompany {
            name: "elodie roux".to_owned(),
            company: "globex".to_owned()
        }
    );
    assert_eq!(groups[2].links[0].reason, Reason::Email("bob@example.test".to_owned()));
}

#[test]
fn ties_are_followed_from_one_to_the_next() {
    let contacts = [
        person("Ann", "", &[1], &[]),
        person("Lee", "", &[2], &["x@example.test"]),
        person("Ann Lee", "", &[1], &["x@example.test"]),
    ];
    assert_eq!(members(&contacts), [[0, 1, 2]]);
}

#[test]
fn a_switchboard_makes_no_person_of_a_company() {
    let mut contacts: Vec<Contact> = (0..50)
        .map(|n| person(&format!("Person {n}"), "Globex", &[1], &[]))
        .collect();
    assert_eq!(members(&contacts), Vec::<Vec<usize>>::new());
    contacts.push(person("person 7", "", &[1], &[]));
    assert_eq!(members(&contacts), [[7, 50]]);
}

#[test]
fn a_number_alone_makes_nobody_of_two_names_one() {
    let contacts = [
        person("Ann Lee", "Globex", &[1], &[]),
        person("Tom Lee", "", &[1], &[]),
        person("", "Globex", &[1], &[]),
        person("A. Lee", "", &[1], &[]),
    ];
    assert_eq!(members(&contacts), [[0, 3]]);
    let nameless = [person("+442079460001", "", &[1], &[]), contacts[1].clone()];
    assert_eq!(members(&nameless), [[0, 1]]);
}

#[test]
fn the_same_name_at_another_company_is_somebody_else() {
    let contacts = [
        person("Ann Lee", "Globex", &[1], &[]),
        person("Ann Lee", "Initech", &[2], &[]),
        person("Ann Lee", "", &[3], &[]),
    ];
    assert_eq!(find(&contacts), []);
}

#[test]
fn a_merge_keeps_all_that_lists_and_the_fullest_of_the_rest() {
    let mut one = person("+442079460001", "Globex", &[1], &["a@example.test"]);
    one.note = Some("called".to_owned());
    one.tags = vec!["VIP".to_owned()];
    one.revised = Some("2026-01-01T00:00:00Z".to_owned());
    let mut other = person("Ann Lee", "Globex", &[1, 2], &["A@example.test", "b@example.test"]);
    other.numbers[0].label = Some("work".to_owned());
    other.note = Some("written".to_owned());
    other.tags = vec!["VIP".to_owned(), "North".to_owned()];
    other.revised = Some("2026-02-01T00:00:00Z".to_owned());
    let originals = [one, other];
    let merged = merge(&originals);
    assert_eq!(merged.contact.name, "Ann Lee");
    assert_eq!(merged.contact.emails, ["a@example.test", "b@example.test"]);
    assert_eq!(merged.contact.note.as_deref(), Some("called\n\nwritten"));
    assert_eq!(merged.contact.tags, ["VIP", "North"]);
    assert_eq!(merged.contact.numbers.len(), 2);
    assert_eq!(merged.contact.numbers[0].label.as_deref(), Some("work"));
    assert_eq!(
        merged.choices,
        [
            Choice {
                field: Field::Name,
                from: 1,
                why: Why::Fullest
            },
            Choice {
                field: Field::Company,
                from: 0,
                why: Why::OnlyOne
            },
            Choice {
                field: Field::Revised,
                from: 1,
                why: Why::Latest
            },
        ]
    );
    assert_eq!(merged.originals, originals);
}

#[test]
fn notes_without_room_are_named_and_not_cut() {
    let with = |length: usize, letter: &str| Contact {
        note: Some(letter.repeat(length)),
        ..person("Ann", "", &[], &[])
    };
    let merged = merge(&[with(9_000, "a"), with(2_000, "b"), with(500, "c")]);
    assert_eq!(merged.notes_left_out, [1]);
    assert_eq!(merged.contact.note.map(|note| note.len()), Some(9_502));
}

#[test]
fn four_times_the_contacts_take_about_four_times_as_long() {
    let make = |count: u32| -> Vec<Contact> {
        (0..count)
            .map(|n| {
                let mut contact = person(
                    &format!("Person {}", n % 7_000),
                    &format!("Company {}", n % 300),
                    &[],
                    &["team@example.test"],
                );
                // Each two have one extension of a thousand switchboards.
                let extension = Some((n / 2).to_string());
                contact.numbers = person("", "", &[n / 2 % 1_000], &[]).numbers;
                contact.numbers[0].extension = extension;
                contact
            })
            .collect()
    };
    let time = |contacts: &[Contact]| {
        let run = || {
            let start = std::time::Instant::now();
            assert!(!find(contacts).is_empty());
            start.elapsed()
        };
        (0..3).map(|_| run()).min().unwrap()
    };
    let (small, large) = (time(&make(10_000)), time(&make(40_000)));
    assert!(large < small * 10, "{small:?}, {large:?}");
}

fn contact() -> impl Strategy<Value = Contact> {
    let numbers = prop::collection::vec(0..30_u32, 0..3);
    (
        "[abé]{1,2}",
        "(Acme( Ltd)?)?",
        numbers,
        prop::option::of("[ab]@x\\.test"),
        prop::option::of(".{0,5}"),
    )
        .prop_map(|(name, company, numbers, email, note)| {
            Contact {
                note,
                ..person(
                    &name,
                    &company,
                    &numbers,
                    &email.iter().map(String::as_str).collect::<Vec<_>>(),
                )
            }
            .tidied()
        })
}

proptest! {
    #[test]
    fn who_shares_no_key_is_in_no_group(contacts in prop::collection::vec(contact(), 0..40)) {
        let mut counts = std::collections::HashMap::new();
        for key in contacts.iter().flat_map(keys) {
            *counts.entry(key).or_insert(0) += 1;
        }
        let shares = |contact: &Contact| keys(contact).iter().any(|key| counts[key] > 1);
        for member in find(&contacts).iter().flat_map(|group| &group.members) {
            prop_assert!(shares(&contacts[*member]));
        }
    }

    #[test]
    fn nobody_is_in_two_groups_and_links_tie_each_together(contacts in prop::collection::vec(contact(), 0..40)) {
        let mut seen = std::collections::HashSet::new();
        for group in find(&contacts) {
            prop_assert!(group.members.len() >= 2);
            prop_assert!(group.members.is_sorted());
            prop_assert!(group.members.iter().all(|member| seen.insert(*member)));
            // From the first member, the links reach all.
            let mut reached = std::collections::HashSet::from([group.members[0]]);
            for _ in &group.members {
                for link in &group.links {
                    if reached.contains(&link.first) || reached.contains(&link.second) {
                        reached.extend([link.first, link.second]);
                    }
                }
            }
            prop_assert_eq!(reached.len(), group.members.len());
        }
    }

    #[test]
    fn a_merge_loses_no_number_address_tag_or_note(contacts in prop::collection::vec(contact(), 0..6)) {
        let merged = merge(&contacts);
        for contact in &contacts {
            for number in &contact.numbers {
                prop_assert_eq!(merged.contact.numbers.iter().filter(|own| own.number == number.number).count(), 1);
            }
            for email in &contact.emails {
                prop_assert!(merged.contact.emails.iter().any(|own| own.eq_ignore_ascii_case(email)));
            }
            if let Some(note) = &contact.note {
                prop_assert!(merged.contact.note.as_ref().is_some_and(|own| own.contains(note)));
            }
        }
        prop_assert_eq!(&merged.originals, &contacts);
        let alone = merge(std::slice::from_ref(&merged.contact));
        prop_assert_eq!(&alone.contact, &merged.contact);
    }
}
