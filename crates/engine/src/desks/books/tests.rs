//! Runs against a server in memory that fails, lies and loses answers.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use carddav::{Address, Book, Problem, SignIn, Wire};
use http::{Request, Response};
use jiff::Timestamp;
use store::{BookRow, ConflictChoice, Contact, ContactNumber, Merge, Store};
use telephony::{PhoneNumber, Region};

use super::present::{BookReport, RunCounts};
use super::run::{Run, RunWish};

const BOOK: &str = "/ann/book/";

/// How the server misbehaves.
#[derive(Default)]
struct Server {
    /// By place: etag and card.
    cards: BTreeMap<String, (u32, String)>,
    next: u32,
    /// So many requests are answered, then none.
    answers: Option<u32>,
    /// Whether the first that is not answered is carried out all the same.
    is_done_unanswered: bool,
    /// Each PUT and DELETE is told that the card has changed.
    always_changed: bool,
    /// Etags stay as they are, whatever is written.
    keeps_etags: bool,
    tells_no_etag: bool,
    /// The list is empty, with success.
    lists_nothing: bool,
    /// So many changes came.
    changes: u32,
}

#[derive(Clone, Default)]
struct Fake(Arc<Mutex<Server>>);

impl Fake {
    fn server(&self) -> MutexGuard<'_, Server> {
        self.0.lock().unwrap()
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

impl Server {
    fn answer(&mut self, request: &Request<String>) -> (u16, Option<String>, String) {
        let path = request.uri().path().to_owned();
        let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
        let mut list = "<multistatus xmlns='DAV:' xmlns:C='urn:ietf:params:xml:ns:carddav'>".to_owned();
        match request.method().as_str() {
            "PROPFIND" if path == BOOK => {
                for (href, (etag, _)) in self.cards.iter().filter(|_| !self.lists_nothing) {
                    let _ = write!(
                        list,
                        "<response><href>{href}</href><propstat><prop><getetag>\"{etag}\"</getetag></prop>\
                         <status>HTTP/1.1 200 OK</status></propstat></response>"
                    );
                }
                (207, None, format!("{list}</multistatus>"))
            }
            "REPORT" => {
                for href in request.body().split("href>").filter(|part| part.starts_with(BOOK)) {
                    let href = href.split('<').next().unwrap_or_default();
                    match self.cards.get(href) {
                        Some((etag, card)) => {
                            let card = escaped(card);
                            let _ = write!(
                                list,
                                "<response><href>{href}</href><propstat><prop><getetag>\"{etag}\"</getetag>\
                                 <C:address-data>{card}</C:address-data></prop><status>HTTP/1.1 200 OK</status>\
                                 </propstat></response>"
                            );
                        }
                        None => {
                            let _ = write!(
                                list,
                                "<response><href>{href}</href><status>HTTP/1.1 404 Not Found</status></response>"
                            );
                        }
                    }
                }
                (207, None, format!("{list}</multistatus>"))
            }
            method @ ("PUT" | "DELETE") => {
                self.changes += 1;
                let known = self.cards.get(&path).map(|(etag, _)| format!("\"{etag}\""));
                let is_wanted = match (header("If-Match"), header("If-None-Match")) {
                    (Some(etag), _) => known.as_deref() == Some(etag),
                    (None, Some("*")) => known.is_none(),
                    (None, _) => false,
                };
                if !is_wanted || self.always_changed {
                    return (412, None, String::new());
                }
                if method == "DELETE" {
                    self.cards.remove(&path);
                    return (204, None, String::new());
                }
                self.next += 1;
                let etag = match self.cards.get(&path) {
                    Some((etag, _)) if self.keeps_etags => *etag,
                    _ => self.next,
                };
                self.cards.insert(path, (etag, request.body().clone()));
                let told = (!self.tells_no_etag).then(|| format!("\"{etag}\""));
                (201, told, String::new())
            }
            _ => (405, None, String::new()),
        }
    }

