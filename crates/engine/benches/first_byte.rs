//! From the agent's gesture to the first byte of the dial on the wire, with the key in memory, beside what no honest
//! way can go below: one durable write and one warm HTTP request.
//!
//! Prints a table and, given a path as its argument, writes the figures there as JSON. The window's own hop (pointer
//! to command) is not in it.

use std::error::Error;
use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use engine::api::{PlaceReply, PlaceRequest, Reply, Request};
use engine::view::Role;
use engine::{Engine, EngineHandle, EngineOptions, Home};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

const WARM_UP: usize = 20;
const ROUNDS: usize = 300;

type Failure = Box<dyn Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let server = Server::start().await?;
    let home = tempfile::tempdir()?;
    let engine = start_engine(&home, server.address).await?;
    let mut floor = Floor::new(server.address, home.path()).await?;
    let mut server = server;
    let (mut ours, mut least) = (Vec::new(), Vec::new());
    for round in 0..WARM_UP + ROUNDS {
        let dial = dial(&engine, &mut server, round).await?;
        let bare = floor.once(&mut server).await?;
        if round >= WARM_UP {
            ours.push(dial);
            least.push(bare);
        }
    }
    let (ours, least) = (Figures::of(ours), Figures::of(least));
    let ratio = |a: Duration, b: Duration| a.as_secs_f64() / b.as_secs_f64();
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "gesture → first byte on the wire, {ROUNDS} dials, interleaved, key in memory"
    )?;
    writeln!(out, "{:<42} {:>9} {:>9} {:>9}", "", "p50", "p99", "max")?;
    for (name, figures) in [
        ("Dialdeck (request → journal → first byte)", &ours),
        ("one fdatasync + one warm hyper request", &least),
    ] {
        writeln!(
            out,
            "{name:<42} {:>6} µs {:>6} µs {:>6} µs",
            figures.p50.as_micros(),
            figures.p99.as_micros(),
            figures.max.as_micros()
        )?;
    }
    let (p50, p99) = (ratio(ours.p50, least.p50), ratio(ours.p99, least.p99));
    writeln!(out, "{:<42} {p50:>7.2} × {p99:>7.2} ×", "ratio")?;
    if let Some(path) = std::env::args().skip(1).find(|word| !word.starts_with('-')) {
        let json = serde_json::json!({
            "rounds": ROUNDS,
            "dialdeck_us": ours.json(),
            "floor_us": least.json(),
            "ratio": { "p50": p50, "p99": p99 },
        });
        std::fs::write(path, serde_json::to_string_pretty(&json)?)?;
    }
    engine.request(Request::Stop).await.map_err(Box::new)?;
    engine.stopped().await;
    Ok(())
}

async fn start_engine(home: &tempfile::TempDir, server: SocketAddr) -> Result<EngineHandle, Failure> {
    let mut options = EngineOptions::new(Home::under(home.path()), Role::Serve);
    options.environment =
        Arc::new(|name| (name == "DIALDECK_SECRET_BENCH_API_TOKEN").then(|| "bench-token".to_owned()));
    let engine = Engine::start(options).await?;
    let set = [
        ("base_url", format!("http://{server}")),
        ("agent_number", "+442079460901".to_owned()),
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

async fn dial(engine: &EngineHandle, server: &mut Server, round: usize) -> Result<Duration, Failure> {
    let request = PlaceRequest {
        target: format!("+44207946{:04}", round % 900),
        account: Some("bench".to_owned()),
        yes: true,
        ..PlaceRequest::default()
    };
    let begun = Instant::now();
    let reply = engine.request(Request::Place(request)).await.map_err(Box::new)?;
    let first_byte = server.next_dial().await?;
    let Reply::Place(PlaceReply::Placed { .. }) = reply else {
        return Err(format!("not placed: {reply:?}").into());
    };
    Ok(first_byte - begun)
}

/// The least that an honest dial does: make it durable, then send it on a warm connection.
struct Floor {
    file: std::fs::File,
    sender: hyper::client::conn::http1::SendRequest<String>,
}

impl Floor {
    async fn new(server: SocketAddr, folder: &std::path::Path) -> Result<Self, Failure> {
        let stream = TcpStream::connect(server).await?;
        let (sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self {
            file: std::fs::File::create(folder.join("floor"))?,
            sender,
        })
    }

    async fn once(&mut self, server: &mut Server) -> Result<Duration, Failure> {
        let body = r#"{"agent_number":"442079460901","destination_number":"442079460001","async":1}"#.to_owned();
        let request = hyper::Request::post("/v1/click_to_call")
            .header("host", "localhost")
            .body(body)?;
        let begun = Instant::now();
        self.file.write_all(&[0; 512])?;
        self.file.sync_data()?;
        self.sender.ready().await?;
        // Awaited only as far as the reply's head: the server answers without delay.
        let answer = self.sender.send_request(request).await?;
        let first_byte = server.next_dial().await?;
        drop(answer);
        Ok(first_byte - begun)
    }
}

/// Answers everything at once and tells when the first byte of each dial came.
struct Server {
    address: SocketAddr,
    dials: mpsc::UnboundedReceiver<Instant>,
}

impl Server {
    async fn start() -> Result<Self, Failure> {
        let socket = TcpListener::bind("127.0.0.1:0").await?;
        let address = socket.local_addr()?;
        let (stamps, dials) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((stream, _)) = socket.accept().await {
                tokio::spawn(serve(stream, stamps.clone()));
            }
        });
        Ok(Self { address, dials })
    }

    async fn next_dial(&mut self) -> Result<Instant, Failure> {
        self.dials.recv().await.ok_or_else(|| "the server is gone".into())
    }
}

async fn serve(mut stream: TcpStream, stamps: mpsc::UnboundedSender<Instant>) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = vec![0; 16 * 1024];
    let mut held = 0;
    let mut first_byte = None;
    loop {
        let read = stream.read(&mut buffer[held..]).await?;
        if read == 0 {
            return Ok(());
        }
        first_byte = first_byte.or(Some(Instant::now()));
        held += read;
        let text = String::from_utf8_lossy(&buffer[..held]);
        let Some(head) = text.find("\r\n\r\n") else { continue };
        let length = text[..head]
            .lines()
            .find_map(|line| {
                line.to_ascii_lowercase()
                    .strip_prefix("content-length:")?
                    .trim()
                    .parse::<usize>()
                    .ok()
            })
            .unwrap_or(0);
        if held < head + 4 + length {
            continue;
        }
        let dial = text.starts_with("POST /v1/click_to_call");
        let body = if dial {
            r#"{"success":true,"message":"Originate successfully queued","ref_id":"r"}"#
        } else {
            "[]"
        };
        let reply = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(reply.as_bytes()).await?;
        if dial && let Some(at) = first_byte {
            // The bench may be over.
            let _ = stamps.send(at);
        }
        held = 0;
        first_byte = None;
    }
}

struct Figures {
    p50: Duration,
    p99: Duration,
    max: Duration,
}

impl Figures {
    fn of(mut all: Vec<Duration>) -> Self {
        all.sort_unstable();
        let at = |share: f64| all[((all.len() - 1) as f64 * share) as usize];
        Self {
            p50: at(0.5),
            p99: at(0.99),
            max: at(1.0),
        }
    }

    fn json(&self) -> serde_json::Value {
        serde_json::json!({ "p50": self.p50.as_micros(), "p99": self.p99.as_micros(), "max": self.max.as_micros() })
    }
}
