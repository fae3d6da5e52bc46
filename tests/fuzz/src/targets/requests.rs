//! What programs ask of a running engine through the control socket, line by line, with a provider that takes every call
//! and events that are posted between.
//!
//! A line that begins with `!` is the body of an event; every other one is a request.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

use async_trait::async_trait;
use engine::api::{Reply, Request, SecretText};
use engine::control::read_request;
use engine::secrets::{Secrets, SecretsProblem};
use engine::simulation::{SimulatedEngine, World};
use engine::view::{AccountView, KeychainState};
use engine::{Clock, Commit, Home, Journal};
use jiff::Timestamp;
use providers::{HttpReply, HttpRequest, ProviderKind, Purpose, Transport, TransportResult};
use secrecy::SecretString;
use store::{Entry, Store};
use tokio::runtime::Builder;

use super::facts::RECEIVED_AT;
use crate::accounts::SECRET;
use crate::input::Input;

/// More is only more of the same.
const MOST_LINES: usize = 20;

/// In memory where the system has such a folder.
static HOME: LazyLock<PathBuf> = LazyLock::new(|| {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() {
        memory.to_path_buf()
    } else {
        std::env::temp_dir()
    };
    folder.join(format!("dialdeck-fuzz-{}", std::process::id()))
});

pub fn read(bytes: &[u8]) {
    let text = Input::new(bytes).text();
    fs::create_dir_all(&*HOME).expect("a folder for the length of an input");
    let runtime = Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .expect("a runtime can be made");
    runtime.block_on(ask_all(&text));
    drop(runtime);
    fs::remove_dir_all(&*HOME).expect("the folder is there");
}

async fn ask_all(text: &str) {
    let dials = Arc::new(AtomicUsize::new(0));
    let engine = start(dials.clone()).await;
    let desk = add_account(&engine).await;
    let mut may_dial = 0;
    for line in text.lines().take(MOST_LINES) {
        if let Some(body) = line.strip_prefix('!') {
            let hook = desk.hook.as_deref().unwrap_or_default();
            let path = hook.rsplit_once("/hooks/").map(|(_, path)| path);
            let (account, token) = path
                .and_then(|path| path.split_once('/'))
                .expect("an address for events");
            let status = engine.hook(account, token, None, body.as_bytes().to_vec()).await;
            assert!(matches!(status, 200 | 400 | 404 | 415), "{status} for {body:?}");
            continue;
        }
        let Ok((_, Some(request))) = read_request(line.as_bytes()) else {
            continue;
        };
        // The machine's own files and programs are no part of this, nor are other people's servers.
        if matches!(
            request,
            Request::AddBook(_)
                | Request::ImportFile { .. }
                | Request::Doctor
                | Request::SaveBundle
                | Request::Stop
                | Request::TakeOver
        ) {
            continue;
        }
        // Each gesture is one dial at the most.
        may_dial += usize::from(matches!(request, Request::Place(_) | Request::CallCallback { .. }));
        let told = engine.handle.request(request).await;
        let shown = match &told {
            Ok(reply) => serde_json::to_string(reply).expect("a reply is JSON"),
            Err(error) => serde_json::to_string(error).expect("an error is JSON"),
        };
        assert!(!shown.contains(SECRET), "a secret is told: {line} {shown}");
        let dialled = dials.load(Ordering::Relaxed);
        assert!(dialled <= may_dial, "{dialled} dials for {may_dial} gestures: {line}");
    }
    let Ok(Reply::Snapshot(snapshot)) = engine.handle.request(Request::Snapshot).await else {
        panic!("no snapshot after {text:?}")
    };
    let shown = serde_json::to_string(&snapshot).expect("a snapshot is JSON");
    assert!(!shown.contains(SECRET), "a secret is shown: {shown}");
    engine.crash();
}

async fn start(dials: Arc<AtomicUsize>) -> SimulatedEngine {
    let store = Store::in_memory().expect("a database in memory");
    let world = World {
        home: Home::under(&*HOME),
        store: store.clone(),
        journal: Arc::new(AtOnce(store)),
        transport: Arc::new(Willing { dials }),
        clock: Arc::new(Still),
        secrets: Arc::new(Open),
        asleep: tokio::sync::watch::channel(false).1,
    };
    SimulatedEngine::start(world).await.expect("an engine in an empty home")
}

async fn add_account(engine: &SimulatedEngine) -> AccountView {
    let add = Request::AddAccount {
        name: "desk".into(),
        kind: ProviderKind::AcefoneUk,
        set: BTreeMap::from([
            ("agent_id".to_owned(), "0502842370097".to_owned()),
            ("agent_number".to_owned(), "+442079460901".to_owned()),
        ]),
        secrets: BTreeMap::from([("api_token".to_owned(), SecretText(SECRET.to_owned()))]),
    };
    match engine.handle.request(add).await {
        Ok(Reply::Account(account)) => *account,
        other => panic!("the account is good: {other:?}"),
    }
}

/// Writes at once, so that no time passes.
struct AtOnce(Store);

impl Journal for AtOnce {
    fn begin(&self, entries: Vec<Entry>) -> Commit {
        Box::pin(std::future::ready(self.0.commit_and_wait(entries)))
    }
}

/// A provider that says yes to everything.
struct Willing {
    dials: Arc<AtomicUsize>,
}

#[async_trait]
impl Transport for Willing {
    async fn send(&self, request: HttpRequest) -> TransportResult {
        if request.purpose == Purpose::Dial {
            self.dials.fetch_add(1, Ordering::Relaxed);
        }
        Ok(HttpReply {
            status: 200,
            retry_after: None,
            content_type: Some("application/json".into()),
            body: br#"{"success":true,"message":"Originate successfully queued","call_id":"1.2","data":[]}"#.to_vec(),
        })
    }
}

struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        RECEIVED_AT
    }

    fn zone(&self) -> Option<String> {
        Some("Europe/London".into())
    }
}

/// A keychain that holds the one secret wherever it is asked.
struct Open;

#[async_trait]
impl Secrets for Open {
    async fn get(&self, _account_id: &str, _field: &str) -> Result<Option<SecretString>, SecretsProblem> {
        Ok(Some(SECRET.into()))
    }

    async fn set(&self, _account_id: &str, _field: &str, _value: SecretString) -> Result<(), SecretsProblem> {
        Ok(())
    }

    async fn remove(&self, _account_id: &str, _field: &str) -> Result<(), SecretsProblem> {
        Ok(())
    }

    async fn state(&self) -> KeychainState {
        KeychainState::Ok
    }

    async fn unlock(&self) -> KeychainState {
        KeychainState::Ok
    }
}
