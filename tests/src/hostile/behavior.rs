//! What one behaviour is made of.

use std::time::Duration;

/// One way to misbehave, and what a client may know afterwards.
#[derive(Debug, Clone, Copy)]
pub struct Behavior {
    /// In plain words; the name by which tables and programs know it.
    pub name: &'static str,
    pub carrier: Carrier,
    /// How long the connection rests between a harmless request and the wish; none: the wish comes first of all.
    pub kept_for: Option<Duration>,
    pub seen: Seen,
    pub reading: Reading,
    /// The same of a client whose wish comes on a connection of its own, whatever was asked before on another.
    pub alone: Reading,
    pub(super) stage: Stage,
    /// What follows the harmless request.
    pub(super) idle: &'static [Step],
    /// What a wish meets on a connection that was used before.
    pub(super) kept: &'static [Step],
    /// What a wish meets on a new connection.
    pub(super) fresh: &'static [Step],
    pub(super) over_h2: OverH2,
}

/// What carries the requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carrier {
    Plain,
    Tls,
    /// TLS that speaks HTTP/2 with whoever offers it.
    TlsH2,
    /// TLS that speaks nothing but HTTP/2.
    TlsH2Only,
    /// Where TLS is expected and does not come about.
    NoTls,
}

impl Carrier {
    pub(super) fn scheme(self) -> &'static str {
        match self {
            Self::Plain => "http",
            Self::Tls | Self::TlsH2 | Self::TlsH2Only | Self::NoTls => "https",
        }
    }
}

/// How the server can tell one wish from two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    Requests,
    /// It reads nothing: a second wish is a second connection.
    Connections,
}

/// What a client may honestly know of its wish afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// Not one byte of the request has left.
    NotSent,
    /// The answer is a no.
    Refused,
    /// The answer, or its end, leaves it open.
    Unclear,
    /// The same, and only the client's own patience ends it.
    Waited,
    /// The answer is a yes.
    Accepted,
}

/// How far a wish is read before anything is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Nothing,
    FirstLine,
    Head,
    Whole,
}

/// What is done to a client that speaks HTTP/2, once its request is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OverH2 {
    Closes,
    /// `GOAWAY` without an error: nothing of this connection was processed, says the server.
    GoesAway,
    /// `RST_STREAM` with `REFUSED_STREAM`.
    RefusesStream,
}

/// One step of what is done.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    Say(&'static str),
    /// Past TLS, as it stands.
    SayBare(&'static [u8]),
    /// A whole answer: status, further header lines, and a body that would be a yes.
    Answer(u16, &'static str),
    /// The body of such an answer alone.
    Body,
    /// A part of it: about the first half.
    HalfBody,
    /// The answer a byte at a time.
    DripAnswer,
    /// The same text so many times.
    Burst(&'static str, usize),
    /// The same text again and again, as fast as it is taken.
    Flood(&'static str),
    /// The same with chunks of four kilobytes.
    FloodOfChunks,
    /// The same text now and then, for ever.
    Pulse(&'static str, Duration),
    /// A yes, packed although nobody offered to unpack it.
    Gzip,
    /// Sixty-four megabytes of nothing, packed.
    GzipBomb,
    Pause(Duration),
    /// Ends the connection as the carrier would have it.
    Close,
    /// Ends it without TLS's own farewell.
    Cut,
    Reset,
    /// Says no more and reads on.
    HalfClose,
    /// Does nothing until the client goes away.
    Hold,
}

/// What a well-behaved server would have done.
pub(super) const ANSWERED: &[Step] = &[Step::Answer(200, "")];

const REFUSED: &[Step] = &[Step::Answer(422, "")];

/// A behaviour met by the first request of a connection.
pub(super) const fn fresh(name: &'static str, reading: Reading, steps: &'static [Step]) -> Behavior {
    Behavior {
        name,
        carrier: Carrier::Plain,
        kept_for: None,
        seen: Seen::Requests,
        reading,
        alone: reading,
        stage: Stage::Whole,
        idle: &[],
        kept: steps,
        fresh: steps,
        over_h2: OverH2::Closes,
    }
}

/// A behaviour met on a connection that was used before; who tries again on a new one is served.
pub(super) const fn kept(name: &'static str, reading: Reading, steps: &'static [Step]) -> Behavior {
    Behavior {
        kept_for: Some(Duration::ZERO),
        alone: Reading::Accepted,
        fresh: ANSWERED,
        ..fresh(name, reading, steps)
    }
}

/// A server that does something to a connection while it rests.
pub(super) const fn idle(name: &'static str, reading: Reading, steps: &'static [Step]) -> Behavior {
    Behavior {
        idle: steps,
        ..kept(name, reading, ANSWERED).after(Duration::from_millis(100))
    }
}

impl Behavior {
    pub(super) const fn at(self, stage: Stage) -> Self {
        Self { stage, ..self }
    }

    pub(super) const fn over(self, carrier: Carrier) -> Self {
        Self { carrier, ..self }
    }

    pub(super) const fn after(self, rest: Duration) -> Self {
        Self {
            kept_for: Some(rest),
            ..self
        }
    }

    pub(super) const fn unread(self) -> Self {
        self.at(Stage::Nothing).seen_as_connections()
    }

    pub(super) const fn seen_as_connections(self) -> Self {
        Self {
            seen: Seen::Connections,
            ..self
        }
    }

    /// A wish is answered with a no.
    pub(super) const fn then_refuses(self) -> Self {
        Self {
            alone: Reading::Refused,
            kept: REFUSED,
            fresh: REFUSED,
            ..self
        }
    }

    pub(super) const fn who_offers_h2(self, over_h2: OverH2) -> Self {
        Self { over_h2, ..self }
    }
}
