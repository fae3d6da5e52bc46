//! Streams against a far side on loopback that is a websocket's server as much as any.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicU32;

use providers::{AccountSettings, ProviderKind, Session};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::*;
use crate::sources::wakes::Bell;

/// Events have to flow again so soon after a wake.
const PROMISED: Duration = Duration::from_secs(10);

type Socket = WebSocketStream<TcpStream>;

/// A provider's end: takes subscriptions, and hands each connection to the test, which may let it fall silent.
struct FarSide {
    url: String,
    subscribed: mpsc::UnboundedReceiver<Socket>,
    /// Connections that were hung up on instead.
    refused: Arc<AtomicU32>,
    task: JoinHandle<()>,
}

impl FarSide {
    async fn that_refuses_first(refusals: u32) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("ws://{}/", listener.local_addr().unwrap());
        let (hand_over, subscribed) = mpsc::unbounded_channel();
        let refused = Arc::new(AtomicU32::new(0));
        let count = refused.clone();
        let task = tokio::spawn(async move {
            loop {
                let (line, _) = listener.accept().await.unwrap();
                if count.load(Ordering::Relaxed) < refusals {
                    count.fetch_add(1, Ordering::Relaxed);
                    continue;
                }
                let mut socket = tokio_tungstenite::accept_async(line).await.unwrap();
                for _ in 0..4 {
                    socket.next().await.unwrap().unwrap();
                    socket.send(Message::text(YES)).await.unwrap();
                }
                hand_over.send(socket).unwrap();
            }
        });
        Self {
            url,
            subscribed,
            refused,
            task,
        }
    }

    async fn next(&mut self) -> Socket {
        timeout(PROMISED, self.subscribed.recv())
            .await
            .expect("nobody subscribes in time")
            .unwrap()
    }
}

impl Drop for FarSide {
    fn drop(&mut self) {
        self.task.abort();
    }
}

const YES: &str = r#"{"action":"reply","request_id":"1","status":"success","data":{}}"#;

/// The stream under test, and what it tells.
struct Kept {
    bell: Bell,
    told: mpsc::UnboundedReceiver<StreamEvent>,
    task: JoinHandle<()>,
}

impl Kept {
    fn open(far: &FarSide) -> Self {
        let bell = Bell::new();
        let (events, told) = mpsc::unbounded_channel();
        let refused = far.refused.clone();
        // Six short pauses, and from then on the longest there is.
        let now = move || {
            let part = if refused.load(Ordering::Relaxed) < 6 {
                0
            } else {
                999_000_000
            };
            jiff::Timestamp::new(0, part).unwrap()
        };
        let account = SignsIn(Arc::default());
        let task = tokio::spawn(keep(kazoo_at(&far.url), account, now, bell.ear(), move |event| {
            events.send(event).is_ok()
        }));
        Self { bell, told, task }
    }

    async fn next(&mut self) -> StreamEvent {
        timeout(PROMISED, self.told.recv())
            .await
            .expect("nothing is told in time")
            .unwrap()
    }

    async fn is_up(&mut self) {
        assert!(matches!(self.next().await, StreamEvent::Up));
    }

