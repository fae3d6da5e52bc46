//! The listener over real sockets: who is let in, what is read, and how long anybody is waited for.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

use super::*;

const TOKEN: &str = "00112233445566778899aabbccddeeff00112233";

/// Longer than anything here may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A listener with one account, whose events a loop takes that says `answer` to each, or nothing at all.
struct Served {
    port: u16,
    heard: mpsc::UnboundedReceiver<(String, Bytes)>,
    served: JoinHandle<()>,
}

impl Served {
    async fn with(answer: Option<HookAnswer>) -> io::Result<Self> {
        let listener = Listener::bind(None).await?;
        let port = listener.port();
        let doors = Arc::new(HookDoors::default());
        doors.are([("id", "desk", TOKEN)].into_iter());
        let (hooks, mut events) = mpsc::channel::<Hook>(16);
        let (tell, heard) = mpsc::unbounded_channel();
        let served = tokio::spawn(listener.serve(Some("Hooks.Example.test".into()), doors, hooks));
        tokio::spawn(async move {
            let mut unanswered = Vec::new();
            while let Some(hook) = events.recv().await {
                // The test may have heard enough.
                let _ = tell.send((hook.account, hook.body));
                match answer {
                    Some(answer) => drop(hook.answer.send(answer)),
                    None => unanswered.push(hook.answer),
                }
            }
        });
        Ok(Self { port, heard, served })
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).await.unwrap()
    }

    fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// A whole request of that account; all lines of the head but the first, and the body, as they are given.
    fn post(&self, head: &str, body: &str) -> String {
        format!("POST /hooks/desk/{TOKEN} HTTP/1.1\r\n{head}\r\n{body}")
    }

    /// Sends that on a connection of its own, and reads until the far side closes or the first answer is whole.
    async fn say(&self, request: &str) -> String {
        let mut stream = self.connect().await;
        // Who is refused early may not take the rest.
        let _ = stream.write_all(request.as_bytes()).await;
        answer(&mut stream).await
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.served.abort();
    }
}

/// One answer; none of the listener's has a body.
async fn answer(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    let mut byte = [0];
    while !text.ends_with(b"\r\n\r\n") {
        match timeout(PATIENCE, stream.read(&mut byte))
            .await
            .expect("an answer in time")
        {
            Ok(0) | Err(_) => break,
            Ok(_) => text.extend_from_slice(&byte),
        }
    }
    String::from_utf8(text).unwrap()
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or("none")
}

