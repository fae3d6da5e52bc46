//! The behaviours, by what they break.

use std::time::Duration;

use super::behavior::Carrier::{NoTls, Tls, TlsH2, TlsH2Only};
use super::behavior::Reading::{Accepted, NotSent, Refused, Unclear, Waited};
use super::behavior::Stage::{FirstLine, Head};
use super::behavior::Step::{
    Answer, Body, Burst, Close, Cut, DripAnswer, Flood, FloodOfChunks, Gzip, GzipBomb, HalfBody, HalfClose, Hold,
    Pause, Pulse, Reset, Say, SayBare,
};
use super::behavior::{ANSWERED, Behavior, OverH2, fresh, idle, kept};

/// Longer than any client here should keep a connection that rests, and than many servers do.
const LONG_REST: Duration = Duration::from_millis(4500);

const YES_WITHOUT_LENGTH: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n";
const YES_IN_CHUNKS: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
const TOO_LONG: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n";
/// The first bytes of a TLS connection that is refused: a fatal alert, handshake failure.
const ALERT: &[u8] = &[0x15, 3, 3, 0, 2, 2, 40];
/// The settings with which a server that speaks HTTP/2 begins.
const H2_SETTINGS: &[u8] = &[0, 0, 0, 4, 0, 0, 0, 0, 0];

/// All of them; the names are unique.
pub fn behaviors() -> impl Iterator<Item = &'static Behavior> {
    [
        CONNECTIONS,
        KEPT_CONNECTIONS,
        BROKEN_ANSWERS,
        INFORMATION,
        FLOODS,
        STATUSES,
        OVER_TLS,
    ]
    .into_iter()
    .flatten()
}

const CONNECTIONS: &[Behavior] = &[
    fresh("closes as soon as it is reached", Unclear, &[Close]).unread(),
    fresh("resets as soon as it is reached", Unclear, &[Reset]).unread(),
    fresh("never reads", Waited, &[Pause(Duration::from_secs(6))]).unread(),
    fresh("closes after the request's first line", Unclear, &[Close]).at(FirstLine),
    fresh("resets after the request's first line", Unclear, &[Reset]).at(FirstLine),
    fresh("closes before the request's body", Unclear, &[Close]).at(Head),
    fresh("closes without an answer", Unclear, &[Close]),
    fresh("resets without an answer", Unclear, &[Reset]),
    fresh("says no more and stays", Unclear, &[HalfClose, Hold]),
    fresh("never answers", Waited, &[Hold]),
];

const KEPT_CONNECTIONS: &[Behavior] = &[
    kept("kept: closes without an answer", Unclear, &[Close]),
    kept("kept: resets without an answer", Unclear, &[Reset]),
    kept("kept: resets after the request's first line", Unclear, &[Reset]).at(FirstLine),
    kept("kept: closes before the request's body", Unclear, &[Close]).at(Head),
    kept("kept: half a status line, closes", Unclear, &[Say("HTTP/1.1 2"), Close]),
    kept("kept: never answers", Waited, &[Hold]),
    kept(
        "kept: 408, closes",
        Unclear,
        &[Answer(408, "connection: close\r\n"), Close],
    ),
    kept("kept 4.5 s: closes without an answer", Accepted, &[Close]).after(LONG_REST),
    kept("kept 4.5 s: resets without an answer", Accepted, &[Reset]).after(LONG_REST),
    idle("closes while it rests", Accepted, &[Close]),
    idle("resets while it rests", Accepted, &[Reset]),
    idle(
        "408 while it rests, closes",
        Accepted,
        &[Answer(408, "connection: close\r\n"), Close],
    ),
    // The yes belongs to nobody; whoever takes it for the answer has not read the answer.
    idle("a second answer to the first request", Refused, &[Answer(200, "")]).then_refuses(),
    idle(
        "the same, a moment later",
        Refused,
        &[Pause(Duration::from_millis(20)), Answer(200, "")],
    )
    .then_refuses()
    // Long enough to be seen on a busy machine before the wish is made.
    .after(Duration::from_secs(1)),
];

