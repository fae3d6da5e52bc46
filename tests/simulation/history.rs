//! One history: an agent who places, repeats, ends and looks; a provider and its customers; and everything that can go
//! wrong between them, crashes included. Drawn from a seed, so that it happens again whenever it is wanted.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use engine::api::{ApiResult, CallbackDraft, PlaceReply, PlaceRequest, Reply, Request};
use engine::simulation::{SimulatedEngine, World as Reach};
use engine::view::{CallView, CallbackView};
use engine::{Clock as _, Home};
use exchange::{InProcessExchange, Rule, Scenario, Script, WebhookStyle, WebhookTarget};
use jiff::{SignedDuration, Timestamp};
use store::Store;
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use crate::account::{SETUPS, Setup};
use crate::chance::Chance;
use crate::face::Face;
use crate::judge;
use crate::line::{Dials, LONGEST_DIAL, Line};
use crate::post::Postman;
use crate::world::{Disk, Keyring, World, WorldClock};

/// After the last thing that happens, so long is waited before judgment: the longest late event, and then all watchdogs.
const AFTERMATH: Duration = Duration::from_secs(150 * 60);

/// How long a face waits for an answer before it looks like a hang; longer than any dial.
const PATIENCE: Duration = Duration::from_secs(600);

/// A wish to call: one gesture.
#[derive(Clone, Debug)]
pub struct Wish {
    pub intent: Uuid,
    pub number: String,
    /// The true times at which it was asked for: what was held back or came to nothing may be asked for again.
    pub asked_at: Vec<Timestamp>,
    /// Ids of the call that the answers to this gesture named.
    pub named: Arc<Mutex<Vec<String>>>,
}

/// What was done in a history, to show that it did something.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    pub gestures: u64,
    pub dials: u64,
    pub calls: u64,
    pub crashes: u64,
    pub acknowledged: u64,
    pub unknown: u64,
}

/// A history under way.
pub struct History {
    pub setup: Setup,
    pub world: Arc<World>,
    pub exchange: Arc<InProcessExchange>,
    pub dials: Arc<Dials>,
    pub postman: Arc<Postman>,
    pub face: Arc<Face>,
    pub wishes: Vec<Wish>,
    /// Whether the agent has asked for the end of some call; of which, the provider's own account tells.
    pub asked_to_end: bool,
    pub marked_ended: Vec<String>,
    pub crashes: u64,
    pub account_id: Option<String>,
    engine: Option<Arc<SimulatedEngine>>,
    home: Home,
    customers: Arc<Vec<String>>,
}

const MOST_CUSTOMERS: u64 = 8;

/// A history that was played.
pub struct Played {
    /// Or what was not as it must be, with all that happened.
    pub verdict: Result<Tally>,
    /// What happened, line by line.
    pub told: Vec<String>,
}

/// Plays the history of this seed in a folder of its own. The runtime's clock must be paused.
///
/// # Errors
/// That it could not be played.
pub async fn play(seed: u64, folder: &Path) -> Result<Played> {
    let chance = Chance::of(seed);
    // Some day and hour between 2025 and 2027, summer time's changes among them.
    let began = Timestamp::from_second(1_740_000_000 + i64::try_from(chance.below(60_000_000))?)?;
    let store = Store::in_memory()?;
    let world = World::new(chance, store, began);
    let mut history = History::begin(world.clone(), folder)?;
    let verdict = history.play().await.map_err(|error| {
        let told = world.told().join("\n");
        error.context(format!(
            "seed {seed}, {:?}, {:?}\n{told}\n",
            history.setup, world.trouble
        ))
    });
    Ok(Played {
        verdict,
        told: world.told(),
    })
}

