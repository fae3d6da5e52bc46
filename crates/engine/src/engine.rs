//! Starting an engine on a home.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use providers::{ProviderKind, Transport};
use store::{Store, StoreError};
use tokio::sync::{mpsc, watch};

use crate::announcer::Announcer;
use crate::api::{ApiError, ErrorClass, Request};
use crate::config::{Config, ConfigProblem};
use crate::control::{self, HomeLock, LockProblem};
use crate::core::{Core, Ended, Seams};
use crate::crash;
use crate::desks::accounts::{Account, AccountsDesk};
use crate::desks::alerts::AlertsDesk;
use crate::desks::books::BooksDesk;
use crate::desks::callbacks::CallbacksDesk;
use crate::desks::calls::CallsDesk;
use crate::desks::contacts::ContactsDesk;
use crate::desks::imports::ImportsDesk;
use crate::desks::screen_pops::ScreenPopsDesk;
use crate::doctor::FaceChecks;
use crate::effect::Finding;
use crate::handle::{Ask, Asker, EngineHandle};
use crate::home::Home;
use crate::hook_doors::HookDoors;
use crate::hook_tokens::HookTokens;
use crate::launcher::{Launcher, SystemLauncher};
use crate::pace::Paces;
use crate::phone_links::PhoneLinks;
use crate::sandbox;
use crate::seams::{Clock, SystemClock};
use crate::secrets::{Environment, Keychain, SecretCache, SecretOwner, Secrets};
use crate::server_clocks::ServerClocks;
use crate::sessions::Sessions;
use crate::sources::listener::{Hook, Listener};
use crate::sources::wakes::{Bell, ReadsAwake, Wake, watch_machine};
use crate::transport::HttpTransport;
use crate::view::{KeychainState, Role, Words};

/// How long another engine may take to let go of the home.
const LETS_GO_WITHIN: Duration = Duration::from_secs(2);

/// How an engine is started.
pub struct EngineOptions {
    pub home: Home,
    pub role: Role,
    /// The process environment: `DIALDECK_SECRET_…`.
    pub environment: Environment,
    /// The seams that a simulation replaces; the real ones where none is given.
    pub transport: Option<Arc<dyn Transport>>,
    pub clock: Option<Arc<dyn Clock>>,
    pub secrets: Option<Arc<dyn Secrets>>,
    /// Who tells of sleep and of other networks.
    pub wakes: Option<mpsc::Receiver<Wake>>,
    pub launcher: Option<Arc<dyn Launcher>>,
}

impl EngineOptions {
    /// An engine on a home with everything real.
    #[must_use]
    pub fn new(home: Home, role: Role) -> Self {
        let environment: Environment = Arc::new(|name: &str| std::env::var(name).ok());
        Self {
            home,
            role,
            environment,
            transport: None,
            clock: None,
            secrets: None,
            wakes: None,
            launcher: None,
        }
    }
}

/// Why an engine did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Another engine has the home.
    #[error("the home is held by process {pid}")]
    Held { role: Role, pid: u32 },
    #[error("the database is of a newer version")]
    NewerDatabase { path: String, found: u32, known: u32 },
    #[error("the database is damaged: {why}")]
    DamagedDatabase { path: String, why: String },
    #[error(transparent)]
    Database(StoreError),
    #[error(transparent)]
    Config(#[from] ConfigProblem),
    #[error("the home cannot be used: {0}")]
    Home(std::io::Error),
}

impl StartError {
    pub(crate) fn of_database(error: StoreError, path: &Path) -> Self {
        if let StoreError::Newer { found, known } = error {
            return Self::NewerDatabase {
                path: path.display().to_string(),
                found,
                known,
            };
        }
        if let StoreError::Damaged { why } = error {
            return Self::DamagedDatabase {
                path: path.display().to_string(),
                why,
            };
        }
        Self::Database(error)
    }

    /// As faces are told.
    #[must_use]
    pub fn to_api(&self) -> ApiError {
        let failed = |code| ApiError::new(ErrorClass::Failed, code);
        match self {
            Self::Held { role, pid } => {
                let error = failed("home_in_use").with("pid", pid);
                error.with(
                    "holder",
                    crate::words::say(&format!("role.{}", role_key(*role)), &BTreeMap::new()),
                )
            }
            Self::NewerDatabase { path, found, known } => failed("database_newer")
                .with("path", path)
                .with("found", found)
                .with("known", known),
            Self::DamagedDatabase { path, why } => failed("database_damaged").with("path", path).with("why", why),
            Self::Database(error) => failed("database_failed").with("why", error),
            Self::Config(problem) => failed("config_mistake").with("why", problem),
            Self::Home(error) => failed("home_unusable").with("why", error),
        }
    }
}

