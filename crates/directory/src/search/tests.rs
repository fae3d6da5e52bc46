//! What an agent may rely on, by example.

use std::time::{Duration, SystemTime};

use telephony::PhoneNumber;

use super::*;

fn contact(key: u64, name: &str, numbers: &[&str]) -> SearchContact {
    SearchContact {
        key,
        name: name.to_owned(),
        numbers: numbers
            .iter()
            .map(|number| PhoneNumber::from_e164(number).unwrap())
            .collect(),
        ..SearchContact::default()
    }
}

fn index(contacts: impl IntoIterator<Item = SearchContact>) -> Index {
    let mut builder = Index::builder();
    contacts.into_iter().for_each(|contact| builder.add(contact));
    builder.finish()
}

fn keys(index: &Index, typed: &str) -> Vec<u64> {
    index.search(&Query::new(typed), 50).iter().map(|hit| hit.key).collect()
}

fn day(day: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(day * 24 * 60 * 60)
}

#[test]
fn whole_words_of_a_company_come_before_beginnings_and_digits_of_a_number() {
    let of = |key, name: &str, company: &str, number: &str| SearchContact {
        company: Some(company.into()),
        ..contact(key, name, &[number])
    };
    let people = index([
        of(1, "Ann", "Firm 12, Ltd", "+442079460199"),
        of(2, "Bob", "Firm 95, Ltd", "+442079460122"),
        of(3, "Cid", "Firm 9, Ltd", "+442079460123"),
    ]);
    assert_eq!(keys(&people, "firm 9"), [3, 1, 2]);
    let mut changed = index([]);
    for person in [
        of(2, "Bob", "Firm 95, Ltd", "+442079460122"),
        of(3, "Cid", "Firm 9, Ltd", "+442079460123"),
    ] {
        changed.insert(person);
    }
    assert_eq!(keys(&changed, "firm 9"), [3, 2]);
}

#[test]
fn one_box_takes_names_companies_addresses_digits_keys_and_initials() {
    let people = index([
        SearchContact {
            company: Some("Blue River Textiles".into()),
            email: Some("a.rao@blueriver.example".into()),
            ..contact(1, "Asha Rao", &["+442079460123"])
        },
        contact(2, "John Doe", &["+12025550123"]),
        contact(3, "Jörg Müller", &[]),
        contact(4, "Иван Щербаков", &[]),
        contact(5, "محمد حداد", &[]),
        contact(6, "王伟", &[]),
    ]);
    let found = [
        ("asha", 1),
        ("rao ash", 1),
        ("river", 1),
        ("rao@blue", 1),
        ("020 7946", 1),
        ("+44 20", 1),
        ("0123 asha", 1),
        ("2742", 1),
        ("jd", 2),
        ("jhon", 2),
        ("doe 555", 2),
        ("muller", 3),
        ("mueller", 3),
        ("MÜLLER", 3),
        ("mulelr", 3),
        ("ivan", 4),
        ("shcherb", 4),
        ("muhammad", 5),
        ("wangwei", 6),
        ("wei", 6),
        ("王", 6),
    ];
    for (typed, key) in found {
        assert_eq!(keys(&people, typed).first(), Some(&key), "{typed}");
    }
    assert_eq!(keys(&people, "xyzzy"), [0; 0]);
    assert_eq!(keys(&people, " ?! "), [0; 0]);
}

#[test]
fn each_number_is_a_row_of_its_own() {
    let people = index([
        contact(1, "Asha", &["+442079460123", "+12025550123"]),
        contact(2, "Ashok", &[]),
    ]);
    let rows = |typed: &str| -> Vec<_> {
        let hits = people.search(&Query::new(typed), 50);
        hits.into_iter()
            .map(|hit| (hit.key, hit.number.map(|number| number.as_str().to_owned())))
            .collect()
    };
    let (home, work) = (Some("+442079460123".to_owned()), Some("+12025550123".to_owned()));
    assert_eq!(rows("ash"), [(1, home), (1, work.clone()), (2, None)]);
    assert_eq!(rows("asha 555"), [(1, work)]);
}

