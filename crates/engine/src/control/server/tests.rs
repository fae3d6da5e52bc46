use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::UnixStream;

use super::*;
use crate::Home;
use crate::announcer::Announcer;
use crate::api::Request;
use crate::control::{Client, ClientProblem, Heard, HomeLock};
use crate::handle::Ask;
use crate::view::Event;

/// A home with a served socket, and the engine's side of it in the test's hands.
struct Served {
    home: Home,
    server: ControlServer,
    lock: HomeLock,
    path: PathBuf,
    asked: mpsc::Receiver<Ask>,
    events: Announcer,
    _folder: tempfile::TempDir,
}

fn served() -> Served {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::under(folder.path());
    let lock = HomeLock::acquire(&home, Role::Serve).unwrap();
    let path = own_socket_path(&home);
    let (asks, asked) = mpsc::channel(8);
    let events = Announcer::keeping(4);
    let engine = EngineHandle {
        asks,
        events: events.clone(),
        ended: watch::channel(false).1,
        heard: Arc::default(),
        asker: crate::handle::Asker::Native,
        program: None,
        privacy: Arc::default(),
    };
    let server = serve(&home, engine, Role::Serve).unwrap();
    Served {
        home,
        server,
        lock,
        path,
        asked,
        events,
        _folder: folder,
    }
}

impl Served {
    async fn client(&self) -> Client {
        Client::connect(&self.home).await.unwrap().unwrap()
    }
}

/// A program that speaks the protocol by hand.
struct ByHand(BufReader<UnixStream>);

impl ByHand {
    async fn connect(served: &Served) -> Self {
        Self(BufReader::new(UnixStream::connect(&served.path).await.unwrap()))
    }

    async fn say(&mut self, line: &str) {
        self.0.write_all(format!("{line}\n").as_bytes()).await.unwrap();
    }

    /// The next line; none at the end.
    async fn hear(&mut self) -> Option<Value> {
        let mut line = String::new();
        self.0.read_line(&mut line).await.unwrap();
        (!line.is_empty()).then(|| serde_json::from_str(&line).unwrap())
    }

    async fn greeted(served: &Served) -> Self {
        let mut program = Self::connect(served).await;
        program
            .say(&json!({"hello": {"protocol": 1, "version": "9", "pid": 1}}).to_string())
            .await;
        assert_eq!(program.hear().await.unwrap()["hello"]["role"], "serve");
        program
    }
}

#[tokio::test]
async fn answers_find_their_requests_in_any_order() {
    let mut served = served();
    let client = served.client().await;
    assert_eq!(client.engine().role, Some(Role::Serve));
    let engine = async {
        let first = served.asked.recv().await.unwrap();
        let second = served.asked.recv().await.unwrap();
        for Ask { request, answer, .. } in [second, first] {
            let _ = answer.send(if matches!(request, Request::ListAccounts) {
                Ok(Reply::Accounts(Vec::new()))
            } else {
                Err(ApiError::new(ErrorClass::NothingMatches, "no_account").with("name", "x"))
            });
        }
    };
    let (list, test, ()) = tokio::join!(
        client.request(Request::ListAccounts),
        client.request(Request::TestAccount { name: "x".into() }),
        engine
    );
    assert!(matches!(list, Ok(Reply::Accounts(_))));
    assert_eq!(test.unwrap_err().params["name"], "x");
}

