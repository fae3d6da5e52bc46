//! The exchange's state: the script in force, the calls that live and have ended, and the tasks that play them.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use jiff::tz::TimeZone;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;
use uuid::Uuid;

use crate::acefone::office::BackOffice;
use crate::call::{Call, End, EndedBy, Kind, NewCall, Order};
use crate::clock::{CallClock, WallClock, real};
use crate::kazoo::cluster::Cluster;
use crate::kazoo::legs::Origin;
use crate::log::RequestLog;
use crate::performance;
use crate::plays::Plays;
use crate::post::PostOffice;
use crate::script::account::{Account, Agent};
use crate::script::crm::Crm;
use crate::script::guide;
use crate::script::platform::Platform;
use crate::script::scenario::{Pickup, Plan, Scenario, WebhookStyle};
use crate::script::timings::Timings;
use crate::script::{Inbound, Rule, Script};
use crate::superfone::customers::Customers;

/// Ended calls that the records still show.
const REMEMBERED_CALLS: usize = 1_000;

pub(crate) struct Switchboard {
    pub plays: Plays,
    pub speed: f64,
    pub zone: TimeZone,
    pub wall: WallClock,
    pub log: RequestLog,
    pub post: PostOffice,
    /// What only a played Kazoo keeps.
    pub kazoo: Cluster,
    /// What the Acefone family remembers beside its calls.
    pub office: BackOffice,
    /// What Superfone remembers beside its calls.
    pub customers: Customers,
    /// Where the exchange listens, once it does.
    pub origin: OnceLock<String>,
    /// Turns true when the exchange closes.
    pub closing: watch::Sender<bool>,
    state: Mutex<State>,
    changed: watch::Sender<()>,
    working: watch::Sender<usize>,
    tasks: Mutex<JoinSet<()>>,
}

struct State {
    script: Script,
    /// How many requests each rule has fitted.
    counts: Vec<u32>,
    serial: u64,
    live: Vec<LiveCall>,
    ended: VecDeque<Call>,
    last_agent: Option<Agent>,
    issued_tokens: Vec<(String, Instant)>,
}

struct LiveCall {
    call: Call,
    orders: mpsc::UnboundedSender<Order>,
}

/// What the script says about a request.
#[derive(Clone, Debug)]
pub(crate) struct Verdict {
    pub scenario: Scenario,
    pub timings: Timings,
    pub call_goes_on: bool,
    webhooks: Option<WebhookStyle>,
}

/// Counts as work in progress until it is dropped.
pub(crate) struct Busy(watch::Sender<usize>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}

impl Verdict {
    pub(crate) fn plan(&self) -> Plan {
        self.scenario.plan(self.timings.clone(), self.webhooks)
    }
}

impl Switchboard {
    pub(crate) fn new(
        plays: Plays,
        speed: f64,
        zone: TimeZone,
        wall: WallClock,
        script: Script,
        post: PostOffice,
    ) -> Self {
        let kazoo = Cluster::new(&script.account, plays);
        let state = State {
            counts: vec![0; script.rules.len()],
            script,
            serial: 0,
            live: Vec::new(),
            ended: VecDeque::new(),
            last_agent: None,
            issued_tokens: Vec::new(),
        };
        Self {
            plays,
            speed,
            zone,
            wall,
            log: RequestLog::default(),
            post,
            kazoo,
            office: BackOffice::default(),
            customers: Customers::default(),
            origin: OnceLock::new(),
            closing: watch::Sender::new(false),
            state: Mutex::new(state),
            changed: watch::Sender::new(()),
            working: watch::Sender::new(0),
            tasks: Mutex::new(JoinSet::new()),
        }
    }

    pub(crate) fn set_script(&self, script: Script) {
        let mut state = self.state();
        state.counts = vec![0; script.rules.len()];
        state.script = script;
    }

    pub(crate) fn account(&self) -> Account {
        self.state().script.account.clone()
    }

    pub(crate) fn platform(&self) -> Platform {
        self.state().script.platform.clone()
    }

    pub(crate) fn crm(&self) -> Crm {
        self.state().script.crm.clone()
    }

    /// How long events take that follow from no call.
    pub(crate) fn timings(&self) -> Timings {
        self.state().script.timings.clone()
    }

