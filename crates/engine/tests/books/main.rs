//! Two desks and one address book: the engine's own requests, real HTTP, and Radicale.

// Allowed in tests; this extends it to what the tests share.
#![allow(clippy::unwrap_used)]

#[path = "../../../carddav/tests/it/radicale.rs"]
mod radicale;
mod world;

use engine::api::{ContactDraft, MarksChange, Reply, Request};
use engine::view::{BookConflictView, BookReport, ContactView, RunCounts};

use radicale::Radicale;
use world::Desk;

fn counts(added: u32, changed: u32, deleted: u32) -> RunCounts {
    RunCounts {
        added,
        changed,
        deleted,
    }
}

fn draft(name: &str, last: u32) -> ContactDraft {
    ContactDraft {
        name: name.into(),
        numbers: vec![(format!("+4420794601{last:02}"), Some("work".into()))],
        ..ContactDraft::default()
    }
}

impl Desk {
    async fn add(&self, name: &str, last: u32) -> ContactView {
        let contact = draft(name, last);
        let Reply::Contact(contact) = self.ask(Request::AddContact { contact }).await.unwrap() else {
            panic!()
        };
        *contact
    }

    async fn rename(&self, id: &str, name: &str, last: u32) {
        let (id, contact) = (id.to_owned(), draft(name, last));
        self.ask(Request::UpdateContact { id, contact }).await.unwrap();
    }

    async fn remove(&self, id: &str) {
        self.ask(Request::RemoveContact { id: id.into() }).await.unwrap();
    }

    async fn run(&self, allow_deletions: u32) -> BookReport {
        let request = Request::SyncBook {
            book_id: None,
            thorough: false,
            allow_deletions,
        };
        let Reply::BookSynced(report) = self.ask(request).await.unwrap() else {
            panic!()
        };
        *report
    }

    /// A run that is expected to go through.
    async fn sync(&self) -> BookReport {
        let report = self.run(0).await;
        assert_eq!(report.failure, None);
        assert!(!report.is_unfinished && report.not_written.is_empty(), "{report:?}");
        report
    }

    async fn conflicts(&self) -> Vec<BookConflictView> {
        let request = Request::BookConflicts { book_id: None };
        let Reply::BookConflicts(conflicts) = self.ask(request).await.unwrap() else {
            panic!()
        };
        conflicts
    }

    async fn resolve(&self, contact_id: &str, keep: &str) {
        let request = Request::ResolveConflict {
            book_id: None,
            contact_id: contact_id.into(),
            keep: keep.into(),
        };
        self.ask(request).await.unwrap();
    }

    fn names(&self) -> Vec<String> {
        let contacts = self.store.contacts_all().unwrap();
        contacts.into_iter().map(|contact| contact.name).collect()
    }

    fn id_of(&self, name: &str) -> String {
        self.store.contacts_by_name(name).unwrap().remove(0).id
    }
}