const BROKEN_ANSWERS: &[Behavior] = &[
    fresh("half a status line, closes", Unclear, &[Say("HTTP/1.1 2"), Close]),
    fresh("a status line, closes", Unclear, &[Say("HTTP/1.1 200 OK\r\n"), Close]),
    fresh(
        "half the header, closes",
        Unclear,
        &[Say("HTTP/1.1 200 OK\r\ncontent-ty"), Close],
    ),
    fresh(
        "half the header, resets",
        Unclear,
        &[Say("HTTP/1.1 200 OK\r\ncontent-ty"), Reset],
    ),
    fresh("half the body, closes", Unclear, &[Say(TOO_LONG), HalfBody, Close]),
    fresh("half the body, resets", Unclear, &[Say(TOO_LONG), HalfBody, Reset]),
    fresh("half the body, stays", Waited, &[Say(TOO_LONG), HalfBody, Hold]),
    fresh(
        "a body shorter than its length, closes",
        Unclear,
        &[Say(TOO_LONG), Body, Close],
    ),
    fresh(
        "a body longer than its length",
        Unclear,
        &[Say("HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n"), Body, Close],
    ),
    fresh(
        "no length, half the body, closes",
        Unclear,
        &[Say(YES_WITHOUT_LENGTH), HalfBody, Close],
    ),
    fresh("no length, closes", Accepted, &[Say(YES_WITHOUT_LENGTH), Body, Close]),
    fresh("no length, resets", Unclear, &[Say(YES_WITHOUT_LENGTH), Body, Reset]),
    fresh("no length, stays", Waited, &[Say(YES_WITHOUT_LENGTH), Body, Hold]),
    fresh(
        "chunks without the last one, closes",
        Unclear,
        &[Say(YES_IN_CHUNKS), Say("10\r\n{\"success\":true}\r\n"), Close],
    ),
    fresh(
        "a chunk of no known size",
        Unclear,
        &[Say(YES_IN_CHUNKS), Say("many\r\n"), Body, Close],
    ),
    fresh(
        "two lengths",
        Unclear,
        &[
            Say("HTTP/1.1 200 OK\r\ncontent-length: 20\r\ncontent-length: 30\r\n\r\n"),
            Body,
            Close,
        ],
    ),
    fresh(
        "a length below nothing",
        Unclear,
        &[Say("HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n"), Body, Close],
    ),
    fresh(
        "a NUL in the header",
        Unclear,
        &[Say("HTTP/1.1 200 OK\r\nx: \0\r\n\r\n"), Body, Close],
    ),
    fresh(
        "status 000",
        Unclear,
        &[Say("HTTP/1.1 000 X\r\ncontent-length: 0\r\n\r\n"), Close],
    ),
    fresh(
        "HTTP/9.9",
        Unclear,
        &[Say("HTTP/9.9 200 OK\r\ncontent-length: 0\r\n\r\n"), Close],
    ),
    fresh("a body and no header", Unclear, &[Body, Close]),
    fresh(
        "another protocol",
        Unclear,
        &[Say("220 mail.example.test ESMTP\r\n"), Close],
    ),
    fresh("HTTP/2 unasked", Unclear, &[SayBare(H2_SETTINGS), Close]),
    fresh("a TLS alert", Unclear, &[SayBare(ALERT), Close]),
    fresh(
        "blank lines before the answer",
        Accepted,
        &[Say("\r\n\r\n"), Answer(200, "")],
    ),
    fresh(
        "two answers at once",
        Accepted,
        &[Answer(200, ""), Answer(200, ""), Close],
    ),
    fresh("an answer a byte at a time", Accepted, &[DripAnswer]),
];