/// What an answer says beside the time at which it says it.
fn without_date(answer: &str) -> String {
    let lines = answer
        .lines()
        .filter(|line| !line.to_ascii_lowercase().starts_with("date:"));
    lines.collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn who_does_not_belong_here_is_told_the_same_whatever_it_was() {
    let mut served = Served::with(Some(HookAnswer::Stored)).await.unwrap();
    let host = served.host();
    let line = format!("POST /hooks/desk/{TOKEN} HTTP/1.1");
    let wrong = [
        format!("{line}\r\nhost: evil.test\r\ncontent-length: 2\r\n\r\n{{}}"),
        format!("{line}\r\nhost: 127.0.0.1\r\ncontent-length: 2\r\n\r\n{{}}"),
        format!("{line}\r\nhost: {host}.evil.test\r\ncontent-length: 2\r\n\r\n{{}}"),
        format!("{line}\r\nhost: {host}\r\nhost: {host}\r\ncontent-length: 2\r\n\r\n{{}}"),
        format!("{line}\r\ncontent-length: 2\r\n\r\n{{}}"),
        format!("{line}\r\nhost: {host}\r\norigin: http://{host}\r\ncontent-length: 2\r\n\r\n{{}}"),
        format!("{line}\r\nhost: {host}\r\norigin: null\r\ncontent-length: 2\r\n\r\n{{}}"),
        format!("PUT /hooks/desk/{TOKEN} HTTP/1.1\r\nhost: {host}\r\ncontent-length: 2\r\n\r\n{{}}"),
        format!("POST /hooks/desk/{TOKEN}/ HTTP/1.1\r\nhost: {host}\r\ncontent-length: 2\r\n\r\n{{}}"),
        format!(
            "POST /hooks/desk/{}f HTTP/1.1\r\nhost: {host}\r\ncontent-length: 2\r\n\r\n{{}}",
            &TOKEN[1..]
        ),
        format!("POST /hooks/work/{TOKEN} HTTP/1.1\r\nhost: {host}\r\ncontent-length: 2\r\n\r\n{{}}"),
        format!("POST / HTTP/1.1\r\nhost: {host}\r\ncontent-length: 2\r\n\r\n{{}}"),
        // Longer than any body may be, and still only told that it is not there.
        format!("POST /hooks/desk/x HTTP/1.1\r\nhost: {host}\r\ncontent-length: 99999999\r\n\r\n{{}}"),
    ];
    let mut answers = BTreeSet::new();
    for request in &wrong {
        let said = served.say(request).await;
        assert_eq!(status(&said), "404", "{request}");
        answers.insert(without_date(&said));
    }
    assert_eq!(answers.len(), 1, "{answers:#?}");
    assert!(served.heard.try_recv().is_err(), "no event of theirs is taken");
}

#[tokio::test]
async fn every_name_of_this_machine_and_the_public_one_are_answered() {
    let mut served = Served::with(Some(HookAnswer::Stored)).await.unwrap();
    for host in [
        format!("127.0.0.1:{}", served.port),
        format!("LocalHost:{}", served.port),
        format!("[::1]:{}", served.port),
        "hooks.example.test".to_owned(),
    ] {
        let head = format!("host: {host}\r\ncontent-type: application/json\r\ncontent-length: 2\r\n");
        let said = served.say(&served.post(&head, "{}")).await;
        assert_eq!(status(&said), "200", "{host}");
        let (account, body) = served.heard.recv().await.unwrap();
        assert_eq!((account.as_str(), &body[..]), ("id", &b"{}"[..]));
    }
}

#[tokio::test]
async fn a_body_may_have_256_kib_and_not_a_byte_more() {
    let mut served = Served::with(Some(HookAnswer::Stored)).await.unwrap();
    let host = served.host();
    let most = "x".repeat(256 * 1024);
    let head = format!("host: {host}\r\ncontent-length: {}\r\n", most.len());
    assert_eq!(status(&served.say(&served.post(&head, &most)).await), "200");
    assert_eq!(served.heard.recv().await.unwrap().1.len(), most.len());

    let head = format!("host: {host}\r\ncontent-length: {}\r\n", most.len() + 1);
    assert_eq!(status(&served.say(&served.post(&head, "")).await), "413");
    // The same where nobody says beforehand how much there is.
    let head = format!("host: {host}\r\ntransfer-encoding: chunked\r\n");
    let body = format!("{:x}\r\n{most}x\r\n0\r\n\r\n", most.len() + 1);
    assert_eq!(status(&served.say(&served.post(&head, &body)).await), "413");
    assert!(served.heard.try_recv().is_err(), "nothing of it is taken");
}

#[tokio::test]
async fn a_connection_brings_one_event_after_the_other() {
    let mut served = Served::with(Some(HookAnswer::Stored)).await.unwrap();
    let head = format!("host: {}\r\ncontent-length: 1\r\n", served.host());
    let mut stream = served.connect().await;
    // Both before the first answer is read, as providers do that keep a connection.
    let both = served.post(&head, "1") + &served.post(&head, "2");
    stream.write_all(both.as_bytes()).await.unwrap();
    for number in ["1", "2"] {
        assert_eq!(status(&answer(&mut stream).await), "200");
        assert_eq!(&served.heard.recv().await.unwrap().1[..], number.as_bytes());
    }
}

#[tokio::test]
async fn what_the_loop_says_is_what_the_provider_hears() {
    for (said, heard) in [
        (HookAnswer::Stored, "200"),
        (HookAnswer::NotFound, "404"),
        (HookAnswer::Unreadable, "400"),
        (HookAnswer::UnsupportedType, "415"),
        (HookAnswer::NotStored, "503"),
    ] {
        let served = Served::with(Some(said)).await.unwrap();
        let head = format!("host: {}\r\ncontent-length: 2\r\n", served.host());
        let answer = served.say(&served.post(&head, "{}")).await;
        assert_eq!(status(&answer), heard);
        let comes_again = answer.to_ascii_lowercase().contains("retry-after: 5");
        assert_eq!(comes_again, said == HookAnswer::NotStored, "{answer}");
    }
}

#[tokio::test]
async fn a_loop_that_does_not_answer_is_told_as_not_stored_in_time() {
    let served = Served::with(None).await.unwrap();
    let head = format!("host: {}\r\ncontent-length: 2\r\n", served.host());
    let begun = Instant::now();
    assert_eq!(status(&served.say(&served.post(&head, "{}")).await), "503");
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_head_is_waited_for_five_seconds_and_a_body_ten() {
    let mut served = Served::with(Some(HookAnswer::Stored)).await.unwrap();
    let head = format!("host: {}\r\ncontent-length: 4\r\n", served.host());
    let begun = Instant::now();
    let (mut nothing, mut half, mut drips) = (served.connect().await, served.connect().await, served.connect().await);
    half.write_all(b"POST /hooks/desk/").await.unwrap();
    drips.write_all(served.post(&head, "x").as_bytes()).await.unwrap();
    let head_time = async {
        let (nothing, half) = tokio::join!(answer(&mut nothing), answer(&mut half));
        (nothing, half, begun.elapsed())
    };
    let body_time = async { (answer(&mut drips).await, begun.elapsed()) };
    let ((nothing, half, heads), (drips, body)) = tokio::join!(head_time, body_time);
    assert!(!nothing.contains("200") && !half.contains("200"), "{nothing} {half}");
    assert!(heads >= HEADER_TIME && heads < Duration::from_secs(9), "{heads:?}");
    assert_eq!(status(&drips), "408");
    assert!(
        body >= Duration::from_secs(10) && body < Duration::from_secs(15),
        "{body:?}"
    );
    assert!(served.heard.try_recv().is_err(), "half an event is none");
}

#[tokio::test]
async fn with_every_place_taken_the_one_that_has_waited_longest_goes_and_an_event_comes_in() {
    let mut served = Served::with(Some(HookAnswer::Stored)).await.unwrap();
    let mut waiting = Vec::with_capacity(CONNECTIONS);
    for _ in 0..CONNECTIONS {
        waiting.push(served.connect().await);
    }
    let head = format!("host: {}\r\ncontent-length: 2\r\n", served.host());
    let begun = Instant::now();
    assert_eq!(status(&served.say(&served.post(&head, "{}")).await), "200");
    assert!(served.heard.recv().await.is_some());
    // Far less than a head is waited for: it was not the time that made room.
    assert!(begun.elapsed() < HEADER_TIME / 2, "{:?}", begun.elapsed());
    let mut byte = [0];
    let first = timeout(PATIENCE, waiting[0].read(&mut byte))
        .await
        .expect("it is closed");
    assert!(matches!(first, Ok(0) | Err(_)), "the first of them had to go");
    let last = waiting[CONNECTIONS - 1].try_read(&mut byte);
    assert!(
        last.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock),
        "the last of them stays"
    );
}

#[tokio::test]
async fn a_port_that_somebody_has_is_never_changed_for_another() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = taken.local_addr().unwrap().port();
    let refused = Listener::bind(Some(port)).await.map(|_| ()).unwrap_err();
    assert_eq!(refused.kind(), io::ErrorKind::AddrInUse);
}
