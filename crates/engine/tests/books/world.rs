//! An engine with a database and a keychain in memory, and the real network.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use engine::api::{ApiResult, BookDraft, Request, SecretText};
use engine::secrets::{Secrets, SecretsProblem};
use engine::simulation::{SimulatedEngine, World};
use engine::view::KeychainState;
use engine::{Commit, Home, Journal, SystemClock};
use providers::{HttpReply, HttpRequest, Transport, TransportError};
use secrecy::{ExposeSecret, SecretString};
use store::{Entry, Store};

use crate::radicale::PASSWORD;

pub struct Desk {
    engine: SimulatedEngine,
    pub store: Store,
    keychain: Arc<Memory>,
    _home: tempfile::TempDir,
}

impl Desk {
    pub async fn start() -> Self {
        let home = tempfile::tempdir().unwrap();
        let store = Store::in_memory().unwrap();
        let keychain = Arc::new(Memory::default());
        let world = World {
            home: Home::under(home.path()),
            store: store.clone(),
            journal: Arc::new(AtOnce(store.clone())),
            transport: Arc::new(Nobody),
            clock: Arc::new(SystemClock),
            secrets: keychain.clone(),
            asleep: tokio::sync::watch::channel(false).1,
        };
        let engine = SimulatedEngine::start(world).await.unwrap();
        Self {
            engine,
            store,
            keychain,
            _home: home,
        }
    }

    pub async fn ask(&self, request: Request) -> ApiResult {
        self.engine.handle.request(request).await
    }

    pub async fn add_book(&self, server: &str) -> ApiResult {
        self.ask(Request::AddBook(BookDraft {
            server: server.into(),
            user: "ann".into(),
            password: SecretText(PASSWORD.into()),
            book: None,
            takes_new: true,
            this_run_only: false,
        }))
        .await
    }

    pub fn secrets(&self) -> Vec<String> {
        let held = self.keychain.0.lock().unwrap();
        held.values().map(|secret| secret.expose_secret().to_owned()).collect()
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.engine.crash();
    }
}

#[derive(Default)]
struct Memory(Mutex<BTreeMap<(String, String), SecretString>>);

#[async_trait]
impl Secrets for Memory {
    async fn get(&self, account_id: &str, field: &str) -> Result<Option<SecretString>, SecretsProblem> {
        let held = self.0.lock().unwrap();
        Ok(held.get(&(account_id.to_owned(), field.to_owned())).cloned())
    }

    async fn set(&self, account_id: &str, field: &str, value: SecretString) -> Result<(), SecretsProblem> {
        let key = (account_id.to_owned(), field.to_owned());
        self.0.lock().unwrap().insert(key, value);
        Ok(())
    }

    async fn remove(&self, account_id: &str, field: &str) -> Result<(), SecretsProblem> {
        self.0
            .lock()
            .unwrap()
            .remove(&(account_id.to_owned(), field.to_owned()));
        Ok(())
    }

    async fn state(&self) -> KeychainState {
        KeychainState::Ok
    }

    async fn unlock(&self) -> KeychainState {
        KeychainState::Ok
    }
}

struct AtOnce(Store);

impl Journal for AtOnce {
    fn begin(&self, entries: Vec<Entry>) -> Commit {
        Box::pin(std::future::ready(self.0.commit_and_wait(entries)))
    }
}

/// No provider is part of this.
struct Nobody;

#[async_trait]
impl Transport for Nobody {
    async fn send(&self, _: HttpRequest) -> Result<HttpReply, TransportError> {
        Err(TransportError::NotConnected("nobody is there".into()))
    }
}