    /// Somebody else writes a card.
    fn write(&mut self, place: &str, name: &str) {
        self.next += 1;
        let etag = match self.cards.get(place) {
            Some((etag, _)) if self.keeps_etags => *etag,
            _ => self.next,
        };
        let card = format!(
            "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:{place}\r\nFN:{name}\r\nTEL:+442079460101\r\nX-A:1\r\nEND:VCARD\r\n"
        );
        self.cards.insert(place.to_owned(), (etag, card));
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .cards
            .values()
            .filter_map(|(_, card)| {
                card.lines()
                    .find_map(|line| line.strip_prefix("FN:"))
                    .map(str::to_owned)
            })
            .collect();
        names.sort();
        names
    }
}

#[async_trait]
impl Wire for Fake {
    async fn send(&self, request: Request<String>, _: &SignIn) -> Result<Response<Vec<u8>>, Problem> {
        let mut server = self.server();
        if let Some(left) = server.answers {
            let Some(left) = left.checked_sub(1) else {
                if server.is_done_unanswered {
                    server.is_done_unanswered = false;
                    server.answer(&request);
                }
                return Err(Problem::Broken("the server is gone".into()));
            };
            server.answers = Some(left);
        }
        let (status, etag, body) = server.answer(&request);
        let mut response = Response::builder().status(status);
        if let Some(etag) = etag {
            response = response.header("ETag", etag);
        }
        Ok(response.body(body.into_bytes()).unwrap())
    }
}

struct Stage {
    fake: Fake,
    store: Store,
}

fn person(id: &str, name: &str) -> Contact {
    Contact {
        id: id.into(),
        name: name.into(),
        numbers: vec![ContactNumber {
            number: PhoneNumber::try_from("+442079460101".to_owned()).unwrap(),
            label: None,
        }],
        ..Contact::default()
    }
}

impl Stage {
    fn new() -> Self {
        let store = Store::in_memory().unwrap();
        let book = BookRow {
            id: "b".into(),
            name: "Customers".into(),
            address: "https://cloud.example.com/".into(),
            user: "ann".into(),
            href: BOOK.into(),
            takes_new: true,
            synced_at: None,
            report: None,
        };
        store.add_book(&book).unwrap();
        Self {
            fake: Fake::default(),
            store,
        }
    }

    async fn run(&self, wish: RunWish) -> BookReport {
        let sign_in = SignIn {
            user: "ann".into(),
            password: "secret".into(),
        };
        let address = Address::parse("https://cloud.example.com/").unwrap();
        let run = Run {
            store: self.store.clone(),
            book: self.store.books().unwrap().remove(0),
            remote: Book::new(Arc::new(self.fake.clone()), address, sign_in, BOOK.into()),
            country: Region::GB,
            wish,
            now: Timestamp::from_second(1_790_000_000).unwrap(),
        };
        run.run().await.unwrap()
    }

    async fn sync(&self) -> BookReport {
        self.run(RunWish::default()).await
    }

    fn names(&self) -> Vec<String> {
        self.store
            .contacts_all()
            .unwrap()
            .into_iter()
            .map(|contact| contact.name)
            .collect()
    }

    fn rename(&self, id: &str, name: &str) {
        assert!(self.store.update_contact(&person(id, name)).unwrap());
    }