impl History {
    fn begin(world: Arc<World>, folder: &Path) -> Result<Self> {
        let setup = world.chance.one_of(&SETUPS);
        let customers: Vec<String> = (0..MOST_CUSTOMERS).map(|index| setup.customer(300 + index)).collect();
        let script = script(&world.chance, &customers);
        let postman = Postman::new(world.clone());
        let exchange = InProcessExchange::new(setup.plays, script, world.true_now(), Vec::new(), postman.clone())?;
        let national = customers.iter().map(|number| setup.national(number)).collect();
        Ok(Self {
            setup,
            world,
            exchange: Arc::new(exchange),
            dials: Arc::default(),
            postman,
            face: Arc::default(),
            wishes: Vec::new(),
            asked_to_end: false,
            marked_ended: Vec::new(),
            crashes: 0,
            account_id: None,
            engine: None,
            home: Home::under(folder),
            customers: Arc::new(national),
        })
    }

    async fn play(&mut self) -> Result<Tally> {
        self.start().await?;
        self.add_account().await?;
        let steps = 4 + self.world.chance.below(12);
        for _ in 0..steps {
            let pause = self.world.chance.span(Duration::from_secs(300));
            sleep(pause).await;
            self.step().await?;
            let before = judge::Before::of(self);
            judge::at_any_time(self, &before, &self.calls().await?)?;
            self.face.repeats_nothing()?;
        }
        self.come_to_rest().await?;
        self.face.repeats_nothing()?;
        self.face.reminds_once(&self.callbacks().await?)?;
        let before = judge::Before::of(self);
        judge::at_the_end(self, &before, &self.calls().await?)
    }

    /// One thing that the agent does, or that befalls the machine.
    async fn step(&mut self) -> Result<()> {
        let world = self.world.clone();
        let chance = &world.chance;
        match chance.below(20) {
            0..=4 => {
                let index = chance.below(MOST_CUSTOMERS);
                self.place(&self.setup.customer(300 + index), None);
            }
            // The same gesture once more: a double click, an impatient program, a page that was loaded again.
            5 | 6 => {
                if let Some(wish) = self.wishes.last().cloned() {
                    self.place(&wish.number.clone(), Some(wish));
                }
            }
            7 | 8 => {
                self.asked_to_end = true;
                let call = self.some_call().await?.filter(|_| chance.in_a_thousand(700));
                world.tell(|| format!("end {call:?}"));
                self.ask_beside(Request::End { call });
            }
            9 => {
                if let Some(call) = self.some_call().await? {
                    world.tell(|| format!("check again {call}"));
                    self.ask_beside(Request::CheckAgain { call });
                }
            }
            10 => {
                if let Some(call) = self.some_call().await? {
                    world.tell(|| format!("mark as ended {call}"));
                    self.marked_ended.push(call.clone());
                    self.ask_beside(Request::MarkEnded { call });
                }
            }
            11 => {
                let from = self.setup.customer(300 + chance.below(MOST_CUSTOMERS));
                world.tell(|| format!("{from} calls in"));
                // Nobody to ring is possible; then nobody calls.
                let _ = self.exchange.place_inbound(&from, None);
            }
            12 => {
                world.tell(|| "the clock is set ahead".into());
                world.set_clock_by(SignedDuration::from_mins(i64::try_from(chance.below(600))?));
            }
            13 => {
                world.tell(|| "the clock is set back".into());
                world.set_clock_by(SignedDuration::from_mins(-60));
            }
            14 | 15 => self.crash().await?,
            16 => self.sleep().await,
            17 => {
                let without = chance.span(Duration::from_secs(120));
                world.tell(|| format!("another network, after {} s without any", without.as_secs()));
                world.change_network(without);
            }
            18 | 19 => {
                let due =
                    WorldClock(world.clone()).now() + SignedDuration::from_mins(i64::try_from(chance.below(150))?);
                world.tell(|| format!("to be reminded at {due}"));
                self.ask_beside(Request::AddCallback(CallbackDraft {
                    intent: Some(Uuid::now_v7().to_string()),
                    target: self.setup.customer(300 + chance.below(MOST_CUSTOMERS)),
                    when: due.to_string(),
                    account: Some("desk".into()),
                    push: Some(false),
                    ..CallbackDraft::default()
                }));
            }
            _ => bail!("no such step"),
        }
        Ok(())
    }