const INFORMATION: &[Behavior] = &[
    fresh(
        "100, then the answer",
        Accepted,
        &[Say("HTTP/1.1 100 Continue\r\n\r\n"), Answer(200, "")],
    ),
    fresh(
        "103, then the answer",
        Accepted,
        &[
            Say("HTTP/1.1 103 Early Hints\r\nlink: </x>; rel=preload\r\n\r\n"),
            Answer(200, ""),
        ],
    ),
    fresh("100, closes", Unclear, &[Say("HTTP/1.1 100 Continue\r\n\r\n"), Close]),
    fresh("102, resets", Unclear, &[Say("HTTP/1.1 102 Processing\r\n\r\n"), Reset]),
    fresh(
        "ten thousand 100s, then the answer",
        Accepted,
        &[Burst("HTTP/1.1 100 Continue\r\n\r\n", 10_000), Answer(200, "")],
    ),
    fresh(
        "102 for ever",
        Waited,
        &[Pulse("HTTP/1.1 102 Processing\r\n\r\n", Duration::from_millis(5))],
    ),
    fresh(
        "101 unasked",
        Unclear,
        &[
            Say("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n"),
            Close,
        ],
    ),
];

const FLOODS: &[Behavior] = &[
    fresh(
        "header lines without end",
        Unclear,
        &[Say("HTTP/1.1 200 OK\r\n"), Flood("x-more: of the same\r\n")],
    ),
    fresh(
        "one header line without end",
        Unclear,
        &[Say("HTTP/1.1 200 OK\r\nx-more: "), Flood("of the same ")],
    ),
    fresh(
        "a status line without end",
        Unclear,
        &[Say("HTTP/1.1 200 "), Flood("all is well ")],
    ),
    fresh(
        "a body without end",
        Unclear,
        &[Say(YES_WITHOUT_LENGTH), Flood("{\"success\":true}")],
    ),
    fresh("chunks without end", Unclear, &[Say(YES_IN_CHUNKS), FloodOfChunks]),
    fresh(
        "a chunk's extension without end",
        Unclear,
        &[Say(YES_IN_CHUNKS), Say("10;x="), Flood("more")],
    ),
    fresh(
        "trailers without end",
        Unclear,
        &[Say(YES_IN_CHUNKS), Say("0\r\n"), Flood("x-more: of the same\r\n")],
    ),
    fresh("blank lines without end", Unclear, &[Flood("\r\n")]),
    // Some platforms pack whatever they send.
    fresh("gzip unasked", Accepted, &[Gzip]),
    fresh(
        "gzip that is none",
        Unclear,
        &[Answer(200, "content-encoding: gzip\r\n")],
    ),
    fresh(
        "422 in gzip that is none",
        Refused,
        &[Answer(422, "content-encoding: gzip\r\n")],
    ),
    fresh("a gzip bomb", Unclear, &[GzipBomb]),
    fresh(
        "a body now and then, for ever",
        Waited,
        &[Say(YES_WITHOUT_LENGTH), Pulse(" ", Duration::from_millis(5))],
    ),
];

const STATUSES: &[Behavior] = &[
    fresh("301", Unclear, &[Answer(301, "location: /elsewhere\r\n")]),
    fresh("302", Unclear, &[Answer(302, "location: /elsewhere\r\n")]),
    fresh("303", Unclear, &[Answer(303, "location: /elsewhere\r\n")]),
    fresh("307", Unclear, &[Answer(307, "location: /elsewhere\r\n")]),
    fresh("308", Unclear, &[Answer(308, "location: /elsewhere\r\n")]),
    fresh("308 to itself", Unclear, &[Answer(308, "location: /again\r\n")]),
    fresh(
        "401 that asks for a password",
        Refused,
        &[Answer(401, "www-authenticate: Basic realm=\"x\"\r\n")],
    ),
    fresh(
        "407",
        Unclear,
        &[Answer(407, "proxy-authenticate: Basic realm=\"x\"\r\n")],
    ),
    fresh("408", Unclear, &[Answer(408, "")]),
    fresh("408, closes", Unclear, &[Answer(408, "connection: close\r\n"), Close]),
    fresh("413, Retry-After: 0", Refused, &[Answer(413, "retry-after: 0\r\n")]),
    fresh("417", Unclear, &[Answer(417, "")]),
    fresh("421", Unclear, &[Answer(421, "")]),
    fresh("425", Unclear, &[Answer(425, "")]),
    fresh("429, Retry-After: 0", Refused, &[Answer(429, "retry-after: 0\r\n")]),
    fresh("500", Unclear, &[Answer(500, "")]),
    fresh("502", Unclear, &[Answer(502, "")]),
    fresh("503, Retry-After: 0", Unclear, &[Answer(503, "retry-after: 0\r\n")]),
    fresh("504, closes", Unclear, &[Answer(504, "connection: close\r\n"), Close]),
    fresh("status 600", Unclear, &[Answer(600, "")]),
    fresh("204", Unclear, &[Say("HTTP/1.1 204 No Content\r\n\r\n")]),
    fresh("304", Unclear, &[Say("HTTP/1.1 304 Not Modified\r\n\r\n")]),
    fresh(
        "200 that asks to be loaded again",
        Accepted,
        &[Answer(200, "refresh: 0\r\n")],
    ),
    fresh(
        "200 that names another server",
        Accepted,
        &[Answer(200, "alt-svc: h2=\":443\"\r\n")],
    ),
];

