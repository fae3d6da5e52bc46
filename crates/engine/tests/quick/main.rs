//! What the quick dial bar is answered, by a whole engine over a home of its own.

// Allowed in tests; this extends it to what the tests share.
#![allow(clippy::unwrap_used)]

use engine::api::{CallbackDraft, ContactDraft, ErrorClass, MarksChange, PlaceRequest, Reply, Request};
use engine::quick::{QuickKind, QuickRow, QuickView};
use engine::view::{QuickDialSettings, Role, SettingsView};
use engine::{Engine, EngineHandle, EngineOptions, Home};

struct Desk {
    engine: EngineHandle,
    _home: tempfile::TempDir,
}

impl Desk {
    /// A fresh home: its account is the sandbox, in Britain.
    async fn start() -> Self {
        let home = tempfile::tempdir().unwrap();
        let options = EngineOptions::new(Home::under(home.path()), Role::Desktop);
        let engine = Engine::start(options).await.unwrap();
        Self { engine, _home: home }
    }

    async fn ask(&self, request: Request) -> Reply {
        self.engine.request(request).await.unwrap()
    }

    async fn quick(&self, text: &str) -> QuickView {
        let request = Request::Quick {
            text: text.into(),
            account: None,
        };
        let Reply::Quick(view) = self.ask(request).await else {
            panic!()
        };
        *view
    }

    async fn number_in(&self, texts: &[&str]) -> Option<String> {
        let texts = texts.iter().map(|text| (*text).to_owned()).collect();
        let Reply::NumberFound(number) = self.ask(Request::NumberIn { texts, account: None }).await else {
            panic!()
        };
        number
    }

    async fn add(&self, name: &str, numbers: &[&str]) -> String {
        let contact = ContactDraft {
            name: name.into(),
            numbers: numbers.iter().map(|number| ((*number).to_owned(), None)).collect(),
            ..ContactDraft::default()
        };
        let Reply::Contact(view) = self.ask(Request::AddContact { contact }).await else {
            panic!()
        };
        view.id
    }

    async fn settings(&self) -> SettingsView {
        let Reply::Snapshot(snapshot) = self.ask(Request::Snapshot).await else {
            panic!()
        };
        snapshot.settings
    }
}

