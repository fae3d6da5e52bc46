//! A server that answers everything in one wrong way, and counts what it was sent.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::Result;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Between two bytes of an answer that never ends.
const DRIP: Duration = Duration::from_millis(50);

/// One wrong way to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Reads the request and closes.
    Closes,
    /// Reads the request and resets the connection.
    Resets,
    HalfAStatusLine,
    EmptyBody,
    Html,
    /// JSON of types that no page documents.
    WrongTypes,
    UnknownValues,
    TruncatedJson,
    DeepJson,
    TenMegabytes,
    Redirect,
    InternalError,
    Unavailable,
    /// Says that it failed, with a status that says otherwise.
    OkThatFailed,
    /// Reads the request and says nothing for ever.
    Silent,
    /// Begins to answer, and says nothing more.
    StopsHalfway,
    /// Answers a byte at a time and never comes to an end.
    Drips,
}

impl Fault {
    /// Those of which only patience can tell; each takes as long as somebody is ready to wait.
    pub const SLOW: [Self; 3] = [Self::Silent, Self::StopsHalfway, Self::Drips];

    /// Those that are over at once.
    pub const ALL: [Self; 14] = [
        Self::Closes,
        Self::Resets,
        Self::HalfAStatusLine,
        Self::EmptyBody,
        Self::Html,
        Self::WrongTypes,
        Self::UnknownValues,
        Self::TruncatedJson,
        Self::DeepJson,
        Self::TenMegabytes,
        Self::Redirect,
        Self::InternalError,
        Self::Unavailable,
        Self::OkThatFailed,
    ];

    fn answer(self) -> Option<(u16, &'static str, Vec<u8>)> {
        let json = |status, body: &str| Some((status, "application/json", body.as_bytes().to_vec()));
        match self {
            Self::Closes | Self::Resets | Self::HalfAStatusLine => None,
            Self::Silent | Self::StopsHalfway | Self::Drips => None,
            Self::EmptyBody => json(200, ""),
            Self::Html => Some((200, "text/html", b"<html><body>Welcome to nginx</body></html>".to_vec())),
            Self::WrongTypes => json(
                200,
                r#"{"success":[],"ok":{},"status":7,"data":"text","results":5,"message":{"a":[1]},"auth_token":false,"has_more":"x","count":"many"}"#,
            ),
            Self::UnknownValues => json(
                200,
                r#"{"success":"perhaps","status":"pending","data":{"state":"levitating","sentSuccess":"maybe"},"message":"?"}"#,
            ),
            Self::TruncatedJson => json(200, r#"{"success":true,"data":[{"id":1,"#),
            Self::DeepJson => Some((200, "application/json", "[".repeat(200_000).into_bytes())),
            Self::TenMegabytes => {
                let mut body = br#"{"success":true,"data":""#.to_vec();
                body.resize(10 * 1024 * 1024, b'x');
                Some((200, "application/json", body))
            }
            Self::Redirect => json(307, ""),
            Self::InternalError => json(500, r#"{"message":"Internal server error"}"#),
            Self::Unavailable => json(503, r#"{"success":false,"message":"maintenance"}"#),
            Self::OkThatFailed => json(
                200,
                r#"{"success":"false","ok":false,"status":"error","message":"not today"}"#,
            ),
        }
    }
}

/// A server that plays one fault.
pub struct Hostile {
    pub address: String,
    requests: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Hostile {
    pub async fn start(fault: Fault) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = format!("http://{}", listener.local_addr()?);
        let requests = Arc::new(AtomicUsize::new(0));
        let counted = requests.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let counted = counted.clone();
                tokio::spawn(async move {
                    // A client that goes away early is part of the game.
                    let _ = serve(stream, fault, &counted).await;
                });
            }
        });
        Ok(Self {
            address,
            requests,
            task,
        })
    }

    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

impl Drop for Hostile {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, fault: Fault, counted: &AtomicUsize) -> std::io::Result<()> {
    loop {
        if !read_request(&mut stream).await? {
            return Ok(());
        }
        counted.fetch_add(1, Ordering::SeqCst);
        match fault.answer() {
            None if Fault::SLOW.contains(&fault) => return stall(&mut stream, fault).await,
            None if fault == Fault::Resets => return stream.set_zero_linger(),
            None if fault == Fault::HalfAStatusLine => {
                stream.write_all(b"HTTP/1.1 2").await?;
                return Ok(());
            }
            None => return Ok(()),
            Some((status, kind, body)) => {
                let location = if status == 307 { "location: /elsewhere\r\n" } else { "" };
                let head = format!(
                    "HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\n{location}content-length: {}\r\n\r\n",
                    body.len()
                );
                // In one piece: two would wait for each other on an idle network.
                stream.write_all(&[head.as_bytes(), &body].concat()).await?;
            }
        }
    }
}

/// Keeps the connection and never gives a whole answer; ends when the client goes away.
async fn stall(stream: &mut TcpStream, fault: Fault) -> std::io::Result<()> {
    let head = b"HTTP/1.1 200 X\r\ncontent-type: application/json\r\ncontent-length: 1000000\r\n\r\n";
    if fault != Fault::Silent {
        stream.write_all(head).await?;
    }
    if fault == Fault::Drips {
        loop {
            stream.write_all(b" ").await?;
            tokio::time::sleep(DRIP).await;
        }
    }
    stream.read(&mut [0]).await.map(|_| ())
}

/// Reads one request with its body; false at the end of the connection.
pub async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> std::io::Result<bool> {
    let mut read = Vec::new();
    let mut chunk = [0_u8; 4096];
    let head = loop {
        if let Some(end) = read.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        let count = stream.read(&mut chunk).await?;
        if count == 0 {
            return Ok(false);
        }
        read.extend_from_slice(&chunk[..count]);
    };
    let text = String::from_utf8_lossy(&read[..head]).to_ascii_lowercase();
    let length = text
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"))
        .and_then(|value| value.trim().parse::<usize>().ok())
        .unwrap_or(0);
    while read.len() < head + length {
        let count = stream.read(&mut chunk).await?;
        if count == 0 {
            return Ok(false);
        }
        read.extend_from_slice(&chunk[..count]);
    }
    Ok(true)
}
