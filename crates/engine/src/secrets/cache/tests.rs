use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use secrecy::ExposeSecret;

use super::*;

const OWNER: SecretOwner<'static> = SecretOwner {
    name: "main-line",
    id: "0190",
};

/// A keychain in memory that counts how often it is asked.
#[derive(Default)]
struct Fake {
    entries: Mutex<HashMap<(String, String), SecretString>>,
    asked: AtomicUsize,
    problem: Option<SecretsProblem>,
}

impl Fake {
    fn holding(field: &str, value: &str) -> Arc<Self> {
        let fake = Self::default();
        fake.entries
            .lock()
            .unwrap()
            .insert(key(OWNER, field), SecretString::from(value));
        Arc::new(fake)
    }

    fn failing(problem: SecretsProblem) -> Arc<Self> {
        Arc::new(Self {
            problem: Some(problem),
            ..Self::default()
        })
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    fn answer<T>(
        &self,
        value: impl FnOnce(&mut HashMap<(String, String), SecretString>) -> T,
    ) -> Result<T, SecretsProblem> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        self.problem.map_or_else(|| Ok(value(&mut entries)), Err)
    }
}

#[async_trait]
impl Secrets for Fake {
    async fn get(&self, account_id: &str, field: &str) -> Result<Option<SecretString>, SecretsProblem> {
        self.answer(|entries| entries.get(&(account_id.to_owned(), field.to_owned())).cloned())
    }

    async fn set(&self, account_id: &str, field: &str, value: SecretString) -> Result<(), SecretsProblem> {
        self.answer(|entries| drop(entries.insert((account_id.to_owned(), field.to_owned()), value)))
    }

    async fn remove(&self, account_id: &str, field: &str) -> Result<(), SecretsProblem> {
        self.answer(|entries| drop(entries.remove(&(account_id.to_owned(), field.to_owned()))))
    }

    async fn state(&self) -> KeychainState {
        self.problem.map_or(KeychainState::Ok, SecretsProblem::state)
    }

    async fn unlock(&self) -> KeychainState {
        self.state().await
    }
}

fn cache(keychain: &Arc<Fake>, environment: &'static [(&'static str, &'static str)]) -> SecretCache {
    let environment = move |name: &str| {
        environment
            .iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| (*value).to_owned())
    };
    SecretCache::new(keychain.clone(), Arc::new(environment))
}

fn value(gathered: &GatheredSecrets, field: &str) -> Option<String> {
    gathered
        .credentials
        .get(field)
        .map(|secret| secret.expose_secret().to_owned())
}

#[tokio::test]
async fn a_secret_is_fetched_from_the_keychain_once() {
    let keychain = Fake::holding("api_token", "t0ken");
    let cache = cache(&keychain, &[]);
    for _ in 0..3 {
        let found = cache.gather(OWNER, &["api_token"]).await;
        assert_eq!(value(&found, "api_token").as_deref(), Some("t0ken"));
        assert_eq!(found.places["api_token"], SecretPlace::Keychain);
    }
    assert_eq!(keychain.asked(), 1);
}

#[tokio::test]
async fn the_environment_wins_and_leaves_the_keychain_alone() {
    let keychain = Fake::failing(SecretsProblem::Absent);
    let cache = cache(&keychain, &[("DIALDECK_SECRET_MAIN_LINE_API_TOKEN", "from outside")]);
    let found = cache.gather(OWNER, &["support_api_key", "api_token"]).await;
    assert_eq!(value(&found, "api_token").as_deref(), Some("from outside"));
    assert_eq!(found.places["api_token"], SecretPlace::Environment);
    assert_eq!(found.places["support_api_key"], SecretPlace::Missing);
    assert_eq!(found.problem, None);
    assert_eq!(keychain.asked(), 0);
}

#[tokio::test]
async fn a_keychain_that_cannot_be_asked_is_asked_once_and_named() {
    let keychain = Fake::failing(SecretsProblem::Locked);
    let found = cache(&keychain, &[]).gather(OWNER, &["api_token", "password"]).await;
    assert_eq!(found.problem, Some(SecretsProblem::Locked));
    assert!(found.places.values().all(|place| *place == SecretPlace::Unknown));
    assert_eq!(keychain.asked(), 1);
}

#[tokio::test]
async fn this_run_only_needs_no_keychain_and_survives_its_lock() {
    let keychain = Fake::failing(SecretsProblem::Locked);
    let cache = cache(&keychain, &[]);
    cache.set(OWNER, "api_token", "spoken".into(), true).await.unwrap();
    assert_eq!(cache.state().await, KeychainState::Locked);
    let (found, place) = cache.at_hand(OWNER, "api_token").unwrap();
    assert_eq!((found.expose_secret(), place), ("spoken", SecretPlace::ThisRun));
    cache.remove(OWNER, "api_token").await.unwrap();
    assert!(cache.at_hand(OWNER, "api_token").is_none());
}

#[tokio::test]
async fn a_secret_that_could_not_be_kept_is_not_held_either() {
    let keychain = Fake::failing(SecretsProblem::Denied);
    let cache = cache(&keychain, &[]);
    let result = cache.set(OWNER, "api_token", "lost".into(), false).await;
    assert_eq!(result, Err(SecretsProblem::Denied));
    assert!(cache.at_hand(OWNER, "api_token").is_none());
}

#[tokio::test]
async fn removing_forgets_memory_and_keychain() {
    let keychain = Fake::holding("api_token", "t0ken");
    let cache = cache(&keychain, &[]);
    cache.gather(OWNER, &["api_token"]).await;
    cache.remove(OWNER, "api_token").await.unwrap();
    let found = cache.gather(OWNER, &["api_token"]).await;
    assert_eq!(found.places["api_token"], SecretPlace::Missing);
}