/// A server with an empty book, and two desks that have it.
async fn two_desks() -> (Radicale, Desk, Desk) {
    let server = Radicale::start();
    server.make_book("customers");
    let (one, other) = (Desk::start().await, Desk::start().await);
    for desk in [&one, &other] {
        desk.add_book(&server.address).await.unwrap();
    }
    (server, one, other)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_desk_adds_changes_and_deletes_the_other_has() {
    let (_server, one, other) = two_desks().await;
    one.add("Ann Lee", 1).await;
    one.add("Bob Ray", 2).await;
    assert_eq!(one.sync().await.there, counts(2, 0, 0));
    assert_eq!(other.sync().await.here, counts(2, 0, 0));
    assert_eq!(other.names(), ["Ann Lee", "Bob Ray"]);

    other.rename(&other.id_of("Ann Lee"), "Anna Lee", 1).await;
    other.remove(&other.id_of("Bob Ray")).await;
    assert_eq!(other.sync().await.there, counts(0, 1, 1));
    assert_eq!(one.sync().await.here, counts(0, 1, 1));
    assert_eq!(one.names(), ["Anna Lee"]);

    // Radicale has written this card anew when it came; it is still hers to delete.
    let cal = one.add("Cal Orr", 3).await.id;
    assert_eq!(one.sync().await.there, counts(1, 0, 0));
    one.remove(&cal).await;
    let report = one.sync().await;
    assert_eq!((report.there, report.conflicts), (counts(0, 0, 1), 0));

    for desk in [&one, &other, &one] {
        let report = desk.sync().await;
        assert_eq!(
            (report.here, report.there),
            (counts(0, 0, 0), counts(0, 0, 0)),
            "nothing is left to do"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_known_here_of_a_card_survives_a_change() {
    let (server, one, _) = two_desks().await;
    let file = server.collections().join("customers/ann.vcf");
    let card = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:ann\r\nFN:Ann Lee\r\nN:Lee;Ann;;;\r\nTEL;TYPE=WORK:+442079460101\r\n\
                PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSkZJRgABAQEAYABgAAD/2wBDAAgGBg==\r\nTEL;TYPE=FAX:+442079460109\r\n\
                X-PHONETIC-FIRST-NAME:An\r\nEND:VCARD\r\n";
    std::fs::write(&file, card).unwrap();
    assert_eq!(one.sync().await.here, counts(1, 0, 0));
    one.rename(&one.id_of("Ann Lee"), "Anna Smith", 1).await;
    assert_eq!(one.sync().await.there, counts(0, 1, 0));
    let written = std::fs::read_to_string(&file).unwrap();
    assert!(written.contains("FN:Anna Smith"), "{written}");
    for kept in [
        "/9j/4AAQSkZJRgABAQEAYABgAAD/2wBDAAgGBg==",
        "+442079460109",
        "X-PHONETIC-FIRST-NAME:An",
        "UID:ann",
    ] {
        assert!(written.contains(kept), "{kept} in {written}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conflict_is_shown_until_it_is_decided_and_each_choice_is_carried_out() {
    for keep in ["ours", "theirs", "both"] {
        let (_server, one, other) = two_desks().await;
        let ann = one.add("Ann Lee", 1).await.id;
        one.sync().await;
        other.sync().await;
        one.rename(&ann, "Ann of one", 1).await;
        other.rename(&other.id_of("Ann Lee"), "Ann of other", 1).await;
        other.sync().await;
        for _ in 0..2 {
            let report = one.sync().await;
            assert_eq!(
                (report.conflicts, report.here, report.there),
                (1, counts(0, 0, 0), counts(0, 0, 0))
            );
        }
        let conflicts = one.conflicts().await;
        let [conflict] = conflicts.as_slice() else {
            panic!("{conflicts:?}")
        };
        let side = |side: &Option<engine::view::PersonSide>| side.as_ref().map(|side| side.name.clone());
        assert_eq!(side(&conflict.ours).as_deref(), Some("Ann of one"));
        assert_eq!(side(&conflict.theirs).as_deref(), Some("Ann of other"));

        one.resolve(&ann, keep).await;
        assert_eq!(one.conflicts().await[0].choice.as_deref(), Some(keep));
        assert_eq!(one.sync().await.conflicts, 0);
        assert_eq!(one.conflicts().await, []);
        other.sync().await;
        let expected: &[&str] = match keep {
            "ours" => &["Ann of one"],
            "theirs" => &["Ann of other"],
            _ => &["Ann of one", "Ann of other"],
        };
        assert_eq!(one.names(), expected, "{keep}");
        assert_eq!(other.names(), expected, "{keep}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_emptied_book_deletes_nobody_unasked() {
    let (server, one, _) = two_desks().await;
    for n in 0..6 {
        one.add(&format!("Customer {n}"), n).await;
    }
    one.sync().await;
    let folder = server.collections().join("customers");
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|kind| kind == "vcf") {
            std::fs::remove_file(path).unwrap();
        }
    }
    let report = one.sync().await;
    assert_eq!((report.to_delete_here.len(), report.here), (6, counts(0, 0, 0)));
    assert_eq!(one.run(5).await.to_delete_here.len(), 6, "more than was agreed to");
    assert_eq!(one.names().len(), 6);
    assert_eq!(one.run(6).await.here, counts(0, 0, 6));
    assert_eq!(one.names(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn marks_stay_here_and_who_is_not_to_be_called_is_not_deleted_by_the_server() {
    let (server, one, other) = two_desks().await;
    let ann = one.add("Ann Lee", 1).await.id;
    one.add("Bob Ray", 2).await;
    let change = MarksChange {
        do_not_call: Some(true),
        ..MarksChange::default()
    };
    one.ask(Request::MarkContact {
        id: ann.clone(),
        change,
    })
    .await
    .unwrap();
    one.sync().await;
    other.sync().await;
    other.rename(&other.id_of("Ann Lee"), "Anna Lee", 1).await;
    other.sync().await;
    one.sync().await;
    let marked = one.store.contact(&ann).unwrap().unwrap();
    assert_eq!((marked.name.as_str(), marked.marks.do_not_call), ("Anna Lee", true));
    other.remove(&other.id_of("Anna Lee")).await;
    other.sync().await;
    assert_eq!(one.sync().await.conflicts, 1);
    assert!(one.store.contact(&ann).unwrap().is_some());
    drop(server);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_gone_is_said_in_words_and_changes_nothing() {
    let (server, one, _) = two_desks().await;
    one.add("Ann Lee", 1).await;
    one.sync().await;
    drop(server);
    let report = one.run(0).await;
    let why = report.failure.unwrap();
    assert!(why.starts_with("No connection to the server"), "{why}");
    assert_eq!(one.names(), ["Ann Lee"]);
    let Reply::Books(books) = one.ask(Request::ListBooks).await.unwrap() else {
        panic!()
    };
    assert!(books[0].report.as_ref().unwrap().failure.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_book_leaves_contacts_and_cards_and_takes_its_password_along() {
    let (server, one, _) = two_desks().await;
    one.add("Ann Lee", 1).await;
    one.sync().await;
    assert_eq!(one.add_book(&server.address).await.unwrap_err().code, "book_known");
    assert_eq!(one.secrets(), [radicale::PASSWORD]);
    one.ask(Request::RemoveBook { book_id: None }).await.unwrap();
    assert_eq!(one.secrets(), Vec::<String>::new());
    assert_eq!(one.names(), ["Ann Lee"]);
    let error = one.ask(Request::RemoveBook { book_id: None }).await.unwrap_err();
    assert_eq!(error.code, "no_books");
    // Given again, the card is known as hers.
    one.add_book(&server.address).await.unwrap();
    let report = one.sync().await;
    assert_eq!((report.here, report.there), (counts(0, 0, 0), counts(0, 0, 0)));
    assert_eq!(one.names(), ["Ann Lee"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_server_is_told_with_the_next_step() {
    let desk = Desk::start().await;
    for (server, code, word) in [
        ("http://cloud.example.com", "book_server", "https://"),
        ("not an address", "book_server", "not a web address"),
    ] {
        let error = desk.add_book(server).await.unwrap_err();
        let (message, _) = engine::words::of_error(&error);
        assert_eq!(error.code, code);
        assert!(message.contains(word), "{message}");
        assert!(!message.contains(radicale::PASSWORD));
    }
    let error = desk
        .ask(Request::BookConflicts {
            book_id: Some("x".into()),
        })
        .await
        .unwrap_err();
    assert!(!engine::words::of_error(&error).0.contains('{'));
}
