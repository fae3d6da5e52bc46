//! From a webhook that is due at the listener to its 200, beside what no honest listener can go below: a bare axum
//! server that makes as many bytes durable before it answers.
//!
//! Open loop at 1,000 a second over kept connections: every event has its time, and its latency counts from that time,
//! waiting for a free connection included. Rounds of the two alternate; each figure is the median of the rounds.
//! Arguments: `--seconds N` for a round, and a path at which the figures are written as JSON. A line that sums them up is
//! added to the file that `DIALDECK_FIGURES` names.

use std::collections::HashSet;
use std::error::Error;
use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Bytes;
use axum::http::StatusCode;
use engine::api::{Reply, Request};
use engine::view::Role;
use engine::{Engine, EngineHandle, EngineOptions, Home};
use hyper::client::conn::http1::SendRequest;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::Instant;

const ROUNDS: usize = 5;
const RATE: u64 = 1_000;
const CONNECTIONS: usize = 32;
/// Of so many events one is told twice, as platforms do.
const TOLD_TWICE: usize = 10;

type Failure = Box<dyn Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let mut words = std::env::args().skip(1);
    let (mut seconds, mut path) = (10, None);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--seconds" => seconds = words.next().ok_or("how many seconds?")?.parse()?,
            flag if flag.starts_with('-') => {}
            _ => path = Some(word),
        }
    }
    let home = tempfile::tempdir()?;
    let engine = start_engine(&home).await?;
    let hook: hyper::Uri = hook_of(&engine).await?.parse()?;
    let floor: hyper::Uri = format!("http://{}/", start_floor(home.path()).await?).parse()?;
    let (mut ours, mut least, mut sent) = (Vec::new(), Vec::new(), 0);
    let (mut distinct, mut named) = (HashSet::new(), HashSet::new());
    for round in 0..ROUNDS {
        let bodies = events(round, (RATE * seconds) as usize);
        sent += bodies.len();
        for body in &bodies {
            let event: Value = serde_json::from_str(body)?;
            named.insert(event["call_id"].to_string());
            distinct.insert(body.clone());
        }
        ours.push(Figures::of(post(&hook, &bodies).await?));
        least.push(Figures::of(post(&floor, &bodies).await?));
    }
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "webhook → durable → 200, {RATE}/s, {ROUNDS} rounds of {seconds} s, medians of the rounds, from the time each was due"
    )?;
    let (ours, least) = (Figures::middle(&ours), Figures::middle(&least));
    for (name, figures) in [("Dialdeck", ours), ("bare axum + write + fdatasync", least)] {
        writeln!(
            out,
            "{name:<32} p50 {:>8.0} µs   p99 {:>8.0} µs",
            figures.p50, figures.p99
        )?;
    }
    let (p50, p99) = (ours.p50 / least.p50, ours.p99 / least.p99);
    writeln!(out, "{:<32} p50 {p50:>8.2} ×    p99 {p99:>8.2} ×", "ratio")?;
    engine.request(Request::Stop).await.map_err(Box::new)?;
    engine.stopped().await;
    // Each event that was not told before is a row of the journal, and so is each call; a repetition is none. Calls that a
    // round leaves open have rows of their own in time: that nothing more was heard of them.
    let outline = store::Store::outline(&Home::under(home.path()).database())?;
    let rows = |table: &str| outline.rows.get(table).copied().unwrap_or_default();
    let (journal, calls) = (rows("journal"), rows("calls"));
    writeln!(
        out,
        "{sent} sent, all of them answered with 200; {} events of {} calls among them, {journal} rows of {calls} calls journalled",
        distinct.len(),
        named.len()
    )?;
    if journal < (distinct.len() + named.len()) as u64 || calls != named.len() as u64 {
        return Err("the journal does not hold each event and each call once".into());
    }
    if let Some(file) = std::env::var_os("DIALDECK_FIGURES") {
        let mut file = std::fs::File::options().create(true).append(true).open(file)?;
        writeln!(
            file,
            "webhook\t{sent} events in {ROUNDS} rounds of {seconds} s, none lost: p99 {:.2} ms beside {:.2} ms, \
             {p99:.2} times; p50 {:.2} ms beside {:.2} ms, {p50:.2} times",
            ours.p99 / 1e3,
            least.p99 / 1e3,
            ours.p50 / 1e3,
            least.p50 / 1e3,
        )?;
    }
    if let Some(path) = path {
        let json = json!({
            "rounds": ROUNDS, "seconds": seconds, "sent": sent,
            "dialdeck_us": { "p50": ours.p50, "p99": ours.p99 },
            "floor_us": { "p50": least.p50, "p99": least.p99 },
            "ratio": { "p50": p50, "p99": p99 },
        });
        std::fs::write(path, serde_json::to_string_pretty(&json)?)?;
    }
    Ok(())
}

async fn start_engine(home: &tempfile::TempDir) -> Result<EngineHandle, Failure> {
    let mut options = EngineOptions::new(Home::under(home.path()), Role::Serve);
    options.environment =
        Arc::new(|name| (name == "DIALDECK_SECRET_BENCH_API_TOKEN").then(|| "bench-token".to_owned()));
    let engine = Engine::start(options).await?;
    let set = [
        // Nobody listens there: nothing is asked of a provider.
        ("base_url", "http://127.0.0.1:9".to_owned()),
        ("agent_number", "+442079460001".to_owned()),
    ];
    let add = Request::AddAccount {
        name: "bench".to_owned(),
        kind: providers::ProviderKind::AcefoneUk,
        set: set.into_iter().map(|(key, value)| (key.to_owned(), value)).collect(),
        secrets: Default::default(),
    };
    engine.request(add).await.map_err(Box::new)?;
    Ok(engine)
}

