//! What the quick dial bar asks of journal and directory.

use store::{CallRow, Contact, ContactMarks, Entry};
use telephony::Dispatch;

use crate::{at, call_row, memory, number};

fn call(id: &str, seconds: i64, customer: &str, dispatch: Option<Dispatch>) -> Entry {
    Entry::Call {
        row: Box::new(CallRow {
            customer: Some(number(customer)),
            ..call_row(id, at(seconds))
        }),
        dispatch,
        at: at(seconds),
        open: true,
    }
}

#[test]
fn numbers_in_use_are_those_with_most_calls_and_calls_that_never_went_out_do_not_count() {
    let store = memory();
    store
        .commit_and_wait(vec![
            call("c1", 10, "+442079460001", Some(Dispatch::Sent)),
            call("c2", 20, "+442079460002", None),
            call("c3", 30, "+442079460002", Some(Dispatch::Accepted)),
            call("c4", 40, "+442079460003", Some(Dispatch::Cancelled)),
            call("c5", 1, "+442079460003", Some(Dispatch::Sent)),
        ])
        .unwrap();
    let used: Vec<_> = store
        .numbers_in_use(at(5), 9)
        .unwrap()
        .into_iter()
        .map(|used| (used.number.to_string(), used.calls, used.last_at))
        .collect();
    assert_eq!(
        used,
        [
            ("+442079460002".to_owned(), 2, at(30)),
            ("+442079460001".to_owned(), 1, at(10)),
        ]
    );
    assert_eq!(store.numbers_in_use(at(5), 1).unwrap().len(), 1);
    assert_eq!(store.last_call_with(&number("+442079460003")).unwrap(), Some(at(1)));
    assert_eq!(store.last_call_with(&number("+442079460009")).unwrap(), None);
}

#[test]
fn a_tag_is_found_by_its_beginning_whatever_its_case() {
    let store = memory();
    let add = |id: &str, name: &str, tags: &[&str]| {
        store
            .add_contact(&Contact {
                id: id.into(),
                name: name.into(),
                marks: ContactMarks {
                    tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
                    ..ContactMarks::default()
                },
                ..Contact::default()
            })
            .unwrap();
    };
    add("1", "Zoe", &["VIP", "Üben"]);
    add("2", "Asha", &["renewal", "vip 2026"]);
    add("3", "Bo", &[]);
    let found = |prefix: &str| -> Vec<String> {
        let found = store.contacts_with_tag(prefix, 9).unwrap();
        found.into_iter().map(|contact| contact.name).collect()
    };
    assert_eq!(found("vip"), ["Asha", "Zoe"]);
    assert_eq!(found("üb"), ["Zoe"]);
    assert_eq!(found("ip"), Vec::<String>::new());
    assert_eq!(found(""), ["Asha", "Zoe"]);
    assert_eq!(store.contacts_with_tag("", 1).unwrap().len(), 1);
}
