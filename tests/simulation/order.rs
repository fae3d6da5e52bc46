//! However the events of a call arrive — in any order, each up to three times, up to a day late — the call reads the
//! same in the end, through the whole engine: from the body of a webhook to what a face shows.

use std::collections::BTreeSet;
use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use async_trait::async_trait;
use dialdeck_tests::figure;
use engine::Home;
use engine::api::{PlaceRequest, Reply, Request};
use engine::simulation::{SimulatedEngine, World as Reach};
use engine::view::CallView;
use exchange::{InProcessExchange, Posted, Receiver, Rule, Scenario, Script, WebhookTarget};
use jiff::{SignedDuration, Timestamp};
use providers::{HttpReply, HttpRequest, Purpose, Transport, TransportError};
use serde_json::Value;
use store::Store;
use tokio::time::sleep;
use uuid::Uuid;

use crate::account::{SETUPS, Setup};
use crate::chance::Chance;
use crate::line::{Dials, Line};
use crate::world::{Disk, Keyring, World, WorldClock};

/// How many orders are tried of each call, where nobody says otherwise.
const ORDERS: u64 = 5;

/// What becomes of the calls.
const FATES: [Option<Scenario>; 7] = [
    Some(Scenario::CustomerHangsUp),
    Some(Scenario::AgentNoAnswer),
    Some(Scenario::AgentBusy),
    Some(Scenario::CustomerNoAnswer),
    Some(Scenario::CustomerBusy),
    Some(Scenario::DoubledWebhooks),
    // A customer calls in.
    None,
];

/// Longer than any call of the exchange and any watchdog.
const UNTIL_OVER: Duration = Duration::from_secs(2 * 3_600);

/// The latest that an event comes.
const LATEST: Duration = Duration::from_secs(24 * 3_600);

#[test]
fn any_order_and_any_repetition_of_the_events_shows_the_same_call() -> Result<()> {
    let orders = crate::number_in("DIALDECK_ORDERS")?.unwrap_or(ORDERS);
    let (mut tried, mut events) = (0, 0);
    for setup in SETUPS {
        for fate in FATES {
            let case = Case { setup, fate };
            let (plain, count) = case.shown(Order::AsTheyCame)?;
            events += count;
            for seed in 0..orders {
                let (shuffled, _) = case.shown(Order::Shuffled(seed))?;
                ensure!(
                    plain == shuffled,
                    "{case:?}, order {seed}: {}\nbut\n{}",
                    differences(&plain, &shuffled),
                    serde_json::to_string_pretty(&shuffled)?
                );
                tried += 1;
            }
        }
    }
    ensure!(events > 100, "hardly any event was posted: {events}");
    figure(
        "order",
        &format!(
            "{tried} orders of the events of {} calls, 0 differences",
            SETUPS.len() * FATES.len()
        ),
    );
    Ok(())
}

#[derive(Clone, Copy, Debug)]
struct Case {
    setup: Setup,
    fate: Option<Scenario>,
}

#[derive(Clone, Copy, Debug)]
enum Order {
    AsTheyCame,
    Shuffled(u64),
}

impl Case {
    /// What a face shows of the call in the end, without what is new in each run, and how many events there were.
    fn shown(self, order: Order) -> Result<(Value, usize)> {
        let folder = tempfile::Builder::new()
            .prefix("order")
            .tempdir_in(crate::quick_folder())?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()?;
        runtime
            .block_on(self.play(order, folder.path()))
            .with_context(|| format!("{self:?}, {order:?}"))
    }

    async fn play(self, order: Order, folder: &Path) -> Result<(Value, usize)> {
        let began = Timestamp::from_second(1_790_000_000)?;
        let world = World::calm(Chance::of(1), Store::in_memory()?, began);
        let held = Arc::new(Held::default());
        let customer = self.setup.customer(300);
        let exchange = Arc::new(InProcessExchange::new(
            self.setup.plays,
            Script {
                rules: self.fate.map(Rule::new).into_iter().collect(),
                ..Script::default()
            },
            world.true_now(),
            Vec::new(),
            held.clone(),
        )?);
        let engine = start(&world, &exchange, folder).await?;
        let hook = self.add_account(&engine, &exchange).await?;
        exchange.set_webhooks(vec![WebhookTarget::new(hook)]);
        if self.fate.is_some() {
            place(&engine, &customer).await?;
        } else {
            exchange.place_inbound(&customer, None)?;
        }
        if matches!(order, Order::AsTheyCame) {
            held.deliver_to(engine.clone());
        }
        sleep(UNTIL_OVER).await;
        let posted = held.taken();
        let count = posted.len();
        if let Order::Shuffled(seed) = order {
            deliver(&Chance::of(seed), &engine, posted).await?;
            sleep(UNTIL_OVER).await;
        }
        let calls = ask(
            &engine,
            Request::ListCalls {
                limit: 1_000,
                since: None,
                contact: None,
            },
        )
        .await?;
        let Reply::Calls(calls) = calls else {
            bail!("{calls:?} instead of calls");
        };
        calls.iter().try_for_each(hours_are_in_order)?;
        let mut shown = serde_json::to_value(calls)?;
        for call in shown.as_array_mut().into_iter().flatten() {
            forget_what_is_new(call);
        }
        engine.crash();
        Ok((shown, count))
    }

    async fn add_account(self, engine: &SimulatedEngine, exchange: &InProcessExchange) -> Result<String> {
        let base_url = format!("http://127.0.0.1:9{}", exchange.base_path());
        let request = Request::AddAccount {
            name: "desk".into(),
            kind: self.setup.kind,
            set: self.setup.settings(&base_url),
            secrets: self.setup.secrets(),
        };
        let Reply::Account(account) = ask(engine, request).await? else {
            bail!("no account");
        };
        account.hook.context("no address for events")
    }
}

