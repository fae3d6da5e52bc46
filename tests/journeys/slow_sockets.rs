//! A thousand strangers who never finish their requests, and an honest event between them.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use dialdeck_tests::{Serving, figure};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::events::Inbound;
use crate::stage::Stage;
use crate::web::Post;

const SLOW: usize = 1_000;
const ROUNDS: usize = 3;
/// Events of one measurement.
const EVENTS: usize = 200;
/// What any desktop allows a program that asks for no more.
const FILES_OF_A_DESKTOP: u64 = 1_024;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_slow_connections_hold_up_no_event() -> Result<()> {
    let stage = Stage::acefone().await?;
    let own = getrlimit(Resource::Nofile);
    allow(Some(FILES_OF_A_DESKTOP), own.maximum)?;
    let serving = stage.serve().await;
    allow(own.maximum, own.maximum)?;
    let serving = serving?;
    let hook = serving.hook("desk")?.to_owned();
    let mut count = 0;
    measured(&hook, &mut count).await?;
    let (mut idle, mut besieged, mut grown) = (Vec::new(), Vec::new(), 0);
    for _ in 0..ROUNDS {
        idle.push(measured(&hook, &mut count).await?);
        let before = resident_kib(&serving)?;
        let slow = Slow::open(&hook).await?;
        besieged.push(measured(&hook, &mut count).await?);
        grown = grown.max(resident_kib(&serving)?.saturating_sub(before));
        slow.close().await;
    }
    // One more than the listener has places: the oldest stranger goes, and the event still comes in.
    let (first, second) = (Slow::open(&hook).await?, Slow::open(&hook).await?);
    let crowded = measured(&hook, &mut count).await?;
    for slow in [first, second] {
        slow.close().await;
    }

    let (idle, besieged) = (median(idle), median(besieged));
    let ratio = besieged.as_secs_f64() / idle.as_secs_f64();
    figure(
        "slow-sockets",
        &format!(
            "{SLOW} slow connections: p99 of an event {:.1} ms instead of {:.1} ms, {ratio:.2} times; {} connections: {:.1} ms; {} \
             MiB more in memory",
            millis(besieged),
            millis(idle),
            2 * SLOW,
            millis(crowded),
            grown / 1024
        ),
    );
    // The goal is twice; a busy machine has moments of its own.
    let limit = idle * 4 + Duration::from_millis(10);
    ensure!(besieged <= limit, "{besieged:?} instead of {idle:?}");
    ensure!(crowded <= limit, "{crowded:?} instead of {idle:?}");
    ensure!(grown <= 32 * 1024, "{grown} KiB more in memory");
    Ok(())
}

/// Connections that send a letter of their head now and then.
struct Slow(JoinSet<()>);

impl Slow {
    async fn open(hook: &str) -> Result<Self> {
        let address = hook.strip_prefix("http://").and_then(|rest| rest.split('/').next());
        let address = address.context("a hook has an address")?.to_owned();
        let mut slow = JoinSet::new();
        for index in 0..SLOW {
            let mut stream = TcpStream::connect(&address).await?;
            stream.write_all(b"POST /hooks/desk/x HTTP/1.1\r\nx: ").await?;
            slow.spawn(async move {
                // Not all at the same moment.
                sleep(Duration::from_millis(index as u64 % 1_000)).await;
                while stream.write_all(b"x").await.is_ok() {
                    sleep(Duration::from_secs(1)).await;
                }
            });
        }
        Ok(Self(slow))
    }

    async fn close(mut self) {
        self.0.shutdown().await;
    }
}

/// The slowest but one in a hundred of some events, each of a call of its own and by a connection of its own.
async fn measured(hook: &str, count: &mut usize) -> Result<Duration> {
    let mut took = Vec::with_capacity(EVENTS);
    for _ in 0..EVENTS {
        *count += 1;
        let call = Inbound {
            call_id: format!("1783784632.{count}"),
            customer: "+442079460123".into(),
        };
        let post = Post::json(hook, &call.hangup(None));
        let begun = Instant::now();
        let status = post.send().await?;
        took.push(begun.elapsed());
        ensure!(status == 200, "answered {status}");
    }
    took.sort();
    took.get(EVENTS * 99 / 100).copied().context("some events")
}

fn median(mut spans: Vec<Duration>) -> Duration {
    spans.sort();
    spans[spans.len() / 2]
}

fn millis(span: Duration) -> f64 {
    span.as_secs_f64() * 1_000.0
}

fn allow(current: Option<u64>, maximum: Option<u64>) -> Result<()> {
    setrlimit(Resource::Nofile, Rlimit { current, maximum }).context("the limit of files")
}

/// What the program has in memory.
fn resident_kib(serving: &Serving) -> Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", serving.pid()?))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let count = line
        .and_then(|line| line.split_whitespace().next())
        .context("no VmRSS")?;
    Ok(count.parse()?)
}