    /// What happens to a dial; counts it for the rules it fits.
    pub(crate) fn verdict_on_dial(&self, agent: &str, customer: &str) -> Verdict {
        let mut state = self.state();
        let base = state.script.timings.clone();
        if let Some(rule) = state.decide(|rule| rule.fits_dial(agent, customer)) {
            return Verdict {
                scenario: rule.then,
                timings: rule.timings.over(&base),
                call_goes_on: rule.call_goes_on,
                webhooks: rule.webhooks,
            };
        }
        let (scenario, timings) = state
            .script
            .guide
            .then(|| guide::look_up(customer))
            .flatten()
            .unwrap_or_default();
        Verdict {
            scenario,
            timings: base.over(&timings),
            call_goes_on: true,
            webhooks: None,
        }
    }

    /// What a customer who calls in by himself does.
    pub(crate) fn verdict_on_inbound(&self, inbound: &Inbound) -> Verdict {
        let timings = inbound.timings.over(&self.state().script.timings);
        Verdict {
            scenario: inbound.then,
            timings,
            call_goes_on: true,
            webhooks: inbound.webhooks,
        }
    }

    /// What happens to a request that is no dial, if anything.
    pub(crate) fn fault_on(&self, path: &str) -> Option<Verdict> {
        let mut state = self.state();
        let base = state.script.timings.clone();
        let rule = state.decide(|rule| rule.fits_path(path))?;
        let timings = rule.timings.over(&base);
        Some(Verdict {
            scenario: rule.then,
            timings,
            call_goes_on: false,
            webhooks: rule.webhooks,
        })
    }

    /// Begins a call; its course is played by a task of its own.
    pub(crate) fn place(self: &Arc<Self>, new: NewCall, mut plan: Plan) -> Call {
        let clock = CallClock::start(self.wall, self.speed);
        let (orders, received) = mpsc::unbounded_channel();
        let mut state = self.state();
        state.serial += 1;
        if new.kind != Kind::Support && state.agent_is_busy(&new.agent) {
            plan.agent = Pickup::Busy;
        }
        let origin = match new.origin {
            None if self.plays == Plays::Kazoo => {
                let origin = Origin::inbound(&new.agent, &new.customer, &new.did, self.wall.now());
                Some(Arc::new(origin))
            }
            known => known,
        };
        if let Some(limit) = new.ring_limit {
            let first = match new.kind {
                Kind::ClickToCall | Kind::Inbound => &mut plan.agent,
                Kind::Support => &mut plan.customer,
            };
            *first = first.within(limit);
        }
        if new.kind == Kind::ClickToCall {
            state.last_agent = Some(new.agent.clone());
        }
        let call = Call {
            serial: state.serial,
            call_id: match &origin {
                Some(origin) => origin.first_leg().to_owned(),
                None => self
                    .plays
                    .call_id(clock.stamp(Duration::ZERO).as_second(), state.serial),
            },
            // Thirteen hexadecimal digits, as the platform's own.
            uuid: Uuid::new_v4().simple().to_string()[..13].to_owned(),
            ref_id: Uuid::now_v7().to_string(),
            kind: new.kind,
            agent: new.agent,
            customer: new.customer,
            did: new.did,
            echo: new.echo,
            origin,
            clock,
            rung: None,
            first_answered: None,
            second_rung: None,
            second_answered: None,
            end: None,
            onward: Vec::new(),
            left: Vec::new(),
            pairs: Vec::new(),
            on_hold: Vec::new(),
            records_after: plan.timings.records_after().duration(),
            recordings_after: plan.timings.recordings_after().duration(),
            recording_token: Uuid::new_v4().simple().to_string(),
        };
        state.live.push(LiveCall {
            call: call.clone(),
            orders,
        });
        drop(state);
        let (board, first, working) = (self.clone(), call.clone(), self.busy());
        self.spawn(async move {
            performance::perform(board, first, plan, new.talk_limit, received).await;
            drop(working);
        });
        call
    }

    /// A number for something that is no call.
    pub(crate) fn next_serial(&self) -> u64 {
        let mut state = self.state();
        state.serial += 1;
        state.serial
    }

    /// Changes a live call and returns it as it is now.
    pub(crate) fn update(&self, serial: u64, change: impl FnOnce(&mut Call)) -> Option<Call> {
        let mut state = self.state();
        let live = state.live.iter_mut().find(|live| live.call.serial == serial)?;
        change(&mut live.call);
        let call = live.call.clone();
        drop(state);
        self.changed.send_replace(());
        Some(call)
    }