async fn hook_of(engine: &EngineHandle) -> Result<String, Failure> {
    let Reply::Accounts(accounts) = engine.request(Request::ListAccounts).await.map_err(Box::new)? else {
        return Err("no accounts".into());
    };
    let hook = accounts.into_iter().find_map(|account| account.hook);
    hook.ok_or_else(|| "the account has no hook".into())
}

async fn start_floor(folder: &std::path::Path) -> Result<SocketAddr, Failure> {
    let file = Arc::new(Mutex::new(std::fs::File::create(folder.join("floor"))?));
    let durable = move |body: Bytes| {
        let file = Arc::clone(&file);
        async move {
            let written = tokio::task::spawn_blocking(move || {
                let mut file = file.lock().map_err(|_| std::io::ErrorKind::Other)?;
                file.write_all(&body)?;
                file.sync_data()
            });
            match written.await {
                Ok(Ok(())) => StatusCode::OK,
                _ => StatusCode::INTERNAL_SERVER_ERROR,
            }
        }
    };
    let socket = TcpListener::bind("127.0.0.1:0").await?;
    let address = socket.local_addr()?;
    let app = axum::Router::new().fallback(durable);
    tokio::spawn(async move { axum::serve(socket, app).await });
    Ok(address)
}

/// Calls that come in, each received, answered and over, a hundred of them going on at a time.
fn events(round: usize, count: usize) -> Vec<String> {
    let now = jiff::Zoned::now().strftime("%Y-%m-%d %H:%M:%S").to_string();
    let mut bodies: Vec<String> = Vec::with_capacity(count);
    let mut step = 0;
    while bodies.len() < count {
        let (block, stage, place) = (step / 300, step % 300 / 100, step % 100);
        let body = event(&format!("{round}.{}", block * 100 + place), place, stage, &now).to_string();
        if step % TOLD_TWICE == 0 {
            bodies.push(body.clone());
        }
        bodies.push(body);
        step += 1;
    }
    bodies.truncate(count);
    bodies
}

fn event(call: &str, place: usize, stage: usize, now: &str) -> Value {
    let mut event = json!({
        "uuid": format!("6a526{call}"), "call_id": call, "call_to_number": "442079460999",
        "caller_id_number": format!("+4420794601{place:02}"), "did_number": "442079460999", "start_stamp": now,
        "direction": "inbound",
    });
    match stage {
        0 => event["call_status"] = json!("Call received on server"),
        1 => {
            event["call_status"] = json!("Answered by agent");
            event["answered_agent_number"] = json!("+442079460001");
        }
        _ => {
            event["call_status"] = json!("answered");
            event["end_stamp"] = json!(now);
            event["answer_stamp"] = json!(now);
            event["billsec"] = json!("1");
            event["duration"] = json!("1");
            event["answered_agent"] = json!([{"id": "1", "name": "Agent One", "number": "+442079460001"}]);
        }
    }
    event
}

/// Posts each body at its time; every one must be answered with 200.
async fn post(to: &hyper::Uri, bodies: &[String]) -> Result<Vec<Duration>, Failure> {
    let address = to.authority().ok_or("no address")?.as_str().to_owned();
    let (give_back, mut free) = mpsc::unbounded_channel();
    for _ in 0..CONNECTIONS {
        let stream = TcpStream::connect(&address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = hyper::client::conn::http1::handshake::<_, String>(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        give_back.send(sender)?;
    }
    let begun = Instant::now();
    let mut posts = Vec::with_capacity(bodies.len());
    for (body, n) in bodies.iter().zip(0..) {
        let due = begun + Duration::from_micros(n * 1_000_000 / RATE);
        tokio::time::sleep_until(due).await;
        let sender = free.recv().await.ok_or("no connection")?;
        let request = hyper::Request::post(to.path())
            .header("host", &address)
            .header("content-type", "application/json")
            .body(body.clone())?;
        posts.push(tokio::spawn(once(sender, request, due, give_back.clone())));
    }
    let mut latencies = Vec::with_capacity(posts.len());
    for post in posts {
        latencies.push(post.await??);
    }
    Ok(latencies)
}

async fn once(
    mut sender: SendRequest<String>,
    request: hyper::Request<String>,
    due: Instant,
    give_back: mpsc::UnboundedSender<SendRequest<String>>,
) -> Result<Duration, Failure> {
    sender.ready().await?;
    let answer = sender.send_request(request).await?;
    let taken = due.elapsed();
    if answer.status() != StatusCode::OK {
        return Err(format!("answered with {}", answer.status()).into());
    }
    drop(answer);
    // The round may be over.
    let _ = give_back.send(sender);
    Ok(taken)
}

#[derive(Clone, Copy)]
struct Figures {
    p50: f64,
    p99: f64,
}

impl Figures {
    fn of(mut all: Vec<Duration>) -> Self {
        all.sort_unstable();
        let at = |share: f64| all[((all.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e6;
        Self {
            p50: at(0.5),
            p99: at(0.99),
        }
    }

    fn middle(rounds: &[Self]) -> Self {
        let middle = |figure: fn(&Self) -> f64| {
            let mut all: Vec<f64> = rounds.iter().map(figure).collect();
            all.sort_by(f64::total_cmp);
            all[all.len() / 2]
        };
        Self {
            p50: middle(|round| round.p50),
            p99: middle(|round| round.p99),
        }
    }
}
