//! What a provider answers to a request: every verb of every account, with any status and any bodies.
//!
//! Bodies of several answers are parted by the record separator; the last one comes again and again. `@` in a body is the
//! account's secret, sent back.

use std::sync::Mutex;

use async_trait::async_trait;
use providers::{HttpReply, HttpRequest, Purpose, Transport, TransportResult};
use tokio::runtime::{Builder, Runtime};

use crate::accounts::{ACCOUNTS, SECRET};
use crate::deed::Outcome;
use crate::input::Input;

pub const STATUSES: [u16; 24] = [
    200, 201, 202, 204, 206, 100, 301, 302, 400, 401, 403, 404, 405, 408, 409, 421, 422, 423, 425, 429, 500, 502, 503,
    504,
];
const RETRY_AFTER: [Option<&str>; 6] = [
    None,
    Some("5"),
    Some("Wed, 21 Oct 2026 07:28:00 GMT"),
    Some("-1"),
    Some("99999999999999999999"),
    Some("soon"),
];
pub const SEPARATOR: u8 = 0x1e;

/// More requests than any verb needs, however the provider answers.
const ENDLESS: usize = 300;

thread_local! {
    // Its clock stands still, and goes on by itself where everybody waits: no pause takes time.
    static RUNTIME: Runtime = Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime without sockets can be made");
}

/// Answers one after the other, the last one for ever.
struct Answers {
    replies: Vec<HttpReply>,
    sent: Mutex<Vec<Purpose>>,
}

#[async_trait]
impl Transport for Answers {
    async fn send(&self, request: HttpRequest) -> TransportResult {
        let mut sent = self.sent.lock().expect("nobody panics while holding it");
        sent.push(request.purpose);
        assert!(sent.len() < ENDLESS, "asks without end");
        let reply = self.replies.get(sent.len() - 1).or(self.replies.last());
        Ok(reply.expect("there is always one").clone())
    }
}

pub fn read(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let account = input.one_of(&ACCOUNTS);
    let deed = input.one_of(&account.deeds);
    let status = match input.byte() {
        known if usize::from(known) < STATUSES.len() => STATUSES[usize::from(known)],
        // Every other class of status, some of which no standard knows.
        other => u16::from(other) * 4,
    };
    let retry_after = input.one_of(&RETRY_AFTER).map(str::to_owned);
    let bodies: Vec<Vec<u8>> = input.rest().split(|byte| *byte == SEPARATOR).map(with_secret).collect();
    let replies = bodies.iter().map(|body| HttpReply {
        status,
        retry_after: retry_after.clone(),
        content_type: Some("application/json".into()),
        body: body.clone(),
    });
    let transport = Answers {
        replies: replies.collect(),
        sent: Mutex::default(),
    };
    let outcome = RUNTIME
        .with(|runtime| runtime.block_on(deed.done(account.provider.as_ref(), &account.credentials, &transport)));
    let sent = transport.sent.into_inner().expect("nobody panics while holding it");

    let acts = |purpose: &&Purpose| matches!(purpose, Purpose::Dial | Purpose::Change);
    let dials = sent.iter().filter(|purpose| **purpose == Purpose::Dial).count();
    // Handing a call on makes a telephone ring as well.
    let may_ring = deed.is_dial() || deed.is_change();
    assert!(dials <= usize::from(may_ring), "{deed} dials {dials} times");
    if deed.is_change() {
        let most = match deed.verb {
            // One order for each event.
            "pushed_events" => ENDLESS,
            // It has two spellings: the second one where the first is no route.
            "schedule_call" if matches!(status, 301 | 302 | 307 | 308 | 404 | 405) => 2,
            _ => 1,
        };
        let acted = sent.iter().filter(acts).count();
        assert!(acted <= most, "{deed} acts {acted} times: {sent:?}");
    }
    if deed.is_dial() && dials == 1 {
        check_dial(status, &bodies[0], &outcome);
    }
    if let Some(error) = outcome.error() {
        assert!(
            !format!("{error} {error:?}").contains(SECRET),
            "a secret is told: {error:?}"
        );
    }
}

/// No more is said of a dial than is known: a connector must not take anything but a clear yes for one, nor anything but
/// a clear no.
fn check_dial(status: u16, body: &[u8], outcome: &Outcome) {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let is_object = serde_json::from_slice::<serde_json::Value>(body).is_ok_and(|body| body.is_object());
    let is_success = (200..300).contains(&status);
    let is_refusal = (400..500).contains(&status) && ![408, 409, 421, 425].contains(&status);
    match outcome {
        Outcome::Done(_) => assert!(
            is_success && is_object,
            "taken for a yes: {status}, object: {is_object}"
        ),
        Outcome::Refused(error) => {
            assert!(
                // Kazoo answers 500 with a word of its own to a blocking call that it does not take.
                is_refusal || ((is_success || status == 500) && is_object),
                "taken for a no: {status} {error:?}"
            );
        }
        Outcome::Unclear(_) => {}
    }
}

fn with_secret(body: &[u8]) -> Vec<u8> {
    let parts: Vec<&[u8]> = body.split(|byte| *byte == b'@').collect();
    parts.join(SECRET.as_bytes())
}