    /// Three on each side in step, then one of each kind of change on each side, a conflict among them.
    async fn busy() -> Self {
        let stage = Self::new();
        for (id, name) in [("a", "Amy"), ("b", "Bea"), ("c", "Cal"), ("d", "Dan"), ("e", "Eve")] {
            stage.store.add_contact(&person(id, name)).unwrap();
        }
        stage.sync().await;
        assert_eq!(stage.fake.server().cards.len(), 5);
        stage.rename("a", "Amy of ours");
        stage.store.remove_contact("b").unwrap();
        stage.store.add_contact(&person("f", "Fay")).unwrap();
        stage.rename("e", "Eve of ours");
        let mut server = stage.fake.server();
        server.write("/ann/book/c.vcf", "Cal of theirs");
        server.cards.remove("/ann/book/d.vcf");
        server.write("/ann/book/g.vcf", "Gil");
        server.write("/ann/book/e.vcf", "Eve of theirs");
        drop(server);
        stage
    }
}

const ENDS_HERE: [&str; 5] = ["Amy of ours", "Cal of theirs", "Eve of ours", "Fay", "Gil"];
const ENDS_THERE: [&str; 5] = ["Amy of ours", "Cal of theirs", "Eve of theirs", "Fay", "Gil"];

#[tokio::test]
async fn wherever_the_server_vanishes_the_next_run_takes_it_up() {
    let whole = Stage::busy().await;
    let report = whole.sync().await;
    assert_eq!((report.failure, report.conflicts), (None, 1));
    assert_eq!(whole.names(), ENDS_HERE);
    assert_eq!(whole.fake.server().names(), ENDS_THERE);
    for is_done_unanswered in [false, true] {
        let mut failed = 0;
        for answers in 0..12 {
            let stage = Stage::busy().await;
            stage.fake.server().answers = Some(answers);
            stage.fake.server().is_done_unanswered = is_done_unanswered;
            let report = stage.sync().await;
            failed += u32::from(report.failure.is_some());
            stage.fake.server().answers = None;
            let report = stage.sync().await;
            assert_eq!((report.failure, report.conflicts), (None, 1), "after {answers}");
            assert_eq!(stage.names(), ENDS_HERE, "after {answers}, {is_done_unanswered}");
            assert_eq!(
                stage.fake.server().names(),
                ENDS_THERE,
                "after {answers}, {is_done_unanswered}"
            );
            let changes = stage.fake.server().changes;
            let report = stage.sync().await;
            assert_eq!(
                (report.here, report.there),
                (RunCounts::default(), RunCounts::default())
            );
            assert_eq!(stage.fake.server().changes, changes, "nothing more to change");
        }
        assert_eq!(failed, 5, "list, read, change, delete, add");
    }
}

#[tokio::test]
async fn a_server_that_says_changed_to_everything_is_not_asked_for_ever() {
    let stage = Stage::busy().await;
    stage.fake.server().always_changed = true;
    let before = stage.fake.server().changes;
    let report = stage.sync().await;
    assert!(report.is_unfinished);
    assert!(stage.fake.server().changes - before <= 9, "three rounds of three");
    stage.fake.server().always_changed = false;
    stage.sync().await;
    assert_eq!(stage.names(), ENDS_HERE);
    assert_eq!(stage.fake.server().names(), ENDS_THERE);
}

#[tokio::test]
async fn a_server_that_tells_no_versions_of_what_it_is_given_is_read_again() {
    let stage = Stage::busy().await;
    stage.fake.server().tells_no_etag = true;
    stage.sync().await;
    stage.sync().await;
    let changes = stage.fake.server().changes;
    let report = stage.sync().await;
    assert_eq!(
        (report.here, report.there),
        (RunCounts::default(), RunCounts::default())
    );
    assert_eq!(stage.fake.server().changes, changes);
    assert_eq!(stage.names(), ENDS_HERE);
}

#[tokio::test]
async fn a_card_changed_under_its_old_etag_is_not_overwritten() {
    let stage = Stage::new();
    stage.store.add_contact(&person("a", "Amy")).unwrap();
    stage.sync().await;
    stage.fake.server().keeps_etags = true;
    stage.fake.server().write("/ann/book/a.vcf", "Amy of theirs");
    assert_eq!(stage.sync().await.here, RunCounts::default(), "not to be seen");
    stage.rename("a", "Amy of ours");
    let report = stage.sync().await;
    assert_eq!((report.conflicts, report.there), (1, RunCounts::default()));
    assert_eq!(stage.fake.server().names(), ["Amy of theirs"]);

    // A thorough run sees it without a change of ours.
    stage.store.choose("b", "a", ConflictChoice::Theirs).unwrap();
    stage.sync().await;
    stage.fake.server().write("/ann/book/a.vcf", "Amy of late");
    let wish = RunWish {
        thorough: true,
        ..RunWish::default()
    };
    assert_eq!(stage.run(wish).await.here.changed, 1);
    assert_eq!(stage.names(), ["Amy of late"]);
}

#[tokio::test]
async fn a_list_that_lacks_cards_which_are_there_deletes_nobody() {
    let stage = Stage::busy().await;
    stage.sync().await;
    stage.fake.server().lists_nothing = true;
    let report = stage.sync().await;
    assert_eq!(
        (report.here, report.there),
        (RunCounts::default(), RunCounts::default()),
        "{report:?}"
    );
    assert_eq!(stage.names(), ENDS_HERE);
}

#[tokio::test]
async fn deleting_many_here_asks_before_the_server_loses_them() {
    let stage = Stage::new();
    for n in 0..8 {
        stage
            .store
            .add_contact(&person(&format!("c{n}"), &format!("Nr {n}")))
            .unwrap();
    }
    stage.sync().await;
    for n in 0..8 {
        stage.store.remove_contact(&format!("c{n}")).unwrap();
    }
    let report = stage.sync().await;
    assert_eq!((report.to_delete_there.len(), report.there), (8, RunCounts::default()));
    assert_eq!(stage.fake.server().cards.len(), 8);
    let wish = RunWish {
        may_delete: 8,
        ..RunWish::default()
    };
    assert_eq!(stage.run(wish).await.there.deleted, 8);
    assert!(stage.fake.server().cards.is_empty());
}

#[tokio::test]
async fn a_deletion_against_a_change_waits_and_either_way_can_be_had() {
    for (choice, here) in [
        (ConflictChoice::Ours, &[][..]),
        (ConflictChoice::Theirs, &["Amy of theirs"]),
        (ConflictChoice::Both, &["Amy of theirs"]),
    ] {
        let stage = Stage::new();
        stage.store.add_contact(&person("a", "Amy")).unwrap();
        stage.store.add_contact(&person("b", "Bea")).unwrap();
        stage.sync().await;
        stage.store.remove_contact("a").unwrap();
        stage.fake.server().write("/ann/book/a.vcf", "Amy of theirs");
        assert_eq!(stage.sync().await.conflicts, 1);
        assert_eq!(stage.sync().await.conflicts, 1);
        assert!(stage.store.choose("b", "a", choice).unwrap());
        assert_eq!(stage.sync().await.conflicts, 0);
        let mut expected = here.to_vec();
        expected.push("Bea");
        assert_eq!(stage.names(), expected, "{choice:?}");
        assert_eq!(stage.fake.server().names(), expected, "{choice:?}");
        assert_eq!(stage.store.book_state("b").unwrap().conflicts, []);
    }
}

#[tokio::test]
async fn of_two_merged_cards_one_is_written_and_the_other_stays_as_it_is() {
    let stage = Stage::new();
    for (id, name) in [("a", "Amy"), ("b", "Amy B.")] {
        stage.store.add_contact(&person(id, name)).unwrap();
    }
    stage.sync().await;
    let merge = Merge {
        id: "m".into(),
        at: Timestamp::from_second(1_790_000_000).unwrap(),
        members: vec![person("a", "Amy"), person("b", "Amy B.")],
        contact: person("a", "Amy Bell"),
    };
    stage.store.merge_contacts(merge).unwrap();
    for _ in 0..2 {
        stage.sync().await;
        assert_eq!(stage.names(), ["Amy Bell"], "the other card makes nobody new");
        assert_eq!(stage.fake.server().names(), ["Amy B.", "Amy Bell"], "nor is it deleted");
    }
    stage.store.undo_merge("m").unwrap();
    stage.sync().await;
    assert_eq!(stage.names(), ["Amy", "Amy B."]);
    assert_eq!(stage.fake.server().names(), ["Amy", "Amy B."]);
    let report = stage.sync().await;
    assert_eq!(
        (report.here, report.there),
        (RunCounts::default(), RunCounts::default())
    );
}