fn told(rows: &[QuickRow]) -> Vec<(QuickKind, &str)> {
    rows.iter().map(|row| (row.kind, row.title.as_str())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_in_a_selected_text_is_found_and_a_text_without_one_gives_nothing() {
    let desk = Desk::start().await;
    for (text, number) in [
        ("Please ring 020 7946 0002, thanks. Order 4711", Some("020 7946 0002")),
        ("  +44 (0)20 7946 0031\n", Some("+44 (0)20 7946 0031")),
        ("tel:+442079460002;ext=4", Some("tel:+442079460002;ext=4")),
        ("On 2026-11-27 at 10:30 in room 4", None),
        ("nobody", None),
        (
            "dialdeck:call?number=%2B442079460002&from=%2B442079460031",
            Some("+442079460002"),
        ),
        // Without its code it would be a call to somebody.
        ("*21*02079460123#", None),
        ("Forward with *21*020 7946 0123#, then ring", None),
    ] {
        assert_eq!(desk.number_in(&[text]).await.as_deref(), number, "{text}");
    }
    // The selection first, and what was copied where that has none.
    let both = desk.number_in(&["no number here", "020 7946 0036"]).await;
    assert_eq!(both.as_deref(), Some("020 7946 0036"));
    let long = format!("{}020 7946 0002", "x ".repeat(100_000));
    assert_eq!(desk.number_in(&[&long]).await, None, "so far nobody reads");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_at_hand_comes_in_its_order_and_each_number_once() {
    let desk = Desk::start().await;
    let asha = desk.add("Asha Rao", &["+442079460018"]).await;
    desk.ask(Request::MarkContact {
        id: asha,
        change: MarksChange {
            favourite: Some(true),
            ..MarksChange::default()
        },
    })
    .await;
    desk.ask(Request::AddCallback(CallbackDraft {
        target: "+442079460044".into(),
        when: "in 1m".into(),
        reminder_min: Some(5),
        name: Some("Chloé".into()),
        ..CallbackDraft::default()
    }))
    .await;
    // Nobody takes it: it goes on for a while.
    desk.ask(Request::Place(PlaceRequest {
        target: "+442079460020".into(),
        yes: true,
        ..PlaceRequest::default()
    }))
    .await;
    let rows = desk.quick("").await.rows;
    assert_eq!(
        told(&rows)[..3],
        [
            (QuickKind::DueCallback, "Chloé"),
            (QuickKind::ActiveCall, "020 7946 0020"),
            (QuickKind::Favourite, "Asha Rao"),
        ]
    );
    assert_eq!(rows[0].target.as_deref(), Some("+442079460044"));
    assert!(rows[0].callback.is_some() && rows[1].call.is_some() && rows[1].target.is_none());
    // Called a moment ago: often called, as far as anybody has been.
    assert_eq!(told(&rows)[3..], [(QuickKind::Frequent, "020 7946 0020")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn people_tags_commands_and_numbers_are_told_apart_by_what_begins_the_text() {
    let desk = Desk::start().await;
    let asha = desk.add("Asha Rao", &["+442079460018", "+442079460019"]).await;
    desk.ask(Request::MarkContact {
        id: asha,
        change: MarksChange {
            add_tags: vec!["VIP".into()],
            ..MarksChange::default()
        },
    })
    .await;
    let rows = desk.quick("asha").await.rows;
    assert_eq!(
        told(&rows),
        [(QuickKind::Found, "Asha Rao"), (QuickKind::Found, "Asha Rao")]
    );
    assert_eq!(told(&desk.quick("#vip").await.rows), [(QuickKind::Found, "Asha Rao")]);
    assert_eq!(
        told(&desk.quick("> sett").await.rows),
        [(QuickKind::Command, "Settings")]
    );
    // The number is hers, so there is no second row for it.
    assert_eq!(
        told(&desk.quick("020 7946 0018").await.rows),
        [(QuickKind::Found, "Asha Rao")]
    );
    let typed = desk.quick("020 7946 0002").await;
    assert_eq!(told(&typed.rows), [(QuickKind::Typed, "020 7946 0002")]);
    assert_eq!(typed.rows[0].target.as_deref(), Some("+442079460002"));
    assert_eq!(told(&desk.quick("@020 7946 0002").await.rows), []);
    assert_eq!(told(&desk.quick("nobody of that name").await.rows), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_behind_a_name_is_a_callback_and_behind_nobody_is_nothing() {
    let desk = Desk::start().await;
    desk.add("Asha Rao", &["+442079460018"]).await;
    let timed = desk.quick("asha in 20m").await;
    assert_eq!(timed.when.unwrap().text, "in 20m");
    assert_eq!(told(&timed.rows), [(QuickKind::Found, "Asha Rao")]);
    let number = desk.quick("020 7946 0002 tomorrow 10:00").await;
    assert_eq!(number.when.unwrap().text, "tomorrow 10:00");
    assert_eq!(number.rows[0].target.as_deref(), Some("+442079460002"));
    assert!(desk.quick("zzz in 20m").await.when.is_none());
    assert!(desk.quick("020 7946 0002").await.when.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_none_or_there_twice_is_refused_and_nothing_is_changed() {
    let desk = Desk::start().await;
    let before = desk.settings().await;
    for (key, selection_key, code) in [
        ("D", "Ctrl+Shift+D", "shortcut_no_modifier"),
        ("Ctrl+Nonsense", "Ctrl+Shift+D", "shortcut_unknown_key"),
        ("ctrl+k", "Ctrl+Shift+D", "shortcut_of_the_window"),
        ("shift+ctrl+d", "Ctrl+Shift+D", "shortcut_twice"),
    ] {
        let settings = SettingsView {
            quick_dial: QuickDialSettings {
                key: key.into(),
                selection_key: selection_key.into(),
                ..QuickDialSettings::default()
            },
            ..before.clone()
        };
        let refused = desk
            .engine
            .request(Request::SetSettings { settings })
            .await
            .unwrap_err();
        assert_eq!((refused.code.as_str(), refused.class), (code, ErrorClass::Usage));
    }
    assert_eq!(desk.settings().await, before);
}