/// Ids are drawn anew in each run. Since when a card shows what it shows depends on when the news came, and so do hours
/// that nobody told.
fn forget_what_is_new(call: &mut Value) {
    let Some(members) = call.as_object_mut() else { return };
    for name in ["id", "provider_ids", "state_since", "agent_answered_at"] {
        members.remove(name);
    }
    if members
        .get("connected_at_known")
        .is_some_and(|known| known == "assumed")
    {
        members.remove("connected_at");
    }
}

/// Hours that nobody told may be missing; what is shown is in order.
fn hours_are_in_order(call: &CallView) -> Result<()> {
    let hours = [Some(call.requested_at), call.agent_answered_at, call.ended_at];
    let hours: Vec<Timestamp> = hours.into_iter().flatten().collect();
    // The provider tells whole seconds.
    let second = SignedDuration::from_secs(1);
    ensure!(
        hours.windows(2).all(|pair| pair[0] <= pair[1] + second),
        "requested, answered and ended in this order? {call:#?}"
    );
    Ok(())
}

fn differences(one: &Value, other: &Value) -> String {
    let (one, other) = (one.get(0), other.get(0));
    let (Some(one), Some(other)) = (one.and_then(Value::as_object), other.and_then(Value::as_object)) else {
        return format!("{one:?} / {other:?}");
    };
    let names: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
    names
        .into_iter()
        .filter(|name| one.get(*name) != other.get(*name))
        .map(|name| format!("{name}: {:?} / {:?}", one.get(name), other.get(name)))
        .collect::<Vec<_>>()
        .join("\n")
}

async fn start(world: &Arc<World>, exchange: &Arc<InProcessExchange>, folder: &Path) -> Result<Arc<SimulatedEngine>> {
    let line = Line {
        world: world.clone(),
        exchange: exchange.clone(),
        dials: Arc::<Dials>::default(),
        life: world.life(),
        customers: Arc::default(),
    };
    let reach = Reach {
        home: Home::under(folder),
        store: world.store.clone(),
        journal: Arc::new(Disk::of_this_life(world)),
        transport: Arc::new(OnlyDials(line)),
        clock: Arc::new(WorldClock(world.clone())),
        secrets: Arc::new(Keyring {
            world: world.clone(),
            life: world.life(),
        }),
        asleep: world.sleeps(),
    };
    Ok(Arc::new(SimulatedEngine::start(reach).await?))
}

async fn ask(engine: &SimulatedEngine, request: Request) -> Result<Reply> {
    engine.handle.request(request).await.context("refused")
}

async fn place(engine: &SimulatedEngine, customer: &str) -> Result<()> {
    let request = Request::Place(PlaceRequest {
        intent: Some(Uuid::now_v7().to_string()),
        target: customer.to_owned(),
        account: Some("desk".into()),
        yes: true,
        ..PlaceRequest::default()
    });
    let reply = ask(engine, request).await?;
    ensure!(matches!(reply, Reply::Place(_)), "{reply:?}");
    Ok(())
}

/// Each event one to three times, in an order and at times that are drawn.
async fn deliver(chance: &Chance, engine: &SimulatedEngine, posted: Vec<Posted>) -> Result<()> {
    let mut arrivals: Vec<(Duration, Posted)> = Vec::new();
    for event in posted {
        for _ in 0..=chance.below(3) {
            arrivals.push((chance.span(LATEST), event.clone()));
        }
    }
    arrivals.sort_by_key(|(at, _)| *at);
    let mut now = Duration::ZERO;
    for (at, event) in arrivals {
        sleep(at.saturating_sub(now)).await;
        now = at;
        let status = hand_in(engine, event).await?;
        ensure!(status == 200, "an event was answered with {status}");
    }
    Ok(())
}

async fn hand_in(engine: &SimulatedEngine, event: Posted) -> Result<u16> {
    let mut path = event.url.rsplit('/');
    let (token, account) = (path.next().context("no token")?, path.next().context("no account")?);
    Ok(engine
        .hook(account, token, event.content_type.clone(), event.body.clone())
        .await)
}

/// The provider reads dials and sign-ins, and answers no question: the events alone tell.
struct OnlyDials(Line);

#[async_trait]
impl Transport for OnlyDials {
    async fn send(&self, request: HttpRequest) -> Result<HttpReply, TransportError> {
        let is_sign_in = request.method != "GET" && request.purpose == Purpose::Read;
        match request.purpose {
            Purpose::Dial => self.0.send(request).await,
            Purpose::Read | Purpose::Change if is_sign_in || request.method == "PUT" => self.0.send(request).await,
            Purpose::End | Purpose::Change | Purpose::Read => Err(TransportError::NotConnected("no route".into())),
        }
    }
}

/// Keeps the webhooks, or hands them on as they come.
#[derive(Default)]
struct Held {
    posted: Mutex<Vec<Posted>>,
    engine: Mutex<Option<Arc<SimulatedEngine>>>,
}

impl Held {
    fn deliver_to(&self, engine: Arc<SimulatedEngine>) {
        *self.engine.lock().unwrap_or_else(PoisonError::into_inner) = Some(engine);
    }

    fn taken(&self) -> Vec<Posted> {
        std::mem::take(&mut *self.posted.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Receiver for Held {
    fn receive(&self, posted: Posted) -> Pin<Box<dyn Future<Output = Option<u16>> + Send>> {
        self.posted
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(posted.clone());
        let engine = self.engine.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Box::pin(async move {
            match engine {
                Some(engine) => hand_in(&engine, posted).await.ok(),
                None => Some(200),
            }
        })
    }
}