    fn place(&mut self, number: &str, again: Option<Wish>) {
        let wish = again.unwrap_or_else(|| {
            let wish = Wish {
                intent: Uuid::now_v7(),
                number: number.to_owned(),
                asked_at: Vec::new(),
                named: Arc::default(),
            };
            self.wishes.push(wish.clone());
            wish
        });
        self.world
            .tell(|| format!("call {number}, gesture {}", self.wishes.len()));
        let now = self.world.true_now();
        if let Some(made) = self.wishes.iter_mut().find(|made| made.intent == wish.intent) {
            made.asked_at.push(now);
        }
        let despite_unknown = self.world.chance.in_a_thousand(300);
        let request = Request::Place(PlaceRequest {
            intent: Some(wish.intent.to_string()),
            target: wish.number,
            account: Some("desk".into()),
            yes: true,
            despite_unknown,
            ..PlaceRequest::default()
        });
        let Some(engine) = self.engine.clone() else { return };
        let world = self.world.clone();
        let life = world.life();
        tokio::spawn(async move {
            let reply = engine.handle.request(request).await;
            drop(engine);
            if !world.is_alive(life) {
                return;
            }
            world.tell(|| format!("the answer: {}", brief(&reply)));
            if let Ok(Reply::Place(PlaceReply::Placed { call })) = reply {
                wish.named.lock().unwrap_or_else(PoisonError::into_inner).push(call.id);
            }
        });
    }

    /// Asks without waiting, as a window does.
    fn ask_beside(&self, request: Request) {
        let Some(engine) = self.engine.clone() else { return };
        let world = self.world.clone();
        tokio::spawn(async move {
            let reply = engine.handle.request(request).await;
            world.tell(|| format!("the answer: {}", brief(&reply)));
        });
    }

    async fn some_call(&self) -> Result<Option<String>> {
        let calls = self.calls().await?;
        let open: Vec<&CallView> = calls.iter().filter(|call| call.ended_at.is_none()).collect();
        let index = self.world.chance.below(open.len() as u64);
        Ok(open.get(usize::try_from(index)?).map(|call| call.id.clone()))
    }

    /// All calls, as a face sees them.
    async fn calls(&self) -> Result<Vec<CallView>> {
        let request = Request::ListCalls {
            limit: 1_000,
            since: None,
            contact: None,
        };
        let reply = self.ask(request).await?;
        let Reply::Calls(calls) = reply else {
            bail!("{reply:?} instead of calls");
        };
        Ok(calls)
    }

    async fn ask(&self, request: Request) -> Result<Reply> {
        let engine = self.engine.as_ref().context("no engine")?;
        let asked = format!("{request:?}");
        let reply = timeout(PATIENCE, engine.handle.request(request)).await;
        let reply = reply.with_context(|| format!("no answer to {asked}"))?;
        reply.with_context(|| format!("{asked} failed"))
    }

    async fn start(&mut self) -> Result<()> {
        let world = self.world.clone();
        let life = world.life();
        let engine = SimulatedEngine::start(Reach {
            home: self.home.clone(),
            store: world.store.clone(),
            journal: Arc::new(Disk::of_this_life(&world)),
            transport: Arc::new(Line {
                world: world.clone(),
                exchange: self.exchange.clone(),
                dials: self.dials.clone(),
                life,
                customers: self.customers.clone(),
            }),
            clock: Arc::new(WorldClock(world.clone())),
            secrets: Arc::new(Keyring {
                world: world.clone(),
                life,
            }),
            asleep: world.sleeps(),
        })
        .await?;
        let engine = Arc::new(engine);
        self.face.listen(&world, &engine.handle);
        self.postman.deliver_to(Some(engine.clone()));
        self.engine = Some(engine);
        world.tell(|| format!("life {life} begins"));
        Ok(())
    }

    async fn add_account(&mut self) -> Result<()> {
        let base_url = format!("http://127.0.0.1:9{}", self.exchange.base_path());
        let added = self
            .ask(Request::AddAccount {
                name: "desk".into(),
                kind: self.setup.kind,
                set: self.setup.settings(&base_url),
                secrets: self.setup.secrets(),
            })
            .await?;
        let Reply::Account(account) = added else {
            bail!("{added:?} instead of an account");
        };
        self.account_id = Some(account.id.clone());
        let hook = account.hook.context("no address for events")?;
        self.exchange.set_webhooks(vec![WebhookTarget::new(hook)]);
        self.world.lock_keychain(self.world.trouble.keychain_locked_at_first);
        Ok(())
    }

