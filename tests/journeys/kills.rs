//! An engine that is killed in the middle of calls, two hundred times.
//!
//! What was acknowledged to the provider is in the journal afterwards, nothing is dialled twice, and every wish to call
//! is accounted for.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result};
use dialdeck_tests::{Serving, eventually, figure};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::events::{Events, Inbound};
use crate::provider::Answer;
use crate::socket::Socket;
use crate::stage::{Stage, id_of, told};
use crate::web::Post;

/// How often each of the homes is killed that are killed beside each other.
const KILLS: u32 = 50;

/// The engine is killed two hundred times, or as often as `DIALDECK_KILLS` says, in ever new homes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_kills_lose_nothing_and_dial_nothing_twice() -> Result<()> {
    let wanted = match std::env::var("DIALDECK_KILLS") {
        Ok(text) => text
            .parse()
            .with_context(|| format!("DIALDECK_KILLS={text} is no number"))?,
        Err(_) => 4 * KILLS,
    };
    let (mut kills, mut dials, mut acknowledged) = (0, 0, 0);
    while kills < wanted {
        let lanes = tokio::try_join!(run(0), run(1), run(2), run(3))?;
        for tally in [lanes.0, lanes.1, lanes.2, lanes.3] {
            // That the kills hit what they are meant to hit.
            assert!(tally.dials > 30, "{tally:?}");
            assert!(tally.acknowledged > 30, "{tally:?}");
            kills += tally.kills;
            dials += tally.dials;
            acknowledged += tally.acknowledged;
        }
    }
    assert!(kills >= 200, "{kills}");
    figure(
        "kills",
        &format!(
            "{kills} kills: {dials} dials, none of them twice; {acknowledged} events acknowledged, none of them lost"
        ),
    );
    Ok(())
}

#[derive(Debug, Default)]
struct Tally {
    kills: u32,
    dials: usize,
    acknowledged: usize,
}

/// The moment at which a round kills.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    /// While the wish is being written down or sent.
    Placing,
    /// After the provider has read the dial, before it answers.
    Dialling,
    /// When the call is just placed.
    Placed,
    /// Between the webhooks of the call.
    Events,
    /// While webhooks of this and other calls come in together.
    Crowd,
}

/// What the outside knows of one wish to call.
struct Wish {
    intent: String,
    number: String,
    /// The engine said that the call is placed.
    placed: bool,
}

/// One home, killed again and again.
struct Lane {
    stage: Stage,
    lane: u32,
    chance: Chance,
    wishes: Vec<Wish>,
    /// Kinds of facts whose webhook was answered 200, by the number called.
    own: Vec<(String, &'static str)>,
    /// Ids of inbound calls whose webhook was answered 200.
    inbound: Vec<String>,
}

async fn run(lane: u32) -> Result<Tally> {
    let mut lane = Lane {
        stage: Stage::acefone().await?,
        lane,
        chance: Chance(u64::from(lane) + 1),
        wishes: Vec::new(),
        own: Vec::new(),
        inbound: Vec::new(),
    };
    // The calls are placed by this program, not by dialctl.
    let own = std::env::current_exe()?;
    lane.stage
        .json(&["program", "approve", own.to_str().context("a path in UTF-8")?])
        .await?;
    for round in 0..KILLS {
        let moments = [
            Moment::Placing,
            Moment::Dialling,
            Moment::Placed,
            Moment::Events,
            Moment::Crowd,
        ];
        let moment = moments[round as usize % moments.len()];
        lane.round(round, moment)
            .await
            .with_context(|| format!("lane {}, round {round}, {moment:?}", lane.lane))?;
    }
    lane.judge().await
}

impl Lane {
    async fn round(&mut self, round: u32, moment: Moment) -> Result<()> {
        let serving = self.stage.serve().await?;
        let mut socket = Socket::connect(self.stage.dialctl().home()).await?;
        self.repeat_last(&mut socket).await?;

        let wish = Wish {
            intent: Uuid::now_v7().to_string(),
            number: format!("+442079460{:03}", 200 + self.lane * KILLS + round),
            placed: false,
        };
        if moment == Moment::Dialling {
            let answer = Answer::Late(Duration::from_secs(1));
            self.stage.provider.answers([answer]);
        }
        let dials = self.stage.provider.dials().len();
        let asked = socket.send(place(&wish)).await?;
        let number = wish.number.clone();
        self.wishes.push(wish);
        match moment {
            Moment::Placing => self.chance.pause(12_000).await,
            Moment::Dialling => {
                let provider = &self.stage.provider;
                eventually("the dial", async || (provider.dials().len() > dials).then_some(())).await?;
                self.chance.pause(3_000).await;
            }
            Moment::Placed | Moment::Events | Moment::Crowd => {
                let reply = socket.answer(asked).await?;
                assert_eq!(reply["call"]["dispatch"], "accepted", "{reply}");
                if let Some(wish) = self.wishes.last_mut() {
                    wish.placed = true;
                }
                self.events(&serving, &reply["call"], &number, moment).await?;
            }
        }
        serving.kill().await?;
        // A dial whose answer was still under way is answered into nothing.
        Ok(())
    }

    /// The gesture before the crash once more, as an impatient program would: it must find the call that it made.
    async fn repeat_last(&mut self, socket: &mut Socket) -> Result<()> {
        let Some(wish) = self.wishes.last_mut() else {
            return Ok(());
        };
        let reply = socket.ask(place(wish)).await?;
        assert_eq!(reply["result"], "placed", "{reply}");
        wish.placed = true;
        Ok(())
    }