#[tokio::test]
async fn a_watcher_hears_events_and_how_many_it_missed() {
    let served = served();
    let mut program = ByHand::greeted(&served).await;
    program.say(r#"{"id":1,"do":"watch"}"#).await;
    assert_eq!(program.hear().await.unwrap(), json!({"id": 1, "ok": {"is": "done"}}));
    // In one go, so that the watcher's task cannot keep up with a channel of four.
    for _ in 0..6 {
        served.events.tell(Event::Contacts);
    }
    assert_eq!(program.hear().await.unwrap(), json!({"lagged": 2}));
    assert_eq!(
        program.hear().await.unwrap(),
        json!({"event": {"type": "contacts"}, "number": 3})
    );
}

#[tokio::test]
async fn a_client_hears_events_until_the_engine_ends() {
    let served = served();
    let client = served.client().await;
    let mut events = client.events().await.unwrap();
    served.events.tell(Event::Stopping);
    assert!(matches!(events.next().await, Some(Heard::Event(event)) if *event == Event::Stopping));
    served.server.close().await;
    assert!(events.next().await.is_none());
    assert_eq!(
        client.request(Request::Status).await.unwrap_err().code,
        "engine_stopped"
    );
}

#[tokio::test]
async fn no_json_is_answered_and_ends_the_connection() {
    let served = served();
    let mut program = ByHand::greeted(&served).await;
    program.say(r#"{"id":7,"do":"dance"}"#).await;
    assert_eq!(program.hear().await.unwrap()["error"]["code"], "request_unknown");
    program.say("place a call, please").await;
    assert_eq!(program.hear().await.unwrap()["error"]["code"], "bad_line");
    assert_eq!(program.hear().await, None);
}

#[tokio::test]
async fn another_protocol_is_named_on_both_sides() {
    let served = served();
    let mut program = ByHand::connect(&served).await;
    program
        .say(&json!({"hello": {"protocol": 2, "version": "9", "pid": 1}}).to_string())
        .await;
    program.hear().await.unwrap();
    assert_eq!(program.hear().await.unwrap()["error"]["code"], "protocol");
    assert_eq!(program.hear().await, None);

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("future.sock");
    let future = tokio::net::UnixListener::bind(&path).unwrap();
    let engine = async {
        let (mut stream, _) = future.accept().await.unwrap();
        let hello = json!({"hello": {"protocol": 2, "version": "9", "role": "desktop", "pid": 1}});
        stream.write_all(format!("{hello}\n").as_bytes()).await.unwrap();
        stream
    };
    let (client, _stream) = tokio::join!(Client::connect_to(&path), engine);
    assert!(matches!(client, Err(ClientProblem::Protocol(hello)) if hello.protocol == 2));
}

#[tokio::test]
async fn an_answer_that_ends_the_engine_still_gets_out() {
    let mut served = served();
    let client = served.client().await;
    let engine = async {
        let Ask { answer, .. } = served.asked.recv().await.unwrap();
        answer.send(Ok(Reply::Done)).unwrap();
        served.server.close().await;
        drop(served.lock);
    };
    let (reply, ()) = tokio::join!(client.request(Request::TakeOver), engine);
    assert!(matches!(reply, Ok(Reply::Done)));
    assert!(!served.path.exists());
    assert!(Client::connect(&served.home).await.unwrap().is_none());
}

#[tokio::test]
async fn an_import_is_broken_off_when_whoever_asked_for_it_goes() {
    let mut served = served();
    let mut program = ByHand::greeted(&served).await;
    let import = json!({"id": 1, "do": "start_import", "import_id": "one", "from": {"path": "/people.csv"}});
    program.say(&import.to_string()).await;
    let asked = served.asked.recv().await.unwrap();
    assert!(matches!(asked.request, Request::StartImport { .. }));
    drop(program);
    let next = served.asked.recv().await.unwrap().request;
    assert!(matches!(next, Request::CancelImport { import_id } if import_id == "one"));
}

#[tokio::test]
async fn a_stale_socket_is_replaced_and_a_newer_one_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::under(folder.path());
    let path = own_socket_path(&home);
    // Left behind: bound once, nobody listens.
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    assert!(Client::connect(&home).await.unwrap().is_none());
    let _lock = HomeLock::acquire(&home, Role::Serve).unwrap();
    let old = Listener::bind(&path).unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let new = Listener::bind(&path).unwrap();
    drop(old);
    assert!(path.exists());
    drop(new);
    assert!(!path.exists());
}