#[test]
fn use_orders_what_fits_alike_and_a_choice_comes_first() {
    let mut people = index((1..=30).map(|key| contact(key, &format!("Asha Rao {key:02}"), &[])));
    assert_eq!(keys(&people, "asha")[..2], [1, 2]);
    people.used(7, day(20_000));
    people.used(9, day(20_001));
    assert_eq!(keys(&people, "asha")[..3], [9, 7, 1]);
    people.chosen("asha r", 20);
    for typed in ["as", "asha", "asha r"] {
        assert_eq!(keys(&people, typed)[..3], [20, 9, 7], "{typed}");
    }
    assert_eq!(keys(&people, "asha ra")[0], 9);
    people.remove(20);
    assert_eq!(keys(&people, "asha")[0], 9);
}

#[test]
fn a_row_says_what_of_it_was_found() {
    let people = index([SearchContact {
        company: Some("Grün AG".into()),
        email: Some("j@grun.example".into()),
        ..contact(1, "Jörg Groß", &["+442079460123"])
    }]);
    let marked = |typed: &str| {
        let hit = people.search(&Query::new(typed), 1).remove(0);
        let texts = [
            Some(hit.name),
            hit.company,
            hit.email,
            hit.number.map(|number| number.as_str().to_owned()),
        ];
        let marks = [
            hit.matched.name,
            hit.matched.company,
            hit.matched.email,
            hit.matched.number,
        ];
        let pairs = texts.into_iter().map(Option::unwrap_or_default).zip(marks);
        let cut = pairs.flat_map(|(text, marks)| marks.into_iter().map(move |mark| text[mark].to_owned()));
        cut.collect::<Vec<_>>()
    };
    assert_eq!(marked("gross jo"), ["Jö", "Groß"]);
    assert_eq!(marked("grun"), ["Grün", "grun"]);
    assert_eq!(marked("0207946"), ["207946"]);
    assert_eq!(marked("567"), ["Jör"]);
    assert_eq!(marked("jg"), ["J", "G"]);
    assert_eq!(marked("grsos"), ["Groß"]);
    assert_eq!(marked("joerg"), ["Jörg"]);
}

#[test]
fn an_index_can_be_asked_while_it_is_filled() {
    let mut builder = Index::builder();
    for key in 0..70_000 {
        builder.add(contact(key, "Asha Rao", &[]));
    }
    assert_eq!(builder.so_far().search(&Query::new("asha"), 3).len(), 3);
    assert_eq!(builder.finish().len(), 70_000);
}

#[test]
fn changes_are_merged_when_there_are_many() {
    let mut people = index((0..1_000).map(|key| contact(key, "Asha Rao", &[])));
    assert!(people.begin_merge().is_none());
    for key in 500..6_000 {
        people.insert(contact(key, "Ben Rao", &[]));
    }
    let merge = people.begin_merge().expect("thousands changed");
    people.insert(contact(600, "Cleo Rao", &[]));
    people.remove(700);
    people.adopt(merge.run());
    assert_eq!(people.len(), 5_999);
    assert_eq!(keys(&people, "cleo"), [600]);
    assert!(people.begin_merge().is_none());
    assert_eq!(keys(&people, "ben").len(), 50);
}

#[cfg(unix)]
#[test]
fn only_its_own_user_can_read_the_file() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index");
    // One that was left behind by a crash, with wider rights.
    std::fs::write(path.with_extension("unfinished"), "half").unwrap();
    index([contact(1, "Asha", &[])]).save(&path, 1).unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_file_of_another_version_asks_to_be_built_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index");
    index([contact(1, "Asha", &[])]).save(&path, 1).unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[8] += 1;
    std::fs::write(&path, bytes).unwrap();
    assert!(matches!(Index::load(&path), Err(IndexFileProblem::OtherVersion)));
    assert!(matches!(
        Index::load(&folder.path().join("none")),
        Err(IndexFileProblem::Unreadable(_))
    ));
}