    /// The engine is gone between two instructions, and started again some time later.
    async fn crash(&mut self) -> Result<()> {
        self.crashes += 1;
        self.world.tell(|| "crash".into());
        self.world.end_life();
        self.postman.deliver_to(None);
        if let Some(engine) = self.engine.take() {
            engine.crash();
        }
        let longest = self.world.chance.one_of(&[5, 600, 86_400]);
        sleep(self.world.chance.span(Duration::from_secs(longest))).await;
        // A disk that is full does not keep the machine from starting.
        self.start().await
    }

    /// The lid is closed for a while.
    async fn sleep(&self) {
        self.world.tell(|| "it sleeps".into());
        self.world.sleep(true);
        let longest = self.world.chance.one_of(&[300, 7_200, 43_200]);
        sleep(self.world.chance.span(Duration::from_secs(longest))).await;
        self.world.sleep(false);
        self.world.tell(|| "it wakes up".into());
    }

    async fn callbacks(&self) -> Result<Vec<CallbackView>> {
        let reply = self.ask(Request::ListCallbacks { all: true }).await?;
        let Reply::Callbacks(callbacks) = reply else {
            bail!("{reply:?} instead of callbacks");
        };
        Ok(callbacks)
    }

    /// Lets everything that is under way arrive, with a machine that is in order again.
    async fn come_to_rest(&mut self) -> Result<()> {
        self.world.tell(|| "it comes to rest".into());
        self.world.set_clock_right();
        if self.world.trouble.keychain_locked_at_first {
            self.ask_beside(Request::UnlockKeychain);
        }
        sleep(AFTERMATH + LONGEST_DIAL).await;
        self.world.tell(|| "judgment".into());
        Ok(())
    }
}

/// What the customers do, and what befalls the dials to them.
fn script(chance: &Chance, customers: &[String]) -> Script {
    const FATES: [Scenario; 22] = [
        Scenario::Answer,
        Scenario::Answer,
        Scenario::Answer,
        Scenario::CustomerHangsUp,
        Scenario::CustomerHangsUp,
        Scenario::AgentNoAnswer,
        Scenario::AgentBusy,
        Scenario::CustomerNoAnswer,
        Scenario::CustomerBusy,
        Scenario::LateWebhooks,
        Scenario::DoubledWebhooks,
        Scenario::LostWebhooks,
        Scenario::ReversedWebhooks,
        Scenario::Unauthorized,
        Scenario::Forbidden,
        Scenario::UnknownAgent,
        Scenario::AgentOffline,
        Scenario::RateLimited,
        Scenario::ServerError,
        Scenario::Silence,
        Scenario::Hang,
        Scenario::InboundCall,
    ];
    let rules = customers.iter().map(|number| {
        let mut rule = Rule::new(chance.one_of(&FATES)).for_customer(number);
        rule.webhooks = chance.one_of(&[None, None, None, Some(WebhookStyle::Reversed)]);
        rule.call_goes_on = chance.in_a_thousand(500);
        rule
    });
    Script {
        rules: rules.collect(),
        ..Script::default()
    }
}

fn brief(reply: &ApiResult) -> String {
    match reply {
        Ok(Reply::Place(PlaceReply::Placed { call })) => {
            format!("placed {}, {:?}, {:?}", call.id, call.dispatch, call.phase)
        }
        Ok(Reply::Place(PlaceReply::HeldBack { until, .. })) => format!("held back until {until}"),
        Ok(Reply::Place(PlaceReply::NeedsConfirmation { findings })) => format!("to confirm: {findings:?}"),
        Ok(Reply::Call(call)) => format!("{}: {:?}, {:?}, end {:?}", call.id, call.dispatch, call.phase, call.end),
        Ok(other) => format!("{other:?}"),
        Err(error) => format!("{} {:?}", error.code, error.params),
    }
}