fn role_key(role: Role) -> &'static str {
    match role {
        Role::Desktop => "desktop",
        Role::Serve => "serve",
        Role::OneShot => "one_shot",
    }
}

/// The application without a screen.
pub struct Engine;

impl Engine {
    /// Takes the home and starts the loop on the current tokio runtime.
    ///
    /// # Errors
    /// Why the home cannot be used; nothing was changed in it.
    pub async fn start(options: EngineOptions) -> Result<EngineHandle, StartError> {
        let EngineOptions {
            home,
            role,
            environment,
            transport,
            clock,
            secrets,
            wakes,
            launcher,
        } = options;
        let lock = take_home(&home, role).await?;
        let fresh = !home.config_file().exists();
        let mut config = Config::load(&home.config_file())?;
        empty_imports(&home);
        let database = home.database();
        let store = Store::open(&database).map_err(|error| StartError::of_database(error, &database))?;
        let hook_tokens = HookTokens::load(&home.hook_tokens()).map_err(StartError::Home)?;
        let (listener, listener_problem) = match role {
            Role::Desktop | Role::Serve => listen(&mut config).await,
            Role::OneShot => (None, None),
        };
        let public_url = config.listener_public_url();
        let clock = clock.unwrap_or_else(|| Arc::new(SystemClock));
        let secrets = Arc::new(SecretCache::new(
            secrets.unwrap_or_else(|| Arc::new(Keychain::new())),
            environment,
        ));
        let server_clocks = ServerClocks::default();
        let seams = Seams {
            transport: match transport {
                Some(transport) => transport,
                None => {
                    let transport = HttpTransport::new().noting(server_clocks.clone(), clock.clone());
                    // A one-shot command may need none.
                    if role != Role::OneShot {
                        transport.make_ready();
                    }
                    Arc::new(transport)
                }
            },
            server_clocks,
            sessions: Arc::new(Sessions::new(secrets.clone(), clock.clone())),
            paces: Arc::new(Paces::default()),
            launcher: launcher.unwrap_or_else(|| Arc::new(SystemLauncher::default())),
            clock,
            journal: Arc::new(store.clone()),
            secrets,
        };
        let mut assembled = Assembled::of(Parts {
            role,
            config,
            store,
            home: Some(home.clone()),
            search_index: Some(home.search_index()),
            imports: Some(home.imports()),
            hook_tokens,
            seams,
            listener: listener
                .as_ref()
                .map(|listener| format!("http://127.0.0.1:{}", listener.port())),
            public_url,
            listener_problem,
            phone_links: Arc::new(PhoneLinks::here(&home)),
        });
        assembled.prepare(fresh).await?;
        // A one-shot command is over before it could sleep through anything.
        if let Some(wakes) = wakes.or_else(|| (role != Role::OneShot).then(watch_machine)) {
            assembled.core.hear_wakes(wakes);
        }
        // Only now that the accounts are known: whoever has come before has waited.
        if let Some(listener) = listener {
            let public_host = assembled.core.public_url.as_deref().and_then(host_of);
            tokio::spawn(listener.serve(public_host, assembled.doors(), assembled.hooks.clone()));
        }
        let contacts = assembled.core.contacts.clone();
        if role != Role::OneShot {
            let (contacts, now) = (contacts.clone(), assembled.core.now());
            tokio::task::spawn_blocking(move || contacts.prepare_search(now));
        }
        let handle = assembled.handle.clone();
        let server = control::serve(&home, handle.clone(), role).map_err(StartError::Home)?;
        tokio::spawn(async move {
            let (why, say_ended) = assembled.run().await;
            tracing::info!(?why, "the engine ends");
            server.close().await;
            // Before the home is another engine's.
            if let Err(error) = tokio::task::spawn_blocking(move || contacts.keep_search()).await {
                tracing::error!(%error, "the search index was not kept");
            }
            drop(lock);
            // Nobody may be waiting.
            let _ = say_ended.send(true);
        });
        Ok(handle)
    }
}

/// Files of imports that an earlier run has not come to the end of.
fn empty_imports(home: &Home) {
    match std::fs::remove_dir_all(home.imports()) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            tracing::warn!(%error, "files of earlier imports are still there");
        }
        _ => {}
    }
}