    async fn is_down(&mut self) {
        assert!(matches!(self.next().await, StreamEvent::Down));
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn kazoo_at(url: &str) -> Arc<dyn Provider> {
    providers::build(&AccountSettings {
        kind: ProviderKind::Kazoo,
        values: BTreeMap::from([("websocket_url".to_owned(), url.to_owned())]),
        has_secret: ["api_key".to_owned()].into(),
    })
    .unwrap()
}

/// An account whose sessions are always new.
struct SignsIn(Arc<AtomicU32>);

#[async_trait::async_trait]
impl SignedIn for SignsIn {
    async fn credentials(&self) -> Result<Credentials, ProviderError> {
        let session = Session {
            token: "made.up.token".into(),
            opened_at: jiff::Timestamp::UNIX_EPOCH,
            expires_at: None,
            told: BTreeMap::from([("account_id".to_owned(), "a0".repeat(16))]),
        };
        Ok(Credentials::default().with_session(Arc::new(session)))
    }

    async fn rejected(&self, _credentials: &Credentials) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[tokio::test]
async fn a_stream_that_refuses_even_a_new_session_is_not_signed_in_for_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/", listener.local_addr().unwrap());
    let provider = kazoo_at(&url);
    let server = tokio::spawn(async move {
        loop {
            let (line, _) = listener.accept().await.unwrap();
            let mut socket = tokio_tungstenite::accept_async(line).await.unwrap();
            socket.next().await;
            let no = r#"{"action":"reply","request_id":"1","status":"error","data":{"errors":["failed to authenticate token"]}}"#;
            // Who has hung up has heard enough.
            let _ = socket.send(Message::text(no)).await;
        }
    });
    let rejected = Arc::new(AtomicU32::new(0));
    let (events, mut told) = mpsc::unbounded_channel();
    let account = SignsIn(rejected.clone());
    let kept = tokio::spawn(keep(
        provider,
        account,
        || jiff::Timestamp::UNIX_EPOCH,
        Bell::new().ear(),
        move |event| events.send(event).is_ok(),
    ));
    assert!(matches!(told.recv().await, Some(StreamEvent::Refused(_))));
    assert!(matches!(told.recv().await, Some(StreamEvent::NotForUs(_))));
    assert_eq!(
        rejected.load(Ordering::Relaxed),
        1,
        "one new session is all that is tried"
    );
    kept.abort();
    server.abort();
}

#[tokio::test]
async fn after_a_wake_a_stream_whose_far_side_fell_silent_is_up_again_within_ten_seconds() {
    for wake in [Wake::Slept, Wake::NetworkChanged] {
        let mut far = FarSide::that_refuses_first(0).await;
        let mut kept = Kept::open(&far);
        // Held and never read again: half open.
        let _silent = far.next().await;
        kept.is_up().await;
        let woken = Instant::now();
        kept.bell.ring(wake);
        kept.is_down().await;
        let _second = far.next().await;
        kept.is_up().await;
        assert!(woken.elapsed() < PROMISED, "{wake:?}: {:?}", woken.elapsed());
    }
}

#[tokio::test]
async fn a_stream_that_answers_outlives_changes_of_the_network() {
    let mut far = FarSide::that_refuses_first(0).await;
    let mut kept = Kept::open(&far);
    let mut socket = far.next().await;
    kept.is_up().await;
    // Only whose answer was taken for a sign of life is asked again.
    for _ in 0..3 {
        kept.bell.ring(Wake::NetworkChanged);
        let asked = timeout(PROMISED, socket.next()).await.expect("a ping at once");
        assert!(asked.unwrap().unwrap().to_text().unwrap().contains("ping"));
        socket.send(Message::text(YES)).await.unwrap();
        // Answered in order: once this is answered, that was heard.
        socket.send(Message::Ping(Vec::new().into())).await.unwrap();
        while !matches!(timeout(PROMISED, socket.next()).await, Ok(Some(Ok(Message::Pong(_))))) {}
    }
    assert!(kept.told.try_recv().is_err(), "it never was down");
    assert!(far.subscribed.try_recv().is_err(), "nobody else has come");
}

#[tokio::test]
async fn a_stream_that_pauses_after_failures_is_opened_at_once_after_a_wake() {
    for wake in [Wake::Slept, Wake::NetworkChanged] {
        let mut far = FarSide::that_refuses_first(6).await;
        let mut kept = Kept::open(&far);
        for _ in 0..6 {
            kept.is_down().await;
        }
        assert!(pause(6, jiff::Timestamp::new(0, 999_000_000).unwrap()) > PROMISED * 2);
        let woken = Instant::now();
        kept.bell.ring(wake);
        let _socket = far.next().await;
        kept.is_up().await;
        assert!(woken.elapsed() < Duration::from_secs(2), "{:?}", woken.elapsed());
    }
}

#[tokio::test]
async fn a_connection_that_is_being_made_while_the_machine_sleeps_is_made_anew() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/", listener.local_addr().unwrap());
    let bell = Bell::new();
    let kept = tokio::spawn(keep(
        kazoo_at(&url),
        SignsIn(Arc::default()),
        || jiff::Timestamp::UNIX_EPOCH,
        bell.ear(),
        |_| true,
    ));
    // Taken, and never answered.
    let _first = timeout(PROMISED, listener.accept()).await.unwrap().unwrap();
    bell.ring(Wake::Slept);
    let second = timeout(Duration::from_secs(3), listener.accept()).await;
    assert!(second.is_ok(), "the old attempt is waited for");
    kept.abort();
}

#[tokio::test]
async fn a_stream_that_is_cut_anywhere_in_a_frame_comes_back_and_says_so_each_time() {
    const CUTS: usize = 200;
    let event = format!(
        r#"{{"action":"event","name":"CHANNEL_ANSWER","data":{{"call_id":"{}","note":"{}"}}}}"#,
        "c".repeat(40),
        "n".repeat(400)
    );
    let mut frame = vec![0x81, 126];
    frame.extend(u16::try_from(event.len()).unwrap().to_be_bytes());
    frame.extend(event.as_bytes());
    let mut far = FarSide::that_refuses_first(0).await;
    let mut kept = Kept::open(&far);
    let mut chance = 0x9E37_79B9_7F4A_7C15_u64;
    for round in 0..CUTS {
        let mut socket = far.next().await;
        kept.is_up().await;
        // Each place in the header, then any.
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let cut = if round < 6 {
            round
        } else {
            usize::try_from(chance >> 33).unwrap() % frame.len()
        };
        let line = socket.get_mut();
        line.write_all(&frame[..cut]).await.unwrap();
        if round % 2 == 0 {
            // Torn down instead of closed.
            line.set_zero_linger().unwrap();
        }
        drop(socket);
        assert!(matches!(kept.next().await, StreamEvent::Down), "cut at {cut}");
        // The pauses between attempts are another test's.
        kept.bell.ring(Wake::NetworkChanged);
    }
    let _last = far.next().await;
    kept.is_up().await;
}