const OVER_TLS: &[Behavior] = &[
    fresh("TLS: closes at the hello", NotSent, &[Close])
        .over(NoTls)
        .seen_as_connections(),
    fresh("TLS: resets at the hello", NotSent, &[Reset])
        .over(NoTls)
        .seen_as_connections(),
    fresh("TLS: an alert to the hello", NotSent, &[SayBare(ALERT), Close])
        .over(NoTls)
        .seen_as_connections(),
    fresh("TLS: HTTP to the hello", NotSent, &[Answer(400, ""), Close])
        .over(NoTls)
        .seen_as_connections(),
    fresh("TLS: closes after the handshake", Unclear, &[Close])
        .over(Tls)
        .unread(),
    fresh("TLS: resets after the handshake", Unclear, &[Reset])
        .over(Tls)
        .unread(),
    fresh("TLS: closes without an answer", Unclear, &[Close]).over(Tls),
    fresh("TLS: cut without an answer", Unclear, &[Cut]).over(Tls),
    fresh("TLS: resets without an answer", Unclear, &[Reset]).over(Tls),
    fresh(
        "TLS: garbage instead of a record",
        Unclear,
        &[SayBare(b"not TLS at all"), Cut],
    )
    .over(Tls),
    fresh("TLS: HTTP/2 unasked", Unclear, &[SayBare(H2_SETTINGS), Close]).over(Tls),
    fresh("TLS: never answers", Waited, &[Hold]).over(Tls),
    fresh("TLS: an answer, cut", Accepted, &[Answer(200, ""), Cut]).over(Tls),
    fresh(
        "TLS: no length, closes",
        Accepted,
        &[Say(YES_WITHOUT_LENGTH), Body, Close],
    )
    .over(Tls),
    // The end may be anybody's: without TLS's farewell a body without a length has none.
    fresh("TLS: no length, cut", Unclear, &[Say(YES_WITHOUT_LENGTH), Body, Cut]).over(Tls),
    fresh("TLS: 307", Unclear, &[Answer(307, "location: /elsewhere\r\n")]).over(Tls),
    kept("TLS, kept: closes without an answer", Unclear, &[Close]).over(Tls),
    kept("TLS, kept: cut without an answer", Unclear, &[Cut]).over(Tls),
    kept("TLS, kept: resets without an answer", Unclear, &[Reset]).over(Tls),
    idle("TLS: closes while it rests", Accepted, &[Close]).over(Tls),
    idle("TLS: cut while it rests", Accepted, &[Cut]).over(Tls),
    fresh("HTTP/2 where offered: closes", Accepted, ANSWERED).over(TlsH2),
    fresh("HTTP/2 where offered: GOAWAY", Accepted, ANSWERED)
        .over(TlsH2)
        .who_offers_h2(OverH2::GoesAway),
    fresh("HTTP/2 where offered: REFUSED_STREAM", Accepted, ANSWERED)
        .over(TlsH2)
        .who_offers_h2(OverH2::RefusesStream),
    fresh("nothing but HTTP/2", NotSent, ANSWERED)
        .over(TlsH2Only)
        .seen_as_connections(),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_behaviour_has_a_name_of_its_own() {
        let names: BTreeSet<&str> = behaviors().map(|behavior| behavior.name).collect();
        assert_eq!(names.len(), behaviors().count());
        assert!(names.len() >= 100, "{}", names.len());
    }
}