/// What an engine is made of.
pub(crate) struct Parts {
    pub(crate) role: Role,
    pub(crate) config: Config,
    pub(crate) store: Store,
    /// Where logs and settings lie, if faces may ask for them.
    pub(crate) home: Option<Home>,
    /// Where the index of people is kept between two runs, if one is made.
    pub(crate) search_index: Option<PathBuf>,
    /// Where files of contacts are on their way in.
    pub(crate) imports: Option<PathBuf>,
    pub(crate) hook_tokens: HookTokens,
    pub(crate) seams: Seams,
    /// `http://127.0.0.1:PORT`, where events are received.
    pub(crate) listener: Option<String>,
    pub(crate) public_url: Option<String>,
    pub(crate) listener_problem: Option<Words>,
    pub(crate) phone_links: Arc<PhoneLinks>,
}

/// An engine whose loop does not run yet.
pub(crate) struct Assembled {
    core: Core,
    pub(crate) handle: EngineHandle,
    /// Where pushed events are handed in.
    pub(crate) hooks: mpsc::Sender<Hook>,
    asked: mpsc::Receiver<Ask>,
    found: mpsc::UnboundedReceiver<Finding>,
    hooked: mpsc::Receiver<Hook>,
    say_ended: watch::Sender<bool>,
}

impl Assembled {
    pub(crate) fn of(parts: Parts) -> Self {
        let Parts {
            role,
            config,
            store,
            home,
            search_index,
            imports,
            hook_tokens,
            mut seams,
            listener,
            public_url,
            listener_problem,
            phone_links,
        } = parts;
        let bell = Bell::new();
        seams.transport = Arc::new(ReadsAwake::new(seams.transport, bell.clone()));
        let (asks, asked) = mpsc::channel(64);
        let (findings, found) = mpsc::unbounded_channel();
        let (hooks, hooked) = mpsc::channel(256);
        let events = Announcer::new();
        let (say_ended, ended) = watch::channel(false);
        let handle = EngineHandle {
            asks,
            events: events.clone(),
            ended,
            heard: Arc::default(),
            asker: Asker::Native,
            program: None,
            privacy: Arc::new(AtomicBool::new(config.settings().privacy)),
        };
        let core = Core {
            seams,
            accounts: AccountsDesk::new(config, store.clone()),
            calls: CallsDesk::new(role == Role::OneShot),
            alerts: AlertsDesk::default(),
            callbacks: CallbacksDesk::new(role != Role::OneShot),
            contacts: ContactsDesk::new(store.clone(), search_index),
            imports: ImportsDesk::new(imports),
            books: BooksDesk::new(store.clone()),
            screen_pops: ScreenPopsDesk::default(),
            hook_tokens,
            events,
            heard: handle.heard.clone(),
            privacy: handle.privacy.clone(),
            findings,
            role,
            listener,
            public_url,
            listener_problem,
            keychain: KeychainState::Ok,
            face_checks: FaceChecks::default(),
            crash: home.as_ref().and_then(crash::unseen),
            home,
            drafts: store.drafts().unwrap_or_default().into_iter().collect(),
            sandboxes: BTreeMap::new(),
            streams: BTreeMap::new(),
            bell,
            unnamed: Vec::new(),
            phone_links,
            store,
        };
        Self {
            core,
            handle,
            hooks,
            asked,
            found,
            hooked,
            say_ended,
        }
    }

    /// What opens the way for pushed events.
    pub(crate) fn doors(&self) -> Arc<HookDoors> {
        self.core.hook_tokens.doors()
    }

    /// Takes up what the home holds.
    pub(crate) async fn prepare(&mut self, fresh: bool) -> Result<(), StartError> {
        self.core.prepare_accounts(fresh).await;
        self.core.learn_from_environment().await;
        self.core.take_up().map_err(StartError::Database)?;
        if self.core.role != Role::OneShot {
            self.core.look_around();
        }
        Ok(())
    }

    /// Runs the loop to its end; gives what to tell those who wait for it.
    pub(crate) async fn run(self) -> (Ended, watch::Sender<bool>) {
        // The listener's own sender keeps the way in open, not this one.
        drop(self.hooks);
        (self.core.run(self.asked, self.found, self.hooked).await, self.say_ended)
    }
}