    /// Moves a call from the live ones to the records.
    pub(crate) fn finish(&self, serial: u64, end: End) -> Option<Call> {
        let mut state = self.state();
        let index = state.live.iter().position(|live| live.call.serial == serial)?;
        let mut call = state.live.remove(index).call;
        call.end = Some(end);
        state.ended.push_back(call.clone());
        if state.ended.len() > REMEMBERED_CALLS {
            state.ended.pop_front();
        }
        drop(state);
        self.changed.send_replace(());
        Some(call)
    }

    /// Ends the first live call that fits; false if none does.
    pub(crate) fn hang_up(&self, fits: impl Fn(&Call) -> bool) -> bool {
        let order = Order::HangUp {
            by: EndedBy::Agent,
            leg: None,
        };
        self.order(fits, order)
    }

    /// Gives an order to the first live call that fits; false if none does.
    pub(crate) fn order(&self, fits: impl Fn(&Call) -> bool, order: Order) -> bool {
        let state = self.state();
        let Some(live) = state.live.iter().find(|live| fits(&live.call)) else {
            return false;
        };
        // Whoever orders while the call is ending already comes too late, which is no error.
        let _ = live.orders.send(order);
        true
    }

    pub(crate) fn live_calls(&self) -> Vec<Call> {
        self.state().live.iter().map(|live| live.call.clone()).collect()
    }

    /// Newest first.
    pub(crate) fn ended_calls(&self) -> Vec<Call> {
        self.state().ended.iter().rev().cloned().collect()
    }

    pub(crate) fn agent_is_busy(&self, agent: &Agent) -> bool {
        self.state().agent_is_busy(agent)
    }

    /// Who takes a call that names nobody: who dialled last, else the account's first.
    pub(crate) fn agent_on_duty(&self) -> Option<Agent> {
        let state = self.state();
        let first = || state.script.account.agents(self.plays).into_iter().next();
        state.last_agent.clone().or_else(first)
    }

    /// A call that has ended.
    pub(crate) fn ended_call(&self, serial: u64) -> Option<Call> {
        self.state().ended.iter().find(|call| call.serial == serial).cloned()
    }

    /// Waits until a call has got as far as asked, or is over.
    pub(crate) async fn until(&self, serial: u64, reached: impl Fn(&Call) -> bool) -> Option<Call> {
        let mut changed = self.changed.subscribe();
        loop {
            let call = self.live_calls().into_iter().find(|call| call.serial == serial)?;
            if reached(&call) {
                return Some(call);
            }
            changed.changed().await.ok()?;
        }
    }

    /// A new login token, three dot-separated parts as a JWT has.
    pub(crate) fn issue_token(&self) -> String {
        let token = format!("eyJ0eXAiOiJKV1QifQ.{}.sandbox", Uuid::new_v4().simple());
        let mut state = self.state();
        let life = state.script.platform.sign_in.token_life();
        state
            .issued_tokens
            .push((token.clone(), Instant::now() + real(life, self.speed)));
        drop(state);
        token
    }

    pub(crate) fn accepts_token(&self, token: &str) -> bool {
        let state = self.state();
        match state.issued_tokens.iter().find(|(issued, _)| issued == token) {
            Some((_, expires)) => Instant::now() < *expires,
            None => state.script.account.accepts_token(token),
        }
    }

    pub(crate) fn busy(&self) -> Busy {
        self.working.send_modify(|count| *count += 1);
        Busy(self.working.clone())
    }

    /// Waits until no call is live and every webhook is posted.
    pub(crate) async fn settled(&self) {
        // The sender lives in `self`, so waiting cannot fail.
        let _ = self.working.subscribe().wait_for(|count| *count == 0).await;
    }

    /// Runs a task until its end or the exchange's.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        while tasks.try_join_next().is_some() {}
        tasks.spawn(task);
    }

    /// Stops every task and tells the handlers that wait.
    pub(crate) fn close(&self) {
        self.closing.send_replace(true);
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).abort_all();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Counts the request for every rule it fits, and returns the first that is its turn.
    fn decide(&mut self, fits: impl Fn(&Rule) -> bool) -> Option<Rule> {
        let mut decided = None;
        for (rule, count) in self.script.rules.iter().zip(&mut self.counts) {
            if fits(rule) {
                *count += 1;
                if decided.is_none() && rule.fits_count(*count) {
                    decided = Some(rule.clone());
                }
            }
        }
        decided
    }

    fn agent_is_busy(&self, agent: &Agent) -> bool {
        self.live.iter().any(|live| live.call.occupies(agent))
    }
}