    /// Posts webhooks until the kill, and notes which were acknowledged.
    async fn events(&mut self, serving: &Serving, call: &Value, number: &str, moment: Moment) -> Result<()> {
        let hook = serving.hook("desk")?;
        let events = Events::of(call)?;
        let own = [
            ("agent_leg_answered", events.agent_answered()),
            ("customer_leg_answered", events.customer_answered()),
            ("call_ended", events.hangup()),
        ];
        match moment {
            Moment::Events => {
                let until = 1 + self.chance.below(own.len() as u64) as usize;
                for (kind, event) in own.into_iter().take(until) {
                    assert_eq!(Post::json(hook, &event).send().await?, 200, "{kind}");
                    self.own.push((number.to_owned(), kind));
                }
            }
            Moment::Crowd => {
                let mut posts = JoinSet::new();
                for (kind, event) in own {
                    let post = Post::json(hook, &event);
                    let number = number.to_owned();
                    posts.spawn(async move { (Some((number, kind)), String::new(), post.send().await) });
                }
                for other in 0..3 {
                    let call_id = format!("1783784632.{}{}", call_suffix(number), other);
                    let inbound = Inbound {
                        customer: "+442079460199".into(),
                        call_id: call_id.clone(),
                    };
                    let post = Post::json(hook, &inbound.hangup(None));
                    posts.spawn(async move { (None, call_id, post.send().await) });
                }
                let answered = 1 + self.chance.below(6);
                for _ in 0..answered {
                    if let Some(post) = posts.join_next().await {
                        self.note(post?);
                    }
                }
                signal_kill(serving)?;
                // Answers that were on their way count; the others were never given.
                while let Some(post) = posts.join_next().await {
                    self.note(post?);
                }
            }
            Moment::Placing | Moment::Dialling | Moment::Placed => {}
        }
        Ok(())
    }

    fn note(&mut self, (own, inbound, status): (Option<(String, &'static str)>, String, Result<u16>)) {
        match (status, own) {
            (Ok(200), Some(own)) => self.own.push(own),
            (Ok(200), None) => self.inbound.push(inbound),
            (Ok(_) | Err(_), _) => {}
        }
    }

    /// Everything that must hold once the engine has come back for good.
    async fn judge(mut self) -> Result<Tally> {
        let _serving = self.stage.serve().await?;
        let mut socket = Socket::connect(self.stage.dialctl().home()).await?;
        self.repeat_last(&mut socket).await?;
        let dials = self.dials();
        let list = socket
            .ask(json!({"do": "list_calls", "limit": 10_000, "since": null, "contact": null}))
            .await?;
        let list = list.as_array().context("a list of calls")?;
        let mut by_number: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
        for call in list.iter().filter(|call| call["direction"] == "outbound") {
            by_number
                .entry(call["customer"].as_str().unwrap_or_default())
                .or_default()
                .push(call);
        }
        for wish in &self.wishes {
            let number = wish.number.as_str();
            let sent = dials.get(number).copied().unwrap_or_default();
            assert!(sent <= 1, "{number} was dialled {sent} times");
            let calls = by_number.get(number).map(Vec::as_slice).unwrap_or_default();
            let [call] = calls else {
                panic!("{number} has {} calls, placed: {}", calls.len(), wish.placed);
            };
            let dispatch = call["dispatch"].as_str().unwrap_or_default();
            let settled = match sent {
                // Sent, or on its way when the engine went: never told as not sent.
                1 => ["accepted", "unknown"].contains(&dispatch),
                _ => ["cancelled", "unknown"].contains(&dispatch),
            };
            assert!(settled, "{number}: dialled {sent} times, and {dispatch}");
        }
        for (number, kind) in &self.own {
            let call = by_number.get(number.as_str()).and_then(|calls| calls.first());
            let call = call.with_context(|| format!("no call to {number}"))?;
            let call = socket.ask(json!({"do": "show_call", "call": id_of(call)?})).await?;
            assert!(
                told(&call).contains(kind),
                "{kind} of {number} was acknowledged and is lost: {call}"
            );
        }
        for id in &self.inbound {
            let kept = list.iter().any(|call| call["provider_ids"]["call_id"] == *id);
            assert!(kept, "the inbound call {id} was acknowledged and is lost");
        }
        Ok(Tally {
            kills: KILLS,
            dials: dials.len(),
            acknowledged: self.own.len() + self.inbound.len(),
        })
    }

    /// How often each number was dialled.
    fn dials(&self) -> BTreeMap<String, usize> {
        let mut dials = BTreeMap::new();
        for dial in self.stage.provider.dials() {
            let digits = dial.body["destination_number"].as_str().unwrap_or_default().to_owned();
            *dials.entry(format!("+{digits}")).or_default() += 1;
        }
        dials
    }
}

fn place(wish: &Wish) -> Value {
    json!({
        "do": "place", "intent": wish.intent, "target": wish.number, "account": null, "from": null, "note": null,
        "contact": null, "yes": true, "despite_unknown": false,
    })
}

fn call_suffix(number: &str) -> &str {
    number.trim_start_matches("+442079460")
}

fn signal_kill(serving: &Serving) -> Result<()> {
    let pid = rustix::process::Pid::from_raw(i32::try_from(serving.pid()?)?).context("a process id is positive")?;
    Ok(rustix::process::kill_process(pid, rustix::process::Signal::KILL)?)
}

/// Numbers that scatter the kills, the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        // Knuth's MMIX generator; its upper half is the better one.
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    /// Not a wait for anything: the kill is meant to fall anywhere within these microseconds.
    async fn pause(&mut self, microseconds: u64) {
        tokio::time::sleep(Duration::from_micros(self.below(microseconds))).await;
    }
}