impl Core {
    /// Makes the accounts usable: a fresh desktop's sandbox, hook tokens, the exchanges of sandboxes.
    async fn prepare_accounts(&mut self, fresh: bool) {
        let first_start = self.role == Role::Desktop && fresh && self.accounts.iter().next().is_none();
        if first_start && let Err(error) = self.accounts.add("sandbox", ProviderKind::Sandbox, &BTreeMap::new()) {
            tracing::warn!(%error, "the sandbox account could not be made");
        }
        let named = |account: &Account| (account.config.id.clone(), account.config.name.clone());
        let accounts: Vec<(String, String)> = self.accounts.iter().map(named).collect();
        for (id, name) in accounts {
            if let Err(error) = self.hook_tokens.make(&id, &name) {
                tracing::warn!(%error, "a hook token could not be kept");
            }
            let Some(account) = self.accounts.by_id(&id).filter(|account| account.is_sandbox()) else {
                continue;
            };
            let (config, played) = (account.config.clone(), account.played);
            let hook = self.hook_for_sandbox(&id);
            let result = sandbox::start(&config, played, hook)
                .await
                .map_err(|error| error.to_string());
            self.sandbox_started(&id, result);
        }
    }

    fn hook_for_sandbox(&self, id: &str) -> Option<String> {
        self.accounts.by_id(id).and_then(|account| self.local_hook_of(account))
    }

    /// Learns where the secrets of headless accounts are: at once, since no keychain is asked for those.
    ///
    /// What an account can do may hang on it, and a one-shot engine looks around no further.
    async fn learn_from_environment(&mut self) {
        let mut learned = Vec::new();
        for account in self.accounts.iter().filter(|account| !account.is_sandbox()) {
            let owner = SecretOwner {
                name: &account.config.name,
                id: &account.config.id,
            };
            let fields = account.secret_fields();
            let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
            if self.seams.secrets.is_headless(owner, fields.iter().copied()) {
                let gathered = self.seams.secrets.gather(owner, &fields).await;
                learned.push((account.config.id.clone(), gathered.places));
            }
        }
        for (id, places) in learned {
            self.accounts.secrets_are(&id, places);
        }
    }

    /// Learns what a face will ask for first: the keychain's state, the secrets, the sandbox's caller IDs.
    fn look_around(&mut self) {
        let secrets = self.seams.secrets.clone();
        let needed = self.accounts.iter().any(|account| !account.is_sandbox());
        if needed {
            self.spawn(async move {
                Finding::Keychain {
                    state: secrets.state().await,
                    answer: None,
                }
            });
        }
        let ids: Vec<String> = self.accounts.iter().map(|account| account.config.id.clone()).collect();
        for id in ids {
            self.refresh_stream(&id);
        }
        let mut effects = self.look_at_secrets();
        for account in self.accounts.iter().filter(|account| account.is_sandbox()) {
            let Ok(provider) = &account.provider else { continue };
            let (answer, _) = tokio::sync::oneshot::channel();
            effects.push(crate::effect::Effect::ListDids {
                account: account.config.id.clone(),
                provider: provider.clone(),
                answer,
            });
        }
        self.perform_all(effects);
    }
}

/// Takes the lock on the home; a one-shot engine lets go of it when asked.
async fn take_home(home: &Home, role: Role) -> Result<HomeLock, StartError> {
    let held = match HomeLock::acquire(home, role) {
        Ok(lock) => return Ok(lock),
        Err(LockProblem::Held(holder)) => holder,
        Err(LockProblem::Io(error)) => return Err(StartError::Home(error)),
    };
    if role != Role::OneShot && held.role == Role::OneShot {
        if let Ok(Some(client)) = control::Client::connect(home).await {
            // Whatever it answers, the lock tells.
            let _ = client.request(Request::TakeOver).await;
        }
        if let Ok(lock) = HomeLock::acquire_within(home, role, LETS_GO_WITHIN).await {
            return Ok(lock);
        }
    }
    Err(StartError::Held {
        role: held.role,
        pid: held.pid,
    })
}

/// Binds the listener on the port of the settings, which is chosen once and kept.
async fn listen(config: &mut Config) -> (Option<Listener>, Option<Words>) {
    let port = config.listener_port();
    match Listener::bind(port).await {
        Ok(listener) => {
            if port.is_none()
                && let Err(problem) = config.set_listener_port(listener.port())
            {
                tracing::warn!(%problem, "the listener's port could not be kept");
            }
            (Some(listener), None)
        }
        Err(error) => {
            let params = BTreeMap::from([
                ("port".to_owned(), port.unwrap_or_default().to_string()),
                ("why".to_owned(), error.to_string()),
            ]);
            (
                None,
                Some(Words {
                    key: "listener.port_taken".to_owned(),
                    params,
                }),
            )
        }
    }
}

/// `host:port` of an address, as a `Host` header has it.
fn host_of(url: &str) -> Option<String> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next()?;
    (!host.is_empty()).then(|| host.to_owned())
}
